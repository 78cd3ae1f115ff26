"""How a library writes its networks, where what a tool counts depends on it. Data in ``specs/code``."""

from __future__ import annotations

from ..errors import nearest, quoted
from ..language.find import open_shipped, shipped
from ..language.nodes import YamlMapping, YamlNode
from ..language.sections import as_mapping, as_text, as_texts
from ..language.source import Source, Text, compose

_KEYS = ("code", "version", "about", "source", "properties", "networks")


class Code:
    """The words that rules may ask about: ``choices`` of each, the first being that of a network not listed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.version = ""
        self.choices: dict[str, list[str]] = {}
        self.networks: dict[str, dict[str, str]] = {}

    def of_network(self, network: str) -> dict[str, str]:
        """The word of each property in the network called ``network``."""
        return {name: words[0] for name, words in self.choices.items()} | self.networks.get(network, {})


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
        own = code.networks[key.value] = {}
        for field, word in as_mapping(value, "{property: word}").items:
            own[field.value] = _word(code, field, as_text(word, "a word"))
    return code


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
