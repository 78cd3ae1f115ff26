"""Texts beside points, so that none covers another or a point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from .style import FAINT, width

_DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_DISTANCES = (5.5, 10, 17, 26, 38)
_LEADER = 15
"""From so many points on a line goes to the text."""
_DOT = 3.5


class Label(NamedTuple):
    """A text at a point of the data."""

    x: float
    y: float
    text: str
    color: str
    size: float = 7.5
    weight: str = "normal"
    style: str = "normal"


class _Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float

    def covers(self, other: _Box) -> float:
        """The area, in square points, that both have."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(wide, 0) * max(high, 0)


def place(ax: Axes, labels: Sequence[Label], points: Sequence[tuple[float, float]]) -> None:
    """Write each of ``labels`` where it covers least, the first of them first. The axes have their places by now."""
    scale = 72 / ax.figure.dpi
    taken = [_dot(*(ax.transData.transform(point) * scale)) for point in points]
    inner = _Box(*(side * scale for side in ax.bbox.extents))
    for label in labels:
        x, y = ax.transData.transform((label.x, label.y)) * scale
        wide, high = width(label.text, label.size, label.weight), label.size * 1.05
        spots = list(_spots(x, y, wide, high))
        best = min(spots, key=lambda spot: _cost(spot[2], taken, inner, spot[1]))
        (dx, dy), distance, box = best
        taken.append(box)
        across = "center" if dx == 0 else "left" if dx > 0 else "right"
        up = "center" if dy == 0 else "bottom" if dy > 0 else "top"
        leader = {"arrowstyle": "-", "color": FAINT, "lw": 0.5, "shrinkA": 0, "shrinkB": 2}
        ax.annotate(
            label.text, (label.x, label.y), xytext=(dx * distance * _slant(dx, dy), dy * distance * _slant(dx, dy)),
            textcoords="offset points", ha=across, va=up, fontsize=label.size, fontweight=label.weight,
            fontstyle=label.style, color=label.color, zorder=6, annotation_clip=False,
            arrowprops=leader if distance >= _LEADER else None,
            bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.3},
        )  # fmt: skip


def _slant(dx: int, dy: int) -> float:
    return 0.75 if dx and dy else 1


def _dot(x: float, y: float) -> _Box:
    return _Box(x - _DOT, y - _DOT, x + _DOT, y + _DOT)


def _spots(x: float, y: float, wide: float, high: float) -> Iterator[tuple[tuple[int, int], float, _Box]]:
    """Every direction and distance of a text, and the box that it fills."""
    for distance in _DISTANCES:
        for dx, dy in _DIRECTIONS:
            reach = distance * _slant(dx, dy)
            left = x + dx * reach - (wide / 2 if dx == 0 else 0 if dx > 0 else wide)
            bottom = y + dy * reach - (high / 2 if dy == 0 else 0 if dy > 0 else high)
            yield (dx, dy), distance, _Box(left, bottom, left + wide, bottom + high)


def _cost(box: _Box, taken: Sequence[_Box], inner: _Box, distance: float) -> float:
    """What a place costs: what it covers, what is outside of the axes, and how far away it is."""
    covered = sum(box.covers(other) for other in taken)
    area = (box.right - box.left) * (box.top - box.bottom)
    return 10 * covered + 5 * (area - box.covers(inner)) + distance
