"""Printed shapes as assertions: of a table's rows, and of steps."""

from __future__ import annotations

from typing import Any

from ..errors import SpecError
from ..evaluate.run import Run
from ..graph import Path, Tensor, path_text
from ..language.source import Text
from ..language.values import printed_shape, show_shape


def assert_shape(run: Run, text: Text, what: str, tensor: Any, path: Path) -> None:
    """Compare a printed shape with the graph's; a difference is noted, so that all are told: ``what`` it says.

    One that is as far off as the one before may follow from it, as a wrong stride halves all later sizes.
    """
    printed = printed_shape(text.value)
    assert printed is not None
    if type(tensor) is not Tensor:
        tensor = run.one(tensor)
    h, w, c = printed
    if (h, w) == (tensor.h, tensor.w) and c in (None, tensor.c):
        run.off.clear()
        return
    before, run.off = run.off, {}
    follows = True
    for side, ours, theirs in (("h", tensor.h, h), ("w", tensor.w, w), ("c", tensor.c, c)):
        if theirs is not None and ours != theirs:
            run.off[side] = (ours, theirs)
            follows &= side in before and _as_far_off(before[side], (ours, theirs), pixel=side != "c")
    graph = show_shape(*tensor.size, c=tensor.c if c is not None else None)
    message = f"{what} {text.value}, the graph has {graph}"
    if follows:
        message += "; it may follow from the one above"
    run.mismatches.append(SpecError(message, text.place(), path_text(path)))


def _as_far_off(before: tuple[int, int], now: tuple[int, int], *, pixel: bool) -> bool:
    """Whether two pairs of sizes have the same ratio, give or take a pixel where they are rounded."""
    return abs(before[0] * now[1] - before[1] * now[0]) <= (max(before) if pixel else 0)
