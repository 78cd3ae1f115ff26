"""Instances of every op: named numbers, and how an op and its inputs are made of them.

The numbers may be ints, arrays or symbols. A new op needs its case in :data:`CASES`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from costcalc import ops

from .case import Case, Made, names
from .cases_products import product_cases


def _reach(k: Any, d: Any = 1) -> Any:
    """At least the pixels that a window needs."""
    return d * (k - 1)


def _conv(op: Any, bias: bool) -> Callable[[SimpleNamespace], Made]:
    """Groups of m inputs and n outputs each, SAME."""

    def make(v: SimpleNamespace) -> Made:
        kernel, stride, dilation = (v.kh, v.kw), (v.sh, v.sw), (v.dh, v.dw)
        shape = (v.m * v.g, v.h, v.w)
        return op(v.m * v.g, v.n * v.g, kernel, stride, "same", dilation, v.g, bias), (shape,)

    return make


def _padded_conv(op: Any, bias: bool) -> Callable[[SimpleNamespace], Made]:
    """The same with pixels of padding, on an input that the window fits into."""

    def make(v: SimpleNamespace) -> Made:
        kernel, stride, dilation = (v.kh, v.kw), (v.sh, v.sw), (v.dh, v.dw)
        shape = (v.m * v.g, v.h + _reach(v.kh, v.dh) + 2 * v.ph, v.w + _reach(v.kw, v.dw) + 2 * v.pw)
        return op(v.m * v.g, v.n * v.g, kernel, stride, (v.ph, v.pw), dilation, v.g, bias), (shape,)

    return make


def _pool(op: Any, ceil: bool) -> Callable[[SimpleNamespace], Made]:
    def make(v: SimpleNamespace) -> Made:
        # As in PyTorch, padding is at most half of the window.
        kh, kw = 2 * v.ph + v.kh, 2 * v.pw + v.kw
        shape = (v.c, v.h + _reach(v.kh), v.w + _reach(v.kw))
        return op((kh, kw), (v.sh, v.sw), (v.ph, v.pw), ceil), (shape,)

    return make


def _cases() -> list[Case]:
    conv, pool, shape = names("m n g kh kw sh sw dh dw h w"), names("c kh kw sh sw ph pw h w"), names("c h w")
    cases = [
        case
        for op in (ops.Conv2d, ops.ConvTranspose2d)
        for case in (
            Case("same", op, conv, _conv(op, False)),
            Case("same, bias", op, conv, _conv(op, True)),
            Case("pixels", op, (*conv, "ph", "pw"), _padded_conv(op, False)),
            Case("pixels, bias", op, (*conv, "ph", "pw"), _padded_conv(op, True)),
        )
    ]
    for op in (ops.MaxPool, ops.AvgPool):
        cases += [
            Case("floor", op, pool, _pool(op, False)),
            Case("ceil", op, pool, _pool(op, True)),
            Case("same", op, names("c kh kw sh sw h w"), lambda v, op=op: (op((v.kh, v.kw), (v.sh, v.sw)), (_chw(v),))),
        ]
    for op in (ops.GlobalMaxPool, ops.GlobalAvgPool):
        cases.append(Case("", op, shape, lambda v, op=op: (op((v.h, v.w)), (_chw(v),))))
    resize = names("c h w th tw")
    for mode in ("nearest", "bilinear"):
        cases.append(Case(mode, ops.Resize, resize, lambda v, m=mode: (ops.Resize((v.th, v.tw), m), (_chw(v),))))
    cases += [
        Case("linear", ops.Resize, names("c h th"), lambda v: (ops.Resize((v.th,), "linear"), ((v.c, v.h),))),
        Case(
            "trilinear",
            ops.Resize,
            names("c h w th tw n"),
            lambda v: (ops.Resize((v.n, v.th, v.tw), "trilinear"), ((v.c, v.n, v.h, v.w),)),
        ),
    ]
    rois = names("c h w n th tw")
    cases.append(Case("", ops.RoiAlign, rois, lambda v: (ops.RoiAlign(v.n, (v.th, v.tw)), (_chw(v),))))
    cases += [
        Case("", ops.Linear, names("c h w n"), lambda v: (ops.Linear(v.c * v.h * v.w, v.n, False), (_chw(v),))),
        Case("bias", ops.Linear, names("c h w n"), lambda v: (ops.Linear(v.c * v.h * v.w, v.n), (_chw(v),))),
        Case("", ops.BatchNorm, shape, lambda v: (ops.BatchNorm(v.c), (_chw(v),))),
        Case("", ops.LayerNorm, shape, lambda v: (ops.LayerNorm(v.c), (_chw(v),))),
        Case("", ops.GroupNorm, names("m g h w"), lambda v: (ops.GroupNorm(v.m * v.g, v.g), ((v.m * v.g, v.h, v.w),))),
        Case("", ops.L2Norm, shape, lambda v: (ops.L2Norm(v.c), (_chw(v),))),
        Case("", ops.LocalResponseNorm, names("c h w n"), lambda v: (ops.LocalResponseNorm(v.n), (_chw(v),))),
        Case("", ops.PReLU, shape, lambda v: (ops.PReLU(v.c), (_chw(v),))),
        Case("", ops.PadAdd, names("c more h w"), lambda v: (ops.PadAdd(), ((v.c + v.more, v.h, v.w), _chw(v)))),
        Case("", ops.Mul, shape, lambda v: (ops.Mul(), (_chw(v), _chw(v)))),
        Case("gate", ops.Mul, shape, lambda v: (ops.Mul(), (_chw(v), (v.c, 1, 1)))),
        Case("one", ops.Concat, shape, lambda v: (ops.Concat(), (_chw(v),))),
        Case(
            "three",
            ops.Concat,
            names("c d e h w"),
            lambda v: (ops.Concat(), (_chw(v), (v.d, v.h, v.w), (v.e, v.h, v.w))),
        ),
        Case(
            "",
            ops.Split,
            names("c d part h w"),
            lambda v: (ops.Split((v.c, v.part, v.d)), ((v.c + v.part + v.d, v.h, v.w),)),
        ),
        Case("", ops.ChannelShuffle, names("m g h w"), lambda v: (ops.ChannelShuffle(v.g), ((v.m * v.g, v.h, v.w),))),
        Case("", ops.Dropout, shape, lambda v: (ops.Dropout(0.2), (_chw(v),))),
        Case("", ops.Flatten, shape, lambda v: (ops.Flatten(), (_chw(v),))),
        Case(
            "",
            ops.Pad,
            names("c h w pt pb pl pr"),
            lambda v: (ops.Pad((v.pt, v.pl), (v.pb, v.pr)), (_chw(v),)),
        ),
        Case(
            "",
            ops.Crop,
            names("c h w more also"),
            lambda v: (ops.Crop((v.h, v.w)), ((v.c, v.h + v.more, v.w + v.also),)),
        ),
    ]
    cases += [Case(f, ops.Activation, shape, lambda v, f=f: (ops.Activation(f), (_chw(v),))) for f in ops.ACTIVATIONS]
    cases += [
        Case(f"{weighted} {k}", ops.Add, shape, lambda v, k=k, w=weighted: (ops.Add(k, w), (_chw(v),) * k))
        for weighted in ("none", "fast", "softmax", "unbounded")
        for k in (2, 3)
    ]
    return cases + product_cases()


def _chw(v: SimpleNamespace) -> Any:
    return v.c, v.h, v.w


CASES = _cases()
IDS = [f"{case.op.__name__} {case.name}".strip() for case in CASES]
