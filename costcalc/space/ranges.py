"""``0.25:1.5:0.05`` and lists: the values of one parameter, in decimal arithmetic, each made when it is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from ..errors import UsageError, quoted

_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*:\s*({_NUMBER})\s*:\s*({_NUMBER})\s*")
_MOST_DECIMALS = 22
_LIMIT = 2**53
_MOST_LISTED = 1_000_000
"""So many values of one parameter are written out: those of a list, and of the ranges in it."""


class Values(Sequence[Any]):
    """Values that are made when they are asked for. ``len`` is bounded by a machine's word, ``size`` isn't."""

    size: int

    def at(self, k: int) -> Any:
        """The value number ``k``, from 0."""
        raise NotImplementedError

    def types(self) -> set[type]:
        """The types of the values."""
        return set(map(type, self))

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, k: int) -> Any: ...
    @overload
    def __getitem__(self, k: slice) -> list[Any]: ...
    def __getitem__(self, k: int | slice) -> Any:
        if isinstance(k, slice):
            return [self.at(n) for n in range(*k.indices(self.size))]
        if not -self.size <= k < self.size:
            raise IndexError(k)
        return self.at(k % self.size)

    def __iter__(self) -> Iterator[Any]:
        return map(self.at, range(self.size))


class Steps(Values):
    """``first``, ``first + step`` …, ``size`` of them, as whole numbers of 1/``scale``, which is a power of ten.

    A whole number over a power of ten is the float that its decimals are read as, so that a range's 0.3 is 0.3.
    """

    def __init__(self, first: int, step: int, size: int, scale: int) -> None:
        self.first = first
        self.step = step
        self.size = size
        self.scale = scale

    def types(self) -> set[type]:
        return {int if self.scale == 1 else float}

    def at(self, k: int) -> int | float:
        n = self.first + k * self.step
        return n if self.scale == 1 else n / self.scale


class OneByOne(Values):
    """Values one by one."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = list(values)
        self.size = len(self.values)

    def at(self, k: int) -> Any:
        return self.values[k]


def read_values(name: str, text: str, read: Callable[[str], Any]) -> Values:
    """The values that ``text`` says for the parameter ``name``: ranges A:B:STEP and single values, commas between.

    ``read`` makes a value of what is no range, or raises :class:`UsageError`. B belongs to a range where a step lands
    on it. Raises :class:`UsageError` for an empty or reversed range, a step that isn't above 0, a value that is there
    twice.
    """
    items = [item.strip() for item in text.split(",")]
    if not all(items):
        raise UsageError(f"{name}: a value is missing in {quoted(text)}")
    if len(items) == 1 and ":" in items[0]:
        return steps(name, items[0])
    found: list[Any] = []
    for item in items:
        several = steps(name, item) if ":" in item else OneByOne([read(item)])
        if len(found) + several.size > _MOST_LISTED:
            raise UsageError(f"{name}: a range of more than {_MOST_LISTED:,} values stands alone")
        found += several
    return listed(name, found)


def listed(name: str, values: Sequence[Any]) -> Values:
    """``values`` as they are. Raises :class:`UsageError` if there are none, or one is there twice."""
    if not len(values):
        raise UsageError(f"{name} has no values")
    seen: set[Any] = set()
    for value in values:
        key = (isinstance(value, bool), value)
        if key in seen:
            raise UsageError(f"{name} has the value {_shown(value)} twice")
        seen.add(key)
    return OneByOne(values)


def _shown(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def steps(name: str, text: str) -> Steps:
    """The range that ``text`` is."""
    match = _RANGE.fullmatch(text)
    if match is None:
        raise UsageError(f"{name}: {quoted(text)} is no range; write A:B:STEP, such as 0.25:1.5:0.05")
    (low, high, step), scale = _scaled(name, match.groups())
    if step <= 0:
        raise UsageError(f"{name}: the step of {text} is {match[3]}; it must be above 0")
    if high < low:
        raise UsageError(f"{name}: the range {text} is empty: it begins at {match[1]}, above its end {match[2]}")
    if max(abs(low), abs(high), step) >= _LIMIT:
        raise UsageError(f"{name}: the range {text} has more digits than a number can hold")
    return Steps(low, step, (high - low) // step + 1, scale)


def _scaled(name: str, texts: Sequence[str]) -> tuple[list[int], int]:
    """Decimal numbers as whole numbers of one power of ten: 1 where all are written without decimals."""
    numbers = []
    for text in texts:
        digits, _, exponent = text.lower().partition("e")
        whole, _, decimals = digits.partition(".")
        power = int(exponent or 0) - len(decimals)
        if len(text) > 40 or abs(power) > _MOST_DECIMALS:
            raise UsageError(f"{name}: {quoted(text)} has more digits than a number can hold")
        numbers.append((int(whole + decimals), power))
    places = max(0, *(-power for _, power in numbers))
    return [n * 10 ** (power + places) for n, power in numbers], 10**places
