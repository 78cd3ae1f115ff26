"""``reconcile``: its tables and documents, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from typing import Any

import pytest

from costcalc.language.find import shipped
from costcalc.papers import load_papers

from .running import TINY_MULT_ADDS, TINY_PARAMS, refused, run, shown


def document(*args: str) -> Any:
    return json.loads(shown("reconcile", *args, "--format", "json"))


def rows(*args: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shown("reconcile", *args, "--format", "csv"))))


# -- totals


def test_every_convention_has_its_row(tiny: str) -> None:
    found = {row["convention"]: row for row in rows(tiny)}
    assert set(found) == set(shipped("conventions"))
    assert found["mult_adds"]["work"] == str(TINY_MULT_ADDS)
    assert found["flops"]["work"] == str(2 * TINY_MULT_ADDS)
    assert {found["mult_adds"]["params"], found["thop"]["params"]} == {str(TINY_PARAMS)}
    assert (found["fvcore"]["unit"], found["fvcore"]["tool"]) == ("flops", "fvcore 0.1.5.post20221221")
    assert found["flops"]["ratio"] == "2.0"


def test_rows_go_from_the_least_work_to_the_most(tiny: str) -> None:
    work = [float(row["work"]) for row in rows(tiny) if row["work"]]
    assert work == sorted(work)


def test_parameters_and_variants(tiny: str) -> None:
    assert document(tiny, "--res", "16")["parameters"]["res"] == 16
    wide = document(tiny, "--variant", "tiny_wide")
    assert (wide["spec"], wide["parameters"]["alpha"]) == ("tiny_wide", 2)
    assert document(tiny, "--set", "alpha=2", "--deep")["conventions"] != document(tiny)["conventions"]


def test_only_some_conventions_and_one_of_my_own(tmp_path, tiny: str) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("convention: mine\nunit: ops\nzero: [weight, bias]\nwork: {'linear.mac': 7}\notherwise: 0\n")
    found = document(tiny, "--convention", str(mine), "--convention", "fvcore")["conventions"]
    assert [entry["convention"] for entry in found] == ["mine", "fvcore"]
    assert (found[0]["work"], found[0]["params"], found[0]["unit"], found[0]["tool"]) == (7 * 80, 0, "ops", None)
    assert "ratio" in shown("reconcile", tiny, "--convention", "mult_adds")


def test_one_that_cannot_count_the_network_says_why(tmp_path, tiny: str) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("convention: mine\nunit: ops\nwork: {'*.*': 1}\nparams: {'*.*': 1}\nexclude: [nowhere]\n")
    problem = "the convention mine leaves out nowhere, which this network doesn't have"
    (entry,) = document(tiny, "--convention", str(mine))["conventions"]
    assert (entry["work"], entry["params"], entry["problem"]) == (None, None, problem)
    assert f"mine: {problem}" in " ".join(shown("reconcile", tiny, "--convention", str(mine)).split())


def test_sources_whose_networks_have_other_classes() -> None:
    text = " ".join(shown("reconcile", "mobilenet_v2").split())
    assert "Networks of mobilenet_v1_release, mobilenet_v2_release have classes=1001." in text
    assert "have classes" not in " ".join(shown("reconcile", "mobilenet_v2", "--classes", "1001").split())


@pytest.mark.parametrize("args", [["--between", "fvcore", "ptflops_pytorch"], ["--explain", "314M"]])
def test_it_fits_80_columns_with_exact_figures(args: list[str]) -> None:
    text = shown("reconcile", "mobilenet_v2", *args, columns=80)
    assert max(map(len, text.splitlines())) <= 80
    assert "314,193,216" in text


def test_conventions_that_give_the_same_number_share_a_row() -> None:
    text = shown("reconcile", "mobilenet_v2")
    table = text.split("─\n")[1].splitlines()
    found = {row["convention"]: row for row in rows("mobilenet_v2") if row["work"]}
    named = []
    for line in table[: next(k for k, line in enumerate(table) if line.startswith("*: "))]:
        work, unit, ratio, params, names = re.split(r" {2,}", line.strip())
        for name in names.replace("*", "").split(", "):
            named.append(name)
            assert (round(float(found[name]["work"])), found[name]["params"]) == (
                int(work.replace(",", "")),
                params.replace(",", ""),
            )
            assert found[name]["unit"] in unit.split(", ")
            assert float(ratio) == pytest.approx(float(found[name]["ratio"]), rel=1e-3)
    assert sorted(named) == sorted(found)
    assert len(table) < len(found)
    assert text.splitlines()[-1] == (
        f"{len(found)} conventions, {len({(round(float(r['work'])), r['params']) for r in found.values()})} totals:"
        " 280,117,869 (hrnet_summary) to 627,687,672 (torchstat_madd)"
    )


def test_all_totals_fit_80_columns_and_are_exact() -> None:
    lines = shown("reconcile", "mobilenet_v2", columns=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("314,193,216 flops ") for line in lines)
    assert "Rounded to" not in "".join(lines)
    assert len(lines) - next(k for k, line in enumerate(lines) if line.startswith("*: ")) <= 10


# -- between two


def test_the_steps_and_their_running_total() -> None:
    text = shown("reconcile", "mobilenet_v2", "--between", "fvcore", "ptflops_pytorch", columns=80)
    lines = [line.split("  ") for line in text.splitlines()]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert ["the same in both", "314,193,216", "314,193,216", "0", "314,193,216"] in cells
    assert ["relu6.relu6", "0", "6,105,792", "6,105,792", "320,299,008"] in cells
    assert ["linear.bias_add", "0", "1,000", "1,000", "320,300,008"] in cells
    assert ["total", "314,193,216", "320,300,008", "6,106,792", "320,300,008"] in cells
    assert "Params are the same in both." in text


def test_params_have_a_table_where_they_differ() -> None:
    text = shown("reconcile", "mobilenet_v2", "--between", "mult_adds", "keras")
    assert "From mult_adds to keras: params" in text
    assert "batch_norm.variance" in text
    assert "Params are the same" not in text


def test_the_document_adds_up() -> None:
    found = document("mobilenet_v2", "--between", "thop", "onnx_tool", "--by", "stage")
    assert [side["convention"] for side in found["between"]] == ["thop", "onnx_tool"]
    for measure in ("work", "params"):
        part = found[measure]
        assert part["same"] + sum(step["before"] for step in part["steps"]) == part["before"]
        assert part["same"] + sum(step["after"] for step in part["steps"]) == part["after"]
        assert all(step["difference"] == step["after"] - step["before"] for step in part["steps"])


def test_csv_has_both_measures_and_the_rules() -> None:
    found = rows("mobilenet_v2", "--between", "thop", "onnx_tool")
    assert {row["measure"] for row in found} == {"work", "params"}
    norm = next(row for row in found if row["step"] == "batch_norm.norm")
    assert (norm["rule_before"], norm["rule_after"]) == ("0 if norms == subclass else 4*norm", "1")
    assert int(norm["difference"]) == int(norm["after"]) - int(norm["before"])


def test_values_of_parameters_behind_two_names() -> None:
    at = document("mobilenet_v2", "--between", "thop", "torch", "--res", "192")["parameters"]
    assert at["res"] == 192
    assert document("--between", "thop", "torch", "mobilenet_v2", "--rho", "6/7")["parameters"]["res"] == 192


# -- what gives a figure


def test_a_figure_is_explained() -> None:
    found = document("mobilenet_v2", "--explain", "314M")
    assert found["figure"] == "314M"
    first = found["explanations"][0]
    assert (first["conventions"], first["value"], first["at"]) == (["fvcore"], 314193216, {})
    assert (first["unit"], first["measure"], first["printed"]) == ("flops", "work", "rounded or truncated")
    assert found["nearest"] == []


def test_many_conventions_are_named_in_part_to_people_and_all_to_programs() -> None:
    text = " ".join(shown("reconcile", "mobilenet_v2", "--explain", "3,504,872", columns=80).split())
    row = rows("mobilenet_v2", "--explain", "3,504,872")[0]
    names = row["conventions"].split(", ")
    assert len(names) > 15
    assert f"and {len(names) - 3} more" in text
    every = " ".join(shown("reconcile", "mobilenet_v2", "--explain", "3,504,872", "--all", columns=80).split())
    assert all(name in every for name in names)


def test_a_figure_that_nothing_gives() -> None:
    found = document("mobilenet_v2", "--explain", "315.5M")
    assert found["explanations"] == []
    assert len(found["nearest"]) == 3
    assert "gives 315.5M" in " ".join(shown("reconcile", "mobilenet_v2", "--explain", "315.5M").split())


def test_a_variant_is_the_answer() -> None:
    text = shown("reconcile", "resnet_50", "--explain", "4.1G", columns=80)
    assert " ".join(text.split()).startswith(
        "4.1G is resnet_50_v1_5 (stride in the 3x3 convolution instead of the first 1x1): "
        "4,089,184,256 mult-adds, rounded exact unit printed cause counted as "
    )
    assert "resnet_50 itself: nothing gives it; the nearest is 3,908,961,280" in text
    assert "Tried: 63 conventions" in text
    assert "4,089,184,256" in text
    first = document("resnet_50", "--explain", "4.1G")["explanations"][0]
    assert (first["network"], first["causes"], first["value"]) == ("resnet_50_v1_5", ["variant"], 4089184256)


def test_both_readings_of_a_figure_that_ends_in_a_zero_are_said() -> None:
    text = " ".join(shown("reconcile", "efficientnet_b0", "--explain", "390M", columns=80).split())
    assert text.startswith("390M of efficientnet_b0: as 0.39 B; 385,814,752 mult-adds, rounded ")
    assert "Also read as 0.39 B: zeros at the end may say nothing." in text
    found = document("efficientnet_b0", "--explain", "390M")
    assert found["readings"] == ["0.39 B"]
    assert found["explanations"][0]["conventions"] == ["mult_adds"]


def reason(figure: str) -> str:
    """What MobileNetV2's paper file says of a figure of its Table 4."""
    (paper,) = [p for p in load_papers() if p.family == "mobilenet_v2"]
    (table,) = [t for t in paper.tables if t.name == "Table 4"]
    return next(f.reason for r in table.rows for f in r.figures if f.printed and f.printed.text == figure)


