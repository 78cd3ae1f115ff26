"""The built-in layers of the language: each call becomes one or more primitive ops.

A layer is a function ``(run, path, tensor, *arguments)``; :data:`LAYERS` has its arguments and their defaults.
"""

from __future__ import annotations

from typing import Any

from ..arithmetic import add as plus
from ..arithmetic import is_symbolic, less_equal, mul
from ..errors import SpecError
from ..graph import Path, Tensor, axes_text
from ..language.values import Size
from ..ops import (
    ACTIVATIONS,
    ALONG,
    FUNCTIONS,
    AvgPool,
    AxisPool,
    BatchNorm,
    ChannelShuffle,
    Conv2d,
    ConvTranspose2d,
    Crop,
    Dropout,
    Elementwise,
    Flatten,
    GlobalAvgPool,
    GlobalMaxPool,
    GroupNorm,
    L2Norm,
    LayerNorm,
    Linear,
    LocalResponseNorm,
    MaxPool,
    Pad,
    PReLU,
    Resize,
    RMSNorm,
    RoiAlign,
    Softmax,
    positions,
)
from .arguments import (
    REQUIRED,
    LayerDef,
    activation,
    along_axis,
    axis_word,
    count,
    divides,
    fits,
    flag,
    natural,
    padding,
    sizes,
    word,
)
from .run import Run, described, is_no_number

NORMS = ("bn", "none")
PADS = ("same", "none")
LINEAR = ("linear", "bilinear", "trilinear")
MODES = ("nearest", *LINEAR)
ACTS = (*ACTIVATIONS, "none")
_CONV: dict[str, Any] = {"norm": "bn", "act": "relu", "pad": "same", "bias": None, "d": 1, "fixed": False}
_POOL_WORDS = {"pad": PADS, "over": ALONG}
_CONV_WORDS = {"norm": NORMS, "act": ACTS, "pad": PADS}


# -- layers with weights


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
    if (type(norm) is str and norm == "bn") or word(norm, "norm", NORMS) == "bn":
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


def bn(run: Run, path: Path, x: Any, affine: Any) -> Tensor:
    """Batch norm."""
    x = run.one(x)
    return run.emit(path, path, BatchNorm(x.c, flag(affine, "affine")), (x,))


def ln(run: Run, path: Path, x: Any, affine: Any, over: Any) -> Tensor:
    """Layer norm over the channels of each position, or over all of the map."""
    x = run.one(x)
    n = positions(x.shape) if word(over, "over", ("channels", "all")) == "all" else 1
    return run.emit(path, path, LayerNorm(x.c, flag(affine, "affine"), n), (x,))


def rms(run: Run, path: Path, x: Any, affine: Any) -> Tensor:
    """Root mean square norm over the channels of each position."""
    x = run.one(x)
    return run.emit(path, path, RMSNorm(x.c, flag(affine, "affine")), (x,))


def gn(run: Run, path: Path, x: Any, g: Any, affine: Any) -> Tensor:
    """Group norm."""
    x = run.one(x)
    g = count(run, g, "groups (g)")
    divides(run, g, x.c, "channels")
    return run.emit(path, path, GroupNorm(x.c, g, flag(affine, "affine")), (x,))


def l2norm(run: Run, path: Path, x: Any) -> Tensor:
    """Each position's channels as a vector of length 1, then a scale for each channel."""
    x = run.one(x)
    return run.emit(path, path, L2Norm(x.c), (x,))


def lrn(run: Run, path: Path, x: Any, n: Any) -> Tensor:
    """Local response norm over n channels."""
    return run.emit(path, path, LocalResponseNorm(count(run, n, "n")), (run.one(x),))


# -- layers without


def act(run: Run, path: Path, x: Any, f: Any, g: Any) -> Tensor:
    """An activation, or another elementwise function; ``prelu`` has a slope for each channel, or each of g groups."""
    x = run.one(x)
    if isinstance(f, str) and f in FUNCTIONS:
        return run.emit(path, path, Elementwise(f), (x,))
    op = activation(f, x.c)
    if g is not None:
        if not isinstance(op, PReLU):
            raise SpecError("only prelu has slopes, one for each of g groups of channels")
        slopes = count(run, g, "groups (g)")
        divides(run, slopes, x.c, "channels")
        op = PReLU(x.c, slopes)
    return x if op is None else run.emit(path, path, op, (x,))


