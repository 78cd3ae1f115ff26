"""``schema``: it agrees with the readers, takes every shipped spec, and refuses broken ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from costcalc.conventions import KEYS, PRINTED
from costcalc.language.find import shipped
from costcalc.language.schema import convention_schema, spec_schema
from costcalc.language.sections import PARAMETER_KEYS, SECTIONS

from .running import EYES, TINY, refused, shown

SPEC = jsonschema.Draft202012Validator(spec_schema())
CONVENTION = jsonschema.Draft202012Validator(convention_schema())
LOADERS = [yaml.BaseLoader, yaml.SafeLoader]


def read(text: str, loader: Any = yaml.BaseLoader) -> Any:
    return yaml.load(text, Loader=loader)


def test_the_command_prints_it() -> None:
    assert json.loads(shown("schema")) == spec_schema()
    assert json.loads(shown("schema", "--kind", "convention")) == convention_schema()
    assert "'paper' is not one of 'spec', 'convention'" in refused("schema", "--kind", "paper")


def test_it_is_a_schema() -> None:
    for validator in (SPEC, CONVENTION):
        validator.check_schema(validator.schema)
        assert validator.schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_its_sections_are_those_of_the_reader() -> None:
    assert list(spec_schema()["properties"]) == list(SECTIONS)
    assert all(section["description"] for section in spec_schema()["properties"].values())
    assert spec_schema()["additionalProperties"] is False
    (parameter,) = spec_schema()["properties"]["parameters"]["patternProperties"].values()
    assert list(parameter["anyOf"][1]["properties"]) == list(PARAMETER_KEYS)


def test_its_conventions_are_those_of_the_reader() -> None:
    assert set(convention_schema()["properties"]) == set(KEYS)
    assert convention_schema()["properties"]["printed"]["enum"] == list(PRINTED)


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("kind", ["networks", "blocks"])
def test_every_shipped_spec(kind: str, loader: Any) -> None:
    """As text alone, and with the types that an editor gives to numbers and yes/no."""
    for path in shipped(kind).values():
        SPEC.validate(read(Path(path).read_text(encoding="utf-8"), loader))


@pytest.mark.parametrize("loader", LOADERS)
def test_every_shipped_convention(loader: Any) -> None:
    for path in shipped("conventions").values():
        CONVENTION.validate(read(Path(path).read_text(encoding="utf-8"), loader))


def test_specs_of_ones_own() -> None:
    for text in (
        TINY,
        EYES,
        "blocks:\n  root(x, *kids; c): conv(1x1, c)\n  f(*xs;): add(xs)\n  g(h, w; c, s=max(1, 2)): x\n",
    ):
        SPEC.validate(read(text))
    SPEC.validate(
        read(
            "network: α1\nparameters: {ρ2: 1}\ninput: 8 x 8 x 3\nlayers: {a, b: split(in, 2)}".replace("{a", '{"a')
            .replace("b:", 'b":')
            .replace("split(in, 2)", '"split(in, 2)"')
        )
    )


START = "network: x\ninput: 8 x 8 x 3\nlayers: conv(3x3, 4)\n"


@pytest.mark.parametrize(
    "text",
    [
        "[]", "text", "{}", "network: x", "network: x\nlayers: conv(3x3, 4)", "network: x\ninput: 8 x 8 x 3",
        START + "paramters: {}",
        START + "parameters: {alpha: {defualt: 1}}",
        START + "parameters: {alpha: {range: 1..2}}",
        START + "parameters: {alpha: {default: 1, range: 1-2}}",
        START + "parameters: {alpha: {default: 1, range: 1..2, choices: [1]}}",
        START + "parameters: {alpha: {default: 1, choices: []}}",
        START + "parameters: {alpha: {default: 1, choices: efficientnet}}",
        START + "parameters: {alpha: [1]}",
        START + "parameters: {2a: 1}",
        START + "parameters: {in: 1}",
        START + "parameters: [alpha]",
        START + "aliases: y",
        START + "aliases: [a b]",
        START + "uses: {../x: [y]}",
        START + "uses: {x: y}",
        START + "let: {f(: 1}",
        START + "let: {'f(a;b)': 1}",
        START + "let: {f: [1]}",
        START + "defaults: {conv: relu6}",
        START + "blocks: {'b(;c': x}",
        START + "blocks: {b: []}",
        START + "blocks: {b: {}}",
        START + "blocks: {b: {table: 1, were: {c: 1}}}",
        START + "output: {a: b}",
        START + "variants: {a: 1}",
        START + "variants: 'a | b'",
        START + "where: c",
        "network: x\ninput: 8 x 8 x 3\nlayers: {a: conv(3x3, 4)}\nwhere: {c: 1}",
        "network: x\ninput: 8 x 8 x 3\nlayers: {}",
        "network: x\ninput: 8 x 8 x 3\nlayers: {a b: conv(3x3, 4)}",
        "network: x\ninput: 8 x 8 x 3\nlayers: {each: conv(3x3, 4)}",
        "network: x\ninput: 8 x 8 x 3\nlayers: {a: {b: c}}",
        "network: x\ninput: 8 x 8 x 3\nlayers: {a: ''}",
        "network: x\ninput: 224\nlayers: conv(3x3, 4)",
        "network: x\ninput: [8, 8, 3]\nlayers: conv(3x3, 4)",
        "network: a/b\ninput: 8 x 8 x 3\nlayers: conv(3x3, 4)",
        "network: ''\ninput: 8 x 8 x 3\nlayers: conv(3x3, 4)",
        "blocks: {b: x}\nlayers: x", "blocks: {b: x}\nparameters: {a: 1}", "about: nothing",
    ],
)  # fmt: skip
def test_broken_specs(text: str) -> None:
    assert not SPEC.is_valid(read(text))


def test_those_are_broken_in_what_they_should_be() -> None:
    assert SPEC.is_valid(read(START))
    assert SPEC.is_valid(read("blocks: {b: x}"))


@pytest.mark.parametrize(
    "text",
    [
        "convention: x", "unit: y", "convention: x\nunit: y\nwrok: {}", "convention: x\nunit: y\nwork: {mac: 1}",
        "convention: x\nunit: y\nprinted: up", "convention: x\nunit: y\notherwise: 1",
        "convention: x\nunit: y\nscaled: {r: 1}",
        "convention: x\nunit: y\nexclude: fc",
    ],
)  # fmt: skip
def test_broken_conventions(text: str) -> None:
    assert not CONVENTION.is_valid(read(text))
