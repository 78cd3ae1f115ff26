"""How an object is shown to people: its text and its HTML are tables, which are made far above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from .record import Record
from .units import exact

_LONGEST = 60


class Views(Record):
    """What makes the text and the HTML of an object; both are empty for what has no tables."""

    text: Callable[[object], str]
    html: Callable[[object], str]


class Shown:
    """Base of objects whose ``str`` and whose HTML in a notebook are tables; without any it is their ``repr``.

    ``views`` is set from above, by the package itself: no module down here knows a table (docs/design.md).
    """

    views: ClassVar[Callable[[], Views] | None] = None

    def __str__(self) -> str:
        return _made(lambda views: views.text(self)) or repr(self)

    def _repr_html_(self) -> str | None:
        """What a notebook shows; None: the ``repr``."""
        return _made(lambda views: views.html(self)) or None


def _made(make: Callable[[Views], str]) -> str:
    return "" if Shown.views is None else make(Shown.views())


def named(values: Mapping[str, Any]) -> str:
    """``alpha=0.5, head='small'``, as arguments in Python."""
    told = {name: repr(v) if isinstance(v, str | int) else figure(v) for name, v in values.items()}
    return ", ".join(f"{name}={text}" for name, text in told.items())


def figure(value: Any) -> str:
    """A count with its digits; of an array how many values it has; of an expression the beginning."""
    if isinstance(value, int) and not isinstance(value, bool):
        return exact(value)
    if hasattr(value, "dtype") and getattr(value, "size", 1) != 1:
        return f"<{value.size:,} values>"
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
