"""Repeats over a symbol whose copies never settle, but grow evenly: one copy, summed over its index (DenseNet)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..arithmetic.symbols import index_symbol
from ..errors import SpecError
from ..graph import Series, Tensor
from .results import same
from .run import Run

Copy = Callable[[Any, Any, str], Any]
"""``copy(tensor, i, label)``: copy ``i`` of the repeat on ``tensor``; its path has the label, or ``i``."""


def build_series(copy: Copy, run: Run, cur: Any, n: Any) -> Tensor:
    """Copy 1 as it is, and copies 2 to ``n`` as one, whose numbers are expressions in its index.

    Copy i enters with the channels that copy 2 found plus (i - 2) times the growth g. That holds for all of them if
    the copy of a symbolic index gives identically what it found plus g, without an assumption on the index: then
    each copy hands the next what that expects. Anything else is an error; the number of copies must then be a number.
    """
    grown = _growth(copy, run, cur)
    index, start = index_symbol("i"), len(run.layers)
    cur = copy(cur, 1, "")
    entering = Tensor((cur.c + (index - 2) * grown, *cur.size), cur.layer)
    mark, assumed = len(run.layers), len(run.graph.assumptions)
    result = copy(entering, index, "2")
    kept_size = isinstance(result, Tensor) and all(map(same, result.size, cur.size))
    if not kept_size or not same(result.c, entering.c + grown):
        raise _uneven()
    if any(index in a.condition.free_symbols for a in run.graph.assumptions[assumed:]):
        raise _uneven()
    for layer in run.layers[mark:]:
        if layer.over is not None:
            raise SpecError("a growing repeat inside a growing repeat: one number of copies must be a number")
        layer.over = Series(index, 2, n)
    run.assume_at_least(n, 1, start)
    last = run.layers[-1] if len(run.layers) > mark else cur.layer
    return Tensor((cur.c + (n - 1) * grown, *cur.size), last)


def _growth(copy: Copy, run: Run, cur: Any) -> Any:
    """The channels that copy 3 adds to those of copy 2."""
    before, channels = run.snapshot(), []
    for i in (1, 2, 3):
        cur = copy(cur, i, "")
        if not isinstance(cur, Tensor):
            raise _uneven()
        channels.append(cur.c)
    run.restore(before)
    return channels[2] - channels[1]


def _uneven() -> SpecError:
    return SpecError("the copies never settle and don't grow evenly, so their number must be a number and no symbol")
