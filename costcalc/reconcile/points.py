"""Other points of a network that somebody's figure may be for: variants, options, classes, resolutions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from ..language.values import axes_of
from ..network import Network
from ..record import Record, fresh
from .parts import CLASSES

Kind = Literal["variant", "option", "classes", "resolution"]

KNOWN_CLASSES = (1000, 1001)
"""ImageNet's, with and without a class for the background."""

RESOLUTIONS = (224, 240, 256, 299, 320, 331)
"""Inputs that networks are often evaluated at, whatever their own."""

MAX_OPTIONS = 60
"""So many values of options are tried, and so many variants."""


class OtherPoint(Record):
    """A point that differs from the one asked about by a variant or by ``values``; ``kinds`` say in which ways."""

    kinds: tuple[Kind, ...] = ()
    variant: str | None = None
    values: Mapping[str, Any] = fresh(default_factory=dict)

    def network(self, network: Network) -> Network:
        """``network`` there."""
        return Network(network.program, self.variant) if self.variant is not None else network


def points(network: Network, values: Mapping[str, Any], fixed: Collection[str]) -> Iterator[OtherPoint]:
    """What differs from ``values`` in one way, the likely ways first; classes and resolution also together.

    Parameters in ``fixed`` keep their values.
    """
    here = {**network.parameters, **values}
    for name in network.variants[:MAX_OPTIONS]:
        if name != network.variant:
            yield OtherPoint(("variant",), name)
    for name, value in _options(network, here, fixed)[:MAX_OPTIONS]:
        yield OtherPoint(("option",), values={name: value})
    classes = [n for n in KNOWN_CLASSES if n != here.get(CLASSES)]
    if CLASSES not in here or CLASSES in fixed:
        classes = []
    for n in classes:
        yield OtherPoint(("classes",), values={CLASSES: n})
    for res in _resolutions(network, here, fixed):
        yield OtherPoint(("resolution",), values={"res": res})
        for n in classes:
            yield OtherPoint(("classes", "resolution"), values={CLASSES: n, "res": res})


def _options(network: Network, here: Mapping[str, Any], fixed: Collection[str]) -> list[tuple[str, Any]]:
    """The other value of each yes/no parameter, and the other values that the source evaluates."""
    found: list[tuple[str, Any]] = []
    declared = network.program.points.declared_values
    for name, value in here.items():
        if name in fixed or name in (CLASSES, "res") or name not in network.parameter_codes:
            continue
        if isinstance(value, bool):
            found.append((name, not value))
        else:
            found += [(name, v) for v in declared(name, network.variant) if v != value]
    return found


def _resolutions(network: Network, here: Mapping[str, Any], fixed: Collection[str]) -> list[Any]:
    if "res" not in network.parameter_codes or {"res", "rho"} & set(fixed):
        return []
    declared = network.program.points.declared_values("res", network.variant)
    return [v for v in dict.fromkeys((*declared, *RESOLUTIONS)) if v != axes_of(here["res"])[0]]
