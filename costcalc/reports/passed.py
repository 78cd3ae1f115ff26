"""What a convention's tool passes over, in words, in a table and in JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ..conventions import Passed
from ..table import Column, Table
from .values import plain

if TYPE_CHECKING:  # what show has no need of
    from ..reconcile import Total, Unseen

MAC = "mac"
"""The part of a layer's work that the papers count: what passes over that gives a wrong total."""


def passed_text(passed: Iterable[Passed]) -> str:
    """``35 relu6, 10 add``: how many layers of which kinds."""
    return ", ".join(f"{p.layers:,} {p.name}" for p in passed)


def lost_notes(every: Sequence[Total]) -> str:
    """Whose totals are none, for what they pass over are mult-adds; empty where nobody does that."""
    lost = []
    for t in every:
        parts = [*(p.parts for p in t.passed_over), *(u.parts for u in t.unseen)]
        if macs := sum(p.get(MAC, 0) for p in parts):
            lost.append(f"{t.convention.name} {macs:,}")
    return f"Mult-adds that a tool passes over, so that its total is no total: {', '.join(lost)}." if lost else ""


def passed_table(every: Sequence[Total]) -> Table | None:
    """How much the tools of a few conventions pass over, by kind of layer; None if that is nothing."""
    columns = [
        Column("convention", "convention"),
        Column("kind", "passed over"),
        Column("layers", "layers", "int"),
        Column("operations", "operations", "count"),
        Column("why", "why", "formula"),
    ]
    rows: list[tuple[Any, ...]] = []
    for t in every:
        rows += [(t.convention.name, p.name, p.layers, sum(p.parts.values()), "no rule") for p in t.passed_over]
        rows += [(t.convention.name, u.kind, u.layers, sum(u.parts.values()), u.written) for u in t.unseen]
    rows.sort(key=lambda row: -row[3])
    note = "Operations are those of the layer's own parts: a multiply-add, an element of a sum, of an activation."
    return Table(columns, rows, "What counts 0 because the tool doesn't see it", notes=[note]) if rows else None


def passed_document(passed: Iterable[Passed]) -> list[dict[str, object]]:
    """Each kind with its number of layers, and the operations of the parts that count 0."""
    return [
        {"kind": p.kind, "layers": plain(p.layers), "parts": {name: plain(n) for name, n in p.parts.items()}}
        for p in passed
    ]


def unseen_document(found: Iterable[Unseen]) -> list[dict[str, object]]:
    """The same of what a tool doesn't see, with how it is written."""
    return [
        {
            "kind": u.kind,
            "layers": plain(u.layers),
            "parts": {name: plain(n) for name, n in u.parts.items()},
            "written": u.written,
        }
        for u in found
    ]
