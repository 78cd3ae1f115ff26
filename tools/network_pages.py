"""Write docs/networks/, which git ignores: a page for each file in specs/networks, and its picture.

    python tools/network_pages.py

A page is what costcalc computes from the file, the papers' figures about its networks, and the exact counts of
published implementations that are pinned in tests/truth. Pictures need Graphviz's dot; without it there are none.
"""

from __future__ import annotations

import functools
import multiprocessing
import shutil
import sys
from itertools import groupby
from pathlib import Path

import yaml
from network_page import Counts, page

from costcalc.network import Network, networks
from costcalc.papers import Checker, Result, load_papers
from costcalc.reports.export import diagram

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "networks"
TRUTH = ROOT / "tests" / "truth"


@functools.cache
def results() -> list[Result]:
    """The state of every printed figure."""
    papers = load_papers()
    return Checker(papers).check(papers)


@functools.cache
def families() -> dict[str, list[Network]]:
    """The network and the variants of every file, by the file's name."""
    found = {}
    for _, group in groupby(networks(), key=lambda network: network.program):
        every = list(group)
        found[Path(every[0].program.spec.origin.name).stem] = every
    return found


@functools.cache
def counts() -> Counts:
    """The exact counts of published implementations."""
    return [count for file in sorted(TRUTH.glob("exact_counts*.yaml")) for count in _counts(file)]


def files(name: str) -> dict[str, str]:
    """The page of a file, and its picture, by their names."""
    every = families()[name]
    picture = {f"{name}.svg": diagram(every[0], {}, "svg")} if shutil.which("dot") else {}
    return {**picture, f"{name}.md": page(every, results(), counts(), *picture)}


def pages() -> dict[str, str]:
    """The text of every page and picture, by the name of its file."""
    if shutil.which("dot") is None:
        print("without Graphviz's dot the pages have no pictures", file=sys.stderr)
    results(), counts()
    if "fork" in multiprocessing.get_all_start_methods():
        # Its processes begin with what was computed above.
        with multiprocessing.get_context("fork").Pool() as pool:
            made = pool.map(files, families(), chunksize=4)
    else:
        made = [files(name) for name in families()]
    return {name: text for one in made for name, text in one.items()}


def _counts(file: Path) -> Counts:
    counts: Counts = yaml.safe_load(file.read_text(encoding="utf-8"))["counts"]
    return counts


def write(expected: dict[str, str], folder: Path) -> None:
    """Write the pages, and remove those of networks that are gone."""
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        if file.name not in expected:
            file.unlink()
    for name, text in expected.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(pages(), FOLDER)