@pytest.mark.parametrize("figure", ["585M", "6.9M"])
def test_figures_that_a_paper_table_has(figure: str) -> None:
    args = ("mobilenet_v2", "--alpha", "1.4", "--explain", figure)
    (cause,) = [e for e in document(*args)["explanations"] if e["causes"] == ["printed"]]
    assert cause["words"][0].startswith("printed in MobileNetV2, Table 4, ")
    assert reason(figure).rstrip(".") in cause["evidence"]
    assert (cause["value"], cause["conventions"]) == (None, [])
    text = " ".join(shown("reconcile", *args, columns=80).split())
    assert "MobileNetV2, Table 4" in text
    assert reason(figure).rstrip(".") in text


def test_a_figure_of_the_same_network_elsewhere_is_not_recognised() -> None:
    found = document("mobilenet_v2", "--alpha", "0.5", "--explain", "585M")
    assert all("printed" not in e["causes"] for e in found["explanations"])


def test_networks_by_their_figures() -> None:
    found = document("--any", "--explain", "5.3M", "--explain", "390M")
    assert found["figures"] == ["5.3M", "390M"]
    first = found["networks"][0]
    assert "efficientnet_b0" in first["names"]
    assert (first["params"], first["mult_adds"]) == (5288548, 385814752)
    assert first["figures"] == ["5.3M: params", "390M: mult-adds, as 0.39 B"]
    (row,) = rows("--any", "--explain", "5.3M", "--explain", "390M")
    assert row["params"] == "5288548"
    near = document("--any", "--explain", "12,345")
    assert (near["networks"], len(near["nearest"])) == ([], 5)


