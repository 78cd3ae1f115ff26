"""``costcalc verify``: what it prints, in every format, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

pytest.importorskip("torch")

from costcalc import ops
from costcalc.cli import progress as progress_module
from costcalc.cli import verify as command

from ..cli.running import ROOT, TINY, TINY_MULT_ADDS, TINY_PARAMS, process, refused, run, shown

pytestmark = pytest.mark.torch


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return str(path)


@pytest.fixture
def _broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mult-add too many in each convolution."""
    rule = ops.Conv2d.work
    monkeypatch.setattr(ops.Conv2d, "work", lambda self, i, o: rule(self, i, o) | {"mac": rule(self, i, o)["mac"] + 1})


# -- agreement


def test_totals_side_by_side(tiny: str) -> None:
    assert (
        shown("verify", tiny)
        == f"""\
tiny (A tiny network): alpha=1.0, res=8, kind=relu, deep=no, classes=10
figure     costcalc  PyTorch
────────────────────────────
params          {TINY_PARAMS}      {TINY_PARAMS}
mult-adds    {TINY_MULT_ADDS:,}   {TINY_MULT_ADDS:,}
layers           29       29
output        1²x10    1²x10
All 29 layers agree in output shape, params and mult-adds.
A forward pass on cpu in eval mode, random input of 1x3x8x8.
"""
    )


def test_parameters_are_options(tiny: str) -> None:
    text = shown("verify", tiny, "--alpha", "2", "--deep", "--kind=swish", "--set", "res=9")
    assert text.startswith("tiny (A tiny network): alpha=2, res=9, kind=swish, deep=yes, classes=10\n")
    assert "random input of 1x3x9x9" in text
    assert shown("verify", tiny, "--variant", "tiny_wide").startswith("tiny_wide")
    assert "--classes NUMBER" in shown("verify", tiny, "--help")


def test_the_page_shows_what_is_printed() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    section = page.split("## costcalc verify\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```text\n\$ costcalc ([^\n]+)\n(.*?)\n```", section, re.DOTALL)
    assert blocks
    for words, text in blocks:
        assert shown(*words.split(), columns=80).rstrip("\n") == text


def test_every_layer(tiny: str) -> None:
    text = shown("verify", tiny, "--all-layers")
    lines = [line.split() for line in text.splitlines() if line.startswith("stage")]
    assert lines[0] == ["stage1.conv", "conv2d", "8²x8", "8²x8", "216", "216", "13,824", "13,824", "yes"]
    assert lines[3][0] == "stage2.1.dw.conv"
    assert "In total\n" in text


def test_json(tiny: str) -> None:
    found = json.loads(shown("verify", tiny, "--format", "json"))
    assert found["agrees"] is True
    assert found["totals"] == found["measured"] == {"params": TINY_PARAMS, "mult_adds": TINY_MULT_ADDS}
    assert (found["device"], found["finite"], found["outputs"]) == ("cpu", True, {"out": [1, 10]})
    assert "layers" not in found
    found = json.loads(shown("verify", tiny, "--all-layers", "--device", "meta", "--format", "json"))
    assert (found["device"], found["finite"]) == ("meta", None)
    assert found["layers"][0] == {
        "name": "stage1.conv",
        "op": "conv2d",
        "output": [8, 8, 8],
        "measured_output": [8, 8, 8],
        "params": 216,
        "measured_params": 216,
        "mult_adds": 13824,
        "measured_mult_adds": 13824,
        "agrees": True,
    }
    assert len(json.loads(shown("verify", tiny, "separable", "--format", "json"))["networks"]) == 2


def test_csv(tiny: str) -> None:
    (row,) = csv.DictReader(io.StringIO(shown("verify", tiny, "--format", "csv")))
    assert row["measured_params"] == row["params"] == str(TINY_PARAMS)
    assert row["differing"] == "0"
    rows = list(csv.DictReader(io.StringIO(shown("verify", tiny, "--all-layers", "--format", "csv"))))
    assert sum(int(row["measured_mult_adds"]) for row in rows) == TINY_MULT_ADDS
    assert {row["agrees"] for row in rows} == {"yes"}
    rows = list(csv.DictReader(io.StringIO(shown("verify", tiny, "separable", "--all-layers", "--format", "csv"))))
    assert {row["spec"] for row in rows} == {"tiny", "separable"}


@pytest.mark.parametrize("fmt", ["markdown", "latex"])
def test_other_formats_and_files(fmt: str, tiny: str, tmp_path: Path) -> None:
    path = tmp_path / "out"
    assert shown("verify", tiny, "--format", fmt, "-o", str(path)) == ""
    assert "PyTorch" in path.read_text(encoding="utf-8")


def test_large_networks_run_on_meta_and_say_so() -> None:
    assert "on the meta device, which has shapes and no values, as the network is large;" in shown("verify", "vgg")
    assert "no values. Input" in shown("verify", "mobilenet_v1", "--device", "meta")


