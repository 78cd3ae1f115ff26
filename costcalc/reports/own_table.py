"""A person's own table: a verdict for each of its figures, in words; their table and JSON."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Sequence
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
from ..table import Column, Table
from ..units import exact, share
from .explain import Answer, answer, cause_document, chance_document, chance_text
from .values import FORMAT, plain

VERDICTS = (
    "match", "explained", "quoted", "misprint", "nominal", "off", "unknown", "unexplained", "doubtful", "not_modelled",
)  # fmt: skip
"""From what comes out as printed to what nothing is known of."""

WITHOUT_CAUSE = ("off", "unknown", "unexplained")
"""Those that fail a check."""

_OF: dict[str, Measure] = {"mult_adds": "work", "params": "params"}
_STATED = {"copied": "quoted", "mismatch": "off"}


class Verdict(Record):
    """What is to be said of a figure. ``computed`` is its total as the table counts; ``causes`` the likeliest first.

    ``nearest`` are totals near it, where nothing gives it; ``known`` are the paper tables that print it. ``network`` is
    the one that the row's name means.
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

    @property
    def subject(self) -> str:
        """The network and the point, as the row has them."""
        point = ", ".join(f"{k} {v}" for k, v in self.row.at.items())
        name = self.row.label or self.row.network or ""
        return f"{name} ({point})" if point else name


def verdicts(paper: Paper) -> list[Verdict]:
    """A verdict for each figure of ``paper``, in their order; that its network isn't known is one too.

    Raises :class:`SpecError` for a row that can't be counted, such as one with a parameter that its network hasn't.
    """
    return _Judge(paper).all()


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

    def all(self) -> list[Verdict]:
        return [
            self._verdict(table, row, figure)
            for table in self.paper.tables
            for row in table.rows
            for figure in row.figures
        ]

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

    def _stated(self, verdict: Any, table: PaperTable, row: PrintedRow, figure: Figure) -> Verdict:
        """A figure whose state the file gives, or of a kind that has no other count: as the checker finds it."""
        (result,) = self.checker.check([_only(self.paper, table, row, figure)])
        name = _STATED.get(result.state, result.state)
        words = "match" if name == "match" else result.reason or _gap(figure, result)
        if result.cell is not None and name == "quoted":
            cell = result.cell
            there = KnownFigure(cell.paper, cell.table, cell.row, cell.figure)
            words = f"quoted from {there.where} ({there.state} there)"
        return verdict(name, words, computed=result.ours)  # type: ignore[no-any-return]

    def _searched(self, verdict: Any, network: Network, table: PaperTable, row: PrintedRow, figure: Figure) -> Verdict:
        printed, of = figure.read, _OF[figure.measure]
        assert printed is not None
        search = self._search(network, table, row, figure)
        ours = search.here.work if of == "work" else search.here.params
        own = search.own_cause(printed, of)
        found = Answer([own], [], []) if own is not None else answer(search, printed, self.papers, of)
        name, words = _judged(found, printed.value, ours)
        if folded(network.name) != folded(row.network or "") and not is_path(row.network or ""):
            words += f", as {network.name}"
        more = {"causes": found.causes, "nearest": found.nearest, "known": found.known, "chance": found.chance}
        return verdict(name, words, computed=ours, network=network.name, **more)  # type: ignore[no-any-return]

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


def _judged(found: Answer, printed: Fraction, ours: Any) -> tuple[str, str]:
    """The verdict and its words, by the likeliest cause."""
    causes, known = found.causes, found.known
    if not causes:
        off = f"off by {_percent(printed, ours)}"
        near = next((c for c in found.nearest if _gap_of(printed, c.value) < _gap_of(printed, ours) / 2), None)
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


# -- what is shown


def summary(found: Iterable[Verdict]) -> str:
    """One line that counts the verdicts."""
    names = [v.verdict for v in found]
    counts = ", ".join(f"{names.count(n)} {n.replace('_', ' ')}" for n in VERDICTS if n in names)
    return f"{len(names)} figure{'s' if len(names) != 1 else ''}: {counts}"


