"""The tutorial and the how-to pages: every command was run, and the stories take at most five of them."""

from __future__ import annotations

import re
import shlex

import pytest

from ..cli.running import ROOT, run

DOCS = ROOT / "docs"
PAGES = [DOCS / "tutorial.md", *sorted((DOCS / "how-to").glob("*.md"))]
STORIES = ("choose", "check-a-table", "teach")
COMMAND = re.compile(r"^\$ (costcalc .+)$", re.MULTILINE)
GENERATED = re.compile(r"<!-- \[\[\[cog.*?\]\]\] -->(.*?)<!-- \[\[\[end\]\]\] -->", re.DOTALL)


def written(text: str) -> str:
    """What of a page isn't generated, so that tools/docs.py --check doesn't look at it."""
    return GENERATED.sub("", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_is_run(page):
    by_hand = COMMAND.findall(written(page.read_text(encoding="utf-8")))
    # the one that needs PyTorch: test_the_import_gives_what_is_shown
    assert [c for c in by_hand if not c.startswith("costcalc import net.py:Net ")] == []


@pytest.mark.parametrize("name", STORIES)
def test_a_story_takes_at_most_five_commands(name):
    commands = COMMAND.findall((DOCS / "how-to" / f"{name}.md").read_text(encoding="utf-8"))
    assert 3 <= len(commands) <= 5
    assert len(set(commands)) == len(commands)


@pytest.mark.torch
def test_the_import_gives_what_is_shown(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    text = written((DOCS / "how-to" / "import.md").read_text(encoding="utf-8"))
    (block,) = re.findall(r"```console\n\$ (.*?)```", text, flags=re.DOTALL)
    command, _, report = block.partition("\n")
    (tmp_path / "net.py").write_bytes((DOCS / "examples" / "net.py").read_bytes())
    monkeypatch.chdir(tmp_path)
    result = run(*shlex.split(command)[1:])
    assert result.exit_code == 0, result.output
    assert result.stderr == report
    shown = (DOCS / "examples" / "net.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "net.yaml").read_text(encoding="utf-8").rstrip("\n") == shown.rstrip("\n")
