"""``costcalc plot -y top1`` and ``--figure``: printed accuracies over our counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from costcalc.errors import SpecError
from costcalc.language.source import Source
from costcalc.papers.charts import find_chart, names, read_charts

from ..loading import load
from .running import ROOT, refused, shown
from .test_plot import texts


def document(*args: str) -> Any:
    return json.loads(shown("plot", *args, "--format", "json"))


def table_of(paper: str, table: str) -> list[dict[str, Any]]:
    """The rows of a paper's table as its file has them, read without the code that is tested."""
    found = yaml.safe_load((ROOT / f"specs/papers/{paper}.yaml").read_text(encoding="utf-8"))
    (rows,) = [t["rows"] for t in found["tables"] if t["table"] == table]
    return list(rows)


def percent(text: Any) -> float:
    return float(str(text).rstrip("% "))


# -- accuracy over cost


def test_accuracies_are_one_source_s_and_costs_the_engine_s() -> None:
    found = document("mobilenet_v1", "-y", "top1")
    printed = {
        (row["at"]["alpha"], row["at"]["res"]): percent(row["top1"])
        for row in table_of("mobilenet_v1", "tensorflow/models mobilenet_v1.md")
    }
    assert len(found["rows"]) == len(printed) == 16
    network = load("mobilenet_v1")
    counted = {network.cost({"alpha": a, "res": r}).mult_adds: top1 for (a, r), top1 in printed.items()}
    assert {row["mult_adds"]: row["top1"] for row in found["rows"]} == counted
    # the paper's own 70.6 at the default is another recipe's, and stays out
    (default,) = [row for row in found["rows"] if row["spec"] == "mobilenet_v1"]
    assert default["top1"] == 70.9
    assert any("one source a family. MobileNets: tensorflow/models:research" in note for note in found["notes"])


def test_the_frontier_is_what_nothing_beats() -> None:
    rows = document("mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large", "-y", "top1")["rows"]
    for row in rows:
        beaten = any(
            other["mult_adds"] <= row["mult_adds"] and other["top1"] >= row["top1"]
            and (other["mult_adds"], other["top1"]) != (row["mult_adds"], row["top1"])
            for other in rows
        )  # fmt: skip
        assert row["frontier"] == ("" if beaten else "yes"), row
    assert {row["series"] for row in rows} == {"mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large"}


def test_a_variant_and_a_given_value_leave_their_points() -> None:
    assert [row["spec"] for row in document("efficientnet_b3", "-y", "top1")["rows"]] == ["efficientnet_b3"]
    rows = document("mobilenet_v2:res=160", "-y", "top1", "-x", "params")["rows"]
    assert rows
    assert {row["spec"].partition("res=")[2] for row in rows} == {"160"}
    assert [row["params"] for row in rows] == sorted(row["params"] for row in rows)


def test_detectors_have_ap(tmp_path: Path) -> None:
    rows = document("efficientdet", "-y", "ap")["rows"]
    printed = {
        row["network"]: percent(row["ap"])
        for row in table_of("efficientdet", "Table 2")
        if row.get("network", "").startswith("efficientdet_d")
    }
    assert {row["spec"]: row["ap"] for row in rows} == printed
    assert {row["mult_adds"] for row in rows} == {load(name).cost().mult_adds for name in printed}
    path = tmp_path / "ap.svg"
    assert shown("plot", "efficientdet", "-y", "ap", "-o", str(path)) == ""
    assert {"AP on COCO, as printed (%)", "efficientdet_d7x", "frontier", "mult-adds (log scale)"} <= texts(path)


def test_an_error_is_what_is_left_of_100() -> None:
    rows = document("shufflenet_v2", "-y", "top1")["rows"]
    errors = {percent(row["top1_error"]) for row in table_of("shufflenet_v2", "Table 8") if "top1_error" in row}
    assert rows
    assert {round(100 - row["top1"], 4) for row in rows} <= errors


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["resnet_50", "-y", "top1"], "neither the paper of resnet_50 nor its release prints top1 of it here;"),
        (["mobilenet_v1:alpha=0.6", "-y", "top1"], "neither the paper of mobilenet_v1 nor its release"),
        (["ds_cnn", "-y", "top1"], "ds_cnn has 12 classes: its accuracy isn't one on ImageNet"),
        (["mobilenet_v1", "-y", "top1", "-x", "params,mult_adds"], "an axis is of one figure"),
        (["mobilenet_v1", "-y", "top1", "-x", "top1"], "no figure is called 'top1'"),
        (["mobilenet_v1", "-y", "top1", "--over", "alpha=0.5,1"], "no figure is called 'top1'"),
    ],
)
def test_what_has_no_accuracy_is_one_line(args: list[str], message: str) -> None:
    assert message in refused("plot", *args)


# -- the papers' pictures


