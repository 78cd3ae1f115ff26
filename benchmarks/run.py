"""How fast costcalc is: whole processes against what they must import anyway, and evaluations in a running process.

    python -m venv /tmp/bench && /tmp/bench/bin/pip install .
    /tmp/bench/bin/python benchmarks/run.py

Run it from an installed wheel (a checkout may have no bytecode) and on a quiet machine. What is measured is CPU time,
user and system. Two commands run in turn, so that a change of the machine's speed meets both; the ratio is taken pair
by pair. With --than another installed costcalc is the one to compare with, where there is nothing that must be imported
anyway:

    /tmp/bench/bin/python benchmarks/run.py --than /tmp/older/bin/costcalc

docs/benchmarks.md has the goals and figures.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

BIN = os.path.dirname(sys.executable)
COSTCALC = os.path.join(BIN, "costcalc")

# What a command with such a table can't do without.
RICH_TABLE = """
import click, yaml
from rich.console import Console
from rich.table import Table
table = Table()
for name in "name n type filter input output params mult_adds share".split():
    table.add_column(name)
for k in range(27):
    table.add_row(*[f"cell {k} {j}" for j in range(9)])
Console(width=160).print(table)
"""
CLICK = "import click"
CLICK_YAML = "import click, yaml"
SYMPY = "import sympy, click, rich.table, yaml"

# Every named variant, loaded and evaluated once. Nothing of it is kept on disk but Python's bytecode.
EVERY = """
from costcalc.network import networks
total = [(cost.params, cost.mult_adds) for cost in (network.cost() for network in networks())]
assert len(total) > 150
"""


def once(command: Sequence[str]) -> tuple[float, float]:
    """CPU seconds and peak memory (MiB) of one run."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"failed: {' '.join(command)}")
    process.returncode = 0
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def paired(name: str, command: Sequence[str], baseline: Sequence[str], goal: float, runs: int) -> None:
    """Print the median ratio of ``command`` to ``baseline``."""
    once(command), once(baseline)
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(once(command))
        theirs.append(once(baseline))
    ratios = [a[0] / b[0] for a, b in zip(ours, theirs, strict=True)]
    median = statistics.median(ratios)
    print(
        f"{name:46} {1e3 * statistics.median(a for a, _ in ours):6.0f} ms"
        f"  baseline {1e3 * statistics.median(b for b, _ in theirs):4.0f} ms"
        f"  ratio {median:.2f} ({min(ratios):.2f} to {max(ratios):.2f}), goal {goal}"
        f"  peak {max(m for _, m in ours):.0f} MiB"
    )


def alone(name: str, command: Sequence[str], goal: str = "", runs: int = 3) -> None:
    """Print the median time of ``command``."""
    found = [once(command) for _ in range(runs)]
    seconds, peak = statistics.median(s for s, _ in found), max(m for _, m in found)
    print(f"{name:46} {1e3 * seconds:6.0f} ms{goal and f', goal {goal}'}  peak {peak:.0f} MiB")


def median_ms(function: Callable[[], object], runs: int) -> float:
    """Median milliseconds of ``function``."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


def main() -> None:
    """All measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=15, help="pairs of processes")
    parser.add_argument("--than", metavar="COSTCALC", help="the program of an older version, to compare check with")
    options = parser.parse_args()
    runs = options.runs
    paired("costcalc --version", [COSTCALC, "--version"], [sys.executable, "-c", CLICK], 1.15, runs)
    asked = ("_COSTCALC_COMPLETE=bash_complete", "COMP_WORDS=costcalc show mobile", "COMP_CWORD=2")
    paired("completing a network's name", ["env", *asked, COSTCALC], [sys.executable, "-c", CLICK], 2, runs)
    paired("costcalc list --format csv", [COSTCALC, "list", "--format", "csv"], [sys.executable, "-c", CLICK], 2, runs)
    show = [COSTCALC, "show", "mobilenet_v1"]
    paired("costcalc show mobilenet_v1", show, [sys.executable, "-c", RICH_TABLE], 1.3, runs)
    paired(
        "costcalc show mobilenet_v1 --format json",
        [*show, "--format", "json"],
        [sys.executable, "-c", CLICK_YAML],
        1.5,
        runs,
    )
    formula = [COSTCALC, "formula", "mobilenet_v1"]
    paired("costcalc formula mobilenet_v1", formula, [sys.executable, "-c", SYMPY], 1.5, runs)
    for name in ("efficientnet", "efficientdet"):
        alone(f"costcalc formula {name}", [COSTCALC, "formula", name], "5000 ms")
    pair = ("mobilenet_v1", "vs", "mobilenet_v2")
    alone(f"costcalc compare {' '.join(pair)}", [COSTCALC, "compare", *pair])
    if options.than:
        paired("costcalc check", [COSTCALC, "check"], [options.than, "check"], 0.4, max(runs // 3, 3))
    else:
        alone("costcalc check", [COSTCALC, "check"])
    alone("every named variant, once", [sys.executable, "-c", EVERY], "2000 ms")

    import costcalc

    for name in ("mobilenet_v1", "mobilenet_v2", "efficientnet_b0", "efficientdet_d0"):
        network = costcalc.load(name)
        default = network.parameters["res"]

        step = 128 if name.startswith("efficientdet") else 1

        def evaluate(network: costcalc.Network = network, default: int = default, step: int = step) -> object:
            parameters: dict[str, object] = {"res": default + step * random.randrange(-2, 60 // step + 3)}
            if "alpha" in network.parameters:
                parameters["alpha"] = 0.5 + random.random()
            cost = network.cost(**parameters)
            return cost.params, cost.mult_adds

        print(
            f"{name:46} {median_ms(evaluate, 60):6.2f} ms an evaluation,"
            f" {median_ms(lambda name=name: costcalc.load(name), 15):5.1f} ms to load"
        )


if __name__ == "__main__":
    main()
