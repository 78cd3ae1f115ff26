"""What YAML is composed to: texts, mappings and sequences; and reading them as what is due."""

from __future__ import annotations

from ..errors import Place, SpecError
from .text import Text


class YamlMapping:
    """A YAML mapping: its pairs in order."""

    __slots__ = ("items", "text")

    def __init__(self, text: Text) -> None:
        self.text = text
        self.items: list[tuple[Text, YamlNode]] = []

    def get(self, key: str) -> YamlNode | None:
        for k, v in self.items:
            if k.value == key:
                return v
        return None


class YamlList:
    """A YAML sequence."""

    __slots__ = ("items", "text")

    def __init__(self, text: Text) -> None:
        self.text = text
        self.items: list[YamlNode] = []


YamlNode = Text | YamlMapping | YamlList


def place_of(node: YamlNode) -> Place:
    """Where ``node`` begins."""
    return node.place() if isinstance(node, Text) else node.text.place()


def as_text(node: YamlNode | None, wanted: str) -> Text:
    """``node`` as text."""
    if isinstance(node, Text):
        return node
    raise SpecError(f"{wanted} is due here", place_of(node) if node is not None else None)


def as_expression(node: YamlNode, wanted: str = "an expression") -> Text:
    """``node`` as the text of an expression."""
    if isinstance(node, Text):
        return node
    raise SpecError(f"{wanted} is due here; one that begins with [ or {{ stands in quotes", place_of(node))


def as_mapping(node: YamlNode, wanted: str) -> YamlMapping:
    """``node`` as a mapping."""
    if isinstance(node, YamlMapping):
        return node
    raise SpecError(f"a mapping is due here: {wanted}", place_of(node))


def as_texts(node: YamlNode, wanted: str) -> list[Text]:
    """``node`` as a list of texts."""
    if isinstance(node, YamlList):
        return [as_text(item, "a text") for item in node.items]
    raise SpecError(f"a list is due here: {wanted}", place_of(node))


def is_empty(node: YamlNode) -> bool:
    """Whether nothing stands where a value is due."""
    return isinstance(node, Text) and node.style is None and not node.value
