"""Break things on purpose, and see the tests go red.

Mutants: every named cost part and shape rule of the ops, every rounding function, the arithmetic of closed forms, one
cell of every spec; and at the seams, where two features meet, every comparison, condition and small number. Each is
applied to a copy of the tree, and the tests that should notice are run there, the likeliest first. Survivors are
reported, and the exit status is 1 if there is one.

    python tests/mutate.py                        all of them (an hour or two on two cores)
    python tests/mutate.py --sample 12 --seed 0   a sample
    python tests/mutate.py --list
"""

from __future__ import annotations

import argparse
import compileall
import importlib.util
import multiprocessing
import os
import random
import re
import resource
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.queues import SimpleQueue
from pathlib import Path

import pytest
from mutants import EQUIVALENT, ROOT, Mutant, formula_mutants, seam_mutants, spec_mutants

OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore::pytest.PytestAssertRewriteWarning")
SECONDS = 90
"""Of CPU time, twice what the tests take: a mutant that runs longer has been noticed."""

processes = multiprocessing.get_context("fork")


def enter_copy(of: Path) -> None:
    """Copy the tree ``of`` and work there from now on. What is heavy and isn't ours is loaded once, for every fork."""
    copy = Path(tempfile.mkdtemp(dir=os.environ["MUTANTS"]))
    for part in ("costcalc", "specs", "tests", "docs", "pyproject.toml"):
        source = of / part
        if source.is_dir():
            shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / part)
    os.chdir(copy)
    sys.path[:] = [str(copy), *(p for p in sys.path if Path(p).resolve() not in (ROOT, ROOT / "tests"))]
    os.environ["PYTHONPATH"] = str(copy)
    for name in ("numpy", "sympy", "hypothesis", "yaml", "click", "rich", "jsonschema", "tabulate"):
        importlib.import_module(name)
    compileall.compile_dir("costcalc", quiet=1)
    # From here on: a mutant may have the size and the second of what it replaces, which is all that bytecode knows.
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


def run(mutant: Mutant) -> str:
    """The test that notices ``mutant``, "" if none does."""
    target = Path(mutant.file)
    text = target.read_text(encoding="utf-8")
    for stale in (target.parent / "__pycache__").glob(f"{target.stem}.*"):
        stale.unlink()
    target.write_text(text[: mutant.start] + mutant.text + text[mutant.end :], encoding="utf-8")
    try:
        told: SimpleQueue[str] = processes.SimpleQueue()
        child = processes.Process(target=_run_tests, args=(mutant, told))
        child.start()
        child.join()
        return told.get() if child.exitcode == 0 else f"an end with {child.exitcode}"
    finally:
        target.write_text(text, encoding="utf-8")


class _First:
    """Plugin that keeps the name of the first test, or file of tests, that fails."""

    failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid or str(report.longrepr)

    pytest_collectreport = pytest_runtest_logreport


def _run_tests(mutant: Mutant, told: SimpleQueue[str]) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    found = importlib.util.find_spec("costcalc")
    assert found is not None
    assert found.origin == str(Path("costcalc/__init__.py").resolve())
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    first = _First()
    for arguments in mutant.stages:
        code = pytest.main([*OPTIONS, *arguments], plugins=[first])
        if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            told.put(first.failed or f"pytest's end with {code}")
            return
    told.put("")


def main() -> int:
    """Run the mutants that were asked for; 1 if one survives."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="only so many, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="which sample, and which cell of each spec")
    parser.add_argument("--only", default="", help="only those whose name has this, a regular expression")
    parser.add_argument("--list", action="store_true", help="name them and stop")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    every = *formula_mutants(), *seam_mutants(), *spec_mutants(args.seed)
    if gone := {name for name in EQUIVALENT if ".py:" in name} - {m.name for m in every}:
        print("no mutant is called", *sorted(gone), sep="\n")
        return 2
    mutants = [m for m in every if re.search(args.only, m.name)]
    if args.sample is not None:
        mutants = random.Random(args.seed).sample(mutants, min(args.sample, len(mutants)))
    if args.list:
        print("\n".join(m.name for m in mutants), f"\n{len(mutants)} mutants", sep="")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MUTANTS"] = folder
        return report(mutants, args.jobs)


def report(mutants: list[Mutant], jobs: int) -> int:
    """Tell what became of each; 1 if one survives, 2 if a test that noticed one fails without it too."""
    survivors, noticing = 0, set()
    with ProcessPoolExecutor(jobs, mp_context=processes, initializer=enter_copy, initargs=(ROOT,)) as pool:
        runs = {pool.submit(run, mutant): mutant for mutant in mutants}
        for done in as_completed(runs):
            mutant, noticed_by = runs[done], done.result()
            if noticed_by:
                print(f"noticed  {mutant.name}\n         by {noticed_by}", flush=True)
                noticing.add(noticed_by.split("::")[0])
            elif mutant.name in EQUIVALENT:
                print(f"the same {mutant.name}\n         {EQUIVALENT[mutant.name]}", flush=True)
            else:
                print(f"SURVIVED {mutant.name}", flush=True)
                survivors += 1
        print(f"{len(mutants)} mutants, {survivors} survived")
        files = tuple(sorted(file for file in noticing if Path(file).is_file()))
        nothing = Mutant("nothing", "pyproject.toml", 0, 0, "", (files,) if files else ())
        if wrong := pool.submit(run, nothing).result():
            print(f"without any mutant fails {wrong}")
            return 2
    return 1 if survivors else 0


if __name__ == "__main__":
    raise SystemExit(main())
