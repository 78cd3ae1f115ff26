"""A quotient of arrays of ints is its nearest floats too, where somebody looks at it."""

from __future__ import annotations

import numpy as np

from costcalc.arithmetic import arrays


def test_the_floats_of_a_quotient() -> None:
    found = arrays.div(np.array([1, 7, 8]), np.array([2, 4, 4]))
    assert np.asarray(found).tolist() == [0.5, 1.75, 2.0]
