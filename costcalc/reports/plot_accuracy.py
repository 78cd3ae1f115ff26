"""Accuracy over cost: what a family's own paper or release prints, over what is counted, with the frontier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import UsageError
from ..fitting.judged import FitPoint
from ..fitting.measured import NetworkFigure
from ..fitting.printed import AP, TOP1, PrintedPoint, own_accuracies
from ..fitting.search import IMAGENET
from ..network import Network
from ..plotting import Scatter
from ..space.frontier import Aim, Frontier
from ..table import Column, Table, Value
from .definition import MULT_ADDS

TITLES = {TOP1: "top-1 (%)", AP: "AP (%)"}
AXES = {TOP1: "top-1 on ImageNet, as printed (%)", AP: "AP on COCO, as printed (%)"}
_NAMED = 16
"""Points of a single network up to which each is named, and not those of the frontier alone."""

Asked = tuple[str, Network, Mapping[str, Any]]
"""A network: as it is called, and the values that are given."""


def accuracy(every: Sequence[Asked], x: NetworkFigure, measure: str) -> Scatter:
    """A point for each accuracy that is printed of the networks, one source a family.

    Raises :class:`UsageError` for a network of which none is printed, and for a classifier of other classes.
    """
    for word, network, _ in every:
        classes = network.parameters.get("classes", IMAGENET)
        if measure == TOP1 and classes != IMAGENET:
            raise UsageError(f"{word} has {classes} classes: its accuracy isn't one on ImageNet")
    found, sources = own_accuracies([(network, given) for _, network, given in every], measure)
    rows: list[dict[str, Any]] = []
    for (word, _, _), points in zip(every, found, strict=True):
        of_it = [_row(word, point, x, measure) for point in points]
        rows += sorted(of_it, key=lambda row: (row[x.id], row[measure]))
    frontier: Frontier[int] = Frontier([Aim(x.id), Aim(measure, larger=True)])
    for k, row in enumerate(rows):
        frontier.add((row[x.id], row[measure]), k)
    best = set(frontier.items)
    for k, row in enumerate(rows):
        if len(rows) > _NAMED and k not in best:
            row["point"] = ""
    columns = [
        Column("spec", "network"),
        Column(x.id, x.title, "count"),
        Column(measure, TITLES[measure], "int"),
        Column("frontier", "frontier", keep=5),
        Column("series", "series", keep=0),
        Column("point", "point", keep=0),
        Column("printed_in", "printed in", keep=2),
    ]
    cells: list[tuple[Value, ...]] = [
        (
            row["spec"],
            row[x.id],
            row[measure],
            "yes" if k in best else "",
            row["series"],
            row["point"],
            row["printed_in"],
        )
        for k, row in enumerate(rows)
    ]
    table = Table(columns, cells, f"Accuracy over {x.title}: {', '.join(word for word, _, _ in every)}")
    table.notes = [
        f"Accuracies as printed, one source a family. {'; '.join(sources)}.",
        *[MULT_ADDS] * (x.id == "mult_adds"),
    ]
    label = "point" if len(every) == 1 else ""
    return Scatter(table, x.id, measure, label, group="series", frontier="frontier", log=(x.id,), y_title=AXES[measure])


def _row(word: str, point: PrintedPoint, x: NetworkFigure, measure: str) -> dict[str, Any]:
    network, values = point.network, dict(point.at)
    own = network.parameters
    at = {name: value for name, value in values.items() if name not in own or own[name] != value}
    called = FitPoint(network.name, "", at, {})
    return {
        "spec": called.spec,
        "point": called.point or network.name,
        x.id: x.of(network, values, network.cost(values)),
        measure: float(point.accuracy.value),
        "series": word,
        "printed_in": point.accuracy.where,
    }
