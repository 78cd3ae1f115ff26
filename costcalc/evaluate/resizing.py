"""Layers that change the size of a map, or cut regions out of it."""

from __future__ import annotations

from typing import Any

from ..arithmetic import add as plus
from ..arithmetic import is_symbolic, less_equal, mul
from ..errors import SpecError
from ..graph import Path, Tensor, axes_text
from ..language.values import Size
from ..ops import Crop, Pad, Resize, RoiAlign
from .arguments import REQUIRED, LayerDef, count, natural, padding, sizes, word
from .run import Run

LINEAR = ("linear", "bilinear", "trilinear")
MODES = ("nearest", *LINEAR)


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


RESIZING = (
    LayerDef("up", up, s=2),
    LayerDef("resize", resize, words={"mode": MODES}, size=REQUIRED, mode="nearest"),
    LayerDef("rois", rois, n=REQUIRED, size=REQUIRED),
    LayerDef("pad", pad, p=0, top=None, bottom=None, left=None, right=None),
    LayerDef("crop", crop, size=REQUIRED, top=None, left=None),
)