# -- formats, mistakes


@pytest.mark.parametrize("fmt", ["markdown", "latex"])
@pytest.mark.parametrize("args", [[], ["--between", "fvcore", "thop"], ["--explain", "314M"]])
def test_markup(fmt: str, args: list[str]) -> None:
    text = shown("reconcile", "mobilenet_v2", *args, "--format", fmt)
    assert "314,193,216" in text
    assert ("\\toprule" in text) == (fmt == "latex")


def test_into_a_file(tmp_path, tiny: str) -> None:
    path = tmp_path / "out.json"
    assert shown("reconcile", tiny, "--format", "json", "-o", str(path)) == ""
    assert json.loads(path.read_text()) == document(tiny)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--between", "fvcor", "thop"], "no convention is called 'fvcor' (did you mean 'fvcore'?); there are "),
        (["--between", "fvcore", "x.yaml"], "there is no file 'x.yaml'"),
        (["--between", "fvcore"], "Option '--between' requires 2 arguments."),
        (["--convention", "nope"], "no convention is called 'nope'; there are "),
        (["--explain", "lots"], "--explain: 'lots' is no printed figure"),
        (["--explain", "~314M"], "--explain: '~314M' is approximate or a bound"),
        (["--explain", "94.86%"], "--explain takes a count such as '314M', not the share '94.86%'"),
        (["--explain", ""], "--explain: empty figure"),
        (["--explain", "314M", "--between", "fvcore", "thop"], "--between and --explain are two questions"),
        (["--explain", "314M", "--explain", "3.5M"], "--explain takes one figure of a network; two are for --any"),
        (["--any", "--explain", "314M"], "--any asks for networks by their figures: costcalc reconcile --any"),
        (["--convention", "fvcore", "--between", "fvcore", "thop"], "--between names its conventions itself"),
        (["--by", "part"], "--by is for --between"),
        (["--by", "kind", "--between", "fvcore", "thop"], "Invalid value for '--by': 'kind' is not one of 'part'"),
        (["--alpha", "9"], "alpha is from 0.25 to 2, not 9"),
    ],
)
def test_mistakes(tiny: str, args: list[str], message: str) -> None:
    assert refused("reconcile", tiny, *args).startswith(message)


