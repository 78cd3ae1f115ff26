"""A person's own table of figures: a paper file that needs no family and no sources, or a CSV."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator

from ..errors import SpecError, nearest, quoted
from ..language.sections import as_mapping
from ..language.source import Source, Text, compose
from .fields import value_of
from .figure import read_figure
from .read import COUNTED, KEPT, MEASURES, Paper, PaperTable, PrintedRow, read_paper

SUFFIXES = (".csv", ".tsv")
"""Names of files that are tables of figures, whatever they hold."""

_TITLES = {
    "network": "network", "model": "network", "architecture": "network", "name": "network",
    "params": "params", "parameters": "params", "weights": "params",
    "mult_adds": "mult_adds", "multiply_adds": "mult_adds", "madds": "mult_adds", "macs": "mult_adds",
    "flops": "mult_adds",
    "resolution": "res", "width": "alpha",
}  # fmt: skip
"""How people head the columns; all else is a parameter of the networks, by its own name."""

_EMPTY = ("", "-", "–", "—", "n/a", "?")
MAX_ROWS = 2_000


def read_own_table(source: Source) -> Paper:
    """The table in ``source``, whose name tells whether it is a CSV. Raises :class:`SpecError` with its place."""
    if source.name.lower().endswith(SUFFIXES):
        return _from_csv(source)
    root = as_mapping(compose(source), "paper, tables")
    if not root.items or root.items[0][0].value != "paper":
        what = "; a network's spec is for show, lint and verify" if root.get("network") is not None else ""
        raise SpecError(f"a table of figures begins with its paper: …{what}", source.place())
    paper = read_paper(source, own=True)
    if sum(len(table.rows) for table in paper.tables) > MAX_ROWS:
        raise SpecError(f"more than {MAX_ROWS:,} rows", source.place())
    return paper


class _Heading:
    """A column: what it holds, and the unit of its figures if its title has one, as in "params (M)"."""

    def __init__(self, text: Text) -> None:
        self.text = text
        title = text.value.strip()
        with_unit = re.fullmatch(r"(.*?)\s*[(\[]\s*([kKMGBT])\s*[)\]]", title)
        self.unit = with_unit[2] if with_unit else ""
        name = re.sub(r"[\s-]+", "_", (with_unit[1] if with_unit else title).strip())
        self.name = _TITLES.get(name.lower(), name)

    def cell(self, text: Text) -> Text:
        """``text`` with the column's unit, where it is a bare number."""
        if self.unit and re.fullmatch(r"[0-9.,]+", text.value):
            return Text(f"{text.value} {self.unit}", text.source, text.line, text.column)
        return text


def _from_csv(source: Source) -> Paper:
    lines = _lines(source)
    first = next(lines, None)
    if first is None:
        raise SpecError("an empty file: a line of columns is due, such as network,params,mult_adds", source.place())
    headings = [_Heading(text) for text in first]
    names = [heading.name for heading in headings]
    for heading in headings:
        if names.count(heading.name) > 1:
            raise heading.text.error(f"two columns are {quoted(heading.name)}")
    if "network" not in names or not set(names) & set(MEASURES):
        close = [nearest(name, [*_TITLES, *MEASURES]) for name in names]
        raise first[0].error(f"columns are due: network, params, mult_adds, not {', '.join(names)}{''.join(close)}")
    name = os.path.basename(source.name)
    table = PaperTable(first[0], name, "", "", None, "", "", [])
    for cells in lines:
        if len(table.rows) == MAX_ROWS:
            raise cells[0].error(f"more than {MAX_ROWS:,} rows")
        table.rows.append(_row(headings, cells))
    return Paper(source, os.path.splitext(name)[0], "", "", "", "", {"": ""}, [table])


def _row(headings: list[_Heading], cells: list[Text]) -> PrintedRow:
    if len(cells) != len(headings):
        raise cells[0].error(f"{len(cells)} cells under {len(headings)} columns")
    row = PrintedRow(cells[0], None, "", {}, None, "", [], {})
    for heading, cell in zip(headings, cells, strict=True):
        if cell.value.lower() in _EMPTY:
            continue
        if heading.name == "network":
            row.network = cell.value
        elif heading.name in COUNTED:
            key = Text(heading.name, cell.source, cell.line, cell.column)
            row.figures.append(read_figure(key, heading.cell(cell), strict=True, ratio=False, network=True))
        elif heading.name in KEPT:
            row.kept[heading.name] = cell.value
        elif heading.name in ("label", "note"):
            setattr(row, heading.name, cell.value)
        else:
            row.at[heading.name] = value_of(cell)
    if row.network is None:
        raise cells[0].error("a row without its network")
    return row


def _lines(source: Source) -> Iterator[list[Text]]:
    """The lines that hold something, as cells that know their places."""
    head = source.text.partition("\n")[0]
    delimiter = max(",\t;", key=head.count)
    reader = csv.reader(io.StringIO(source.text), delimiter=delimiter, strict=True, skipinitialspace=True)
    line = 1
    try:
        for found in reader:
            if any(cell.strip() for cell in found):
                source.spend(len(found), Text("", source, line, 1))
                yield list(_cells(found, source, line))
            line = reader.line_num + 1
    except csv.Error as e:
        raise SpecError(f"this is no CSV: {e}", source.place(line)) from e


def _cells(found: list[str], source: Source, line: int) -> Iterator[Text]:
    text, at = source.lines[line - 1], 0
    for cell in found:
        value = cell.strip()
        at = max(at, text.find(value, at))
        yield Text(value, source, line, at + 1)
        at += len(value)
