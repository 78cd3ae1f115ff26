"""Folding is never wrong: the spec has the layers that the calls had; and it is seldom absent."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from costcalc.importing.calls import Flat
from costcalc.importing.flat_text import flat_text
from costcalc.importing.folding import fold
from costcalc.importing.folding.concats import reassociated
from costcalc.importing.folding.fold import graph_of
from costcalc.importing.same import difference

from ..loading import load
from .from_graph import alive, flat_of
from .random_flats import flats
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


@settings(max_examples=150, deadline=None)
@given(flats())
def test_what_is_folded_is_what_was_flat(flat: Flat) -> None:
    found = fold(flat)
    assert difference(graph_of(found.text), graph_of(flat_text(reassociated(flat)))) is None
    assert found.folded, found.notes
    assert not found.notes
