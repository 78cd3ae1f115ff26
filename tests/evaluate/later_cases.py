"""Calls of the layers that came after the first version of the language, as in layer_cases.py."""

from __future__ import annotations

from .layer_case import CONV, LayerCase

PLAIN = "norm=none, act=none, bias=no"
QKV = f"conv(1x1, 18, {PLAIN}) -> split(3)"
LATER_CASES: dict[str, list[LayerCase]] = {
    "attend": [
        LayerCase(f"{QKV} -> attend", "x.1.conv:conv2d x.2:split x.3:attention", (6, 9, 8)),
        LayerCase(f"{QKV} -> attend(heads=g, bias=k)", "", (6, 9, 8)),
        LayerCase(f"{QKV} -> attend(heads=2, talking=yes)", "", (6, 9, 8)),
        LayerCase(f"attend(in, in -> avgpool(k), in -> avgpool(k) -> conv(1x1, c, {PLAIN}))", "", (12, 9, 8)),
        LayerCase(f"attend(conv(1x1, 12, {PLAIN}), in, conv(1x1, 4, {PLAIN}), heads=4)", "", (8, 9, 8)),
        LayerCase("attend(in, in, in, learned(5, 3), heads=3)", "x.4:learned x:attention", (6, 9, 8)),
    ],
    "matmul": [
        LayerCase("matmul(in, transpose)", "x.2:transpose x:matmul", (72, 9, 8)),
        LayerCase("matmul(transpose, in)", "x.1:transpose x:matmul", (6, 6, 1)),
    ],
    "lstm": [
        LayerCase("lstm(c)", "x:recurrent", (12, 9, 8)),
        LayerCase("lstm(c=c, layers=2, both=yes)", "x:recurrent", (24, 9, 8)),
    ],
    "gru": [LayerCase("gru(c)", "x:recurrent", (12, 9, 8)), LayerCase("gru(c=2, layers=3, both=no)", "", (2, 9, 8))],
    "heads": [
        LayerCase("heads(n=g) -> merge", "x.1:heads x.2:merge", (6, 9, 8)),
        LayerCase(f"heads(3) -> conv(1x1, c, {PLAIN}) -> merge", "x.1:heads x.2.conv:conv2d x.3:merge", (36, 9, 8)),
    ],
    "windows": [
        LayerCase("windows(k) -> merge", "x.1:windows x.2:merge", (6, 9, 8)),
        LayerCase("windows(size=2x3) -> conv(k, c) -> merge", "", (12, 9, 8)),
        LayerCase("windows(k) -> heads(2) -> bn -> merge -> merge", "", (6, 9, 8)),
        LayerCase("windows(4) -> up(2) -> merge", "", (6, 24, 16)),
    ],
    "grid": [LayerCase("grid(size=k) -> conv(k, c) -> merge", "x.1:windows x.2.conv:conv2d x.2.bn:batch_norm "
                       "x.2.act:relu x.3:merge", (12, 9, 8))],
    "merge": [LayerCase("heads(2) -> merge -> conv(k, c)", "", (12, 9, 8))],
    "learned": [
        LayerCase("add(in, learned([in.h, in.w], 6))", "x.2:learned x:add", (6, 9, 8)),
        LayerCase("concat(learned(size=1, c=6), in, along=positions)", "x.1:learned x:concat", (6, 73, 1)),
        LayerCase("add(windows(k), learned(k, 6, fixed=yes)) -> merge", "", (6, 9, 8)),
    ],
    "scale": [LayerCase("scale", "x:scale", (6, 9, 8)), LayerCase("scale(g=g)", "x:scale", (6, 9, 8))],
    "shift": [LayerCase("shift", "x:shift", (6, 9, 8)), LayerCase("shift(g=1)", "x:shift", (6, 9, 8))],
    "space_to_depth": [
        LayerCase("up(2) -> space_to_depth", "x.1:resize x.2:space_to_depth", (24, 9, 8)),
        LayerCase("space_to_depth(r=3x2)", "x:space_to_depth", (36, 3, 4)),
    ],
    "depth_to_space": [
        LayerCase("conv(1x1, c) -> depth_to_space", CONV.replace("x.", "x.1.") + " x.2:depth_to_space", (3, 18, 16)),
        LayerCase("depth_to_space(r=3x1)", "x:depth_to_space", (2, 27, 8)),
    ],
    "transpose": [LayerCase("transpose", "x:transpose", (72, 6, 1)),
                  LayerCase("transpose -> transpose", "", (6, 72, 1))],
    "reshape": [
        LayerCase("reshape", "x:reshape", (6, 72, 1)),
        LayerCase("reshape(size=[in.w, in.h])", "x:reshape", (6, 8, 9)),
    ],
    "roll": [LayerCase("roll(by=p)", "x:roll", (6, 9, 8)), LayerCase("roll([0, 3])", "x:roll", (6, 9, 8))],
    "unfold": [
        LayerCase("unfold(k)", "x:unfold", (54, 9, 8)),
        LayerCase("unfold(k=2x3, s=s, pad=p)", "x:unfold", (36, 5, 4)),
    ],
    "rms": [LayerCase("rms", "x:rms_norm", (6, 9, 8)), LayerCase("rms(affine=no)", "x:rms_norm", (6, 9, 8))],
    "sum": [LayerCase("sum", "x:axis_pool", (1, 9, 8)), LayerCase("sum(over=positions)", "x:axis_pool", (6, 1, 1))],
    "sub": [LayerCase("sub(in, avgpool)", "x.2:avg_pool x:sub", (6, 9, 8))],
    "div": [LayerCase("div(in, sum(over=width))", "x.2:axis_pool x:div", (6, 9, 8))],
}  # fmt: skip

