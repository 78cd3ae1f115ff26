"""What people asked about networks in public threads, put to the program: field_tests.yaml, and what comes out."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from costcalc.language.source import Source
from costcalc.network import Network, network_from
from costcalc.units import parse_printed

from ..loading import convention, load

FILE = Path(__file__).with_suffix(".yaml")


def asked() -> list[dict[str, Any]]:
    """The threads that were tried: ``thread``, ``asks``, ``network`` or ``spec``, ``figures``."""
    return _read()["threads"]


def lacking() -> list[dict[str, str]]:
    """Those that couldn't be tried: ``thread``, ``asks``, ``needs``."""
    return _read()["lacking"]


def _read() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def network_of(thread: dict[str, Any]) -> Network:
    """The network that the thread is about."""
    return network_from(Source("thread.yaml", thread["spec"])) if "spec" in thread else load(thread["network"])


def counted(thread: dict[str, Any], figure: dict[str, Any]) -> int:
    """What costcalc says for ``figure``: params or work, without the layers and ops that it leaves out."""
    of = figure.get("of", "mult_adds")
    cost = network_of(thread).cost(thread.get("at", {}) | figure.get("at", {}), convention=convention(of))
    left_out = figure.get("without", thread.get("without", []))
    kept = [c for c in cost.layers if not any(fnmatchcase(c.name, w) or c.op == w for w in left_out)]
    return sum(c.params if figure.get("params") else c.counted for c in kept)


def is_right(figure: dict[str, Any], value: int) -> bool:
    """Whether ``value`` is the figure, to the unit or to its last printed digit."""
    if "exact" in figure:
        return bool(value == figure["exact"])
    return parse_printed(figure["printed"]).contains(value, figure.get("rule", "rounded"))
