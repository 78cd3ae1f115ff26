"""Steps: what their names mean, and when."""

from __future__ import annotations

import pytest

from ..evaluate.evaluating import network

HEAD = "input: 8 x 8 x 4\nlayers:\n  a: conv(3x3, 8)\n"


@pytest.mark.parametrize(("itself", "other"), [("avgpool", "avgpool()"), ("(avgpool)", "avgpool()"), ("bn", "bn()")])
def test_a_step_named_like_its_layer_is_taken_for_a_value(itself: str, other: str) -> None:
    """``avgpool: avgpool`` is the layer: a step's name means something below it only."""
    name = itself.strip("()")
    one = network(f"{HEAD}  {name}: {itself}\n  out: fc(10)\n").cost()
    assert one.params == network(f"{HEAD}  x: {other}\n  out: fc(10)\n").cost().params
