"""What ints refuse, arrays mark, element by element; and what a symbol takes for granted is told."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from .evaluating import network, three_ways

HEAD = """
parameters: {n: 3, m: 2, c: 8, s: 2, p: 1, res: 16}
input: res x res x 8
layers:
"""
DEFAULTS = {"n": 3, "m": 2, "c": 8, "s": 2, "p": 1, "res": 16}
PARTS = ("a, b: split(in, [p, 8 - p])", "x: concat(b, a)")
SHARED = ("a: split(in, 4)", "b: a -> each (conv(3x3, 2) if i > m) sharing weights", "x: concat(b)")


@pytest.mark.parametrize(
    ("steps", "name", "values", "valid"),
    [
        pytest.param(("x: conv(3x3, 8, pad=p)",), "p", [0.5, 1], [0, 1], id="half a pixel of padding"),
        pytest.param(("x: conv(3x3, 8, pad=p)",), "p", [-1, 1], [0, 1], id="negative padding"),
        pytest.param(("x: maxpool(3, pad=p)",), "p", [-1, 1], [0, 1], id="negative padding of a pool"),
        pytest.param(("x: n * conv(3x3, 8)",), "n", [2.5, 1], [0, 1], id="a fraction of a copy"),
        pytest.param(("x: n * conv(3x3, 8)",), "n", [-1, 1], [0, 1], id="less than no copy"),
        pytest.param(("x: pad(p) -> conv(3x3, 8)",), "p", [0.5, 1], [0, 1], id="pad by half a pixel"),
        pytest.param(("x: pad(p) -> conv(3x3, 8)",), "p", [-1, 1], [0, 1], id="pad by less than 0"),
        pytest.param(PARTS, "p", [-1, 1, 8, 9], [0, 1, 1, 0], id="a part of -1 channels"),
        pytest.param(PARTS, "p", [0.5, 1], [0, 1], id="a part of half a channel"),
        pytest.param(
            ("a: conv(1x1, c)", "x: split(a, 4) -> concat"), "c", [2, 8], [0, 1], id="more parts than channels"
        ),
        pytest.param(("x: conv(3x3, 8, s)",), "s", [0, 1], [0, 1], id="a stride of 0"),
        pytest.param(("x: conv(1x1, c) -> dwconv(3x3)",), "c", [0, 8], [0, 1], id="no channels"),
        pytest.param(("x: conv(1x1, 8, g=m)",), "m", [0, 2], [0, 1], id="no groups"),
        pytest.param(SHARED, "m", [0, 1, 2, 3], [1, 1, 1, 1], id="shared weights, the first members off"),
    ],
)
def test_arrays_are_ints_side_by_side(steps: tuple[str, ...], name: str, values: list[float], valid: list[int]) -> None:
    text = HEAD + "".join(f"  {step}\n" for step in steps)
    found = three_ways(text, [{**DEFAULTS, name: value} for value in values], symbols=False)
    assert [numbers is not None for numbers in found] == list(map(bool, valid))


def test_an_assumption_that_decides_a_shape_is_told() -> None:
    c = sympy.Symbol("c", integer=True, positive=True)
    for steps in (("x: maxpool(2) if c == 8", "y: conv(3x3, 4)"), ("x: conv(3x3, 16 if c == 8 else 4)",)):
        net = network(HEAD + "".join(f"  {step}\n" for step in steps))
        cost = net.cost(c=c)
        assert cost.mult_adds != net.cost(c=8).mult_adds
        assert [a.condition for a in cost.assumptions] == [sympy.Ne(c, 8)]


def test_a_join_of_sizes_that_may_differ_is_an_assumption() -> None:
    c, m = sympy.symbols("c m", integer=True, positive=True)
    (assumption,) = network(HEAD + "  x: add(conv(3x3, c), conv(1x1, m))\n").cost(c=c, m=m).assumptions
    assert [bool(assumption.condition.subs({c: 4, m: v})) for v in (4, 5)] == [True, False]


def test_one_element_that_is_impossible_does_not_spoil_arrays_of_several_axes() -> None:
    net = network(HEAD + "  x: conv(5x5, c, pad=none)\n")
    cost = net.cost(c=np.array([[4], [8]]), res=np.array([[4, 5, 6]]))
    assert np.ma.getmaskarray(cost.params).tolist() == [[True, False, False]] * 2
    expected = [[None, net.cost(c=c, res=5).mult_adds, net.cost(c=c, res=6).mult_adds] for c in (4, 8)]
    assert cost.mult_adds.tolist() == expected
