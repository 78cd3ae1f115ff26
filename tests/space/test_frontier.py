from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc.errors import UsageError
from costcalc.space.frontier import Aim, Frontier, read_aims


def test_aims() -> None:
    assert read_aims("params, mult_adds,-res") == [Aim("params"), Aim("mult_adds"), Aim("res", larger=True)]
    for wrong in ("", "params,", "params,-params", "-"):
        with pytest.raises(UsageError, match=r"^a frontier is of different columns"):
            read_aims(wrong)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 3)), max_size=60))
def test_the_frontier_is_what_no_point_beats(points: list[tuple[int, int, int]]) -> None:
    frontier: Frontier[int] = Frontier([Aim("a"), Aim("b"), Aim("c", larger=True)])
    for n, point in enumerate(points):
        frontier.add(point, n)

    def beaten(p: tuple[int, int, int]) -> bool:
        return any(q != p and q[0] <= p[0] and q[1] <= p[1] and q[2] >= p[2] for q in points)

    assert frontier.items == [n for n, p in enumerate(points) if not beaten(p)]
    assert all(key[2] <= 0 for key in frontier.keys)
