"""Sizes among the arguments that follow the input's: found beside a second trace, written as those of a tensor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ...errors import CostcalcError
from ..calls import Flat, Ref, Shape, Value


class Following(NamedTuple):
    """An argument that is one size at the first trace, and another at the second."""

    first: tuple[int, ...]
    second: tuple[int, ...]


class NotFollowing(CostcalcError):
    """An argument changes with the input in a way that no rule says."""


FACTORS = (2, 4, 8, 16, 32)

Sized = tuple[str, Shape, Shape]
"""A tensor's name, and its shapes at both traces."""


def paired(flat: Flat, second: Flat) -> dict[int, dict[str, Following]]:
    """By call, the arguments that differ. Raises :class:`NotFollowing` if other things do too."""
    found: dict[int, dict[str, Following]] = {}
    ids: dict[int | str, int | str] = {"in": "in"}
    ids |= {a.id: b.id for a, b in zip(flat.calls, second.calls, strict=False)}
    if len(flat.calls) != len(second.calls):
        raise NotFollowing("at another size it has other layers")
    for a, b in zip(flat.calls, second.calls, strict=True):
        where = a.path or a.word
        if a.word != b.word or tuple((ids[of], port) for of, port in a.inputs) != b.inputs:
            raise NotFollowing(f"at another size {where} is {b.word} in place of {a.word}")
        for name in {**a.arguments, **b.arguments}:
            one, two = a.arguments.get(name), b.arguments.get(name)
            if one != two:
                found.setdefault(a.id, {})[name] = _following(where, name, one, two)
    return found


def _following(where: str, name: str, one: Value, two: Value) -> Following:
    if name == "size" and isinstance(one, tuple) and isinstance(two, tuple):
        return Following(one, two)
    shown = "x".join(map(str, one)) if isinstance(one, tuple) else one
    raise NotFollowing(f"{where} has {name} {shown}, which belongs to this size")


def second_shapes(flat: Flat, second: Flat) -> dict[Ref, Shape]:
    """The second's shapes by the first's tensors."""
    shapes = second.shapes()
    found: dict[Ref, Shape] = {ref: shape for ref, shape in shapes.items() if ref[0] == "in"}
    for a, b in zip(flat.calls, second.calls, strict=True):
        found |= {(a.id, port): shapes[b.id, port] for port in range(len(b.outputs))}
    return found


def as_size_of(values: Sequence[Following | None], tensors: Iterable[tuple[str, Sequence[tuple[Shape, Shape]]]]) -> str:
    """``x.size`` of the first tensor that has these sizes, or ``[2*x.h, 2*x.w]``; one value for each run.

    Raises :class:`NotFollowing` if none has.
    """
    there = [v for v in values if v is not None]
    if len(there) < len(values):
        raise NotFollowing("a size follows the input's in some runs only")
    known = list(tensors)
    for name, shapes in known:
        if all(v.first == a[1:] and v.second == b[1:] for v, (a, b) in zip(there, shapes, strict=True)):
            return f"{name}.size"
    for factor in FACTORS:
        for name, shapes in known:
            pairs = list(zip(there, shapes, strict=True))
            if all(_times(factor, a, v.first) and _times(factor, b, v.second) for v, (a, b) in pairs):
                return f"[{factor}*{name}.h, {factor}*{name}.w]"
    first = there[0].first
    raise NotFollowing(f"a size {'x'.join(map(str, first))} belongs to this size of the input")


def of_input(value: Following, first: Shape, second: Shape) -> str:
    """``res`` or ``[res.h//4, res.w//4]`` if that is so at both traces; empty if not."""
    if (value.first, value.second) == (first[1:], second[1:]):
        return "res"
    for factor in FACTORS:
        if _times(factor, (0, *value.first), first[1:]) and _times(factor, (0, *value.second), second[1:]):
            return f"[res.h//{factor}, res.w//{factor}]"
    return ""


def _times(factor: int, shape: Shape, size: tuple[int, ...]) -> bool:
    """Whether a map is so many times smaller than ``size``."""
    return len(shape) == 3 and tuple(factor * n for n in shape[1:]) == tuple(size)
