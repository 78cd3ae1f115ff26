"""From networks and values to a sweep whose every part is checked before anything of it is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..conventions import Convention
from ..errors import UsageError
from ..memory.asked import MemoryAsked
from ..network import Network
from ..record import Record
from ..space.frontier import Aim
from ..space.points import Axis, Draws, PointSet, Product
from ..space.ranges import Steps, Values
from .asked import SweepRequest, SweptNetwork, choose, figures, require_column
from .forms import Forms, constant_defaults

_CHECKED = 1000
"""Values of a parameter that are checked one by one; of more the first and the last."""


class Wanted(Record):
    """What is asked of the rows: how the points are chosen, which rows and columns are wanted.

    ``random`` is how many points are drawn, instead of all combinations.
    """

    random: int | None = None
    seed: int = 0
    where: str = ""
    aims: Sequence[Aim] = ()
    columns: str | None = None
    engine: str = "numpy"
    memory: MemoryAsked | None = None


def part_of(word: str, network: Network, values: Mapping[str, Any], wanted: Wanted) -> SweptNetwork:
    """A network over ``values``: :class:`Values` vary, another value stays what it is.

    Raises :class:`UsageError` for a value that a parameter can't have.
    """
    axes = [Axis(name, v) for name, v in values.items() if isinstance(v, Values)]
    given = {name: v for name, v in values.items() if not isinstance(v, Values)}
    for axis in axes:
        for value in _checked(network, axis):
            network.program.point({**given, axis.name: value}, network.variant)
    network.program.point({**given, **{axis.name: axis.values[0] for axis in axes}}, network.variant)
    points: PointSet = Product(axes) if wanted.random is None else Draws(axes, wanted.random, wanted.seed)
    return SweptNetwork(word, network, given, points)


def _checked(network: Network, axis: Axis) -> Sequence[Any]:
    code = network.parameter_codes.get(axis.name)
    ends_suffice = isinstance(axis.values, Steps) and (code is None or code.choices is None)
    if ends_suffice or axis.values.size > _CHECKED:
        return [axis.values[0], axis.values[-1]]
    return axis.values


def ask(parts: Sequence[SweptNetwork], wanted: Wanted, convention: Convention | None = None) -> SweepRequest:
    """The sweep over ``parts``.

    Raises :class:`UsageError` for an unknown column, :class:`SpecError` for a condition that is none.
    """
    if convention is not None and convention.scaled is not None:
        raise UsageError(
            f"{convention.name} takes the work at resolution {convention.scaled} times a ratio, which no sweep does"
        )
    if wanted.memory is not None:
        wanted.memory.check()
    known = figures(counted=convention is not None, memory=wanted.memory is not None)
    columns = choose(wanted.columns, parts, known)
    names = set(known).union(*(part.names for part in parts))
    for aim in wanted.aims:
        require_column(aim.column, [*known, *sorted(names.difference(known))])
        for part in parts:
            _require_numbers(part, aim.column, known)
    source = None if convention is None else convention.origin
    asked = SweepRequest(list(parts), columns, source, wanted.where, wanted.aims, wanted.engine, wanted.memory)
    Forms(asked)  # reads the condition for each of the networks
    return asked


def _require_numbers(part: SweptNetwork, column: str, figures: Sequence[str]) -> None:
    """A frontier compares numbers, which every row has."""
    if column in figures:
        return
    axis = next((axis for axis in part.points.axes if axis.name == column), None)
    types = axis.values.types() if axis else {type(part.given.get(column))}
    if not types <= {int, float}:
        what = "isn't a parameter of every network here" if type(None) in types else "isn't always a number"
        raise UsageError(f"a frontier is of numbers, and {column} {what}")


def known_values(part: SweptNetwork) -> dict[str, Any]:
    """The values of the parameters that don't vary, as far as nothing else decides about them."""
    return {**constant_defaults(part.network), **part.given}
