"""An ONNX graph while it is written: nodes under the table's names, weights under those of a state dict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import onnx
import torch
from onnx import TensorProto, helper
from torch import Tensor

OPSET = 21
"""The first with a group norm whose scale is per channel; ONNX Runtime has it since 1.18 (2024)."""
IR_VERSION = 10
BATCH = "batch"
NOT_TRAINED = "not trained"
"""What the doc string of a weight says that no training changes; the format itself has no word for it."""


class Value:
    """A tensor of the network: its shape without the batch, and its name as a map, as a row of numbers, or both."""

    __slots__ = ("flat", "shape", "whole")

    def __init__(self, shape: tuple[int, ...], whole: str = "", flat: str = "") -> None:
        self.shape = shape
        self.whole = whole
        self.flat = flat


class Writer:
    """The nodes so far. ``path`` is the layer that is being written, whose nodes have its name in front."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, tuple[Tensor, bool]] = {}
        self.constants: dict[str, onnx.TensorProto] = {}
        self.path = ""
        self._names: dict[str, int] = {}
        self._written: dict[tuple[Any, ...], str] = {}
        self._of: dict[int, tuple[str, Tensor]] = {}

    def node(self, op: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """A node and the name of its output; ``name`` tells what it is for, where its operator's doesn't."""
        return self.several(op, *inputs, outputs=1, name=name, **attributes)[0]

    def several(self, op: str, *inputs: str, outputs: int, name: str = "", **attributes: Any) -> list[str]:
        """A node and the names of its outputs."""
        base = f"/{self.path.replace('.', '/')}/{name or op}"
        self._names[base] = number = self._names.get(base, 0) + 1
        full = base if number == 1 else f"{base}_{number}"
        made = [f"{full}_output_{k}" for k in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), made, full, **attributes))
        return made

    # -- what is stored

    def weight(self, label: str, tensor: Tensor, *shape: int, trained: bool = True) -> str:
        """A weight of the layer, in ``shape``. One that another layer has too keeps the name that it has there."""
        known = self._of.get(id(tensor))
        if known is not None and self.weights[known[0]][0].shape == (torch.Size(shape) if shape else tensor.shape):
            return known[0]
        name = f"{self.path}.{label}"
        values = tensor.detach().reshape(shape) if shape else tensor.detach()
        self.weights[name] = (values, trained)
        self._of.setdefault(id(tensor), (name, tensor))
        return name

    def ints(self, *values: int) -> str:
        """Whole numbers that a node takes as an input: a shape, axes, pixels."""
        return self.indices(values, (len(values),))

    def indices(self, values: Sequence[int], shape: tuple[int, ...]) -> str:
        """A tensor of whole numbers."""
        return self._constant(("i", *values), TensorProto.INT64, shape)

    def number(self, value: float) -> str:
        """One number."""
        return self._constant(("f", value), TensorProto.FLOAT, ())

    def _constant(self, key: tuple[Any, ...], kind: int, shape: tuple[int, ...]) -> str:
        _, *values = key
        key = (key, shape)
        if key not in self._written:
            what = "x".join(map(str, values))
            name = f"const/{what}" if len(what) <= 40 else f"const/table_{len(self.constants)}"
            while name in self.constants:
                name += "'"
            self.constants[name] = helper.make_tensor(name, kind, shape, values)
            self._written[key] = name
        return self._written[key]

    # -- forms of a tensor

    def whole(self, x: Value) -> str:
        """``x`` as (batch, channels, a size for each axis)."""
        if not x.whole:
            x.whole = self.node("Reshape", x.flat, self.ints(0, *x.shape))
        return x.whole

    def flat(self, x: Value) -> str:
        """``x`` as (batch, all its numbers)."""
        if not x.flat:
            x.flat = self.node("Flatten", x.whole, axis=1)
        return x.flat

    def reshaped(self, x: str, *shape: int) -> str:
        """``x`` in another shape; 0 keeps a size, -1 is what is left."""
        return self.node("Reshape", x, self.ints(*shape))

    def transposed(self, x: str, *axes: int) -> str:
        """``x`` with its axes in this order."""
        return self.node("Transpose", x, perm=axes)

    # -- the end

    def rename(self, names: dict[str, str]) -> None:
        """Give tensors that nodes make other names."""
        for node in self.nodes:
            for k, name in enumerate(node.input):
                node.input[k] = names.get(name, name)
            for k, name in enumerate(node.output):
                node.output[k] = names.get(name, name)

    def model(self, inputs: dict[str, list[Any]], outputs: dict[str, list[Any]], about: str) -> onnx.ModelProto:
        """The file, with the shape of every tensor. ``inputs`` and ``outputs`` have their shapes."""
        given = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()]
        made = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()]
        constants = list(self.constants.values())
        # Shapes follow from those of the weights: their values aren't there yet, and aren't copied.
        stand_ins = [helper.make_tensor_value_info(n, TensorProto.FLOAT, w.shape) for n, (w, _) in self.weights.items()]
        draft = helper.make_graph(self.nodes, "network", [*given, *stand_ins], made, constants)
        opset = [helper.make_opsetid("", OPSET)]
        inferred = onnx.shape_inference.infer_shapes(
            helper.make_model(draft, opset_imports=opset, ir_version=IR_VERSION), True, True, True
        )
        stored = [_stored(name, *weight) for name, weight in self.weights.items()]
        shapes = list(inferred.graph.value_info)
        graph = helper.make_graph(self.nodes, "network", given, made, [*stored, *constants], value_info=shapes)
        return helper.make_model(
            graph, opset_imports=opset, ir_version=IR_VERSION, producer_name="costcalc", doc_string=about
        )


def _stored(name: str, values: Tensor, trained: bool) -> onnx.TensorProto:
    data = values.to(torch.float32).contiguous().numpy()
    made = onnx.numpy_helper.from_array(data, name)
    if not trained:
        made.doc_string = NOT_TRAINED
    return made
