"""``costcalc fit``, and ``show --max``: what people see, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .running import TINY, run


def test_what_fits_is_a_table_that_show_takes() -> None:
    result = run("fit", "mobilenet_v1", "--max", "mult_adds=150M", "--over", "alpha=0.25:1:0.001,res=128,160")
    assert result.exit_code == 0
    assert "mobilenet_v1  alpha=0.896,res=128  3,492,472  149,678,952" in result.stdout
    shown = json.loads(run("show", "mobilenet_v1:alpha=0.896,res=128", "--format", "json").stdout)
    assert shown["totals"]["mult_adds"] == 149_678_952
    assert "1,502 points" in result.stdout


def test_nothing_fits() -> None:
    result = run("fit", "--max", "params=100")
    assert result.exit_code == 1
    assert result.stdout.startswith("Nothing fits. Of ")
    assert "0 have params up to 100." in result.stdout
    assert "Nearest point: ds_cnn: params 23,180 is 23,080 above 100" in result.stdout
    assert "network" not in result.stdout.splitlines()[0]


def test_nothing_fits_in_rows() -> None:
    result = run("fit", "mobilenet_v1", "--max", "params=100", "--format", "csv")
    assert (result.exit_code, result.stdout) == (1, "network,at,params,mult_adds\n")


def test_one_line_for_each_network_and_all_on_demand() -> None:
    few = run("fit", "mobilenet_v1", "mobilenet_v2", "--max", "mult_adds=150M", "--format", "csv").stdout.splitlines()
    assert [line.split(",")[0] for line in few[1:]] == ["mobilenet_v1", "mobilenet_v2"] or len(few) == 3
    every = run("fit", "mobilenet_v1", "mobilenet_v2", "--max", "mult_adds=150M", "--format", "csv", "--all").stdout
    assert len(every.splitlines()) > 10


def test_a_given_value_stays() -> None:
    for args in (["mobilenet_v1:res=160"], ["mobilenet_v1", "--res", "160"]):
        rows = run("fit", *args, "--max", "mult_adds=150M", "--all", "--format", "json")
        points = json.loads(rows.stdout)["points"]
        assert {point["parameters"]["res"] for point in points} == {160}
        assert len(points) == 2


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    result = run("fit", str(path), "--max", "params=900", "--over", "alpha=0.25:2:0.25", "--all", "--format", "json")
    assert json.loads(result.stdout)["points"][0]["spec"].startswith(f"{path}:")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["fit"], "Missing option '--max'"),
        (["fit", "--max", "params"], "a budget is COLUMN=FIGURE"),
        (["fit", "--max", "params=4M", "--max", "params=5M"], "params has two budgets"),
        (["fit", "--max", "memory=4M"], "there is no column 'memory'"),
        (["fit", "--max", "params=4parsec"], "a figure such as 300M"),
        (["fit", "mobilenet_v1", "--max", "params=4M", "--over", "alpha=1:0.5:0.1"], "is empty"),
        (["fit", "mobilenet_v1", "--max", "params=4M", "--over", "alpha=0.5:1:0"], "must be above 0"),
        (["fit", "mobilenet_v1", "--max", "params=4M", "--over", "=3"], "--over takes a parameter"),
        (["fit", "mobilenet_v1", "--max", "params=4M", "--over", "alpha=0.5,alpha=1"], "--over takes a parameter"),
        (["fit", "mobilenet_v1", "--max", "params=4M", "--over", "alpha=99"], "alpha"),
        (["fit", "mobilenet_v1:res=160", "--max", "params=4M", "--over", "res=96,128"], "res is given a value"),
        (["fit", "--max", "params=4M", "--over", "nonsense=3"], "nonsense"),
        (["show", "mobilenet_v1", "--max", "counted=4M"], "there is no column 'counted'"),
    ],
)
def test_what_is_wrong_is_one_line(args: list[str], message: str) -> None:
    result = run(*args)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert result.stdout == ""
    assert len([line for line in result.stderr.splitlines() if "rror" in line]) == 1


# -- the gate


def test_within_its_budgets_show_ends_well() -> None:
    result = run("show", "mobilenet_v1", "--max", "params=5M", "--max", "mult_adds<=600M")
    assert (result.exit_code, result.stderr) == (0, "")


def test_beyond_them_it_names_the_layers_that_cost_most() -> None:
    result = run("show", "mobilenet_v2", "--max", "params=5M", "--max", "mult_adds=300M", "--by", "stage")
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("Over budget: mobilenet_v2: mult_adds 300,774,272 is 774,272 above 300,000,000, 0.26 %; ")
    shown = json.loads(run("show", "mobilenet_v2", "--format", "json").stdout)
    most = max(layer["mult_adds"] for layer in shown["layers"])
    assert f" {most:,} (" in line
    assert "301" not in line


def test_bytes_and_other_counts_are_budgets_too() -> None:
    result = run("show", "mobilenet_v2", "--bits", "8", "--max", "bytes_8=3MiB", "--format", "csv")
    assert result.exit_code == 1
    assert "bytes_8 3,504,872 is 359,144 above 3,145,728" in result.stderr
    assert result.stdout.startswith("name,")
    exact = run("show", "mobilenet_v2", "--convention", "flops", "--max", "counted=601548544")
    assert exact.exit_code == 0, exact.stderr
    assert run("show", "mobilenet_v2", "--convention", "flops", "--max", "counted=601548543").exit_code == 1


def test_of_several_networks_each_is_judged() -> None:
    result = run("show", "mobilenet_v1", "mobilenet_v2", "--max", "params=4M")
    assert result.exit_code == 1
    assert [line.split(": ")[1] for line in result.stderr.splitlines()] == ["mobilenet_v1"]
