"""Write docs/networks/: a page for each file in specs/networks, and an index; or check that they stand there already.

    python tools/network_pages.py           write the pages, and remove those of networks that are gone
    python tools/network_pages.py --check   exit status 1 if a page has drifted, is missing or is stale

A page is what costcalc computes from the file, the papers' figures about its networks, and the exact counts of
published implementations that are pinned in tests/truth.
"""

from __future__ import annotations

import argparse
import functools
from itertools import groupby
from pathlib import Path

import yaml
from network_page import NOTICE, Counts, page

from costcalc.network import Network, networks
from costcalc.papers import Checker, Result, load_papers
from costcalc.units import exact

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "networks"
TRUTH = ROOT / "tests" / "truth"
INDEX = "README.md"
HEAD = "| network | title | params | mult-adds | arXiv | variants |"


@functools.cache
def results() -> list[Result]:
    """The state of every printed figure."""
    return Checker().check(load_papers())


def pages() -> dict[str, str]:
    """The text of every page, by the name of its file."""
    counts = [count for file in sorted(TRUTH.glob("exact_counts*.yaml")) for count in _counts(file)]
    found, rows = {}, []
    for _, group in groupby(networks(), key=lambda network: network.program):
        every = list(group)
        origin = every[0].program.spec.origin.name
        name = f"{Path(origin).stem}.md"
        found[name] = page(every, results(), counts)
        rows.append((every[0], name))
    return {**found, INDEX: index(rows)}


def _counts(file: Path) -> Counts:
    counts: Counts = yaml.safe_load(file.read_text(encoding="utf-8"))["counts"]
    return counts


def index(rows: list[tuple[Network, str]]) -> str:
    """The table of contents: every network at its defaults, by family."""
    about = rows[0][0].cost().convention.about
    lines = [NOTICE.format("specs/networks"), "# Networks", "", f"At their defaults. mult-adds, params: {about}"]
    for family in sorted({network.family for network, _ in rows}):
        lines += ["", f"## {family}", "", HEAD, "|:--|:--|--:|--:|:--|:--|"]
        for network, name in rows:
            if network.family == family:
                cost, arxiv = network.cost(), network.program.spec.source.get("arxiv")
                link = f"[{arxiv}](https://arxiv.org/abs/{arxiv})" if arxiv else ""
                counts = (exact(cost.params), exact(cost.mult_adds))
                title = network.title.replace("|", "\\|")
                cells = (f"[{network.name}]({name})", title, *counts, link, ", ".join(network.variants))
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def differences(expected: dict[str, str], folder: Path) -> dict[str, str]:
    """What is wrong with each page of ``folder``: it has drifted, is missing, or is stale (of no network any more)."""
    there = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.md")}
    found = {
        name: "missing" if name not in there else "drifted" for name in expected if there.get(name) != expected[name]
    }
    return found | {name: "stale" for name in sorted(there) if name not in expected}


def main(*, check: bool) -> int:
    """Write the pages, or with ``check`` only tell which differ; the exit status."""
    expected = pages()
    found = differences(expected, FOLDER)
    for name, state in found.items():
        print(f"docs/networks/{name}: {state}{'; run: python tools/docs.py' if check else ''}")
        if not check and state == "stale":
            (FOLDER / name).unlink()
        elif not check:
            FOLDER.mkdir(exist_ok=True)
            (FOLDER / name).write_text(expected[name], encoding="utf-8", newline="\n")
    return int(check and bool(found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit status 1 if a page differs")
    raise SystemExit(main(check=parser.parse_args().check))
