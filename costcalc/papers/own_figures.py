"""What a network's own paper prints of it: one figure of each measure, checked against the computed one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import CostcalcError
from ..language.find import open_shipped, shipped
from ..network import Network, SpecLoader
from ..record import Record
from .check import Checker, Result
from .figure import Figure
from .read import Paper, PaperTable, PrintedRow, read_paper
from .select import with_changed

_NOT_PRINTED_HERE = ("not_modelled", "doubtful", "copied")

_Place = tuple[Paper, PaperTable, PrintedRow, Figure]


class OwnFigure(Record):
    """A figure that the paper of an arXiv number prints, and what became of it."""

    arxiv: str
    result: Result


class OwnFigures:
    """Reads the papers that are asked for, by their arXiv number, each once."""

    def __init__(self) -> None:
        self._papers: dict[str, list[Paper]] = {}
        self._loader = SpecLoader()

    def of(
        self, network: Network, parameters: Mapping[str, Any], arxiv: Sequence[str], measures: Iterable[str]
    ) -> dict[str, OwnFigure]:
        """By measure, the figure of the first of these papers that prints one of ``network`` at ``parameters``.

        What stands in other sources of the same file, such as READMEs, isn't the paper's. Of several figures it is the
        first with the most digits.
        """
        found: dict[str, OwnFigure] = {}
        wanted = list(measures)
        for number in arxiv:
            papers = self._of_number(number)
            places = [p for paper in papers for p in self._places(paper, number, network, parameters)]
            for measure in wanted:
                own = [p for p in places if p[3].measure == measure]
                if own and measure not in found:
                    found[measure] = OwnFigure(number, _checked(papers, min(own, key=_rank)))
        return found

    def _of_number(self, arxiv: str) -> list[Paper]:
        if arxiv not in self._papers:
            sources = (open_shipped(path) for path in shipped("papers").values())
            self._papers[arxiv] = [read_paper(source) for source in sources if arxiv in source.text]
        return self._papers[arxiv]

    def _places(self, paper: Paper, arxiv: str, network: Network, parameters: Mapping[str, Any]) -> Iterable[_Place]:
        for table in paper.tables:
            for row in table.rows if _is_its_own(paper, table, arxiv) else ():
                if row.kind is None and row.over is None and self._is(row, network, parameters):
                    for figure in row.figures:
                        if figure.printed is not None and figure.state not in _NOT_PRINTED_HERE:
                            yield paper, table, row, figure

    def _is(self, row: PrintedRow, network: Network, parameters: Mapping[str, Any]) -> bool:
        """Whether a row is about the network at that point, defaults filled in."""
        if row.network is None:
            return False
        try:
            other = self._loader.network(row.network)
            if other.program.spec.name != network.program.spec.name:
                return False
            return bool(other.program.point(dict(row.at), other.variant).values == dict(parameters))
        except CostcalcError:  # a point that the spec doesn't have, which check tells
            return False


def _is_its_own(paper: Paper, table: PaperTable, arxiv: str) -> bool:
    """Whether a table stands in the paper of that number."""
    source = paper.sources[table.source]
    return arxiv in source or (paper.arxiv == arxiv and source.startswith("the paper"))


def _rank(place: _Place) -> int:
    printed = place[3].printed
    assert printed is not None
    return -len(str(printed.digits))


def _checked(papers: Sequence[Paper], place: _Place) -> Result:
    paper, table, row, figure = place
    alone = with_changed(row, figures=[figure])
    (result,) = Checker(papers).check([with_changed(paper, tables=[with_changed(table, rows=[alone])])])
    return result
