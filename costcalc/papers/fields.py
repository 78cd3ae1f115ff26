"""Fields of the papers' YAML: what is known, what is needed, texts, values and points."""

from __future__ import annotations

from typing import Any

from ..errors import nearest, quoted
from ..language.interpreter import Meaning
from ..language.parse import parse_step
from ..language.sections import as_mapping, as_text
from ..language.source import Text, YamlMapping, YamlNode
from ..language.syntax import ListNode, Name


def known(node: YamlMapping, keys: tuple[str, ...]) -> None:
    """An error for the first key that isn't one of ``keys``."""
    for key, _ in node.items:
        if key.value not in keys:
            raise key.error(f"no {quoted(key.value)} here{nearest(key.value, keys)}; there are {', '.join(keys)}")


def need(node: YamlMapping, key: str) -> YamlNode:
    """The value of ``key``, or an error at the mapping."""
    value = node.get(key)
    if value is None:
        raise node.text.error(f"{quoted(key)} is missing here")
    return value


def text_of(node: YamlMapping, key: str) -> str:
    """The text of ``key`` on one line, empty if it isn't there."""
    value = node.get(key)
    return "" if value is None else " ".join(as_text(value, "a text").value.split())


def point(node: YamlNode | None, *, free: bool = False) -> dict[str, Any]:
    """A point of the parameters; ``free``: of a network that isn't shipped, so any text will do."""
    if node is None:
        return {}
    read = (lambda t: t.value) if free else value_of
    return {k.value: read(as_text(v, "a value")) for k, v in as_mapping(node, "{alpha: 0.5}").items}


def value_of(text: Text) -> Any:
    """A number (also a fraction, exact, or negative) or a word."""
    node = parse_step(text)
    if isinstance(node, ListNode):
        raise node.error("a number or a word is due here")
    return node.id if isinstance(node, Name) else Meaning().value(node)(None)
