"""Which conventions, numbers of classes and resolutions give a figure that somebody printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from ..conventions import Convention
from ..cost import Cost
from ..errors import CostcalcError
from ..network import Network
from ..record import Record
from ..units import Printed
from .totals import counted, whole

CLASSES = (1000, 1001)
"""ImageNet's, with and without a class for the background."""

RESOLUTIONS = (224, 240, 256, 299, 320, 331)
"""Inputs that networks are often evaluated at, whatever their own."""

_SPREAD = 10
"""In the work of a network one convention's share of another's moves by less than 1 in this with the resolution."""


class Explanation(Record):
    """``value`` is printed so by ``conventions``, at ``values`` where those differ from the point asked about.

    ``cut`` says how it has to be cut for that: exact, rounded, truncated, or "rounded or truncated" alike.
    """

    measure: Literal["work", "params"]
    value: Any
    unit: str
    conventions: tuple[str, ...]
    values: Mapping[str, Any]
    cut: str


def explain(
    network: Network, values: Mapping[str, Any], figure: Printed, conventions: Sequence[Convention]
) -> tuple[list[Explanation], list[Explanation]]:
    """Everything that would be printed as ``figure``; else the three nearest totals at ``values``.

    Each convention is told once, at the first of: ``values``, other classes, another resolution, both. ``classes`` and
    ``res`` vary unless ``values`` has them. Raises what :meth:`Network.cost` raises at ``values``.
    """
    found: dict[tuple[Any, ...], list[str]] = {}
    told: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    near: list[Explanation] = []
    done: set[tuple[str, str]] = set()
    base = network.cost(values)
    alike = _at(network, values, {}, base, conventions)
    for point in _points(network, values):
        here = alike if not point else _likely(network, values, point, base, figure, alike)
        for convention, work, params in here:
            for measure, value in (("work", work), ("params", params)):
                if measure == "params" and "res" in point:
                    continue
                unit = convention.unit if measure == "work" else "params"
                cut = _cut(figure, value)
                if not point:
                    near.append(Explanation(measure, value, unit, (convention.name,), {}, ""))  # type: ignore[arg-type]
                if cut and (measure, convention.name) not in done:
                    done.add((measure, convention.name))
                    key = (measure, value, unit, tuple(point.items()), cut)
                    found.setdefault(key, []).append(convention.name)
                    told[key] = point
    results = [
        Explanation(measure, value, unit, tuple(names), told[key], cut)
        for key, names in found.items()
        for measure, value, unit, _, cut in [key]
    ]
    results.sort(key=lambda e: len(e.values))
    return results, [] if results else sorted(near, key=lambda e: abs(e.value - figure.value))[:3]


def _points(network: Network, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The point asked about, and those with other classes, another resolution, and both."""
    codes, own = network.parameter_codes, network.parameters
    classes = [n for n in CLASSES if n != own.get("classes")] if "classes" in codes and "classes" not in values else []
    sizes: list[Any] = []
    if "res" in codes and not {"res", "rho"} & set(values):
        declared = network.program.points.declared_values("res", network.variant)
        sizes = [v for v in dict.fromkeys((*declared, *RESOLUTIONS)) if v != own["res"]]
    for res in (None, *sizes):
        for n in (None, *classes):
            yield {**({} if n is None else {"classes": n}), **({} if res is None else {"res": res})}


def _at(
    network: Network, values: Mapping[str, Any], point: Mapping[str, Any], base: Cost, conventions: Iterable[Convention]
) -> list[tuple[Convention, Any, Any]]:
    """Each convention with its work and params at ``point``; those that can't count the network are left out."""
    found = []
    for convention in conventions:
        try:
            if convention.scaled is None:
                cost, scale = network.recount(base, convention), 1
            else:
                cost, scale = counted(network, {**values, **point}, convention)
            found.append((convention, whole(cost.counted * scale), whole(cost.params)))
        except CostcalcError:
            continue
    return found


def _likely(
    network: Network,
    values: Mapping[str, Any],
    point: Mapping[str, Any],
    base: Cost,
    figure: Printed,
    alike: list[tuple[Convention, Any, Any]],
) -> list[tuple[Convention, Any, Any]]:
    """As :func:`_at`, of those conventions only that can come near the figure at ``point``: the others take time."""
    try:
        there = network.cost({**values, **point})
    except CostcalcError:
        return []  # out of the parameter's range, or too small for the network
    low, high = figure.value * (_SPREAD - 1) / _SPREAD, figure.value * (_SPREAD + 1) / _SPREAD
    near = []
    for convention, work, params in alike:
        by_work = base.mult_adds and low <= whole(work) * there.mult_adds / base.mult_adds <= high
        by_params = "res" not in point and base.params and low <= params * there.params / base.params <= high
        if by_work or by_params:
            near.append(convention)
    return _at(network, values, point, there, near)


def _cut(figure: Printed, value: Any) -> str:
    """How ``value`` must be cut to be printed as ``figure``; "" if it never is."""
    if isinstance(value, float):
        from fractions import Fraction

        value = Fraction(value)
    if value == figure.value:
        return "exact"
    ways = [rule for rule in ("rounded", "truncated") if figure.contains(value, rule)]
    return " or ".join(ways)
