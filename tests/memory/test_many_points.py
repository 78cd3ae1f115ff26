"""Bytes of many points at once, over arrays and by compiled forms, are those of each point by itself."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from costcalc.compiled import compile_form
from costcalc.errors import UsageError
from costcalc.memory import load_definition, memory_of
from costcalc.memory.asked import MemoryAsked
from costcalc.sweeping.calling import sweep

from ..evaluate.evaluating import network
from ..loading import load

np = pytest.importorskip("numpy")

SPACES: list[tuple[str, dict[str, list[Any]]]] = [
    ("mobilenet_v1", {"alpha": [0.25, 0.5, 1.0], "res": [96, 160, 225]}),
    ("resnet_50", {"n3": [1, 2, 4], "alpha": [0.5, 1.0]}),
    ("inception_v3", {"res": [139, 224, 299]}),
    ("densenet_121", {"res": [64, 224]}),
]
QUICK = ("live", "block_input_kept", "depthwise_in_place", "executorch", "training")


def _points(values: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(values, point, strict=True)) for point in product(*values.values())]


@pytest.mark.parametrize("definition", QUICK)
@pytest.mark.parametrize(("name", "values"), SPACES, ids=[name for name, _ in SPACES])
def test_arrays_and_forms_have_the_bytes_of_each_point(
    name: str, values: dict[str, list[Any]], definition: str
) -> None:
    points = _points(values)
    columns = {key: np.array([point[key] for point in points]) for key in values}
    expected = [load(name).cost(point).memory(definition, bits=4, batch=3) for point in points]
    peaks, weights = [use.peak for use in expected], [use.flash for use in expected]
    cost = load(name).cost(columns)
    use = memory_of(cost.expanded(), load_definition(definition), bits=4, batch=3)
    assert use.peak.tolist() == peaks
    assert np.broadcast_to(use.flash, len(points)).tolist() == weights
    asked = MemoryAsked(load_definition(definition), 4, batch=3)
    form = compile_form(load(name), ["peak_memory", "weight_bytes"], list(values), memory=asked)
    found, valid = form.on(columns)
    assert valid.all()
    assert (found["peak_memory"].tolist(), found["weight_bytes"].tolist()) == (peaks, weights)
    assert form.at(**points[-1]) == {"peak_memory": peaks[-1], "weight_bytes": weights[-1]}


def test_copies_that_stand_for_several_are_all_kept_for_training() -> None:
    """A graph with its repeats folded has the bytes of the one with each copy written out."""
    cost = load("resnet_50").cost()
    assert any(layer.count > 1 for layer in cost.graph.layers)
    folded, written = (memory_of(graph, load_definition("training")) for graph in (cost.graph, cost.expanded()))
    assert folded.peak == written.peak


# -- sweeps


@pytest.mark.parametrize("engine", ["numpy", "python"])
@pytest.mark.parametrize("definition", [*QUICK, "tflm"])
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("mobilenet_v2", {"alpha": [0.35, 1.0], "res": [96, 128]}),
        ("efficientnet", {"phi": [0, 1.0], "lite": [True, False]}),
        ("resnet_50", {"n3": [1, 3], "v1_5": [True, False]}),
    ],
)
def test_every_row_has_the_bytes_that_cost_gives_there(
    name: str, values: dict[str, list[Any]], definition: str, engine: str
) -> None:
    rows = list(sweep(load(name), values, memory=definition, bits=8, weight_bits=4, batch=2, engine=engine))
    for row, point in zip(rows, _points(values), strict=True):
        use = load(name).cost(point).memory(definition, bits=8, weight_bits=4, batch=2)
        assert (row["peak_memory"], row["weight_bytes"]) == (use.peak, use.flash)
        assert row["mult_adds"] == load(name).cost(point).mult_adds


def test_a_condition_and_a_frontier_may_ask_for_bytes() -> None:
    everything = list(sweep(load("mobilenet_v1"), alpha=[0.25, 0.5, 1.0], res=[96, 160], memory="live"))
    within = list(sweep(load("mobilenet_v1"), alpha=[0.25, 0.5, 1.0], res=[96, 160], where="peak_memory < 1e6"))
    assert within == [row for row in everything if row["peak_memory"] < 1e6] != []
    best = list(sweep(load("mobilenet_v1"), alpha=[0.25, 0.5, 1.0], res=[96, 160], pareto="peak_memory,-alpha"))
    assert [(row["alpha"], row["res"]) for row in best] == [(0.25, 96), (0.5, 96), (1.0, 96)]


@pytest.mark.parametrize("engine", ["numpy", "python"])
@pytest.mark.parametrize("definition", ["live", "tflm"])
def test_points_that_can_not_be_built_have_no_bytes(definition: str, engine: str) -> None:
    net = network("parameters: {g: {default: 1, range: 1..9}}\ninput: 8 x 8 x 4\nlayers:\n  a: conv(3x3, 8, g=g)\n")
    found = sweep(net, g=[1, 2, 3], memory=definition, bits=8, engine=engine)
    assert found.invalid == 1
    assert [row["peak_memory"] for row in found] == [8 * 8 * 12, 8 * 8 * 12, None]


@pytest.mark.parametrize(
    ("options", "said"),
    [({"memory": "lief"}, "no definition of memory is called 'lief'"), ({"memory": "live", "bits": 0}, "1 to 64 bits"),
     ({"memory": "live", "batch": 0}, "a batch is a whole number from 1")],
)  # fmt: skip
def test_what_there_is_not_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        sweep(load("mobilenet_v1"), alpha=[0.5, 1.0], **options)
