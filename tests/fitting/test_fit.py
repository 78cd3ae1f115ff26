"""What ``fit`` finds, against every point counted one by one."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from costcalc import load
from costcalc.errors import CostcalcError, UsageError
from costcalc.fitting import fit, judged, measured, searched
from costcalc.fitting.search import Fit
from costcalc.language.source import Source
from costcalc.network import Network, network_from
from costcalc.papers import load_papers

GRID = {"alpha": [0.25, 0.5, 0.75, 1.0], "res": [128, 160, 192, 224]}
LIMITS = {"params": 2_600_000, "mult_adds": 200_000_000}


def _costs(network: Network, grid: dict[str, list[Any]]) -> dict[tuple[Any, ...], dict[str, int]]:
    found = {}
    for values in product(*grid.values()):
        cost = network.cost(dict(zip(grid, values, strict=True)))
        found[values] = {"params": cost.params, "mult_adds": cost.mult_adds}
    return found


def _values(found: Fit, network: Network, names: list[str]) -> set[tuple[Any, ...]]:
    return {tuple(point.at.get(name, network.parameters[name]) for name in names) for point in found.points}


@pytest.mark.parametrize("name", ["mobilenet_v1", "hbonet", "mnasnet_a1"])
def test_what_fits_is_what_the_counts_say(name: str) -> None:
    network = load(name)
    grid = {n: list(v) for n, v in GRID.items()}
    costs = _costs(network, grid)
    within = {at for at, cost in costs.items() if all(cost[column] <= most for column, most in LIMITS.items())}
    found = fit(name, max=LIMITS, over=grid)
    assert 0 < len(within) < len(costs)
    assert _values(found, network, list(grid)) == within
    assert (found.tried, found.fit) == (16, len(within))
    assert list(found.met) == [sum(cost[column] <= most for cost in costs.values()) for column, most in LIMITS.items()]
    for point in found.points:
        at = tuple(point.at.get(n, network.parameters[n]) for n in grid)
        assert point.figures == costs[at]
    order = [point.figures["mult_adds"] for point in found.points]
    assert order == sorted(order, reverse=True)


def test_a_figure_just_at_its_budget_fits() -> None:
    exact = load("mobilenet_v1").cost(alpha=0.5)
    assert fit("mobilenet_v1", max={"params": exact.params}, over={"alpha": [0.5]}).fit == 1
    assert fit("mobilenet_v1", max={"params": exact.params - 1}, over={"alpha": [0.5]}).fit == 0


def test_the_edge_is_where_no_parameter_can_be_raised() -> None:
    network = load("mobilenet_v1")
    costs = _costs(network, GRID)
    within = {at for at, cost in costs.items() if all(cost[c] <= most for c, most in LIMITS.items())}
    after = {n: dict(zip(v, [*v[1:], None], strict=True)) for n, v in GRID.items()}
    edge = {(a, r) for a, r in within if {(after["alpha"][a], r), (a, after["res"][r])}.isdisjoint(within)}
    found = fit("mobilenet_v1", max=LIMITS, over=GRID)
    assert {(p.at.get("alpha", 1.0), p.at.get("res", 224)) for p in found.edge} == edge
    assert len(edge) < len(within)


def test_a_width_is_searched_to_a_thousandth() -> None:
    network = load("mobilenet_v1")
    (best,) = fit("mobilenet_v1", max={"mult_adds": "150M"}, over={"alpha": searched.grid(network, "alpha")}).edge
    alpha = best.at["alpha"]
    assert network.cost(alpha=alpha).mult_adds <= 150_000_000 < network.cost(alpha=round(alpha + 0.001, 3)).mult_adds


def test_the_end_of_a_range_is_an_edge() -> None:
    found = fit("mobilenet_v1", max={"mult_adds": "150M"}, over={"alpha": [0.25, 0.5]})
    assert [point.at["alpha"] for point in found.edge] == [0.5]


TOOTH = """\
network: tooth
task: classification
parameters:
  a: {default: 1.0, range: 0.5..1.5, role: width}
input: 8 x 8 x 3
layers:
  c: conv(3x3, make_divisible(16*a, 16) if a < 1.2 else 4)
"""


def test_costs_that_fall_again_are_found() -> None:
    network = network_from(Source("tooth.yaml", TOOTH))
    found = fit(network, max={"params": network.cost(a=0.5).params - 1})
    assert {point.at["a"] for point in found.points} == {n / 1000 for n in range(1200, 1501)}
    assert found.tried == 1001  # a width without declared values: its range, in thousandths


def test_nothing_fits_and_the_nearest_is_told() -> None:
    costs = _costs(load("mobilenet_v1"), GRID)
    limits = {"params": 400_000, "mult_adds": 20_000_000}
    excess = {at: max(cost[c] / most for c, most in limits.items()) for at, cost in costs.items()}
    found = fit("mobilenet_v1", max=limits, over=GRID)
    assert found.fit == 0 == len(found.points)
    assert found.best is None
    assert found.nearest is not None
    assert (found.nearest.at.get("alpha", 1.0), found.nearest.at["res"]) == min(excess, key=excess.__getitem__)


GROUPS = """\
network: groups
parameters:
  g:    {default: 1, range: 1..40}
  deep: {default: no}
