"""``compare``: totals, kinds, strides and the layers that differ, in every format; points; bad input."""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from costcalc import load

from .running import TINY, TINY_MULT_ADDS, TINY_PARAMS, process, refused, run, shown
from .test_imports import HEAVY, loaded
from .test_show_table import cells, first_table, number

THREE = ["mobilenet_v1", "vs", "mobilenet_v1:alpha=0.5,res=160", "vs", "mobilenet_v2"]
COSTS = [load("mobilenet_v1").cost(), load("mobilenet_v1").cost(alpha=0.5, res=160), load("mobilenet_v2").cost()]
MEASURES = ("params", "mult_adds")


def document(*args: str, **options: Any) -> Any:
    return json.loads(shown("compare", *args, "--format", "json", **options))


def table(*args: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shown("compare", *args, "--format", "csv"))))


@pytest.fixture
def other(tmp_path: Path, tiny: str) -> str:
    """Another version of ``tiny``: a layer more, one less, two wider, an activation exchanged."""
    text = Path(tiny).read_text(encoding="utf-8")
    for old, new in (
        ("  8²x3  | conv 3x3 | 8        | 1 |", "  8²x3  | conv 3x3 | 8        | 1 |\n  8²x8  | conv 5x5 | 8 | 1 |"),
        ("  4²x8  | avgpool  |          |   |\n  1²x8 ", "  4²x9 "),
        ("=(16 if deep else 8)", "=9"),
        ("act=kind", "act=hswish"),
    ):
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "other.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


# -- tables


def test_the_totals_and_their_ratios() -> None:
    lines = shown("compare", *THREE).split("\n\n")[-1].splitlines()
    assert lines[0].split() == ["spec", "params", "×", "A", "mult-adds", "×", "A"]
    assert cells("\n".join(lines[2:5])) == [
        ["A", "mobilenet_v1", "4,231,976", "1.000", "568,740,352", "1.000"],
        ["B", "mobilenet_v1:alpha=0.5,res=160", "1,331,592", "0.3147", "76,524,800", "0.1346"],
        ["C", "mobilenet_v2", "3,504,872", "0.8282", "300,774,272", "0.5288"],
    ]
    assert lines[5:] == [
        "A: mobilenet_v1, alpha=1.0, 224x224x3",
        "B: mobilenet_v1, alpha=0.5, 160x160x3",
        "C: mobilenet_v2, alpha=1.0, 224x224x3",
        "mult-adds as in the papers: costcalc explain convention mult_adds",
    ]


def test_a_point_that_is_the_same_for_all_is_said_once(tiny: str) -> None:
    assert "\nBoth at alpha=1.0, 224x224x3.\n" in shown("compare", "mobilenet_v1", "vs", "mobilenet_v2")
    assert "\nB (" in shown("compare", "mobilenet_v1", "vs", tiny)


def test_table_3_of_the_mobilenets_paper() -> None:
    text = shown("compare", "standard", "vs", "separable", "vs", "separable:alpha=0.75,rho=0.714")
    assert [row[2:] for row in first_table(text.split("\n\n")[-1])[:3]] == [
        ["2,359,296", "1.000", "462,422,016", "1.000"],
        ["266,752", "0.1131", "52,283,392", "0.1131"],
        ["150,912", "0.06396", "15,091,200", "0.03264"],
    ]


def test_the_tables_in_their_order() -> None:
    titles = [part.splitlines()[0] for part in shown("compare", *THREE).split("\n\n")[:-1]]
    assert titles == [
        "Mult-adds by stride of the feature map", "Params by kind of layer", "Mult-adds by kind of layer",
    ]  # fmt: skip
    assert "Layers of C against A: " in shown("compare", *THREE, "--diff")
    for by, count in (("spec", 1), ("kind", 2), ("stride", 1), ("layer", 4)):
        assert len(shown("compare", *THREE, "--by", by).split("\n\n")) == count


