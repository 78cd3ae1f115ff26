"""What is searched: the points of a network that its spec declares, or those that are asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from ..catalogue import Entry, entries
from ..errors import UsageError, nearest, quoted
from ..language.folders import specs_folder
from ..network import Network, SpecLoader
from ..record import Record, fresh
from ..space.points import Axis
from ..space.ranges import OneByOne, Steps, Values

GRID = 1000
"""A parameter that has a range and no values is searched in steps of 1/GRID."""
MOST_OF_MANY = 10_000
"""Points of one network that are searched where many networks are; more are searched where it is asked for by name."""


def grid(network: Network, name: str) -> Values:
    """The range of a parameter: whole numbers where its default is one, else in steps of 1/GRID.

    Raises :class:`UsageError` for a parameter without a range.
    """
    limits = network.program.points.declared_range(name, network.variant)
    if limits is None or not all(isinstance(end, int | float) for end in limits):
        raise UsageError(f"{name} of {network.name} has no range; say which values, as in {name}=0.5:1:0.25")
    scale = 1 if isinstance(network.parameters[name], int) else GRID
    low, high = round(limits[0] * scale), round(limits[1] * scale)
    return Steps(low, 1, high - low + 1, scale)


class Over(Record):
    """Parameters whose values are asked for: their names, and what gives a network's values of one."""

    names: Sequence[str] = ()
    values: Callable[[Network, str], Values] = grid


class Searched(Record):
    """A network as ``load`` takes it, and its points: every combination of the values of ``axes``.

    ``given``: parameters that keep a value. ``open``: loads the network, which need not be for a point whose costs the
    index has, ``known``.
    """

    name: str
    file: str
    open: Callable[[], Network]
    given: Mapping[str, Any] = fresh(default_factory=dict)
    axes: Sequence[Axis] = ()
    known: Mapping[str, Any] | None = None
    defaults: Mapping[str, Any] = fresh(default_factory=dict)

    @property
    def count(self) -> int:
        """How many points there are."""
        return prod(axis.values.size for axis in self.axes)


def classifiers(over: Over) -> tuple[list[Searched], list[str]]:
    """Every shipped network for classification, and the names of those that have too many points for this.

    ``over``: parameters whose values are asked for, in place of all declared ones; then only networks that have them.
    """
    loader = SpecLoader()
    found: list[Searched] = []
    left_out: list[str] = []
    for entry in entries()[0]:
        if entry.task != "classification" or any(name not in entry.parameters for name in over.names):
            continue
        one = _of_entry(entry, over, loader)
        if one.count > MOST_OF_MANY:
            if not entry.is_variant:
                left_out.append(entry.name)
        else:
            found.append(one)
    if not found:
        raise UsageError(f"no network for classification has the parameters {', '.join(over.names)}")
    return found, left_out


def _of_entry(entry: Entry, over: Over, loader: SpecLoader) -> Searched:
    path = os.path.join(specs_folder(), entry.file)

    def opened() -> Network:
        return loader.at(path, entry.name if entry.is_variant else None)

    if over.names:
        return of_network(opened(), {}, over, entry.name, entry.file)
    axes = [
        Axis(name, OneByOne(_with_own(map(_exact, values), entry.parameters[name])))
        for name, values in entry.values.items()
        if name not in entry.sets
    ]
    known = {"params": entry.params, "mult_adds": entry.mult_adds}
    return Searched(entry.name, entry.file, opened, {}, axes, known, entry.parameters)


def _exact(value: Any) -> Any:
    """A value as the index has it: a fraction there is a text."""
    return Fraction(value) if isinstance(value, str) and re.fullmatch("[0-9]+/[0-9]+", value) else value


def of_network(network: Network, given: Mapping[str, Any], over: Over, name: str = "", file: str = "") -> Searched:
    """``network`` over the values that are asked for, or else over the declared values of what isn't ``given``.

    Raises :class:`UsageError` for a parameter that it hasn't, and for values that it doesn't take.
    """
    defaults = network.program.point(dict(given), network.variant).values
    for parameter in over.names:
        if parameter not in network.parameter_codes:
            known = ", ".join(network.parameter_codes)
            close = nearest(parameter, network.parameter_codes)
            raise UsageError(f"{network.name} has no parameter {quoted(parameter)}; it has {known}{close}")
        if parameter in given:
            raise UsageError(f"{parameter} is given a value, and values to search")
    if over.names:
        axes = [Axis(name, over.values(network, name)) for name in over.names]
        for axis in axes:
            _check(network, given, axis)
    else:
        free = [name for name in network.parameter_codes if name not in given and not _is_set(network, name)]
        axes = [Axis(name, values) for name in free if (values := _declared(network, name, defaults[name]))]
    return Searched(name or network.name, file or network.name, lambda: network, given, axes, None, defaults)


def _check(network: Network, given: Mapping[str, Any], axis: Axis) -> None:
    """An error for a value that the parameter doesn't take; of many values only the ends are asked."""
    values = axis.values
    for k in range(values.size) if values.size <= GRID else (0, values.size - 1):
        network.program.point({**given, axis.name: values.at(k)}, network.variant)


def _is_set(network: Network, parameter: str) -> bool:
    variant = network.variant
    return variant is not None and parameter in network.program.spec.points[variant].values


def _declared(network: Network, name: str, own: Any) -> Values | None:
    """The declared values, or of a width without any its range; None for a parameter that keeps its value."""
    declared = network.program.points.declared_values(name, network.variant)
    if declared:
        return OneByOne(_with_own(declared, own))
    has_range = network.program.points.declared_range(name, network.variant) is not None
    return grid(network, name) if has_range and network.roles.get("width") == name and isinstance(own, float) else None


def _with_own(values: Iterable[Any], own: Any) -> list[Any]:
    """The values from the smallest, the point's own among them."""
    every = list(dict.fromkeys([*values, own]))
    return sorted(every) if all(isinstance(v, int | float | Fraction) for v in every) else every
