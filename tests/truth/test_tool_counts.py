"""Each tool's convention gives the tool's own integers, to the last unit."""

from pathlib import Path

import pytest
import yaml

from costcalc.language.find import shipped
from costcalc.language.source import Source
from costcalc.network import network_from

from ..loading import convention, load

FOLDER = Path(__file__).parent
LAYERS = yaml.safe_load((FOLDER / "tool_layers.yaml").read_text(encoding="utf-8"))
SPEC = """\
network: single
input: 4 x 4 x 3
layers:
  a: conv(1x1, 8, norm=none, act=none, bias=no)
  b: {}
"""
TRUTH = yaml.safe_load((FOLDER / "tool_counts.yaml").read_text(encoding="utf-8"))
NETWORKS = ("mobilenet_v2", "efficientnet_b0", "resnet_50_v1_5")


def test_every_convention_of_a_tool_has_its_integers():
    conventions = {name: convention(name) for name in shipped("conventions")}
    of_tools = {name for name, c in conventions.items() if c.tool}
    assert of_tools == {row["convention"] for row in TRUTH["counts"]} | {"keras", "darknet", "darknet_alexeyab"}
    assert all(conventions[name].source and conventions[name].about for name in of_tools)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("row", TRUTH["counts"], ids=lambda row: row["convention"])
def test_work(row, network):
    of_tool = convention(row["convention"])
    assert row["tool"] in of_tool.tool.split(", ")
    differing = {(d["convention"], d["network"]): d["ours"] for d in TRUTH["differ"]}
    assert load(network).cost(convention=of_tool).counted == differing.get((of_tool.name, network), row[network])


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("row", TRUTH["counts"], ids=lambda row: row["convention"])
def test_params(row, network):
    (folded,) = (r for r in TRUTH["folded_params"])
    truth = folded if row["convention"] == folded["convention"] else TRUTH["params"]
    assert load(network).cost(convention=convention(row["convention"])).params == truth[network]


@pytest.mark.parametrize("row", TRUTH["keras"], ids=lambda row: row["model"])
def test_keras(row):
    net = load(row["model"])
    assert convention("keras").tool == row["tool"]
    total = net.cost(convention="keras", **row["config"]).params
    assert total + row["more"] == row["params"]


def test_where_a_convention_differs_from_its_tool_the_cause_is_that_much():
    for d in TRUTH["differ"]:
        (row,) = (r for r in TRUTH["counts"] if r["convention"] == d["convention"])
        assert f"{d['ours'] - row[d['network']]:,}" in d["cause"]


@pytest.mark.parametrize("row", TRUTH["darknet"], ids=lambda row: f"{row['cfg']}-{row['at']['res']}")
def test_darknet(row):
    net = load(row["network"])
    assert net.cost(row["at"], convention="darknet").counted == row["ops"]
    if row["total"]:
        total = net.cost(row["at"], convention="darknet_alexeyab").counted
        assert f"{total / 10**9:.3f}" == row["total"]


@pytest.mark.parametrize("network", NETWORKS)
def test_flops_are_two_for_each_multiply_add(network):
    cost = load(network).cost(convention="flops")
    assert (cost.counted, cost.unit) == (2 * cost.mult_adds, "FLOPs")


@pytest.mark.parametrize("row", LAYERS["layers"], ids=lambda row: row["layer"])
def test_single_layers(row):
    differing = {d["convention"]: d for d in LAYERS["differ"] if d["layer"] == row["layer"]}
    net = network_from(Source("single.yaml", SPEC.format(row["layer"])))
    for name in (r["convention"] for r in TRUTH["counts"]):
        theirs = row[name]
        if theirs is None:
            continue
        ours = net.cost(convention=name).counted
        if name in differing:
            assert ours == differing[name]["ours"] != theirs
            assert differing[name]["cause"]
        else:
            assert ours == theirs, name