def verdict_tables(found: Sequence[Verdict], *, every: bool = False) -> list[Table]:
    """A table for each of the paper's, for people. ``every``: with the evidence."""
    groups: dict[int, list[Verdict]] = {}
    for v in found:
        groups.setdefault(id(v.table), []).append(v)
    columns = [
        Column("network", "network", "formula"), Column("figure", "figure"), Column("printed", "printed"),
        Column("computed", "computed"), Column("verdict", "verdict", "formula"),
    ]  # fmt: skip
    tables = []
    for group in groups.values():
        source = group[0].table
        counted = ", ".join(source.counted) or DEFAULT
        table = Table(columns, [], f"{group[0].paper.title}: {source.name}, counted as {counted}")
        last: PrintedRow | None = None
        for v in group:
            subject = "" if v.row is last else v.subject
            table.rows.append((subject, v.figure.measure.replace("_", "-"), _text(v), _shown(v.computed), v.words))
            last = v.row
        table.notes += _columns_cut(group)
        if every:
            table.notes += [text for v in group for text in _evidence(v)]
        tables.append(table)
    return tables


def _columns_cut(group: Sequence[Verdict]) -> list[str]:
    """Whether a column is cut as a whole, as sources do it: a single figure that is cut among rounded ones is odd."""
    notes = []
    for measure in dict.fromkeys(v.figure.measure for v in group):
        own = [c for v in group if v.figure.measure == measure for c in v.causes[:1]]
        cut = sum(c.kinds == ("cut",) and c.cut == "truncated" for c in own)
        rounded = sum(c.kinds == () and c.cut == "rounded" for c in own)
        name = measure.replace("_", "-")
        if cut and rounded:
            others = f"{rounded} other{'s come' if rounded > 1 else ' comes'} out only if rounded"
            notes.append(f"{name}: {cut} figure{'s are' if cut > 1 else ' is'} cut, where {others}.")
        elif cut > 1:
            notes.append(f"{name}: what is printed of the plain count fits a column that is cut, and not rounded.")
    return notes


def _evidence(v: Verdict) -> list[str]:
    about = f"{v.subject}, {v.figure.measure.replace('_', '-')}"
    found = [f"{about}: {c.evidence}" for c in v.causes[:1] if c.evidence]
    if v.chance is not None and v.figure.printed is not None:
        found.append(f"{about}: {chance_text(v.chance, v.figure.printed)}")
    return found


def _text(v: Verdict) -> str:
    return v.figure.printed.text if v.figure.printed else ""


def _shown(value: Any) -> str:
    return "" if value is None else exact(value if value == int(value) else round(value))


def verdict_rows(found: Iterable[Verdict]) -> Table:
    """All figures in one table, for programs."""
    ids = ("table", "network", "at", "figure", "printed", "computed", "verdict", "words", "place")
    table = Table([Column(name, name) for name in ids], [])
    for v in found:
        at = ", ".join(f"{k}={value}" for k, value in v.row.at.items())
        place = str(v.figure.text.place())
        table.rows.append(
            (v.table.name, v.row.network or v.row.label, at, v.figure.measure, _text(v), plain(v.computed), v.verdict,
             v.words, place)
        )  # fmt: skip
    return table


def verdict_document(found: Sequence[Verdict]) -> dict[str, object]:
    """The JSON: every figure with its causes, and how many have which verdict."""
    names = [v.verdict for v in found]
    return {
        "format": FORMAT,
        "figures": [
            {
                "table": v.table.name,
                "network": v.row.network or v.row.label,
                "meant": v.network or None,
                "at": {k: plain(value) for k, value in v.row.at.items()},
                "figure": v.figure.measure,
                "printed": _text(v) or None,
                "computed": plain(v.computed),
                "verdict": v.verdict,
                "words": v.words,
                "causes": [cause_document(c) for c in v.causes],
                "nearest": [cause_document(c) for c in v.nearest],
                "chance": chance_document(v.chance),
                "place": str(v.figure.text.place()),
            }
            for v in found
        ],
        "counts": {name: names.count(name) for name in VERDICTS},
    }
