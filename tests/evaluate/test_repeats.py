"""Repeats: n copies over ints, arrays and symbols; a copy that settles stands for all later ones."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy

from costcalc import SpecError

from .evaluating import Point, facts, network, three_ways

HEAD = """
parameters: {n: 3, m: 2, c: 8, s: 2, res: 16}
input: res x res x 8
blocks:
  plain(c, s):
    dw: dwconv(3x3, s)
    pw: conv(1x1, c)
  shrink(c, s=2): conv(3x3, c, s)
  residual(c, s):
    x: conv(3x3, c, s)
    out: add(in, x) if s == 1 and c == in.c
  dense(k): concat(in, conv(3x3, k))
  copies(c, n): n * conv(3x3, c)
"""
BODIES = [
    "n * conv(3x3, c)",
    "n * conv(3x3, 12)",
    "n * conv(3x3, c, s)",
    "n * conv(3x3, 12, s=2)",
    "n * bn",
    "(n * plain(c, s))",
    "n * shrink(12, s)",
    "n * residual(c, s)",
    "n * (conv(3x3, c) -> dwconv(3x3))",
    "n * (conv(3x3, 2*in.c) -> conv(1x1, 8))",
    "conv(1x1, 4) -> n * conv(3x3, c, s) -> m * dwconv(3x3)",
    "n * (m * conv(3x3, c))",
    "n * copies(c, m)",
    "n * (m * conv(3x3, c) -> conv(1x1, 8))",
    "n * m * bn",
    "n * dense(4)",
    "n * dense(m)",
    "n * conv(1x1, 4*i)",
    "n * (conv(3x3, 4*i) -> conv(1x1, 8))",
    "n * (conv(3x3, m*i*i, norm=none) -> conv(1x1, 8))",
    "n * (dwconv(3x3) if m > 1)",
    "(n + m) * conv(3x3, 12)",
    "ceil(n / 2) * conv(3x3, 12)",
    "n // m * conv(3x3, 12)",
    "0 * conv(3x3, 12) -> bn",
]
ON_NUMBERS_ONLY = [
    "n * conv(3x3, 8 if first else 12)",
    "n * conv(3x3, c, s if i == 2 else 1)",
    "n * (conv(1x1, 4) if i > 1 else conv(3x3, 12))",
    "n * conv(1x1, 8 + 4*(i - 1)**2)",
    "n * conv(3x3, 4*i, s)",
    "n * avgpool(2)",
    "n * shrink(12)",
    "n * (m * conv(3x3, c, s))",
]
"""Copies that never settle, or of which the first differs in more than its shape."""


def points(**fixed: Any) -> list[Point]:
    return [
        {"n": n, "m": m, "c": c, "s": s, "res": res, **fixed}
        for (n, m), (c, s, res) in product(product((0, 1, 2, 5), (1, 2)), [(8, 1, 16), (12, 2, 16), (8, 2, 9)])
    ]


@pytest.mark.parametrize("body", BODIES)
def test_a_repeat_is_its_copies_on_ints_arrays_and_symbols(body: str) -> None:
    """And every copy written out costs what the settled one does: on_ints compares them at each point."""
    found = three_ways(f"{HEAD}layers:\n  x: {body}\n  y: bn\n", points(), "n")
    assert None not in found


@pytest.mark.parametrize("body", ON_NUMBERS_ONLY)
def test_a_repeat_whose_copies_differ_is_its_copies_on_arrays(body: str) -> None:
    found = three_ways(f"{HEAD}layers:\n  x: {body}\n  y: bn\n", points(), symbols=False)
    assert None not in found


ROWS = [
    ("conv 3x3 | n | c  | s", "{}"),
    ("plain    | n | 12 | 2", "{}"),
    ("shrink   | n | 12 | 1", "{}"),
    ("residual | n | 12 | s", "{n: ceil(n / m)}"),
    ("dense    | n | -  | -", "{k: 4}"),
    ("plain    | n | 2  | 1", "{c: c * in.w}"),
    ("conv 3x3 | m | 4  | s", "{c: c * i, n: n * m}"),
    ("residual | n | 12 | 1", "{s: 2 if first else 1}"),
]


@pytest.mark.parametrize(("row", "where"), ROWS)
def test_a_row_repeats_as_a_call_does(row: str, where: str) -> None:
    text = f"{HEAD}where: {where}\nlayers: |\n  operator | n | c | s\n  {row}\n  bn | - | - | -\n"
    assert None not in three_ways(text, points(), "n")


def test_a_given_stride_holds_for_the_first_copy_and_a_default_one_for_all() -> None:
    for body, size in (
        ("3 * conv(3x3, 4, 2)", 8),
        ("3 * plain(4, s=2)", 8),
        ("3 * shrink(4)", 2),
        ("3 * shrink(4, 2)", 8),
    ):
        assert network(f"{HEAD}layers:\n  x: {body}\n").graph().outputs["out"].shape == (4, size, size)


def test_copies_by_hand() -> None:
    """3x3 from 8 to 12 channels and then n - 1 times 12 to 12, with batch norm; 16² pixels."""
    net = network(f"{HEAD}layers:\n  x: n * conv(3x3, 12)\n")
    for n in (1, 2, 5):
        assert net.cost(n=n).params == 9 * 8 * 12 + 24 + (n - 1) * (9 * 12 * 12 + 24)
        assert net.cost(n=n).mult_adds == 256 * (9 * 8 * 12 + (n - 1) * 9 * 12 * 12)
    assert net.cost(n=0).params == 0
    n = sympy.Symbol("n", integer=True, positive=True)
    assert sympy.expand(net.cost(n=n).params - (888 + (n - 1) * 1320)) == 0


def test_dense_growth_by_hand() -> None:
    """Copy i enters with 8 + 4(i - 1) channels and adds 4."""
    net = network(f"{HEAD}layers:\n  x: n * dense(4)\n")
    n = sympy.Symbol("n", integer=True, positive=True)
    weights = [9 * 4 * (8 + 4 * (i - 1)) + 8 for i in range(1, 8)]
    assert [net.cost(n=k).params for k in range(1, 8)] == [sum(weights[:k]) for k in range(1, 8)]
    assert [net.cost(n=n).params.subs(n, k) for k in range(1, 8)] == [sum(weights[:k]) for k in range(1, 8)]
    assert net.cost(n=n).graph.outputs["out"].c == 8 + 4 * n


def test_a_symbol_of_the_users_may_be_called_i() -> None:
    net = network(f"{HEAD}layers:\n  x: n * (conv(1x1, n*i) -> conv(1x1, 8))\n")
    for name in ("i", "n"):
        n = sympy.Symbol(name, integer=True, positive=True)
        assert net.cost(n=n).params.subs(n, 3) == net.cost(n=3).params


def test_copies_count_where_n_reaches_them() -> None:
    net = network(f"{HEAD}layers:\n  x: n * conv(3x3, 12, 2, norm=none, act=none)\n")
    layers = net.graph(n=np.array([0, 1, 2, 5])).layers
    assert [(layer.name, layer.count.tolist()) for layer in layers] == [
        ("x.1.conv", [0, 1, 1, 1]),
        ("x.2.conv", [0, 0, 1, 4]),
    ]
    assert net.graph(n=np.array([0, 1, 2, 5])).outputs["out"].h.tolist() == [16, 8, 8, 8]
    varying = network(f"{HEAD}layers:\n  x: n * conv(1x1, 4*i, norm=none, act=none)\n").graph(n=np.array([0, 1, 3]))
    assert [layer.count.tolist() for layer in varying.layers] == [[0, 1, 1], [0, 0, 1], [0, 0, 1]]
    assert varying.outputs["out"].c.tolist() == [8, 4, 12]


def test_a_settled_copy_stands_for_the_rest_and_can_be_written_out() -> None:
    net = network(f"{HEAD}layers:\n  x: n * plain(12, 2)\n")
    settled, expanded = net.graph(n=5), net.graph(n=5, expand=True)
    assert [layer.count for layer in settled.layers if layer.op.kind == "conv2d"] == [1, 1, 4, 4]
    assert [layer.name for layer in expanded.layers][::6] == [f"x.{i}.dw.conv" for i in range(1, 6)]
    assert all(layer.count == 1 for layer in expanded.layers)
    assert facts(settled) == facts(expanded)


def test_a_negative_number_of_copies_is_invalid() -> None:
    cost = network(f"{HEAD}layers:\n  x: (n - 2) * conv(3x3, 8)\n  y: bn\n").cost(n=np.array([1, 2, 3]))
    assert cost.valid.tolist() == [False, True, True]
    assert cost.params.tolist() == [None, 16, 16 + 9 * 64 + 16]


def test_what_a_symbolic_number_of_copies_takes_for_granted_is_told() -> None:
    n = sympy.Symbol("n", integer=True, nonnegative=True)
    assert network(f"{HEAD}layers:\n  x: n * conv(3x3, 8)\n").cost(n=n).assumptions == []
    for body, least in (("n * conv(3x3, 12)", 1), ("n * dense(4)", 1)):
        (assumption,) = network(f"{HEAD}layers:\n  x: {body}\n").cost(n=n).assumptions
        assert [bool(assumption.condition.subs(n, k)) for k in (least - 1, least)] == [False, True]


def test_shared_weights_of_a_symbolic_number_of_copies_are_there_from_the_first_on() -> None:
    n = sympy.Symbol("n", integer=True, nonnegative=True)
    (assumption,) = network(f"{HEAD}layers:\n  x: n * conv(3x3, 8) sharing all\n").cost(n=n).assumptions
    assert [bool(assumption.condition.subs(n, k)) for k in (0, 1)] == [False, True]


def test_a_symbolic_repeat_writes_four_copies_out_in_search_of_one_that_settles() -> None:
    n = sympy.Symbol("n", integer=True, positive=True)
    net = network(f"{HEAD}layers:\n  x: n * shrink(8)\n")
    cost = net.cost(n=n, res=8)  # 4, 2, 1, and 1 again
    assert sympy.expand(cost.params - n * (9 * 64 + 16)) == 0
    for copies in (3, 4, 7):
        assert cost.mult_adds.subs(n, copies) == net.cost(n=copies, res=8).mult_adds
    with pytest.raises(SpecError, match="x: "):
        net.cost(n=n, res=16)


def test_the_first_copy_may_differ_where_shapes_do_not() -> None:
    net = network(f"{HEAD}layers:\n  x: n * conv(3x3 if first else 1x1, 8, norm=none, act=none, bias=no)\n")
    for n in range(1, 6):
        assert net.cost(n=n).params == 9 * 64 + (n - 1) * 64
    assert net.cost(n=np.array([1, 2, 5])).params.tolist() == [576, 640, 832]
    assert [layer.op.kernel_size[0] for layer in net.graph(n=3, expand=True).layers] == [3, 1, 1]


def test_later_copies_without_the_first_ones_s_are_counted_by_themselves() -> None:
    net = network(
        f"{HEAD}  wide(s): conv(1x1, 8*s, norm=none, act=none, bias=no) -> conv(1x1, 8, norm=none, act=none, bias=no)\n"
        "layers:\n  x: n * wide(3)\n"
    )
    for n in range(1, 6):
        assert net.cost(n=n).params == 2 * 8 * 24 + (n - 1) * 2 * 64
    assert net.cost(n=np.array([1, 2, 5])).params.tolist() == [384, 512, 896]


def test_one_copy_of_a_repeat_of_as_many_copies_as_there_may_be() -> None:
    bare = "  bare(n): n * conv(1x1, 8, norm=none, act=none, bias=no)\n"
    net = network(f"{HEAD}{bare}layers:\n  x: 1 * bare(10000)\n")
    assert net.cost().params == 10_000 * 64


def test_as_many_layers_as_there_may_be() -> None:
    most = f"{HEAD}layers:\n  x: 10000 * bn\n  y: 10000 * bn\n"
    assert network(most).cost().params == 20_000 * 16
    with pytest.raises(SpecError, match="y: more than 20,000 primitive layers"):
        network(most.replace("layers:\n", "layers:\n  w: bn\n")).cost()
