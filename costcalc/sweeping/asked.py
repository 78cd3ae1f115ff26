"""What a sweep is asked for: networks and their points, what is left of the rows, and their columns. Plain data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from .._version import __version__
from ..compile import Program
from ..errors import UsageError, nearest, quoted
from ..language.source import Source
from ..memory.asked import FLASH, PEAK, MemoryAsked
from ..network import Network
from ..record import Record
from ..space.frontier import Aim
from ..space.points import BLOCK, PointSet

FIGURES = ("params", "mult_adds")
COUNTED = "counted"
SPEC = "spec"
"""The column with the network, where a sweep goes over several."""


class SweptNetwork(Record):
    """A network with the points that it is counted at. ``word`` names it; ``given`` doesn't vary."""

    word: str
    network: Network
    given: dict[str, Any]
    points: PointSet

    @property
    def names(self) -> list[str]:
        """The parameters that have values here."""
        return [*(axis.name for axis in self.points.axes), *self.given]


class SweepRequest(Record):
    """A sweep. ``convention`` is where the convention is read from by which ``counted`` counts, ``where`` a condition.

    ``memory``: of what ``peak_memory`` and ``weight_bytes`` are bytes; None where they aren't wanted. ``columns`` are
    those of a row, ``aims`` those of the frontier, if that alone is wanted.
    """

    parts: list[SweptNetwork]
    columns: list[str]
    convention: Source | None = None
    where: str = ""
    aims: Sequence[Aim] = ()
    engine: str = "numpy"
    memory: MemoryAsked | None = None

    @property
    def figures(self) -> list[str]:
        """The columns that are computed."""
        return figures(counted=self.convention is not None, memory=self.memory is not None)

    @property
    def count(self) -> int:
        """How many points there are."""
        return sum(part.points.count for part in self.parts)

    def blocks(self) -> int:
        """How many blocks the points are evaluated in."""
        return sum(-(-part.points.count // BLOCK) for part in self.parts)

    def block(self, number: int) -> tuple[int, int, int]:
        """The part of a block, its first point there, and the one behind its last."""
        for k, part in enumerate(self.parts):
            there = -(-part.points.count // BLOCK)
            if number < there:
                return k, number * BLOCK, min((number + 1) * BLOCK, part.points.count)
            number -= there
        raise IndexError(number)


def figures(*, counted: bool, memory: bool) -> list[str]:
    """The columns that are computed: those of a convention and of memory where there is one."""
    return [*FIGURES, *([COUNTED] if counted else []), *([PEAK, FLASH] if memory else [])]


def varying(parts: Sequence[SweptNetwork]) -> list[str]:
    """The parameters that aren't the same at all points, in the order in which the parts have them."""
    found = dict.fromkeys(name for part in parts for name in part.names)
    return [name for name in found if len({_values(part, name) for part in parts} | _more(parts, name)) > 1]


def _more(parts: Sequence[SweptNetwork], name: str) -> set[Any]:
    """Something more than one value, if an axis of that name has several."""
    return {0, 1} if any(a.values.size > 1 for part in parts for a in part.points.axes if a.name == name) else set()


def _values(part: SweptNetwork, name: str) -> Any:
    if name in part.given:
        return type(part.given[name]), part.given[name]
    return next(((type(a.values[0]), a.values[0]) for a in part.points.axes if a.name == name), None)


def standard(parts: Sequence[SweptNetwork], figures: Sequence[str]) -> list[str]:
    """The columns of a row: the network if there are several, what varies, and the figures."""
    return [*([SPEC] if len(parts) > 1 else []), *varying(parts), *figures]


def choose(ids: str | None, parts: Sequence[SweptNetwork], figures: Sequence[str]) -> list[str]:
    """The columns that ``ids`` say ("alpha,params"), or the standard ones. Raises :class:`UsageError`."""
    if ids is None:
        return standard(parts, figures)
    known = [SPEC, *dict.fromkeys(name for part in parts for name in part.names), *figures]
    chosen = list(dict.fromkeys(word.strip() for word in ids.split(",")))
    for word in chosen:
        require_column(word, known)
    return chosen


def require_column(word: str, known: Sequence[str]) -> None:
    """Raise :class:`UsageError` unless ``word`` is one of the columns."""
    if word not in known:
        there = f"there are {', '.join(known)}"
        raise UsageError(f"there is no column {quoted(word)}{nearest(word, known)}; {there}")


# -- what tells one sweep from another


def described(asked: SweepRequest, words: dict[str, Any]) -> dict[str, Any]:
    """What decides about the rows, as JSON holds it: the version, the networks' texts by their hash, and ``words``."""
    specs = [
        {"spec": part.word, "network": part.network.name, "sha256": fingerprint(part.network.program)}
        for part in asked.parts
    ]
    counted = {} if asked.convention is None else {"convention": hash_of([asked.convention.text])}
    return {
        "costcalc": __version__,
        "specs": specs,
        **words,
        "columns": asked.columns,
        **counted,
        **_memory(asked.memory),
    }


def _memory(asked: MemoryAsked | None) -> dict[str, Any]:
    if asked is None:
        return {}
    told = {"definition": asked.definition.name, "sha256": hash_of([asked.definition.source.text])}
    return {
        "memory": {**told, "bits": asked.bits, "weight_bits": asked.weight_bits or asked.bits, "batch": asked.batch}
    }


def fingerprint(program: Program) -> str:
    """The hash of a spec's text, and of the texts that it uses."""
    return hash_of(sorted(set(_texts(program.file))))


def hash_of(texts: Sequence[str]) -> str:
    """SHA-256 of several texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _texts(file: Any) -> Iterator[str]:
    yield file.spec.origin.text
    for used in file.imports.values():
        yield from _texts(used.program.file if hasattr(used, "program") else used.file)
