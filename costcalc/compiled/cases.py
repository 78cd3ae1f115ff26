"""The records of a form: one for each combination of words, yes and no, and numbers that are few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import product
from math import prod
from typing import Any

from ..arithmetic.recorder import MOST, Recorded, Recorder, TooManyOperations
from ..conventions import DEFAULT, Convention
from ..cost import Cost
from ..errors import SpecError, UsageError, nearest, quoted
from ..graph import path_labels
from ..language.closures import constant, is_const
from ..memory import load_definition
from ..memory.asked import FLASH, PEAK, MemoryAsked
from ..network import Network, SpecLoader
from .recording import Recording, RowPlaces, record_of

PARAMS, MULT_ADDS, COUNTED = "params", "mult_adds", "counted"
_NO_CONVENTIONS = (PARAMS, MULT_ADDS, COUNTED, PEAK, FLASH)
FEW = 8
"""Combinations of numbers among choices up to which each has a record of its own."""
RHO = "rho"


class FormSource:
    """What a form is of: the columns of ``network`` in ``free`` parameters, the others at the ``given`` values.

    ``memory``: what the bytes of ``peak_memory`` and ``weight_bytes`` are; by default what is alive, at 32 bits.
    """

    def __init__(
        self,
        network: Network,
        columns: Iterable[str],
        free: Iterable[str],
        given: Mapping[str, Any],
        convention: str | Convention,
        memory: MemoryAsked | None = None,
        *,
        detail: bool = False,
        within: Mapping[str, tuple[Any, Any]] | None = None,
        most: int = MOST,
    ) -> None:
        self.network = network
        self._memory = memory
        self.detail = detail
        self.within = dict(within or {})
        self.most = most
        self.columns = tuple(dict.fromkeys(columns))
        self.free = tuple(dict.fromkeys(free))
        self.given = dict(given)
        loader = SpecLoader()
        self._mult_adds = loader.convention(DEFAULT)
        self.convention = convention if isinstance(convention, Convention) else loader.convention(convention)
        self.conventions = {c: loader.convention(c) for c in self.columns if c not in _NO_CONVENTIONS}
        self._check()
        self.cased = self._cased()
        self._settle()

    def _check(self) -> None:
        codes = self.network.parameter_codes
        self.network.program.point(self.given, self.network.variant)
        for name in self.free:
            if name not in codes and not (name == RHO and "res" in codes):
                has = f"it has {', '.join(codes) or 'none'}{nearest(name, codes)}"
                raise UsageError(f"{self.network.name} has no parameter {quoted(name)}; {has}")
            if name in self.given:
                raise UsageError(f"{name} is free and given")

    def choices(self, name: str) -> list[Any]:
        """The values that a free parameter may have; none if it has a range."""
        code = self.network.parameter_codes.get(name)
        if code is None:
            return []
        if code.choices is None and code.structural:
            return [True, False]
        return list(code.choices or ())

    def _settle(self) -> None:
        """Give the parameters that nothing can be recorded with (a number of parts of a split) a record each, too."""
        try:
            self.first = self.record(self.at_defaults)
        except TooManyOperations:
            raise
        except SpecError:
            alone = [name for name in self.free if name not in self.cased and not self._can_be_recorded(name)]
            if not alone:
                raise
            self.cased = tuple(name for name in self.free if name in self.cased or name in alone)
            self.first = self.record(self.at_defaults)

    @property
    def at_defaults(self) -> dict[str, Any]:
        """The case of the defaults."""
        values = self.network.program.point(self.given, self.network.variant).values
        return {name: 1 if name == RHO and name not in values else values[name] for name in self.cased}

    def _can_be_recorded(self, name: str) -> bool:
        recorder = Recorder(self.most)
        try:
            self._counts({**self.given, **self.at_defaults, name: self._input(recorder, name)})
        except SpecError:
            return False
        return True

    def _cased(self) -> tuple[str, ...]:
        """The free parameters that each record has a value of."""
        codes = self.network.parameter_codes
        words = [n for n in self.free if n in codes and codes[n].structural]
        numbers = [n for n in self.free if n not in words and self.choices(n)]
        few = prod(len(self.choices(n)) for n in numbers) <= FEW
        return tuple(n for n in self.free if n in words or (few and n in numbers))

    def cases(self) -> list[dict[str, Any]]:
        """Every combination of the values of the parameters that have records of their own."""
        every = product(*(self.choices(n) or self._declared(n) for n in self.cased))
        return [dict(zip(self.cased, values, strict=True)) for values in every]

    def _declared(self, name: str) -> list[Any]:
        points = self.network.program.points
        values = [self.at_defaults[name], *(points.declared_values(name) if name in points.codes else ())]
        return list(dict.fromkeys(values))

    def record(self, case: Mapping[str, Any]) -> Recording:
        """The columns as operations on the other free parameters. Raises what the engine does on arrays."""
        recorder = Recorder(self.most)
        names = [n for n in self.free if n not in case]
        values = {name: self._input(recorder, name) for name in names}
        at = {**self.given, **case, **values}
        outputs, costs = self._counts(at)
        if not self.detail:
            return record_of(recorder, names, outputs)
        return record_of(recorder, names, outputs, _rows(costs), self._defaults({**case, **values}, at))

    def _defaults(self, free: Mapping[str, Any], at: Mapping[str, Any]) -> dict[str, Any]:
        """The defaults of free numbers that depend on other parameters."""
        points = self.network.program.points
        frame = points.frame(points.resolve(at, self.network.variant).values)
        codes = {name: points.codes[name] for name in free if name in points.codes and name not in self.cased}
        found = {name: code.default(frame) for name, code in codes.items() if not is_const(code.default)}
        return {name: x for name, x in found.items() if isinstance(x, Recorded | int | float)}

    def _input(self, recorder: Recorder, name: str) -> Any:
        """A free parameter, its constant range known from the start."""
        x = recorder.input(name)
        code = self.network.parameter_codes.get(name)
        if code is None:
            return x
        numbers = [c for c in code.choices or () if not isinstance(c, str | bool)]
        ends = (code.low, code.high)
        if name in self.within:
            low, high = self.within[name]
        elif numbers:
            low, high = min(numbers), max(numbers)
        elif ends[0] is not None and ends[1] is not None and all(is_const(end) for end in ends if end is not None):
            low, high = constant(ends[0]), constant(ends[1])
        else:
            return x
        told = f"{name} is from {low} to {high}"
        recorder.guard(recorder.less_equal(low, x), told)
        recorder.guard(recorder.less_equal(x, high), told)
        return x

    def _counts(self, at: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[Cost, Any]]]:
        """Each column, and the cost whose rows add up to it, with what its work is taken times."""
        costs: dict[str, tuple[Cost, Any]] = {}
        columns: dict[str, tuple[Cost, Any]] = {}

        def cost(convention: Convention) -> tuple[Cost, Any]:
            if convention.name not in costs:
                point, scale = self.network.scaled(at, convention)
                costs[convention.name] = self.network.cost(point, convention=convention), scale
            return costs[convention.name]

        @cache
        def figures() -> dict[str, Any]:
            memory = self._memory or MemoryAsked(load_definition("live"))
            found = cost(self._mult_adds)[0]
            try:
                return memory.figures(found.graph, found.expanded)
            except UsageError as e:  # what can't be recorded the engine has at each point
                raise SpecError(e.message) from e

        outputs: dict[str, Any] = {}
        for column in self.columns:
            if column in (PEAK, FLASH):  # which rows don't add up to
                outputs[column] = figures()[column]
                continue
            chosen = {MULT_ADDS: self._mult_adds, PARAMS: self.convention}.get(column)
            columns[column] = cost(chosen or self.conventions.get(column, self.convention))
            outputs[column] = _column(column, *columns[column])
        return outputs, columns

    def counted(self, at: Mapping[str, Any]) -> dict[str, Any]:
        """The columns at a point, by the engine."""
        return self._counts({**self.given, **at})[0]


def _column(name: str, of: Any, scale: Any) -> Any:
    """The column of a cost, or of a row of one."""
    return getattr(of, name) if name in (PARAMS, MULT_ADDS) else of.counted * scale


def _rows(columns: Mapping[str, tuple[Cost, Any]]) -> list[RowPlaces]:
    """The rows of ``cost.by("layer")`` with their columns.

    A call has a row for each of its layers' counts: where a condition decides between two joins, it is one of them.
    """
    cost = next(iter(columns.values()))[0]
    of = {id(c): c.by("primitive") for c, _ in columns.values()}
    found: list[RowPlaces] = []
    at = 0
    for name, layers in cost.groups("layer"):
        rows: dict[int, RowPlaces] = {}
        for layer in layers:
            row = rows.get(id(layer.count))
            if row is None:
                stage, kind = path_labels(layer.path)[0], layer.op.label
                row = rows[id(layer.count)] = RowPlaces(name, stage, kind, (), {"n": layer.count})
            row.shape = list(layer.out_shape)
            for column, (c, scale) in columns.items():
                row.outputs[column] = row.outputs.get(column, 0) + _column(column, of[id(c)][at], scale)
            at += 1
        found += rows.values()
    return found
