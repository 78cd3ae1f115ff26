"""Costs that are sums of parts, each with parameters of its own, as a network's stages: what each part is.

Read off the compiled form: a sum is taken apart into its terms, and parameters that meet in a term, or in a condition
that a point must meet, belong to one part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from ..compiled import Form, compile_form
from ..compiled.plain import Runner
from ..compiled.recording import Recording as Operations
from ..conventions import Convention
from ..errors import SpecError
from ..network import Network
from ..record import Record
from .adding_up import best_choice, nearest_choice

MOST_OF_PART = 100_000
"""Points of one part."""
MOST_SHARED = 1000
"""Combinations of what all parts depend on."""
MOST_SUM = 2**53


class PartChoice(Record):
    """A point that was put together of parts, the sums of its columns, and whether these keep within the budgets."""

    at: dict[str, Any]
    sums: dict[str, Any]
    fits: bool


class CostPart(Record):
    """Parameters, their points that can be built, and what each adds to the columns."""

    names: tuple[str, ...]
    points: list[tuple[Any, ...]]
    figures: list[tuple[Any, ...]]


def by_parts(
    network: Network,
    given: Mapping[str, Any],
    values: Mapping[str, Sequence[Any]],
    most: Mapping[str, Any],
    prefer: str,
    convention: Convention | None,
) -> list[PartChoice] | None:
    """The point with the most of ``prefer`` within ``most``, for each value of what all parts depend on.

    Where nothing fits, the point that comes nearest. None for a network whose costs are no sums of parts.
    """
    columns = list(dict.fromkeys([*most, prefer]))
    try:
        form = compile_form(network, columns, list(values), given, convention)
        shared = _shared(form, values)
    except SpecError:  # what has no form
        return None
    if shared is None:
        return None
    limits = [most.get(column) for column in columns]
    found = []
    for point in product(*(values[name] for name in shared)):
        here = {**values, **{name: [value] for name, value in zip(shared, point, strict=True)}}
        parts = parts_of(form, here) or []
        figures = [part.figures for part in parts]
        best = best_choice(figures, limits, columns.index(prefer))
        chosen = best or nearest_choice(figures, limits)
        if chosen is not None:
            at = {name: here[name][0] for name in values}
            for part, k in zip(parts, chosen[0], strict=True):
                at |= dict(zip(part.names, part.points[k], strict=True))
            found.append(PartChoice(at, dict(zip(columns, chosen[1], strict=True)), best is not None))
    return found


def _shared(form: Form, values: Mapping[str, Sequence[Any]]) -> list[str] | None:
    """The fewest parameters with whose values fixed the costs are sums of parts: those that most terms depend on."""
    if form.cased:
        return None
    operations = form.record()
    bits = _depends(operations, [len(values[name]) > 1 for name in operations.parameters])
    masks = [bits[place] for at in operations.outputs.values() for place, _ in _terms(operations, at)]
    number = {n: sum(mask >> k & 1 for mask in masks) for k, n in enumerate(operations.parameters)}
    order = sorted(operations.parameters, key=lambda name: -number[name])
    for k in range(len(order)):
        fixed = order[:k]
        if prod(len(values[name]) for name in fixed) > MOST_SHARED:
            break
        parts = parts_of(form, {**values, **{name: values[name][:1] for name in fixed}})
        if parts is not None and len(parts) > 2:  # one of them has no parameters
            return fixed
    return None


def parts_of(form: Form, values: Mapping[str, Sequence[Any]]) -> list[CostPart] | None:
    """The parts of ``form``'s columns over ``values`` of its parameters; what doesn't vary is one without parameters.

    None where the costs are no sums of parts, or a part has more points than can be tried.
    """
    if form.cased:
        return None
    operations = form.record()
    bits = _depends(operations, [len(values[name]) > 1 for name in operations.parameters])
    groups = list(range(len(operations.parameters)))
    terms = {column: _terms(operations, place) for column, place in operations.outputs.items()}
    guards = [place for place, _ in operations.guards if not _is_of_sum(operations, place, terms)]
    for mask in {bits[place] for place in (*guards, *(p for every in terms.values() for p, _ in every))}:
        _join(groups, [k for k in range(len(groups)) if mask >> k & 1])
    parts = [_part(operations, bits, 0, terms, [p for p in guards if not bits[p]], values)]
    for group in sorted(set(groups)):
        mask = sum(1 << k for k, g in enumerate(groups) if g == group)
        own = [place for place in guards if bits[place] & mask]
        names = [n for k, n in enumerate(operations.parameters) if mask >> k & 1 and len(values[n]) > 1]
        if not names:
            continue
        if prod(len(values[name]) for name in names) > MOST_OF_PART:
            return None
        parts.append(_part(operations, bits, mask, terms, own, values))
    most = [sum(max((abs(f[c]) for f in part.figures), default=0) for part in parts) for c in range(len(terms))]
    return parts if max(most) < MOST_SUM else None


def _depends(operations: Operations, varies: Sequence[bool]) -> list[int]:
    """For each place the parameters that vary and that it depends on, as bits."""
    found = [v << k for k, v in enumerate(varies)] + [0] * len(operations.constants)
    for _, *places in operations.instructions:
        mask = 0
        for place in places:
            mask |= found[place]
        found.append(mask)
    return found


def _terms(operations: Operations, place: int) -> list[tuple[int, Any]]:
    """The terms whose sum stands at ``place``, and the constant that each is taken times."""
    found, pending = [], [(place, 1)]
    while pending:
        at, factor = pending.pop()
        operation, *places = operations.instructions[at - operations.first] if at >= operations.first else ("",)
        if operation == "add":
            pending += [(p, factor) for p in places]
        elif operation == "mul" and (constants := [_constant(operations, p) for p in places]) != [None, None]:
            k = 0 if constants[0] is not None else 1
            pending.append((places[1 - k], factor * constants[k]))
        else:
            found.append((at, factor))
    return found


def _constant(operations: Operations, place: int) -> Any:
    k = place - len(operations.parameters)
    return operations.constants[k] if 0 <= k < len(operations.constants) else None


def _is_of_sum(operations: Operations, place: int, terms: Mapping[str, Iterable[Any]]) -> bool:
    """Whether a condition only says that a sum isn't too large, which :func:`parts_of` sees to."""
    operation, *places = operations.instructions[place - operations.first] if place >= operations.first else ("",)
    return operation == "small" and len(_terms(operations, places[0])) > 1


