"""A roofline: what a device can do at most, over operations a byte, and the layers as dots under it."""

from __future__ import annotations

from itertools import pairwise
from math import atan2, cos, degrees, sin, sqrt

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .labels import Label, place
from .picture import Roof, column, groups, names
from .style import SOFT, TEXT, amount, amounts, figure, safe, styles, width

_HEIGHT = 3.7
_SLOPE = 7.5
_LARGEST = 5
"""Layers that are named: those that take most of the time."""
_AREA = 450
"""Square points of a dot that took all of the time."""
_LEAST_AREA = 24


def draw_roof(picture: Roof) -> Figure:
    """All rows of the table that work and move something."""
    table = picture.table
    made, (ax,) = figure(_HEIGHT, table.title, table.notes)
    xs, ys, sizes = (column(table, id) for id in (picture.x, picture.y, picture.size))
    total = sum(sizes) or 1
    series = {name: [k for k in rows if xs[k] and ys[k]] for name, rows in groups(picture).items()}
    shown = [k for rows in series.values() for k in rows]
    for (name, rows), (color, mark, _) in zip(series.items(), styles(len(series)), strict=True):
        areas = [max(_AREA * sizes[k] / total, _LEAST_AREA) for k in rows]
        ax.scatter(
            [xs[k] for k in rows], [ys[k] for k in rows], s=areas, marker=mark, color=color, edgecolors="white",
            linewidths=0.6, zorder=4, label=safe(name),
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    _roof(ax, picture, [xs[k] for k in shown], [ys[k] for k in shown])
    ax.set_xlabel("operations a byte (log scale)")
    ax.set_ylabel("operations a second, at most (log scale)")
    ax.legend(loc="upper left", fontsize=8, frameon=False, borderpad=0)
    made.draw_without_rendering()
    amounts(ax.xaxis, log=True)
    amounts(ax.yaxis, log=True)
    made.draw_without_rendering()
    slope = _slope_named(ax, picture, [xs[k] for k in shown])
    called = names(picture)
    largest = sorted(shown, key=lambda k: -sizes[k])[:_LARGEST]
    place(
        ax,
        [Label(xs[k], ys[k], f"{safe(called[k])}  {100 * sizes[k] / total:.0f} %", SOFT) for k in largest],
        [*((xs[k], ys[k]) for k in shown), *slope],
    )
    return made


def _roof(ax: Axes, picture: Roof, xs: list[float], ys: list[float]) -> None:
    """The slope of the memory, and from the ridge on the peak."""
    peak, bandwidth = picture.peak, picture.bandwidth
    ridge = peak / bandwidth
    left, right = min([*xs, ridge]) / 2, max([*xs, ridge]) * 3
    ax.plot([left, ridge], [left * bandwidth, peak], color=TEXT, lw=1.1, zorder=2)
    ax.axvline(ridge, color=SOFT, lw=0.7, ls=(0, (2, 2)), zorder=1)
    ax.annotate(
        f"{amount(float(f'{ridge:.3g}'))} operations a byte", (ridge, 0), xycoords=("data", "axes fraction"),
        xytext=(-3, 4), textcoords="offset points", rotation=90, ha="right", va="bottom", fontsize=7.5, color=SOFT,
    )  # fmt: skip
    ax.plot([ridge, right], [peak, peak], color=TEXT, lw=1.1, zorder=2)
    ax.annotate(
        f"peak {amount(peak)} operations/s", (right, peak), xytext=(-2, 4), textcoords="offset points", ha="right",
        fontsize=7.5, color=SOFT,
    )  # fmt: skip
    ax.set_xlim(left, right)
    ax.set_ylim(min([*ys, left * bandwidth]) / 1.5, peak * 2)


def _slope_named(ax: Axes, picture: Roof, xs: list[float]) -> list[tuple[float, float]]:
    """The memory's rate along its slope, where it has the most room between dots; the points that its letters cover."""
    peak, bandwidth = picture.peak, picture.bandwidth
    ends = [*sorted([ax.get_xlim()[0], *(x for x in xs if x < peak / bandwidth)]), peak / bandwidth]
    low, high = max(pairwise(ends), key=lambda pair: pair[1] / pair[0])
    middle = sqrt(low * high)
    scale = 72 / ax.figure.dpi
    (x0, y0), (x1, y1) = (ax.transData.transform((x, x * bandwidth)) * scale for x in (middle, 2 * middle))
    angle = atan2(y1 - y0, x1 - x0)
    text = f"memory {amount(bandwidth)}B/s"
    ax.annotate(
        text, (middle, middle * bandwidth), xytext=(-3 * sin(angle), 3 * cos(angle)), textcoords="offset points",
        rotation=degrees(angle), rotation_mode="anchor", ha="center", va="bottom", fontsize=_SLOPE, color=SOFT,
    )  # fmt: skip
    half = width(text, _SLOPE) / 2
    along = [half * k / 8 for k in range(-8, 9)]
    letters = [(x0 + d * cos(angle) - 6 * sin(angle), y0 + d * sin(angle) + 6 * cos(angle)) for d in along]
    return [tuple(ax.transData.inverted().transform((x / scale, y / scale))) for x, y in letters]
