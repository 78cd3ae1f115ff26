"""A record run on Python's own numbers, which are exact: one point at a time, without NumPy."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from ..arithmetic import scalars
from ..arithmetic.limits import LIMIT
from ..errors import CostcalcError
from .recording import Recording

_MAY_BE_RATIONAL = ("add", "sub", "mul", "mod", "min", "max", "select")


def _floor_div(a: Any, b: Any) -> Any:
    return math.floor(a / b) if isinstance(a, float) or isinstance(b, float) else a // b


def _ceil_div(a: Any, b: Any) -> Any:
    return -_floor_div(-a, b)


def _small(x: Any) -> bool:
    return bool(-LIMIT < x < LIMIT)


def _whole(x: Any) -> bool:
    return bool(x == math.floor(x))


def _min(a: Any, b: Any) -> Any:
    return b if b < a else a


def _max(a: Any, b: Any) -> Any:
    return b if b > a else a


def _and(a: bool, b: bool) -> bool:
    return a and b


_QUICK: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": scalars.div,
    "floor_div": _floor_div,
    "ceil_div": _ceil_div,
    "mod": operator.mod,
    "pow": scalars.power,
    "sqrt": math.sqrt,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": round,
    "min": _min,
    "max": _max,
    "make_divisible": scalars.make_divisible,
    "less": operator.lt,
    "less_equal": operator.le,
    "equal": operator.eq,
    "same": operator.eq,
    "and": _and,
    "not": operator.not_,
    "whole": _whole,
    "small": _small,
}
"""For what meets the guards; a rational stays one where it is none of ``_TIDY``."""
_TIDY: dict[str, Callable[..., Any]] = {"add": scalars.add, "sub": scalars.sub, "mul": scalars.mul, "mod": scalars.mod}
"""For rationals, which are ints where they are whole, and floats where their denominator is too large."""


def _anything(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``; what it can't take gives 0, which nothing that is valid depends on."""

    def safe(*operands: Any) -> Any:
        try:
            return function(*operands)
        except (ArithmeticError, ValueError, CostcalcError):
            return 0

    return safe


class Runner:
    """``record`` made ready for Python's numbers."""

    def __init__(self, record: Recording) -> None:
        self._record = record
        self._outputs = list(record.outputs.items())
        self._guards = record.guards
        self._lists: dict[bool, list[tuple[Any, int, int, int]]] = {}

    def _instructions(self, rationals: bool) -> list[tuple[Any, int, int, int]]:
        """(function, places of up to three operands, -1 for none)."""
        if rationals not in self._lists:
            record, found = self._record, []
            may_be = [rationals] * len(record.parameters) + [not isinstance(x, int | float) for x in record.constants]
            for name, *of in record.instructions:
                rational = name == "div" or (name == "pow") or (name in _MAY_BE_RATIONAL and any(may_be[k] for k in of))
                function = _TIDY.get(name, _QUICK.get(name)) if rational else _QUICK.get(name)
                found.append((function, *of, *(-1,) * (3 - len(of))))
                may_be.append(rational)
            self._lists[rationals] = found
        return self._lists[rationals]

    def run(self, numbers: Sequence[Any]) -> tuple[dict[str, Any], str]:
        """The outputs, and what is wrong with the point; empty where nothing is."""
        v, problem = self._values(numbers)
        return ({} if problem else {name: v[place] for name, place in self._outputs}), problem

    def run_rows(self, numbers: Sequence[Any]) -> tuple[list[dict[str, Any]], str]:
        """The outputs, those of each row behind them, and what is wrong with the point."""
        v, problem = self._values(numbers)
        if problem:
            return [], problem
        rows = [
            {"name": row.name, "stage": row.stage, "kind": row.kind, "shape": tuple(v[k] for k in row.shape)}
            | {name: v[place] for name, place in row.outputs.items()}
            for row in self._record.rows
        ]
        return [{name: v[place] for name, place in self._outputs}, *rows], ""

    def _values(self, numbers: Sequence[Any]) -> tuple[list[Any], str]:
        instructions = self._instructions(not all(type(x) is int or type(x) is float for x in numbers))
        start = [*numbers, *self._record.constants]
        try:
            v = _run(start[:], instructions)
        except (ArithmeticError, ValueError, CostcalcError):
            v = _run(start, [(f and _anything(f), *of) for f, *of in instructions])
        for place, message in self._guards:
            if not v[place]:
                return v, message
        return v, ""


def _run(v: list[Any], instructions: Sequence[tuple[Any, ...]]) -> list[Any]:
    append = v.append
    for f, i, j, k in instructions:
        if j < 0:
            append(f(v[i]))
        elif k < 0:
            append(f(v[i], v[j]))
        else:
            append(v[j] if v[i] else v[k])
    return v
