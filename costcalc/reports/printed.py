"""The rows of ``table``, and of ``table --as paper`` what each network's own paper prints, with its citation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..record import Record, fresh
from ..table import Column, Typeset, Value
from .counted import Counted

if TYPE_CHECKING:
    from ..memory import MemoryUse
    from ..papers import Result
    from ..papers.own_figures import OwnFigure
    from ..references import Reference

MEASURES = {"params_printed": "params", "mult_adds_printed": "mult_adds"}
"""The columns of printed figures, and what they are of."""
STANDARD = ("title", "cite", *MEASURES)
_TITLES = {"params": "Params", "mult_adds": "Mult-adds"}
_NOTHING = "–"
_MARK = "†"


class PrintedByItsPaper(Record):
    """A network's papers, and the figure of each measure that one of them prints, with its state."""

    references: list[Reference] = fresh(default_factory=list)
    figures: dict[str, OwnFigure] = fresh(default_factory=dict)

    @property
    def cited(self) -> list[Reference]:
        """The paper that the figures are from; all of the network's where none has one."""
        papers = {figure.arxiv for figure in self.figures.values()}
        return [r for r in self.references if r.arxiv in papers] or self.references


class PaperRow(Record):
    """A network: its title, its word on the command line, its cost, and its bytes where they are asked for.

    ``printed``: what its paper prints, where that is asked for.
    """

    title: str
    word: str
    counted: Counted
    use: MemoryUse | None = None
    printed: PrintedByItsPaper | None = None


def add_printed(rows: Sequence[PaperRow]) -> None:
    """Give each row what the network's papers print of it at its point."""
    from ..papers.own_figures import OwnFigures
    from ..references import load_references, references_of

    known, papers = load_references(), OwnFigures()
    for row in rows:
        network = row.counted.network
        references = references_of(network.program.spec.source, row.word, known)
        numbers = [reference.arxiv for reference in references if reference.arxiv]
        figures = papers.of(network, row.counted.default.parameters, numbers, _TITLES)
        row.printed = PrintedByItsPaper(references, figures)


# -- columns


def raw_columns() -> list[Column]:
    """For programs: the keys, the printed text, its state, and the table where it stands."""
    columns = [Column("cite", "cite", get=_keys)]
    for id, measure in MEASURES.items():
        columns += [
            Column(id, id, get=_Part(measure, "text")),
            Column(f"{measure}_state", "state", get=_Part(measure, "state")),
            Column(f"{measure}_table", "table", get=_Part(measure, "table")),
        ]
    return columns


def _result(row: PaperRow, measure: str) -> Result | None:
    found = row.printed.figures.get(measure) if row.printed else None
    return found.result if found else None


def _keys(row: PaperRow) -> Value:
    return ", ".join(r.key for r in row.printed.cited) if row.printed else None


class _Part:
    """A part of a printed figure, of a row."""

    def __init__(self, measure: str, part: str) -> None:
        self.measure = measure
        self.part = part

    def __call__(self, row: PaperRow) -> Value:
        result = _result(row, self.measure)
        if result is None or result.figure.printed is None:
            return None
        return {"text": result.figure.printed.text, "state": result.state, "table": result.table.name}[self.part]


def columns(units: Mapping[str, str], powers: Mapping[str, int]) -> list[Column]:
    """For people: the citation, and figures in their units, with a mark where the count is another.

    ``powers`` of ten by unit.
    """
    made = [Column("cite", "Source", get=_citation)]
    for id, measure in MEASURES.items():
        unit = units[measure]
        title = _TITLES[measure] if unit == "1" else f"{_TITLES[measure]} ({unit})"
        made.append(Column(id, title, "figure", get=_Shown(measure, powers[unit])))
    return made


def _citation(row: PaperRow) -> Value:
    cited = row.printed.cited if row.printed else []
    if not cited:
        return None
    texts, keys = "; ".join(r.short for r in cited), ",".join(r.key for r in cited)
    return Typeset(texts, rf"\cite{{{keys}}}", cited[0].link if len(cited) == 1 else "")


class _Shown:
    """A printed figure, of a row."""

    def __init__(self, measure: str, power: int) -> None:
        self.measure = measure
        self.power = power

    def __call__(self, row: PaperRow) -> Value:
        result = _result(row, self.measure)
        if result is None or result.figure.printed is None:
            return _NOTHING
        return result.figure.printed.in_unit(self.power) + _MARK * (result.state != "match")


# -- what is said below


def marks(rows: Sequence[PaperRow]) -> list[str]:
    """What the signs in the cells mean."""
    cells = [figure.result for row in rows if row.printed for figure in row.printed.figures.values()]
    lacking = any(len(row.printed.figures) < len(MEASURES) for row in rows if row.printed)
    found = [f"{_MARK} printed so, where costcalc counts another figure."] if any(map(_marked, cells)) else []
    return [*found, f"{_NOTHING} not printed there at this point."] if lacking else found


def notes(rows: Sequence[PaperRow], *, brief: bool) -> list[str]:
    """Where the figures stand, and of those that are marked what is counted and why it differs; that alone in brief."""
    from .check import computed, state_of

    found = []
    for row in rows:
        figures = {name: figure.result for name, figure in row.printed.figures.items()} if row.printed else {}
        places = dict.fromkeys(f"{r.table.name}, {r.paper.sources[r.table.source]}" for r in figures.values())
        if places and not brief:
            found.append(f"{row.title}: {'; '.join(places)}.")
        for measure, result in figures.items():
            if _marked(result):
                name = _TITLES[measure].lower()
                text = result.figure.printed.text if result.figure.printed else ""
                count = f"counted {computed(result)}" if result.ours is not None else "not counted"
                reason = f": {result.reason}" if result.reason and not brief else ""
                found.append(f"{_MARK} {row.title}, {name}, printed {text}, {count}. {state_of(result)}{reason}.")
    if brief and found:
        found.append("Why: costcalc check SPEC --details.")
    return found


def _marked(result: Result) -> bool:
    return result.state != "match"