def test_kinds_with_their_differences() -> None:
    part = shown("compare", *THREE, "--by", "kind").split("\n\n")[1]
    rows = {row[0]: row[1:] for row in first_table(part)}
    assert part.splitlines()[1].split() == ["kind", "A", "B", "B", "-", "A", "C", "C", "-", "A"]
    assert rows["conv dw 3x3"] == ["17,385,984", "4,435,200", "-12,950,784", "20,716,416", "3,330,432"]
    assert rows["add"] == ["0", "0", "0"]  # A and B have no such layer
    total = next(row for row in cells(part) if row[0] == "total")
    assert total[1:] == ["568,740,352", "76,524,800", "-492,215,552", "300,774,272", "-267,966,080"]


def test_stages_aligned_by_resolution() -> None:
    rows = first_table(shown("compare", *THREE, "--by", "stride"))
    assert rows[0] == ["2", "112²x64", "40,140,800", "80²x32", "6,963,200", "112²x16", "40,140,800"]
    assert [row[0] for row in rows] == ["2", "4", "8", "16", "32", "head"]
    assert rows[-1][1::2] == ["1²x1000"] * 3


@pytest.mark.parametrize("by", ["kind", "stride"])
@pytest.mark.parametrize("fmt", ["table", "markdown", "latex"])
def test_rows_add_up(by: str, fmt: str) -> None:
    """Each column of figures, where every row has one: these two networks have the same strides."""
    text = shown("compare", "mobilenet_v1", "vs", "mobilenet_v1:alpha=0.5", "--by", by, "--format", fmt)
    part = text.split("Mult-adds by")[1].split("Params by")[0].replace("$-$", "-")  # LaTeX's minus
    lines = [re.findall(r"(?<=\s)-?\d{1,3}(?:,\d{3})*(?=\s|$)", line) for line in part.splitlines()]
    *rows, total = ([number(n) for n in line[-3 if by == "kind" else -2 :]] for line in lines if len(line) > 1)
    assert total[:2] == [568740352, load("mobilenet_v1").cost(alpha=0.5).mult_adds]
    assert [sum(column) for column in zip(*rows, strict=True)] == total


@pytest.mark.parametrize("by", ["kind", "stride"])
@pytest.mark.parametrize("specs", [THREE, ["vgg_16", "vs", "efficientdet_d0"], ["eyes", "vs", "tiny"]])
def test_rows_add_up_for_programs(request: pytest.FixtureRequest, by: str, specs: list[str]) -> None:
    words = [request.getfixturevalue(word) if word in ("eyes", "tiny") else word for word in specs]
    *rows, total = table(*words, "--by", by, "--total")
    assert rows == table(*words, "--by", by)
    totals = [entry["totals"] for entry in document(*words)["specs"]]
    for letter, found in zip("ABC", totals, strict=False):
        for measure in MEASURES:
            column = f"{letter}_{measure}"
            assert sum(int(row[column] or 0) for row in rows) == int(total[column]) == found[measure]


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("specs", [THREE, ["efficientnet_b0", "vs", "efficientdet_d0"], [*THREE, "vs", *THREE]])
def test_it_fits_the_terminal(specs: list[str], columns: int) -> None:
    text = shown("compare", *specs, "--diff", columns=columns)
    assert max(map(len, text.splitlines())) <= columns


def test_three_networks_have_every_digit_in_80_columns() -> None:
    text = shown("compare", *THREE, columns=80)
    assert "Not shown" not in text
    for cost in COSTS:
        assert f"{cost.mult_adds:,}" in text


