"""Values as JSON holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FORMAT = 1
"""The version of every JSON output, its first key: a change that breaks a reader raises it."""


def with_format(document: Mapping[str, Any]) -> dict[str, Any]:
    """``document`` behind the version of its form."""
    return {"format": FORMAT, **document}


def plain(value: Any) -> Any:
    """What JSON holds: whole numbers as ints, fractions as floats where that is exact, else as text (6/7)."""
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if hasattr(value, "denominator"):
        if value.denominator == 1:
            return int(value)
        return float(value) if value.denominator & (value.denominator - 1) == 0 else str(value)
    return str(value)
