"""Pools, means, sums and softmax: over windows, axes, channels, or parts of them."""

from __future__ import annotations

from typing import Any

from ..layout import Factor, Layout, factors_of, size
from ..record import TraceNode
from .arranging import as_map, cut, ordered, pattern, with_channels
from .context import TraceLowering
from .elementwise import elementwise
from .operands import activation, numbers
from .registry import Gap, lowers
from .values import Lowered, Scores, TensorValue

MAX_BRANCHES = 16


@lowers("max_pool1d", "max_pool2d", "max_pool3d", "max_pool2d_with_indices")
def max_pool(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    axes = len(node.shape) - 2
    if set(numbers(lowering.argument(node, 4, "dilation"), axes)) != {1}:
        raise Gap("a pool that is dilated", "")
    kernel, stride = node.args[1], lowering.argument(node, 2, "stride")
    padding, ceil = lowering.argument(node, 3, "padding", 0), lowering.argument(node, 5, "ceil_mode", False)
    return pooled(lowering, node, "maxpool", kernel, stride, padding, ceil=ceil)


@lowers("avg_pool1d", "avg_pool2d", "avg_pool3d")
def avg_pool(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    kernel, stride = node.args[1], lowering.argument(node, 2, "stride")
    padding, ceil = lowering.argument(node, 3, "padding", 0), lowering.argument(node, 4, "ceil_mode", False)
    return pooled(lowering, node, "avgpool", kernel, stride, padding, ceil=ceil)


def pooled(
    lowering: TraceLowering, node: TraceNode, word: str, kernel: Any, stride: Any, padding: Any, *, ceil: bool = False
) -> TensorValue:
    """A pool with windows; the dimensions behind batch and channels are its axes."""
    x = activation(lowering, node, node.args[0])
    axes = len(node.shape) - 2
    k, p = numbers(kernel, axes), numbers(padding, axes, 0)
    s = numbers(stride, axes) if stride not in (None, ()) else k
    x = as_map(lowering, node, x, x.layout.dims[1], x.layout.dims[2:])
    more = len(x.layout.axes) - axes
    same = all(2 * a == b - 1 for a, b in zip(p, k, strict=True)) and not ceil
    arguments: dict[str, Any] = {
        "k": (*k, *(1,) * more),
        "s": (*s, *(1,) * more),
        "pad": "same" if same else (*p, *(0,) * more),
        "ceil": ceil,
    }
    layout = with_sizes(x.layout, node.shape[2:])
    ref = lowering.emit(node, word, arguments, [x], layout.own_shape)
    return x._replace(ref=ref, layout=layout)


def with_sizes(layout: Layout, sizes: tuple[int, ...]) -> Layout:
    """``layout``, whose dimensions are batch, channels and axes, with axes of other sizes."""
    wanted = (*sizes, *(1,) * (len(layout.axes) - len(sizes)))
    axes = tuple(axis if size(axis) == n else factors_of(n) for axis, n in zip(layout.axes, wanted, strict=True))
    return layout._replace(axes=axes, dims=(*layout.dims[:2], *axes[: len(sizes)]))


@lowers(
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "_adaptive_avg_pool2d",
)
def adaptive_pool(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    word = "maxpool" if "max" in node.op else "avgpool"
    before, after = x.layout.shape[2:], node.shape[2:]
    if before == after:
        return x
    if set(after) == {1}:
        return _over(lowering, node, x, word, {f for dim in x.layout.dims[2:] for f in dim}, keep=True, dims=())
    stride = tuple(a // b for a, b in zip(before, after, strict=True))
    kernel = tuple(a - (b - 1) * s for a, b, s in zip(before, after, stride, strict=True))
    if kernel != stride:
        lowering.note("an adaptive pool whose windows differ in size is written as a pool with windows of one size")
    return pooled(lowering, node, word, kernel, stride, 0)


# -- over whole dimensions


REDUCTIONS = {"mean": "avgpool", "amax": "maxpool", "max": "maxpool", "sum": "sum", "logsumexp": "sum"}


@lowers(*REDUCTIONS)
def reduced(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    return _reduced(lowering, node, x, REDUCTIONS[node.op], dims_at=1, keep_at=2)


def _reduced(
    lowering: TraceLowering, node: TraceNode, x: TensorValue, word: str, *, dims_at: int, keep_at: int
) -> TensorValue:
    """``word`` over the dimensions that an argument names, all if it names none; another says if they stay."""
    number = len(x.layout.dims)
    given = lowering.argument(node, dims_at, "dim")
    wanted = range(number) if given in (None, ()) else given if isinstance(given, tuple) else (given,)
    dims = tuple(k % number for k in wanted)
    gone = {factor for k in dims for factor in x.layout.dims[k]}
    keep = bool(lowering.argument(node, keep_at, "keepdim", False))
    return _over(lowering, node, x, word, gone, keep=keep, dims=dims)


def _over(
    lowering: TraceLowering,
    node: TraceNode,
    x: TensorValue,
    word: str,
    gone: set[Factor],
    *,
    keep: bool,
    dims: tuple[int, ...],
) -> TensorValue:
    """A pool, or a sum, over these factors."""
    if not gone:
        return _without(x, gone, keep=keep, dims=dims)
    layout = x.layout
    channels, positions = set(layout.channels), set(layout.positions)
    if gone == positions:
        return _without(_emitted(lowering, node, x, word, "positions"), gone, keep=keep, dims=dims)
    if gone == channels:
        return _without(_emitted(lowering, node, x, word, "channels"), gone, keep=keep, dims=dims)
    if positions and positions < gone and gone <= channels | positions:
        x = _without(_emitted(lowering, node, x, word, "positions"), positions, keep=True, dims=())
        return _over(lowering, node, x, word, gone - positions, keep=keep, dims=dims)
    for axis, name in zip(layout.axes, ("height", "width") if len(layout.axes) == 2 else (), strict=False):
        if gone == set(axis):
            return _without(_emitted(lowering, node, x, word, name), gone, keep=keep, dims=dims)
    if gone < channels and size(gone) <= MAX_BRANCHES and set(layout.channels[: len(gone)]) == gone:
        return _without(_branches(lowering, node, x, word, gone), gone, keep=keep, dims=dims)
    if gone < positions:
        return _windows(lowering, node, x, word, gone, keep=keep, dims=dims)
    if gone & set(layout.open) or gone & channels:
        x = with_channels(
            lowering, node, x, tuple(f for f in (*layout.open, *layout.channels, *layout.positions) if f in gone)
        )
        return _without(_emitted(lowering, node, x, word, "channels"), gone, keep=keep, dims=dims)
    raise Gap("a mean or sum over parts of channels and positions", pattern(layout))


def _emitted(lowering: TraceLowering, node: TraceNode, x: TensorValue, word: str, over: str) -> TensorValue:
    layout = x.layout
    number = len(layout.axes)
    if over == "channels":
        new = layout._replace(channels=())
    elif over == "positions":
        new = layout._replace(axes=((),) * number)
    else:
        at = ("height", "width").index(over)
        new = layout._replace(axes=tuple(() if k == at else axis for k, axis in enumerate(layout.axes)))
    arguments: dict[str, Any] = {} if over == "positions" and word != "sum" else {"over": over}
    return x._replace(ref=lowering.emit(node, word, arguments, [x], new.own_shape), layout=new)


def _without(x: TensorValue, gone: set[Factor], *, keep: bool, dims: tuple[int, ...]) -> TensorValue:
    """The dimensions without ``gone``; those of ``dims`` are left out unless they are kept."""
    kept = [
        tuple(factor for factor in dim if factor not in gone)
        for k, dim in enumerate(x.layout.dims)
        if keep or k not in dims
    ]
    return x.at(x.layout._replace(dims=tuple(kept)))


def _branches(lowering: TraceLowering, node: TraceNode, x: TensorValue, word: str, gone: set[Factor]) -> TensorValue:
    """The sum over branches that were stacked in the channels: a split, and an add of its parts."""
    if word == "maxpool":
        raise Gap("a maximum over a part of the channels", pattern(x.layout))
    if word == "avgpool":
        lowering.note("a mean over branches is written as their sum")
    first = tuple(f for f in x.layout.channels if f in gone)
    rest = tuple(f for f in x.layout.channels if f not in gone)
    x = ordered(lowering, node, x, first + rest)
    number, wide = size(first), size(rest)
    shape = (wide, *x.shape[1:])
    ref = lowering.emit(node, "split", {"n": (wide,) * number}, [x], *(shape,) * number)
    layout = x.layout._replace(channels=rest)
    parts = [TensorValue((ref[0], k), layout) for k in range(number)]
    added = lowering.emit(node, "add", {}, parts, shape)
    return TensorValue(added, layout)


def _windows(
    lowering: TraceLowering,
    node: TraceNode,
    x: TensorValue,
    word: str,
    gone: set[Factor],
    *,
    keep: bool,
    dims: tuple[int, ...],
) -> TensorValue:
    """A pool over the inner positions of each axis."""
    layout = x.layout
    together = all(set(axis[len(axis) - len(gone & set(axis)) :]) == gone & set(axis) for axis in layout.axes)
    if word == "sum" or not together:
        return _over(
            lowering, node, cut(lowering, node, x, set(layout.positions) - gone), word, gone, keep=keep, dims=dims
        )
    kernel, axes = [], []
    for axis in layout.axes:
        inner = tuple(f for f in axis if f in gone)
        kernel.append(size(inner))
        axes.append(axis[: len(axis) - len(inner)])
    new = layout._replace(axes=tuple(axes))
    arguments: dict[str, Any] = {"k": tuple(kernel), "s": tuple(kernel), "pad": "none", "ceil": False}
    ref = lowering.emit(node, word, arguments, [x], new.own_shape)
    return _without(x._replace(ref=ref, layout=new), gone, keep=keep, dims=dims)


@lowers("softmax", "_softmax", "_safe_softmax")
def softmax(lowering: TraceLowering, node: TraceNode) -> Lowered:
    found = lowering.value(node.args[0])
    dim = node.args[1]
    assert isinstance(dim, int)
    if isinstance(found, Scores):
        if not found.order and dim % len(found.shape) == len(found.shape) - 1:
            return found._replace(softmaxed=True)
        found = activation(lowering, node, found)
    x = activation(lowering, node, found)
    over = set(x.layout.dims[dim])
    word = "channels"
    if over == set(x.layout.positions) and over:
        word = "positions"
    elif over in [set(axis) for axis in x.layout.axes] and over and len(x.layout.axes) == 2:
        word = ("height", "width")[[set(axis) for axis in x.layout.axes].index(over)]
    elif over != set(x.layout.channels):
        x = with_channels(lowering, node, x, x.layout.dims[dim])
    return x._replace(ref=lowering.emit(node, "softmax", {"over": word}, [x], x.shape))


@lowers("local_response_norm")
def lrn(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    return x._replace(ref=lowering.emit(node, "lrn", {"n": node.args[1]}, [x], x.shape))


@lowers("linalg_vector_norm", "var", "std")
def spread(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    """The root of a sum, or of a mean, of squares."""
    norm = node.op == "linalg_vector_norm"
    x = elementwise(lowering, node, activation(lowering, node, node.args[0]), "square")
    made = _reduced(lowering, node, x, "sum" if norm else "avgpool", dims_at=2 if norm else 1, keep_at=3)
    return made if node.op == "var" else elementwise(lowering, node, made, "sqrt")


@lowers("cumsum", "argmax", "sort", "topk")
def unsayable(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    raise Gap("a running sum, a spread or an order of elements", node.op)
