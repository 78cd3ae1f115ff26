"""``costcalc check``: every printed figure of the papers against the computed one."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from .options import complete_specs, example, output_options
from .output import write_tables, write_text

if TYPE_CHECKING:
    from ..papers import Result
    from ..table import Table

SHOWN = ("mismatch", "unexplained", "explained", "doubtful")


HELP = """Compare every figure of the paper tables with the computed one; exit status 1 on a mismatch.

SPEC is a family, a paper's file or a network: then its figures are all shown. Without one the whole is checked, and
what is shown are the figures that don't simply match.

\b
match         the computed figure is printed so
explained     another convention or configuration is evaluated, and gives it
unexplained   our own figure is pinned, and what was tried is said
doubtful      recalled, never seen in print; not compared
not modelled  the network or the kind of figure isn't there yet
mismatch      none of these: an error in figure, spec or explanation
"""


@click.command(
    help=HELP,
    epilog=example("costcalc check mobilenet_v1"),
    short_help="The figures that papers print, against the computed ones.",
)
@click.argument("specs", nargs=-1, metavar="[SPEC]...", shell_complete=complete_specs)
@click.option("--all", "every", is_flag=True, help="Show the figures that match or aren't modelled too.")
@output_options
@click.pass_context
def check(ctx: click.Context, specs: tuple[str, ...], every: bool, fmt: str, output: str | None) -> None:
    """The check of all papers, or of what ``specs`` name."""
    from ..papers import Checker, load_papers
    from ..papers.check import select

    results = Checker().check(select(load_papers(), specs))
    shown = [r for r in results if every or specs or r.state in SHOWN]
    tables = _tables(shown)
    last = summary(results)
    if fmt == "table":
        if tables:
            write_tables(tables, fmt, output)
        write_text(f"{last}\n", None)
    else:
        write_tables([_flat(shown)] if fmt == "csv" else tables, fmt, output, document=_document(results))
    if any(r.state == "mismatch" for r in results):
        ctx.exit(1)


def summary(results: Iterable[Result]) -> str:
    """One line that counts every state."""
    from ..papers import STATES

    states = [r.state for r in results]
    counts = ", ".join(f"{states.count(s)} {s.replace('_', ' ')}" for s in STATES)
    return f"{len(states)} figures: {counts}"


def _tables(results: list[Result]) -> list[Table]:
    """One table for each of the papers' own, titled with what it is and how it counts."""
    from ..table import Column, Table

    columns = (
        Column("network", "network"),
        Column("figure", "figure"),
        Column("printed", "printed"),
        Column("computed", "computed"),
        Column("state", "state"),
    )
    groups: dict[int, list[Result]] = {}
    for r in results:
        groups.setdefault(id(r.table), []).append(r)
    tables = []
    for group in groups.values():
        paper, source = group[0].paper, group[0].table
        counted = f", counted as {source.convention}" if source.convention else ""
        table = Table(columns, [], title=f"{paper.title}: {source.name}{counted}")
        for r in group:
            printed = r.figure.printed.text if r.figure.printed else ""
            state = r.state.replace("_", " ")
            table.rows.append((r.subject, r.figure.measure, printed, computed(r), state))
        table.notes = _notes([r for r in group if r.state in SHOWN[:3]])
        tables.append(table)
    return tables


def _flat(results: list[Result]) -> Table:
    """All figures in one table, for programs."""
    from ..table import Column, Table

    names = ("paper", "table", "network", "figure", "printed", "computed", "state", "reason")
    table = Table([Column(name, name) for name in names], [])
    for r in results:
        printed = r.figure.printed.text if r.figure.printed else None
        ours = _plain(r.ours)
        value = ours if isinstance(ours, int | str) else None
        row = (r.paper.family, r.table.name, r.subject, r.figure.measure, printed, value, r.state, r.reason)
        table.rows.append(row)
    return table


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
    return f"{reason} ({r.figure.text.place()})" if r.state == "mismatch" else reason


def computed(r: Result) -> str:
    """Our figure as text: a count to the unit, a share in percent, a ratio to four places."""
    from ..units import BYTES, exact, share

    if r.ours is None:
        return ""
    if r.figure.printed is not None and r.figure.printed.is_share:
        return share(r.ours)
    if r.figure.printed is not None and r.figure.printed.noun in BYTES:
        return f"{float(r.ours):.2f} {r.figure.printed.noun}"
    if r.row.over is not None:
        return f"{float(r.ours):.4f}x"
    return exact(r.ours.numerator) if r.ours.denominator == 1 else exact(round(r.ours))


def _document(results: list[Result]) -> object:
    from ..papers import STATES

    states = [r.state for r in results]
    return {
        "figures": [
            {
                "paper": r.paper.family,
                "table": r.table.name,
                "network": r.row.network or r.row.label,
                "at": {k: _plain(v) for k, v in r.row.at.items()},
                "figure": r.figure.measure,
                "printed": r.figure.printed.text if r.figure.printed else None,
                "computed": _plain(r.ours),
                "state": r.state,
                "reason": r.reason,
                "place": str(r.figure.text.place()),
            }
            for r in results
        ],
        "counts": {s: states.count(s) for s in STATES},
    }


def _plain(value: object) -> object:
    """A Fraction as an int where it is one, else as text."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"
    return value
