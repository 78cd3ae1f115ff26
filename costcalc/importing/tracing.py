"""A PyTorch module run once on the meta device: the trace of it, and PyTorch's own count. It makes no weights.

``torch.export`` in its non-strict form keeps the modules around every operation and follows Python's control flow.
"""

from __future__ import annotations

import os
import re
import warnings
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from .record import ModuleCall, Read, Shape, Trace, TraceNode, Value

_LINE = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+)')
_TORCH = os.path.dirname(os.path.abspath(torch.__file__))


class _NoTracker:
    """In place of FlopCounterMode's record of modules, which a few modules break and nobody here reads."""

    parents = frozenset({"Global"})

    def __enter__(self) -> _NoTracker:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def mult_adds(module: Any, shapes: tuple[Shape, ...]) -> int:
    """PyTorch's own count of one forward pass: FlopCounterMode's total, halved."""
    counter = FlopCounterMode(display=False)
    counter.mod_tracker = _NoTracker()
    with torch.no_grad(), counter:
        module(*(torch.zeros(shape, device="meta") for shape in shapes))
    return int(counter.get_total_flops()) // 2


def traced(module: Any, shapes: tuple[Shape, ...], name: str, counted: int | None = None) -> Trace:
    """``module``, which is on the meta device and in eval mode, run on inputs of ``shapes``."""
    inputs = tuple(torch.zeros(shape, device="meta") for shape in shapes)
    with torch.no_grad(), warnings.catch_warnings():
        # Recurrent layers lay their weights out anew when they are traced.
        warnings.filterwarnings("ignore", r"The tensor attributes? .*_flat_weights", UserWarning)
        exported = torch.export.export(module, inputs, strict=False)
    owners = _first_names(module)
    reader = _ExportReader(exported, owners)
    nodes = tuple(reader.node(node) for node in exported.graph.nodes if reader.is_kept(node))
    sizes = {name: parameter.numel() for name, parameter in module.named_parameters()}
    read = {one.op for one in nodes if one.kind == "param" and one.name in reader.read}
    return Trace(
        name=name,
        origin="torch",
        nodes=nodes,
        outputs=reader.outputs,
        params=sum(sizes.values()),
        mult_adds=mult_adds(module, shapes) if counted is None else counted,
        unused=tuple((name, number) for name, number in sizes.items() if name not in read),
    )


def _first_names(module: Any) -> dict[str, str]:
    """Each name of a parameter to its first one: tied weights have several."""
    first: dict[int, str] = {}
    return {
        name: first.setdefault(id(parameter), name)
        for name, parameter in module.named_parameters(remove_duplicate=False)
    }


class _ExportReader:
    """The nodes of an exported program as plain data."""

    def __init__(self, exported: Any, owners: dict[str, str]) -> None:
        signature = exported.graph_signature
        self.owners = owners
        self.params: dict[str, str] = dict(signature.inputs_to_parameters)
        self.buffers: dict[str, str] = dict(signature.inputs_to_buffers)
        self.constants: dict[str, str] = dict(signature.inputs_to_lifted_tensor_constants)
        self.tensors: dict[str, Any] = dict(exported.constants)
        self.user: set[str] = {name for name in signature.user_inputs if isinstance(name, str)}
        self.items: dict[str, Read] = {}
        self.read: set[str] = set()
        self.outputs: tuple[Read, ...] = ()
        for node in exported.graph.nodes:
            if node.op == "call_function" and "getitem" in str(node.target):
                source = self.value(node.args[0])
                if isinstance(source, Read):
                    self.items[node.name] = Read(source.node, node.args[1])
            if node.op == "output":
                self.outputs = tuple(_reads(self.value(node.args)))
            self.read |= {one.name for one in node.all_input_nodes}

    def is_kept(self, node: Any) -> bool:
        """Whether a node makes a tensor that isn't known already."""
        if node.op == "output" or node.name in self.items:
            return False
        return node.op != "placeholder" or bool(_shapes(node.meta.get("val")))

    def node(self, node: Any) -> TraceNode:
        shapes = _shapes(node.meta.get("val"))
        if node.op == "placeholder":
            return self._placeholder(node.name, shapes)
        return TraceNode(
            name=node.name,
            kind="call",
            op=_name(node.target),
            shapes=shapes,
            args=tuple(self.value(one) for one in node.args),
            kwargs={name: self.value(one) for name, one in node.kwargs.items()},
            stack=_stack(node.meta.get("nn_module_stack") or {}),
            source=_line(node.meta.get("stack_trace") or ""),
        )

    def _placeholder(self, name: str, shapes: tuple[Shape, ...]) -> TraceNode:
        if name in self.params:
            own = self.params[name]
            return TraceNode(name, "param", self.owners.get(own, own), shapes)
        if name in self.buffers:
            return TraceNode(name, "buffer", self.buffers[name], shapes)
        if name in self.constants:
            return TraceNode(name, "constant", self.constants[name], shapes)
        return TraceNode(name, "input", name, shapes)

    def value(self, value: Any) -> Value:
        """An argument of a node as plain data."""
        if isinstance(value, torch.fx.Node):
            return self.items.get(value.name, Read(value.name))
        if isinstance(value, list | tuple):
            return tuple(self.value(one) for one in value)
        if value is None or isinstance(value, bool | int | float | str):
            return value
        return str(value)


def _reads(value: Value) -> list[Read]:
    if isinstance(value, Read):
        return [value]
    return [read for one in value for read in _reads(one)] if isinstance(value, tuple) else []


def _shapes(value: Any) -> tuple[Shape, ...]:
    if isinstance(value, torch.Tensor):
        return (tuple(int(size) for size in value.shape),)
    if isinstance(value, list | tuple):
        return tuple(shape for one in value for shape in _shapes(one))
    return ()


def _name(target: Any) -> str:
    """``aten.add.Tensor`` is ``add``; what isn't PyTorch's own keeps its namespace."""
    text = str(target)
    parts = text.split(".")
    if parts[0] == "aten" and len(parts) > 1:
        return parts[1]
    return getattr(target, "__name__", text) if "<" in text else text


def _stack(stack: dict[str, tuple[str, Any]]) -> tuple[ModuleCall, ...]:
    found = []
    for key, (path, cls) in stack.items():
        name = cls if isinstance(cls, str) else cls.__name__
        found.append(ModuleCall(key, path, name.rsplit(".", 1)[-1]))
    return tuple(found)


def _line(trace: str) -> str:
    """The innermost line that isn't PyTorch's own, as ``file.py:12``."""
    lines = [(m["file"], m["line"]) for m in _LINE.finditer(trace) if not m["file"].startswith(_TORCH)]
    return f"{os.path.basename(lines[-1][0])}:{lines[-1][1]}" if lines else ""
