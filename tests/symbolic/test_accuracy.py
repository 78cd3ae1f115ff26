"""How far the smooth form is from the counts: at which points it is measured, and that the largest error is told."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from costcalc.errors import CostcalcError, UsageError
from costcalc.language.source import Source
from costcalc.network import Network, network_from
from costcalc.symbolic import closed_form
from costcalc.symbolic.choosing import choose, declared_points

from .points import network


def own(parameters: str, layer: str = "conv(3x3, 8)", variants: str = "") -> Network:
    text = f"network: own\nparameters:\n{parameters}input: 8 x 8 x 8\nlayers:\n  out: {layer}\n{variants}"
    return network_from(Source("own.yaml", text))


def points(net: Network, *wrt: str, **fixed: Any) -> list[dict[str, Any]]:
    return declared_points(net, choose(net, wrt, fixed, exact=False))


# -- the points


def test_the_values_that_the_source_evaluates() -> None:
    net = own("  a: {default: 3, range: 1..99, values: [2, 3, 5]}\n")
    assert points(net, "a") == [{"a": 3}, {"a": 2}, {"a": 5}]  # the point itself first
    assert points(net, "a", a=7) == [{"a": n} for n in (7, 2, 3, 5)]


def test_without_values_the_range() -> None:
    assert points(own("  a: {default: 4, range: 1..16}\n"), "a") == [{"a": n} for n in (4, 1, 2, 8, 16)]
    assert points(own("  a: {default: 0.0, range: 0..4}\n"), "a") == [{"a": n} for n in (0, 1, 2, 3, 4)]
    assert points(own("  a: {default: 1.0, range: 0.25..4}\n"), "a") == [{"a": n} for n in (1.0, 0.25, 0.5, 2.0, 4)]
    assert points(own("  a: 4\n"), "a") == [{"a": 4}]
    assert points(own("  a: {default: 4, choices: [2, 4, 6]}\n"), "a") == [{"a": 4}, {"a": 2}, {"a": 6}]


def test_every_combination_of_values() -> None:
    net = own("  a: {default: 1, range: 1..9, values: [1, 2]}\n  b: {default: 3, range: 1..9, values: [4]}\n")
    assert sorted((p["a"], p["b"]) for p in points(net, "a", "b")) == [(1, 3), (1, 4), (2, 3), (2, 4)]


def test_variants_give_their_values_together() -> None:
    variants = "variants: |\n  name | a | b\n  up   | 5 | 6\n  down | 2 |\n"
    net = own("  a: {default: 3, range: 1..9}\n  b: {default: 4, range: 1..9}\n", variants=variants)
    assert points(net, "a", "b") == [{"a": 3, "b": 4}, {"a": 5, "b": 6}, {"a": 2, "b": 4}]


def test_too_many_combinations_are_taken_one_parameter_at_a_time() -> None:
    values = ", ".join(map(str, range(1, 21)))
    net = own("".join(f"  {n}: {{default: 1, range: 1..99, values: [{values}]}}\n" for n in "abcdefgh"))
    found = points(net, *"abcdefgh")
    assert len(found) == 1 + 8 * 19
    assert all(sum(v != 1 for v in p.values()) <= 1 for p in found)


def test_rho_is_measured_at_resolutions() -> None:
    net = network("mobilenet_v1")
    (rho,) = choose(net, ["rho"], {}, exact=False)
    assert declared_points(net, [rho]) == [{"res": n} for n in (224, 192, 160, 128)]
    assert (rho.low, rho.high) == (Fraction(128, 224), 1)


# -- the largest error


def brute_force(net: Network, form: Any, found: list[dict[str, Any]]) -> tuple[int, list[Fraction]]:
    counted, errors = 0, [Fraction(0), Fraction(0)]
    for point in found:
        try:
            cost = net.cost(**point)
        except CostcalcError:
            continue
        counted += 1
        for i, (told, exact) in enumerate(zip(form.at(**point), (cost.params, cost.mult_adds), strict=True)):
            errors[i] = max(errors[i], abs(Fraction(told) - exact) / exact)
    return counted, errors


@pytest.mark.parametrize(
    ("name", "wrt"),
    [
        ("mobilenet_v1", ["alpha", "rho"]), ("mobilenet_v2", ["alpha"]), ("shufflenet_v1", None), ("separable", None),
        ("efficientnet", ["depth", "width", "rho"]), ("grouped", ["M", "g", "alpha"]), ("resnet_50", ["rho"]),
    ],
)  # fmt: skip
def test_the_largest_error_is_that_of_all_points(name: str, wrt: list[str] | None) -> None:
    net = network(name)
    form = closed_form(net, wrt)
    assert form.accuracy is not None
    counted, errors = brute_force(net, form, points(net, *(v.parameter for v in form.variables)))
    assert form.accuracy.points == counted
    assert [form.accuracy.params.error, form.accuracy.work.error] == errors
    for i, largest in enumerate((form.accuracy.params, form.accuracy.work)):
        if largest.error:
            assert brute_force(net, form, [largest.point])[1][i] == largest.error


def test_the_error_by_hand() -> None:
    """8 · 9 · ⌊10a⌋ weights and 2 · ⌊10a⌋ of the norm: 74 ⌊10a⌋, of which a = 0.29 is 74 · 2.9 instead of 74 · 2."""
    net = own("  a: {default: 1.0, range: 0.1..9, values: [1.0, 0.29, 0.55]}\n", "conv(3x3, floor(10*a))")
    accuracy = closed_form(net, ["a"]).accuracy
    assert accuracy is not None
    assert (accuracy.points, accuracy.params.error, accuracy.params.point) == (3, Fraction(45, 100), {"a": 0.29})


def test_points_that_cannot_be_built_are_left_out() -> None:
    net = own("  g: {default: 2, range: 1..9, values: [1, 2, 3, 4]}\n", "conv(3x3, 24, g=g)")  # 3 doesn't divide 8
    accuracy = closed_form(net, ["g"]).accuracy
    assert accuracy is not None
    assert (accuracy.points, accuracy.params.error) == (3, 0)


@pytest.mark.parametrize("c", ["ceil(64/make_divisible(16*a))", "ceil(sqrt(make_divisible(9*a)-8))+8"])
def test_points_where_the_smooth_form_is_no_number_are_left_out(c: str) -> None:
    """64/(16 a) at 0, the root of 9 a - 8 below 8/9."""
    net = own("  a: {default: 1.0, range: 0..2, values: [0, 0.5, 1]}\n", f"conv(3x3, {c})")
    accuracy = closed_form(net, ["a"]).accuracy
    assert accuracy is not None
    assert 1 <= accuracy.points < 3
    assert net.cost(a=0).params


def test_nothing_is_measured_of_an_exact_form() -> None:
    assert closed_form(network("standard"), exact=True).accuracy is None
    assert closed_form(network("standard"), measured=False).accuracy is None
    assert closed_form(network("standard"), []).accuracy is None


# -- facts of the symbols


def test_a_parameter_that_may_be_negative_is_not_taken_for_positive() -> None:
    for parameter in ("{default: 1, range: -2..2}", "{default: 1, choices: [-2, 1]}", "-2"):
        net = own(f"  a: {parameter}\n", "conv(3x3, 10 + max(a, 0))")
        form = closed_form(net, ["a"], exact=True)
        assert form.at(a=-2) == (net.cost(a=-2).params, net.cost(a=-2).mult_adds)


def test_a_whole_default_does_not_make_a_decimal_parameter_whole() -> None:
    variants = "variants: |\n  name | a\n  half | 0.55\n"
    decimal = [("{default: 1, range: 0.1..2}", ""), ("{default: 1, choices: [0.55, 1]}", ""), ("1", variants)]
    for parameter, more in decimal:
        net = own(f"  a: {parameter}\n", "conv(3x3, floor(10*a))", more)
        assert closed_form(net, ["a"], exact=True).at(a=0.55) == (net.cost(a=0.55).params, net.cost(a=0.55).mult_adds)


# -- at numbers


def test_at() -> None:
    net = network("mobilenet_v1")
    form = closed_form(net, ["alpha", "rho"], alpha=0.5, res=160)
    assert form.at() == (net.cost(alpha=0.5, res=160).params, net.cost(alpha=0.5, res=160).mult_adds)
    for alpha, res in product((0.25, 0.5, 1), (128, 224)):
        cost = net.cost(alpha=alpha, res=res)
        assert form.at(alpha=alpha, res=res) == (cost.params, cost.mult_adds)
        assert form.at(alpha=alpha, rho=Fraction(res, 224)) == (cost.params, cost.mult_adds)
    assert form.at(alpha=Fraction(1, 3))[0] == Fraction(3_139_584, 9) + Fraction(1_091_392, 3) + 1000


def test_the_exact_form_rounds_as_the_engine() -> None:
    """200 · 1.14 is 227.99999999999997 in float64."""
    net = own("  a: {default: 1.0, range: 0.1..2}\n", "conv(1x1, floor(200*a))")
    assert closed_form(net, ["a"], exact=True).at(a=1.14)[1] == net.cost(a=1.14).mult_adds == 64 * 8 * 227
    assert closed_form(net, ["a"]).at(a=1.14)[1] == 64 * 8 * 228


@pytest.mark.parametrize("given", [{"alpha": 7}, {"res": 4000}, {"rho": 40}, {"res": 0}, {"classes": 0}])
def test_a_value_out_of_range_is_refused_even_of_a_symbol(given: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"is from .* to .*, not"):
        closed_form(network("mobilenet_v1"), ["alpha", "rho"], **given)
