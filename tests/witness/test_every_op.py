"""Every op in torch: its shapes, weights and multiply-accumulates are what torch has."""

from __future__ import annotations

import random
from typing import Any

import pytest

pytest.importorskip("torch")

from costcalc import ops
from costcalc.language.source import Source
from costcalc.network import network_from
from costcalc.witness.builders import ACTIVATIONS, BUILDERS

from ..evaluate.layer_cases import ALL_CASES
from ..evaluate.layer_cases import IDS as LAYER_IDS
from ..ops.cases import CASES, IDS, Case
from ..ops.test_every_op import all_ops
from .checking import op_differences, verified

pytestmark = pytest.mark.torch


MADE = [
    (case, name)
    for case, name in zip(CASES, IDS, strict=True)
    if name not in ("Activation prelu", "Activation softmax") and case.op is not ops.Merge
]
"""The language makes ops of their own of these activations; parts that merge come from a layer that cut."""


def points(case: Case, number: int = 8) -> list[dict[str, int]]:
    """Small numbers at random, the same in every run, height and width apart; padding (p…) may be 0."""
    chosen = random.Random(f"{case.op.__name__} {case.name}")
    found: list[dict[str, int]] = []
    while len(found) < number:
        point = {name: chosen.randint(0 if name[0] == "p" else 1, 7) for name in case.numbers}
        if "h" not in point or "w" not in point or point["h"] != point["w"]:
            found.append(point)
    return found


def test_every_op_has_a_builder() -> None:
    assert all_ops() == BUILDERS.keys()
    assert set(ops.ACTIVATIONS) == {*ACTIVATIONS, "prelu"}


@pytest.mark.parametrize("device", ["cpu", "meta"])
@pytest.mark.parametrize("case", [case for case, _ in MADE], ids=[name for _, name in MADE])
def test_an_op_is_what_torch_has(case: Case, device: str) -> None:
    for point in points(case):
        op, shapes = case.at(point)
        assert op_differences(op, *shapes, device=device) == [], point


PADDED = [
    # kernel, stride, padding, dilation, groups
    ((3, 3), (1, 1), "same", (1, 1), 1),
    ((3, 5), (2, 1), "same", (1, 2), 2),
    ((2, 4), (1, 1), "same", (1, 1), 1),
    ((1, 7), (3, 2), "same", (1, 1), 6),
    ((3, 3), (2, 2), (1, 0), (1, 1), 3),
    ((5, 1), (1, 3), (4, 2), (2, 1), 1),
    ((1, 1), (4, 4), "same", (1, 1), 1),
]


@pytest.mark.parametrize("op", [ops.Conv2d, ops.ConvTranspose2d], ids=lambda op: op.__name__)
@pytest.mark.parametrize("settings", PADDED, ids=str)
def test_convolutions(op: Any, settings: Any) -> None:
    kernel, stride, padding, dilation, groups = settings
    for size in ((9, 14), (10, 11), (17, 9)):
        for bias in (False, True):
            made = op(6, 12, kernel, stride, padding, dilation, groups, bias)
            assert op_differences(made, (6, *size)) == [], size


@pytest.mark.parametrize("op", [ops.MaxPool, ops.AvgPool], ids=lambda op: op.__name__)
@pytest.mark.parametrize("ceil", [False, True])
def test_pools(op: Any, ceil: bool) -> None:
    for padding in ("same", (0, 0), (1, 0), (1, 1)):
        for kernel, stride in (((3, 3), (2, 2)), ((2, 3), (1, 3)), ((3, 2), (3, 1)), ((2, 2), (2, 2))):
            for size in ((7, 10), (8, 9)):
                assert op_differences(op(kernel, stride, padding, ceil), (4, *size)) == [], (padding, kernel, size)


def test_a_pool_padded_by_more_than_half_of_its_window() -> None:
    for op in (ops.MaxPool, ops.AvgPool):
        assert op_differences(op((2, 3), (1, 1), (3, 2)), (4, 7, 9)) == []


@pytest.mark.parametrize(("layer", "case"), ALL_CASES, ids=LAYER_IDS)
def test_every_layer_of_the_language(layer: str, case: Any) -> None:
    result = verified(network_from(Source("net.yaml", f"network: net{case.text}")))
    assert result.differences == []
    assert result.finite
    assert [m.kind for m in result.measured] == [c.op for c in result.layers]
