"""Rectangular inputs: a parameter that is height and width of an input takes two numbers, however they are given."""

from __future__ import annotations

import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy

import costcalc
from costcalc.conventions import load_convention
from costcalc.errors import CostcalcError, SpecError, UsageError
from costcalc.language.source import Source
from costcalc.language.values import Size, axes_of
from costcalc.network import Network, network_from
from costcalc.symbolic import closed_form

NETWORKS = {net.name: net for net in costcalc.networks() if net.variant is None}
OF_TIME = ("ds_cnn", "tc_resnet", "tcn", "crnn", "dcase_autoencoder")
"""Networks whose input is frames of audio, a sequence, a line: no parameter is both its height and its width."""
ONE_POSITION = ("squeeze_excite",)
"""Networks whose mult-adds don't depend on the size of the input."""


def side(net: Network) -> str:
    """The one parameter that is height and width of the input."""
    (name,) = net.program.file.sides
    return name


def net(more: str, layers: str = "a: conv(3x3, 8, 2)", size: str = "res x res x 3") -> Network:
    text = f"network: net\n{more}\ninput: {size}\nlayers:\n  {layers}\n"
    return network_from(Source("net.yaml", text))


# -- every shipped network


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in OF_TIME])
def test_a_shipped_network_takes_a_rectangle(name: str) -> None:
    """Alike sides are the square; twice as wide is more, and so is twice as high; arrays of sides are the ints."""
    network = NETWORKS[name]
    p = side(network)
    home = axes_of(network.parameters[p])[0]
    square = network.cost({p: (home, home)}).mult_adds
    if network.parameter_codes[p].width is None:
        assert network.cost().mult_adds == square
    _, high = network.program.points.declared_range(p) or (1, 2 * home)
    across = min(2 * home, high)
    across -= across % max(1, home // 2)  # what requirements ask of the size, they ask of half and one and a half of it
    larger = [network.cost({p: size}).mult_adds for size in ((home, across), (across, home))]
    if name not in ONE_POSITION:
        assert min(larger) > square
        assert max(larger) <= (across / home + 1) ** 2 * square
    arrays = np.array([home, across, home]), np.array([across, home, home])
    assert network.cost({p: arrays}).mult_adds.tolist() == [*larger, square]


# -- ways of giving it


def test_one_rectangle_in_every_form() -> None:
    mobilenet = costcalc.load("mobilenet_v2")
    for given in ((192, 256), "192x256", Size(192, 256)):
        cost = mobilenet.cost(res=given)
        assert cost.mult_adds == 294_662_144  # timm's mobilenetv2_100
        assert str(cost.parameters["res"]) == "192x256"
        assert cost.graph.inputs["in"].shape == (3, 192, 256)
    assert mobilenet.cost(res=(224, 224)).parameters["res"] == 224
    assert mobilenet.cost(res=(192, np.array([192, 256]))).mult_adds.tolist() == [
        mobilenet.cost(res=192).mult_adds,
        294_662_144,
    ]


def test_symbols_for_both_sides() -> None:
    h, w = sympy.symbols("h w", integer=True, positive=True)
    mobilenet = costcalc.load("mobilenet_v2")
    assert sympy.expand(mobilenet.cost(res=(32 * h, 32 * w)).mult_adds) == 6_112_128 * h * w + 1_280_000
    with pytest.raises(UsageError, match="arrays and symbols can't be mixed"):
        mobilenet.cost(res=(h, np.array([192, 256])))


def test_closed_forms_in_both_sides() -> None:
    form = closed_form(costcalc.load("mobilenet_v2"), ["res.h", "res.w"])
    assert [(v.symbol.name, v.means, v.value) for v in form.variables] == [("H", "res.h", 224), ("W", "res.w", 224)]
    assert form.at(**{"res.h": 192, "res.w": 256})[1] == 294_662_144
    assert form.accuracy is not None
    assert form.accuracy.work.error == 0
    one = closed_form(costcalc.load("mobilenet_v2"), ["res.w"], {"res": (192, 224)}, exact=True)
    assert one.at(**{"res.w": 256})[1] == 294_662_144
    assert not closed_form(costcalc.load("mobilenet_v2"), None, {"res": (192, 256)}).variables[1:]


@pytest.mark.parametrize(
    ("wrt", "at", "told"),
    [
        (["rho"], {"res": (192, 256)}, "whose sides can be symbols: --wrt res.h,res.w"),
        (["res"], {"res": (192, 256)}, "res is a rectangle here; its sides can be symbols"),
        (["res", "res.w"], {}, "the one number, or the sides, can be symbols"),
        (["rho", "res.w"], {}, "rho says res another way"),
        (["alpha.h"], {}, "no parameter 'alpha.h'"),
    ],
)
def test_what_can_be_no_symbol(wrt: list[str], at: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        closed_form(costcalc.load("mobilenet_v2"), wrt, at)


# -- what holds of a number holds of both


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("mobilenet_v2", {"res": (192, 20)}, "res is from 32 to 1024, not 20"),
        ("mobilenet_v2", {"res": (20, 192)}, "res is from 32 to 1024, not 20"),
        ("mobilenet_v2", {"res": (192, np.array([192, 20]))}, "res is from 32 to 1024, not 20"),
        ("mobilenet_v2", {"res": (192, 256), "rho": 2}, "rho multiplies the default of res; give res 192x256 without"),
        ("mobilenet_v2", {"alpha": (1, 2)}, "alpha is one number, not 1x2: it isn't both height and width of the"),
        ("mobilenet_v2", {"res": (192, 256.5)}, "input: width must be a whole number, not 256.5"),
        ("mobilenet_v2", {"res": (1, 2, 3)}, "res can't be of the type tuple"),
        ("yolov3", {"res": (416, 420)}, r"yolov3 requires res % 32 == 0, not res 416x420: each level is"),
        ("efficientdet_d0", {"res": (500, 512)}, r"efficientdet requires res % 128 == 0 or lite, not res 500x512"),
        ("maxvit", {"res": (224, 448), "lookup": True}, "the products that look positions up are written for square"),
    ],
)  # fmt: skip
def test_what_is_refused(name: str, given: dict[str, Any], told: str) -> None:
    with pytest.raises(CostcalcError, match=told):
        costcalc.load(name).cost(given)


