"""The terminal's table: exact and complete where it fits, otherwise fewer columns, shorter figures, cut texts.

The layout is plain arithmetic on cell widths, and rich only paints the finished lines: its own Table measures and wraps
every cell, which takes 50 ms for 100 rows instead of 2. It is loaded for colours, and for letters that may be wider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ..table import Column, Table
from .bars import bars_line
from .cells import RIGHT_ALIGNED, text, totals, visible
from .options import Options

_GAPS = (2, 1)  # cells between columns: as a rule, and where that isn't to be had
_NARROWEST = 4  # cells that a cut text keeps, its ellipsis included
_NEVER_DROPPED = 9
_RATHER_SHORTENED = 6
"""Columns of this rank are worth more than the last digits of the counts, and those below it less."""
_ONE_CELL = re.compile(
    r"[ -~\u00a0-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u2070-\u209c\u2190-\u22ff\u2500-\u259f]*"
)
"""Texts of letters that take one cell each: Latin, Greek, Cyrillic, signs of mathematics, rules, blocks."""
_SMALLEST = 20  # cells; below, even notes could not be wrapped between words


Page = list[tuple[str, str]]
"""Texts and their styles."""


@dataclass
class _Laid:
    """A column laid out: its cells from header to totals as text, and its width in terminal cells.

    ``least`` is the width below which it is dropped or cut: that of a formula's longest term, as it may be broken.
    """

    column: Column
    cells: list[str]
    width: int
    least: int


def render(tables: Sequence[Table], options: Options) -> str:
    """Each table within ``options.width`` cells, apart by empty lines. No figure is ever cut to fit.

    The answers of the tables are their last lines.
    """
    width = max(options.width, _SMALLEST)
    page: Page = []
    for table in tables:
        page += [("\n", "")] * bool(page) + _paint(table, width)
    return _painted(page, width) if options.color else "".join(part for part, _ in page)


def _painted(page: Page, width: int) -> str:
    import io

    from rich.console import Console
    from rich.text import Text

    # Each of these would otherwise be guessed from the environment.
    console = Console(
        file=io.StringIO(),
        width=width,
        color_system="standard",
        force_terminal=True,
        force_jupyter=False,
        legacy_windows=False,
    )
    with console.capture() as capture:
        console.print(Text.assemble(*page), soft_wrap=True, end="")
    return capture.get()


def _paint(table: Table, width: int) -> Page:
    """The title, the lines of the table, its notes and its answer; every line ends with a newline."""
    if table.bars:
        line = bars_line(table, width, _width)
        page: Page = [(f"{line}\n", "")] if line else []
        notes: Sequence[str] = [*table.marks, *table.notes]
    else:
        laid, gap, notes = _layout(table, width)
        page = [(f"{line}\n", "bold") for line in _wrap(table.title, width)]
        if laid:
            page += _paint_rows(laid, gap, has_totals=bool(totals(table)))
    for texts, style in ((notes, "dim"), (table.answer, "bold")):
        page += [(f"{line}\n", style) for text in texts for line in _wrap(text, width)]
    return page


def _paint_rows(laid: list[_Laid], gap: int, *, has_totals: bool) -> Page:
    lines = list(_lines(laid, gap))
    rule = "─" * _total(laid, gap) + "\n"
    end = len(lines) - has_totals
    page = [(lines[0], "bold"), (rule, "dim"), ("".join(lines[1:end]), "")]
    return page + [part for line in lines[end:] for part in ((rule, "dim"), (line, "bold"))]


def _lines(laid: list[_Laid], gap: int) -> Iterator[str]:
    for row in zip(*(c.cells for c in laid), strict=True):
        parts = [_broken(cell, c) for cell, c in zip(row, laid, strict=True)]
        lines = zip_longest(*parts, fillvalue="")
        padded = ((" " * gap).join(_pad(part, c) for part, c in zip(line, laid, strict=True)) for line in lines)
        yield "".join(line.rstrip() + "\n" for line in padded)


def _broken(cell: str, laid: _Laid) -> list[str]:
    """A formula in lines of the column's width, broken between its terms; anything else is one line."""
    if laid.column.kind != "formula" or _width(cell) <= laid.width:
        return [cell]
    lines = [""]
    for part in cell.split(" "):
        longer = f"{lines[-1]} {part}" if lines[-1] else part
        if _width(longer) <= laid.width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def _pad(cell: str, laid: _Laid) -> str:
    """``cell`` in exactly the column's width."""
    missing = laid.width - _width(cell)
    return " " * missing + cell if laid.column.kind in RIGHT_ALIGNED else cell + " " * missing


# ---- layout ------------------------------------------------------------------------------------------------------