def softmax(run: Run, path: Path, x: Any, over: Any) -> Tensor:
    """Softmax over the channels, the rows, the columns or all positions."""
    x = run.one(x)
    return run.emit(path, path, Softmax(axis_word(over, "over", x)), (x,))


def total(run: Run, path: Path, x: Any, over: Any) -> Tensor:
    """The sum over the channels, the rows, the columns or all positions."""
    return _over(run, path, run.one(x), "sum", over)


def _over(run: Run, path: Path, x: Tensor, how: str, over: Any) -> Tensor:
    over = axis_word(over, "over", x)
    n = along_axis(x, over)
    return run.emit(path, path, AxisPool(how, over, n), (x,))


def maxpool(run: Run, path: Path, x: Any, k: Any, s: Any, pad: Any, ceil: Any, over: Any) -> Tensor:
    """The largest in each window; without k of the whole map, or over an axis."""
    x = run.one(x)
    if over != "positions":
        return _over(run, path, x, "max", _without_window(k, s, over))
    return _pool(run, path, x, MaxPool, GlobalMaxPool, k, s, pad, ceil)


def avgpool(run: Run, path: Path, x: Any, k: Any, s: Any, pad: Any, ceil: Any, over: Any) -> Tensor:
    """The mean of each window; without k of the whole map, or over an axis."""
    x = run.one(x)
    if over != "positions":
        return _over(run, path, x, "mean", _without_window(k, s, over))
    return _pool(run, path, x, AvgPool, GlobalAvgPool, k, s, pad, ceil)


def _without_window(k: Any, s: Any, over: Any) -> Any:
    if k is not None or s is not None:
        raise SpecError("a pool has a window (k, s), or goes over an axis")
    return over


def _pool(run: Run, path: Path, x: Tensor, local: Any, whole_map: Any, k: Any, s: Any, pad: Any, ceil: Any) -> Tensor:
    if k is None:
        if s is not None:
            raise SpecError("a pool with a stride (s) needs a window (k); without k it takes the whole map")
        return run.emit(path, path, whole_map(x.size), (x,))
    axes = len(x.size)
    kernel = sizes(run, k, "k", axes)
    stride = kernel if s is None else sizes(run, s, "s", axes)
    pads = padding(run, pad, axes)
    if run.strides is not None:
        stride = run.strides.hold(x, stride, (1,) * axes, pads)[0]
    op = local(kernel, stride, pads, flag(ceil, "ceil"))
    out = run.emit(path, path, op, (x,))
    fits(run, out, x, op)
    return out


def shuffle(run: Run, path: Path, x: Any, g: Any) -> Tensor:
    """The channels of g groups interleaved."""
    x = run.one(x)
    g = count(run, g, "groups (g)")
    divides(run, g, x.c, "channels")
    return run.emit(path, path, ChannelShuffle(g), (x,))


def dropout(run: Run, path: Path, x: Any, p: Any) -> Tensor:
    """Nothing at inference."""
    if is_no_number(p):
        raise SpecError(f"p must be a number, not {described(p)}")
    return run.emit(path, path, Dropout(p), (run.one(x),))


def flatten(run: Run, path: Path, x: Any) -> Tensor:
    """All elements as channels."""
    return run.emit(path, path, Flatten(), (run.one(x),))


def up(run: Run, path: Path, x: Any, s: Any) -> Tensor:
    """s times the size, nearest neighbour."""
    x = run.one(x)
    size = tuple(map(mul, x.size, sizes(run, s, "s", len(x.size))))
    return run.emit(path, path, Resize(size, "nearest"), (x,))


def resize(run: Run, path: Path, x: Any, size: Any, mode: Any) -> Tensor:
    """To a size: nearest, or linear along each axis (linear, bilinear, trilinear)."""
    x = run.one(x)
    axes = len(x.size)
    mode = word(mode, "mode", MODES)
    if mode not in ("nearest", LINEAR[axes - 1]):
        raise SpecError(f"mode must be nearest or {LINEAR[axes - 1]} for a tensor of {axes_text(axes)}, not {mode}")
    return run.emit(path, path, Resize(sizes(run, size, "size", axes), mode), (x,))


