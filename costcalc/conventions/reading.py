"""A convention from its YAML file, with every mistake told at its place."""

from __future__ import annotations

from typing import Any

from ..errors import SpecError, UsageError, nearest, quoted
from ..language.find import open_shipped, shipped
from ..language.nodes import YamlMapping
from ..language.parse import parse_step
from ..language.sections import as_mapping, as_text, as_texts
from ..language.source import Source, Text, YamlNode, compose, place_of
from ..language.syntax import Constant, Node
from ..ops import Names, kinds
from ..units import Rule
from . import expression
from .code import load_code, read_words
from .convention import Convention, Pattern, Rules

SHARED_PARTS = ("weight", "bias", "scale", "shift", "mean", "variance", "fixed", "mac", "bias_add")
"""Parts that mean the same in every kind of op, so that a rule may be for all kinds, later ones among them."""
Kinds = dict[str, Names]
"""The kinds of op, each with its parts, as they are while a convention is read."""

PRINTED: tuple[Rule, ...] = ("rounded", "truncated", "ceiled")
KEYS = (
    "convention",
    "as",
    "about",
    "source",
    "tool",
    "unit",
    "params",
    "work",
    "zero",
    "passes_over",
    "only",
    "exclude",
    "frozen",
    "parameters",
    "printed",
    "otherwise",
    "scaled",
    "code",
    "written",
)


def load_convention(name: str) -> Convention:
    """The shipped convention called ``name``. Raises :class:`UsageError` with the nearest names."""
    files = shipped("conventions")
    if name not in files:
        raise UsageError(f"no convention is called {quoted(name)}{nearest(name, files)}; there are {', '.join(files)}")
    return read_convention(open_shipped(files[name]))


def read_convention(source: Source) -> Convention:
    """A convention from its file. Raises :class:`SpecError`."""
    return _read(source, ())


def _read(source: Source, opened: tuple[str, ...]) -> Convention:
    """``opened`` are the shipped conventions that are on the way to this one, which it can't be as in turn."""
    root = as_mapping(compose(source), "convention, unit, params, work")
    for key, _ in root.items:
        if key.value not in KEYS:
            raise key.error(
                f"a convention has no {quoted(key.value)}{nearest(key.value, KEYS)}; it has {', '.join(KEYS)}"
            )
    name = root.get("convention")
    if name is None:
        raise root.text.error("a convention needs its name: convention: …")
    result = Convention(as_text(name, "a name").value, source)
    for field in ("about", "source", "tool", "unit"):
        if (value := root.get(field)) is not None:
            setattr(result, field, as_text(value, "a text").value)
    if not result.unit:
        raise root.text.error("a convention needs the unit of its work: unit: mult-adds")
    if (value := root.get("code")) is not None:
        result.code = load_code(as_text(value, "a library"))
    _read_rules(result, root, opened)
    for field in ("exclude", "frozen"):
        if (value := root.get(field)) is not None:
            setattr(result, field, [t.value for t in as_texts(value, "names of layers")])
    _read_rest(result, root)
    return result.of_network("")


def _read_rules(result: Convention, root: YamlMapping, opened: tuple[str, ...]) -> None:
    """What counts, and what doesn't; an own line takes the place of one of the convention that this one is ``as``."""
    base = _base(root.get("as"), result, opened)
    result.code = result.code or base.code
    result.written = base.written
    if (written := root.get("written")) is not None:
        if result.code is None:
            raise SpecError("written says how code is written: name the library, code: torchvision", place_of(written))
        result.written = {**base.written, **read_words(result.code, written)}
    words = result.code.choices if result.code else {}
    known = kinds()
    params = _rules(root.get("params"), words, known, of_work=False)
    work = _rules(root.get("work"), words, known, of_work=True)
    zero, passes_over, only = (_patterns(root.get(field), known) for field in ("zero", "passes_over", "only"))
    counted, nothing = [(rule[0], rule[1]) for rule in (*params, *work)], [*zero, *passes_over]
    for kind, part, _, key in (*params, *work):
        if (kind, part) in nothing:
            raise key.error(f"{key.value} has this rule, and counts 0 by zero or passes_over: say one of them")
    result.params = [rule for rule in base.params if (rule[0], rule[1]) not in nothing] + params
    result.work = [rule for rule in base.work if (rule[0], rule[1]) not in nothing] + work
    result.zero = [p for p in base.zero if p not in (*counted, *passes_over)] + zero
    result.passes_over = [p for p in base.passes_over if p not in (*counted, *zero)] + passes_over
    result.only = base.only + only
    if result.only:
        _check_only(result)


def _base(node: YamlNode | None, result: Convention, opened: tuple[str, ...]) -> Convention:
    """The convention whose rules come before these; one without rules where none is named."""
    if node is None:
        return Convention(result.name, result.origin)
    name = as_text(node, "a convention's name")
    files = shipped("conventions")
    if name.value not in files:
        raise name.error(f"no convention is called {quoted(name.value)}{nearest(name.value, files)}")
    if name.value in opened:
        raise name.error(f"a ring: {' is as '.join((*opened, name.value))}")
    return _read(open_shipped(files[name.value]), (*opened, name.value))


