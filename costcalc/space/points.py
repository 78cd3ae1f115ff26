"""The points of several parameters: all combinations of their values, or drawn ones. None is made in advance."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

from ..record import Record
from .ranges import Values

if TYPE_CHECKING:
    from random import Random

BLOCK = 1 << 14
"""Points that are made together. A block's points don't depend on those before it."""


class Axis(Record):
    """A parameter and its values."""

    name: str
    values: Values


class PointSet(Protocol):
    """Points by their number, from 0."""

    axes: Sequence[Axis]
    count: int

    def picks(self, start: int, stop: int) -> list[Sequence[int]]:
        """For each axis the numbers of its values at the points from ``start`` to ``stop``, which are in one block."""


class Product:
    """Every combination of the axes' values, the last axis fastest."""

    def __init__(self, axes: Sequence[Axis]) -> None:
        self.axes = axes
        self.count = prod(axis.values.size for axis in axes)

    def strides(self) -> list[int]:
        """How many points further on the value of each axis is the next one."""
        counts = [axis.values.size for axis in self.axes]
        return [prod(counts[k + 1 :]) for k in range(len(counts))]

    def picks(self, start: int, stop: int) -> list[Sequence[int]]:
        return [
            [n // stride % axis.values.size for n in range(start, stop)]
            for axis, stride in zip(self.axes, self.strides(), strict=True)
        ]


class Draws:
    """``count`` points, each value drawn by itself, all alike likely: the same ones for the same ``seed``."""

    def __init__(self, axes: Sequence[Axis], count: int, seed: int) -> None:
        self.axes = axes
        self.count = count
        self.seed = seed

    def generator(self, block: int) -> Random:
        """What draws the numbers of a block, from 0 to 1: point by point, each time one for each axis."""
        from random import Random  # which takes 5 ms, and few need it

        return Random(f"{self.seed}/{block}")

    def picks(self, start: int, stop: int) -> list[Sequence[int]]:
        block = start // BLOCK
        draw = self.generator(block).random
        rows = [[draw() for _ in self.axes] for _ in range(block * BLOCK, stop)][start - block * BLOCK :]
        return [[int(row[k] * axis.values.size) for row in rows] for k, axis in enumerate(self.axes)]


def values_at(points: PointSet, start: int, stop: int) -> dict[str, list[Any]]:
    """The values of the points from ``start`` to ``stop``, which are in one block, by axis."""
    picks = points.picks(start, stop)
    return {axis.name: [axis.values.at(k) for k in ks] for axis, ks in zip(points.axes, picks, strict=True)}
