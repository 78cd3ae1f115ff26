"""What one output element sees of an input along an axis: what kinds of ops do to a receptive field.

After Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019, equations 1
and 2, with what networks have beside convolutions and pools.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple


class Seen(NamedTuple):
    """Along one axis ``size`` elements, the first of them ``before`` the map, ``stride / finer`` further for the next.

    ``before`` is None where that depends on the position. ``what``: a window; the whole axis; elements whose order is
    another one afterwards (``mixed``); a part of the map (``part``), after which what sees all doesn't see all of it,
    until the parts are one again (``whole``); ``nothing``.
    """

    size: int = 1
    stride: int = 1
    before: int | None = 0
    what: Literal["window", "all", "mixed", "part", "whole", "nothing"] = "window"
    finer: int = 1


EACH = Seen()
ALL = Seen(what="all")
MIXED = Seen(what="mixed")
PART = Seen(what="part")
WHOLE = Seen(what="whole")
NOTHING = Seen(what="nothing")
MOVED = Seen(before=None)


def each(self: Any, shape: tuple[Any, ...], output: tuple[Any, ...]) -> tuple[Seen, ...]:
    """:meth:`Op.sees` of ops that work on each element, or on the channels; what is repeated is seen as a whole."""
    return tuple(ALL if n == 1 != m else EACH for n, m in zip(shape[1:], output[1:], strict=True))


def everything(self: Any, shape: tuple[Any, ...], output: tuple[Any, ...]) -> tuple[Seen, ...]:
    """:meth:`Op.sees` of ops each of whose elements is made of all positions."""
    return (ALL,) * (len(shape) - 1)


def mixed(self: Any, shape: tuple[Any, ...], output: tuple[Any, ...]) -> tuple[Seen, ...]:
    """:meth:`Op.sees` of ops behind which positions are in another order."""
    return (MIXED,) * (len(shape) - 1)


def part(self: Any, shape: tuple[Any, ...], output: tuple[Any, ...]) -> tuple[Seen, ...]:
    """:meth:`Op.sees` of ops that cut parts out of the map."""
    return (PART,) * (len(shape) - 1)
