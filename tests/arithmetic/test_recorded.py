"""What is recorded, run on numbers, is what the function gives of these numbers: bit for bit, errors too."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from costcalc import arithmetic as ar
from costcalc.arithmetic.bounds import Bounds
from costcalc.arithmetic.recorder import Recorded, Recorder
from costcalc.compiled.array_code import NotOnArrays
from costcalc.compiled.lowering import lower
from costcalc.compiled.on_arrays import ArrayRunner, types_of
from costcalc.compiled.plain import Runner
from costcalc.compiled.recording import Recording, record_of
from costcalc.errors import ArithmeticProblem, CostcalcError

from .kinds import QUICK
from .test_agreement import COMMON, DIVIDING

Function = Callable[..., Any]
FUNCTIONS: dict[str, Function] = {
    **COMMON,
    **DIVIDING,
    "div": ar.div,
    "quotient of quotients": lambda a, b: ar.div(ar.div(a, b), ar.add(ar.div(b, 3), 7)),
    "sum of quotients": lambda a, b: ar.floor(ar.sub(ar.add(ar.div(a, 6), ar.div(b, 4)), ar.div(a, 9))),
    "rounded quotient": lambda a, b: ar.add(ar.round_half_even(ar.div(a, b)), ar.ceil(ar.mul(ar.div(a, 6), b))),
    "compared quotients": lambda a, b: ar.less(ar.div(a, 3), ar.maximum(ar.div(b, 5), ar.mod(ar.div(a, 7), 1))),
    "made divisible": lambda a, b: ar.make_divisible(ar.div(a, 3), 8),
    "make_divisible": lambda a, b: ar.make_divisible(a, ar.add(ar.mod(ar.floor(b), 16), 1)),
    "is_whole": lambda a, b: ar.is_whole(ar.div(a, 4)),
    "whole": lambda a, b: ar.where(ar.is_whole(ar.mul(b, 0.25)), ar.whole(ar.mul(b, 0.25)), -1),
    "sqrt": lambda a, b: ar.sqrt(ar.mul(a, b)),
    "square": lambda a, b: ar.power(a, 2),
    "power": lambda a, b: ar.power(ar.add(ar.mul(b, b), 0.5), ar.div(ar.mod(a, 8), 3.0)),
    "an int or a float": lambda a, b: ar.div(ar.where(ar.equal(a, b), a, b), 7),
    "the larger, an int or a float": lambda a, b: ar.div(ar.maximum(a, b), 3),
    "quotient": lambda a, b: ar.quotient(ar.mul(a, b), b),
}
"""Functions of two numbers, which make of ints rationals and of either what is rounded."""
OUTPUT = "x"


def recorded(function: Function) -> Recording:
    recorder = Recorder()
    a, b = recorder.input("a"), recorder.input("b")
    result = function(a, b)
    if isinstance(result, bool) or (type(result) is Recorded and result.is_condition):
        result = ar.as_count(result)
    return record_of(recorder, ("a", "b"), {OUTPUT: result})


def expected(function: Function, a: Any, b: Any) -> Any:
    """The result, as a number; None for an error."""
    try:
        result = function(a, b)
    except CostcalcError:
        return None
    return int(result) if isinstance(result, bool) else result


def alike(x: Any, y: Any) -> bool:
    if x is None or y is None:
        return x is y
    return bool(x == y) and isinstance(x, float) == isinstance(y, float)


def assert_record_is_function(function: Function, rows: list[tuple[Any, Any]]) -> None:
    record = recorded(function)
    wanted = [expected(function, *row) for row in rows]
    runner = Runner(record)
    for row, want in zip(rows, wanted, strict=True):
        found, problem = runner.run(row)
        assert alike(None if problem else found[OUTPUT], want), (row, found, problem, want)
    assert_arrays_are(record, rows, wanted)


def assert_arrays_are(record: Recording, rows: list[tuple[Any, Any]], wanted: list[Any]) -> None:
    arrays = {n: np.array(column) for n, column in zip("ab", zip(*rows, strict=True), strict=True)}
    kinds = {n: "float" if column.dtype.kind == "f" else "int" for n, column in arrays.items()}
    box = {n: Bounds(math.floor(column.min()), math.ceil(column.max())) for n, column in arrays.items()}
    try:
        program = lower(record, kinds, box)
    except NotOnArrays:
        return
    found = {name: np.zeros(len(rows), dtype) for name, dtype in types_of(program).items()}
    valid = np.zeros(len(rows), bool)
    ArrayRunner(program).run(arrays, found, valid)
    for k, want in enumerate(wanted):
        assert bool(valid[k]) == (want is not None), (rows[k], want)
        if want is not None:
            assert found[OUTPUT][k] == (float(want) if isinstance(want, Fraction) else want), (rows[k], want)


INTS = st.integers(-400, 400)
STEPS = st.integers(-40_000, 40_000).map(lambda n: n / 100)
"""Decimals as people write them, among them those whose products are next to a half, or a whole number."""
FLOATS = st.floats(-1e5, 1e5)


@pytest.mark.parametrize("name", FUNCTIONS)
@QUICK
@given(
    rows=st.one_of(
        st.lists(st.tuples(INTS, INTS), min_size=1, max_size=8),
        st.lists(st.tuples(STEPS, INTS), min_size=1, max_size=8),
        st.lists(st.tuples(FLOATS, STEPS), min_size=1, max_size=8),
    )
)
@example(rows=[(0, 0), (1, 0), (-1, 0), (7, -2)])
@example(rows=[(0.0, 0), (1.14, 200), (-0.5, 3), (2.5, 1), (3.0, 3), (10.0, 10)])
def test_a_record_is_its_function(name: str, rows: list[tuple[Any, Any]]) -> None:
    assert_record_is_function(FUNCTIONS[name], rows)


@pytest.mark.parametrize("name", FUNCTIONS)
@QUICK
@given(a=st.fractions(-50, 50, max_denominator=60), b=st.one_of(INTS, st.fractions(-9, 9, max_denominator=12)))
def test_a_record_of_rationals_is_exact(name: str, a: Fraction, b: Any) -> None:
    function = FUNCTIONS[name]
    found, problem = Runner(recorded(function)).run((a, b))
    assert alike(None if problem else found[OUTPUT], expected(function, a, b))


EDGES = st.tuples(st.integers(1, 64), st.integers(1, 40)).map(lambda nk: (8 * nk[0] + 4) / (nk[1] / 20))
"""Widths whose product with some factor is next to where rounding to multiples of 8 turns."""


@QUICK
@given(
    base=EDGES,
    factor=st.integers(1, 40).map(lambda n: n / 20),
    off=st.integers(-3, 3),
    d=st.sampled_from((1, 4, 6, 8, 10, 16)),
)
@example(base=200, factor=1.14, off=0, d=8)
def test_floats_next_to_where_rounding_turns(base: float, factor: float, off: int, d: int) -> None:
    for _ in range(abs(off)):
        base = math.nextafter(base, math.inf if off > 0 else 0)

    def function(a: Any, b: Any) -> Any:
        wide = ar.mul(a, b)
        return ar.add(ar.mul(ar.make_divisible(wide, d), 1000), ar.add(ar.round_half_even(wide), ar.floor(wide)))

    assert_record_is_function(function, [(base, factor), (factor, base)])


@pytest.mark.parametrize("d", [1, 3, 6, 7, 8, 10, 12])
def test_widths_next_to_every_turn_of_make_divisible(d: int) -> None:
    turns = [k * d + off for k in range(1, 150) for off in (0, d / 2)]
    widths = [near for x in turns for near in (math.nextafter(x, 0), float(x), math.nextafter(x, math.inf))]
    assert_record_is_function(lambda a, b: ar.make_divisible(ar.mul(a, b), d), [(x, 1) for x in widths])


def test_a_rational_of_large_ints_is_rounded_by_itself() -> None:
    """Its float64 is a half where it is none: 2**50 + 1 + 2/5."""
    rows = [(5 * (2**50 + 1) + 2, 5), (7, 2)]
    assert_record_is_function(lambda a, b: ar.round_half_even(ar.div(a, b)), rows)


def test_bounds_decide_what_they_can() -> None:
    recorder = Recorder()
    x = recorder.input("x")
    recorder.guard(recorder.less_equal(1, x), "x is from 1")
    recorder.guard(recorder.less_equal(x, 20), "x is to 20")
    known = len(recorder.guards)
    assert ar.less(x, 21) is True
    assert ar.less_equal(x, 20) is True
    assert ar.equal(x, 0) is False
    assert ar.maximum(ar.ceil(x), 1) is ar.ceil(x)
    ar.div(7, x)
    ar.power(x, 3)
    assert len(recorder.guards) == known
    ar.div(7, ar.sub(x, 1))
    assert len(recorder.guards) == known + 2  # 0 it must not be, nor so small that the quotient is too large


def test_what_is_the_same_is_recorded_once() -> None:
    recorder = Recorder()
    x, y = recorder.input("x"), recorder.input("y")
    assert ar.mul(x, y) is ar.mul(y, x)
    assert ar.mul(ar.floor(x), 1) is ar.floor(x)
    assert ar.where(ar.equal(ar.floor(x), ar.floor(y)), ar.floor(x), ar.floor(y)) is ar.floor(y)
    n = ar.floor(x)
    assert ar.floor(n) is n
    assert ar.mod(ar.maximum(n, 1), ar.maximum(n, 1)) == 0


def test_everywhere_and_holds_of_each_kind() -> None:
    recorder = Recorder()
    x = recorder.input("x")
    open_ = ar.less(x, 3)
    assert ar.is_recorded(open_)
    assert not ar.is_recorded(3)
    assert [ar.everywhere(ok) for ok in (True, False, np.array([True]), np.array([True, False]), open_)] == [
        True, False, True, False, False,
    ]  # fmt: skip
    assert not ar.holds(np.array([True, False]), "?")
    before = len(recorder.guards)
    assert ar.holds(open_, "x is below 3")
    assert list(recorder.guards.values())[before:] == ["x is below 3"]
    with pytest.raises(ArithmeticProblem, match="free"):
        bool(open_)


def test_what_is_recorded_within_a_mask_is_required_there_only() -> None:
    recorder = Recorder()
    x = recorder.input("x")
    with ar.within(ar.less(0, x)):
        quotient = ar.div(12, x)
    with ar.within(True):
        pass
    record = record_of(recorder, ("x",), {OUTPUT: ar.where(ar.less(0, x), quotient, 5)})
    runner = Runner(record)
    assert runner.run([4])[0] == {OUTPUT: 3}
    assert runner.run([0])[0] == {OUTPUT: 5}
    assert runner.run([-1])[0] == {OUTPUT: 5}


def test_words_and_conditions_are_no_numbers() -> None:
    x = Recorder().input("x")
    for wrong in ("word", [1], True, ar.less(x, 3)):
        with pytest.raises(ArithmeticProblem):
            ar.add(x, wrong)
    assert ar.equal(x, "word") is False
    assert "x" in f"{x:,}" == str(x)
