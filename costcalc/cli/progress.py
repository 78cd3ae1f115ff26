"""A bar on stderr for work that takes seconds, if that is somebody's terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def counting(total: int, unit: str, *, wanted: bool = True) -> Iterator[Callable[[int], None]]:
    """A bar of ``total`` things, while the block runs, and what moves it on by a number of them."""
    if not _is_watched(wanted):
        yield lambda number: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    told = TextColumn("{task.completed:,.0f} of {task.total:,.0f} " + unit, markup=False)
    columns = (BarColumn(), told, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda number: bar.advance(task, number)


def progress(items: Sequence[T], label: Callable[[T], str], *, wanted: bool = True) -> Iterable[T]:
    """``items``, and while they are gone through a bar that names each by its ``label``."""
    return _with_bar(items, label) if len(items) > 1 and _is_watched(wanted) else items


def _is_watched(wanted: bool) -> bool:
    """Whether stderr is somebody's terminal."""
    return wanted and not os.environ.get("CI") and sys.stderr is not None and sys.stderr.isatty()


def _with_bar(items: Sequence[T], label: Callable[[T], str]) -> Iterator[T]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=len(items))
        for item in items:
            bar.update(task, description=label(item))
            yield item
            bar.advance(task)
