"""Elementwise operations, joins, and what only moves elements, in PyTorch's words."""

from __future__ import annotations

from math import floor, prod
from typing import Any

from ..record import TraceNode, Value
from .constants import broadcast
from .layers import need, padded
from .model import OnnxNode
from .reader import CONSTANT, FileReader, Known, Unknown, attribute, translates
from .shapes import axes_of, view_shape

ELEMENTWISE = {
    "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Elu": "elu", "LeakyRelu": "leaky_relu", "Gelu": "gelu",
    "Mish": "mish", "HardSwish": "hardswish", "HardSigmoid": "hardsigmoid", "Swish": "silu", "Softplus": "softplus",
    "Softsign": "softsign", "Erf": "erf", "Exp": "exp", "Log": "log", "Sqrt": "sqrt", "Abs": "abs", "Neg": "neg",
    "Reciprocal": "reciprocal", "Sin": "sin", "Cos": "cos", "Selu": "selu", "Celu": "celu",
    "ThresholdedRelu": "threshold", "Floor": "floor", "Ceil": "ceil", "Round": "round", "Sign": "sign", "Not": "not",
}  # fmt: skip


@translates(*ELEMENTWISE)
def elementwise(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    return reader.one(ELEMENTWISE[node.op], (reader.read(x),), x.shape, x)


@translates("Clip")
def clip(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    bounds: list[Value] = []
    for at, name in ((1, "min"), (2, "max")):
        given = inputs[at] if len(inputs) > at else None
        found = reader.number(given) if given is not None else attribute(node, name)
        bounds.append(None if found is None or abs(found) > 1e30 else float(found))
    return reader.one("clamp", (reader.read(x), *bounds), x.shape, x)


@translates("PRelu")
def prelu(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x, slope = need(inputs[0]), need(inputs[1])
    return reader.one("prelu", (reader.read(x), reader.weight(slope)), x.shape, x)


@translates("Softmax", "LogSoftmax", "Hardmax")
def softmax(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    old = reader.model.opset < 13
    axis = attribute(node, "axis", 1 if old else -1) % len(x.shape)
    if old and prod(x.shape[axis + 1 :]) != 1:
        raise Unknown("a softmax over several dimensions, which this version of the format has")
    op = {"Softmax": "softmax", "LogSoftmax": "log_softmax"}.get(node.op, "onnx.Hardmax")
    return reader.one(op, (reader.read(x), axis), x.shape, x)


@translates("Identity", "Dropout", "Cast", "CastLike", "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear")
def passed(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> list[Known]:
    """What is nothing at inference; a quantised tensor is the one that it stands for."""
    x = need(inputs[0])
    if node.op.endswith("QuantizeLinear") or node.op == "DequantizeLinear":
        reader.quantised += 1
        x = x._replace(floating=True)
    if len(node.outputs) == 1:
        return [x]
    if node.op == "DynamicQuantizeLinear":
        return [x, Known((), True), Known((), True)]
    return [x, Known(x.shape, True)]


BINARY = {"Add": "add", "Sub": "sub", "Mul": "mul", "Div": "div", "Pow": "pow", "Max": "maximum", "Min": "minimum"}


@translates(*BINARY)
def binary(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    made = need(inputs[0])
    for other in inputs[1:]:
        made = _combined(reader, BINARY[node.op], made, need(other))
    return made


@translates("Sum", "Mean")
def total(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    made = need(inputs[0])
    for other in inputs[1:]:
        made = _combined(reader, "add", made, need(other))
    return made


def _combined(reader: FileReader, op: str, a: Known, b: Known) -> Known:
    if op == "add":
        for x, bias in ((a, b), (b, a)):
            if _is_bias(reader, x, bias):
                return _with_bias(reader, x, bias)
    if op == "mul":
        for x, scale in ((a, b), (b, a)):
            if x.of in reader.unscaled and scale.stored is not None and prod(scale.shape) == x.shape[1]:
                return _with(reader, x, reader.unscaled.pop(x.of), 1, scale)
    shape = broadcast(a.shape, b.shape)
    numbers = [reader.number(x) if x.static and prod(x.shape) == 1 and _is_constant(x) else None for x in (a, b)]
    sides = [reader.read(x) if n is None else n for x, n in zip((a, b), numbers, strict=True)]
    if numbers[0] is not None and numbers[1] is not None:
        sides = [reader.read(a), reader.read(b)]
    if isinstance(sides[0], float | int) and op in ("add", "mul"):
        sides.reverse()
    return reader.one(op, tuple(sides), shape, a, b)


def _is_constant(x: Known) -> bool:
    return x.stored is None or x.shape == () or x.stored.doc == CONSTANT


def _is_bias(reader: FileReader, x: Known, bias: Known) -> bool:
    """Whether ``bias`` is that of the layer which made ``x``, and which has none."""
    if x.of is None or x.of not in reader.bare or bias.stored is None or not bias.floating:
        return False
    node = reader.nodes[reader.bare[x.of]]
    channels = x.shape[-1] if node.op == "linear" else x.shape[1]
    wanted = (channels,) if node.op == "linear" else (channels, *(1,) * (len(x.shape) - 2))
    own = tuple(bias.shape[-len(wanted) :]) if len(bias.shape) >= len(wanted) else ()
    front = bias.shape[: len(bias.shape) - len(wanted)]
    return own == wanted and prod(front) == 1 and reader.uses[_made_by(reader, x)] == 1 and channels > 1


def _made_by(reader: FileReader, x: Known) -> str:
    assert x.of is not None
    return next((name for name in reader.node.inputs if reader.known.get(name) == x), "")


def _with_bias(reader: FileReader, x: Known, bias: Known) -> Known:
    assert x.of is not None
    return _with(reader, x, reader.bare.pop(x.of), 2, bias)


def _with(reader: FileReader, x: Known, at: int, place: int, weight: Known) -> Known:
    """``x``, whose layer takes one weight more; it now stands behind that."""
    old = reader.nodes.pop(at)
    for places in (reader.bare, reader.unscaled):
        for key, k in places.items():
            places[key] = k - (k > at)
    args = (*old.args[:place], reader.weight(weight), *old.args[place + 1 :])
    reader.nodes.append(TraceNode(old.name, old.kind, old.op, old.shapes, args, old.kwargs, old.stack, old.source))
    return x


@translates("Concat")
def concat(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    items = [x for x in map(need, inputs) if prod(x.shape)]  # a part of no channels is none
    if not items:
        raise Unknown("nothing is joined")
    rank = len(items[0].shape)
    axis = attribute(node, "axis", 0) % rank
    if any(len(x.shape) != rank for x in items):
        raise Unknown("tensors of different ranks are joined")
    shape = tuple(sum(x.shape[k] for x in items) if k == axis else n for k, n in enumerate(items[0].shape))
    if any(x.shape[k] != n for x in items for k, n in enumerate(items[0].shape) if k != axis):
        raise Unknown(f"tensors of the shapes {' and '.join(str(x.shape) for x in items)} are joined")
    return reader.one("cat", (tuple(reader.read(x) for x in items), axis), shape, *items)


@translates("Split")
def split(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> list[Known]:
    x = need(inputs[0])
    axis = attribute(node, "axis", 0) % len(x.shape)
    number = len(node.outputs)
    given = inputs[1].ints if len(inputs) > 1 and inputs[1] is not None else attribute(node, "split")
    if given is None:
        chunk = -(-x.shape[axis] // number)
        given = [max(min(chunk, x.shape[axis] - k * chunk), 0) for k in range(number)]
    if sum(given) != x.shape[axis] or len(given) != number:
        raise Unknown(f"{x.shape[axis]} are split into {given}")
    if number == 1:
        return [x]
    shapes = [tuple(n if k == axis else m for k, m in enumerate(x.shape)) for n in given]
    kept = [n for n in given if n]
    if len(kept) < 2:
        return [x if n else Known(shape, True) for n, shape in zip(given, shapes, strict=True)]
    full = [shape for n, shape in zip(given, shapes, strict=True) if n]
    made = iter(reader.emit("split_with_sizes", (reader.read(x), tuple(kept), axis), *full, static=x.static))
    return [next(made) if n else Known(shape, True) for n, shape in zip(given, shapes, strict=True)]


@translates("Slice")
def slices(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    rank = len(x.shape)
    if len(inputs) > 1:
        starts, ends = need(inputs[1]).ints, need(inputs[2]).ints
        steps = inputs[4].ints if len(inputs) > 4 and inputs[4] is not None else (1,) * len(starts)
    else:
        starts, ends = node.attributes["starts"], node.attributes["ends"]
        steps = (1,) * len(starts)
    axes = axes_of(node, inputs, 3) or tuple(range(len(starts)))
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        n = x.shape[axis % rank]
        length = len(range(*slice(start, end if end > -(2**31) else None, step).indices(n)))
        if step == 1 and length == n:
            continue
        shape = tuple(length if k == axis % rank else m for k, m in enumerate(x.shape))
        first = max(start + n, 0) if start < 0 else min(start, n)
        op = "slice" if step > 0 else "onnx.Slice backwards"
        x = reader.one(op, (reader.read(x), axis % rank, first, first + length * step, step), shape, x)
    return x


@translates("Gather")
def gather(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x, where = need(inputs[0]), need(inputs[1])
    axis = attribute(node, "axis", 0) % len(x.shape)
    shape = (*x.shape[:axis], *where.shape, *x.shape[axis + 1 :])
    index = reader.number(where)
    if index is not None and not x.static:
        at = int(index) % x.shape[axis]
        if not where.shape:
            return reader.one("select", (reader.read(x), axis, at), shape, x)
        return reader.one("slice", (reader.read(x), axis, at, at + 1, 1), shape, x)
    if not x.static and len(x.shape) == 1 and prod(where.shape) == x.shape[0]:  # all, in another shape
        return reader.one("view", (reader.read(x), shape), shape, x)
    return reader.one("index_select", (reader.read(x), axis, reader.read(where)), shape, x, where)


@translates("Transpose")
def transpose(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    order = tuple(attribute(node, "perm") or reversed(range(len(x.shape))))
    if sorted(order) != list(range(len(x.shape))):
        raise Unknown(f"an order {order} of {len(x.shape)} dimensions")
    shape = tuple(x.shape[k] for k in order)
    if x.of in reader.channels_last:
        return x._replace(shape=shape)
    return reader.one("permute", (reader.read(x), order), shape, x)


@translates("Reshape", "Flatten", "Squeeze", "Unsqueeze")
def view(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    shape = view_shape(node, x.shape, inputs)
    return x if shape == x.shape else reader.one("view", (reader.read(x), shape), shape, x)


@translates("Expand")
def expand(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    shape = broadcast(x.shape, need(inputs[1]).ints)
    return x if shape == x.shape else reader.one("expand", (reader.read(x), shape), shape, x)


@translates("Tile")
def tile(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x, times = need(inputs[0]), need(inputs[1]).ints
    shape = tuple(n * k for n, k in zip(x.shape, times, strict=True))
    return x if shape == x.shape else reader.one("repeat", (reader.read(x), times), shape, x)


@translates("Pad")
def pad(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    rank = len(x.shape)
    given = inputs[1].ints if len(inputs) > 1 and inputs[1] is not None else tuple(node.attributes["pads"])
    axes = axes_of(node, inputs, 3) or tuple(range(rank))
    before, after = given[: len(axes)], given[len(axes) :]
    sides = {k % rank: (a, b) for k, a, b in zip(axes, before, after, strict=True)}
    if not any(a or b for a, b in sides.values()):
        return x
    if rank > 2 and not any(any(sides.get(k, (0, 0))) for k in (0, 1)):
        return padded(reader, x, tuple(sides.get(k, (0, 0)) for k in range(2, rank)))
    first = min(k for k, pair in sides.items() if any(pair))
    flat = tuple(n for k in reversed(range(first, rank)) for n in sides.get(k, (0, 0)))
    shape = tuple(n + sum(sides.get(k, (0, 0))) for k, n in enumerate(x.shape))
    return reader.one("pad", (reader.read(x), flat), shape, x)


@translates("DepthToSpace", "SpaceToDepth")
def depth(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    n, c, h, w = x.shape
    b = attribute(node, "blocksize", 1)
    if node.op == "SpaceToDepth":
        made = _view(reader, x, n, c, h // b, b, w // b, b)
        return _view(reader, _permuted(reader, made, 0, 3, 5, 1, 2, 4), n, c * b * b, h // b, w // b)
    if attribute(node, "mode", "DCR") == "CRD":
        return reader.one("pixel_shuffle", (reader.read(x), b), (n, c // (b * b), h * b, w * b), x)
    made = _view(reader, x, n, b, b, c // (b * b), h, w)
    return _view(reader, _permuted(reader, made, 0, 3, 4, 1, 5, 2), n, c // (b * b), h * b, w * b)


def _view(reader: FileReader, x: Known, *shape: int) -> Known:
    if prod(shape) != prod(x.shape):
        raise Unknown(f"{x.shape} can't be seen as {shape}")
    return reader.one("view", (reader.read(x), shape), shape, x)


def _permuted(reader: FileReader, x: Known, *order: int) -> Known:
    return reader.one("permute", (reader.read(x), order), tuple(x.shape[k] for k in order), x)


@translates("Resize", "Upsample")
def resize(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    rank = len(x.shape)
    scales, sizes = (inputs[1], None) if len(inputs) == 2 else (inputs[2], inputs[3] if len(inputs) > 3 else None)
    axes = [k % rank for k in attribute(node, "axes") or range(rank)]
    shape = list(x.shape)
    if sizes is not None and sizes.shape != (0,):
        for k, n in zip(axes, sizes.ints, strict=True):
            shape[k] = n
    else:
        if scales is None or scales.values is None:
            raise Unknown("it depends on numbers that the file doesn't tell: a size")
        for k, factor in zip(axes, scales.values, strict=True):
            shape[k] = floor(shape[k] * factor + 1e-6)
    if tuple(shape) == x.shape:
        return x
    number = rank - 2
    mode = attribute(node, "mode", "nearest")
    word = {"nearest": "nearest", "cubic": "bicubic"}.get(mode) or ("linear", "bilinear", "trilinear")[number - 1]
    if tuple(shape[:2]) != x.shape[:2] or not 1 <= number <= 3:
        raise Unknown(f"{x.shape} is resized to {tuple(shape)}")
    return reader.one(f"upsample_{word}{number}d", (reader.read(x), tuple(shape[2:])), tuple(shape), x)


@translates("Einsum")
def einsum(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    items = [need(x) for x in inputs]
    text = attribute(node, "equation", "").replace(" ", "")
    left, _, out = text.partition("->")
    sizes: dict[str, int] = {}
    for letters, x in zip(left.split(","), items, strict=True):
        sizes |= dict(zip(letters, x.shape, strict=True))
    shape = tuple(sizes[letter] for letter in out)
    return reader.one("einsum", (text, tuple(reader.read(x) for x in items)), shape, *items)


@translates("LpNormalization")
def unit_length(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    made = reader.one("onnx.LpNormalization", (reader.read(x), None), x.shape, x)
    if attribute(node, "axis", -1) % len(x.shape) == 1 and made.of is not None:
        reader.unscaled[made.of] = len(reader.nodes) - 1
    return made


@translates("Attention")
def attention(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> list[Known]:
    q, k, v = (need(x) for x in inputs[:3])
    heads = [attribute(node, name, 0) for name in ("q_num_heads", "kv_num_heads")]
    flat = len(q.shape) == 3
    if flat:
        q, k, v = (_headed(reader, x, n) for x, n in zip((q, k, v), (heads[0], heads[1], heads[1]), strict=True))
    mask = inputs[3] if len(inputs) > 3 else None
    more: tuple[Value, ...] = () if mask is None else (reader.read(mask),)
    shape = (*q.shape[:-1], v.shape[-1])
    made = reader.one("scaled_dot_product_attention", (*(reader.read(x) for x in (q, k, v)), *more), shape, q, k, v)
    if flat:
        n, h, length, d = shape
        made = _view(reader, _permuted(reader, made, 0, 2, 1, 3), n, length, h * d)
    return [made]


def _headed(reader: FileReader, x: Known, heads: int) -> Known:
    n, length, c = x.shape
    return _permuted(reader, _view(reader, x, n, length, heads, c // heads), 0, 2, 1, 3)


@translates("Equal", "Less", "Greater", "GreaterOrEqual", "LessOrEqual", "And", "Or", "Where", "Mod", "Xor")
def compared(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    items = [need(x) for x in inputs]
    shape = broadcast(*(x.shape for x in items))
    return reader.one(f"onnx.{node.op}", tuple(reader.read(x) for x in items), shape, *items)


@translates("Range", "ConstantOfShape")
def unknown_length(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Any:
    raise Unknown("it depends on numbers that the file doesn't tell: a shape, or a size")