def test_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that begin with m, of all."""
    every = command.networks
    monkeypatch.setattr(command, "networks", lambda: (n for n in every() if n.name.startswith("mobilenet_v1")))
    text = shown("verify", "--all", "--device", "meta")
    names = [line.split()[0] for line in text.splitlines() if line.startswith("mobilenet_v1")]
    assert names[0] == "mobilenet_v1"
    number = len(names)
    assert number > 3
    assert f"{number} of {number} networks agree on every layer." in text
    found = json.loads(shown("verify", "--all", "--device", "meta", "--format", "json"))
    assert [document["spec"] for document in found["networks"]] == names


def test_the_bar_is_for_terminals(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def label(point: str) -> str:
        return point

    points = ["one", "two"]
    monkeypatch.setattr(progress_module.sys, "stderr", Terminal())
    monkeypatch.setenv("CI", "true")
    assert progress_module.progress(points, label) is points
    monkeypatch.delenv("CI")
    assert progress_module.progress(points, label, wanted=False) is points
    assert list(progress_module.progress(points, label)) == points
    assert capsys.readouterr().out == ""


# -- disagreement


@pytest.mark.usefixtures("_broken")
def test_the_first_difference(tiny: str) -> None:
    result = run("verify", tiny)
    assert (result.exit_code, result.stderr) == (1, "")
    assert "The first difference\n" in result.stdout
    assert "stage1.conv  conv2d  mult-adds    13,825   13,824\n9 of 29 layers differ.\n" in result.stdout


@pytest.mark.usefixtures("_broken")
def test_every_difference(tiny: str) -> None:
    result = run("verify", tiny, "--all-layers")
    assert result.exit_code == 1
    rows = result.stdout.split("Differences\n")[1].splitlines()[2:-2]
    assert len(rows) == 10
    assert rows[-1].split() == ["total", "mult-adds", f"{TINY_MULT_ADDS + 9:,}", f"{TINY_MULT_ADDS:,}"]
    assert result.stdout.count(" no\n") == 9
    result = run("verify", tiny, "--format", "json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["differences"][0] == {
        "layer": "stage1.conv",
        "op": "conv2d",
        "figure": "mult-adds",
        "costcalc": 13825,
        "measured": 13824,
    }
    assert found["differences"][-1]["layer"] is None
    assert run("verify", tiny, "--format", "csv").exit_code == 1


def test_what_torch_refuses(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("network: x\ninput: 8 x 8 x 3\nlayers:\n  a: conv(1x1, 2)\n  b: dropout(3)\n", encoding="utf-8")
    result = run("verify", str(path), "--all-layers")
    assert (result.exit_code, result.stderr) == (1, "")
    assert "ValueError: dropout probability has to be between 0 and 1, but got 3.0" in result.stdout
    assert "PyTorch runs 3 of 4 layers." in result.stdout
    traced = run("verify", str(path), "--traceback")
    assert traced.stderr.startswith("Traceback (most recent call last):")
    assert traced.stderr.endswith("ValueError: dropout probability has to be between 0 and 1, but got 3.0\n")


# -- bad input


def test_what_is_no_way_to_ask(tiny: str) -> None:
    assert refused("verify") == "there is no SPEC; --all is every shipped network"
    assert refused("verify", tiny, "--all") == "--all is every shipped network; give it or a SPEC"
    assert refused("verify", "--all", "--against", "a:b") == "--against compares a module with one SPEC"
    assert refused("verify", tiny, tiny, "--against", "a:b") == "--against compares a module with one SPEC"
    assert refused("verify", tiny, "--kwargs", "{}") == "--kwargs are for the callable of --against"
    assert "'tpu' is not one of 'cpu', 'meta', 'cuda'" in refused("verify", tiny, "--device", "tpu")
    assert refused("verify", tiny, "--alpha", "9") == "alpha is from 0.25 to 2, not 9"


def test_no_cuda(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert refused("verify", tiny, "--device", "cuda") == "PyTorch finds no cuda device here; there are cpu and meta"


def test_out_of_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    text = "network: x\nparameters: {c: 8}\ninput: 4000000 x 4000000 x 64\nlayers:\n  a: act(relu)\n"
    path.write_text(text, encoding="utf-8")
    line = refused("verify", str(path), "--device", "cpu")
    assert line == "x: the forward pass needs more memory than there is; --device meta needs next to none"
    assert "All 1 layers agree" in shown("verify", str(path), "--device", "meta")
    path.write_text(
        "network: x\ninput: 1 x 1 x 40000000\nlayers:\n  a: fc(40000000)\n",
        encoding="utf-8",
    )
    line = refused("verify", str(path), "--device", "cpu")
    assert line == "x: the module needs more memory than there is; --device meta needs next to none"


def test_in_a_process_of_its_own(tiny: str) -> None:
    done = process("verify", tiny)
    assert (done.returncode, done.stderr) == (0, b"")
