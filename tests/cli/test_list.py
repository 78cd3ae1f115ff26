"""``list``: every network and variant, found by words, with what they cost on demand."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from costcalc import load
from costcalc.spec.find import names_in, open_shipped, shipped

from .running import refused, run, shown


def rows(*args: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shown("list", *args, "--format", "csv"))))


def documents(*args: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(shown("list", *args, "--format", "json"))
    return found


def test_every_network_and_every_variant_once() -> None:
    expected = [
        name
        for path in shipped("networks").values()
        for name, kind in names_in(open_shipped(path)).items()
        if kind != "alias"
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
    assert list(row) == ["name", "family", "parameters", "title"]
    assert row["parameters"] == "alpha=1.0, res=224, classes=1000"


def test_a_variant_says_what_it_sets() -> None:
    (row,) = rows("efficientnet_b3")
    assert row["parameters"] == "width=1.2, depth=1.4, res=300"
    (document,) = documents("efficientnet_b3")
    assert document["parameters"]["classes"] == 1000


def test_figures_on_demand() -> None:
    for row in rows("mobilenet_v1", "--costs"):
        cost = load(row["name"]).cost()
        assert (int(row["params"]), int(row["mult_adds"])) == (cost.params, cost.mult_adds)
    assert "params" not in rows("mobilenet_v1")[0]


def test_figures_say_what_they_count() -> None:
    about = load("mobilenet_v1").cost().convention.about
    assert f"mult-adds, params: {about}" in shown("list", "mobilenet_v1", "--costs")
    assert shown("list", "mobilenet_v1").endswith("\nWith params and mult-adds: costcalc list --costs\n")


def test_words_search_names_titles_and_families_in_any_case() -> None:
    assert {row["name"] for row in rows("MOBILENET", "V1")} >= {"mobilenet_v1", "mobilenet_v1_shallow"}
    assert all("v1" in row["name"] for row in rows("MobileNet", "v1"))


def test_nothing_found_is_told() -> None:
    result = run("list", "xyzzy", "--format", "csv")
    assert (result.exit_code, result.stdout) == (0, "name,family,parameters,title\n")
    assert result.stderr == "No network matches 'xyzzy'.\n"


def test_a_family() -> None:
    family = load("mobilenet_v1").family
    found = rows("--family", family.upper())
    assert {row["family"] for row in found} == {family}
    assert refused("list", "--family", family + "x").startswith(
        f"no family is called '{family}x' (did you mean '{family}'"
    )


def test_columns_and_order() -> None:
    found = rows("--columns", "mult_adds,name", "--costs", "--sort", "mult_adds")
    assert list(found[0]) == ["mult_adds", "name"]
    figures = [int(row["mult_adds"]) for row in found]
    assert figures == sorted(figures, reverse=True)
    assert refused("list", "--columns", "params") == (
        "there is no column 'params'; there are name, family, network, aliases, parameters, title"
    )


@pytest.mark.parametrize("columns", [80, 200])
def test_it_fits_the_terminal(columns: int) -> None:
    assert max(map(len, shown("list", "--costs", columns=columns).splitlines())) <= columns


def test_json_has_raw_values() -> None:
    (document,) = [entry for entry in documents("mobilenet_v1", "--costs") if entry["name"] == "mobilenet_v1"]
    assert list(document) == [
        "name", "network", "family", "title", "aliases", "parameters", "params", "mult_adds",
    ]  # fmt: skip
    assert document["parameters"] == {"alpha": 1.0, "res": 224, "classes": 1000}
    assert document["params"] == 4231976
