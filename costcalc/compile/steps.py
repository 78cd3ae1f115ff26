"""Steps: assigned once, each a layer's name or a value's, and each used by what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import SpecError, quoted
from ..evaluate.frame import Frame
from ..evaluate.results import NetResult
from ..evaluate.run import label_of
from ..graph import Path, Tensor, path_text
from ..language.functions import FUNCTIONS
from ..language.model import Step
from ..language.source import Text
from ..language.syntax import (
    Binary,
    Call,
    Conditional,
    Each,
    Name,
    Node,
    Parentheses,
    Pipe,
    SharingNode,
    TupleNode,
    ungroup,
)
from .flows import Flow, compile_current
from .scope import Kind, Scope, is_let_function
from .shapes import assert_shape

Body = Callable[[Frame, Any, Path], Any]


def compile_steps(steps: list[Step], scope: Scope, outputs: set[str]) -> Body:
    """A closure that runs the steps. ``outputs`` are used from outside."""
    compiled: list[tuple[Flow, tuple[int, ...], str, Node]] = []
    _check_used(steps, scope, outputs)
    path, given = scope.path, set(scope.locals)
    scope.later = {name for step in steps for name in step.names} - given
    for step in steps:
        scope.path = scope.below(label_of(step.names)) if step.names else path
        scope.own = step.names
        kind, known = _kind(step, scope), len(scope.file.problems)
        flow = compile_current(step.node, scope) if step.node is not None else None
        if flow is not None and step.shape is not None:
            flow = _asserting(flow, step.shape, scope)
        for name in step.names:
            if name in given and name != "_":
                scope.file.problems.append(_taken(step, name, path))
        slots = tuple(scope.add_local(name, kind) for name in step.names)
        scope.later.difference_update(step.names)
        if flow is not None and step.node is not None:
            compiled.append((flow, slots, label_of(step.names), step.node))
        scope.path = path
    if len(scope.file.problems) == known:
        _check_result(steps[-1], kind, scope, outputs)

    def run_steps(fr: Frame, cur: Any, path: Path) -> Any:
        v, record = fr.v, fr.run.record
        result = cur
        for flow, slots, label, node in compiled:
            below = (path, label)
            try:
                result = flow(fr, cur, below)
                if len(slots) == 1:
                    v[slots[0]] = result
                else:
                    for slot, value in zip(slots, _parts(result, len(slots)), strict=True):
                        v[slot] = value
            except SpecError as e:
                if e.place is None:
                    e.place = node.place
                if not e.path:
                    e.path = path_text(below)
                raise
            t = type(result)
            if t is Tensor or t is tuple:
                cur = result
            elif t is NetResult:
                cur = result.value
            if record is not None:
                record[below] = result
        return result

    return run_steps


def _asserting(flow: Flow, shape: Text, scope: Scope) -> Flow:
    """``flow``, whose tensor is compared with a printed shape at the file's defaults."""
    if not scope.is_network:
        scope.failing(shape.error("a block has no shape of its own; say it where the network calls it"))

    def asserting(fr: Frame, cur: Any, path: Path) -> Any:
        result = flow(fr, cur, path)
        if fr.run.check_shapes:
            assert_shape(fr.run, shape, "the step says", result, path)
        return result

    return asserting


def _parts(value: Any, n: int) -> tuple[Any, ...]:
    if isinstance(value, NetResult):
        value = value.value
    if not isinstance(value, tuple):
        raise SpecError(f"{n} names for one tensor; only several tensors can be taken apart")
    if len(value) != n:
        raise SpecError(f"{n} names for {len(value)} tensors")
    return value


def _kind(step: Step, scope: Scope) -> Kind:
    return "tensor" if len(step.names) > 1 or step.node is None else scope.kind(step.node)


def _taken(step: Step, name: str, path: str) -> SpecError:
    problem = step.key.error(f"{quoted(name)} is the name of a tensor or parameter here already")
    problem.path = path
    return problem


def _check_result(last: Step, kind: Kind, scope: Scope, outputs: set[str]) -> None:
    """The last step is the result, unless the outputs are named."""
    if kind == "value" and not outputs and last.node is not None:
        what = "a number, list or word, no tensor"
        scope.error(last.node, f"the last step is the result, and {quoted(label_of(last.names))} is {what}", 0)


def _check_used(steps: list[Step], scope: Scope, outputs: set[str]) -> None:
    """A tensor step that nothing uses is an error; the text decides, not values."""
    tentative = scope.child()
    tentative.locals = dict(scope.locals)
    kinds, on_current = [], []
    for step in steps:
        kinds.append(_kind(step, tentative))
        # Before the step's own name is one: `avgpool: avgpool` is the layer.
        on_current.append(step.node is not None and uses_current(step.node, tentative))
        for name in step.names:
            tentative.add_local(name, kinds[-1])
    used: set[str] = set(outputs)
    current = not outputs  # whether what is current after a step is used
    for k in range(len(steps) - 1, -1, -1):
        step, node = steps[k], steps[k].node
        if node is None:  # it may use anything
            return
        if kinds[k] == "tensor" and not used.intersection(step.names) and not current:
            problem = step.key.error(f"{quoted(label_of(step.names))} is never used")
            problem.path = scope.path
            scope.file.problems.append(problem)
        current = (current and kinds[k] == "value") or on_current[k]
        used |= used_names(node)


def used_names(node: Node) -> set[str]:
    """The bare names in ``node`` that mean values; the names of called functions don't count."""
    found: set[str] = set()
    stack = [node]
    while stack:
        n = stack.pop()
        if isinstance(n, Name):
            found.add(n.id)
        if isinstance(n, SharingNode) and n.with_name:
            found.add(n.with_name)
        stack.extend(child for child in n.children() if not (isinstance(n, Call) and child is n.function))
    return found


def uses_current(node: Node, scope: Scope) -> bool:
    """Whether ``node`` acts on the current tensor."""
    if isinstance(node, Parentheses):
        return uses_current(node.inner, scope)
    if isinstance(node, Pipe):
        return uses_current(node.elements[0], scope)
    if isinstance(node, TupleNode):
        return any(uses_current(x, scope) for x in node.items)
    if isinstance(node, Conditional):
        if node.otherwise is None:
            pipe = ungroup(node.then)
            starts_elsewhere = isinstance(pipe, Pipe) and not scope.is_flow(pipe.elements[0])
            return not starts_elsewhere or uses_current(node.then, scope)
        return uses_current(node.then, scope) or uses_current(node.otherwise, scope)
    if isinstance(node, SharingNode):
        return uses_current(node.element, scope)
    if isinstance(node, Each):
        return True
    if isinstance(node, Binary):
        return scope.is_repeat(node)
    if isinstance(node, Call):
        return _call_uses_current(node, scope)
    return isinstance(node, Name) and (scope.is_flow(node) or scope.is_it(node.id) or node.id in scope.file.spec.broken)


def _call_uses_current(node: Call, scope: Scope) -> bool:
    if not isinstance(node.function, Name):
        return False
    name = node.function.id
    let = scope.file.spec.lets.get(name)
    if name in FUNCTIONS or (let is not None and is_let_function(let)):
        return False
    if scope.source(node) is not None:
        return False
    if scope.join(node) is not None:
        tensors = [a for n, a in node.args if n is None and scope.kind(a) == "tensor"]
        return not tensors or any(uses_current(a, scope) for a in tensors)
    return True
