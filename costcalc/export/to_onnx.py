"""A network as an ONNX file: one node or a few for each layer, and fresh weights under the names of a state dict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from ..errors import CostcalcError, UsageError
from ..graph import Graph, Layer
from ..witness.building import build_module
from ..witness.module import GraphModule
from ..witness.needs import is_out_of_memory, memory, reason
from ..witness.parts import Regions

if TYPE_CHECKING:
    from .onnx_file import Value, Writer

INSTALL = "pip install 'costcalc[onnx]'"
MAX_BYTES = 2**31 - 1
"""What a file of this format can hold."""


def require_onnx(who: str) -> None:
    """Raises :class:`UsageError` unless onnx can be imported; ``who`` needs it."""
    try:
        import onnx  # noqa: F401
    except ModuleNotFoundError as e:
        if e.name in (None, "onnx"):
            raise UsageError(f"{who} needs onnx: {INSTALL}") from e
        raise UsageError(f"{who} needs onnx, whose import fails: {reason(e)}") from e
    except (ImportError, OSError) as e:
        raise UsageError(f"{who} needs onnx, whose import fails: {reason(e)}") from e


def onnx_bytes(graph: Graph, seed: int, about: str) -> bytes:
    """The file's content: the network in eval mode at its resolution; the same for the same ``seed``.

    Raises :class:`CostcalcError` for a network that is too large, or that has a layer which ONNX lacks.
    """
    size = _size(build_module(graph, "meta"))
    if size > MAX_BYTES:
        raise CostcalcError(f"its weights take {size / 2**30:.2f} GiB, and an ONNX file holds less than 2")
    with torch.random.fork_rng(devices=[]), memory("the export", ""):
        torch.manual_seed(seed)
        module = build_module(graph).eval()
        try:
            return _written(module, graph, about)
        except Exception as e:
            if is_out_of_memory(e) or isinstance(e, CostcalcError):
                raise
            raise CostcalcError(f"it can't be written as ONNX: {reason(e)}") from e


def _size(module: nn.Module) -> int:
    tensors = [*module.parameters(), *module.buffers()]
    return sum(t.numel() * t.element_size() for t in tensors)


def _written(module: GraphModule, graph: Graph, about: str) -> bytes:
    import onnx

    model = onnx_model(module, graph, about)
    onnx.checker.check_model(model)
    found: bytes = model.SerializeToString(deterministic=True)
    return found


def onnx_model(module: GraphModule, graph: Graph, about: str) -> Any:
    """An ``onnx.ModelProto``: each layer's nodes in order, as the witness ``module`` of ``graph`` has them."""
    from .onnx_file import BATCH, Value, Writer

    batch: Any = 1 if any(isinstance(layer, Regions) for layer in module.modules()) else BATCH
    writer = Writer()
    values = [Value(shape, name) for name, shape in module.input_shapes.items()]
    for step, layer in zip(module.steps, graph.layers, strict=True):
        writer.path = step.name
        made = _converted(writer, module.get_submodule(step.name), step.kind, [values[k] for k in step.sources])
        for value, shape in zip(made, layer.out_shapes, strict=True):
            value.shape = shape
            values.append(value)
    outputs = {name: (values[k], flat) for name, (k, flat) in module.outputs.items()}
    _name_outputs(writer, module, outputs)
    of_parts = {name: t.layer.count if isinstance(t.layer, Layer) else 1 for name, t in graph.outputs.items()}
    inputs = {name: [batch, *shape] for name, shape in module.input_shapes.items()}
    shapes = {
        name: [_times(batch, of_parts[name]), *((value.shape[0],) if flat else value.shape)]
        for name, (value, flat) in outputs.items()
    }
    return writer.model(inputs, shapes, about)


def _times(batch: Any, number: int) -> Any:
    """The batch of a tensor of ``number`` parts."""
    if isinstance(batch, int):
        return batch * number
    return batch if number == 1 else f"{batch}*{number}"


def _converted(writer: Writer, layer: nn.Module, kind: str, inputs: list[Value]) -> list[Value]:
    from .onnx_file import Value
    from .onnx_layers import LAYERS
    from .onnx_products import PRODUCTS

    converter = LAYERS.get(type(layer)) or PRODUCTS.get(type(layer))
    if converter is None:
        raise CostcalcError(f"{writer.path}: ONNX has no operator for {kind}")
    made = converter(writer, layer, *inputs)
    several = made if isinstance(made, list) else [made]
    return [one if isinstance(one, Value) else Value((), one) for one in several]


def _name_outputs(writer: Writer, module: GraphModule, outputs: dict[str, tuple[Value, bool]]) -> None:
    """Give tensors that are outputs the outputs' names; what is several of them, or an input, is passed on."""
    names: dict[str, str] = {}
    for name, (value, flat) in outputs.items():
        writer.path = name
        inner = writer.flat(value) if flat else writer.whole(value)
        if inner in names or not any(inner in node.output for node in writer.nodes):
            inner = writer.node("Identity", inner)
        names[inner] = name
    writer.rename(names)
