"""Networks as points: marks that differ by shape and colour, names beside them, and the frontier."""

from __future__ import annotations

from itertools import pairwise
from math import hypot

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .labels import Label, place
from .picture import Scatter, column, groups, title
from .style import BLUE, SOFT, TEXT, amounts, figure, safe, styles

_HEIGHT = 3.7
_EVERY = 12
"""Pixels of a line between the points that stand for it."""


def draw_scatter(picture: Scatter) -> Figure:
    """All points of the table that have both figures."""
    table = picture.table
    made, (ax,) = figure(_HEIGHT, table.title, table.notes)
    xs, ys = (column(table, id) for id in (picture.x, picture.y))
    series = {name: [k for k in rows if _is_there(xs[k], ys[k])] for name, rows in groups(picture).items()}
    for (name, rows), (color, mark, _) in zip(series.items(), styles(len(series)), strict=True):
        _series(ax, picture, name, rows, color, mark)
    ax.set_xlabel(title(table, picture.x) + " (log scale)" * (picture.x in picture.log))
    ax.set_ylabel((picture.y_title or title(table, picture.y)) + " (log scale)" * (picture.y in picture.log))
    if picture.x in picture.log:
        ax.set_xscale("log")
    if picture.y in picture.log:
        ax.set_yscale("log")
    ax.margins(x=0.15 if picture.joined else 0.08, y=0.09)  # names at the ends of lines have room
    made.draw_without_rendering()
    amounts(ax.xaxis, log=picture.x in picture.log)
    amounts(ax.yaxis, log=picture.y in picture.log)
    labels = [*(_frontier(ax, picture) if picture.frontier else ()), *_labels(picture, series)]
    made.draw_without_rendering()
    dots = [(xs[k], ys[k]) for rows in series.values() for k in rows]
    place(ax, labels, [*dots, *_along(ax)])
    return made


def _is_there(x: object, y: object) -> bool:
    return x is not None and y is not None


def _series(ax: Axes, picture: Scatter, name: str, rows: list[int], color: str, mark: str) -> None:
    xs, ys = (column(picture.table, id) for id in (picture.x, picture.y))
    if name in picture.joined:
        ordered = sorted(rows, key=lambda k: (xs[k], ys[k]))
        ax.plot([xs[k] for k in ordered], [ys[k] for k in ordered], color=color, lw=0.9, alpha=0.55, zorder=2)
    off = column(picture.table, picture.off) if picture.off else [""] * len(xs)
    for hollow in (False, True):
        shown = [k for k in rows if bool(off[k]) == hollow]
        face, edge = ("white", color) if hollow else (color, "white")
        width = 1.1 if hollow else 0.7
        ax.plot([xs[k] for k in shown], [ys[k] for k in shown], mark, color=face, mec=edge, mew=width, zorder=4)


def _labels(picture: Scatter, series: dict[str, list[int]]) -> list[Label]:
    """The texts of points; of a series without any its name, at its highest point."""
    xs, ys = (column(picture.table, id) for id in (picture.x, picture.y))
    texts = column(picture.table, picture.label) if picture.label else [""] * len(xs)
    found = []
    for (name, rows), (color, _, _) in zip(series.items(), styles(len(series)), strict=True):
        ink = SOFT if color == BLUE and len(series) == 1 else color
        if name and rows and (not any(texts[k] for k in rows) or name in picture.joined):
            top = max(rows, key=lambda k: (ys[k], -xs[k]))
            found.append(Label(xs[top], ys[top], safe(name), ink, 8, "bold"))
        found += [Label(xs[k], ys[k], safe(texts[k]), ink) for k in rows if texts[k]]
    return found


def _frontier(ax: Axes, picture: Scatter) -> list[Label]:
    """Steps through the points that no other beats, from left to right and on to the edge; what they are called."""
    xs, ys, is_best = (column(picture.table, id) for id in (picture.x, picture.y, picture.frontier))
    best = sorted((x, y) for x, y, on_it in zip(xs, ys, is_best, strict=True) if on_it)
    if not best:
        return []
    edge, top = ax.get_xlim()[1], best[-1][1]
    steps = [*best, (edge, top)]
    ax.step([x for x, _ in steps], [y for _, y in steps], where="post", color=TEXT, lw=0.9, ls=(0, (4, 2)), zorder=1)
    ax.set_xlim(right=edge)
    return [Label(edge, top, "frontier", SOFT, style="italic")]


def _along(ax: Axes) -> list[tuple[float, float]]:
    """Points of the lines, so that no text is written over them."""
    found: list[tuple[float, float]] = []
    for line in ax.lines:
        if line.get_linestyle() == "None":
            continue
        path = line.get_path().transformed(line.get_transform())
        for (x0, y0), (x1, y1) in pairwise(path.vertices):
            steps = max(int(hypot(x1 - x0, y1 - y0) / _EVERY), 1)
            inside = [(x0 + (x1 - x0) * k / steps, y0 + (y1 - y0) * k / steps) for k in range(1, steps)]
            found += [tuple(ax.transData.inverted().transform(point)) for point in inside]
    return found
