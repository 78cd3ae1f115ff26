"""Calls of every built-in layer, the primitives that they become, and the shape that leaves them.

The input is 6 channels of RES x 8, and the parameters have the defaults of :data:`PARAMETERS`.
A new layer, or a new argument of one, needs a call here that says it.
"""

from __future__ import annotations

from .later_cases import LATER_ARGUMENTS, LATER_CASES
from .layer_case import CONV, HEAD, PARAMETERS, LayerCase

__all__ = ["ALL_CASES", "CASES", "HEAD", "IDS", "PARAMETERS", "LayerCase"]

LAYER_CASES: dict[str, list[LayerCase]] = {
    "conv": [
        LayerCase("conv(k, c)", CONV, (12, 9, 8)),
        LayerCase("conv(k=3x2, c=c, s=s, pad=p)", CONV, (12, 5, 5)),
        LayerCase("conv(k, c, s, g=g, norm=none, act=none)", "x.conv:conv2d", (12, 5, 4)),
        LayerCase("conv(k, c, bias=yes, pad=none, d=d)", CONV, (12, 5, 4)),
        LayerCase("conv(1x1, c, norm=none, bias=no, act=prelu)", "x.conv:conv2d x.act:prelu", (12, 9, 8)),
        LayerCase("conv(3, c, norm=bn, act=hswish)", CONV.replace("relu", "hswish"), (12, 9, 8)),
    ],
    "dwconv": [
        LayerCase("dwconv(k, s)", CONV, (6, 5, 4)),
        LayerCase("dwconv(k=k, s=s, mult=g, norm=none)", "x.conv:conv2d x.act:relu", (18, 5, 4)),
        LayerCase("dwconv(3x3, pad=p, d=d, act=none, bias=yes)", "x.conv:conv2d x.bn:batch_norm", (6, 7, 6)),
    ],
    "deconv": [
        LayerCase("deconv(k, c, s)", CONV.replace("conv2d", "conv_transpose2d"), (12, 18, 16)),
        LayerCase("deconv(k=k, c=c, s=s, g=g, pad=p, norm=none, act=none)", "x.conv:conv_transpose2d", (12, 17, 15)),
        LayerCase(
            "deconv(2x3, c, s, d=d, pad=none, bias=no, act=sigmoid)",
            "x.conv:conv_transpose2d x.bn:batch_norm x.act:sigmoid",
            (12, 19, 19),
        ),
    ],
    "fc": [
        LayerCase("fc(c)", "x.linear:linear", (12, 1, 1)),
        LayerCase("fc(c=c, bias=no, act=relu)", "x.linear:linear x.act:relu", (12, 1, 1)),
        LayerCase("avgpool -> fc(c)", "x.1:avg_pool x.2.linear:linear", (12, 1, 1)),
    ],
    **{
        pool: [
            LayerCase(pool, f"x:{kind}", (6, 1, 1)),
            LayerCase(f"{pool}(k)", f"x:{kind}", (6, 3, 3)),
            LayerCase(f"{pool}(k=k, s=s, pad=none)", f"x:{kind}", (6, 4, 3)),
            LayerCase(f"{pool}(3, s, pad=p, ceil=yes)", f"x:{kind}", (6, 5, 5)),
            LayerCase(f"{pool}(2x3, s)", f"x:{kind}", (6, 5, 4)),
        ]
        for pool, kind in (("maxpool", "max_pool"), ("avgpool", "avg_pool"))
    },
    "bn": [LayerCase("bn", "x:batch_norm", (6, 9, 8))],
    "ln": [LayerCase("ln", "x:layer_norm", (6, 9, 8))],
    "gn": [LayerCase("gn(g=g)", "x:group_norm", (6, 9, 8)), LayerCase("conv(1, 32) -> gn", "", (32, 9, 8))],
    "l2norm": [LayerCase("l2norm", "x:l2_norm", (6, 9, 8))],
    "lrn": [LayerCase("lrn(n=k)", "x:local_response_norm", (6, 9, 8)), LayerCase("lrn", "", (6, 9, 8))],
    "act": [
        LayerCase("act(f=gelu)", "x:gelu", (6, 9, 8)),
        LayerCase("act(prelu)", "x:prelu", (6, 9, 8)),
        LayerCase("act(none)", "", (6, 9, 8)),
    ],
    "softmax": [LayerCase("softmax", "x:softmax", (6, 9, 8))],
    "shuffle": [LayerCase("shuffle(g=g)", "x:channel_shuffle", (6, 9, 8))],
    "dropout": [LayerCase("dropout(p=0.2)", "x:dropout", (6, 9, 8)), LayerCase("dropout", "x:dropout", (6, 9, 8))],
    "flatten": [LayerCase("flatten", "x:flatten", (432, 1, 1))],
    "up": [LayerCase("up", "x:resize", (6, 18, 16)), LayerCase("up(s=k)", "x:resize", (6, 27, 24))],
    "resize": [
        LayerCase("resize(size=c)", "x:resize", (6, 12, 12)),
        LayerCase("resize(5x7, mode=bilinear)", "x:resize", (6, 5, 7)),
    ],
    "rois": [LayerCase("rois(n=k, size=c)", "x:roi_align", (6, 12, 12)), LayerCase("rois(4, 5x7)", "", (6, 5, 7))],
    "pad": [
        LayerCase("pad(p=p)", "x:pad", (6, 11, 10)),
        LayerCase("pad(top=p, bottom=2, left=3, right=0)", "x:pad", (6, 12, 11)),
        LayerCase("pad(p, top=s)", "x:pad", (6, 12, 10)),
    ],
    "crop": [LayerCase("crop(size=k)", "x:crop", (6, 3, 3)), LayerCase("crop(5x7)", "x:crop", (6, 5, 7))],
}

