"""Write docs/networks/, which git ignores: a page for each file in specs/networks.

    python tools/network_pages.py

A page is what costcalc computes from the file, the papers' figures about its networks, and the exact counts of
published implementations that are pinned in tests/truth.
"""

from __future__ import annotations

import functools
from itertools import groupby
from pathlib import Path

import yaml
from network_page import Counts, page

from costcalc.network import networks
from costcalc.papers import Checker, Result, load_papers

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "networks"
TRUTH = ROOT / "tests" / "truth"


@functools.cache
def results() -> list[Result]:
    """The state of every printed figure."""
    papers = load_papers()
    return Checker(papers).check(papers)


def pages() -> dict[str, str]:
    """The text of every page, by the name of its file."""
    counts = [count for file in sorted(TRUTH.glob("exact_counts*.yaml")) for count in _counts(file)]
    found = {}
    for _, group in groupby(networks(), key=lambda network: network.program):
        every = list(group)
        origin = every[0].program.spec.origin.name
        found[f"{Path(origin).stem}.md"] = page(every, results(), counts)
    return found


def _counts(file: Path) -> Counts:
    counts: Counts = yaml.safe_load(file.read_text(encoding="utf-8"))["counts"]
    return counts


def write(expected: dict[str, str], folder: Path) -> None:
    """Write the pages, and remove those of networks that are gone."""
    folder.mkdir(exist_ok=True)
    for file in folder.glob("*.md"):
        if file.name not in expected:
            file.unlink()
    for name, text in expected.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(pages(), FOLDER)
