"""Paper tables from YAML: every printed figure, with its table's source and counting convention."""

from __future__ import annotations

from typing import Any

from ..errors import SpecError, nearest, quoted
from ..language.find import open_shipped, shipped
from ..language.parse import parse_step
from ..language.sections import as_mapping, as_text
from ..language.source import Source, Text, YamlList, YamlMapping, YamlNode, compose, place_of
from ..language.syntax import Node
from ..record import Record, fresh
from ..units import FigureError
from .fields import known, need, point, text_of
from .figure import Figure, read_figure

MAPS = ("map_channels", "map_memory")
"""Of the largest map at a size: its channels, and its bytes at 16 bits."""
MEASURES = ("mult_adds", "params", "params_no_top", "param_memory", *MAPS)
"""Figures that are computed; params_no_top: without what is behind the last pooling; param_memory: at 32 bits."""
COUNTED = (
    *MEASURES, "nominal_mult_adds", "mult_adds_half", "memory", "max_memory", "backbone_share",
)  # fmt: skip
"""All figures that a check reports on; those that aren't measures are not modelled."""
KEPT = (
    "top1", "top5", "top1_error", "top5_error", "accuracy", "ap", "ap_val", "ap50", "ap75", "map", "miou", "latency",
    "speed", "file_size", "batches_per_second", "channels", "layers", "time",
)  # fmt: skip
"""Accuracies, latencies and sizes of files: kept with their rows, and not counted."""
PRECISIONS = {"tens": 1}
"""How many digits of a column are padding, where its source rounds to tens of the unit that it prints."""
_ROW = ("network", "label", "at", "kind", "size", "over", "beside", "where", "note", "not_modelled", "doubtful")
_TABLE = ("table", "about", "source", "convention", "precision", "evidence", "note", "network", "rows")
_PAPER = ("paper", "family", "arxiv", "version", "sources", "tables", "note")


class PrintedRow(Record):
    """A row: the network and the point that it describes, and its figures.

    ``kind`` asks for a share of the total, ``over`` for the ratio to another network and point. ``beside`` is work that
    the source counts and no layer does (the preprocessing of the image): an expression over the network's parameters.
    """

    text: Text
    network: str | None
    label: str
    at: dict[str, Any]
    kind: str | None
    where: str
    figures: list[Figure]
    kept: dict[str, str]
    note: str = ""
    over: tuple[str | None, dict[str, Any]] | None = None
    beside: Node | None = None


class PaperTable(Record):
    """A table, with its counting convention and the evidence for that.

    ``conventions`` and ``precisions`` are those of single columns, by measure: how a whole column counts and rounds.
    """

    text: Text
    name: str
    about: str
    source: str
    convention: str | None
    evidence: str
    note: str
    rows: list[PrintedRow]
    conventions: dict[str, str] = fresh(default_factory=dict)
    precisions: dict[str, str] = fresh(default_factory=dict)

    @property
    def counted(self) -> tuple[str, ...]:
        """The conventions of the table and its columns."""
        return tuple(dict.fromkeys(name for name in (self.convention, *self.conventions.values()) if name))

    def convention_of(self, measure: str) -> str | None:
        """The convention of a column, or else of the table."""
        return self.conventions.get(measure, self.convention)


class Paper(Record):
    """A source of figures."""

    origin: Source
    title: str
    family: str
    arxiv: str
    version: str
    note: str
    sources: dict[str, str]
    tables: list[PaperTable]


def stem(paper: Paper) -> str:
    """The name of a paper's file, by which figures elsewhere refer to its tables."""
    return paper.origin.name.rsplit("/", 1)[-1].removesuffix(".yaml")


def load_papers() -> list[Paper]:
    """Every shipped paper, by the name of its file."""
    return [read_paper(open_shipped(path)) for path in shipped("papers").values()]


def read_paper(source: Source, *, own: bool = False) -> Paper:
    """A paper from its file. Raises :class:`SpecError` for the first thing that is wrong.

    ``own``: a person's own table, which needs no family and no sources.
    """
    root = as_mapping(compose(source), "paper, family, sources, tables")
    known(root, _PAPER)
    sources = {"": ""}
    if not own or root.get("sources") is not None:
        listed = as_mapping(need(root, "sources"), "name: text")
        sources = {k.value: as_text(v, "a text").value for k, v in listed.items}
    paper = Paper(
        source,
        as_text(need(root, "paper"), "the paper's title").value,
        text_of(root, "family") if own else as_text(need(root, "family"), "a family").value,
        text_of(root, "arxiv"),
        text_of(root, "version"),
        text_of(root, "note"),
        sources,
        [],
    )
    tables = need(root, "tables")
    if not isinstance(tables, YamlList):
        raise SpecError("a list of tables is due here", place_of(tables))
    for node in tables.items:
        paper.tables.append(_table(as_mapping(node, "table, source, rows"), paper))
    return paper


