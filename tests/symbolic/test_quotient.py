"""The quotient of two forms, as ``compare`` prints it."""

from __future__ import annotations

from sympy import symbols

from costcalc.symbolic.ratios import quotient

X, Y = symbols("x y", positive=True)


def test_a_product_divides_into_a_sum() -> None:
    assert quotient(X * Y + X, X * Y) == 1 + 1 / Y


def test_a_sum_is_left_below_the_line() -> None:
    assert quotient(X, X + 1) == X / (X + 1)
    assert quotient(X * Y, X * X + X) == Y / (X + 1)


def test_nothing_is_divided_by_0() -> None:
    assert quotient(X, 0) is None
