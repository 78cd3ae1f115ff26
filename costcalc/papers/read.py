"""Paper tables from YAML: every printed figure, with its table's source and counting convention."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..errors import SpecError, nearest, quoted
from ..language.find import open_shipped, shipped
from ..language.parse import parse_step
from ..language.sections import as_mapping, as_text
from ..language.source import Source, Text, YamlList, YamlMapping, YamlNode, compose, place_of
from ..language.syntax import Binary, Constant, Name, Unary
from ..record import Record, fresh
from ..units import FigureError, Printed, parse_printed

MEASURES = ("mult_adds", "params", "params_no_top", "param_memory")
"""Figures that the engine computes; the last two: params without what is behind the last pooling, bytes at 32 bits."""
COUNTED = (
    *MEASURES, "nominal_mult_adds", "mult_adds_half", "memory", "max_memory", "backbone_share",
)  # fmt: skip
"""All figures that a check reports on; those that aren't measures are not modelled."""
KEPT = (
    "top1", "top5", "top1_error", "top5_error", "accuracy", "ap", "ap50", "ap75", "map", "miou", "latency", "speed",
    "file_size", "batches_per_second", "channels", "layers", "time",
)  # fmt: skip
"""Accuracies, latencies and sizes of files: kept with their rows, and not counted."""
STATES_GIVEN = ("explained", "unexplained", "not_modelled", "doubtful")
_ROW = ("network", "label", "at", "kind", "over", "where", "note", "not_modelled", "doubtful")
_TABLE = ("table", "about", "source", "convention", "evidence", "note", "network", "rows")
_PAPER = ("paper", "family", "arxiv", "version", "sources", "tables", "note")
_FIGURE = ("printed", *STATES_GIVEN, "convention", "at", "network", "ours")


class Figure(Record):
    """A printed figure. ``state`` is given where it isn't expected to match: with the reason, and what is evaluated."""

    measure: str
    text: Text
    printed: Printed | None
    state: str = ""
    reason: str = ""
    convention: str | None = None
    network: str | None = None
    at: dict[str, Any] = fresh(default_factory=dict)
    ours: Fraction | None = None


class PrintedRow(Record):
    """A row: the network and the point that it describes, and its figures.

    ``kind`` asks for a share of the total, ``over`` for the ratio to another network and point.
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


class PaperTable(Record):
    """A table, with its counting convention and the evidence for that."""

    text: Text
    name: str
    about: str
    source: str
    convention: str | None
    evidence: str
    note: str
    rows: list[PrintedRow]


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


def load_papers() -> list[Paper]:
    """Every shipped paper, by the name of its file."""
    return [read_paper(open_shipped(path)) for path in shipped("papers").values()]


def read_paper(source: Source) -> Paper:
    """A paper from its file. Raises :class:`SpecError` for the first thing that is wrong."""
    root = as_mapping(compose(source), "paper, family, sources, tables")
    _known(root, _PAPER)
    sources = {k.value: as_text(v, "a text").value for k, v in as_mapping(_need(root, "sources"), "name: text").items}
    paper = Paper(
        source,
        as_text(_need(root, "paper"), "the paper's title").value,
        as_text(_need(root, "family"), "a family").value,
        _text(root, "arxiv"),
        _text(root, "version"),
        _text(root, "note"),
        sources,
        [],
    )
    tables = _need(root, "tables")
    if not isinstance(tables, YamlList):
        raise SpecError("a list of tables is due here", place_of(tables))
    for node in tables.items:
        paper.tables.append(_table(as_mapping(node, "table, source, rows"), paper))
    return paper


def _table(node: YamlMapping, paper: Paper) -> PaperTable:
    _known(node, _TABLE)
    name = as_text(_need(node, "table"), "the table's name")
    source = _text(node, "source")
    if source not in paper.sources:
        raise name.error(f"the source of {name.value} is one of {', '.join(paper.sources)}, not {quoted(source)}")
    convention, evidence = _text(node, "convention") or None, _text(node, "evidence")
    if convention and not evidence:
        raise name.error(f"{name.value} names a convention without its evidence")
    table = PaperTable(name, name.value, _text(node, "about"), source, convention, evidence, _text(node, "note"), [])
    rows = _need(node, "rows")
    if not isinstance(rows, YamlList):
        raise SpecError("a list of rows is due here", place_of(rows))
    for row in rows.items:
        table.rows.append(_row(as_mapping(row, "network, at, figures"), _text(node, "network") or None, source))
    return table


def _row(node: YamlMapping, network: str | None, source: str) -> PrintedRow:
    row_state = next((s for s in ("not_modelled", "doubtful") if node.get(s) is not None), "")
    at = _point(node.get("at"), free=bool(row_state))
    row = PrintedRow(
        node.text,
        _text(node, "network") or network,
        _text(node, "label"),
        at,
        _text(node, "kind") or None,
        _text(node, "where") or source,
        [],
        {},
        _text(node, "note"),
        _over(node.get("over"), _text(node, "network") or network),
    )
    for key, value in node.items:
        if key.value in _ROW:
            continue
        if key.value in KEPT:
            row.kept[key.value] = as_text(value, "a text").value
        elif key.value in COUNTED:
            figure = _figure(key, value, row_state, ratio=row.over is not None)
            if row_state and not figure.state:
                figure.state, figure.reason = row_state, _text(node, row_state)
            row.figures.append(figure)
        else:
            known = (*_ROW, *COUNTED, *KEPT)
            raise key.error(f"a row has no {quoted(key.value)}{nearest(key.value, known)}")
    if row.network is None and any(not f.state for f in row.figures):
        raise node.text.error("a row without a network is not modelled or doubtful, and says why")
    return row


def _over(node: YamlNode | None, network: str | None) -> tuple[str | None, dict[str, Any]] | None:
    """What a row's figures are divided by: another network, or this one at another point."""
    if node is None:
        return None
    fields = as_mapping(node, "{network: …, at: …}")
    _known(fields, ("network", "at"))
    return _text(fields, "network") or network, _point(fields.get("at"))


