"""The totals of a network that somebody may have printed, each computed once."""

from __future__ import annotations

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
from .classes import solved
from .parts import Measure, parts
from .points import OtherPoint, points
from .totals import Total, total

GENERAL = ("flops", "without_batch_norm")
"""Conventions that are nobody's own: habits, which are met as often as a tool's count."""

_SPREAD = 10
"""In the work of a network one convention's share of another's moves by less than 1 in this with the point."""

MAX_LAYERS = 200_000
"""Layers of all points together: of a large network fewer points are tried."""


class Candidate(Record):
    """A total that somebody may have printed: ``kinds`` and ``words`` say in which ways it isn't the plain one.

    ``named``: its convention gives it, so that it can be named; a total with something left out is nobody's.
    """

    measure: Measure
    value: Any
    unit: str
    convention: Convention
    point: OtherPoint
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    named: bool = True
    evidence: str = ""


class Candidates:
    """The totals of a network at ``values`` and around them.

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
        self._parts: list[Candidate] | None = None
        self.base = network.cost(values)
        self._budget = Budget(f"the variants and values of {network.name}", "list fewer under 'values'")
        self.here = self._total(OtherPoint(), self.own)

    def candidates(self, figure: Printed) -> Iterator[Candidate]:
        yield from self.of(OtherPoint(), self.own)
        yield from self._left_out()
        for convention in self.conventions[1:]:
            own = {k: v for k, v in convention.parameters.items() if k in self.network.parameter_codes}
            if own and not set(own) & set(self.fixed):
                yield from self.of(OtherPoint(values=own), convention)  # as its source has them: one cause
            yield from self.of(OtherPoint(), convention)
        for point in self.other_points():
            yield from self.of(point, self.own)
            if len(point.kinds) == 1 and point.kinds[0] != "option":
                for convention in self._likely(point, figure):
                    yield from self.of(point, convention)
        yield from self._solved(figure)

    def near(self) -> Iterator[Candidate]:
        for convention in self.conventions:
            yield from self.of(OtherPoint(), convention)
        for point in self.other_points():
            if point.kinds == ("variant",):
                yield from self.of(point, self.own)

    def of(self, point: OtherPoint, convention: Convention) -> Iterator[Candidate]:
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
        values: tuple[tuple[Measure, Any], ...] = ("work", found.work), ("params", found.params)
        for measure, value in values:
            if measure == "params" and "resolution" in point.kinds:
                continue
            unit = convention.unit if measure == "work" else "params"
            yield Candidate(measure, value, unit, convention, point, kinds, words, True, evidence)

    def _left_out(self) -> list[Candidate]:
        if self._parts is None:
            cost = self.network.recount(self.base, self.own)
            self._parts = [
                Candidate(
                    p.measure, p.value, p.unit or (self.own.unit if p.measure == "work" else "params"), self.own,
                    OtherPoint(), ("part",), (p.words,), False, f"{p.words}: {exact(p.value)}",
                )
                for p in parts(self.network, self.values, cost)
            ]  # fmt: skip
        return self._parts

    def _solved(self, figure: Printed) -> Iterator[Candidate]:
        for found in solved(self.network, self.values, self.own, self.fixed, figure):
            unit = self.own.unit if found.measure == "work" else "params"
            point = OtherPoint(("classes",), values={"classes": found.classes})
            yield Candidate(
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


def _common(convention: Convention) -> bool:
    return bool(convention.tool) or convention.name in GENERAL


def _words(point: OtherPoint) -> tuple[str, ...]:
    if point.variant is not None:
        return (f"it is {point.variant}",)
    return tuple(f"{name}={_shown(value)}" for name, value in point.values.items())


def _shown(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
