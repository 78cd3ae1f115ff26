"""``show`` for programs: the JSON contract, and the other formats, whose rows add up to the same totals."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from costcalc import load
from costcalc.rows import GROUPINGS

from .running import TINY_MULT_ADDS, TINY_PARAMS, shown

SPECS = ["mobilenet_v1", "mobilenet_v2", "efficientdet_d0"]


def document(*args: str) -> Any:
    return json.loads(shown("show", *args, "--format", "json"))


# -- JSON


def test_the_contract() -> None:
    """The form that DESIGN.md shows, key for key, in order."""
    found = document("mobilenet_v1", "--alpha", "0.5", "--res", "160")
    assert list(found) == ["format", "spec", "parameters", "convention", "totals", "layers"]
    assert found["spec"] == "mobilenet_v1"
    assert found["parameters"] == {"alpha": 0.5, "res": 160, "classes": 1000}
    assert found["convention"] == "mult_adds"
    assert found["totals"] == {"params": 1331592, "mult_adds": 76524800}
    assert found["format"] == 1
    own = {"conv2d": ["kernel", "stride", "padding", "dilation", "groups", "bias"], "linear": ["bias"]}
    own["avg_pool"] = ["kernel", "stride", "padding"]
    for e in found["layers"]:
        assert list(e) == ["name", "op", "in_shape", "out_shape", *own.get(e["op"], []), "params", "mult_adds"]
    by_name = {entry["name"]: entry for entry in found["layers"]}
    assert by_name["stage2.dw.conv"] == {
        "name": "stage2.dw.conv",
        "op": "conv2d",
        "in_shape": [16, 80, 80],
        "out_shape": [16, 80, 80],
        "kernel": [3, 3],
        "stride": [1, 1],
        "padding": "same",
        "dilation": [1, 1],
        "groups": 16,
        "bias": False,
        "params": 144,
        "mult_adds": 921600,
    }


@pytest.mark.parametrize("spec", SPECS)
def test_the_layers_are_the_primitives_with_every_copy_written_out(spec: str) -> None:
    found = document(spec)
    graph = load(spec).graph(expand=True)
    assert [entry["name"] for entry in found["layers"]] == [layer.name for layer in graph.layers]
    assert len({entry["name"] for entry in found["layers"]}) == len(graph.layers)
    for measure, total in found["totals"].items():
        assert sum(entry[measure] for entry in found["layers"]) == total


def test_copies_are_written_out(tiny: str) -> None:
    names = [entry["name"] for entry in document(tiny)["layers"]]
    assert [name for name in names if name.endswith("dw.conv")] == [
        "stage2.1.dw.conv", "stage2.2.dw.conv", "stage2.3.dw.conv", "stage3.dw.conv",
    ]  # fmt: skip


def test_a_layer_of_several_inputs_has_a_list_of_shapes(eyes: str) -> None:
    entry = next(entry for entry in document(eyes)["layers"] if entry["op"] == "concat")
    assert entry["in_shape"] == [[8, 4, 4], [8, 4, 4]]
    assert entry["out_shape"] == [16, 4, 4]


def test_another_convention_adds_counted_and_its_unit(tmp_path, tiny: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "convention: mine\nunit: FLOPs\nparams: {'*.weight': 1}\nwork: {'*.mac': 2.5}\n"
        "zero: [bias, '*.scale', '*.shift', mean, variance]\n"
        "only: [mac]\n"
    )
    found = document(tiny, "--convention", str(path))
    assert found["convention"] == "mine"
    assert found["totals"] == {
        "params": TINY_PARAMS, "mult_adds": TINY_MULT_ADDS, "counted": 105480, "unit": "FLOPs", "counted_params": 840,
    }  # fmt: skip
    assert sum(entry["counted"] for entry in found["layers"]) == 105480
    assert sum(entry["counted_params"] for entry in found["layers"]) == 840


def test_a_convention_with_the_same_params_has_no_params_of_its_own(tmp_path, tiny: str) -> None:
    path = tmp_path / "mine.yaml"
    rules = "params: {'*.*': 1, '*.mean': 0, '*.variance': 0}\nwork: {'*.mac': 2}\nonly: [mac]\n"
    path.write_text(f"convention: mine\nunit: FLOPs\n{rules}")
    found = document(tiny, "--convention", str(path))
    assert list(found["totals"]) == ["params", "mult_adds", "counted", "unit"]
    assert list(found["layers"][0])[-1] == "counted"


@pytest.mark.parametrize(
    ("option", "value", "written"),
    [
        ("alpha", "1/2", 0.5), ("alpha", "3/7", "3/7"), ("alpha", "2/1", 2), ("alpha", "1.25", 1.25), ("alpha", "1", 1),
        ("kind", "swish", "swish"), ("deep", "yes", True), ("res", "16", 16),
    ],
)  # fmt: skip
def test_values_of_parameters(tiny: str, option: str, value: str, written: Any) -> None:
    args = () if (option, value) == ("res", "16") else ("--res", "16")
    found = document(tiny, f"--{option}", value, *args)["parameters"]
    assert found[option] == written
    assert type(found[option]) is type(written)


def test_several_specs_are_a_list(tiny: str, eyes: str) -> None:
    found = document(tiny, eyes)
    assert list(found) == ["format", "networks"]
    assert [entry["spec"] for entry in found["networks"]] == ["tiny", "eyes"]
    assert found["networks"][0] == {k: v for k, v in document(tiny).items() if k != "format"}


def test_a_variant_goes_by_its_own_name(tiny: str) -> None:
    found = document(tiny, "--variant", "tiny_wide")
    assert found["spec"] == "tiny_wide"
    assert found["parameters"]["alpha"] == 2


@pytest.mark.parametrize("by", [by for by in GROUPINGS if by != "layer"])
def test_grouped_rows_stand_beside_the_layers(by: str) -> None:
    found = document("mobilenet_v1", "--by", by)
    assert list(found) == ["format", "spec", "parameters", "convention", "totals", "by", "rows", "layers"]
    assert found["by"] == by
    for measure, total in found["totals"].items():
        assert sum(row[measure] for row in found["rows"]) == total
    assert found["layers"] == document("mobilenet_v1")["layers"]


def test_rows_that_were_asked_for(tiny: str) -> None:
    found = document(tiny, "--top", "1", "--columns", "name,params")
    assert found["rows"] == [
        {"name": "stage1", "params": 232},
        {"name": "(other 6 layers)", "params": TINY_PARAMS - 232},
    ]


def test_json_ignores_the_terminals_width() -> None:
    assert shown("show", "mobilenet_v1", "--format", "json", columns=40) == shown(
        "show", "mobilenet_v1", "--format", "json"
    )


def test_every_input_of_a_join_is_there_for_programs_and_equal_ones_once_for_people(tmp_path) -> None:
    path = tmp_path / "join.yaml"
    path.write_text("network: join\ninput: 8 x 8 x 3\nlayers:\n  a: conv(3x3, 3)\n  b: add(in, a)\n")
    (row,) = [row for row in document(str(path), "--columns", "name,input")["rows"] if row["name"] == "b"]
    assert row["input"] == [[3, 8, 8], [3, 8, 8]]
    assert "\nb,8x8x3 + 8x8x3\n" in shown("show", str(path), "--columns", "name,input", "--format", "csv")
    assert "8²x3 + 8²x3" not in shown("show", str(path))


GROUPS = """\
network: groups
input: 56 x 56 x 64
layers:
  a: conv(3x3, 64, g=4)
  b: conv(3x3, 64, d=2)
  c: dwconv(3x3, d=3)
  d: conv(3x3, 64, bias=yes, norm=none, pad=0)
  e: conv(3x3, 64, bias=yes)
  f: conv(3x3, 64, norm=none, bias=no)
  g: conv(1x3, 64, 2, pad=0)
  h: conv(3x3, 64, pad=1)
