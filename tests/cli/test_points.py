"""``SPEC:alpha=0.5,res=160`` in every command that takes a SPEC, and parameters that are called like an option."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest

from costcalc.cli.options import SHADOWING, SPEC_OPTIONS
from costcalc.cli.root import COMMANDS, costcalc
from costcalc.cli.spec_command import SpecCommand
from costcalc.cli.specs import split_point

from .running import TINY, refused, shown

BITS = """\
network: net
parameters:
  bits: {default: 2, range: 1..9, doc: channels}
  alpha: 1.0
input: 8 x 8 x 3
layers:
  a: conv(3x3, bits)
"""


def parameters(command: str, word: str, *args: str) -> Any:
    words = [word, "vs", "standard"] if command == "compare" else [word]
    found = json.loads(shown(command, *words, *args, "--format", "json"))
    return found["specs"][0]["parameters"] if command == "compare" else found["parameters"]


COMMANDS_WITH_SPECS = ["show", "formula", "compare", "reconcile"]


@pytest.mark.parametrize("command", COMMANDS_WITH_SPECS)
def test_a_point_stands_behind_the_spec_in_every_command(command: str, tiny: str) -> None:
    found = parameters(command, f"{tiny}:classes=7,kind=swish", "--classes", "8", "--deep", "yes")
    assert (found["classes"], found["kind"], found["deep"]) == (7, "swish", True)
    assert refused(command, *([f"{tiny}:alpa=1", "vs", tiny] if command == "compare" else [f"{tiny}:alpa=1"])) == (
        f"{tiny}:alpa=1: there is no parameter 'alpa' (did you mean 'alpha'?);"
        " the parameters of tiny are alpha, res, kind, deep, classes, rho"
    )


def test_several_specs_have_points_of_their_own(tiny: str) -> None:
    text = shown("show", f"{tiny}:alpha=0.5", f"{tiny}:variant=tiny_wide", tiny, "--alpha", "1", "--format", "json")
    assert [found["parameters"]["alpha"] for found in json.loads(text)["networks"]] == [0.5, 1, 1]


@pytest.mark.parametrize(
    ("word", "spec", "items"),
    [
        ("net", "net", []),
        ("net:", "net:", []),
        (":alpha=1", ":alpha=1", []),
        ("net:alpha=0.5,res=160", "net", [("alpha", "0.5"), ("res", "160")]),
        ("-:alpha=2", "-", [("alpha", "2")]),
        (r"C:\net.yaml", r"C:\net.yaml", []),
        (r"C:\net.yaml:alpha=0.5", r"C:\net.yaml", [("alpha", "0.5")]),
        ("a:b=1:c=2", "a:b=1", [("c", "2")]),
        ("net:kind='a,b=c',res=8", "net", [("kind", "a,b=c"), ("res", "8")]),
        ('net:kind="a:b=c"', "net", [("kind", "a:b=c")]),
        ("net:kind=", "net", [("kind", "")]),
        ("net:kind='a", "net:kind='a", []),
        ("net:alpha=1,res", "net:alpha=1,res", []),
        ("net:2a=1", "net:2a=1", []),
    ],
)
def test_where_a_point_begins(word: str, spec: str, items: list[tuple[str, str]]) -> None:
    assert split_point(word) == (spec, items)


@pytest.mark.parametrize("name", [r"C:\net.yaml", "net.yaml:alpha=2", "a:alpha=2.yaml"])
def test_a_file_that_exists_wins(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TINY)
    assert parameters("show", str(path))["alpha"] == 1
    assert parameters("show", f"{path}:alpha=0.5")["alpha"] == 0.5


def test_the_options_that_no_parameter_becomes_are_those_of_the_commands() -> None:
    found = {"help"}
    for name in COMMANDS:
        command = costcalc.get_command(click.Context(costcalc), name)
        if isinstance(command, SpecCommand):
            options = [o for p in command.params if isinstance(p, click.Option) for o in (*p.opts, *p.secondary_opts)]
            found |= {option.removeprefix("--") for option in options if option.startswith("--")}
    assert found == SPEC_OPTIONS | SHADOWING
    assert not SPEC_OPTIONS & SHADOWING


@pytest.mark.parametrize("command", COMMANDS_WITH_SPECS)
def test_a_parameter_called_like_an_option_means_the_same_in_every_command(tmp_path: Path, command: str) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(BITS)
    assert parameters(command, str(path), "--set", "bits=4")["bits"] == 4
    assert parameters(command, f"{path}:bits=5", "--set", "bits=4")["bits"] == 5
    assert "--set bits=NUMBER" in shown(command, str(path), "--help")
    if command == "show":
        assert "bytes_4" in json.loads(shown("show", str(path), "--bits", "4", "--format", "json"))["totals"]
        assert parameters("show", str(path), "--bits", "4")["bits"] == 2
        return
    if command == "formula":  # bits alone ask for bytes, as they do of show
        assert "bytes at 4 bits" in shown("formula", str(path), "--bits", "4")
        assert shown("formula", str(path), "--bits", "4").startswith("net: bits=2\n")
        return
    words = [str(path), "vs", str(path)] if command == "compare" else [str(path)]
    if command in ("compare", "reconcile"):
        assert refused(command, *words, "--bits", "4") == "--bits is for --memory"
        return
    assert refused(command, *words, "--bits", "4") == (
        "'--bits' is an option of other commands; the parameter is given by --set bits=VALUE or SPEC:bits=VALUE"
    )


def test_vs_is_for_compare(tiny: str) -> None:
    assert refused("show", tiny, "vs", tiny) == (
        "'vs' stands between the SPECs of another command: costcalc compare SPEC vs SPEC"
    )
