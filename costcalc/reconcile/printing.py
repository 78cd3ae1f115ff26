"""How a total has to be read to stand in print as a figure: rounded, cut, without padding, in units of 2³⁰."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

from ..record import Record
from ..units import Printed, Rule

ReadingKind = Literal["cut", "padding", "binary"]

_BINARY = {"k": 10, "K": 10, "M": 20, "G": 30, "T": 40}
"""Powers of two that stand behind a letter where a program divides by 1024; B and words are decimal."""


class Reading(Record):
    """One way in which a value is printed so.

    ``cut`` says how the value is cut to the digits: exact, rounded, truncated, ceiled, or "rounded or truncated"
    alike. ``kind`` is what is unusual about it, None for nothing; ``words`` say that.
    """

    cut: str
    kind: ReadingKind | None = None
    words: str = ""


def reading(figure: Printed, value: Any, rule: Rule = "rounded") -> Reading | None:
    """How ``value`` is printed as ``figure`` by a source that cuts its figures by ``rule``; None if it never is.

    The first that holds: by that rule, cut the other way, without the zeros that may be padding, in units of 2³⁰.
    """
    value = Fraction(value)
    if cut := _cut(figure, value):
        if cut == "exact" or rule in cut:
            return Reading(cut)
        if figure.contains(value, rule):  # ceiled
            return Reading(rule)
        return Reading(cut, "cut", "cut, not rounded" if cut == "truncated" else "rounded, not cut")
    if figure.contains(value, rule):
        return Reading(rule)
    for shorter in padded(figure):
        if shorter.contains(value, rule):
            return Reading(rule, "padding", f"as {shorter.text}")
    if (power := binary_power(figure)) is not None:
        scaled = value * Fraction(10 ** (3 * power // 10), 2**power)
        if figure.contains(scaled, rule):
            return Reading(rule, "binary", f"in units of 2{_raised(power)}")
    return None


def _cut(figure: Printed, value: Fraction) -> str:
    """How ``value`` must be cut to be printed as ``figure``; "" if it never is."""
    if value == figure.value:
        return "exact"
    rules: tuple[Rule, ...] = ("rounded", "truncated")
    return " or ".join(rule for rule in rules if figure.contains(value, rule))


def padded(figure: Printed) -> Iterator[Printed]:
    """``figure`` with one zero at its end less, with two less, ...: 390 M may be 0.39 B, whose zero says nothing.

    Two digits stay, and zeros behind a decimal point are digits: nobody writes them for nothing.
    """
    digits, exponent = figure.digits, figure.exponent
    while "." not in figure.text and digits % 10 == 0 and digits >= 100:
        digits, exponent = digits // 10, exponent + 1
        yield figure._replace(text=_text(digits, exponent), digits=digits, exponent=exponent)


def _text(digits: int, exponent: int) -> str:
    """All digits, in the smallest unit that needs no padding."""
    power = -(-exponent // 3) * 3
    units = {3: "k", 6: "M", 9: "B", 12: "T"}
    if power not in units:
        return f"{digits}e{exponent}"
    whole, decimals = divmod(digits, 10 ** (power - exponent))
    return f"{whole}.{decimals:0{power - exponent}d} {units[power]}" if power > exponent else f"{whole} {units[power]}"


def binary_power(figure: Printed) -> int | None:
    """The power of two that the unit of ``figure`` may stand for: 30 for G; None if it has no such unit."""
    found = re.search(r"[0-9]\s*([kKMGT])(?![a-z])", figure.text)
    return _BINARY[found[1]] if found else None


def _raised(power: int) -> str:
    return str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
