"""Operations on known numbers, as shapes are worked out: a few numbers, in lists, row by row."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from math import prod
from typing import Any

from ..record import Shape
from .model import MAX_VALUES, OnnxNode, Stored
from .reader import CONSTANT, FileReader, Known, Numbers, Unknown, attribute, folds
from .shapes import axes_of, view_shape

INTEGER_TYPES = (2, 3, 4, 5, 6, 7, 9, 12, 13)


def constant(shape: Shape, values: Any, floating: bool = False) -> Known:
    """A tensor of known numbers."""
    found = tuple(values)
    if len(found) != prod(shape):
        raise Unknown("numbers that don't fit their shape")
    return Known(tuple(shape), True, found if len(found) <= MAX_VALUES else None, floating)


def needed(x: Known | None) -> Known:
    """An input that the operation can't do without."""
    if x is None:
        raise Unknown("an input that isn't there")
    return x


def numbers(x: Known | None) -> Numbers:
    """All numbers of a tensor."""
    if x is None or x.values is None:
        raise Unknown("numbers that the file doesn't tell")
    return x.values


@folds("Constant")
def stored(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    tensor = node.attributes.get("value")
    if tensor is not None:
        own = Stored(node.outputs[0], tensor.dims, tensor.floating, tensor.values, CONSTANT)
        return Known(tensor.dims, True, tensor.values, tensor.floating, stored=own)
    for name in ("value_int", "value_float"):
        if name in node.attributes:
            return constant((), (node.attributes[name],), name == "value_float")
    for name in ("value_ints", "value_floats"):
        if name in node.attributes:
            values = node.attributes[name]
            return constant((len(values),), values, name == "value_floats")
    raise Unknown("a constant of another kind than numbers")


@folds("Shape")
def shape_of(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    first = needed(inputs[0])
    sizes = first.shape[attribute(node, "start", 0) : attribute(node, "end", None)]
    return constant((len(sizes),), sizes)


@folds("Size")
def size_of(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    first = needed(inputs[0])
    return constant((), (prod(first.shape),))


@folds("Gather")
def gather(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x, where = inputs
    x = needed(x)
    where = needed(where)
    if len(x.shape) != 1:
        raise Unknown("numbers of a table")
    values = numbers(x)
    return constant(where.shape, [values[int(k)] for k in numbers(where)], x.floating)


@folds("Concat")
def concat(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    values = [value for x in inputs for value in numbers(x)]
    if any(x is not None and len(x.shape) != 1 for x in inputs):
        raise Unknown("numbers of a table")
    return constant((len(values),), values, any(x is not None and x.floating for x in inputs))


def _picked(x: Known, places: list[range | list[int]]) -> Known:
    """The numbers at these indices of each dimension."""
    values, found = numbers(x), []
    for place in product(*places):
        at = 0
        for k, n in zip(place, x.shape, strict=True):
            at = at * n + k
        found.append(values[at])
    return constant(tuple(map(len, places)), found, x.floating)


@folds("Slice")
def slice_of(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = inputs[0]
    x = needed(x)
    if len(inputs) > 2:
        starts, ends = numbers(inputs[1]), numbers(inputs[2])
    else:
        starts, ends = node.attributes["starts"], node.attributes["ends"]
    axes = axes_of(node, inputs, 3) or tuple(range(len(starts)))
    steps = numbers(inputs[4]) if len(inputs) > 4 and inputs[4] is not None else (1,) * len(starts)
    places: list[range | list[int]] = [range(n) for n in x.shape]
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        n = x.shape[axis]
        stop = None if step < 0 and end < -n else int(end)
        places[axis] = range(n)[slice(int(start), stop, int(step))]
    return _picked(x, places)


@folds("Transpose")
def transposed(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = inputs[0]
    x = needed(x)
    order = attribute(node, "perm") or tuple(reversed(range(len(x.shape))))
    values = numbers(x)
    strides = [prod(x.shape[k + 1 :]) for k in range(len(x.shape))]
    shape = tuple(x.shape[k] for k in order)
    places = product(*map(range, shape))
    found = [values[sum(n * strides[k] for n, k in zip(place, order, strict=True))] for place in places]
    return constant(shape, found, x.floating)


@folds("Squeeze", "Unsqueeze", "Reshape", "Flatten")
def viewed(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = inputs[0]
    x = needed(x)
    return constant(view_shape(node, x.shape, inputs), numbers(x), x.floating)


@folds("Identity")
def same(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    first = needed(inputs[0])
    return first


@folds("Cast")
def cast(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = inputs[0]
    x = needed(x)
    whole = attribute(node, "to") in INTEGER_TYPES
    return constant(x.shape, [int(v) if whole else float(v) for v in numbers(x)], not whole)


def _spread(x: Known | None, shape: Shape) -> list[float]:
    """The numbers of ``x`` for each place of a larger shape."""
    values = numbers(x)
    x = needed(x)
    own = (*(1,) * (len(shape) - len(x.shape)), *x.shape)
    if prod(shape) > MAX_VALUES:
        raise Unknown("too many numbers")
    found = []
    for place in product(*map(range, shape)):
        at = 0
        for k, n in zip(place, own, strict=True):
            at = at * n + (k if n > 1 else 0)
        found.append(values[at])
    return found


def broadcast(*shapes: Shape) -> Shape:
    """The shape of tensors that meet element by element."""
    rank = max(map(len, shapes))
    deep = [(*(1,) * (rank - len(shape)), *shape) for shape in shapes]
    found = []
    for sizes in zip(*deep, strict=True):
        wide = {n for n in sizes if n != 1}
        if len(wide) > 1:
            raise Unknown(f"tensors of the shapes {' and '.join(map(str, shapes))} meet")
        found.append(wide.pop() if wide else 1)
    return tuple(found)


def _divided(a: float, b: float) -> float:
    if isinstance(a, int) and isinstance(b, int):
        return int(a / b) if b else 0
    return a / b if b else math.inf


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": lambda a, b: a + b,
    "Sub": lambda a, b: a - b,
    "Mul": lambda a, b: a * b,
    "Div": _divided,
    "Mod": lambda a, b: a % b if b else 0,
    "Pow": lambda a, b: a**b if abs(a) < 2**31 and abs(b) <= 8 else math.inf,
    "Min": min,
    "Max": max,
    "Equal": lambda a, b: int(a == b),
    "Less": lambda a, b: int(a < b),
    "Greater": lambda a, b: int(a > b),
    "GreaterOrEqual": lambda a, b: int(a >= b),
    "LessOrEqual": lambda a, b: int(a <= b),
    "And": lambda a, b: int(bool(a) and bool(b)),
    "Or": lambda a, b: int(bool(a) or bool(b)),
}
TRUTHS = ("Equal", "Less", "Greater", "GreaterOrEqual", "LessOrEqual", "And", "Or")


@folds(*BINARY)
def binary(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = inputs[0]
    for y in inputs[1:]:
        x = needed(x)
        y = needed(y)
        shape = broadcast(x.shape, y.shape)
        values = [BINARY[node.op](a, b) for a, b in zip(_spread(x, shape), _spread(y, shape), strict=True)]
        x = constant(shape, values, node.op not in TRUTHS and (x.floating or y.floating))
    x = needed(x)
    return x


UNARY: dict[str, Callable[[Any], Any]] = {
    "Neg": lambda a: -a,
    "Floor": math.floor,
    "Ceil": math.ceil,
    "Round": round,
    "Not": lambda a: int(not a),
    "Sqrt": lambda a: math.sqrt(a) if a >= 0 else math.nan,
    "Abs": abs,
    "Reciprocal": lambda a: 1 / a if a else math.inf,
}


@folds(*UNARY)
def unary(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = inputs[0]
    x = needed(x)
    return constant(x.shape, [UNARY[node.op](value) for value in numbers(x)], x.floating)


@folds("Where")
def where(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    shape = broadcast(*(x.shape for x in inputs if x is not None))
    condition, a, b = (_spread(x, shape) for x in inputs)
    values = [one if yes else other for yes, one, other in zip(condition, a, b, strict=True)]
    return constant(shape, values, bool(inputs[1] and inputs[1].floating))


@folds("Range")
def range_of(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    start, limit, step = (numbers(x)[0] for x in inputs)
    number = max(math.ceil((limit - start) / step), 0) if step else 0
    if number > MAX_VALUES:
        return Known((number,), True, None, False)
    return constant((number,), [start + k * step for k in range(number)], bool(inputs[0] and inputs[0].floating))


@folds("ConstantOfShape")
def filled(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    shape = tuple(int(n) for n in numbers(inputs[0]))
    tensor = node.attributes.get("value")
    values = tensor.values if tensor is not None else (0.0,)
    if prod(shape) > MAX_VALUES or values is None:
        return Known(shape, True)
    return constant(shape, values * prod(shape), tensor is None or tensor.floating)


@folds("Expand")
def expanded(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = inputs[0]
    x = needed(x)
    shape = broadcast(x.shape, tuple(int(n) for n in numbers(inputs[1])))
    return constant(shape, _spread(x, shape), x.floating)


@folds("ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin")
def reduced(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = inputs[0]
    if x is None or len(x.shape) != 1 or not x.shape[0]:
        raise Unknown("numbers of a table")
    how: dict[str, Callable[[Any], Any]] = {"ReduceProd": prod, "ReduceSum": sum, "ReduceMax": max, "ReduceMin": min}
    found = how[node.op](numbers(x))
    return constant((1,) if attribute(node, "keepdims", 1) else (), (found,), x.floating)
