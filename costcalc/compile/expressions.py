"""Value expressions of a spec → closures: what they have beside :mod:`..language.interpreter`."""

from __future__ import annotations

from typing import Any

from .. import arithmetic as ar
from ..errors import SpecError, nearest, quoted
from ..evaluate.choosing import choose
from ..evaluate.results import NetResult
from ..evaluate.run import Run
from ..graph import Tensor
from ..language.closures import Value, placed
from ..language.functions import FUNCTIONS, position
from ..language.interpreter import Meaning, compile_plain, folded
from ..language.syntax import Attribute, Binary, Call, Conditional, Index, Name, Node, TupleNode
from ..language.values import axes_of
from .names import compile_name, compile_prev, part_of
from .scope import Scope, is_let_function
from .sides import SIDES
from .words import SIZES


class _OfSpec(Meaning):
    """What expressions mean in a scope of a spec: problems are noted, arrays take both sides, work is counted."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def value(self, node: Node) -> Value:
        return compile_value(node, self.scope)

    def failing(self, problem: SpecError) -> Value:
        return self.scope.failing(problem)

    def refused(self, node: Binary) -> Value | None:
        if self.scope.is_tensor(node.left) or self.scope.is_tensor(node.right):
            return self.scope.error(node, _on_tensors(node.op))
        return None

    def equal(self, a: Any, b: Any, fr: Any) -> Any:
        if type(a) is Tensor or type(b) is Tensor:
            raise SpecError("tensors aren't compared; compare their x.c, x.h, x.w, x.size")
        if type(a) is list:
            self.spend(fr, 6 * sum(len(m) if type(m) is list else 1 for m in a))
        return ar.equal(a, b)

    def choose(self, node: Conditional, condition: Any, then: Value, otherwise: Value, fr: Any) -> Any:
        run: Run = fr.run
        return choose(run, condition, lambda: then(fr), lambda: otherwise(fr), node.condition.place)

    def spend(self, fr: Any, characters: int) -> None:
        if fr is not None:  # of constants, when the file is read
            fr.run.spend(characters)


def compile_value(node: Node, scope: Scope) -> Value:
    """A closure ``f(frame)`` for an expression that isn't a call of layers."""
    if isinstance(node, Name):
        return compile_name(node, scope)
    if isinstance(node, Attribute):
        return _attribute(node, scope)
    if isinstance(node, Index):
        return _index(node, scope)
    if isinstance(node, TupleNode):
        if (failing := scope.several(node)) is not None:
            return failing
        items = [compile_value(x, scope) for x in node.items]
        return placed(node, lambda fr: bounded(tuple(f(fr) for f in items), fr.run))
    if isinstance(node, Call) and (code := _own_call(node, scope)) is not None:
        return code
    plain = compile_plain(node, _OfSpec(scope))
    return plain or scope.error(node, "a tensor expression where a number, list or word is due")


def bounded(items: tuple[Any, ...], run: Run) -> tuple[Any, ...]:
    """``items``, if they aren't too many tensors in all."""
    if any(type(x) is tuple for x in items):
        run.several(items)
    return items


def _on_tensors(op: str) -> str:
    if op in ("==", "!=", "<", "<=", ">", ">="):
        return "tensors aren't compared; compare their x.c, x.h, x.w, x.size"
    hint = "; add(a, b) adds tensors" if op == "+" else ""
    return f"a tensor can't be an operand of {quoted(op)}{hint}"


# -- attributes, members


def _attribute(node: Attribute, scope: Scope) -> Value:
    if isinstance(node.of, Name) and node.of.id == "prev" and not scope.has_prev:
        return compile_prev(node, scope)
    if isinstance(node.of, Name) and not scope.is_value_name(node.of.id) and scope.callable(node.of.id) is not None:
        return scope.error(node.of, f"{quoted(node.of.id)} is not a tensor; give the step that calls it a name")
    of, name = compile_value(node.of, scope), node.name
    if name in SIDES and isinstance(node.of, Name) and node.of.id not in scope.locals:
        if node.of.id in scope.file.sides:
            axis = SIDES.index(name)
            return lambda fr: axes_of(of(fr))[-axis]
        if node.of.id in scope.file.spec.parameters:
            message = f"{quoted(node.of.id)} is one number: it isn't both height and width of an input"
            return scope.error(node, message)
    if name not in SIZES:
        return placed(node, lambda fr: part_of(of(fr), name))

    def size(fr: Any) -> Any:
        x = of(fr)
        if type(x) is not Tensor:
            if not isinstance(x, NetResult | tuple):
                raise SpecError(f"only a tensor has .{name}")
            x = fr.run.one(x)
        return list(x.size) if name == "size" else getattr(x, name)

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

    return folded(node, _OfSpec(scope), item, of, index)


# -- functions


def _own_call(node: Call, scope: Scope) -> Value | None:
    """A call of a function under ``let``, or a problem; None for a function of the language."""
    if not isinstance(node.function, Name):
        return scope.error(node, "only a name can be called")
    name = node.function.id
    let = scope.file.spec.lets.get(name)
    if let is not None and is_let_function(let):
        return _let_call(node, scope, let)
    return None if name in FUNCTIONS else _no_function(node, node.function, scope)


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
