"""Why a figure may be printed so: conventions, variants, options, classes, what is left out, and how it is cut.

One cause, or two together; three would fit almost any figure, and are not offered.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from ..conventions import Convention
from ..network import Network
from ..record import Record
from ..units import Printed, Rule
from .candidates import Candidate, Candidates
from .chance import Chance, chance
from .parts import Measure
from .points import OtherPoint
from .printing import Reading, reading

WEIGHTS = {
    "cut": 1.0,
    "padding": 1.5,
    "part": 3.0,
    "variant": 3.0,
    "classes": 3.0,
    "tool": 4.0,
    "option": 4.5,
    "printed": 5.0,
    "convention": 5.0,
    "binary": 5.0,
    "resolution": 5.0,
    "solved": 6.0,
}
"""How far-fetched a cause is; two together weigh as much as both. A tool's convention is more often met than a paper's,
which goes together with nothing: nobody counts another network at another point by it."""

_WITH_PADDING = {"variant", "option", "classes"}
_WITH_BINARY = {"variant"}
"""What may come together with a reading that widens, or moves, what the figure says."""

_WAYS = ("cut", "padding", "binary")

NEAREST = 3
_UNLIKELY = 100.0


class Cause(Record):
    """``value`` of ``network`` under ``conventions`` is printed so. Nothing is in ``kinds`` if that is the plain total.

    ``values`` are the parameters that differ from the point asked about. ``cut`` says how the value has to be cut:
    exact, rounded, truncated, or "rounded or truncated" alike; "" if it isn't printed so, and only near. ``words`` say
    the causes, but for the convention and for how the figure is to be read, which is ``reading``. ``evidence`` is what
    is known of them. ``weight`` grows with how far-fetched they are.
    """

    measure: Measure
    value: Any
    unit: str
    conventions: tuple[str, ...]
    network: str
    values: Mapping[str, Any]
    cut: str = ""
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    reading: str = ""
    evidence: str = ""
    weight: float = 0.0

    @property
    def text(self) -> str:
        """The causes in words: "without batch norm, and cut, not rounded"."""
        counted = [f"counted as {self.conventions[0]}"] if {"tool", "convention"} & set(self.kinds) else []
        return ", and ".join(filter(None, [*self.words, *counted, self.reading])) or "as it is counted"


class Search(Candidates):
    """What a network's totals at ``values`` may have been printed as."""

    def causes(self, figure: Printed, measure: Measure | None = None) -> list[Cause]:
        """Everything that is printed as ``figure``, the likeliest first; ``measure``: what it is of, if that is known.

        Each convention is told once, where it needs the least.
        """
        likely = measure or self.measure(figure)
        found: list[tuple[float, Candidate, Reading]] = []
        for candidate in self.candidates(figure):
            if measure in (None, candidate.measure) and (read := _printed(figure, candidate)) is not None:
                weight = sum(WEIGHTS[k] for k in candidate.kinds) + (WEIGHTS[read.kind] if read.kind else 0)
                found.append((weight + (_UNLIKELY if candidate.measure != likely else 0), candidate, read))
        found.sort(key=lambda entry: entry[0])  # stable: in the order of the search
        return self._merged(found)

    def own_cause(self, figure: Printed, measure: Measure) -> Cause | None:
        """The plain total, if ``figure`` is that: what needs no search."""
        for candidate in self.of(OtherPoint(), self.own):
            read = reading(figure, candidate.value, self.own.printed) if candidate.measure == measure else None
            if read is not None and read.kind is None:
                return self._cause(candidate, read, 0.0)
        return None

    def conventions_of(self, figure: Printed, measure: Measure) -> tuple[str, ...]:
        """The conventions whose plain total at the point is printed so, zeros at its end aside."""
        found = []
        for convention in self.conventions:
            for candidate in self.of(OtherPoint(), convention):
                if candidate.measure == measure:
                    read = reading(figure, candidate.value, convention.printed)
                    if read is not None and read.kind in (None, "padding"):
                        found.append(convention.name)
        return tuple(found)

    def chance(self, figure: Printed, cause: Cause) -> Chance | None:
        """How many figures around ``figure`` would have a cause that weighs no more than ``cause``."""
        totals: list[tuple[Any, Rule, frozenset[str]]] = []
        for candidate in self.candidates(figure):
            left = cause.weight % _UNLIKELY - sum(WEIGHTS[k] for k in candidate.kinds)
            if candidate.measure == cause.measure and left >= 0 and "solved" not in candidate.kinds:
                ways = frozenset(way for way in _WAYS if WEIGHTS[way] <= left and _goes_with(candidate.kinds, way))
                totals.append((candidate.value, candidate.convention.printed, ways))
        return chance(figure, totals)

    def nearest(self, figure: Printed, measure: Measure | None = None, *, itself: bool = False) -> list[Cause]:
        """The totals at the point asked about, and of its variants, that are nearest to ``figure`` by their ratio.

        ``itself``: without the variants.
        """
        likely = measure or self.measure(figure)
        near: dict[Any, tuple[float, Candidate]] = {}
        for candidate in self.near():
            if candidate.measure == likely and candidate.value > 0 and candidate.value not in near:
                near[candidate.value] = abs(math.log(candidate.value / figure.value)), candidate
        ordered = sorted(near.values(), key=lambda entry: entry[0]) if figure.value else []
        made = (self._cause(candidate, Reading(""), 0.0) for _, candidate in ordered)
        return list(islice((c for c in made if not itself or c.network == self.network.name), NEAREST))

    def measure(self, figure: Printed) -> Measure:
        """What ``figure`` is likely of: as its noun says, or else what it is nearer to by its ratio."""
        noun = figure.noun.lower()
        if noun:
            return "params" if noun in ("params", "parameters", "weights") else "work"
        gaps: dict[Measure, float] = {}
        values: tuple[tuple[Measure, Any], ...] = ("work", self.here.work), ("params", self.here.params)
        for measure, value in values:
            if value and figure.value:
                gaps[measure] = abs(math.log(value / figure.value))
        return min(gaps, key=lambda m: gaps[m], default="work")

    def _merged(self, found: list[tuple[float, Candidate, Reading]]) -> list[Cause]:
        causes: dict[tuple[Any, ...], Cause] = {}
        told: dict[tuple[str, str], tuple[float, OtherPoint]] = {}
        for weight, candidate, read in found:
            name = candidate.convention.name if candidate.named else ""
            point = candidate.point
            if name and not _first(told.setdefault((candidate.measure, name), (weight, point)), weight, point):
                continue
            key = (candidate.measure, candidate.value, point.variant, *sorted(point.values.items()), read.cut)
            if key not in causes:
                causes[key] = self._cause(candidate, read, weight)
            elif name and name not in causes[key].conventions:
                causes[key].conventions = (*causes[key].conventions, name)
        return list(causes.values())

    def _cause(self, candidate: Candidate, read: Reading, weight: float) -> Cause:
        return Cause(
            candidate.measure,
            candidate.value,
            candidate.unit,
            (candidate.convention.name,) if candidate.named else (),
            candidate.point.variant or self.network.name,
            dict(candidate.point.values),
            read.cut,
            (*candidate.kinds, *([read.kind] if read.kind else [])),
            candidate.words,
            read.words,
            candidate.evidence,
            weight,
        )


