"""``costcalc explore``."""

from __future__ import annotations

from pathlib import Path

from .running import refused, run, shown


def test_a_page_of_two_networks(tmp_path: Path, tiny: str) -> None:
    path = tmp_path / "page.html"
    assert shown("explore", "mobilenet_v1:alpha=0.5", tiny, "-o", str(path)) == ""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert " and A tiny network · costcalc explore</title>" in text
    assert shown("explore", "mobilenet_v1:alpha=0.5", tiny) == text


def test_what_cant_be_a_page_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert "did you mean 'mobilenet_v2'" in refused("explore", "mobilenet_v22", "-o", str(path))
    assert "alpha" in refused("explore", "mobilenet_v1", "--alpha", "-3", "-o", str(path))
    assert not path.exists()
    result = run("explore", "mobilenet_v1", "-o", str(tmp_path / "none" / "page.html"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "can't write" in result.stderr
