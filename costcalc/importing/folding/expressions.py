"""What the values of an argument have in common over all runs of a block: a rule of a closed list that is exact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...arithmetic import make_divisible

Column = Sequence[int | None]
"""A number for each run; None where the run has none."""

DIVISORS = (2, 3, 4, 6, 8, 12, 16)
LARGEST_FACTOR = 16
FEW = 3
"""Distinct values from which on a rounding rule isn't a coincidence."""


def equal(name: str, known: Sequence[int], wanted: Column) -> str:
    """``name`` if it is what is wanted everywhere."""
    return name if all(w is None or w == n for n, w in zip(known, wanted, strict=True)) else ""


def multiple(name: str, known: Sequence[int], wanted: Column) -> str:
    """``4*name``, ``name//4`` or ``3*name//2`` if one factor holds everywhere."""
    pairs = [(n, w) for n, w in zip(known, wanted, strict=True) if w is not None]
    n0, w0 = pairs[0]
    if not n0 or not w0 or any(n * w0 != w * n0 for n, w in pairs):
        return ""
    from math import gcd

    top, bottom = w0 // gcd(n0, w0), n0 // gcd(n0, w0)
    if max(top, bottom) > LARGEST_FACTOR and top != 1 and bottom != 1:
        return ""
    times = name if top == 1 else f"{top}*{name}"
    return times if bottom == 1 else f"{times}//{bottom}"


def divisible(name: str, known: Sequence[int], wanted: Column) -> str:
    """``make_divisible(name/4, 8)`` if that holds everywhere, at more than a few values."""
    pairs = [(n, w) for n, w in zip(known, wanted, strict=True) if w is not None]
    if len({w for _, w in pairs}) < FEW:
        return ""
    for q in DIVISORS:
        if all(make_divisible(n / q, 8) == w for n, w in pairs):
            return f"make_divisible({name}/{q}, 8)"
    return ""


def less(name: str, known: Sequence[int], other: str, others: Sequence[int], wanted: Column) -> str:
    """``name - other`` if that holds everywhere, at more than one value."""
    rows = [(n, o, w) for n, o, w in zip(known, others, wanted, strict=True) if w is not None]
    if len({w for *_, w in rows}) < 2 or any(n - o != w for n, o, w in rows):
        return ""
    return f"{name} - {other}"


Known = Sequence[tuple[str, Sequence[int]]]
"""Names, and their numbers over the runs."""


def follows(wanted: Column, *tiers: Known) -> str:
    """The first rule by which ``wanted`` follows from one of those known, or from two; empty if none does.

    What stands in an earlier tier is preferred.
    """
    return next(_follows(wanted, tiers), "")


def _follows(wanted: Column, tiers: Sequence[Known]) -> Iterator[str]:
    for rules in ((equal, multiple), (divisible,)):
        for tier in tiers:
            for rule in rules:
                yield from filter(None, (rule(name, column, wanted) for name, column in tier))
    known = [pair for tier in tiers for pair in tier]
    for name, column in known:
        for other, others in known:
            if name != other:
                yield from filter(None, (less(name, column, other, others, wanted),))
