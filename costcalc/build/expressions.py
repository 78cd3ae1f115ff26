"""Value expressions → closures: arithmetic, comparisons, names, functions. Parsed once, evaluated often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import arithmetic as ar
from ..errors import ArithmeticProblem, SpecError, nearest, quoted
from ..graph import Path, Tensor
from ..spec.syntax import (
    Attribute,
    Binary,
    Call,
    Conditional,
    Group,
    Index,
    ListNode,
    Literal,
    Name,
    Node,
    Tuple,
    Unary,
)
from .run import Frame, NetResult, Run
from .scope import FUNCTIONS, Scope, Value, const, constant, is_const, is_let_function

UNSET = object()
MAX_LIST = 10_000

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": ar.add,
    "-": ar.sub,
    "*": ar.mul,
    "/": ar.div,
    "//": ar.floordiv,
    "%": ar.mod,
    "**": ar.power,
    "<": ar.less,
    "<=": ar.less_equal,
    ">": lambda a, b: ar.less(b, a),
    ">=": lambda a, b: ar.less_equal(b, a),
}


def compile_value(node: Node, scope: Scope) -> Value:
    """A closure ``f(frame)`` for an expression that isn't a call of layers."""
    if isinstance(node, Literal):
        return const(node.value)
    if isinstance(node, Group):
        return compile_value(node.inner, scope)
    if isinstance(node, Name):
        return _name(node, scope)
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
    if isinstance(node, Tuple):
        items = [compile_value(x, scope) for x in node.items]
        return lambda fr: tuple(f(fr) for f in items)
    return scope.error(node, "a tensor expression where a number, list or word is due")


def at(node: Node, code: Value) -> Value:
    """``code``, its errors placed at ``node``; evaluated now if nothing in it can change."""

    def placed(fr: Any) -> Any:
        try:
            return code(fr)
        except SpecError as e:
            if e.place is None:
                e.place = node.place
            raise

    return placed


def _folded(node: Node, scope: Scope, code: Value, *parts: Value) -> Value:
    placed = at(node, code)
    if not all(is_const(p) for p in parts):
        return placed
    try:
        return const(placed(None))
    except SpecError as e:
        scope.program.problems.append(e)
        return placed


# -- names


def _name(node: Name, scope: Scope) -> Value:
    name = node.id
    if name == "in":
        if not scope.has_in:
            return scope.error(node, "no 'in' here: 'in' is the one tensor that enters a block, row or network")
        return lambda fr: fr.tensor
    if name in ("i", "first"):
        if not scope.has_i:
            return scope.error(node, f"no {quoted(name)} here: it is the copy's number in a repeat, a member's in each")
        return (lambda fr: fr.i) if name == "i" else _first
    if name == "prev" and scope.has_prev:
        return at(node, _previous)
    if name == "prev":
        return scope.error(node, "'prev' is written prev.COLUMN, in a rule of 'where'")
    if name in scope.cells:
        cell = scope.cells[name]
        if cell is None:
            return scope.error(node, f"the cell {quoted(name)} is blank in this row, and a rule needs it")
        return cell
    if name in scope.locals:
        slot = scope.locals[name][0]
        return lambda fr: fr.v[slot]
    return _file_name(node, scope)


def _first(fr: Frame) -> Any:
    if fr.first is None:
        raise SpecError("'first' means something in a repeat; here is an each")
    return fr.first


def _previous(fr: Frame) -> Any:
    if fr.prev is None:
        raise SpecError("the first member of an each has no 'prev'; write: … if i > 1")
    return fr.prev


def _file_name(node: Name, scope: Scope) -> Value:
    name, program = node.id, scope.program
    if name in program.spec.parameters:
        if scope.only_parameters is not None and name not in scope.only_parameters:
            return scope.error(node, f"a default may use the parameters above it, and {quoted(name)} is not")
        return lambda fr: fr.inst.params[name]
    let = program.spec.lets.get(name)
    if let is not None:
        if is_let_function(let):
            return scope.error(node, f"{quoted(name)} is a function: write {name}(…)")
        if scope.only_parameters is not None:
            return scope.error(node, f"a default may use the parameters above it, and {quoted(name)} is not one")
        scope.let_calls.add(name)
        return lambda fr: fr.inst.let(name, fr.run)
    words = scope.words()
    if name in words:
        return const(words[name])
    if scope.callable(name) is not None:
        return scope.error(node, f"{quoted(name)} is a layer or block, where a number, list or word is due")
    if name in FUNCTIONS:
        return scope.error(node, f"{quoted(name)} is a function: write {name}(…)")
    return scope.undefined(node)


# -- operators


