"""Shared weights: counted once in params, each time in mult-adds."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from costcalc import SpecError

from .evaluating import network, three_ways

HEAD = """
parameters: {n: 3, m: 2, c: 8, s: 1, res: 8}
input: res x res x 8
blocks:
  plain(c):
    dw: dwconv(3x3)
    pw: conv(1x1, c)
  tower(n, c): n * conv(3x3, c)
layers:
"""
CONV, NORM = 9 * 8 * 8, 16
"""Weights of a 3x3 from 8 to 8 channels; scale and shift of its batch norm."""
MAC = CONV * 64


def cost_of(*steps: str, **values: int) -> tuple[int, int]:
    cost = network(HEAD + "".join(f"  {step}\n" for step in steps)).cost(**values)
    return cost.params, cost.mult_adds


def test_copies_that_share_have_one_set_of_weights_and_norms_of_their_own() -> None:
    for n in (1, 2, 5):
        assert cost_of("x: n * conv(3x3, 8)", n=n) == (n * (CONV + NORM), n * MAC)
        assert cost_of("x: n * conv(3x3, 8) sharing weights", n=n) == (CONV + n * NORM, n * MAC)
        assert cost_of("x: n * conv(3x3, 8) sharing all", n=n) == (CONV + NORM, n * MAC)
    for mode in ("weights", "all"):
        assert cost_of(f"x: n * conv(3x3, 8) sharing {mode}", "y: bn", n=0) == (NORM, 0)


def test_members_of_each_share() -> None:
    for mode, norms in (("weights", 3), ("all", 1)):
        steps = ("l: (in, in -> bn, in -> up)", f"x: l -> each conv(3x3, 8) sharing {mode}", "y: concat(x[1], x[2])")
        steps += ("z: x[3] -> maxpool(2)", "w: concat(y, z)")
        assert cost_of(*steps) == (NORM + CONV + norms * NORM, 2 * MAC + 4 * MAC)


def test_a_step_shares_with_an_earlier_one_by_the_path_below_it() -> None:
    first, second = "a: in -> tower(2, 8)", "b: in -> tower(2, 8)"
    last = "x: concat(a, b)"
    assert cost_of(first, f"{second} sharing weights with a", last) == (2 * CONV + 4 * NORM, 4 * MAC)
    assert cost_of(first, f"{second} sharing all with a", last) == (2 * CONV + 2 * NORM, 4 * MAC)
    assert cost_of(first, second, last) == (4 * CONV + 4 * NORM, 4 * MAC)
    three = (first, f"{second} sharing all with a", "c: in -> tower(2, 8) sharing all with b", "x: concat(a, b, c)")
    assert cost_of(*three) == (2 * CONV + 2 * NORM, 6 * MAC)


SHARED = [
    ("x: n * conv(3x3, 8) sharing weights",),
    ("x: n * conv(3x3, 8) sharing all",),
    ("x: n * plain(8) sharing weights",),
    ("x: conv(1x1, c) -> n * plain(c) sharing all",),
    ("x: n * (m * conv(3x3, 8)) sharing weights",),
    ("x: n * (m * conv(3x3, 8) sharing weights)",),
    ("x: n * (m * conv(3x3, 8) sharing weights) sharing all",),
    ("x: n * tower(m, 8) sharing weights",),
    ("l: split(in, 2)", "x: l -> each n * conv(3x3, 4) sharing weights", "y: concat(x)"),
    ("l: split(in, 2)", "x: l -> each (n * conv(3x3, 4)) sharing all", "y: concat(x)"),
    ("a: conv(3x3, c)", "b: in -> conv(3x3, c) sharing weights with a", "x: concat(a, b)"),
    ("a: in -> tower(n, 8)", "b: in -> tower(n, 8) sharing all with a", "x: add(a, b)"),
    ("a: conv(3x3, 8)", "b: a -> conv(3x3, 8) sharing all with a if m > 1", "x: bn"),
]


@pytest.mark.parametrize("steps", SHARED)
def test_sharing_is_the_same_on_ints_arrays_and_symbols(steps: tuple[str, ...]) -> None:
    points = [
        {"n": n, "m": m, "c": c, "s": 1, "res": res}
        for n, m, (c, res) in product((0, 1, 2, 5), (1, 2), [(8, 8), (4, 3)])
    ]
    if any("with a" in step for step in steps):
        points = [point for point in points if point["n"]]
    found = three_ways(HEAD + "".join(f"  {step}\n" for step in steps), points, "n", "res")
    assert None not in found


def message(*steps: str, **values: object) -> str:
    with pytest.raises(SpecError) as e:
        network(HEAD + "".join(f"  {step}\n" for step in steps)).cost(**values)
    return e.value.message


def test_weights_of_another_kind_are_not_shared() -> None:
    """Both have a weight of 3 x 3 x 8 x 8 and nothing else."""
    told = "shared weights differ: conv_transpose2d (weight) here, conv2d (weight) in a.conv"
    steps = ("a: conv(3x3, 8, norm=none, bias=no)", "b: deconv(3x3, 8, norm=none, bias=no) sharing weights with a")
    assert message(*steps) == told


def test_weights_of_different_shapes_are_not_shared() -> None:
    told = "shared weights differ in shape: 3x3x4x4 here, 3x3x8x4 in x.1.conv"
    assert message("x: n * conv(3x3, 4) sharing weights") == told
    told = "shared weights differ in shape: 1x9x8x8 here, 3x3x8x8 in a.conv"
    assert message("a: conv(3x3, 8)", "b: conv(1x9, 8) sharing weights with a") == told
    told = "'a' has no layer '2.conv' to share weights with"
    assert message("a: tower(1, 4)", "b: in -> tower(2, 4) sharing weights with a", "x: add(a, b)") == told


def test_an_element_whose_shared_weights_differ_is_invalid() -> None:
    net = network(HEAD + "  a: conv(3x3, 8)\n  b: conv(3x3, c) sharing weights with a\n")
    assert net.cost(c=np.array([4, 8])).valid.tolist() == [False, True]


@pytest.mark.parametrize("norm", ["bn", "ln", "gn(2)", "l2norm"])
def test_every_norm_has_weights_of_its_own_unless_all_are_shared(norm: str) -> None:
    """Two sets, or one."""
    text = "input: 8 x 8 x 4\nlayers:\n  a: (in, in) -> each {norm} sharing {mode}\n"
    own, shared = (network(text.format(norm=norm, mode=mode)).cost().params for mode in ("weights", "all"))
    assert own == 2 * shared > 0


def test_an_activation_s_weights_are_no_norm_s() -> None:
    text = "input: 8 x 8 x 4\nlayers:\n  a: (in, in) -> each act(prelu) sharing weights\n"
    assert network(text).cost().params == 4