"""


def test_what_the_filter_does_not_say_is_in_every_format(tmp_path) -> None:
    """Dilation, groups, padding and bias: for people where they aren't usual, for programs always."""
    path = tmp_path / "groups.yaml"
    path.write_text(GROUPS)
    text = shown("show", str(path), "--columns", "name,type", "--format", "csv")
    assert set(text.splitlines()[1:]) >= {"b,conv / s1", "a,group conv / s1"}
    told = dict(line.split("  ", 1) for line in shown("show", str(path), "--columns", "name,type").splitlines()[3:11])
    types = {name.strip(): type.strip() for name, type in told.items()}
    assert types == {
        "a": "group conv / s1 g4", "b": "conv / s1 d2", "c": "conv dw / s1 d3", "d": "conv / s1 p0",
        "e": "conv / s1 bias", "f": "conv / s1 no bias", "g": "conv / s2 p0", "h": "conv / s1",
    }  # fmt: skip
    assert "d: dilation, g: groups, p: padding" in shown("show", str(path))
    asked = ("--columns", "name,kernel,dilation,groups,padding,bias", "--format", "csv")
    assert "\nb,3x3,2x2,1,same,no\n" in shown("show", str(path), *asked)
    by_name = {entry["name"]: entry for entry in document(str(path))["layers"]}
    assert (by_name["b.conv"]["dilation"], by_name["b.conv"]["groups"]) == ([2, 2], 1)
    assert (by_name["d.conv"]["padding"], by_name["d.conv"]["bias"]) == ([0, 0], True)


