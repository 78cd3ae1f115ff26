"""Layers of a file in PyTorch's words: convolutions, linear layers, norms, pools, recurrent layers."""

from __future__ import annotations

from typing import Any

from ..record import Read, Shape, Value
from .constants import broadcast
from .model import OnnxNode
from .reader import CONSTANT, FileReader, Known, Unknown, attribute, translates
from .shapes import axes_of, same_pads, slid

Pads = tuple[tuple[int, int], ...]


def need(x: Known | None) -> Known:
    """An input that has to be there."""
    if x is None:
        raise Unknown("an input is missing")
    return x


def per_axis(node: OnnxNode, name: str, axes: int) -> tuple[int, ...]:
    """An attribute with a number for each axis, 1 without."""
    found = attribute(node, name) or (1,) * axes
    if len(found) != axes:
        raise Unknown(f"{name} has {len(found)} numbers, and there are {axes} axes")
    return tuple(found)


def _pads(
    node: OnnxNode, size: Shape, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
) -> Pads:
    axes = len(kernel)
    auto = attribute(node, "auto_pad", "NOTSET") or "NOTSET"
    if auto.startswith("SAME"):
        every = zip(size, kernel, stride, dilation, strict=True)
        return tuple(same_pads(*one, auto == "SAME_LOWER") for one in every)
    found = attribute(node, "pads") if auto != "VALID" else None
    flat = tuple(found or (0,) * (2 * axes))
    return tuple(zip(flat[:axes], flat[axes:], strict=True))


def padded(reader: FileReader, x: Known, pads: Pads) -> Known:
    """``x`` with zeros around the axes behind its channels."""
    sides = tuple(n for pair in reversed(pads) for n in pair)
    shape = (*x.shape[:2], *(n + a + b for n, (a, b) in zip(x.shape[2:], pads, strict=True)))
    return reader.one("pad", (reader.read(x), sides), shape, x)


def _centred(reader: FileReader, x: Known, pads: Pads) -> tuple[Known, tuple[int, ...]]:
    """``x`` and the padding that is alike on both sides; any other is a layer before."""
    if all(a == b for a, b in pads):
        return x, tuple(a for a, _ in pads)
    return padded(reader, x, pads), (0,) * len(pads)


