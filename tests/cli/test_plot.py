"""``costcalc plot`` and ``roofline -o``: pictures whose figures are those that the engine counts."""

from __future__ import annotations

import builtins
import json
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from costcalc.units import bar, exact

from ..loading import load
from .running import ROOT, TINY, process, refused, run, shown


def document(*args: str) -> Any:
    return json.loads(shown(*args, "--format", "json"))


def texts(path: Path) -> set[str]:
    """The texts of an SVG: matplotlib writes each beside its letters' paths, which are what is seen."""
    ElementTree.parse(path)
    return {text.strip() for text in re.findall(r"<!--(.*?)-->", path.read_text(encoding="utf-8"), re.DOTALL)}


# -- the data


def test_bars_are_the_rows_of_show() -> None:
    rows = document("plot", "mobilenet_v2", "--alpha", "0.5")["rows"]
    cost = load("mobilenet_v2").cost({"alpha": 0.5})
    assert [(row["name"], row["mult_adds"], row["params"]) for row in rows] == [
        (row.name, row.mult_adds, row.params) for row in cost.by("stage")
    ]
    assert sum(row["mult_adds"] for row in rows) == cost.mult_adds
    layers = document("plot", "mobilenet_v1", "--by", "layer", "-y", "params")
    assert layers["figures"] == ["params"]
    assert sum(row["params"] for row in layers["rows"]) == load("mobilenet_v1").cost().params
    assert {"n": 5, "name": "stage8.1.dw"}.items() <= layers["rows"][13].items()
    assert "mult_adds" not in layers["rows"][0]


def test_top_leaves_one_bar_for_the_others() -> None:
    rows = document("plot", "mobilenet_v2", "--by", "layer", "--top", "3")["rows"]
    assert [row["name"] for row in rows][3:] == ["(other 41 layers)"]
    assert sum(row["params"] for row in rows) == load("mobilenet_v2").cost().params


def test_curves_are_the_costs_at_their_points() -> None:
    found = document("plot", "mobilenet_v1", "--over", "alpha=0.25:1:0.05,res=128,224")
    assert (found["picture"], found["x"], len(found["rows"])) == ("curves", "alpha", 32)
    network = load("mobilenet_v1")
    for row in found["rows"]:
        cost = network.cost({"alpha": row["alpha"], "res": row["res"]})
        assert (row["mult_adds"], row["params"]) == (cost.mult_adds, cost.params)
    assert {row["curve"] for row in found["rows"]} == {"res 128", "res 224"}


def test_several_networks_are_curves_and_with_a_second_parameter_more() -> None:
    one = document("plot", "mobilenet_v1", "mobilenet_v2", "--over", "res=128,224", "-y", "mult_adds")
    assert [(row["network"], row["res"]) for row in one["rows"]] == [
        ("mobilenet_v1", 128), ("mobilenet_v1", 224), ("mobilenet_v2", 128), ("mobilenet_v2", 224),
    ]  # fmt: skip
    two = document("plot", "mobilenet_v1", "mobilenet_v2:depth=2", "--over", "res=128,224", "--over", "alpha=0.5,1")
    assert {row["curve"] for row in two["rows"]} == {
        f"{name}, alpha {alpha}" for name in ("mobilenet_v1", "mobilenet_v2:depth=2") for alpha in (0.5, 1)
    }
    at = {"alpha": 0.5, "res": 128, "depth": 2}
    assert load("mobilenet_v2").cost(at).mult_adds in [row["mult_adds"] for row in two["rows"]]


def test_what_cant_be_built_is_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY.replace("c: floor(alpha*c)", "c: alpha*c"))
    found = document("plot", str(path), "--over", "alpha=0.5:1:0.05")
    built = {row["alpha"] for row in found["rows"] if row["params"] is not None}
    assert {0.5, 1.0} <= built
    assert 0.55 not in built
    assert f"{11 - len(built)} of 11 points can't be built, and are gaps." in found["notes"]
    assert shown("plot", str(path), "--over", "alpha=0.5:1:0.05", "-o", str(tmp_path / "gaps.svg")) == ""