def test_a_convention_without_a_rule_is_no_side_of_a_waterfall(tmp_path, tiny: str) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("convention: mine\nunit: ops\nparams: {'*.*': 1}\nwork: {'*.mac': 1}\n")
    message = refused("reconcile", tiny, "--between", "mult_adds", str(mine))
    assert message.endswith(
        "mine.yaml:1:1: the convention mine says nothing about batch_norm, relu, avg_pool, linear (bias_add)"
    )


def test_a_convention_that_says_nothing_about_a_kind_says_so_in_its_row() -> None:
    text = shown("reconcile", "efficientnet_b0", "--convention", "convnet_burden")
    assert "\nOf swish nothing is said by convnet_burden.\n" in text
    assert "Of some layers nothing is said by condensenet_flops, convnet_burden and " in shown(
        "reconcile", "efficientnet_b0"
    )
    (entry,) = document("efficientnet_b0", "--convention", "convnet_burden")["conventions"]
    assert entry["work"] is None
    assert entry["problem"].endswith("the convention convnet_burden says nothing about swish")


def test_what_a_tool_passes_over_is_named() -> None:
    (entry,) = document("efficientnet_b0", "--convention", "thop")["conventions"]
    swish, sigmoid, mul, add = entry["passed_over"]
    assert (swish["kind"], swish["layers"]) == ("swish", 49)
    assert (sigmoid["kind"], mul["kind"], add["kind"], add["layers"]) == ("sigmoid", "mul", "add", 9)
    assert swish["parts"] == {"swish": 6157916}
    lines = [line.split() for line in shown("reconcile", "efficientnet_b0", "--convention", "thop").splitlines()]
    assert [line[1:3] for line in lines if line[:1] == ["thop"]] == [
        ["swish", "49"], ["mul", "16"], ["add", "9"], ["sigmoid", "16"],
    ]  # fmt: skip
    assert lines[-1] == ["thop:", "415,145,024", "MACs"]
    text = " ".join(shown("show", "efficientnet_b0", "--convention", "thop").split())
    assert "thop has no rule for 49 swish, 16 sigmoid, 16 mul, 9 add: they count 0 here." in text
    assert "has no rule" not in shown("show", "efficientnet_b0", "--convention", "flops")


