"""Values as JSON holds them, and as the command line takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import printable

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


def shown(value: Any) -> str:
    """A value as the command line takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return printable(str(value))


def listed(parameters: Mapping[str, Any]) -> str:
    """``alpha=0.5, res=160``."""
    return ", ".join(f"{name}={shown(value)}" for name, value in parameters.items())
