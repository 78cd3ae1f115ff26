"""Convolutions, pools, norms, activations and joins as ONNX nodes: one function for each class of layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import CostcalcError
from ..witness import along, parts, rearranging, windows
from .onnx_file import Value, Writer

Made = str | Value | list[str]
Converter = Callable[..., Made]
"""``converter(writer, layer, *tensors)``: the output's name, or its forms, or the names of several outputs."""


def _sides(pads: Sequence[int]) -> list[int]:
    """Pixels as ``F.pad`` takes them, the last axis first, as ONNX does: all that come before, then all after."""
    return [*reversed(pads[::2]), *reversed(pads[1::2])]


def _weights(w: Writer, m: nn.Module) -> list[str]:
    kept = [w.weight("weight", m.weight, trained=isinstance(m.weight, nn.Parameter))]
    return kept if m.bias is None else [*kept, w.weight("bias", m.bias)]


def _convolution(w: Writer, m: Any, x: Value) -> str:
    same = isinstance(m, windows.SameConv)
    pads = _sides(windows.same(_shadow(x), m.kernel_size, m.stride, m.dilation)) if same else [*m.padding, *m.padding]
    return w.node("Conv", w.whole(x), *_weights(w, m), pads=pads, **_window(m), group=m.groups, dilations=m.dilation)


def _shadow(x: Value) -> Tensor:
    return torch.empty(1, *x.shape, device="meta")


def _window(m: Any) -> dict[str, Any]:
    return {"kernel_shape": m.kernel_size, "strides": m.stride}


