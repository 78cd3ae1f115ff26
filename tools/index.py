"""Write specs/index.json, from which names are completed and networks are listed; or check that it is as the specs are.

python tools/index.py           write it
python tools/index.py --check   exit status 1 if it has drifted
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from costcalc.indexing import made_index

FILE = Path(__file__).resolve().parent.parent / "specs" / "index.json"


def text() -> str:
    """A line for each file, so that a change of one changes a line."""
    index = made_index()
    lines = (f"{json.dumps(file)}: {json.dumps(told, ensure_ascii=False)}" for file, told in index["files"].items())
    return f'{{"format": {index["format"]}, "files": {{\n' + ",\n".join(lines) + "\n}}\n"


def main(*, check: bool) -> int:
    """The exit status."""
    expected = text()
    if check:
        drifted = not FILE.exists() or FILE.read_text(encoding="utf-8") != expected
        if drifted:
            print("specs/index.json: drifted; run: python tools/docs.py")
        return int(drifted)
    FILE.write_text(expected, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit status 1 if it differs")
    raise SystemExit(main(check=parser.parse_args().check))