def test_arrays_mark_what_breaks_a_requirement_at_either_side() -> None:
    cost = costcalc.load("yolov3").cost(res=(np.array([416, 416, 420]), np.array([416, 420, 416])))
    assert cost.valid.tolist() == [True, False, False]


def test_a_convention_that_scales_scales_by_the_area() -> None:
    mobilenet = costcalc.load("mobilenet_v1")
    table = load_convention("mobilenet_v1_paper")
    assert table.scaled == 224
    assert mobilenet.scaled({"res": (112, 336)}, table) == ({"res": 224}, Fraction(112 * 336, 224**2))
    assert mobilenet.scaled({"res": (112, 448)}, table)[1] == 1
    older = costcalc.load("deeplabv3").scaled({"res": (112, 336)}, table)
    assert older[1] == Fraction(3, 4)


# -- what a spec says


def test_sides_anywhere_in_the_file() -> None:
    one = net("parameters: {res: 32}\nlet: {area: res.h*res.w}", "a: conv(1x1, area//64) -> resize([res.h, res.w])")
    assert one.cost(res=(16, 32)).graph.outputs["out"].shape == (8, 16, 32)
    assert one.cost(res=(16, 16)).params == one.cost(res=16).params
    two = net("parameters: {res: 32}", size="ceil(res.h/2) x ceil(res.w/2) x 3")
    assert two.cost(res=(15, 32)).graph.inputs["in"].shape == (3, 8, 16)
    three = net("parameters: {T: 4, res: 32}", "a: conv(3, 8)", "T x res x res x 3")
    assert three.cost(res=(16, 32)).graph.inputs["in"].shape == (3, 4, 16, 32)


