"""Tensor expressions → closures ``f(frame, current tensor, path)``: pipes, conditions, repeats, each, sharing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..arithmetic import is_symbolic, less_equal
from ..errors import SpecError, quoted
from ..evaluate.choosing import choose
from ..evaluate.frame import Frame
from ..evaluate.repeat import Repeat
from ..evaluate.results import NetResult
from ..evaluate.run import CALL_WORK, Run
from ..evaluate.sharing import Sharing, below
from ..graph import Layer, Path, path_text
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
    mentions,
    ungroup,
)
from .calls import compile_call
from .expressions import bounded, compile_value
from .join_calls import compile_join
from .scope import Scope

Flow = Callable[[Frame, Any, Path], Any]


def compile_flow(node: Node, scope: Scope) -> Flow:
    """A closure for a step: it may call layers, or be a plain value."""
    if not scope.is_flow(node):
        value = compile_value(node, scope)
        return lambda fr, cur, path: value(fr)
    join = scope.join(node)
    if join is not None and isinstance(node, Call):
        return compile_join(join, node, scope, compile_flow)
    if isinstance(node, Name | Call):
        call: Flow = compile_call(node, scope)
        return call
    if isinstance(node, Parentheses):
        return compile_flow(node.inner, scope)
    if isinstance(node, Conditional):
        return _conditional(node, scope)
    if isinstance(node, Pipe):
        return _pipe(node, scope)
    if isinstance(node, Binary):
        return _repeat(node, scope)
    if isinstance(node, TupleNode):
        return _tuple(node, scope)
    if isinstance(node, Each):
        return _each(node, scope)
    if isinstance(node, SharingNode):
        return _sharing(node, scope)
    raise node.error("not a tensor expression")


def compile_current(node: Node, scope: Scope) -> Flow:
    """A closure for an expression whose current tensor it may call ``it``."""
    return _naming_it(node, compile_flow(node, scope), scope)


def _naming_it(node: Node, flow: Flow, scope: Scope) -> Flow:
    if not scope.is_it("it") or not mentions(node, "it"):
        return flow

    def naming(fr: Frame, cur: Any, path: Path) -> Any:
        outer, fr.it = fr.it, cur
        try:
            return flow(fr, cur, path)
        finally:
            fr.it = outer

    return naming


def _in_call_position(node: Node, scope: Scope) -> Flow:
    """An element after ``->``: it must call something."""
    inner = ungroup(node)
    if isinstance(inner, Name) and scope.is_value_name(inner.id) and scope.callable(inner.id) is not None:
        call: Flow = compile_call(inner, scope)
        return call
    if isinstance(inner, Name) and not scope.is_value_name(inner.id) and scope.callable(inner.id) is None:
        failing = scope.not_callable(inner, inner.id, "layer or block", scope.callables())
        return lambda fr, cur, path: failing(fr)
    if (name := scope.source(inner)) is not None:
        failing = scope.error(node, f"{name} takes no tensor, so nothing can go into it; write it without '->'")
        return lambda fr, cur, path: failing(fr)
    if not scope.is_flow(node):
        failing = scope.error(node, "after '->' a call is due: a layer, block or network")
        return lambda fr, cur, path: failing(fr)
    return compile_current(node, scope)


def _pipe(node: Pipe, scope: Scope) -> Flow:
    numbered = sum(scope.has_call(e) for e in node.elements) > 1
    flows: list[tuple[Flow, str | None]] = []
    number = 0
    for k, element in enumerate(node.elements):
        flow = compile_flow(element, scope) if k == 0 else _in_call_position(element, scope)
        label = None
        if scope.has_call(element):
            number += 1
            label = str(number) if numbered else None
        flows.append((flow, label))

    def pipe(fr: Frame, cur: Any, path: Path) -> Any:
        for flow, label in flows:
            cur = flow(fr, cur, path if label is None else (path, label))
        return cur

    return pipe


def _start(node: Node, scope: Scope) -> Flow:
    """What passes on where a condition without ``else`` doesn't hold: the tensor that it would have started from."""
    inner = ungroup(node)
    if isinstance(inner, Pipe) and not scope.is_flow(inner.elements[0]):
        return compile_flow(inner.elements[0], scope)
    return lambda fr, cur, path: cur


def _conditional(node: Conditional, scope: Scope) -> Flow:
    if node.otherwise is None and scope.is_plain_value(node.then):
        failing = scope.error(node, "a value needs both sides: A if condition else B")
        return lambda fr, cur, path: failing(fr)
    then, condition = compile_flow(node.then, scope), compile_value(node.condition, scope)
    otherwise = compile_flow(node.otherwise, scope) if node.otherwise else _start(node.then, scope)
    where = node.condition

    def conditional(fr: Frame, cur: Any, path: Path) -> Any:
        c = condition(fr)
        if c is True:
            return then(fr, cur, path)
        if c is False:
            return otherwise(fr, cur, path)
        try:
            return choose(fr.run, c, lambda: then(fr, cur, path), lambda: otherwise(fr, cur, path), where.place)
        except SpecError as e:
            if e.place is None:
                e.place = where.place
            raise

    return conditional