def _join(groups: list[int], members: Sequence[int]) -> None:
    known = {groups[k] for k in members}
    for k, group in enumerate(groups):
        if group in known:
            groups[k] = min(known)


def _part(
    operations: Operations,
    bits: Sequence[int],
    mask: int,
    terms: Mapping[str, Sequence[tuple[int, Any]]],
    guards: Sequence[int],
    values: Mapping[str, Sequence[Any]],
) -> CostPart:
    own = {c: [(p, f) for p, f in every if (bits[p] & mask if mask else not bits[p])] for c, every in terms.items()}
    runner = Runner(_only(operations, own, guards))
    names = tuple(n for k, n in enumerate(operations.parameters) if mask >> k & 1 and len(values[n]) > 1)
    part = CostPart(names, [], [])
    for point in product(*(values[name] for name in names)):
        at = dict(zip(names, point, strict=True))
        found, problem = runner.run([at.get(name, values[name][0]) for name in operations.parameters])
        if not problem:
            part.points.append(point)
            part.figures.append(tuple(found[column] for column in terms))
    return part


def _only(operations: Operations, sums: Mapping[str, Sequence[tuple[int, Any]]], guards: Sequence[int]) -> Operations:
    """The operations that the ``sums`` of terms and the ``guards`` need, with the sums as outputs."""
    first, needed, pending = operations.first, set(), [*guards, *(p for every in sums.values() for p, _ in every)]
    while pending:
        place = pending.pop()
        if place not in needed and place >= first:
            needed.add(place)
            pending += operations.instructions[place - first][1:]
    constants = [*operations.constants, 0, *(factor for every in sums.values() for _, factor in every)]
    places = dict(enumerate(range(first)))
    made: list[Any] = []
    start = len(operations.parameters) + len(constants)

    def put(*instruction: Any) -> int:
        made.append(instruction)
        return start + len(made) - 1

    for place in sorted(needed):
        operation, *of = operations.instructions[place - first]
        places[place] = put(operation, *(places[k] for k in of))
    outputs, factor_at = {}, first + 1
    for column, every in sums.items():
        total = first
        for place, factor in every:
            total = put("add", total, places[place] if factor == 1 else put("mul", places[place], factor_at))
            factor_at += 1
        outputs[column] = total
    return Operations(operations.parameters, constants, made, outputs, [(places[p], "invalid") for p in guards])
