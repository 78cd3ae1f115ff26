"""``show`` for people: rows in the paper's terms, totals, kinds of layers, and what the numbers count."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from costcalc import load
from costcalc.rows import GROUPINGS

from .running import TINY, TINY_MULT_ADDS, TINY_PARAMS, refused, run, shown


def cells(text: str) -> list[list[str]]:
    """The cells of each line, where two spaces part them."""
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in text.splitlines()]


def first_table(text: str) -> list[list[str]]:
    """The rows of the first table: what stands below its rule, down to the next one or to an empty line."""
    below = text.split("─\n", 1)[1].splitlines()
    end = next((k for k, line in enumerate(below) if not line or line.startswith("─")), len(below))
    return cells("\n".join(below[:end]))


def number(cell: str) -> int:
    return int(cell.replace(",", ""))


def test_a_row_for_each_call_in_the_papers_terms(tiny: str) -> None:
    lines = shown("show", tiny).splitlines()
    assert lines[0] == "tiny (A tiny network): alpha=1.0, res=8, kind=relu, deep=no, classes=10"
    assert lines[1].split() == ["layer", "n", "type", "filter", "input", "output", "params", "mult-adds", "share"]
    rows = first_table("\n".join(lines))
    assert [row[0] for row in rows] == [
        "stage1", "stage2.1.dw", "stage2.1.pw", "stage3.dw", "stage3.pw", "stage4", "stage5",
    ]  # fmt: skip
    assert rows[0] == ["stage1", "1", "conv / s1", "3x3x3x8", "8²x3", "8²x8", "232", "13,824", "32.76 %"]
    assert rows[1] == ["stage2.1.dw", "3", "conv dw / s1", "3x3x8 dw", "8²x8", "8²x8", "264", "13,824", "32.76 %"]
    assert rows[-1] == ["stage5", "1", "fc", "8x10", "1²x8", "1²x10", "90", "80", "0.19 %"]


def test_the_totals(tiny: str) -> None:
    total = next(line for line in shown("show", tiny).splitlines() if line.startswith("total"))
    assert total.split() == ["total", f"{TINY_PARAMS:,}", f"{TINY_MULT_ADDS:,}", "100.00", "%"]


def test_layers_without_cost_are_rows_with_zero(tiny: str) -> None:
    row = next(row for row in first_table(shown("show", tiny)) if row[0] == "stage4")
    assert row[-3:] == ["0", "0", "0.00 %"]


def test_the_kinds_of_layers_the_largest_first(tiny: str) -> None:
    lines = cells(shown("show", tiny, "--by", "kind", "--sort", "mult_adds"))
    assert lines[1] == ["kind", "layers", "params", "of params", "mult-adds", "of mult-adds"]
    assert lines[3:8] == [
        ["conv dw 3x3", "4", "352", "35.41 %", "14,976", "35.49 %"],
        ["conv 3x3", "1", "232", "23.34 %", "13,824", "32.76 %"],
        ["conv 1x1", "4", "320", "32.19 %", "13,312", "31.55 %"],
        ["fc", "1", "90", "9.05 %", "80", "0.19 %"],
        ["avgpool", "1", "0", "0.00 %", "0", "0.00 %"],
    ]
    assert lines[9] == ["total", "11", f"{TINY_PARAMS:,}", "100.00 %", f"{TINY_MULT_ADDS:,}", "100.00 %"]


def test_table_2_of_the_mobilenets_paper() -> None:
    lines = cells(shown("show", "mobilenet_v1", "--by", "kind", "--sort", "mult_adds"))
    shares = {row[0]: row[5] for row in lines[3:8]}
    assert shares == {
        "conv 1x1": "94.86 %", "conv dw 3x3": "3.06 %", "conv 3x3": "1.91 %", "fc": "0.18 %", "avgpool": "0.00 %",
    }  # fmt: skip


def test_it_ends_with_the_shares_of_the_kinds_what_is_counted_and_the_totals(tiny: str) -> None:
    rows, end = shown("show", tiny).split("\n\n")
    assert rows.splitlines()[-1] == "n: copies; the figures of a row are those of all its copies."
    assert end.splitlines() == [
        "mult-adds: conv dw 3x3 35.49 % ███▌  conv 3x3 32.76 % ███▎  2 more 31.74 % ███▏",
        "mult-adds as in the papers: costcalc explain convention mult_adds",
        f"tiny, 8x8x3: {TINY_PARAMS:,} params, {TINY_MULT_ADDS:,} mult-adds",
    ]
    for by in GROUPINGS:
        assert shown("show", tiny, "--by", by).splitlines()[-1] == end.splitlines()[-1]


def test_the_totals_say_what_was_changed_and_what_scales(tiny: str) -> None:
    def point(*args: str) -> str:
        return shown("show", *args).splitlines()[-1].partition(": ")[0]

    assert point(tiny, "--deep", "yes", "--res", "16") == "tiny, res=16, deep=yes, 16x16x3"
    assert point("mobilenet_v1") == "mobilenet_v1, alpha=1.0, 224x224x3"
    assert point("mobilenet_v1", "--alpha", "0.5", "--classes", "9") == "mobilenet_v1, alpha=0.5, classes=9, 224x224x3"
    assert point("separable", "--M", "64") == "separable, DK=3, M=64, N=512, DF=14, alpha=1.0, 14x14x64"


def test_several_inputs_and_shared_weights_are_told(eyes: str) -> None:
    text = shown("show", eyes)
    assert text.splitlines()[-1].startswith("eyes, left 8x8x3, right 8x8x3: ")
    assert "\nShared weights are counted once, at the first layer that has them.\n" in text


def test_without_repeats_there_is_no_column_of_copies(tmp_path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("network: one\ninput: 8 x 8 x 3\nlayers:\n  a: conv(3x3, 4)\n")
    text = shown("show", str(path))
    assert text.splitlines()[1].split()[:2] == ["layer", "type"]
    assert "n: copies" not in text


@pytest.mark.parametrize("columns", [80, 60, 120])
@pytest.mark.parametrize("spec", ["mobilenet_v1", "mobilenet_v2", "efficientdet_d0"])
def test_it_fits_the_terminal(spec: str, columns: int) -> None:
    assert max(map(len, shown("show", spec, columns=columns).splitlines())) <= columns


def test_a_narrow_terminal_drops_the_output_first_and_keeps_the_figures() -> None:
    at_80 = shown("show", "mobilenet_v1", columns=80)
    assert "\nNot shown at this width: output.\n" in at_80
    assert at_80.splitlines()[1].split() == ["layer", "n", "type", "filter", "input", "params", "mult-adds", "share"]
    at_70 = shown("show", "mobilenet_v1", columns=70)
    assert "\nNot shown at this width: output, share.\n" in at_70
    assert at_70.splitlines()[1].split() == ["layer", "n", "type", "filter", "input", "params", "mult-adds"]


def test_a_wide_terminal_has_every_digit() -> None:
    wide = shown("show", "mobilenet_v1", columns=160)
    assert "568,740,352" in wide
    assert "4,231,976" in wide
    assert "Not shown" not in wide


def test_a_pipe_has_full_width_and_no_escape_sequences() -> None:
    text = shown("show", "mobilenet_v1")
    assert "568,740,352" in text
    assert "\x1b" not in text


# -- rows, columns, order


@pytest.mark.parametrize("by", GROUPINGS)
@pytest.mark.parametrize("spec", ["mobilenet_v1", "mobilenet_v2", "efficientdet_d0", "shufflenet_v2"])
def test_the_rows_add_up_to_the_totals(spec: str, by: str) -> None:
    text = shown("show", spec, "--by", by, "--columns", "name,params,mult_adds")
    rows = first_table(text)
    total = next(line for line in cells(text) if line[:1] == ["total"])
    cost = load(spec).cost()
    assert [number(cell) for cell in total[1:]] == [cost.params, cost.mult_adds]
    assert [sum(number(row[k]) for row in rows) for k in (1, 2)] == [cost.params, cost.mult_adds]


def test_the_columns_of_blocks_and_of_ops(tiny: str) -> None:
    assert (shown("show", tiny, "--by", "block").splitlines()[1].split()) == [
        "block",
        "layers",
        "input",
        "output",
        "params",
        "mult-adds",
        "of",
        "mult-adds",
    ]
    text = shown("show", tiny, "--by", "op")
    assert text.splitlines()[1].split() == ["op", "layers", "params", "of", "params", "mult-adds", "of", "mult-adds"]
    assert [row[:3] for row in first_table(text)] == [
        ["conv2d", "9", "760"], ["batch_norm", "9", "144"], ["relu", "9", "0"], ["avg_pool", "1", "0"],
        ["linear", "1", "90"],
    ]  # fmt: skip


def test_by_kind_has_no_second_table(tiny: str) -> None:
    assert "\n\n" not in shown("show", tiny, "--by", "kind")


def test_columns_in_the_order_asked_for(tiny: str) -> None:
    text = shown("show", tiny, "--columns", "share, name,params_share")
    assert cells(text)[1] == ["share", "layer", "of params"]
    assert first_table(text)[0] == ["32.76 %", "stage1", "23.34 %"]


def test_an_unknown_column(tiny: str) -> None:
    every = "name, n, type, filter, input, output, kernel, "
    message = refused("show", tiny, "--columns", "name,prams")
    assert message.startswith(f"there is no column 'prams' (did you mean 'params'?); there are {every}")
    assert message.endswith(", params, params_share, mult_adds, share")
    assert refused("show", tiny, "--sort", "").startswith(f"there is no column ''; there are {every}")


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("mult_adds", ["stage1", "stage2.1.dw", "stage2.1.pw", "stage3.dw", "stage3.pw", "stage5", "stage4"]),
        ("-mult_adds", ["stage1", "stage2.1.dw", "stage2.1.pw", "stage3.dw", "stage3.pw", "stage5", "stage4"]),
        ("+mult_adds", ["stage4", "stage5", "stage3.pw", "stage3.dw", "stage2.1.pw", "stage1", "stage2.1.dw"]),
        ("name", ["stage1", "stage2.1.dw", "stage2.1.pw", "stage3.dw", "stage3.pw", "stage4", "stage5"]),
        ("+name", ["stage1", "stage2.1.dw", "stage2.1.pw", "stage3.dw", "stage3.pw", "stage4", "stage5"]),
        ("-name", ["stage5", "stage4", "stage3.pw", "stage3.dw", "stage2.1.pw", "stage2.1.dw", "stage1"]),
        ("params", ["stage2.1.dw", "stage2.1.pw", "stage1", "stage5", "stage3.dw", "stage3.pw", "stage4"]),
        ("input", ["stage1", "stage5", "stage3.pw", "stage4", "stage2.1.dw", "stage2.1.pw", "stage3.dw"]),
    ],
)
def test_sorting(tiny: str, column: str, names: list[str]) -> None:
    """Figures from the largest, text from A to Z; "-" is descending. Equal ones in the order of the network."""
    assert [row[0] for row in first_table(shown("show", tiny, "--sort", column, "--columns", "name"))] == names


def test_numbers_in_names_sort_as_numbers() -> None:
    rows = first_table(shown("show", "mobilenet_v1", "--by", "stage", "--sort", "name", "--columns", "name"))
    assert [row[0] for row in rows][:3] == ["stage1", "stage2", "stage3"]
    assert [row[0] for row in rows][-1] == "stage12"


def test_top_keeps_the_largest_and_sums_the_others(tiny: str) -> None:
    rows = first_table(shown("show", tiny, "--top", "2"))
    assert [row[0] for row in rows] == ["stage1", "stage2.1.dw", "(other 5 layers)"]
    assert rows[2][1:] == ["498", f"{TINY_MULT_ADDS - 2 * 13824:,}", "34.47 %"]
    assert sum(number(row[-3]) for row in rows) == TINY_PARAMS


def test_top_by_another_column(tiny: str) -> None:
    rows = first_table(shown("show", tiny, "--top", "1", "--sort", "params", "--columns", "name,params"))
    assert rows == [["stage2.1.dw", "264"], ["(other 6 layers)", str(TINY_PARAMS - 264)]]


def test_top_of_everything_is_everything(tiny: str) -> None:
    assert "(other" not in shown("show", tiny, "--top", "7")
    assert "(other 1 stages)" not in shown("show", tiny, "--top", "5", "--by", "stage")
    assert "(other 2 stages)" in shown("show", tiny, "--top", "3", "--by", "stage")


@pytest.mark.parametrize(("by", "column"), [("op", "layers"), ("kind", "layers"), ("stage", "layers"), ("op", "share")])
def test_what_top_leaves_out_keeps_every_column_that_adds_up(tiny: str, by: str, column: str) -> None:
    asked = ("--by", by, "--columns", f"name,{column},params_share", "--format", "csv")
    every, some = (csv_rows(*asked, *more, spec=tiny) for more in ((), ("--top", "2")))
    assert some[-1]["name"].startswith(f"(other {len(every) - 2} ")
    for name in (column, "params_share"):
        assert sum(float(row[name]) for row in some) == pytest.approx(sum(float(row[name]) for row in every))


def csv_rows(*args: str, spec: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shown("show", spec, *args))))


def test_top_must_be_positive(tiny: str) -> None:
    assert "0 is not in the range x>=1" in refused("show", tiny, "--top", "0")


# -- conventions, several specs


def test_another_convention_has_a_column_with_its_unit(tmp_path, tiny: str) -> None:
    path = tmp_path / "flops.yaml"
    path.write_text(
        "convention: mine\nabout: Two for each multiply-add.\nunit: FLOPs\n"
        "params: {'*.weight': 1}\nwork: {'*.mac': 2}\nzero: [bias, '*.scale', '*.shift', mean, variance]\n"
        "only: [mac]\nparameters: {classes: 11, other: 3}\n"
    )
    text = shown("show", tiny, "--convention", str(path))
    assert text.splitlines()[1].endswith("params counted  counted (FLOPs)")
    assert first_table(text)[0][-2:] == ["216", "27,648"]
    total = next(line for line in cells(text) if line[0] == "total")
    assert total[1:] == [f"{TINY_PARAMS:,}", f"{TINY_MULT_ADDS:,}", "100.00 %", "840", f"{2 * TINY_MULT_ADDS:,}"]
    assert text.splitlines()[-4:] == [
        "counted (FLOPs): mine. Two for each multiply-add.",
        "The networks of mine have classes=11.",
        f"tiny, 8x8x3: {TINY_PARAMS:,} params, {TINY_MULT_ADDS:,} mult-adds",
        f"counted by mine: 840 params, {2 * TINY_MULT_ADDS:,} FLOPs",
    ]
    at_11 = shown("show", tiny, "--convention", str(path), "--classes", "11")
    assert "The networks of mine" not in at_11


def test_a_convention_with_its_own_rule_of_the_resolution(tmp_path, tiny: str) -> None:
    path = tmp_path / "scaled.yaml"
    path.write_text(
        "convention: mine\nabout: Times (res/8)².\nunit: mult-adds\nscaled: {res: 8}\n"
        "params: {'*.*': 1, '*.mean': 0, '*.variance': 0}\nwork: {'*.mac': 1}\nonly: [mac]\n"
    )
    text = shown("show", tiny, "--convention", str(path), "--rho", "2", "--columns", "name,counted")
    assert next(line for line in cells(text) if line[0] == "total") == ["total", f"{4 * TINY_MULT_ADDS:,}"]
    assert "\ncounted is that at res 8, times (16/8)².\n" in text
    assert text.endswith(f"\ncounted by mine: {4 * TINY_MULT_ADDS:,} mult-adds\n")


def test_a_shipped_convention_is_explained_elsewhere(tiny: str) -> None:
    lines = shown("show", tiny, "--convention", "fvcore").splitlines()
    assert "counted (flops) as fvcore has it: costcalc explain convention fvcore" in lines
    assert max(map(len, lines)) <= 120


def test_a_file_named_as_a_shipped_convention_is_not_that(tiny: str, tmp_path: Path) -> None:
    path = tmp_path / "fvcore.yaml"
    path.write_text("convention: fvcore\nabout: Mine.\nunit: x\nparams: {'*.*': 1}\nwork: {'*.*': 1}\n")
    assert "\ncounted (x): fvcore. Mine.\n" in shown("show", tiny, "--convention", str(path))


def test_an_unknown_convention(tiny: str) -> None:
    message = refused("show", tiny, "--convention", "mult_ads")
    assert message.startswith("no convention is called 'mult_ads' (did you mean 'mult_adds'?); there are ")


def test_several_specs_apart_by_an_empty_line_with_the_count_told_once(tiny: str, eyes: str) -> None:
    text = shown("show", tiny, eyes, "--alpha", "2")
    parts = text.split("\n\n")
    assert [part.splitlines()[0].split(":")[0] for part in parts] == [
        "tiny (A tiny network)", "eyes", "mult-adds", "mult-adds",
    ]  # fmt: skip
    assert [part.splitlines()[-1].split(",")[0] for part in parts[2:]] == ["tiny", "eyes"]
    assert text.count("as in the papers") == 1


def test_a_text_from_stdin() -> None:
    assert shown("show", "-", stdin=TINY).startswith("tiny (A tiny network): ")
    assert refused("show", "-", stdin="network: [").startswith("<stdin>:1:")
    assert refused("show", "-", stdin=b"\xff\xfe").startswith("<stdin>:1:1: ")
    too_long = "# " + "x" * 2**20
    assert refused("show", "-", stdin=too_long) == "<stdin>:1:1: the file is larger than 1 MiB; a spec is a page or two"


def test_all_problems_of_a_spec_are_told(tmp_path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("network: bad\ninput: 8 x 8 x 3\nlayers:\n  a: cnv(3x3, 4)\n  b: conv(3x3, nope)\n")
    result = run("show", str(path))
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [["Error", f"{path}:4:6"], ["Error", f"{path}:5:16"]]
    assert [word in line for word, line in zip(("'cnv'", "'nope'"), lines, strict=True)] == [True, True]


def test_layers_that_only_move_elements_are_told_and_not_shown(tmp_path) -> None:
    file = tmp_path / "net.yaml"
    steps = "  q: windows(4) -> conv(1x1, 8)\n  r: q -> merge\n  s: transpose -> transpose\n  t: fc(3)\n"
    file.write_text(f"network: net\ninput: 8 x 8 x 4\nlayers:\n{steps}", encoding="utf-8")
    table = shown("show", str(file))
    assert "4 layers that only move elements aren't among the rows: --by primitive has all." in table
    assert not any(word in table.split("\n\n")[0] for word in ("windows", "merge", "transpose"))
    for more in (["--by", "primitive"], ["--format", "csv"], ["--sort", "params"]):
        assert "transpose" in shown("show", str(file), *more)


def test_sequences_and_videos_have_their_own_number_of_sizes(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("network: net\ninput: 98 x 40\nlayers:\n  a: conv(9, 24, 2)\n  b: avgpool\n")
    rows = first_table(shown("show", str(path)))
    assert rows[0][:5] == ["a", "conv / s2", "9x40x24", "98x40", "49x24"]
    assert rows[1][1:5] == ["avgpool / s1", "pool 49", "49x24", "1x24"]
    assert ", 98x40: " in shown("show", str(path))
    path.write_text("network: net\ninput: 16 x 112 x 112 x 3\nlayers:\n  a: conv(1x3x3, 24, [1, 2, 2])\n")
    assert first_table(shown("show", str(path)))[0][:5] == [
        "a",
        "conv / s1x2x2",
        "1x3x3x3x24",
        "16x112²x3",
        "16x56²x24",
    ]
    assert ", 16x112x112x3: " in shown("show", str(path))
