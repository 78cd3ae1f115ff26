"""JSON Schema of spec files, so that editors complete and mark them. It knows the shape; ``lint`` knows the language.

The keys come from the tables that the readers use, the rest says what those readers take. Patterns are of the kind
that Python and ECMAScript read alike; letters beyond ASCII are let through.
"""

from __future__ import annotations

from typing import Any

from .parameters import PARAMETER_KEYS, ROLES
from .published import PATTERNS
from .sections import SECTIONS, TASKS
from .tokens import RESERVED

Schema = dict[str, Any]

_LETTER = "A-Za-z_\\u0080-\\uFFFF"
_NAME = rf"(?!(?:{'|'.join(sorted(RESERVED))})(?![0-9{_LETTER}]))[{_LETTER}][0-9{_LETTER}]*"
_NAMES = rf"\s*{_NAME}\s*(?:,\s*{_NAME}\s*)*"
_TENSORS = rf"\s*(?:{_NAME}\s*,\s*)*(?:{_NAME}|\*\s*{_NAME})\s*;"
_PARAMS = rf"\s*(?:{_NAME}\s*(?:[=,][^;]*)?)?"
_FUNCTION = rf"^\s*{_NAME}\s*(?:\({_PARAMS}\))?\s*$"
_HEAD = rf"^\s*{_NAME}\s*(?:\((?:{_TENSORS})?{_PARAMS}\))?\s*$"
_PUBLIC = rf"^[0-9{_LETTER}][0-9{_LETTER}.\-]{{0,99}}$"

_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_VALUE: Schema = {**_TEXT, "minLength": 1}
_SHAPE: Schema = {"type": "string", "pattern": r"\s[x×]\s|[x×²][0-9x×²\s]"}
_LISTED: Schema = {"type": "array", "items": _VALUE}
_OF_NETWORKS = ("layers", "input", "output", "features", "where", "variants", "parameters", "require", "task")


