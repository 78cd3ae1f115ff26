"""Every convention says something about every kind of op, or that it doesn't: nothing counts 0 unseen."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, ClassVar

import pytest

import costcalc
from costcalc.conventions import Convention, SaysNothing, load_convention, read_convention
from costcalc.graph import Layer, Tensor
from costcalc.language.find import shipped
from costcalc.language.source import Source, read_source
from costcalc.network import network_from
from costcalc.ops import Names, Op, Parts, Shape, kinds

EVERY = shipped("conventions")
OPS = kinds()


class Exotic(Op):
    """A kind of op that no convention has heard of."""

    __slots__ = ()
    kind: ClassVar[str] = "exotic"
    weight_names = ("weight", "table")
    work_names = ("mac", "exotic")

    @classmethod
    def kinds(cls) -> dict[str, Names]:
        return {}  # not a kind that conventions may name

    def weights(self) -> Parts:
        return {"weight": 3}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"mac": 5, "exotic": 7}


def layer(op: Op) -> Layer:
    return Layer((None, "a"), op, (Tensor((2, 4, 4)),), (None, "a"), None, 1)


class Part(Op):
    """An op of any kind, with one part of it."""

    __slots__ = ("kind_name", "part", "stored")

    def __init__(self, kind: str, part: str, stored: bool) -> None:
        self.kind_name = kind
        self.part = part
        self.stored = stored

    @classmethod
    def kinds(cls) -> dict[str, Names]:
        return {}

    @property
    def kind(self) -> str:  # type: ignore[override]
        return self.kind_name

    @property
    def weight_names(self) -> tuple[str, ...]:  # type: ignore[override]
        return OPS[self.kind_name].weights

    @property
    def work_names(self) -> tuple[str, ...]:  # type: ignore[override]
        return OPS[self.kind_name].work

    def weights(self) -> Parts:
        return {self.part: 11} if self.stored else {}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {} if self.stored else {self.part: 11}


def says(convention: Convention, kind: str, part: str) -> str:
    """ "rule", "zero", "passed over" or "refused": how ``convention`` meets a part."""
    op = Part(kind, part, part in OPS[kind].weights)
    try:
        count = convention.count(layer(op))
    except SaysNothing as e:
        return "refused" if e.kinds == (kind,) and convention.name in str(e) else str(e)
    if part in convention.passed_over(op):
        assert count == (0, 0)
        return "passed over"
    weights, work = convention.rules(op)
    return "rule" if part in {name for name, _, _ in (*weights, *work)} else "zero"


def written(convention: Convention, kind: str, part: str) -> bool:
    """Whether the file has a line about the part."""
    patterns = [(k, p) for k, p, _, _ in (*convention.params, *convention.work)]
    patterns += [*convention.zero, *convention.passes_over]
    return any(k in ("*", kind) and p in ("*", part) for k, p in patterns)


@pytest.mark.parametrize("name", EVERY)
def test_each_part_of_each_kind_has_a_rule_an_explicit_zero_or_a_named_refusal(name: str) -> None:
    convention = load_convention(name)
    for kind, names in OPS.items():
        for part in (*names.weights, *names.work):
            how = says(convention, kind, part)
            if how == "zero" and convention.only and part in names.work:
                continue  # 0 by definition: all that is work stands in the file
            assert written(convention, kind, part) == (how != "refused"), (kind, part, how)


@pytest.mark.parametrize("name", EVERY)
def test_an_unknown_kind_of_op_is_an_error_and_never_0(name: str) -> None:
    convention = load_convention(name)
    if any(k == "*" and p == "mac" for k, p, _, _ in convention.work):
        # The op's class alone says its mult-adds.
        factor = {"flops": 2, "hrnet_summary": Fraction(1000, 1024) ** 3}.get(name, 1)
        assert convention.count(layer(Exotic()))[1] == 5 * factor
    else:
        with pytest.raises(SaysNothing, match=f"the convention {name} says nothing about exotic"):
            convention.count(layer(Exotic()))


def test_the_default_counts_the_mult_adds_of_an_op_that_it_never_heard_of() -> None:
    assert load_convention("mult_adds").count(layer(Exotic())) == (3, 5)


def test_no_shipped_convention_counts_0_whatever_it_does_not_know() -> None:
    for name, path in EVERY.items():
        assert load_convention(name).otherwise is None, name
        assert not re.search(r"\*\.\*", read_source(path).text), name


DECONV = """\
network: deconv_only
input: 8 x 8 x 16
layers:
  a: conv(3x3, 16, norm=none)
  b: deconv(2x2, 8, 2, norm=none)
