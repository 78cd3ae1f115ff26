"""What the papers' pictures show, from YAML: which rows of their tables are points, and what is on the axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import SpecError, UsageError, nearest, quoted
from ..language.find import open_shipped, shipped
from ..language.sections import as_mapping, as_text
from ..language.source import Source, YamlList, YamlMapping, YamlNode, compose, place_of
from ..record import Record
from .fields import known, need, point, text_of
from .read import KEPT, MEASURES, Paper, PaperTable, PrintedRow, read_paper

_FILE = ("paper", "source", "differs", "charts")
_CHART = ("figure", "about", "x", "y", "log", "series")
_SERIES = ("name", "table", "at", "rows", "joined")


class ChartSeries(Record):
    """Rows of one table that belong together: those at the values ``at``, and of ``rows`` if there are any.

    ``rows``: the text at the point, by the row's label, or its network's name. ``joined``: by a line.
    """

    name: str
    table: PaperTable
    at: Mapping[str, Any]
    rows: Mapping[str, str]
    joined: bool

    def picked(self) -> Iterator[tuple[PrintedRow, str]]:
        """The rows, with their texts."""
        for row in self.table.rows:
            name = row.label or row.network or ""
            if all(str(row.at.get(key)) == str(value) for key, value in self.at.items()):
                if not self.rows:
                    yield row, ""
                elif name in self.rows:
                    yield row, self.rows[name]


class PaperChart(Record):
    """A picture of a paper: a figure over another. ``y``: the first of these that a row has.

    ``source`` says where it was seen what the picture shows, ``differs`` what is otherwise there.
    """

    paper: Paper
    figure: str
    about: str
    x: str
    y: Sequence[str]
    log: bool
    series: Sequence[ChartSeries]
    source: str
    differs: str


def find_chart(name: str) -> PaperChart:
    """The picture that ``name``, PAPER:N, means. Raises :class:`UsageError` with those that there are."""
    files = shipped("charts")
    stem, colon, number = name.partition(":")
    if stem not in files:
        raise UsageError(f"no picture of {quoted(stem)} is kept{nearest(stem, files)}; there are {', '.join(names())}")
    charts = {chart.figure: chart for chart in read_charts(open_shipped(files[stem]))}
    if not colon and len(charts) == 1:
        number = next(iter(charts))
    if number not in charts:
        there = ", ".join(f"{stem}:{figure}" for figure in charts)
        raise UsageError(f"{quoted(name)} is none of the pictures that are kept of it: {there}")
    return charts[number]


def names() -> list[str]:
    """All that :func:`find_chart` finds."""
    found = []
    for stem, path in shipped("charts").items():
        root = as_mapping(compose(open_shipped(path)), "paper, charts")
        found += [f"{stem}:{text_of(chart, 'figure')}" for chart in _listed(need(root, "charts"))]
    return found


def read_charts(source: Source) -> list[PaperChart]:
    """The pictures of a file. Raises :class:`SpecError` for the first thing that is wrong."""
    root = as_mapping(compose(source), "paper, source, charts")
    known(root, _FILE)
    stem = as_text(need(root, "paper"), "a file of specs/papers")
    papers = shipped("papers")
    if stem.value not in papers:
        raise stem.error(f"there is no specs/papers/{stem.value}.yaml{nearest(stem.value, papers)}")
    paper = read_paper(open_shipped(papers[stem.value]))
    where, differs = as_text(need(root, "source"), "where it was seen").value, text_of(root, "differs")
    return [_chart(node, paper, " ".join(where.split()), differs) for node in _listed(need(root, "charts"))]


def _chart(node: YamlMapping, paper: Paper, source: str, differs: str) -> PaperChart:
    known(node, _CHART)
    x = as_text(need(node, "x"), "a figure that is computed")
    if x.value not in MEASURES:
        raise x.error(f"what is from left to right is one of {', '.join(MEASURES)}, not {quoted(x.value)}")
    y = need(node, "y")
    if not isinstance(y, YamlList):
        raise SpecError("a list of columns is due here", place_of(y))
    ys = [as_text(item, "a column") for item in y.items]
    for text in ys:
        if text.value not in KEPT:
            raise text.error(f"no column of accuracies is called {quoted(text.value)}{nearest(text.value, KEPT)}")
    series = [_series(item, paper) for item in _listed(need(node, "series"))]
    upwards = [text.value for text in ys]
    return PaperChart(
        paper, text_of(node, "figure"), text_of(node, "about"), x.value, upwards, _is_yes(node, "log"), series, source,
        differs,
    )  # fmt: skip


def _series(node: YamlMapping, paper: Paper) -> ChartSeries:
    known(node, _SERIES)
    table = as_text(need(node, "table"), "a table")
    tables = {found.name: found for found in paper.tables}
    if table.value not in tables:
        raise table.error(f"{paper.title} has no table {quoted(table.value)}{nearest(table.value, tables)}")
    rows: dict[str, str] = {}
    if (listed := node.get("rows")) is not None:
        mapping = as_mapping(listed, "{row: text}")
        there = {row.label or row.network for row in tables[table.value].rows}
        for key, value in mapping.items:
            if key.value not in there:
                raise key.error(f"{table.value} has no row {quoted(key.value)}")
            rows[key.value] = as_text(value, "a text").value
    return ChartSeries(text_of(node, "name"), tables[table.value], point(node.get("at")), rows, _is_yes(node, "joined"))


def _listed(node: YamlNode) -> list[YamlMapping]:
    if not isinstance(node, YamlList):
        raise SpecError("a list is due here", place_of(node))
    return [as_mapping(item, "a mapping") for item in node.items]


def _is_yes(node: YamlMapping, key: str) -> bool:
    return text_of(node, key) in ("yes", "true")
