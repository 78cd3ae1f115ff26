"""Spaces that are searched by the parts that their costs are sums of, against every point."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest

from costcalc import load
from costcalc.compiled import compile_form
from costcalc.errors import UsageError
from costcalc.fitting import fit, judged
from costcalc.fitting.stages import by_parts, parts_of
from costcalc.language.source import Source
from costcalc.network import network_from

SPACE: dict[str, list[Any]] = {
    name: [3, 5, 7] if name[0] == "k" else [3, 4, 6] if name[0] == "e" else [2, 3, 4]
    for name in ("k1", "e1", "d1", "k3", "e3", "d4", "k5")
}


def test_the_parts_add_up_to_the_counts_of_the_engine() -> None:
    network = load("ofa_mobilenet_v3")
    values = {n: v for n in network.parameters if (v := network.program.points.declared_values(n))}
    values |= {"alpha": [1.2], "res": [192]}
    parts = parts_of(compile_form(network, ("params", "mult_adds"), list(values)), values)
    assert parts is not None
    assert [part.names for part in parts] == [(), *((f"k{n}", f"e{n}", f"d{n}") for n in range(1, 6))]
    draw = random.Random(0)
    for _ in range(20):
        picked = [draw.randrange(len(part.points)) for part in parts]
        at = {"alpha": 1.2, "res": 192}
        for part, k in zip(parts, picked, strict=True):
            at |= dict(zip(part.names, part.points[k], strict=True))
        sums = tuple(map(sum, zip(*(part.figures[k] for part, k in zip(parts, picked, strict=True)), strict=True)))
        cost = network.cost(at)
        assert sums == (cost.params, cost.mult_adds)


@pytest.fixture(scope="module")
def every_cost() -> list[tuple[int, int]]:
    network = load("ofa_mobilenet_v3")
    import numpy as np

    points = list(product(*SPACE.values()))
    cost = network.cost({name: np.array(column) for name, column in zip(SPACE, zip(*points, strict=True), strict=True)})
    return list(zip(cost.params.tolist(), cost.mult_adds.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(8))
def test_the_optimum_is_that_of_brute_force(
    seed: int, every_cost: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judged, "BY_PARTS", 1)
    draw = random.Random(seed)
    params, work = draw.choice(every_cost)[0], draw.choice(every_cost)[1]
    prefer = draw.choice(("params", "mult_adds"))
    within = [cost for cost in every_cost if cost[0] <= params and cost[1] <= work]
    found = fit("ofa_mobilenet_v3", max={"params": params, "mult_adds": work}, over=SPACE, prefer=prefer)
    assert found.reasoned == len(every_cost) == 2187
    if within:
        assert found.best is not None
        assert found.best.figures[prefer] == max(cost[prefer == "mult_adds"] for cost in within)
        assert (found.best.figures["params"], found.best.figures["mult_adds"]) in within
    else:
        assert found.nearest is not None
        excess = max(found.nearest.figures["params"] / params, found.nearest.figures["mult_adds"] / work)
        assert excess == min(max(p / params, w / work) for p, w in every_cost)


def test_the_whole_space_takes_no_time_and_its_optimum_is_counted() -> None:
    found = fit("ofa_mobilenet_v3", max={"mult_adds": "200M", "params": "6M"})
    assert found.reasoned == 2 * 4 * 27**5
    assert len(found.points) == 8  # for each width and resolution
    assert found.best is not None
    cost = load("ofa_mobilenet_v3").cost(found.best.at)
    assert (cost.params, cost.mult_adds) == (found.best.figures["params"], found.best.figures["mult_adds"])
    assert cost.mult_adds <= 200_000_000


LINKED = """\
network: linked
parameters:
  a: {default: 1, choices: [1, 2, 3, 4, 5, 6]}
  b: {default: 1, choices: [1, 2, 3, 4, 5, 6]}
  c: {default: 1, choices: [1, 2, 3, 4, 5, 6]}
require:
  a + b <= 7: the two share their room
input: 8 x 8 x 4
layers:
  stem: conv(3x3, 8)
  x: conv(3x3, 8*a)
  mid: conv(1x1, 8)
  y: conv(3x3, 8*b)
  again: conv(1x1, 8)
  z: conv(3x3, 8*c)
  last: conv(1x1, 8)
"""


def test_parameters_that_a_condition_ties_are_one_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judged, "BY_PARTS", 1)
    network = network_from(Source("linked.yaml", LINKED))
    values = {name: [1, 2, 3, 4, 5, 6] for name in "abc"}
    parts = parts_of(compile_form(network, ("params",), list(values)), values)
    assert parts is not None
    assert [part.names for part in parts] == [(), ("a", "b"), ("c",)]
    assert [len(part.points) for part in parts] == [1, 21, 6]
    costs = {(a, b, c): network.cost(a=a, b=b, c=c).params for a, b, c in product(*values.values()) if a + b <= 7}
    most = sorted(costs.values())[len(costs) // 2] + 1
    found = fit(network, max={"params": most}, over=values)
    assert found.best is not None
    assert found.best.figures["params"] == max(cost for cost in costs.values() if cost <= most)


def test_what_is_no_sum_of_parts_is_searched_point_by_point(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judged, "BY_PARTS", 1)
    widths = [n / 1000 for n in range(250, 1251)]
    values = {"alpha": widths, "res": [128, 160]}
    assert by_parts(load("mobilenet_v1"), {}, values, {"mult_adds": 1}, "mult_adds", None) is None
    found = fit("mobilenet_v1", max={"mult_adds": "150M"}, over=values)
    assert (found.tried, found.reasoned) == (2002, 0)


def test_more_points_than_can_be_tried() -> None:
    values = {"alpha": [n / 10**6 for n in range(250_000, 650_001)], "res": list(range(32, 400))}
    with pytest.raises(UsageError, match="147,200,368 points; 100,000,000 can be tried"):
        fit("mobilenet_v1", max={"params": 1}, over=values)
