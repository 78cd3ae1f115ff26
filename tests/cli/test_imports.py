"""What a command loads: the common path stays light."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import pytest

from costcalc.cli.root import COMMANDS as COMMAND_MODULES

from .running import ROOT, environment

HEAVY = ("sympy", "numpy", "torch", "scipy", "pandas", "jsonschema", "tabulate")
FOR_PEOPLE = ("rich", "tabulate")
NEEDLESS = (
    "importlib.metadata", "difflib", "dataclasses", "tempfile", "csv", "subprocess", "textwrap", "costcalc.reconcile",
    "costcalc.papers", "costcalc.symbolic",
)  # fmt: skip


@cache
def loaded(*args: str, before: str = "") -> set[str]:
    """The modules that a run of ``costcalc ARGS`` has loaded at its end."""
    code = f"""
import sys
{before}
import atexit
atexit.register(lambda: print(*sys.modules, file=sys.stderr))
sys.argv = ["costcalc", *{list(args)!r}]
from costcalc.cli import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), cwd=ROOT, check=True
    )
    assert done.stdout
    return set(done.stderr.split())


COMMANDS = [
    ["show", "mobilenet_v1"],
    ["show", "mobilenet_v1", "--alpha", "0.5", "--rho", "6/7"],
    ["show", "mobilenet_v1", "--format", "json"],
    ["show", "mobilenet_v1", "--bits", "8", "--prune", "0.3"],
    ["reconcile", "mobilenet_v1"],
    ["reconcile", "mobilenet_v1", "--between", "fvcore", "thop"],
    ["reconcile", "mobilenet_v1", "--explain", "569M"],
    ["compare", "mobilenet_v1", "vs", "mobilenet_v2"],
    ["reconcile", "mobilenet_v1"],
    ["list", "--costs"],
    ["lint", "mobilenet_v1"],
    ["schema"],
    ["--help"],
]


@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_nothing_heavy_is_loaded(args: list[str]) -> None:
    assert loaded(*args) & set(HEAVY) == set()


@pytest.mark.parametrize("module", ["numpy", "sympy"])
def test_something_heavy_would_be_noticed(module: str) -> None:
    assert loaded("show", "mobilenet_v1", before=f"import {module}") & set(HEAVY) == {module} | (
        loaded("show", "mobilenet_v1") & set(HEAVY)
    )


@pytest.mark.parametrize("fmt", ["json", "csv", "table"])
def test_what_paints_is_not_loaded_where_nothing_is_painted(fmt: str) -> None:
    assert loaded("show", "mobilenet_v1", "--format", fmt) & set(FOR_PEOPLE) == set()


def test_rich_would_be_noticed() -> None:
    painted = "import costcalc.cli.output as output; output._colors = lambda: True"
    assert "rich" in loaded("show", "mobilenet_v1", before=painted)


def test_the_common_path_loads_nothing_needless() -> None:
    assert loaded("show", "mobilenet_v1", "--format", "json") & set(NEEDLESS) == set()


def test_the_version_needs_nothing_but_the_command_line() -> None:
    own = {module for module in loaded("--version") if module.startswith("costcalc.")}
    assert own == {
        "costcalc._version", "costcalc.cli", "costcalc.cli.root", "costcalc.cli.exit_status",
    }  # fmt: skip


def test_a_name_is_completed_from_the_index_alone() -> None:
    env = {"_COSTCALC_COMPLETE": "bash_complete", "COMP_WORDS": "costcalc show mobile", "COMP_CWORD": "2"}
    found = loaded(before=f"import os; os.environ.update({env!r})")
    assert not found & {"yaml", "costcalc.network", "costcalc.language.source", "costcalc.cli.show", *HEAVY}
    assert "costcalc.language.index" in found


def test_a_list_is_made_from_the_index_alone() -> None:
    found = loaded("list", "--format", "csv")
    assert not found & {"yaml", "costcalc.network", "costcalc.language.source", *HEAVY}


def test_a_module_more_would_be_noticed() -> None:
    assert "costcalc.network" in loaded("--version", before="import costcalc; costcalc.Network")


def test_a_command_loads_no_other_command() -> None:
    commands = {f"costcalc.cli.{module}" for module, _ in COMMAND_MODULES.values()}
    assert loaded("show", "mobilenet_v1") & commands == {"costcalc.cli.show"}
    assert loaded("--help") & commands == set()
