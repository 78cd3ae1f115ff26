"""What a convention's tool passes over, in words and in JSON."""

from __future__ import annotations

from collections.abc import Iterable

from ..conventions import Passed
from .values import plain


def passed_text(passed: Iterable[Passed]) -> str:
    """``35 relu6, 10 add``: how many layers of which kinds."""
    return ", ".join(f"{p.layers:,} {p.name}" for p in passed)


def passed_document(passed: Iterable[Passed]) -> list[dict[str, object]]:
    """Each kind with its number of layers, and the operations of the parts that count 0."""
    return [
        {"kind": p.kind, "layers": plain(p.layers), "parts": {name: plain(n) for name, n in p.parts.items()}}
        for p in passed
    ]
