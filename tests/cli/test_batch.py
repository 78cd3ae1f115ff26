"""``--batch`` of ``compare`` and ``reconcile``: what grows with the images, and what stays."""

from __future__ import annotations

import json
from typing import Any

import pytest

from costcalc.devices import load_device
from costcalc.roofline import roofline

from ..loading import load
from .running import refused, shown

PAIR = ["compare", "mobilenet_v1", "vs", "mobilenet_v2"]


def _totals(*words: str) -> list[dict[str, Any]]:
    return [spec["totals"] for spec in json.loads(shown(*PAIR, *words, "--format", "json"))["specs"]]


def test_activations_and_what_moves_grow_and_weights_and_params_stay() -> None:
    one, four = _totals("--memory", "--bits", "8"), _totals("--memory", "--bits", "8", "--batch", "4")
    for a, b, name in zip(one, four, ("mobilenet_v1", "mobilenet_v2"), strict=True):
        assert b["peak_bytes"] == 4 * a["peak_bytes"]
        once = sum(
            (parts["weight"] + 4 * parts.get("bias", 0)) * layer.weight_count
            for layer in load(name).graph().layers
            if "weight" in (parts := layer.op.weights())
        )
        assert b["moved_bytes"] == 4 * (a["moved_bytes"] - once) + once
        assert (b["params"], b["mult_adds"], b["weight_bytes"]) == (a["params"], a["mult_adds"], a["weight_bytes"])
        assert (b["batch"], b["batch_mult_adds"]) == (4, 4 * load(name).cost().mult_adds)
        assert "batch" not in a
        device = load_device("coral_edge_tpu")
        assert a["moved_bytes"] == roofline(load(name).graph(), device, dtype="int8").bytes


def test_work_of_all_images_stands_beside_that_of_one() -> None:
    text = shown(*PAIR, "--batch", "4", "--by", "spec")
    assert "of 4 images" in text
    assert f"{4 * 568_740_352:,}" in text
    assert "of 4 images" not in shown(*PAIR, "--by", "spec")


def test_conventions_have_the_work_of_all_images_too() -> None:
    found = json.loads(shown("reconcile", "mobilenet_v1", "--batch", "3", "--format", "json"))
    assert found["batch"] == 3
    for row in found["conventions"]:
        assert row["batch_work"] == (None if "problem" in row else 3 * row["work"])
    assert "of 3 images" in shown("reconcile", "mobilenet_v1", "--batch", "3")


@pytest.mark.parametrize("definition", ["live", "training", "tflm"])
def test_definitions_have_the_activations_of_all_images(definition: str) -> None:
    words = ["reconcile", "mobilenet_v1", "--memory", "--bits", "8", "--batch", "3", "--format", "json"]
    found = {row["definition"]: row["peak_bytes"] for row in json.loads(shown(*words))["definitions"]}
    assert found[definition] == load("mobilenet_v1").cost().memory(definition, bits=8, batch=3).peak


def test_a_batch_of_nothing_and_where_there_is_none() -> None:
    assert "0 is not in the range x>=1" in refused(*PAIR, "--batch", "0")
    assert "0 is not in the range x>=1" in refused("reconcile", "mobilenet_v1", "--batch", "0")
    said = "--batch is for totals and for --memory"
    assert said in refused("reconcile", "mobilenet_v1", "--batch", "2", "--explain", "569M")
    assert said in refused("reconcile", "mobilenet_v1", "--batch", "2", "--between", "fvcore", "thop")
