"""Instances of what multiplies activations, cuts them into parts, has learned numbers, or only moves elements."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from costcalc import ops

from .case import Case, Made, names


def _attention(bias: bool, talking: bool, added: bool = False) -> Any:
    def make(v: SimpleNamespace) -> Made:
        heads = v.r * v.g  # g heads of keys and values, each of which serves r of queries
        shapes: tuple[Any, ...] = ((heads * v.d, v.h, v.w), (v.g * v.d, v.kh, v.kw), (v.g * v.e, v.kh, v.kw))
        made = (heads * v.d, heads * v.e, v.h * v.w, v.kh * v.kw, heads, v.b if bias else 0, talking)
        return ops.Attention(*made), (*shapes, (heads, v.th, v.tw)) if added else shapes

    return make


def _windows(v: SimpleNamespace, *, grid: bool = False) -> Made:
    shape = (v.c, v.h, v.w)
    return ops.Windows(ops.number_of_windows((v.h, v.w), (v.kh, v.kw)), (v.kh, v.kw), grid), (shape,)


def _merged_windows(v: SimpleNamespace, *, grown: bool = False) -> Made:
    parts = ops.number_of_windows((v.h, v.w), (v.kh, v.kw))
    part = (v.c, v.kh + v.th, v.kw + v.tw) if grown else (v.c, v.kh, v.kw)
    return ops.Merge("windows", parts, (v.kh, v.kw), (v.c, v.h, v.w)), (part,)


def _chw(v: SimpleNamespace, axis: str = "") -> Any:
    """A map; a video of 3 frames where those are the axis."""
    return (v.c, 3, v.h, v.w) if axis == "frames" else (v.c, v.h, v.w)


def product_cases() -> list[Case]:
    """The cases of these ops."""
    shape, attention = names("c h w"), names("r g d e h w kh kw")
    cases = [
        Case("", ops.Attention, attention, _attention(bias=False, talking=False)),
        Case("bias", ops.Attention, (*attention, "b"), _attention(bias=True, talking=False)),
        Case("talking", ops.Attention, attention, _attention(bias=False, talking=True)),
        Case("both", ops.Attention, (*attention, "b"), _attention(bias=True, talking=True)),
        Case("added", ops.Attention, (*attention, "th", "tw"), _attention(bias=False, talking=False, added=True)),
        Case("", ops.MatMul, names("h w kh kw n"),
             lambda v: (ops.MatMul(), ((v.kh * v.kw, v.h, v.w), (v.n, v.kh, v.kw)))),
        Case("", ops.Heads, names("m g h w"), lambda v: (ops.Heads(v.g), ((v.m * v.g, v.h, v.w),))),
        Case("", ops.Windows, names("c h w kh kw"), _windows),
        Case("grid", ops.Windows, names("c h w kh kw"), lambda v: _windows(v, grid=True)),
        Case("heads", ops.Merge, names("m g h w"),
             lambda v: (ops.Merge("heads", v.g, (v.h, v.w), (v.m * v.g, v.h, v.w)), ((v.m, v.h, v.w),))),
        Case("windows", ops.Merge, names("c h w kh kw"), _merged_windows),
        Case("grown", ops.Merge, names("c h w kh kw th tw"), lambda v: _merged_windows(v, grown=True)),
        Case("", ops.Learned, names("n h w"), lambda v: (ops.Learned(v.n, (v.h, v.w)), ())),
        Case("fixed", ops.Learned, names("n h w"), lambda v: (ops.Learned(v.n, (v.h, v.w), True), ())),
        Case("", ops.Transpose, shape, lambda v: (ops.Transpose(), (_chw(v),))),
        Case("", ops.Reshape, names("c h w g"), lambda v: (ops.Reshape((v.w, v.h * v.g)), ((v.c, v.h, v.w * v.g),))),
        Case("", ops.SpaceToDepth, names("c h w kh kw"),
             lambda v: (ops.SpaceToDepth((v.kh, v.kw)), ((v.c, v.h * v.kh, v.w * v.kw),))),
        Case("", ops.DepthToSpace, names("c h w kh kw"),
             lambda v: (ops.DepthToSpace((v.kh, v.kw)), ((v.c * v.kh * v.kw, v.h, v.w),))),
        Case("", ops.Roll, names("c h w p q"), lambda v: (ops.Roll((v.p, v.q)), (_chw(v),))),
        Case("same", ops.Unfold, names("c h w kh kw sh sw"),
             lambda v: (ops.Unfold((v.kh, v.kw), (v.sh, v.sw)), (_chw(v),))),
        Case("pixels", ops.Unfold, names("c h w kh kw sh sw ph pw"),
             lambda v: (ops.Unfold((v.kh, v.kw), (v.sh, v.sw), (v.ph, v.pw)),
                        ((v.c, v.h + v.kh - 1, v.w + v.kw - 1),))),
        Case("height", ops.Concat, names("c h w a"),
             lambda v: (ops.Concat("height"), (_chw(v), (v.c, v.a, v.w)))),
        Case("width", ops.Concat, names("c h w a"), lambda v: (ops.Concat("width"), (_chw(v), (v.c, v.h, v.a)))),
        Case("positions", ops.Concat, names("c h w a"), lambda v: (ops.Concat("positions"), (_chw(v), (v.c, v.a, 1)))),
        Case("height", ops.Split, names("c a w b"),
             lambda v: (ops.Split((v.a, v.b), "height"), ((v.c, v.a + v.b, v.w),))),
        Case("width", ops.Split, names("c a h b"),
             lambda v: (ops.Split((v.a, v.b), "width"), ((v.c, v.h, v.a + v.b),))),
        Case("positions", ops.Split, names("c h w a"),
             lambda v: (ops.Split((v.a, v.h * v.w), "positions"), ((v.c, v.a + v.h * v.w, 1),))),
        Case("repeated", ops.Add, shape, lambda v: (ops.Add(3), ((v.c, 1, 1), (1, v.h, v.w), (v.c, v.h, 1)))),
        Case("repeated", ops.Mul, shape, lambda v: (ops.Mul(), ((v.c, 1, 1), (1, v.h, v.w)))),
        Case("", ops.Sub, shape, lambda v: (ops.Sub(), (_chw(v), (v.c, v.h, 1)))),
        Case("", ops.Div, shape, lambda v: (ops.Div(), ((1, v.h, 1), (v.c, 1, v.w)))),
        Case("groups", ops.PReLU, names("m g h w"), lambda v: (ops.PReLU(v.m * v.g, v.g), ((v.m * v.g, v.h, v.w),))),
        Case("all", ops.LayerNorm, shape, lambda v: (ops.LayerNorm(v.c, True, v.h * v.w), (_chw(v),))),
        Case("plain", ops.LayerNorm, shape, lambda v: (ops.LayerNorm(v.c, False), (_chw(v),))),
        Case("plain", ops.GroupNorm, shape, lambda v: (ops.GroupNorm(v.c, v.c, False), (_chw(v),))),
        Case("plain", ops.BatchNorm, shape, lambda v: (ops.BatchNorm(v.c, False), (_chw(v),))),
        Case("", ops.RMSNorm, shape, lambda v: (ops.RMSNorm(v.c), (_chw(v),))),
        Case("plain", ops.RMSNorm, shape, lambda v: (ops.RMSNorm(v.c, False), (_chw(v),))),
        Case("from", ops.Crop, names("c h w p q more"),
             lambda v: (ops.Crop((v.h, v.w), (v.p, v.q)), ((v.c, v.h + v.p + v.more, v.w + v.q),))),
    ]  # fmt: skip
    cases += [
        Case(cell + more, ops.Recurrent, names("c n h w"), lambda v, a=(cell, number, both): (
            ops.Recurrent(a[0], v.c, v.n, a[1], a[2]), (_chw(v),)))
        for cell, more, number, both in (
            ("lstm", "", 1, False), ("gru", "", 1, False), ("lstm", " both", 2, True), ("gru", " deep", 3, False))
    ]  # fmt: skip
    cases += [
        Case("groups", op, names("m g h w"), lambda v, op=op: (op(v.m * v.g, v.g), ((v.m * v.g, v.h, v.w),)))
        for op in (ops.Scale, ops.Shift)
    ]
    cases += [Case(f, ops.Elementwise, shape, lambda v, f=f: (ops.Elementwise(f), (_chw(v),))) for f in ops.FUNCTIONS]
    cases += [Case(axis, ops.Softmax, shape, lambda v, a=axis: (ops.Softmax(a), (_chw(v, a),))) for axis in ops.ALONG]
    sizes = {
        "channels": lambda v: v.c,
        "height": lambda v: v.h,
        "width": lambda v: v.w,
        "positions": lambda v: v.h * v.w,
        "frames": lambda v: 3,
    }
    cases += [
        Case(f"{how} {axis}", ops.AxisPool, shape,
             lambda v, how=how, axis=axis: (ops.AxisPool(how, axis, sizes[axis](v)), (_chw(v, axis),)))
        for how in ("max", "mean", "sum")
        for axis in ops.ALONG
    ]  # fmt: skip
    for op in (ops.Conv2d, ops.ConvTranspose2d):
        cases.append(
            Case("fixed", op, names("m n g kh kw h w"), lambda v, op=op: (
                op(v.m * v.g, v.n * v.g, (v.kh, v.kw), (), "same", (), v.g, False, True), ((v.m * v.g, v.h, v.w),)))
        )  # fmt: skip
    return cases
