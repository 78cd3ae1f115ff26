"""Expressions → closures of a frame: constants, operators, conditions, lists and functions. What they mean stands here.

Whoever reads expressions (a spec, a convention) adds what its names are, where a problem goes, and what a condition is
that is neither yes nor no: a :class:`Meaning`.
"""

from __future__ import annotations

from typing import Any

from .. import arithmetic as ar
from ..errors import SpecError
from .closures import Value, const, constant, is_const, placed
from .functions import FUNCTIONS, check_arguments, check_nesting
from .operators import Apply, application, chain
from .syntax import Binary, Call, Conditional, Constant, ListNode, Name, Node, Parentheses, Unary


class Meaning:
    """What an expression's reader says of it; unless it says more, numbers and words are all there is."""

    def value(self, node: Node) -> Value:
        """The closure of a part."""
        code = compile_plain(node, self)
        if code is None:
            raise node.error("a number or a word is due here")
        return code

    def failing(self, problem: SpecError) -> Value:
        """What stands for an expression that can't be evaluated."""
        raise problem

    def refused(self, node: Binary) -> Value | None:
        """What stands for an operation that its text tells to be impossible; None if it is possible."""
        return None

    def equal(self, a: Any, b: Any, fr: Any) -> Any:
        """Whether a == b."""
        return ar.equal(a, b)

    def choose(self, node: Conditional, condition: Any, then: Value, otherwise: Value, fr: Any) -> Any:
        """The value of ``node`` where arrays or symbols leave the condition open, or it isn't one."""
        raise node.condition.error("neither yes nor no")

    def spend(self, fr: Any, characters: int) -> None:
        """Count work that grows with a list's length."""


def compile_plain(node: Node, meaning: Meaning) -> Value | None:
    """A closure for ``node``; None if it is none of what this language has everywhere."""
    if isinstance(node, Constant):
        return const(node.value)
    if isinstance(node, Parentheses):
        return meaning.value(node.inner)
    if isinstance(node, Binary):
        return _binary(node, meaning)
    if isinstance(node, Unary):
        return _unary(node, meaning)
    if isinstance(node, Conditional):
        return _conditional(node, meaning)
    if isinstance(node, ListNode):
        return _list(node, meaning)
    if isinstance(node, Call) and isinstance(node.function, Name) and node.function.id in FUNCTIONS:
        return _function(node, node.function.id, meaning)
    return None


def folded(node: Node, meaning: Meaning, code: Value, *parts: Value) -> Value:
    """``code`` with its errors placed, evaluated now if nothing in it can change."""
    safe = placed(node, code)
    if not all(is_const(p) for p in parts):
        return safe
    try:
        return const(safe(None))
    except SpecError as e:
        return meaning.failing(e)


def _binary(node: Binary, meaning: Meaning) -> Value:
    nodes = [node]
    while isinstance(nodes[-1].left, Binary):
        nodes.append(nodes[-1].left)
    first = meaning.value(nodes[-1].left)
    applications: list[Apply] = []
    for n in reversed(nodes):
        if (refused := meaning.refused(n)) is not None:
            return refused
        right = meaning.value(n.right)
        apply = application(n, right, meaning.equal)
        if applications or not is_const(first) or not is_const(right):
            applications.append(apply)
            continue
        try:
            first = const(apply(constant(first), None))
        except SpecError as e:
            return meaning.failing(e)
    return chain(first, applications) if applications else first


def _unary(node: Unary, meaning: Meaning) -> Value:
    x = meaning.value(node.x)
    if node.op == "-":
        return folded(node, meaning, lambda fr: ar.neg(x(fr)), x)
    return folded(node, meaning, lambda fr: ar.logical_not(ar.truth(x(fr))), x)


def _conditional(node: Conditional, meaning: Meaning) -> Value:
    if node.otherwise is None:
        return meaning.failing(node.error("a value needs both sides: A if condition else B"))
    then, condition, otherwise = (meaning.value(n) for n in (node.then, node.condition, node.otherwise))

    def choose(fr: Any) -> Any:
        c = condition(fr)
        if c is True:
            return then(fr)
        if c is False:
            return otherwise(fr)
        return meaning.choose(node, c, then, otherwise, fr)

    return placed(node.condition, choose)


def _list(node: ListNode, meaning: Meaning) -> Value:
    items = [meaning.value(x) for x in node.items]

    def members(fr: Any) -> list[Any]:
        found = [f(fr) for f in items]
        if any(type(x) is list for x in found):
            check_nesting(found)
        return found

    return folded(node, meaning, members, *items)


def _function(node: Call, name: str, meaning: Meaning) -> Value:
    function = FUNCTIONS[name]
    try:
        check_arguments(node, name, function)
    except SpecError as e:
        return meaning.failing(e)
    args = [meaning.value(a) for _, a in node.args]
    compute = function.compute
    if len(args) == 1:
        x = args[0]
        return folded(node, meaning, lambda fr: compute(x(fr)), x)
    if not function.takes_lists:
        x, y = args
        return folded(node, meaning, lambda fr: compute(x(fr), y(fr)), x, y)

    def call(fr: Any) -> Any:
        values = [f(fr) for f in args]
        meaning.spend(fr, 3 * sum(len(v) for v in values if type(v) is list))
        return compute(*values)

    return folded(node, meaning, call, *args)