@pytest.mark.parametrize("name", names())
def test_a_redrawn_picture_has_our_counts_and_the_printed_accuracies(name: str, tmp_path: Path) -> None:
    found = document("--figure", name)
    chart = find_chart(name)
    rows = {id(row): row for series in chart.series for row, _ in series.picked()}
    assert len(found["rows"]) == len(rows) > 0
    for shown_row, row in zip(found["rows"], rows.values(), strict=True):
        y = next(row.kept[column] for column in chart.y if column in row.kept)
        assert shown_row[chart.y[0]] == percent(y)
        (figure,) = [f for f in row.figures if f.measure == chart.x]
        assert shown_row["printed"] == (figure.printed.text if figure.printed else "")
        if row.network is None:
            assert (shown_row[chart.x], shown_row["off"]) == (figure.printed and figure.printed.value, "not modelled")
            continue
        assert shown_row[chart.x] == getattr(load(row.network).cost(row.at), chart.x)
        # what the file claims of a figure, which another test holds against the count
        assert shown_row["off"] == figure.state.replace("_", " ")
    off = [row["off"] for row in found["rows"] if row["off"]]
    absent = off.count("not modelled")
    hollow = [note for note in found["notes"] if note.startswith("Hollow")]
    assert [int(note.split(":")[1].split()[0]) for note in hollow] == [n for n in (len(off) - absent, absent) if n]
    path = tmp_path / "figure.svg"
    assert shown("plot", "--figure", name, "-o", str(path)) == ""
    assert {series.name for series in chart.series if series.joined} <= texts(path)


def test_hollow_points_are_told(tmp_path: Path) -> None:
    found = document("--figure", "mobilenet_v1:4")
    off = {row["spec"] for row in found["rows"] if row["off"]}
    assert "mobilenet_v1:alpha=0.75,res=224" in off  # 317 M, where 325 are counted
    assert "Hollow: 6 of 16, whose printed figure isn't what its own table's counting gives here." in found["notes"]
    assert len(off) == 6
    for name, marks in (("mobilenet_v1:4", 6), ("mobilenet_v1:5", 0)):
        path = tmp_path / "x.svg"
        shown("plot", "--figure", name, "-o", str(path))
        text = path.read_text(encoding="utf-8")
        # a hollow mark is white with a coloured edge
        assert text.count("fill: #ffffff; stroke: #") >= marks
        assert ("fill: #ffffff; stroke: #0b5fa5" in text) == bool(marks)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["--figure", "mobilenet_v9:1"],
            "no picture of 'mobilenet_v9' is kept (did you mean 'mobilenet_v1'?); there are",
        ),
        (
            ["--figure", "mobilenet_v1:9"],
            "'mobilenet_v1:9' is none of the pictures that are kept of it: mobilenet_v1:4",
        ),
        (["--figure", "mobilenet_v1"], "'mobilenet_v1' is none of"),
        (["mobilenet_v1", "--figure", "mobilenet_v1:4"], "a SPEC is for a picture without --figure"),
        (["--figure", "mobilenet_v1:4", "-x", "params"], "-x is for a picture without --figure"),
        ([], "name a SPEC, or a paper's picture: --figure PAPER:N"),
    ],
)
def test_what_isnt_a_picture_is_one_line(args: list[str], message: str) -> None:
    assert message in refused("plot", *args)


CHARTS = """\
paper: mobilenet_v1
source: where it was seen
charts:
  - figure: "4"
    x: mult_adds
    y: [top1]
    series:
      - {name: all, table: Table 6}
"""


def test_the_only_picture_needs_no_number() -> None:
    assert find_chart("efficientnet").figure == "1"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("paper: mobilenet_v1", "paper: mobilenet_v9", "there is no specs/papers/mobilenet_v9.yaml"),
        ("source: where it was seen\n", "", "'source' is missing"),
        ("x: mult_adds", "x: latency", "what is from left to right is one of"),
        ("y: [top1]", "y: [top9]", "no column of accuracies is called 'top9' (did you mean"),
        ("y: [top1]", "y: top1", "a list of columns is due here"),
        ("table: Table 6", "table: Table 66", "has no table 'Table 66'"),
        ("table: Table 6", "table: Table 6, rows: {alexnet: x}", "Table 6 has no row 'alexnet'"),
        ("name: all", "nome: all", "no 'nome' here (did you mean 'name'?)"),
        ("charts:\n", "charts: []\nchart:\n", "no 'chart' here"),
    ],
)
def test_a_wrong_file_is_told_with_its_place(old: str, new: str, message: str) -> None:
    assert len(read_charts(Source("x.yaml", CHARTS, "x.yaml"))[0].series) == 1
    with pytest.raises(SpecError, match=r"x\.yaml:") as e:
        read_charts(Source("x.yaml", CHARTS.replace(old, new), "x.yaml"))
    assert message in str(e.value)
