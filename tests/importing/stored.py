"""Networks of torchvision as lists of calls, as lowering gave them: ``flats/NAME.json.gz``.

python -m tests.importing.stored          writes the folded specs anew, folded/NAME.yaml
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from costcalc.importing.calls import Flat, from_data
from costcalc.importing.folding import fold

HERE = Path(__file__).parent
NAMES = sorted(path.name.removesuffix(".json.gz") for path in (HERE / "flats").glob("*.json.gz"))


def stored(name: str) -> Flat:
    return from_data(json.loads(gzip.decompress((HERE / "flats" / f"{name}.json.gz").read_bytes())))


def golden(name: str) -> Path:
    return HERE / "folded" / f"{name}.yaml"


if __name__ == "__main__":
    for network in NAMES:
        if "-" not in network:
            golden(network).write_text(fold(stored(network)).text, encoding="utf-8")
