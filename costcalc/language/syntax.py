"""The expression language's syntax tree. Every node knows its text and offset, so its place can be told."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import Place, SpecError
from .source import Text


class Node:
    """Base: ``text`` and offset ``at`` of the node."""

    __slots__ = ("at", "text")

    def __init__(self, text: Text, at: int) -> None:
        self.text = text
        self.at = at

    @property
    def place(self) -> Place:
        return self.text.place(self.at)

    def error(self, message: str) -> SpecError:
        return SpecError(message, self.place)

    def children(self) -> tuple[Node, ...]:
        return ()


class Literal(Node):
    """A number, yes/no written ✓, or a kernel size."""

    __slots__ = ("value",)

    def __init__(self, text: Text, at: int, value: object) -> None:
        super().__init__(text, at)
        self.value = value


class Name(Node):
    """A bare name."""

    __slots__ = ("id",)

    def __init__(self, text: Text, at: int, id: str) -> None:
        super().__init__(text, at)
        self.id = id


class Attribute(Node):
    """``of.name``."""

    __slots__ = ("name", "of")

    def __init__(self, text: Text, at: int, of: Node, name: str) -> None:
        super().__init__(text, at)
        self.of = of
        self.name = name

    def children(self) -> tuple[Node, ...]:
        return (self.of,)


class Index(Node):
    """``of[index]``."""

    __slots__ = ("index", "of")

    def __init__(self, text: Text, at: int, of: Node, index: Node) -> None:
        super().__init__(text, at)
        self.of = of
        self.index = index

    def children(self) -> tuple[Node, ...]:
        return (self.of, self.index)


class Call(Node):
    """``name(args)``; ``args`` are (name or None, value), and ``starts`` the offsets where they begin."""

    __slots__ = ("args", "function", "starts")

    def __init__(
        self, text: Text, at: int, function: Node, args: list[tuple[str | None, Node]], starts: list[int]
    ) -> None:
        super().__init__(text, at)
        self.function = function
        self.args = args
        self.starts = starts

    def children(self) -> tuple[Node, ...]:
        return tuple(a for _, a in self.args)


class Binary(Node):
    """``left op right``: arithmetic, comparison, ``and`` and ``or``."""

    __slots__ = ("left", "op", "right")

    def __init__(self, text: Text, at: int, op: str, left: Node, right: Node) -> None:
        super().__init__(text, at)
        self.op = op
        self.left = left
        self.right = right

    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


class Unary(Node):
    """``-x`` and ``not x``."""

    __slots__ = ("op", "x")

    def __init__(self, text: Text, at: int, op: str, x: Node) -> None:
        super().__init__(text, at)
        self.op = op
        self.x = x

    def children(self) -> tuple[Node, ...]:
        return (self.x,)


class Conditional(Node):
    """``then if condition else otherwise``; ``otherwise`` may be missing."""

    __slots__ = ("condition", "otherwise", "then")

    def __init__(self, text: Text, at: int, then: Node, condition: Node, otherwise: Node | None) -> None:
        super().__init__(text, at)
        self.then = then
        self.condition = condition
        self.otherwise = otherwise

    def children(self) -> tuple[Node, ...]:
        return (self.then, self.condition) + ((self.otherwise,) if self.otherwise else ())


class Pipe(Node):
    """``a -> b -> c``."""

    __slots__ = ("elements",)

    def __init__(self, text: Text, at: int, elements: list[Node]) -> None:
        super().__init__(text, at)
        self.elements = elements

    def children(self) -> tuple[Node, ...]:
        return tuple(self.elements)


class Each(Node):
    """``each CALL``."""

    __slots__ = ("call",)

    def __init__(self, text: Text, at: int, call: Node) -> None:
        super().__init__(text, at)
        self.call = call

    def children(self) -> tuple[Node, ...]:
        return (self.call,)


class Sharing(Node):
    """``ELEMENT sharing weights|all [with NAME]``."""

    __slots__ = ("element", "mode", "with_name")

    def __init__(self, text: Text, at: int, element: Node, mode: str, with_name: str | None) -> None:
        super().__init__(text, at)
        self.element = element
        self.mode = mode
        self.with_name = with_name

    def children(self) -> tuple[Node, ...]:
        return (self.element,)


class Tuple(Node):
    """``(a, b)``: several tensors."""

    __slots__ = ("items",)

    def __init__(self, text: Text, at: int, items: list[Node]) -> None:
        super().__init__(text, at)
        self.items = items

    def children(self) -> tuple[Node, ...]:
        return tuple(self.items)


class Group(Node):
    """``(a)``: parentheses are kept, for a repeat of a parenthesised pipe is a repeat."""

    __slots__ = ("inner",)

    def __init__(self, text: Text, at: int, inner: Node) -> None:
        super().__init__(text, at)
        self.inner = inner

    def children(self) -> tuple[Node, ...]:
        return (self.inner,)


class ListNode(Node):
    """``[a, b]``."""

    __slots__ = ("items",)

    def __init__(self, text: Text, at: int, items: list[Node]) -> None:
        super().__init__(text, at)
        self.items = items

    def children(self) -> tuple[Node, ...]:
        return tuple(self.items)


def ungroup(node: Node) -> Node:
    """``node`` without its outer parentheses."""
    while isinstance(node, Group):
        node = node.inner
    return node


def walk(node: Node) -> list[Node]:
    """``node`` and all below it."""
    found = [node]
    for n in found:
        found.extend(n.children())
        if isinstance(n, Call):
            found.append(n.function)
    return found


def names_in(node: Node) -> Iterator[str]:
    """Every bare name in ``node``."""
    for n in walk(node):
        if isinstance(n, Name):
            yield n.id


def mentions(node: Node, *names: str) -> bool:
    """Whether ``node`` says one of ``names``."""
    return any(n in names for n in names_in(node))
