"""What ``export`` writes: a network as the text of a Python module, as ONNX, or as a diagram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import CostcalcError
from ..graph import Graph
from ..network import Network
from . import parameters

DIAGRAMS = ("mermaid", "dot", "svg")
"""The forms of a diagram."""


def diagram(network: Network, values: Mapping[str, Any], form: str, depth: int = 1) -> str:
    """``network`` at ``values`` as one of :data:`DIAGRAMS`: its blocks to ``depth``, and the tensors between them.

    "svg" needs Graphviz's program dot. Raises :class:`CostcalcError` without it, and what :meth:`Network.cost` raises.
    """
    from ..diagram.blocks import diagram_of
    from ..diagram.to_dot import dot_text, drawn_by_dot
    from ..diagram.to_mermaid import mermaid_text

    made = diagram_of(network.cost(values), network.graph(expand=True, **values), depth)
    return {"mermaid": mermaid_text, "dot": dot_text, "svg": drawn_by_dot}[form](made)


def content(network: Network, values: Mapping[str, Any], form: str, seed: int = 0) -> str | bytes:
    """``network`` at ``values`` as a Python file (``form`` "torch", text) or an ONNX file ("onnx", bytes).

    ``seed`` is where the random weights of an ONNX file begin. Needs PyTorch; raises :class:`CostcalcError`.
    """
    graph = network.graph(expand=True, **values)
    about = parameters.heading(network, graph.parameters)
    try:
        return _torch_source(network, graph, about) if form == "torch" else _onnx_bytes(graph, seed, about)
    except CostcalcError as e:
        e.path = f"{network.name}.{e.path}" if e.path else network.name
        raise


def _torch_source(network: Network, graph: Graph, about: str) -> str:
    from ..export.to_torch import torch_source
    from ..witness.building import build_module

    return torch_source(build_module(graph, "meta"), graph, network.name, about)


def _onnx_bytes(graph: Graph, seed: int, about: str) -> bytes:
    from ..export.to_onnx import onnx_bytes

    return onnx_bytes(graph, seed, about)