JOIN_CASES: dict[str, list[LayerCase]] = {
    "add": [
        LayerCase("add(in, conv(k, 6))", "x.2.conv:conv2d x.2.bn:batch_norm x.2.act:relu x:add", (6, 9, 8)),
        LayerCase("add(in, bn, in, weighted=fast)", "x.2:batch_norm x:add", (6, 9, 8)),
        LayerCase("add(in, act(elu), weighted=softmax)", "x.2:elu x:add", (6, 9, 8)),
        LayerCase("add(in, in, weighted=unbounded)", "x:add", (6, 9, 8)),
        LayerCase("(in, in) -> add", "x:add", (6, 9, 8)),
    ],
    "concat": [
        LayerCase("concat(in, conv(k, c), in)", "x.2.conv:conv2d x.2.bn:batch_norm x.2.act:relu x:concat", (24, 9, 8)),
        LayerCase("split(in, 2) -> concat", "x.1:split x.2:concat", (6, 9, 8)),
    ],
    "mul": [
        LayerCase("mul(in, act(sigmoid))", "x.2:sigmoid x:mul", (6, 9, 8)),
        LayerCase("mul(in, avgpool)", "x.2:avg_pool x:mul", (6, 9, 8)),
    ],
    "pad_add": [
        LayerCase("pad_add(in, conv(k, 4))", "x.2.conv:conv2d x.2.bn:batch_norm x.2.act:relu x:pad_add", (6, 9, 8)),
        LayerCase("pad_add(conv(1, c), in)", "x.1.conv:conv2d x.1.bn:batch_norm x.1.act:relu x:pad_add", (12, 9, 8)),
    ],
    "split": [
        LayerCase("split(in, n=4) -> concat", "x.1:split x.2:concat", (6, 9, 8)),
        LayerCase("split(in, [4, 0, 2]) -> concat", "x.1:split x.2:concat", (6, 9, 8)),
        LayerCase("split(in, [p, 6 - p]) -> concat", "x.1:split x.2:concat", (6, 9, 8)),
    ],
    "reverse": [LayerCase("split(in, [4, 2]) -> reverse -> concat", "x.1:split x.2:concat", (6, 9, 8))],
}
CASES = {**LAYER_CASES, **JOIN_CASES}
CASES = {name: [*cases, *LATER_ARGUMENTS.get(name, ())] for name, cases in CASES.items()} | LATER_CASES
ALL_CASES = [(name, case) for name, cases in CASES.items() for case in cases]
IDS = [case.call for _, case in ALL_CASES]
