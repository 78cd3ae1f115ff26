"""Sizes under sliding windows, against windows laid over the input one by one; and closed forms by hand."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
import sympy

from costcalc.arithmetic import ceil_div
from costcalc.ops import (
    Add,
    AvgPool,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    GlobalAvgPool,
    GlobalMaxPool,
    Linear,
    MaxPool,
    Resize,
)
from costcalc.ops.window import same_padding, window_size

from .counting import windows

GRID = list(product(range(1, 13), range(1, 5), range(1, 5), (1, 2)))
"""Pixels, kernel, stride, dilation."""


@pytest.mark.parametrize("pad", ["same", 0, 1, 2])
def test_a_window_has_as_many_positions_as_can_be_laid(pad: Any) -> None:
    fitting = [(n, k, s, d) for n, k, s, d in GRID if pad == "same" or d * (k - 1) + 1 <= n + 2 * pad]
    counted = [len(windows(n, k, s, pad, d)) for n, k, s, d in fitting]
    assert [window_size(n, k, s, pad, d) for n, k, s, d in fitting] == counted
    n, k, s, d = (np.array(column) for column in zip(*fitting, strict=True))
    assert window_size(n, k, s, pad, d).tolist() == counted
    if pad != "same":
        assert window_size(n, k, s, np.full(len(n), pad), d).tolist() == counted


@pytest.mark.parametrize("pad", [0, 1, 2])
def test_with_ceil_the_last_window_hangs_over_but_begins_inside(pad: int) -> None:
    fitting = [(n, k, s) for n, k, s, d in GRID if d == 1 and k <= n + 2 * pad and 2 * pad <= k]
    counted = [len(windows(n, k, s, pad, ceil=True)) for n, k, s in fitting]
    assert [window_size(n, k, s, pad, ceil=True) for n, k, s in fitting] == counted
    n, k, s = (np.array(column) for column in zip(*fitting, strict=True))
    assert window_size(n, k, s, pad, ceil=True).tolist() == counted
    x = sympy.Symbol("x", integer=True, positive=True)
    for (n_, k_, s_), expected in zip(fitting, counted, strict=True):
        assert window_size(x, k_, s_, pad, ceil=True).xreplace({x: sympy.Integer(n_)}) == expected


def test_the_closed_form_of_a_window_that_cannot_begin_outside_is_plain() -> None:
    x = sympy.Symbol("x", integer=True, positive=True)
    assert window_size(x, 3, 2, 0, ceil=True) == ceil_div(x - 3, 2) + 1
    assert window_size(x, 3, 3, 0, ceil=True) == ceil_div(x - 3, 3) + 1
    assert window_size(x, 2, 3, 0, ceil=True).has(sympy.Min)
    assert window_size(x, 3, 3, 1, ceil=True).has(sympy.Min)


def test_sizes_that_pytorch_gives_with_ceil() -> None:
    """torch.nn.MaxPool2d(k, s, p, ceil_mode=True) on n pixels."""
    for n, k, s, p, out in [(5, 3, 3, 1, 2), (112, 3, 2, 0, 56), (4, 2, 3, 0, 2), (3, 2, 3, 1, 2), (6, 1, 4, 0, 2)]:
        assert window_size(n, k, s, p, ceil=True) == out
        assert window_size(n, np.array([k]), np.array([s]), p, ceil=True).tolist() == [out]


def test_same_pads_as_tensorflow_the_odd_pixel_after() -> None:
    for n, k, s, d in GRID:
        laid = windows(n, k, s, "same", d)
        before, after = max(0, -laid[0][0]), max(0, laid[-1][-1] - (n - 1))
        assert same_padding(n, k, s, d) == (before, after)
        assert after - before in (0, 1) or k == 1
        if s == 1:
            assert len(laid) == n
    assert same_padding(224, 3, 2) == (0, 1)
    assert same_padding(112, 3, 1) == (1, 1)
    assert same_padding(7, 2, 1) == (0, 1)


def test_same_padding_reaches_every_pixel_once_it_is_as_wide_as_the_stride() -> None:
    for n, k, s, _ in GRID:
        if k >= s:
            assert {p for taps in windows(n, k, s, "same") for p in taps} >= set(range(n))


def test_closed_forms_of_convolutions_by_hand() -> None:
    m, n, f = sympy.symbols("M N F", integer=True, positive=True)
    shape = (m, f, f)
    standard = Conv2d(m, n, (3, 3))
    depthwise = Conv2d(m, m, (3, 3), groups=m)
    pointwise = Conv2d(m, n, (1, 1))
    macs = [op.work((shape,), op.out_shapes((shape,))[0])["mac"] for op in (standard, depthwise, pointwise)]
    assert macs == [9 * m * n * f**2, 9 * m * f**2, m * n * f**2]
    # MobileNetV1, section 3.1: a separable convolution costs 1/N + 1/D_K² of a standard one.
    assert sympy.expand((macs[1] + macs[2]) / macs[0] - 1 / n - sympy.Rational(1, 9)) == 0
    assert (standard.weights(), depthwise.weights(), pointwise.weights()) == (
        {"weight": 9 * m * n},
        {"weight": 9 * m},
        {"weight": m * n},
    )
    deconv = ConvTranspose2d(m, n, (4, 4), (2, 2), (1, 1), bias=True)
    assert deconv.out_shapes((shape,))[0] == (n, 2 * f, 2 * f)
    assert deconv.work((shape,), deconv.out_shapes((shape,))[0]) == {"mac": 16 * m * n * f**2, "bias_add": 4 * n * f**2}


def test_groups_that_do_not_divide_leave_an_array_whole() -> None:
    """Such an element is marked invalid elsewhere; its neighbours stay exact ints."""
    op = Conv2d(8, 8, (1, 1), groups=np.array([1, 2, 3]))
    assert op.weights()["weight"].dtype == np.int64
    assert op.weights()["weight"][:2].tolist() == [64, 32]


def test_a_work_that_int64_cannot_hold_is_an_error_and_not_negative() -> None:
    c = np.array([2**20])
    op = Conv2d(c, c, (3, 3))
    with pytest.raises(Exception, match=r"^an array element is not a finite number below 2\*\*53$"):
        op.work(((c, 2**12, 2**12),), (c, 2**12, 2**12))
    assert Conv2d(2**20, 2**20, (3, 3)).work((), (2**20, 2**12, 2**12)) == {"mac": 9 * 2**64}


@pytest.mark.parametrize(
    ("op", "texts"),
    [
        (Conv2d(3, 32, (3, 3), (2, 2)), ("conv 3x3", "conv", "s2", "3x3x3x32")),
        (Conv2d(32, 32, (3, 3), groups=32), ("conv dw 3x3", "conv dw", "s1", "3x3x32 dw")),
        (Conv2d(32, 64, (1, 7), (1, 2), groups=4), ("group conv 1x7", "group conv", "s1x2", "1x7x8x64")),
        (Conv2d(1, 1, (3, 3)), ("conv 3x3", "conv", "s1", "3x3x1x1")),
        (ConvTranspose2d(8, 4, (2, 2), (2, 2), groups=2), ("deconv 2x2", "deconv", "s2", "2x2x8x2")),
        (ConvTranspose2d(8, 4, (2, 2), (2, 1)), ("deconv 2x2", "deconv", "s2x1", "2x2x8x4")),
        (MaxPool((3, 3), (2, 2)), ("maxpool", "maxpool", "s2", "pool 3x3")),
        (AvgPool((7, 5), (1, 2)), ("avgpool", "avgpool", "s1x2", "pool 7x5")),
    ],
)
def test_ops_are_named_as_mobilenets_tables_name_them(op: Any, texts: tuple[str, ...]) -> None:
    assert (op.label, op.type_text, op.stride_text, op.filter_text) == texts


def test_a_stride_is_one_number_where_height_and_width_have_the_same() -> None:
    several, s = np.array([1, 2]), sympy.Symbol("s")
    for stride, text in (((several, several), "s[1 2]"), ((several, 1), "s[1 2]x1"), ((s, s), "ss"), ((s, 2), "ssx2")):
        assert MaxPool((3, 3), stride).stride_text == text


def test_a_convolution_is_depthwise_where_its_groups_are_its_input_channels() -> None:
    m, g, several = sympy.Symbol("m"), sympy.Symbol("g"), np.array([4, 8])
    for channels, groups, text in (
        (4, 4, "conv dw"),
        (2, 2, "conv dw"),
        (4, 2, "group conv"),
        (4, 1, "conv"),
        (1, 1, "conv"),
        (m, m, "conv dw"),
        (m, g, "group conv"),
        (m, 2, "group conv"),
        (m, 1, "conv"),
        (several, several, "conv dw"),
        (several, 4, "group conv"),
        (several, 1, "conv"),
        (8, several, "group conv"),
    ):
        assert Conv2d(channels, 8, (3, 3), groups=groups).type_text == text


def test_what_an_op_is_made_of_where_nothing_is_said() -> None:
    for pool in (MaxPool((3, 2)), AvgPool((3, 2))):
        assert pool.arguments() == {"kernel_size": (3, 2), "stride": (1, 1), "padding": "same", "ceil_mode": False}
    conv = {"in_channels": 3, "out_channels": 4, "kernel_size": (3, 2), "stride": (1, 1), "padding": "same"}
    conv |= {"dilation": (1, 1), "groups": 1, "bias": False, "fixed": False}
    assert Conv2d(3, 4, (3, 2)).arguments() == conv == ConvTranspose2d(3, 4, (3, 2)).arguments()
    assert Linear(3, 4).bias is True
    assert Add(2).weighted == "none"
    assert Dropout().p == 0.5
    assert GlobalAvgPool((5, 7)).stride_text == GlobalMaxPool((5, 7)).stride_text == "s1"
    assert Resize((3, 4)).mode == "nearest"
