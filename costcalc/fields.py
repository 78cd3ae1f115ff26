"""Receptive fields: for each layer how large a part of the input an element of it depends on, at which stride.

After Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019: a layer whose
elements see d(k-1) + 1 of its input's adds d(k-1) strides to the field (equation 1); where paths join, the field is
the largest of theirs. Padding counts as input, so a field may be larger than the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

from .graph import Choice, Graph, Layer, Tensor
from .ops import Seen
from .record import Record


class Field(Record):
    """Along one axis, in elements of the network's input.

    ``size``: of the largest path; None where ``why`` says what there is in its place: ``all`` of the input, ``mixed``
    (positions in another order), ``part`` (in windows or regions), ``strides`` (paths of different strides were
    joined), ``nothing`` (no input). ``stride``: for the next element, over ``finer``, which is above 1 where a map is
    finer than the input. ``offset``: where the first element's field begins, below 0 in the padding; None where that
    depends on the position, or fields of joined paths aren't around the same middle. ``grain``: how far apart fields
    were when a map was made finer, or 0; several elements have one field since then, and sizes are "at most".
    """

    size: int | None = 1
    stride: int = 1
    finer: int = 1
    offset: int | None = 0
    why: str = ""
    grain: int = 0


def receptive_fields(graph: Graph) -> dict[Layer, tuple[Field, ...]]:
    """The field of each layer's output, along each axis. ``graph`` is of plain numbers, every copy written out.

    Raises :class:`costcalc.errors.UsageError` for an op that doesn't say what it sees.
    """
    found: dict[Layer, tuple[Field, ...]] = {}

    def of(tensor: Tensor) -> tuple[Field, ...]:
        maker = tensor.layer
        if isinstance(maker, Layer):
            return found[maker]
        if isinstance(maker, Choice):
            return of(maker.inputs[0])
        return tuple(Field() for _ in tensor.size)

    for layer in graph.layers:
        paths = []
        for tensor in layer.inputs:
            seen = layer.op.sees(tensor.shape, layer.out_shape)
            paths.append([through(field, one) for field, one in zip(of(tensor), seen, strict=True)])
        if paths:
            found[layer] = tuple(joined(fields) for fields in zip(*paths, strict=True))
        else:
            found[layer] = (Field(None, why="nothing", offset=None),) * (len(layer.out_shape) - 1)
    return found


def through(field: Field, seen: Seen) -> Field:
    """The field behind a layer that sees ``seen`` of what has ``field``."""
    if field.why == "nothing" or seen.what == "nothing":
        return Field(None, why="nothing", offset=None)
    if field.why == "all" or (field.why == "part" and seen.what != "whole"):
        return field
    if seen.what == "whole":
        return Field(None, why="mixed", offset=None)
    if seen.what != "window":
        return Field(None, why=seen.what, offset=None)
    if field.size is None:
        return field
    stride, finer = field.stride * seen.stride, field.finer * seen.finer
    shared = gcd(stride, finer)
    grain = max(field.grain, -(-field.stride // field.finer) if seen.stride < seen.finer else 0)
    more = -(-(seen.size - 1) * field.stride // field.finer)
    if field.grain:
        more = -(-more // field.grain) * field.grain
    back, off = divmod((seen.before or 0) * field.stride, field.finer)
    known = field.offset is not None and seen.before is not None and not off
    offset = field.offset - back if known and field.offset is not None else None
    return Field(field.size + more, stride // shared, finer // shared, offset, grain=grain)


def joined(fields: Sequence[Field]) -> Field:
    """The field of what is made of several: the largest, if they have one stride."""
    some = [field for field in fields if field.why != "nothing"]
    if not some:
        return fields[0]
    for why in ("part", "all", "mixed", "strides"):
        for field in some:
            if field.why == why:
                return field
    if len({(field.stride, field.finer) for field in some}) > 1:
        return Field(None, why="strides", offset=None)
    largest = max(some, key=lambda field: field.size or 0)
    middles = {None if field.offset is None else 2 * field.offset + (field.size or 0) for field in some}
    is_aligned = len(middles) == 1 and None not in middles
    grain = max(field.grain for field in some)
    return Field(largest.size, largest.stride, largest.finer, largest.offset if is_aligned else None, grain=grain)
