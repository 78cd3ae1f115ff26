"""Texts with positions, and YAML composed to nodes that know where they stand.

YAML is used as text only: its own typing never applies. Tags, anchors, aliases and duplicate keys are errors.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import Any

import yaml

from ..errors import Place, SpecError, quoted

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
MAX_NODES = 100_000


class Source:
    """A file's text. ``name`` is the file as the user named it."""

    __slots__ = ("_lines", "name", "path", "text")

    def __init__(self, name: str, text: str, path: str = "") -> None:
        self.name = name
        self.text = text
        self.path = path
        self._lines: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        if self._lines is None:
            self._lines = self.text.split("\n")
        return self._lines

    def place(self, line: int = 1, column: int = 1) -> Place:
        return Place(self.name, line, column)


class Text:
    """A scalar: its value, and what is needed to find an offset of it in the file."""

    __slots__ = ("column", "line", "source", "style", "value")

    def __init__(self, value: str, source: Source, line: int, column: int, style: str | None = None) -> None:
        self.value = value
        self.source = source
        self.line = line
        self.column = column
        self.style = style

    @property
    def is_block(self) -> bool:
        return self.style in ("|", ">")

    def place(self, offset: int = 0) -> Place:
        """The place of the character at ``offset``."""
        if not self.is_block:
            if self.style in ("'", '"'):
                offset += 1
            return self.source.place(self.line, self.column + offset)
        before = self.value[:offset]
        row = before.count("\n")
        line = self.line + 1 + row
        return self.source.place(line, self._indent(line) + offset - (before.rfind("\n") + 1) + 1)

    def _indent(self, line: int) -> int:
        """Columns that YAML took off the block's lines: those of its first line that isn't blank."""
        for text in self.source.lines[self.line :]:
            if text.strip():
                return len(text) - len(text.lstrip(" "))
        return 0

    def part(self, start: int, end: int) -> Text:
        """The text from ``start`` to ``end``, on one line, with its own place."""
        place = self.place(start)
        return Text(self.value[start:end], self.source, place.line, place.column)

    def error(self, message: str, offset: int = 0) -> SpecError:
        return SpecError(message, self.place(offset))


class Mapping:
    """A YAML mapping: its pairs in order."""

    __slots__ = ("items", "text")

    def __init__(self, text: Text) -> None:
        self.text = text
        self.items: list[tuple[Text, Node]] = []

    def get(self, key: str) -> Node | None:
        for k, v in self.items:
            if k.value == key:
                return v
        return None


class Sequence:
    """A YAML sequence."""

    __slots__ = ("items", "text")

    def __init__(self, text: Text) -> None:
        self.text = text
        self.items: list[Node] = []


Node = Text | Mapping | Sequence


def place_of(node: Node) -> Place:
    """Where ``node`` begins."""
    return node.place() if isinstance(node, Text) else node.text.place()


def read_source(path: str, name: str | None = None) -> Source:
    """The text of a file of at most 1 MiB, in UTF-8. Raises :class:`SpecError` with the reason."""
    shown = name or path
    place = Place(shown, 1, 1)
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as e:
        raise SpecError(f"can't be read: {e.strerror or e}", place) from e
    with os.fdopen(descriptor, "rb") as f:
        if not stat.S_ISREG(os.fstat(f.fileno()).st_mode):
            raise SpecError("can't be read: not a regular file", place)
        data = f.read(MAX_BYTES + 1)
    return decode_source(data, shown, path)


def decode_source(data: bytes, name: str, path: str = "") -> Source:
    """A source from bytes. Raises :class:`SpecError` if they are too many or no UTF-8 text."""
    place = Place(name, 1, 1)
    if len(data) > MAX_BYTES:
        raise SpecError("is larger than 1 MiB; a spec is a page or two", place)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = data[: e.start].count(b"\n") + 1
        raise SpecError("is not UTF-8 text", Place(name, line, 1)) from e
    if "\0" in text:
        raise SpecError("is a binary file, not YAML text", place)
    return Source(name, text.replace("\r\n", "\n"), path)