def test_bytes_at_each_layer_are_those_of_the_definitions() -> None:
    found = document("plot", "mobilenet_v2", "--res", "96", "--memory", "live, tflm,live", "--bits", "8")
    cost = load("mobilenet_v2").cost(res=96)
    wanted = [
        {"definition": name, "layer": layer, "at": number, "live_bytes": live}
        for name in ("live", "tflm")
        for use in [cost.memory(name, bits=8)]
        for number, (layer, live) in enumerate(zip(use.layers, use.live, strict=True), 1)
    ]
    assert found["rows"] == wanted
    assert (found["picture"], found["x"], found["figures"]) == ("curves", "at", ["live_bytes"])
    peaks = [cost.memory(name, bits=8).peak for name in ("live", "tflm")]
    assert [f"peak {peak:,} bytes" in note for peak, note in zip(peaks, found["notes"], strict=False)] == [True, True]


def test_networks_are_points() -> None:
    found = document("plot", "mobilenet_v1", "mobilenet_v2:alpha=0.5", "-x", "params", "-y", "mult_adds")
    costs = [load("mobilenet_v1").cost(), load("mobilenet_v2").cost({"alpha": 0.5})]
    assert found["rows"] == [
        {"spec": spec, "params": cost.params, "mult_adds": cost.mult_adds}
        for spec, cost in zip(["mobilenet_v1", "mobilenet_v2:alpha=0.5"], costs, strict=True)
    ]
    assert (found["x"], found["y"]) == ("params", "mult_adds")


def test_roofline_s_dots_are_its_rows(tmp_path: Path) -> None:
    from costcalc.devices import load_device
    from costcalc.plotting.picture import column
    from costcalc.reports.roofline import OnDevice, picture

    network = load("mobilenet_v1")
    on = OnDevice(network, network.cost(), load_device("t4"), None, 1)
    roof = picture(on)
    rows = {row.name: row for row in on.rows if row.mult_adds}
    assert set(column(roof.table, "name")) == set(rows)
    for name, x, y in zip(*(column(roof.table, id) for id in ("name", "intensity", "rate")), strict=True):
        row = rows[name]
        assert x == 2 * row.mult_adds / row.bytes
        assert y == pytest.approx(2 * row.mult_adds / row.seconds)
        assert y <= min(roof.peak, x * roof.bandwidth) * (1 + 1e-12)  # no dot is above the roof
    marked = {name for name, kind in zip(column(roof.table, "name"), column(roof.table, "kind"), strict=True)
              if kind == "depthwise"}  # fmt: skip
    assert marked == {name for name in rows if name.endswith(".dw")}
    assert roof.peak == 65e12


# -- what is drawn


def test_an_svg_has_the_texts_and_the_exact_figures(tmp_path: Path) -> None:
    path = tmp_path / "bars.svg"
    assert shown("plot", "mobilenet_v2", "-o", str(path)) == ""
    found, cost = texts(path), load("mobilenet_v2").cost()
    assert {f"mult-adds: {cost.mult_adds:,}", f"params: {cost.params:,}", "stage11", "1²x1000"} <= found
    for row in cost.by("stage"):
        part = row.mult_adds / cost.mult_adds
        assert exact(row.mult_adds) + (f"  {100 * part:.1f} %" if part >= 0.05 else "") in found
    assert sum("%" in text for text in found if text.startswith("1,281,000")) == 1


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        (["plot", "mobilenet_v1", "--over", "alpha=0.25:1:0.25,res=128,224"], {"res 128", "res 224", "alpha"}),
        (["plot", "mobilenet_v1", "resnet_18", "googlenet"], {"mobilenet_v1", "resnet_18", "mult-adds"}),
        (["plot", "mobilenet_v1", "vgg_16"], {"mult-adds (log scale)", "params (log scale)"}),
        (["plot", "mobilenet_v1", "--by", "layer"], {"stage8.1.dw × 5"}),
        (["roofline", "mobilenet_v1", "--device", "t4"],
         {"depthwise", "1x1", "memory 320 GB/s", "peak 65 T operations/s", "mobilenet_v1 on NVIDIA T4, fp16"}),
    ],
)  # fmt: skip
def test_every_picture_has_its_texts(tmp_path: Path, args: list[str], wanted: set[str]) -> None:
    path = tmp_path / "picture.svg"
    assert shown(*args, "-o", str(path)) == ""
    assert wanted <= texts(path)


