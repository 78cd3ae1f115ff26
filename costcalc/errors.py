"""One family of errors. Each carries its place in the text, the layer's dotted path, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

MAX_QUOTED = 60
MAX_LISTED = 20
MAX_PROBLEMS = 50
MAX_COMPARED = 2_000
NEARLY = 0.1


# Written so because annotations are postponed here, and NamedTuple would compile each again: a millisecond at start.
class Place(NamedTuple("Place", [("file", str), ("line", int), ("column", int)])):
    """A position in a text: file as the user named it, line and column from 1."""

    __slots__ = ()

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
    s = str(text)
    s = printable(s[: MAX_QUOTED + 1]).replace("\n", "\\n")
    mark = '"' if "'" in s and '"' not in s else "'"
    return f"{mark}{s}{mark}" if len(s) <= MAX_QUOTED else f"{mark}{s[:MAX_QUOTED]}…{mark}"


def listed(names: Iterable[object]) -> str:
    """``a, b, c``: the first of ``names`` for a message."""
    first = list(islice(names, MAX_LISTED + 1))
    cut = [str(n) if len(str(n)) <= MAX_QUOTED else f"{str(n)[:MAX_QUOTED]}…" for n in first[:MAX_LISTED]]
    return ", ".join(cut) + (", …" if len(first) > MAX_LISTED else "")


def nearest(name: str, known: Iterable[str]) -> str:
    """`` (did you mean 'x'?)``, or nothing if no known name is near ``name``."""
    import difflib

    if len(name) > MAX_QUOTED:
        return ""
    alike = (k for k in known if k.isprintable() and abs(len(k) - len(name)) <= max(3, len(name) // 2))
    folded = {k.lower(): k for k in islice(alike, MAX_COMPARED)}
    close = difflib.get_close_matches(name.lower(), folded, n=3, cutoff=0.65)
    if not close:
        return ""
    best = difflib.SequenceMatcher(None, close[0], name.lower()).ratio()
    close = [c for c in close if difflib.SequenceMatcher(None, c, name.lower()).ratio() > best - NEARLY]
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
        return printable(f"{where}{path}{self.message}").replace("\n", "\\n")


class UsageError(CostcalcError):
    """A wrong request: an unknown spec, parameter, column or format, values in conflict, a package that is missing."""


class NoSuchRow(UsageError, KeyError):
    """No layer, block or stage of a cost has that name."""


class SpecError(CostcalcError):
    """Something wrong in a spec, with its place. ``problems`` are all that were found.

    ``fatal``: nothing that comes after it is worth telling.
    """

    fatal = False

    @property
    def problems(self) -> Sequence[SpecError]:
        """Every problem of the spec that was found, this one at least."""
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


class Exhausted(SpecError):
    """An evaluation takes more work, or makes more layers, than any may."""


class TooManyProblems(Exception):
    """Whoever collects :class:`Problems` stops here."""


class Problems(list[SpecError]):
    """The problems of one spec as they are found: at most :data:`MAX_PROBLEMS`, and none after a fatal one."""

    def append(self, problem: SpecError) -> None:
        """Add what isn't known yet."""
        for p in problem.problems:
            if p not in self and not any(str(p) == str(known) for known in self):
                super().append(p)
            if p.fatal or len(self) >= MAX_PROBLEMS:
                raise TooManyProblems

    def sorted(self, file: str) -> list[SpecError]:
        """In the order of the text: those of ``file`` first."""
        return sorted(self, key=lambda p: (p.place is not None and p.place.file != file, p.place or ("", 0, 0)))