def _table(node: YamlMapping, paper: Paper) -> PaperTable:
    known(node, _TABLE)
    name = as_text(need(node, "table"), "the table's name")
    source = text_of(node, "source")
    if source not in paper.sources:
        raise name.error(f"the source of {name.value} is one of {', '.join(paper.sources)}, not {quoted(source)}")
    convention, conventions = _columns(node.get("convention"), "a convention")
    evidence, (precision, precisions) = text_of(node, "evidence"), _columns(node.get("precision"), "a precision")
    if (convention or conventions or precisions) and not evidence:
        raise name.error(f"{name.value} names a convention or a precision without its evidence")
    for word in (precision, *precisions.values()):
        if word is not None and (precision or word not in PRECISIONS):
            raise name.error(f"a precision is {{mult_adds: tens}}, not {quoted(word)}")
    note = text_of(node, "note")
    table = PaperTable(
        name, name.value, text_of(node, "about"), source, convention, evidence, note, [], conventions, precisions
    )
    rows = need(node, "rows")
    if not isinstance(rows, YamlList):
        raise SpecError("a list of rows is due here", place_of(rows))
    for row in rows.items:
        table.rows.append(_row(as_mapping(row, "network, at, figures"), text_of(node, "network") or None, source))
    for figure in (figure for row in table.rows for figure in row.figures if figure.measure in precisions):
        if figure.printed is not None:
            try:
                figure.printed = figure.printed.coarser(PRECISIONS[precisions[figure.measure]])
            except FigureError as e:
                raise figure.text.error(
                    f"{table.name} has {precisions[figure.measure]} here, by its precision: {e}"
                ) from e
    return table


def _columns(node: YamlNode | None, what: str) -> tuple[str | None, dict[str, str]]:
    """One name for a table, or one for each of the columns that a mapping names."""
    if not isinstance(node, YamlMapping):
        return (None if node is None else as_text(node, what).value), {}
    known(node, MEASURES)
    return None, {k.value: as_text(v, what).value for k, v in node.items}


def _row(node: YamlMapping, network: str | None, source: str) -> PrintedRow:
    row_state = next((s for s in ("not_modelled", "doubtful") if node.get(s) is not None), "")
    at = point(node.get("at"), free=bool(row_state))
    row = PrintedRow(
        node.text,
        text_of(node, "network") or network,
        text_of(node, "label"),
        at,
        text_of(node, "kind") or text_of(node, "size") or None,
        text_of(node, "where") or source,
        [],
        {},
        text_of(node, "note"),
        _over(node.get("over"), text_of(node, "network") or network),
        None if (work := node.get("beside")) is None else parse_step(as_text(work, "an expression")),
    )
    for key, value in node.items:
        if key.value in _ROW:
            continue
        if key.value in KEPT:
            row.kept[key.value] = as_text(value, "a text").value
        elif key.value in COUNTED:
            strict, evaluated = not row_state, row.network is not None and key.value in MEASURES
            if (key.value in MAPS) != (node.get("size") is not None):
                raise key.error("a row with a size has figures of its largest map: map_channels, map_memory; no other")
            figure = read_figure(key, value, strict=strict, ratio=row.over is not None, network=evaluated)
            if row_state and not figure.state:
                figure.state, figure.reason = row_state, text_of(node, row_state)
            row.figures.append(figure)
        else:
            known = (*_ROW, *COUNTED, *KEPT)
            raise key.error(f"a row has no {quoted(key.value)}{nearest(key.value, known)}")
    if row.network is None and any(f.state in ("", "explained", "unexplained") for f in row.figures):
        raise node.text.error("a row without a network is not modelled or doubtful, and says why")
    return row


def _over(node: YamlNode | None, network: str | None) -> tuple[str | None, dict[str, Any]] | None:
    """What a row's figures are divided by: another network, or this one at another point."""
    if node is None:
        return None
    fields = as_mapping(node, "{network: …, at: …}")
    known(fields, ("network", "at"))
    return text_of(fields, "network") or network, point(fields.get("at"))
