"""Compound scaling: EfficientNet's own rows, searches and comparisons."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from costcalc import UsageError
from costcalc.conventions import load_convention
from costcalc.papers import Checker, load_papers
from costcalc.scaling import DIMENSIONS, PAPERS, Factors, Scaler, triples

from .cli.running import refused, shown
from .loading import load

LETTERS = {"d": "depth", "w": "width", "r": "resolution"}
REPEATS = {"resnet_50_v1_5": ["n2", "n3", "n4", "n5"]}


def printed_rows() -> list[Any]:
    """The results of EfficientNet's Tables 3 and 7 whose d, w and r are printed."""
    (paper,) = [paper for paper in load_papers() if paper.arxiv == "1905.11946"]
    paper.tables = [table for table in paper.tables if table.name in ("Table 3", "Table 7")]
    results = Checker([paper]).check([paper])
    return [r for r in results if r.row.network and (" = " in r.row.label or "not scaled" in r.row.label)]


ROWS = printed_rows()


def test_all_printed_rows_are_there() -> None:
    tables = [row.table.name for row in ROWS]
    assert (tables.count("Table 3"), tables.count("Table 7")) == (12, 5)


@pytest.mark.parametrize("result", ROWS, ids=lambda r: r.row.label)
def test_a_printed_row_has_the_count_that_check_computes(result: Any) -> None:
    """Whether it is the printed one or not: rows that the print doesn't reach stay in their state."""
    factors = {LETTERS[k]: float(v) for k, v in re.findall(r"\b([dwr]) = ([0-9.]+)", result.row.label)}
    convention = load_convention(result.table.convention)
    name = result.row.network
    scaler = Scaler(load(name), {}, convention, REPEATS.get(name, []) if "depth" in factors else [])
    assert scaler.at(Factors(**factors)).counted == result.ours
    values = " ".join(f"--{dimension}-base {factors.get(dimension, 1)}" for dimension in DIMENSIONS).split()
    values += ["--repeats", ",".join(REPEATS[name])] if "depth" in factors and name in REPEATS else []
    text = shown("scale", name, *values, "--convention", result.table.convention, "--format", "json")
    assert json.loads(text)["rows"][-1]["counted"] == result.ours


@pytest.mark.parametrize("phi", [0, 1, 2.5, 7])
def test_the_rule_is_that_of_the_spec(phi: float) -> None:
    scaled, cost = Scaler(load("efficientnet")).compound(PAPERS, phi), load("efficientnet").cost(phi=phi)
    assert (scaled.params, scaled.mult_adds) == (cost.params, cost.mult_adds)


def test_it_goes_on_from_a_point() -> None:
    scaled = Scaler(load("efficientnet_b1"), {"res": 200, "lite": True}).at(Factors(2, 1.5, 1.1))
    cost = load("efficientnet_b1").cost(depth=2.2, width=1.5, res=220, lite=True)
    assert (scaled.params, scaled.mult_adds) == (cost.params, cost.mult_adds)
    by_rho = Scaler(load("mobilenet_v1"), {"rho": 0.5}).at(Factors(resolution=1.5))
    assert by_rho.mult_adds == load("mobilenet_v1").cost(res=168).mult_adds


def test_counted_repeats_are_rounded_up() -> None:
    scaled = Scaler(load("resnet_50"), repeats=["n2", "n3", "n4", "n5"]).at(Factors(depth=1.1))
    assert [scaled.values[name] for name in ("n2", "n3", "n4", "n5")] == [4, 5, 7, 4]


def test_a_rectangle_is_scaled_on_both_sides() -> None:
    scaled = Scaler(load("mobilenet_v2"), {"res": (96, 160)}).at(Factors(resolution=1.25))
    assert scaled.mult_adds == load("mobilenet_v2").cost(res=(120, 200)).mult_adds


def test_the_search_has_every_triple_with_its_true_ratio() -> None:
    scaler = Scaler(load("efficientnet"))
    found = scaler.search(1, 0.05, 0.1)
    bases = [(s.bases.depth, s.bases.width, s.bases.resolution) for s in found if s.bases]
    assert (1.2, 1.1, 1.15) in bases  # which the paper found so
    assert len(bases) == len(set(bases)) == len(list(triples(0.05, 0.1)))
    assert all(abs(s.factors.product - 2) <= 0.1 for s in found)
    off = [abs(s.mult_adds / scaler.base.mult_adds - 2) for s in found]
    assert off == sorted(off)
    papers = found[bases.index((1.2, 1.1, 1.15))]
    assert papers.mult_adds == load("efficientnet").cost(phi=1).mult_adds
    assert {s.bases.depth for s in Scaler(load("mobilenet_v1")).search(1, 0.1, 0.1) if s.bases} == {1}


def test_each_dimension_alone_gets_as_near_as_it_can() -> None:
    scaler = Scaler(load("mobilenet_v2"))
    work = scaler.compound(PAPERS, 2).mult_adds
    for dimension, finest in (("depth", 1000), ("width", 1000), ("resolution", 224)):
        alone = scaler.alone(dimension, work)
        assert alone is not None
        n = round(getattr(alone.factors, dimension) * finest)
        near = [scaler.at(Factors(**{dimension: k / finest})).mult_adds for k in range(n - 60, n + 60)]
        assert abs(alone.mult_adds - work) == min(abs(m - work) for m in near)
        assert [getattr(alone.factors, d) for d in DIMENSIONS if d != dimension] == [1, 1]
    assert Scaler(load("mobilenet_v1")).alone("depth", work) is None
    assert scaler.alone("resolution", 10**13) is None


def test_the_commands_tables() -> None:
    lines = [line.split() for line in shown("scale", "efficientnet", "--phi", "0:2:1").splitlines()]
    assert lines[3][:4] == ["base", "1.0", "1.0", "224"]
    assert lines[5] == ["φ", "1", "1.2", "1.1", "258", "9,109,994", "992,629,472", "2.573", "2.000"]
    text = shown("scale", "efficientnet", "--search", "--top", "3")
    assert "106 further triples" in text
    names = [line.split("  ")[0] for line in shown("scale", "mobilenet_v2", "--compare").splitlines()]
    assert names[3:8] == ["base", "depth alone", "width alone", "resolution alone", "compound, φ 1"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["alexnet"], "alexnet has no parameter with the role depth; --repeats NAME,… says which parameters count"),
        (["resnet_50", "--repeats", "n9"], "'n9' is no parameter that counts repeats"),
        (["efficientnet", "--phi", "x"], "--phi takes numbers from -20 to 20, not 'x'"),
        (["efficientnet", "--phi", "3:1:1"], "--phi: the range 3:1:1 is empty"),
        (["efficientnet", "--phi", "20"], "depth is from 0.1 to 20, not"),
        (["efficientnet", "--search", "--step", "0"], "bases are searched in steps of 0.02 to 1"),
        (["efficientnet", "--search", "--compare"], "--search and --compare are two questions"),
        (["efficientnet", "mobilenet_v2"], "one network is scaled at a time"),
    ],
)
def test_a_wrong_request_is_one_line(args: list[str], message: str) -> None:
    assert refused("scale", *args).startswith(message)


def test_what_cannot_be_scaled_is_an_error_in_python_too() -> None:
    with pytest.raises(UsageError, match=r"^alexnet has no parameter with the role width$"):
        Scaler(load("alexnet")).at(Factors(width=2))
