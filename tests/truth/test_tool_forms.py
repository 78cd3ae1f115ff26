"""What tools count of attention, recurrent cells and norms depends on the form of the code: the tools' own integers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from costcalc.conventions import Convention, read_convention
from costcalc.language.find import shipped
from costcalc.language.source import Source
from costcalc.network import Network, network_from

from ..loading import convention, load

TRUTH = yaml.safe_load((Path(__file__).parent / "tool_forms.yaml").read_text(encoding="utf-8"))
DIFFER = {(row.get("form") or row.get("network"), row["convention"]): row["ours"] for row in TRUTH["differ"]}


def written(name: str, words: str) -> Convention:
    """The convention of that name, for code that is written so."""
    found = convention(name)
    if not words or found.code is None:
        return found
    return read_convention(Source("c.yaml", f"convention: c\nas: {name}\nunit: x\nwritten: {words}\n"))


def check(net: Network, row: dict[str, Any], label: str) -> None:
    for name, theirs in row["counts"].items():
        if theirs is not None:
            ours = net.cost(convention=written(name, row["written"])).counted
            assert ours == DIFFER.get((label, name), theirs), name
            assert (ours == theirs) == ((label, name) not in DIFFER), name


@pytest.mark.parametrize("row", TRUTH["forms"], ids=lambda row: row["form"])
def test_single_layers(row: dict[str, Any]) -> None:
    text = f"network: form\ninput: 36 x 24\nlayers:\n{row['layers']}"
    check(network_from(Source("form.yaml", text)), row, row["form"])


@pytest.mark.parametrize("row", TRUTH["networks"], ids=lambda row: row["network"])
def test_networks(row: dict[str, Any]) -> None:
    check(load(row["spec"]), row, row["network"])


def test_every_difference_has_a_cause() -> None:
    assert all(row["cause"] for row in TRUTH["differ"])
    assert len(DIFFER) == len(TRUTH["differ"])


def test_every_tool_that_counts_tokens_has_its_integers() -> None:
    tools = {name for name in shipped("conventions") if convention(name).tool}
    missing = tools - set(TRUTH["forms"][0]["counts"])
    assert missing == {"keras", "darknet", "darknet_alexeyab", "torchstat_flops", "torchstat_madd"}