# -- CSV, markdown, LaTeX


@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("spec", SPECS)
def test_csv_is_one_table_with_exact_integers(spec: str, by: str) -> None:
    *rows, last = csv.DictReader(io.StringIO(shown("show", spec, "--by", by, "--format", "csv", "--total")))
    cost = load(spec).cost()
    assert last["name"] == "total"
    for measure, total in (("params", cost.params), ("mult_adds", cost.mult_adds)):
        assert sum(int(row[measure]) for row in rows) == int(last[measure]) == total


def test_a_sum_over_csv_is_the_total() -> None:
    """No row of totals among the others: 4,231,976 and not twice that."""
    rows = list(csv.DictReader(io.StringIO(shown("show", "mobilenet_v1", "--format", "csv"))))
    assert sum(int(row["params"]) for row in rows) == 4231976


def test_the_columns_of_csv_dont_depend_on_the_network(tmp_path, tiny: str) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("network: one\ninput: 8 x 8 x 3\nlayers:\n  a: conv(3x3, 4)\n")
    headers = {shown("show", spec, "--format", "csv").splitlines()[0] for spec in (tiny, str(path))}
    assert headers == {
        "name,n,type,filter,input,output,kernel,stride,padding,dilation,groups,bias,params,mult_adds,share"
    }


def test_csv_of_several_specs_is_one_table_too(tiny: str, eyes: str) -> None:
    rows = list(csv.DictReader(io.StringIO(shown("show", tiny, eyes, "--format", "csv", "--total"))))
    totals = {row["spec"]: (int(row["params"]), int(row["mult_adds"])) for row in rows if row["name"] == "total"}
    assert totals["tiny"] == (TINY_PARAMS, TINY_MULT_ADDS)
    for spec, total in totals.items():
        own = [row for row in rows if row["spec"] == spec and row["name"] != "total"]
        assert tuple(sum(int(row[k]) for row in own) for k in ("params", "mult_adds")) == total


@pytest.mark.parametrize("fmt", ["markdown", "latex"])
@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("spec", SPECS)
def test_typeset_rows_add_up(spec: str, by: str, fmt: str) -> None:
    text = shown("show", spec, "--by", by, "--columns", "params,mult_adds", "--format", fmt)
    lines = [line for line in text.split("by kind of layer")[0].splitlines() if re.match(r"[|\s&\d,\\]+$", line)]
    figures = [[int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", line)] for line in lines if line]
    cost = load(spec).cost()
    assert figures[-1] == [cost.params, cost.mult_adds]
    assert [sum(column) for column in zip(*figures[:-1], strict=True)] == figures[-1]


def test_markdown_has_title_and_notes(tiny: str) -> None:
    text = shown("show", tiny, "--format", "markdown")
    assert text.startswith("**tiny (A tiny network): alpha=1.0,")
    assert "\n**tiny by kind of layer**\n\n| kind " in text
    assert text.endswith("\n- tiny, 8x8x3: 994 params, 42,192 mult-adds\n")
