"""Every built-in layer of the language: what it becomes, and that ints, arrays, symbols and loop nests agree on it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc.evaluate.built_in import BUILT_IN
from costcalc.ops import ACTIVATIONS

from .evaluating import ONCE, Point, assert_arrays_agree, assert_loops_agree, assert_symbols_agree, network, on_ints
from .layer_cases import ALL_CASES, CASES, IDS, PARAMETERS, LayerCase

QUICK = settings(max_examples=5, **ONCE)
POINTS = st.fixed_dictionaries(
    {
        "k": st.integers(1, 4),
        "c": st.sampled_from([1, 4, 6, 9, 12]),
        "s": st.integers(1, 3),
        "g": st.sampled_from([1, 2, 3, 6]),
        "d": st.integers(1, 2),
        "p": st.integers(0, 2),
        "res": st.integers(1, 9),
    }
)


def test_every_layer_and_every_argument_has_a_case() -> None:
    assert BUILT_IN.keys() == CASES.keys()
    for name, cases in CASES.items():
        definition = BUILT_IN[name]
        for argument in definition.params:
            assert any(re.search(rf"{name}\(.*\b{argument}=", case.call) for case in cases), f"{name}: {argument}"


@pytest.mark.parametrize(("name", "case"), ALL_CASES, ids=IDS)
def test_a_layer_becomes_primitives_of_the_right_names_and_shapes(name: str, case: LayerCase) -> None:
    graph = network(case.text).graph()
    assert graph.outputs["out"].shape == case.out
    if case.primitives:
        assert " ".join(f"{layer.name}:{layer.op.kind}" for layer in graph.layers) == case.primitives
    assert_loops_agree(graph)


@pytest.mark.parametrize("f", ACTIVATIONS)
def test_every_activation_is_a_layer_and_the_end_of_one(f: str) -> None:
    slopes = 12 if f == "prelu" else 0
    for call, params in ((f"act({f})", slopes // 2), (f"conv(1x1, c, norm=none, bias=no, act={f})", 72 + slopes)):
        cost = network(LayerCase(call, "", (0, 0, 0)).text).cost()
        assert cost.graph.layers[-1].op.kind == f
        assert cost.params == params
        assert_loops_agree(cost.graph)


@pytest.mark.parametrize(("name", "case"), ALL_CASES, ids=IDS)
def test_ints_arrays_and_symbols_agree_on_a_layer(name: str, case: LayerCase) -> None:
    net = network(case.text)

    @QUICK
    @given(st.lists(POINTS, min_size=3, max_size=6))
    def agree(points: list[Point]) -> None:
        points = [PARAMETERS, *points]
        one_by_one = [on_ints(net, point) for point in points]
        assert one_by_one[0] is not None
        assert_arrays_agree(net, points, one_by_one)
        assert assert_symbols_agree(net, points, one_by_one) > 0
        for point, numbers in zip(points, one_by_one, strict=True):
            if numbers is not None:
                assert_loops_agree(net.graph(**point))

    agree()
