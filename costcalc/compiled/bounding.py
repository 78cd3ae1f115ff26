"""Between which numbers every place of a record lies, at the points that its guards let pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..arithmetic.bounds import ANY, Bounds, of_number, of_operation
from ..arithmetic.limits import LIMIT
from ..arithmetic.recorder import narrowed
from .recording import Recording


def holds(name: str, of: list[Bounds]) -> bool:
    """Whether a comparison holds for all numbers between these bounds."""
    if name == "small":
        return bool(-LIMIT < of[0].low <= of[0].high < LIMIT)
    return name == "less_equal" and bool(of[0].high <= of[1].low)


def bounds_of(record: Recording, box: Mapping[str, Bounds]) -> tuple[list[Bounds], list[Bounds]]:
    """The bounds of every place: as they follow from its operands, and as the guards leave them.

    A guard is decided by the first: by the second it would prove itself.
    """
    found = [box.get(name, ANY) for name in record.parameters]
    found += [of_number(x) for x in record.constants]
    following = found[:]
    told: dict[int, list[int]] = {}
    nodes: list[Any] = [()] * len(found) + record.instructions
    for place, _ in record.guards:
        for k in nodes[place][1:]:
            told.setdefault(k, []).append(place)

    def narrow(place: int) -> None:
        for guard in told.get(place, ()):
            if all(k < len(found) for k in nodes[guard][1:]):
                for k, bounds in narrowed(nodes, found.__getitem__, guard):
                    found[k] = bounds

    for k in range(len(record.parameters)):
        narrow(k)
    for number, (name, *of) in enumerate(record.instructions, record.first):
        following.append(of_operation(name, *(found[k] for k in of)))
        found.append(following[-1])
        narrow(number)
    return following, found
