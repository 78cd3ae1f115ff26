"""The built-in layers that only move elements: among channels, between pixels and channels, along the map."""

from __future__ import annotations

from typing import Any

from ..arithmetic import equal, is_symbolic, mul
from ..errors import SpecError
from ..graph import Path, Tensor
from ..ops import (
    ChannelShuffle,
    DepthToSpace,
    Flatten,
    Reshape,
    Roll,
    SpaceToDepth,
    Transpose,
    Unfold,
    positions,
    size_text,
)
from .arguments import PADS, REQUIRED, LayerDef, count, divides, fits, natural, padding, sizes
from .run import Run


def shuffle(run: Run, path: Path, x: Any, g: Any) -> Tensor:
    """The channels of g groups interleaved."""
    x = run.one(x)
    g = count(run, g, "groups (g)")
    divides(run, g, x.c, "channels")
    return run.emit(path, path, ChannelShuffle(g), (x,))


def flatten(run: Run, path: Path, x: Any) -> Tensor:
    """All elements as channels."""
    return run.emit(path, path, Flatten(), (run.one(x),))


def space_to_depth(run: Run, path: Path, x: Any, r: Any) -> Tensor:
    """Blocks of r x r pixels become channels."""
    x = run.one(x)
    block = sizes(run, r, "r", len(x.size))
    for n, size, what in zip(block, x.size, ("rows", "columns", "slices"), strict=False):
        divides(run, n, size, what)
    return run.emit(path, path, SpaceToDepth(block), (x,))


def depth_to_space(run: Run, path: Path, x: Any, r: Any) -> Tensor:
    """Pixel shuffle: channels become blocks of r x r pixels."""
    x = run.one(x)
    block = sizes(run, r, "r", len(x.size))
    number = block[0]
    for n in block[1:]:
        number = mul(number, n)
    divides(run, number, x.c, "channels")
    return run.emit(path, path, DepthToSpace(block), (x,))


def transpose(run: Run, path: Path, x: Any) -> Tensor:
    """Positions become channels, channels positions."""
    return run.emit(path, path, Transpose(), (run.one(x),))


def reshape(run: Run, path: Path, x: Any, size: Any) -> Tensor:
    """The positions row by row in another size; without it as a sequence."""
    x = run.one(x)
    there = positions(x.shape)
    new = (there, *(1,) * (len(x.size) - 1)) if size is None else sizes(run, size, "size", len(x.size))
    if size is not None:
        same = equal(positions((x.c, *new)), there)
        if is_symbolic(same):
            run.assume_equal(positions((x.c, *new)), there)
        else:
            run.require(same, lambda: f"{size_text(x.size)} positions can't be arranged as {size_text(new)}")
    return run.emit(path, path, Reshape(new), (x,))


def roll(run: Run, path: Path, x: Any, by: Any) -> Tensor:
    """The map shifted along its axes, what leaves entering on the other side."""
    x = run.one(x)
    axes = len(x.size)
    if isinstance(by, list) and len(by) == axes:
        return run.emit(path, path, Roll(tuple(natural(run, n, "by", 0) for n in by)), (x,))
    return run.emit(path, path, Roll((natural(run, by, "by", 0),) * axes), (x,))


def unfold(run: Run, path: Path, x: Any, k: Any, s: Any, pad: Any) -> Tensor:
    """The elements of each window as the channels of one position."""
    x = run.one(x)
    axes = len(x.size)
    op = Unfold(sizes(run, k, "k", axes), sizes(run, s, "s", axes), padding(run, pad, axes))
    if run.strides is not None:
        raise SpecError("unfold has no place under output_stride")
    out = run.emit(path, path, op, (x,))
    fits(run, out, x, op)
    return out


REARRANGING = (
    LayerDef("shuffle", shuffle, g=REQUIRED),
    LayerDef("flatten", flatten),
    LayerDef("space_to_depth", space_to_depth, since=2, r=2),
    LayerDef("depth_to_space", depth_to_space, since=2, r=2),
    LayerDef("transpose", transpose, since=2),
    LayerDef("reshape", reshape, since=2, size=None),
    LayerDef("roll", roll, since=2, by=REQUIRED),
    LayerDef("unfold", unfold, since=2, words={"pad": PADS}, k=REQUIRED, s=1, pad="same"),
)
