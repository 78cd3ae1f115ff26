"""Without PyTorch: one line where it is needed, and all else as ever. These tests run with torch as well."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ..cli.running import ROOT, environment

LINE = "needs PyTorch: pip install 'costcalc[torch]'"

BLOCKED = """
import sys
sys.modules["torch"] = None
"""


def done(code: str) -> subprocess.CompletedProcess[str]:
    """A process that has no torch."""
    command = [sys.executable, "-c", BLOCKED + code]
    return subprocess.run(command, capture_output=True, text=True, env=environment(), cwd=ROOT, check=False)


def program(*args: str) -> subprocess.CompletedProcess[str]:
    return done(f"sys.argv = {['costcalc', *args]!r}\nfrom costcalc.cli import main\nmain()")


@pytest.mark.parametrize("args", [["mobilenet_v1"], ["--all"], ["mobilenet_v1", "--against", "a:b"]], ids=str)
def test_verify_is_one_line(args: list[str]) -> None:
    result = program("verify", *args)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"Error: costcalc verify {LINE}\n")


def test_so_is_a_module() -> None:
    result = done("""
import costcalc
try:
    costcalc.load("mobilenet_v1").module()
except costcalc.UsageError as e:
    print(e)
""")
    assert result.stdout == f"Network.module {LINE}\n", result.stderr


@pytest.mark.parametrize(
    "args",
    [
        ["show", "mobilenet_v1"],
        ["verify", "mobilenet_v1", "--help"],
        ["list", "mobilenet"],
        ["lint", "mobilenet_v1"],
        ["check", "mobilenet_v1"],
        ["compare", "mobilenet_v1", "vs", "mobilenet_v2"],
        ["formula", "separable"],
    ],
    ids=" ".join,
)
def test_all_else_works(args: list[str]) -> None:
    result = program(*args)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout


def test_a_torch_that_is_there_but_broken() -> None:
    code = """
import importlib.abc
del sys.modules["torch"]
class Broken(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            raise OSError("libtorch.so: cannot open")
sys.meta_path.insert(0, Broken())
from costcalc import UsageError
from costcalc.witness import require_torch
try:
    require_torch("this")
except UsageError as e:
    print(e)
"""
    assert done(code).stdout == "this needs PyTorch, whose import fails: OSError: libtorch.so: cannot open\n"
