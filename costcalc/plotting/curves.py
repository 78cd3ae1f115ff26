"""Figures over a parameter: a curve for each series, named at its end."""

from __future__ import annotations

from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .picture import Curves, column, groups, title
from .style import amounts, figure, safe, styles

_HEIGHT = 2.6
_FEW = 24
"""Points of a curve up to which each is marked."""
_LINE = 9.5
"""Points between the names of two curves."""


def draw_curves(picture: Curves) -> Figure:
    """A panel for each figure."""
    made, axes = figure(_HEIGHT, picture.table.title, picture.table.notes, len(picture.figures))
    for ax, id in zip(axes, picture.figures, strict=True):
        ax.set_title(title(picture.table, id))
        ax.set_xlabel(title(picture.table, picture.x))
    series = groups(picture)
    for ax, id in zip(axes, picture.figures, strict=True):
        _panel(ax, picture, id, series)
    made.draw_without_rendering()
    for ax, id in zip(axes, picture.figures, strict=True):
        _named(ax, picture, id, series)
    return made


def _panel(ax: Axes, picture: Curves, id: str, series: dict[str, list[int]]) -> None:
    xs, ys = column(picture.table, picture.x), column(picture.table, id)
    for rows, (color, mark, line) in zip(series.values(), styles(len(series)), strict=True):
        # No figure: matplotlib leaves a gap at what is no number.
        found = [float("nan") if ys[k] is None else ys[k] for k in rows]
        shown = mark if len(rows) <= _FEW else ""
        at = [float(xs[k]) for k in rows]
        ax.plot(at, found, color=color, ls=line, marker=shown, markersize=4.5, mec="white", mew=0.6, zorder=3)
    ax.set_ylim(bottom=0)
    amounts(ax.yaxis)
    ax.margins(x=0.03)


def _named(ax: Axes, picture: Curves, id: str, series: dict[str, list[int]]) -> None:
    """The name of each curve at its last point, apart from one another; equal curves' names share a line."""
    xs, ys = column(picture.table, picture.x), column(picture.table, id)
    ends: list[tuple[float, float, str, str]] = []
    for (name, rows), (color, _, _) in zip(series.items(), styles(len(series)), strict=True):
        last = next((k for k in reversed(rows) if ys[k] is not None), None)
        if last is None or not name:
            continue
        x, y = ax.transData.transform((float(xs[last]), float(ys[last])))
        ends.append((y * 72 / ax.figure.dpi, x * 72 / ax.figure.dpi, safe(name), color))
    ends.sort(key=lambda end: end[0])
    places = [end[0] for end in ends]
    for low, high in pairwise(range(len(places))):
        places[high] = max(places[high], places[low] + _LINE)
    top = ax.bbox.y1 * 72 / ax.figure.dpi
    for k in reversed(range(len(places))):
        places[k] = min(places[k], top if k + 1 == len(places) else places[k + 1] - _LINE)
    for place, (y, x, name, color) in zip(places, ends, strict=True):
        at = ax.transData.inverted().transform((x * ax.figure.dpi / 72, y * ax.figure.dpi / 72))
        ax.annotate(
            name, at, xytext=(5, place - y), textcoords="offset points", va="center", color=color, fontsize=8,
            annotation_clip=False,
        )  # fmt: skip
