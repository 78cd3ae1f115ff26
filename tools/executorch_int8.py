"""A network of PyTorch in int8 for Cortex-M, by ExecuTorch's own quantizer and passes. For tools/executorch_plan.py.

Weights are random and one random input calibrates: sizes of tensors don't depend on either. A convolution or pooling
that the exported file pads on one side gets its zeros on both, as PyTorch has them: the output's size is the same where
the window is odd, and the kernel pads itself.
"""

from __future__ import annotations

import sys
from typing import Any
from unittest.mock import MagicMock

import torch
from torch import nn

sys.modules.setdefault("tosa_serializer", MagicMock())  # the passes import it for another backend

from executorch.backends.cortex_m.edge_compile_config import cortex_m_edge_compile_config  # noqa: E402
from executorch.backends.cortex_m.passes.cortex_m_pass_manager import CortexMPassManager  # noqa: E402
from executorch.backends.cortex_m.quantizer.quantizer import CortexMQuantizer  # noqa: E402
from executorch.exir import to_edge  # noqa: E402
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e  # noqa: E402

WITHOUT = {"SameConv2d": nn.Conv2d, "SameMaxPool2d": nn.MaxPool2d}


def quantised(net: nn.Module, shapes: list[tuple[int, ...]]) -> Any:
    """The edge program of ``net``, in eval mode, lowered to the operators of Cortex-M."""
    for module in net.modules():
        if (plain := WITHOUT.get(type(module).__name__)) and all(k % 2 for k in sides(module)):
            module.padding = tuple(k // 2 for k in sides(module))
            module.__class__ = plain
    net = net.to(memory_format=torch.channels_last)
    inputs = tuple(torch.randn(shape).to(memory_format=torch.channels_last) for shape in shapes)
    prepared = prepare_pt2e(
        torch.export.export(net, inputs, strict=False).module(check_guards=False), CortexMQuantizer()
    )
    prepared(*inputs)
    program = torch.export.export(convert_pt2e(prepared), inputs, strict=False)
    edge = to_edge(program, compile_config=cortex_m_edge_compile_config())
    edge._edge_programs["forward"] = CortexMPassManager(edge.exported_program()).transform()
    return edge


def sides(module: Any) -> tuple[int, int]:
    size = module.kernel_size
    return size if isinstance(size, tuple) else (size, size)
