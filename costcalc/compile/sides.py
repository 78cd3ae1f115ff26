"""Parameters that are both height and width of an input (``res x res x 3``): a number, or a rectangle ``192x256``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from ..language.model import Spec
from ..language.syntax import Attribute, Name, Node, walk
from ..language.values import Size

SIDES = ("h", "w")


def of_inputs(spec: Spec) -> frozenset[str]:
    """The parameters that give the height and the width of an input: bare, or by ``res.h`` and ``res.w``."""
    found: set[str] = set()
    for given in spec.inputs:
        if len(given.dims) > 2:
            *_, down, across, _ = given.dims
            found |= _named(down, "h") & _named(across, "w")
    return frozenset(found & set(spec.parameters))


def _named(node: Node, side: str) -> set[str]:
    if isinstance(node, Name):
        return {node.id}
    sides = [n.of for n in walk(node) if isinstance(n, Attribute) and n.name == side]
    return {of.id for of in sides if isinstance(of, Name)}


def with_sides(dims: tuple[Node, ...], sides: Collection[str]) -> tuple[Node, ...]:
    """The sizes of an input, where a bare parameter is its height in the one place, its width in the other."""
    if len(dims) < 3:
        return dims
    *front, down, across, c = dims
    return (*front, *(_side(n, side, sides) for n, side in zip((down, across), SIDES, strict=True)), c)


def _side(node: Node, side: str, sides: Collection[str]) -> Node:
    bare = isinstance(node, Name) and node.id in sides
    return Attribute(node.text, node.at, node, side) if bare else node


def settled(name: str, value: Any, width: Callable[[Any], Any] | None, frame: Any) -> Any:
    """A value of such a parameter: a rectangle, or where its sides are alike one number.

    ``width`` is what the spec says of it where one number is given: that is then a rectangle in any case.
    """
    if isinstance(value, Size):
        h, w = value.axes
        return h if width is None and type(h) is type(w) is int and h == w else value
    if width is None:
        return value
    frame.point.values[name] = value
    return Size(value, width(frame))
