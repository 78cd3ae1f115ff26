"""What stands under ``layers`` and in blocks: steps, a table with its rules, or one expression."""

from __future__ import annotations

import re

from ..errors import Problems, SpecError, nearest, quoted
from .heads import parse_key
from .model import Body, Rule, Step
from .nodes import YamlMapping, YamlNode, as_expression, as_mapping, is_empty
from .parse import parse_step
from .source import Text
from .syntax import Constant, Node
from .tables import read_table
from .values import AXES, printed_shape

MAX_DIMS = 500
_TIMES = re.compile(r"\s[x×]\s")
_AS = re.compile(r"(.*\S)\s+as\s+(\S+)\s*", re.DOTALL)
_CUT = "if YAML cut it at a comma, put it in quotes"


def names_of(text: Text) -> list[str]:
    """The names that a key seems to give, right or wrong: what uses them isn't another problem."""
    return re.findall(r"[^\W\d]\w*", text.value[:200])


def read_body(value: YamlNode, problems: Problems, path: str = "") -> Body:
    """Steps, a table, ``{table: …, where: …}``, or a single expression. ``path``: the block, for messages."""
    if isinstance(value, Text):
        if value.style == "|":
            return read_table(value, problems, path)
        if value.style == ">" and "|" in value.value:
            raise value.error("a table begins with '|', for '>' joins its lines")
        return parse_step(value)
    steps = as_mapping(value, "steps, a table or an expression")
    table = steps.get("table")
    if not (isinstance(table, Text) and table.style == "|"):
        return read_steps(steps, problems, path)
    result = read_table(table, problems, path)
    for key, v in steps.items:
        if key.value == "where":
            result.rules = read_rules(v, problems)
        elif key.value != "table":
            known = nearest(key.value, ("table", "where"))
            problems.append(key.error(f"beside a table stands 'where', no {quoted(key.value)}{known}"))
    return result


def read_steps(steps: YamlMapping, problems: Problems, path: str) -> list[Step]:
    """The steps; one that can't be read keeps its names, without an expression."""
    if not steps.items:
        raise steps.text.error("no steps here")
    found: list[Step] = []
    seen: set[str] = set()
    for key, v in steps.items:
        step, label = Step(names_of(key), key, None), ""
        found.append(step)
        try:
            if is_empty(v):
                raise key.error(f"{quoted(key.value)} has no expression; {_CUT}")
            step.names = parse_key(key)
            label = step.names[0]
            for name in step.names:
                if name in seen and name != "_":
                    raise key.error(f"a step {quoted(name)} stands above; each name is given once")
            seen.update(step.names)
            expression, step.shape = _with_shape(as_expression(v))
            step.node = parse_step(expression)
        except SpecError as e:
            e.path = "" if e.fatal else ".".join(filter(None, (path, label)))
            problems.append(e)
    return found


def _with_shape(text: Text) -> tuple[Text, Text | None]:
    """An expression, and the shape that stands behind it: ``conv(3x3, 24) as 56²x24``."""
    m = _AS.fullmatch(text.value)
    if m is None or printed_shape(m[2]) is None:
        return text, None
    return text.part(0, m.end(1)), text.part(m.start(2), m.end(2))


def read_rules(value: YamlNode, problems: Problems) -> dict[str, Rule]:
    """How the columns of a table are read."""
    rules: dict[str, Rule] = {}
    for key, v in as_mapping(value, "column: rule").items:
        try:
            if is_empty(v):
                raise key.error(f"{quoted(key.value)} has no rule; {_CUT}")
            rules[key.value] = Rule(key.value, key, parse_step(as_expression(v, "a rule")))
        except SpecError as e:
            problems.append(e)
    return rules


def read_dims(text: Text) -> tuple[Node, ...]:
    """``H x W x C`` as three expressions; a sequence has two (length, channels), a video four (frames first)."""
    if len(text.value) > MAX_DIMS:
        raise text.error(f"an input of {len(text.value):,} characters; at most {MAX_DIMS}")
    printed = printed_shape(text.value)
    if printed is not None and len(printed) > 1:
        return tuple(Constant(text, 0, n) for n in printed)
    parts: list[Text] = []
    at = 0
    for m in _TIMES.finditer(text.value):
        parts.append(text.part(at, m.start()))
        at = m.end()
    parts.append(text.part(at, len(text.value)))
    if not 2 <= len(parts) <= AXES + 1:
        more = "of a sequence length x channels (128 x 32), of a video frames x height x width x channels"
        raise text.error(f"an input is height x width x channels, such as 224 x 224 x 3; {more}")
    return tuple(map(parse_step, parts))
