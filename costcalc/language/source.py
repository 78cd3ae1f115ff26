"""Files, and YAML composed to nodes that know where they stand.

YAML is used as text only: its own typing never applies. Tags, anchors, aliases and duplicate keys are errors.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from typing import Any

import yaml

from ..errors import Place, Problems, SpecError, SpecErrors, TooManyProblems, nearest, quoted
from .nodes import YamlList, YamlMapping, YamlNode, place_of
from .text import Source, Text

__all__ = [
    "Source",
    "Text",
    "YamlList",
    "YamlMapping",
    "YamlNode",
    "compose",
    "decode_source",
    "loaders",
    "place_of",
    "read_source",
]

MAX_BYTES = 1 << 20
MAX_DEPTH = 40
WORDED_BY_PYTHON = 1 << 15
"""Characters of a text that the slow parser may read once more, for its better message."""

_CONTROL = "[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""Compiled only for a text that isn't all printable: that takes 4 ms."""


# -- files


def read_source(path: str, name: str | None = None) -> Source:
    """The text of a file of at most 1 MiB, in UTF-8. Raises :class:`SpecError` with the reason."""
    shown = name or path
    try:
        data = _read(path)
    except FileNotFoundError as e:
        raise SpecError(f"there is no file '{shown}'{_nearest_file(path)}") from e
    except (OSError, ValueError) as e:
        raise SpecError(f"the file can't be read: {getattr(e, 'strerror', None) or e}", Place(shown, 1, 1)) from e
    return decode_source(data, shown, path)


def _nearest_file(path: str) -> str:
    """The file of the folder that may be meant: the ending alone is no likeness."""
    folder, name = os.path.split(path)
    stem, ending = os.path.splitext(name)
    try:
        stems = [entry.removesuffix(ending) for entry in os.listdir(folder or ".") if entry.endswith(ending)]
    except OSError:
        return f"; the folder '{folder}' isn't there"
    return nearest(name, [other + ending for other in stems if nearest(stem, [other])])


def _read(path: str) -> bytes:
    # O_NONBLOCK: to open a named pipe must not wait for a writer.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise ValueError("it is a folder" if stat.S_ISDIR(mode) else "it is not a regular file")
        found = b""
        while len(found) <= MAX_BYTES and (chunk := os.read(descriptor, MAX_BYTES + 1 - len(found))):
            found += chunk
        return found
    finally:
        os.close(descriptor)


def decode_source(data: bytes, name: str, path: str = "") -> Source:
    """A source from bytes. Raises :class:`SpecError` if they are too many or no UTF-8 text."""
    if len(data) > MAX_BYTES:
        raise SpecError("the file is larger than 1 MiB; a spec is a page or two", Place(name, 1, 1))
    if b"\0" in data:
        raise SpecError("the file is binary or UTF-16, not UTF-8 text", Place(name, 1, 1))
    try:
        text = data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as e:
        before = data[: e.start].decode("utf-8", "replace")
        raise SpecError("the file is not UTF-8 text", _place_at(before, len(before), name)) from e
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.replace("\n", "").isprintable() and (m := re.search(_CONTROL, text)) is not None:
        raise SpecError(f"the character {quoted(m[0])}; a spec is plain text", _place_at(text, m.start(), name))
    return Source(name, text, path)


def _place_at(text: str, at: int, name: str) -> Place:
    return Place(name, text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1)


# -- YAML


def loaders() -> dict[str, Any]:
    """The YAML event parsers that are installed: libyaml's where PyYAML was built with it, and the Python one."""
    found: dict[str, Any] = {}
    if hasattr(yaml, "CBaseLoader"):
        found["libyaml"] = yaml.CBaseLoader
    found["python"] = yaml.BaseLoader
    return found


def compose(source: Source, loader: Any = None, problems: list[SpecError] | None = None) -> YamlNode:
    """The YAML document in ``source`` as nodes with places. Raises :class:`SpecError`.

    What can be read over (a key that is there twice) goes to ``problems`` if they are given.
    """
    chosen = loader or next(iter(loaders().values()))
    source.parts = 0
    composer = _Composer(source, yaml.parse(source.text, Loader=chosen))
    try:
        node = composer.document()
    except yaml.YAMLError as e:
        if chosen is not yaml.BaseLoader and len(source.text) <= WORDED_BY_PYTHON:
            return compose(Source(source.name, source.text, source.path), yaml.BaseLoader, problems)
        raise SpecErrors([*composer.problems, _yaml_error(source, e)]) from e
    except SpecError as e:
        raise SpecErrors([*composer.problems, e]) from e
    except TooManyProblems:
        raise SpecErrors(composer.problems) from None
    if problems is not None:
        for problem in composer.problems:
            problems.append(problem)
    elif composer.problems:
        raise SpecErrors(composer.problems)
    return node


_WORDED = (
    ("expected <block end>", "the indentation fits no line above"),
    ("did not find expected key", "the indentation fits no line above"),
    ("could not find expected ':'", "'key: value' is due; is the indentation right?"),
    ("expected the node content", "a value is due"),
    ("did not find expected node content", "a value is due"),
)
_QUOTES_NEEDED = re.compile(r"""[^:#"']*:\s+([\[{])[^\]}]*[\]}]\s*[^\s,#\]}]""")
_CUT_AT_COMMA = re.compile(r"""[{,]\s*[^\s:,{}\[\]"']+:\s+(?![\s"'{\[])[^,"'{}\n]*\([^)"'{}\n]*?(,)""")
_UNCLOSED = (
    ("quoted scalar", "a quoted text begins here and isn't closed"),
    ("flow mapping", "a mapping {…} begins here and isn't closed"),
    ("flow sequence", "a list […] begins here and isn't closed"),
)


