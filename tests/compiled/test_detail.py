"""Forms with their layers: rows, defaults that follow other parameters, narrower ranges, a bound of the work."""

from __future__ import annotations

import json
from typing import Any

import pytest

from costcalc.compiled import Form, compile_form
from costcalc.errors import CostcalcError, SpecError, UsageError

from ..loading import load

POINTS: list[tuple[str, list[dict[str, Any]]]] = [
    ("mobilenet_v2", [{"alpha": 0.35, "res": 96}, {"alpha": 1.4, "res": 224}]),
    ("efficientnet", [{"width": 1.1, "res": 240, "lite": True}, {"width": 1.0, "res": 224, "lite": False}]),
    ("shufflenet_v1", [{"res": 128, "groups": 8}, {"res": 224, "groups": 1}]),
    ("rexnet", [{"alpha": 0.6, "lite": True}, {"alpha": 2.0, "lite": False}]),
    ("resnet_50", [{"alpha": 0.5, "deep": False}, {"alpha": 1.0, "deep": True}]),
    ("vit_b_16", [{"D": 384, "P": 32}]),
]


@pytest.mark.parametrize(("name", "points"), POINTS)
def test_rows_are_the_layers(name: str, points: list[dict[str, Any]]) -> None:
    network = load(name)
    form = compile_form(network, free=points[0], detail=True)
    for point in points:
        cost = network.cost(point)
        wanted = [(r.name, r.count, r.out_shape, r.params, r.mult_adds) for r in cost.by("layer")]
        rows = form.rows_at(**point)
        assert [(r["name"], r["n"], r["shape"], r["params"], r["mult_adds"]) for r in rows] == wanted
        kinds = [layers[0].op.label for _, layers in cost.groups("layer")]
        assert [(r["kind"], r["name"]) for r in rows if "(" not in r["kind"]] == [
            (kind, row.name) for kind, row, r in zip(kinds, cost.by("layer"), rows, strict=True) if "(" not in r["kind"]
        ]
        assert form.at(**point) == {"params": cost.params, "mult_adds": cost.mult_adds}


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("mobilenet_v2", [{"alpha": 0.75, "depth": depth} for depth in (0.5, 1.0, 1.8)]),
        # Here alpha also decides whether units add or join.
        ("shufflenet_v1", [{"alpha": alpha, "groups": 8} for alpha in (0.25, 0.5, 1.0)]),
    ],
)
def test_copies_that_a_number_decides_add_up_by_stage(name: str, points: list[dict[str, Any]]) -> None:
    network = load(name)
    form = compile_form(network, free=points[0], detail=True)
    for point in points:
        rows = form.rows_at(**point)
        for stage in network.cost(point).by("stage"):
            own = [row for row in rows if row["stage"] == stage.name]
            assert sum(row["n"] for row in own) == stage.count
            assert sum(row["mult_adds"] for row in own) == stage.mult_adds
            assert own[-1]["shape"] == stage.out_shape


def test_rows_have_the_columns_of_conventions() -> None:
    network = load("mobilenet_v1")
    form = compile_form(network, columns=("params", "fvcore", "mobilenet_v1_paper"), free=("alpha", "res"), detail=True)
    rows = form.rows_at(alpha=0.5, res=160)
    for column, total in form.at(alpha=0.5, res=160).items():
        assert sum(row[column] for row in rows) == total


def test_defaults_that_follow_are_in_the_record() -> None:
    form = compile_form(load("efficientnet"), free=("phi", "depth", "width", "res"), detail=True)
    assert list(form.record().defaults) == ["depth", "width", "res"]
    plain = compile_form(load("rexnet"), free=("alpha", "lite", "divisor"), detail=True)
    # 8 with lite, else 1: a number of the record, not of its parameters.
    for lite, divisor in ((True, 8), (False, 1)):
        record = plain.record(((bool, lite),))
        place = record.defaults["divisor"]
        assert record.constants[place - len(record.parameters)] == divisor


def test_a_form_with_its_rows_is_plain_data() -> None:
    form = compile_form(load("hbonet"), free=("alpha", "res"), detail=True)
    text = form.to_json()
    again = Form.from_json(text)
    assert again.to_json() == text
    assert again.rows_at(alpha=0.25, res=192) == form.rows_at(alpha=0.25, res=192)
    with pytest.raises(SpecError, match="alpha is from"):
        again.rows_at(alpha=-1, res=192)
    plain = json.loads(compile_form(load("hbonet"), free=("alpha", "res")).to_json())["cases"][0]
    assert not {"rows", "defaults"} & set(plain)


@pytest.mark.parametrize(
    "change",
    [
        lambda case: case["rows"][0].update(n=10_000),
        lambda case: case["rows"][0].update(shape=["x"]),
        lambda case: case["rows"][0].pop("kind"),
        lambda case: case["rows"][0].update(params=case["guards"][0][0]),
        lambda case: case["defaults"].update(depth=-1),
    ],
)
def test_rows_of_something_else_are_refused(change: Any) -> None:
    data = json.loads(compile_form(load("efficientnet"), free=("phi", "depth"), detail=True).to_json())
    change(data["cases"][0])
    with pytest.raises(UsageError, match="no compiled form"):
        Form.from_json(json.dumps(data))


def test_a_narrower_range_is_a_guard() -> None:
    network = load("densenet_121")
    wide = compile_form(network, free=("n4",))
    form = compile_form(network, free=("n4",), within={"n4": (1, 20)})
    assert len(form.record().instructions) < len(wide.record().instructions) / 3
    record = Form.from_json(form.to_json())
    assert record.at(n4=16)["params"] == network.cost().params
    with pytest.raises(SpecError, match="n4 is from 1 to 20"):
        record.at(n4=21)


def test_too_many_operations_are_an_error() -> None:
    with pytest.raises(CostcalcError, match="more than 200 operations"):
        compile_form(load("mobilenet_v2"), free=("alpha", "depth"), most=200)
