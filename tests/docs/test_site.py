"""The site: the index lists every page, and what leads nowhere is an error."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..cli.running import ROOT

DOCS = ROOT / "docs"
GENERATED = DOCS / "networks"


def pages() -> set[str]:
    found = (p for p in DOCS.rglob("*.md") if GENERATED not in p.parents)
    return {str(p.relative_to(DOCS).with_suffix("").as_posix()) for p in found}


def test_the_index_lists_every_page() -> None:
    listed = re.findall(r"^- \[.+?\]\(([\w/-]+)\.md\): ", (DOCS / "index.md").read_text("utf-8"), re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert {*listed, "index"} == pages()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pytest.importorskip("furo", reason="the extra docs isn't installed")
    pytest.importorskip("myst_parser", reason="the extra docs isn't installed")
    (tmp_path / "docs" / "_static").mkdir(parents=True)
    shutil.copy(DOCS / "conf.py", tmp_path / "docs")
    (tmp_path / "costcalc.py").write_text("__version__ = '1'\n")
    (tmp_path / "docs" / "index.md").write_text("# Index\n\n## Part\n\n- [The page](page.md): a page\n")
    return tmp_path / "docs"


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sphinx", "--nitpicky", "--fail-on-warning", "--keep-going", "--quiet"]
    return subprocess.run([*command, folder, folder / "out"], capture_output=True, text=True, check=False, timeout=120)


def test_lists_are_the_sidebar_and_anchors_of_html_are_found(folder: Path) -> None:
    page = '# Page\n\n[there](#there)\n\n- <a id="there"></a>A place with $\\frac{1}{N}$.\n'
    (folder / "page.md").write_text(page, encoding="utf-8")
    done = build(folder)
    assert (done.returncode, done.stderr) == (0, "")
    html = (folder / "out" / "page.html").read_text(encoding="utf-8")
    assert 'href="#there"' in html
    assert 'id="there"' in html
    assert "<mfrac>" in html
    assert re.search(r'caption-text">Part<.*href="#">The page<', html, re.DOTALL)


def test_a_diagram_is_its_text(folder: Path) -> None:
    (folder / "page.md").write_text("# Page\n\n```mermaid\nflowchart TB\n  a --> b\n```\n", encoding="utf-8")
    done = build(folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "flowchart TB" in (folder / "out" / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["nowhere.md", "index.md#nowhere", "#nowhere", "../specs/none.yaml"])
def test_a_link_that_leads_nowhere_is_an_error(folder: Path, target: str) -> None:
    (folder / "page.md").write_text(f"# Page\n\n[a]({target})\n", encoding="utf-8")
    done = build(folder)
    assert done.returncode == 1
    assert "page.md:3: WARNING" in done.stderr
    assert target.split("#")[-1] in done.stderr


def test_a_page_that_no_list_has_is_an_error(folder: Path) -> None:
    (folder / "page.md").write_text("# Page\n", encoding="utf-8")
    (folder / "other.md").write_text("# Other\n", encoding="utf-8")
    done = build(folder)
    assert done.returncode == 1
    assert "other.md: WARNING: document isn't included in any toctree" in done.stderr
