"""Value expressions → closures. Parsed once, evaluated often."""

from __future__ import annotations

from typing import Any

from .. import arithmetic as ar
from ..errors import SpecError, nearest, quoted
from ..evaluate.results import NetResult
from ..evaluate.run import Run
from ..graph import Tensor
from ..language.syntax import (
    Attribute,
    Binary,
    Call,
    Conditional,
    Constant,
    Index,
    ListNode,
    Name,
    Node,
    Parentheses,
    TupleNode,
    Unary,
)
from .closures import Value, const, constant, is_const
from .functions import BUILTINS, TAKE_LISTS, check_nesting, position, wrong_number
from .names import compile_name, compile_prev, part_of, placed
from .operators import Apply, application, chain
from .scope import FUNCTIONS, Scope, is_let_function


def compile_value(node: Node, scope: Scope) -> Value:
    """A closure ``f(frame)`` for an expression that isn't a call of layers."""
    if isinstance(node, Constant):
        return const(node.value)
    if isinstance(node, Parentheses):
        return compile_value(node.inner, scope)
    if isinstance(node, Name):
        return compile_name(node, scope)
    if isinstance(node, Binary):
        return _binary(node, scope)
    if isinstance(node, Call):
        return _call(node, scope)
    if isinstance(node, Attribute):
        return _attribute(node, scope)
    if isinstance(node, Index):
        return _index(node, scope)
    if isinstance(node, Unary):
        return _unary(node, scope)
    if isinstance(node, Conditional):
        return _conditional(node, scope)
    if isinstance(node, ListNode):
        return _list(node, scope)
    if isinstance(node, TupleNode):
        if (failing := scope.several(node)) is not None:
            return failing
        items = [compile_value(x, scope) for x in node.items]
        return placed(node, lambda fr: bounded(tuple(f(fr) for f in items), fr.run))
    return scope.error(node, "a tensor expression where a number, list or word is due")


def bounded(items: tuple[Any, ...], run: Run) -> tuple[Any, ...]:
    """``items``, if they aren't too many tensors in all."""
    if any(type(x) is tuple for x in items):
        run.several(items)
    return items


def _folded(node: Node, scope: Scope, code: Value, *parts: Value) -> Value:
    """``code`` with its errors placed, evaluated now if nothing in it can change."""
    safe = placed(node, code)
    if not all(is_const(p) for p in parts):
        return safe
    try:
        return const(safe(None))
    except SpecError as e:
        return scope.failing(e)


# -- operators


def _binary(node: Binary, scope: Scope) -> Value:
    nodes = [node]
    while isinstance(nodes[-1].left, Binary):
        nodes.append(nodes[-1].left)
    first = compile_value(nodes[-1].left, scope)
    applications: list[Apply] = []
    for n in reversed(nodes):
        if scope.is_tensor(n.left) or scope.is_tensor(n.right):
            return scope.error(n, _on_tensors(n.op))
        right = compile_value(n.right, scope)
        apply = application(n, right)
        if applications or not is_const(first) or not is_const(right):
            applications.append(apply)
            continue
        try:
            first = const(apply(constant(first), None))
        except SpecError as e:
            return scope.failing(e)
    return chain(first, applications) if applications else first


def _on_tensors(op: str) -> str:
    if op in ("==", "!=", "<", "<=", ">", ">="):
        return "tensors aren't compared; compare their x.c, x.h, x.w"
    hint = "; add(a, b) adds tensors" if op == "+" else ""
    return f"a tensor can't be an operand of {quoted(op)}{hint}"


def _unary(node: Unary, scope: Scope) -> Value:
    x = compile_value(node.x, scope)
    if node.op == "-":
        return _folded(node, scope, lambda fr: ar.neg(x(fr)), x)
    return _folded(node, scope, lambda fr: ar.logical_not(ar.truth(x(fr))), x)


def _conditional(node: Conditional, scope: Scope) -> Value:
    if node.otherwise is None:
        return scope.error(node, "a value needs both sides: A if condition else B")
    then, condition, otherwise = (compile_value(n, scope) for n in (node.then, node.condition, node.otherwise))
    place = node.condition

    def choose(fr: Any) -> Any:
        c = condition(fr)
        if c is True:
            return then(fr)
        if c is False:
            return otherwise(fr)
        run: Run = fr.run
        return run.choose(c, lambda: then(fr), lambda: otherwise(fr), place.place)

    return placed(node.condition, choose)


# -- attributes, lists


