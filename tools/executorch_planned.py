"""A network as ExecuTorch plans it: the arena, its nodes and tensors. For tools/executorch_plan.py.

In int8 by the quantizer and the passes for Cortex-M. Weights are random and one random input calibrates: sizes of
tensors don't depend on either. There a convolution or pooling that the exported file pads by an operator of its own
has its zeros on both sides, as PyTorch has: the size of the output is the same where the window is odd.
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
from executorch.exir import ExecutorchBackendConfig, memory, to_edge  # noqa: E402
from executorch.exir.memory_planning import MemoryPlanningAlgorithmSuite, greedy  # noqa: E402
from executorch.exir.passes import MemoryPlanningPass  # noqa: E402
from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e  # noqa: E402

from costcalc import load  # noqa: E402
from costcalc.reports.export import content  # noqa: E402

WITHOUT = {"SameConv2d": nn.Conv2d, "SameMaxPool2d": nn.MaxPool2d}


def planned(name: str, graph: Any, bits: int) -> tuple[int, list[Any], list[Any]]:
    """The arena, the plan's nodes, and its tensors: (layer's path, op, number of the output, spec)."""
    found: dict[str, Any] = {"__name__": "exported"}
    exec(compile(content(load(name), {}, "torch"), name, "exec"), found)
    *_, made = (v for v in found.values() if isinstance(v, type) and v.__module__ == "exported")
    shapes = [(1, *map(int, tensor.shape)) for tensor in graph.inputs.values()]
    if bits == 8:
        edge = quantised(made().eval(), shapes)
    else:
        edge = to_edge(torch.export.export(made().eval(), tuple(map(torch.zeros, shapes)), strict=False))
    plan = MemoryPlanningPass(memory_planning_algo=MemoryPlanningAlgorithmSuite([greedy]))
    done = edge.to_executorch(ExecutorchBackendConfig(memory_planning_pass=plan))
    nodes = list(done.exported_program().graph_module.graph.nodes)
    specs: dict[int, Any] = {}
    for node in nodes:
        spec = node.meta.get("spec")
        if node.target is memory.view or "getitem" in str(node.target):
            continue
        for port, one in enumerate(spec if isinstance(spec, (list, tuple)) else [spec]):
            if one is None or one.const or one.mem_offset is None:
                continue
            if specs.get(id(one), ("", "alloc"))[1] == "alloc":  # scratch, or an output until its op is there
                user = next(iter(node.users), node) if node.target is memory.alloc else node
                specs[id(one)] = (path(user), op(node), port, one)
    return sum(done.executorch_program.execution_plan[0].non_const_buffer_sizes), nodes, list(specs.values())


def path(node: Any) -> str:
    """The layer that a node is of; of an input its name."""
    if node.op == "placeholder":
        return str(node.name)
    stack = [*(node.meta.get("nn_module_stack") or {}).values()]
    return str(stack[-1][0]) if stack else ""


def op(node: Any) -> str:
    return str(getattr(node.target, "__name__", node.op)).partition(".")[0]


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
