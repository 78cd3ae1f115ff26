"""The registry of formats: what it offers, what it loads, which width it takes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from costcalc.render import ROWS, UNLIMITED, formats, render, terminal_width

from .sample import mobilenet


def test_the_formats() -> None:
    assert formats()[:3] == ("table", "json", "csv")
    assert set(formats()) >= ROWS >= {"csv"}


@pytest.mark.parametrize("fmt", formats())
def test_every_format_ends_with_one_newline(fmt: str) -> None:
    text = render([mobilenet(), mobilenet()], fmt, width=100)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=f"^unknown format 'htm': one of {', '.join(formats())}$"):
        render([mobilenet()], "htm")


@pytest.mark.parametrize("fmt", formats())
def test_a_row_of_the_wrong_length_is_an_error_and_no_wrong_table(fmt: str) -> None:
    table = mobilenet()
    table.rows[1] = table.rows[1][:-1]
    with pytest.raises(ValueError, match="row 2 has 7 cells for 8 columns"):
        render([table], fmt)


HEAVY = """
import sys
from costcalc.render import render
from costcalc.table import Column, Table
render([Table([Column("params", "params", "count")], [(1,)], totals={{"params": 1}})], {!r}, color={!r})
print(*sorted({{"rich", "tabulate"}} & set(sys.modules)))
"""


@pytest.mark.parametrize("fmt", formats())
def test_a_format_loads_its_own_library_only(fmt: str) -> None:
    loaded = {"markdown": ["tabulate"], "latex": ["tabulate"]}.get(fmt, [])
    command = [sys.executable, "-c", HEAVY.format(fmt, False)]
    root = Path(__file__).parents[2]
    assert subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split() == loaded


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 7


def pretend(monkeypatch: pytest.MonkeyPatch, *, columns: int) -> None:
    """A terminal of that many cells as stdout. Called by the test itself: pytest swaps stdout after the fixtures."""
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setattr(os, "get_terminal_size", lambda fd: os.terminal_size((columns, 24)))


def test_the_width_is_the_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, columns=61)
    assert terminal_width() == 61
    assert render([mobilenet()], "table") == render([mobilenet()], "table", width=61)
    assert render([mobilenet()], "table") != render([mobilenet()], "table", width=UNLIMITED)


def test_columns_goes_before_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, columns=93)
    monkeypatch.setenv("COLUMNS", "61")
    assert terminal_width() == 61
    for nonsense in ("0", "-5", "wide", "²", ""):
        monkeypatch.setenv("COLUMNS", nonsense)
        assert terminal_width() == 93


def test_a_terminal_that_does_not_know_its_width_gets_80(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, columns=0)
    assert terminal_width() == 80


def test_a_terminal_that_cannot_tell_its_width_has_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(fd: int) -> os.terminal_size:
        raise OSError(25, "Inappropriate ioctl for device")

    pretend(monkeypatch, columns=1)
    monkeypatch.setattr(os, "get_terminal_size", fail)
    assert terminal_width() == UNLIMITED


@pytest.mark.parametrize("stdout", [io.StringIO(), None])
def test_a_pipe_has_no_limit(monkeypatch: pytest.MonkeyPatch, stdout: io.StringIO | None) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "stdout", stdout)
    assert terminal_width() == UNLIMITED


@pytest.mark.parametrize("fmt", ["table", "markdown", "latex", "html"])
def test_formats_for_people_have_notes_and_then_the_answer(fmt: str) -> None:
    table = mobilenet()
    table.bars, table.answer = "share", ["in all a million"]
    text = render([table], fmt)
    assert text.index("one per multiply-accumulate") < text.index("in all a million")


def test_only_a_terminal_draws_bars_in_place_of_rows() -> None:
    table = mobilenet()
    table.bars = "share"
    assert "25,690,112" not in render([table], "table")
    for fmt in set(formats()) - {"table", "json", "csv"}:
        assert "25,690,112" in render([table], fmt)
    table.bars = ""
    for fmt in ("json", "csv"):
        plain = render([table], fmt)
        table.bars, table.answer = "share", ["x"]
        assert render([table], fmt) == plain
        table.bars, table.answer = "", []
