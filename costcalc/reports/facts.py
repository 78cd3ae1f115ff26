"""A table of facts about one thing: what each is, and what it says; and lists of names that end somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..table import Column, Table


def facts(what: str, name: str, told: Iterable[tuple[str, str]]) -> Table:
    """A row for each fact that isn't empty, under the thing itself: ``convention | mult_adds``."""
    columns = [Column("fact", what), Column("text", name, "formula")]
    return Table(columns, [(fact, text) for fact, text in told if text])


def some(names: Sequence[str], shown: int) -> str:
    """The first of ``names``, and how many more there are."""
    if len(names) <= shown:
        return ", ".join(names)
    return f"{', '.join(names[: shown - 1])} and {len(names) - shown + 1} more"
