"""Conditions: a number chooses, an array counts each side where it holds, a symbol decides what can be decided."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy

from costcalc import SpecError

from .evaluating import Point, network, three_ways

HEAD = """
parameters: {c: 8, m: 2, s: 1, res: 8}
input: res x res x 8
layers:
"""


def points(**values: tuple[int, ...]) -> list[Point]:
    defaults: Point = {"c": 8, "m": 2, "s": 1, "res": 8}
    return [{**defaults, **dict(zip(values, row, strict=True))} for row in product(*values.values())]


def spec(*steps: str) -> str:
    return HEAD + "".join(f"  {step}\n" for step in steps)


CONDITIONS = [
    ("conv(3x3, 4) if m > 2", "x: conv(3x3, 4) if m > 2", "y: bn"),
    ("both sides", "x: conv(3x3, 4) if m > 2 else dwconv(5x5)", "y: conv(1x1, 4)"),
    ("sides of different sizes", "x: conv(3x3, 4, 2) if m > 2 else maxpool(3, 4)", "y: fc(3)"),
    ("three ways", "x: (conv(3x3, 4) if m == 1 else dwconv(3x3) if m == 2 else fc(5))", "y: fc(3)"),
    ("nested", "x: (conv(3x3, 4) if c < 8 else dwconv(3x3)) if m > 1", "y: conv(1x1, c)"),
    ("and, or, not", "x: conv(3x3, 4) if (m > 1 and c == 8) or not s == 1", "y: conv(1x1, c)"),
    ("a residual", "x: conv(3x3, c, s)", "y: add(in, x) if s == 1 and c == in.c", "z: conv(1x1, 2)"),
    ("a projection", "x: conv(3x3, c, s)", "y: add(x, in -> conv(1x1, c, s) if s != 1 or c != in.c)"),
    ("from another tensor", "x: conv(3x3, c)", "y: in -> conv(3x3, 8) if m > 2", "z: concat(x, y)"),
    ("of numbers", "k: 5 if m > 2 else 3", "x: conv(k, 16 if c > 4 else 2*c)"),
    ("of lists", "k: ([3, 5] if m > 2 else [5, 1])", "x: conv(k, 4)"),
    ("several tensors", "x: (in -> conv(3x3, 4), in) if m > 2 else (in, in -> conv(3x3, 4))", "y: concat(x)"),
    ("whether it is shrunk", "x: conv(1x1, c) if c < 6 else conv(1x1, 2*c)", "y: add(x, x) if x.c == 16"),
    ("by 0 and 1", "x: conv(3x3, 4) if m - 1", "y: bn"),
]


@pytest.mark.parametrize("steps", [c[1:] for c in CONDITIONS], ids=[c[0] for c in CONDITIONS])
def test_a_condition_on_arrays_is_the_condition_at_each_element(steps: tuple[str, ...]) -> None:
    found = three_ways(spec(*steps), points(m=(1, 2, 3), c=(4, 8), s=(1, 2)), "res")
    assert None not in found


def test_an_equality_of_symbols_is_taken_as_false_and_is_an_assumption() -> None:
    net = network(spec("x: conv(3x3, c)", "y: x -> conv(1x1, 16) if c == 8", "z: y -> conv(1x1, 4) if c == 8"))
    c = sympy.Symbol("c", integer=True, positive=True)
    cost = net.cost(c=c)
    assert [str(a.condition) for a in cost.assumptions] == ["Ne(c, 8)"]
    assert sympy.expand(cost.params - (9 * 8 * c + 2 * c)) == 0
    assert cost.params.subs(c, 4) == net.cost(c=4).params


def test_an_assumption_that_decides_about_nothing_is_dropped() -> None:
    net = network(spec("x: conv(3x3, c)", "y: add(in, x) if c == in.c"))
    cost = net.cost(c=sympy.Symbol("c", integer=True, positive=True))
    assert cost.assumptions == []


def test_an_open_inequality_is_an_error() -> None:
    net = network(spec("x: conv(3x3, c) if c > 8 else bn"))
    with pytest.raises(SpecError) as e:
        net.cost(c=sympy.Symbol("c", integer=True, positive=True))
    assert str(e.value) == "test.yaml:6:24: x: a symbol leaves it open whether 8 < c; give it a number"
    assert net.cost(c=sympy.Symbol("c", integer=True, negative=True)).params == 16


def test_numbers_around_decide_an_open_inequality() -> None:
    net = network(spec("x: conv(3x3, c) if c > 8 else bn"))
    c = sympy.Symbol("c", integer=True, positive=True)
    for around, params in ((12, 9 * 8 * c + 2 * c), (8, 16)):
        cost = net.cost({"c": c}, around={c: around})
        (assumption,) = cost.assumptions
        assert [bool(assumption.condition.subs(c, k)) for k in (8, 9)] == [around == 8, around == 12]
        assert sympy.expand(cost.params - params) == 0


def test_an_assumption_about_params_or_about_work_alone_matters() -> None:
    c = sympy.Symbol("c", integer=True, positive=True)
    for layer in ("bn", "conv(1x1, 8, norm=none, bias=no, fixed=yes)"):
        (assumption,) = (
            network(spec("x: conv(3x3, c)", f"y: in -> {layer} if c == 12", "z: concat(x, y)")).cost(c=c).assumptions
        )
        assert str(assumption.condition) == "Ne(c, 12)"


def counts(net: Any, **point: Any) -> list[tuple[str, list[int]]]:
    n = max(np.size(value) for value in point.values())
    return [(layer.name, np.broadcast_to(layer.count, n).tolist()) for layer in net.graph(**point).layers]


def test_each_side_counts_where_it_holds() -> None:
    net = network(spec("x: conv(3x3, 4, act=none) if m > 2 else dwconv(3x3, norm=none)", "y: bn if m > 1"))
    assert counts(net, m=np.array([1, 2, 3, 4])) == [
        ("x.conv", [0, 0, 1, 1]),
        ("x.bn", [0, 0, 1, 1]),
        ("x.conv", [1, 1, 0, 0]),
        ("x.act", [1, 1, 0, 0]),
        ("y", [0, 1, 1, 1]),
    ]


def test_masks_multiply_through_nesting() -> None:
    net = network(spec("x: (conv(3x3, 4, norm=none, act=none) if c > 4) if m > 1", "y: bn"))
    grid = [(m, c) for m in (1, 2) for c in (4, 8)]
    m, c = (np.array(column) for column in zip(*grid, strict=True))
    assert counts(net, m=m, c=c) == [("x.conv", [0, 0, 0, 1]), ("y", [1, 1, 1, 1])]


def test_a_side_that_holds_everywhere_is_not_masked() -> None:
    net = network(spec("x: conv(3x3, 4, norm=none, act=none) if m > 0 else dwconv(3x3, norm=none)", "y: bn"))
    assert [layer.count for layer in net.graph(m=np.array([1, 2])).layers] == [1, 1]


INVALID = [
    ("groups", "x: conv(1x1, 24, g=m)", {"m": (1, 2, 3, 4)}, [1, 1, 0, 1]),
    ("a window", "x: conv(5x5, 4, pad=none)", {"res": (3, 4, 5, 9)}, [0, 0, 1, 1]),
    ("a pool", "x: maxpool(4, pad=none)", {"res": (3, 4)}, [0, 1]),
    ("a sum", "x: add(in, conv(1x1, c))", {"c": (4, 8)}, [0, 1]),
    ("a gate", "x: mul(in, conv(1x1, 8, s))", {"s": (1, 2, 8)}, [1, 0, 1]),
    ("concat", "x: concat(in, conv(1x1, 3, s))", {"s": (1, 2)}, [1, 0]),
    ("pad_add", "x: pad_add(in, conv(1x1, c))", {"c": (4, 8, 9)}, [1, 1, 0]),
    ("crop", "x: crop(4)", {"res": (3, 4, 5)}, [0, 1, 1]),
    ("shuffle", "x: shuffle(m)", {"m": (2, 3, 8)}, [1, 0, 1]),
    ("split", "x: split(in, [m, 4]) -> concat", {"m": (3, 4)}, [0, 1]),
    ("a size", "x: conv(1x1, c / 2)", {"c": (7, 8)}, [0, 1]),
    ("twice", "x: conv(5x5, 4, pad=none) -> conv(5x5, 24, pad=none, g=m)", {"res": (8, 9), "m": (1, 3)}, [0, 0, 1, 0]),
]


@pytest.mark.parametrize(("step", "values", "valid"), [i[1:] for i in INVALID], ids=[i[0] for i in INVALID])
def test_an_element_that_breaks_a_rule_is_marked_and_its_neighbours_are_not(
    step: str, values: dict[str, tuple[int, ...]], valid: list[int]
) -> None:
    text = spec(step)
    grid = points(**values)
    found = three_ways(text, grid, symbols=False)
    assert [numbers is not None for numbers in found] == list(map(bool, valid))
    cost = network(text).cost(**{name: np.array([p[name] for p in grid]) for name in grid[0]})
    assert cost.valid.tolist() == list(map(bool, valid))
    for total in (cost.params, cost.mult_adds):
        if np.ndim(total):
            assert (~np.ma.getmaskarray(total)).tolist() == list(map(bool, valid))


@pytest.mark.parametrize(("step", "values", "valid"), [i[1:] for i in INVALID], ids=[i[0] for i in INVALID])
def test_what_a_side_cannot_build_matters_only_where_it_holds(
    step: str, values: dict[str, tuple[int, ...]], valid: list[int]
) -> None:
    name, call = step.split(": ", 1)
    found = three_ways(spec(f"{name}: ({call}) if s > 4 else bn"), points(**values), symbols=False)
    if "s" not in values:
        assert None not in found
    guarded = spec(f"{name}: ({call}) if s != 7 else bn")
    both = [{**point, "s": s} for point in points(**values) for s in ((7, 1) if "s" not in values else (7,))]
    three_ways(guarded, both, symbols=False)


def test_a_let_that_one_side_asks_for_first_is_itself_on_the_other() -> None:
    """It was evaluated once, under the side's mask, and had that side's value everywhere: 18 params instead of 30."""
    text = """
        parameters: {a: {default: 3, range: 0..9}}
        let: {v: 3 if a > 2 else 5}
        input: 8 x 8 x 4
        layers:
          one: conv(1x1, v) if a > 2
          two: conv(1x1, v)
    """
    three_ways(text, [{"a": 1}, {"a": 3}], symbols=False)
    net = network(text)
    assert net.cost(a=np.array([1, 3])).params.tolist() == [net.cost(a=a).params for a in (1, 3)] == [30, 33]


def test_a_symbol_alone_is_a_condition() -> None:
    net = network("parameters: {n: 1}\ninput: 8 x 8 x 3\nlayers:\n  a: conv(1x1, 8 if n else 4)\n")
    cost = net.cost(n=sympy.Symbol("n"))
    assert cost.params == net.cost(n=3).params
    assert [a.condition for a in cost.assumptions] == [sympy.Ne(sympy.Symbol("n"), 0)]
