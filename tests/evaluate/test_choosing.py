"""What a condition gives where it has both sides: numbers, words, tensors, and sides that are impossible."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from costcalc import SpecError
from costcalc.compiled import compile_form
from costcalc.errors import ArithmeticProblem
from costcalc.evaluate.choosing import IMPOSSIBLE, select
from costcalc.graph import Tensor

from .evaluating import network
from .test_conditions import spec

MASK = np.array([True, False])
X = Tensor((3, 8, 8), None)


def test_one_side_is_taken_where_the_other_is_impossible_or_never_asked_for() -> None:
    assert select(True, 5, "a word") == 5
    assert select(MASK, 5, IMPOSSIBLE) == 5
    assert select(MASK, IMPOSSIBLE, 5) == 5


def test_numbers_are_chosen_at_each_element() -> None:
    assert select(MASK, 5, 7).tolist() == [5, 7]
    assert [x.tolist() for x in select(MASK, (5, 1), (7, 2))] == [[5, 7], [1, 2]]
    assert select(MASK, X, X) is X
    assert [np.broadcast_to(n, 2).tolist() for n in select(MASK, X, Tensor((4, 8, 8), None)).shape] == [
        [3, 4],
        [8, 8],
        [8, 8],
    ]


@pytest.mark.parametrize("same", ["relu", True, ("relu", "same"), []])
def test_what_is_no_number_is_itself_where_both_sides_have_it(same: Any) -> None:
    assert select(MASK, same, same) == same


@pytest.mark.parametrize(
    ("a", "b"),
    [("relu", "silu"), ("relu", 3), (3, "relu"), (True, False), (True, 1), (1, True), (X, 3), (3, X), ((1, 2), (1,))],
)
def test_other_things_than_numbers_can_not_differ(a: Any, b: Any) -> None:
    with pytest.raises(ArithmeticProblem, match="the two sides of a condition on an array must be numbers, or as many"):
        select(MASK, a, b)


def test_tensors_of_other_axes_can_not_be_chosen_from() -> None:
    with pytest.raises(ArithmeticProblem, match="tensors of as many axes"):
        select(MASK, X, Tensor((3, 8), None))


def test_a_side_that_can_not_be_built_is_an_error_of_arrays_and_a_guard_of_what_is_recorded() -> None:
    net = network(spec("x: (split(in, 2) -> conv(1x1, 3)) if m > 2 else bn"))
    told = "x.2: one tensor is due here, not 2"
    with pytest.raises(SpecError, match=told):
        net.cost(m=np.array([2, 3]))
    form = compile_form(net, free=("m",))
    assert form.at(m=2)["params"] == 16
    with pytest.raises(SpecError, match=told):
        form.at(m=3)
