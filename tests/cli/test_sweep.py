"""``costcalc sweep``: its rows in every form, its files, and what wrong requests get."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from costcalc.sweeping import working

from ..loading import load
from .running import ROOT, TINY, environment, process, refused, run, shown

pytest.importorskip("numpy")

SMALL = ["sweep", "mobilenet_v2", "--alpha", "0.35:1.4:0.35", "--res", "96,160"]
LONG = ["sweep", "mobilenet_v1", "--alpha", "0.25:1:0.001", "--res", "96:224:1"]
"""Six blocks."""


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


# -- rows


def test_csv_has_a_row_for_each_configuration_equal_to_show() -> None:
    found = rows(shown(*SMALL, "--format", "csv"))
    points = [(row["alpha"], row["res"]) for row in found]
    assert points == [(a, r) for a in ("0.35", "0.7", "1.05", "1.4") for r in ("96", "160")]
    for row in found:
        told = json.loads(
            shown("show", "mobilenet_v2", "--alpha", row["alpha"], "--res", row["res"], "--format", "json")
        )
        assert told["totals"] == {"params": int(row["params"]), "mult_adds": int(row["mult_adds"])}


def test_json_and_json_lines_have_the_same_rows() -> None:
    plain = rows(shown(*SMALL, "--format", "csv"))
    lines = [json.loads(line) for line in shown(*SMALL, "--format", "jsonl").splitlines()]
    whole = json.loads(shown(*SMALL, "--format", "json"))
    assert whole["rows"] == lines
    assert [{key: str(value) for key, value in line.items()} for line in lines] == plain
    assert json.loads(shown(*SMALL, "--format", "json", "--where", "params < 0"))["rows"] == []


def test_the_table() -> None:
    text = shown(*SMALL, "--where", "alpha < 1")
    assert [line.split() for line in text.splitlines() if line[-1:].isdigit()][:2] == [
        ["mobilenet_v2"],
        ["0.35", "96", "1,677,128", "11,934,128"],
    ]
    assert "No configuration meets the condition." in shown(*SMALL, "--where", "alpha < 0")


def test_several_networks_take_what_they_have_and_a_point_of_their_own_wins() -> None:
    text = shown(
        "sweep", "mobilenet_v1:alpha=0.5", "efficientnet", "--alpha", "0.25,1", "--res", "96,128", "--format", "csv"
    )
    found = [(row["spec"], row["alpha"], row["res"], int(row["params"])) for row in rows(text)]
    half, b0 = load("mobilenet_v1").cost(alpha=0.5).params, load("efficientnet").cost().params
    assert found == [
        ("mobilenet_v1:alpha=0.5", "0.5", "96", half),
        ("mobilenet_v1:alpha=0.5", "0.5", "128", half),
        ("efficientnet", "", "96", b0),
        ("efficientnet", "", "128", b0),
    ]


def test_a_point_with_commas_is_one_cell() -> None:
    word = "mobilenet_v1:alpha=0.5,res=96"
    text = shown("sweep", word, "mobilenet_v2", "--res", "96,128", "--format", "csv")
    assert [row["spec"] for row in rows(text)] == [word, "mobilenet_v2", "mobilenet_v2"]
    assert text.splitlines()[1].startswith(f'"{word}",')


def test_words_and_yes_or_no_are_lists_too(tmp_path: Path) -> None:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    text = shown("sweep", str(path), "--deep", "yes,no", "--kind", "relu,swish", "--format", "csv")
    assert [(row["kind"], row["deep"]) for row in rows(text)] == [
        ("relu", "yes"), ("relu", "no"), ("swish", "yes"), ("swish", "no"),
    ]  # fmt: skip
    assert shown("sweep", str(path), "--set", "deep=yes,no", "--kind", "relu,swish", "--format", "csv") == text
    assert "deep takes yes or no, not 'maybe'" in refused("sweep", str(path), "--set", "deep=yes,maybe")


def test_rectangles_and_fractions_have_rows() -> None:
    found = rows(shown("sweep", "mobilenet_v2", "--res", "96,96x160", "--format", "csv"))
    assert [row["res"] for row in found] == ["96", "96x160"]
    assert int(found[1]["mult_adds"]) == load("mobilenet_v2").cost(res=(96, 160)).mult_adds
    (first, _) = rows(shown("sweep", "mobilenet_v1", "--rho", "6/7,1", "--format", "csv"))
    assert (first["rho"], int(first["mult_adds"])) == ("6/7", load("mobilenet_v1").cost(res=192).mult_adds)


def test_drawn_points() -> None:
    words = [*LONG, "--random", "20", "--format", "csv"]
    text = shown(*words)
    assert len(rows(text)) == 20
    assert shown(*words, "--seed", "0") == text != shown(*words, "--seed", "1")


def test_the_matrix() -> None:
    words = ["sweep", "mobilenet_v1", "--alpha", "1,0.75,0.5,0.25", "--res", "224,192,160,128", "--grid", "mult_adds"]
    lines = [line.split() for line in shown(*words).splitlines()]
    assert lines[1] == ["mult-adds,", "millions", "224", "192", "160", "128", "params"]
    assert [line[:6] for line in lines[3:7]] == [
        ["alpha", "1", "569", "418", "291", "186"],
        ["alpha", "0.75", "325", "239", "166", "107"],
        ["alpha", "0.5", "149", "110", "77", "49"],
        ["alpha", "0.25", "41", "30", "21", "14"],
    ]
    assert [line[6] for line in lines[3:7]] == ["4,231,976", "2,585,560", "1,331,592", "470,072"]
    raw = rows(shown(*words, "--format", "csv"))
    assert raw[0]["224"] == str(load("mobilenet_v1").cost().mult_adds)
    (grid,) = json.loads(shown(*words, "--format", "json"))["grids"]
    assert grid["figures"][3][3] == load("mobilenet_v1").cost(alpha=0.25, res=128).mult_adds
    of_params = shown(*[w if w != "mult_adds" else "params" for w in words])
    assert of_params.count("params") == 1  # the title


def test_params_that_vary_along_the_other_parameter_are_no_column() -> None:
    text = shown("sweep", "mobilenet_v1", "--alpha", "1,0.5", "--classes", "10,1000", "--grid", "mult_adds")
    assert "params" not in text


# -- files


def test_a_file_is_as_stdout_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    for ending in ("csv", "jsonl", "json"):
        path = tmp_path / f"rows.{ending}"
        path.write_text("old")
        assert shown(*SMALL, "-o", str(path)) == ""
        assert path.read_text() == shown(*SMALL, "--format", ending)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["rows.csv", "rows.json", "rows.jsonl"]


def test_processes_give_the_same_bytes(tmp_path: Path) -> None:
    here, there = tmp_path / "here.csv", tmp_path / "there.csv"
    shown(*LONG, "-o", str(here))
    shown(*LONG, "-o", str(there), "--jobs", "2")
    assert here.read_bytes() == there.read_bytes()
    assert len(here.read_text().splitlines()) == 1 + 751 * 129


def stopped_after(monkeypatch: pytest.MonkeyPatch, blocks: int, error: BaseException) -> None:
    """Let a sweep be stopped behind some blocks, as by a key or by a signal."""
    run_here = working.run_here

    def stop(asked: Any, shape: Any, first: int = 0) -> Any:
        for n, done in enumerate(run_here(asked, shape, first)):
            if n == blocks:
                raise error
            yield done

    monkeypatch.setattr("costcalc.sweeping.running.run_here", stop)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("where", ["", "params < 1.5e6"])
def test_a_sweep_that_was_stopped_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, where: str
) -> None:
    if ending == "parquet":
        pytest.importorskip("pyarrow")
        monkeypatch.setattr("costcalc.sweeping.arrow.PART_BLOCKS", 2)
    path = tmp_path / f"rows.{ending}"
    words = [*LONG, "--where", where, "-o", str(path)]
    with monkeypatch.context() as patch:
        stopped_after(patch, 3, KeyboardInterrupt())
        result = run(*words)
    assert result.exit_code == 130
    assert "--resume goes on from there" in result.stderr
    assert not path.exists()
    part = tmp_path / f"rows.{ending}.part"
    told = json.loads((part / "_sweep.json" if ending == "parquet" else Path(f"{part}.json")).read_text())
    assert told["asked"]["specs"][0]["network"] == "mobilenet_v1"
    assert told["blocks"] == (2 if ending == "parquet" else 3)
    assert "is left of a sweep that was stopped: --resume goes on with it" in refused(*words)
    if ending != "parquet":
        with part.open("a") as f:
            f.write("0.3,half a li")  # what was being written
    assert shown(*words, "--resume") == ""
    assert not part.exists()
    if ending == "parquet":
        import pyarrow.parquet as parquet

        text = shown(*LONG, "--where", where, "--format", "jsonl")
        assert parquet.read_table(path).to_pylist() == [json.loads(line) for line in text.splitlines()]
        assert len(list(path.glob("part-*.parquet"))) == 3
    else:
        assert path.read_text() == shown(*LONG, "--where", where, "--format", ending)


def test_another_sweeps_part_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "rows.csv"
    with monkeypatch.context() as patch:
        stopped_after(patch, 2, KeyboardInterrupt())
        run(*LONG, "-o", str(path))
    kept = (tmp_path / "rows.csv.part").read_bytes()
    for other, what in (
        ([*LONG, "--where", "params < 1e6"], "where"),
        ([*LONG[:-1], "96:224:2"], "values"),
        ([*LONG, "--columns", "alpha,params"], "columns"),
        (["sweep", "mobilenet_v2", *LONG[2:]], "specs"),
    ):
        message = refused(*other, "-o", str(path), "--resume")
        assert f"is of another sweep: it differs in {what}; remove it to begin anew" in message
    assert (tmp_path / "rows.csv.part").read_bytes() == kept
    (tmp_path / "rows.csv.part").write_bytes(kept[:100])
    assert "is shorter than it was" in refused(*LONG, "-o", str(path), "--resume")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal")
def test_what_a_killed_process_wrote_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    words = [*LONG[:3], "0.25:1:0.0001", *LONG[4:], "-o", str(path)]
    command = [sys.executable, "-m", "costcalc", *words]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL) as running:
        part = tmp_path / "rows.csv.part"
        until = time.monotonic() + 30
        while time.monotonic() < until and not (part.exists() and part.stat().st_size > 1_000_000):
            time.sleep(0.02)
        running.kill()
    assert not path.exists()
    assert process(*words, "--resume").returncode == 0
    whole = tmp_path / "whole.csv"
    assert process(*words[:-1], str(whole)).returncode == 0
    assert path.read_bytes() == whole.read_bytes()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_device_is_one_line() -> None:
    assert (
        refused(*SMALL, "--format", "csv", "-o", "/dev/full") == "can't write to '/dev/full': No space left on device"
    )


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """A limit on the size of files is hit as the disk's end is."""
    resource = pytest.importorskip("resource")
    path = tmp_path / "rows.csv"
    limit = 700_000
    done = process(*LONG, "-o", str(path), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert done.returncode == 2
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith(f"Error: can't write to '{path}': File too large; ")
    assert "--resume goes on from there" in line
    assert shown(*LONG, "-o", str(path), "--resume") == ""
    assert path.read_text() == shown(*LONG, "--format", "csv")


def test_a_bar_on_a_terminal_and_nothing_elsewhere(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    path = tmp_path / "rows.csv"
    done = process(*SMALL, "-o", str(path), stderr=slave, env={"CI": "", "TERM": "xterm", "COLUMNS": "80"})
    os.close(slave)
    shown_there = os.read(master, 100_000).decode()
    os.close(master)
    assert done.returncode == 0
    assert "of 8 configurations" in shown_there
    assert process(*SMALL, "-o", str(path)).stderr == b""


def test_parquet_and_arrow(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    import pyarrow.parquet as parquet

    lines = [json.loads(line) for line in shown(*SMALL, "--format", "jsonl").splitlines()]
    shown(*SMALL, "-o", str(tmp_path / "rows.parquet"))
    shown(*SMALL, "-o", str(tmp_path / "rows.arrow"))
    assert parquet.read_table(tmp_path / "rows.parquet").to_pylist() == lines
    with pyarrow.OSFile(str(tmp_path / "rows.arrow")) as f:
        assert pyarrow.ipc.open_file(f).read_all().to_pylist() == lines
    shown(*SMALL, "--where", "params < 0", "-o", str(tmp_path / "none.parquet"))
    assert parquet.read_table(tmp_path / "none.parquet").to_pylist() == []
    assert "is there already; a folder is not written over" in refused(*SMALL, "-o", str(tmp_path / "rows.parquet"))


def test_parquet_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for ending in ("parquet", "arrow"):
        message = refused(*SMALL, "-o", str(tmp_path / f"rows.{ending}"))
        assert message == f"--format {ending} needs pyarrow: pip install 'costcalc[parquet]'"
    assert list(tmp_path.iterdir()) == []


def test_what_numba_made_is_used_by_the_next_process(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    words = [*SMALL, "--format", "csv", "--engine", "fast"]
    first, second = (process(*words, env={"XDG_CACHE_HOME": str(tmp_path)}) for _ in range(2))
    assert first.stdout.decode() == second.stdout.decode() == shown(*SMALL, "--format", "csv")
    assert first.stderr.startswith(b"compiling mobilenet_v2 (once; kept in ")
    assert second.stderr == b""


# -- wrong requests


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--alpha", "1:0.5:0.1"], "--alpha: the range 1:0.5:0.1 is empty: it begins at 1, above its end 0.5"),
        (["--alpha", "0.5:1:0"], "--alpha: the step of 0.5:1:0 is 0; it must be above 0"),
        (["--alpha", "0.5:1"], "--alpha: '0.5:1' is no range; write A:B:STEP, such as 0.25:1.5:0.05"),
        (["--alpha", "0.5,,1"], "--alpha: a value is missing in '0.5,,1'"),
        (["--alpha", "0.5,x"], "--alpha takes a number such as 0.5, 224 or 6/7, not 'x'"),
        (["--alpha", "0.5:11:0.5"], "alpha is from "),
        (["--alhpa", "0.5,1"], "there is no option '--alhpa' (did you mean '--alpha'?)"),
        (
            ["--alpha", "0.25:1:0.0000001", "--res", "32:224:1"],
            "these are 1,447,500,193 rows (7,500,001 of alpha times 193 of res); --yes computes them all",
        ),
        (["--alpha", "0.25:1:0.000001"], "more than 10,000 rows are no table; "),
        (["--alpha", "0.25,1", "--where", "params"], "--where:1:1: this is no condition; write one, such as"),
        (["--alpha", "0.25,1", "--where", "params < "], "--where:1:9: the text ends where a value is due"),
        (["--alpha", "0.25,1", "--where", "params < 3M"], "--where:1:10: '3M' is neither a number nor a name"),
        (["--alpha", "0.25,1", "--where", "parms < 3"], "--where:1:1: nothing is called 'parms' here (did you mean"),
        (["--alpha", "0.25,1", "--where", "1 < alpha < 3"], "--where:1:11: comparisons can't be chained"),
        (["--alpha", "0.25,1", "--where", "params / (res - 224) < 3"], "--where:1:8: division by zero"),
        (["--alpha", "0.25,1", "--where", "conv(3x3) < 3"], "--where:1:1: a condition has numbers, columns"),
        (["--alpha", "0.25,1", "--pareto", "parms"], "there is no column 'parms' (did you mean 'params'?)"),
        (["--alpha", "0.25,1", "--columns", "parms"], "there is no column 'parms' (did you mean 'params'?)"),
        (["--alpha", "0.25,1", "--grid", "params"], "--grid is for two parameters that vary, such as"),
        (
            ["--alpha", "0.25,1", "--res", "224,192", "--grid", "params", "--random", "5"],
            "--grid is of all combinations, and --random draws some",
        ),
        (["--alpha", "0.25,1", "--format", "parquet"], "--format parquet is for rows, and needs -o FILE"),
        (["--alpha", "0.25,1", "--resume"], "--resume goes on with -o FILE of csv, jsonl or parquet"),
        (["--alpha", "0.25,1", "--scheduler", "tcp://x:1"], "--scheduler is for --engine dask"),
        (["--alpha", "0.25,1", "-o", "/nowhere/x.csv"], "can't write to '/nowhere/x.csv': No such file or directory"),
        (["--alpha", "0.25,1", "--rho", "0.5,1", "--res", "224,192"], "res 224 and rho 0.5 are in conflict"),
    ],
)
def test_a_wrong_request_is_one_line(args: list[str], message: str) -> None:
    assert refused("sweep", "mobilenet_v1", *args).startswith(message)


def test_without_a_spec() -> None:
    assert "Missing argument 'SPEC...'" in refused("sweep")
    assert refused("sweep", "--alpha", "0.25:1:0.25").startswith("there is no option '--alpha'")


# -- more cores, more machines


def workers_of(pid: int) -> list[int]:
    """The processes that a sweep has made to compute for it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="there is no /proc to find the workers in")
def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    """Its blocks are done again, in their order."""
    path, whole = tmp_path / "rows.csv", tmp_path / "whole.csv"
    words = [*LONG[:3], "0.25:1:0.0002", *LONG[4:]]
    command = [sys.executable, "-m", "costcalc", *words, "--jobs", "2", "-o", str(path)]
    killed = []
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE) as running:
        until = time.monotonic() + 60
        while time.monotonic() < until and not killed and running.poll() is None:
            part = tmp_path / "rows.csv.part"
            if part.exists() and part.stat().st_size > 100_000:
                killed.append(workers_of(running.pid)[0])
                os.kill(killed[0], signal.SIGKILL)
            time.sleep(0.02)
        try:
            _, errors = running.communicate(timeout=120)
        finally:
            running.kill()
    assert (running.returncode, errors) == (0, b"")
    assert killed
    shown(*words, "-o", str(whole))
    assert path.read_bytes() == whole.read_bytes()


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes_and_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    path, whole = tmp_path / "rows.csv", tmp_path / "whole.csv"
    words = [*LONG[:3], "0.25:1:0.0002", *LONG[4:]]
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as cluster:
        nannies = list(cluster.workers.values())
        killed = []

        def kill() -> None:
            part = tmp_path / "rows.csv.part"
            until = time.monotonic() + 60
            while time.monotonic() < until and not (part.exists() and part.stat().st_size > 100_000):
                time.sleep(0.02)
            os.kill(nannies[0].process.pid, signal.SIGKILL)
            killed.append(nannies[0].process.pid)

        thread = threading.Thread(target=kill)
        thread.start()
        done = process(*words, "--engine", "dask", "--scheduler", cluster.scheduler_address, "-o", str(path))
        thread.join()
    assert done.returncode == 0, done.stderr
    assert killed
    shown(*words, "-o", str(whole))
    assert path.read_bytes() == whole.read_bytes()


def test_a_scheduler_that_does_not_answer_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(working, "ANSWER_WITHIN", 1)
    message = refused(*SMALL, "--engine", "dask", "--scheduler", "tcp://127.0.0.1:9", "--format", "csv")
    assert message == "the scheduler tcp://127.0.0.1:9 doesn't answer within 1 s"


def test_dask_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    message = refused(*SMALL, "--engine", "dask", "--format", "csv")
    assert message == "--engine dask needs distributed: pip install 'costcalc[dask]'"


def test_nothing_heavy_is_loaded_by_show() -> None:
    code = "import sys, costcalc.cli.root as r; r.costcalc.main(['show', 'mobilenet_v1'], standalone_mode=False); "
    code += "print([m for m in sys.modules if m.startswith(('costcalc.sweeping', 'costcalc.space'))])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment(), cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "[]"


# -- bytes


def test_bytes_are_columns_and_budgets() -> None:
    words = [
        *SMALL,
        "--bits",
        "8",
        "--max",
        "peak_memory=300KiB",
        "--max",
        "params=2M",
        "--where",
        "alpha < 1 or res > 0",
    ]
    found = rows(shown(*words, "--format", "csv"))
    every = rows(shown(*SMALL, "--memory", "live", "--bits", "8", "--format", "csv"))
    within = [row for row in every if int(row["peak_memory"]) <= 300 * 1024 and int(row["params"]) <= 2_000_000]
    assert found == within
    assert 0 < len(found) < len(every)
    for row in every:
        use = load("mobilenet_v2").cost(alpha=float(row["alpha"]), res=int(row["res"])).memory(bits=8)
        assert (int(row["peak_memory"]), int(row["weight_bytes"])) == (use.peak, use.flash)


def test_bytes_are_cells_of_a_matrix_and_the_note_says_of_what() -> None:
    text = shown(*SMALL, "--memory", "tflm", "--bits", "8", "--grid", "peak_memory", columns=200)
    assert text.split("\n")[1].startswith("RAM, thousands")
    assert "RAM, weights: bytes at 8 bits. tflm: " in text


def test_budgets_that_are_none_are_refused() -> None:
    assert refused(*SMALL, "--max", "peak_memory=3s").startswith("the budget of peak_memory is a figure such as 512KiB")
    assert refused(*SMALL, "--max", "peak=3").startswith("there is no column 'peak'")
    assert refused(*SMALL, "--bits", "8,4") == "--bits takes one number here"


def test_a_sweep_of_other_bytes_is_another(tmp_path: Path) -> None:
    told = [
        json.loads(shown(*SMALL, *words, "--format", "json"))["asked"]
        for words in (["--bits", "8"], ["--bits", "4"], [])
    ]
    assert [one.get("memory", {}).get("bits") for one in told] == [8, 4, None]
    assert told[0]["memory"]["definition"] == "live"
