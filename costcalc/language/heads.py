"""The left sides: keys of steps, heads of blocks and functions; and the arguments under ``defaults``."""

from __future__ import annotations

from ..errors import quoted
from ..record import Record
from .parse import Parser
from .source import Text
from .syntax import Name, Node


class Head(Record):
    """``name(h, *rest; c, s=1)``: tensors, the tuple of the rest, parameters with their defaults."""

    name: str
    tensors: list[str] | None
    rest: str | None
    params: list[tuple[str, Node | None]]
    is_call: bool
    """Whether it has parentheses."""


def parse_head(text: Text) -> Head:
    """The head of a block, or of a function under ``let``."""
    parser = Parser(text)
    name = parser.expect_name("a name")
    tensors: list[str] | None = None
    rest: str | None = None
    params: list[tuple[str, Node | None]] = []
    seen: set[str] = set()
    is_call = parser.take("(")
    if is_call:
        if any(t.value == ";" for t in parser.tokens):
            tensors, rest = _tensor_names(parser, seen)
        if not parser.take(")"):
            params = _param_names(parser, seen)
    parser.end()
    return Head(name, tensors, rest, params, is_call)


def _once(parser: Parser, what: str, seen: set[str]) -> str:
    at = parser.token.at
    name = parser.expect_name(what)
    if name in seen:
        raise parser.text.error(f"{quoted(name)} is named twice", at)
    seen.add(name)
    return name


def _tensor_names(parser: Parser, seen: set[str]) -> tuple[list[str], str | None]:
    names: list[str] = []
    while True:
        if parser.take("*"):
            rest = _once(parser, "a tensor's name", seen)
            parser.expect(";")
            return names, rest
        names.append(_once(parser, "a tensor's name", seen))
        if parser.take(";"):
            return names, None
        if not parser.take(","):
            raise parser.unexpected("',' or ';'")


def _param_names(parser: Parser, seen: set[str]) -> list[tuple[str, Node | None]]:
    params: list[tuple[str, Node | None]] = []
    while True:
        name = _once(parser, "a parameter's name", seen)
        default = parser.step() if parser.take("=") else None
        params.append((name, default))
        if parser.take(")"):
            return params
        if not parser.take(","):
            raise parser.unexpected("',' or ')'")


def parse_key(text: Text) -> list[str]:
    """``name`` or ``name, name``: the left side of a step."""
    parser = Parser(text)
    seen: set[str] = set()
    names = [_once(parser, "a name", seen)]
    while parser.take(","):
        seen.discard("_")  # what isn't needed, as often as there is
        names.append(_once(parser, "a name", seen))
    parser.end()
    return names


def parse_name(text: Text, what: str) -> str:
    """One name."""
    parser = Parser(text)
    name = parser.expect_name(what)
    parser.end()
    return name


def parse_arguments(text: Text) -> list[tuple[Name, Node]]:
    """``name=value, …``, as under ``defaults``."""
    parser = Parser(text)
    args: list[tuple[Name, Node]] = []
    while True:
        at = parser.token.at
        name = parser.expect_name("an argument's name")
        parser.expect("=")
        args.append((Name(text, at, name), parser.step()))
        if not parser.take(","):
            break
    token = parser.token
    if token.kind == "name" and parser.tokens[parser.i + 1].value == "=":
        raise text.error(f"a comma is missing before {quoted(token.value)}", token.at)
    parser.end()
    return args
