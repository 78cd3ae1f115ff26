"""``bound`` as a budget: the seconds that a device takes at least."""

from __future__ import annotations

import json

import pytest

from costcalc.devices import load_device
from costcalc.roofline import roofline

from ..cli.running import refused, shown
from ..loading import load


def test_points_within_a_bound_are_those_whose_bound_is() -> None:
    text = shown(
        "fit", "mobilenet_v1", "--max", "bound=100ms", "--device", "stm32h747", "--over",
        "alpha=0.25:1:0.05,res=96:224:32", "--all", "--format", "json",
    )  # fmt: skip
    found = json.loads(text)
    device = load_device("stm32h747")
    assert 24 < found["fit"] < found["tried"], "as many as an evaluation of arrays takes"
    for point in found["points"]:
        seconds = roofline(load("mobilenet_v1").graph(**point["parameters"]), device).bound
        assert point["bound"] == pytest.approx(seconds)
        assert seconds <= 0.1


def test_a_bound_needs_a_device() -> None:
    assert "bound is of a device: --device NAME" in refused("fit", "mobilenet_v1", "--max", "bound=20ms")
    wrong = refused("fit", "mobilenet_v1", "--max", "bound=20", "--device", "t4")
    assert "20ms" in wrong
