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
    size = tensor.size
    with_channels = len(printed) > len(size)
    actual = (*size, tensor.c) if with_channels else size
    if printed == actual:
        run.off.clear()
        return
    before, run.off = run.off, {}
    follows = len(printed) == len(actual)
    for side, (ours, theirs) in enumerate(zip(actual, printed, strict=False)):
        if ours != theirs:
            run.off[side] = (ours, theirs)
            follows &= side in before and _as_far_off(before[side], (ours, theirs), pixel=side < len(size))
    graph = show_shape(*size, c=tensor.c if with_channels else None)
    message = f"{what} {text.value}, the graph has {graph}"
    if follows:
        message += "; it may follow from the one above"
    run.mismatches.append(SpecError(message, text.place(), path_text(path)))


def _as_far_off(before: tuple[int, int], now: tuple[int, int], *, pixel: bool) -> bool:
    """Whether two pairs of sizes have the same ratio, give or take a pixel where they are rounded."""
    return abs(before[0] * now[1] - before[1] * now[0]) <= (max(before) if pixel else 0)
