"""Why a figure may be printed so: conventions, variants, options, classes, what is left out, and how it is cut.

One cause, or two together; three would fit almost any figure, and are not offered.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any

from ..budget import Budget
from ..conventions import DEFAULT, Convention
from ..cost import Cost
from ..errors import CostcalcError
from ..network import Network
from ..record import Record
from ..units import Printed, exact
from .chance import Chance, chance
from .classes import solved
from .parts import Measure, parts
from .points import OtherPoint, points
from .printing import Reading, reading
from .totals import Total, total

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

GENERAL = ("flops", "without_batch_norm")
"""Conventions that are nobody's own: habits, which are met as often as a tool's count."""

_WITH_PADDING = {"variant", "option", "classes"}
_WITH_BINARY = {"variant"}
"""What may come together with a reading that widens, or moves, what the figure says."""

_WAYS = ("cut", "padding", "binary")

_SPREAD = 10
"""In the work of a network one convention's share of another's moves by less than 1 in this with the point."""

NEAREST = 3
MAX_LAYERS = 200_000
"""Layers of all points together: of a large network fewer points are tried."""
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


class _Candidate(Record):
    measure: Measure
    value: Any
    unit: str
    convention: Convention
    point: OtherPoint
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    named: bool = True
    evidence: str = ""


class Search:
    """What a network's totals at ``values`` may have been printed as. Each total is computed once.

    ``own`` is how the figures are said to be counted; ``fixed`` are parameters that keep their values.
    """

    def __init__(
        self,
        network: Network,
        values: Mapping[str, Any],
        conventions: Sequence[Convention],
        own: Convention | None = None,
        fixed: Collection[str] = (),
    ) -> None:
        self.network = network
        self.values = dict(values)
        self.own = own or next((c for c in conventions if c.name == DEFAULT), conventions[0])
        others = [c for c in conventions if c.name != self.own.name]
        self.conventions = [self.own, *sorted(others, key=lambda c: c.name not in GENERAL)]
        self.fixed = fixed
        self._costs: dict[str, Cost | None] = {}
        self._totals: dict[tuple[str, str], Total] = {}
        self._points: list[OtherPoint] | None = None
        self._parts: list[_Candidate] | None = None
        self.base = network.cost(values)
        self._budget = Budget(f"the variants and values of {network.name}", "list fewer under 'values'")
        self.here = self._total(OtherPoint(), self.own)

    def causes(self, figure: Printed, measure: Measure | None = None) -> list[Cause]:
        """Everything that is printed as ``figure``, the likeliest first; ``measure``: what it is of, if that is known.

        Each convention is told once, where it needs the least.
        """
        likely = measure or self.measure(figure)
        found: list[tuple[float, _Candidate, Reading]] = []
        for candidate in self._candidates(figure):
            if measure in (None, candidate.measure) and (read := _printed(figure, candidate)) is not None:
                weight = sum(WEIGHTS[k] for k in candidate.kinds) + (WEIGHTS[read.kind] if read.kind else 0)
                found.append((weight + (_UNLIKELY if candidate.measure != likely else 0), candidate, read))
        found.sort(key=lambda entry: entry[0])  # stable: in the order of the search
        return self._merged(found)

    def own_cause(self, figure: Printed, measure: Measure) -> Cause | None:
        """The plain total, if ``figure`` is that: what needs no search."""
        for candidate in self._of(OtherPoint(), self.own):
            read = reading(figure, candidate.value, self.own.printed) if candidate.measure == measure else None  # type: ignore[arg-type]
            if read is not None and read.kind is None:
                return self._cause(candidate, read, 0.0)
        return None

    def conventions_of(self, figure: Printed, measure: Measure) -> tuple[str, ...]:
        """The conventions whose plain total at the point is printed so, zeros at its end aside."""
        found = []
        for convention in self.conventions:
            for candidate in self._of(OtherPoint(), convention):
                if candidate.measure == measure:
                    read = reading(figure, candidate.value, convention.printed)  # type: ignore[arg-type]
                    if read is not None and read.kind in (None, "padding"):
                        found.append(convention.name)
        return tuple(found)

    def chance(self, figure: Printed, cause: Cause) -> Chance | None:
        """How many figures around ``figure`` would have a cause that weighs no more than ``cause``."""
        totals = []
        for candidate in self._candidates(figure):
            left = cause.weight % _UNLIKELY - sum(WEIGHTS[k] for k in candidate.kinds)
            if candidate.measure == cause.measure and left >= 0 and "solved" not in candidate.kinds:
                ways = frozenset(way for way in _WAYS if WEIGHTS[way] <= left and _goes_with(candidate.kinds, way))
                totals.append((candidate.value, candidate.convention.printed, ways))
        return chance(figure, totals)  # type: ignore[arg-type]

    def nearest(self, figure: Printed, measure: Measure | None = None) -> list[Cause]:
        """The totals at the point asked about, and of its variants, that are nearest to ``figure`` by their ratio."""
        likely = measure or self.measure(figure)
        near: dict[Any, tuple[float, _Candidate]] = {}
        for candidate in self._near():
            if candidate.measure == likely and candidate.value > 0 and candidate.value not in near:
                near[candidate.value] = abs(math.log(candidate.value / figure.value)), candidate
        chosen = sorted(near.values(), key=lambda entry: entry[0])[:NEAREST] if figure.value else []
        return [self._cause(candidate, Reading(""), 0.0) for _, candidate in chosen]

    def measure(self, figure: Printed) -> Measure:
        """What ``figure`` is likely of: as its noun says, or else what it is nearer to by its ratio."""
        noun = figure.noun.lower()
        if noun:
            return "params" if noun in ("params", "parameters", "weights") else "work"
        gaps: dict[Measure, float] = {}
        for measure, value in (("work", self.here.work), ("params", self.here.params)):
            if value and figure.value:
                gaps[measure] = abs(math.log(value / figure.value))  # type: ignore[index]
        return min(gaps, key=lambda m: gaps[m], default="work")

    # -- candidates

    def _candidates(self, figure: Printed) -> Iterator[_Candidate]:
        yield from self._of(OtherPoint(), self.own)
        yield from self._left_out()
        for convention in self.conventions[1:]:
            own = {k: v for k, v in convention.parameters.items() if k in self.network.parameter_codes}
            if own and not set(own) & set(self.fixed):
                yield from self._of(OtherPoint(values=own), convention)  # as its source has them: one cause
            yield from self._of(OtherPoint(), convention)
        for point in self.other_points():
            yield from self._of(point, self.own)
            if len(point.kinds) == 1 and point.kinds[0] != "option":
                for convention in self._likely(point, figure):
                    yield from self._of(point, convention)
        yield from self._solved(figure)

    def _near(self) -> Iterator[_Candidate]:
        for convention in self.conventions:
            yield from self._of(OtherPoint(), convention)
        for point in self.other_points():
            if point.kinds == ("variant",):
                yield from self._of(point, self.own)

    def _of(self, point: OtherPoint, convention: Convention) -> Iterator[_Candidate]:
        """Work and params at a point; no params at another resolution, which they don't depend on."""
        found = self._total(point, convention)
        if found.problem:
            return
        kinds: tuple[str, ...] = point.kinds
        evidence = ""
        if convention is not self.own:
            kinds = ("tool" if _common(convention) else "convention", *kinds)
            evidence = f"{convention.name}: {convention.tool or convention.source}"
        words = _words(point)
        for measure, value in (("work", found.work), ("params", found.params)):
            if measure == "params" and "resolution" in point.kinds:
                continue
            unit = convention.unit if measure == "work" else "params"
            yield _Candidate(measure, value, unit, convention, point, kinds, words, True, evidence)  # type: ignore[arg-type]

    def _left_out(self) -> list[_Candidate]:
        if self._parts is None:
            cost = self.network.recount(self.base, self.own)
            self._parts = [
                _Candidate(
                    p.measure, p.value, p.unit or (self.own.unit if p.measure == "work" else "params"), self.own,
                    OtherPoint(), ("part",), (p.words,), False, f"{p.words}: {exact(p.value)}",
                )
                for p in parts(self.network, self.values, cost)
            ]  # fmt: skip
        return self._parts

    def _solved(self, figure: Printed) -> Iterator[_Candidate]:
        for found in solved(self.network, self.values, self.own, self.fixed, figure):
            unit = self.own.unit if found.measure == "work" else "params"
            point = OtherPoint(("classes",), values={"classes": found.classes})
            yield _Candidate(
                found.measure, found.value, unit, self.own, point, ("solved",), (found.words,), True, found.evidence
            )

    def other_points(self) -> list[OtherPoint]:
        """The other points; an option that a variant has, or one that changes nothing, is none."""
        if self._points is None:
            self._points, told = [], {(self.here.work, self.here.params)}
            most = MAX_LAYERS // (len(self.base.graph.layers) + 1)
            for point in islice(points(self.network, self.values, self.fixed), most):
                found = self._total(point, self.own)
                if found.problem or (found.work, found.params) in told:
                    continue
                if point.kinds[0] in ("variant", "option"):
                    told.add((found.work, found.params))
                self._points.append(point)
        return self._points

    def _likely(self, point: OtherPoint, figure: Printed) -> list[Convention]:
        """The tools' conventions that can come near the figure at ``point``: the others take time."""
        there = self._total(point, self.own)
        low, high = figure.value * (_SPREAD - 1) / _SPREAD, figure.value * (_SPREAD + 1) / _SPREAD
        near = []
        for convention in self.conventions[1:]:
            total = self._total(OtherPoint(), convention)
            if total.problem or not _common(convention):
                continue
            by_work = self.here.work and low <= Fraction(total.work) * there.work / self.here.work <= high
            by_params = self.here.params and low <= Fraction(total.params) * there.params / self.here.params <= high
            if by_work or (by_params and "resolution" not in point.kinds):
                near.append(convention)
        return near

    # -- totals

    def _total(self, point: OtherPoint, convention: Convention) -> Total:
        key = f"{point.variant} {sorted(point.values.items(), key=lambda item: item[0])}"
        if (key, convention.name) not in self._totals:
            self._totals[key, convention.name] = self._computed(key, point, convention)
        return self._totals[key, convention.name]

    def _computed(self, key: str, point: OtherPoint, convention: Convention) -> Total:
        network, values = point.network(self.network), {**self.values, **point.values}
        if key not in self._costs:
            try:
                self._costs[key] = network.cost(values)
            except CostcalcError:  # out of the parameter's range, or too small for the network
                self._costs[key] = None
            self._budget.spend(self.base.graph.steps)
        cost = self._costs[key]
        if cost is None:
            return Total(convention, problem="the network can't be built there")
        return total(network, values, cost, convention)

    # -- what is told

    def _merged(self, found: list[tuple[float, _Candidate, Reading]]) -> list[Cause]:
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

    def _cause(self, candidate: _Candidate, read: Reading, weight: float) -> Cause:
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


def _common(convention: Convention) -> bool:
    return bool(convention.tool) or convention.name in GENERAL


def _printed(figure: Printed, candidate: _Candidate) -> Reading | None:
    """How the candidate's value is printed so; None if it isn't, or not without a third cause."""
    read = reading(figure, candidate.value, candidate.convention.printed)  # type: ignore[arg-type]
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


def _words(point: OtherPoint) -> tuple[str, ...]:
    if point.variant is not None:
        return (f"it is {point.variant}",)
    return tuple(f"{name}={_shown(value)}" for name, value in point.values.items())


def _shown(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


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
