"""A finished graph is freed by reference counts, and small arrays cost no more than those that aren't printed."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest
import sympy

import costcalc
from costcalc.errors import SpecError
from costcalc.graph import Layer

from .evaluating import network

POINTS: list[tuple[str, dict[str, Any]]] = [
    ("mobilenet_v2", {"alpha": 0.5}),
    ("mobilenet_v2", {"alpha": np.array([0.5, 0.75]), "res": np.array([160, 224])}),
    ("mobilenet_v2", {"alpha": sympy.Symbol("a", positive=True)}),
    ("shufflenet_v1", {}),  # splits
    ("densenet", {"n1": sympy.Symbol("n", integer=True, positive=True)}),  # a series
    ("lr_aspp", {}),  # a network as a part
    ("efficientdet", {}),  # shared weights
    ("mask_rcnn", {}),
]


def _layers() -> int:
    return sum(type(thing) is Layer for thing in gc.get_objects())


@pytest.mark.parametrize(("name", "point"), POINTS, ids=lambda x: x if isinstance(x, str) else ",".join(x))
def test_a_graph_is_freed_without_the_collector(name: str, point: dict[str, Any]) -> None:
    net = costcalc.load(name)
    gc.collect()
    before = _layers()
    gc.disable()
    try:
        cost = net.cost(point)
        assert cost.mult_adds is not None
        assert _layers() > before
        del cost
        assert _layers() == before
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("name", "height", "values"),
    [
        ("lr_aspp", 1024, [1024, 2048]),
        ("deeplabv3", 513, [513, 641]),
        ("faster_rcnn_fpn", 800, [800, 1344]),
        ("mask_rcnn", 800, [1024, 1344]),
    ],
)
def test_a_height_and_an_array_of_widths(name: str, height: int, values: list[int]) -> None:
    """No shape is printed for an error that isn't raised."""
    net = costcalc.load(name)
    one_by_one = [net.cost(res=(height, value)).mult_adds for value in values]
    assert net.cost(res=(height, np.array(values))).mult_adds.tolist() == one_by_one


def test_no_array_is_printed_where_all_is_well() -> None:
    """NumPy prints whole arrays of up to 1,000 elements, which takes longer than evaluating a network on them."""

    def printed(*_: Any, **__: Any) -> str:
        raise AssertionError("an array is printed")

    sizes = np.arange(1000) % 20 + 213
    net = costcalc.load("efficientnet_b0")
    with np.printoptions(formatter={"all": printed}):
        with pytest.raises(AssertionError):
            str(sizes)
        assert net.cost(res=sizes).mult_adds.shape == (1000,)


def test_and_where_it_is_not_the_message_has_them() -> None:
    net = network("parameters: {n: 8}\ninput: n x 8 x 4\nlayers:\n  a: conv(1x1, 5)\n  b: add(a, in)")
    with pytest.raises(SpecError, match=r"add of different shapes: \[8 9\]x8x5 and \[8 9\]x8x4"):
        net.cost(n=np.array([8, 9]))
