"""Several tensors: splits, joins, each, inputs and outputs."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from costcalc import SpecError

from .evaluating import Point, assert_loops_agree, network, three_ways

HEAD = """
parameters: {c: 9, m: 2, k: 3, res: 8}
input: res x res x c
layers:
"""
GRID: list[Point] = [
    {"c": c, "m": m, "k": k, "res": res} for c, m, k, res in product((6, 8, 9, 13), (1, 3), (1, 3), (1, 8))
]

FLOWS = [
    ("x: split(in, 2) -> concat",),
    ("x: split(in, 4) -> concat",),
    ("a, b: split(in, 2)", "x: concat(b -> conv(k, m), a)"),
    ("a, b, d: split(in, [m, 1, in.c - m - 1])", "x: concat(a, b, d -> conv(k, m))"),
    ("a, b: split(in, [in.c, 0])", "x: concat(a -> conv(k, 4), b)"),
    ("_, b: split(in, 2)", "x: b -> conv(k, 4)"),
    ("l: split(in, 3)", "x: l -> each conv(k, m) -> concat"),
    ("l: split(in, 3)", "x: l -> each conv(1x1, m*i) -> concat"),
    ("l: split(in, 3)", "x: l -> each (dwconv(2*i - 1) -> conv(1x1, 4)) -> concat"),
    ("l: split(in, 3)", "x: l -> each (conv(k, 4) if i > m else conv(1x1, 4)) -> add"),
    ("l: split(in, 3)", "x: reverse(l) -> each conv(1x1, i) -> concat"),
    ("l: split(in, 2)", "x: concat(l[2] -> conv(k, m), l[1])"),
    ("a: conv(k, c)", "x: add(in, a, a -> dwconv(k), weighted=fast)"),
    ("a: conv(k, c + m)", "x: pad_add(a, in)", "y: conv(1x1, 3)"),
    ("a: conv(1x1, m)", "x: pad_add(in, a)"),
    ("g: avgpool -> conv(1x1, m) -> conv(1x1, c, act=sigmoid)", "x: mul(in, g)"),
    ("x: mul(in, conv(k, c))",),
    ("x: concat(in, (in -> conv(k, m), in), in)",),
    ("a: (in, in -> bn)", "x: concat(a, a) -> conv(1x1, m)"),
]


@pytest.mark.parametrize("steps", FLOWS, ids=map(" ".join, FLOWS))
def test_a_flow_of_several_is_the_same_on_ints_arrays_and_symbols(steps: tuple[str, ...]) -> None:
    text = HEAD + "".join(f"  {step}\n" for step in steps)
    exact = [name for name in ("c", "res") if not any(word in text for word in ("split", "i > m")) or name == "res"]
    found = three_ways(text, GRID, *exact)
    assert None not in found
    assert_loops_agree(network(text).graph())


def shapes(text: str, **point: Any) -> dict[str, tuple[int, ...]]:
    return {name: tensor.shape for name, tensor in network(text).graph(**point).outputs.items()}


def test_the_remainder_of_a_split_goes_to_the_first() -> None:
    parts = HEAD.replace("layers", "output: a, b, d\nlayers") + "  a, b, d: split(in, 3)\n"
    for c, widths in ((9, (3, 3, 3)), (10, (4, 3, 3)), (11, (5, 3, 3)), (3, (1, 1, 1))):
        assert [shape[0] for shape in shapes(parts, c=c).values()] == list(widths)


def test_a_given_split_adds_up_and_may_have_parts_of_0() -> None:
    parts = HEAD.replace("layers", "output: a, b, d\nlayers") + "  a, b, d: split(in, [4, 0, c - 4])\n"
    assert [shape[0] for shape in shapes(parts, c=9).values()] == [4, 0, 5]
    for widths, told in (
        ("[4, 4, 4]", "split into 4 + 4 + 4 channels of a tensor that has 9"),
        ("[10, -1, 0]", "not -1"),
        ("[4.5, 4.5, 0]", "not 4.5"),
        ("10", "10 parts"),
        ("0", "must be above 0, not 0"),
    ):
        with pytest.raises(SpecError) as e:
            network(HEAD + f"  a: split(in, {widths})\n  b: concat(a)\n").cost()
        assert told in e.value.message


JOINS = [
    ("x: add(in, conv(1x1, 4))", "add of different shapes: 8²x9 and 8²x4"),
    ("x: add(in, maxpool(2))", "add of different shapes: 8²x9 and 4²x9"),
    ("x: concat(in, maxpool(2))", "concat of different shapes: 8²x9 and 4²x9"),
    ("x: mul(in, maxpool(2))", "mul of different shapes: 8²x9 and 4²x9"),
    ("x: mul(in, avgpool -> conv(1x1, 4))", "mul of different shapes: 8²x9 and 1²x4"),
    ("x: pad_add(conv(1x1, 4), in)", "pad_add(wide, narrow): the second is wider (9 channels) than the first (4)"),
    ("x: pad_add(in, maxpool(2))", "pad_add of different shapes: 8²x9 and 4²x9"),
    ("x: mul(in, in, in)", "mul takes two tensors, not 3"),
    ("x: pad_add(in, in, in)", "pad_add takes two tensors, not 3"),
    ("x: add(in)", "add takes 2 or more tensors, not 1; write add(a, b)"),
]


@pytest.mark.parametrize(("step", "told"), JOINS)
def test_shapes_that_do_not_match_are_told(step: str, told: str) -> None:
    with pytest.raises(SpecError) as e:
        network(f"{HEAD}  {step}\n").cost()
    assert e.value.message == told


def test_a_1x1_gate_scales_every_element() -> None:
    graph = network(f"{HEAD}  x: mul(in, avgpool)\n").graph()
    gate = graph.layers[-1]
    assert gate.in_shapes == ((9, 8, 8), (9, 1, 1))
    assert gate.op.work(gate.in_shapes, gate.out_shape) == {"mul": 9 * 64}


def test_the_narrow_tensor_is_added_onto_the_first_channels() -> None:
    graph = network(f"{HEAD}  x: pad_add(in, conv(1x1, 4))\n").graph()
    assert graph.layers[-1].op.work(graph.layers[-1].in_shapes, graph.layers[-1].out_shape) == {"add": 4 * 64}
    assert graph.outputs["out"].shape == (9, 8, 8)


def test_a_weighted_sum_has_a_scalar_per_operand() -> None:
    for weighted, weights in (("none", 0), ("fast", 3), ("softmax", 3), ("unbounded", 3)):
        assert network(f"{HEAD}  x: add(in, in, in, weighted={weighted})\n").cost().params == weights


SEVERAL = """
parameters: {c: 4, res: 8}
input:
  left: res x res x 3
  right: res x res x c
  depth: 8 x res x 1
output: score, maps
blocks:
  merge(a, b; c): concat(a -> conv(3x3, c), b -> conv(3x3, c))
  all_of(x, *rest; c):
    both: concat(x, rest)
    out: conv(1x1, c)
layers:
  a: left -> conv(3x3, 8)
  b: (a, right) -> merge(c)
  d: depth -> conv(3x3, 2)
  maps: (b, a -> conv(1x1, 5))
  score: (b, a, right) -> all_of(c) -> avgpool -> fc(1)
  e: (d, d) -> all_of(3) -> bn
  maps2: e -> conv(1x1, 1)
""".replace("output: score, maps\n", "output: score, maps, maps2\n")


def test_several_inputs_and_outputs() -> None:
    points = [{"c": c, "res": res} for c in (1, 4) for res in (5, 8)]
    found = three_ways(SEVERAL, points)
    assert None not in found
    assert shapes(SEVERAL) == {
        "score": (1, 1, 1),
        "maps.1": (8, 8, 8),
        "maps.2": (5, 8, 8),
        "maps2": (1, 8, 8),
    }
    graph = network(SEVERAL).graph()
    assert list(graph.inputs) == ["left", "right", "depth"]
    assert_loops_agree(graph)
