"""Work that a source counts and no layer does: an expression over the network's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..compile.sides import SIDES
from ..errors import nearest, quoted
from ..language.closures import Value, const, constant
from ..language.interpreter import Meaning, compile_plain
from ..language.syntax import Attribute, Name, Node
from ..language.values import axes_of


class _Parameters(Meaning):
    """Names are the parameters of a network at a point."""

    def __init__(self, network: str, values: Mapping[str, Any]) -> None:
        self._network = network
        self._values = values

    def value(self, node: Node) -> Value:
        if isinstance(node, Attribute) and isinstance(node.of, Name) and node.name in SIDES:
            return const(axes_of(constant(self.value(node.of)))[-SIDES.index(node.name)])
        if isinstance(node, Name):
            if node.id not in self._values:
                close = nearest(node.id, self._values)
                raise node.error(f"{self._network} has no parameter {quoted(node.id)}{close}")
            return const(self._values[node.id])
        code = compile_plain(node, self)
        if code is None:
            raise node.error(f"an expression over the parameters of {self._network} is due here")
        return code


def work_beside(node: Node, network: str, values: Mapping[str, Any]) -> Fraction:
    """The value of ``node`` where the parameters of ``network`` have ``values``. Raises :class:`SpecError`."""
    value = _Parameters(network, values).value(node)(None)
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise node.error(f"work is a number, not {quoted(value)}")
    return Fraction(value)
