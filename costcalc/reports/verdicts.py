"""A person's own table: a verdict for each of its figures, in words."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from ..conventions import DEFAULT, Convention, load_convention
from ..errors import CostcalcError, SpecError, UsageError, quoted
from ..language.find import is_path
from ..language.index import folded
from ..language.source import read_source
from ..network import Network, SpecLoader, network_from
from ..papers import Checker, Figure, Paper, PaperTable, PrintedRow, Result, load_papers
from ..papers.known import KnownFigure
from ..papers.read import MEASURES
from ..reconcile import Cause, Chance, Measure, Search, shipped_conventions
from ..record import Record, fresh
from ..units import exact, share
from .causes import Answer, answer

VERDICTS = (
    "match", "explained", "quoted", "misprint", "nominal", "off", "unknown", "unexplained", "doubtful", "not_modelled",
)  # fmt: skip
"""From what comes out as printed to what nothing is known of."""

WITHOUT_CAUSE = ("off", "unknown", "unexplained")
"""Those that fail a check."""

CUT = "truncated"
"""The convention that only cuts: a cut column has a note of its own."""

_OF: dict[str, Measure] = {"mult_adds": "work", "params": "params"}
_STATED = {"copied": "quoted", "mismatch": "off"}


class Verdict(Record):
    """What is to be said of a figure. ``computed`` is its total as the table counts; ``causes`` the likeliest first.

    ``nearest`` are totals near it, where nothing gives it; ``known`` are the paper tables that print it. ``network`` is
    the one that the row's name means, ``gives`` are the conventions whose plain count is printed so.
    """

    paper: Paper
    table: PaperTable
    row: PrintedRow
    figure: Figure
    verdict: str
    words: str
    computed: Any = None
    causes: list[Cause] = fresh(default_factory=list)
    nearest: list[Cause] = fresh(default_factory=list)
    known: list[KnownFigure] = fresh(default_factory=list)
    chance: Chance | None = None
    network: str = ""
    gives: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The network and the point, as the row has them."""
        point = ", ".join(f"{k} {v}" for k, v in self.row.at.items())
        name = self.row.label or self.row.network or ""
        return f"{name} ({point})" if point else name

    @property
    def meaning(self) -> str:
        """Which network is meant, where the row's name isn't its own."""
        name = self.row.network or ""
        return f", as {self.network}" if folded(self.network) != folded(name) and not is_path(name) else ""

    def prefer(self, cause: Cause, convention: str) -> None:
        """Take ``cause`` for the likeliest, counted as ``convention``."""
        cause.conventions = (convention, *(name for name in cause.conventions if name != convention))
        self.causes = [cause, *(c for c in self.causes if c is not cause)]
        self.say()

    def say(self) -> None:
        """The verdict and its words, by the likeliest cause."""
        read = self.figure.read
        assert read is not None
        self.verdict, self.words = _judged(self, read.value)
        self.words += self.meaning


class TableColumn(Record):
    """The figures of one kind in a table. ``support``: how many of them each convention's plain count gives."""

    measure: str
    own: str
    verdicts: list[Verdict]
    support: dict[str, int]

    @property
    def best(self) -> str:
        """The convention that gives most of them: another than the table's own only if it gives more, and several."""
        best = max(self.support, key=lambda name: self.support[name], default=self.own)
        return best if self.support.get(best, 0) > max(self.support.get(self.own, 0), 1) else self.own

    def settle(self) -> None:
        """A source counts a column in one way: the count that most of it fits comes first among the causes."""
        if self.best == self.own:
            return
        for v in self.verdicts:
            for cause in v.causes:
                if not cause.values and self.best in cause.conventions and _plain(cause):
                    v.prefer(cause, self.best)
                    break


def _plain(cause: Cause) -> bool:
    """Whether a convention alone is the cause."""
    return bool(cause.kinds) and {*cause.kinds} <= {"tool", "convention", "part"}


