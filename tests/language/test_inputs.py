"""Inputs of two, three and four numbers, kernels and printed shapes of as many axes: from the text to counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

from costcalc.errors import SpecError, SpecErrors
from costcalc.language.source import Source
from costcalc.language.values import printed_shape
from costcalc.network import Network, network_from

M5 = """\
network: m5
parameters: {C: 32, samples: {default: 8000, range: 2000..200000}, classes: 35}
defaults:
  conv:    pad=none, bias=yes
  maxpool: pad=none
input: samples x 1
layers: |
  stage | input  | operator  | c       | s  | output
  1     | 8000x1 | conv 80   | C       | 16 | 496
  pool1 | 496x32 | maxpool 4 |         |    | 124
  2     | 124    | conv 3    | C       |    |
  pool2 |        | maxpool 4 |         |    |
  3     |        | conv 3    | 2*C     |    |
  pool3 |        | maxpool 4 |         |    |
  4     |        | conv 3    | 2*C     |    |
  pool4 |        | maxpool 4 |         |    | 1x64
  mean  |        | avgpool   |         |    |
  fc    |        | fc        | classes |    | 1x35
"""
"""M5 of 35 classes at 8 kHz (arXiv:1610.00087, Table 1)."""

C3D = """\
network: c3d
parameters: {frames: 16, res: 112, classes: 487}
defaults:
  conv:    norm=none
  maxpool: pad=none
input: frames x res x res x 3
layers: |
  stage | input     | operator      | c       | n | pad   | act
  1     | 16x112²x3 | conv 3x3x3    | 64      |   |       |
  pool1 | 16x112²   | maxpool 1x2x2 |         |   |       |
  2     | 16x56²x64 | conv 3        | 128     |   |       |
  pool2 | 16x56x56  | maxpool 2     |         |   |       |
  3     |           | conv 3        | 256     | 2 |       |
  pool3 | 8x28²x256 | maxpool 2     |         |   |       |
  4     |           | conv 3        | 512     | 2 |       |
  pool4 |           | maxpool 2     |         |   |       |
  5     |           | conv 3        | 512     | 2 |       |
  pool5 | 2x7²x512  | maxpool 2     |         |   | 0x1x1 |
  6     | 1x4²x512  | fc            | 4096    | 2 |       | relu
  fc    |           | fc            | classes |   |       |
