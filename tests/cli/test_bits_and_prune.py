"""``show --bits`` and ``show --prune``."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from .running import TINY_PARAMS, refused, shown


def document(*args: str) -> Any:
    return json.loads(shown("show", *args, "--format", "json"))


def test_bytes_in_the_document(tiny: str) -> None:
    found = document(tiny, "--bits", "all")
    assert [found["totals"][f"bytes_{n}"] for n in (32, 16, 8, 4)] == [TINY_PARAMS * n // 8 for n in (32, 16, 8, 4)]
    assert sum(layer["bytes_4"] for layer in found["layers"]) == found["totals"]["bytes_4"]
    assert "not_pruned" not in found


@pytest.mark.parametrize("by", ["layer", "op", "stage", "primitive"])
def test_columns_of_csv_add_up(tiny: str, by: str) -> None:
    text = shown("show", tiny, "--bits", "3,1", "--prune", "0.3", "--by", by, "--format", "csv", "--total")
    *rows, last = csv.DictReader(io.StringIO(text))
    totals = document(tiny, "--bits", "3,1", "--prune", "30%")["totals"]
    for column in (
        "bytes_3",
        "bytes_1",
        "channels_params",
        "channels_mult_adds",
        "weights_params",
        "weights_mult_adds",
    ):
        assert sum(int(row[column]) for row in rows) == int(last[column]) == totals[column]


def test_tables_of_the_totals(tiny: str) -> None:
    text = shown("show", tiny, "--bits", "8", "--prune", "0.3", columns=80)
    assert max(map(len, text.splitlines())) <= 80
    assert "Size of the params\nbits  params  bytes\n" in text
    assert f"   8  {TINY_PARAMS:>6,}  {TINY_PARAMS:>5,}\n" in text
    assert "0.3 of the channels" in text
    assert "bytes at 8 bits" not in text
    for by in ("layer", "kind"):
        lines = shown("show", tiny, "--bits", "8", "--by", by).splitlines()
        assert lines.count("Size of the params") == 1
        assert lines[-1] == f"tiny, 8x8x3: {TINY_PARAMS:,} params, 42,192 mult-adds"
    assert "bytes at 8 bits" in shown("show", tiny, "--bits", "8", "--columns", "name,bytes_8")


def test_what_cannot_lose_channels_says_why() -> None:
    found = document("shufflenet_v1", "--prune", "0.3")
    assert "which 3 groups don't divide" in found["not_pruned"]["channels"]
    assert "channels_params" not in found["totals"]
    assert "weights_params" in found["totals"]
    assert "Without 0.3 of the channels: " in shown("show", "shufflenet_v1", "--prune", "0.3")


@pytest.mark.parametrize("text", ["x", "0", "65", "8,", "-8", "8.5", "³"])
def test_bits_that_are_none(tiny: str, text: str) -> None:
    message = refused("show", tiny, f"--bits={text}")
    assert message == f"--bits takes numbers from 1 to 64 such as 8 or 16,8,4, or all, not '{text}'"


@pytest.mark.parametrize("text", ["x", "1", "-0.1", "100%", "nan", "1/0", "%", "0.3%%"])
def test_shares_that_are_none(tiny: str, text: str) -> None:
    message = refused("show", tiny, f"--prune={text}")
    assert message == f"--prune takes a share from 0 to less than 1, such as 0.3 or 30%, not '{text}'"
