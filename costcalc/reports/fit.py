"""The table and the JSON of ``fit``: the points within budgets, and what comes nearest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..conventions import Convention
from ..errors import UsageError, quoted
from ..fitting.judged import FitPoint
from ..fitting.measured import NetworkFigure
from ..fitting.search import ACCURACY, Fit, search
from ..fitting.searched import Over, Searched, classifiers, grid, of_network
from ..network import Network
from ..space.budgets import CostBudget
from ..space.ranges import Values, read_values
from ..table import Column, Kind, Table
from . import parameters
from .columns import table_of
from .definition import MULT_ADDS
from .gate import above, read_budgets
from .values import plain, with_format

_LONG = 40
SHOWN = 10
"""Points that are shown unless more are asked for."""


def read_over(texts: Iterable[str]) -> Over:
    """What ``--over alpha=0.25:1.5:0.05,res=96,128`` asks for: A:B:STEP, A:B, values; a name alone is its range.

    Raises :class:`UsageError` for what doesn't begin with a name, and for a name that is there twice.
    """
    wanted: dict[str, str] = {}
    for text in texts:
        last = ""
        for item in text.split(","):
            name, equals, values = item.strip().partition("=")
            if equals or (name.isidentifier() and not last):
                if not name.isidentifier() or name in wanted:
                    raise UsageError(
                        f"--over takes a parameter and its values once, alpha=0.5:1:0.25, not {quoted(item)}"
                    )
                wanted[name] = values
                last = name
            elif last and name:
                wanted[last] += f",{name}"
            else:
                raise UsageError(f"--over takes a parameter and its values, alpha=0.5:1:0.25, not {quoted(text)}")

    return Over(tuple(wanted), lambda network, name: _values(network, name, wanted[name]))


def _values(network: Network, name: str, text: str) -> Values:
    if not text:
        return grid(network, name)
    items = text.split(",")
    step = ":1" if isinstance(network.parameters[name], int) else ":0.001"
    full = ",".join(f"{item}{step}" if item.count(":") == 1 else item for item in items)
    return read_values(name, full, lambda item: parameters.values(network, {name: item}, "")[name])


def fitted(
    specs: Sequence[tuple[str, Network, Mapping[str, Any]]],
    budgets: Iterable[str],
    over: Iterable[str],
    prefer: str,
    known: Mapping[str, NetworkFigure],
    convention: Convention | None,
    *,
    accuracy: bool,
    watched: Callable[[Sequence[Searched]], Iterable[Searched]] = iter,
) -> Fit:
    """What fits of the SPECs, each its word, network and given values; of every classifier where there is none.

    ``watched`` goes through the networks, and may tell how far it is.
    Raises :class:`UsageError` for a budget, values or a column that isn't there.
    """
    most = read_budgets(budgets, {figure.id: figure.kind for figure in known.values()})
    asked = read_over(over)
    searched: Sequence[Searched]
    left_out: Sequence[str] = ()
    if specs:
        searched = [of_network(network, values, asked, name) for name, network, values in specs]
    else:
        searched, left_out = classifiers(asked)
    return search(searched, most, prefer, known, convention, accuracy=accuracy, left_out=left_out, watched=watched)


# -- the table


def table(found: Fit, shown: Sequence[FitPoint]) -> Table:
    """``shown`` of the points that fit."""
    long = any(len(point.point) > _LONG for point in shown)
    gap = ", " if long else ","
    columns = [
        Column("network", "network", get=lambda point: point.name),
        Column("at", "at", "formula" if long else "text", 8, lambda point: point.point.replace(",", gap)),
    ]
    if found.accuracy:
        columns += [
            Column(ACCURACY, "top-1", keep=7, get=lambda point: _printed(found, point, "text", "not printed")),
            Column("printed_in", "printed in", keep=2, get=lambda point: _printed(found, point, "where", "")),
        ]
    for id, (title, unit) in found.figures.items():
        kind: Kind = "ratio" if unit == "seconds" else "count"
        columns.append(Column(id, title, kind, get=_figure(id)))
    return table_of(columns, shown)


def _figure(id: str) -> Any:
    return lambda point: point.figures[id]


def _printed(found: Fit, point: FitPoint, what: str, otherwise: str) -> str:
    accuracy = found.accuracy[point.spec]
    return otherwise if accuracy is None else getattr(accuracy, what)


def shown_points(found: Fit, *, every: bool, top: int | None) -> list[FitPoint]:
    """The points to show: of several networks the best of each, of one those that no parameter can raise.

    The first :data:`SHOWN` of them, unless ``top`` or ``every`` ask for more.
    """
    if every:
        return found.points[:top]
    return (found.bests if len(found.bests) > 1 else found.edge)[: top or SHOWN]


def notes(found: Fit, shown: Sequence[FitPoint], *, every: bool) -> list[str]:
    """What was tried, what isn't shown, and what comes nearest."""
    said = []
    if not found.fit:
        each = ", ".join(f"{number:,} have {_words(budget)}" for budget, number in _met(found))
        said.append(f"Nothing fits. Of {_points(found.tried)} tried {each}." if found.tried else "Nothing fits.")
    elif found.tried:
        fit = f"{found.fit:,} of {_points(found.tried)} fit"
        if every:
            said.append(f"{fit}." if len(shown) == found.fit else f"{fit}; the first {len(shown):,}.")
        else:
            bests = len(found.bests)
            of = f"the best of each of {bests} networks" if bests > 1 else f"{_points(len(found.edge))} at the edge"
            said.append(f"{len(shown):,} of {of}; {fit}: --all, --top.")
    if found.reasoned:
        said.append(f"{_points(found.reasoned)} searched by stages, whose costs add up: the best of them are told.")
    if not found.is_whole:
        said.append("More fit than are kept: of the last networks only points whose parameters can't be raised.")
    if found.invalid:
        said.append(f"{_points(found.invalid)} can't be built.")
    if found.left_out:
        said.append(f"Too many points for a search of all, ask by name: {', '.join(found.left_out)}.")
    if found.nearest is not None:
        said.append(
            f"Nearest {'miss' if found.fit else 'point'}: {found.nearest.spec}: {_lacks(found, found.nearest)}."
        )
    if shown:
        said.append(MULT_ADDS)
    return said