def _read_rest(result: Convention, root: YamlMapping) -> None:
    if (value := root.get("parameters")) is not None:
        for k, v in as_mapping(value, "{classes: 1001}").items:
            result.parameters[k.value] = _number(v)
    if (value := root.get("printed")) is not None:
        text = as_text(value, "rounded or truncated")
        rule = next((r for r in PRINTED if r == text.value), None)
        if rule is None:
            raise text.error(f"printed is {', '.join(PRINTED)}, not {quoted(text.value)}")
        result.printed = rule
    if (value := root.get("otherwise")) is not None:
        if (text := as_text(value, "0")).value != "0":
            raise text.error("otherwise is 0: what no rule covers isn't counted")
        result.otherwise = 0
    if (value := root.get("scaled")) is not None:
        mapping = as_mapping(value, "{res: 224}")
        if [k.value for k, _ in mapping.items] != ["res"]:
            raise mapping.text.error("scaled is {res: R}: the work at R times (res/R)²")
        result.scaled = _number(mapping.items[0][1])
        if not isinstance(result.scaled, int) or result.scaled < 1:
            raise SpecError("R is a whole number above 0", place_of(mapping.items[0][1]))


def _number(node: YamlNode) -> Any:
    value = parse_step(as_text(node, "a number"))
    if not isinstance(value, Constant):
        raise SpecError("a number is due here", place_of(node))
    return value.value


def _check_part(key: Text, kind: str, part: str, known: Kinds) -> None:
    """A misspelt kind or part would count nothing, unseen; so would a new kind under a part that means many things."""
    if kind != "*" and kind not in known:
        raise key.error(f"no kind of op is called {quoted(kind)}{nearest(kind, known)}")
    parts = _parts(kind, known, of_work=True)
    if part != "*" and part not in parts:
        raise key.error(f"{kind} has no part {quoted(part)}; it has {', '.join(parts) or 'none'}{nearest(part, parts)}")
    if kind == "*" and part not in ("*", *SHARED_PARTS):
        having = ", ".join(f"{k}.{part}" for k, names in sorted(known.items()) if part in names.weights + names.work)
        raise key.error(f"{part} isn't the same in every kind of op: say it of each, {having}")


def _parts(kind: str, known: Kinds, *, of_work: bool) -> tuple[str, ...]:
    """Every part that layers of a kind may have, of their weights alone or of their work too; ``*``: of any kind."""
    every = [known[kind]] if kind != "*" else list(known.values())
    found = [p for names in every for p in (names.weights + names.work if of_work else names.weights)]
    return tuple(found) if kind != "*" else tuple(sorted(set(found)))


def _rules(node: YamlNode | None, words: dict[str, list[str]], known: Kinds, *, of_work: bool) -> Rules:
    if node is None:
        return []
    rules: Rules = []
    for key, value in as_mapping(node, "KIND.PART: factor").items:
        kind, part = _split(key, known)
        said = parse_step(as_text(value, "a factor"))
        factor = said.value if isinstance(said, Constant) else said
        if isinstance(factor, Node):
            expression.check(factor, _parts(kind, known, of_work=of_work), words)
        elif not isinstance(factor, int | float):
            raise said.error("a factor is a number or an expression")
        elif (kind, part) == ("*", "*") and factor == 0:
            raise key.error(_CATCH_ALL)
        rules.append((kind, part, factor, key))
    return rules


_CATCH_ALL = (
    "what the convention doesn't know would count 0, unseen: write only: [mac] if these parts are all that is work, "
    "zero: [relu, batch_norm, ...] for what the source counts 0, passes_over: [...] for what the tool has no rule for"
)


def _split(key: Text, known: Kinds) -> Pattern:
    kind, dot, part = key.value.partition(".")
    if not dot or not kind or not part:
        raise key.error(f"a rule is for KIND.PART, such as conv2d.mac or *.bias, not {quoted(key.value)}")
    _check_part(key, kind, part, known)
    return kind, part


def _patterns(node: YamlNode | None, known: Kinds) -> list[Pattern]:
    """KIND.PART, a shared PART (of any kind), or a KIND: all that is work of it."""
    found: list[Pattern] = []
    for text in [] if node is None else as_texts(node, "kinds and parts of ops"):
        if text.value == "*.*":
            raise text.error(_CATCH_ALL)
        if text.value in SHARED_PARTS and text.value in known:
            work = " or ".join(f"{text.value}.{part}" for part in known[text.value].work)
            raise text.error(f"{text.value} is a kind of op, and a part of others: write {work}, or *.{text.value}")
        if "." in text.value:
            found.append(_split(text, known))
        elif text.value in SHARED_PARTS:
            found.append(("*", text.value))
        elif text.value in known:
            found += [(text.value, part) for part in known[text.value].work]
        else:
            names = [*known, *SHARED_PARTS]
            raise text.error(f"no kind or part of ops is called {quoted(text.value)}{nearest(text.value, names)}")
    return found


def _check_only(result: Convention) -> None:
    """What counts must be among all that is work."""
    for kind, part, _, key in result.work:
        if not any(k in ("*", kind) and p == part for k, p in result.only):
            raise key.error(f"only has no {key.value}: all that is work stands there")
