"""Small graphs whose bytes can be worked out by hand, and properties that hold of any."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costcalc import load
from costcalc.errors import SpecError, UsageError
from costcalc.graph import Graph
from costcalc.language.source import Source
from costcalc.memory import MemoryUse, load_definition, memory_of
from costcalc.memory.definition import definitions, read_definition
from costcalc.memory.plan import Placed, place
from costcalc.memory.traffic import traffic
from costcalc.network import network_from, networks
from costcalc.ops import kinds


def _graph(layers: str, size: str = "4 x 4 x 2") -> Graph:
    text = f"network: tiny\ninput: {size}\nlayers:\n" + "".join(f"  {line}\n" for line in layers.strip().split("\n"))
    return network_from(Source("tiny.yaml", text)).graph(expand=True)


def _use(layers: str, definition: str = "live", bits: int = 8, batch: int = 1) -> MemoryUse:
    return memory_of(_graph(layers), load_definition(definition), bits=bits, batch=batch)


PLAIN = "norm=none, act=none"


def test_a_chain() -> None:
    use = _use(f"a: conv(1x1, 4, {PLAIN})\nb: conv(1x1, 1, {PLAIN})\nc: conv(1x1, 8, {PLAIN})")
    assert use.live == [32 + 64, 64 + 16, 16 + 128]
    assert (use.peak, use.at) == (144, "c.conv")
    assert [(t.name, t.bytes) for t in use.alive] == [("b.conv", 16), ("c.conv", 128)]


def test_what_waits_for_a_sum_lives() -> None:
    use = _use(f"a: conv(1x1, 4, {PLAIN})\nb: conv(1x1, 4, {PLAIN})\nc: conv(1x1, 4, {PLAIN})\nd: add(a, c)")
    assert use.live == [32 + 64, 64 + 64, 64 + 64 + 64, 64 + 64 + 64]


def test_a_sum_over_its_first_operand() -> None:
    layers = f"a: conv(1x1, 4, {PLAIN})\nb: conv(1x1, 4, {PLAIN})\nd: add(b, a)"
    assert _use(layers, "block_input_kept").live[-1] == 64 + 64
    assert _use(layers).live[-1] == 64 + 64 + 64


def test_an_activation_works_in_its_input_unless_that_is_read_later() -> None:
    assert _use(f"a: conv(1x1, 4, {PLAIN})\nb: act(relu)").live == [32 + 64, 64]
    kept = _use(f"a: conv(1x1, 4, {PLAIN})\nb: act(relu)\nc: add(a, b)")
    assert kept.live == [32 + 64, 64 + 64, 64 + 64 + 64]


def test_a_split_is_no_copy_and_a_concat_is_one() -> None:
    use = _use(f"a: conv(1x1, 4, {PLAIN})\nl, r: split(a, 2)\nx: l -> conv(1x1, 2, {PLAIN})\ny: concat(x, r)")
    assert use.live == [32 + 64, 64, 64 + 32, 64 + 32 + 64]


def test_several_inputs_and_outputs_live_to_the_end() -> None:
    text = f"""\
network: two
input: {{a: 4 x 4 x 2, b: 4 x 4 x 2}}
output: x, y
layers:
  x: a -> conv(1x1, 4, {PLAIN})
  y: b -> conv(1x1, 1, {PLAIN})
