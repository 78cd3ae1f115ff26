"""Rows of a cost: of one call, of several, of a kind of op."""

from __future__ import annotations

from .evaluate.evaluating import network

TEXT = """
input: 8 x 8 x 4
layers:
  a: conv(3x3, 4, 2) -> conv(1x1, 4)
  b: in -> conv(1x1, 4, 2)
  c: add(a, b)
  d: conv(1x1, 6)
"""


def test_a_row_of_one_call_says_what_it_is_and_one_of_several_or_of_an_op_does_not() -> None:
    cost = network(TEXT).cost()
    types = {row.name: row.type for row in cost.by("stage")}
    assert types == {"a": "", "b": "conv / s2", "c": "add", "d": "conv / s1"}
    assert {row.type for key in ("op", "kind") for row in cost.by(key)} == {""}
    assert [(row.name, row.layers) for row in cost.by("op")][2:] == [("relu", 4), ("add", 1)]


def test_a_group_has_the_first_input_of_its_first_layer_and_an_op_has_none() -> None:
    cost = network(TEXT.replace("c: add(a, b)", "c: add(a, b) -> bn")).cost()
    assert [row.in_shapes for row in cost.by("stage") if row.name == "c"] == [((4, 4, 4),)]
    assert {row.in_shapes for row in cost.by("op")} == {()}


def test_a_row_of_several_inputs_names_the_first() -> None:
    (row,) = (row for row in network(TEXT).cost().by("layer") if row.name == "c")
    assert repr(row) == "<Row c: add, 4x4x4 -> 4x4x4, 0 params, 0 mult-adds>"
