"""What ints, arrays and symbols don't agree on yet. Each is a problem to solve; then its mark goes.

A strict xfail turns red as soon as the problem is solved.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

from costcalc import SpecError

from .evaluating import network, three_ways

HEAD = """
parameters: {n: 3, m: 2, c: 8, s: 2, p: 1, res: 16}
input: res x res x 8
layers:
"""
DEFAULTS = {"n": 3, "m": 2, "c": 8, "s": 2, "p": 1, "res": 16}


def problem(reason: str, *values: Any) -> Any:
    return pytest.param(*values, id=reason, marks=pytest.mark.xfail(strict=True, reason=reason))


@pytest.mark.parametrize(
    ("steps", "name", "values"),
    [
        problem("pixels of padding that aren't whole are cut", ["x: conv(3x3, 8, pad=p)"], "p", [0.5, 1]),
        problem("negative padding is taken", ["x: conv(3x3, 8, pad=p)"], "p", [-1, 1]),
        problem("a fraction of a copy is cut", ["x: n * conv(3x3, 8)"], "n", [2.5, 1]),
        problem("pad(p) by a fraction is cut", ["x: pad(p) -> conv(3x3, 8)"], "p", [0.5, 1]),
        problem("pad(p) by less than 0 is taken", ["x: pad(p) -> conv(3x3, 8)"], "p", [-1, 1]),
        problem("a part of -1 channels", ["a, b: split(in, [p, 8 - p])", "x: concat(b, a)"], "p", [-1, 1]),
        problem("a part of half a channel", ["a, b: split(in, [p, 8 - p])", "x: concat(b, a)"], "p", [0.5, 1]),
        problem("more parts than channels", ["a: conv(1x1, c)", "x: split(a, 4) -> concat"], "c", [2, 8]),
        problem("a stride of 0 fails the whole array", ["x: conv(3x3, 8, s)"], "s", [0, 1]),
        problem("a given set of weights counts once for each member after the first that is off", [
            "a: split(in, 4)", "b: a -> each (conv(3x3, 2) if i > m) sharing weights", "x: concat(b)",
        ], "m", [0, 1, 2, 3]),
    ],
)  # fmt: skip
def test_arrays_are_ints_side_by_side(steps: list[str], name: str, values: list[float]) -> None:
    text = HEAD + "".join(f"  {step}\n" for step in steps)
    three_ways(text, [{**DEFAULTS, name: value} for value in values], symbols=False)


@pytest.mark.xfail(strict=True, reason="an assumption that decides a free layer with a shape of its own is dropped")
def test_an_assumption_that_decides_a_shape_is_told() -> None:
    net = network(HEAD + "  x: maxpool(2) if c == 8\n  y: conv(3x3, 4)\n")
    cost = net.cost(c=sympy.Symbol("c", integer=True, positive=True))
    assert cost.mult_adds != net.cost(c=8).mult_adds
    assert cost.assumptions


@pytest.mark.xfail(strict=True, reason="that two sizes are taken as equal is not told")
def test_a_join_of_sizes_that_may_differ_is_an_assumption() -> None:
    c, m = sympy.symbols("c m", integer=True, positive=True)
    assert network(HEAD + "  x: add(conv(3x3, c), conv(1x1, m))\n").cost(c=c, m=m).assumptions


@pytest.mark.xfail(strict=True, reason="ValueError of NumPy: zero-size array to reduction operation maximum")
def test_an_array_of_no_elements_is_no_crash() -> None:
    net = network(HEAD + "  x: n * conv(3x3, c)\n")
    for name in ("n", "c"):
        try:
            assert net.cost(**{name: np.array([], dtype=int)}).mult_adds.shape == (0,)
        except SpecError:
            pass
