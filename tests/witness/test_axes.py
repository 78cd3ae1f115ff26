"""Sequences and videos in torch: every layer that takes them has torch's shapes, weights and multiply-accumulates."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from costcalc.export.to_onnx import onnx_bytes
from costcalc.export.to_torch import torch_source
from costcalc.witness import rearranging, windows
from costcalc.witness.building import build_module

from ..language.test_inputs import C3D, M5, net, network
from .checking import verified

pytestmark = pytest.mark.torch

INPUTS = {1: "12 x 6", 3: "4 x 6 x 9 x 6"}
LAYERS = [
    "conv(3, 12, 2)", "conv(4, 12, 3, g=3, d=2, pad=3)", "conv(2, 12)", "conv(3, 8, d=2)", "dwconv(3, 2)",
    "deconv(4, 8, 2)", "deconv(2, 8, 3)", "deconv(3, 8, 2, pad=1)", "conv(3, 6, fixed=yes)", "maxpool(3, 2)",
    "maxpool(2, pad=none)", "maxpool(3, 2, pad=1, ceil=yes)", "maxpool(3, 1, pad=2)", "maxpool(3, 1)",
    "avgpool(3, 2)", "avgpool(2)", "avgpool(3, 1, pad=2)", "avgpool", "maxpool", "fc(5)", "bn", "ln", "ln(over=all)",
    "gn(3)", "rms", "l2norm", "lrn", "act(prelu)", "act(prelu, g=2)", "act(exp)", "softmax",
    "softmax(over=positions)", "sum", "sum(over=positions)", "maxpool(over=channels)", "scale", "shift(2)", "up(3)",
    "resize(4)", "pad(2)", "pad(0, top=1)", "crop(3)", "crop(3, top=1)", "flatten", "shuffle(2)", "dropout",
    "add(in, conv(1, 6))", "add(in, learned(in.size, 6), weighted=fast)", "mul(in, in -> avgpool)",
    "pad_add(in, conv(1, 4))", "concat(in, conv(1, 4))", "concat(learned(1, 6), in, along=positions)",
    "split(in, 3, along=positions) -> concat", "split(in, 3) -> add", "transpose", "reshape",
    "up(2) -> space_to_depth", "conv(1, 16) -> depth_to_space", "roll(1)", "unfold(3)", "unfold(2, 2)",
    "unfold(3, 1, pad=1)", "windows(4) -> conv(1, 8) -> merge", "windows(5) -> merge", "grid(4) -> merge",
    "windows(2) -> up(2) -> merge", "heads(2) -> merge", "sub(in, in -> avgpool)",
    "conv(1, 18) -> split(3) -> attend(heads=2, bias=4)", "matmul(in, in -> transpose)", "lstm(5, both=yes)",
    "gru(4, layers=2)",
]  # fmt: skip
OF_ONE = [
    (1, "resize(9, mode=linear)"),
    (1, "conv(9, 8, pad=none)"),
    (3, "resize([2, 9, 4], mode=trilinear)"),
    (3, "conv(1x3x3, 8, [1, 2, 2])"),
    (3, "maxpool(2, pad=0x1x1)"),
    (3, "pad([1, 0, 2], left=3)"),
    (3, "crop(2, top=1, left=3)"),
    (3, "avgpool(over=frames)"),
    (3, "softmax(over=width)"),
    (3, "concat(in, in -> crop([1, 6, 9]), along=frames)"),
]


@pytest.mark.parametrize(
    ("axes", "layer"), [*((axes, layer) for layer in LAYERS for axes in INPUTS), *OF_ONE], ids=str
)  # fmt: skip
def test_a_layer_is_what_torch_has(axes: int, layer: str) -> None:
    result = verified(net(f"x: {layer}", INPUTS[axes]))
    assert result.differences == []
    assert result.finite


@pytest.mark.parametrize(("text", "device"), [(M5, "cpu"), (C3D, "meta")])
def test_a_network_is_what_torch_has(text: str, device: str) -> None:
    assert verified(network(text), device).differences == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conv(9, 8)", nn.Conv1d),
        ("conv(9, 8, 2)", windows.SameConv1d),
        ("maxpool(2, 2)", windows.SameMaxPool1d),
        ("avgpool", nn.AdaptiveAvgPool1d),
    ],
)
def test_a_layer_of_a_sequence_is_torchs(text: str, expected: type[nn.Module]) -> None:
    module = build_module(net(f"x: {text}", "12 x 6").graph(expand=True))
    assert type(next(layer for layer in module.modules() if not layer._modules)) is expected


# -- values, which counts don't tell


def test_same_padding_of_a_sequence_is_that_of_a_map_of_width_1() -> None:
    x = torch.randn(1, 2, 11)
    conv = windows.SameConv1d(2, 3, 4, 3)
    flat = windows.SameConv2d(2, 3, (4, 1), (3, 1))
    flat.load_state_dict({"weight": conv.weight[..., None], "bias": conv.bias})
    assert torch.allclose(conv(x), flat(x[..., None])[..., 0], atol=1e-6)
    pools = windows.SameAvgPool1d((3,), (2,)), windows.SameAvgPool2d((3, 1), (2, 1))
    assert torch.allclose(pools[0](x), pools[1](x[..., None])[..., 0])


@pytest.mark.parametrize("size", [(12,), (8, 12), (4, 8, 12)])
@pytest.mark.parametrize("grid", [False, True])
def test_what_is_cut_and_merged_is_as_before(size: tuple[int, ...], grid: bool) -> None:
    x = torch.randn(2, 3, *size)
    parts = rearranging.WindowsModule(*(4 for _ in size), grid=grid)(x)
    back = rearranging.MergeWindows(tuple(n // 4 for n in size), size, grid)(parts)
    assert torch.equal(back, x)
    first = parts[0, 0].flatten()
    near = x[0, 0][tuple(slice(0, None, n // 4) if grid else slice(4) for n in size)].flatten()
    assert torch.equal(first, near)
    block = [2] * len(size)
    assert torch.equal(rearranging.DepthToSpaceModule(*block)(rearranging.SpaceToDepthModule(*block)(x)), x)


def test_blocks_are_in_torchs_order() -> None:
    x = torch.randn(1, 12, 6, 4)
    assert torch.equal(rearranging.DepthToSpaceModule(2, 2)(x), nn.PixelShuffle(2)(x))
    assert torch.equal(rearranging.SpaceToDepthModule(2, 2)(x), nn.PixelUnshuffle(2)(x))


def test_windows_unfold_alike_on_every_rank() -> None:
    x = torch.randn(1, 2, 5, 7)
    flat = rearranging.UnfoldModule((3, 2), (1, 2), (1, 0, 1, 1))(x)
    deep = rearranging.UnfoldModule((1, 3, 2), (1, 1, 2), (1, 0, 1, 1, 0, 0))(x[:, :, None])
    assert torch.equal(flat, deep[:, :, 0])


# -- files


@pytest.mark.parametrize("axes", INPUTS)
def test_exports_run(axes: int) -> None:
    text = "x: conv(3, 8, 2) -> split(2) -> concat -> maxpool(2, 2) -> avgpool(3, 2) -> crop(1, top=0) -> ln -> fc(5)"
    graph = net(text, INPUTS[axes]).graph(expand=True)
    module = build_module(graph).eval()
    scope: dict[str, object] = {"__name__": "exported"}
    exec(compile(torch_source(module, graph, "net", "of other axes"), "net.py", "exec"), scope)
    twin = scope["Net"]()  # type: ignore[operator]
    twin.load_state_dict(module.state_dict())
    x = torch.randn(2, *next(iter(graph.inputs.values())).shape)
    assert torch.equal(twin.eval()(x), module(x))
    pytest.importorskip("onnx")
    assert onnx_bytes(graph, 0, "net")
