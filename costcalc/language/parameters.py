"""The parameters of a spec: a default, a range or choices, and what people are told."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import Problems, SpecError, SpecErrors, nearest, quoted
from .heads import parse_name
from .model import Parameter
from .nodes import YamlMapping, YamlNode, as_expression, as_mapping, as_text, as_texts, is_empty, place_of
from .parse import parse_range, parse_step
from .text import Text

PARAMETER_KEYS = ("default", "range", "choices", "values", "doc", "symbol", "role", "width", "width_was")

ROLES = ("width", "depth", "resolution")
"""What a parameter may scale: the channels of the whole network, the number of its layers, the size of its input."""


def read_parameter(key: Text, value: YamlNode) -> Parameter:
    """A parameter: its default alone, or a mapping."""
    name = parse_name(key, "a parameter's name")
    if is_empty(value):
        raise key.error(f"the parameter {quoted(name)} has no default")
    if isinstance(value, Text):
        return Parameter(name, key, parse_step(value))
    fields = as_mapping(value, "{default: …, range: …, choices: …, doc: …}; or one value, the default")
    unknown = [_unknown(k, is_empty(v)) for k, v in fields.items if k.value not in PARAMETER_KEYS]
    if unknown:
        raise SpecErrors(unknown)
    default = fields.get("default")
    if default is None:
        raise key.error(f"the parameter {quoted(name)} has no default")
    parameter = Parameter(name, key, parse_step(as_expression(default, "a value")))
    _read_limits(parameter, fields)
    for k, v in fields.items:
        if k.value == "doc":
            parameter.doc = as_text(v, "a text").value
        elif k.value == "symbol":
            parameter.symbol = _symbol(as_text(v, "a letter"))
        elif k.value == "width":
            parameter.width = parse_step(as_expression(v, "a value"))
        elif k.value == "width_was":
            parameter.width_was = parse_name(as_text(v, "a name"), "a parameter's name")
        elif k.value == "role":
            parameter.role = one_of(as_text(v, "a role"), ROLES, "a role")
    return parameter


def one_of(text: Text, known: tuple[str, ...], what: str) -> Text:
    """``text``, if it is one of the words of a closed list. Raises :class:`SpecError` with the nearest."""
    if text.value not in known:
        raise text.error(f"{what} is one of {', '.join(known)}, not {quoted(text.value)}{nearest(text.value, known)}")
    return text


def _symbol(text: Text) -> str:
    if not re.fullmatch(r"[^\W\d_]\w{0,29}", text.value):
        raise text.error(f"a symbol is a letter, and after it letters, digits and _, not {quoted(text.value)}")
    return text.value


def check_symbols(parameters: Mapping[str, Parameter], problems: Problems) -> None:
    """Formulas would take two parameters of one letter for one."""
    owners: dict[str, str] = {}
    for parameter in parameters.values():
        letter = spelled(parameter.symbol or parameter.name)
        owner = owners.setdefault(letter, parameter.name)
        if owner != parameter.name:
            shown = quoted(parameter.symbol or parameter.name)
            problems.append(parameter.text.error(f"{shown} stands for {quoted(owner)} in formulas already"))


def spelled(letter: str) -> str:
    """``alpha`` for α: formulas print both alike."""
    if len(letter) > 1 or letter.isascii():
        return letter
    import unicodedata

    kind, _, name = unicodedata.name(letter, "").rpartition(" LETTER ")
    return (name.lower() if "SMALL" in kind else name.capitalize()) if kind.startswith("GREEK") else letter


def _unknown(key: Text, cut: bool) -> SpecError:
    hint = "; if YAML cut a text at a comma, put it in quotes" if cut else nearest(key.value, PARAMETER_KEYS)
    return key.error(f"a parameter has no {quoted(key.value)}; it has {', '.join(PARAMETER_KEYS)}{hint}")


def _read_limits(parameter: Parameter, fields: YamlMapping) -> None:
    limits, choices, values = fields.get("range"), fields.get("choices"), fields.get("values")
    if values is not None:
        parameter.values = [parse_step(t) for t in as_texts(values, "[a, b]")]
    if limits is not None:
        parameter.low, parameter.high = parse_range(as_text(limits, "a range: low..high"))
    if choices is None:
        return
    if limits is not None:
        raise SpecError("a parameter has a range or choices, not both", place_of(choices))
    if isinstance(choices, Text):
        if not re.fullmatch(r"[\w.-]+\.variants", choices.value):
            raise choices.error("choices are a list, or NETWORK.variants")
        parameter.choices_of = choices
        return
    parameter.choices = [parse_step(t) for t in as_texts(choices, "[a, b]")]
    if not parameter.choices:
        raise SpecError("a list of choices has one at least", place_of(choices))
