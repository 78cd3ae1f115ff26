"""Printed cells by the names of their paper, table and row: where a copied or a right figure stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..errors import nearest, quoted
from .figure import Figure, PrintedCell
from .read import Paper, PaperTable, PrintedRow, load_papers, stem

Place = tuple[Paper, PaperTable, PrintedRow, Figure]


class Cells:
    """The tables that a cell may name: those of ``papers``, and of the shipped ones, which are read when asked for."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        self._papers = {stem(paper): paper for paper in papers}
        self._shipped = False

    def copied_from(self, row: PrintedRow, figure: Figure) -> Place:
        """The cell that ``figure`` repeats: the same row's, the same number or one that rounds to it."""
        assert figure.cell is not None
        assert figure.printed is not None
        printed = figure.printed
        found = [
            place
            for place in self._of(figure.cell, row, figure.measure)
            if (there := place[3].printed) is not None
            and (there.is_share, there.noun in _BYTES) == (printed.is_share, printed.noun in _BYTES)
            and printed.contains(there.value)
        ]
        if not found:
            raise figure.cell.text.error(
                f"{figure.cell.table} of {figure.cell.paper} has no {figure.measure} of {printed.text} for"
                f" {figure.cell.row or row.label or row.network}"
            )
        return min(found, key=lambda place: place[2].at != row.at)

    def right_of(self, row: PrintedRow, figure: Figure) -> list[Place]:
        """The figures of the same measure in the row that ``figure.cell`` names."""
        assert figure.cell is not None
        return list(self._of(figure.cell, row, figure.measure))

    def _of(self, cell: PrintedCell, row: PrintedRow, measure: str) -> Iterator[Place]:
        paper = self._paper(cell)
        names = {table.name for table in paper.tables}
        if cell.table not in names:
            raise cell.text.error(f"{cell.paper} has no table {quoted(cell.table)}{nearest(cell.table, names)}")
        wanted = {cell.row} if cell.row else {row.network, row.label} - {None, ""}
        for table in paper.tables:
            for other in table.rows if table.name == cell.table else ():
                if other is not row and {other.network, other.label} & wanted:
                    yield from ((paper, table, other, f) for f in other.figures if f.measure == measure)

    def _paper(self, cell: PrintedCell) -> Paper:
        if cell.paper not in self._papers and not self._shipped:
            self._papers = {**{stem(paper): paper for paper in load_papers()}, **self._papers}
            self._shipped = True
        if cell.paper not in self._papers:
            raise cell.text.error(f"no paper is called {quoted(cell.paper)}{nearest(cell.paper, self._papers)}")
        return self._papers[cell.paper]


_BYTES = ("KB", "MB", "GB")
