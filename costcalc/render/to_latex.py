"""LaTeX: a booktabs ``tabular`` for pdflatex, with title and notes as comments. The document needs ``booktabs``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..table import Table, Typeset
from . import grid
from .cells import RIGHT_ALIGNED, totals, visible
from .options import Options

_ASCII = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": "$<$", ">": "$>$", "|": "$|$",
    "[": "{[}", "*": "{*}",  # behind "\\" or "\toprule" they would be read as its arguments
}  # fmt: skip
_SYMBOLS = {
    "α": r"$\alpha$", "β": r"$\beta$", "γ": r"$\gamma$", "δ": r"$\delta$", "ε": r"$\varepsilon$", "λ": r"$\lambda$",
    "μ": r"$\mu$", "µ": r"$\mu$", "π": r"$\pi$", "ρ": r"$\rho$", "σ": r"$\sigma$", "τ": r"$\tau$", "φ": r"$\phi$",
    "ϕ": r"$\phi$", "Δ": r"$\Delta$", "Σ": r"$\Sigma$", "∑": r"$\sum$", "×": r"$\times$", "·": r"$\cdot$",
    "⋅": r"$\cdot$", "÷": r"$\div$", "±": r"$\pm$", "−": "$-$", "≤": r"$\leq$", "≥": r"$\geq$", "≈": r"$\approx$",
    "≠": r"$\neq$", "→": r"$\to$", "⌈": r"$\lceil$", "⌉": r"$\rceil$", "⌊": r"$\lfloor$", "⌋": r"$\rfloor$",
    "√": r"$\surd$", "∞": r"$\infty$", "–": "--", "—": "---", "…": r"\dots{}", "½": "$1/2$",
    "†": r"$^{\dagger}$", "‡": r"$^{\ddagger}$",
    "\N{NO-BREAK SPACE}": "~", "\N{THIN SPACE}": r"\,", "\N{NARROW NO-BREAK SPACE}": r"\,",
    "\u2018": "`", "\u2019": "'", "\u201c": "``", "\u201d": "''",
    **{raised: f"$^{{{digit}}}$" for raised, digit in zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True)},
    **{lowered: f"$_{{{digit}}}$" for lowered, digit in zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True)},
}  # fmt: skip
_NEEDS = r"% \usepackage{booktabs}"
_EIGHTHS = " ▏▎▍▌▋▊▉█"
"""What bars are made of: half an em each, or so many eighths of that."""
_LONG = 60
"""Letters beyond which a text is set in lines, in columns that together take so much of the line:"""
_PARAGRAPHS = 0.6
_RULES = (r"\toprule", r"\midrule", r"\bottomrule")


def render(tables: Sequence[Table], options: Options) -> str:
    """Each table, apart from the next, behind a comment with the package that they need."""
    if not tables:
        return ""
    return f"{_NEEDS}\n" + "\n\\medskip\n\n".join("".join(f"{line}\n" for line in _one(table)) for table in tables)


def _one(table: Table) -> Iterator[str]:
    if table.title:
        yield f"% {visible(table.title)}"
    rules = iter(_RULES)
    # Not tabulate's own booktabs layout: it escapes too, but lets "[", "*", "|" and everything beyond ASCII through.
    ends = r"\\[3pt]" if any(column.kind == "formula" for column in table.columns) else r"\\"  # for powers, indices
    body = [next(rules) if line == r"\hline" else line for line in grid.lines(table, "latex_raw", escape, _typeset)]
    if body:
        body[0] = rf"\begin{{tabular}}{{{_columns(table)}}}"
    body[4:-2] = [line.removesuffix(r"\\") + ends for line in body[4:-2]]
    if totals(table) and table.rows:
        body.insert(-3, r"\midrule")  # the last lines are the totals, \bottomrule and \end{tabular}
    if body and table.marks:
        end = body.pop()
        body += [_under(mark, len(table.columns)) for mark in table.marks] + [end]
    yield from body
    for note in (*table.notes, *table.answer):
        yield f"% {visible(note)}"


def _columns(table: Table) -> str:
    """How the columns stand: figures right, texts left, and texts too long for a line in lines of a part of it."""
    long = [k for k, column in enumerate(table.columns) if column.kind not in RIGHT_ALIGNED and _is_long(table, k)]
    wide = rf"p{{{_PARAGRAPHS / max(1, len(long)):.2g}\linewidth}}"
    kinds = ["r" if column.kind in RIGHT_ALIGNED else "l" for column in table.columns]
    return "".join(wide if k in long else kind for k, kind in enumerate(kinds))


def _is_long(table: Table, k: int) -> bool:
    cells = (row[k] for row in table.rows)
    return any(isinstance(cell, str) and not isinstance(cell, Typeset) and len(cell) > _LONG for cell in cells)


def _under(mark: str, columns: int) -> str:
    """A line across the table that makes no column wider, however long it is."""
    text = rf"\makebox[0pt][l]{{\footnotesize {escape(visible(mark))}}}"
    return rf"\multicolumn{{{columns}}}{{l}}{{{text}}} \\"


def _typeset(text: Typeset) -> str:
    return text.latex or escape(visible(text))


def escape(text: str) -> str:
    """``text`` as pdflatex sets it in a paragraph or a cell, whatever it holds."""
    if re.match("-[0-9]", text):
        return f"$-${escape(text[1:])}"
    if bar := re.match("[█▉▊▋▌▍▎▏]+", text):
        return rf"\rule{{{sum(map(_EIGHTHS.index, bar[0])) / 16:.4g}em}}{{1.4ex}}{escape(text[bar.end() :])}"
    return "".join(_character(c) for c in text)


def _character(c: str) -> str:
    """One character as pdflatex sets it. What it has no letter for is named: "U+4E2D"."""
    known = _ASCII.get(c) or _SYMBOLS.get(c)
    if known is not None:
        return known
    # The accented letters of Latin-1 need no package; eth and thorn are in no default font.
    return c if c.isascii() or ("À" <= c <= "ÿ" and c not in "ÐðÞþ") else f"U+{ord(c):04X}"
