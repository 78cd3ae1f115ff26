"""Repeats: ints, arrays and symbols; copies that settle stand for all later ones."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..arithmetic import is_array, is_symbolic, maximum
from ..errors import SpecError
from ..graph import Path, Series, Tensor
from .run import MAX_PRIMITIVES, Frame, NetResult, Run, Sharing

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

    def _copy(self, fr: Frame, cur: Any, path: Path, i: int, sharing: Sharing | None) -> Any:
        fr.i, fr.first = i, i == 1
        fr.run.spend(self.work)
        below = (path, str(i))
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
                result = self._copy(fr, cur, path, i, sharing)
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
            copied = run.masked(n >= i, partial(self._copy, fr, cur, path, i, sharing))
            result = run.select(n >= i, copied, cur)
            if self._may_settle(i) and same_shapes(result, cur):
                multiply(run, start, maximum(n - (i - 1), 1), sharing)
                return result
            cur = result
        return cur

    def _symbolic(self, fr: Frame, cur: Any, path: Path, n: Any, sharing: Sharing | None) -> Any:
        run = fr.run
        if not self.varies:
            start, entered = len(run.layers), cur
            for i in range(1, SYMBOLIC_COPIES + 1):
                mark = len(run.layers)
                result = self._copy(fr, cur, path, i, sharing)
                if self._may_settle(i) and same_shapes(result, cur):
                    multiply(run, mark, n - (i - 1), sharing)
                    assume_at_least(run, n, i, start)
                    return result
                cur = result
            del run.layers[start:]
            cur = entered
        return self._series(fr, cur, path, n, sharing)

    def _series(self, fr: Frame, cur: Any, path: Path, n: Any, sharing: Sharing | None) -> Any:
        """Copies whose channels grow by the same number each time: one copy, summed over its index.

        The copy of index i enters with the channels of the first plus (i - 1) times the growth (DenseNet).
        """
        from ..arithmetic.symbols import index_symbol

        run = fr.run
        grown = _growth(self, fr, cur, path, sharing)
        if grown is None:
            raise SpecError(
                "the copies' shapes never settle, and don't grow evenly: the number of copies must be a number"
            )
        index = index_symbol("i")
        start = len(run.layers)
        # A first copy that differs (a given s) stays written out.
        lowest = 1 if self._may_settle(1) or self.varies else 2
        if lowest == 2:
            cur = self._copy(fr, cur, path, 1, sharing)
        entering = Tensor(cur.c + (index - lowest) * grown, cur.h, cur.w, cur.layer)
        mark = len(run.layers)
        fr.i, fr.first = index, False
        below = (path, str(lowest))
        if sharing is not None:
            sharing.base = below
        self.later(fr, entering, below)
        for layer in run.layers[mark:]:
            if layer.over is not None:
                raise SpecError(
                    "a growing repeat inside a growing repeat: one of the numbers of copies must be a number"
                )
            layer.over = Series(index, lowest, n)
        assume_at_least(run, n, lowest, start)
        last = run.layers[-1] if len(run.layers) > mark else None
        return Tensor(cur.c + (n - lowest + 1) * grown, cur.h, cur.w, last)


def _growth(repeat: Repeat, fr: Frame, cur: Any, path: Path, sharing: Sharing | None) -> Any:
    """Channels that each copy adds, if three copies in a row add as many and keep the size; else None."""
    run = fr.run
    start, steps = len(run.layers), []
    if not isinstance(cur, Tensor):
        return None
    for i in range(1, 5):
        result = repeat._copy(fr, cur, path, i, sharing)
        if not isinstance(result, Tensor):
            return None
        if i > 1:
            if not (same(result.h, cur.h) and same(result.w, cur.w)):
                return None
            steps.append(result.c - cur.c)
        cur = result
    del run.layers[start:]
    return steps[0] if all(same(s, steps[0]) for s in steps) else None


def assume_at_least(run: Run, n: Any, k: int, start: int) -> None:
    """Record that a closed form needs n >= k."""
    from ..arithmetic import less_equal
    from ..graph import Assumption

    condition = less_equal(k, n)
    if condition is not True:
        run.graph.assumptions.append(Assumption(condition, None, run.layers[start:]))


def multiply(run: Run, start: int, times: Any, sharing: Sharing | None) -> None:
    """Let the layers from ``start`` on stand for ``times`` copies; shared weights stay as they are."""
    layers = run.layers[start:]
    for layer in layers:
        layer.count = layer.count * times
        if sharing is None or not sharing.covers(layer.op.kind):
            layer.weight_count = layer.weight_count * times
    if not is_symbolic(times):
        most = int(times.max()) if is_array(times) else times
        run.primitives += (most - 1) * len(layers)
        if run.primitives > MAX_PRIMITIVES:
            raise SpecError(f"more than {MAX_PRIMITIVES:,} primitive layers")


def same_shapes(a: Any, b: Any) -> bool:
    """Whether a copy's result has the shapes that it found."""
    if isinstance(a, NetResult):
        a = a.value
    if isinstance(b, NetResult):
        b = b.value
    if type(a) is Tensor and type(b) is Tensor:
        return same(a.c, b.c) and same(a.h, b.h) and same(a.w, b.w)
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return all(same_shapes(x, y) for x, y in zip(a, b, strict=True))
    return False


def same(a: Any, b: Any) -> bool:
    """Whether two sizes are the same: everywhere for arrays, identically for symbols."""
    if a is b:
        return True
    if is_symbolic(a) or is_symbolic(b):
        from ..arithmetic import equal

        return equal(a, b) is True
    result = a == b
    return bool(result.all()) if is_array(result) else bool(result)