def _yaml_error(source: Source, e: yaml.YAMLError) -> SpecError:
    mark, context_mark = getattr(e, "problem_mark", None), getattr(e, "context_mark", None)
    problem, context = str(getattr(e, "problem", None) or e), str(getattr(e, "context", None) or "")
    mark = mark or context_mark
    place = source.place(mark.line + 1, mark.column + 1) if mark else source.place()
    line = source.lines[place.line - 1] if place.line <= len(source.lines) else ""
    before = line[: place.column]
    if "\t" in before and not before.strip(" \t-?:"):
        return SpecError("a tab; YAML is indented with spaces", place._replace(column=before.index("\t") + 1))
    if context_mark is not None and "flow mapping" in context:
        for number in range(context_mark.line, place.line):
            if (m := _CUT_AT_COMMA.search(source.lines[number])) is not None:
                cut = source.place(number + 1, m.start(1) + 1)
                return SpecError("YAML cuts the text at the comma: inside {…} put it in quotes", cut)
    if (m := _QUOTES_NEEDED.match(line)) is not None and place.column > m.end(1):
        place, worded = place._replace(column=m.start(1) + 1), "a text that begins with [ or { is put in quotes"
    elif "mapping values are not allowed" in problem:
        place, worded = _colon(source, place, line)
    elif context_mark is not None and ("expected ','" in problem or "end of stream" in problem):
        place = source.place(context_mark.line + 1, context_mark.column + 1)
        worded = next((ours for theirs, ours in _UNCLOSED if theirs in context), problem)
    elif "that cannot start any token" in problem:
        worded = f"{quoted(line[place.column - 1 : place.column])} can't begin a text; put it in quotes"
    else:
        worded = next((ours for theirs, ours in _WORDED if theirs in problem), problem)
    return SpecError(f"not valid YAML: {worded}", place)


def _colon(source: Source, place: Place, line: str) -> tuple[Place, str]:
    """Where and why YAML has no use for a colon."""
    key = line[: place.column - 1]
    start = place._replace(column=len(key) - len(key.lstrip()) + 1)
    if re.search(r":\s", key):
        return place, "a second ': ' in this line; a text that holds ': ' is put in quotes"
    above = next((text for text in reversed(source.lines[: place.line - 1]) if text.strip()), "")
    if re.search(r":(\s|$)", above):
        return start, "this line is indented deeper than the one above, which has its value already"
    return start, "the line above is no 'key: value'; is the space after its colon missing?"


class _Composer:
    def __init__(self, source: Source, events: Iterator[Any]) -> None:
        self.source = source
        self.events = events
        self.problems = Problems()

    def document(self) -> YamlNode:
        node: YamlNode | None = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if node is not None:
                    raise SpecError("a second document; one file holds one spec", self._place(event))
                node = self.node(next(self.events), 0)
        if node is None:
            hint = "a network has the sections network, input and layers"
            raise SpecError(f"the file is empty; {hint}", self.source.place())
        return node

    def _place(self, event: Any) -> Place:
        return self.source.place(event.start_mark.line + 1, event.start_mark.column + 1)

    def node(self, event: Any, depth: int) -> YamlNode:
        mark = event.start_mark
        here = Text("", self.source, mark.line + 1, mark.column + 1)
        self.source.spend(1, here)
        if depth > MAX_DEPTH:
            raise here.error(f"lists and mappings nested more than {MAX_DEPTH} deep")
        if isinstance(event, yaml.AliasEvent):
            raise here.error(f"the alias {quoted(f'*{event.anchor}')}; write the value out")
        if event.anchor is not None:
            raise here.error(f"the anchor {quoted(f'&{event.anchor}')}; aliases and anchors aren't read")
        if event.tag is not None and event.tag != "!":
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.problems.append(here.error(f"the YAML tag {quoted(tag)}; values are plain text"))
        if isinstance(event, yaml.ScalarEvent):
            return Text(event.value, self.source, mark.line + 1, mark.column + 1, event.style or None)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(here, depth, bool(event.flow_style))
        return self._mapping(here, depth, bool(event.flow_style))

    def _sequence(self, here: Text, depth: int, flow: bool) -> YamlList:
        result, cut = YamlList(here), 0
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            item = self.node(event, depth + 1)
            if not cut:
                result.items.append(item)
            cut = max(0, cut + _open(item)) if flow else 0
        return result

    def _mapping(self, here: Text, depth: int, flow: bool) -> YamlMapping:
        result, cut = YamlMapping(here), 0
        seen: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if cut and isinstance(value, Text) and not value.value:
                cut = max(0, cut + _open(key))
                continue
            if not isinstance(key, Text):
                raise SpecError("a key must be text", place_of(key))
            cut = max(0, _open(value)) if flow else 0
            if key.value in seen:
                first = f"first in line {seen[key.value]}"
                self.problems.append(key.error(f"the key {quoted(key.value)} is here twice; {first}"))
                continue
            seen[key.value] = key.line
            result.items.append((key, value))
        return result


def _open(node: YamlNode) -> int:
    """How many parentheses a plain text leaves open: in {…} and […] YAML cuts texts at commas.

    What follows such a text isn't read: the parser tells of the cut at its first part.
    """
    if not isinstance(node, Text) or node.style is not None:
        return 0
    return node.value.count("(") - node.value.count(")")
