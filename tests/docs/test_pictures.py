"""Pictures of the pages: each has its figures beside it, and the check notices one that shows others."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

import pytest

from ..cli.running import ROOT
from ..loading import load

sys.path.insert(0, str(ROOT / "tools"))

import pictures

ASKED = pictures.asked()
FOLDER = ROOT / pictures.FOLDER


def test_every_picture_is_there_and_no_other() -> None:
    assert ASKED
    assert list(pictures.unasked(list(ASKED), FOLDER)) == []
    for name in ASKED:
        assert (FOLDER / f"{name}.svg").read_text(encoding="utf-8").startswith("<?xml")
        assert (FOLDER / f"{name}.csv").stat().st_size


def test_the_pages_show_them_with_words_for_those_who_see_none() -> None:
    shown: set[str] = set()
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        for words, target in re.findall(r"!\[(.*?)\]\(([^)]*\.svg)\)", page.read_text(encoding="utf-8")):
            assert len(words) > 20
            assert (page.parent / target).is_file()
            shown.add(Path(target).stem)
    assert shown == set(ASKED)


def test_the_figures_are_the_engine_s() -> None:
    with open(FOLDER / "mobilenet_v2_stages.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cost = load("mobilenet_v2").cost()
    assert [int(row["mult_adds"]) for row in rows] == [row.mult_adds for row in cost.by("stage")]


def test_what_drifts_is_noticed(tmp_path: Path) -> None:
    name, words = "kinds", ["plot", "mobilenet_v1", "--by", "kind"]
    assert pictures.drifted(name, words, tmp_path) == "isn't there"
    pictures.draw(name, words, tmp_path)
    assert pictures.drifted(name, words, tmp_path) == ""
    svg, figures = tmp_path / "kinds.svg", tmp_path / "kinds.csv"
    drawn, counted = svg.read_text(encoding="utf-8"), figures.read_text(encoding="utf-8")
    figures.write_text(counted.replace("539492352", "539492353"), encoding="utf-8")
    assert pictures.drifted(name, words, tmp_path) == "shows other figures"
    figures.write_text(counted, encoding="utf-8")
    svg.write_text(drawn.replace("539,492,352", "539,492,353"), encoding="utf-8")
    assert pictures.drifted(name, words, tmp_path) == "has other texts"
    assert list(pictures.unasked([], tmp_path)) == ["kinds.csv", "kinds.svg"]


@pytest.mark.parametrize(
    "command", ["costcalc plot x", "costcalc plot x -o ../x.svg", "rm -o x.svg", "costcalc -o x.png"]
)
def test_only_pictures_are_asked_for(command: str) -> None:
    with pytest.raises(SystemExit, match="a picture is made by"):
        pictures.split(command)