@pytest.mark.parametrize(("ending", "magic"), [("png", b"\x89PNG"), ("SVG", b"<?xml"), ("pdf", b"%PDF")])
def test_the_ending_says_the_form_and_two_runs_are_the_same(tmp_path: Path, ending: str, magic: bytes) -> None:
    made = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}.{ending}"
        assert shown("plot", "mobilenet_v1", "-o", str(path)) == ""
        made.append(path.read_bytes())
    assert made[0].startswith(magic)
    assert made[0] == made[1]


def test_texts_of_a_spec_are_only_texts(tmp_path: Path) -> None:
    path = tmp_path / "tiny.yaml"
    title = "<script>alert(1)</script> $\\\\nosuchthing$ -->"
    path.write_text(TINY.replace("A tiny network", f'"{title}"'))
    out = tmp_path / "tiny.svg"
    assert shown("plot", str(path), "-o", str(out)) == ""
    ElementTree.parse(out)
    assert b"<script" not in out.read_bytes()


def test_long_names_are_cut_and_take_no_time(tmp_path: Path) -> None:
    name, title = "x" * 90, "word, " * 20_000
    spec = f"network: {'n' * 100}\ntitle: {title}\ninput: 8 x 8 x 3\nlayers:\n  {name}: conv(3x3, 8)\n  y: fc(10)\n"
    path, out = tmp_path / "long.yaml", tmp_path / "long.svg"
    path.write_text(spec)
    assert shown("plot", str(path), "-o", str(out)) == ""
    assert "x" * 39 + "…" in texts(out)
    assert max(map(len, texts(out))) < 200


def test_a_user_s_own_style_changes_nothing(tmp_path: Path) -> None:
    assert shown("plot", "mobilenet_v1", "-o", str(tmp_path / "a.svg")) == ""
    (tmp_path / "matplotlibrc").write_text("font.size: 30\naxes.facecolor: black\n")
    env = {"MATPLOTLIBRC": str(tmp_path / "matplotlibrc")}
    done = process("plot", "mobilenet_v1", "-o", str(tmp_path / "b.svg"), env=env)
    assert (done.returncode, done.stdout) == (0, b"")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


# -- text


def test_in_a_terminal_there_are_bars_in_text() -> None:
    text = shown("plot", "mobilenet_v2", columns=80)
    cost = load("mobilenet_v2").cost()
    lines = text.splitlines()
    assert all(len(line) <= 80 for line in lines)
    largest = max(cost.by("stage"), key=lambda row: row.mult_adds)
    (line,) = [line for line in lines if line.startswith(largest.name)]
    assert f"{largest.mult_adds:,}  {'█' * 16}" in line
    assert f"{cost.mult_adds:,}" in text
    assert "112²x32" in text


def test_what_only_the_drawing_needs_is_not_in_the_text() -> None:
    text = shown("plot", "mobilenet_v3_small", "-y", "top1")
    assert "frontier" in text
    assert "series" not in text
    assert "series" in shown("plot", "mobilenet_v3_small", "-y", "top1", "--format", "csv")


def test_bars_in_text_are_to_an_eighth() -> None:
    assert [bar(k, 16, 2) for k in (0, 1, 2, 8, 9, 15, 16)] == ["", "▏", "▎", "█", "█▏", "█▉", "██"]
    assert bar(1, 10**9, 4) == "▏"  # what isn't 0 is seen
    assert bar(0, 0, 4) == ""
    text = shown("roofline", "mobilenet_v1", "--device", "t4", columns=80)
    assert "█" * 12 in text


