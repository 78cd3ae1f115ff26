"""Figures that the paper tables have: where else a figure of a network is printed, and what is known of it there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from ..errors import CostcalcError
from ..network import Network
from ..record import Record
from ..units import Printed
from .figure import Figure
from .read import Paper, PaperTable, PrintedRow

_LONG = 50


class KnownFigure(Record):
    """A figure as a paper's table prints it."""

    paper: Paper
    table: PaperTable
    row: PrintedRow
    figure: Figure

    @property
    def where(self) -> str:
        """The table, in a few words: "MobileNetV2, Table 4"."""
        title = self.paper.title.partition(":")[0]
        return f"{title if len(title) <= _LONG else f'{title[:_LONG]}…'}, {self.table.name}"

    @property
    def state(self) -> str:
        """The figure's state there."""
        return (self.figure.state or "match").replace("_", " ")

    @property
    def words(self) -> str:
        """Where it is printed, and in which state."""
        right = f" of {self.figure.right.text}" if self.figure.right is not None else ""
        there = f"a known misprint{right}" if self.state == "misprint" else f"{self.state} there"
        return f"printed in {self.where}, {there}"

    @property
    def notes(self) -> list[str]:
        """What is said there: of the figure and its row, and of the table if the figure doesn't simply match."""
        about = self.table.note if self.figure.state else ""
        return [text for text in (self.figure.reason, self.row.note, about) if text]


def known_figures(
    network: Network,
    values: Mapping[str, Any],
    figure: Printed,
    measure: Literal["mult_adds", "params"],
    papers: Iterable[Paper],
) -> list[KnownFigure]:
    """Where ``papers`` print ``figure`` of ``network`` at ``values``: its own paper first, copies last."""
    here = _point(network, values)
    found = [
        KnownFigure(paper, table, row, printed)
        for paper, table, row in _rows(network, papers)
        for printed in row.figures
        if printed.measure == measure
        and printed.printed is not None
        and printed.printed.value == figure.value
        and _at(network, row) == here
    ]
    name = network.program.spec.name
    return sorted(found, key=lambda k: (not name.startswith(k.paper.family), k.state == "copied"))


def _rows(network: Network, papers: Iterable[Paper]) -> Iterator[tuple[Paper, PaperTable, PrintedRow]]:
    """The rows about the network of this file, whatever its variant: shares and ratios aside."""
    spec = network.program.spec
    names = {spec.name, *spec.aliases, *spec.variants}
    for paper in papers:
        for table in paper.tables:
            for row in table.rows:
                if row.network in names and row.kind is None and row.over is None:
                    yield paper, table, row


def _point(network: Network, values: Mapping[str, Any]) -> dict[str, Any]:
    return network.program.point(dict(values), network.variant).values


def _at(network: Network, row: PrintedRow) -> dict[str, Any] | None:
    variant = row.network if row.network in network.variants else None
    try:
        return network.program.point(row.at, variant).values
    except CostcalcError:
        return None