def _printed(figure: Printed, candidate: Candidate) -> Reading | None:
    """How the candidate's value is printed so; None if it isn't, or not without a third cause."""
    read = reading(figure, candidate.value, candidate.convention.printed)
    if read is None or read.kind is None:
        return read
    return read if _goes_with(candidate.kinds, read.kind) else None


def _goes_with(kinds: Sequence[str], way: str) -> bool:
    """Whether a figure may be read in an unusual ``way`` besides ``kinds``: two causes are the most."""
    if len(kinds) > 1 or {"solved", "convention"} & set(kinds):
        return False
    return set(kinds) <= {"padding": _WITH_PADDING, "binary": _WITH_BINARY}.get(way, set(WEIGHTS))


def _first(told: tuple[float, OtherPoint], weight: float, point: OtherPoint) -> bool:
    """Whether a convention that was ``told`` at its least weight is told at these: variants may tie."""
    return told == (weight, point) or (told[0] == weight and point.variant is not None)


def explain(
    network: Network,
    values: Mapping[str, Any],
    figure: Printed,
    conventions: Sequence[Convention],
    measure: Measure | None = None,
) -> tuple[list[Cause], list[Cause]]:
    """Everything that would be printed as ``figure``, the likeliest first; if nothing would, the nearest totals.

    Parameters in ``values`` keep their values. Raises what :meth:`Network.cost` raises at ``values``.
    """
    search = Search(network, values, conventions, fixed=values.keys())
    causes = search.causes(figure, measure)
    return causes, [] if causes else search.nearest(figure, measure)
