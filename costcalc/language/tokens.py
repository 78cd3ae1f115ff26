"""Text → tokens of the expression language."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import SpecError, quoted
from .source import Text

MAX_CHARACTERS = 2000
LIMIT = 2**53
RESERVED = frozenset(("in", "if", "else", "and", "or", "not", "each", "sharing", "with", "i", "first", "prev"))

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<size>[0-9]+(?:x[0-9]+){1,2}(?![\w.]))
      | (?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w]))
      | (?P<name>✓|[^\W\d]\w*)
      | (?P<op>->|\*\*|//|==|!=|<=|>=|\.\.|[-+*/%<>()\[\],.=;])
    """,
    re.VERBOSE,
)
_INSTEAD = {
    "&": "'and'",
    "|": "'or'",
    "!": "'not' or '!='",
    "^": "'**'",
    "²": "'**2'",
    "×": "'*'",
    "·": "'*'",
    "−": "'-'",
    "–": "'-'",
    "→": "'->'",
    "{": "a list: [a, b]",
}


class Token(NamedTuple("Token", [("kind", str), ("value", str), ("at", int)])):
    """A piece of a text: ``size`` (3x3), ``number``, ``name``, ``op`` or ``end``; its offset."""

    __slots__ = ()


def tokenize(text: Text) -> list[Token]:
    """The tokens of ``text``, with an ``end`` token last."""
    value = text.value
    if len(value) > MAX_CHARACTERS:
        raise text.error(f"an expression of {len(value):,} characters; at most {MAX_CHARACTERS:,}")
    tokens: list[Token] = []
    at = 0
    while at < len(value):
        m = _TOKEN.match(value, at)
        kind = "none" if m is None else str(m.lastgroup)
        if m is None or (kind == "name" and m[0] != "✓" and not m[0].isidentifier()):
            raise _unexpected(text, at)
        if kind != "space":
            tokens.append(Token(kind, m[0], at))
        at = m.end()
    tokens.append(Token("end", "", len(value.rstrip())))
    text.source.spend(len(tokens), text)
    return tokens


def _unexpected(text: Text, at: int) -> SpecError:
    rest = text.value[at:]
    m = re.match(r"\w+", rest)
    if rest[0].isdigit() and m is not None:
        return text.error(f"{quoted(m[0])} is neither a number nor a name", at)
    if rest[0] in "'\"":
        return text.error("a quotation mark; words stand without: act=relu", at)
    hint = f"; write {_INSTEAD[rest[0]]}" if rest[0] in _INSTEAD else ""
    return text.error(f"{quoted(rest[0])} has no meaning here{hint}", at)


def number(digits: str, text: Text, at: int) -> int | float:
    """The number that ``digits`` name, below 2**53 and finite."""
    if len(digits) > 40:
        raise text.error("a number of more than 40 digits", at)
    value: int | float = int(digits) if digits.isdigit() else float(digits)
    if not value < LIMIT:
        raise text.error(f"{digits} is too large: numbers are below 2**53", at)
    return value


class Reader:
    """The tokens of one text, read from left to right."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self.i = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.i]

    def take(self, value: str) -> bool:
        t = self.tokens[self.i]
        if t.value == value and t.kind in ("op", "name"):
            self.i += 1
            return True
        return False

    def expect(self, value: str) -> Token:
        t = self.token
        if not self.take(value):
            raise self.unexpected(quoted(value))
        return t

    def expect_name(self, what: str) -> str:
        t = self.token
        if t.kind != "name" or t.value == "✓":
            raise self.unexpected(what)
        if t.value in RESERVED:
            raise self.text.error(f"{quoted(t.value)} is a reserved word", t.at)
        if t.value in ("yes", "no"):
            raise self.text.error(f"{quoted(t.value)} is a value and can't be a name", t.at)
        self.i += 1
        return t.value

    def unexpected(self, wanted: str) -> SpecError:
        t = self.token
        if t.kind == "end":
            return self.text.error(f"the text ends where {wanted} is due{self._cut()}", t.at)
        return self.text.error(f"{quoted(t.value)} where {wanted} is due", t.at)

    def _cut(self) -> str:
        """What YAML may have cut off: a plain scalar ends at `` #``, and in {…} at a comma."""
        place = self.text.place(len(self.text.value))
        lines = self.text.source.lines
        rest = lines[place.line - 1][place.column - 1 :].lstrip() if place.line <= len(lines) else ""
        if self.text.style is None and rest.startswith("#"):
            return "; YAML cut the text at ' #': put it in quotes"
        if self.text.style is None and rest.startswith(","):
            return "; YAML cut the text at the comma: inside {…} put it in quotes"
        return ""

    def end(self, *, is_step: bool = False) -> None:
        """An error unless all is read."""
        t = self.token
        if t.kind == "end":
            return
        hint = ""
        if t.value == "=":
            hint = "; '==' compares"
        elif is_step and t.kind in ("name", "number", "size") and self.tokens[self.i - 1].kind == "name":
            hint = "; arguments stand in parentheses: conv(3x3, 32)"
        raise self.text.error(f"{quoted(t.value)} is left over{hint}", t.at)
