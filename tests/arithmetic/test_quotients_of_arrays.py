"""A quotient of arrays of ints is its nearest floats too, where somebody looks at it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from costcalc.arithmetic import arrays
from costcalc.arithmetic.rationals import mixed


def test_the_floats_of_a_quotient() -> None:
    found = arrays.div(np.array([1, 7, 8]), np.array([2, 4, 4]))
    assert np.asarray(found).tolist() == [0.5, 1.75, 2.0]


def test_ints_among_decimals_are_divided_as_ints() -> None:
    """2/4 and 7/4 stay exact, 0.5/4 is a decimal: as each would be alone."""
    found = arrays.div(mixed(np.array([2.0, 0.5, 7.0, 8.0]), [True, False, True, True]), 4)
    assert [(type(x), x) for x in found] == [
        (Fraction, Fraction(1, 2)),
        (float, 0.125),
        (Fraction, Fraction(7, 4)),
        (int, 2),
    ]
