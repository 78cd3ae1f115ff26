"""The flat text of a network is a spec of the same layers."""

from __future__ import annotations

import json

import pytest

from costcalc.importing.calls import as_data, from_data
from costcalc.importing.flat_text import flat_text
from costcalc.importing.same import difference
from costcalc.language.find import shipped
from costcalc.language.source import Source
from costcalc.network import network_from

from ..loading import load
from .from_graph import alive, flat_of

# Its shares of a backbone, one by one, are more than what an evaluation may cost.
NAMES = sorted(set(shipped("networks")) - {"deeplabv3_multi_scale"})


@pytest.mark.parametrize("name", NAMES)
def test_the_flat_text_of_a_shipped_network_has_its_layers(name: str) -> None:
    graph = load(name).graph(expand=True)
    again = from_data(json.loads(json.dumps(as_data(flat_of(graph, name)))))
    found = network_from(Source("flat.yaml", flat_text(again), "")).graph(expand=True)
    assert difference(found, alive(graph)) is None


def test_calls_survive_json() -> None:
    flat = flat_of(load("swin").graph(expand=True), "swin")
    assert from_data(json.loads(json.dumps(as_data(flat)))) == flat