def test_a_bare_use_refuses_a_rectangle_at_its_place() -> None:
    spec = net("parameters: {res: 32}", "a: conv(3x3, res/4)")
    assert spec.cost(res=(32, 32)).params
    with pytest.raises(
        SpecError, match=r"net\.yaml:5:19: a: 16x32 is no single number; height and width of the input's"
    ):
        spec.cost(res=(16, 32))
    with pytest.raises(SpecError, match=r"net\.yaml:5:6: a: channels \(c\) must be one whole number, not 16x32"):
        net("parameters: {res: 32}", "a: conv(3x3, res)").cost(res=(16, 32))


def test_only_a_size_of_the_input_has_sides() -> None:
    for more, layers in (
        ("parameters: {res: 32, k: 3}", "a: conv(k.h, 8)"),
        ("parameters: {res: 32, k: {default: 3, width: 4}}", "a: conv(k, 8)"),
    ):
        with pytest.raises(SpecError, match=r"'k' .* both height and width of an input"):
            net(more, layers)
    with pytest.raises(UsageError, match="res is one number, not 16x32: it isn't both height and width"):
        net("parameters: {res: 32}", size="res x 32 x 3").cost(res=(16, 32))


def test_a_width_that_follows_from_the_height() -> None:
    spec = net("parameters: {res: {default: 32, range: 8..128, width: 2*res}}")
    assert spec.parameters["res"] == Size(32, 64)
    for given, size in (
        ({}, (32, 64)),
        ({"res": 16}, (16, 32)),
        ({"res": (16, 16)}, (16, 16)),
        ({"rho": 0.5}, (16, 32)),
    ):
        assert spec.cost(given).graph.inputs["in"].size == size
    with pytest.raises(UsageError, match="res is from 8 to 128, not 200"):
        spec.cost(res=100)
    rho = closed_form(spec, ["rho"])
    assert rho.at(rho=2)[1] == spec.cost(rho=2).mult_adds


def test_variants_and_defaults_may_be_rectangles() -> None:
    text = """\
network: net
parameters: {res: 32x64}
input: res x res x 3
layers: {a: "conv(3x3, 8)"}
variants: |
  name | res
  wide | 16x64
  even | 16x16
"""
    spec = network_from(Source("net.yaml", text))
    sizes = [Network(spec.program, name).cost().graph.inputs["in"].size for name in (None, "wide", "even")]
    assert sizes == [(32, 64), (16, 64), (16, 16)]
    assert spec.cost(rho=2).graph.inputs["in"].size == (64, 128)


# -- names that were


@pytest.mark.parametrize(
    ("name", "older", "same"),
    [
        ("deeplabv3", {"width": 641}, {"res": (513, 641)}),
        ("deeplabv3", {"res": 321, "width": 641}, {"res": (321, 641)}),
        ("lr_aspp", {"res": 520, "width": 520}, {"res": (520, 520)}),
        ("faster_rcnn_rexnet", {"width": 1280}, {"res": (800, 1280)}),
        ("mask_rcnn", {"long": 1088}, {"res": (800, 1088)}),
    ],
)
def test_an_older_name_goes_on_working_with_a_warning(name: str, older: dict[str, Any], same: dict[str, Any]) -> None:
    network = costcalc.load(name)
    with pytest.warns(DeprecationWarning, match=r"is the width of res now: res=\d+x\d+") as told:
        assert network.cost(older).mult_adds == network.cost(same).mult_adds
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network.cost(same)


def test_an_older_name_beside_a_rectangle() -> None:
    with pytest.raises(UsageError, match="res 513x641 has a width already; leave width out, which is its older name"):
        costcalc.load("deeplabv3").cost(res=(513, 641), width=5)


def test_a_default_that_is_a_rectangle_of_its_own_has_no_ratio() -> None:
    """LR-ASPP's width follows from its height, but not in torchvision's square."""
    assert "rho" in {v.parameter for v in closed_form(costcalc.load("lr_aspp"), measured=False).variables}
    square = costcalc.load("lraspp_mobilenet_v3_large")
    assert "rho" not in {v.parameter for v in closed_form(square, measured=False).variables}
    with pytest.raises(UsageError, match="rho is of one number, not of a rectangle"):
        closed_form(square, ["rho"])
    assert (
        closed_form(square, ["res.h", "res.w"], exact=True).at(**{"res.h": 520, "res.w": 520})[1]
        == square.cost().mult_adds
    )
