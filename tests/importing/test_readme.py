"""The import that README.md shows: its code gives the report and the text that stand there."""

from __future__ import annotations

import re

import pytest

from ..cli.running import ROOT, run


@pytest.mark.torch
def test_the_shown_import_gives_what_is_shown(tmp_path, monkeypatch):
    pytest.importorskip("torch")
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## A network of your own")[1]
    blocks = dict(re.findall(r"```(python|console|yaml)\n(.*?)```", section.split("\n## ")[0], flags=re.S))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(blocks["python"], encoding="utf-8")
    command, _, report = blocks["console"].partition("\n")
    result = run(*command.removeprefix("$ costcalc ").split())
    assert result.exit_code == 0, result.output
    assert result.stderr == report
    assert (tmp_path / "net.yaml").read_text(encoding="utf-8").endswith(blocks["yaml"])