"""
"""C3D (arXiv:1412.0767, Figure 3), as its authors trained it on Sports-1M: 487 classes."""


def network(text: str) -> Network:
    return network_from(Source("net.yaml", text))


def net(layers: str, size: str) -> Network:
    return network(f"network: net\ninput: {size}\nlayers:\n  {layers}\n")


def problem(layers: str, size: str) -> str:
    with pytest.raises(SpecError) as e:
        net(layers, size).cost()
    return str(e.value)


# -- counts


def test_m5() -> None:
    cost = network(M5).cost()
    kernels = [(80, 1, 32, 496), (3, 32, 32, 122), (3, 32, 64, 28), (3, 64, 64, 5)]
    params = sum(k * m * n + 3 * n for k, m, n, _ in kernels) + 64 * 35 + 35
    assert (cost.params, cost.mult_adds) == (params, sum(k * m * n * size for k, m, n, size in kernels) + 64 * 35)
    assert (cost.params, cost.mult_adds) == (26_915, 1_880_256)


def test_c3d() -> None:
    cost = network(C3D).cost()
    widths = [(3, 64), (64, 128), (128, 256), (256, 256), (256, 512), (512, 512), (512, 512), (512, 512)]
    sizes = [16 * 112**2, 16 * 56**2, *[8 * 28**2] * 2, *[4 * 14**2] * 2, *[2 * 7**2] * 2]
    heads = [(8192, 4096), (4096, 4096), (4096, 487)]
    mult_adds = sum(27 * m * n * size for (m, n), size in zip(widths, sizes, strict=True))
    assert cost.mult_adds == mult_adds + sum(m * n for m, n in heads) == 38_548_959_232
    assert cost.params == sum(27 * m * n + n for m, n in widths) + sum(m * n + n for m, n in heads) == 79_991_015


@pytest.mark.parametrize(("text", "name", "values"), [(M5, "samples", [7999, 8000, 16000]), (C3D, "frames", [16, 17])])
def test_arrays_and_symbols_are_ints(text: str, name: str, values: list[int]) -> None:
    spec = network(text)
    alone = [spec.cost(**{name: n}) for n in values]
    together = spec.cost(**{name: np.array(values)})
    assert together.mult_adds.tolist() == [cost.mult_adds for cost in alone]
    n = sympy.Symbol("n", integer=True, positive=True)
    form = spec.cost(**{name: n}).mult_adds
    assert [form.subs(n, value).doit() for value in values] == [cost.mult_adds for cost in alone]


def test_a_sequence_costs_what_its_map_of_width_1_costs() -> None:
    for layers, as_map in (
        ("a: conv(9, 12, 2) -> dwconv(3) -> conv(1, 8) -> avgpool -> fc(3)",
         "a: conv([9, 1], 12, [2, 1]) -> dwconv([3, 1]) -> conv(1x1, 8) -> avgpool -> fc(3)"),
        ("a: lstm(8, layers=2, both=yes) -> crop(1, top=it.size[1] - 1) -> fc(3)",
         "a: lstm(8, layers=2, both=yes) -> crop(1, top=it.h - 1, left=0) -> fc(3)"),
        ("a: add(it, learned(it.size, it.c)) -> windows(5) -> conv(1, 8) -> merge",
         "a: add(it, learned([it.h, 1], it.c)) -> windows([5, 1]) -> conv(1x1, 8) -> merge"),
        ("a: transpose -> conv(1, 5) -> transpose -> matmul(it, it -> transpose)",
         "a: transpose -> conv(1x1, 5) -> transpose -> matmul(it, it -> transpose)"),
    ):  # fmt: skip
        one, two = net(layers, "98 x 40").cost(), net(as_map, "98 x 1 x 40").cost()
        assert (one.params, one.mult_adds) == (two.params, two.mult_adds), layers
        outputs = [next(iter(cost.graph.outputs.values())).shape for cost in (one, two)]
        assert (*outputs[0], 1) == outputs[1], layers


# -- shapes


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("98", (98,)),
        ("98x40", (98, 40)),
        ("224²", (224, 224)),
        ("224² × 3", (224, 224, 3)),
        ("16x112²x3", (16, 112, 112, 3)),
        ("16x112x112x3", (16, 112, 112, 3)),
        ("2x3x4x5x6", None),
        ("2²x3²x4", None),
        ("3²²", None),
        ("x3", None),
        ("a", None),
    ],
)
def test_a_printed_shape(text: str, numbers: tuple[int, ...] | None) -> None:
    assert printed_shape(text) == numbers


def mismatches(text: str, old: str, new: str) -> list[str]:
    assert old in text
    with pytest.raises((SpecError, SpecErrors)) as e:
        network(text.replace(old, new)).cost()
    return [problem.message for problem in getattr(e.value, "errors", [e.value])]


def test_printed_shapes_of_sequences_and_videos_are_assertions() -> None:
    assert mismatches(M5, "| 124    |", "| 123    |") == ["the table says input 123, the graph has 124"]
    assert mismatches(M5, "| 496x32 |", "| 496x33 |") == ["the table says input 496x33, the graph has 496x32"]
    assert mismatches(M5, "| 124    |", "| 124²   |") == ["the table says input 124², the graph has 124x32"]
    assert mismatches(C3D, "8x28²x256", "8x28²x255") == ["the table says input 8x28²x255, the graph has 8x28²x256"]
    assert mismatches(C3D, "| 16x56x56 ", "| 17x56x56 ") == ["the table says input 17x56x56, the graph has 16x56²"]
    assert mismatches(C3D, "| 16x56x56 ", "| 56x56    ") == ["the table says input 56x56, the graph has 16x56²"]


# -- what is told


@pytest.mark.parametrize(
    ("layers", "size", "told"),
    [
        (
            "a: conv(3x3, 8)",
            "32 x 32",
            "k must have a number for each axis: 3x3 on a tensor of 1 axis; an input of two ",
        ),
        ("a: conv(3x3, 8)", "4 x 32 x 32 x 3", "k must have a number for each axis: 3x3 on a tensor of 3 axes"),
        ("a: conv(3x3x3, 8)", "32 x 32 x 3", "k must have a number for each axis: 3x3x3 on a tensor of 2 axes"),
        ("a: conv([3, 3], 8)", "32 x 3", "k must have a number for each axis: a list of 2 on a tensor of 1 axis"),
        ("a: conv(3, in.h)", "32 x 3", "a sequence has no .h and .w; its length is .size[1]"),
        ("a: conv(33, 8, pad=none)", "32 x 3", "a 33 window is larger than the input of 32"),
        ("a: avgpool(over=frames)", "32 x 32 x 3", "over is one of channels, height, width, positions"),
        ("a: conv(3, in.size)", "32 x 3", "channels (c) must be one whole number, not a list"),
        ("a: conv(3, 8)", "0 x 3", "input: length must be above 0, not 0"),
        ("a: conv(3, 8)", "0 x 4 x 4 x 3", "input: frames must be above 0, not 0"),
        ("a: conv(3, 8)", "2 x 2 x 2 x 2 x 2", "an input is height x width x channels, such as 224 x 224 x 3; of a "),
    ],
)
def test_what_is_told(layers: str, size: str, told: str) -> None:
    message = problem(layers, size)
    assert told in message
    assert message.startswith("net.yaml:")


def test_the_sizes_of_a_tensor() -> None:
    shapes: dict[str, Any] = {"9 x 4": (9, 4), "9 x 8 x 4": (9, 8, 4), "5 x 9 x 8 x 4": (5, 9, 8, 4)}
    for text, (*size, c) in shapes.items():
        made = net("a: in -> conv(1, 2, s=2) -> resize(in.size)", text).graph().outputs["out"]
        assert made.shape == (2, *size)
        assert c == 4
