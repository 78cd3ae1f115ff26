"""The catalogue of networks, which is in git; and the pages of single networks, which aren't: in a copy with a few."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import costcalc
from costcalc.language.find import names_in, open_shipped, shipped

ROOT = Path(__file__).parents[2]
DOT = shutil.which("dot") is not None
KEPT = ("mobilenet_v1", "standard", "squeezenet")
PAPER = """\
paper: A survey
family: survey
sources: {paper: a survey}
tables:
  - table: Table 1
    source: paper
    rows:
      - {network: mobilenet_v1, at: {alpha: 0.5}, mult_adds: 149.5 M, params: 1.3 M}
      - network: mobilenet_v1
        mult_adds: {printed: 575 M, unexplained: "nobody knows, or | told", ours: 568740352}
"""
COUNTS = 'counts: [{model: mobilenetv1, config: {res: 192}, params: 4231976, source: "elsewhere"}]\n'

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with few networks and a paper of its own, its pages written."""
    root = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "costcalc", root / "costcalc", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("tools", "specs/blocks", "specs/conventions"):
        shutil.copytree(ROOT / folder, root / folder)
    for file in (ROOT / "specs" / "networks").rglob("*.yaml"):
        if file.stem in KEPT:
            (root / file.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, root / file.relative_to(ROOT))
    for name, text in (("specs/papers/survey.yaml", PAPER), ("tests/truth/exact_counts.yaml", COUNTS)):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "docs").mkdir()
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


@pytest.fixture(scope="module")
def pages(copy: Path) -> Run:
    """Runs the program in the copy; the pages are written."""

    def run(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "tools/network_pages.py", *args]
        env = {**os.environ, "PYTHONPATH": str(copy)}
        return subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False, timeout=300)

    assert run().returncode == 0
    return run


def test_there_is_a_page_for_each_file(copy: Path, pages: Run) -> None:
    files = [*(copy / "docs" / "networks").iterdir()]
    assert {p.stem for p in files} == {*KEPT}
    assert len(files) == len(KEPT) * (2 if DOT else 1)


@pytest.mark.skipif(not DOT, reason="needs Graphviz's dot")
def test_a_page_opens_with_its_picture_and_ends_with_the_figures_of_papers(copy: Path, pages: Run) -> None:
    folder = copy / "docs" / "networks"
    text = (folder / "mobilenet_v1.md").read_text(encoding="utf-8")
    parts = (
        "](mobilenet_v1.svg)",
        "## Layers",
        "## Closed form",
        'href="../explorer.html#a=mobilenet_v1"',
        "## Parameters",
        "## Published",
        "## Figures in papers",
    )
    assert sorted(parts, key=text.index) == [*parts]
    assert "568,740,352 mult" in (folder / "mobilenet_v1.svg").read_text(encoding="utf-8")


def test_a_page_says_what_there_is_to_say(copy: Path, pages: Run) -> None:
    text = (copy / "docs" / "networks" / "mobilenet_v1.md").read_text(encoding="utf-8")
    cost = costcalc.load("mobilenet_v1").cost()
    for row in cost.by("layer"):
        assert f"| {row.name} " in text
    for part in (
        "# mobilenet_v1: MobileNet\n",
        "[arXiv 1704.04861](https://arxiv.org/abs/1704.04861), Table 1",
        "../../specs/networks/mobile/mobilenet_v1.yaml",
        f" {cost.params:,} | {cost.mult_adds:,} ",
        "| width multiplier α ",
        "$ costcalc formula mobilenet_v1\n",
        "\nmult-adds ",
        "| mobilenetv1: res=192 | 4,231,976 |             | elsewhere      |",
        "3 figures: 2 match, 0 explained, 0 copied, 0 misprint, 0 nominal, 1 unexplained, ",
        "**A survey**",
        "568,740,352 | unexplained |",
        "- Table 1, mobilenet_v1, mult-adds: unexplained: nobody knows, or \\| told",
    ):
        assert part in text, part
    variant = (copy / "docs" / "networks" / "squeezenet.md").read_text(encoding="utf-8")
    assert f" {costcalc.load('squeezenet_1_1').cost().mult_adds:,} |" in variant


def test_pages_are_written_again_and_those_of_networks_that_are_gone_removed(copy: Path, pages: Run) -> None:
    folder = copy / "docs" / "networks"
    before = {page.name: page.read_bytes() for page in folder.iterdir()}
    (folder / "squeezenet.md").unlink()
    (folder / "standard.md").write_text("# old\n", encoding="utf-8")
    (folder / "gone.md").write_text("# gone\n", encoding="utf-8")
    done = pages()
    assert (done.returncode, done.stdout, bool(done.stderr)) == (0, "", not DOT)
    assert {page.name: page.read_bytes() for page in folder.iterdir()} == before


def test_no_page_of_a_single_network_is_in_git() -> None:
    listed = subprocess.run(["git", "ls-files", "docs"], capture_output=True, text=True, cwd=ROOT, check=False)
    if listed.returncode or not listed.stdout:
        pytest.skip("not a git checkout")
    assert "docs/networks.md" in listed.stdout
    assert "docs/networks/" not in listed.stdout


def test_links_between_the_docs_lead_somewhere() -> None:
    for page in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "docs" / "how-to").glob("*.md"),
    ):
        for part in re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL).split("](")[1:]:
            target = part.split(")")[0].split("#")[0]
            assert not target or "://" in target or (page.parent / target).exists(), (page.name, target)


def test_the_catalogue_has_every_network_and_variant() -> None:
    lines = (ROOT / "docs" / "networks.md").read_text(encoding="utf-8").splitlines()
    rows = {re.sub(r"\[(.*)\]\(.*\)", r"\1", line.split(" | ")[0][2:]): line for line in lines if line[:2] == "| "}
    names = {
        known.name
        for path in shipped("networks").values()
        for known in names_in(open_shipped(path))
        if known.kind != "alias"
    }
    assert rows.keys() - {"network"} == names
    for name, source in (("efficientnet", "[arXiv 1905.11946]("), ("efficientnet_b3", " |")):
        cost = costcalc.load(name).cost()
        assert f"| {cost.params:,} | {cost.mult_adds:,} | {source}" in rows[name]