LATER_ARGUMENTS: dict[str, list[LayerCase]] = {
    "conv": [LayerCase("conv(k, c, fixed=yes, norm=none, act=none)", "x.conv:conv2d", (12, 9, 8))],
    "dwconv": [LayerCase("dwconv(k, s, fixed=yes, norm=none, act=none)", "x.conv:conv2d", (6, 5, 4))],
    "deconv": [LayerCase("deconv(k, c, fixed=yes)", "", (12, 9, 8))],
    "maxpool": [LayerCase("maxpool(over=channels)", "x:axis_pool", (1, 9, 8))],
    "avgpool": [LayerCase("avgpool(over=height)", "x:axis_pool", (6, 1, 8))],
    "bn": [LayerCase("bn(affine=no)", "x:batch_norm", (6, 9, 8))],
    "ln": [LayerCase("ln(affine=no)", "x:layer_norm", (6, 9, 8)), LayerCase("ln(over=all)", "x:layer_norm", (6, 9, 8))],
    "gn": [LayerCase("gn(6, affine=no)", "x:group_norm", (6, 9, 8))],
    "act": [LayerCase("act(exp)", "x:elementwise", (6, 9, 8)), LayerCase("act(prelu, g=1)", "x:prelu", (6, 9, 8))],
    "softmax": [LayerCase("softmax(over=positions)", "x:softmax", (6, 9, 8))],
    "crop": [LayerCase("crop(1x8, top=p)", "x:crop", (6, 1, 8)), LayerCase("crop(4, top=2, left=3)", "", (6, 4, 4))],
    "add": [LayerCase("add(in, avgpool, in -> maxpool(over=channels))", "", (6, 9, 8))],
    "mul": [LayerCase("mul(avgpool(over=width), in -> avgpool(over=height))", "", (6, 9, 8))],
    "concat": [LayerCase("concat(in, conv(1x1, 6), along=height)", "", (6, 18, 8))],
    "split": [LayerCase("split(in, [p, 8 - p], along=width) -> concat(along=width)", "", (6, 9, 8)),
              LayerCase("split(in, 3, along=positions) -> concat(along=positions)", "", (6, 72, 1))],
}  # fmt: skip