def columns(found: Iterable[Verdict]) -> list[TableColumn]:
    """The columns of a table whose figures are counts."""
    groups: dict[str, list[Verdict]] = {}
    for v in found:
        if v.network:
            groups.setdefault(v.figure.measure, []).append(v)
    made = []
    for measure, group in groups.items():
        support: dict[str, int] = {}
        for name in (name for v in group for name in v.gives if name != CUT):
            support[name] = support.get(name, 0) + 1
        made.append(TableColumn(measure, group[0].table.convention_of(measure) or DEFAULT, group, support))
    return made


Watched = Callable[[Sequence[tuple[int, PrintedRow]]], Iterable[tuple[int, PrintedRow]]]
"""What goes through rows, each with the number of its table."""


def verdicts(paper: Paper, watched: Watched = iter) -> list[Verdict]:
    """A verdict for each figure of ``paper``, in their order; that its network isn't known is one too.

    ``watched`` goes through the rows, and may tell how far it is.
    Raises :class:`SpecError` for a row that can't be counted, such as one with a parameter that its network hasn't.
    """
    return _Judge(paper).all(watched)


class _Judge:
    """Judges the figures of one paper: networks, conventions and searches are made once."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.loader = SpecLoader()
        self.conventions = shipped_conventions()
        self.checker = Checker([paper])
        self.searches: dict[str, Search] = {}

    @cached_property
    def papers(self) -> list[Paper]:
        """The paper tables, but for this one: what doesn't simply match may be quoted."""
        return [paper for paper in load_papers() if not _same_file(paper, self.paper)]

    def all(self, watched: Watched) -> list[Verdict]:
        by_table: list[list[Verdict]] = [[] for _ in self.paper.tables]
        for k, row in watched([(k, row) for k, table in enumerate(self.paper.tables) for row in table.rows]):
            by_table[k] += [self._verdict(self.paper.tables[k], row, figure) for figure in row.figures]
        for of_table in by_table:
            for column in columns(of_table):
                column.settle()
        return [verdict for of_table in by_table for verdict in of_table]

    def _verdict(self, table: PaperTable, row: PrintedRow, figure: Figure) -> Verdict:
        def verdict(name: str, words: str, **more: Any) -> Verdict:
            return Verdict(self.paper, table, row, figure, name, words, **more)

        if figure.state in ("not_modelled", "doubtful") or row.network is None:
            return self._stated(verdict, table, row, figure)
        if figure.measure not in MEASURES or figure.printed is None:
            return verdict("not_modelled", f"{figure.measure} isn't computed")
        try:
            network = self._network(row.network)
        except UsageError as e:
            return verdict("unknown", _unknown(e))
        if figure.state not in ("", "unexplained") or row.kind or row.over or figure.measure not in _OF:
            return self._stated(verdict, table, row, figure)
        return self._searched(verdict, network, table, row, figure)

    def _stated(self, verdict: Callable[..., Verdict], table: PaperTable, row: PrintedRow, figure: Figure) -> Verdict:
        """A figure whose state the file gives, or of a kind that has no other count: as the checker finds it."""
        (result,) = self.checker.check([_only(self.paper, table, row, figure)])
        name = _STATED.get(result.state, result.state)
        words = "match" if name == "match" else result.reason or _gap(figure, result)
        if result.cell is not None and name == "quoted":
            cell = result.cell
            there = KnownFigure(cell.paper, cell.table, cell.row, cell.figure)
            words = f"quoted from {there.where} ({there.state} there)"
        return verdict(name, words, computed=result.ours)

    def _searched(
        self, verdict: Callable[..., Verdict], network: Network, table: PaperTable, row: PrintedRow, figure: Figure
    ) -> Verdict:
        printed, of = figure.read, _OF[figure.measure]
        assert printed is not None
        search = self._search(network, table, row, figure)
        ours = search.here.work if of == "work" else search.here.params
        own = search.own_cause(printed, of)
        found = Answer([own], [], []) if own is not None else answer(search, printed, self.papers, of)
        more = {"causes": found.causes, "nearest": found.nearest, "known": found.known, "chance": found.chance}
        gives = search.conventions_of(printed, of)
        made: Verdict = verdict("", "", computed=ours, network=network.name, gives=gives, **more)
        made.say()
        return made

    def _search(self, network: Network, table: PaperTable, row: PrintedRow, figure: Figure) -> Search:
        name = table.convention_of(figure.measure) or DEFAULT
        key = f"{row.network} {row.at} {name}"
        if key not in self.searches:
            own = self._convention(name, table)
            values = {k: v for k, v in own.parameters.items() if k in network.parameter_codes} | row.at
            try:
                self.searches[key] = Search(network, values, self.conventions, own)
            except CostcalcError as e:
                raise SpecError(f"{table.name}: {row.network}: {e}", row.text.place()) from e
            if self.searches[key].here.problem:
                raise SpecError(f"{table.name}: {self.searches[key].here.problem}", row.text.place())
        return self.searches[key]

    def _convention(self, name: str, table: PaperTable) -> Convention:
        try:
            return load_convention(name)
        except UsageError as e:
            raise table.text.error(str(e)) from e

    def _network(self, name: str) -> Network:
        """A shipped network, or one in the folder of the table: nothing else is read for a table's sake."""
        if not is_path(name):
            return self.loader.network(name)
        bare = name.removeprefix("./")
        if os.path.basename(bare) != bare or not self.paper.origin.path:
            raise UsageError(f"{quoted(name)} isn't in the table's own folder")
        return network_from(read_source(os.path.join(os.path.dirname(self.paper.origin.path), bare)))


