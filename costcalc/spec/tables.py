"""Tables in a spec: rows of cells between bars, each with its place."""

from __future__ import annotations

import re

from ..errors import SpecError, nearest, quoted
from .model import Cell, Row, Table, Variant
from .parse import RESERVED, parse_step
from .source import Text
from .values import printed_shape

_OPERATOR = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)?)(?:\s+(\d+x\d+|\d+|[^\W\d]\w*))?")
_LABEL = re.compile(r"[\w-]+")
_NAME = re.compile(r"[^\W\d]\w*")
_RULE_LINE = re.compile(r"[\s|:]*-{3,}[\s|:-]*")
_COMMENT = re.compile(r"(?:^|\s)#")
BLANK = ("", "-")
SPECIAL = ("stage", "input", "output", "operator", "n")


def split_rows(text: Text) -> list[list[Text]]:
    """The cells of each row of ``text`` that isn't blank or a comment."""
    rows: list[list[Text]] = []
    start = 0
    framed: bool | None = None
    for line in text.value.split("\n"):
        end = start + len(line)
        comment = _COMMENT.search(line)
        content = line[: comment.start()] if comment else line
        if "\t" in content:
            raise text.error("a tab; cells are set out with spaces", start + content.index("\t"))
        if content.strip() and not _RULE_LINE.fullmatch(content):
            if framed is None:
                framed = content.lstrip().startswith("|")
            rows.append(_cells(text, start, content, framed))
        start = end + 1
    return rows


def _cells(text: Text, start: int, line: str, framed: bool) -> list[Text]:
    first, last = 0, len(line)
    if framed:
        stripped = line.strip()
        first = line.index("|") + 1 if stripped.startswith("|") else 0
        last = line.rindex("|") if stripped.endswith("|") and line.rindex("|") >= first else last
    cells = []
    at = first
    for piece in line[first:last].split("|"):
        lead = len(piece) - len(piece.lstrip())
        cells.append(text.part(start + at + lead, start + at + lead + len(piece.strip())))
        at += len(piece) + 1
    return cells


def _header(text: Text, rows: list[list[Text]], first_known: str) -> list[str]:
    if not rows:
        raise text.error("an empty table")
    names = [c.value for c in rows[0]]
    for cell in rows[0]:
        if not _NAME.fullmatch(cell.value):
            raise cell.error(f"a column needs a name, not {quoted(cell.value)}")
        if cell.value in RESERVED:
            raise cell.error(f"{quoted(cell.value)} is a reserved word")
        if names.count(cell.value) > 1:
            raise cell.error(f"the column {quoted(cell.value)} is here twice")
    if first_known not in names:
        raise rows[0][0].error(f"the table has no column '{first_known}'{nearest(first_known, names)}")
    return names


def _checked_width(row: list[Text], names: list[str]) -> None:
    if len(row) != len(names):
        many = "more" if len(row) > len(names) else "fewer"
        where = row[len(names)] if len(row) > len(names) else row[-1]
        raise where.error(f"{len(row)} cells, {many} than the header's {len(names)} ({', '.join(names)})")


def _cell(text: Text) -> Cell:
    if text.value in BLANK:
        return Cell(text, None)
    if text.value.startswith("="):
        rest = text.part(1, len(text.value))
        return Cell(text, parse_step(rest), exact=True)
    return Cell(text, parse_step(text))


def read_table(text: Text, problems: list[SpecError]) -> Table:
    """A table of layers. What is wrong in a row goes to ``problems``; a wrong header is raised."""
    rows = split_rows(text)
    names = _header(text, rows, "operator")
    table = Table(text, names, [])
    labels: set[str] = set()
    for number, cells in enumerate(rows[1:], 1):
        try:
            row = _row(cells, names, number)
        except SpecError as e:
            problems.append(e)
            continue
        if row.label in labels:
            problems.append(cells[0].error(f"two rows are called {quoted(row.label)}"))
        labels.add(row.label)
        table.rows.append(row)
    if not rows[1:]:
        raise text.error("a table without rows")
    return table


def _row(cells: list[Text], names: list[str], number: int) -> Row:
    _checked_width(cells, names)
    by_name = dict(zip(names, cells, strict=True))
    operator = by_name["operator"]
    m = _OPERATOR.fullmatch(operator.value)
    if m is None:
        raise operator.error(f"an operator is a layer's or block's name, with a kernel size if it has one, not {quoted(operator.value)}")
    kernel = parse_step(operator.part(m.start(2), m.end(2))) if m[2] else None
    row = Row(f"stage{number}", operator.part(m.start(1), m.end(1)), kernel, {})
    stage = by_name.get("stage")
    if stage is not None and stage.value not in BLANK:
        if not _LABEL.fullmatch(stage.value):
            raise stage.error(f"a row's label is letters and digits, not {quoted(stage.value)}")
        row.label = f"stage{stage.value}" if stage.value.isdigit() else stage.value
    row.input = _shape(by_name.get("input"))
    row.output = _shape(by_name.get("output"))
    for name, cell in by_name.items():
        if name not in ("stage", "input", "output", "operator"):
            row.cells[name] = _cell(cell)
    return row


def _shape(text: Text | None) -> Text | None:
    if text is None or text.value in BLANK:
        return None
    if printed_shape(text.value) is None:
        raise text.error(f"a shape is 224², 224²x3 or 112x112x32, not {quoted(text.value)}")
    return text


def read_variants(text: Text, problems: list[SpecError]) -> dict[str, Variant]:
    """The table of variants, by name."""
    rows = split_rows(text)
    names = _header(text, rows, "name")
    variants: dict[str, Variant] = {}
    for cells in rows[1:]:
        try:
            _checked_width(cells, names)
            by_name = dict(zip(names, cells, strict=True))
            name = by_name.pop("name")
            if not re.fullmatch(r"\w[\w.-]*", name.value):
                raise name.error(f"a variant needs a name, not {quoted(name.value)}")
            if name.value in variants:
                raise name.error(f"two variants are called {quoted(name.value)}")
            values = {k: _cell(v) for k, v in by_name.items() if v.value not in BLANK}
            variants[name.value] = Variant(name.value, name, values)
        except SpecError as e:
            problems.append(e)
    return variants

