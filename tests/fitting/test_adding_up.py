"""The best sum of one entry of each part within limits, against every combination."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc.errors import UsageError
from costcalc.fitting import adding_up
from costcalc.fitting.adding_up import best_choice, nearest_choice

ENTRY = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 5))
PARTS = st.lists(st.lists(ENTRY, min_size=1, max_size=4), min_size=1, max_size=5)
LIMIT = st.none() | st.integers(0, 80)


def _all(parts: list[list[tuple[int, ...]]]) -> list[tuple[int, ...]]:
    return [tuple(map(sum, zip(*chosen, strict=True))) for chosen in product(*parts)]


@given(PARTS, st.tuples(LIMIT, LIMIT, LIMIT), st.integers(0, 2))
@settings(max_examples=400, deadline=None)
def test_the_best_is_the_best_of_all(
    parts: list[list[tuple[int, ...]]], most: tuple[int | None, ...], prefer: int
) -> None:
    within = [s for s in _all(parts) if all(m is None or x <= m for x, m in zip(s, most, strict=True))]
    best = best_choice(parts, most, prefer)
    assert (best is None) == (not within)
    if best is not None:
        picked, sums = best
        assert sums == tuple(map(sum, zip(*(part[k] for part, k in zip(parts, picked, strict=True)), strict=True)))
        assert sums in within
        assert sums[prefer] == max(s[prefer] for s in within)


@given(PARTS, st.tuples(st.integers(1, 40), st.integers(1, 40), st.none()))
@settings(max_examples=200, deadline=None)
def test_the_nearest_is_the_nearest_of_all(parts: list[list[tuple[int, ...]]], most: tuple[int | None, ...]) -> None:
    def excess(s: tuple[int, ...]) -> float:
        return max(s[c] / m for c, m in enumerate(most) if m is not None)

    nearest = nearest_choice(parts, most)
    assert nearest is not None
    assert excess(nearest[1]) == min(map(excess, _all(parts)))


def test_a_part_without_entries_leaves_nothing() -> None:
    assert best_choice([[(1,)], []], [None], 0) is None
    assert nearest_choice([[(1,)], []], [3]) is None


def test_too_many_sums_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding_up, "MOST_SUMS", 100)
    with pytest.raises(UsageError, match="more than 100 different sums"):
        best_choice([[(3**k * n,) for n in range(3)] for k in range(12)], [10**9], 0)