def _figure(key: Text, value: YamlNode, row_state: str, *, ratio: bool = False) -> Figure:
    if isinstance(value, Text):
        return Figure(key.value, key, _printed(value, strict=not row_state, ratio=ratio))
    fields = as_mapping(value, "{printed: …, explained: …}")
    _known(fields, _FIGURE)
    states = [s for s in STATES_GIVEN if fields.get(s) is not None]
    if len(states) != 1:
        raise key.error(f"a figure has one of {', '.join(STATES_GIVEN)}")
    state = states[0]
    reason = _text(fields, state)
    if len(reason) < 10:
        raise key.error(f"{state}: a reason is due")
    due = as_text(_need(fields, "printed"), "the printed figure")
    printed = _printed(due, strict=state in ("explained", "unexplained"), ratio=ratio)
    figure = Figure(key.value, key, printed, state, reason)
    figure.convention, figure.network = _text(fields, "convention") or None, _text(fields, "network") or None
    figure.at = _point(fields.get("at"))
    if state == "explained" and not (figure.convention or figure.network or figure.at):
        raise key.error("an explanation is evaluated: it has a convention, a network or a point (at)")
    if state == "unexplained":
        figure.ours = Fraction(_value(as_text(_need(fields, "ours"), "our own figure")))
    return figure


def _printed(text: Text, *, strict: bool, ratio: bool) -> Printed | None:
    try:
        if ratio and text.value.endswith(("x", "×")):
            return parse_printed(text.value[:-1])._replace(text=text.value)
        return parse_printed(text.value)
    except FigureError as e:
        if strict:
            raise text.error(str(e)) from None
        return None


def _point(node: YamlNode | None, *, free: bool = False) -> dict[str, Any]:
    """A point of the parameters; ``free``: of a network that isn't shipped, so any text will do."""
    if node is None:
        return {}
    read = (lambda t: t.value) if free else _value
    return {k.value: read(as_text(v, "a value")) for k, v in as_mapping(node, "{alpha: 0.5}").items}


def _value(text: Text) -> Any:
    """A number (also a fraction or negative) or a word."""
    node = parse_step(text)
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, Name):
        return node.id
    if isinstance(node, Binary) and node.op == "/":
        a, b = _value_of(node.left), _value_of(node.right)
        if isinstance(a, int) and isinstance(b, int) and b:
            return Fraction(a, b)
    if isinstance(node, Unary) and node.op == "-" and isinstance(x := _value_of(node.x), int | float):
        return -x
    raise text.error("a number or a word is due here")


def _value_of(node: object) -> object:
    return node.value if isinstance(node, Constant) else None


def _need(node: YamlMapping, key: str) -> YamlNode:
    value = node.get(key)
    if value is None:
        raise node.text.error(f"{quoted(key)} is missing here")
    return value


def _text(node: YamlMapping, key: str) -> str:
    value = node.get(key)
    return "" if value is None else " ".join(as_text(value, "a text").value.split())


def _known(node: YamlMapping, keys: tuple[str, ...]) -> None:
    for key, _ in node.items:
        if key.value not in keys:
            raise key.error(f"no {quoted(key.value)} here{nearest(key.value, keys)}; there are {', '.join(keys)}")
