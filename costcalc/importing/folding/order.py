"""In which order classes become blocks: those that run in others first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .tree import Branch

_Kind = tuple[str, int]
"""A class; of one that runs within itself, the height of the run too."""


def classes_in_order(roots: Sequence[Branch]) -> Iterator[tuple[str, list[Branch]]]:
    """The runs of each class, or of each height of it, after all that run in them."""
    runs = [run for root in roots for run in root.branches()]
    heights = {id(run): run.height() for run in runs}
    inside: dict[str, set[str]] = {run.cls: set() for run in runs}
    for run in runs:
        inside[run.cls] |= {inner.cls for inner in run.branches()}
    for cls in inside:
        _close(cls, inside)
    groups: dict[_Kind, list[Branch]] = {}

    def kind(run: Branch) -> _Kind:
        return run.cls, heights[id(run)] if run.cls in inside[run.cls] else 0

    for run in runs:
        groups.setdefault(kind(run), []).append(run)
    done: set[_Kind] = set()
    for first in groups:
        pending = [(first, False)]
        while pending:
            current, ready = pending.pop()
            if current in done:
                continue
            if ready:
                done.add(current)
                yield current[0], groups[current]
                continue
            pending.append((current, True))
            for run in groups[current]:
                pending += [(kind(inner), False) for inner in run.branches() if kind(inner) not in done]


def _close(cls: str, inside: dict[str, set[str]]) -> None:
    """Let ``inside[cls]`` have what is inside of those in it."""
    pending = list(inside[cls])
    while pending:
        for inner in inside[pending.pop()] - inside[cls]:
            inside[cls].add(inner)
            pending.append(inner)