def _binary(node: Binary, scope: Scope) -> Value:
    if scope.is_flow(node.left) or scope.is_flow(node.right):
        return scope.error(node, f"a tensor can't be an operand of {quoted(node.op)}; add(a, b) adds tensors")
    left, right = compile_value(node.left, scope), compile_value(node.right, scope)
    if node.op in ("and", "or"):
        return _folded(node, scope, _junction(node.op, left, right), left, right)
    if node.op in ("==", "!="):
        return _folded(node, scope, _equality(node.op, left, right), left, right)
    function = _OPERATORS[node.op]
    if is_const(right):
        number = constant(right)
        return _folded(node, scope, lambda fr: function(left(fr), number), left, right)
    return _folded(node, scope, lambda fr: function(left(fr), right(fr)), left, right)


def _equality(op: str, left: Value, right: Value) -> Value:
    def equal(fr: Any) -> Any:
        a, b = left(fr), right(fr)
        if type(a) is Tensor or type(b) is Tensor:
            raise SpecError("tensors aren't compared; compare their x.c, x.h, x.w")
        same = (a == b) if type(a) is int and type(b) is int else ar.equal(a, b)
        return same if op == "==" else ar.logical_not(same)

    return equal


def _junction(op: str, left: Value, right: Value) -> Value:
    def junction(fr: Any) -> Any:
        a = ar.truth(left(fr))
        if a is (op == "or"):
            return a
        b = ar.truth(right(fr))
        return ar.logical_and(a, b) if op == "and" else ar.logical_or(a, b)

    return junction


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

    return at(node.condition, choose)


# -- attributes, lists


def _attribute(node: Attribute, scope: Scope) -> Value:
    if isinstance(node.of, Name) and node.of.id == "prev":
        return _prev(node, scope)
    if isinstance(node.of, Name) and not scope.is_value_name(node.of.id) and node.of.id != "in":
        if scope.callable(node.of.id) is not None:
            return scope.error(node, f"{quoted(node.of.id)} is not a tensor; give the step that calls it a name")
        if node.of.id not in scope.words():
            return scope.undefined(node.of)
    of, name = compile_value(node.of, scope), node.name
    if name in ("c", "h", "w"):

        def size(fr: Any) -> Any:
            x = of(fr)
            if type(x) is not Tensor:
                if not isinstance(x, NetResult | tuple):
                    raise SpecError(f"only a tensor has .{name}")
                x = fr.run.one(x)
            return getattr(x, name)

        return at(node, size)
    return at(node, lambda fr: part_of(of(fr), name))


def part_of(x: Any, label: str) -> Any:
    """``net.stage4``: the result of a row, copy or step of a used network."""
    if not isinstance(x, NetResult):
        raise SpecError(f"no .{label} here: a tensor has .c, .h and .w; a used network has its rows and steps")
    path: Path = (x.path, label)
    if path not in x.record:
        labels = [p[1] for p in x.record if p is not None and p[0] == x.path]
        raise SpecError(f"the used network has no {quoted(label)} there{nearest(label, labels)}")
    value = x.record[path]
    return NetResult(value.value if isinstance(value, NetResult) else value, x.record, path)


def _prev(node: Attribute, scope: Scope) -> Value:
    if scope.prev is None:
        return scope.error(node, "'prev' is the row above, in a rule of 'where'; here is none")
    if node.name not in scope.prev:
        return scope.error(node, f"the table has no column {quoted(node.name)}{nearest(node.name, scope.prev)}")
    cell = scope.prev[node.name]
    if cell is None:
        return scope.error(node, f"prev.{node.name}: the cell of the row above is blank, or differs from copy to copy")
    return cell


def _index(node: Index, scope: Scope) -> Value:
    of, index = compile_value(node.of, scope), compile_value(node.index, scope)

    def item(fr: Any) -> Any:
        x, i = of(fr), ar.whole(index(fr))
        if isinstance(x, NetResult) and not isinstance(x.value, tuple):
            return part_of(x, str(i))
        if isinstance(x, NetResult):
            return part_of(x, str(i)) if (x.path, str(i)) in x.record else x.value[_position(i, len(x.value))]
        if not isinstance(x, list | tuple):
            raise SpecError("only a list, several tensors, or a used network's row can be indexed")
        return x[_position(i, len(x))]

    return _folded(node, scope, item, of, index)


def _position(i: Any, length: int) -> int:
    if not isinstance(i, int):
        raise SpecError("an index must be a plain whole number")
    if not 1 <= i <= length:
        raise SpecError(f"index {i} of {length}: lists count from 1")
    return i - 1


def _list(node: ListNode, scope: Scope) -> Value:
    items = [compile_value(x, scope) for x in node.items]
    if all(is_const(f) for f in items):
        return const([constant(f) for f in items])
    return lambda fr: [f(fr) for f in items]


