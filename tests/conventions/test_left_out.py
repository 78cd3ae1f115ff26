"""Layers that a convention leaves out by name: the layer itself, or all that it holds, and no other."""

from __future__ import annotations

import copy

import pytest

from costcalc import UsageError
from costcalc.conventions import DEFAULT, Convention, load_convention
from costcalc.language.source import Source
from costcalc.network import network_from

TEXT = """
network: net
input: 4 x 4 x 2
layers:
  x:  conv(1x1, 2, norm=none, bias=no) -> conv(3x3, 4, norm=none, bias=no)
  x2: conv(1x1, 4, norm=none, bias=no)
  y:  fc(5, bias=no)
"""
COSTS = {"x.1.conv": 2 * 2 * 16, "x.2.conv": 9 * 2 * 4 * 16, "x2.conv": 4 * 4 * 16, "y.linear": 64 * 5}


def without(*names: str) -> Convention:
    found = copy.copy(load_convention(DEFAULT))
    found.exclude = list(names)
    return found


@pytest.mark.parametrize(
    ("names", "gone"),
    [
        (("x",), ("x.1.conv", "x.2.conv")),
        (("x.1",), ("x.1.conv",)),
        (("x.2.conv",), ("x.2.conv",)),
        (("x2",), ("x2.conv",)),
        (("x2.conv", "y"), ("x2.conv", "y.linear")),
        (("*.conv",), ("x.1.conv", "x.2.conv", "x2.conv")),
        (("x.*.conv",), ("x.1.conv", "x.2.conv")),
        (("*2",), ("x.2.conv", "x2.conv")),
    ],
)
def test_a_name_means_the_layer_or_what_it_holds(names: tuple[str, ...], gone: tuple[str, ...]) -> None:
    cost = network_from(Source("net.yaml", TEXT)).cost(convention=without(*names))
    assert cost.mult_adds == sum(COSTS.values())
    assert cost.counted == sum(count for name, count in COSTS.items() if name not in gone)
    assert {layer.name for layer in cost.layers if layer.op in ("conv2d", "linear") and not layer.counted} == set(gone)


@pytest.mark.parametrize("name", ["x.3", "x.1.con", "z", "x.", "1"])
def test_a_name_that_no_layer_has_is_an_error(name: str) -> None:
    with pytest.raises(UsageError, match="which this network doesn't have"):
        _ = network_from(Source("net.yaml", TEXT)).cost(convention=without(name)).counted
