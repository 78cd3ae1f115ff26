"""Tables in a spec: rows of cells between bars, each with its place."""

from __future__ import annotations

import re

from ..errors import Problems, SpecError, SpecErrors, listed, nearest, quoted
from .model import Cell, LayerTable, TableRow, Variant
from .parse import parse_step
from .source import Text
from .tokens import RESERVED
from .values import printed_shape

_OPERATOR = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)?)(?:\s+(\d+(?:x\d+){0,2}|[^\W\d]\w*))?")
_LABEL = re.compile(r"[\w-]+")
_COMMENT = re.compile(r"(?:^|\s)#")
BLANK = ("", "-")
SPECIAL = ("stage", "input", "output", "operator")
MAX_ROWS = 2_000
MAX_COLUMNS = 100


def split_rows(text: Text) -> list[list[Text]]:
    """The cells of each row of ``text`` that isn't blank or a comment."""
    if text.style != "|":
        raise text.error("a table is due here, its rows below a '|'")
    rows: list[list[Text]] = []
    framed: bool | None = None
    indent = text.indent()
    for number, line in enumerate(text.value.split("\n"), text.line + 1):
        comment = _COMMENT.search(line)
        content = line[: comment.start()] if comment else line
        if "\t" in content:
            place = text.source.place(number, indent + content.index("\t") + 1)
            raise SpecError("a tab; cells are set out with spaces", place)
        if not content.strip() or _is_rule(content):
            continue
        if framed is None:
            framed = content.lstrip().startswith("|")
        if len(rows) > MAX_ROWS:
            raise SpecError(f"a table of more than {MAX_ROWS:,} rows", text.source.place(number, indent + 1))
        rows.append(_cells(text, number, indent + 1, content, framed))
    if not rows:
        raise text.error("an empty table")
    return rows


def _is_rule(line: str) -> bool:
    """``---|---``."""
    return "---" in line and not line.strip(" |:-")


def _cells(text: Text, number: int, column: int, line: str, framed: bool) -> list[Text]:
    first, last = 0, len(line)
    if framed:
        stripped = line.strip()
        first = line.index("|") + 1 if stripped.startswith("|") else 0
        last = line.rindex("|") if stripped.endswith("|") and line.rindex("|") >= first else last
    pieces = line[first:last].split("|")
    text.source.spend(len(pieces), text)
    if len(pieces) > MAX_COLUMNS:
        place = text.source.place(number, column)
        raise SpecError(f"a row of {len(pieces):,} cells; a table has at most {MAX_COLUMNS} columns", place)
    cells = []
    at = first
    for piece in pieces:
        lead = len(piece) - len(piece.lstrip())
        cells.append(Text(piece.strip(), text.source, number, column + at + lead))
        at += len(piece) + 1
    return cells


def header(cells: list[Text], first_known: str) -> list[str]:
    names = [c.value for c in cells]
    found: list[SpecError] = []
    seen: set[str] = set()
    for cell in cells:
        if not cell.value.isidentifier():
            found.append(cell.error(f"a column needs a name, not {quoted(cell.value)}"))
        elif cell.value in RESERVED:
            found.append(cell.error(f"{quoted(cell.value)} is a reserved word"))
        elif cell.value in seen:
            found.append(cell.error(f"the column {quoted(cell.value)} is here twice"))
        seen.add(cell.value)
    if first_known not in names:
        found.append(cells[0].error(f"the table has no column '{first_known}'{nearest(first_known, names)}"))
    if found:
        raise SpecErrors(found)
    return names


def check_width(row: list[Text], names: list[str]) -> None:
    if len(row) != len(names):
        many = "more" if len(row) > len(names) else "fewer"
        where = row[len(names)] if len(row) > len(names) else row[-1]
        raise where.error(
            f"{len(row)} cell{'s' if len(row) > 1 else ''}, {many} than the header's {len(names)} ({listed(names)})"
        )


