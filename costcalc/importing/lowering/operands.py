"""An argument of a node as a tensor of the language."""

from __future__ import annotations

from math import prod
from typing import Any

from ..layout import Layout, fresh, size
from ..record import Read, Shape, TraceNode, Value
from .context import TraceLowering
from .registry import Gap
from .scores import settle
from .values import Lowered, Scores, Static, TensorValue, Weighted

Sizes = tuple[int, ...]


def numbers(value: Any, axes: int, default: int = 1) -> Sizes:
    """An argument that is a number, or one for each axis."""
    if value is None or value == ():
        return (default,) * axes
    if isinstance(value, tuple):
        return value * axes if len(value) == 1 else value
    return (value,) * axes


def static(lowering: TraceLowering, value: Any) -> Static:
    """The weights, or constants, that an argument is. Raises :class:`Gap` for what is computed from the input."""
    found = lowering.value(value)
    if not isinstance(found, Static):
        raise Gap("a convolution whose weights are computed from the input", "")
    return found


def activation(lowering: TraceLowering, node: TraceNode, value: Value | Lowered) -> TensorValue:
    """The activation that an argument is. Raises :class:`Gap` for weights."""
    found = lowering.value(value) if isinstance(value, Read) else value
    if isinstance(found, Scores):
        return settle(lowering, node, found)
    if isinstance(found, Weighted) and len(found.operands) == 1:
        return _scaled(lowering, node, found)
    if not isinstance(found, TensorValue):
        raise Gap("a layer on weights", node.op)
    return found


def _scaled(lowering: TraceLowering, node: TraceNode, weighted: Weighted) -> TensorValue:
    """A tensor times one number of a weight, where no weighted sum comes of it."""
    (x,) = weighted.operands
    name = f"{weighted.weight}[{x.ref}]"
    lowering.numbers[name] = 1
    return x._replace(ref=lowering.emit(node, "scale", {"g": 1}, [x], x.shape, params=(name,)))


def activated(lowering: TraceLowering, node: TraceNode, value: Value | Lowered) -> TensorValue:
    """The same; a constant becomes a tensor that isn't trained."""
    found = lowering.value(value) if isinstance(value, Read) else value
    if isinstance(found, Static):
        return learned(lowering, node, found, table(found.shape, lowering.axes))
    return activation(lowering, node, found)


def table(shape: Shape, axes: int) -> Layout:
    """Weights as a tensor: the last dimension its channels, those before it the axes; a batch of 1 is left out."""
    wide = [k for k, number in enumerate(shape[:-1]) if number > 1]
    sizes = [shape[k] for k in wide]
    if len(sizes) > axes:
        sizes = [prod(sizes)]
    layout = fresh(shape[-1] if shape else 1, (*sizes, *(1,) * (axes - len(sizes))), "012"[: len(sizes)] + "C")
    return layout.view(shape) if shape else layout._replace(dims=())


def learned(lowering: TraceLowering, node: TraceNode, static: Static, layout: Layout) -> TensorValue:
    """Weights, or constants, as a tensor of the network, made once and placed as ``layout`` says.

    Raises :class:`Gap` where the weights aren't each there once.
    """
    if static.params and not static.whole:
        raise Gap("a tensor that is computed from weights", ", ".join(static.params))
    shape = layout.own_shape
    key = (static.params or static.name, shape)
    if key not in lowering.made:
        if any(name in lowering.owners for name in static.params):
            raise Gap("weights that are shared in part", ", ".join(static.params))
        arguments = {"size": shape[1:], "c": shape[0], "fixed": not static.params}
        lowering.made[key] = TensorValue(
            lowering.emit(node, "learned", arguments, [], shape, params=static.params), layout
        )
    return lowering.made[key].at(layout)


def broadcast(static: Static, x: Layout, axes: int) -> Layout | None:
    """Where ``static`` lies beside ``x``, whose last dimensions it has, or 1 in them; None if it doesn't fit."""
    if len(static.shape) > len(x.dims):
        if prod(static.shape[: -len(x.dims) or None]) != 1:
            return None
        static = static._replace(shape=static.shape[-len(x.dims) :] if x.dims else ())
    dims = x.dims[len(x.dims) - len(static.shape) :]
    kept = set()
    for number, dim in zip(static.shape, dims, strict=True):
        if number == 1:
            continue
        if number != size(dim):
            return None
        kept |= set(dim)
    front = ((),) * (len(x.dims) - len(static.shape))
    return Layout(
        (),
        tuple(f for f in x.channels if f in kept),
        tuple(tuple(f for f in axis if f in kept) for axis in x.axes),
        (*front, *(tuple(f for f in dim if f in kept) for dim in dims)),
    )
