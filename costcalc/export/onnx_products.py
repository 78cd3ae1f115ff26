"""Attention, matrix products, recurrent layers, parts, learned numbers and rearranging as ONNX nodes."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import CostcalcError
from ..witness import along, learned, parts, products, rearranging
from .onnx_file import Value, Writer
from .onnx_layers import Converter, sliced


def _rows(x: Value) -> int:
    """How many positions there are."""
    return math.prod(x.shape[1:])


def _attention(w: Writer, m: products.AttentionModule, q: Value, k: Value, v: Value, table: Value | None = None) -> str:
    """Heads as a dimension of their own; where keys serve several of queries, those as one more."""
    d = q.shape[0] // m.heads
    of_keys = k.shape[0] // d
    serves = m.heads // of_keys
    if m.mix is not None and serves > 1:
        raise CostcalcError("heads that talk, and share keys, have no short form in ONNX")
    more = (serves,) if serves > 1 else ()
    ones = (1,) if serves > 1 else ()
    queries = w.reshaped(w.whole(q), 0, of_keys, *more, d, _rows(q))
    keys = w.reshaped(w.whole(k), 0, of_keys, *ones, d, _rows(k))
    values = w.reshaped(w.whole(v), 0, of_keys, *ones, v.shape[0] // of_keys, _rows(v))
    last = 4 if serves > 1 else 3
    swapped = (*range(last - 1), last, last - 1)
    scores = w.node("MatMul", w.transposed(queries, *swapped), keys)
    scores = w.node("Mul", scores, w.number(1 / math.sqrt(d)), name="Scale")
    if table is not None or m.bias is not None:
        scores = w.node("Add", scores, _bias(w, m, q, k, table, of_keys, more))
    scores = _mixed(w, m, 0, scores)
    shares = _mixed(w, m, 1, w.node("Softmax", scores, axis=-1))
    made = w.node("MatMul", shares, w.transposed(values, *swapped))
    return w.reshaped(w.transposed(made, *swapped), 0, m.heads * (v.shape[0] // of_keys), *q.shape[1:])


def _bias(
    w: Writer, m: products.AttentionModule, q: Value, k: Value, table: Value | None, of_keys: int, more: tuple[int, ...]
) -> str:
    """Learned or computed values, one after the other and again from the first, for each score."""
    if table is not None:
        added, known, axis = w.reshaped(w.whole(table), 0, m.heads, _rows(table)), _rows(table), 2
    else:
        assert m.bias is not None
        added, known, axis = w.weight("bias", m.bias), m.bias.shape[1], 1
    scores = _rows(q) * _rows(k)
    where = w.indices([n % known for n in range(scores)], (_rows(q), _rows(k)))
    made = w.node("Gather", added, where, axis=axis)
    if more:
        made = w.reshaped(made, *((0,) if axis == 2 else ()), of_keys, *more, _rows(q), _rows(k))
    return made


def _mixed(w: Writer, m: products.AttentionModule, at: int, scores: str) -> str:
    """Talking heads: a linear layer over the heads, which are a dimension as channels are."""
    if m.mix is None or m.shift is None:
        return scores
    mix = w.weight(f"mix.{at}", m.mix[at], m.heads, m.heads, 1, 1)
    shift = w.weight(f"shift.{at}", m.shift[at], m.heads)
    return w.node("Conv", scores, mix, shift, kernel_shape=(1, 1))


def _matmul(w: Writer, m: nn.Module, a: Value, b: Value) -> str:
    """Positions are rows."""
    rows, others = (w.transposed(w.reshaped(w.whole(x), 0, x.shape[0], _rows(x)), 0, 2, 1) for x in (a, b))
    return w.reshaped(w.transposed(w.node("MatMul", rows, others), 0, 2, 1), 0, b.shape[0], *a.shape[1:])


GATES = {nn.LSTM: (0, 3, 1, 2), nn.GRU: (1, 0, 2)}
"""Where ONNX's gates are among PyTorch's."""


def _recurrent(w: Writer, m: Any, x: Value) -> str:
    cell = nn.LSTM if isinstance(m, nn.LSTM) else nn.GRU
    ways = ["", "_reverse"] if m.bidirectional else [""]
    settings: dict[str, Any] = {"hidden_size": m.hidden_size}
    if m.bidirectional:
        settings["direction"] = "bidirectional"
    if cell is nn.GRU:
        settings["linear_before_reset"] = 1
    line = w.transposed(w.reshaped(w.whole(x), 0, x.shape[0], _rows(x)), 2, 0, 1)
    for layer in range(m.num_layers):
        kept = {
            label: torch.stack([_gates(cell, getattr(m, f"{name}_l{layer}{way}")) for way in ways])
            for label, name in (("W", "weight_ih"), ("R", "weight_hh"), ("B", "bias_ih"), ("B2", "bias_hh"))
        }
        kept["B"] = torch.cat([kept["B"], kept.pop("B2")], 1)
        names = [w.weight(f"{label}_l{layer}", tensor) for label, tensor in kept.items()]
        made = w.node(cell.__name__, line, *names, **settings)  # positions, directions, batch, cells
        line = w.reshaped(w.transposed(made, 0, 2, 1, 3), 0, 0, len(ways) * m.hidden_size)
    return w.reshaped(w.transposed(line, 1, 2, 0), 0, len(ways) * m.hidden_size, *x.shape[1:])


def _gates(cell: type[nn.Module], weight: Tensor) -> Tensor:
    gates = weight.detach().chunk(len(GATES[cell]))
    return torch.cat([gates[k] for k in GATES[cell]])


# -- parts


def _windows(w: Writer, m: rearranging.WindowsModule, x: Value) -> str:
    c, *size = x.shape
    axes = len(size)
    name = w.whole(x)
    more = [-n % part for n, part in zip(size, m.size, strict=True)]
    if any(more):
        name = w.node("Pad", name, w.ints(*(0,) * axes, *more), "", w.ints(*range(2, 2 + axes)))
    numbers = [(n + extra) // part for n, extra, part in zip(size, more, m.size, strict=True)]
    pairs = [(part, n) if m.grid else (n, part) for n, part in zip(numbers, m.size, strict=True)]
    name = w.reshaped(name, 0, c, *(n for pair in pairs for n in pair))
    first = [2 + 2 * axis for axis in range(axes)]
    which, where = [n + m.grid for n in first], [n + 1 - m.grid for n in first]
    return w.reshaped(w.transposed(name, 0, *which, 1, *where), -1, c, *m.size)


def _merge_windows(w: Writer, m: rearranging.MergeWindows, x: Value) -> str:
    c, *part = x.shape
    axes = len(part)
    name = w.reshaped(w.whole(x), -1, *m.parts, c, *part)
    pairs = [(1 + axis, 2 + axes + axis) for axis in range(axes)]
    order = [n for pair in pairs for n in (reversed(pair) if m.grid else pair)]
    size = [n * inside for n, inside in zip(m.parts, part, strict=True)]
    name = w.reshaped(w.transposed(name, 0, 1 + axes, *order), 0, c, *size)
    return name if size == list(m.size) else sliced(w, name, (0,) * axes, m.size)


# -- learned numbers


def _learned(w: Writer, m: learned.LearnedModule) -> str:
    return w.weight("fixed" if m.weight is None else "weight", m(), trained=m.weight is not None)


def _per_group(op: str) -> Converter:
    """With a learned number for each of some groups of channels, which are then a dimension of their own."""

    def convert(w: Writer, m: learned.ScaleModule, x: Value) -> str:
        c, *size = x.shape
        groups = len(m.weight)
        ones = (1,) * len(size)
        if groups in (1, c):
            return w.node(op, w.whole(x), w.weight("weight", m.weight, groups, *ones))
        weight = w.weight("weight", m.weight, groups, 1, *ones)
        return w.reshaped(w.node(op, w.reshaped(w.whole(x), 0, groups, c // groups, *size), weight), 0, c, *size)

    return convert


# -- rearranging


def _transpose(w: Writer, m: nn.Module, x: Value) -> str:
    rows = w.transposed(w.reshaped(w.whole(x), 0, x.shape[0], _rows(x)), 0, 2, 1)
    return w.reshaped(rows, 0, 0, 0, *(1,) * (len(x.shape) - 2)) if len(x.shape) > 2 else rows


def _space_to_depth(w: Writer, m: rearranging.SpaceToDepthModule, x: Value) -> str:
    c, *size = x.shape
    axes = len(size)
    pairs = [(n // block, block) for n, block in zip(size, m.size, strict=True)]
    name = w.reshaped(w.whole(x), 0, c, *(n for pair in pairs for n in pair))
    blocks = [2 + 2 * axis for axis in range(axes)]
    name = w.transposed(name, 0, 1, *(n + 1 for n in blocks), *blocks)
    return w.reshaped(name, 0, c * math.prod(m.size), *(n for n, _ in pairs))


def _depth_to_space(w: Writer, m: rearranging.DepthToSpaceModule, x: Value) -> str:
    c, *size = x.shape
    axes = len(size)
    if axes == 2 and len(set(m.size)) == 1:
        return w.node("DepthToSpace", w.whole(x), blocksize=m.size[0], mode="CRD")
    c //= math.prod(m.size)
    name = w.reshaped(w.whole(x), 0, c, *m.size, *size)
    name = w.transposed(name, 0, 1, *(n for axis in range(axes) for n in (2 + axes + axis, 2 + axis)))
    return w.reshaped(name, 0, c, *(n * block for n, block in zip(size, m.size, strict=True)))


def _shuffle(w: Writer, m: Any, x: Value) -> str:
    c, *size = x.shape
    name = w.reshaped(w.whole(x), 0, m.groups, c // m.groups, *size)
    return w.reshaped(w.transposed(name, 0, 2, 1, *range(3, 3 + len(size))), 0, c, *size)


def _roll(w: Writer, m: rearranging.RollModule, x: Value) -> str:
    name = w.whole(x)
    for axis, by in enumerate(m.size):
        n = x.shape[1 + axis]
        if by % n:
            at, dim = w.ints(n - by % n), w.ints(2 + axis)
            ends = w.node("Slice", name, at, w.ints(n), dim), w.node("Slice", name, w.ints(0), at, dim)
            name = w.node("Concat", *ends, axis=2 + axis)
    return name


def _unfold(w: Writer, m: rearranging.UnfoldModule, x: Value) -> str:
    """Each axis becomes two: where in the window, and which window."""
    c, *size = x.shape
    axes = len(size)
    pads = [*reversed(m.padding[::2]), *reversed(m.padding[1::2])]
    name = w.whole(x)
    if any(pads):
        name = w.node("Pad", name, w.ints(*pads), "", w.ints(*range(2, 2 + axes)))
    slid = []
    for axis, (n, k, s) in enumerate(zip(size, m.kernel, m.stride, strict=True)):
        number = (n + pads[axis] + pads[axes + axis] - k) // s + 1
        slid.append(number)
        where = [inside + s * which for inside, which in product(range(k), range(number))]
        name = w.node("Gather", name, w.indices(where, (k, number)), axis=2 + 2 * axis)
    inside = [2 + 2 * axis for axis in range(axes)]
    name = w.transposed(name, 0, 1, *inside, *(n + 1 for n in inside))
    return w.reshaped(name, 0, c * math.prod(m.kernel), *slid)


def _softmax_over(w: Writer, m: nn.Module, x: Value) -> str:
    made = w.node("Softmax", w.reshaped(w.whole(x), 0, x.shape[0], _rows(x)), axis=2)
    return w.reshaped(made, 0, *x.shape)


def _sequence(w: Writer, x: Value) -> str:
    """All positions in a row."""
    length = (x.shape[0], _rows(x), *(1,) * (len(x.shape) - 2))
    return w.whole(x) if x.shape == length else w.reshaped(w.whole(x), 0, *length)


def _concat_along(w: Writer, m: rearranging.ConcatAlong, *inputs: Value) -> str:
    names = [w.whole(x) if m.dim else _sequence(w, x) for x in inputs]
    constant = [name in w.weights for name in names]
    if any(constant) and not all(constant):  # what is learned is the same for all images of a batch
        batch = w.node("Shape", names[constant.index(False)], start=0, end=1)
        for k, learned in enumerate(constant):
            if learned:
                sizes = w.node("Concat", batch, w.ints(*w.weights[names[k]][0].shape[1:]), axis=0, name="Sizes")
                names[k] = w.node("Expand", names[k], sizes)
    axis = m.dim or 2
    return w.node("Concat", *names, axis=axis if axis > 0 else 1 + len(inputs[0].shape) + axis)


def _split_along(w: Writer, m: rearranging.SplitAlong, x: Value) -> list[str]:
    name = w.whole(x) if m.dim else _sequence(w, x)
    axis = m.dim or 2
    axis = axis if axis > 0 else 1 + len(x.shape) + axis
    return w.several("Split", name, w.ints(*m.parts), outputs=len(m.parts), axis=axis)


PRODUCTS: dict[type[nn.Module], Converter] = {
    products.AttentionModule: _attention,
    products.MatMulModule: _matmul,
    products.MapLSTM: _recurrent,
    products.MapGRU: _recurrent,
    rearranging.HeadsModule: lambda w, m, x: w.reshaped(w.whole(x), -1, x.shape[0] // m.number, *x.shape[1:]),
    rearranging.MergeHeads: lambda w, m, x: w.reshaped(w.whole(x), -1, x.shape[0] * m.number, *x.shape[1:]),
    rearranging.WindowsModule: _windows,
    rearranging.MergeWindows: _merge_windows,
    learned.LearnedModule: _learned,
    learned.ScaleModule: _per_group("Mul"),
    learned.ShiftModule: _per_group("Add"),
    learned.GroupPReLU: _per_group("PRelu"),
    rearranging.TransposeModule: _transpose,
    rearranging.ReshapeModule: lambda w, m, x: w.reshaped(w.whole(x), 0, x.shape[0], *m.size),
    rearranging.SpaceToDepthModule: _space_to_depth,
    rearranging.DepthToSpaceModule: _depth_to_space,
    rearranging.RollModule: _roll,
    parts.Shuffle: _shuffle,
    rearranging.UnfoldModule: _unfold,
    along.SoftmaxOver: _softmax_over,
    rearranging.ConcatAlong: _concat_along,
    rearranging.SplitAlong: _split_along,
}
