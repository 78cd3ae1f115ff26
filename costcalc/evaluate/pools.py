"""Pools: of windows, of the whole map, or over an axis; sums and softmax over an axis."""

from __future__ import annotations

from typing import Any

from ..errors import SpecError
from ..graph import Path, Tensor
from ..ops import ALONG, AvgPool, AxisPool, GlobalAvgPool, GlobalMaxPool, MaxPool, Softmax
from .arguments import PADS, LayerDef, along_axis, axis_word, fits, flag, padding, sizes
from .run import Run

_WORDS = {"pad": PADS, "over": ALONG}


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


POOLS = (
    LayerDef("maxpool", maxpool, words=_WORDS, k=None, s=None, pad="same", ceil=False, over="positions"),
    LayerDef("avgpool", avgpool, words=_WORDS, k=None, s=None, pad="same", ceil=False, over="positions"),
    LayerDef("softmax", softmax, words={"over": ALONG}, over="channels"),
    LayerDef("sum", total, since=2, words={"over": ALONG}, over="channels"),
)
