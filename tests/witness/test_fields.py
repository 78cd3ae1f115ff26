"""Receptive fields by the gradients of PyTorch: what an output depends on lies in its field, and reaches its ends."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch

from costcalc.fields import receptive_fields
from costcalc.witness.building import build_module

from ..language.test_inputs import net

pytestmark = pytest.mark.torch

LENGTH = 36
LAYERS = [
    "conv(3, 12, 2)", "conv(4, 12, 3, g=3, d=2, pad=3)", "conv(2, 12)", "conv(3, 8, d=2)", "dwconv(3, 2)",
    "deconv(4, 8, 2)", "deconv(2, 8, 3)", "deconv(3, 8, 2, pad=1)", "deconv(3, 8, d=2)", "maxpool(3, 2)", "avgpool(2)",
    "avgpool(3, 1, pad=1)", "avgpool", "bn", "ln", "ln(over=all)", "gn(3)", "softmax(over=positions)", "sum", "up(3)",
    "resize(9, mode=linear)", "pad(2)", "pad(0, top=1)", "crop(9)", "crop(9, top=1)", "flatten", "shuffle(2)",
    "up(2) -> space_to_depth", "up(2) -> conv(2, 6)", "up(3) -> conv(3, 6)",
    "up(2) -> conv(3, 6) -> up(2) -> conv(2, 6)",
    "deconv(4, 6, 2) -> conv(3, 6)", "conv(1, 16) -> depth_to_space", "unfold(3)", "unfold(2, 2)",
    "windows(6) -> gn(3) -> merge", "heads(2) -> merge", "mul(it, it -> avgpool)", "concat(it, conv(3, 4))",
    "add(conv(3, 6, 2), conv(1, 6, 2))", "conv(1, 18) -> split(3) -> attend(heads=2)", "gru(4)",
    "concat(it, it, along=positions)", "fc(5)",
]  # fmt: skip


@pytest.mark.parametrize("layer", LAYERS)
def test_gradients_lie_in_the_field_and_reach_its_ends(layer: str) -> None:
    graph = net(f"conv(3, 6, 2, act=swish) -> {layer}", f"{LENGTH} x 6").graph(expand=True)
    module = build_module(graph).double().eval()
    (tensor,) = graph.outputs.values()
    ((field,),) = [receptive_fields(graph)[graph.layers[-1]]]
    widest = 0
    for seed in range(4):
        x = torch.randn(1, 6, LENGTH, generator=torch.Generator().manual_seed(seed), dtype=torch.double)
        x.requires_grad_()
        made = module(x)
        out = made[0] if isinstance(made, tuple) else made
        out = out if out.dim() == 3 else out[..., None]
        for position in range(out.shape[-1]):
            (gradient,) = torch.autograd.grad((out[..., position] ** 3).sum(), x, retain_graph=True)
            reached = gradient.abs().sum((0, 1)).nonzero().flatten().tolist()
            if not reached:
                continue
            widest = max(widest, reached[-1] - reached[0] + 1)
            if field.offset is not None and field.size is not None:
                first = field.offset + position * field.stride
                assert first <= reached[0], (position, reached)
                assert reached[-1] <= first + field.size - 1, (position, reached)
    assert tensor.shape[1] == out.shape[-1]
    if field.size is None:
        assert widest > LENGTH // 2 or field.why in ("mixed", "part")
    elif layer == "up(2) -> space_to_depth":  # which never meets two elements of before
        assert widest == 3 < field.size
    else:
        assert widest == min(field.size, LENGTH)
