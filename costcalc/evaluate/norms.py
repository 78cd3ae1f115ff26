"""Norms."""

from __future__ import annotations

from typing import Any

from ..graph import Path, Tensor
from ..ops import BatchNorm, GroupNorm, L2Norm, LayerNorm, LocalResponseNorm, RMSNorm, positions
from .arguments import LayerDef, count, divides, flag, word
from .run import Run


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


NORMS = (
    LayerDef("bn", bn, affine=True),
    LayerDef("ln", ln, words={"over": ("channels", "all")}, affine=True, over="channels"),
    LayerDef("rms", rms, since=2, affine=True),
    LayerDef("gn", gn, g=32, affine=True),
    LayerDef("l2norm", l2norm),
    LayerDef("lrn", lrn, n=5),
)