def _unknown(e: UsageError) -> str:
    """Why a name is no network: what it may mean, or what is near."""
    if "may mean" in e.message:
        return f"which network? {e.message}"
    close = re.search(r"\(did you mean .*\?\)", e.message)
    return f"unknown network {close[0]}" if close else f"unknown network: {e.message.partition('; ')[0]}"


def _same_file(one: Paper, other: Paper) -> bool:
    return os.path.realpath(one.origin.path or "-") == os.path.realpath(other.origin.path or "--")


def _only(paper: Paper, table: PaperTable, row: PrintedRow, figure: Figure) -> Paper:
    """``paper`` with a single figure."""
    one = type(row)(**{**row.__dict__, "figures": [figure]})
    single = type(table)(**{**table.__dict__, "rows": [one]})
    return type(paper)(**{**paper.__dict__, "tables": [single]})


def _gap(figure: Figure, result: Result) -> str:
    if result.ours is None or figure.printed is None:
        return result.state.replace("_", " ")
    return f"off by {_percent(figure.printed.value, result.ours)}"


def _judged(v: Verdict, printed: Fraction) -> tuple[str, str]:
    causes, known, ours = v.causes, v.known, v.computed
    if not causes:
        off = f"off by {_percent(printed, ours)}"
        near = next((c for c in v.nearest if _gap_of(printed, c.value) < _gap_of(printed, ours) / 2), None)
        return "off", f"{off}; nearest is {exact(near.value)}, {near.text}" if near is not None else off
    first = causes[0]
    if first.kinds == ():
        return "match", "match"
    if first.kinds == ("padding",):
        return "match", f"match {first.reading}"
    where = known[0].where if known else ""
    if first.kinds == ("printed",):
        right = known[0].figure.right
        if known[0].state == "misprint":
            return "misprint", f"known misprint{f' of {right.text}' if right else ''}, in {where}"
        return "quoted", f"quoted from {where} ({known[0].state} there)"
    return "explained", first.text + (f"; so in {where}" if where else "")


def _gap_of(printed: Fraction, value: Any) -> float:
    return abs(math.log(value / printed)) if value and printed else math.inf


def _percent(printed: Fraction, ours: Any) -> str:
    if not ours:
        return "all of it: 0 is computed"
    off = Fraction(printed) / Fraction(ours) - 1
    return ("+" if off > 0 else "") + share(off)
