"""What objects of the library show: a line, the table of their command, HTML, rows for pandas, and a pickle."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas
import pytest

import costcalc
from costcalc import UsageError, closed_form, fit, sweep
from costcalc.shown import Shown

from .cli.running import shown as printed
from .loading import load
from .render.test_html_format import Page

ROOT = Path(__file__).resolve().parent.parent


def cost(**point: Any) -> costcalc.Cost:
    # costcalc.Cost is asked for, so that what objects show is there.
    return load("mobilenet_v2").cost(**point)


# -- a line


def test_a_network_is_told_in_a_line() -> None:
    assert repr(load("mobilenet_v2")) == "<Network mobilenet_v2: alpha=1.0, res=224, classes=1000, +7; 3 variants>"
    assert repr(load("squeezenet")) == "<Network squeezenet: k1=7, c1=96, late=True, +3; 2 variants>"


def test_a_cost_is_told_in_a_line_with_what_was_given() -> None:
    assert repr(cost(alpha=0.5)) == "<Cost mobilenet_v2 alpha=0.5: 1,968,680 params, 97,131,840 mult-adds>"
    assert repr(cost()) == "<Cost mobilenet_v2: 3,504,872 params, 300,774,272 mult-adds>"
    assert repr(cost(expand_first=True, depthwise="once", fc_bias=False)).startswith(
        "<Cost mobilenet_v2 expand_first=True, fc_bias=False: "
    )
    by_other = cost(convention="flops")
    assert repr(by_other) == f"<Cost mobilenet_v2: 3,504,872 params, 300,774,272 mult-adds, {by_other.counted:,} FLOPs>"


def test_costs_of_arrays_and_symbols_are_told_in_a_line() -> None:
    numpy = pytest.importorskip("numpy")
    many = load("mobilenet_v1").cost(alpha=numpy.array([0.25, 0.5, 1.0]))
    assert repr(many) == str(many) == "<Cost mobilenet_v1 alpha=<3 values>: 3 points>"
    assert many._repr_html_() is None
    sympy = pytest.importorskip("sympy")
    symbolic = load("standard").cost(M=sympy.Symbol("M", integer=True, positive=True))
    assert repr(symbolic) == "<Cost standard M=M: 4608*M params, 903168*M mult-adds>"
    assert str(symbolic) == repr(symbolic)


def test_rows_are_told_in_a_line() -> None:
    rows = {row.name: row for row in cost().by("layer")}
    assert repr(rows["stage3.1.dw"]) == (
        "<Row stage3.1.dw: conv dw / s2, 112x112x96 -> 56x56x96, 1,056 params, 2,709,504 mult-adds>"
    )
    assert repr(cost().by("op")[0]) == "<Row conv2d: 2,189,760 params, 299,494,272 mult-adds>"
    assert repr(cost().layers[0]) == (
        "<LayerCost stage1.conv: conv2d, 224x224x3 -> 112x112x32, 864 params, 10,838,016 mult-adds>"
    )


def results() -> list[Any]:
    network = load("mobilenet_v1")
    at = network.cost()
    return [
        at,
        at.memory(bits=8),
        at.roofline("coral_edge_tpu"),
        closed_form(network),
        fit("mobilenet_v1", max={"mult_adds": "150M"}),
        sweep("mobilenet_v1", alpha=[0.5, 1], res=[128, 224]),
    ]


def test_results_are_told_in_a_line() -> None:
    assert [repr(result) for result in results()[1:]] == [
        "<MemoryUse live, 8 bits, batch 1: peak 1,204,224 bytes (1.15 MiB) at stage2.pw.conv>",
        f"<Roofline coral_edge_tpu, int8, batch 1: at least {results()[2].bound:.3g} s>",
        "<ClosedForm mobilenet_v1 in alpha, res: params = 3139584*alpha**2 + 1091392*alpha + 1000, "
        "mult_adds = 539492352*alpha**2*rho**2 + 28224000*alpha*rho**2 + 1024000*…>",
        "<Fit mult_adds=150M: 9 of 16 points fit; the best is mobilenet_v1:alpha=0.5>",
        "<Sweep mobilenet_v1: 4 rows of alpha, res, params, mult_adds>",
    ]
    step = load("mobilenet_v1").cost().training("adam")
    assert (
        repr(step)
        == str(step)
        == ("<Training adam, 32 bits, batch 1: 1,126,642,688 mult-adds backwards, 128,834,080 bytes (122.87 MiB)>")
    )
    point = fit("mobilenet_v1", max={"mult_adds": "150M"}).points[0]
    assert repr(point) == "<FitPoint mobilenet_v1:alpha=0.5: params 1,331,592, mult_adds 149,497,088>"
    assert repr(closed_form(load("mobilenet_v1")).total).startswith("<FormRow total: params = 3139584*alpha**2")


def test_a_name_cannot_steer_a_terminal() -> None:
    row = costcalc.Row("a\x1b[31m", "conv", "", 1, (), None, 1, 2, 2)
    assert repr(row) == "<Row a\\x1b[31m: conv, 1 params, 2 mult-adds>"


# -- tables


def test_a_cost_prints_what_show_does() -> None:
    for words, made in (
        (["show", "mobilenet_v2", "--alpha", "0.5"], cost(alpha=0.5)),
        (["show", "mobilenet_v2", "--convention", "flops"], cost(convention="flops")),
        (["show", "efficientnet_b3"], load("efficientnet_b3").cost()),
    ):
        assert f"{made}\n" == printed(*words)


def test_a_cost_is_a_table_in_a_notebook() -> None:
    html = cost(alpha=0.5)._repr_html_()
    assert html == printed("show", "mobilenet_v2", "--alpha", "0.5", "--format", "html")
    assert html is not None
    rows = Page(html).rows
    assert ["stage1", "1", "conv / s2"] in [row[:3] for row in rows]


def test_every_result_has_a_table_as_text_and_as_html() -> None:
    for result in results():
        assert isinstance(result, Shown)
        assert str(result).count("\n") > 3
        assert str(result) != repr(result)
        assert len(Page(result._repr_html_()).rows) > 2


def test_a_long_sweep_shows_its_first_rows() -> None:
    found = sweep("mobilenet_v1", res=list(range(32, 132)))
    assert len(Page(found._repr_html_()).rows) == 1 + 20
    assert str(found).endswith("The first 20 of 100 rows.")


def test_text_of_a_spec_is_escaped(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("network: own\ntitle: '<script>alert(1)</script>'\ninput: 8 x 8 x 3\nlayers: conv(3x3, 4)\n")
    html = costcalc.load(str(own)).cost()._repr_html_()
    assert html is not None
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_without_the_public_names_a_cost_is_its_line() -> None:
    code = "from costcalc.network import load; cost = load('mobilenet_v1').cost();"
    code += "print(str(cost) == repr(cost), cost._repr_html_())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "True None\n"


@pytest.mark.parametrize("printing", [False, True])
def test_tables_are_loaded_when_something_is_printed(printing: bool) -> None:
    code = "import sys, costcalc; cost = costcalc.load('mobilenet_v1').cost(); repr(cost);" + "str(cost);" * printing
    code += "print('costcalc.faces' in sys.modules, 'sympy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == f"{printing} False\n"


# -- rows by name


def test_a_row_is_found_by_its_name_in_any_table() -> None:
    at = cost()
    for by in ("layer", "block", "stage", "primitive"):
        for row in at.by(by):
            assert at[row.name].mult_adds == row.mult_adds, row.name
            assert at[row.name].params == row.params
            assert row.name in at


def test_a_copy_is_found_by_its_own_name() -> None:
    at = cost()
    assert (at["stage6.2.dw"].count, at["stage6.3.dw"].count) == (2, 1)
    assert at["stage6.2.dw"].mult_adds == 2 * at["stage6.3.dw"].mult_adds == 2_032_128  # 2 · 14·14·576·9
    assert at["stage6.3"].params == sum(at[f"stage6.3.{part}"].params for part in ("expand", "dw", "project", "out"))
    assert at["stage6.3.dw.conv"].params == 9 * 576


@pytest.mark.parametrize("name", ["stage3.1.dv", "stage", "stage1.", "", "stage3.1.dw.conv.x", 0])
def test_a_name_that_is_not_there_gets_the_nearest(name: Any) -> None:
    at = cost()
    with pytest.raises(KeyError) as e:
        at[name]
    assert isinstance(e.value, UsageError)
    assert str(e.value).startswith(f"no layer, block or stage of mobilenet_v2 is called '{name}'")
    assert name not in at
    if name == "stage3.1.dv":
        assert "did you mean 'stage3.1.dw'" in str(e.value)


def test_a_cost_is_no_sequence() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        iter(cost())  # type: ignore[call-overload]


# -- pandas


def test_rows_are_what_pandas_takes() -> None:
    at = cost(alpha=0.5)
    frame = pandas.DataFrame(at.layers)
    assert list(frame["name"]) == [layer.name for layer in at.layers]
    assert frame["mult_adds"].sum() == at.mult_adds
    assert list(frame.columns) == [
        "name", "op", "inputs", "in_c", "in_h", "in_w", "out_c", "out_h", "out_w", "count", "params", "mult_adds",
        "counted",
    ]  # fmt: skip
    first = dict(at.layers[0])
    assert (first["in_c"], first["in_h"], first["out_c"], first["out_w"]) == (3, 224, 16, 112)
    assert len(at.layers[0]) == len(first)


@pytest.mark.parametrize("by", ["layer", "primitive", "block", "stage", "op", "kind"])
def test_a_frame_adds_up(by: Any) -> None:
    at = cost()
    frame = at.to_pandas(by)
    assert list(frame["name"]) == [row.name for row in at.by(by)]
    assert (frame["params"].sum(), frame["mult_adds"].sum()) == (at.params, at.mult_adds)
    assert ("out_h" in frame.columns) == (by not in ("op", "kind"))
    assert ("type" in frame.columns) == (by in ("layer", "primitive"))
    assert "counted" not in frame.columns
    assert cost(convention="flops").to_pandas(by)["counted"].sum() == cost(convention="flops").counted


def test_whole_numbers_stay_whole_where_some_rows_have_none() -> None:
    frame = load("vit_b_16").cost().to_pandas()  # its learned tensors have no input
    assert frame["in_c"].isna().any()
    assert {str(frame[name].dtype) for name in ("in_c", "in_h", "out_h")} == {"Int64", "int64"}
    assert frame["in_h"].max() == 224


def test_sizes_of_sequences_and_videos_have_their_letters() -> None:
    sequence, video = load("tcn").cost().layers[0], load("r3d_18").cost().layers[0]
    assert [sequence[key] for key in ("in_c", "in_l")] == list(sequence.in_shapes[0])
    assert [video[key] for key in ("out_c", "out_d", "out_h", "out_w")] == list(video.out_shape)


def test_frames_of_results() -> None:
    _, memory, bounds, _, found, swept = results()
    frame = memory.to_pandas()
    assert (frame["weight_bytes"].sum(), frame["live_bytes"].max()) == (memory.flash, memory.peak)
    assert bounds.to_pandas()["bytes"].sum() == bounds.bytes
    assert list(found.to_pandas()["mult_adds"]) == [point.figures["mult_adds"] for point in found.points]
    assert list(swept.to_pandas()["params"]) == list(swept["params"])


def test_without_pandas_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UsageError, match=r"^to_pandas\(\) needs pandas: pip install pandas$"):
        cost().to_pandas()


# -- pickle


def test_what_is_pickled_shows_the_same() -> None:
    for result in [*results(), load("mobilenet_v2"), cost().training()]:
        again = pickle.loads(pickle.dumps(result))
        assert (repr(again), str(again)) == (repr(result), str(result))
    assert str(copy.deepcopy(cost(alpha=0.5))) == str(cost(alpha=0.5))


def test_a_pickled_cost_has_its_network_when_it_is_asked_for() -> None:
    again = pickle.loads(pickle.dumps(cost(alpha=0.5)))
    assert again.network.cost(alpha=0.5).params == again.params
    assert again.network is again.network
    pruned = costcalc.load("mobilenet_v1")
    assert pickle.loads(pickle.dumps(pruned.cost())).network.name == "mobilenet_v1"
