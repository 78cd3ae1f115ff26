"""Two lists brought side by side at the least cost, as an edit distance does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

_CELLS = 400_000  # about half a second


def align(
    before: Sequence[T], after: Sequence[T], distance: Callable[[T, T], int], gap: int
) -> list[tuple[T | None, T | None]]:
    """Pairs in order, each element in one of them; None stands opposite an element that was removed or added.

    The sum of ``distance`` over the pairs and of ``gap`` over single elements is the least there is, except for lists
    of which both have more than several hundred elements that differ: there pairs further apart aren't tried.
    Distances are 0 for equal elements and never negative.
    """
    start = _equal(before, after, distance)
    rest, others = before[start:], after[start:]
    end = _equal(rest[::-1], others[::-1], distance)
    middle = _middle(rest[: len(rest) - end], others[: len(others) - end], distance, gap)
    tail = zip(rest[len(rest) - end :], others[len(others) - end :], strict=True)
    return [*zip(before[:start], after[:start], strict=True), *middle, *tail]


def _equal(before: Sequence[T], after: Sequence[T], distance: Callable[[T, T], int]) -> int:
    """How many elements the lists have in common at their start."""
    count = 0
    for a, b in zip(before, after, strict=False):
        if distance(a, b):
            break
        count += 1
    return count


def _middle(
    before: Sequence[T], after: Sequence[T], distance: Callable[[T, T], int], gap: int
) -> list[tuple[T | None, T | None]]:
    rows, columns = len(before), len(after)
    if not rows or not columns:
        return [*((a, None) for a in before), *((None, b) for b in after)]
    # Around the diagonal, wide enough for the windows of two rows to touch.
    reach = max(_CELLS // (2 * rows), columns // rows + 2)
    lows = [max(0, i * columns // rows - reach) for i in range(rows + 1)]
    highs = [min(columns, i * columns // rows + reach) for i in range(rows + 1)]
    none = gap * (rows + columns) + 1  # more than any whole alignment
    best = {j: j * gap for j in range(lows[0], highs[0] + 1)}
    steps: list[dict[int, str]] = [dict.fromkeys(best, "after")]
    for i in range(1, rows + 1):
        a, line, chosen = before[i - 1], dict[int, int](), dict[int, str]()
        for j in range(lows[i], highs[i] + 1):
            cost, step = best.get(j, none) + gap, "before"
            if j and (single := line.get(j - 1, none) + gap) <= cost:
                cost, step = single, "after"
            if j and j - 1 in best and (pair := best[j - 1] + distance(a, after[j - 1])) <= cost:
                cost, step = pair, "both"
            line[j], chosen[j] = cost, step
        best = line
        steps.append(chosen)
    return _walk(before, after, steps)


def _walk(before: Sequence[T], after: Sequence[T], steps: list[dict[int, str]]) -> list[tuple[T | None, T | None]]:
    """The pairs along the steps, from the end back."""
    i, j = len(before), len(after)
    found: list[tuple[T | None, T | None]] = []
    while i or j:
        step = steps[i][j]
        i -= step != "after"
        j -= step != "before"
        found.append((None if step == "after" else before[i], None if step == "before" else after[j]))
    return found[::-1]