# -- functions


def _call(node: Call, scope: Scope) -> Value:
    if not isinstance(node.function, Name):
        return scope.error(node, "only a name can be called")
    name = node.function.id
    let = scope.program.spec.lets.get(name)
    if let is not None and is_let_function(let):
        return _let_call(node, scope, let)
    if name not in FUNCTIONS:
        if scope.callable(name) is not None:
            return scope.error(node, f"{quoted(name)} is a layer or block, where a number, list or word is due")
        known = [*FUNCTIONS, *(n for n, v in scope.program.spec.lets.items() if is_let_function(v)), *scope.callables()]
        return scope.error(node, f"no layer, block or function is called {quoted(name)}{nearest(name, known)}")
    if any(n for n, _ in node.args) and name != "make_divisible":
        return scope.error(node, f"{name} takes its arguments by position")
    args = [compile_value(a, scope) for _, a in node.args]
    low, high = _ARITIES[name]
    if not low <= len(args) <= high or (len(args) > 1 and node.args[0][0]):
        wanted = f"{low}" if low == high else (f"{low} or more" if high > 9 else f"{low} or {high}")
        return scope.error(node, f"{name} takes {wanted} argument{'s' if wanted != '1' else ''}, not {len(args)}")
    function = _BUILTINS[name]
    if len(args) == 1:
        x = args[0]
        return _folded(node, scope, lambda fr: function(x(fr)), x)
    if name in ("make_divisible", "floor"):
        x, d = args
        return _folded(node, scope, lambda fr: function(x(fr), d(fr)), x, d)
    return _folded(node, scope, lambda fr: function(*[f(fr) for f in args]), *args)


def _let_call(node: Call, scope: Scope, let: Any) -> Value:
    name, params = let.head.name, [p for p, _ in let.head.params]
    scope.let_calls.add(name)
    given: dict[str, Value] = {}
    for k, (arg, value) in enumerate(node.args):
        if arg is None and k >= len(params):
            return scope.error(value, f"{name} takes {len(params)} arguments, not {len(node.args)}")
        key = arg if arg is not None else params[k]
        if key not in params or key in given:
            return scope.error(
                value, f"{name} takes {', '.join(params)}; {quoted(key)} is surplus{nearest(key, params)}"
            )
        given[key] = compile_value(value, scope)
    missing = [p for p, default in let.head.params if p not in given and default is None]
    if missing:
        return scope.error(node, f"{name} also needs {', '.join(missing)}")
    args = [given.get(p) for p in params]
    return at(node, lambda fr: fr.inst.call_let(name, [None if f is None else f(fr) for f in args], fr.run))


def _pick(key: Any, keys: Any, values: Any) -> Any:
    if not isinstance(keys, list) or not isinstance(values, list) or len(keys) != len(values) or not keys:
        raise ArithmeticProblem("pick(key, keys, values) takes two lists of one length")
    if ar.is_array(key):
        return _pick_array(key, keys, values)
    for k, v in zip(keys, values, strict=True):
        if ar.equal(key, k) is True:
            return v
    raise ArithmeticProblem(f"pick: {quoted(key)} is none of {', '.join(map(str, keys))}")


def _pick_array(key: Any, keys: list[Any], values: list[Any]) -> Any:
    result, found = values[-1], ar.equal(key, keys[-1])
    for k, v in zip(keys[:-1], values[:-1], strict=True):
        hit = ar.equal(key, k)
        result, found = ar.where(hit, v, result), ar.logical_or(found, hit)
    if not found.all():
        raise ArithmeticProblem(f"pick: an element of the array is none of {', '.join(map(str, keys))}")
    return result


def _len(x: Any) -> int:
    if isinstance(x, list | tuple):
        return len(x)
    raise ArithmeticProblem("len takes a list")


def _extreme(function: Callable[..., Any]) -> Callable[..., Any]:
    def extreme(*values: Any) -> Any:
        if len(values) == 1 and isinstance(values[0], list) and values[0]:
            values = tuple(values[0])
        return function(*values)

    return extreme


_BUILTINS: dict[str, Callable[..., Any]] = {
    "make_divisible": ar.make_divisible,
    "round": ar.round_half_even,
    "floor": ar.floor,
    "ceil": ar.ceil,
    "min": _extreme(ar.minimum),
    "max": _extreme(ar.maximum),
    "sqrt": ar.sqrt,
    "len": _len,
    "pick": _pick,
}
_ARITIES = {
    "make_divisible": (1, 2),
    "round": (1, 1),
    "floor": (1, 1),
    "ceil": (1, 1),
    "min": (1, 99),
    "max": (1, 99),
    "sqrt": (1, 1),
    "len": (1, 1),
    "pick": (3, 3),
}
