"""The peak of activations as a formula: against the peak at points, by hand, where it moves, where a plan fragments."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
import sympy

from costcalc.errors import UsageError
from costcalc.memory import load_definition
from costcalc.memory.asked import MemoryAsked
from costcalc.symbolic.peak import PeakForm, peak_form

from ..cli.running import refused, shown
from ..loading import load


@cache
def _form(name: str, definition: str = "live", bits: int = 8, **asked: Any) -> PeakForm:
    return peak_form(load(name), MemoryAsked(load_definition(definition), bits, **asked))


def _peak(name: str, at: dict[str, Any], definition: str = "live", bits: int = 8, batch: int = 1) -> Any:
    return load(name).cost(at).memory(definition, bits=bits, batch=batch)


WHOLE = {"mobilenet_v1": [0.25, 0.5, 0.75, 1.0], "mobilenet_v2": [1.0, 2.0], "resnet_50": [0.125, 0.25, 0.5, 1.0]}
"""Widths at which every number of channels is whole, and a multiple of what it is rounded to."""


@pytest.mark.parametrize("definition", ["live", "block_input_kept", "depthwise_in_place", "training"])
@pytest.mark.parametrize("name", ["mobilenet_v1", "mobilenet_v2", "resnet_50"])
def test_where_nothing_is_rounded_it_is_the_peak_of_show(name: str, definition: str) -> None:
    form = _form(name, definition, batch=2)
    rng = random.Random(name)
    for _ in range(6):
        at = {"alpha": rng.choice(WHOLE[name]), "res": 32 * rng.randint(3, 9)}
        found = _peak(name, at, definition, batch=2)
        assert form.at(**at) == found.peak
        if definition == "live":
            assert found.at in form.term_at(**at).layers


@pytest.mark.parametrize("name", ["mobilenet_v2", "shufflenet_v2", "inception_v3", "efficientnet"])
def test_elsewhere_the_error_is_as_large_as_it_says(name: str) -> None:
    form = _form(name)
    exact = _peak(name, form.error_at).peak
    assert abs(form.at(**form.error_at) - exact) / Fraction(exact) == form.error
    assert form.points > 3


def test_mobilenets_peak_by_hand() -> None:
    """Read and written by stage2.pw: 32α and 64α maps of (112ρ)²."""
    (term,) = _form("mobilenet_v1").terms
    alpha, rho = _form("mobilenet_v1").symbols
    assert sympy.expand(term.bytes - (32 + 64) * 112**2 * alpha * rho**2) == 0
    assert term.layers == ["stage2.pw.conv"]


def test_resnets_peak_moves_where_the_image_is_larger_than_the_maps() -> None:
    """Image and stem, 3·224² + 64α·112², against the block's input, shortcut and sum, (64 + 256 + 256)α·56²."""
    form = _form("resnet_50", "block_input_kept")
    alpha, rho = form.symbols
    first, second = (term.bytes for term in form.terms)
    assert sympy.expand(first - (3 * 224**2 + 64 * alpha * 112**2) * rho**2) == 0
    assert sympy.expand(second - (64 + 256 + 256) * 56**2 * alpha * rho**2) == 0
    (move,) = form.moves
    assert (move.variable.parameter, move.at) == ("alpha", sympy.Rational(3, 20))
    assert (move.below, move.above) == tuple(form.terms)
    for value, term in ((0.1, 0), (0.2, 1)):
        assert form.term_at(alpha=value) is form.terms[term]


def test_weights_are_bytes_of_folded_norms() -> None:
    form = _form("mobilenet_v1")
    (alpha, _) = form.symbols
    for value in (Fraction(1, 2), 1):
        assert form.weights.subs(alpha, value) == load("mobilenet_v1").cost(alpha=float(value)).memory(bits=8).flash


def test_a_plan_fragments_where_it_says() -> None:
    form = _form("mobilenet_v1", "tflm")
    assert [term.layers for term in form.terms] == [["stage2.pw.conv"]]
    (gap,) = form.fragmented or []
    assert (gap.variable.name, gap.low) == ("alpha", 0.25)
    for alpha in (gap.low, gap.high):
        assert _peak("mobilenet_v1", {"alpha": alpha}, "tflm").peak > _peak("mobilenet_v1", {"alpha": alpha}).peak
    behind = {"alpha": round(gap.high + 0.01, 2)}
    assert _peak("mobilenet_v1", behind, "tflm").peak == -(-_peak("mobilenet_v1", behind).peak // 16) * 16
    assert round(float(gap.most), 3) == 1.333
    assert set(form.tried) == {"alpha", "res"}
    assert _form("mobilenet_v1").fragmented is None


# -- the command


def test_the_table_has_the_terms_the_move_and_the_definition() -> None:
    text = " ".join(shown("formula", "resnet_50", "--memory", "block_input_kept", "--bits", "8", columns=100).split())
    assert "RAM at conv1.conv 802,816 αρ² + 150,528 ρ²" in text
    assert "Below α = 0.15 the peak is at conv1.conv, above at conv2_x.1.down.conv." in text
    assert "RAM, weights: bytes at 8 bits. block_input_kept: " in text
    assert "fragments where alpha is 0.25 to" in shown("formula", "mobilenet_v1", "--memory", "tflm", columns=300)


def test_the_python_function_is_the_form() -> None:
    form = _form("resnet_50", "block_input_kept")
    names: dict[str, Any] = {}
    exec(shown("formula", "resnet_50", "--memory", "block_input_kept", "--bits", "8", "--format", "python"), names)
    for alpha, rho in ((0.125, 1), (1, 0.5), (1, 1)):
        assert names["resnet_50_peak_memory"](alpha, rho) == form.at(alpha=alpha, rho=rho)


def test_one_term_is_a_function_too() -> None:
    names: dict[str, Any] = {}
    exec(shown("formula", "mobilenet_v1", "--memory", "--bits", "8", "--format", "python"), names)
    assert names["mobilenet_v1_peak_memory"](0.5, 1) == 602_112


def test_latex_is_mathematics() -> None:
    text = shown("formula", "resnet_50", "--memory", "block_input_kept", "--bits", "8", "--format", "latex")
    assert r"\mathrm{peak} &= \max\left\{802{,}816 \, \alpha \, \rho^{2} + 150{,}528 \, \rho^{2},\;" in text


def test_json_has_exact_terms() -> None:
    found = json.loads(shown("formula", "mobilenet_v1", "--memory", "tflm", "--bits", "8", "--format", "json"))
    (term,) = found["peak_memory"]
    assert term["bytes"]["terms"] == [{"coefficient": 1204224, "factors": {"alpha": 1, "rho": 2}}]
    assert found["fragmented"][0]["parameter"] == "alpha"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--memory", "--exact"], "--exact is for params and work"),
        (["--memory", "--by", "stage"], "--by is for params and work"),
        (["--memory", "--convention", "fvcore"], "--convention is for params and work"),
        (["--batch", "2"], "--batch is for --memory"),
        (["--bits", "8,4"], "--bits takes one number here"),
        (["--memory", "--bits", "0"], "--bits takes numbers from 1 to 64"),
        (["--memory", "--wrt", "beta"], "beta"),
    ],
)
def test_bad_input_gets_one_line(words: list[str], said: str) -> None:
    assert said in refused("formula", "mobilenet_v1", *words)


def test_a_growing_repeat_can_not_have_a_symbol_for_its_number() -> None:
    with pytest.raises(UsageError, match="how often it repeats is a symbol"):
        peak_form(load("densenet_121"), MemoryAsked(load_definition("live"), 8), ["n1"])
