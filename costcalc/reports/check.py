"""The tables and the JSON document of ``check``: figures that papers print beside the computed ones."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ..errors import listed
from ..papers import STATES, Result
from ..table import Column, Table
from ..units import BYTES, exact, share
from .columns import table_of
from .values import FORMAT, plain

SHOWN = ("mismatch", "unexplained", "explained", "copied", "misprint", "nominal", "doubtful")
"""What is shown of a check of all papers: the figures that don't simply match."""


def summary(results: Iterable[Result]) -> str:
    """One line that counts every state."""
    states = [r.state for r in results]
    counts = ", ".join(f"{states.count(s)} {s.replace('_', ' ')}" for s in STATES)
    return f"{len(states)} figures: {counts}"


def printed(r: Result) -> str | None:
    """The figure as it is printed."""
    return r.figure.printed.text if r.figure.printed else None


def _value(r: Result) -> int | str | None:
    value = _plain(r.ours)
    return value if isinstance(value, int | str) else None


_FOR_PEOPLE = (
    Column("network", "network", get=lambda r: r.subject),
    Column("figure", "figure", get=lambda r: r.figure.measure),
    Column("printed", "printed", get=printed),
    Column("computed", "computed", get=lambda r: computed(r)),
    Column("state", "state", get=lambda r: state_of(r)),
)
_FOR_PROGRAMS = (
    Column("paper", "paper", get=lambda r: r.paper.family),
    Column("table", "table", get=lambda r: r.table.name),
    *_FOR_PEOPLE[:3],
    Column("computed", "computed", get=_value),
    Column("state", "state", get=lambda r: r.state),
    Column("copied_state", "copied state", get=lambda r: r.cell.state if r.cell and r.state == "copied" else None),
    Column("reason", "reason", get=lambda r: r.reason),
)


def tables(results: list[Result]) -> list[Table]:
    """One table for each of the papers' own, titled with what it is and how it counts."""
    groups: dict[int, list[Result]] = {}
    for r in results:
        groups.setdefault(id(r.table), []).append(r)
    made = []
    for group in groups.values():
        paper, source = group[0].paper, group[0].table
        counted = f", counted as {listed(source.counted)}" if source.counted else ""
        made.append(table_of(_FOR_PEOPLE, group, f"{paper.title}: {source.name}{counted}"))
        made[-1].notes = _notes([r for r in group if r.state in SHOWN[:-1]])
    return made


def flat(results: list[Result]) -> Table:
    """All figures in one table, for programs."""
    return table_of(_FOR_PROGRAMS, results)


def _notes(results: list[Result]) -> list[str]:
    """The reasons, each once for all figures that have it."""
    by_reason: dict[str, list[Result]] = {}
    for r in results:
        by_reason.setdefault(_note(r), []).append(r)
    notes = []
    for reason, group in by_reason.items():
        figures = "; ".join(f"{r.subject}, {r.figure.measure}" for r in group[:4])
        more = f" and {len(group) - 4} more" if len(group) > 4 else ""
        notes.append(f"{figures}{more}: {reason}")
    return notes


def _note(r: Result) -> str:
    reason = f"{r.state}: {r.reason}" if r.reason else r.state
    if r.state == "explained":
        reason += f" (evidence: {r.figure.evidence})"
    return f"{reason} ({r.figure.text.place()})" if r.state == "mismatch" else reason


def state_of(r: Result) -> str:
    """The state in words; of a copied figure with the state of what it copies: "copied (match)"."""
    own = r.state.replace("_", " ")
    return f"{own} ({r.cell.state.replace('_', ' ')})" if r.cell and r.state == "copied" else own


def computed(r: Result) -> str:
    """Our figure as text: a count to the unit, a share in percent, a ratio to four places."""
    if r.ours is None:
        return ""
    if r.figure.printed is not None and r.figure.printed.is_share:
        return share(r.ours)
    if r.figure.printed is not None and r.figure.printed.noun in BYTES:
        return f"{float(r.ours):.2f} {r.figure.printed.noun}"
    if r.row.over is not None:
        return f"{float(r.ours):.4f}x"
    return exact(r.ours.numerator) if r.ours.denominator == 1 else exact(round(r.ours))


def document(results: list[Result]) -> object:
    """The JSON: every figure, and how many there are in each state."""
    states = [r.state for r in results]
    return {
        "format": FORMAT,
        "figures": [
            {
                "paper": r.paper.family,
                "table": r.table.name,
                "network": r.row.network or r.row.label,
                "at": {k: plain(v) for k, v in r.row.at.items()},
                "figure": r.figure.measure,
                "printed": r.figure.printed.text if r.figure.printed else None,
                "computed": _plain(r.ours),
                "state": r.state,
                "cell": r.cell and _cell(r.cell),
                "reason": r.reason,
                "evidence": r.figure.evidence or None,
                "place": str(r.figure.text.place()),
            }
            for r in results
        ],
        "counts": {s: states.count(s) for s in STATES},
    }


def _cell(r: Result) -> object:
    """Where a copied figure, or the right one for a misprint, stands."""
    printed = r.figure.printed.text if r.figure.printed else None
    return {"paper": r.paper.family, "table": r.table.name, "printed": printed, "state": r.state}


def _plain(value: object) -> object:
    """A Fraction as an int where it is one, else as text."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    return value
