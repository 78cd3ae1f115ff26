"""Cost statements: ``table --as statement`` writes them, ``check`` verifies them again."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import yaml

import costcalc
from costcalc import load
from costcalc.errors import SpecError
from costcalc.language.source import Source
from costcalc.reports.statement import verify

from .running import TINY, refused, run, shown

SPECS = ["mobilenet_v2:alpha=0.35,res=96", "resnet_50"]
OPTIONS = ["--memory", "--bits", "8", "--convention", "thop", "--as", "statement"]


@pytest.fixture
def stated(tmp_path: Path) -> Path:
    path = tmp_path / "costs.yaml"
    path.write_text(shown("table", *SPECS, *OPTIONS), encoding="utf-8")
    return path


def changed(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def rows(path: Path, status: int) -> list[dict[str, str]]:
    result = run("check", str(path), "--format", "csv")
    assert result.exit_code == status, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_what_a_statement_says(stated: Path) -> None:
    """Another YAML reader finds the same figures as the library."""
    told = yaml.safe_load(stated.read_text(encoding="utf-8"))
    assert (told["statement"], told["costcalc"]) == (1, costcalc.__version__)
    first, second = told["networks"]
    cost = load("mobilenet_v2").cost(alpha=0.35, res=96)
    use = cost.memory("live", bits=8)
    assert (first["spec"], first["at"], first["input"]) == ("mobilenet_v2", {"alpha": 0.35, "res": 96}, "96x96x3")
    assert (first["params"], first["mult_adds"]) == (cost.params, cost.mult_adds)
    assert first["memory"] == {
        "definition": "live", "bits": 8, "weight_bits": 8, "batch": 1,
        "weight_bytes": use.flash, "peak_memory": use.peak,
    }  # fmt: skip
    thop = load("resnet_50").cost(convention="thop")
    assert second["convention"] == {"name": "thop", "unit": "MACs", "params": 25_557_032, "counted": thop.counted}
    assert "at" not in second


def test_it_is_verified(stated: Path) -> None:
    text = shown("check", str(stated))
    assert text.splitlines()[-1] == "12 figures: 12 agree"
    assert {row["verdict"] for row in rows(stated, 0)} == {"agrees"}
    document = json.loads(shown("check", str(stated), "--format", "json"))
    assert (document["counts"], document["notes"]) == ({"agrees": 12, "differs": 0, "not verified": 0}, [])


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("params", "    params: 25557032", "    params: 25557033"), ("mult_adds", "3857973248", "3857973247"),
        ("convention.counted", "3900424192", "3900424193"), ("memory.peak_memory", "2408448", "2408449"),
        ("memory.weight_bytes", "25613152", "2561315"),
    ],
)  # fmt: skip
def test_a_wrong_figure_is_named(stated: Path, name: str, old: str, new: str) -> None:
    found = rows(changed(stated, old, new), 1)
    assert [(row["network"], row["figure"]) for row in found if row["verdict"] == "differs"] == [("ResNet-50", name)]
    assert sum(row["verdict"] == "agrees" for row in found) == 11


def test_another_point_makes_other_figures(stated: Path) -> None:
    found = rows(changed(stated, "alpha: 0.35", "alpha: 1.4"), 1)
    assert {row["verdict"] for row in found[:6]} == {"differs"}
    assert {row["verdict"] for row in found[6:]} == {"agrees"}


def test_another_version_is_told_and_no_failure(stated: Path) -> None:
    text = shown("check", str(changed(stated, f"costcalc: {costcalc.__version__}", "costcalc: 0.0.1")))
    assert f"Stated by costcalc 0.0.1, verified by {costcalc.__version__}." in text


def test_an_unknown_convention_leaves_the_others_verified(stated: Path) -> None:
    result = run("check", str(changed(stated, "name: thop", "name: thopp")))
    assert result.exit_code == 1
    assert "ResNet-50: no convention is called 'thopp' (did you mean 'thop'?)\n" in result.stdout
    assert result.stdout.splitlines()[-1] == "12 figures: 8 agree, 4 not verified"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("spec: resnet_50", "spec: resnet_500", "ResNet-50: no spec is called 'resnet_500'"),
        ("definition: live", "definition: alive", "no definition of memory is called 'alive'"),
        ("at: {alpha: 0.35", "at: {alphaa: 0.35", "alphaa"),
        ("at: {alpha: 0.35", "at: {alpha: 9000", "alpha"),
    ],
)
def test_what_is_not_there_any_more(stated: Path, old: str, new: str, line: str) -> None:
    result = run("check", str(changed(stated, old, new)))
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
    assert line in result.stdout
    assert "not verified" in result.stdout


def test_a_spec_that_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beside the statement, wherever that is checked from."""
    net = tmp_path / "my_net.yaml"
    net.write_text(TINY)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "costs.yaml"
    path.write_text(shown("table", "./my_net.yaml:alpha=0.5", "--title", 'Ours: "a" # b', "--as", "statement"))
    monkeypatch.chdir("/")
    assert {row["network"] for row in rows(path, 0)} == {'Ours: "a" # b'}
    net.write_text(TINY + "# a remark\n")
    assert "the spec ./my_net.yaml has changed since, so its figures are the same." in shown("check", str(path))
    net.write_text(TINY.replace("| 8        | 1 |", "| 16       | 1 |"))
    result = run("check", str(path))
    assert result.exit_code == 1
    assert "the spec ./my_net.yaml has changed since, so its figures may be others." in result.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("statement: 2\nnetworks: []", "this is version '2' of a statement"),
        ("statement: 1", "networks is a list of 1 to 1,000"),
        ("statement: 1\nnetworks: []", "networks is a list of 1 to 1,000"),
        ("statement: 1\nnetworks: [{spec: vgg_16}]", "vgg_16 has no figure"),
        ("statement: 1\nnetworks: [{params: 1}]", "'spec' is missing here"),
        ("statement: 1\nnetworks: [{spec: vgg_16, parms: 1}]", "has no 'parms' (did you mean 'params'?)"),
        ("statement: 1\nnetwork: [{spec: vgg_16}]", "a statement has no 'network' (did you mean 'networks'?)"),
        ("statement: 1\nnetworks: [{spec: vgg_16, memory: {bit: 8}}]", "memory has no 'bit'"),
    ],
)
def test_what_is_no_statement(text: str, message: str) -> None:
    with pytest.raises(SpecError) as e:
        verify(Source("s.yaml", text))
    assert message in str(e.value)


def test_options_that_are_for_tables() -> None:
    for option in (
        ["--unit", "M"],
        ["--digits", "2"],
        ["--columns", "params"],
        ["--format", "latex"],
        ["--sort", "params"],
    ):
        assert "is for tables: a statement is YAML" in refused("table", "vgg_16", "--as", "statement", *option)


def test_nothing_of_it_is_drafted(stated: Path, tmp_path: Path) -> None:
    assert refused("check", str(stated), "--write", str(tmp_path / "d.yaml")).startswith("--write is for a table")
