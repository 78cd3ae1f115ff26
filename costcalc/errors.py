"""One family of errors. Each carries its place in the text, the layer's dotted path, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

MAX_QUOTED = 60


class Place(NamedTuple):
    """A position in a text: file as the user named it, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


def printable(text: str) -> str:
    """``text`` with control characters spelled out, so that names from a file can't steer a terminal."""
    if text.isprintable():
        return text
    return "".join(ch if ch.isprintable() or ch == "\n" else _escaped(ch) for ch in text)


def _escaped(ch: str) -> str:
    return repr(ch)[1:-1] if ord(ch) < 0x110000 else "?"


def quoted(text: object) -> str:
    """``text`` in quotes for a message, cut to a line's length."""
    s = printable(str(text)).replace("\n", "\\n")
    return f"'{s}'" if len(s) <= MAX_QUOTED else f"'{s[:MAX_QUOTED]}…'"


def nearest(name: str, known: Iterable[str]) -> str:
    """`` (did you mean 'x'?)``, or nothing if no known name is near ``name``."""
    import difflib

    folded = {k.lower(): k for k in known}
    close = difflib.get_close_matches(name.lower(), folded, n=3, cutoff=0.6)
    if not close:
        return ""
    return " (did you mean " + " or ".join(quoted(folded[c]) for c in close) + "?)"


class CostcalcError(Exception):
    """Base of all errors that a user can cause. ``str()`` is one line: place, path, message."""

    def __init__(self, message: str, place: Place | None = None, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.path = path

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        path = f"{self.path}: " if self.path else ""
        return printable(f"{where}{path}{self.message}")


class UsageError(CostcalcError):
    """A wrong request: an unknown spec, parameter, column or format, or values in conflict."""


class SpecError(CostcalcError):
    """Something wrong in a spec, with its place. ``problems`` are all that were found."""

    @property
    def problems(self) -> Sequence[SpecError]:
        return (self,)


class SpecErrors(SpecError):
    """Several problems of one spec, in the order of the text. ``str()`` has one line for each."""

    def __init__(self, problems: Sequence[SpecError]) -> None:
        super().__init__(problems[0].message, problems[0].place, problems[0].path)
        self._problems = tuple(problems)

    @property
    def problems(self) -> Sequence[SpecError]:
        return self._problems

    def __str__(self) -> str:
        return "\n".join(str(p) for p in self._problems)


class ArithmeticProblem(SpecError):
    """A value that a formula can't take: no number, not whole, too large, a division by zero."""
