"""The factors of conventions that are expressions: over a layer's parts, its sizes, and how its code is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from .. import arithmetic as ar
from ..errors import nearest, quoted
from ..graph import Layer
from ..language.syntax import Binary, Call, Conditional, Constant, Name, Node, Parentheses, Unary, walk
from ..ops import elements

SIZES = (
    "in_elements", "last_in_elements", "out_elements", "dilated_elements",
    "window", "in_channels", "channels", "whole_map",
)  # fmt: skip
"""Names that every layer has: elements of its first and last input and of its output, elements of the output if each
side is raised to a multiple of the dilation, kh·kw, channels of the first input and of the output, and whether its
window is the whole map."""

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": ar.add, "-": ar.sub, "*": ar.mul, "/": ar.div, "//": ar.floordiv, "%": ar.mod, "**": ar.power,
    "==": ar.equal,
    "!=": lambda a, b: ar.logical_not(ar.equal(a, b)),
    "<": ar.less,
    "<=": ar.less_equal,
    ">": lambda a, b: ar.less(b, a),
    ">=": lambda a, b: ar.less_equal(b, a),
    "and": lambda a, b: ar.logical_and(ar.truth(a), ar.truth(b)),
    "or": lambda a, b: ar.logical_or(ar.truth(a), ar.truth(b)),
}  # fmt: skip
_FUNCTIONS = {"floor": ar.floor, "ceil": ar.ceil, "round": ar.round_half_even, "min": ar.minimum, "max": ar.maximum}
_FORMS = "numbers, names, + - * / // % **, comparisons, a if condition else b, and floor, ceil, round, min, max"


def check(node: Node, parts: Collection[str], words: Mapping[str, Collection[str]]) -> None:
    """An error for what an expression can't have: another form, or a name that means nothing.

    ``parts`` are those of the layers that the rule is for, ``words`` the properties of code and their choices.
    """
    functions: set[int] = set()
    compared: dict[int, Collection[str]] = {}
    for found in walk(node):
        _check_form(found)
        if isinstance(found, Call):
            functions.add(id(found.function))
        elif isinstance(found, Binary) and found.op in ("==", "!="):
            for a, b in ((found.left, found.right), (found.right, found.left)):
                if isinstance(a, Name) and a.id in words:
                    compared |= {id(a): (a.id,), id(b): words[a.id]}
    known = [*parts, *SIZES]
    for name in walk(node):
        if isinstance(name, Name) and id(name) not in functions:
            _check_name(name, known, words, compared.get(id(name)))


def _check_name(
    name: Name, known: Collection[str], words: Mapping[str, Collection[str]], choices: Collection[str] | None
) -> None:
    if choices is not None:
        if name.id not in choices:
            raise name.error(f"{quoted(name.id)} is none of {', '.join(choices)}{nearest(name.id, choices)}")
    elif name.id in words:
        raise name.error(f"{name.id} is a word: compare it, as in {name.id} == {next(iter(words[name.id]))}")
    elif name.id not in known:
        every = [*known, *words]
        close = nearest(name.id, every)
        raise name.error(f"nothing is called {quoted(name.id)} here{close}; there are {', '.join(every)}")


def _check_form(node: Node) -> None:
    ok = isinstance(node, Constant | Parentheses | Name)
    ok = ok or (isinstance(node, Binary) and node.op in _OPERATORS)
    ok = ok or (isinstance(node, Unary) and node.op in ("-", "not"))
    if isinstance(node, Call):
        ok = isinstance(node.function, Name) and node.function.id in _FUNCTIONS
        ok = ok and bool(node.args) and not any(name for name, _ in node.args)
    if isinstance(node, Conditional):
        if node.otherwise is None:
            raise node.error("a factor has a value in either case: a if condition else b")
        ok = True
    if not ok:
        raise node.error(f"a convention's expression has {_FORMS}")


def of_layer(node: Node, parts: Mapping[str, Any], layer: Layer, words: Mapping[str, Any]) -> Any:
    """The value of ``node`` for ``layer``, whose work or weights are ``parts``; its weights can be asked for too."""
    op = layer.op
    names = {**op.weights(), **parts, **words}
    names["in_elements"] = elements(layer.in_shapes[0])
    names["last_in_elements"] = elements(layer.in_shapes[-1])
    names["out_elements"] = elements(layer.out_shape)
    names["window"] = op.window
    names["in_channels"] = layer.in_shapes[0][0]
    names["channels"] = layer.out_shape[0]
    names["dilated_elements"] = _dilated(layer)
    names["whole_map"] = op.is_global
    try:
        return evaluate(node, names)
    except RecursionError:
        raise node.error("an expression of too many operators") from None


def _dilated(layer: Layer) -> Any:
    """Elements of an output whose sides are raised to multiples of its op's dilation."""
    channels, *sides = layer.out_shape
    rates = getattr(layer.op, "dilation", (1,) * len(sides))
    raised = [n if d == 1 else ar.mul(ar.ceil(ar.div(n, d)), d) for n, d in zip(sides, rates, strict=True)]
    return elements((channels, *raised))


def evaluate(node: Node, names: Mapping[str, Any]) -> Any:
    """An expression over ``names``. A part that the layer hasn't got is 0."""
    if isinstance(node, Constant):
        return node.value
    if isinstance(node, Parentheses):
        return evaluate(node.inner, names)
    if isinstance(node, Name):
        return names.get(node.id, 0)
    if isinstance(node, Binary):
        return _OPERATORS[node.op](_operand(node.left, node.right, names), _operand(node.right, node.left, names))
    if isinstance(node, Unary):
        value = evaluate(node.x, names)
        return ar.neg(value) if node.op == "-" else ar.logical_not(ar.truth(value))
    if isinstance(node, Conditional):
        return _choose(node, names)
    assert isinstance(node, Call)
    assert isinstance(node.function, Name)
    return _FUNCTIONS[node.function.id](*[evaluate(a, names) for _, a in node.args])


def _operand(node: Node, beside: Node, names: Mapping[str, Any]) -> Any:
    """A side of an operator; beside a property of the code a name is the word itself."""
    if isinstance(node, Name) and isinstance(beside, Name) and isinstance(names.get(beside.id), str):
        return node.id
    return evaluate(node, names)


def _choose(node: Conditional, names: Mapping[str, Any]) -> Any:
    condition = ar.truth(evaluate(node.condition, names))
    assert node.otherwise is not None
    if isinstance(condition, bool):
        return evaluate(node.then if condition else node.otherwise, names)
    if ar.is_symbolic(condition):
        raise node.condition.error(f"a symbol leaves it open whether {condition}; give it a number")
    return ar.where(condition, evaluate(node.then, names), evaluate(node.otherwise, names))
