"""``mult_adds=300M``, ``peak_memory<=512KiB``, ``latency=20ms``: the most that a column's figure may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..errors import UsageError, nearest, quoted
from ..record import Record

if TYPE_CHECKING:
    from fractions import Fraction

Kind: TypeAlias = Literal["count", "bytes", "seconds", "number"]
"""What a column's figures are: things, bytes, seconds, or a plain number such as a resolution."""

_THOUSANDS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_1024 = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}
_SCALES: dict[Kind, Mapping[str, int]] = {
    "number": {"": 1},
    "count": _THOUSANDS | {"K": 10**3} | _1024,  # of bytes KB is either, so it is refused there
    "bytes": {unit + b: n for unit, n in (_THOUSANDS | _1024).items() for b in ("", "B")},
    "seconds": {"s": 1, "ms": -(10**3), "us": -(10**6), "µs": -(10**6), "μs": -(10**6)},
}
"""What a unit multiplies by, or divides by where it is negative."""
_SUCH_AS = {
    "number": "224",
    "count": "300M (k, M and G are thousands; Ki, Mi and Gi 1024s)",
    "bytes": "512KiB (kB, MB, GB, KiB, MiB or GiB)",
    "seconds": "20ms (s, ms or us)",
}
_FIGURE = re.compile(r"([0-9]{1,20}(?:,[0-9]{3})*)(?:\.([0-9]{1,20}))?(?:[eE]\+?([0-9]{1,2}))?\s*([^\W\d]*)")


class CostBudget(Record):
    """At most ``most`` of ``column``, in things, bytes or seconds. ``text`` is that as it was given."""

    column: str
    most: int | Fraction
    text: str

    def holds(self, figure: Any) -> Any:
        """Whether ``figure``, a number or an array, is within."""
        return figure <= (self.most if isinstance(self.most, int) else float(self.most))


def read_budget(text: str, kinds: Mapping[str, Kind]) -> CostBudget:
    """The budget that ``text`` says: a column of ``kinds``, ``=`` or ``<=``, a figure with its unit.

    Raises :class:`UsageError` for another column, and for a figure that isn't one of its kind.
    """
    match = re.fullmatch(r"\s*(\w+)\s*(?:<=|=|≤)\s*(.*?)\s*", text)
    if match is None:
        raise UsageError(f"a budget is COLUMN=FIGURE, such as mult_adds=300M, not {quoted(text)}")
    column, figure = match.groups()
    if column not in kinds:
        known = f"; there are {', '.join(kinds)}"
        raise UsageError(f"there is no column {quoted(column)}{nearest(column, kinds)}{known}")
    return CostBudget(column, read_figure(column, figure, kinds[column]), text.strip())


def read_figure(column: str, text: str, kind: Kind) -> int | Fraction:
    """The figure that ``text`` says, exactly, in things, bytes or seconds."""
    match = _FIGURE.fullmatch(text)
    scale = match and _SCALES[kind].get(match[4])
    if match is None or scale is None:
        raise UsageError(f"the budget of {column} is a figure such as {_SUCH_AS[kind]}, not {quoted(text)}")
    decimals = match[2] or ""
    above: int = int(match[1].replace(",", "") + decimals) * 10 ** int(match[3] or 0) * max(scale, 1)
    below: int = 10 ** len(decimals) * max(-scale, 1)
    if above % below == 0:
        return above // below
    from fractions import Fraction  # which takes 3 ms, and few budgets need it

    return Fraction(above, below)
