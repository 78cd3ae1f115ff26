"""``--where``: a condition on a row, in the language of the specs, over numbers or over arrays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .. import arithmetic as ar
from ..errors import nearest, quoted
from ..language.closures import Value
from ..language.functions import FUNCTIONS
from ..language.interpreter import Meaning, compile_plain
from ..language.parse import parse_step
from ..language.syntax import Binary, Call, Conditional, Constant, Name, Node, Parentheses, Unary, walk
from ..language.text import Source, Text

_CONDITIONS = frozenset(("==", "!=", "<", "<=", ">", ">=", "and", "or"))
NAME = "--where"


class Condition:
    """A condition on the columns of a row.

    ``columns`` are the names that mean something, ``words`` the choices of those whose values are words: a name that
    is compared with one of these is a word itself. Raises :class:`SpecError`, placed, for what is no condition on them.
    """

    def __init__(self, text: str, columns: Collection[str], words: Mapping[str, Collection[str]]) -> None:
        node = parse_step(Text(text, Source(NAME, text), 1, 1))
        functions = {id(call.function) for call in walk(node) if isinstance(call, Call)}
        beside = _words_of(node, words)
        names = [n for n in walk(node) if isinstance(n, Name) and id(n) not in functions and id(n) not in beside]
        for name in names:
            if name.id not in columns:
                there = f"; there are {', '.join(columns)}"
                raise name.error(f"nothing is called {quoted(name.id)} here{nearest(name.id, columns)}{there}")
        _check(node)
        self.names = frozenset(name.id for name in names)
        self._code = _OfRow(beside).value(node)

    def holds(self, row: Mapping[str, Any]) -> Any:
        """Whether it holds for the columns of ``row``: a bool, or a bool array where some are arrays."""
        return ar.truth(self._code(row))


def _words_of(node: Node, words: Mapping[str, Collection[str]]) -> dict[int, str]:
    """The names that are words, by their nodes: those compared with a column of words."""
    found: dict[int, str] = {}
    for n in walk(node):
        if isinstance(n, Binary) and n.op in ("==", "!=") and isinstance(n.left, Name) and isinstance(n.right, Name):
            for column, word in ((n.left, n.right), (n.right, n.left)):
                if column.id in words and word.id not in words:
                    if word.id not in words[column.id]:
                        close = nearest(word.id, words[column.id])
                        raise word.error(f"{quoted(word.id)} is none of {', '.join(words[column.id])}{close}")
                    found[id(word)] = word.id
    return found


def _check(node: Node) -> None:
    """An error unless ``node`` is a condition, of forms that a row can decide."""
    for n in walk(node):
        known = isinstance(n, Constant | Parentheses | Name | Binary | Unary | Conditional)
        if isinstance(n, Call) and isinstance(n.function, Name) and n.function.id in FUNCTIONS:
            known = True
        if not known:
            raise n.error("a condition has numbers, columns, + - * / // % **, comparisons, and, or, not, and functions")
    if not _is_condition(node):
        raise node.error("this is no condition; write one, such as mult_adds < 300e6 and params < 3e6")


def _is_condition(node: Node) -> bool:
    if isinstance(node, Parentheses):
        return _is_condition(node.inner)
    if isinstance(node, Conditional):
        return node.otherwise is not None and _is_condition(node.then) and _is_condition(node.otherwise)
    if isinstance(node, Binary):
        return node.op in _CONDITIONS
    if isinstance(node, Unary):
        return node.op == "not"
    return isinstance(node, Constant) and isinstance(node.value, bool)


class _OfRow(Meaning):
    """What expressions mean on a row: names are its columns."""

    def __init__(self, words: Mapping[int, str]) -> None:
        self.words = words

    def value(self, node: Node) -> Value:
        if isinstance(node, Name):
            name = node.id
            if id(node) in self.words:
                return lambda row: name
            return lambda row: row[name]
        code = compile_plain(node, self)
        if code is None:
            raise node.error("a condition has no layers and no tensors")
        return code

    def choose(self, node: Conditional, condition: Any, then: Value, otherwise: Value, fr: Any) -> Any:
        holds = ar.truth(condition)
        if isinstance(holds, bool):
            return then(fr) if holds else otherwise(fr)
        return ar.where(holds, then(fr), otherwise(fr))
