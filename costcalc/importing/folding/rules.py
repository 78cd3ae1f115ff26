"""How a number of a network follows from an argument of its constructor: rules of a closed list, else a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ...arithmetic import ceil, floor, make_divisible, maximum, mul, round_half_even


class VaryingRule(NamedTuple):
    """A text over the argument ``{v}`` and the number ``{c}`` that is there where it is 1; and what it computes."""

    text: str
    compute: Callable[[float, int], object]


RULES = (
    VaryingRule("{v}*{c}", lambda v, c: mul(v, c)),
    VaryingRule("make_divisible({v}*{c}, 8)", lambda v, c: make_divisible(mul(v, c), 8)),
    VaryingRule("make_divisible({c}*max(1, {v}), 8)", lambda v, c: make_divisible(mul(c, maximum(1, v)), 8)),
    VaryingRule("{c}*max(1, {v})", lambda v, c: mul(c, maximum(1, v))),
    VaryingRule("round({v}*{c})", lambda v, c: round_half_even(mul(v, c))),
    VaryingRule("floor({v}*{c})", lambda v, c: floor(mul(v, c))),
    VaryingRule("ceil({v}*{c})", lambda v, c: ceil(mul(v, c))),
    VaryingRule("max(1, round({v}*{c}))", lambda v, c: maximum(1, round_half_even(mul(v, c)))),
    VaryingRule("make_divisible({v}*{c}, 4)", lambda v, c: make_divisible(mul(v, c), 4)),
    VaryingRule("make_divisible({v}*{c}, 16)", lambda v, c: make_divisible(mul(v, c), 16)),
)

Numbers = Sequence[int]
"""A number of the network at each value of the argument."""


def base_of(values: Sequence[float], numbers: Numbers) -> int | None:
    """The number where the argument is 1; None if that isn't among its values."""
    return next((n for v, n in zip(values, numbers, strict=True) if v == 1), None)


def holds(rule: VaryingRule, values: Sequence[float], numbers: Numbers) -> bool:
    """Whether ``rule`` gives each of the numbers."""
    base = base_of(values, numbers)
    if base is None:
        return False
    return all(rule.compute(v, base) == n for v, n in zip(values, numbers, strict=True))


def best(values: Sequence[float], column: Sequence[Numbers]) -> VaryingRule | None:
    """The first rule that holds for the most of a column, and for more than half of it; None if there is no such."""
    number, found = max(
        ((sum(1 for numbers in column if holds(rule, values, numbers)), -k) for k, rule in enumerate(RULES)),
        default=(0, 0),
    )
    return RULES[-found] if number > max(1, len(column) // 2) else None


def written(name: str, values: Sequence[float], numbers: Numbers) -> str:
    """The number as an expression over the argument: by a rule, or looked up."""
    if len(set(numbers)) == 1:
        return str(numbers[0])
    for rule in RULES:
        if holds(rule, values, numbers):
            return rule.text.format(v=name, c=base_of(values, numbers))
    pairs = sorted(zip(values, numbers, strict=True))
    keys, found = (", ".join(texts) for texts in zip(*((f"{v:g}", str(n)) for v, n in pairs), strict=True))
    return f"pick({name}, [{keys}], [{found}])"
