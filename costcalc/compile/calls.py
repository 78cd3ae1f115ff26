"""Calls of layers, joins, blocks and networks: arguments bound once, by position and by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import SpecError, UsageError, nearest, quoted
from ..evaluate.arguments import REQUIRED, LayerDef
from ..evaluate.codes import BlockCode, ChosenNetwork, NetworkCode
from ..evaluate.frame import Frame
from ..graph import Path, path_text
from ..language.closures import Value, const, constant, is_const
from ..language.syntax import Call, Name, Node
from .expressions import compile_value
from .scope import Scope

Flow = Callable[[Frame, Any, Path], Any]
Callee = LayerDef | BlockCode | NetworkCode | ChosenNetwork


def compile_call(node: Name | Call, scope: Scope, later_copy: bool = False) -> Any:
    """A closure for a call (or a bare name that is one), not of a join with its operands in parentheses.

    ``later_copy``: the variant for the copies after the first, where a given s is 1; None if no s is given.
    """
    if isinstance(node, Name):
        callee = scope.callable(node.id)
        return None if later_copy else bind(callee, {}, scope, node)
    if not isinstance(node.function, Name):
        return failing(scope.error(node, "a step of a used network can't be called"))
    name = node.function.id
    callee = scope.callable(name)
    if callee is None:
        return None if later_copy else failing(compile_value(node, scope))
    given = arguments(node, callee, scope)
    if later_copy:
        if given is None or "s" not in given or (is_const(given["s"]) and constant(given["s"]) == 1):
            return None
        given["s"] = const(1)
    return failing(const(None)) if given is None else bind(callee, given, scope, node)


def failing(code: Value) -> Flow:
    """What can't be compiled: it evaluates to the error, should it be reached."""
    return lambda fr, cur, path: code(fr)


def params_of(callee: Callee) -> list[str]:
    """The arguments that ``callee`` has."""
    if isinstance(callee, LayerDef):
        return list(callee.params)
    return list(callee.param_names)


def arguments(node: Call, callee: Callee, scope: Scope) -> dict[str, Value] | None:
    """The given arguments by name; None if something is wrong with them (noted as a problem)."""
    params, given = params_of(callee), {}
    for k, (name, value) in enumerate(node.args):
        start = node.starts[k]
        if name is None:
            if isinstance(callee, NetworkCode | ChosenNetwork):
                scope.error(value, f"the parameters of a network are given by name: {', '.join(params)}", start)
                return None
            if k >= len(params):
                scope.error(value, _surplus(callee, params), start)
                return None
            key = params[k]
        else:
            key = name
        if key not in params:
            scope.error(value, unknown(callee, key), start)
            return None
        if key in given:
            scope.error(value, f"{callee.name}: {quoted(key)} is given twice", start)
            return None
        if isinstance(callee, LayerDef):
            given[key] = compile_argument(value, callee, key, scope)
        else:
            word = _network_word(callee, key, value, scope) if isinstance(callee, NetworkCode) else None
            given[key] = word or compile_value(value, scope)
    return given


def compile_argument(node: Node, callee: LayerDef, name: str, scope: Scope) -> Value:
    """An argument of a built-in layer: a value, or one of the words that it takes."""
    words = callee.words.get(name)
    return compile_value(node, scope if words is None else scope.taking(words))


def _network_word(callee: NetworkCode, key: str, value: Node, scope: Scope) -> Value | None:
    """A word that means something to the used network: one of its variants, or a choice of its parameters."""
    if not isinstance(value, Name) or scope.is_value_name(value.id):
        return None
    if key == "variant" and value.id not in callee.variants:
        known = nearest(value.id, callee.variants)
        return scope.error(value, f"{callee.name} has no variant {quoted(value.id)}{known}")
    return const(value.id) if key == "variant" or value.id in callee.words else None


def _surplus(callee: Callee, params: list[str]) -> str:
    if not params:
        return f"{callee.name} takes no arguments"
    return f"{callee.name} takes at most {len(params)} argument{'s' if len(params) > 1 else ''} ({', '.join(params)})"


def unknown(callee: Callee, key: str) -> str:
    """The message for an argument that ``callee`` lacks."""
    params = params_of(callee)
    has = f"it has {', '.join(params)}" if params else "it has none"
    return f"{callee.name} has no parameter {quoted(key)}; {has}{nearest(key, params)}"


def bind(callee: Callee | None, given: dict[str, Value], scope: Scope, node: Node, at: Any = None) -> Flow:
    """A closure that calls ``callee`` with ``given``; what is missing takes its default."""
    if callee is None:
        return failing(scope.error(node, "not a layer or block"))
    if isinstance(callee, LayerDef):
        return _bind_layer(callee, given, scope, node)
    missing = [p for p in callee.required if p not in given]
    if missing:
        return failing(scope.error(node, f"{callee.name} also needs {', '.join(missing)}"))
    if isinstance(callee, BlockCode):
        if callee.file is scope.file:
            scope.block_calls.add(callee.name)
        return _bind_block(callee, given, node)
    return _bind_network(callee, given, node)


def located(e: SpecError, node: Node, path: Path) -> SpecError:
    """``e``, at ``node`` and ``path`` unless it has places of its own."""
    if e.place is None:
        e.place = node.place
    if not e.path:
        e.path = path_text(path)
    return e


def layer_values(callee: LayerDef, given: dict[str, Value], scope: Scope, node: Node) -> list[Value] | Value:
    """An argument closure for each parameter, or the failing closure if one is missing."""
    file_defaults = scope.layer_defaults.get(callee.name, {})
    values: list[Value] = []
    for name, default in callee.defaults.items():
        code = given.get(name) or file_defaults.get(name)
        if code is None:
            if default is REQUIRED:
                return scope.error(node, f"{callee.name} also needs {quoted(name)} ({', '.join(callee.params)})")
            code = const(default)
        values.append(code)
    return values


def _bind_layer(callee: LayerDef, given: dict[str, Value], scope: Scope, node: Node) -> Flow:
    values = layer_values(callee, given, scope, node)
    if not isinstance(values, list):
        return failing(values)
    function = callee.function
    template = [constant(v) if is_const(v) else None for v in values]
    changing = [(k, v) for k, v in enumerate(values) if not is_const(v)]

    def call(fr: Frame, cur: Any, path: Path) -> Any:
        try:
            args = template[:]
            for k, code in changing:
                args[k] = code(fr)
            return function(fr.run, path, cur, *args)
        except SpecError as e:
            raise located(e, node, path) from None

    return call


def _bind_block(callee: BlockCode, given: dict[str, Value], node: Node) -> Flow:
    args = [given.get(p) for p in callee.param_names]

    def call(fr: Frame, cur: Any, path: Path) -> Any:
        try:
            return callee.call(fr, cur, path, [None if a is None else a(fr) for a in args])
        except SpecError as e:
            raise located(e, node, path) from None

    return call


def _bind_network(callee: NetworkCode | ChosenNetwork, given: dict[str, Value], node: Node) -> Flow:
    def call(fr: Frame, cur: Any, path: Path) -> Any:
        try:
            return callee.call(fr, cur, path, {name: code(fr) for name, code in given.items()})
        except UsageError as e:
            raise located(SpecError(e.message), node, path) from None
        except SpecError as e:
            raise located(e, node, path) from None

    return call
