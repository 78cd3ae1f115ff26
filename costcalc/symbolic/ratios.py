"""Closed forms side by side: which letters a network has, and the quotient of two forms."""

from __future__ import annotations

from typing import Any

import sympy

from ..network import Network
from .choosing import RHO, UNASKED


def quotient(a: Any, b: Any) -> Any:
    """a / b simplified: a sum of products where b divides into one, else one fraction. None if b is 0."""
    if b == 0:
        return None
    numerator, denominator = sympy.fraction(sympy.cancel(a / b))
    if denominator.is_Add:
        return numerator / denominator
    return sympy.expand(numerator / denominator)


def letters_of(network: Network) -> list[str]:
    """The parameters to which the spec gives a ``symbol``, α and ρ aside."""
    return [name for name, code in network.parameter_codes.items() if code.parameter.symbol and name not in UNASKED]


def has(network: Network, name: str) -> bool:
    """Whether the network has a parameter of that name, or a resolution where it is ρ."""
    codes = network.parameter_codes
    return name in codes or (name == RHO and "res" in codes)
