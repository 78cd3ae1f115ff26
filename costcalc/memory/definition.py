"""A definition of memory from its YAML file: what each kind of op does to the tensors that it reads and makes."""

from __future__ import annotations

from copy import copy
from typing import Literal

from ..errors import SpecError, UsageError, nearest, quoted
from ..language.find import open_shipped, shipped
from ..language.nodes import YamlMapping, YamlNode, as_mapping, as_text, as_texts
from ..language.source import Source, Text, compose
from ..ops import kinds
from ..record import Record, fresh

Rule = Literal["makes", "in_place", "views", "weights"]
RULES: tuple[Rule, ...] = ("makes", "in_place", "views", "weights")
DEPTHWISE = "depthwise"
"""A convolution that has a group for each channel: a rule for it goes before that of conv2d."""
PLANS = ("live", "all", "largest_first")
_KEYS = ("memory", "as", "about", "source", "plan", "align", "keeps", "bits", "scratch", *RULES)
_KEPT = ("block_input",)
_WHOLE = {"yes": True, "no": False}


class MemoryDefinition(Record):
    """How activations are counted.

    ``rules``: an op makes a tensor of its own; writes over its first input where nothing reads that any more; only
    names what is there (a view); or its output is among the weights. ``plan``: the bytes alive at a time; those of
    all tensors; or an arena into which tensors are placed, the largest first. ``align``: every tensor is rounded up
    to so many bytes. ``keeps_block_input``: what enters a block stays until it ends. ``bits``: of a value, where the
    definition fixes them. ``scratch``: bytes of a kernel's own beside its tensors, by kind, for each element of its
    window.
    """

    name: str
    source: Source
    about: str = ""
    evidence: str = ""
    rules: dict[str, Rule] = fresh(default_factory=dict)
    plan: str = "live"
    align: int = 1
    keeps_block_input: bool = False
    scratch: dict[str, int] = fresh(default_factory=dict)

    def rule(self, kind: str, *, is_depthwise: bool = False) -> Rule:
        """What an op of ``kind`` does. Raises :class:`UsageError` for one that the definition says nothing about."""
        if is_depthwise and DEPTHWISE in self.rules:
            return self.rules[DEPTHWISE]
        if kind not in self.rules:
            raise UsageError(f"the definition {self.name} of memory says nothing about {kind}")
        return self.rules[kind]

    def with_plan(self, plan: str) -> MemoryDefinition:
        """The definition with another plan."""
        found = copy(self)
        found.plan = plan
        return found


def load_definition(name: str) -> MemoryDefinition:
    """The shipped definition called ``name``. Raises :class:`UsageError` with the nearest names."""
    files = shipped("memory")
    if name not in files:
        raise UsageError(
            f"no definition of memory is called {quoted(name)}{nearest(name, files)}; there are {', '.join(files)}"
        )
    return read_definition(open_shipped(files[name]))


def definitions() -> list[MemoryDefinition]:
    """Every shipped definition, by name."""
    return [load_definition(name) for name in shipped("memory")]


def read_definition(source: Source) -> MemoryDefinition:
    """A definition from its file; ``as`` takes another's rules and changes some. Raises :class:`SpecError`."""
    root = as_mapping(compose(source), "memory, about, source, makes, in_place, views")
    for key, _ in root.items:
        if key.value not in _KEYS:
            raise key.error(f"a definition of memory has no {quoted(key.value)}{nearest(key.value, _KEYS)}")
    name = root.get("memory")
    if name is None:
        raise root.text.error("a definition of memory needs its name: memory: …")
    found = MemoryDefinition(as_text(name, "a name").value, source)
    if (base := root.get("as")) is not None:
        other = load_definition(as_text(base, "a definition").value)
        found.rules, found.plan, found.align = dict(other.rules), other.plan, other.align
        found.keeps_block_input, found.scratch = other.keeps_block_input, dict(other.scratch)
    found.about = _text(root, "about")
    found.evidence = _text(root, "source")
    if (plan := root.get("plan")) is not None:
        found.plan = _one_of(as_text(plan, "a plan"), PLANS)
    if (align := root.get("align")) is not None:
        found.align = _number(align)
    if (keeps := root.get("keeps")) is not None:
        found.keeps_block_input = bool([_one_of(text, _KEPT) for text in as_texts(keeps, "[block_input]")])
    if (scratch := root.get("scratch")) is not None:
        found.scratch = {_kind(k).value: _number(v) for k, v in as_mapping(scratch, "kind: bytes").items}
    _read_rules(found, root)
    return found


def _read_rules(found: MemoryDefinition, root: YamlMapping) -> None:
    given: set[str] = set()
    for rule in RULES:
        for text in as_texts(node, "kinds of ops") if (node := root.get(rule)) is not None else ():
            kind = _kind(text).value
            if kind in given:
                raise text.error(f"{kind} has two rules")
            given.add(kind)
            found.rules[kind] = rule


def _kind(text: Text) -> Text:
    known = (*kinds(), DEPTHWISE)
    if text.value not in known:
        raise text.error(f"no op is of the kind {quoted(text.value)}{nearest(text.value, known)}")
    return text


def _one_of(text: Text, known: tuple[str, ...]) -> str:
    if text.value not in known:
        raise text.error(f"one of {', '.join(known)} is due, not {quoted(text.value)}{nearest(text.value, known)}")
    return text.value


def _text(root: YamlMapping, key: str) -> str:
    node = root.get(key)
    return "" if node is None else as_text(node, "a text").value


def _number(node: YamlNode) -> int:
    text = as_text(node, "a whole number")
    if not (text.value.isascii() and text.value.isdecimal() and 0 < int(text.value) <= 1_000_000):
        raise SpecError(f"a whole number from 1 to 1,000,000 is due, not {quoted(text.value)}", text.place())
    return int(text.value)
