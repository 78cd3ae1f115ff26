"""What a record becomes for arrays: straight-line operations on float64, int64 and bool, and what they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ..arithmetic.bounds import Bounds
from ..errors import SpecError

INT, FLOAT = "int", "float"
F64, I64, BOOL = "f", "i", "b"


class NotOnArrays(SpecError):
    """A record has what arrays of float64 and int64 can't tell from something else."""


class BeyondInt64(NotOnArrays):
    """An int may not fit 64 bits."""

    def __init__(self) -> None:
        super().__init__("the counts of this array may not fit 64 bits; evaluate its largest elements one by one")


class Number(NamedTuple):
    """An int or a float: its kind, its place in the program, its bounds."""

    kind: str
    place: int
    bounds: Bounds


class Ratio(NamedTuple):
    """A rational: two ints, the second above 0."""

    p: Number
    q: Number


class Either(NamedTuple):
    """Of one kind where the condition at ``place`` holds, of another where it doesn't."""

    place: int
    a: Any
    b: Any


class ArrayCode:
    """Straight-line operations on arrays. Places 0 … are the parameters; an instruction's place is behind them.

    ``instructions`` are (operation, places of operands); a constant is ("constant", number). ``stores`` tells what each
    place is: "f" float64, "i" int64, "b" bool. ``outputs`` are (name, place, kind); ``guards`` places of conditions.
    """

    def __init__(self, parameters: Sequence[str]) -> None:
        self.parameters = tuple(parameters)
        self.instructions: list[tuple[Any, ...]] = []
        self.stores: list[str] = [F64] * len(self.parameters)
        self.outputs: list[tuple[str, int, str]] = []
        self.guards: list[int] = []
        self._known: dict[tuple[Any, ...], int] = {}

    def put(self, store: str, operation: str, *operands: Any) -> int:
        """The place of an instruction, which is there once."""
        key = (store, operation, *operands, type(operands[0]) if operation == "constant" else None)
        if key not in self._known:
            self._known[key] = len(self.parameters) + len(self.instructions)
            self.instructions.append((operation, *operands))
            self.stores.append(store)
        return self._known[key]

    def operation(self, place: int) -> tuple[Any, ...]:
        """What stands at ``place``; a parameter is ()."""
        k = place - len(self.parameters)
        return self.instructions[k] if k >= 0 else ()

    def constant(self, place: int) -> Any:
        """The number at ``place``; None if it is none that is known."""
        found = self.operation(place)
        return found[1] if found and found[0] == "constant" else None
