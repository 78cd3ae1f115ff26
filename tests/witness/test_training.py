"""The mult-adds of a backward pass are those that PyTorch's counter counts, to the unit."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from costcalc.training import Training, training
from costcalc.witness.building import build_module

from ..loading import load

pytestmark = pytest.mark.torch


def _both(name: str, **at: Any) -> tuple[Training, int]:
    """The step as it is calculated, and the backward mult-adds that PyTorch counts."""
    cost = load(name).cost(**at)
    graph = cost.expanded()
    module = build_module(graph).eval()
    inputs = [torch.randn(1, *tensor.shape) for tensor in graph.inputs.values()]
    enabled = torch._C._get_mkldnn_enabled()
    torch._C._set_mkldnn_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            made = module(*inputs)
            forward = counter.get_total_flops()
            made.sum().backward()
    finally:
        torch._C._set_mkldnn_enabled(enabled)
    return training(graph, cost.params), (counter.get_total_flops() - forward) // 2


@pytest.mark.parametrize("name", ["resnet_50", "vit_b_16", "vgg_16", "densenet_121", "squeezenet_1_1"])
def test_backward_to_the_unit(name: str) -> None:
    step, counted = _both(name, res=32 if name != "squeezenet_1_1" else 64)
    assert step.backward == counted


def test_of_a_grouped_convolution_pytorch_counts_the_weights_gradient_as_if_it_had_one_group() -> None:
    step, counted = _both("mobilenet_v1", res=32)
    more = sum(
        one.of_weights * (one.layer.op.groups - 1) for one in step.layers if one.layer.op.kind == "conv2d"
    )  # fmt: skip
    assert counted - step.backward == more > 0
