"""Calls of joins with their tensors in parentheses: ``add(a, b -> conv(1x1, 8), weighted=fast)``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import SpecError, quoted
from ..evaluate.arguments import LayerDef
from ..evaluate.frame import Frame
from ..graph import Path
from ..language.closures import Value
from ..language.model import LayerTable
from ..language.syntax import Attribute, Call, Name, Node, Pipe, TupleNode, walk
from .calls import Flow, compile_argument, failing, layer_values, located, unknown
from .scope import Scope
from .words import SIZES


def compile_join(callee: LayerDef, node: Call, scope: Scope, compile_flow: Callable[[Node, Scope], Flow]) -> Flow:
    """Tensors by position, the rest by name; an argument that may stand by position (split's number) is a value."""
    given: dict[str, Value] = {}
    operands: list[tuple[Flow, str | None]] = []
    by_position = callee.by_position
    for k, (name, value) in enumerate(node.args, 1):
        start = node.starts[k - 1]
        if name is not None:
            if name not in callee.params:
                return failing(scope.error(value, unknown(callee, name), start))
            if name in given:
                return failing(scope.error(value, f"{callee.name}: {quoted(name)} is given twice", start))
            given[name] = compile_argument(value, callee, name, scope)
        elif by_position and scope.kind(value) == "value":
            if by_position in given:
                message = "split takes one tensor and the number of parts, or a list of their widths"
                return failing(scope.error(value, message, start))
            given[by_position] = compile_argument(value, callee, by_position, scope)
        elif scope.is_plain_value(value):
            message = f"{callee.name} takes tensors, and this is a number, list or word{_as_tensors(value, scope)}"
            return failing(scope.error(value, message, start))
        else:
            operands.append((compile_flow(value, scope), str(k) if scope.has_call(value) else None))
    values = layer_values(callee, given, scope, node)
    if not isinstance(values, list):
        return failing(values)
    function = callee.function

    def call(fr: Frame, cur: Any, path: Path) -> Any:
        try:
            if not operands:
                return function(fr.run, path, cur, *[v(fr) for v in values])
            tensors = tuple(flow(fr, cur, path if label is None else (path, label)) for flow, label in operands)
            return function(fr.run, path, tensors if len(tensors) > 1 else tensors[0], *[v(fr) for v in values])
        except SpecError as e:
            raise located(e, node, path) from None

    return call


def _as_tensors(node: Node, scope: Scope) -> str:
    """The head to write if ``node``, a parameter of the block, and others that are used like it are tensors."""
    block = scope.block
    names = [] if block is None else [name for name, default in block.params if default is None]
    if block is None or not isinstance(node, Name) or node.id not in names or isinstance(block.body, LayerTable):
        return ""
    bodies = [block.body] if isinstance(block.body, Node) else [step.node for step in block.body if step.node]
    used = {n.id for body in bodies for part in walk(body) for n in _tensors_of(part, scope) if isinstance(n, Name)}
    tensors = [name for name in names if name in used]
    rest = [f"{name}=…" if default else name for name, default in block.params if name not in tensors]
    head = f"{block.name}({', '.join(tensors)};{' ' if rest else ''}{', '.join(rest)})"
    return f"; if {' and '.join(tensors)} {'are tensors' if len(tensors) > 1 else 'is a tensor'}, write {head}"


def _tensors_of(node: Node, scope: Scope) -> list[Node]:
    """What ``node`` says to be tensors."""
    if isinstance(node, Call) and scope.join(node) is not None:
        return [value for name, value in node.args if name is None]
    if isinstance(node, TupleNode):
        return node.items
    if isinstance(node, Pipe):
        return node.elements[:1]
    return [node.of] if isinstance(node, Attribute) and node.name in SIZES else []