@translates("Conv", "ConvInteger", "QLinearConv")
def conv(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    if node.op == "QLinearConv":
        inputs = [inputs[0], inputs[3], inputs[8] if len(inputs) > 8 else None]
        reader.quantised += 1
    elif node.op == "ConvInteger":
        inputs = inputs[:2]
        reader.quantised += 1
    x, w = need(inputs[0]), need(inputs[1])
    bias = inputs[2] if len(inputs) > 2 else None
    axes = len(w.shape) - 2
    if axes < 1 or axes > 3 or len(x.shape) != axes + 2:
        raise Unknown(f"a convolution of {x.shape} with weights of {w.shape}")
    stride, dilation = per_axis(node, "strides", axes), per_axis(node, "dilations", axes)
    kernel = w.shape[2:]
    pads = _pads(node, x.shape[2:], kernel, stride, dilation)
    every = zip(x.shape[2:], kernel, stride, pads, dilation, strict=True)
    size = tuple(slid(n, k, s, p, d) for n, k, s, p, d in every)
    groups = attribute(node, "group", 1)
    if groups < 1 or x.shape[1] != w.shape[1] * groups or w.shape[0] % groups:
        raise Unknown(f"{groups} groups of {x.shape[1]} channels with weights of {w.shape}")
    windows = zip(x.shape[2:], kernel, stride, dilation, strict=True)
    own: Value = "same"
    if any(k % 2 == 0 for k in kernel) or pads != tuple(same_pads(n, k, s, d, False) for n, k, s, d in windows):
        x, own = _centred(reader, x, pads)
    reader.path = _module(w)
    args: tuple[Value, ...] = (reader.read(x), reader.weight(w), _bias(reader, bias), stride, own, dilation, groups)
    made = reader.one(f"conv{axes}d", args, (x.shape[0], w.shape[0], *size), x, w)
    return _bare(reader, made, bias)


def _module(w: Known) -> str:
    """The module that a weight's name is of: ``layer1.0.conv1`` of ``layer1.0.conv1.weight``."""
    name = w.stored.name if w.stored is not None else ""
    return name.rpartition(".")[0] if name.endswith((".weight", ".weight_quantized")) else ""


def _bias(reader: FileReader, bias: Known | None) -> Read | None:
    return None if bias is None else reader.weight(bias)


def _bare(reader: FileReader, made: Known, bias: Known | None) -> Known:
    if bias is None and made.of is not None:
        reader.bare[made.of] = len(reader.nodes) - 1
    return made


@translates("ConvTranspose")
def deconv(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x, w = need(inputs[0]), need(inputs[1])
    bias = inputs[2] if len(inputs) > 2 else None
    axes = len(w.shape) - 2
    stride, dilation = per_axis(node, "strides", axes), per_axis(node, "dilations", axes)
    more = tuple(attribute(node, "output_padding") or (0,) * axes)
    groups = attribute(node, "group", 1)
    whole = [
        (n - 1) * s + d * (k - 1) + 1 + extra
        for n, s, d, k, extra in zip(x.shape[2:], stride, dilation, w.shape[2:], more, strict=True)
    ]
    wanted = attribute(node, "output_shape")
    auto = attribute(node, "auto_pad", "NOTSET") or "NOTSET"
    if wanted or auto.startswith("SAME"):
        size = tuple(wanted[-axes:]) if wanted else tuple(n * s for n, s in zip(x.shape[2:], stride, strict=True))
        pads: Pads = tuple(((a - b) // 2, a - b - (a - b) // 2) for a, b in zip(whole, size, strict=True))
    else:
        pads = _pads(node, x.shape[2:], w.shape[2:], stride, dilation)
        size = tuple(n - a - b for n, (a, b) in zip(whole, pads, strict=True))
    if any(n < 1 for n in size):
        raise Unknown("nothing is left of its output")
    own = tuple(a for a, _ in pads)
    reader.path = _module(w)
    weight = reader.weight(w)
    args = (reader.read(x), weight, _bias(reader, bias), stride, own, more, groups, dilation)
    return reader.one(f"conv_transpose{axes}d", args, (x.shape[0], w.shape[1] * groups, *size), x, w)


# -- linear layers


@translates("Gemm")
def gemm(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x, w = need(inputs[0]), need(inputs[1])
    bias = inputs[2] if len(inputs) > 2 else None
    if attribute(node, "transA", 0):
        x = turned(reader, x)
    by_rows = bool(attribute(node, "transB", 0))
    out, features = w.shape if by_rows else w.shape[::-1]
    if x.shape[-1] != features:
        raise Unknown(f"a product of {x.shape} and {w.shape}")
    reader.path = _module(w)
    if not w.static:
        w = turned(reader, w) if by_rows else w
        return product(reader, x, w)
    weight = reader.weight(w)
    if not by_rows:
        weight = turned(reader, w, weight).of  # type: ignore[assignment]
    made = reader.one("linear", (reader.read(x), weight, _bias(reader, bias)), (*x.shape[:-1], out), x, w)
    return _bare(reader, made, bias)


def turned(reader: FileReader, x: Known, read: Read | None = None) -> Known:
    """The last two dimensions in the other order."""
    rank = len(x.shape)
    shape = (*x.shape[:-2], x.shape[-1], x.shape[-2])
    order = (*range(rank - 2), rank - 1, rank - 2)
    return reader.one("permute", (read or reader.read(x), order), shape, x)


@translates("MatMul", "MatMulInteger", "QLinearMatMul")
def matmul(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    if node.op != "MatMul":
        inputs = [inputs[0], inputs[3] if node.op == "QLinearMatMul" else inputs[1]]
        reader.quantised += 1
    a, b = need(inputs[0]), need(inputs[1])
    if b.static and len(b.shape) == 2 and len(a.shape) > 1 and not a.static:
        if a.shape[-1] != b.shape[0]:
            raise Unknown(f"a product of {a.shape} and {b.shape}")
        reader.path = _module(b)
        weight = turned(reader, b, reader.weight(b)).of
        made = reader.one("linear", (reader.read(a), weight, None), (*a.shape[:-1], b.shape[1]), a)
        return _bare(reader, made, None)
    return product(reader, a, b)


def product(reader: FileReader, a: Known, b: Known) -> Known:
    """A product of two tensors, with all dimensions but the last two alike."""
    if min(len(a.shape), len(b.shape)) < 2 or a.shape[-1] != b.shape[-2]:
        raise Unknown(f"a product of {a.shape} and {b.shape}")
    front = broadcast(a.shape[:-2], b.shape[:-2])
    return reader.one("matmul", (reader.read(a), reader.read(b)), (*front, a.shape[-2], b.shape[-1]), a, b)


# -- norms


def norms(reader: FileReader, x: Known) -> Read:
    """A norm's scale or shift: one that is a constant of the graph isn't trained."""
    return reader.weight(x, "buffer" if x.stored is None or x.stored.doc == CONSTANT else "param")


@translates("BatchNormalization")
def batch_norm(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> list[Known]:
    x, scale, shift, mean, variance = map(need, inputs[:5])
    args = (reader.read(x), norms(reader, scale), norms(reader, shift))
    statistics = (reader.weight(mean, "buffer"), reader.weight(variance, "buffer"))
    return [reader.one("batch_norm", (*args, *statistics), x.shape, x)]


@translates("InstanceNormalization")
def instance_norm(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x, scale, shift = map(need, inputs[:3])
    return reader.one("instance_norm", (reader.read(x), norms(reader, scale), norms(reader, shift)), x.shape, x)


@translates("GroupNormalization")
def group_norm(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x, scale, shift = map(need, inputs[:3])
    groups = attribute(node, "num_groups", 1)
    args = (reader.read(x), groups, norms(reader, scale), norms(reader, shift))
    return reader.one("group_norm", args, x.shape, x)


@translates("LayerNormalization")
def layer_norm(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> list[Known]:
    x, scale = need(inputs[0]), need(inputs[1])
    shift = inputs[2] if len(inputs) > 2 else None
    over = x.shape[attribute(node, "axis", -1) % len(x.shape) :]
    args = (reader.read(x), over, norms(reader, scale), None if shift is None else norms(reader, shift))
    return [reader.one("layer_norm", args, x.shape, x)]


@translates("RMSNormalization", "SimplifiedLayerNormalization")
def rms_norm(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x, scale = need(inputs[0]), need(inputs[1])
    over = x.shape[attribute(node, "axis", -1) % len(x.shape) :]
    return reader.one("rms_norm", (reader.read(x), over, norms(reader, scale)), x.shape, x)


@translates("LRN")
def response_norm(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    return reader.one("local_response_norm", (reader.read(x), attribute(node, "size", 1)), x.shape, x)


# -- pools


@translates("MaxPool", "AveragePool", "LpPool")
def pool(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> list[Known]:
    x = need(inputs[0])
    axes = len(x.shape) - 2
    kernel, stride = per_axis(node, "kernel_shape", axes), per_axis(node, "strides", axes)
    dilation = per_axis(node, "dilations", axes)
    pads = _pads(node, x.shape[2:], kernel, stride, dilation)
    ceil = bool(attribute(node, "ceil_mode", 0))
    every = zip(x.shape[2:], kernel, stride, pads, dilation, strict=True)
    size = tuple(slid(n, k, s, p, d, ceil) for n, k, s, p, d in every)
    shape = (*x.shape[:2], *size)
    if ceil and size == tuple(
        slid(n, k, s, p, d) for n, k, s, p, d in zip(x.shape[2:], kernel, stride, pads, dilation, strict=True)
    ):
        ceil = False
    x, own = _centred(reader, x, pads)
    word = {"MaxPool": "max_pool", "AveragePool": "avg_pool"}.get(node.op, "lp_pool")
    if word == "max_pool":
        args: tuple[Value, ...] = (reader.read(x), kernel, stride, own, dilation, ceil)
    else:
        args = (reader.read(x), kernel, stride, own, ceil)
    return [reader.one(f"{word}{axes}d", args, shape, x)]


@translates("GlobalAveragePool", "GlobalMaxPool")
def global_pool(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    op = "mean" if node.op == "GlobalAveragePool" else "amax"
    dims = tuple(range(2, len(x.shape)))
    return reader.one(op, (reader.read(x), dims, True), (*x.shape[:2], *(1 for _ in dims)), x)


REDUCED = {"ReduceMean": "mean", "ReduceMax": "amax", "ReduceSum": "sum", "ReduceMin": "amin"}


@translates(*REDUCED, "ReduceL2", "ReduceL1", "ReduceSumSquare", "ReduceLogSumExp", "ReduceProd")
def reduction(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x = need(inputs[0])
    rank = len(x.shape)
    found = axes_of(node, inputs, 1)
    if not found and attribute(node, "noop_with_empty_axes", 0):
        return x
    axes = tuple(sorted({k % rank for k in found})) if found else tuple(range(rank))
    keep = bool(attribute(node, "keepdims", 1))
    shape = tuple(1 if k in axes else n for k, n in enumerate(x.shape) if keep or k not in axes)
    return reader.one(REDUCED.get(node.op, f"onnx.{node.op}"), (reader.read(x), axes, keep), shape, x)


# -- recurrent layers


@translates("LSTM", "GRU")
def recurrent(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> list[Known]:
    x, w, r = map(need, inputs[:3])
    bias = inputs[3] if len(inputs) > 3 else None
    if attribute(node, "layout", 0) or any(reader.uses[name] for name in node.outputs[1:]):
        raise Unknown("a recurrent layer of another form than the positions' outputs")
    length, batch, _ = x.shape
    directions, cells = w.shape[0], r.shape[-1]
    params = tuple(reader.weight(one) for one in (w, r, bias) if one is not None)
    args: tuple[Any, ...] = (reader.read(x), (), params, bias is not None, 1, 0.0, False, directions == 2, False)
    made = reader.one(node.op.lower(), args, (length, batch, directions * cells), x)
    made = reader.one("view", (reader.read(made), ()), (length, batch, directions, cells), made)
    return [reader.one("permute", (reader.read(made), (0, 2, 1, 3)), (length, directions, batch, cells), made)]


@translates("RoiAlign")
def regions(reader: FileReader, node: OnnxNode, inputs: list[Known | None]) -> Known:
    x, boxes = need(inputs[0]), need(inputs[1])
    size = attribute(node, "output_height", 1), attribute(node, "output_width", 1)
    number = boxes.shape[0]
    return reader.one("roi_align", (reader.read(x), number, size), (number, x.shape[1], *size), x)
