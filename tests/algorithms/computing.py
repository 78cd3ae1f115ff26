"""Convolutions computed in plain Python by each algorithm, on fractions, with their multiplications counted one by one.

The matrices of F(2,3) and F(4,3) are those of Lavin and Gray (arXiv 1509.09308, sections 4.1 and 4.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction as Q
from itertools import product
from random import Random
from typing import Any

Map = dict[tuple[int, ...], Q]
Matrix = Sequence[Sequence[Any]]

BT = {
    2: [[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]],
    4: [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ],
}
G = {
    2: [[1, 0, 0], [Q(1, 2), Q(1, 2), Q(1, 2)], [Q(1, 2), Q(-1, 2), Q(1, 2)], [0, 0, 1]],
    4: [
        [Q(1, 4), 0, 0],
        [Q(-1, 6), Q(-1, 6), Q(-1, 6)],
        [Q(-1, 6), Q(1, 6), Q(-1, 6)],
        [Q(1, 24), Q(1, 12), Q(1, 6)],
        [Q(1, 24), Q(-1, 12), Q(1, 6)],
        [0, 0, 1],
    ],
}
AT = {
    2: [[1, 1, 1, 0], [0, 1, -1, -1]],
    4: [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]],
}


class Counter:
    """What has been done: products of data and weights, transforms of tiles, values in workspace."""

    def __init__(self) -> None:
        self.multiplications = self.data = self.filter = self.inverse = 0

    def times(self, a: Q, b: Q) -> Q:
        self.multiplications += 1
        return a * b


def values(random: Random, *sizes: int) -> Map:
    """A value at each position."""
    return {at: Q(random.randint(-9, 9)) for at in product(*map(range, sizes))}


def direct(x: Map, w: Map, images: int, c: int, k: int, groups: int, size: tuple[int, int], count: Counter) -> Map:
    """3x3, stride 1, padding 1: a loop nest. Products with the padding are counted, as everywhere."""
    y: Map = {}
    for n, o, i, j in product(range(images), range(k), *map(range, size)):
        first = o // (k // groups) * (c // groups)
        y[n, o, i, j] = Q(0)
        for m, u, v in product(range(c // groups), range(3), range(3)):
            y[n, o, i, j] += count.times(x.get((n, first + m, i + u - 1, j + v - 1), Q(0)), w[o, m, u, v])
    return y


def winograd(
    m: int, x: Map, w: Map, images: int, c: int, k: int, groups: int, size: tuple[int, int], count: Counter
) -> tuple[Map, int]:
    """The same by F(m x m, 3x3), and how many values its three arrays of tiles hold."""
    a = m + 2
    u_ = {}
    for o, i in product(range(k), range(c // groups)):
        u_[o, i] = both(G[m], [[w[o, i, p, q] for q in range(3)] for p in range(3)])
        count.filter += 1
    tiles = [(n, p, q) for n in range(images) for p in range(0, size[0], m) for q in range(0, size[1], m)]
    v_ = {}
    for (n, p, q), i in product(tiles, range(c)):
        tile = [[x.get((n, i, p + r - 1, q + s - 1), Q(0)) for s in range(a)] for r in range(a)]
        v_[n, p, q, i] = both(BT[m], tile)
        count.data += 1
    y: Map = {}
    products = {}
    for (n, p, q), o in product(tiles, range(k)):
        first = o // (k // groups) * (c // groups)
        summed = [[Q(0)] * a for _ in range(a)]
        for i, r, s in product(range(c // groups), range(a), range(a)):
            summed[r][s] += count.times(u_[o, i][r][s], v_[n, p, q, first + i][r][s])
        products[n, p, q, o] = summed
    for (n, p, q), o in product(tiles, range(k)):
        out = both(AT[m], products[n, p, q, o])
        count.inverse += 1
        for r, s in product(range(m), range(m)):
            if p + r < size[0] and q + s < size[1]:
                y[n, o, p + r, q + s] = out[r][s]
    return y, a * a * (len(u_) + len(v_) + len(products))


def both(t: Matrix, d: Matrix) -> list[list[Q]]:
    """T·d·Tᵀ."""
    return _transposed(_times(t, _transposed(_times(t, d))))


def _times(a: Matrix, b: Matrix) -> list[list[Q]]:
    return [
        [sum((x * y for x, y in zip(row, column, strict=True)), Q(0)) for column in zip(*b, strict=True)] for row in a
    ]


def _transposed(a: Matrix) -> list[list[Q]]:
    return [list(row) for row in zip(*a, strict=True)]


# -- a tile's transforms as straight lines of instructions


class Instructions:
    """Counts additions, products with a constant, and both at once."""

    def __init__(self) -> None:
        self.done = 0

    def add(self, a: Q, b: Q) -> Q:
        self.done += 1
        return a + b

    def sub(self, a: Q, b: Q) -> Q:
        self.done += 1
        return a - b

    def mul(self, constant: Q | int, a: Q) -> Q:
        self.done += 1
        return constant * a

    def fma(self, constant: Q | int, a: Q, b: Q) -> Q:
        self.done += 1
        return constant * a + b


def data_2(d: Sequence[Q], do: Instructions) -> list[Q]:
    return [do.sub(d[0], d[2]), do.add(d[1], d[2]), do.sub(d[2], d[1]), do.sub(d[1], d[3])]


def filter_2(g: Sequence[Q], do: Instructions) -> list[Q]:
    ends, half = do.add(g[0], g[2]), do.mul(Q(1, 2), g[1])
    return [g[0], do.fma(Q(1, 2), ends, half), do.fma(Q(1, 2), ends, -half), g[2]]


def inverse_2(m: Sequence[Q], do: Instructions) -> list[Q]:
    return [do.add(do.add(m[0], m[1]), m[2]), do.sub(do.sub(m[1], m[2]), m[3])]


def data_4(d: Sequence[Q], do: Instructions) -> list[Q]:
    even, odd = do.fma(-4, d[2], d[4]), do.fma(-4, d[1], d[3])
    even_, odd_ = do.sub(d[4], d[2]), do.sub(d[3], d[1])
    first, last = (do.fma(-5, d[k + 2], do.fma(4, d[k], d[k + 4])) for k in (0, 1))
    return [first, do.add(even, odd), do.sub(even, odd), do.fma(2, odd_, even_), do.fma(-2, odd_, even_), last]


def filter_4(g: Sequence[Q], do: Instructions) -> list[Q]:
    sixth = do.mul(Q(-1, 6), do.add(g[0], g[2]))
    other = do.fma(Q(-1, 8), g[0], -sixth)
    return [
        do.mul(Q(1, 4), g[0]),
        do.fma(Q(-1, 6), g[1], sixth),
        do.fma(Q(1, 6), g[1], sixth),
        do.fma(Q(1, 12), g[1], other),
        do.fma(Q(-1, 12), g[1], other),
        g[2],
    ]


def inverse_4(m: Sequence[Q], do: Instructions) -> list[Q]:
    p, q, r, s = do.add(m[1], m[2]), do.sub(m[1], m[2]), do.add(m[3], m[4]), do.sub(m[3], m[4])
    return [do.add(do.add(m[0], p), r), do.fma(2, s, q), do.fma(4, r, p), do.add(do.fma(8, s, q), m[5])]


def in_two_dimensions(line: Any, tile: Matrix, do: Instructions) -> list[list[Q]]:
    """The transform of each column, and then of each row."""
    return [line(row, do) for row in _transposed([line(column, do) for column in _columns(tile)])]


def _columns(tile: Matrix) -> Iterator[list[Q]]:
    return (list(column) for column in zip(*tile, strict=True))
