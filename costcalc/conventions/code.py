"""How a library writes its networks, where what a tool counts depends on it. Data in ``specs/code``."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from ..errors import nearest, quoted
from ..language.find import open_shipped, shipped
from ..language.nodes import YamlMapping, YamlNode
from ..language.sections import as_mapping, as_text, as_texts
from ..language.source import Source, Text, compose

_KEYS = ("code", "version", "about", "source", "properties", "networks")

Words = Mapping[str, str | Mapping[str, str]]
"""The word of each property: one in the whole network, or one for each pattern of layers' names."""


class Code:
    """The words that rules may ask about: ``choices`` of each, the first being that of a network not listed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.version = ""
        self.choices: dict[str, list[str]] = {}
        self.networks: dict[str, Words] = {}

    def of_network(self, *names: str) -> Words:
        """The word of each property in the network that has ``names``: its own, its variant's. The last one wins."""
        found: dict[str, str | Mapping[str, str]] = {name: words[0] for name, words in self.choices.items()}
        for name in names:
            found |= self.networks.get(name, {})
        return found

    def of_layer(self, words: Words, layer: str) -> dict[str, str]:
        """``words`` for a layer of that name: of patterns, the first that matches; of none, the first choice."""
        return {
            name: word if isinstance(word, str) else self._closest(name, word, layer) for name, word in words.items()
        }

    def _closest(self, name: str, patterns: Mapping[str, str], layer: str) -> str:
        return next((word for pattern, word in patterns.items() if fnmatchcase(layer, pattern)), self.choices[name][0])


def load_code(name: Text) -> Code:
    """The shipped file that ``name`` names. Raises :class:`SpecError` with the nearest."""
    files = shipped("code")
    if name.value not in files:
        there = f"; there are {', '.join(files)}"
        raise name.error(f"no code is called {quoted(name.value)}{nearest(name.value, files)}{there}")
    return read_code(open_shipped(files[name.value]))


def read_code(source: Source) -> Code:
    """How a library writes its networks. Raises :class:`SpecError`."""
    root = as_mapping(compose(source), "code, properties, networks")
    for key, _ in root.items:
        if key.value not in _KEYS:
            raise key.error(f"code has no {quoted(key.value)}{nearest(key.value, _KEYS)}; it has {', '.join(_KEYS)}")
    code = Code(_text(root, "code"))
    code.version = _text(root, "version")
    for key, value in _items(root, "properties"):
        fields = as_mapping(value, "{choices: [a, b], doc: …}")
        choices = fields.get("choices")
        if choices is None:
            raise key.error(f"{key.value} needs its choices: {{choices: [a, b]}}")
        code.choices[key.value] = [t.value for t in as_texts(choices, "words")]
    for key, value in _items(root, "networks"):
        code.networks[key.value] = read_words(code, value)
    return code


def read_words(code: Code, node: YamlNode) -> Words:
    """``{property: word}``, or ``{property: {pattern: word}}`` for layers by their names. Raises :class:`SpecError`."""
    found: dict[str, str | Mapping[str, str]] = {}
    for field, word in as_mapping(node, "{property: word}").items:
        if isinstance(word, YamlMapping):
            found[field.value] = {k.value: _word(code, field, as_text(w, "a word")) for k, w in word.items}
        else:
            found[field.value] = _word(code, field, as_text(word, "a word"))
    return found


def _word(code: Code, field: Text, word: Text) -> str:
    choices = code.choices.get(field.value)
    if choices is None:
        raise field.error(f"no property is called {quoted(field.value)}{nearest(field.value, code.choices)}")
    if word.value not in choices:
        raise word.error(f"{field.value} is {' or '.join(choices)}, not {quoted(word.value)}")
    return word.value


def _text(root: YamlMapping, key: str) -> str:
    value = root.get(key)
    if value is None:
        raise root.text.error(f"{key} is missing: {key}: …")
    return as_text(value, "a text").value


def _items(root: YamlMapping, key: str) -> list[tuple[Text, YamlNode]]:
    value = root.get(key)
    return [] if value is None else as_mapping(value, "name: {…}").items
