"""``costcalc`` itself: its help, which commands there are, and shell completion."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from importlib.util import find_spec

import click
import pytest

import costcalc
from costcalc.cli.completion import SHELLS
from costcalc.cli.root import COMMANDS
from costcalc.cli.root import costcalc as group

from .running import ROOT, process, refused, run, shown


def test_the_version() -> None:
    assert shown("--version") == f"costcalc {costcalc.__version__}\n"


def test_the_commands_are_listed_with_a_line_each() -> None:
    text = shown("--help")
    assert shown("-h") == text
    section = text.split("Commands:\n")[1].split("\n\n")[0]
    assert [line.split()[0] for line in section.splitlines()] == list(COMMANDS)


def test_without_a_command_the_help_and_status_2() -> None:
    result = run()
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", shown("--help"))


def test_an_unknown_command_gets_the_nearest() -> None:
    there_are = f"there are {', '.join(COMMANDS)}"
    assert refused("shw") == f"no command is called 'shw' (did you mean 'show'?); {there_are}"
    assert refused("xyz", "--help") == f"no command is called 'xyz'; {there_are}"


def helps() -> list[str]:
    return ["", *COMMANDS]


def examples(text: str) -> list[str]:
    """The commands that a help ends with."""
    tail = text.rsplit("Example", 1)[1].split(":\n", 1)[1]
    return [line.strip() for line in tail.splitlines()]


@pytest.mark.parametrize("command", helps())
def test_every_help_ends_with_examples_that_run(command: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = examples(shown(*([command] if command else []), "--help"))
    assert found
    for line in found:
        name, *args = shlex.split(line)
        assert name == "costcalc"
        result = run(*args)
        needs_torch = command in ("verify", "import") or (command == "export" and "torch" in args)
        if needs_torch and find_spec("torch") is None:
            assert (result.exit_code, result.stdout) == (2, "")
            continue
        assert (result.exit_code, result.exception) == (0, None), (line, result.output)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_what_it_needs(command: str) -> None:
    """A line and an option -h; -o and --format wherever something is printed, which ``new FILE`` doesn't."""
    found = group.get_command(click.Context(group), command)
    assert found is not None
    options = {name for p in found.params for name in p.opts}
    assert {"-o", "--output"} <= options or command == "new"
    assert run(command, "-h").exit_code == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_is_one_line(command: str) -> None:
    words = {"show": ["mobilenet_v1"], "lint": ["common"], "completion": ["bash"], "new": ["x.yaml"]}.get(command, [])
    assert "--frobnicate" in refused(command, *words, "--frobnicate")


def test_the_help_fits_80_columns() -> None:
    for command in COMMANDS:
        assert max(map(len, shown(command, "--help", columns=80).splitlines())) <= 80


def test_python_m() -> None:
    assert process("--version").stdout.decode() == f"costcalc {costcalc.__version__}\n"


def test_the_layout_of_modules() -> None:
    """A module for each command, under its name."""
    for module, _ in COMMANDS.values():
        assert (ROOT / "costcalc" / "cli" / f"{module}.py").exists()


# -- completion


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_for_each_shell(shell: str) -> None:
    text = shown("completion", shell)
    assert "_COSTCALC_COMPLETE" in text
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=text.encode(), check=True)


def test_an_unknown_shell() -> None:
    assert refused("completion", "csh") == (
        "Invalid value for '{bash|zsh|fish}': 'csh' is not one of 'bash', 'zsh', 'fish'."
    )


def completed(line: str, **more: object) -> list[str]:
    """What the shell offers behind ``line``."""
    words = line.split(" ")
    env = {"_COSTCALC_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = process(env=env, **more)
    assert (done.returncode, done.stderr) == (0, b"")
    return [word.partition(",")[2] for word in done.stdout.decode().split()]


def test_what_is_completed() -> None:
    assert completed("costcalc li") == ["list", "lint"]
    assert "mobilenet_v1" in completed("costcalc show mobile")
    assert "efficientnet_b3" in completed("costcalc show efficientnet_b")
    assert completed("costcalc show mobilenet_v1 --al") == ["--alpha"]
    assert completed("costcalc show mobilenet_v1 --rh") == ["--rho"]
    assert completed("costcalc show --al") == []
    assert completed("costcalc show mobilenet_v1 --format j") == ["json"]
    assert completed("costcalc show mobilenet_v1 --convention mult_adds_n") in ([], ["mult_adds_no_fc"])
    assert completed("costcalc show nope --al") == []
    assert os.environ.get("_COSTCALC_COMPLETE") is None


def test_a_name_is_completed_as_people_type_it() -> None:
    assert completed("costcalc show MobileNet-V2_s") == ["mobilenet_v2_slim"]
    assert "mobilenetv2_050" in completed("costcalc show mobilenetv2_")
    assert completed("costcalc compare mobilenet_v1 v") == ["vs"]
    assert completed("costcalc compare mobilenet_v1 vs mobilenet_v2_s") == ["mobilenet_v2_slim"]
    assert completed("costcalc formula mobilenet_v1 mobile") == []


def test_files_of_ones_own_folder_are_completed(tmp_path) -> None:
    (tmp_path / "my_net.yaml").write_text("network: mine\n")
    (tmp_path / "my_blocks.yaml").write_text("blocks: {}\n")
    (tmp_path / "my_folder.yaml").mkdir()
    (tmp_path / "my_model.onnx").write_bytes(b"")
    (tmp_path / "my_table.csv").write_text("network,params\n")
    (tmp_path / "my_paper.yaml").write_text("# mine\npaper: Mine\n")
    assert completed("costcalc show my", cwd=tmp_path) == ["my_model.onnx", "my_net.yaml"]
    assert completed("costcalc sweep my", cwd=tmp_path) == ["my_model.onnx", "my_net.yaml"]
    assert completed("costcalc check my_", cwd=tmp_path) == [
        "my_model.onnx", "my_net.yaml", "my_paper.yaml", "my_table.csv",
    ]  # fmt: skip
    assert completed("costcalc check mobilenet_v1 my_t", cwd=tmp_path) == ["my_table.csv"]
    assert completed("costcalc show ./my", cwd=tmp_path) == ["./my"]  # the shell's own completion of files
