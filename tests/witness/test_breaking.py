"""The witness witnesses: whichever rule of whichever op is broken, torch disagrees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("torch")

from costcalc import ops
from costcalc.language.source import Source
from costcalc.network import Network, network_from

from ..evaluate.layer_cases import ALL_CASES
from ..ops.test_every_op import all_ops
from .checking import Verification, network, verified

pytestmark = pytest.mark.torch

OPS = sorted(all_ops(), key=lambda op: op.__name__)


def _richest() -> dict[type[ops.Op], str]:
    """For each op the call of its layer's cases that ends in it, and of these the one with the most parts."""
    found: dict[type[ops.Op], tuple[int, str]] = {}
    for _, case in ALL_CASES:
        for layer in network_from(Source("net.yaml", f"network: net{case.text}")).graph().layers[-1:]:
            parts = len(layer.op.weights()) + len(layer.op.work(layer.in_shapes, layer.out_shape))
            if parts > found.get(type(layer.op), (-1, ""))[0]:
                found[type(layer.op)] = parts, case.text
    return {op: text for op, (_, text) in found.items()}


TEXTS = _richest() | {
    op: f"\ninput: 8 x 8 x 6\nlayers:\n  x: {call}\n"
    for op, call in {
        ops.Split: "split(in, [1, 5])",
        ops.Heads: "heads(2)",
        ops.Windows: "windows(4)",
        ops.Learned: "learned([8, 8], 6)",
    }.items()
}
"""A network whose last layer is the op."""


def broken_network(op: type[ops.Op]) -> Network:
    """A new one: none that was compiled before the rule broke."""
    return network_from(Source("net.yaml", f"network: net{TEXTS[op]}"))


def result_of(op: type[ops.Op]) -> Verification:
    return verified(broken_network(op))


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.__name__)
def test_unbroken_all_agree(op: type[ops.Op]) -> None:
    assert result_of(op).agrees
    assert type(broken_network(op).graph().layers[-1].op) is op


def moved(axis: int) -> Callable[[Any], Any]:
    return lambda shape: tuple(size + (k == axis) for k, size in enumerate(shape))


@pytest.mark.parametrize("axis", [0, 1, 2], ids=["channels", "height", "width"])
@pytest.mark.parametrize("op", OPS, ids=lambda op: op.__name__)
def test_a_broken_shape_rule_shows(op: type[ops.Op], axis: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rule, broken = op.out_shapes, moved(axis)
    monkeypatch.setattr(op, "out_shapes", lambda self, x: (broken(rule(self, x)[0]), *rule(self, x)[1:]))
    result = result_of(op)
    assert not result.agrees
    assert result.differences[0].figure == "output"


@pytest.mark.parametrize("axis", [0, 1, 2], ids=["channels", "height", "width"])
def test_a_broken_rule_for_several_outputs_shows(axis: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = ops.Split.out_shapes
    broken = moved(axis)
    monkeypatch.setattr(ops.Split, "out_shapes", lambda self, x: (rule(self, x)[0], broken(rule(self, x)[1])))
    assert [d.figure for d in result_of(ops.Split).differences][:1] == ["output"]


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.__name__)
def test_a_broken_params_rule_shows(op: type[ops.Op], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part one more, or a weight where there is none."""
    rule = op.weights
    trained = [p for p in op.weight_names if p not in op.statistics]
    for part in trained or ["weight"]:
        with monkeypatch.context() as patch:
            if not trained:
                patch.setattr(op, "weight_names", ("weight",))
            patch.setattr(op, "weights", lambda self, part=part: {**rule(self), part: rule(self).get(part, 0) + 1})
            result = result_of(op)
            figures = ["params", "mult-adds"] if op is ops.Recurrent and part == "weight" else ["params"]  # it has mac
            assert [d.figure for d in result.differences if d.layer] == figures, part
            assert any(d.layer == "" for d in result.differences)


@pytest.mark.parametrize("op", [ops.Conv2d, ops.ConvTranspose2d, ops.Linear], ids=lambda op: op.__name__)
def test_a_broken_mult_adds_rule_shows(op: type[ops.Op], monkeypatch: pytest.MonkeyPatch) -> None:
    rule = op.work
    for broken in (lambda mac: mac + 1, lambda mac: 2 * mac, lambda mac: 0):
        with monkeypatch.context() as patch:
            patch.setattr(
                op, "work", lambda self, i, o, f=broken: {**rule(self, i, o), "mac": f(rule(self, i, o)["mac"])}
            )
            assert [d.figure for d in result_of(op).differences] == ["mult-adds", "mult-adds"]


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.__name__)
def test_mult_adds_where_there_are_none_show(op: type[ops.Op], monkeypatch: pytest.MonkeyPatch) -> None:
    """Only convolutions and linear layers multiply and accumulate."""
    from costcalc.conventions import Convention

    rule = Convention.count
    kind = broken_network(op).graph().layers[-1].op.kind
    monkeypatch.setattr(Convention, "count", lambda self, x: (rule(self, x)[0], rule(self, x)[1] + (x.op.kind == kind)))
    assert "mult-adds" in [d.figure for d in result_of(op).differences]


def test_a_wrong_edge_shows() -> None:
    """A layer fed by another tensor than the counts believe."""
    from costcalc.witness.verifying import verify

    net = network("a: conv(3x3, 8)\nb: conv(1x1, 4)\nc: in -> conv(1x1, 6)\nd: concat(b, c)")
    cost, graph = net.cost(), net.graph(expand=True)
    assert verify(cost, graph, "cpu").agrees
    layers = {layer.name: layer for layer in graph.layers}
    layers["c.conv"].inputs = layers["b.conv"].inputs
    first = verify(cost, graph, "cpu").differences[0]
    assert (first.layer, first.figure, first.ours, first.measured) == ("c.conv", "params", 36, 48)


def test_a_layer_that_torch_refuses_is_the_first_difference() -> None:
    from costcalc.witness.verifying import verify

    net = network("a: conv(3x3, 8)\nb: conv(1x1, 4, g=2)\nc: conv(1x1, 6)")
    cost, graph = net.cost(), net.graph(expand=True)
    layers = {layer.name: layer for layer in graph.layers}
    layers["b.conv"].op.groups = 3
    result = verify(cost, graph, "cpu")
    (first,) = result.differences
    assert (first.layer, first.figure) == ("b.conv", "output")
    assert first.measured == "ValueError: in_channels must be divisible by groups"
    assert [m.name for m in result.measured] == ["a.conv", "a.bn", "a.act"]
    assert result.failure is not None
