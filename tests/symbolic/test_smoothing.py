"""The smooth form: rounding dropped, max and min settled by bounds, intervals, conditions."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from sympy import Max, Min, Rational

from costcalc.arithmetic.roundings import Ceil, Floor, MakeDivisible, Round
from costcalc.symbolic.evaluating import evaluate
from costcalc.symbolic.smoothing import Smoother, count_terms, pieces

A, B, X = sympy.symbols("a b x", positive=True)
PHI = sympy.Symbol("phi", nonnegative=True)
SIGNED = sympy.Symbol("s", real=True)
HALF, TWELVE = Rational(1, 2), Rational(6, 5)
BOUNDS = {A: (HALF, 2), B: (1, 3), PHI: (0, 5), SIGNED: (-2, 2)}


def smoothed(e: Any) -> Any:
    return Smoother(BOUNDS).smooth(e)


# -- rounding


@pytest.mark.parametrize(
    ("e", "smooth", "dropped"),
    [
        (Floor(10 * A), 10 * A, {"floor"}),
        (Ceil(A / 3), A / 3, {"ceil"}),
        (Round(A * B), A * B, {"round"}),
        (MakeDivisible(32 * A, 8), 32 * A, {"make_divisible"}),
        (MakeDivisible(Floor(10 * A) / 4, 4) ** 2, Rational(25, 4) * A**2, {"make_divisible", "floor"}),
        (3 * Ceil(X / 2) ** 2 * Floor(A * 5), Rational(15, 4) * X**2 * A, {"sizes", "floor"}),
        (2 ** Ceil(A), 2**A, {"ceil"}),
        (A * B + 3, A * B + 3, set()),
    ],
)
def test_rounding_is_dropped_and_named(e: Any, smooth: Any, dropped: set[str]) -> None:
    """Floor and ceiling of what has no bounds are those of sizes."""
    smoother = Smoother(BOUNDS)
    assert sympy.expand(smoother.smooth(e) - smooth) == 0
    assert smoother.dropped == dropped


# -- max and min


@pytest.mark.parametrize(
    ("e", "settled"),
    [
        (Max(A, 2), 2),  # a is at most 2
        (Max(4 * A, 2), 4 * A),  # and at least 1/2
        (Min(A, 2), A),
        (Min(4 * A, 2), 2),
        (Max(8, Floor(32 * A)), 32 * A),
        (Max(A * B, Rational(1, 4)), A * B),
        (Max(A * B, 6), 6),
        (Max(TWELVE**PHI, 1), TWELVE**PHI),
        (Max(HALF**PHI, 1), 1),
        (Min(TWELVE ** (2 * PHI) * B, Rational(1, 2)), HALF),
        (Max(SIGNED, 2), 2),
        (Min(SIGNED, -2), -2),
    ],
)
def test_a_side_that_is_the_larger_everywhere(e: Any, settled: Any) -> None:
    assert smoothed(e) == settled


@pytest.mark.parametrize(
    ("e", "kept"),
    [
        (Max(A, 1), Max(A, 1)),
        (Max(1280, 1280 * A), 1280 * Max(1, A)),
        (Max(Floor(6 * A), 9), 3 * Max(2 * A, 3)),
        (Max(A / 4, HALF / 2), Max(A, 1) / 4),
        (Min(2 * A, 2 * B), 2 * Min(A, B)),
        (Max(A, 1, Rational(1, 4)), Max(A, 1)),
        (Max(TWELVE**PHI, 2), Max(TWELVE**PHI, 2)),
        (Max(SIGNED, 0), Max(SIGNED, 0)),
        (Max(A**2, 1), Max(A**2, 1)),  # a square's extremes need not be at the corners
    ],
)
def test_what_is_open_stays_with_a_common_factor_in_front(e: Any, kept: Any) -> None:
    assert smoothed(e) == kept


def test_settling_keeps_the_number() -> None:
    e = Max(Min(3 * A, B + 1), 2 * A - 1, Rational(3, 2)) * Max(B, A)
    smooth = smoothed(e)
    for a in (HALF, 1, Rational(3, 2), 2):
        for b in (1, 2, 3):
            assert e.subs({A: a, B: b}) == smooth.subs({A: a, B: b})


# -- bounds


@pytest.mark.parametrize(
    ("e", "extremes"),
    [
        (A, (HALF, 2)), (3 - A, (1, Fraction(5, 2))), (A * B, (HALF, 6)), (A * B - A, (0, 4)),
        (A * SIGNED, (-4, 4)), (2**PHI, (1, 32)), (HALF**PHI * 32, (1, 32)), (sympy.Integer(7), (7, 7)),
        (A**2, (0, None)), (SIGNED**2 - 1, (None, None)), (X, (0, None)), (-X, (None, None)), (1 / A, (0, None)),
    ],
)  # fmt: skip
def test_extremes(e: Any, extremes: tuple[Any, Any]) -> None:
    assert Smoother(BOUNDS).extremes(e) == extremes


def test_extremes_that_would_take_long_stay_open() -> None:
    many = sympy.symbols("m0:40", positive=True)
    smoother = Smoother(dict.fromkeys(many, (1, 2)) | {PHI: (0, 10**9)})
    assert smoother.extremes(sum(many)) == (0, None)
    assert smoother.extremes(sympy.prod([m + 1 for m in many])) == (0, None)
    assert smoother.extremes(Rational("1.1") ** PHI) == (0, None)
    assert smoother.extremes(many[0] + many[1]) == (2, 4)


@pytest.mark.parametrize(
    ("e", "terms"),
    [
        (A, 1),
        (A + 1, 2),
        ((A + 1) * (B + A + 2), 6),
        ((A + B + 1) ** 3, 10),
        (1 / (A + 1), 1),
        (Max(A, 1) * (A + 1), 2),
    ],
)
def test_terms_are_counted_before_they_are_written_out(e: Any, terms: int) -> None:
    assert count_terms(e) == terms
    assert count_terms((A + B + X) ** 60) == 62 * 61 // 2


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (A >= HALF, True), (A > HALF, False), (A <= 2, True), (A < 2, False), (A < 3, True), (A > 1, False),
        (sympy.Ne(A, 3), True), (sympy.Ne(A, 1), False), (sympy.Ne(A * B, 7), True), (sympy.Eq(A, 3), False),
        (Ceil(8 * A) >= 4, True), (X > 3, False), (TWELVE**PHI < 3, True), (SIGNED >= 0, False),
    ],
)  # fmt: skip
def test_conditions_that_are_certain(condition: Any, holds: bool) -> None:
    assert Smoother(BOUNDS).holds(condition) is holds


# -- pieces


def cut(*expressions: Any) -> list[tuple[Any, Any]]:
    return [(p.low, p.high) for p in pieces(list(expressions), BOUNDS)]


def test_the_intervals_of_a_max() -> None:
    e = 3 * Max(A, 1) ** 2 + Max(A, 1) * B + Min(1, A)
    below, above = pieces([e], BOUNDS)
    assert [(p.low, p.high) for p in (below, above)] == [(None, 1), (1, None)]
    assert below.take(e) == 3 + B + A
    assert above.take(e) == 3 * A**2 + A * B + 1


def test_three_intervals_and_no_more() -> None:
    two = Max(A, 1) + Min(2 * A, 3)
    assert cut(two) == [(None, 1), (1, Fraction(3, 2)), (Fraction(3, 2), None)]
    assert [p.take(two) for p in pieces([two], BOUNDS)] == [2 * A + 1, 3 * A, A + 3]
    assert cut(two, Max(3 * A, 2)) == []


def test_no_intervals() -> None:
    assert cut(A + 1) == []
    assert cut(Max(A, B)) == []
    assert cut(Max(A, 1), Max(B, 2)) == []
    assert cut(Max(A**2, 1)) == []
    assert cut(Max(A, 7)) == []  # beyond the bounds


# -- at numbers


@pytest.mark.parametrize(
    ("e", "value"),
    [
        (A / 3 + B, Fraction(16, 15)), (Floor(10 * A), 2), (Ceil(10 * A + HALF), 3), (MakeDivisible(70 * A, 8), 16),
        (Round(A * 12 + Rational(1, 10)), 2), (2 ** (5 * A), 2), (Max(A, B) - Min(A, B), Fraction(4, 5)),
        (sympy.Piecewise((A, A > B), (B, True)), 1), (A**2 / B**3, Fraction(1, 25)), ((A * 20) ** HALF, 2.0),
    ],
)  # fmt: skip
def test_evaluation_is_exact(e: Any, value: Any) -> None:
    assert evaluate(e, {A: 0.2, B: 1}) == value


def test_float64_is_the_released_codes() -> None:
    """200 · 1.14 is 227.99999999999997 in float64."""
    assert evaluate(Floor(200 * A), {A: 1.14}) == 228
    assert evaluate(Floor(200 * A), {A: 1.14}, float64=True) == 227


@pytest.mark.parametrize(
    "e", [1 / (A - 1), sympy.sqrt(A - 2), 2 ** (A * 10**9), sympy.Sum(X, (X, 1, 3)), (A - 2) ** 10**9]
)
def test_no_number(e: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        evaluate(e, {A: 1})