def loaders() -> dict[str, Any]:
    """The YAML event parsers that are installed: libyaml's where PyYAML was built with it, and the Python one."""
    found: dict[str, Any] = {}
    if hasattr(yaml, "CBaseLoader"):
        found["libyaml"] = yaml.CBaseLoader
    found["python"] = yaml.BaseLoader
    return found


def compose(source: Source, loader: Any = None) -> Node:
    """The YAML document in ``source`` as nodes with places. Raises :class:`SpecError`."""
    chosen = loader or next(iter(loaders().values()))
    try:
        return _Composer(source, yaml.parse(source.text, Loader=chosen)).document()
    except yaml.YAMLError as e:
        if chosen is not yaml.BaseLoader:  # the slower parser words it better
            return compose(source, yaml.BaseLoader)
        raise _yaml_error(source, e) from e
    except RecursionError as e:
        raise SpecError("is nested too deeply", source.place()) from e


def _yaml_error(source: Source, e: yaml.YAMLError) -> SpecError:
    mark = getattr(e, "problem_mark", None) or getattr(e, "context_mark", None)
    place = source.place(mark.line + 1, mark.column + 1) if mark else source.place()
    problem = getattr(e, "problem", None) or getattr(e, "reason", None) or "not valid YAML"
    line = source.lines[place.line - 1] if place.line <= len(source.lines) else ""
    if "\t" in line[: place.column]:
        return SpecError("a tab; YAML is indented with spaces", place)
    context = getattr(e, "context", None)
    hint = ""
    if "mapping values are not allowed" in problem:
        hint = "; is the indentation right? A text that holds ': ' is put in quotes"
    elif "block end" in problem or "expected <block" in problem or "could not find expected ':'" in problem:
        hint = "; is the indentation right?"
    return SpecError(f"not valid YAML: {problem}{f' ({context})' if context else ''}{hint}", place)


class _Composer:
    def __init__(self, source: Source, events: Iterator[Any]) -> None:
        self.source = source
        self.events = events
        self.nodes = 0

    def document(self) -> Node:
        node: Node | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if node is not None:
                    raise SpecError("a second document; one file holds one spec", self._place(event))
                node = self.node(next(self.events), 0)
        if node is None:
            raise SpecError("is empty", self.source.place())
        return node

    def _place(self, event: Any) -> Place:
        return self.source.place(event.start_mark.line + 1, event.start_mark.column + 1)

    def node(self, event: Any, depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent):
            raise SpecError("an alias (*); write the value out", self._place(event))
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise SpecError("is nested too deeply or has too many parts", self._place(event))
        if event.anchor is not None:
            raise SpecError("an anchor (&); write the value out", self._place(event))
        if event.tag is not None and event.tag != "!":
            raise SpecError(f"a YAML tag ({quoted(event.tag)}); plain text only", self._place(event))
        mark = event.start_mark
        if isinstance(event, yaml.ScalarEvent):
            return Text(event.value, self.source, mark.line + 1, mark.column + 1, event.style)
        here = Text("", self.source, mark.line + 1, mark.column + 1)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(here, depth)
        return self._mapping(here, depth)

    def _sequence(self, here: Text, depth: int) -> Sequence:
        result = Sequence(here)
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            result.items.append(self.node(event, depth + 1))
        return result

    def _mapping(self, here: Text, depth: int) -> Mapping:
        result = Mapping(here)
        seen: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if not isinstance(key, Text):
                raise SpecError("a key must be text", place_of(key))
            if key.value in seen:
                raise key.error(f"the key {quoted(key.value)} is here twice; first in line {seen[key.value]}")
            seen[key.value] = key.line
            result.items.append((key, self.node(next(self.events), depth + 1)))
        return result
