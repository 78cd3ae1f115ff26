"""``costcalc.sweep``: every row is what ``cost`` gives there, however it is computed."""

from __future__ import annotations

import pickle
import subprocess
import sys
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import costcalc
from costcalc import UsageError, sweep
from costcalc.errors import SpecError
from costcalc.space.frontier import Aim, Frontier
from costcalc.space.points import BLOCK

from ..cli.running import ROOT, TINY, environment
from ..loading import load

np = pytest.importorskip("numpy")

SPACES: list[tuple[str, dict[str, list[Any]]]] = [
    ("mobilenet_v1", {"alpha": [0.25, 0.5, 0.75, 1], "res": [128, 160, 224]}),
    ("mobilenet_v2", {"alpha": [0.35, 1.4], "classes": [10, 1000], "res": [96, 100, 224]}),
    ("efficientnet", {"phi": [0, 1, 2.0], "lite": [True, False]}),
    ("resnet_50", {"n2": [1, 3], "n3": [1, 4], "res": [224, 225]}),
    ("shufflenet_v2", {"alpha": [0.5, 1.0, 1.5, 2.0], "res": [224, 192]}),
    ("mobilenet_v3_large", {"alpha": [0.75, 1.0, 1.25], "rho": [1, 0.5, Fraction(6, 7)]}),
]


@pytest.mark.parametrize("engine", ["numpy", "python"])
@pytest.mark.parametrize(("name", "values"), SPACES, ids=[name for name, _ in SPACES])
def test_every_row_is_what_cost_gives_there(name: str, values: dict[str, list[Any]], engine: str) -> None:
    rows = list(sweep(load(name), values, engine=engine))
    points = [dict(zip(values, point, strict=True)) for point in product(*values.values())]
    assert [{key: row[key] for key in values} for row in rows] == points
    assert [[type(row[key]) for key in values] for row in rows] == [[type(v) for v in p.values()] for p in points]
    for row, point in zip(rows, points, strict=True):
        cost = load(name).cost(point)
        assert (row["params"], row["mult_adds"]) == (cost.params, cost.mult_adds)


def test_a_convention_adds_its_column() -> None:
    rows = list(sweep(load("mobilenet_v2"), alpha=[0.5, 1.0], convention="thop"))
    for row in rows:
        assert row["counted"] == load("mobilenet_v2").cost(alpha=row["alpha"], convention="thop").counted
    with pytest.raises(UsageError, match=r"^mobilenet_v1_paper takes the work at resolution 224 times a ratio"):
        sweep(load("mobilenet_v1"), alpha=[0.5, 1.0], convention="mobilenet_v1_paper")


