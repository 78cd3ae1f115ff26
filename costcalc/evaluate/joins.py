"""The built-in layers that take several tensors: add, concat, mul, pad_add; and split, which makes several."""

from __future__ import annotations

from typing import Any

from ..arithmetic import add as plus
from ..arithmetic import equal, floordiv, is_symbolic, less_equal, logical_and, logical_or, sub
from ..errors import SpecError, listed
from ..graph import Path, Tensor
from ..language.values import show_shape
from ..ops import Add, Concat, Mul, PadAdd, Split
from .arguments import REQUIRED, LayerDef, count, natural, word
from .run import Run

WEIGHTED = ("none", "fast", "softmax", "unbounded")


def _shape(x: Tensor) -> str:
    return show_shape(x.h, x.w, x.c)


def _alike(run: Run, name: str, a: Tensor, b: Tensor, *, channels: bool = True) -> None:
    same: Any = logical_and(_eq(run, a.h, b.h), _eq(run, a.w, b.w))
    if channels:
        same = logical_and(same, _eq(run, a.c, b.c))
    if same is not True:
        run.require(same, f"{name} of different shapes: {_shape(a)} and {_shape(b)}")


def _is_one(size: Any) -> Any:
    result = equal(size, 1)
    return False if is_symbolic(result) else result


def _eq(run: Run, a: Any, b: Any) -> Any:
    if a is b:
        return True
    result = equal(a, b)
    if not is_symbolic(result):
        return result
    run.assume_equal(a, b)  # a join of sizes that may differ is possible where they are equal
    return True


def _operands(run: Run, name: str, values: Any, least: int = 2) -> tuple[Tensor, ...]:
    tensors = run.several(values)
    if len(tensors) < least:
        wanted = "two tensors" if name in ("mul", "pad_add") else f"{least} or more tensors"
        raise SpecError(f"{name} takes {wanted}, not {len(tensors)}; write {name}(a, b)")
    return tensors


def add(run: Run, path: Path, values: Any, weighted: Any) -> Tensor:
    """The sum of two or more tensors of one shape."""
    tensors = _operands(run, "add", values)
    weighted = word(weighted, "weighted", WEIGHTED)
    first = tensors[0]
    for t in tensors[1:]:
        _alike(run, "add", first, t)
    return run.emit(path, path, Add(len(tensors), weighted), tensors, first.c, first.h, first.w)


def concat(run: Run, path: Path, values: Any) -> Tensor:
    """The channels of all tensors, one after the other."""
    tensors = _operands(run, "concat", values, 1)
    first = tensors[0]
    c = first.c
    for t in tensors[1:]:
        _alike(run, "concat", first, t, channels=False)
        c = plus(c, t.c)
    return run.emit(path, path, Concat(), tensors, c, first.h, first.w)


def mul(run: Run, path: Path, values: Any) -> Tensor:
    """a times b, elementwise; b may be 1×1."""
    tensors = _operands(run, "mul", values)
    if len(tensors) != 2:
        raise SpecError(f"mul takes two tensors, not {len(tensors)}")
    a, b = tensors
    gate = logical_and(_is_one(b.h), _is_one(b.w))
    same = _eq(run, a.c, b.c)
    if gate is not True:
        same = logical_and(same, logical_or(gate, logical_and(_eq(run, a.h, b.h), _eq(run, a.w, b.w))))
    if same is not True:
        run.require(same, f"mul of different shapes: {_shape(a)} and {_shape(b)}")
    return run.emit(path, path, Mul(), tensors, a.c, a.h, a.w)


def pad_add(run: Run, path: Path, values: Any) -> Tensor:
    """The narrow tensor onto the first channels of the wide one."""
    tensors = _operands(run, "pad_add", values)
    if len(tensors) != 2:
        raise SpecError(f"pad_add takes two tensors, not {len(tensors)}")
    wide, narrow = tensors
    _alike(run, "pad_add", wide, narrow, channels=False)
    ok = less_equal(narrow.c, wide.c)
    if not is_symbolic(ok):
        run.require(ok, f"pad_add(wide, narrow): the second is wider ({narrow.c} channels) than the first ({wide.c})")
    return run.emit(path, path, PadAdd(), tensors, wide.c, wide.h, wide.w)


def split(run: Run, path: Path, values: Any, n: Any) -> tuple[Tensor, ...]:
    """The channels in n parts, the remainder to the first, or in parts of the given widths."""
    x = run.one(values)
    if isinstance(n, list):
        parts = list(n)
        total: Any = 0
        for p in parts:
            total = plus(total, p)
        fits = _eq(run, total, x.c)
        if fits is not True:
            widths = listed(parts).replace(", ", " + ")
            run.require(fits, f"split into {widths} channels of a tensor that has {x.c}")
        parts = [natural(run, p, "the width of a part", 0) for p in parts]
    else:
        number = count(run, n, "the number of parts")
        if not isinstance(number, int):
            raise SpecError("the number of parts of a split must be a plain number")
        if number > 1_000:
            raise SpecError(f"{number:,} parts; at most 1,000")
        each = floordiv(x.c, number)
        parts = [sub(x.c, each * (number - 1)) if k == 0 else each for k in range(number)]
        enough = less_equal(1, each)
        if not is_symbolic(enough):
            run.require(enough, f"split into {number} parts of a tensor that has {x.c} channels")
    op = Split(tuple(parts))
    return run.emit_many(path, op, (x,), op.out_shapes(x.shape))


def reverse(run: Run, path: Path, values: Any) -> tuple[Tensor, ...]:
    """The tensors in the opposite order; no layer."""
    return run.several(values)[::-1]


JOINS: dict[str, LayerDef] = {
    d.name: d
    for d in (
        LayerDef("add", add, joins=True, words={"weighted": WEIGHTED}, weighted="none"),
        LayerDef("concat", concat, joins=True),
        LayerDef("mul", mul, joins=True),
        LayerDef("pad_add", pad_add, joins=True),
        LayerDef("split", split, joins=True, by_position="n", n=REQUIRED),
        LayerDef("reverse", reverse, joins=True),
    )
}