def _layout(table: Table, width: int) -> tuple[list[_Laid], int, list[str]]:
    """The columns that fit, the gap between them, and the notes, one more if something had to go.

    What is given up first: wide gaps, then columns, then exact figures, then columns that are worth more than those,
    then the ends of texts.
    """
    tightest = _GAPS[-1]
    tried = []
    for shortened in (False, True):
        laid = _lay(table, shortened=shortened)
        dropped = _drop(laid, width, tightest)
        worth = sum(column.keep >= _RATHER_SHORTENED for column in dropped)
        tried.append((max(0, _least(laid, tightest) - width), worth, shortened, laid, dropped))
    *_, shortened, laid, dropped = min(tried, key=lambda t: t[:3])
    _cut(laid, width, tightest)
    return laid, next((g for g in _GAPS if _total(laid, g) <= width), tightest), _told(table, dropped, shortened)


def _told(table: Table, dropped: list[Column], shortened: bool) -> list[str]:
    """The notes, and what is given up at this width."""
    said = []
    if names := ", ".join(column.title for column in table.columns if column in dropped and column.title):
        said.append(f"Not shown at this width: {names}.")
    if shortened:
        said.append("Rounded to three digits at this width; --format csv has all.")
    return [*table.marks, *table.notes, *([" ".join(said)] if said else [])]


def _lay(table: Table, *, shortened: bool) -> list[_Laid]:
    """Every column in its natural width."""
    rows = [*table.rows, *([totals(table)] if totals(table) else [])]
    laid = []
    for i, column in enumerate(table.columns):
        cells = [text(row[i], column.kind, shortened=shortened, squares=True) for row in rows]
        cells.insert(0, visible(column.title))
        width = max(map(_width, cells))
        least = max(_width(term) for cell in cells for term in cell.split(" ")) if column.kind == "formula" else width
        laid.append(_Laid(column, cells, width, least))
    return laid


def _drop(laid: list[_Laid], width: int, gap: int) -> list[Column]:
    """Take columns out of ``laid`` until the rest fits, the least wanted and rightmost first; tells which."""
    dropped = []
    while _least(laid, gap) > width:
        i = min(reversed(range(len(laid))), key=lambda i: laid[i].column.keep)
        if laid[i].column.keep >= _NEVER_DROPPED:
            break
        dropped.append(laid.pop(i).column)
    return dropped


def _cut(laid: list[_Laid], width: int, gap: int) -> None:
    """Narrow the formulas and then the texts, the widest first, until the table fits or nothing is left to narrow."""
    for kind in ("formula", "text"):
        limits = {id(c): c.least if kind == "formula" else _NARROWEST for c in laid}
        columns = [c for c in laid if c.column.kind == kind and c.width > limits[id(c)]]
        while columns and _total(laid, gap) > width:
            widest = max(columns, key=lambda c: c.width)
            widest.width -= 1
            if widest.width == limits[id(widest)]:
                columns.remove(widest)
    for c in laid:
        if c.column.kind == "text":
            c.cells = _shortened(c.cells, c.width)


def _shortened(cells: list[str], width: int) -> list[str]:
    """Each cell within ``width``, cut at its end, or in the middle where more of them stay different."""
    if all(_width(cell) <= width for cell in cells):
        return cells
    ways = ([_without(cell, tail, width) for cell in cells] for tail in (0, (width - 1) // 2))
    return max(ways, key=lambda cut: len(set(cut)))


def _without(cell: str, tail: int, width: int) -> str:
    """``cell`` within ``width``, of which its last ``tail`` cells stay."""
    if _width(cell) <= width:
        return cell
    end = _first(cell[::-1], tail)[::-1] if tail else ""
    return f"{_first(cell, width - 1 - tail)}…{end}"


def _first(cell: str, width: int) -> str:
    """The beginning of ``cell`` in exactly ``width`` terminal cells."""
    if _ONE_CELL.fullmatch(cell):
        return cell[:width]
    from rich.cells import set_cell_size

    return set_cell_size(cell, width)


def _total(laid: list[_Laid], gap: int) -> int:
    return sum(c.width + gap for c in laid) - gap


def _least(laid: list[_Laid], gap: int) -> int:
    return sum(c.least + gap for c in laid) - gap


def _width(line: str) -> int:
    """Terminal cells; the common case needs no table of wide characters."""
    if _ONE_CELL.fullmatch(line):
        return len(line)
    from rich.cells import cell_len

    return cell_len(line)


def _wrap(line: str, width: int) -> list[str]:
    """``line`` in lines of at most ``width`` cells, broken between words where possible."""
    line = visible(line)
    if _width(line) <= width:
        return [line] if line else []
    if _ONE_CELL.fullmatch(line):
        from textwrap import wrap

        return wrap(line, width, break_on_hyphens=False)
    from rich.console import Console
    from rich.text import Text

    return [part.plain.rstrip() for part in Text(line).wrap(Console(width=width), width)]
