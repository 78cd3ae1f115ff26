"""A file at one point of its parameters: their values, and those of its lets as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class LetCode:
    """A compiled let: its value, the defaults of its arguments where it is a function, the length of its text."""

    __slots__ = ("defaults", "value", "work")

    def __init__(self, value: Callable[[Any], Any], defaults: list[Callable[[Any], Any] | None], work: int) -> None:
        self.value = value
        self.defaults = defaults
        self.work = work


class Point:
    """The value of every parameter of ``file``; ``is_default`` if each has its default's.

    ``known``: the lets that have been evaluated here.
    """

    __slots__ = ("file", "is_default", "known", "lets", "values")

    def __init__(
        self, file: object, lets: Mapping[str, LetCode], values: dict[str, Any], *, is_default: bool = False
    ) -> None:
        self.file = file
        self.lets = lets
        self.values = values
        self.is_default = is_default
        self.known: dict[str, Any] = {}