def _points(number: int) -> str:
    return f"{number:,} point{'s'[: number != 1]}"


def _words(budget: CostBudget) -> str:
    column, _, most = budget.text.partition("=")
    return f"{column.rstrip('<≤ ')} up to {most.strip()}"


def _lacks(found: Fit, point: FitPoint) -> str:
    """By how much ``point`` is beyond which budget."""
    figures = [(budget, point.figures[budget.column]) for budget in found.budgets]
    return ", ".join(above(budget, figure) for budget, figure in figures if not budget.holds(figure))


def document(found: Fit, shown: Sequence[FitPoint]) -> dict[str, Any]:
    """The JSON."""
    return with_format(
        {
            "budgets": [{"column": b.column, "most": plain(b.most), "met": n} for b, n in _met(found)],
            "tried": found.tried,
            "invalid": found.invalid,
            "fit": found.fit,
            "points": [_point(found, point) for point in shown],
            "nearest": None if found.nearest is None else _point(found, found.nearest),
            "left_out": list(found.left_out),
        }
    )


def _met(found: Fit) -> list[tuple[CostBudget, int]]:
    return list(zip(found.budgets, found.met, strict=True))


def _point(found: Fit, point: FitPoint) -> dict[str, Any]:
    told: dict[str, Any] = {"network": point.name, "spec": point.spec}
    told["parameters"] = {name: plain(value) for name, value in point.at.items()}
    told |= {id: plain(value) for id, value in point.figures.items()}
    told["edge"] = point.is_edge
    if point.spec in found.accuracy:
        accuracy = found.accuracy[point.spec]
        told[ACCURACY] = None if accuracy is None else accuracy.text
        told["printed_in"] = None if accuracy is None else accuracy.where
    return told
