"""How much a cause is worth: of the figures around, as long as this one, how many would have one as near at hand."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ..record import Record
from ..units import Printed, Rule
from .printing import binary_power, padded

_AROUND = Fraction(1, 20)
_LEAST = 2
_MOST = 5_000
"""Figures so long that there are more around them are nobody's by chance."""


class Chance(Record):
    """Of ``around`` figures from ``low`` to ``high``, this one among them, ``alike`` would have such a cause."""

    alike: int
    around: int
    low: Fraction
    high: Fraction


def chance(figure: Printed, totals: Iterable[tuple[Any, Rule, frozenset[str]]]) -> Chance | None:
    """``totals``: each with the rule of its source and the ways (cut, padding, binary) it may also be read.

    None for a figure of so many digits that chance is out of question.
    """
    step = 1
    for shorter in padded(figure):
        step = 10 ** (shorter.exponent - figure.exponent)
    most = max(int(figure.digits * _AROUND), _LEAST * step) // step
    if 2 * most + 1 > _MOST:
        return None
    around = {figure.digits + k * step for k in range(-most, most + 1) if figure.digits + k * step > 0}
    alike = {figure.digits}
    for value, rule, ways in totals:
        alike |= _digits(figure, Fraction(value), rule, ways, step)
    unit = Fraction(10) ** figure.exponent
    return Chance(len(alike & around), len(around), min(around) * unit, max(around) * unit)


def _digits(figure: Printed, value: Fraction, rule: Rule, ways: frozenset[str], step: int) -> set[int]:
    """The digits that ``value`` may be printed as, at the figure's exponent."""
    scaled = value / Fraction(10) ** figure.exponent
    rules: set[Rule] = {rule, "rounded", "truncated"} if "cut" in ways else {rule}
    found = {_cut(scaled, r) for r in rules}
    if "padding" in ways and step > 1:
        found.add(step * _cut(scaled / step, rule))
    if "binary" in ways and (power := binary_power(figure)) is not None:
        found.add(_cut(scaled * Fraction(10 ** (3 * power // 10), 2**power), rule))
    return found


def _cut(value: Fraction, rule: Rule) -> int:
    if rule == "rounded":
        return int(2 * value + 1) // 2
    return int(value) if rule == "truncated" else -int(-value // 1)
