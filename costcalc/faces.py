"""What an object of the library shows when it is printed, or in a notebook: the tables of its command.

Each kind of object has a function here, by the name of its class, and imports no more than its own report: SymPy and
what searches budgets are loaded by those who use them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .conventions import DEFAULT, load_convention
from .render import render
from .shown import Views
from .table import Table

if TYPE_CHECKING:
    from .checking import CheckedTable
    from .cost import Cost
    from .fitting import Fit
    from .memory import MemoryUse
    from .roofline import Roofline
    from .sweeping.result import Sweep
    from .symbolic import ClosedForm

ROWS = 20
"""Rows of a sweep that are shown."""


def tables(shown: object) -> Sequence[Table]:
    """The tables of an object; none for one that is told in a line."""
    made = (_TABLES[cls.__name__] for cls in type(shown).__mro__ if cls.__name__ in _TABLES)
    return next(made, lambda shown: [])(shown)


def _cost(cost: Cost) -> Sequence[Table]:
    from .reports import show
    from .reports.counted import Counted

    network = cost.network
    if network is None or not isinstance(cost.params, int):
        return []
    if cost.convention.name == DEFAULT:
        return show.tables([Counted(network, cost)])
    return show.tables([Counted(network, network.recount(cost, load_convention(DEFAULT)), cost)])


def _memory(use: MemoryUse) -> Sequence[Table]:
    from .reports.memory import use_table

    return [use_table(use)] if isinstance(use.peak, int) else []


def _roofline(found: Roofline) -> Sequence[Table]:
    from .reports.roofline import bounds_table

    return [bounds_table(found)] if isinstance(found.bytes, int) else []


def _form(form: ClosedForm) -> Sequence[Table]:
    from .reports import formula

    return formula.tables(form)


def _fit(found: Fit) -> Sequence[Table]:
    from .reports import fit

    shown = fit.shown_points(found, every=False, top=None)
    made = fit.table(found, shown)
    made.notes = fit.notes(found, shown, every=False)
    return [made]


def _sweep(found: Sweep) -> Sequence[Table]:
    from .reports.sweep import rows_table

    made = rows_table(found.asked, [found.first(ROWS)])
    if len(found) > ROWS:
        made.notes.append(f"The first {ROWS} of {len(found):,} rows.")
    return [made]


def _checked(found: CheckedTable) -> Sequence[Table]:
    return found.tables()


_TABLES: dict[str, Callable[[Any], Sequence[Table]]] = {
    "CheckedTable": _checked,
    "ClosedForm": _form,
    "Cost": _cost,
    "Fit": _fit,
    "MemoryUse": _memory,
    "Roofline": _roofline,
    "Sweep": _sweep,
}


def _text(shown: object) -> str:
    made = tables(shown)
    return render(made, "table").removesuffix("\n") if made else ""


def _html(shown: object) -> str:
    made = tables(shown)
    return render(made, "html") if made else ""


VIEWS = Views(_text, _html)
