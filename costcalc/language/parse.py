"""Text → syntax tree: one function for each rule of the grammar (docs/spec-language.md)."""

from __future__ import annotations

from ..errors import SpecError, quoted
from .source import Text
from .syntax import (
    Attribute,
    Binary,
    Call,
    Conditional,
    Constant,
    Each,
    Index,
    ListNode,
    Name,
    Node,
    Parentheses,
    Pipe,
    SharingNode,
    TupleNode,
    Unary,
)
from .tokens import RESERVED, Reader, number
from .values import Size

MAX_DEPTH = 50
_NOT_ATOMS = RESERVED - {"in", "i", "first", "prev"}
_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))


class Parser(Reader):
    """Recursive descent over one text."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.depth = 0

    def _too_deep(self, at: int) -> SpecError:
        return self.text.error(f"an expression nested more than {MAX_DEPTH} deep", at)

    # -- the grammar

    def step(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._too_deep(self.token.at)
        node = self.pipe()
        at = self.token.at
        if self.take("if"):
            condition = self.disjunction()
            otherwise = self.step() if self.take("else") else None
            node = Conditional(self.text, at, node, condition, otherwise)
        self.depth -= 1
        return node

    def pipe(self) -> Node:
        at = self.token.at
        elements = [self.element()]
        while self.take("->"):
            elements.append(self.element())
        return elements[0] if len(elements) == 1 else Pipe(self.text, at, elements)

    def element(self) -> Node:
        at = self.token.at
        node = Each(self.text, at, self.disjunction()) if self.take("each") else self.disjunction()
        at = self.token.at
        if self.take("sharing"):
            mode = next((m for m in ("weights", "all") if self.take(m)), None)
            if mode is None:
                raise self.unexpected("'weights' or 'all'")
            name = self.expect_name("a step's name") if self.take("with") else None
            return SharingNode(self.text, at, node, mode, name)
        return node

    def disjunction(self) -> Node:
        node = self.conjunction()
        while (at := self.token.at, self.take("or"))[1]:
            node = Binary(self.text, at, "or", node, self.conjunction())
        return node

    def conjunction(self) -> Node:
        node = self.negation()
        while (at := self.token.at, self.take("and"))[1]:
            node = Binary(self.text, at, "and", node, self.negation())
        return node

    def negation(self) -> Node:
        at = self.token.at
        count = 0
        while self.take("not"):
            count += 1
        node = self.comparison()
        if count:
            node = Unary(self.text, at, "not", node)
            if count % 2 == 0:
                node = Unary(self.text, at, "not", node)
        return node

    def comparison(self) -> Node:
        node = self.sum()
        t = self.token
        if t.kind == "op" and t.value in _COMPARISONS:
            self.i += 1
            node = Binary(self.text, t.at, t.value, node, self.sum())
            if self.token.value in _COMPARISONS:
                raise self.text.error("comparisons can't be chained; join two with 'and'", self.token.at)
        return node

    def sum(self) -> Node:
        node = self.term()
        while (t := self.token).kind == "op" and t.value in ("+", "-"):
            self.i += 1
            node = Binary(self.text, t.at, t.value, node, self.term())
        return node

    def term(self) -> Node:
        node = self.unary()
        while (t := self.token).kind == "op" and t.value in ("*", "/", "//", "%"):
            self.i += 1
            node = Binary(self.text, t.at, t.value, node, self.unary())
        return node

    def unary(self) -> Node:
        at = self.token.at
        negative = False
        while self.take("-"):
            negative = not negative
        if at != self.token.at:
            node = self._power()
            return Unary(self.text, at, "-", node) if negative else node
        return self._power()

    def _power(self) -> Node:
        node = self.post()
        at = self.token.at
        if self.take("**"):
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise self._too_deep(at)
            node = Binary(self.text, at, "**", node, self.unary())
            self.depth -= 1
        return node

    def post(self) -> Node:
        node = self.atom()
        steps = 0
        while True:
            steps += 1
            if steps > MAX_DEPTH:
                raise self._too_deep(self.token.at)
            at = self.token.at
            if self.take("."):
                node = Attribute(self.text, at + 1, node, self.expect_name("a name"))
            elif self.take("["):
                index = self.step()
                self.expect("]")
                node = Index(self.text, at, node, index)
            elif self.take("("):
                if not isinstance(node, Name | Attribute):
                    raise self.text.error("only a name can be called", at)
                args, starts = self.arguments(")")
                node = Call(self.text, node.at, node, args, starts)
            else:
                return node

    def arguments(self, close: str) -> tuple[list[tuple[str | None, Node]], list[int]]:
        """The arguments up to ``close``, and where each begins."""
        args: list[tuple[str | None, Node]] = []
        starts: list[int] = []
        if self.take(close):
            return args, starts
        while True:
            name = None
            starts.append(self.token.at)
            following = self.tokens[self.i + 1] if self.token.kind == "name" else None
            if following is not None and following.value == "=" and following.kind == "op":
                name = self.expect_name("an argument's name")
                self.expect("=")
            elif any(n is not None for n, _ in args):
                raise self.text.error("an argument by position after one by name", self.token.at)
            args.append((name, self.step()))
            if self.take(close):
                return args, starts
            if not self.take(","):
                raise self.unexpected(f"',' or '{close}'")

    def atom(self) -> Node:
        t = self.token
        if t.kind == "number":
            self.i += 1
            return Constant(self.text, t.at, number(t.value, self.text, t.at))
        if t.kind == "size":
            self.i += 1
            numbers = [int(number(n, self.text, t.at)) for n in t.value.split("x")]
            return Constant(self.text, t.at, Size(*numbers))
        if t.kind == "name":
            if t.value in _NOT_ATOMS:
                raise self.unexpected("a value")
            self.i += 1
            if t.value in ("✓", "yes", "no"):
                return Constant(self.text, t.at, t.value != "no")
            return Name(self.text, t.at, t.value)
        if self.take("("):
            items = [self.step()]
            while self.take(","):
                items.append(self.step())
            if not self.take(")"):
                raise self.unexpected("',' or ')'")
            return Parentheses(self.text, t.at, items[0]) if len(items) == 1 else TupleNode(self.text, t.at, items)
        if self.take("["):
            members, starts = self.arguments("]")
            for (name, _), at in zip(members, starts, strict=True):
                if name is not None:
                    raise self.text.error(f"a list's members have no names ({quoted(name)})", at)
            return ListNode(self.text, t.at, [v for _, v in members])
        if t.value == "." and self.tokens[self.i + 1].kind == "number":
            raise self.text.error(f"a number begins with a digit: 0.{self.tokens[self.i + 1].value}", t.at)
        raise self.unexpected("a value")


def parse_step(text: Text) -> Node:
    """The whole of ``text`` as one step (or value)."""
    if not text.value.strip():
        raise text.error("an expression is missing here")
    parser = Parser(text)
    node = parser.step()
    parser.end(is_step=True)
    return node


def parse_range(text: Text) -> tuple[Node, Node]:
    """``low..high``."""
    parser = Parser(text)
    low = parser.sum()
    if not parser.take(".."):
        raise parser.unexpected("'..' (a range is low..high)")
    high = parser.sum()
    parser.end()
    return low, high
