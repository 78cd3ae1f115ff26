"""Which networks ``list`` lists: by words, family, and conditions on what they cost."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from ..catalogue import Entry
from ..errors import UsageError, nearest, quoted
from ..language.index import folded
from ..space.budgets import Kind, read_figure

CONDITIONS: Mapping[str, Kind] = {"params": "count", "mult_adds": "count", "year": "number", "res": "number"}
"""The columns that ``--where`` may ask of."""
_CONDITION = re.compile(r"[\s,]*(?:and\s+)?(\w+)\s*(<=|>=|==|[<>=≤≥])\s*([^\s,<>=≤≥]+)[\s,]*")
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, "≤": operator.le, ">": operator.gt, ">=": operator.ge, "≥": operator.ge,
    "=": operator.eq, "==": operator.eq,
}  # fmt: skip


def matching(entries: list[Entry], words: tuple[str, ...]) -> list[Entry]:
    """Those with every word in a name or as family or task; if there are none, those with it in the title."""
    found = [entry for entry in entries if all(_is_called(entry, folded(word)) for word in words)]
    return found or [entry for entry in entries if all(_is_about(entry, folded(word)) for word in words)]


def _is_called(entry: Entry, word: str) -> bool:
    names = (entry.name, entry.network, *entry.aliases, *entry.points)
    return any(word in folded(name) for name in names) or word in (folded(entry.family), folded(entry.task))


def _is_about(entry: Entry, word: str) -> bool:
    return _is_called(entry, word) or word in folded(entry.title) or word in folded(entry.family)


def of_family(entries: list[Entry], family: str) -> list[Entry]:
    """Those of a family. Raises :class:`UsageError` if there is none."""
    found = [entry for entry in entries if entry.family.lower() == family.lower()]
    if not found:
        known = list(dict.fromkeys(entry.family for entry in entries if entry.family))
        there = f"; there are {', '.join(known)}"
        raise UsageError(f"no family is called {quoted(family)}{nearest(family, known)}{there}")
    return found


def nothing(words: tuple[str, ...], family: str | None, entries: list[Entry]) -> str:
    """That no network was found, with the name nearest to a single word."""
    where = "" if family is None else f" of the family {quoted(family)}"
    close = ""
    if len(words) == 1:
        close = nearest(words[0].lower(), [name for e in entries for name in (e.name, *e.aliases, *e.points)])
    return f"No network{where} matches {' '.join(map(quoted, words))}{close}."


def where(entries: list[Entry], text: str) -> list[Entry]:
    """Those that meet every condition of ``text``: ``params<4M mult_adds<300M``.

    A network without a figure doesn't meet a condition on it. Raises :class:`UsageError` for what is none on
    :data:`CONDITIONS`.
    """
    at = 0
    while at < len(text) or not at:
        match = _CONDITION.match(text, at)
        if match is None:
            raise UsageError(f"--where takes conditions such as 'params<4M mult_adds<300M', not {quoted(text[at:])}")
        column, compared, figure = match.groups()
        if column not in CONDITIONS:
            close = nearest(column, CONDITIONS)
            raise UsageError(f"there is no column {quoted(column)}{close}; there are {', '.join(CONDITIONS)}")
        bound, holds = read_figure(column, figure, CONDITIONS[column]), _COMPARED[compared]
        entries = [e for e in entries if isinstance(value := _figure(e, column), int) and holds(value, bound)]
        at = match.end()
    return entries


def _figure(entry: Entry, column: str) -> Any:
    return entry.parameters.get("res") if column == "res" else getattr(entry, column)
