"""Bars from zero, with their figures: exact ones, and shares from 5 % on."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..render.cells import shape
from ..units import exact
from .picture import Bars, column, names, title
from .style import BLUE, FAINT, SOFT, WIDTH, amounts, figure, safe, width

_ROW = 0.185
_LEAST_SHARE = 0.05
_LEAST_ROOM = 100
_NAME, _DETAIL, _FIGURE = 8, 7.5, 7.5
_GAP = 8
_LONGEST = 40
"""Letters of a name."""


def draw_bars(picture: Bars) -> Figure:
    """A row of bars for each row of the table."""
    table = picture.table
    made, axes = figure(_ROW * len(table.rows) + 0.75, table.title, table.notes, len(picture.figures))
    details = [""] * len(table.rows)
    if picture.detail:
        details = [safe(shape(cell, squares=True), _LONGEST) if cell else "" for cell in column(table, picture.detail)]
    left = _named(axes[0], [safe(name, _LONGEST) for name in names(picture)], details)
    room = max((72 * WIDTH - left - 20) / len(axes) - 8, _LEAST_ROOM)
    for ax, id in zip(axes, picture.figures, strict=True):
        _panel(ax, picture, id, room)
    return made


def _panel(ax: Axes, picture: Bars, id: str, room: float) -> None:
    """The bars of a column; ``room``: the width in points that they and their figures have."""
    table = picture.table
    values = column(table, id)
    total: Any = table.totals[id]
    texts = [exact(value) + _share(value, total) for value in values]
    rows = range(len(values))
    ax.barh(rows, values, height=0.72, color=BLUE)
    ax.set_ylim(len(values) - 0.4, -0.6)
    beside = [width(text, _FIGURE) + 8 for text in texts]
    ax.set_xlim(0, max((v / (1 - min(b / room, 0.9)) for v, b in zip(values, beside, strict=True)), default=0) or 1)
    ax.set_yticks([])
    ax.grid(axis="y", visible=False)
    ax.spines["left"].set_visible(False)
    amounts(ax.xaxis, bins=3)
    for k, (value, text) in enumerate(zip(values, texts, strict=True)):
        ax.annotate(
            text, (value, k), xytext=(3, 0), textcoords="offset points", va="center", fontsize=_FIGURE, color=SOFT
        )
    ax.set_title(f"{title(table, id)}: {exact(total)}")


def _share(value: int, total: int) -> str:
    part = value / total if total else 0
    return f"  {100 * part:.1f} %" if part >= _LEAST_SHARE else ""


def _named(ax: Axes, texts: list[str], details: list[str]) -> float:
    """Names from the left and their details up to the bars, before the first panel. How wide that is, in points."""
    inner = max((width(text, _DETAIL) for text in details), default=0)
    outer = inner + max((width(text, _NAME) for text in texts), default=0) + (_GAP if inner else 0)
    for k, (name, detail) in enumerate(zip(texts, details, strict=True)):
        place = {"xy": (0, k), "xycoords": ax.get_yaxis_transform(), "textcoords": "offset points", "va": "center"}
        ax.annotate(name, xytext=(-outer - 5, 0), fontsize=_NAME, ha="left", **place)
        if detail:
            ax.annotate(detail, xytext=(-5, 0), fontsize=_DETAIL, ha="right", color=FAINT, **place)
    return outer
