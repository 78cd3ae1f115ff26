"""The frontier: points that no other one beats, being as good in all figures and better in one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from ..errors import UsageError, quoted
from ..record import Record

T = TypeVar("T")


class Aim(Record):
    """A column whose figures are better the smaller they are, or the larger."""

    column: str
    larger: bool = False


def read_aims(text: str) -> list[Aim]:
    """``params,mult_adds,-res``: smaller is better, behind a ``-`` larger. Raises :class:`UsageError`."""
    aims: list[Aim] = []
    for word in text.split(","):
        column = word.strip()
        aim = Aim(column.lstrip("+-"), column.startswith("-"))
        if not aim.column or aim.column in [known.column for known in aims]:
            raise UsageError(f"a frontier is of different columns, such as params,mult_adds, not {quoted(text)}")
        aims.append(aim)
    return aims


class Frontier(Generic[T]):
    """What is left of the points that are added one by one: those that none of them beats, equals among them."""

    def __init__(self, aims: Sequence[Aim]) -> None:
        self.aims = aims
        self._signs = [-1 if aim.larger else 1 for aim in aims]
        self._added = 0
        self._kept: list[tuple[tuple[Any, ...], int, T]] = []

    def add(self, figures: Sequence[Any], item: T) -> bool:
        """Add ``item`` with its figures, in the order of the aims. Whether it is on the frontier so far."""
        key = tuple(sign * figure for sign, figure in zip(self._signs, figures, strict=True))
        kept = self._kept
        for n, (other, _, _) in enumerate(kept):
            if _beats(other, key):
                # What beats this one beats its neighbours: the next is compared with it first.
                kept[0], kept[n] = kept[n], kept[0]
                return False
        self._kept = [entry for entry in kept if not _beats(key, entry[0])]
        self._kept.append((key, self._added, item))
        self._added += 1
        return True

    @property
    def keys(self) -> list[tuple[Any, ...]]:
        """The figures of what is left, each so that smaller is better."""
        return [key for key, _, _ in self._kept]

    @property
    def items(self) -> list[T]:
        """What is left, in the order in which it was added."""
        return [item for _, _, item in sorted(self._kept, key=lambda entry: entry[1])]


def _beats(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    return a != b and all(x <= y for x, y in zip(a, b, strict=True))
