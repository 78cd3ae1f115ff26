"""A block's rows all at once, over NumPy arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import CostcalcError
from ..memory.asked import FLASH, PEAK
from ..space.points import BLOCK, Draws, PointSet, Product
from ..space.ranges import Steps, Values
from .forms import Forms, Rows

EVERY = slice(None)


class Lookup:
    """An axis' values by their numbers, and the kinds that they are of: ints, floats, and each other value by itself.

    There is a form for each kind, for an array that holds a float holds nothing but floats.
    """

    def __init__(self, values: Values, by_value: Sequence[bool] | None) -> None:
        self.values = values
        self.kinds: list[Any] = []
        """``int``, ``float``, or the value itself."""
        if isinstance(values, Steps) and by_value is None:
            self.kinds = [int if values.scale == 1 else float]
            return
        numbers: dict[Any, int] = {}
        of = []
        for value, alone in zip(values, by_value or [False] * values.size, strict=True):
            key = (type(value), value) if alone else type(value)
            if key not in numbers:
                numbers[key] = len(self.kinds)
                self.kinds.append(value if alone else type(value))
            of.append(numbers[key])
        self.of = np.asarray(of)
        self.ints = np.asarray([v if k is int else 0 for v, k in self._with_kinds()], np.int64)
        self.floats = np.asarray([v if k is float else 0 for v, k in self._with_kinds()], np.float64)

    def _with_kinds(self) -> Iterator[tuple[Any, Any]]:
        return ((value, self.kinds[k]) for value, k in zip(self.values, self.of.tolist(), strict=True))

    def take(self, kind: type, picks: Any) -> Any:
        """Values that are all of one kind of number."""
        if isinstance(self.values, Steps):
            numbers = self.values.first + self.values.step * picks
            return numbers if kind is int else numbers / self.values.scale
        return (self.ints if kind is int else self.floats)[picks]

    def column(self, picks: Any) -> Any:
        """Values of any kind: an array if they are all of one kind of number."""
        if len(self.kinds) == 1 and isinstance(self.kinds[0], type):
            return self.take(self.kinds[0], picks)
        return [self.values.at(k) for k in picks.tolist()]


class ArrayRows:
    """Evaluates blocks over arrays by ``engine``."""

    def __init__(self, forms: Forms, engine: str) -> None:
        self.forms = forms
        self.engine = engine
        self.lookups = [
            {axis.name: Lookup(axis.values, self._alone(k, axis.name, axis.values)) for axis in part.points.axes}
            for k, part in enumerate(forms.asked.parts)
        ]

    def _alone(self, k: int, name: str, values: Values) -> list[bool] | None:
        if isinstance(values, Steps) and name not in self.forms.structural[k]:
            return None
        return [self.forms.by_value(k, name, value) for value in values]

    def block(self, k: int, start: int, stop: int) -> Rows:
        """The rows of the points from ``start`` to ``stop`` of a part that are wanted."""
        asked, lookups, size = self.forms.asked, self.lookups[k], stop - start
        picks = dict(zip(lookups, picks_of(asked.parts[k].points, start, stop), strict=True))
        figures = {name: np.zeros(size, np.int64) for name in asked.figures}
        valid, wanted = np.zeros(size, bool), np.ones(size, bool)
        for kinds, where in self._groups(lookups, picks):
            there = {name: p[where] for name, p in picks.items()}
            valid[where], wanted[where] = self._group(k, kinds, there, where, figures)
        invalid = size - int(np.count_nonzero(valid))
        first = None
        if invalid:
            n = int(np.argmin(valid))
            first = k, {name: lookup.values.at(int(picks[name][n])) for name, lookup in lookups.items()}
        if asked.aims:
            wanted &= valid
            wanted[wanted] = unbeaten(self._keys(k, picks, figures, wanted))
        at = EVERY if wanted.all() else wanted
        columns: dict[str, Any] = {name: lookup.column(picks[name][at]) for name, lookup in lookups.items()}
        for name, column in figures.items():
            columns[name] = np.ma.masked_array(column[at], ~valid[at]) if invalid else column[at]
        left = int(np.count_nonzero(wanted))
        columns |= self.forms.other_columns(k, left)
        return Rows({name: columns[name] for name in self.forms.needed}, left, size, invalid, first)

    def _groups(self, lookups: dict[str, Lookup], picks: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Any]]:
        """The points by the kinds that their values are of."""
        code: Any = 0
        for name, lookup in lookups.items():
            if len(lookup.kinds) > 1:
                code = code * len(lookup.kinds) + lookup.of[picks[name]]
        for number in [0] if isinstance(code, int) else np.unique(code).tolist():
            where = EVERY if isinstance(code, int) else code == number
            kinds = {}
            for name, lookup in reversed(lookups.items()):
                number, k = divmod(number, len(lookup.kinds))
                kinds[name] = lookup.kinds[k]
            yield kinds, where

    def _group(
        self, k: int, kinds: dict[str, Any], picks: dict[str, Any], where: Any, figures: dict[str, Any]
    ) -> tuple[Any, Any]:
        """Whether the points of a group can be built, and are wanted; their figures are put among ``figures``."""
        by_value = {name: kinds[name] for name in picks if not isinstance(kinds[name], type)}
        arrays = {n: self.lookups[k][n].take(kinds[n], p) for n, p in picks.items() if n not in by_value}
        condition = self.forms.conditions[k]
        try:
            form = self.forms.form(k, by_value)
            found, valid = form.on(arrays, self.engine) if arrays else (form.at(), np.True_)
        except CostcalcError:  # for every point of the group: what is free can't mend it
            return np.False_, np.bool_(condition is None)
        if len(found) < len(figures):
            found = {**found, **self._one_by_one(k, by_value, arrays, valid)}
        for name, column in found.items():
            figures[name][where] = column
        if condition is None:
            return valid, np.True_
        row = {**self.forms.fixed(k), **by_value, **arrays, **found}
        if not np.all(valid):  # figures of other points mean nothing, and may be what can't be divided by
            row = {name: v[valid] if isinstance(v, np.ndarray) and v.shape else v for name, v in row.items()}
        wanted = np.zeros(np.shape(valid), bool)
        wanted[valid] = condition.holds(row) if np.any(valid) else False
        return valid, wanted

    def _one_by_one(self, k: int, by_value: dict[str, Any], arrays: dict[str, Any], valid: Any) -> dict[str, Any]:
        """The figures of memory that the form hasn't: an array for each, 0 where a point can't be built."""
        size = max((len(column) for column in arrays.values()), default=1)
        found = {name: np.zeros(size, np.int64) for name in (PEAK, FLASH)}
        for n in np.flatnonzero(np.broadcast_to(valid, size)).tolist():
            point = {name: column[n].item() for name, column in arrays.items()}
            for name, value in self.forms.memory_at(k, {**by_value, **point}).items():
                found[name][n] = value
        return found

    def _keys(self, k: int, picks: dict[str, Any], figures: dict[str, Any], wanted: Any) -> list[Any]:
        """What the frontier compares, each so that smaller is better."""
        keys = []
        for aim in self.forms.asked.aims:
            if aim.column in figures:
                of = figures[aim.column]
            elif aim.column in picks:
                of = np.asarray(self.lookups[k][aim.column].column(picks[aim.column]))
            else:
                of = np.full(wanted.size, self.forms.asked.parts[k].given[aim.column])
            keys.append(-of[wanted] if aim.larger else of[wanted])
        return keys


def picks_of(points: PointSet, start: int, stop: int) -> list[Any]:
    """As ``points.picks``, the same numbers sooner."""
    if isinstance(points, Product):
        numbers = np.arange(start, stop)
        return [numbers // s % a.values.size for a, s in zip(points.axes, points.strides(), strict=True)]
    if isinstance(points, Draws):
        block = start // BLOCK
        state = points.generator(block).getstate()[1]
        same = np.random.RandomState()  # goes on from Python's own state with the same numbers
        same.set_state(("MT19937", np.asarray(state[:-1], np.uint32), state[-1], 0, 0.0))
        drawn = same.random_sample((stop - block * BLOCK, len(points.axes)))[start - block * BLOCK :]
        return [(drawn[:, k] * axis.values.size).astype(np.int64) for k, axis in enumerate(points.axes)]
    return [np.asarray(picks) for picks in points.picks(start, stop)]


def unbeaten(keys: Sequence[Any]) -> Any:
    """Which points none beats, smaller being better: equal ones all, and no other."""
    size = len(keys[0])
    left = np.arange(size)
    found = np.zeros(size, bool)
    order = np.lexsort(keys[::-1])
    left = left[order]
    columns = [key[order] for key in keys]
    while left.size:
        # The first in order isn't beaten. What it beats goes; what equals it stays with it.
        no_better = np.logical_and.reduce([column >= column[0] for column in columns])
        equal = np.logical_and.reduce([column == column[0] for column in columns])
        found[left[equal]] = True
        left = left[~no_better]
        columns = [column[~no_better] for column in columns]
    return found