def rois(run: Run, path: Path, x: Any, n: Any, size: Any) -> Tensor:
    """n regions of the map, each resized; what follows runs for each of them."""
    x = run.one(x)
    if len(x.size) != 2:
        raise SpecError(f"rois are cut out of a map, and this tensor has {axes_text(len(x.size))}")
    n = count(run, n, "the number of regions (n)")
    op = RoiAlign(n, sizes(run, size, "size", len(x.size)))
    return run.cut(path, op, x)


def _sides(x: Tensor, row: Any, column: Any) -> tuple[Any, ...]:
    """What is said of the rows and columns, for each axis: the positions of a sequence are its rows."""
    axes = len(x.size)
    if axes == 1:
        if column is not None:
            raise SpecError("a sequence has a top and a bottom, its first and its last position, but no left or right")
        return (row,)
    return (*(None,) * (axes - 2), row, column)


def pad(run: Run, path: Path, x: Any, p: Any, top: Any, bottom: Any, left: Any, right: Any) -> Tensor:
    """Zeros around: p on each side, or as many as each side says."""
    x = run.one(x)
    axes = len(x.size)
    p = padding(run, p, axes) if isinstance(p, Size | list) else (p,) * axes
    before, after = (_sides(x, *sides) for sides in ((top, left), (bottom, right)))
    before, after = (
        tuple(natural(run, pixels if n is None else n, "pad", 0) for n, pixels in zip(side, p, strict=True))
        for side in (before, after)
    )
    return run.emit(path, path, Pad(before, after), (x,))


def crop(run: Run, path: Path, x: Any, size: Any, top: Any, left: Any) -> Tensor:
    """The middle of the map, or from a row and a column on."""
    x = run.one(x)
    axes = len(x.size)
    start = None
    if top is not None or left is not None:
        start = tuple(natural(run, 0 if n is None else n, "top, left", 0) for n in _sides(x, top, left))
    op = Crop(sizes(run, size, "size", axes), start)
    ends = op.size if start is None else tuple(map(plus, op.size, start))
    for ok in map(less_equal, ends, x.size):
        if not is_symbolic(ok):
            run.require(ok, lambda: op.misfit(x.size, ends))
    return run.emit(path, path, op, (x,))


LAYERS: dict[str, LayerDef] = {
    d.name: d
    for d in (
        LayerDef("conv", conv, words=_CONV_WORDS, k=REQUIRED, c=REQUIRED, s=1, g=1, **_CONV),
        LayerDef("dwconv", dwconv, words=_CONV_WORDS, k=REQUIRED, s=1, mult=1, **_CONV),
        LayerDef("deconv", deconv, words=_CONV_WORDS, k=REQUIRED, c=REQUIRED, s=1, g=1, **_CONV),
        LayerDef("fc", fc, words={"act": ACTS}, c=REQUIRED, bias=True, act="none"),
        LayerDef("maxpool", maxpool, words=_POOL_WORDS, k=None, s=None, pad="same", ceil=False, over="positions"),
        LayerDef("avgpool", avgpool, words=_POOL_WORDS, k=None, s=None, pad="same", ceil=False, over="positions"),
        LayerDef("bn", bn, affine=True),
        LayerDef("ln", ln, words={"over": ("channels", "all")}, affine=True, over="channels"),
        LayerDef("rms", rms, since=2, affine=True),
        LayerDef("gn", gn, g=32, affine=True),
        LayerDef("l2norm", l2norm),
        LayerDef("lrn", lrn, n=5),
        LayerDef("act", act, words={"f": (*ACTS, *FUNCTIONS)}, f=REQUIRED, g=None),
        LayerDef("softmax", softmax, words={"over": ALONG}, over="channels"),
        LayerDef("sum", total, since=2, words={"over": ALONG}, over="channels"),
        LayerDef("shuffle", shuffle, g=REQUIRED),
        LayerDef("dropout", dropout, p=0.5),
        LayerDef("flatten", flatten),
        LayerDef("up", up, s=2),
        LayerDef("resize", resize, words={"mode": MODES}, size=REQUIRED, mode="nearest"),
        LayerDef("rois", rois, n=REQUIRED, size=REQUIRED),
        LayerDef("pad", pad, p=0, top=None, bottom=None, left=None, right=None),
        LayerDef("crop", crop, size=REQUIRED, top=None, left=None),
    )
}