def test_how_much_a_tool_passes_over() -> None:
    text = " ".join(shown("reconcile", "mask_rcnn_50").split())
    assert "Mult-adds that a tool passes over, so that its total is no total: darknet 5,138,022,400, " in text
    assert ", torchprofiler 5,138,022,400" in text
    lines = [line.split() for line in shown("reconcile", "mask_rcnn_50", "--convention", "torchprofiler").splitlines()]
    assert ["torchprofiler", "conv_transpose2d", "(mac)", "100", "5,138,022,400", "no", "rule"] in lines
    assert ["torchprofiler", "add", "19", "83,840,000", "sums", "is", "in_place"] in lines
    assert "passes over" not in shown("reconcile", "mask_rcnn_50", "--convention", "flops")


def test_what_a_tool_does_not_see_as_the_code_is_written() -> None:
    """torchvision's MobileNetV2 calls a function for its last pool, its EfficientNet has a module."""
    (entry,) = document("mobilenet_v2", "--convention", "thop")["conventions"]
    (pool,) = entry["unseen"]
    assert (pool["kind"], pool["layers"], pool["written"]) == ("avg_pool", 1, "global_pool is function")
    assert sum(pool["parts"].values()) == 1280 * 49
    lines = [line.split() for line in shown("reconcile", "mobilenet_v2", "--convention", "thop").splitlines()]
    assert ["thop", "avg_pool", "1", "62,720", "global_pool", "is", "function"] in lines
    assert "thop*" in shown("reconcile", "mobilenet_v2")
    assert "torchinfo*" not in shown("reconcile", "mobilenet_v2")
    for network, convention in (("efficientnet_b0", "thop"), ("mobilenet_v2", "flops"), ("resnet_50", "thop")):
        (entry,) = document(network, "--convention", convention)["conventions"]
        assert "unseen" not in entry


def test_checks_hold_where_python_leaves_out_its_asserts() -> None:
    args = [sys.executable, "-O", "-m", "costcalc", "reconcile", "mobilenet_v2", "--between", "mult_adds"]
    result = subprocess.run([*args, "detection_head"], capture_output=True, text=True, check=False)
    message = "Error: the convention detection_head leaves out net, which this network doesn't have\n"
    assert (result.returncode, result.stdout, result.stderr) == (2, "", message)


def test_list_counts_by_a_convention_too() -> None:
    found = json.loads(shown("list", "mobilenet_v2", "--convention", "fvcore", "--format", "json"))["networks"]
    entry = next(entry for entry in found if entry["name"] == "mobilenet_v2")
    assert (entry["counted"], entry["unit"], entry["convention"]) == (314193216, "flops", "fvcore")
    assert (entry["mult_adds"], entry["counted_params"]) == (300774272, entry["params"])
    assert "counted (flops)" in shown("list", "mobilenet_v2", "--convention", "fvcore", columns=120)
    assert refused("list", "--convention", "fvcor").startswith("no convention is called 'fvcor'")


def test_lint_reads_conventions_and_how_code_is_written(tmp_path) -> None:
    assert shown("lint", "torchvision", "fvcore") == "torchvision: no problems\nfvcore: no problems\n"
    path = tmp_path / "mine.yaml"
    path.write_text("code: mine\nversion: 1\nnetworks: {a: {pool: module}}\n")
    result = run("lint", str(path))
    assert (result.exit_code, result.stdout) == (1, f"{path}:3:16: no property is called 'pool'\n")


def test_a_network_without_parameters_has_a_plain_title(tmp_path) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text("network: plain\ninput: 8 x 8 x 3\nlayers:\n  a: conv(3x3, 8)\n")
    assert shown("reconcile", str(path)).splitlines()[0].rstrip() == "plain"