input: 8 x 8 x 12
layers:
  a: conv(3x3, 24, g=g)
  b: conv(1x1, 24) if deep
"""


@pytest.mark.parametrize("numpy", [True, False])
def test_words_and_points_that_cannot_be_built(numpy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not numpy:
        monkeypatch.setattr(measured, "find_spec", lambda name: None)
    network = network_from(Source("groups.yaml", GROUPS))
    grid = {"g": list(range(1, 41)), "deep": [False, True]}
    built = {}
    for g, deep in product(*grid.values()):
        try:
            built[g, deep] = network.cost(g=g, deep=deep).mult_adds
        except CostcalcError:
            continue
    assert {g for g, _ in built} == {1, 2, 3, 4, 6, 12}
    found = fit(network, max={"mult_adds": 50_000}, over=grid)
    assert (found.tried, found.invalid) == (80, 80 - len(built))
    assert 0 < found.fit == sum(work <= 50_000 for work in built.values()) < len(built)
    assert {(p.at.get("g", 1), p.at.get("deep", False)): p.figures["mult_adds"] for p in found.points} == {
        at: work for at, work in built.items() if work <= 50_000
    }


def test_a_search_that_keeps_no_more_than_the_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fit("mobilenet_v1", max=LIMITS, over=GRID)
    monkeypatch.setattr(judged, "MOST_KEPT", 3)
    found = fit("mobilenet_v1", max=LIMITS, over=GRID)
    assert not found.is_whole
    assert found.fit == whole.fit
    assert {point.spec for point in found.points} == {point.spec for point in whole.edge}


def test_every_classifier_is_searched_each_point_once() -> None:
    found = fit(max={"params": "4M", "mult_adds": "300M"})
    keys = [(p.file, load(p.name).cost(p.at).params, *sorted(map(str, p.at.items()))) for p in found.bests]
    assert len(set(keys)) == len(keys) > 20
    for point in found.bests[:5]:
        cost = load(point.name).cost(point.at)
        assert {"params": cost.params, "mult_adds": cost.mult_adds} == point.figures
    names = {point.name for point in found.points}
    assert "mobilenet_v1" in names
    assert not {"ssd_mobilenet_v1", "standard", "separable"} & names
    assert found.left_out == ["ofa_mobilenet_v3"]


def test_a_variant_and_the_same_point_of_its_network_are_one() -> None:
    found = fit(max={"params": "3M"})
    twins = [p for p in found.points if p.file.endswith("/repghostnet.yaml") and p.figures["params"] == 2_337_548]
    assert len(twins) <= 1


def test_an_accuracy_is_the_printed_one_of_this_point_and_of_no_other() -> None:
    found = fit("mobilenet_v1", max={"params": "5M"}, over={"alpha": [0.5, 0.6, 0.75, 1.0]}, accuracy=True)
    printed = {p.at.get("alpha", 1.0): found.accuracy[p.spec] for p in found.points}
    assert printed[0.6] is None
    paper = next(p for p in load_papers() if p.arxiv == "1704.04861")
    rows: dict[Any, str] = {}
    for row in (row for table in paper.tables for row in table.rows if row.network == "mobilenet_v1"):
        if "top1" in row.kept:
            rows.setdefault((row.at.get("alpha", 1.0), row.at.get("res", 224)), row.kept["top1"])
    for alpha in (0.5, 0.75, 1.0):
        accuracy = printed[alpha]
        assert accuracy is not None
        assert rows[alpha, 224] == f"{accuracy.text}%"
        assert accuracy.where.startswith("MobileNets, Table")


def test_the_most_accurate_first() -> None:
    found = fit("mobilenet_v1", max={"params": "5M"}, prefer="top1")
    order = [a.value if (a := found.accuracy[p.spec]) else -1 for p in found.points]
    assert order == sorted(order, reverse=True)
    assert order[0] > 70


def test_a_parameter_may_be_what_is_preferred() -> None:
    found = fit("mobilenet_v1", max={"mult_adds": "150M"}, prefer="res")
    assert [p.at.get("res", 224) for p in found.points] == sorted(p.at.get("res", 224) for p in found.points)[::-1]


def test_work_by_a_convention_is_a_budget() -> None:
    found = fit("mobilenet_v1", max={"counted": "300M"}, over=GRID, convention="flops")
    assert {p.figures["counted"] for p in found.points} == {
        cost.counted for a in GRID["alpha"] for r in GRID["res"]
        if (cost := load("mobilenet_v1").cost(alpha=a, res=r, convention="flops")).counted <= 300_000_000
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max": {}}, "a budget is needed"),
        ({"max": {"parms": 3}}, "did you mean 'params'"),
        ({"max": {"params": "3X"}}, "a figure such as 300M"),
        ({"max": {"params": 3}, "over": {"beta": [1]}}, "no parameter 'beta'"),
        ({"max": {"params": 3}, "over": {"alpha": []}}, "no values"),
        ({"max": {"params": 3}, "prefer": "speed"}, "no figure and no parameter is called 'speed'"),
    ],
)
def test_what_is_wrong_is_said(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        fit("mobilenet_v1", **options)
