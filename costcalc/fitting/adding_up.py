"""The best choice of a point of each part whose sums keep within budgets: exact, by dynamic programming."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

from ..errors import UsageError

MOST_SUMS = 3_000_000
"""Different sums that are kept at a time."""

Sums = tuple[Any, ...]
Picked = tuple[Any, ...]
"""The number of the point that was taken of each part, in their order."""


def best_choice(parts: Sequence[Sequence[Sums]], most: Sequence[Any], prefer: int) -> tuple[Picked, Sums] | None:
    """The points of the parts whose sum of column ``prefer`` is the largest with no column above ``most`` (None: free).

    ``parts`` have the columns of each of their points. None where no choice keeps within.
    """
    if not all(parts):
        return None
    columns = range(len(most))
    limited = [c for c in columns if most[c] is not None]
    low = [min(f[c] for f in part) for part in parts for c in columns]
    lows = [[low[p * len(most) + c] for c in columns] for p in range(len(parts))]
    middle = _middle(parts)
    halves = []
    for chosen in (range(middle), range(middle, len(parts))):
        others = [p for p in range(len(parts)) if p not in chosen]
        room = [None if most[c] is None else most[c] - sum(lows[p][c] for p in others) for c in columns]
        halves.append(_sums([parts[p] for p in chosen], room, prefer, limited))
    left, right = halves
    ordered = sorted(right.items(), key=lambda item: item[0][prefer])
    keys = [sums[prefer] for sums, _ in ordered]
    best: tuple[Picked, Sums] | None = None
    for sums, picked in left.items():
        end = len(keys) if most[prefer] is None else _upto(keys, most[prefer] - sums[prefer])
        for k in range(end - 1, -1, -1):
            if best is not None and sums[prefer] + keys[k] <= best[1][prefer]:
                break
            other, more = ordered[k]
            if all(sums[c] + other[c] <= most[c] for c in limited):
                best = (*picked, *more), tuple(a + b for a, b in zip(sums, other, strict=True))
                break
    return best


def nearest_choice(parts: Sequence[Sequence[Sums]], most: Sequence[Any]) -> tuple[Picked, Sums] | None:
    """The choice whose largest ratio of a sum to what ``most`` allows is the least; None where a part has no points."""
    if not all(parts):
        return None
    limited = [c for c in range(len(most)) if most[c] is not None]
    states: dict[Sums, Picked] = {(0,) * len(most): ()}
    for part in parts:
        states = _fewest(_added(states, part), limited)
    return min(((p, s) for s, p in states.items()), key=lambda item: max(_ratio(item[1][c], most[c]) for c in limited))


def _ratio(figure: Any, most: Any) -> float:
    return float(figure / most) if most else float(figure) * 2.0**60


def _upto(keys: Sequence[Any], most: Any) -> int:
    """How many of the ascending ``keys`` are at most ``most``."""
    k = bisect_left(keys, most)
    while k < len(keys) and keys[k] == most:
        k += 1
    return k


def _middle(parts: Sequence[Sequence[Sums]]) -> int:
    """Where to cut, so that both sides have about as many combinations."""
    whole = prod(map(len, parts))
    k = 0
    while k < len(parts) and prod(map(len, parts[: k + 1])) ** 2 <= whole:
        k += 1
    return max(k, 1)


def _sums(
    parts: Sequence[Sequence[Sums]], room: Sequence[Any], prefer: int, limited: Sequence[int]
) -> dict[Sums, Picked]:
    """The sums of the parts that keep within ``room``, but for those that another one beats."""
    states: dict[Sums, Picked] = {(0,) * len(room): ()}
    for number, part in enumerate(parts):
        rest = [sum(min(f[c] for f in other) for other in parts[number + 1 :]) for c in range(len(room))]
        bound = [(c, room[c] - rest[c]) for c in limited]
        added = _added(states, part)
        states = {sums: picked for sums, picked in added.items() if all(sums[c] <= most for c, most in bound)}
        others = [c for c in limited if c != prefer]
        states = _undominated(states, prefer, others, is_limited=prefer in limited)
    return states


def _added(states: dict[Sums, Picked], part: Sequence[Sums]) -> dict[Sums, Picked]:
    made: dict[Sums, Picked] = {}
    for sums, picked in states.items():
        for k, figures in enumerate(part):
            made.setdefault(tuple(a + b for a, b in zip(sums, figures, strict=True)), (*picked, k))
        if len(made) > MOST_SUMS:
            raise UsageError(f"more than {MOST_SUMS:,} different sums of costs: give some parameters one value")
    return made


def _undominated(
    states: dict[Sums, Picked], prefer: int, others: Sequence[int], *, is_limited: bool
) -> dict[Sums, Picked]:
    """Without the sums that another one beats: with no less of ``prefer``, and no more of the others.

    With a limit it must be just as much. Then whatever is added to both, the other one is as good.
    """
    if not is_limited:
        order = sorted(states.items(), key=lambda item: (-item[0][prefer], *(item[0][c] for c in others)))
        return _fronts([order], others)
    groups: dict[Any, list[tuple[Sums, Picked]]] = {}
    for item in states.items():
        groups.setdefault(item[0][prefer], []).append(item)
    return _fronts((sorted(g, key=lambda item: tuple(item[0][c] for c in others)) for g in groups.values()), others)


def _fewest(states: dict[Sums, Picked], limited: Sequence[int]) -> dict[Sums, Picked]:
    """Without the sums that another one beats in all limited columns."""
    return _fronts([sorted(states.items(), key=lambda item: tuple(item[0][c] for c in limited))], limited)


def _fronts(groups: Iterable[Sequence[tuple[Sums, Picked]]], columns: Sequence[int]) -> dict[Sums, Picked]:
    """Of each group, whose order puts what beats before what is beaten, those that none before beats in ``columns``."""
    kept: dict[Sums, Picked] = {}
    for group in groups:
        front: list[Sums] = []
        for sums, picked in group:
            key = tuple(sums[c] for c in columns)
            if not any(all(a <= b for a, b in zip(other, key, strict=True)) for other in front):
                front.append(key)
                kept[sums] = picked
    return kept
