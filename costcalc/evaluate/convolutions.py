"""Convolutions, transposed and depthwise ones, and fully connected layers."""

from __future__ import annotations

from typing import Any

from ..arithmetic import mul
from ..graph import Path, Tensor
from ..ops import BatchNorm, Conv2d, ConvTranspose2d, Linear
from .arguments import ACTS, PADS, REQUIRED, LayerDef, activation, count, divides, fits, flag, padding, sizes, word
from .run import Run

_WORDS = {"norm": ("bn", "none"), "act": ACTS, "pad": PADS}
_DEFAULTS: dict[str, Any] = {"norm": "bn", "act": "relu", "pad": "same", "bias": None, "d": 1, "fixed": False}


def conv(
    run: Run,
    path: Path,
    x: Any,
    k: Any,
    c: Any,
    s: Any,
    g: Any,
    norm: Any,
    act: Any,
    pad: Any,
    bias: Any,
    d: Any,
    fixed: Any,
) -> Tensor:
    """Convolution, then batch norm, then activation."""
    if type(x) is not Tensor:
        x = run.one(x)
    if type(c) is not int or c < 1:
        c = count(run, c, "channels (c)")
    axes = len(x.shape) - 1
    ones = (1,) * axes
    kernel = sizes(run, k, "k", axes)
    stride = ones if type(s) is int and s == 1 else sizes(run, s, "s", axes)
    dilation = ones if type(d) is int and d == 1 else sizes(run, d, "d", axes)
    if type(g) is not int or g < 1:
        g = count(run, g, "groups (g)")
    if g != 1 if type(g) is int else True:
        divides(run, g, x.c, "input channels")
        divides(run, g, c, "output channels")
    with_bias = norm == "none" and fixed is False if bias is None else flag(bias, "bias")
    pads = "same" if type(pad) is str and pad == "same" else padding(run, pad, axes)
    if run.strides is not None:
        stride, dilation, pads = run.strides.hold(x, stride, dilation, pads)
    op = Conv2d(x.c, c, kernel, stride, pads, dilation, g, with_bias, fixed is not False and flag(fixed, "fixed"))
    out = run.emit((path, "conv"), path, op, (x,))
    if pads != "same":
        fits(run, out, x, op)
    return _norm_and_act(run, path, out, norm, act)


def dwconv(
    run: Run,
    path: Path,
    x: Any,
    k: Any,
    s: Any,
    mult: Any,
    norm: Any,
    act: Any,
    pad: Any,
    bias: Any,
    d: Any,
    fixed: Any,
) -> Tensor:
    """Depthwise convolution: one group for each input channel."""
    if type(x) is not Tensor:
        x = run.one(x)
    m = mult if type(mult) is int and mult > 0 else count(run, mult, "mult")
    c = x.c if type(m) is int and m == 1 else mul(x.c, m)
    return conv(run, path, x, k, c, s, x.c, norm, act, pad, bias, d, fixed)


def _norm_and_act(run: Run, path: Path, x: Tensor, norm: Any, act: Any) -> Tensor:
    if (type(norm) is str and norm == "bn") or word(norm, "norm", ("bn", "none")) == "bn":
        x = run.emit((path, "bn"), path, BatchNorm(x.c), (x,))
    op = activation(act, x.c)
    return x if op is None else run.emit((path, "act"), path, op, (x,))


def deconv(
    run: Run,
    path: Path,
    x: Any,
    k: Any,
    c: Any,
    s: Any,
    g: Any,
    norm: Any,
    act: Any,
    pad: Any,
    bias: Any,
    d: Any,
    fixed: Any,
) -> Tensor:
    """Transposed convolution: ``same`` gives s times the size."""
    x = run.one(x)
    c, g = count(run, c, "channels (c)"), count(run, g, "groups (g)")
    divides(run, g, x.c, "input channels")
    divides(run, g, c, "output channels")
    fixed = flag(fixed, "fixed")
    with_bias = (norm == "none" and not fixed) if bias is None else flag(bias, "bias")
    axes = len(x.size)
    kernel, stride, dilation = (sizes(run, n, what, axes) for n, what in ((k, "k"), (s, "s"), (d, "d")))
    op = ConvTranspose2d(x.c, c, kernel, stride, padding(run, pad, axes), dilation, g, with_bias, fixed)
    out = run.emit((path, "conv"), path, op, (x,))
    fits(run, out, x, op)
    return _norm_and_act(run, path, out, norm, act)


def fc(run: Run, path: Path, x: Any, c: Any, bias: Any, act: Any) -> Tensor:
    """Fully connected layer on the flattened tensor."""
    x = run.one(x)
    c = count(run, c, "channels (c)")
    features = x.c
    for n in x.size:
        features = features if type(n) is int and n == 1 else mul(features, n)
    out = run.emit((path, "linear"), path, Linear(features, c, flag(bias, "bias")), (x,))
    op = activation(act, c)
    return out if op is None else run.emit((path, "act"), path, op, (out,))


CONVOLUTIONS = (
    LayerDef("conv", conv, words=_WORDS, k=REQUIRED, c=REQUIRED, s=1, g=1, **_DEFAULTS),
    LayerDef("dwconv", dwconv, words=_WORDS, k=REQUIRED, s=1, mult=1, **_DEFAULTS),
    LayerDef("deconv", deconv, words=_WORDS, k=REQUIRED, c=REQUIRED, s=1, g=1, **_DEFAULTS),
    LayerDef("fc", fc, words={"act": ACTS}, c=REQUIRED, bias=True, act="none"),
)
