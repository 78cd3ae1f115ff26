"""A form as plain data: parameters, constants and operations, numbered in this order; what each place is used for.

docs/compiled-forms.md says what every operation means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..arithmetic.bounds import CONDITIONS
from ..arithmetic.recorder import MOST, Recorded, Recorder
from ..errors import SpecError, UsageError

ARITY = {
    "add": 2, "sub": 2, "mul": 2, "div": 2, "floor_div": 2, "ceil_div": 2, "mod": 2, "pow": 2, "min": 2, "max": 2,
    "make_divisible": 2, "floor": 1, "ceil": 1, "round": 1, "sqrt": 1, "select": 3, "less": 2, "less_equal": 2,
    "equal": 2, "same": 2, "and": 2, "not": 1, "whole": 1, "small": 1,
}  # fmt: skip
"""Operands of each operation."""
Case = tuple[tuple[type, Any], ...]
"""Values of the parameters that have a record for each, and their types: 1 isn't 1.0, nor yes."""
Instruction = tuple[Any, ...]
"""The operation, and the places of its operands."""


class RowPlaces:
    """A row of a record: a call of the spec, or what it is at some points and not at others (``n`` is 0 there).

    Neighbours of one name, of those that are there, are one row: ``n`` and ``kind`` of the first, ``shape`` of the
    last, the sum of the others.
    ``outputs`` are the places of its columns and of ``n``, the number of copies; ``shape`` those of its output.
    """

    __slots__ = ("kind", "name", "outputs", "shape", "stage")

    def __init__(self, name: str, stage: str, kind: str, shape: Sequence[Any], outputs: Mapping[str, Any]) -> None:
        self.name = name
        self.stage = stage
        self.kind = kind
        self.shape = list(shape)
        self.outputs = dict(outputs)

    @property
    def places(self) -> list[Any]:
        """All of them."""
        return [*self.shape, *self.outputs.values()]

    def mapped(self, place: Callable[[str, Any], Any]) -> RowPlaces:
        """The row with ``place`` of each of its numbers."""
        outputs = {name: place(name, x) for name, x in self.outputs.items()}
        return RowPlaces(self.name, self.stage, self.kind, [place("shape", x) for x in self.shape], outputs)


class Recording:
    """Straight-line operations. Places 0 … are the ``parameters``, then the ``constants``, then the ``instructions``.

    ``outputs`` are the places of the columns, ``guards`` those of conditions that a point must meet, each with what is
    wrong where it doesn't. ``rows``: the same of every layer, and ``defaults``: the places of the
    defaults that depend on parameters; where a form was asked for them.
    """

    __slots__ = ("constants", "defaults", "guards", "instructions", "outputs", "parameters", "rows")

    def __init__(
        self,
        parameters: Sequence[str],
        constants: Sequence[Any],
        instructions: Sequence[Instruction],
        outputs: Mapping[str, int],
        guards: Sequence[tuple[int, str]],
        rows: Sequence[RowPlaces] = (),
        defaults: Mapping[str, int] | None = None,
    ) -> None:
        self.parameters = tuple(parameters)
        self.constants = list(constants)
        self.instructions = list(instructions)
        self.outputs = dict(outputs)
        self.guards = list(guards)
        self.rows = list(rows)
        self.defaults = dict(defaults or {})

    @property
    def first(self) -> int:
        """The place of the first instruction."""
        return len(self.parameters) + len(self.constants)

    def is_condition(self, place: int) -> bool:
        """Whether what stands there is true or false."""
        if place < self.first:
            k = place - len(self.parameters)
            return k >= 0 and isinstance(self.constants[k], bool)
        return self.instructions[place - self.first][0] in CONDITIONS

    # -- JSON

    def to_data(self) -> dict[str, Any]:
        """For JSON: ints from 2**53 on as text, floats as {"float": …}, rationals as {"over": [p, q]}."""
        data = {
            "parameters": list(self.parameters),
            "constants": [_constant_data(x) for x in self.constants],
            "instructions": [list(i) for i in self.instructions],
            "outputs": self.outputs,
            "guards": [list(g) for g in self.guards],
        }
        rows = [{"name": r.name, "stage": r.stage, "kind": r.kind, "shape": r.shape, **r.outputs} for r in self.rows]
        return {**data, **({"rows": rows} if rows else {}), **({"defaults": self.defaults} if self.defaults else {})}

    @classmethod
    def from_data(cls, data: Any) -> Recording:
        """What :meth:`to_data` gave. Raises :class:`UsageError` for what can't be that."""
        try:
            record = cls(
                data["parameters"],
                [_constant(x) for x in data["constants"]],
                [tuple(i) for i in data["instructions"]],
                data["outputs"],
                [(place, str(message)) for place, message in data["guards"]],
                [_row(row) for row in data.get("rows", ())],
                data.get("defaults"),
            )
            record._check()
        except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as e:
            raise UsageError(f"no compiled form: {e}") from None
        return record

    def _check(self) -> None:
        """Everything is known before it is used, so that running it ends and touches nothing else."""
        if not all(isinstance(p, str) for p in self.parameters) or len(self.instructions) > MOST:
            raise ValueError("its parameters are no names, or it has too many instructions")
        conditions = [isinstance(x, bool) for x in (*(0 for _ in self.parameters), *self.constants)]
        for number, (operation, *operands) in enumerate(self.instructions, self.first):
            if ARITY.get(operation) != len(operands) or not all(_is_place(k, number) for k in operands):
                raise ValueError(f"instruction {number} is {operation} of {operands}")
            of_conditions = [conditions[k] for k in operands]
            wanted = {"select": [True, False, False], "and": [True] * 2, "same": [True] * 2, "not": [True]}
            if of_conditions != wanted.get(operation, [False] * len(operands)):
                raise ValueError(f"instruction {number} mixes numbers and conditions")
            conditions.append(operation in CONDITIONS)
        end = len(conditions)
        of_rows = (k for row in self.rows for k in row.places)
        for k in (*self.outputs.values(), *self.defaults.values(), *of_rows):
            if not _is_place(k, end) or conditions[k]:
                raise ValueError("an output is no number")
        if not all(_is_place(k, end) and conditions[k] for k, _ in self.guards):
            raise ValueError("a guard is no condition")


