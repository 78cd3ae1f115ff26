"""Tensors of one, two and three axes: one rule for all; what is of a map only says so."""

from __future__ import annotations

from typing import Any

import pytest

from costcalc import ops
from costcalc.conventions import DEFAULT, load_convention
from costcalc.errors import SpecError
from costcalc.evaluate.arguments import padding, sizes
from costcalc.evaluate.built_in import BUILT_IN
from costcalc.evaluate.run import Run
from costcalc.graph import Tensor
from costcalc.language.values import Size, show_shape

CALLS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    # layer, arguments of a sequence, those of the same as a map of width 1
    ("conv", {"k": 9, "c": 12, "s": 2}, {"k": [9, 1], "s": [2, 1]}),
    (
        "conv",
        {"k": 5, "c": 12, "g": 3, "d": 2, "pad": 3, "norm": "none"},
        {"k": [5, 1], "d": [2, 1], "pad": Size(3, 0)},
    ),
    ("dwconv", {"k": 3, "mult": 2, "pad": "none"}, {"k": [3, 1]}),
    ("deconv", {"k": 4, "c": 12, "s": 2, "pad": 1}, {"k": [4, 1], "s": [2, 1], "pad": Size(1, 0)}),
    ("fc", {"c": 10}, {}),
    ("maxpool", {"k": 3, "s": 2, "pad": 1, "ceil": True}, {"k": [3, 1], "s": [2, 1], "pad": Size(1, 0)}),
    ("avgpool", {"k": 4}, {"k": [4, 1]}),
    ("avgpool", {}, {}),
    ("up", {"s": 3}, {"s": [3, 1]}),
    ("resize", {"size": 11}, {"size": [11, 1]}),
    ("crop", {"size": 11}, {"size": [11, 1]}),
    ("pad", {"p": 2}, {"p": 0, "top": 2, "bottom": 2}),
    ("flatten", {}, {}),
    ("lrn", {}, {}),
]


def made(name: str, shape: tuple[int, ...], **given: Any) -> tuple[tuple[int, ...], Any]:
    """The shape that the layer makes of one, and what it costs."""
    run, layer = Run(), BUILT_IN[name]
    out = layer.function(run, None, Tensor(shape), *({**layer.defaults, **given}.values()))
    convention = load_convention(DEFAULT)
    return out.shape, [convention.count(each) for each in run.layers]


@pytest.mark.parametrize(("name", "given", "as_map"), CALLS, ids=[f"{name} {given}" for name, given, _ in CALLS])
def test_a_sequence_is_a_map_of_width_1(name: str, given: dict[str, Any], as_map: dict[str, Any]) -> None:
    shape, costs = made(name, (6, 17), **given)
    assert len(shape) == 2
    assert made(name, (6, 17, 1), **(given | as_map)) == ((*shape, 1), costs)


def test_a_volume() -> None:
    """Kernels, strides and sizes multiply over three axes as over two (C3D's first layers, Tran et al. 2015)."""
    shape, [(params, mult_adds)] = made("conv", (3, 16, 112, 112), k=3, c=64, norm="none", act="none")
    assert (shape, params, mult_adds) == ((64, 16, 112, 112), 27 * 3 * 64 + 64, 27 * 3 * 64 * 16 * 112 * 112)
    assert made("maxpool", shape, k=[1, 2, 2])[0] == (64, 16, 56, 56)
    assert made("maxpool", (512, 2, 7, 7), k=2, pad=Size(0, 1, 1))[0] == (512, 1, 4, 4)
    assert made("fc", (512, 1, 4, 4), c=4096)[0] == (4096, 1, 1, 1)
    op = ops.Conv2d(3, 64, (3, 3, 3), (1, 2, 2))
    assert (op.label, op.stride_text, op.filter_text, op.window) == ("conv 3x3x3", "s1x2x2", "3x3x3x3x64", 27)
    assert show_shape(16, 112, 112, c=3) == "16x112²x3"
    assert (show_shape(98, c=40), show_shape(7, 9, 9), show_shape(5)) == ("98x40", "7x9²", "5")


def test_height_and_width_are_the_last_of_several_sizes() -> None:
    assert (Tensor((3, 5, 7)).h, Tensor((3, 5, 7)).w, Tensor((3, 5, 7)).size) == (5, 7, (5, 7))
    assert (Tensor((3, 4, 5, 7)).h, Tensor((3, 4, 5, 7)).w) == (5, 7)
    for side in ("h", "w"):
        with pytest.raises(SpecError, match=r"a sequence has no \.h and \.w; its length is \.size\[1\]"):
            getattr(Tensor((3, 5)), side)


def test_arguments_that_have_other_axes() -> None:
    run, x = Run(), Tensor((3, 5))
    with pytest.raises(SpecError, match="k must have a number for each axis: 3x3 on a tensor of 1 axis"):
        sizes(run, Size(3, 3), "k", 1)
    with pytest.raises(SpecError, match="pad must be same, none or pixels per side"):
        padding(run, Size(3, 3), 1)
    with pytest.raises(SpecError, match=r"a sequence has a top and a bottom, .* but no left or right"):
        BUILT_IN["pad"].function(run, None, x, 0, None, None, 1, None)
    for over, known in (("height", "channels, positions"), ("frames", "channels, positions")):
        with pytest.raises(SpecError, match=f"over is one of {known} for a tensor of 1 axis, not {over}"):
            BUILT_IN["sum"].function(run, None, x, over)
    with pytest.raises(SpecError, match="along is one of channels, height, width, positions for a tensor of 2 axes"):
        BUILT_IN["split"].function(run, None, Tensor((3, 5, 7)), 2, "frames")
    with pytest.raises(SpecError, match="mode must be nearest or linear for a tensor of 1 axis, not bilinear"):
        BUILT_IN["resize"].function(run, None, x, 3, "bilinear")
    with pytest.raises(SpecError, match="rois are cut out of a map, and this tensor has 3 axes"):
        BUILT_IN["rois"].function(run, None, Tensor((3, 5, 7, 9)), 2, 3)
    with pytest.raises(SpecError, match="add of different shapes: 5x3 and 5²x3"):
        BUILT_IN["add"].function(run, None, (x, Tensor((3, 5, 5))), "none")
