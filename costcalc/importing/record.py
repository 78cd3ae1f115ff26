"""What was traced or read: nodes with shapes, as plain data that JSON holds; all that follows needs no torch."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

Shape: TypeAlias = tuple[int, ...]
"""The sizes of a tensor as its framework has them, the batch first."""

Kind = Literal["input", "param", "buffer", "constant", "call"]


@dataclass(frozen=True)
class Read:
    """One output of a node, where it is read."""

    node: str
    output: int = 0


Value: TypeAlias = "bool | int | float | str | Read | tuple[Value, ...] | None"


@dataclass(frozen=True)
class ModuleCall:
    """A module call around a node: which instance's (one key per call), its path and its class."""

    key: str
    path: str
    type: str


@dataclass(frozen=True)
class TraceNode:
    """An input, a weight, a constant, or a call of an operation."""

    name: str
    kind: Kind
    op: str
    """Of a call the operation: ``conv2d`` of PyTorch, ``onnx.Conv`` of ONNX. Of a weight its name in the module."""
    shapes: tuple[Shape, ...] = ()
    """One for each output."""
    args: tuple[Value, ...] = ()
    kwargs: dict[str, Value] = field(default_factory=dict)
    stack: tuple[ModuleCall, ...] = ()
    """The modules around it, the outermost first."""
    source: str = ""
    """``file.py:line`` of the user's code."""
    value: Value = None
    """Of a small constant that shapes depend on: its numbers."""

    @property
    def shape(self) -> Shape:
        """The shape of the first output."""
        return self.shapes[0]

    @property
    def path(self) -> str:
        """The module path, empty at the top."""
        return self.stack[-1].path if self.stack else ""


@dataclass(frozen=True)
class Trace:
    """A network as it ran once, at one size, and what its own framework counts."""

    name: str
    origin: Literal["torch", "onnx"]
    nodes: tuple[TraceNode, ...]
    outputs: tuple[Read, ...]
    params: int
    """All parameters of the module, used or not."""
    mult_adds: int | None = None
    """The framework's own count: FlopCounterMode's total, halved. None of a file."""
    unused: tuple[tuple[str, int], ...] = ()
    """Parameters that the forward pass doesn't read, and how many numbers each has."""
    notes: tuple[str, ...] = ()

    @property
    def inputs(self) -> tuple[TraceNode, ...]:
        """The nodes that a user gives."""
        return tuple(node for node in self.nodes if node.kind == "input")

    def replaced(self, nodes: tuple[TraceNode, ...]) -> Trace:
        """The same with other nodes."""
        return replace(self, nodes=nodes)

    def to_json(self) -> str:
        """One line for each node, so that a stored record can be read and compared."""
        head: dict[str, Any] = {
            "name": self.name,
            "origin": self.origin,
            "params": self.params,
            "mult_adds": self.mult_adds,
            "unused": [list(one) for one in self.unused],
            "notes": list(self.notes),
            "outputs": [_out(read) for read in self.outputs],
        }
        lines = ",\n".join("  " + json.dumps(_node_out(node)) for node in self.nodes)
        return json.dumps(head)[:-1] + ', "nodes": [\n' + lines + "\n]}\n"

    @staticmethod
    def from_json(text: str) -> Trace:
        """The record that ``to_json`` wrote."""
        data = json.loads(text)
        return Trace(
            name=data["name"],
            origin=data["origin"],
            nodes=tuple(_node_in(node) for node in data["nodes"]),
            outputs=tuple(_read(read) for read in data["outputs"]),
            params=data["params"],
            mult_adds=data["mult_adds"],
            unused=tuple((name, number) for name, number in data["unused"]),
            notes=tuple(data["notes"]),
        )


def _out(value: Value) -> Any:
    if isinstance(value, Read):
        return {"of": value.node, "output": value.output} if value.output else {"of": value.node}
    if isinstance(value, tuple):
        return [_out(one) for one in value]
    return value


def _in(value: Any) -> Value:
    if isinstance(value, dict):
        return _read(value)
    if isinstance(value, list):
        return tuple(_in(one) for one in value)
    return value  # type: ignore[no-any-return]


def _read(data: Any) -> Read:
    return Read(data["of"], data.get("output", 0))


def _node_out(node: TraceNode) -> dict[str, Any]:
    data: dict[str, Any] = {"name": node.name, "kind": node.kind, "op": node.op, "shapes": node.shapes}
    if node.args:
        data["args"] = _out(node.args)
    if node.kwargs:
        data["kwargs"] = {name: _out(value) for name, value in node.kwargs.items()}
    if node.stack:
        data["stack"] = [[frame.key, frame.path, frame.type] for frame in node.stack]
    if node.source:
        data["source"] = node.source
    if node.value is not None:
        data["value"] = _out(node.value)
    return data


def _node_in(data: dict[str, Any]) -> TraceNode:
    args = _in(data.get("args", []))
    return TraceNode(
        name=data["name"],
        kind=data["kind"],
        op=data["op"],
        shapes=tuple(tuple(shape) for shape in data["shapes"]),
        args=args if isinstance(args, tuple) else (),
        kwargs={name: _in(value) for name, value in data.get("kwargs", {}).items()},
        stack=tuple(ModuleCall(*frame) for frame in data.get("stack", [])),
        source=data.get("source", ""),
        value=_in(data.get("value")),
    )
