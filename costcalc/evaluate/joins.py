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


def _require(run: Run, name: str, same: Any, a: Tensor, b: Tensor) -> None:
    if same is not True:
        run.require(same, lambda: f"{name} of different shapes: {_shape(a)} and {_shape(b)}")


def _shape(x: Tensor) -> str:
    return show_shape(*x.size, c=x.c)


def _same(run: Run, a: tuple[Any, ...], b: tuple[Any, ...]) -> Any:
    """Whether two shapes, or two sizes, are the same."""
    same: Any = len(a) == len(b)
    for m, n in zip(a, b, strict=False):
        if m is not n:
            same = logical_and(same, _eq(run, m, n))
    return same


def _is_one(size: Any) -> Any:
    if type(size) is int:
        return size == 1
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
        _require(run, "add", _same(run, first.shape, t.shape), first, t)
    return run.emit(path, path, Add(len(tensors), weighted), tensors)


def concat(run: Run, path: Path, values: Any) -> Tensor:
    """The channels of all tensors, one after the other."""
    tensors = _operands(run, "concat", values, 1)
    first = tensors[0]
    for t in tensors[1:]:
        _require(run, "concat", _same(run, first.shape[1:], t.shape[1:]), first, t)
    return run.emit(path, path, Concat(), tensors)


def mul(run: Run, path: Path, values: Any) -> Tensor:
    """a times b, elementwise; b may be 1×1."""
    tensors = _operands(run, "mul", values)
    if len(tensors) != 2:
        raise SpecError(f"mul takes two tensors, not {len(tensors)}")
    a, b = tensors
    gate: Any = len(a.shape) == len(b.shape)
    for n in b.shape[1:]:
        gate = logical_and(gate, _is_one(n))
    same = _eq(run, a.c, b.c)
    if gate is not True:
        same = logical_and(same, logical_or(gate, _same(run, a.size, b.size)))
    _require(run, "mul", same, a, b)
    return run.emit(path, path, Mul(), tensors)


def pad_add(run: Run, path: Path, values: Any) -> Tensor:
    """The narrow tensor onto the first channels of the wide one."""
    tensors = _operands(run, "pad_add", values)
    if len(tensors) != 2:
        raise SpecError(f"pad_add takes two tensors, not {len(tensors)}")
    wide, narrow = tensors
    _require(run, "pad_add", _same(run, wide.size, narrow.size), wide, narrow)
    ok = less_equal(narrow.c, wide.c)
    if not is_symbolic(ok):
        run.require(
            ok, lambda: f"pad_add(wide, narrow): the second is wider ({narrow.c} channels) than the first ({wide.c})"
        )
    return run.emit(path, path, PadAdd(), tensors)


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
            widths = list(parts)
            run.require(fits, lambda: f"split into {_sum(widths)} channels of a tensor that has {x.c}")
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
            run.require(enough, lambda: f"split into {number} parts of a tensor that has {x.c} channels")
    return run.emit_many(path, Split(tuple(parts)), (x,))


def _sum(widths: list[Any]) -> str:
    return listed(widths).replace(", ", " + ")


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
