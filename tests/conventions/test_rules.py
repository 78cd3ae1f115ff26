"""What rules make of the parts of a layer: counted, counted 0, passed over, or nothing said."""

from __future__ import annotations

from typing import Any

import pytest

from costcalc.conventions import Convention, SaysNothing
from costcalc.graph import Layer, Tensor
from costcalc.language.source import Source, Text
from costcalc.ops import Conv2d, Linear, Op

CONV = Conv2d(2, 3, (1, 1), (1, 1), "same", (1, 1), 1, True, False)
"""6 weights and 3 biases; on 4x4 pixels 96 multiply-accumulates and 48 additions of the bias."""


def layer(name: str = "a", op: Op = CONV) -> Layer:
    return Layer((None, name), op, (Tensor((2, 4, 4)),), (None, name), None, 1)


def convention(**said: Any) -> Convention:
    made = Convention("mine", Source("mine.yaml", "convention: mine\n"))
    said = {"params": {"*.weight": 1, "*.bias": 1}, "work": {"*.mac": 1, "*.bias_add": 1}, **said}
    for rules in ("params", "work"):
        written = {"*.fixed": 1, **said.pop(rules)} if rules == "params" else said.pop(rules)
        text = Text("a rule", made.origin, 1, 1)
        setattr(made, rules, [(*pattern.split("."), factor, text) for pattern, factor in written.items()])
    for key, value in said.items():
        setattr(made, key, value)
    return made


def test_factors_multiply_params_and_work() -> None:
    for weight, bias in ((1, 1), (2, 1), (1, 0), (3, 2)):
        made = convention(
            params={"conv2d.weight": weight, "*.bias": bias}, work={"conv2d.mac": weight, "conv2d.bias_add": bias}
        )
        assert made.count(layer()) == (6 * weight + 3 * bias, 96 * weight + 48 * bias)


def test_rules_of_factor_0_are_none() -> None:
    made = convention(params={"*.weight": 1, "*.bias": 0}, work={"*.mac": 0, "*.bias_add": 3})
    assert [[part for part, _, _ in counting] for counting in made.rules(CONV)] == [["weight", "fixed"], ["bias_add"]]
    assert made.passed_over(CONV) == ()


def test_amounts_are_the_parts_of_a_count() -> None:
    for said in ({}, {"params": {"*.weight": 2, "*.bias": 1}}, {"work": {"*.mac": 2, "*.bias_add": 0}}):
        made = convention(**said)
        params, work = made.amounts(layer())
        assert (sum(params.values()), sum(work.values())) == made.count(layer())
        assert params.keys() == {"weight", "bias"}
    made = convention(exclude=["b"], frozen=["c"])
    assert made.amounts(layer("a")) == ({"weight": 6, "bias": 3}, {"mac": 96, "bias_add": 48})
    assert made.amounts(layer("b")) == ({}, {})
    assert made.amounts(layer("c")) == ({}, {"mac": 96, "bias_add": 48})


def test_an_excluded_layer_has_neither_params_nor_work() -> None:
    made = convention(exclude=["b"], frozen=["c"])
    assert [made.count(layer(name)) for name in "abc"] == [(9, 144), (0, 0), (0, 144)]


@pytest.mark.parametrize(
    ("said", "work", "passed"),
    [
        ({"zero": [("conv2d", "mac")]}, 48, ()),
        ({"zero": [("*", "mac")]}, 144, ()),  # the rule says as much
        ({"zero": [("*", "*")], "work": {}, "params": {"*.weight": 1}}, 0, ()),
        ({"passes_over": [("*", "*")], "work": {"*.bias_add": 1}}, 48, ("mac",)),
        ({"passes_over": [("conv2d", "*")], "zero": [("*", "mac")], "work": {}}, 0, ("bias_add",)),
        ({"passes_over": [("conv2d", "mac")], "zero": [("*", "mac")]}, 48, ("mac",)),
        ({"only": [("linear", "mac")], "work": {}}, 0, ()),
        ({"only": [("linear", "mac")], "work": {"*.bias_add": 1}}, 48, ()),
        ({"otherwise": 0, "work": {"*.bias_add": 1}}, 48, ("mac",)),
        ({"otherwise": 0, "only": [("*", "*")], "work": {"*.bias_add": 1}}, 48, ("mac",)),
        ({"otherwise": 0, "only": [("*", "mac")], "work": {}}, 0, ("mac",)),
    ],
)
def test_what_goes_before_what(said: dict[str, Any], work: int, passed: tuple[str, ...]) -> None:
    made = convention(**said)
    assert made.count(layer())[1] == work
    assert made.passed_over(CONV) == passed


def test_what_nothing_is_said_about_is_an_error_where_it_is_there_and_not_left_out() -> None:
    linear = Linear(2, 5, True)
    made = convention(work={"linear.mac": 1, "*.bias_add": 1}, exclude=["left"])
    made.require([layer("left"), layer("b", linear)])
    with pytest.raises(SaysNothing) as e:
        made.require([layer("left"), layer("a"), layer("b", linear)])
    assert e.value.kinds == ("conv2d",)
    assert "says nothing about conv2d (mac)" in str(e.value)
    with pytest.raises(SaysNothing, match=r"says nothing about conv2d$"):
        convention(work={"linear.mac": 1}).require([layer()])
    with pytest.raises(SaysNothing):
        convention(work={"*.bias_add": 1}, only=[("conv2d", "mac")]).count(layer())