def _transposed(w: Writer, m: Any, x: Value) -> str:
    pads = [*m.padding, *m.padding]
    if isinstance(m, windows.SameConvTranspose):
        reach = zip(m.kernel_size, m.stride, m.dilation, strict=True)
        over = [max(d * (k - 1) + 1 - s, 0) for k, s, d in reach]
        pads = [*(n // 2 for n in over), *(n - n // 2 for n in over)]
    more = {"group": m.groups, "dilations": m.dilation, "output_padding": m.output_padding}
    return w.node("ConvTranspose", w.whole(x), *_weights(w, m), pads=pads, **_window(m), **more)


def _linear(w: Writer, m: nn.Module, x: Value) -> Value:
    return Value((), flat=w.node("Gemm", w.flat(x), *_weights(w, m), transB=1))


# -- pools


def _per_axis(m: Any, name: str, axes: int) -> tuple[int, ...]:
    size = getattr(m, name)
    return tuple(size) if isinstance(size, tuple | list) else (size,) * axes


def _pool(w: Writer, m: Any, x: Value) -> str:
    axes = len(x.shape) - 1
    kernel, stride = (_per_axis(m, name, axes) for name in ("kernel_size", "stride"))
    settings: dict[str, Any] = {"kernel_shape": kernel, "strides": stride}
    same = isinstance(m, windows.SameMaxPool | windows.SameAvgPool)
    pads = _sides(windows.same(_shadow(x), kernel, stride)) if same else [*_per_axis(m, "padding", axes)] * 2
    if any(pads):
        settings["pads"] = pads
    if m.ceil_mode:
        settings["ceil_mode"] = 1
    if isinstance(m, nn.MaxPool1d | nn.MaxPool2d | nn.MaxPool3d):
        return w.node("MaxPool", w.whole(x), **settings)
    include = int(any(pads) and not same and m.count_include_pad)
    return w.node("AveragePool", w.whole(x), count_include_pad=include, **settings)


def _behind_padding(w: Writer, m: Any, x: Value) -> Made:
    pad, pool = m
    return _pool(w, pool, _padded(w, pad, x))


def _padded(w: Writer, m: Any, x: Value) -> Value:
    pads = _sides(m.padding)
    axes = w.ints(*range(2, 2 + len(pads) // 2))
    made = w.node("Pad", w.whole(x), w.ints(*pads), w.number(float(m.value)), axes)
    size = [n + a + b for n, a, b in zip(x.shape[1:], pads[: len(pads) // 2], pads[len(pads) // 2 :], strict=True)]
    return Value((x.shape[0], *size), made)


def _axis_pool(w: Writer, m: along.AxisPoolModule, x: Value) -> str:
    op = {"max": "ReduceMax", "mean": "ReduceMean", "sum": "ReduceSum"}[m.how]
    dims = [m.dim] if m.dim else range(2, 1 + len(x.shape))
    return w.node(op, w.whole(x), w.ints(*dims), keepdims=1)


def _resize(w: Writer, m: nn.Upsample, x: Value) -> str:
    nearest = m.mode == "nearest"
    how = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    if not nearest:
        how = {"coordinate_transformation_mode": "half_pixel"}
    axes = list(range(2, 1 + len(x.shape)))
    mode = "nearest" if nearest else "linear"
    return w.node("Resize", w.whole(x), "", "", w.ints(*m.size), mode=mode, axes=axes, **how)


def _regions(w: Writer, m: parts.Regions, x: Value) -> str:
    """Boxes of as many bins as a region has pixels, each of which is looked at in its middle."""
    sides = []
    for length, number in zip(x.shape[1:], (m.height, m.width), strict=True):
        centres = m.centres(length, number)
        bins = (centres[:, -1] - centres[:, 0]) / max(number - 1, 1)
        first = centres[:, 0] - bins / 2 + 0.5
        sides.append((first, first + bins * number))
    (top, bottom), (left, right) = sides
    boxes = w.weight("boxes", torch.stack((left, top, right, bottom), 1), trained=False)
    which = w.indices([0] * m.number, (m.number,))
    return w.node("RoiAlign", w.whole(x), boxes, which, output_height=m.height, output_width=m.width, sampling_ratio=1)


# -- norms


def _batch_norm(w: Writer, m: Any, x: Value) -> str:
    c = x.shape[0]
    scale, shift = _affine(w, m, (c,))
    mean, variance = (w.weight(name, getattr(m, name), trained=False) for name in ("running_mean", "running_var"))
    return w.node("BatchNormalization", w.whole(x), scale, shift, mean, variance, epsilon=m.eps)


def _affine(w: Writer, m: Any, shape: tuple[int, ...]) -> list[str]:
    """Scale and shift, which ONNX's norms have always: of a norm that trains none they are 1 and 0."""
    if m.weight is not None:
        return [w.weight("weight", m.weight), w.weight("bias", m.bias)]
    ones, zeros = torch.ones(shape), torch.zeros(shape)
    return [w.weight("ones", ones, trained=False), w.weight("zeros", zeros, trained=False)]


def _group_norm(w: Writer, m: nn.GroupNorm, x: Value) -> str:
    scale, shift = _affine(w, m, (x.shape[0],))
    return w.node("GroupNormalization", w.whole(x), scale, shift, epsilon=m.eps, num_groups=m.num_groups)


def _channel_norm(w: Writer, m: Any, x: Value) -> str:
    axes = len(x.shape) - 1
    last = w.transposed(w.whole(x), 0, *range(2, 2 + axes), 1)
    made = w.node("LayerNormalization", last, *_affine(w, m, (x.shape[0],)), axis=-1, epsilon=m.eps)
    return w.transposed(made, 0, 1 + axes, *range(1, 1 + axes))


def _layer_norm(w: Writer, m: Any, x: Value) -> str:
    scale, shift = _affine(w, m, x.shape)
    return w.node("LayerNormalization", w.whole(x), scale, shift, axis=1, epsilon=m.eps)


def _rms_norm(w: Writer, m: Any, x: Value) -> str:
    eps = torch.finfo(torch.float32).eps if m.eps is None else m.eps
    name = w.whole(x)
    mean = w.node("ReduceMean", w.node("Mul", name, name, name="Square"), w.ints(1), keepdims=1)
    made = w.node("Div", name, w.node("Sqrt", w.node("Add", mean, w.number(eps))))
    return made if m.weight is None else w.node("Mul", made, _along_channels(w, "weight", m.weight, x))


def _along_channels(w: Writer, label: str, values: Tensor, x: Value) -> str:
    """A number for each channel, or one in all, as it goes with a map."""
    return w.weight(label, values, len(values), *(1,) * (len(x.shape) - 1))


def _l2_norm(w: Writer, m: Any, x: Value) -> str:
    made = w.node("LpNormalization", w.whole(x), axis=1, p=2)
    return w.node("Mul", made, _along_channels(w, "weight", m.weight, x))


def _response_norm(w: Writer, m: nn.LocalResponseNorm, x: Value) -> str:
    if m.size % 2 == 0:
        raise CostcalcError("ONNX has no local response norm of an even number of channels that is PyTorch's")
    return w.node("LRN", w.whole(x), size=m.size, alpha=m.alpha, beta=m.beta, bias=float(m.k))


# -- element by element


def elementwise(build: Callable[[Writer, Any, str], str]) -> Converter:
    """A converter of what doesn't look at shapes: it stays in the form that its input has."""

    def convert(w: Writer, m: nn.Module, x: Value) -> Value:
        if x.whole:
            return Value((), build(w, m, x.whole))
        return Value((), flat=build(w, m, x.flat))

    return convert


def _one(op: str, **attributes: Any) -> Converter:
    return elementwise(lambda w, m, x: w.node(op, x, **attributes))


def _clip(low: float, high: float) -> Callable[[Writer, Any, str], str]:
    return lambda w, m, x: w.node("Clip", x, w.number(low), w.number(high))


def _slopes(w: Writer, m: nn.PReLU, x: Value) -> str:
    return w.node("PRelu", w.whole(x), _along_channels(w, "weight", m.weight, x))


FUNCTIONS: dict[str, Callable[[Writer, Any, str], str]] = {
    "hardtanh": _clip(-1.0, 1.0),
    "logsigmoid": lambda w, m, x: w.node("Neg", w.node("Softplus", w.node("Neg", x))),
    "rsqrt": lambda w, m, x: w.node("Reciprocal", w.node("Sqrt", x)),
    "square": lambda w, m, x: w.node("Mul", x, x, name="Square"),
}
"""Those that ONNX has no operator of the same name for."""


def _function(w: Writer, m: along.FunctionModule, x: str) -> str:
    if m.function in FUNCTIONS:
        return FUNCTIONS[m.function](w, m, x)
    return w.node(m.function.capitalize(), x)


# -- joins


def _join(op: str) -> Converter:
    return lambda w, m, *inputs: w.node(op if len(inputs) == 2 else "Sum", *map(w.whole, inputs))


def _weighted_add(w: Writer, m: parts.WeightedAdd, *inputs: Value) -> str:
    weight = w.weight("weight", m.weight)
    if m.normalize == "fast":
        weight = w.node("Relu", weight)
        total = w.node("ReduceSum", weight, w.ints(0), keepdims=1)
        weight = w.node("Div", weight, w.node("Add", total, w.number(1e-4)))
    elif m.normalize == "softmax":
        weight = w.node("Softmax", weight, axis=0)
    each = w.several("Split", weight, w.ints(*(1,) * len(inputs)), outputs=len(inputs), axis=0)
    return w.node("Sum", *[w.node("Mul", w.whole(x), one) for x, one in zip(inputs, each, strict=True)])


def _pad_add(w: Writer, m: nn.Module, wide: Value, narrow: Value) -> str:
    more = w.ints(0, wide.shape[0] - narrow.shape[0])
    return w.node("Add", w.whole(wide), w.node("Pad", w.whole(narrow), more, "", w.ints(1)))


def _concat(w: Writer, m: Any, *inputs: Value) -> str:
    return w.node("Concat", *map(w.whole, inputs), axis=1)


def _split(w: Writer, m: parts.SplitModule, x: Value) -> list[str]:
    return w.several("Split", w.whole(x), w.ints(*m.parts), outputs=len(m.parts), axis=1)


def _dropout(w: Writer, m: nn.Dropout, x: str) -> str:
    return w.node("Dropout", x, w.number(m.p))


def _crop(w: Writer, m: parts.CropModule, x: Value) -> str:
    starts = [(n - size) // 2 for n, size in zip(x.shape[1:], m.size, strict=True)]
    return sliced(w, w.whole(x), starts, m.size)


def sliced(w: Writer, x: str, starts: Sequence[int], sizes: Sequence[int]) -> str:
    """The part of each axis behind the channels that begins at ``starts``."""
    ends = [start + size for start, size in zip(starts, sizes, strict=True)]
    return w.node("Slice", x, w.ints(*starts), w.ints(*ends), w.ints(*range(2, 2 + len(ends))))


LAYERS: dict[type[nn.Module], Converter] = {
    **dict.fromkeys((nn.Conv1d, nn.Conv2d, nn.Conv3d), _convolution),
    **dict.fromkeys((windows.SameConv1d, windows.SameConv2d, windows.SameConv3d), _convolution),
    **dict.fromkeys((nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d), _transposed),
    **dict.fromkeys(
        (windows.SameConvTranspose1d, windows.SameConvTranspose2d, windows.SameConvTranspose3d), _transposed
    ),
    windows.MapLinear: _linear,
    **dict.fromkeys((nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d), _pool),
    **dict.fromkeys((windows.SameMaxPool1d, windows.SameMaxPool2d, windows.SameMaxPool3d), _pool),
    **dict.fromkeys((windows.SameAvgPool1d, windows.SameAvgPool2d, windows.SameAvgPool3d), _pool),
    nn.Sequential: _behind_padding,
    **dict.fromkeys((nn.ZeroPad1d, nn.ZeroPad2d, nn.ZeroPad3d), _padded),
    **dict.fromkeys((nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d),
                    lambda w, m, x: w.node("GlobalAveragePool", w.whole(x))),
    **dict.fromkeys((nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d),
                    lambda w, m, x: w.node("GlobalMaxPool", w.whole(x))),
    along.AxisPoolModule: _axis_pool,
    nn.Upsample: _resize,
    parts.Regions: _regions,
    **dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d), _batch_norm),
    nn.GroupNorm: _group_norm,
    parts.ChannelNorm: _channel_norm,
    nn.LayerNorm: _layer_norm,
    along.ChannelRMSNorm: _rms_norm,
    parts.ScaledL2Norm: _l2_norm,
    nn.LocalResponseNorm: _response_norm,
    nn.ReLU: _one("Relu"),
    nn.ReLU6: elementwise(_clip(0.0, 6.0)),
    nn.LeakyReLU: elementwise(lambda w, m, x: w.node("LeakyRelu", x, alpha=m.negative_slope)),
    nn.ELU: elementwise(lambda w, m, x: w.node("Elu", x, alpha=m.alpha)),
    nn.SiLU: elementwise(lambda w, m, x: w.node("Mul", x, w.node("Sigmoid", x))),
    nn.Hardswish: _one("HardSwish"),
    nn.Sigmoid: _one("Sigmoid"),
    nn.Hardsigmoid: _one("HardSigmoid", alpha=1 / 6, beta=0.5),
    nn.GELU: _one("Gelu"),
    nn.Mish: _one("Mish"),
    nn.Tanh: _one("Tanh"),
    nn.Softmax: lambda w, m, x: w.node("Softmax", w.whole(x), axis=m.dim),
    nn.PReLU: _slopes,
    along.FunctionModule: elementwise(_function),
    parts.AddModule: _join("Add"),
    parts.WeightedAdd: _weighted_add,
    parts.PadAddModule: _pad_add,
    parts.MulModule: _join("Mul"),
    along.SubModule: _join("Sub"),
    along.DivModule: _join("Div"),
    parts.ConcatModule: _concat,
    parts.SplitModule: _split,
    nn.Dropout: elementwise(_dropout),
    parts.CropModule: _crop,
    parts.ToChannels: lambda w, m, x: Value((), flat=w.flat(x)),
    rearranging.CropFrom: lambda w, m, x: sliced(w, w.whole(x), m.start, m.size),
}  # fmt: skip
