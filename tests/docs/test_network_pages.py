"""docs/networks/: the program that writes the pages notices one that differs. In a copy with a few networks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import costcalc

ROOT = Path(__file__).parents[2]
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


def test_there_is_a_page_for_each_file_and_an_index(copy: Path, pages: Run) -> None:
    assert {p.stem for p in (copy / "docs" / "networks").iterdir()} == {*KEPT, "README"}
    index = (copy / "docs" / "networks" / "README.md").read_text(encoding="utf-8")
    assert "| [squeezenet](squeezenet.md) | SqueezeNet | 1,248,424 | 818,924,576 |" in index
    assert "squeezenet_1_1" in index


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
        "3 figures: 2 match, 0 explained, 1 unexplained, 0 doubtful, 0 not modelled, 0 mismatch.",
        "**A survey**",
        "568,740,352 | unexplained |",
        "- Table 1, mobilenet_v1, mult-adds: unexplained: nobody knows, or \\| told",
    ):
        assert part in text, part
    variant = (copy / "docs" / "networks" / "squeezenet.md").read_text(encoding="utf-8")
    assert f" {costcalc.load('squeezenet_1_1').cost().mult_adds:,} |" in variant


def test_a_page_that_differs_is_noticed_and_mended(copy: Path, pages: Run) -> None:
    folder = copy / "docs" / "networks"
    done = pages("--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    before = {page.name: page.read_bytes() for page in folder.iterdir()}
    spec = copy / "specs" / "networks" / "mobile" / "mobilenet_v1.yaml"
    text = spec.read_text(encoding="utf-8")
    (folder / "squeezenet.md").unlink()
    (folder / "gone.md").write_text("# gone\n", encoding="utf-8")
    try:
        spec.write_text(text.replace("title: MobileNet", "title: Another"), encoding="utf-8")
        done = pages("--check")
    finally:
        spec.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    assert [line.split(";")[0] for line in done.stdout.splitlines()] == [
        "docs/networks/mobilenet_v1.md: drifted",
        "docs/networks/squeezenet.md: missing",
        "docs/networks/README.md: drifted",
        "docs/networks/gone.md: stale",
    ]
    assert not (folder / "squeezenet.md").exists()
    done = pages()
    assert (done.returncode, done.stdout) == (0, "docs/networks/squeezenet.md: missing\ndocs/networks/gone.md: stale\n")
    assert {page.name: page.read_bytes() for page in folder.iterdir()} == before


def test_every_network_has_its_page() -> None:
    networks = {file.stem for file in (ROOT / "specs" / "networks").rglob("*.yaml")}
    assert {page.stem for page in (ROOT / "docs" / "networks").glob("*.md")} == {*networks, "README"}


def test_links_between_the_pages_lead_somewhere() -> None:
    folder = ROOT / "docs" / "networks"
    for page in folder.glob("*.md"):
        for part in page.read_text(encoding="utf-8").split("](")[1:]:
            target = part.split(")")[0]
            assert target.startswith("https://arxiv.org/abs/") or (folder / target).is_file(), (page.name, target)
