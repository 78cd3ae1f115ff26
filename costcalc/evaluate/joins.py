"""The built-in layers that take several tensors: add, mul, concat …; and split, which makes several."""

from __future__ import annotations

from typing import Any

from ..arithmetic import add as plus
from ..arithmetic import equal, floordiv, is_array, is_symbolic, less_equal, logical_and, logical_or
from ..arithmetic import sub as minus
from ..errors import SpecError, listed
from ..graph import Path, Tensor
from ..language.values import show_shape
from ..ops import ALONG, Add, Concat, Div, Mul, Op, PadAdd, Split, Sub, axis_of
from .arguments import REQUIRED, LayerDef, along_axis, axis_word, count, natural, word
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
            same = logical_and(same, same_size(run, m, n))
    return same


def _repeats(run: Run, name: str, tensors: tuple[Tensor, ...]) -> None:
    """An error unless all sizes are equal, or 1 and repeated."""
    first = tensors[0]
    for t in tensors[1:]:
        same: Any = len(first.shape) == len(t.shape)
        for m, n in zip(first.shape, t.shape, strict=False):
            if m is not n and not (type(m) is int and m == 1) and not (type(n) is int and n == 1):
                same = logical_and(same, _eq_or_one(run, m, n))
        _require(run, name, same, first, t)


def _eq_or_one(run: Run, a: Any, b: Any) -> Any:
    same = same_size(run, a, b)
    if same is True or not (is_array(a) or is_array(b)):
        return same
    return logical_or(same, logical_or(equal(a, 1), equal(b, 1)))


def same_size(run: Run, a: Any, b: Any) -> Any:
    """Whether two sizes are the same; of symbols it is assumed."""
    if a is b:
        return True
    result = equal(a, b)
    if not is_symbolic(result):
        return result
    run.assume_equal(a, b)  # a join of sizes that may differ is possible where they are equal
    return True


def operands(run: Run, name: str, values: Any, number: int, wanted: str, most: int = 0) -> tuple[Tensor, ...]:
    """Exactly ``number`` tensors; or more, but no more than ``most``."""
    tensors = run.several(values)
    if not number <= len(tensors) <= max(number, most):
        raise SpecError(f"{name} takes {wanted}, not {len(tensors)}")
    return tensors


def _pair(run: Run, name: str, values: Any) -> tuple[Tensor, ...]:
    return operands(run, name, values, 2, "two tensors")


def _at_least(run: Run, name: str, values: Any, least: int) -> tuple[Tensor, ...]:
    tensors = run.several(values)
    if len(tensors) < least:
        raise SpecError(f"{name} takes {least} or more tensors, not {len(tensors)}; write {name}(a, b)")
    return tensors


def add(run: Run, path: Path, values: Any, weighted: Any) -> Tensor:
    """The sum of two or more tensors; sizes of 1 are repeated."""
    tensors = _at_least(run, "add", values, 2)
    weighted = word(weighted, "weighted", WEIGHTED)
    _repeats(run, "add", tensors)
    return run.emit(path, path, Add(len(tensors), weighted), tensors)


def _of_two(run: Run, path: Path, op: Op, values: Any) -> Tensor:
    tensors = _pair(run, op.kind, values)
    _repeats(run, op.kind, tensors)
    return run.emit(path, path, op, tensors)


def mul(run: Run, path: Path, values: Any) -> Tensor:
    """a times b, elementwise; sizes of 1 are repeated."""
    return _of_two(run, path, Mul(), values)


def sub(run: Run, path: Path, values: Any) -> Tensor:
    """a minus b, elementwise; sizes of 1 are repeated."""
    return _of_two(run, path, Sub(), values)


def div(run: Run, path: Path, values: Any) -> Tensor:
    """a by b, elementwise; sizes of 1 are repeated."""
    return _of_two(run, path, Div(), values)


def concat(run: Run, path: Path, values: Any, along: Any) -> Tensor:
    """All tensors, one after the other: along the channels, an axis, or the positions as a sequence."""
    tensors = _at_least(run, "concat", values, 1)
    first = tensors[0]
    op = Concat("channels" if along == "channels" else axis_word(along, "along", first))
    axis = None if op.along == "positions" else axis_of(op.along, first.shape)
    for t in tensors[1:]:
        same = _same(run, _beside(first.shape, axis), _beside(t.shape, axis))
        _require(run, "concat", logical_and(same, len(first.shape) == len(t.shape)), first, t)
    return run.emit(path, path, op, tensors)


def _beside(shape: tuple[Any, ...], axis: int | None) -> tuple[Any, ...]:
    """The sizes that concatenated tensors have in common: all but that of the axis; along positions the channels."""
    return shape[:1] if axis is None else (*shape[:axis], *shape[axis + 1 :])


def pad_add(run: Run, path: Path, values: Any) -> Tensor:
    """The narrow tensor onto the first channels of the wide one."""
    wide, narrow = tensors = _pair(run, "pad_add", values)
    _require(run, "pad_add", _same(run, wide.size, narrow.size), wide, narrow)
    ok = less_equal(narrow.c, wide.c)
    if not is_symbolic(ok):
        run.require(
            ok, lambda: f"pad_add(wide, narrow): the second is wider ({narrow.c} channels) than the first ({wide.c})"
        )
    return run.emit(path, path, PadAdd(), tensors)


def split(run: Run, path: Path, values: Any, n: Any, along: Any) -> tuple[Tensor, ...]:
    """The channels (rows, columns, positions) in n parts, the remainder to the first, or in parts of given widths."""
    x = run.one(values)
    along = "channels" if along == "channels" else axis_word(along, "along", x)
    whole = along_axis(x, along)
    if isinstance(n, list):
        parts = list(n)
        total: Any = 0
        for p in parts:
            total = plus(total, p)
        fits = same_size(run, total, whole)
        if fits is not True:
            widths = list(parts)
            run.require(fits, lambda: f"split into {_sum(widths)} {along} of a tensor that has {whole}")
        parts = [natural(run, p, "the width of a part", 0) for p in parts]
    else:
        number = count(run, n, "the number of parts")
        if not isinstance(number, int):
            raise SpecError("the number of parts of a split must be a plain number")
        if number > 1_000:
            raise SpecError(f"{number:,} parts; at most 1,000")
        each = floordiv(whole, number)
        parts = [minus(whole, each * (number - 1)) if k == 0 else each for k in range(number)]
        enough = less_equal(1, each)
        if not is_symbolic(enough):
            run.require(enough, lambda: f"split into {number} parts of a tensor that has {whole} {along}")
    return run.emit_many(path, Split(tuple(parts), along), (x,))


def _sum(widths: list[Any]) -> str:
    return listed(widths).replace(", ", " + ")


def reverse(run: Run, path: Path, values: Any) -> tuple[Tensor, ...]:
    """The tensors in the opposite order; no layer."""
    return run.several(values)[::-1]


JOINS = (
    LayerDef("add", add, joins=True, words={"weighted": WEIGHTED}, weighted="none"),
    LayerDef("concat", concat, joins=True, words={"along": ALONG}, along="channels"),
    LayerDef("mul", mul, joins=True),
    LayerDef("sub", sub, since=2, joins=True),
    LayerDef("div", div, since=2, joins=True),
    LayerDef("pad_add", pad_add, joins=True),
    LayerDef("split", split, joins=True, by_position="n", words={"along": ALONG}, n=REQUIRED, along="channels"),
    LayerDef("reverse", reverse, joins=True),
)