def spec_schema() -> Schema:
    """The schema of a network or a library of blocks."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "costcalc spec",
        "description": "A network, or a library of blocks, in the rows and letters of its paper.",
        "type": "object",
        "properties": {name: {"description": _ABOUT[name], **_SECTIONS[name]} for name in SECTIONS},
        "additionalProperties": False,
        "if": {"required": ["network"]},
        "then": {"required": ["input", "layers"]},
        "else": {
            "required": ["blocks"],
            "properties": dict.fromkeys(_OF_NETWORKS, False),
        },
        "dependentSchemas": {"where": {"properties": {"layers": {"type": "string"}}}},
    }


def convention_schema() -> Schema:
    """The schema of a counting convention."""
    rules = _keyed(r"^[^.\s]+\..+$", _VALUE, minimum=0)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "costcalc counting convention",
        "description": "Which parts of the layers count, and how much.",
        "type": "object",
        "properties": {
            "convention": {"description": "Its name.", **_VALUE},
            "as": {"description": "A shipped convention whose rules come before these.", **_VALUE},
            "about": {"description": "What is counted, for people.", **_TEXT},
            "source": {"description": "Who counts so, with the evidence.", **_TEXT},
            "tool": {"description": "The program that counts so, with its version.", **_TEXT},
            "unit": {"description": "What one unit of work is.", **_VALUE},
            "params": {
                "description": "KIND.PART: factor, for weights; * is any kind, later entries win.",
                **rules,
            },
            "work": {"description": "KIND.PART: factor or expression, for work.", **rules},
            "zero": {"description": "Kinds (all their work) and parts that the source counts 0.", **_LISTED},
            "passes_over": {"description": "Kinds and parts that the tool has no rule for.", **_LISTED},
            "only": {"description": "All parts that are work, by definition.", **_LISTED},
            "exclude": {"description": "Layers left out, by name.", **_LISTED},
            "frozen": {"description": "Layers whose weights aren't counted, by name.", **_LISTED},
            "parameters": {"description": "Values that the source's networks have.", **_keyed(rf"^{_NAME}$", _VALUE)},
            "printed": {"description": "How figures are cut.", "enum": ["rounded", "truncated", "ceiled"]},
            "otherwise": {"description": "What no rule covers isn't counted.", "enum": ["0", 0]},
            "scaled": {"description": "The work at this resolution times (res/R)².", **_keyed("^res$", _VALUE)},
            "code": {"description": "Whose code of the networks rules may ask about: torchvision.", **_VALUE},
            "written": {
                "description": "How the code is written, in place of what code says.",
                **_keyed(rf"^{_NAME}$", _VALUE),
            },
        },
        "additionalProperties": False,
        "required": ["convention", "unit"],
    }


def _keyed(pattern: str, value: Schema, *, minimum: int = 1) -> Schema:
    """A mapping whose keys match ``pattern``."""
    return {
        "type": "object",
        "patternProperties": {pattern: value},
        "additionalProperties": False,
        "minProperties": minimum,
    }


def _parameters() -> Schema:
    fields: dict[str, Schema] = {
        "default": {"description": "An expression over the parameters above it.", **_VALUE},
        "range": {"description": "Inclusive: low..high", "type": "string", "pattern": r"^\s*\S.*\.\..*\S\s*$"},
        "choices": {
            "description": "A list of values, networks and NETWORK.variants; or NETWORK.variants",
            "anyOf": [{**_LISTED, "minItems": 1}, {"type": "string", "pattern": r"^\S+\.variants$"}],
        },
        "values": {"description": "The values that the source evaluates.", **_LISTED},
        "doc": {"description": "What it means, for the help.", **_TEXT},
        "symbol": {"description": "How formulas print it.", "type": "string", "pattern": rf"^{_NAME}$"},
        "role": {"description": "What it scales in the whole network.", "enum": list(ROLES)},
        "width": {"description": "Of the input's size: the width where one number is given.", **_VALUE},
        "width_was": {"description": "The name that the width had as a parameter of its own.", **_VALUE},
    }
    full = {
        "type": "object",
        "properties": {key: fields[key] for key in PARAMETER_KEYS},
        "additionalProperties": False,
        "required": ["default"],
        "not": {"required": ["range", "choices"]},
    }
    return _keyed(rf"^\s*{_NAME}\s*$", {"anyOf": [_VALUE, full]}, minimum=0)


def _body() -> Schema:
    """Steps, a table with its rules, or one text: a table or an expression."""
    with_rules = {
        "type": "object",
        "properties": {"table": {"type": "string", "pattern": r"\|"}, "where": _RULES},
        "additionalProperties": False,
        "required": ["table"],
    }
    return {"anyOf": [_VALUE, _keyed(rf"^{_NAMES}$", _VALUE), with_rules]}


_RULES = _keyed(rf"^\s*{_NAME}\s*$", _VALUE, minimum=0)

_CITED: Schema = {"type": "string", "pattern": f"^{PATTERNS['cite'][0]}$"}
_AUTHOR: Schema = {"type": "string", "pattern": r"^[^;]*\S[^;]*$"}

_SECTIONS: dict[str, Schema] = {
    "network": {"type": "string", "pattern": _PUBLIC},
    "title": _VALUE,
    "source": {
        "anyOf": [
            _VALUE,
            {
                "type": "object",
                "properties": {
                    "year": {"type": ["string", "integer"], "pattern": f"^{PATTERNS['year'][0]}$"},
                    "cite": {"anyOf": [_CITED, {"type": "array", "items": _CITED, "minItems": 1}]},
                    "authors": {"anyOf": [_AUTHOR, {"type": "array", "items": _AUTHOR, "minItems": 1}]},
                    "doi": {"type": "string", "pattern": f"^{PATTERNS['doi'][0]}$"},
                    "url": {"type": "string", "pattern": f"^{PATTERNS['url'][0]}$"},
                },
                "additionalProperties": _TEXT,
            },
        ]
    },
    "about": _VALUE,
    "family": _VALUE,
    "task": {"enum": list(TASKS)},
    "aliases": {
        "anyOf": [
            {"type": "array", "items": {"type": "string", "pattern": _PUBLIC}},
            {"type": "string", "pattern": r"(?:^|\n|\|)\s*name\s*(?:\||\n)"},
        ]
    },
    "uses": _keyed(rf"^[0-9{_LETTER}][0-9{_LETTER}\-]*$", _LISTED, minimum=0),
    "parameters": _parameters(),
    "let": _keyed(_FUNCTION, _VALUE, minimum=0),
    "require": _keyed(r"\S", _VALUE, minimum=0),
    "defaults": _keyed(rf"^{_NAME}$", {"type": "string", "pattern": rf"^\s*{_NAME}\s*=\s*\S"}, minimum=0),
    "blocks": _keyed(_HEAD, _body(), minimum=0),
    "input": {"anyOf": [_SHAPE, _keyed(rf"^\s*{_NAME}\s*$", _SHAPE)]},
    "layers": _body(),
    "where": _RULES,
    "output": {"anyOf": [_VALUE, _LISTED]},
    "features": _keyed(rf"^\s*{_NAME}\s*$", _VALUE, minimum=0),
    "variants": {"type": "string", "pattern": r"(?:^|\n|\|)\s*name\s*(?:\||\n)"},
}

_ABOUT = {
    "network": "The network's name. A file without it is a library of blocks.",
    "title": "The name for people.",
    "source": "Where it was published: {cite: KEY, where: …}, or title, authors, year, venue, arxiv, doi, url.",
    "about": "A sentence about it.",
    "family": "The family that 'costcalc list' puts it in.",
    "task": "What it is for.",
    "aliases": "Other names to ask for it by.",
    "uses": "Blocks and networks of other files: {file: [names]}",
    "parameters": "In order; each is an option of the command line: {default: …, range: low..high, doc: …}",
    "let": "Named values and one-line functions.",
    "require": "What must hold of the parameters: {condition: why}",
    "defaults": "Arguments that a built-in layer starts from in this file.",
    "blocks": "name(parameters): steps, a table or an expression.",
    "input": "H x W x C, or name: H x W x C for several inputs.",
    "layers": "The network: a table of rows, or steps.",
    "where": "How the columns of the table are read.",
    "output": "The names of the results; without it, the last step.",
    "features": "Names for points of the network that others take features from: {C4: row}",
    "variants": "A table of names for points in parameter space.",
}
