"""Every op: one formula for ints, arrays and symbols, and what it says is what a loop nest counts one by one."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc import ops

from ..evaluate.evaluating import ONCE
from .cases import CASES, IDS, Case
from .loops import LOOPS, count_one_by_one

QUICK = settings(max_examples=15, **ONCE)


def all_ops(base: type[ops.Op] = ops.Op) -> set[type[ops.Op]]:
    """Every concrete op of the package, however deep it derives."""
    found: set[type[ops.Op]] = set()
    for op in base.__subclasses__():
        if op.__module__.startswith("costcalc.ops"):
            found |= {op} if hasattr(op, "kind") else set()
            found |= all_ops(op)
    return found


def facts(case: Case, point: dict[str, Any]) -> dict[str, Any]:
    """Every number that the op tells at ``point``, by name."""
    op, shapes = case.at(point)
    outs, found = op.out_shapes(shapes), dict[str, Any]()
    for k, shape in enumerate(outs):
        found |= {f"out{k}.{axis}": size for axis, size in enumerate(shape)}
    found |= {f"weights.{part}": number for part, number in op.weights().items()}
    found |= {f"work.{part}": number for part, number in op.work(shapes, outs[0]).items()}
    found["window"] = op.window
    return found


@cache
def closed_forms(case: Case) -> dict[str, Any]:
    symbols = {n: sympy.Symbol(n, integer=True, nonnegative=True, zero=None) for n in case.numbers}
    symbols |= {n: sympy.Symbol(n, integer=True, positive=True) for n in case.numbers if n[0] != "p"}
    return facts(case, symbols)


def at_numbers(expression: Any, point: dict[str, int]) -> Any:
    if not isinstance(expression, sympy.Basic):
        return expression
    return expression.xreplace({s: sympy.Integer(point[s.name]) for s in expression.free_symbols})


def test_every_op_has_cases_and_a_loop_nest() -> None:
    assert all_ops() == {case.op for case in CASES} == LOOPS.keys()
    assert {getattr(ops, op.__name__) for op in all_ops()} == all_ops()
    assert all(op.__name__ in ops.__all__ for op in all_ops())


def test_kinds_are_distinct_but_for_the_whole_map() -> None:
    of_others = {ops.Activation, ops.PReLU, ops.Softmax, ops.GlobalMaxPool, ops.GlobalAvgPool}
    kinds = [op.kind for op in all_ops() - of_others]
    kinds += ops.ACTIVATIONS
    assert len(kinds) == len(set(kinds))
    assert (ops.GlobalMaxPool.kind, ops.GlobalAvgPool.kind) == (ops.MaxPool.kind, ops.AvgPool.kind)


def test_the_kinds_and_their_parts_are_listed() -> None:
    made = [case.at(dict.fromkeys(case.numbers, 2))[0] for case in CASES]
    made.sort(key=lambda op: isinstance(op, ops.PReLU))  # prelu has a weight
    assert ops.kinds() == {
        op.kind: ops.Names(op.weight_names, op.work_names, op.statistics, op.used_alike) for op in made
    }


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_window_is_as_large_as_its_taps(case: Case) -> None:
    op, shapes = case.at({name: k % 3 + 1 for k, name in enumerate(case.numbers)})
    kernel = getattr(op, "kernel_size", None)
    if kernel is not None and not isinstance(op, ops.Unfold):  # which only moves elements
        assert op.window == len(list(product(*map(range, kernel))))
    else:
        assert op.window == (op.size if isinstance(op, ops.LocalResponseNorm | ops.AxisPool) else 1)
    if isinstance(op, ops.GlobalMaxPool | ops.GlobalAvgPool):
        assert op.window == len(list(product(*map(range, shapes[0][1:]))))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_part_is_announced_and_every_announced_part_exists(case: Case) -> None:
    weights: set[str] = set()
    work: set[str] = set()
    for other in [c for c in CASES if c.op is case.op and (c.op is not ops.Activation or c is case)]:
        op, shapes = other.at(dict.fromkeys(other.numbers, 2))
        weights |= op.weights().keys()
        work |= op.work(shapes, op.out_shapes(shapes)[0]).keys()
    op, _ = case.at(dict.fromkeys(case.numbers, 2))
    assert sorted(weights) == sorted(op.weight_names)
    assert sorted(work) == sorted(op.work_names)
    assert not weights & work
    assert set(op.statistics) <= weights


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_what_an_op_says_is_what_a_loop_counts(case: Case) -> None:
    @QUICK
    @given(case.points(small=True))
    def one_by_one(point: dict[str, int]) -> None:
        op, shapes = case.at(point)
        counted = count_one_by_one(op, *shapes)
        outs = op.out_shapes(shapes)
        assert outs == counted.outputs
        assert op.weights() == counted.weights
        assert op.work(shapes, outs[0]) == counted.work

    one_by_one()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_ints_arrays_and_symbols_agree(case: Case) -> None:
    @QUICK
    @given(st.lists(case.points(small=False), min_size=1, max_size=5))
    def agree(points: list[dict[str, int]]) -> None:
        one_by_one = [facts(case, point) for point in points]
        arrays = facts(case, {name: np.array([p[name] for p in points]) for name in case.numbers})
        symbols = closed_forms(case)
        assert one_by_one[0].keys() == arrays.keys() == symbols.keys()
        for name, array in arrays.items():
            numbers = [found[name] for found in one_by_one]
            assert all(type(number) is int for number in numbers)
            assert np.asarray(array).dtype.kind == "i"
            assert np.broadcast_to(array, len(points)).tolist() == numbers
            assert [at_numbers(symbols[name], point) for point in points] == numbers

    agree()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_arguments_are_what_the_op_was_made_of(case: Case) -> None:
    op, _ = case.at(dict.fromkeys(case.numbers, 2))
    arguments = op.arguments()
    again = type(op).__new__(type(op))
    for name, value in arguments.items():
        setattr(again, name, value)
    assert again.arguments() == arguments
    assert again.weights() == op.weights()
    assert set(arguments) == {n for cls in type(op).__mro__ for n in getattr(cls, "__slots__", ())}


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_texts_are_plain_on_every_kind_of_number(case: Case) -> None:
    symbols = {n: sympy.Symbol(n, integer=True, positive=True) for n in case.numbers}
    for point in (dict.fromkeys(case.numbers, 2), {n: np.array([2, 3]) for n in case.numbers}, symbols):
        op, _ = case.at(point)
        for text in (op.kind, op.label, op.type_text, op.stride_text, op.filter_text):
            assert isinstance(text, str)


CHANNELS = frozenset(("c", "d", "e", "m", "part"))
"""The numbers of a case that are channels; ``n`` too, where it is an op's own."""


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_half_of_the_channels_leave_the_op_that_is_made_with_them(case: Case) -> None:
    point = {name: k % 3 + 2 for k, name in enumerate(case.numbers)}
    small, shapes = case.at(point)
    own = {"n"} if small.makes_channels else set()
    more = {"more"} if case.op is ops.PadAdd else set()
    large, _ = case.at({k: n * 2 if k in CHANNELS | own | more else n for k, n in point.items()})
    left = large.fewer(shapes, lambda n: n // 2, stays=False)
    assert left.arguments() == small.arguments()
    assert left.out_shapes(shapes) == small.out_shapes(shapes)
    stays = large.fewer(shapes, lambda n: n // 2, stays=True)
    if large.makes_channels:
        assert [shape[0] for shape in stays.out_shapes(shapes)] == [2 * s[0] for s in small.out_shapes(shapes)]
        assert stays.weights().keys() == large.weights().keys()
    else:
        assert stays.arguments() == small.arguments()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_channels_that_an_op_makes_are_those_that_its_weights_make(case: Case) -> None:
    """Such an op has one weight more for each output channel and what it sees; all others hand channels on."""
    op, _ = case.at({name: k % 3 + 2 for k, name in enumerate(case.numbers)})
    makers = ops.Conv2d | ops.ConvTranspose2d | ops.Linear | ops.Recurrent | ops.Learned
    assert op.makes_channels == isinstance(op, makers)
    assert not op.makes_channels or {"weight", "fixed"} & op.weights().keys()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_weights_that_are_used_alike_divide_the_work(case: Case) -> None:
    """Each of n weights takes part in mac/n multiply-accumulates, which is a whole number at every point."""
    for k in range(1, 8):
        op, shapes = case.at({name: (k * j) % 5 + 1 for j, name in enumerate(case.numbers)})
        parts = {**op.weights(), **op.work(shapes, op.out_shapes(shapes)[0])}
        of_all = "mac" in parts and {"weight", "fixed"} & parts.keys() and not isinstance(op, ops.Attention)
        assert op.used_alike == bool(of_all)  # of attention's work, those of talking heads take part in some
        assert not op.used_alike or parts["mac"] % parts.get("weight", parts.get("fixed")) == 0


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_points_and_maps(case: Case) -> None:
    """What always makes a point, what does so of points, and what may make a map of one."""
    sizes = {axis: 1 for axis in ("h", "w", "kh", "kw") if axis in case.numbers}
    for point in (dict.fromkeys(case.numbers, 2), dict.fromkeys(case.numbers, 2) | sizes):
        op, shapes = case.at(point)
        points = {size for shape in op.out_shapes(shapes) for size in shape[1:]} == {1}
        of_points = {size for shape in shapes for size in shape[1:]} == {1}
        assert op.extent in ("point", "inputs", "own")
        assert op.extent != "point" or points
        assert op.extent != "inputs" or not of_points or points or op.kind in ("conv2d", "max_pool", "avg_pool", "crop")


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_what_else_is_asked_of_an_op(case: Case) -> None:
    op, _ = case.at(dict.fromkeys(case.numbers, 2))
    assert {*op.told} <= {*op.arguments()}
    assert op.is_norm == (op.kind.endswith("_norm") and bool(op.weight_names))
    assert type(op).kinds().keys() <= ops.kinds().keys()
    assert op.is_depthwise == (getattr(op, "groups", 0) == getattr(op, "in_channels", 1) > 1)
    assert op.maps == op.arguments().get("maps", 1)
    assert "3x5" in op.misfit((3, 5), (3, 5))
    assert type(op).fewer is not ops.Op.fewer
    assert not op.moves or (op.weight_names, op.work_names) == ((), ())
    convolution = op.as_convolution()
    assert (convolution is not None) == (op.used_alike and not isinstance(op, ops.Recurrent))
    if convolution is not None:
        window, weights = np.prod(convolution.kernel_size), op.weights()
        stored = weights.get("weight", weights.get("fixed"))
        assert stored % (window * convolution.in_channels // convolution.groups) == 0
