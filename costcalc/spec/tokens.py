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
      | (?P<size>[0-9]+x[0-9]+(?![\w.]))
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