def test_a_block_of_points_is_as_all_of_them() -> None:
    """More than one block, whose last isn't whole."""
    found = sweep(load("mobilenet_v1"), alpha="0.25:1:0.0001", res=[160, 224, 192])
    assert len(found) == 3 * 7501 > BLOCK
    for k in (0, BLOCK - 1, BLOCK, len(found) - 1):
        alpha, res = float(found["alpha"][k]), int(found["res"][k])
        assert (alpha, res) == ((2500 + k // 3) / 10000, [160, 224, 192][k % 3])
        assert found["mult_adds"][k] == load("mobilenet_v1").cost(alpha=alpha, res=res).mult_adds


def test_what_is_drawn_is_the_same_with_and_without_numpy() -> None:
    options: dict[str, Any] = {"alpha": "0.35:1.4:0.001", "res": [96, 128], "random": 50, "seed": 3}
    rows = list(sweep(load("mobilenet_v2"), **options))
    assert rows == list(sweep(load("mobilenet_v2"), **options, engine="python"))
    assert len(rows) == 50
    assert rows != list(sweep(load("mobilenet_v2"), **{**options, "seed": 4}))
    assert rows[:20] == list(sweep(load("mobilenet_v2"), **{**options, "random": 20}))


def test_draws_go_on_in_the_next_block() -> None:
    found = sweep(load("mobilenet_v1"), alpha="0.25:1:0.0001", res="96:224:1", random=BLOCK + 10)
    assert len({(a, r) for a, r in zip(found["alpha"].tolist(), found["res"].tolist(), strict=True)}) > 0.9 * BLOCK
    assert found["alpha"][BLOCK:].tolist() != found["alpha"][:10].tolist()
    assert list(found)[-1]["params"] == load("mobilenet_v1").cost(alpha=float(found["alpha"][-1])).params


@pytest.mark.parametrize("engine", ["numpy", "python"])
def test_conditions(engine: str) -> None:
    values: dict[str, Any] = {"phi": [0, 1], "lite": [True, False], "engine": engine}
    every = list(sweep(load("efficientnet"), **values))

    def kept(where: str) -> list[int]:
        return [every.index(row) for row in sweep(load("efficientnet"), where=where, **values)]

    assert kept("params < 5.2e6") == [0]
    assert kept("params < 5.3e6 or not lite == yes and phi == 1") == [0, 1, 3]
    assert kept("mult_adds / params > 80 and classes == 1000") == [0, 2, 3]
    assert kept("min(params, mult_adds) < 0") == []
    assert kept("yes") == [0, 1, 2, 3]


@pytest.mark.parametrize("engine", ["numpy", "python"])
def test_words_in_conditions_and_columns(tmp_path: Any, engine: str) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    found = sweep(str(path), kind=["relu", "swish"], deep=[True, False], where="kind != relu or deep", engine=engine)
    assert [(row["kind"], row["deep"]) for row in found] == [("relu", True), ("swish", True), ("swish", False)]
    with pytest.raises(SpecError, match=r"^--where:1:9: nothing is called 'rely' here"):
        sweep(str(path), kind=["relu"], where="deep != rely")
    with pytest.raises(SpecError, match=r"^--where:1:9: 'rely' is none of relu, swish \(did you mean 'relu'\?\)"):
        sweep(str(path), kind=["relu"], where="kind != rely")


@pytest.mark.parametrize("engine", ["numpy", "python"])
def test_the_frontier_of_all_blocks_is_that_of_all_rows(engine: str) -> None:
    networks = [load("mobilenet_v1"), load("mobilenet_v2"), load("shufflenet_v2")]
    values: dict[str, Any] = {"alpha": [0.5, 1.0], "res": [128, 160, 192, 224], "engine": engine}
    every = list(sweep(networks, **values))
    best = list(sweep(networks, **values, pareto="params,mult_adds,-res"))

    def key(row: dict[str, Any]) -> tuple[int, int, int]:
        return row["params"], row["mult_adds"], -row["res"]

    beaten = [any(key(b) != key(a) and all(map(int.__le__, key(b), key(a))) for b in every) for a in every]
    assert best == [row for row, lost in zip(every, beaten, strict=True) if not lost]
    assert 0 < len(best) < len(every)


GROUPS = """\
network: groups
parameters:
  alpha: {default: 1.0, range: 0.25..2}
  res:   {default: 8, range: 4..64}
input: res x res x 3
layers:
  a: conv(3x3, floor(6*alpha))
  b: conv(3x3, floor(6*alpha), g=3)
"""


@pytest.mark.parametrize("engine", ["numpy", "python"])
def test_what_cannot_be_built_has_no_figures_and_is_counted(tmp_path: Any, engine: str) -> None:
    """Channels that 3 doesn't divide."""
    path = tmp_path / "groups.yaml"
    path.write_text(GROUPS)
    network = load(str(path))
    found = sweep(network, alpha="0.25:2:0.25", res=[8, 9], engine=engine)
    built = 0
    for row in found:
        try:
            cost = network.cost(alpha=row["alpha"], res=row["res"])
        except SpecError:
            assert (row["params"], row["mult_adds"]) == (None, None)
        else:
            built += 1
            assert (row["params"], row["mult_adds"]) == (cost.params, cost.mult_adds)
    assert built == 8
    assert found.invalid == 8
    assert sweep(network, alpha="0.25:2:0.25", where="mult_adds / params >= 0", engine=engine).invalid == 4
    assert len(sweep(network, alpha="0.25:2:0.25", where="mult_adds / params >= 0", engine=engine)) == 4
    assert [row["alpha"] for row in sweep(network, alpha="0.25:2:0.25", pareto="params", engine=engine)] == [0.5]


def test_columns_are_arrays_and_rows_are_records() -> None:
    found = sweep("mobilenet_v2", alpha=[0.35, 0.5], res=[96, 160])
    assert found["alpha"].dtype == np.float64
    assert found["params"].dtype == np.int64
    assert repr(found) == "<Sweep mobilenet_v2: 4 rows of alpha, res, params, mult_adds>"
    assert next(iter(found)) == {"alpha": 0.35, "res": 96, "params": 1677128, "mult_adds": 11934128}
    assert ">1,677,128</td>" in found._repr_html_()
    with pytest.raises(UsageError, match=r"^there is no column 'parms'; there are alpha, res, params, mult_adds$"):
        found["parms"]
    again = pickle.loads(pickle.dumps(found))
    assert list(again) == list(found)


def test_a_given_value_is_no_column_and_one_that_differs_is() -> None:
    assert list(sweep("mobilenet_v1", alpha=0.5, res=[96, 160]).columns) == ["res", "params", "mult_adds"]
    assert list(sweep("mobilenet_v1", {"alpha": 0.5})) == [
        {
            "params": load("mobilenet_v1").cost(alpha=0.5).params,
            "mult_adds": load("mobilenet_v1").cost(alpha=0.5).mult_adds,
        }
    ]
    several = sweep(["mobilenet_v1", "shufflenet_v2"], alpha=[0.5, 1.0])
    assert list(several.columns) == ["spec", "alpha", "params", "mult_adds"]


def test_pandas_and_arrow() -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    found = sweep("mobilenet_v2", alpha=[0.35, 0.5, 1], res=[96, 160])
    frame = found.to_pandas()
    assert frame.to_dict("records") == list(found)
    table = found.to_arrow()
    assert table.to_pylist() == list(found)
    assert [str(t) for t in table.schema.types] == ["double", "int64", "int64", "int64"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"alpha": []}, "alpha has no values"),
        ({"alpha": [1, 1]}, "alpha has the value 1 twice"),
        ({"alfa": [1, 2]}, "mobilenet_v1 has no parameter 'alfa'"),
        ({"alpha": "1:0.5:0.1"}, "alpha: the range 1:0.5:0.1 is empty"),
        ({"alpha": [0.5, "x"]}, "alpha is a number, not 'x'"),
        ({"res": [1, 0]}, "res is from"),
        ({"alpha": [0.5, 1.0], "pareto": "top1"}, "there is no column 'top1'; there are params, mult_adds, alpha"),
        ({"alpha": [0.5, 1.0], "engine": "fats"}, "the engine is numpy, fast or python, not 'fats'"),
        ({"alpha": "0.25:1:0.0000000001"}, "7,500,000,001 rows are more than fit into memory"),
    ],
)
def test_a_wrong_request_is_told(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as e:
        sweep(load("mobilenet_v1"), **values)
    assert str(e.value).startswith(message)


def test_without_numpy() -> None:
    code = """
import sys
for name in ("numpy", "pandas", "pyarrow"):
    sys.modules[name] = None
import costcalc
found = costcalc.sweep("mobilenet_v2", alpha=[.35, .5], res=[96, 160], where="mult_adds < 50e6")
print(list(found))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment(), cwd=ROOT
    )
    assert done.stdout.strip() == str(
        list(sweep("mobilenet_v2", alpha=[0.35, 0.5], res=[96, 160], where="mult_adds < 50e6"))
    )
    assert costcalc.sweep is sweep


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 2)), max_size=40))
def test_arrays_are_beaten_as_points_are_one_by_one(points: list[tuple[int, int, int]]) -> None:
    """Equal points beat each other neither here nor there."""
    from costcalc.sweeping.arrays import unbeaten

    frontier: Frontier[int] = Frontier([Aim("a"), Aim("b"), Aim("c")])
    for n, point in enumerate(points):
        frontier.add(point, n)
    found = unbeaten([np.asarray([p[k] for p in points], np.int64) for k in range(3)])
    assert np.flatnonzero(found).tolist() == frontier.items
