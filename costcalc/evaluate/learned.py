"""The built-in layers of learned numbers: tokens and position maps, factors and addends of channels."""

from __future__ import annotations

from typing import Any

from ..graph import Path, Tensor
from ..ops import Learned, Scale, Shift
from .arguments import REQUIRED, LayerDef, count, divides, flag, sizes
from .run import Run


def learned(run: Run, path: Path, x: Any, size: Any, c: Any, fixed: Any) -> Tensor:
    """A tensor that the network has and doesn't compute."""
    op = Learned(count(run, c, "channels (c)"), sizes(run, size, "size", run.axes), flag(fixed, "fixed"))
    return run.emit(path, path, op, ())


def _groups(run: Run, x: Tensor, g: Any) -> Any:
    groups = x.c if g is None else count(run, g, "groups (g)")
    divides(run, groups, x.c, "channels")
    return groups


def scale(run: Run, path: Path, x: Any, g: Any) -> Tensor:
    """Times a learned number for each channel, or each of g groups of channels."""
    x = run.one(x)
    return run.emit(path, path, Scale(x.c, _groups(run, x, g)), (x,))


def shift(run: Run, path: Path, x: Any, g: Any) -> Tensor:
    """Plus a learned number for each channel, or each of g groups of channels."""
    x = run.one(x)
    return run.emit(path, path, Shift(x.c, _groups(run, x, g)), (x,))


LEARNED = (
    LayerDef("learned", learned, since=2, source=True, size=REQUIRED, c=REQUIRED, fixed=False),
    LayerDef("scale", scale, since=2, g=None),
    LayerDef("shift", shift, since=2, g=None),
)
