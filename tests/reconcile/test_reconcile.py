"""Totals of all conventions from one graph, the steps between two, and what gives a printed figure."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from costcalc.conventions import SaysNothing, load_convention
from costcalc.errors import UsageError
from costcalc.language.find import shipped
from costcalc.reconcile import BY, Total, counted, explain, shipped_conventions, totals, waterfall
from costcalc.units import parse_printed

from ..loading import load

NETWORKS = {
    "mobilenet_v2": {},
    "efficientnet_b0": {"res": 192},
    "resnet_50_v1_5": {},
    "mobilenet_v1": {"rho": Fraction(5, 7)},
    "densenet": {},
    "shufflenet_v1": {"classes": 10},
}
CONVENTIONS = shipped_conventions()


def test_the_default_comes_first_and_none_is_missing() -> None:
    names = [c.name for c in CONVENTIONS]
    assert names[0] == "mult_adds"
    assert sorted(names) == sorted(shipped("conventions"))


@pytest.mark.parametrize("network", NETWORKS)
def test_totals_are_those_of_a_cost_under_each_convention(network: str) -> None:
    net, values = load(network), NETWORKS[network]
    for total in totals(net, values, CONVENTIONS):
        if total.problem:
            with pytest.raises((UsageError, SaysNothing)) as caught:
                _ = net.cost(convention=total.convention, **values).counted
            assert str(caught.value) == total.problem
            assert total.unsaid == getattr(caught.value, "kinds", ())
            continue
        cost, scale = counted(net, values, total.convention)
        assert (total.work, total.params) == (cost.counted * scale, cost.params)
        assert not isinstance(total.work, Fraction) or total.work.denominator != 1


def test_a_source_that_scales_from_another_resolution() -> None:
    net, paper = load("mobilenet_v1"), load_convention("mobilenet_v1_paper")
    (total,) = totals(net, {"res": 160}, [paper])
    assert total.work == net.cost(res=224).mult_adds * Fraction(160, 224) ** 2
    assert counted(net, {"rho": Fraction(160, 224)}, paper)[1] == Fraction(160, 224) ** 2


def pairs() -> list[tuple[Any, Any]]:
    """Each convention with the next: every one is on either side once."""
    return list(pairwise([*CONVENTIONS, CONVENTIONS[0]]))


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("network", NETWORKS)
def test_steps_add_up_exactly_to_the_difference(network: str, by: Any) -> None:
    net, values = load(network), NETWORKS[network]
    known: dict[str, Total] = {t.convention.name: t for t in totals(net, values, CONVENTIONS)}
    tried = 0
    for first, second in pairs():
        before, after = known[first.name], known[second.name]
        if before.problem or after.problem:
            continue
        tried += 1
        work, params = waterfall(net, values, first, second, by)
        for found, a, b in ((work, before.work, after.work), (params, before.params, after.params)):
            assert (found.before, found.after) == (a, b)
            assert sum(step.difference for step in found.steps) == b - a
            assert all(step.difference != 0 for step in found.steps)
            sizes = [abs(step.difference) for step in found.steps]
            assert sizes == sorted(sizes, reverse=True)
            assert len({step.name for step in found.steps}) == len(found.steps)
    assert tried > 20


def test_the_steps_from_fvcore_to_ptflops() -> None:
    """MobileNetV2's activations and the classifier's bias, counted here by hand."""
    net = load("mobilenet_v2")
    work, params = waterfall(net, {}, load_convention("fvcore"), load_convention("ptflops_pytorch"))
    relu6 = sum(layer.out_shape[0] * layer.out_shape[1] ** 2 for layer in net.cost().layers if layer.op == "relu6")
    assert [(s.name, s.before, s.after, s.rules) for s in work.steps] == [
        ("relu6.relu6", 0, relu6, ("", "1")),
        ("linear.bias_add", 0, 1000, ("", "1")),
    ]
    assert params.steps == []
    assert params.same == net.cost().params


def test_by_layer_the_steps_are_the_rows_of_show() -> None:
    net = load("mobilenet_v2")
    work, _ = waterfall(net, {}, load_convention("mult_adds"), load_convention("torchinfo"), "layer")
    assert {step.name for step in work.steps} <= {row.name for row in net.cost().by("layer")}
    with pytest.raises(
        UsageError, match=r"steps are by part, op, layer, stage, not 'layers' \(did you mean 'layer'\?\)"
    ):
        waterfall(net, {}, CONVENTIONS[0], CONVENTIONS[1], "layers")  # type: ignore[arg-type]


# -- what gives a figure


def found(network: str, figure: str, **values: Any) -> list[tuple[str, dict[str, Any], str]]:
    results, _ = explain(load(network), values, parse_printed(figure), CONVENTIONS)
    return [(name, dict(e.values), e.cut) for e in results for name in e.conventions]


def test_a_figure_that_tools_print() -> None:
    results = found("mobilenet_v2", "314M")
    assert ("fvcore", {}, "rounded or truncated") in results
    assert found("mobilenet_v2", "314,193,216") == [("fvcore", {}, "exact")]


def test_classes_and_resolutions() -> None:
    assert ("mult_adds", {"classes": 1001}, "exact") in found("mobilenet_v2", "300,775,552")
    assert found("mobilenet_v2", "221,316,608")[0] == ("mult_adds", {"res": 192}, "exact")
    assert {name: at for name, at, _ in found("mobilenet_v2", "221,317,888")}["mult_adds"] == {
        "classes": 1001,
        "res": 192,
    }
    assert found("mobilenet_v2", "221,316,608", res=224) == []
    assert found("mobilenet_v2", "221,317,888", classes=1000) == []


def test_params_by_their_classes() -> None:
    assert {name: at for name, at, _ in found("mobilenet_v2", "3,506,153")}["fvcore"] == {"classes": 1001}
    assert ("keras", {}, "exact") in found("mobilenet_v2", "3,538,984")


def test_each_convention_is_told_once_for_each_measure() -> None:
    results, _ = explain(load("mobilenet_v2"), {}, parse_printed("3.5M"), CONVENTIONS)
    told = [(e.measure, name) for e in results for name in e.conventions]
    assert len(told) == len(set(told))


def test_what_nothing_gives_has_the_nearest() -> None:
    results, near = explain(load("mobilenet_v2"), {}, parse_printed("315.5M"), CONVENTIONS)
    assert results == []
    assert len(near) == 3
    assert {near[0].conventions, near[1].conventions} == {("paddle_flops",), ("pytorchcv",)}
    gaps = [abs(e.value - 315_500_000) for e in near]
    assert gaps == sorted(gaps)


@pytest.mark.parametrize("network", ["mobilenet_v2", "resnet_18", "efficientnet_b0"])
def test_every_convention_explains_its_own_total(network: str) -> None:
    net = load(network)
    for total in totals(net, {}, CONVENTIONS):
        if total.problem or isinstance(total.work, Fraction):
            continue
        results, _ = explain(net, {}, parse_printed(f"{total.work:,}"), [total.convention])
        assert results[0].conventions == (total.convention.name,)
        assert (dict(results[0].values), results[0].cut) == ({}, "exact")
