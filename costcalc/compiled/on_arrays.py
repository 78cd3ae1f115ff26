"""A program run by NumPy, in chunks that stay in the processor's cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .array_code import BOOL, F64, I64, INT, ArrayCode

CHUNK = 1 << 13
_TYPES = {F64: np.float64, I64: np.int64, BOOL: np.bool_}


def _power(a: Any, b: Any, out: Any) -> None:
    from ..arithmetic.arrays import float_power

    out[...] = float_power(a, b)


def _whole(x: Any, out: Any) -> None:
    np.equal(x, np.floor(x), out=out)


def _small(x: Any, out: Any) -> None:
    np.less(np.abs(x), 2.0**53, out=out)


def _select(condition: Any, a: Any, b: Any, out: Any) -> None:
    np.copyto(out, b)
    np.copyto(out, a, where=condition)


def _copy(x: Any, out: Any) -> None:
    np.copyto(out, x, casting="unsafe")


OPERATIONS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "mod": np.mod,
    "pow": _power,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.rint,
    "min": np.minimum,
    "max": np.maximum,
    "select": _select,
    "less": np.less,
    "less_equal": np.less_equal,
    "equal": np.equal,
    "same": np.equal,
    "and": np.logical_and,
    "not": np.logical_not,
    "whole": _whole,
    "small": _small,
    "to_int": _copy,
    "to_float": _copy,
}


class ArrayRunner:
    """``program`` with a buffer for each value that is alive at once, reused from chunk to chunk."""

    def __init__(self, program: ArrayCode) -> None:
        self.program = program
        first, last = len(program.parameters), _last_uses(program)
        self._values: list[Any] = [None] * len(program.stores)
        self._places: list[tuple[int, Any]] = []
        self._steps: list[tuple[Any, tuple[int, ...], int]] = []
        free: dict[str, list[Any]] = {F64: [], I64: [], BOOL: []}
        buffers: dict[int, Any] = {}
        for place, (operation, *of) in enumerate(program.instructions, first):
            store = program.stores[place]
            if operation == "constant":
                self._values[place] = _TYPES[store](of[0])
                continue
            buffers[place] = free[store].pop() if free[store] else np.empty(CHUNK, _TYPES[store])
            self._places.append((place, buffers[place]))
            self._steps.append((OPERATIONS[operation], tuple(of), place))
            for k in {*of, place}:
                if last.get(k, place) == place and k in buffers:
                    free[program.stores[k]].append(buffers.pop(k))

    def run(self, arrays: Mapping[str, Any], found: Mapping[str, Any], valid: Any) -> None:
        """Fill ``found`` and ``valid`` for ``arrays`` of one length; 0 where a point isn't valid."""
        with np.errstate(all="ignore"):
            for start in range(0, len(valid), CHUNK):
                part = slice(start, min(start + CHUNK, len(valid)))
                self._chunk([arrays[name][part] for name in self.program.parameters], found, valid, part)

    def _chunk(self, arrays: list[Any], found: Mapping[str, Any], valid: Any, part: slice) -> None:
        values, size = self._values, part.stop - part.start
        for k, array in enumerate(arrays):
            values[k] = array.astype(np.float64, copy=False)
        for place, buffer in self._places:
            values[place] = buffer[:size]
        for operation, of, place in self._steps:
            if len(of) == 2:
                operation(values[of[0]], values[of[1]], out=values[place])
            else:
                operation(*[values[k] for k in of], out=values[place])
        ok = valid[part]
        ok[...] = True
        for place in self.program.guards:
            np.logical_and(ok, values[place], out=ok)
        outside = None if ok.all() else ~ok
        for name, place, _ in self.program.outputs:
            column = found[name][part]
            np.copyto(column, values[place], casting="unsafe")
            if outside is not None:
                column[outside] = 0


def _last_uses(program: ArrayCode) -> dict[int, int]:
    """The place of the last instruction that needs each place; what is needed at the end has none."""
    last: dict[int, int] = {}
    for place, (operation, *of) in enumerate(program.instructions, len(program.parameters)):
        if operation != "constant":
            last |= dict.fromkeys(of, place)
    end = len(program.stores)
    return last | dict.fromkeys([*program.guards, *(place for _, place, _ in program.outputs)], end)


def types_of(program: ArrayCode) -> dict[str, Any]:
    """The dtype of each column."""
    return {name: np.int64 if kind == INT else np.float64 for name, _, kind in program.outputs}
