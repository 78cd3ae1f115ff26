"""Folding is never wrong: the spec has the layers that the calls had; and it is seldom absent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from costcalc.errors import UsageError
from costcalc.importing.calls import Flat
from costcalc.importing.flat_text import flat_text
from costcalc.importing.folding import fold
from costcalc.importing.folding.fold import graph_of
from costcalc.importing.folding.regrouping import reassociated
from costcalc.importing.same import difference
from costcalc.language.source import Source
from costcalc.network import network_from

from ..loading import load
from .from_graph import alive, flat_of
from .random_flats import flats
from .stored import stored
from .test_flat_text import NAMES

NO_LAYERS = {"mixnet"}
"""Networks with concatenations of one tensor, which an import leaves out."""


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_network_that_was_flat_is_folded_to_the_same_layers(name: str) -> None:
    graph = load(name).graph(expand=True)
    flat = flat_of(graph, name)
    found = fold(flat)
    assert found.folded, found.notes
    assert not found.notes
    wanted = graph_of(flat_text(reassociated(flat))) if name in NO_LAYERS else alive(graph)
    assert difference(graph_of(found.text), wanted) is None


@pytest.mark.parametrize("name", ["deeplabv3", "edgenext", "retinanet", "yolov8", "yolov5", "mobilenet_v2"])
def test_sizes_that_follow_the_input_are_those_of_tensors(name: str) -> None:
    network = load(name)
    res = network.parameters["res"]
    first, second = (network.graph(expand=True, res=n) for n in (res, 2 * res))
    found = fold(flat_of(first, name), flat_of(second, name))
    assert found.fixed == ""
    assert found.folded
    imported = network_from(Source("imported.yaml", found.text, ""))
    assert difference(imported.graph(expand=True, res=2 * res), alive(second)) is None
    assert difference(imported.graph(expand=True), alive(first)) is None


def test_a_size_that_no_tensor_has_belongs_to_the_input() -> None:
    name = "mlp_mixer"
    network = load(name)
    first, second = (network.graph(expand=True, res=n) for n in (224, 448))
    found = fold(flat_of(first, name), flat_of(second, name))
    assert found.fixed == "mixer.1.tokens.out has c 196, which belongs to this size"
    with pytest.raises(UsageError, match="which belongs to this size"):
        network_from(Source("imported.yaml", found.text, "")).cost(res=448)


@settings(max_examples=150, deadline=None)
@given(flats())
def test_what_is_folded_is_what_was_flat(flat: Flat) -> None:
    found = fold(flat)
    assert difference(graph_of(found.text), graph_of(flat_text(reassociated(flat)))) is None
    assert found.folded, found.notes
    assert not found.notes


def test_a_wrong_rule_costs_a_block_and_not_a_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("costcalc.importing.folding.unify.follows", lambda *_: "in.c")
    flat = stored("efficientnet_b0")
    found = fold(flat)
    assert difference(graph_of(found.text), graph_of(flat_text(flat))) is None
    assert any("SqueezeExcitation" in note and "written out" in note for note in found.notes)


def test_text_that_cannot_be_right_is_given_up_for_the_flat_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from costcalc.importing.folding.text import SpecText

    flat = stored("resnet50")
    monkeypatch.setattr(SpecText, "text", lambda *_, **__: flat_text(stored("mobilenet_v2")))
    found = fold(flat)
    assert not found.folded
    assert found.notes[-1] == "written call by call"
    assert difference(graph_of(found.text), graph_of(flat_text(flat))) is None


def test_text_that_does_not_load_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    from costcalc.importing.folding.text import SpecText

    flat = stored("resnet50")
    monkeypatch.setattr(SpecText, "text", lambda *_, **__: "network: resnet50\n")
    found = fold(flat)
    assert not found.folded
    assert difference(graph_of(found.text), graph_of(flat_text(flat))) is None
