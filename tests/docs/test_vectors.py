"""docs/vectors: conformance vectors are as their schema says, add up, and are what the program counts."""

from __future__ import annotations

import json
from fractions import Fraction
from math import prod
from typing import Any

import jsonschema
import pytest

from costcalc import load
from costcalc.references import load_references

from ..cli.running import ROOT

FOLDER = ROOT / "docs" / "vectors"
FILES = sorted(path for path in FOLDER.glob("*.json") if path.name != "schema.json")
SCHEMA = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))


def read(path: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_there_are_twenty_small_enough() -> None:
    assert len(FILES) == 20
    assert sum(path.stat().st_size for path in FILES) < 2_000_000
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_vector_is_as_its_schema_says_and_adds_up(path) -> None:
    vector = read(path)
    jsonschema.validate(vector, SCHEMA, jsonschema.Draft202012Validator)
    totals, layers, conventions = vector["totals"], vector["layers"], vector["conventions"]
    assert vector["network"] == path.stem
    for name in ("params", "mult_adds", "weight_bytes"):
        assert sum(layer[name] for layer in layers) == totals[name]
    assert max(layer["live_bytes"] for layer in layers) == totals["peak_bytes"]
    for k, (name, told) in enumerate(conventions.items()):
        assert sum(Fraction(layer["counts"][k]) for layer in layers) == Fraction(told["counted"]), name
    assert all(len(layer["counts"]) == len(conventions) for layer in layers)
    known = dict(vector["inputs"])
    made: dict[str, list[list[int]]] = {label: [shape] for label, shape in known.items()}
    for layer in layers:  # what goes in is what came out above
        assert layer["name"] not in made
        assert all(shape in made[name] for name, shape in zip(layer["inputs"], layer["in_shapes"], strict=True))
        assert layer["output_bytes"] == 4 * sum(map(prod, layer["out_shapes"]))
        made[layer["name"]] = layer["out_shapes"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_vector_is_what_the_program_counts(path) -> None:
    vector = read(path)
    cost = load(path.stem).cost()
    assert (vector["totals"]["params"], vector["totals"]["mult_adds"]) == (cost.params, cost.mult_adds)
    for name in ("thop", "fvcore", "torch"):
        if name in vector["conventions"]:
            assert vector["conventions"][name]["counted"] == load(path.stem).cost(convention=name).counted
    assert all(key in load_references() for key in vector["cite"])


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_convolutions_have_the_counts_of_their_shapes(path) -> None:
    """The formula of textbooks, from the file alone: every output takes kernel x channels / groups multiply-adds."""
    for layer in read(path)["layers"]:
        if layer["op"] != "conv2d":
            continue
        (c_in, *_), (c_out, *size) = layer["in_shapes"][0], layer["out_shapes"][0]
        filter_size = prod(layer["kernel_size"]) * c_in // layer["groups"]
        assert layer["mult_adds"] == filter_size * c_out * prod(size)
        assert layer["params"] in (filter_size * c_out, filter_size * c_out + c_out)


@pytest.mark.parametrize("break_it", ["params", "mult_adds", "counts", "in_shapes"])
def test_a_broken_vector_is_noticed(tmp_path, break_it: str) -> None:
    vector = read(FOLDER / "mobilenet_v2.json")
    layer = vector["layers"][3]
    if break_it == "counts":
        layer["counts"][0] += 1
    elif break_it == "in_shapes":
        layer["in_shapes"][0][0] += 1
    else:
        layer[break_it] += 1
    path = tmp_path / "mobilenet_v2.json"
    path.write_text(json.dumps(vector))
    with pytest.raises(AssertionError):
        test_a_vector_is_as_its_schema_says_and_adds_up(path)
