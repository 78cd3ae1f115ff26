from __future__ import annotations

from collections import Counter
from itertools import product

from costcalc.space.points import BLOCK, Axis, Draws, Product, values_at
from costcalc.space.ranges import OneByOne, steps

ALPHA = Axis("alpha", steps("alpha", "0.25:1:0.25"))
RES = Axis("res", OneByOne([224, 192, 160]))


def rows(points: Product | Draws, start: int, stop: int) -> list[tuple[object, ...]]:
    return list(zip(*values_at(points, start, stop).values(), strict=True))


def test_all_combinations_the_last_axis_fastest() -> None:
    points = Product([ALPHA, RES])
    assert points.count == 12
    assert rows(points, 0, 12) == list(product(ALPHA.values, RES.values))
    assert rows(points, 5, 8) == list(product(ALPHA.values, RES.values))[5:8]
    assert Product([]).count == 1
    assert Product([]).picks(0, 1) == []


def test_a_product_of_any_size_is_counted_and_not_made() -> None:
    wide = Axis("x", steps("x", "0:1:0.000001"))
    points = Product([wide, wide])
    assert points.count == (10**6 + 1) ** 2
    assert points.picks(points.count - 1, points.count) == [[10**6], [10**6]]


def test_draws_are_the_same_for_a_seed_whatever_part_of_them_is_asked_for() -> None:
    points = Draws([ALPHA, RES], 3 * BLOCK, 7)
    first = rows(points, 0, 100)
    assert rows(points, 40, 60) == first[40:60]
    assert rows(Draws([ALPHA, RES], 10, 7), 0, 10) == first[:10]
    assert rows(Draws([ALPHA, RES], 10, 8), 0, 10) != first[:10]
    assert rows(points, BLOCK, BLOCK + 100) != first


def test_draws_are_of_all_values_alike_and_of_each_axis_by_itself() -> None:
    found = Counter(rows(Draws([ALPHA, RES], BLOCK, 1), 0, BLOCK))
    assert len(found) == 12
    mean = BLOCK / 12
    assert all(abs(n - mean) < 5 * mean**0.5 for n in found.values())