def test_what_is_pasted_has_no_bars() -> None:
    for fmt in ("markdown", "latex"):
        text = shown("plot", "mobilenet_v2", "--format", fmt)
        assert "█" not in text
        assert "54,942,720" in text


def test_csv_has_the_raw_figures_without_bars() -> None:
    lines = shown("plot", "mobilenet_v1", "mobilenet_v2", "--format", "csv").splitlines()
    assert lines[0] == "spec,mult_adds,params"
    assert lines[1] == "mobilenet_v1,568740352,4231976"


# -- what is wrong


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["plot", "mobilenet_v1", "-y", "flops"], "no figure is called 'flops'; there are params, mult_adds"),
        (["plot", "mobilenet_v1", "vgg_16", "-x", "params", "-y", "params"], "-x and -y are both params"),
        (["plot", "mobilenet_v1", "--over", "alpha=1:0.5:0.1"], "is empty"),
        (["plot", "mobilenet_v1", "--over", "beta=1,2"], "mobilenet_v1 has no parameter 'beta'"),
        (["plot", "mobilenet_v1", "--over", "res=96,128", "--over", "alpha=1", "--over", "classes=1,2"], "at most one"),
        (["plot", "mobilenet_v1", "--over", "alpha=0.25:1:0.0001"], "7,501 points are more than a curve takes"),
        (["plot", "mobilenet_v1", "--over", "res=128,224,alpha=0.1:1:0.1"], "more than 8 curves can't be told apart"),
        (["plot", "mobilenet_v2", "--over", "depthwise=once,twice"], "isn't a number"),
        (["plot", "efficientnet_b7", "--by", "primitive"], "bars are more than a picture holds, 100; --top 50 has"),
        (["plot", "mobilenet_v1", "vgg_16", "--by", "layer"], "--by is for the bars of one SPEC"),
        (["plot", "mobilenet_v1", "--over", "alpha=0.5,1", "--top", "3"], "--top is for the bars of one SPEC"),
        (["plot", "mobilenet_v1", "--over", "alpha=0.5,1", "-x", "params"], "-x is for points"),
        (["plot", "mobilenet_v1", "-o", "x.svg", "--format", "csv"], "'x.svg' is a picture, which has no --format"),
        (["plot", "mobilenet_v1", "-o", "nowhere/x.svg"], "can't write to 'nowhere/x.svg'"),
        (["plot", "mobilenet_v1", "--memory", "lives"], "no definition of memory is called 'lives'"),
        (["plot", "mobilenet_v1", "--bits", "8"], "--bits is for --memory"),
        (["plot", "mobilenet_v1", "--memory", "live", "--top", "3"], "--top is for a picture without --memory"),
        (["plot", "mobilenet_v1", "vgg_16", "--memory", "live"], "--memory is for one SPEC"),
        (["roofline", "mobilenet_v1", "vgg_16", "--device", "t4", "-o", "x.svg"], "give one SPEC"),
        (["roofline", "mobilenet_v1", "--device", "stm32h747", "-o", "x.svg"], "no bandwidth is known of"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in refused(*args)
    assert list(tmp_path.iterdir()) == []


def test_without_matplotlib_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    out = tmp_path / "x.svg"
    for command in (["plot", "mobilenet_v1"], ["roofline", "mobilenet_v1", "--device", "t4"]):
        assert "pip install 'costcalc[plot]'" in refused(*command, "-o", str(out))
    assert not out.exists()
    assert "█" in shown("plot", "mobilenet_v1")


def test_text_needs_no_matplotlib() -> None:
    code = "import sys; from costcalc.cli.root import costcalc; costcalc.main(sys.argv[1:], standalone_mode=False)"
    code += "; print('matplotlib' in sys.modules, 'numpy' in sys.modules)"
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", code, "plot", "mobilenet_v2"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.splitlines()[-1] == "False False"


def test_an_old_file_stays_whole_if_it_fails(tmp_path: Path) -> None:
    path = tmp_path / "x.svg"
    path.write_text("old")
    assert run("plot", "mobilenet_v1", "-y", "nothing", "-o", str(path)).exit_code == 2
    assert path.read_text() == "old"
