"""``show --memory``: the columns, the totals, and what is refused."""

from __future__ import annotations

import csv
import io
import json

import pytest

from costcalc import load
from costcalc.errors import UsageError

from .running import run


def _rows(*args: str) -> list[dict[str, str]]:
    result = run(*args, "--format", "csv")
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_the_table_ends_with_flash_and_ram() -> None:
    result = run("show", "mobilenet_v2", "--memory", "--bits", "8", "--by", "stage")
    words = " ".join(result.stdout.split())
    assert "At 8 bits: flash 3,541,984 bytes (3.38 MiB), RAM 1,505,280 bytes (1.44 MiB), at stage3.1.dw.conv" in words
    assert "stage3.1.expand.act 1,204,224" in words
    assert "live: What is alive while a layer runs" in words
    assert "peak" in next(line for line in result.stdout.splitlines() if line.startswith("stage3"))


def test_rows_carry_whole_bytes() -> None:
    rows = _rows("show", "mobilenet_v2", "--memory", "--bits", "8", "--by", "stage")
    assert max(int(row["live_bytes"]) for row in rows) == 1_505_280
    assert sum(int(row["weight_bytes"]) for row in rows) == 3_541_984
    assert int(rows[0]["input_bytes"]) == 3 * 224 * 224
    assert int(rows[0]["output_bytes"]) == 32 * 112 * 112


def test_columns_alone_ask_for_memory() -> None:
    assert list(_rows("show", "mobilenet_v1", "--columns", "name,live_bytes")[0]) == ["name", "live_bytes"]
    plain = _rows("show", "mobilenet_v1")
    assert not any("bytes" in column for column in plain[0])


def test_several_bits_have_a_column_each() -> None:
    rows = _rows("show", "mobilenet_v1", "--memory", "--bits", "8,16", "--columns", "live_bytes_8,live_bytes_16")
    assert all(2 * int(row["live_bytes_8"]) == int(row["live_bytes_16"]) for row in rows)


def test_weights_may_have_bits_of_their_own_and_a_batch_is_of_activations() -> None:
    one = json.loads(run("show", "mobilenet_v1", "--memory", "--bits", "8", "--format", "json").stdout)["memory"]["at"][
        0
    ]
    args = ("--memory", "--bits", "8", "--weight-bits", "4", "--batch", "3")
    two = json.loads(run("show", "mobilenet_v1", *args, "--format", "json").stdout)["memory"]["at"][0]
    assert two["peak_bytes"] == 3 * one["peak_bytes"]
    assert two["weight_bytes"] < one["weight_bytes"]


def test_python_has_what_the_command_shows() -> None:
    document = json.loads(run("show", "mobilenet_v2", "--memory", "tflm", "--bits", "8", "--format", "json").stdout)
    use = load("mobilenet_v2").cost().memory("tflm", bits=8)
    assert document["memory"]["definition"] == "tflm"
    assert document["memory"]["at"][0]["peak_bytes"] == use.peak
    assert [layer["live_bytes"] for layer in document["layers"]] == use.live
    assert [layer["weight_bytes"] for layer in document["layers"]] == use.weights


def test_the_best_order_is_told_with_its_bound() -> None:
    args = ("show", "pnasnet_5_mobile", "--memory", "--bits", "8", "--order", "best")
    at = json.loads(run(*args, "--format", "json").stdout)["memory"]["at"][0]
    best = at["best_order"]
    assert (at["peak_bytes"], best["peak_bytes"], best["bound_bytes"]) == (1_212_141, 972_000, 972_000)
    cost = load("pnasnet_5_mobile").cost()
    assert len(best["layers"]) == len(cost.expanded().layers)
    assert cost.memory(bits=8, order="best").peak == 972_000
    assert "972,000 bytes (949.22 KiB) in the best one found" in run(*args, "--by", "kind").stdout


def test_an_order_without_memory_and_one_that_there_is_not() -> None:
    assert run("show", "mobilenet_v1", "--order", "best").stderr.strip() == "Error: --order is for --memory"
    found = run("show", "mobilenet_v1", "--memory", "training", "--order", "best")
    assert "training keeps tensors whatever the order" in found.stderr
    assert found.exit_code == 2
    with pytest.raises(UsageError, match="an order is graph or best, not least"):
        load("mobilenet_v1").cost().memory(order="least")


@pytest.mark.parametrize(
    "args", [["--memory", "mobilenet_v2"], ["mobilenet_v2", "--memory"], ["--memory=live", "mobilenet_v2"]]
)
def test_the_definition_may_be_left_out(args: list[str]) -> None:
    assert json.loads(run("show", *args, "--format", "json").stdout)["memory"]["definition"] == "live"


