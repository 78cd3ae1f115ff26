"""Conditions: one side for a number, both for an array, the one that can be decided for a symbol."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from ..arithmetic import (
    as_count,
    everywhere,
    is_recorded,
    is_symbolic,
    logical_and,
    logical_not,
    logical_or,
    truth,
    where,
    within,
)
from ..errors import ArithmeticProblem, Exhausted, SpecError
from ..graph import Assumption, Choice, Layer, Tensor
from .results import NetResult, same_shapes
from .run import Run

IMPOSSIBLE = object()
"""What a side of a condition gives that no point can take."""


def choose(run: Run, condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any], place: Any) -> Any:
    """One side for a number, both for an array, the one that can be decided for a symbol."""
    c = truth(condition)
    if isinstance(c, bool):
        return then() if c else otherwise()
    if is_symbolic(c):
        return _symbolic(run, c, then, otherwise, place)
    elsewhere = False if run.mask is None else logical_not(run.mask)
    if everywhere(logical_or(c, elsewhere)):
        return then()
    if everywhere(logical_or(logical_not(c), elsewhere)):
        return otherwise()
    a, b = side(run, c, then), side(run, logical_not(c), otherwise)
    if a is b is IMPOSSIBLE:
        raise SpecError("both sides of this condition are impossible", place)
    return select(c, a, b)


def _symbolic(run: Run, c: Any, then: Callable[[], Any], otherwise: Callable[[], Any], place: Any) -> Any:
    from ..arithmetic.symbols import decide, decide_at, equal_unless

    side, conditions = decide(c)
    if side is None and run.around is not None:
        side, conditions = decide_at(c, run.around)
    if side is None:
        raise SpecError(f"a symbol leaves it open whether {conditions[0]}; give it a number", place)
    taken, other = (then, otherwise) if side else (otherwise, then)
    start = len(run.layers)
    result = taken()
    if conditions:
        layers = run.layers[start:]
        instead, untaken = _untaken(run, other)
        # A side of another shape, or another number, matters whatever its layers cost. Where the other side
        # would be taken, what was assumed to differ is the same.
        alike = partial(equal_unless, conditions)
        layers = layers + untaken if same_shapes(result, instead, alike) else []
        run.graph.assumptions += [Assumption(a, place, layers) for a in conditions]
    return result


def _untaken(run: Run, body: Callable[[], Any]) -> tuple[Any, list[Layer]]:
    """The result that the other side would have had, None if it isn't possible, and its layers."""
    before, result = run.snapshot(), None
    with suppress(SpecError):
        result = body()
    return result, run.restore(before)


def masked(run: Run, mask: Any, body: Callable[[], Any]) -> Any:
    """``body()`` where ``mask``, an array, holds; its layers count 0 elsewhere."""
    if mask is True:
        return body()
    count, outer = run.count, run.mask
    run.mask = mask if outer is None else logical_and(outer, mask)
    run.count = count * as_count(mask)
    try:
        with within(mask):
            return body()
    finally:
        run.count, run.mask = count, outer


def side(run: Run, condition: Any, body: Callable[[], Any]) -> Any:
    """:func:`masked`; where that is an error for what is recorded, a guard for the others."""
    if not is_recorded(condition):
        return masked(run, condition, body)
    before = run.snapshot()
    try:
        return masked(run, condition, body)
    except Exhausted:
        raise
    except SpecError as e:
        run.restore(before)
        run.require(logical_not(condition), e.message)
        return IMPOSSIBLE


def select(condition: Any, a: Any, b: Any) -> Any:
    """a where ``condition``, an array, holds, else b: numbers, tensors and tuples of them."""
    if condition is True or b is IMPOSSIBLE:
        return a
    if a is IMPOSSIBLE:
        return b
    if isinstance(a, NetResult):
        a = a.value
    if isinstance(b, NetResult):
        b = b.value
    if type(a) is Tensor and type(b) is Tensor:
        if a is b:
            return a
        if len(a.shape) != len(b.shape):
            raise ArithmeticProblem("the two sides of a condition on an array must be tensors of as many axes")
        shape = tuple(where(condition, p, q) if p is not q else p for p, q in zip(a.shape, b.shape, strict=True))
        return Tensor(shape, Choice((a, b), condition))
    if isinstance(a, tuple | list) and type(a) is type(b) and len(a) == len(b):
        return type(a)(select(condition, x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, str | bool | tuple | list | Tensor) or isinstance(b, str | bool | tuple | list | Tensor):
        if type(a) is type(b) and a == b:
            return a
        raise ArithmeticProblem("the two sides of a condition on an array must be numbers, or as many tensors")
    return where(condition, a, b)
