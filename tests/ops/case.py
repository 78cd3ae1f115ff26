"""What a case of an op is."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

from hypothesis import strategies as st

from costcalc import ops

Made = tuple[ops.Op, tuple[Any, ...]]


class Case(NamedTuple):
    """``make`` takes the numbers by name and gives an op and the shapes of its inputs."""

    name: str
    op: type[ops.Op]
    numbers: tuple[str, ...]
    make: Callable[[SimpleNamespace], Made]

    def points(self, small: bool) -> st.SearchStrategy[dict[str, int]]:
        """The numbers by name; what begins with p may be 0."""
        top = 3 if small else 40
        lows = {name: 0 if name[0] == "p" else 1 for name in self.numbers}
        return st.fixed_dictionaries({name: st.integers(low, top) for name, low in lows.items()})

    def at(self, point: dict[str, Any]) -> Made:
        return self.make(SimpleNamespace(**point))


def names(text: str) -> tuple[str, ...]:
    return tuple(text.split())
