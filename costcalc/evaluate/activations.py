"""Activations, elementwise functions and dropout."""

from __future__ import annotations

from typing import Any

from ..errors import SpecError
from ..graph import Path, Tensor
from ..ops import FUNCTIONS, Dropout, Elementwise, PReLU
from .arguments import ACTS, REQUIRED, LayerDef, activation, count, divides
from .run import Run, described, is_no_number


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


def dropout(run: Run, path: Path, x: Any, p: Any) -> Tensor:
    """Nothing at inference."""
    if is_no_number(p):
        raise SpecError(f"p must be a number, not {described(p)}")
    return run.emit(path, path, Dropout(p), (run.one(x),))


ACTIVATION_LAYERS = (
    LayerDef("act", act, words={"f": (*ACTS, *FUNCTIONS)}, f=REQUIRED, g=None),
    LayerDef("dropout", dropout, p=0.5),
)