def _row(data: Mapping[str, Any]) -> RowPlaces:
    words = {"name", "stage", "kind", "shape"}
    name, stage, kind = (str(data[key]) for key in ("name", "stage", "kind"))
    return RowPlaces(name, stage, kind, data["shape"], {k: v for k, v in data.items() if k not in words})


def _is_place(k: Any, end: int) -> bool:
    return type(k) is int and 0 <= k < end


def _constant_data(x: Any) -> Any:
    if isinstance(x, bool):
        return x
    if isinstance(x, int):
        return x if abs(x) < 2**53 else str(x)
    if isinstance(x, float):
        return {"float": x}
    return {"over": [_constant_data(x.numerator), _constant_data(x.denominator)]}


def _constant(data: Any) -> Any:
    if isinstance(data, dict):
        if "float" in data:
            return float(data["float"])
        p, q = map(_constant, data["over"])
        return Fraction(p, q)
    return data if isinstance(data, bool) else int(data)


def record_of(
    recorder: Recorder,
    parameters: Iterable[str],
    outputs: Mapping[str, Any],
    rows: Iterable[RowPlaces] = (),
    defaults: Mapping[str, Any] | None = None,
) -> Recording:
    """What ``recorder`` noted, as far as the ``outputs``, ``rows``, ``defaults`` and the guards need it."""
    nodes = recorder.nodes

    def noted(name: str, x: Any) -> int:
        return (x if type(x) is Recorded else recorder.constant(_plain(name, x))).index

    wanted, wanted_defaults = ({name: noted(name, x) for name, x in of.items()} for of in (outputs, defaults or {}))
    wanted_rows = [row.mapped(noted) for row in rows]
    of_rows = [k for row in wanted_rows for k in row.places]
    needed, pending = set(), [*wanted.values(), *wanted_defaults.values(), *of_rows, *recorder.guards]
    while pending:
        place = pending.pop()
        if place not in needed:
            needed.add(place)
            operation, *operands = nodes[place]
            if operation not in ("input", "constant"):
                pending += operands
    names = tuple(parameters)
    constants = [k for k in sorted(needed) if nodes[k][0] == "constant"]
    instructions = [k for k in sorted(needed) if nodes[k][0] not in ("input", "constant")]
    places = {k: names.index(nodes[k][1]) for k in needed if nodes[k][0] == "input"}
    places |= {k: number for number, k in enumerate([*constants, *instructions], len(names))}
    return Recording(
        names,
        [nodes[k][1] for k in constants],
        [(nodes[k][0], *(places[j] for j in nodes[k][1:])) for k in instructions],
        {name: places[k] for name, k in wanted.items()},
        [(places[k], _told(message)) for k, message in recorder.guards.items()],
        [row.mapped(lambda _, k: places[k]) for row in wanted_rows],
        {name: places[k] for name, k in wanted_defaults.items()},
    )


def _plain(name: str, x: Any) -> Any:
    if not isinstance(x, int | float | Fraction):
        raise SpecError(f"{name} is no number here")
    return x


def _told(message: Any) -> str:
    return message if isinstance(message, str) else str(message())
