"""What others run: the action's steps, the hooks of pre-commit, the workflow, the version that all files name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import costcalc

ROOT = Path(__file__).resolve().parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
EXAMPLES = ROOT / "docs" / "examples"
POSIX = pytest.mark.skipif(os.name == "nt", reason="the step's bash is Git's there")


def gate(folder: Path, commands: str, summary: str = "") -> subprocess.CompletedProcess[str]:
    """The action's last step, as its runner does it, with this Python in place of the one that it installs."""
    (step,) = (s for s in ACTION["runs"]["steps"] if s.get("name") == "gate")
    inputs = {"${{ inputs.commands }}": commands, "${{ inputs.summary }}": summary}
    env = {name: inputs.get(value, value) for name, value in step["env"].items()}
    (folder / "bin").mkdir(exist_ok=True)
    script = folder / "bin" / "python"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    script.chmod(0o755)
    assert env["COSTCALC_BIN"] == "${{ steps.install.outputs.bin }}"
    env |= {"COSTCALC_BIN": str(folder / "bin"), "GITHUB_ACTION_PATH": str(ROOT), "PYTHONPATH": str(ROOT)}
    env |= {"GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "nets").mkdir()
    for name in ("my_net.yaml", "net.yaml"):
        (tmp_path / "nets" / name).write_bytes((EXAMPLES / name).read_bytes())
    return tmp_path


@POSIX
def test_a_gate_that_is_open(folder: Path) -> None:
    done = gate(folder, "lint nets/*.yaml\n\nshow nets/my_net.yaml --max mult_adds=7M  # a budget\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "nets/my_net.yaml: no problems" in done.stdout
    assert "nets/net.yaml: no problems" in done.stdout
    assert f"{costcalc.load(str(EXAMPLES / 'my_net.yaml')).cost().params:,}" in done.stdout


@POSIX
def test_a_gate_that_is_shut_runs_all_commands(folder: Path) -> None:
    done = gate(folder, "show nets/my_net.yaml --max params=1k\nlint nets/my_net.yaml")
    assert done.returncode == 1
    assert "Over budget" in done.stderr
    assert "no problems" in done.stdout
    assert gate(folder, "").returncode == 2
    assert gate(folder, "lint 'nets").returncode == 1
    assert gate(folder, "lint nets/none.yaml").returncode == 1


@POSIX
def test_no_shell_reads_a_line(folder: Path) -> None:
    done = gate(folder, "lint nets/net.yaml; touch nets/made\nlint $(touch nets/made)\nlint `touch nets/made`")
    assert done.returncode == 1
    assert not (folder / "nets" / "made").exists()


@POSIX
def test_what_is_to_be_seen_is_added_to_the_summary(folder: Path) -> None:
    (folder / "summary.md").write_text("# Job\n")
    done = gate(folder, "", summary="compare nets/my_net.yaml vs nets/net.yaml --format markdown")
    assert (done.returncode, done.stderr) == (0, "")
    text = (folder / "summary.md").read_text()
    assert text.startswith("# Job\n")
    assert re.search(r"^\|.*\bparams\b", text, re.MULTILINE)


def test_the_action_is_composite_and_its_inputs_are_used() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert ACTION["runs"]["using"] == "composite"
    assert {*re.findall(r"inputs\.([\w-]+)", text)} == {*ACTION["inputs"]}
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), "what an input says must not become a part of a script"


@pytest.mark.parametrize("path", ["action.yml", *(str(p.relative_to(ROOT)) for p in (ROOT / ".github").rglob("*.yml"))])
def test_other_actions_are_pinned_to_a_commit(path: str) -> None:
    used = re.findall(r"uses: (.*)", (ROOT / path).read_text(encoding="utf-8"))
    assert used
    for other in used:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", other)


def test_the_workflow_has_every_python_and_system() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text(encoding="utf-8"))["jobs"]
    matrix = jobs["tests"]["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert {one["os"].split("-")[0] for one in matrix["include"]} == {"windows", "macos"}


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_a_command_that_takes_files(hook: dict[str, Any], folder: Path) -> None:
    (folder / "nets" / "ours.csv").write_text("network,mult_adds\nmobilenet_v1,569M\n")
    (folder / "nets" / "wrong.csv").write_text("network,mult_adds\nmobilenet_v1,640M\n")
    good, wrong = {
        "costcalc-lint": (["my_net.yaml", "net.yaml"], ["my_net.yaml", "ours.csv"]),
        "costcalc-check": (["ours.csv"], ["wrong.csv"]),
    }[hook["id"]]
    command = [sys.executable, "-m", *hook["entry"].split()]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    for files, status in ((good, 0), (wrong, 1)):
        done = subprocess.run([*command, *files], cwd=folder / "nets", env=env, capture_output=True, check=False)
        assert done.returncode == status, done.stderr


@pytest.mark.parametrize(
    ("hook", "path", "taken"),
    [
        ("costcalc-lint", "specs/a.yaml", True),
        ("costcalc-lint", "my/networks/deep/a.yml", True),
        ("costcalc-lint", ".github/workflows/tests.yml", False),
        ("costcalc-lint", "myspecs/a.yaml", False),
        ("costcalc-check", "tables/a.csv", True),
        ("costcalc-check", "tables/a.py", False),
    ],
)
def test_the_files_that_a_hook_takes(hook: str, path: str, taken: bool) -> None:
    (pattern,) = (h["files"] for h in HOOKS if h["id"] == hook)
    assert bool(re.search(pattern, path)) is taken


def test_every_file_names_the_same_version() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(cited["version"]) == costcalc.__version__
    released = re.findall(r"^## \[(.+?)\] - (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert released[0] == (costcalc.__version__, str(cited["date-released"]))
