"""Steps: assigned once, each a layer's name or a value's, and each used by what follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import SpecError, quoted
from ..graph import Path, Tensor, path_text
from ..spec.model import Step
from ..spec.syntax import Binary, Call, Conditional, Each, Group, Name, Node, Pipe, Sharing, Tuple
from .flows import Flow, compile_flow
from .joins import JOINS
from .run import Frame, NetResult, label_of
from .scope import FUNCTIONS, Scope, is_let_function

Body = Callable[[Frame, Any, Path], Any]


def compile_steps(steps: list[Step], scope: Scope, outputs: set[str], starts: bool) -> Body:
    """A closure that runs the steps. ``outputs`` are used from outside; ``starts``: there is a current tensor."""
    compiled: list[tuple[Flow, tuple[int, ...], str, Node]] = []
    _check_used(steps, scope, outputs, starts)
    for step in steps:
        flow = compile_flow(step.node, scope)
        kind = "tensor" if len(step.names) > 1 else scope.kind(step.node)
        for name in step.names:
            _check_name(step, name, scope)
        slots = tuple(scope.add_local(name, kind) for name in step.names)
        compiled.append((flow, slots, label_of(step.names), step.node))

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


def _parts(value: Any, n: int) -> tuple[Any, ...]:
    if isinstance(value, NetResult):
        value = value.value
    if not isinstance(value, tuple):
        raise SpecError(f"{n} names for one tensor; only several tensors can be taken apart")
    if len(value) != n:
        raise SpecError(f"{n} names for {len(value)} tensors")
    return value


def _check_name(step: Step, name: str, scope: Scope) -> None:
    if name != "_" and name in scope.locals:
        scope.program.problems.append(
            step.key.error(f"{quoted(name)} is the name of a tensor or parameter here already")
        )


def _check_used(steps: list[Step], scope: Scope, outputs: set[str], starts: bool) -> None:
    """A tensor step that nothing uses is an error; the text decides, not values."""
    tentative = scope.child()
    tentative.locals = dict(scope.locals)
    kinds = []
    for step in steps:
        kinds.append("tensor" if len(step.names) > 1 else tentative.kind(step.node))
        for name in step.names:
            tentative.add_local(name, kinds[-1])
    last = max((k for k, kind in enumerate(kinds) if kind == "tensor"), default=-1)
    for k, step in enumerate(steps):
        if kinds[k] != "tensor" or k == last and not outputs:
            continue
        if any(n in outputs for n in step.names):
            continue
        names = set(step.names)
        used = any(names & used_names(later.node) for later in steps[k + 1 :])
        following = next((later for j, later in enumerate(steps[k + 1 :], k + 1)), None)
        while not used and following is not None:
            if uses_current(following.node, tentative):
                used = True
                break
            j = steps.index(following)
            if kinds[j] == "tensor" or j + 1 >= len(steps):
                break
            following = steps[j + 1]
        if not used:
            problem = step.key.error(f"{quoted(label_of(step.names))} is never used")
            scope.program.problems.append(problem)


def used_names(node: Node) -> set[str]:
    """The bare names in ``node`` that mean values; the names of called functions don't count."""
    found: set[str] = set()
    stack = [node]
    while stack:
        n = stack.pop()
        if isinstance(n, Name):
            found.add(n.id)
        if isinstance(n, Sharing) and n.with_name:
            found.add(n.with_name)
        stack.extend(n.children())
    return found


def uses_current(node: Node, scope: Scope) -> bool:
    """Whether ``node`` acts on the current tensor."""
    if isinstance(node, Group):
        return uses_current(node.inner, scope)
    if isinstance(node, Pipe):
        return uses_current(node.elements[0], scope)
    if isinstance(node, Tuple):
        return any(uses_current(x, scope) for x in node.items)
    if isinstance(node, Conditional):
        if node.otherwise is None:
            pipe = _inner(node.then)
            starts_elsewhere = isinstance(pipe, Pipe) and not scope.is_flow(pipe.elements[0])
            return not starts_elsewhere or uses_current(node.then, scope)
        return uses_current(node.then, scope) or uses_current(node.otherwise, scope)
    if isinstance(node, Sharing):
        return uses_current(node.element, scope)
    if isinstance(node, Each):
        return True
    if isinstance(node, Binary):
        return scope.is_repeat(node)
    if isinstance(node, Call):
        return _call_uses_current(node, scope)
    return isinstance(node, Name) and scope.is_flow(node)


def _inner(node: Node) -> Node:
    while isinstance(node, Group):
        node = node.inner
    return node


def _call_uses_current(node: Call, scope: Scope) -> bool:
    if not isinstance(node.function, Name):
        return False
    name = node.function.id
    let = scope.program.spec.lets.get(name)
    if name in FUNCTIONS or (let is not None and is_let_function(let)):
        return False
    if name in JOINS:
        tensors = [a for n, a in node.args if n is None and scope.kind(a) == "tensor"]
        return not tensors or any(uses_current(a, scope) for a in tensors)
    return True
