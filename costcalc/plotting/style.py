"""How pictures look: letters, colours, marks; figures as axes have them.

Colours are told apart by people who see two of three kinds of light, and in print: marks differ in shape too.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import cycle, islice
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter

from ..errors import printable

WIDTH = 7.2
"""Inches: two columns of a paper, and the text of a page."""
TEXT, SOFT, FAINT, GRID = "#1b1f24", "#3c444c", "#5b636d", "#e6e8e5"
BLUE = "#0b5fa5"
SERIES = (
    (BLUE, "o", "-"), ("#d25a0f", "s", (0, (6, 2))), ("#3c0f0f", "^", (0, (2, 1.5))),
    ("#9333ea", "D", (0, (6, 2, 1, 2))), ("#a5695a", "v", (0, (1, 1))), ("#0f0078", "P", (0, (9, 2))),
    ("#877896", "X", (0, (4, 2, 1, 1, 1, 2))), ("#782d00", "<", (0, (3, 3))),
)  # fmt: skip
"""Colour, mark and line of the first series, the second …: no two colours are near for any eye (a test)."""
STYLE: dict[str, Any] = {
    "font.family": "sans-serif", "font.sans-serif": ["DejaVu Sans"], "font.size": 8.5, "text.parse_math": False,
    "svg.fonttype": "path", "svg.hashsalt": "costcalc", "pdf.fonttype": 42,
    "axes.titlesize": 9.5, "axes.titlelocation": "left", "axes.titlepad": 7, "axes.labelsize": 8.5,
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": "#9aa1a8", "axes.linewidth": 0.8,
    "axes.labelcolor": SOFT, "text.color": TEXT, "axes.titlecolor": TEXT,
    "xtick.color": FAINT, "ytick.color": FAINT, "xtick.labelsize": 8, "ytick.labelsize": 8,
    "xtick.major.size": 3, "ytick.major.size": 3, "xtick.minor.size": 0, "ytick.minor.size": 0,
    "axes.grid": True, "grid.color": GRID, "grid.linewidth": 0.7, "axes.axisbelow": True,
    "figure.dpi": 100, "savefig.dpi": 150, "figure.constrained_layout.use": True, "figure.facecolor": "white",
    "lines.linewidth": 1.4, "lines.markersize": 5.5, "patch.linewidth": 0,
}  # fmt: skip
"""Letters are drawn as paths, which look the same everywhere; DejaVu comes with matplotlib."""
_SCALES = ((10**12, " T"), (10**9, " G"), (10**6, " M"), (10**3, " k"))
_TITLE, _NOTE = 10, 7
"""Sizes of letters."""
_LINE = 0.145
"""Inches of a line of the caption."""
_LONGEST = 1_000
"""Letters of a title, and of a note."""
_ROOM = 0.95 * (72 * WIDTH - 10)
"""Points of a line: of a PNG the letters are some percent wider than their paths."""


def styles(count: int) -> list[tuple[str, str, Any]]:
    """Colour, mark and line of each of ``count`` series."""
    return list(islice(cycle(SERIES), count))


def amount(x: float, _: Any = None) -> str:
    """``0``, ``1.5 M``, ``2 G``."""
    for size, unit in _SCALES:
        if abs(x) >= size:
            return f"{x / size:.6g}{unit}"
    return f"{x:.6g}"


def figure(height: float, title: str, notes: Iterable[str], panels: int = 1) -> tuple[Figure, list[Axes]]:
    """An empty picture with its title above and its notes below, and ``panels`` beside one another."""
    lines = [line for note in notes for line in _wrapped(safe(note, _LONGEST))]
    made = Figure(figsize=(WIDTH, height + _LINE * len(lines) + 0.3))
    made.get_layout_engine().set(w_pad=0.06, h_pad=0.06, wspace=0.03)
    axes = made.subplots(1, panels, squeeze=False)[0]
    made.suptitle(_cut(safe(title, _LONGEST // 5)), x=0.008, ha="left", fontsize=_TITLE, fontweight="bold")
    if lines:
        made.supxlabel("\n".join(lines), x=0.008, ha="left", fontsize=_NOTE, color=FAINT, linespacing=1.35)
    return made, list(axes)


def _wrapped(text: str) -> list[str]:
    """``text`` in lines that have room."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer, _NOTE) <= _ROOM or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cut(title: str) -> str:
    """As much of ``title`` as has room, up to a comma where there is one."""
    if width(title, _TITLE, "bold") <= _ROOM:
        return title
    while width(f"{title} …", _TITLE, "bold") > _ROOM:
        title = title.rpartition(",")[0] or title[:-1]
    return f"{title} …"


def safe(text: object, most: int = 60) -> str:
    """A text from a file as one line of letters that XML holds, cut where it has more than ``most``."""
    line = printable(str(text)[: most + 1]).replace("\n", " ")
    return line if len(line) <= most else f"{line[: most - 1]}…"


def width(text: str, size: float, weight: str = "normal") -> float:
    """The width of ``text`` in points."""
    letters = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return float(TextToPath().get_text_width_height_descent(text, letters, False)[0])


def amounts(axis: Any, *, log: bool = False, bins: int = 6) -> None:
    """Figures with k, M, G on an axis; ``log``: at 1, 2 and 5 of each power of ten that is seen."""
    axis.set_major_formatter(FuncFormatter(amount))
    axis.set_minor_formatter(NullFormatter())
    if not log:
        axis.set_major_locator(MaxNLocator(bins, steps=[1, 2, 2.5, 5, 10]))
        return
    low, high = axis.get_view_interval()
    spread = high / low
    steps = (1, 2, 5) if spread < 2_000 else (1,)
    every = [step * 10.0**k for k in range(-3, 19) for step in steps]
    axis.set_major_locator(FixedLocator([tick for tick in every if low <= tick <= high]))
    axis.set_minor_locator(FixedLocator([]))