"""
    graph = network_from(Source("two.yaml", text)).graph(expand=True)
    use = memory_of(graph, load_definition("live"), bits=8)
    assert use.live == [32 + 32 + 64, 32 + 64 + 16]


def test_a_depthwise_convolution_in_place_needs_a_channel() -> None:
    use = _use(f"a: conv(1x1, 4, {PLAIN})\nb: dwconv(3x3, {PLAIN})\nc: dwconv(3x3, 2, {PLAIN})", "depthwise_in_place")
    assert use.live == [32 + 64, 64 + 16, 64 + 4]


def test_bits_and_batch() -> None:
    layers = f"a: conv(1x1, 3, {PLAIN})"
    assert _use(layers, bits=4).peak == (32 * 4) // 8 + (48 * 4) // 8
    assert _use(layers, bits=32, batch=3).peak == 3 * 4 * (32 + 48)
    assert _use("a: avgpool", bits=1).peak == 4 + 1  # 2 values take a byte


@pytest.mark.parametrize(("bits", "batch"), [(0, 1), (65, 1), (3.5, 1), (8, 0), (8, 1.5)])
def test_bits_and_batches_that_there_are_not(bits: int, batch: int) -> None:
    with pytest.raises(UsageError, match=r"bits|batch"):
        _use("a: act(relu)", bits=bits, batch=batch)


def test_a_peak_is_never_below_what_a_layer_reads_and_makes() -> None:
    graph = load("mobilenet_v2").graph(expand=True)
    use = memory_of(graph, load_definition("live"), bits=8)
    for layer, live in zip(graph.layers, use.live, strict=True):
        made = 0 if load_definition("live").rule(layer.op.kind) != "makes" else _elements(layer.out_shape)
        assert live >= _elements(layer.in_shapes[0]) + made


def _elements(shape: tuple[int, ...]) -> int:
    c, h, w = shape
    return c * h * w


@pytest.mark.parametrize("definition", ["live", "depthwise_in_place"])
def test_copies_written_out_need_what_one_needs(definition: str) -> None:
    for network in list(networks())[::9]:
        rule = load_definition(definition)
        assert memory_of(network.graph(), rule).peak == memory_of(network.graph(expand=True), rule).peak, network.name


def test_every_definition_has_a_rule_for_every_kind() -> None:
    for definition in definitions():
        assert set(definition.rules) - {"depthwise"} == set(kinds()), definition.name


def test_arrays_and_single_points_agree() -> None:
    np = pytest.importorskip("numpy")
    network, rule = load("mobilenet_v2"), load_definition("live")
    alphas, sides = [0.35, 0.5, 1.0, 1.4], [96, 160, 224, 128]
    use = memory_of(network.graph(alpha=np.array(alphas), res=np.array(sides)), rule, bits=8)
    each = [memory_of(network.graph(alpha=a, res=r), rule, bits=8).peak for a, r in zip(alphas, sides, strict=True)]
    assert use.peak.tolist() == each
    assert use.at == ""


def test_a_layer_that_an_array_leaves_out_needs_nothing() -> None:
    np = pytest.importorskip("numpy")
    network, rule = load("efficientnet"), load_definition("live")
    depths = [0.5, 1.0, 2.0]
    use = memory_of(network.graph(depth=np.array(depths)), rule, bits=8)
    assert use.peak.tolist() == [memory_of(network.graph(depth=d), rule, bits=8).peak for d in depths]


# -- the arena

TENSOR = st.tuples(st.integers(1, 60), st.integers(0, 8), st.integers(0, 4))


@given(st.lists(TENSOR, min_size=1, max_size=12))
@settings(max_examples=300, deadline=None)
def test_tensors_of_one_time_never_overlap(tensors: list[tuple[int, int, int]]) -> None:
    placed = place([Placed(str(k), size, made, made + more) for k, (size, made, more) in enumerate(tensors)])
    for k, a in enumerate(placed):
        for b in placed[:k]:
            if a.made <= b.last and b.made <= a.last:
                assert a.offset + a.bytes <= b.offset or b.offset + b.bytes <= a.offset
    arena = max(p.offset + p.bytes for p in placed)
    steps = range(14)
    assert arena >= max(sum(p.bytes for p in placed if p.made <= step <= p.last) for step in steps)


# -- definitions


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("memory: x\nmakes: [convolution]\n", "no op is of the kind 'convolution'"),
        ("memory: x\nmakes: [relu]\nviews: [relu]\n", "relu has two rules"),
        ("memory: x\nplan: best\n", "one of live, all, largest_first is due"),
        ("memory: x\nalign: 0\n", "a whole number from 1"),
        ("memory: x\nkeeps: [everything]\n", "one of block_input is due"),
        ("makes: [relu]\n", "needs its name"),
        ("memory: x\nmake: [relu]\n", "has no 'make' (did you mean 'makes'?)"),
    ],
)
def test_what_is_wrong_in_a_definition_is_told_at_its_place(text: str, message: str) -> None:
    with pytest.raises(SpecError) as e:
        read_definition(Source("x.yaml", text))
    assert message in str(e.value)
    assert str(e.value).startswith("x.yaml:")


def test_a_kind_without_a_rule_is_named() -> None:
    rule = read_definition(Source("x.yaml", "memory: mine\nmakes: [conv2d]\n"))
    with pytest.raises(UsageError, match="mine of memory says nothing about relu"):
        memory_of(_graph(f"a: conv(1x1, 3, {PLAIN})\nb: act(relu)"), rule)


def test_no_such_definition() -> None:
    with pytest.raises(UsageError, match="did you mean 'live'"):
        load_definition("life")


# -- traffic


def test_what_a_layer_moves() -> None:
    graph = _graph(f"a: conv(1x1, 4, {PLAIN})\nb: add(a, a)")
    first, second = traffic(graph, bits=8).values()
    assert (first.inputs, first.outputs, first.weights) == (32, 64, 8 + 4 * 4)
    assert (second.inputs, second.outputs, second.weights) == (128, 64, 0)


def test_copies_move_what_they_move_written_out() -> None:
    for network in list(networks())[::9]:
        each = [
            sum(moved.total for moved in traffic(graph, bits=8).values())
            for graph in (network.graph(), network.graph(expand=True))
        ]
        assert each[0] == each[1], network.name
