"""The expression language's syntax tree. Every node knows its text and offset, so its place can be told."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Place, SpecError
from ..record import Record
from .source import Text


class Node(Record):
    """Base: ``text`` and offset ``at`` of the node. What its fields hold of nodes, alone or in lists, is below it."""

    text: Text
    at: int

    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def place(self) -> Place:
        return self.text.place(self.at)

    def error(self, message: str) -> SpecError:
        return SpecError(message, self.place)

    def children(self) -> Iterator[Node]:
        """The nodes right below this one, from left to right."""
        for value in self.__dict__.values():
            for item in value if type(value) is list else (value,):
                child = item[1] if type(item) is tuple else item  # an argument: (name or None, value)
                if isinstance(child, Node):
                    yield child


class Constant(Node):
    """A number, yes/no written ✓, or a kernel size."""

    value: object


class Name(Node):
    """A bare name."""

    id: str


class Attribute(Node):
    """``of.name``."""

    of: Node
    name: str


class Index(Node):
    """``of[index]``."""

    of: Node
    index: Node


class Call(Node):
    """``name(args)``; ``args`` are (name or None, value), and ``starts`` the offsets where they begin."""

    function: Node
    args: list[tuple[str | None, Node]]
    starts: list[int]


class Binary(Node):
    """``left op right``: arithmetic, comparison, ``and`` and ``or``."""

    op: str
    left: Node
    right: Node


class Unary(Node):
    """``-x`` and ``not x``."""

    op: str
    x: Node


class Conditional(Node):
    """``then if condition else otherwise``; ``otherwise`` may be missing."""

    then: Node
    condition: Node
    otherwise: Node | None


class Pipe(Node):
    """``a -> b -> c``."""

    elements: list[Node]


class Each(Node):
    """``each CALL``."""

    call: Node


class SharingNode(Node):
    """``ELEMENT sharing weights|all [with NAME]``."""

    element: Node
    mode: str
    with_name: str | None


class TupleNode(Node):
    """``(a, b)``: several tensors."""

    items: list[Node]


class Parentheses(Node):
    """``(a)``: parentheses are kept, for a repeat of a parenthesised pipe is a repeat."""

    inner: Node


class ListNode(Node):
    """``[a, b]``."""

    items: list[Node]


def ungroup(node: Node) -> Node:
    """``node`` without its outer parentheses."""
    while isinstance(node, Parentheses):
        node = node.inner
    return node


def walk(node: Node) -> list[Node]:
    """``node`` and all below it."""
    found = [node]
    for n in found:
        found.extend(n.children())
    return found


def names_in(node: Node) -> Iterator[str]:
    """Every bare name in ``node``."""
    for n in walk(node):
        if isinstance(n, Name):
            yield n.id


def mentions(node: Node, *names: str) -> bool:
    """Whether ``node`` says one of ``names``."""
    return any(n in names for n in names_in(node))