def test_a_pipe_has_full_width_and_no_escape_sequences() -> None:
    done = process("compare", *THREE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == shown("compare", *THREE)
    assert b"\x1b" not in done.stdout


def test_many_networks() -> None:
    words = " vs ".join(["standard"] * 30).split()
    rows = first_table(shown("compare", *words, "--by", "spec"))
    assert [row[0] for row in rows[:30]][-5:] == ["Z", "A1", "B1", "C1", "D1"]


# -- for programs


def test_the_json() -> None:
    found = document(*THREE)
    assert list(found) == ["format", "convention", "specs", "kinds", "strides", "diff"]
    assert [list(entry) for entry in found["specs"]] == [["spec", "given_as", "parameters", "totals", "ratios"]] * 3
    assert [entry["given_as"] for entry in found["specs"]] == THREE[::2]
    for entry, cost in zip(found["specs"], COSTS, strict=True):
        assert entry["spec"] == cost.spec
        assert entry["parameters"] == cost.parameters
        assert entry["totals"] == {"params": cost.params, "mult_adds": cost.mult_adds}
        for measure in MEASURES:
            exact = Fraction(entry["ratios"][measure]["numerator"], entry["ratios"][measure]["denominator"])
            assert exact == Fraction(getattr(cost, measure), getattr(COSTS[0], measure))
    for rows in (found["kinds"], found["strides"]):
        for k, cost in enumerate(COSTS):
            for measure in MEASURES:
                assert sum(row[measure][k] or 0 for row in rows) == getattr(cost, measure)
    assert found["kinds"][0]["kind"] == "conv 1x1"
    assert found["strides"][0]["maps"] == [[64, 112, 112], [32, 80, 80], [16, 112, 112]]
    assert [row["stride"] for row in found["strides"]] == [2, 4, 8, 16, 32, "head"]
    assert found["diff"] == []


def test_json_of_a_layer_that_a_spec_lacks() -> None:
    found = document("mobilenet_v1", "vs", "mobilenet_v2")
    assert next(row for row in found["kinds"] if row["kind"] == "add")["params"] == [None, 0]


def test_the_ratio_of_a_separable_convolution_is_exact() -> None:
    ratios = document("standard", "vs", "separable")["specs"][1]["ratios"]
    assert ratios["mult_adds"] == {"numerator": 521, "denominator": 4608}
    assert Fraction(521, 4608) == Fraction(1, 512) + Fraction(1, 9)


def test_a_ratio_to_nothing(tmp_path: Path) -> None:
    path = tmp_path / "nothing.yaml"
    path.write_text("network: nothing\ninput: 8 x 8 x 3\nlayers:\n  a: maxpool(2x2, 2)\n")
    assert document(str(path), "vs", "standard")["specs"][1]["ratios"] == {"params": None, "mult_adds": None}
    assert table(str(path), "vs", "standard")[1]["params_ratio"] == ""


def test_csv_has_the_totals_unless_another_table_is_asked_for() -> None:
    rows = table(*THREE)
    assert list(rows[0]) == [
        "letter", "spec", "name", "parameters", "params", "params_ratio", "mult_adds", "mult_adds_ratio",
    ]  # fmt: skip
    assert [(int(row["params"]), int(row["mult_adds"])) for row in rows] == [(c.params, c.mult_adds) for c in COSTS]
    assert rows[1]["parameters"] == "alpha=0.5, res=160, classes=1000"
    assert rows == table(*THREE, "--by", "spec")


def test_csv_of_differences() -> None:
    rows = table("mobilenet_v1", "vs", "mobilenet_v2", "--by", "kind")
    for row in rows:
        assert int(row["B_params_difference"]) == int(row["B_params"] or 0) - int(row["A_params"] or 0)


def test_csv_of_layers_accounts_for_the_totals(tiny: str, other: str) -> None:
    rows = table(tiny, "vs", other, "--by", "layer")
    totals = [{r["in"]: 0 for r in rows} for _ in MEASURES]
    for row in rows:
        for k, measure in enumerate(MEASURES):
            totals[k][row["in"]] += int(row[measure])
    found = document(tiny, "vs", other)["specs"]
    for k, measure in enumerate(MEASURES):
        assert totals[k]["B"] - totals[k]["A"] == found[1]["totals"][measure] - found[0]["totals"][measure]


def test_into_a_file(tmp_path: Path) -> None:
    path = tmp_path / "out.md"
    assert shown("compare", *THREE, "--format", "markdown", "-o", str(path)) == ""
    assert path.read_text(encoding="utf-8") == shown("compare", *THREE, "--format", "markdown")


def test_another_convention() -> None:
    args = ["mobilenet_v1", "vs", "mobilenet_v1:res=160", "--convention", "mobilenet_v1_paper"]
    text = shown("compare", *args)
    assert text.split("\n\n")[-1].splitlines()[0].split()[-4:] == ["counted", "(mult-adds)", "×", "A"]
    entry = document(*args)["specs"][1]
    # Times (160/224)², as the paper has it, and not by the count at 160.
    assert entry["ratios"]["counted"] == {"numerator": 25, "denominator": 49}
    assert list(entry["totals"]) == ["params", "mult_adds", "counted", "unit"]
    assert entry["totals"]["counted"] == 568740352 * 25 / 49
    assert (
        "\ncounted (mult-adds) as mobilenet_v1_paper has it: costcalc explain convention mobilenet_v1_paper\n" in text
    )
    assert refused("compare", *args[:3], "--convention", "nope").startswith("no convention is called 'nope'")


# -- points


def points(*args: str, **options: Any) -> list[dict[str, Any]]:
    return [entry["parameters"] for entry in document(*args, **options)["specs"]]


def test_shared_options_and_a_specs_own_point(tiny: str) -> None:
    found = points(
        tiny, "vs", f"{tiny}:alpha=2", "vs", f"{tiny}:deep=yes,kind=swish", "--alpha", "1/2", "--classes", "7"
    )
    assert [p["alpha"] for p in found] == [0.5, 2, 0.5]
    assert [p["classes"] for p in found] == [7, 7, 7]
    assert [p["deep"] for p in found] == [False, False, True]
    assert found[2]["kind"] == "swish"
    assert points("--set", "alpha=2", tiny, "vs", tiny)[0]["alpha"] == 2
    assert points("--deep", tiny, "vs", f"{tiny}:deep=no")[1]["deep"] is False


def test_an_option_is_for_those_that_have_it(tiny: str, eyes: str) -> None:
    assert [p.get("classes") for p in points(tiny, "vs", eyes, "--classes", "7")] == [7, None]


def test_a_points_resolution_wins_in_either_form(tiny: str) -> None:
    assert [p["res"] for p in points(tiny, "vs", f"{tiny}:rho=2", "--res", "4")] == [4, 16]
    assert [p["res"] for p in points(tiny, "vs", f"{tiny}:res=32", "--rho", "2")] == [16, 32]
    assert refused("compare", tiny, "vs", f"{tiny}:rho=2,res=32") == (
        f"{tiny}:rho=2,res=32: res 32 and rho 2 are in conflict: rho 2 is res 16; give one of them"
    )


def test_variants(tiny: str) -> None:
    found = document(tiny, "vs", f"{tiny}:variant=tiny_wide", "vs", f"{tiny}:variant=tiny_wide,alpha=1")["specs"]
    assert [entry["spec"] for entry in found] == ["tiny", "tiny_wide", "tiny_wide"]
    assert [entry["parameters"]["alpha"] for entry in found] == [1, 2, 1]
    assert document("efficientnet_b0", "vs", "efficientnet_b1")["specs"][1]["parameters"]["res"] == 240


def test_stdin_is_read_once() -> None:
    found = document("-", "vs", "-:alpha=2", stdin=TINY)
    assert [entry["parameters"]["alpha"] for entry in found["specs"]] == [1, 2]
    assert found["specs"][0]["totals"] == {"params": TINY_PARAMS, "mult_adds": TINY_MULT_ADDS}
    assert found["diff"][0]["layers"]


def test_a_path_may_have_colons(tmp_path: Path) -> None:
    for name in ("a:alpha=2.yaml", "a:b.yaml", "c:alpha=2"):
        path = tmp_path / name
        path.write_text(TINY, encoding="utf-8")
        assert points(str(path), "vs", f"{path}:alpha=0.5") == [
            {"alpha": alpha, "res": 8, "kind": "relu", "deep": False, "classes": 10} for alpha in (1, 0.5)
        ]


def test_a_file_called_vs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vs.yaml").write_text(TINY, encoding="utf-8")
    assert points("./vs.yaml", "vs", "./vs.yaml:alpha=2")[1]["alpha"] == 2


def test_the_commands_own_option_wins_over_a_parameter(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "network: net\nparameters:\n  diff: {default: 2, range: 1..9, doc: channels}\n  deep: no\n"
        "input: 8 x 8 x 3\nlayers:\n  a: conv(3x3, diff)\n"
    )
    words = [str(path), "vs", f"{path}:diff=3"]
    assert [p["diff"] for p in points(*words, "--diff", "--set", "diff=5")] == [5, 3]
    assert points(*words, "--no-diff")[0]["diff"] == 2
    assert [p["deep"] for p in points(str(path), "vs", "--diff", "--deep", str(path))] == [True, True]
    text = shown("compare", *words, "--help")
    assert re.search(r"--set diff=NUMBER +channels +\[default: 2; from 1 to 9\]", text)
    assert "--diff NUMBER" not in text


def test_the_help_has_the_parameters_of_all(tiny: str, eyes: str) -> None:
    text = shown("compare", f"{tiny}:alpha=2", "vs", eyes, "vs", tiny, "--help")
    assert text.count("Parameters of tiny:") == text.count("Parameters of eyes:") == 1
    assert "--kind WORD" in text


# -- the layers that differ


def test_two_versions_of_a_file(tiny: str, other: str) -> None:
    part = next(p for p in shown("compare", tiny, "vs", other).split("\n\n") if p.startswith("Layers of"))
    lines = part.splitlines()
    assert lines[0] == "Layers of B against A: 1 added, 1 removed, 3 changed"
    assert lines[1].split() == ["layer", "n", "type", "filter", "output", "ops", "params", "mult-adds"]
    assert first_table(part)[:8] == [
        ["+", "stage2", "1", "conv / s1", "5x5x8x8", "8²x8", "1,616", "102,400"],
        ["~", "stage2.1.pw", "3", "conv / s1", "1x1x8x8", "8²x8", "relu", "240", "12,288"],
        ["stage3.1.pw", "hswish"],
        ["~", "stage3.pw", "1", "conv / s1", "1x1x8x8", "4²x8", "relu", "80", "1,024"],
        ["stage4.pw", "1x1x8x9", "4²x9", "hswish", "90", "1,152"],
        ["-", "stage4", "1", "avgpool / s1", "pool 4x4", "1²x8", "0", "0"],
        ["~", "stage5", "1", "fc", "8x10", "1²x10", "90", "80"],
        ["144x10", "1,450", "1,440"],
    ]
    assert "\n~: as in A, and below it what is different in B\n" in part
    assert lines[-1] == "B against A: 1 added, 1 removed, 3 changed; params +2,986, mult-adds +103,888"


def test_the_diff_as_json(tiny: str, other: str) -> None:
    (pair,) = document(tiny, "vs", other)["diff"]
    assert (pair["from"], pair["to"]) == (0, 1)
    kinds = [layer["change"] for layer in pair["layers"]]
    assert sorted(set(kinds)) == ["added", "changed", "removed"]
    added = next(layer for layer in pair["layers"] if layer["change"] == "added")
    assert added["before"] is None
    assert added["after"] == {
        "name": "stage2", "type": "conv / s1", "filter": "5x5x8x8", "n": 1, "output": [8, 8, 8], "params": 1616,
        "mult_adds": 102400,
        "ops": [
            {"op": "conv2d", "bias": False, "dilation": [1, 1], "padding": "same", "fixed": False},
            {"op": "batch_norm"},
            {"op": "relu"},
        ],
    }  # fmt: skip
    changed = next(layer for layer in pair["layers"] if layer["change"] == "changed")
    assert changed["fields"] == ["ops"]
    assert (changed["before"]["name"], changed["after"]["name"]) == ("stage2.1.pw", "stage3.1.pw")


def test_arguments_that_cost_nothing_are_told(tmp_path: Path) -> None:
    paths = []
    for k, d in enumerate((1, 2)):
        paths.append(tmp_path / f"{k}.yaml")
        paths[k].write_text(f"network: net\ninput: 8 x 8 x 3\nlayers:\n  a: conv(3x3, 4, d={d})\n")
    rows = first_table(shown("compare", str(paths[0]), "vs", str(paths[1]), "--by", "layer"))
    assert rows[0][-3] == "dilation=1x1"
    assert rows[1] == ["dilation=2x2"]


def test_identical_files(tiny: str) -> None:
    parts = shown("compare", tiny, "vs", tiny).split("\n\n")
    assert parts[-2].splitlines()[0] == "B against A: no layer differs"
    assert document(tiny, "vs", tiny)["diff"] == [{"from": 0, "to": 1, "blocks": [], "layers": []}]


# -- block by block


def test_blocks_are_told_with_the_totals(tiny: str, other: str) -> None:
    part = shown("compare", tiny, "vs", other, "--by", "layer", columns=200).split("\n\n")[-1]
    a, b = (entry["totals"] for entry in document(tiny, "vs", other)["specs"])
    title = part.splitlines()[0]
    assert title.startswith(f"B against A: params {a['params']:,} → {b['params']:,} (+{b['params'] - a['params']:,}, +")
    assert title.endswith("; layers: 1 added, 1 removed, 3 changed")
    rows = first_table(part)
    assert ["+", "stage2", "1,616", "+1,616", "102,400", "+102,400"] in rows
    assert ["-", "stage4", "0", "0", "0", "0"] in rows
    total = next(row for row in cells(part) if row[0] == "total")
    figures = [[number(n) for n in row[-4:]] for row in rows]
    assert [sum(column) for column in zip(*figures, strict=True)] == [number(n) for n in total[1:]]
    assert number(total[1]) == b["params"]
    assert number(total[4]) == b["mult_adds"] - a["mult_adds"]


@pytest.mark.parametrize(
    "specs", [THREE, ["mobilenet_v1", "vs", "mobilenet_v1_shallow:alpha=0.75"], ["resnet_18", "vs", "vgg_16"]]
)
def test_blocks_account_for_the_totals(specs: list[str]) -> None:
    first = document(*specs)["specs"][0]["totals"]
    for pair in document(*specs, "--diff")["diff"]:
        totals = document(*specs)["specs"][pair["to"]]["totals"]
        for measure in MEASURES:
            more = sum(block[measure][1] - block[measure][0] for block in pair["blocks"])
            assert more == totals[measure] - first[measure]
        for block in pair["blocks"]:
            assert (block["before"] is None) == (block["change"] == "added")
            assert (block["after"] is None) == (block["change"] == "removed")


def test_a_block_is_found_under_another_name() -> None:
    (pair,) = document("mobilenet_v1", "vs", "mobilenet_v1_shallow:alpha=0.75", "--diff")["diff"]
    names = {block["before"]: block["after"] for block in pair["blocks"]}
    assert (names["stage8.1"], names["stage9"], names["stage12"]) == (None, "stage8", "stage11")


def test_blocks_that_are_the_same_are_a_row_together(tmp_path: Path) -> None:
    paths = [tmp_path / "old.yaml", tmp_path / "new.yaml"]
    for path, channels in zip(paths, (4, 5), strict=True):
        path.write_text(
            f"network: n\ninput: 8 x 8 x 3\nlayers:\n  a: conv(3x3, 4)\n  b: conv(1x1, 4)\n  c: conv(1x1, {channels})\n"
        )
    part = shown("compare", str(paths[0]), "vs", str(paths[1]), "--by", "layer").split("\n\n")[-1]
    assert [row[:3] for row in first_table(part)] == [
        ["~", "c", "30"],
        ["(2 other blocks)", "140", "0"],
    ]
    assert ["total", "170", "+6"] in [row[:3] for row in cells(part)]


@pytest.mark.parametrize("fmt", ["table", "markdown", "html", "latex"])
def test_equal_networks_are_a_line(tiny: str, fmt: str) -> None:
    text = shown("compare", tiny, "vs", tiny, "--by", "layer", "--format", fmt)
    totals = document(tiny, "vs", tiny)["specs"][0]["totals"]
    assert (
        f"params {totals['params']:,}, the same; mult-adds {totals['mult_adds']:,}, the same; no layer differs" in text
    )
    assert "details" not in text
    assert "B - A" not in text


def test_a_network_of_nothing_has_no_percent(tmp_path: Path, tiny: str) -> None:
    path = tmp_path / "nothing.yaml"
    path.write_text("network: nothing\ninput: 8 x 8 x 3\nlayers:\n  a: maxpool(2x2, 2)\n")
    text = shown("compare", str(path), "vs", tiny, "--by", "layer", columns=200)
    total = document(tiny, "vs", tiny)["specs"][0]["totals"]["params"]
    assert f"B against A: params 0 → {total:,} (+{total:,}); " in text


def test_a_page_has_the_totals_first_and_folds_what_is_long(tiny: str, other: str) -> None:
    text = shown(
        "compare", "mobilenet_v1", "vs", "mobilenet_v1_shallow:alpha=0.75", "--by", "layer", "--format", "markdown"
    )
    assert text.startswith("**B against A: params 4,231,976 → 1,823,320 (-2,408,656, -56.92 %)")
    assert text.count("<details>") == text.count("</details>") == 1
    assert text.index("| total") < text.index(
        "<details>\n<summary>Layers of B against A: 2 removed, 19 changed</summary>\n\n|"
    )
    short = shown("compare", tiny, "vs", other, "--by", "layer", "--format", "markdown")
    assert "details" not in short
    assert "**Layers of B against A: 1 added" in short
    page = shown("compare", "mobilenet_v1", "vs", "mobilenet_v2", "--by", "layer", "--format", "html")
    assert page.count("<details><summary>") == page.count("</details></div>") == 2
    assert page.index("B against A: params") < page.index("<summary>Blocks that differ</summary>")
    assert "details" not in shown("compare", "mobilenet_v1", "vs", "mobilenet_v2", "--by", "layer", "--format", "latex")


def test_when_there_is_a_diff(tiny: str) -> None:
    assert "against" in shown("compare", tiny, "vs", f"{tiny}:alpha=2")
    assert "against" not in shown("compare", tiny, "vs", f"{tiny}:alpha=2", "--no-diff")
    assert "against" not in shown("compare", tiny, "vs", "mobilenet_v1")
    assert "against" in shown("compare", tiny, "vs", "mobilenet_v1", "--diff")


# -- bad input

FORM = "write SPEC vs SPEC"
VS_FILE = "and ./vs.yaml for a file of that name"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("", "Missing argument 'SPEC vs SPEC...'."),
        ("{0}", f"there is nothing to compare '{{0}}' with; {FORM}"),
        ("{0} {1}", "'vs' is missing between '{0}' and '{1}'"),
        ("{0} vs {1} {0}", "'vs' is missing between '{1}' and '{0}'"),
        ("vs {0}", f"there is no SPEC before the first 'vs'; {FORM}, {VS_FILE}"),
        ("vs", f"there is no SPEC before the first 'vs'; {FORM}, {VS_FILE}"),
        ("{0} vs", f"there is no SPEC behind the last 'vs'; {FORM}"),
        ("{0} vs vs {1}", f"there is no SPEC between two 'vs'; {FORM}, {VS_FILE}"),
        ("{0} vs {1} --alpha 1 --classes 9 --nope 3", "there is no option '--nope'; "
         "the parameters of tiny, eyes are --alpha, --res, --kind, --deep, --classes, --rho"),
        ("{0} vs {1} --set nope=3", "there is no parameter 'nope'; "
         "the parameters of tiny, eyes are alpha, res, kind, deep, classes, rho"),
        ("{0} vs {1}:res=8", "{1}:res=8: there is no parameter 'res'; the parameters of eyes are alpha"),
        ("{0} vs {0}:alpa=8", "{0}:alpa=8: there is no parameter 'alpa' (did you mean 'alpha'?); "
         "the parameters of tiny are alpha, res, kind, deep, classes, rho"),
        ("{0} vs {0}:alpha=8", "{0}:alpha=8: alpha is from 0.25 to 2, not 8"),
        ("{0}:alpha=1 vs {1} --alpha 8", "{1}: alpha is from 0.25 to 2, not 8"),
        ("{0} vs {0}:alpha=x", "{0}:alpha=x: alpha takes a number such as 0.5, 224 or 6/7, not 'x'"),
        ("{0} vs {0}:alpha=", "{0}:alpha=: alpha takes a number such as 0.5, 224 or 6/7, not ''"),
        ("{0} vs {0}:deep=maybe", "{0}:deep=maybe: deep takes yes or no, not 'maybe'"),
        ("{0} vs {0}:alpha=1,alpha=2", "{0}:alpha=1,alpha=2: alpha is given twice: '1' and '2'"),
        ("{0} vs {0}:variant=x", "{0}:variant=x: tiny has no variant 'x'; there are tiny_wide"),
        ("{0} vs mobilenet_v1:alpha", "'mobilenet_v1:alpha' has a colon but no point behind it, such as "
         ":alpha=0.5,res=160"),
        ("{0} vs mobilenet_v2:", "'mobilenet_v2:' has a colon but no point behind it, such as :alpha=0.5,res=160"),
        ("efficientnet_b0:variant=efficientnet_b1 vs {0}", "efficientnet_b0:variant=efficientnet_b1: efficientnet_b0 "
         "is a variant already, and the point says 'efficientnet_b1'; give one of them"),
    ],
)  # fmt: skip
def test_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: str, eyes: str, args: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    names = [f"./{Path(path).name}" for path in (tiny, eyes)]
    assert refused("compare", *(word.format(*names) for word in args.split())) == message.format(*names)


