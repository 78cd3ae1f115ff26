"""The order of layers: against every order of small graphs, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy

import pytest

from costcalc import load
from costcalc.errors import UsageError
from costcalc.graph import Graph, Layer
from costcalc.memory import load_definition, memory_of
from costcalc.memory.order import best_order

from .random_graphs import WITH_ACTIVATIONS, random_graph

LIVE = load_definition("live")


def _orders(graph: Graph, done: tuple[Layer, ...] = ()) -> Iterator[Graph]:
    if len(done) == len(graph.layers):
        found = copy(graph)
        found.layers = list(done)
        yield found
    for layer in graph.layers:
        if layer not in done and all(t.layer is None or t.layer in done for t in layer.inputs):
            yield from _orders(graph, (*done, layer))


@pytest.mark.parametrize("name", ["live", "depthwise_in_place", "executorch"])
@pytest.mark.parametrize("seed", range(40))
def test_no_order_of_a_small_graph_is_better(seed: int, name: str) -> None:
    graph, rule = random_graph(seed, 8, WITH_ACTIVATIONS), load_definition(name)
    every = [memory_of(order, rule, bits=8).peak for order in _orders(graph)]
    found = best_order(graph, rule, bits=8)
    assert found.use.peak == found.bound == min(every)
    assert found.exact


@pytest.mark.parametrize("seed", range(40))
def test_a_search_that_is_stopped_has_a_bound_that_holds(seed: int) -> None:
    graph = random_graph(seed, 8, WITH_ACTIVATIONS)
    least = min(memory_of(order, LIVE, bits=8).peak for order in _orders(graph))
    for states in (0, 1, 3):
        found = best_order(graph, LIVE, bits=8, states=states)
        assert found.bound <= least <= found.use.peak <= found.before.peak


@pytest.mark.parametrize("seed", range(30))
def test_the_order_is_one_of_the_graph(seed: int) -> None:
    graph = random_graph(seed, 20, WITH_ACTIVATIONS)
    found = best_order(graph, LIVE, bits=8)
    assert sorted(layer.name for layer in found.graph.layers) == sorted(layer.name for layer in graph.layers)
    done: set[Layer] = set()
    for layer in found.graph.layers:
        assert all(t.layer is None or t.layer in done for t in layer.inputs)
        done.add(layer)


def test_what_an_order_saves() -> None:
    found = best_order(load("pnasnet_5_mobile").graph(expand=True), LIVE, bits=8)
    assert (found.before.peak, found.use.peak, found.exact) == (1_212_141, 972_000, True)


def test_an_arena_is_never_larger_than_that_of_the_graphs_order() -> None:
    for seed in range(40):
        found = best_order(random_graph(seed, 12), load_definition("tflm"), bits=8)
        assert found.bound <= found.use.peak <= found.before.peak


@pytest.mark.parametrize("name", ["block_input_kept", "training"])
def test_definitions_of_one_order(name: str) -> None:
    with pytest.raises(UsageError, match="whatever the order"):
        best_order(random_graph(1), load_definition(name))


def test_many_points_have_no_order() -> None:
    np = pytest.importorskip("numpy")
    with pytest.raises(UsageError, match="one point at a time"):
        best_order(load("mobilenet_v1").graph(alpha=np.array([0.5, 1.0])), LIVE)


# -- what is alive, walked by hand


@pytest.mark.parametrize("seed", range(60))
def test_what_is_alive_is_what_a_walk_from_each_tensor_says(seed: int) -> None:
    graph = random_graph(seed, 16)
    size = {layer: layer.out_shape[0] * layer.out_shape[1] * layer.out_shape[2] for layer in graph.layers}
    (tensor,) = graph.inputs.values()
    c, h, w = tensor.shape
    ends = {t.layer for t in graph.outputs.values()}
    readers = {
        maker: [k for k, x in enumerate(graph.layers) if any(t.layer is maker for t in x.inputs)]
        for maker in (None, *graph.layers)
    }
    for step, live in enumerate(memory_of(graph, LIVE, bits=8).live):
        bytes_ = c * h * w if step <= max(readers[None]) else 0
        for made, layer in enumerate(graph.layers):
            if made == step or (made < step and (layer in ends or max(readers[layer], default=-1) >= step)):
                bytes_ += size[layer]
        assert live == bytes_