def read_cell(text: Text) -> Cell:
    if text.value in BLANK:
        return Cell(text, None)
    if text.value.startswith("="):
        rest = text.part(1, len(text.value))
        return Cell(text, parse_step(rest), exact=True)
    return Cell(text, parse_step(text))


def read_table(text: Text, problems: Problems, path: str) -> LayerTable:
    """A table of layers. What is wrong in a row goes to ``problems``; a wrong header is raised."""
    rows = split_rows(text)
    names = header(rows[0], "operator")
    table = LayerTable(text, names, [])
    labels: set[str] = set()
    for number, cells in enumerate(rows[1:], 1):
        row = _row(cells, names, number, problems, path)
        if row.label in labels:
            problems.append(cells[0].error(f"two rows are called {quoted(row.label)}"))
        labels.add(row.label)
        table.rows.append(row)
    if not table.rows:
        raise text.error("a table without rows")
    return table


def _row(cells: list[Text], names: list[str], number: int, problems: Problems, path: str) -> TableRow:
    row = TableRow(f"stage{number}", cells[0], None, {})
    for name, cell in zip(names, cells, strict=False):
        if name == "stage" and _LABEL.fullmatch(cell.value) and cell.value not in BLANK:
            row.label = f"stage{cell.value}" if cell.value.isdigit() else cell.value
    try:
        check_width(cells, names)
    except SpecError as e:
        e.path, row.broken = f"{path}.{row.label}" if path else row.label, True
        problems.append(e)
        return row
    for name, cell in zip(names, cells, strict=True):
        try:
            _read_cell(row, name, cell)
        except SpecError as e:
            e.path, row.broken = f"{path}.{row.label}" if path else row.label, True
            problems.append(e)
    return row


def _read_cell(row: TableRow, name: str, cell: Text) -> None:
    if name == "operator":
        m = _OPERATOR.fullmatch(cell.value)
        if m is None:
            what = f"not {quoted(cell.value)}" if cell.value not in BLANK else "and the cell is blank"
            raise cell.error(f"an operator is a layer's or block's name, with a kernel size if it has one, {what}")
        row.operator = cell.part(m.start(1), m.end(1))
        row.kernel = parse_step(cell.part(m.start(2), m.end(2))) if m[2] else None
    elif name == "stage":
        if cell.value not in BLANK and not _LABEL.fullmatch(cell.value):
            raise cell.error(f"a row's label is letters, digits, _ and -, not {quoted(cell.value)}")
    elif name == "input":
        row.input = _shape(cell)
    elif name == "output":
        row.output = _shape(cell)
    else:
        row.cells[name] = read_cell(cell)


def _shape(text: Text) -> Text | None:
    if text.value in BLANK:
        return None
    if printed_shape(text.value) is None:
        raise text.error(f"a shape is 224², 224²x3 or 112x112x32, not {quoted(text.value)}")
    return text


def read_variants(text: Text, problems: Problems) -> tuple[dict[str, Text], dict[str, Variant]]:
    """The header of the table of variants, and the variants by name."""
    rows = split_rows(text)
    names = header(rows[0], "name")
    variants: dict[str, Variant] = {}
    for cells in rows[1:]:
        try:
            check_width(cells, names)
            by_name = dict(zip(names, cells, strict=True))
            name = by_name.pop("name")
            if not re.fullmatch(r"\w[\w.-]{0,99}", name.value):
                raise name.error(f"a variant's name is letters, digits, _ . and -, not {quoted(name.value)}")
            if name.value in variants:
                raise name.error(f"two variants are called {quoted(name.value)}")
            values = {k: read_cell(v) for k, v in by_name.items() if v.value not in BLANK}
            variants[name.value] = Variant(name.value, name, values)
        except SpecError as e:
            problems.append(e)
    if not rows[1:]:
        raise text.error("a table without rows")
    return {c.value: c for c in rows[0] if c.value != "name"}, variants
