"""Repeats: ints, arrays and symbols; copies that settle stand for all later ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..arithmetic import is_array, is_symbolic, maximum
from ..errors import Exhausted
from ..graph import Path
from .choosing import IMPOSSIBLE, select, side
from .frame import Frame
from .results import same_shapes
from .run import MAX_PRIMITIVES, Run
from .sharing import Sharing

Flow = Callable[[Frame, Any, Path], Any]
SYMBOLIC_COPIES = 4
"""Copies that a symbolic repeat writes out in search of one that leaves every shape as it found it."""


class Repeat:
    """``n`` copies of a body: the ``first``, and the ``later`` ones, where a given s is 1.

    ``uniform``: the two are the same. ``varies``: the text mentions i or first, so no copy stands for another.
    """

    __slots__ = ("first", "later", "uniform", "varies", "work")

    def __init__(self, first: Flow, later: Flow, *, uniform: bool, varies: bool, work: int) -> None:
        self.first = first
        self.later = later
        self.uniform = uniform
        self.varies = varies
        self.work = work

    def __call__(self, fr: Frame, cur: Any, path: Path, n: Any, sharing: Sharing | None = None) -> Any:
        """The result of the last copy; ``cur`` if there is none."""
        run = fr.run
        number = run.copies_of(n)
        outer = fr.i, fr.first
        if sharing is not None:
            run.groups.append(sharing)
        try:
            if isinstance(number, int):
                return self._ints(fr, cur, path, number, sharing)
            if is_symbolic(number):
                return self._symbolic(fr, cur, path, number, sharing)
            return self._arrays(fr, cur, path, number, sharing)
        finally:
            fr.i, fr.first = outer
            if sharing is not None:
                run.groups.remove(sharing)

    def copy(self, fr: Frame, cur: Any, path: Path, i: Any, sharing: Sharing | None, label: str = "") -> Any:
        """Copy ``i``: an int, or the symbol of a series, whose path has ``label``."""
        fr.i, fr.first = i, i == 1
        fr.run.spend(self.work)
        below = (path, label or str(i))
        if sharing is not None:
            sharing.base = below
        result = (self.first if i == 1 else self.later)(fr, cur, below)
        record = fr.run.record
        if record is not None:
            record[below] = result
        return result

    def _may_settle(self, i: int) -> bool:
        return not self.varies and (i > 1 or self.uniform)

    def _ints(self, fr: Frame, cur: Any, path: Path, n: int, sharing: Sharing | None) -> Any:
        run = fr.run
        outer = run.copies
        run.copies = outer * max(n, 1)
        try:
            for i in range(1, n + 1):
                start = len(run.layers)
                result = self.copy(fr, cur, path, i, sharing)
                if i < n and self._may_settle(i) and not run.expand and run.record is None and same_shapes(result, cur):
                    multiply(run, start, n - i + 1, sharing)
                    return result
                cur = result
        finally:
            run.copies = outer
        return cur

    def _arrays(self, fr: Frame, cur: Any, path: Path, n: Any, sharing: Sharing | None) -> Any:
        run = fr.run
        run.require(n >= 0, "the number of copies is negative")
        most = int(run.copies_of(int(n.max())))
        for i in range(1, most + 1):
            start = len(run.layers)
            copied = side(run, n >= i, partial(self.copy, fr, cur, path, i, sharing))
            if copied is IMPOSSIBLE:
                return cur
            result = select(n >= i, copied, cur)
            if self._may_settle(i) and same_shapes(result, cur):
                multiply(run, start, maximum(n - (i - 1), 1), sharing)
                return result
            cur = result
        return cur

    def _symbolic(self, fr: Frame, cur: Any, path: Path, n: Any, sharing: Sharing | None) -> Any:
        run = fr.run
        if not self.varies:
            before, entered = run.snapshot(), cur
            for i in range(1, SYMBOLIC_COPIES + 1):
                mark = len(run.layers)
                result = self.copy(fr, cur, path, i, sharing)
                if self._may_settle(i) and same_shapes(result, cur):
                    multiply(run, mark, n - (i - 1), sharing)
                    # It holds for n = i - 1 too, where copy i counts 0 times; shared weights are there from copy 1 on.
                    run.assume_at_least(n, max(i - 1, 1 if run.groups else 0), before[0])
                    return result
                cur = result
            run.restore(before)
            cur = entered
        from .series import build_series

        def copy(x: Any, i: Any, label: str) -> Any:
            return self.copy(fr, x, path, i, sharing, label)

        return build_series(copy, run, cur, n)


def multiply(run: Run, start: int, times: Any, sharing: Sharing | None) -> None:
    """Let the layers from ``start`` on stand for ``times`` copies; shared weights stay as they are."""
    layers = run.layers[start:]
    for layer in layers:
        layer.count = layer.count * times
        if sharing is None or not sharing.covers(layer.op):
            layer.weight_count = layer.weight_count * times
    if not is_symbolic(times):
        most = int(times.max()) if is_array(times) else times
        run.primitives += (most - 1) * len(layers)
        if run.primitives > MAX_PRIMITIVES:
            raise Exhausted(f"more than {MAX_PRIMITIVES:,} primitive layers")
