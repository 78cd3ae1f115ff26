"""A form on arrays: which record each point has, which program that is for these numbers, and who runs it."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from ..arithmetic.bounds import Bounds
from ..errors import CostcalcError, SpecError, UsageError
from .array_code import FLOAT, INT, BeyondInt64, NotOnArrays
from .lowering import lower
from .on_arrays import ArrayRunner, types_of
from .plain import Runner
from .recording import Case, Recording

MOST_CASES = 256
"""Records that one call makes at most."""


class Records(Protocol):
    """What a form has for arrays. ``runners``: those that were made, by what they are for."""

    name: str
    columns: tuple[str, ...]
    free: tuple[str, ...]
    cased: tuple[str, ...]
    runners: dict[Any, Any]

    def record(self, case: Case = ...) -> Recording:
        """The record of a case."""
        ...

    def at(self, **point: Any) -> dict[str, Any]:
        """The columns at one point."""
        ...


def on_arrays(form: Records, points: Mapping[str, Any], engine: str) -> tuple[dict[str, Any], Any]:
    """What :meth:`Form.on` gives, once its arguments are checked."""
    arrays = {name: np.atleast_1d(np.asarray(values)) for name, values in points.items()}
    size = max((len(a) for a in arrays.values()), default=1)
    for name, a in arrays.items():
        if a.ndim != 1 or len(a) not in (1, size):
            raise UsageError(f"arrays of different shapes: {name} {a.shape}")
        if name not in form.cased and a.dtype.kind not in "iuf":
            raise UsageError(f"{name}: an array of {a.dtype} holds no numbers")
    arrays = {name: np.broadcast_to(a, size) for name, a in arrays.items()}
    found: dict[str, Any] = {name: np.zeros(size, np.int64) for name in form.columns}
    valid = np.zeros(size, bool)
    for case, rows in _cases(form, arrays, size):
        names = [n for n in form.free if n not in form.cased]
        part = {n: arrays[n] if rows is None else arrays[n][rows] for n in names}
        columns, ok = _run(form, case, part, size if rows is None else len(rows), engine)
        for name, column in columns.items():
            if column.dtype != found[name].dtype:
                found[name] = found[name].astype(np.float64)
            if rows is None:
                found[name] = column
            else:
                found[name][rows] = column
        if rows is None:
            valid = ok
        else:
            valid[rows] = ok
    return found, valid


def _cases(form: Records, arrays: Mapping[str, Any], size: int) -> list[tuple[Case, Any]]:
    """The cases there are, each with its rows; None for all rows."""
    if not form.cased:
        return [((), None)]
    number = np.zeros(size, np.int64)
    for name in form.cased:
        distinct, which = np.unique(arrays[name], return_inverse=True)
        number = number * len(distinct) + which
    found: list[tuple[Case, Any]] = []
    cases = np.unique(number)
    if len(cases) > MOST_CASES:
        raise UsageError(f"{len(cases)} combinations of {', '.join(form.cased)}, which need a record each")
    for k in cases:
        rows = np.flatnonzero(number == k)
        values = [arrays[n][rows[0]] for n in form.cased]
        plain = [v.item() if hasattr(v, "item") else v for v in values]
        found.append((tuple((type(v), v) for v in plain), rows))
    return found


def _run(form: Records, case: Case, arrays: dict[str, Any], size: int, engine: str) -> tuple[dict[str, Any], Any]:
    valid = np.zeros(size, bool)
    try:
        record = form.record(case)
    except UsageError:  # a choice that there isn't
        return {name: np.zeros(size, np.int64) for name in form.columns}, valid
    except SpecError:
        values = {name: np.full(size, value) for name, (_, value) in zip(form.cased, case, strict=True)}
        return _by_engine(form, {**arrays, **values}, size)
    runner = _runner(form, case, record, arrays, engine)
    if runner is None:
        return _one_by_one(record, arrays, size)
    found = {name: np.zeros(size, dtype) for name, dtype in types_of(runner.program).items()}
    runner.run(arrays, found, valid)
    return found, valid


def _runner(form: Records, case: Case, record: Recording, arrays: Mapping[str, Any], engine: str) -> Any:
    """What runs ``record`` for all that the parameters may be; where that is too large, for about what they are here.

    None where arrays can't tell what Python's numbers can, or may not have these ints.
    """
    kinds = {name: FLOAT if a.dtype.kind == "f" else INT for name, a in arrays.items()}
    runners = form.runners
    key: Any = (case, engine, tuple(kinds.items()))
    if key not in runners:
        try:
            runners[key] = _made(record, kinds, None, engine, form.name)
        except NotOnArrays:
            runners[key] = None
    if runners[key] is not None:
        return runners[key]
    for exact in (False, True):
        box = {name: _around(a, exact=exact) for name, a in arrays.items()}
        here = (*key, tuple(box.items()))
        if here in runners:
            return runners[here]
        try:
            found = _made(record, kinds, box, engine, form.name)
        except BeyondInt64:
            continue
        except NotOnArrays:
            found = None
        if not exact:  # others will hardly be within just these bounds
            runners[here] = found
        return found
    return None


def _made(record: Recording, kinds: Mapping[str, str], box: Mapping[str, Bounds] | None, engine: str, name: str) -> Any:
    program = lower(record, kinds, box)
    if engine == "numpy":
        return ArrayRunner(program)
    if importlib.util.find_spec("numba") is None:
        raise UsageError("the engine fast needs numba: pip install 'costcalc[fast]'")
    from .fast import FastRunner

    return FastRunner(program, name)


def _around(a: Any, *, exact: bool) -> Bounds:
    """The bounds of an array's numbers, or powers of two around them, so that few programs do for many arrays."""
    numbers = a[np.isfinite(a)]
    if not numbers.size:
        return Bounds(0, 0)
    low, high = (int(x) for x in (np.floor(numbers.min()), np.ceil(numbers.max())))
    if exact:
        return Bounds(low, high)
    outer = 1 << max(abs(low), abs(high)).bit_length()
    return Bounds(0 if low >= 0 else -outer, outer)


def _by_engine(form: Records, arrays: Mapping[str, Any], size: int) -> tuple[dict[str, Any], Any]:
    """For values of which there is no record, mostly since nothing can be built with them."""
    found, valid = {name: np.zeros(size, np.int64) for name in form.columns}, np.zeros(size, bool)
    for k in range(size):
        try:
            counted = form.at(**{name: a[k].item() for name, a in arrays.items()})
        except CostcalcError:
            continue
        valid[k] = True
        for name, value in counted.items():
            found[name][k] = value
    return found, valid


def _one_by_one(record: Recording, arrays: Mapping[str, Any], size: int) -> tuple[dict[str, Any], Any]:
    """What arrays can't tell apart, or might not have, Python's own numbers do."""
    runner = Runner(record)
    rows = [runner.run(row) for row in zip(*(arrays[n].tolist() for n in record.parameters), strict=True)]
    columns = {n: [found.get(n, 0) for found, _ in rows] for n in record.outputs}
    if any(type(x) is int and not -(2**63) <= x < 2**63 for column in columns.values() for x in column):
        raise BeyondInt64
    whole = {n: all(type(x) is int for x in column) for n, column in columns.items()}
    valid = np.array([not problem for _, problem in rows], bool)
    return {n: np.array(c, np.int64 if whole[n] else np.float64) for n, c in columns.items()}, valid