"""
MAC, BIAS = 3 * 3 * 16 * 16 * 64, 16 * 64  # of the convolution
UP, UP_BIAS = 2 * 2 * 16 * 8 * 64, 8 * 256  # of the transposed one: 8 x 8 to 16 x 16
AS_PLAIN = 2 * 2 * 16 * 8 * 256  # as if it were a convolution with that output


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("mult_adds", MAC + UP),
        ("conv_only", MAC + UP),
        ("convnet_burden", MAC + BIAS + 2 * 2 * 16 * 16 * 64 + UP_BIAS + 2 * (BIAS + UP_BIAS)),
        ("openvino_ir", 2 * (MAC + UP) + 2 * (BIAS + UP_BIAS)),
        ("paddle_flops", MAC + BIAS + AS_PLAIN + UP_BIAS),
        ("tflite_arithmetic", MAC + UP + (BIAS + UP_BIAS) / 2),
        ("torchsummaryx", MAC + AS_PLAIN),
        ("torchprofiler", 2 * MAC),  # the tool doesn't see it
        ("facenet_paper", None),
        ("mobilenet_v1_paper", None),
        ("mobilenet_v1_release", None),
        ("mobilenet_v2_release", None),
        ("senet_paper", None),
    ],
)
def test_a_transposed_convolution_is_counted_or_refused(name: str, count: float | None) -> None:
    cost = network_from(Source("deconv.yaml", DECONV)).cost(convention=name)
    if count is None:
        with pytest.raises(SaysNothing, match=f"the convention {name} says nothing about conv_transpose2d"):
            _ = cost.counted
    else:
        assert cost.counted == count


def test_a_detector_keeps_its_transposed_convolutions() -> None:
    net = costcalc.load("mask_rcnn_50")
    conv_only, default = net.cost(convention="conv_only"), net.cost()
    linear = sum(row.mult_adds for row in default.by("op") if row.name == "linear")
    assert conv_only.counted == default.mult_adds - linear
    assert sum(row.counted for row in conv_only.by("op") if row.name == "conv_transpose2d") == 5_138_022_400


# -- factors


ONE = """\
network: one
parameters: {n: 1}
input: 224 x 224 x 3
layers:
  a: conv(1x1, 32*n, norm=none, act=none, bias=no)
"""


def big(factor: Any) -> Convention:
    text = f'convention: big\nunit: x\notherwise: 0\nparams: {{"*.weight": 1}}\nwork: {{"*.mac": {factor}}}\n'
    return read_convention(Source("big.yaml", text))


def test_a_large_factor_on_an_array_is_exact_or_an_error() -> None:
    np = pytest.importorskip("numpy")
    net = network_from(Source("one.yaml", ONE))
    macs = 3 * 32 * 224 * 224
    assert list(net.cost(convention=big(1000), n=np.array([1, 1000])).counted) == [1000 * macs, 1000 * 1000 * macs]
    assert net.cost(convention=big(10**13)).counted == 10**13 * macs  # ints are exact, however large
    for factor in (10**12, 10**13, "mac*10**9"):
        with pytest.raises(costcalc.SpecError, match=r"big\.yaml:5:.*a\.conv: \*\.mac: .* below 2\*\*53"):
            _ = net.cost(convention=big(factor), n=np.array([1, 1000])).counted


def test_a_division_by_zero_has_its_place() -> None:
    net = network_from(Source("one.yaml", ONE))
    with pytest.raises(costcalc.SpecError, match=r"^big\.yaml:5:20: a\.conv: \*\.mac: division by zero$"):
        _ = net.cost(convention=big("mac/(window-1)")).counted
