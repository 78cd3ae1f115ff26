"""``costcalc algorithms``: its tables, its rows for programs, and what bad input gets."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import pytest

from costcalc.algorithms import algorithms_of

from ..cli.running import refused, shown
from ..loading import load


def _rows(*words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(shown("algorithms", *words, "--format", "csv"))))


def test_the_table_ends_in_the_totals_of_each_algorithm() -> None:
    lines = shown("algorithms", "vgg_16", columns=120).split("\n")
    start = next(k for k, line in enumerate(lines) if line.startswith("all layers by"))
    named = [line.split("  ")[0] for line in lines[start + 2 : start + 7]]
    assert named == ["direct", "im2col + GEMM", "F(2x2,3x3)", "F(4x4,3x3)", "best of each"]
    assert "6,820,724,736" in lines[start + 4]


@pytest.mark.parametrize("width", [80, 140])
def test_every_line_fits(width: int) -> None:
    for words in (["resnet_50", "--rank", "8"], ["vgg_16", "--all"]):
        assert max(map(len, shown("algorithms", *words, columns=width).split("\n"))) <= width


@pytest.mark.parametrize(
    ("words", "layer", "said"),
    [
        (["mobilenet_v1"], "stage1", "stride 2"),
        (["mobilenet_v1"], "stage2.dw", "transforms"),
        (["mobilenet_v1"], "stage2.pw", "kernel 1x1"),
        (["vgg_16", "--max", "workspace=16MiB"], "conv1.1.conv", "workspace"),
        (["vgg_16"], "conv1.1.conv", ""),
    ],
)
def test_a_layer_computed_directly_says_why(words: list[str], layer: str, said: str) -> None:
    (line,) = (line for line in shown("algorithms", *words, columns=140).split("\n") if line.startswith(f"{layer} "))
    assert line.rstrip().endswith(said)
    assert ("direct" in line) == bool(said)


def test_rows_for_programs_are_each_layer_by_each_algorithm() -> None:
    rows = _rows("resnet_50", "--rank", "8")
    found = algorithms_of(load("resnet_50").graph(), rank=8)
    assert len(rows) == 5 * len(found.layers)
    for id in ("direct", "im2col"):
        mine = [row for row in rows if row["algorithm"] == id]
        assert sum(int(row["multiplications"]) for row in mine) == found.total("direct").multiplications
    best = [row for row in rows if row["best"] == "1"]
    assert len(best) == len(found.layers)
    assert sum(int(row["multiplications"]) for row in best) == found.total("best").multiplications
    assert sum(int(row["data_transform"]) for row in best) == found.total("best").data
    assert sum(int(row["inverse_transform"]) for row in best) == found.total("best").inverse
    assert max(int(row["workspace_bytes"]) for row in best) == 4 * found.total("best").workspace
    assert {row["why_not"] for row in rows if not row["multiplications"]} == {"kernel 7x7", "kernel 1x1"}
    assert all(row["additions"] == row["multiplications"] for row in rows)


def test_several_networks_are_told_apart() -> None:
    assert {row["spec"] for row in _rows("vgg_16", "resnet_50")} == {"vgg_16", "resnet_50"}


def test_json_has_the_totals_and_what_was_asked() -> None:
    text = shown("algorithms", "vgg_16", "--batch", "2", "--bits", "16", "--max", "workspace=1.5MB", "--format", "json")
    found: dict[str, Any] = json.loads(text)
    assert (found["batch"], found["bits"], found["most_workspace_bytes"]) == (2, 16, 1_500_000)
    totals = {row["algorithm"]: row for row in found["totals"]}
    expected = algorithms_of(load("vgg_16").graph(), batch=2, bits=16).total("winograd_4x4")
    assert totals["winograd_4x4"]["filter_transform"] == expected.filter
    assert totals["winograd_4x4"]["workspace_bytes"] == 2 * expected.workspace
    assert totals["best"]["workspace_bytes"] <= 1_500_000
    assert found["other_mult_adds"] == 2 * 123_633_664


def test_a_network_without_a_convolution_has_totals_of_nothing() -> None:
    text = shown("algorithms", "dcase_autoencoder")
    assert "264,192 mult-adds, the same by any algorithm" in " ".join(text.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--max", "workspac=1MB"], "there is no column 'workspac' (did you mean 'workspace'?)"),
        (["--max", "workspace=1MB", "--max", "workspace=2MB"], "workspace has one budget here, not 2"),
        (["--max", "workspace=20ms"], "the budget of workspace is a figure such as 512KiB"),
        (["--rank", "0"], "0 is not in the range x>=1"),
        (["--batch", "0"], "0 is not in the range x>=1"),
        (["--bits", "0"], "0 is not in the range 1<=x<=64"),
    ],
)
def test_bad_input_gets_one_line(words: list[str], said: str) -> None:
    assert said in refused("algorithms", "vgg_16", *words)