def test_a_peak_is_a_budget() -> None:
    over = run("show", "mobilenet_v2", "--bits", "8", "--max", "peak_memory=1MiB", "--by", "stage")
    assert over.exit_code == 1
    assert over.stderr.startswith("Over budget: mobilenet_v2: live_bytes 1,505,280 is 456,704 above 1,048,576, 44 %; ")
    assert "the most at: stage3.1.dw 1,505,280 (100.0%)" in over.stderr
    assert run("show", "mobilenet_v2", "--bits", "8", "--max", "peak_memory=1505280B").exit_code == 0
    plan = run(
        "show",
        "mobilenet_v1:alpha=0.25,res=96,classes=2",
        "--memory",
        "tflm",
        "--bits",
        "8",
        "--max",
        "peak_memory=72KiB",
    )
    assert plan.exit_code == 0
    assert (
        run(
            "show",
            "mobilenet_v1:alpha=0.25,res=96,classes=2",
            "--memory",
            "tflm",
            "--bits",
            "8",
            "--max",
            "peak_memory=71KiB",
        ).exit_code
        == 1
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--memory=life"], "no definition of memory is called 'life' (did you mean 'live'?)"),
        (["--memory", "--bits", "0"], "--bits takes numbers from 1 to 64"),
        (["--memory", "--bits", "3.5"], "--bits takes numbers from 1 to 64"),
        (["--memory", "--batch", "0"], "--batch"),
        (["--batch", "2"], "--batch is for --memory"),
        (["--weight-bits", "8"], "--weight-bits is for --memory"),
    ],
)
def test_what_is_wrong_is_one_line(args: list[str], message: str) -> None:
    result = run("show", "mobilenet_v1", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_all_definitions_side_by_side() -> None:
    found = json.loads(run("reconcile", "mobilenet_v2", "--memory", "--bits", "8", "--format", "json").stdout)
    peaks = {entry["definition"]: entry["peak_bytes"] for entry in found["definitions"]}
    assert peaks["live"] == 1_505_280
    assert peaks["block_input_kept"] == 1_705_984
    assert peaks["depthwise_in_place"] == 1_404_928
    assert peaks["executorch"] == 1_509_744
    assert list(peaks.values()) == sorted(peaks.values())


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["mobilenet_v2", "--bits", "8"], "--bits is for --memory"),
        (["mobilenet_v2", "--memory", "--bits", "3.5"], "--bits"),
        (["mobilenet_v2", "--memory", "--explain", "300M"], "--memory asks of bytes"),
        (["--any", "--memory", "--explain", "300M"], "--memory asks of bytes"),
    ],
)
def test_definitions_side_by_side_want_nothing_else(args: list[str], message: str) -> None:
    result = run("reconcile", *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_compare_has_bytes_and_their_ratios() -> None:
    args = ("compare", "mobilenet_v1", "vs", "mobilenet_v2", "--memory", "tflm", "--bits", "8")
    rows = _rows(*args, "--by", "spec")
    uses = [load(name).cost().memory("tflm", bits=8) for name in ("mobilenet_v1", "mobilenet_v2")]
    assert [int(row["peak_bytes"]) for row in rows] == [use.peak for use in uses]
    assert [int(row["weight_bytes"]) for row in rows] == [use.flash for use in uses]
    specs = json.loads(run(*args, "--format", "json").stdout)["specs"]
    assert [spec["totals"]["peak_bytes"] for spec in specs] == [use.peak for use in uses]
    plain = json.loads(run(*args[:4], "--format", "json").stdout)["specs"]
    assert "peak_bytes" not in plain[0]["totals"]
    assert "--bits is for --memory" in run(*args[:4], "--bits", "8").stderr


def test_the_row_of_all_others_has_the_most_that_is_alive_in_one_of_them() -> None:
    every = _rows("show", "mobilenet_v2", "--memory", "--bits", "8", "--by", "stage")
    first, second, rest = _rows("show", "mobilenet_v2", "--memory", "--bits", "8", "--by", "stage", "--top", "2")
    others = [row for row in every if row["name"] not in (first["name"], second["name"])]
    assert rest["name"] == f"(other {len(others)} stages)"
    assert int(rest["live_bytes"]) == max(int(row["live_bytes"]) for row in others)
    assert int(rest["weight_bytes"]) == sum(int(row["weight_bytes"]) for row in others)


def test_weights_that_networks_share_are_in_flash_once() -> None:
    for network in ("retinanet", "efficientdet"):
        cost = load(network).cost()
        assert sum(cost.memory(bits=32).weights) <= 4 * cost.params