def _tuple(node: TupleNode, scope: Scope) -> Flow:
    if (failing := scope.several(node)) is not None:
        return lambda fr, cur, path: failing(fr)
    items = [(compile_flow(x, scope), str(k)) for k, x in enumerate(node.items, 1)]

    def several(fr: Frame, cur: Any, path: Path) -> Any:
        return bounded(tuple(flow(fr, cur, (path, label)) for flow, label in items), fr.run)

    return several


def _repeat(node: Binary, scope: Scope) -> Flow:
    run_copies = compile_repeat(node, scope)
    return lambda fr, cur, path: run_copies(fr, cur, path, None)


def compile_repeat(node: Binary, scope: Scope) -> Callable[[Frame, Any, Path, Sharing | None], Any]:
    """``N * X``, with or without weights shared among the copies."""
    number, inner_scope, body = compile_value(node.left, scope), scope.with_i(), node.right
    inner = ungroup(body)
    first = compile_current(body, inner_scope)
    later = first
    if isinstance(inner, Call) and inner_scope.join(inner) is None:
        once = compile_call(inner, inner_scope, later_copy=True)
        later = first if once is None else _naming_it(body, once, inner_scope)
    varies, work = mentions(body, "i", "first"), CALL_WORK + len(node.text.value)
    repeat = Repeat(first, later, uniform=later is first, varies=varies, work=work)

    def copies(fr: Frame, cur: Any, path: Path, sharing: Sharing | None) -> Any:
        try:
            return repeat(fr, cur, path, number(fr), sharing)
        except SpecError as e:
            e.place, e.path = e.place or node.place, e.path or path_text(path)
            raise

    return copies


def _each(node: Each, scope: Scope) -> Flow:
    members = compile_each(node, scope)
    return lambda fr, cur, path: members(fr, cur, path, None)


def compile_each(node: Each, scope: Scope) -> Callable[[Frame, Any, Path, Sharing | None], Any]:
    """``tuple -> each CALL``."""
    flow, work = _in_call_position(node.call, scope.in_each()), CALL_WORK + len(node.text.value)

    def each(fr: Frame, cur: Any, path: Path, sharing: Sharing | None) -> Any:
        run = fr.run
        if isinstance(cur, NetResult):
            cur = cur.value
        if not isinstance(cur, tuple):
            raise SpecError("each takes several tensors, such as (a, b) -> each …", node.place)
        run.spend(len(cur) * work)
        outer, results = (fr.i, fr.first, fr.prev), []
        fr.prev = None
        if sharing is not None:
            run.groups.append(sharing)
        try:
            for k, member in enumerate(cur, 1):
                fr.i, fr.first = k, None
                below_path = (path, str(k))
                if sharing is not None:
                    sharing.base = below_path
                fr.prev = flow(fr, member, below_path)
                results.append(fr.prev)
        finally:
            fr.i, fr.first, fr.prev = outer
            if sharing is not None:
                run.groups.remove(sharing)
        return bounded(tuple(results), run)

    return each


def _sharing(node: SharingNode, scope: Scope) -> Flow:
    inner, mode = ungroup(node.element), node.mode
    if node.with_name is None:
        if isinstance(inner, Binary) and scope.is_repeat(inner):
            several = compile_repeat(inner, scope)
        elif isinstance(inner, Each):
            several = compile_each(inner, scope)
        else:
            failing = scope.error(node, "'sharing' needs copies (N * …), each, or 'with' a step above")
            return lambda fr, cur, path: failing(fr)
        return lambda fr, cur, path: several(fr, cur, path, Sharing(mode, {}))
    return _sharing_with(node, scope)


def _sharing_with(node: SharingNode, scope: Scope) -> Flow:
    name = str(node.with_name)
    flow = compile_flow(node.element, scope)
    if name not in scope.locals or scope.locals[name][1] != "tensor":
        failing = scope.error(node, f"no tensor step {quoted(name)} stands above to share weights with")
        return lambda fr, cur, path: failing(fr)

    def shared(fr: Frame, cur: Any, path: Path) -> Any:
        run: Run = fr.run
        partner: Path = (fr.path, name)
        table: dict[tuple[str, ...], Layer] = {}
        run.spend(4 * len(run.layers))
        for layer in run.layers:
            key = below(layer.path, partner)
            if key is not None:
                table[key] = layer
        group = Sharing(node.mode, table, must_pair=quoted(name))
        group.base = path
        run.groups.append(group)
        start = len(run.layers)
        try:
            result = flow(fr, cur, path)
            _enough_owners(run, start, quoted(name))
            return result
        except SpecError as e:
            if e.place is None:
                e.place = node.place
            raise
        finally:
            run.groups.remove(group)

    return shared


def _enough_owners(run: Run, start: int, name: str) -> None:
    """An error where a copy has no partner: more copies here than there, or none there (for an array, elementwise)."""
    for layer in run.layers[start:]:
        owner = layer.owner
        if owner is None or is_symbolic(owner.count) or is_symbolic(layer.count):
            continue
        run.require(less_equal(layer.count, owner.count), partial(_too_many, layer.count, owner.count, name))


def _too_many(copies: Any, partners: Any, name: str) -> str:
    return f"{copies} copies of a layer share weights with {partners} in {name}"
