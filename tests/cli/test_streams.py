"""Where results go and how runs end: files that stay whole, full disks, closed pipes, locales, terminals."""

from __future__ import annotations

import os
import pty
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .running import environment, process, refused, run, shown

COMMAND = [sys.executable, "-m", "costcalc"]
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
needs_user = pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")


# -- files


def test_a_file_has_what_stdout_would(tmp_path) -> None:
    path = tmp_path / "out.txt"
    assert shown("show", "mobilenet_v1", "-o", str(path)) == ""
    assert path.read_text(encoding="utf-8") == shown("show", "mobilenet_v1")
    assert os.listdir(tmp_path) == ["out.txt"]


def test_a_file_has_full_width_and_exact_numbers_whatever_the_terminal(tmp_path) -> None:
    path = tmp_path / "out.txt"
    shown("show", "mobilenet_v1", "-o", str(path), columns=40)
    assert "568,740,352" in path.read_text(encoding="utf-8")


def test_an_old_file_is_replaced_and_keeps_its_permissions(tmp_path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")
    path.chmod(0o640)
    shown("list", "--format", "json", "-o", str(path))
    assert path.read_text().startswith('{\n  "format": 1,')
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    shown("schema", "-o", str(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text().startswith("{")


def test_what_cant_be_written_to(tmp_path) -> None:
    assert refused("schema", "-o", str(tmp_path)) == f"can't write to '{tmp_path}': Is a directory"
    missing = tmp_path / "no" / "out"
    assert refused("schema", "-o", str(missing)) == f"can't write to '{missing}': No such file or directory"
    assert refused("schema", "-o", "a\0b").startswith("can't write to 'a\\x00b': ")


@needs_user
def test_a_file_without_permission_stays_as_it_is(tmp_path) -> None:
    path = tmp_path / "out"
    path.write_text("old")
    path.chmod(0o444)
    assert refused("schema", "-o", str(path)) == f"can't write to '{path}': Permission denied"
    assert path.read_text() == "old"


def test_a_write_that_fails_leaves_the_old_file_whole(tmp_path) -> None:
    """A limit on the size of files stands for a disk that is full half way."""
    path = tmp_path / "out.txt"
    path.write_text("old")
    script = f"ulimit -f 1; trap '' XFSZ; exec {sys.executable} -m costcalc show mobilenet_v1 --format json -o {path}"
    done = subprocess.run(["bash", "-c", script], env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == f"Error: can't write to '{path}': File too large\n"
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.txt"]


def test_an_error_before_the_output_leaves_the_old_file(tmp_path) -> None:
    path = tmp_path / "out"
    path.write_text("old")
    assert run("show", "nope", "-o", str(path)).exit_code == 2
    assert path.read_text() == "old"


@needs_full
def test_a_full_disk() -> None:
    with FULL.open("wb") as full:
        done = process("show", "mobilenet_v1", stdout=full)
    assert (done.returncode, done.stderr) == (2, b"Error: can't write to standard output: No space left on device\n")
    assert refused("show", "mobilenet_v1", "-o", str(FULL)) == f"can't write to '{FULL}': No space left on device"
    with FULL.open("wb") as full:
        done = process("--help", stdout=full)
    assert (done.returncode, done.stderr) == (2, b"Error: can't write to standard output: No space left on device\n")


def test_a_disk_that_fills_where_python_does_not_buffer(tmp_path) -> None:
    """A limit on the size of files stands for it: the first bytes are written, and the rest can't be."""
    command = f"{sys.executable} -m costcalc show mobilenet_v1 --format json > {tmp_path}/out"
    script = f"ulimit -f 4; trap '' XFSZ; {command}"
    env = environment({"PYTHONUNBUFFERED": "1"})
    done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (2, b"Error: can't write to standard output: File too large\n")


@needs_full
@pytest.mark.parametrize("args", [["show", "nope"], ["lint", "./nope.yaml"], ["list", "nope"]])
def test_nobody_hears_an_error_and_the_status_says_it(args: list[str]) -> None:
    with FULL.open("wb") as full:
        assert process(*args, stderr=full).returncode == 2


def test_a_file_whose_name_is_as_long_as_can_be(tmp_path) -> None:
    path = tmp_path / ("ä" * 126)
    assert shown("schema", "-o", str(path)) == ""
    assert path.read_text().startswith("{")


def test_a_named_pipe(tmp_path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    done = process("schema", "-o", str(path))
    assert (done.returncode, done.stderr.decode()) == (2, f"Error: can't write to '{path}': nobody reads from it\n")
    read = tmp_path / "read"
    with read.open("wb") as target, subprocess.Popen(["cat", str(path)], stdout=target):
        keep = os.open(path, os.O_RDWR)  # the pipe has a reader now, whenever that other one begins
        assert process("show", "efficientdet_d7", "-o", str(path), "--format", "json").returncode == 0
        os.close(keep)
    assert read.stat().st_size > 100_000  # more than a pipe holds


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_stdout_by_name(name: str) -> None:
    assert process("schema", "-o", name).stdout.decode() == shown("schema")


# -- pipes, signals, streams that are closed


@pytest.mark.parametrize(
    "args", [["show", "efficientdet_d7"], ["show", "efficientdet_d7", "--format", "json"], ["--help"]]
)
def test_a_closed_pipe_is_silent(args: list[str]) -> None:
    """The reader is gone before the first byte: what ``| head -1`` may do at any time."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = process(*args, stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_head() -> None:
    script = f"{sys.executable} -m costcalc show efficientdet_d7 | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr, done.stdout.count(b"\n")) == (0, b"", 1)


def test_a_closed_stdout() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m costcalc schema >&-"], env=environment(), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, b"Error: can't write to standard output: it is closed\n")


def test_a_closed_stdin() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m costcalc show - <&-"], env=environment(), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, b"Error: there is no standard input to read a spec from\n")


def test_an_interrupt_is_quiet() -> None:
    with subprocess.Popen(
        [*COMMAND, "show", "-"],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    ) as running:
        time.sleep(1.5)
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=30) == 130
        assert running.stderr is not None
        assert running.stderr.read() == b""


def test_the_end_of_the_process_leaves_no_half_written_file(tmp_path) -> None:
    code = (
        "import os, signal, sys\n"
        "os.replace = lambda *paths: os.kill(os.getpid(), signal.SIGTERM)\n"
        f"sys.argv = ['costcalc', 'schema', '-o', {str(tmp_path / 'out')!r}]\n"
        "from costcalc.cli import main\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (128 + signal.SIGTERM, b"")
    assert os.listdir(tmp_path) == []


def test_an_interrupt_while_modules_are_imported_is_quiet() -> None:
    code = (
        "import sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'costcalc.cli.root': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "from costcalc.cli import main\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"")


# -- locales


@pytest.mark.parametrize(
    "env",
    [
        {"LANG": "C"}, {"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "latin-1"},
    ],
)  # fmt: skip
def test_any_locale_will_do(env: dict[str, str]) -> None:
    done = process("show", "mobilenet_v1", env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"568,740,352" in done.stdout
    assert process("show", "mobilenet_ρ", env=env).stderr.startswith(b"Error: no spec is called 'mobilenet_")


def test_ascii_has_no_question_marks_for_what_it_can_spell() -> None:
    text = process("show", "mobilenet_v1", env={"PYTHONIOENCODING": "ascii"}).stdout.decode("ascii")
    assert "112^2x32" in text
    assert "94.86 % ###########  conv" in text
    assert "?" not in text


# -- terminals


def at_terminal(*args: str, status: int = 0, **env: str) -> str:
    """What the command prints on a terminal of 100 columns."""
    import fcntl
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    running = subprocess.Popen(
        [*COMMAND, *args], stdout=follower, stderr=follower, env=environment({"TERM": "xterm-256color", **env})
    )
    os.close(follower)
    chunks = []
    try:
        while chunk := os.read(leader, 65536):
            chunks.append(chunk)
    except OSError:  # the other end is closed
        pass
    assert running.wait(timeout=60) == status
    os.close(leader)
    return b"".join(chunks).decode().replace("\r\n", "\n")


def test_a_terminal_gets_colours_and_its_width() -> None:
    text = at_terminal("show", "mobilenet_v1")
    assert "\x1b[1m" in text
    plain = at_terminal("show", "mobilenet_v1", NO_COLOR="1")
    assert max(map(len, plain.splitlines())) <= 100
    assert plain == shown("show", "mobilenet_v1", columns=100)


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colours(env: dict[str, str]) -> None:
    assert "\x1b" not in at_terminal("show", "mobilenet_v1", **env)


def test_messages_are_broken_between_words() -> None:
    text = at_terminal("show", "mobilenet_v1", "--columns", "nope", status=2)
    lines = text.splitlines()
    assert len(lines) > 1
    assert max(map(len, lines)) <= 100
    assert " ".join(lines) == run("show", "mobilenet_v1", "--columns", "nope").stderr.rstrip("\n")


def test_check_shows_how_far_it_is_on_a_terminal() -> None:
    assert "━" in at_terminal("check", "mobilenet_v1", CI="")
    assert "━" not in at_terminal("check", "mobilenet_v1", CI="1")


@pytest.mark.parametrize(
    "args",
    [
        ["fit", "mobilenet_v1", "shufflenet_v2", "--max", "mult_adds=300M"],
        ["list", "mobilenet_v1", "--convention", "fvcore"],
        ["roofline", "mobilenet_v1", "standard", "--device", "t4"],
        ["check", "{table}"],
        ["sweep", "mobilenet_v1", "--alpha", "0.5,1"],
    ],
    ids=lambda args: args[0],
)
def test_long_work_shows_how_far_it_is_on_a_terminal(tmp_path, args: list[str]) -> None:
    """On stderr: what is piped holds nothing of it."""
    table = tmp_path / "t.csv"
    table.write_text("network,mult_adds\nmobilenet_v1,569M\nmobilenet_v2,300M\n")
    words = [word.format(table=table) for word in args]
    assert "\x1b[?25l" in at_terminal(*words, CI="", NO_COLOR="1")  # rich hides the cursor while it draws
    assert "\x1b" not in at_terminal(*words, CI="1", NO_COLOR="1")
    done = process(*words, env={"CI": ""})
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_single_thing_has_no_bar() -> None:
    assert "\x1b" not in at_terminal("roofline", "mobilenet_v1", "--device", "t4", CI="", NO_COLOR="1")


def test_markup_and_escape_sequences_in_names_are_harmless(tmp_path) -> None:
    path = tmp_path / "evil.yaml"
    path.write_text(
        'network: evil\ntitle: "[red]t[/red] \\e]0;x\\a"\nparameters:\n  a: {default: 1, doc: "[b]d\\e[2J"}\n'
        "input: 8 x 8 x 3\nlayers: {x: 'conv(3x3, 4*a)'}\n"
    )
    for args in (["show", str(path)], ["show", str(path), "--help"], ["show", str(path), "--format", "json"]):
        result = run(*args)
        assert "\x1b" not in result.output
        assert "\x07" not in result.output
    text = run("show", str(path)).output
    assert "[red]t[/red]" in text or text.startswith("Error: ")


def test_columns_of_the_environment() -> None:
    done = process("show", "mobilenet_v1", env={"COLUMNS": "80"})
    assert max(map(len, done.stdout.decode().splitlines())) <= 80
