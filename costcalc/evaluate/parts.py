"""The built-in layers that cut a tensor into parts, for each of which what follows runs, and that end it."""

from __future__ import annotations

from typing import Any

from ..errors import SpecError
from ..graph import Path, Tensor
from ..ops import Cut, Heads, Merge, Windows, number_of_windows
from .arguments import REQUIRED, LayerDef, count, divides, sizes
from .run import Run


def heads(run: Run, path: Path, x: Any, n: Any) -> Tensor:
    """The channels in n groups; what follows runs for each."""
    x = run.one(x)
    n = count(run, n, "heads (n)")
    divides(run, n, x.c, "channels")
    return run.cut(path, Heads(n), x)


def windows(run: Run, path: Path, x: Any, size: Any) -> Tensor:
    """Parts of neighbouring positions; what follows runs for each."""
    return _windows(run, path, run.one(x), size, grid=False)


def grid(run: Run, path: Path, x: Any, size: Any) -> Tensor:
    """Parts of positions that are spread evenly over the map; what follows runs for each."""
    return _windows(run, path, run.one(x), size, grid=True)


def _windows(run: Run, path: Path, x: Tensor, size: Any, *, grid: bool) -> Tensor:
    window = sizes(run, size, "size", len(x.size))
    return run.cut(path, Windows(number_of_windows(x.size, window), window, grid), x)


def merge(run: Run, path: Path, x: Any) -> Tensor:
    """The parts of the last cut together again."""
    x = run.one(x)
    cuts = run.part_of(x).cuts
    if not cuts or not isinstance(cuts[-1].op, Cut):
        raise SpecError("merge ends what heads, windows or grid began, and this is no part of that")
    cut, (before,), (part,) = cuts[-1].op, cuts[-1].in_shapes, cuts[-1].out_shapes
    for now, then in zip(x.size, part[1:], strict=True):
        run.assume_different(now, then)
    return run.emit(path, path, Merge(cut.label, cut.maps, part[1:], before), (x,))


PARTS = (
    LayerDef("heads", heads, since=2, n=REQUIRED),
    LayerDef("windows", windows, since=2, size=REQUIRED),
    LayerDef("grid", grid, since=2, size=REQUIRED),
    LayerDef("merge", merge, since=2),
)
