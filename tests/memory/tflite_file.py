"""A TensorFlow Lite file of a graph, in float32, written without TensorFlow: for the allocator of its runtime.

The numbers are those of the format's schema (tensorflow/compiler/mlir/lite/schema/schema.fbs): a field's place in its
table, an operator's code, the code of its options.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import flatbuffers

from costcalc.graph import Graph, Layer
from costcalc.ops import elements

FOLDED = {"batch_norm", "shift", "relu", "relu6", "flatten", "reshape"}
"""Kinds of ops that a converter folds into the operator before, or that only name a tensor."""


class _Operator(NamedTuple):
    code: int
    options: int
    """Which table of options it has."""
    fields: list[tuple[str, int]]
    inputs: list[int]
    output: int


def tflite_file(graph: Graph) -> bytes:
    """The file: an operator for each layer that makes a tensor, all weights 0."""
    return _Writer(graph).file()


class _Writer:
    def __init__(self, graph: Graph) -> None:
        self.b = flatbuffers.Builder(1 << 16)
        self.stored = [0]  # bytes of each buffer: the first is empty, for tensors that are computed
        self.tensors: list[tuple[list[int], int]] = []
        at = {t.source: self._tensor(_nhwc(t.shape)) for t in graph.inputs.values()}
        self.inputs = list(at.values())
        self.operators = [made for layer in graph.layers if (made := self._operator(layer, at)) is not None]
        self.outputs = [at[t.source] for t in graph.outputs.values()]

    def _tensor(self, shape: list[int], *, stored: bool = False) -> int:
        if stored:
            self.stored.append(4 * prod(shape))
        self.tensors.append((shape, len(self.stored) - 1 if stored else 0))
        return len(self.tensors) - 1

    def _operator(self, layer: Layer, at: dict[Any, int]) -> _Operator | None:
        inside = [at[t.source] for t in layer.inputs]
        if layer.op.kind in FOLDED:
            at[layer, 0] = inside[0]
            return None
        outs, ins = layer.out_shape[0], layer.in_shapes[0][0]
        op: Any = layer.op
        same = ("b", 0)
        match op.kind:
            case "conv2d":
                own = [1, *op.kernel_size, outs] if op.is_depthwise else [outs, *op.kernel_size, ins]
                code, options = (4, 2) if op.is_depthwise else (3, 1)
                fields = [same, ("i", op.stride[1]), ("i", op.stride[0])]
                fields += [("i", 1)] if op.is_depthwise else []
                weights = [own, [outs]]
            case "linear":
                code, options, fields = 9, 8, []
                weights = [[outs, elements(layer.in_shapes[0])], [outs]]
            case "avg_pool" | "max_pool":
                window, stride = (layer.in_shapes[0][1:],) * 2 if op.is_global else (op.kernel_size, op.stride)
                code, options = (1, 5) if op.kind == "avg_pool" else (17, 5)
                fields = [("b", 1 if op.is_global else 0), *(("i", n) for n in (*stride[::-1], *window[::-1]))]
                weights = []
            case "add":
                code, options, fields, weights = 0, 11, [], []
            case "concat":
                code, options, fields, weights = 2, 10, [("i", 3)], []
            case _:
                raise NotImplementedError(op.kind)
        inside += [self._tensor(shape, stored=True) for shape in weights]
        at[layer, 0] = self._tensor(_nhwc(layer.out_shape))
        return _Operator(code, options, fields, inside, at[layer, 0])

    def file(self) -> bytes:
        """The bytes of the file."""
        codes = sorted({made.code for made in self.operators})
        buffers = [self._table([("o", self._zeros(size))] if size else []) for size in self.stored]
        tensors = [self._table([("o", self._ints(shape)), ("b", 0), ("i", buffer)]) for shape, buffer in self.tensors]
        operators = [
            self._table(
                [
                    ("i", codes.index(made.code)),
                    ("o", self._ints(made.inputs)),
                    ("o", self._ints([made.output])),
                    ("b", made.options),
                    ("o", self._table(made.fields)),
                ]
            )
            for made in self.operators
        ]
        ends = (self._ints(self.inputs), self._ints(self.outputs))
        graph = self._table([("o", n) for n in (self._tables(tensors), *ends, self._tables(operators))])
        names = [self._table([("b", code), ("-", 0), ("i", 1), ("i", code)]) for code in codes]
        lists = [self._tables(found) for found in (names, [graph], buffers)]
        model = self._table([("i", 3), ("o", lists[0]), ("o", lists[1]), ("-", 0), ("o", lists[2])])
        self.b.Finish(model, b"TFL3")
        return bytes(self.b.Output())

    def _table(self, fields: list[tuple[str, int]]) -> int:
        """A table of bytes (b), whole numbers (i), offsets (o) and fields that aren't there (-)."""
        self.b.StartObject(len(fields))
        for slot, (kind, value) in enumerate(fields):
            if kind == "b":
                self.b.PrependUint8Slot(slot, value, None)
            elif kind == "i":
                self.b.PrependInt32Slot(slot, value, None)
            elif kind == "o":
                self.b.PrependUOffsetTRelativeSlot(slot, value, 0)
        return int(self.b.EndObject())

    def _ints(self, values: list[int]) -> int:
        self.b.StartVector(4, len(values), 4)
        for value in reversed(values):
            self.b.PrependInt32(value)
        return int(self.b.EndVector())

    def _tables(self, offsets: list[int]) -> int:
        self.b.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self.b.PrependUOffsetTRelative(offset)
        return int(self.b.EndVector())

    def _zeros(self, size: int) -> int:
        self.b.StartVector(1, size, 16)
        self.b.head -= size
        self.b.Bytes[self.b.head : self.b.head + size] = bytes(size)
        return int(self.b.EndVector())


def _nhwc(shape: Any) -> list[int]:
    channels, *size = shape
    return [1, *size, channels]