def test_unknown_specs() -> None:
    assert "(did you mean 'mobilenet_v1'" in refused("compare", "mobilenet_v2", "vs", "mobilnet_v1:alpha=2")
    assert refused("compare", "./nope.yaml:alpha=2", "vs", "standard") == "there is no file './nope.yaml'"
    assert refused("compare", "standard", "versus", "separable").startswith("no spec is called 'versus'")


def test_a_network_that_cant_be_built_at_a_point(tiny: str) -> None:
    assert refused("compare", tiny, "vs", f"{tiny}:classes=2.5").startswith(f"{tiny}:")


def test_escape_sequences_are_spelled_out(tiny: str) -> None:
    message = refused("compare", tiny, "vs", f"{tiny}:alpha=\x1b[2J")
    assert "\x1b" not in message
    assert "\\x1b" in message


# -- what it loads, completion


def test_nothing_heavy_is_loaded() -> None:
    found = loaded("compare", *THREE, "--diff")
    assert found & set(HEAVY) == set()
    assert "costcalc.cli.show" not in found


def test_completion() -> None:
    def completed(line: str) -> list[str]:
        words = line.split(" ")
        env = {"_COSTCALC_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
        done = process(env=env)
        assert (done.returncode, done.stderr) == (0, b"")
        return [word.partition(",")[2] for word in done.stdout.decode().split()]

    assert "mobilenet_v1" in completed("costcalc compare mobile")
    assert completed("costcalc compare mobilenet_v1 v") == ["vs"]
    assert completed("costcalc compare mobilenet_v1 mo") == []
    assert "mobilenet_v2" in completed("costcalc compare mobilenet_v1 vs mobile")
    assert completed("costcalc compare mobilenet_v1 vs mobilenet_v2 --al") == ["--alpha"]
    assert run("compare", "-h").exit_code == 0
