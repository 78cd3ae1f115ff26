"""``list``: every network and variant, found by words, with what they cost on demand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from costcalc import load
from costcalc.conventions import load_convention
from costcalc.language.find import names_in, open_shipped, shipped

from .running import refused, run, shown


def rows(*args: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shown("list", *args, "--format", "csv"))))


def documents(*args: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(shown("list", *args, "--format", "json"))["networks"]
    return found


def test_every_network_and_every_variant_once() -> None:
    expected = [
        known.name
        for path in shipped("networks").values()
        for known in names_in(open_shipped(path))
        if known.kind != "alias"
    ]
    assert sorted(row["name"] for row in rows()) == sorted(expected)


def test_families_stand_together_and_variants_behind_their_network() -> None:
    found = documents()
    families = [entry["family"].lower() for entry in found]
    assert families == sorted(families)
    names = [entry["name"] for entry in found]
    for entry in found:
        if entry["name"] != entry["network"]:
            assert names.index(entry["network"]) < names.index(entry["name"])


def test_what_a_row_says() -> None:
    (row,) = [row for row in rows("mobilenet_v1") if row["name"] == "mobilenet_v1"]
    assert list(row) == ["name", "family", "params", "mult_adds", "parameters", "title"]
    assert row["parameters"] == "alpha=1.0, res=224, classes=1000"


def test_a_variant_says_what_it_sets() -> None:
    (row,) = rows("efficientnet_b3")
    assert row["parameters"] == "width=1.2, depth=1.4, res=300"
    (document,) = documents("efficientnet_b3")
    assert document["parameters"]["classes"] == 1000


def test_the_figures_are_those_of_each_network() -> None:
    for row in rows("mobilenet_v1"):
        cost = load(row["name"]).cost()
        assert (int(row["params"]), int(row["mult_adds"])) == (cost.params, cost.mult_adds)
    assert rows("mobilenet_v1") == rows("mobilenet_v1", "--costs")


def test_figures_say_what_they_count() -> None:
    lines = shown("list", "mobilenet_v1", columns=120).splitlines()
    assert lines[-2] == "mult-adds as in the papers: costcalc explain convention mult_adds"


def test_words_search_names_titles_and_families_in_any_case() -> None:
    assert {row["name"] for row in rows("MOBILENET", "V1")} >= {"mobilenet_v1", "mobilenet_v1_shallow"}
    columns = ("--columns", "name,family,network,aliases,title")
    found = rows("MobileNet", "v1", *columns)
    titles = {row["network"]: row["title"] for row in rows(*columns) if row["title"]}
    for row in found:
        text = " ".join([*row.values(), titles[row["network"]]]).lower()
        assert "mobilenet" in text
        assert "v1" in text


def test_a_word_matches_names_before_titles() -> None:
    found = {row["name"] for row in rows("mobile")}
    assert {"mobilenet_v2", "ssdlite_mobilenet_v2", "shufflenet_v1"} <= found  # of the family, the last
    assert "faster_rcnn_vgg" not in found  # "Faster R-CNN on VGG, Inception V2 and MobileNet"
    assert {row["network"] for row in rows("bottleneck", "--columns", "name,network")} == {"inverted_residual"}


def test_words_are_read_as_people_type_them() -> None:
    assert rows("MobileNet-V2") == rows("mobilenet_v2") == rows("mobilenetv2")
    assert [row["name"] for row in rows("wide-resnet50_2")] == ["resnet"]  # a point of it
    assert [row["name"] for row in rows("tf_efficientnet_b3")] == ["efficientnet_b3"]


def test_tasks_and_years() -> None:
    found = rows("detection", "--columns", "name,task,year")
    assert {row["name"] for row in found} >= {"yolov3", "efficientdet_d0"}
    assert {row["task"] for row in found if row["name"] != "mask_rcnn_50"} >= {"detection"}
    years = {row["name"]: row["year"] for row in rows("--columns", "name,year")}
    assert (years["alexnet"], years["mobilenet_v1"], years["features_only"]) == ("2012", "2017", "")


def test_nothing_found_is_told() -> None:
    result = run("list", "xyzzy", "--format", "csv")
    assert (result.exit_code, result.stdout) == (0, "name,family,params,mult_adds,parameters,title\n")
    assert result.stderr == "No network matches 'xyzzy'.\n"
    result = run("list", "mobilenet_v1x", "--family", "mobile", "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"format": 1, "networks": []})
    assert result.stderr.startswith(
        "No network of the family 'mobile' matches 'mobilenet_v1x' (did you mean 'mobilenet"
    )


@pytest.mark.parametrize("fmt", ["table", "markdown", "latex"])
def test_nothing_found_is_no_empty_table(fmt: str) -> None:
    result = run("list", "moblie", "--format", fmt)
    assert (result.exit_code, result.stdout.strip()) == (0, "")
    assert result.stderr.startswith("No network matches 'moblie' (did you mean 'mobile")


def test_a_part_of_a_name_finds_all_that_have_it() -> None:
    found = [row["name"] for row in rows("se_")]
    assert {"se_resnet_50", "se_vgg_16"} <= set(found)
    assert "vgg_16" not in found


def test_a_family() -> None:
    family = load("mobilenet_v1").family
    found = rows("--family", family.upper())
    assert {row["family"] for row in found} == {family}
    known = sorted({row["family"] for row in rows()})
    assert refused("list", "--family", family + "x") == (
        f"no family is called '{family}x' (did you mean '{family}'?); there are {', '.join(known)}"
    )


def test_words_search_in_a_family() -> None:
    assert {row["family"] for row in rows("mobile")} > {"mobile"}
    assert {row["family"] for row in rows("mobile", "--family", "mobile")} == {"mobile"}
    assert {row["name"] for row in rows("resnet_50", "--family", "residual")} >= {"resnet_50", "se_resnet_50"}


def test_columns_and_order() -> None:
    found = rows("--columns", "mult_adds,name", "--costs", "--sort", "mult_adds")
    assert list(found[0]) == ["mult_adds", "name"]
    figures = [int(row["mult_adds"]) for row in found]
    assert figures == sorted(figures, reverse=True)
    assert refused("list", "--columns", "parms") == (
        "there is no column 'parms' (did you mean 'params'?);"
        " there are name, family, network, aliases, task, year, res, parameters, variants, scales, title, params,"
        " mult_adds"
    )


@pytest.mark.parametrize("fmt", ["csv", "json"])
@pytest.mark.parametrize("sort", ["params", "-params", "+params", "-mult_adds"])
def test_an_order_by_a_figure_shows_it(sort: str, fmt: str) -> None:
    options = ("--family", "classic", "--sort", sort)
    found: list[dict[str, Any]] = documents(*options) if fmt == "json" else rows(*options)
    figures = [int(entry[sort.lstrip("+-")]) for entry in found]
    assert figures == sorted(figures, reverse=not sort.startswith("+"))
    assert len(set(figures)) > 3


def test_an_order_of_names_counts_their_numbers() -> None:
    names = [row["name"] for row in rows("resnet_", "--family", "residual", "--sort", "name")]
    assert names.index("resnet_50") < names.index("resnet_101")
    assert names == [entry["name"] for entry in documents("resnet_", "--family", "residual", "--sort", "name")]
    assert names[::-1] == [row["name"] for row in rows("resnet_", "--family", "residual", "--sort", "-name")]


def test_json_has_the_columns_asked_for() -> None:
    (found,) = documents("efficientnet_b3", "--columns", "mult_adds,name,parameters")
    assert list(found) == ["mult_adds", "name", "parameters"]
    assert found["mult_adds"] == load("efficientnet_b3").cost().mult_adds
    assert found["parameters"]["res"] == 300


@pytest.mark.parametrize(("fmt", "cell", "rules"), [("markdown", "|", 2), ("latex", "&", 1)])
def test_markdown_and_latex_have_the_rows_in_that_order(fmt: str, cell: str, rules: int) -> None:
    options = ("shufflenet", "classification", "--all", "--sort", "params", "--columns", "name,params")
    lines = [line for line in shown("list", *options, "--format", fmt).splitlines() if cell in line][rules:]
    names = [line.strip("| ").split(cell)[0].strip().replace("\\", "") for line in lines]
    assert names == [row["name"] for row in rows(*options)]


@pytest.mark.parametrize("columns", [80, 200])
def test_it_fits_the_terminal(columns: int) -> None:
    assert max(map(len, shown("list", "--costs", columns=columns).splitlines())) <= columns


def test_json_has_raw_values() -> None:
    (document,) = [entry for entry in documents("mobilenet_v1", "--costs") if entry["name"] == "mobilenet_v1"]
    assert list(document) == [
        "name", "network", "family", "title", "task", "year", "aliases", "parameters", "params", "mult_adds",
    ]  # fmt: skip
    assert document["parameters"] == {"alpha": 1.0, "res": 224, "classes": 1000}
    assert document["params"] == 4231976


# -- bytes


@pytest.mark.parametrize("definition", ["live", "tflm"])
def test_bytes_are_those_of_each_network(definition: str) -> None:
    words = ["list", "mobilenet_v1", "--memory", definition, "--bits", "8", "--weight-bits", "4", "--batch", "2"]
    found = json.loads(shown(*words, "--format", "json"))["networks"]
    assert len(found) > 3
    for row in found:
        use = load(row["name"]).cost().memory(definition, bits=8, weight_bits=4, batch=2)
        assert (row["peak_memory"], row["weight_bytes"]) == (use.peak, use.flash)


def test_a_word_behind_memory_is_one_to_search_for_unless_it_is_a_definition() -> None:
    assert shown("list", "--memory", "mobilenet_v1") == shown("list", "mobilenet_v1", "--memory", "live")


@pytest.mark.parametrize("words", [["--columns", "name,peak_memory"], ["--sort", "peak_memory"], ["--bits", "8"]])
def test_the_name_of_a_figure_or_bits_ask_for_bytes(words: list[str]) -> None:
    assert "RAM" in shown("list", "mobilenet_v1", *words, columns=120)
    assert "peak_memory" in shown("list", "mobilenet_v1", *words)


def test_a_list_says_of_what_its_bytes_are() -> None:
    text = shown("list", "mobilenet_v1", "--memory", "--bits", "8", "--weight-bits", "4", "--batch", "2", columns=200)
    assert "RAM, weights: bytes at 8 bits, weights at 4, batch 2. live: What is alive while a layer runs" in text
    assert "RAM" not in shown("list", "mobilenet_v1", columns=200)


def test_what_is_for_bytes_alone_says_so() -> None:
    assert refused("list", "mobilenet_v1", "--batch", "2") == "--batch is for --memory"
    assert refused("list", "mobilenet_v1", "--weight-bits", "4") == "--weight-bits is for --memory"
    assert refused("list", "mobilenet_v1", "--bits", "8,4") == "--bits takes one number here"
    assert refused("list", "mobilenet_v1", "--memory=lief").startswith("no definition of memory is called 'lief'")


# -- for people


def people(*args: str, columns: int = 120) -> list[str]:
    return shown("list", *args, columns=columns).splitlines()


def test_a_terminal_has_a_row_for_each_network_of_the_main_task_and_says_what_else_there_is() -> None:
    lines = people()
    entries = {entry["name"]: entry for entry in documents()}
    networks = [name for name, entry in entries.items() if name == entry["network"]]
    main = {name for name in networks if entries[name]["task"] == "classification"}
    names = [line.split()[0] for line in lines[3:] if line.split()[0] in entries]
    assert lines[:1] == ["Classification"]
    assert len(names) == len(set(names))
    assert set(names) == main
    figures = [entries[name]["mult_adds"] for name in names]
    assert figures == sorted(figures)
    assert (
        lines[-2]
        == f"{len(main)} of {len(networks)} networks; {len(entries)} names with all variants: costcalc list --all"
    )
    others = sorted({entries[name]["task"] for name in networks} - {"classification"})
    assert lines[-1].startswith("Others: costcalc list detection (")
    assert lines[-1].endswith(f"{len(others) - 3} more tasks")


def test_a_row_says_year_resolution_cost_variants_and_what_scales_it() -> None:
    (row,) = [line for line in people("mobilenet", columns=160) if line.startswith("mobilenet_v2 ")]
    assert row.split() == [
        "mobilenet_v2", "2018", "224", "3,504,872", "300,774,272", "+3", "alpha", "0.35..1.4,", "tail", "0.5..1",
        "mobile",
    ]  # fmt: skip


def test_a_variant_alone_has_a_row_of_its_own() -> None:
    lines = people("efficientnet_b3")
    assert [line.split()[0] for line in lines[3:-2]] == ["efficientnet_b3"]
    assert lines[-1].startswith("1 of ")


def test_tasks_stand_apart() -> None:
    text = "\n".join(people("mobilenet"))
    titles = [part.splitlines()[0] for part in text.split("\n\n")]
    assert titles[-1] == "Classification"
    assert {"Detection", "Embedding"} <= set(titles)
    assert text.count("as in the papers") == 1
    assert people("yolov3")[0] == "Detection"
    assert people("classification")[0] == "Classification"


def test_all_has_every_name_once() -> None:
    lines = people("--all")
    expected = [entry["name"] for entry in documents()]
    words = [line.split()[0] for line in lines if line]
    assert sorted(word for word in words if word in set(expected)) == sorted(expected)


def test_it_is_sorted_as_asked_for() -> None:
    names = [
        line.split()[0] for line in people("--family", "classic", "--sort", "params", "--columns", "name,params")[5:-2]
    ]
    names = [name for name in names if name in {row["name"] for row in rows()}]
    assert names == ["vgg", "alexnet", "darknet_53", "squeezenet", "squeezenext"]


@pytest.mark.parametrize("columns", [80, 140])
@pytest.mark.parametrize(
    "args", [(), ("--all",), ("detection",), ("--conventions",), ("mobilenet", "--convention", "flops")]
)
def test_people_see_no_line_that_is_too_long(columns: int, args: tuple[str, ...]) -> None:
    lines = people(*args, columns=columns)
    assert max(map(len, lines)) <= columns
    assert "…" not in "".join(lines) or "--conventions" in args
    assert "Rounded" not in "".join(lines)


# -- for a pipe


def test_a_pipe_has_a_value_in_each_column_and_every_name() -> None:
    head, rule, *lines = shown("list").splitlines()
    assert head.split() == ["name", "params", "mult_adds", "res"]
    assert set(rule) == {"─"}
    entries = {entry["name"]: entry for entry in documents()}
    assert [line.split()[0] for line in lines] == list(entries)
    for line in lines:
        name, params, mult_adds, *res = line.split()
        entry = entries[name]
        assert (int(params), int(mult_adds)) == (entry["params"], entry["mult_adds"])
        assert res == [str(value) for parameter, value in entry["parameters"].items() if parameter == "res"]


def test_a_file_is_as_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    assert shown("list", "vgg", "-o", str(path), columns=80) == ""
    assert path.read_text(encoding="utf-8") == shown("list", "vgg")


# -- conditions


def test_conditions_on_costs_years_and_resolutions() -> None:
    every = documents()
    wanted = [e["name"] for e in every if e["params"] < 4e6 and e["mult_adds"] <= 300_774_272]
    for text in (
        "params<4M mult_adds<=300774272",
        "params < 4M, mult_adds<=300774272",
        "params<4e6 and mult_adds≤300774272",
    ):
        assert [e["name"] for e in documents("--where", text)] == wanted
    assert {e["year"] for e in documents("--where", "year>2023")} == {2024}
    assert {e["parameters"]["res"] for e in documents("--where", "res=96")} == {96}
    assert "mobilenet_v2" in {row["name"] for row in rows("--where", "mult_adds>=300774272 mult_adds<=300774272")}
    assert "mobilenet_v2" not in {row["name"] for row in rows("--where", "mult_adds>300774272")}


def test_conditions_that_are_none() -> None:
    such = "--where takes conditions such as 'params<4M mult_adds<300M', not "
    assert refused("list", "--where", "params") == f"{such}'params'"
    assert refused("list", "--where", "") == f"{such}''"
    assert refused("list", "--where", "params<4M !") == f"{such}'!'"
    assert refused("list", "--where", "parms<4M").startswith("there is no column 'parms' (did you mean 'params'?)")
    assert refused("list", "--where", "params<4X").startswith("the budget of params is a figure such as ")


def test_nothing_that_meets_a_condition_is_told() -> None:
    result = run("list", "--where", "params<1")
    assert (result.exit_code, result.stderr) == (0, "No network meets the conditions.\n")


# -- conventions


def test_conventions_in_a_line_each() -> None:
    lines = people("--conventions", columns=80)
    names = [line.split()[0] for line in lines[2:-2]]
    assert names[0] == "mult_adds"
    assert sorted(names) == sorted(shipped("conventions"))
    assert lines[-1] == "What one counts: costcalc explain convention NAME"
    found = list(csv.DictReader(io.StringIO(shown("list", "--conventions", "--format", "csv"))))
    (torch,) = [row for row in found if row["convention"] == "torch"]
    convention = load_convention("torch")
    assert (torch["unit"], torch["tool"]) == (convention.unit, convention.tool)
    assert convention.about.startswith(torch["about"])
    assert all(row["about"] for row in found)