def _attribute(node: Attribute, scope: Scope) -> Value:
    if isinstance(node.of, Name) and node.of.id == "prev" and not scope.has_prev:
        return compile_prev(node, scope)
    if isinstance(node.of, Name) and not scope.is_value_name(node.of.id) and scope.callable(node.of.id) is not None:
        return scope.error(node.of, f"{quoted(node.of.id)} is not a tensor; give the step that calls it a name")
    of, name = compile_value(node.of, scope), node.name
    if name not in ("c", "h", "w"):
        return placed(node, lambda fr: part_of(of(fr), name))

    def size(fr: Any) -> Any:
        x = of(fr)
        if type(x) is not Tensor:
            if not isinstance(x, NetResult | tuple):
                raise SpecError(f"only a tensor has .{name}")
            x = fr.run.one(x)
        return getattr(x, name)

    return placed(node, size)


def _index(node: Index, scope: Scope) -> Value:
    of, index = compile_value(node.of, scope), compile_value(node.index, scope)

    def item(fr: Any) -> Any:
        x, i = of(fr), ar.whole(index(fr))
        if isinstance(x, NetResult):
            if not isinstance(x.value, tuple) or (x.path, str(i)) in x.record:
                return part_of(x, str(i))
            x = x.value
        if not isinstance(x, list | tuple):
            raise SpecError("only a list, several tensors, or a used network's row can be indexed")
        return x[position(i, len(x))]

    return _folded(node, scope, item, of, index)


def _list(node: ListNode, scope: Scope) -> Value:
    items = [compile_value(x, scope) for x in node.items]

    def members(fr: Any) -> list[Any]:
        found = [f(fr) for f in items]
        if any(type(x) is list for x in found):
            check_nesting(found)
        return found

    return _folded(node, scope, members, *items)


# -- functions


def _call(node: Call, scope: Scope) -> Value:
    if not isinstance(node.function, Name):
        return scope.error(node, "only a name can be called")
    name = node.function.id
    let = scope.file.spec.lets.get(name)
    if let is not None and is_let_function(let):
        return _let_call(node, scope, let)
    if name not in FUNCTIONS:
        return _no_function(node, node.function, scope)
    divides = name == "make_divisible"
    for k, (given, value) in enumerate(node.args):
        if given is not None and not (divides and given == ("v", "d")[min(k, 1)]):
            known = "make_divisible(v, d=8)" if divides else f"{name} takes its arguments by position"
            return scope.error(value, f"no argument {quoted(given)}: {known}", node.starts[k])
    wrong = wrong_number(name, len(node.args))
    if wrong is not None:
        return scope.error(node, wrong)
    args = [compile_value(a, scope) for _, a in node.args]
    function = BUILTINS[name][0]
    if len(args) == 1:
        x = args[0]
        return _folded(node, scope, lambda fr: function(x(fr)), x)
    if divides:
        x, d = args
        return _folded(node, scope, lambda fr: function(x(fr), d(fr)), x, d)

    def call(fr: Any) -> Any:
        values = [f(fr) for f in args]
        if fr is not None and name in TAKE_LISTS:
            fr.run.spend(3 * sum(len(v) for v in values if type(v) is list))
        return function(*values)

    return _folded(node, scope, call, *args)


def _no_function(node: Call, function: Name, scope: Scope) -> Value:
    name, lets = function.id, scope.file.spec.lets
    if scope.callable(name) is not None:
        return scope.error(node, f"{quoted(name)} is a layer or block, where a number, list or word is due")
    if scope.is_value_name(name):
        return scope.error(node, f"{quoted(name)} is no function, layer or block, so it can't be called")
    known = [*FUNCTIONS, *(n for n, v in lets.items() if is_let_function(v)), *scope.callables()]
    return scope.not_callable(node, name, "layer, block or function", known)


def _let_call(node: Call, scope: Scope, let: Any) -> Value:
    name, params = let.head.name, [p for p, _ in let.head.params]
    if scope.only_parameters is not None:
        return scope.error(node, f"only the parameters above may be used here, and {quoted(name)} is not one")
    scope.let_calls.add(name)
    given: dict[str, Value] = {}
    for k, (arg, value) in enumerate(node.args):
        start = node.starts[k]
        if arg is None and k >= len(params):
            plural = "s" if len(params) != 1 else ""
            return scope.error(value, f"{name} takes {len(params)} argument{plural}, not {len(node.args)}", start)
        key = arg if arg is not None else params[k]
        if key in given:
            return scope.error(value, f"{name}: {quoted(key)} is given twice", start)
        if key not in params:
            has = f"it has {', '.join(params)}" if params else "it has none"
            return scope.error(value, f"{name} has no parameter {quoted(key)}; {has}{nearest(key, params)}", start)
        given[key] = compile_value(value, scope)
    missing = [p for p, default in let.head.params if p not in given and default is None]
    if missing:
        return scope.error(node, f"{name} also needs {', '.join(missing)}")
    args = [given.get(p) for p in params]
    return placed(node, lambda fr: fr.call_let(name, [None if f is None else f(fr) for f in args]))
