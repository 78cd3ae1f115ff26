"""Steps that say their shape: compared at the defaults, every wrong one told, and the text otherwise as it was."""

from __future__ import annotations

import pytest

from costcalc import SpecError

from ..evaluate.evaluating import network

HEAD = "parameters: {res: 32}\ninput: res x res x 3\nlayers:\n"


def problems(*steps: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        network(HEAD + "".join(f"  {step}\n" for step in steps)).graph()
    return [p.message for p in caught.value.problems]


@pytest.mark.parametrize("shape", ["16²x8", "16²", "16x16x8", "16×16×8"])
def test_a_right_shape_changes_nothing(shape: str) -> None:
    net = network(HEAD + f"  a: conv(3x3, 8, 2) as {shape}\n  b: a -> avgpool -> fc(10) as 1²x10\n")
    assert net.cost().params == network(HEAD + "  a: conv(3x3, 8, 2)\n  b: avgpool -> fc(10)\n").cost().params
    assert net.graph(res=64).outputs["out"].c == 10  # beyond the defaults it says nothing


def test_every_wrong_shape_is_told_where_it_stands() -> None:
    found = problems("a: conv(3x3, 8, 2) as 32²x8", "b: conv(3x3, 4) as 16²x5", "c: maxpool(2) as 8²x4")
    assert found == ["the step says 32²x8, the graph has 16²x8", "the step says 16²x5, the graph has 16²x4"]


def test_one_that_may_follow_from_another_says_so() -> None:
    assert problems("a: conv(3x3, 8, 2) as 32²", "b: maxpool(2) as 16²")[1].endswith("it may follow from the one above")


def test_several_tensors_have_no_shape() -> None:
    assert "one tensor is due here, not 2" in problems("a, b: split(in, [1, 2]) as 32²x3", "c: concat(a, b)")[0]


def test_a_block_has_none() -> None:
    with pytest.raises(SpecError, match="a block has no shape of its own"):
        network("blocks: {b: {x: 'bn as 32²x3', y: bn}}\n" + HEAD + "  a: b\n").graph()


@pytest.mark.parametrize("step", ["a: conv(3x3, 8) as big", "a: conv(3x3, 8) as 3.5", "a: bn as", "a: conv as(3)"])
def test_what_is_no_shape_is_left_over(step: str) -> None:
    assert any("left over" in p or "due" in p or "needs" in p for p in problems(step))
