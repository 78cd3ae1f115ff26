"""``costcalc check FILE``: its table and formats, the exit status, the draft that is written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from .running import refused, run, shown

CSV = """\
network,alpha,params,mult_adds
mobilenet_v2,,3.4M,301M
mobilenet_v2,1.4,,585M
resnet_50,,25.6M,4.1G
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(CSV)
    return path


def test_a_table_with_a_cause_for_each_figure(table: Path) -> None:
    done = run("check", str(table), columns=80)
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0] == "table: table.csv, counted as mult_adds"
    assert lines[-1] == ("5 figures: 2 match, 2 explained, 1 misprint. As a paper file: --write FILE.")
    assert max(map(len, lines)) <= 80
    text = " ".join(done.output.split())
    assert "it is resnet_50_v1_5" in text
    assert "3,857,973,248" in text


@pytest.mark.parametrize(
    ("row", "last"),
    [
        ("mobilenet_v2,,3.4M,277M", "2 figures: 1 explained, 1 off"),
        ("mobilenet_v22,,3.4M,", "1 figure: 1 unknown"),
    ],
)
def test_what_is_off_or_unknown_fails(table: Path, row: str, last: str) -> None:
    table.write_text(CSV.partition("\n")[0] + f"\n{row}\n")
    done = run("check", str(table))
    assert done.exit_code == 1
    assert done.output.splitlines()[-1] == f"{last}. As a paper file: --write FILE."
    assert run("check", str(table), "--format", "json").exit_code == 1


def test_the_document_has_causes_with_evidence(table: Path) -> None:
    found = json.loads(shown("check", str(table), "--format", "json"))
    assert found["counts"] == {**dict.fromkeys(found["counts"], 0), "match": 2, "explained": 2, "misprint": 1}
    quoted = found["figures"][2]
    assert (quoted["network"], quoted["at"], quoted["verdict"]) == ("mobilenet_v2", {"alpha": 1.4}, "misprint")
    assert quoted["computed"] == 582195824
    assert quoted["place"].endswith("table.csv:3:19")
    (cause,) = quoted["causes"]
    assert cause["causes"] == ["printed"]
    assert "which comes out" in cause["evidence"]


def test_rows_for_programs(table: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(shown("check", str(table), "--format", "csv"))))
    assert [row["verdict"] for row in rows] == ["explained", "match", "misprint", "match", "explained"]
    assert rows[4]["computed"] == "3857973248"
    assert rows[2]["at"] == "alpha=1.4"


def test_all_tells_the_evidence(table: Path) -> None:
    assert "which comes out" not in shown("check", str(table))
    assert "which comes out" in shown("check", str(table), "--all")
    assert "By chance: of the 5 figures from 3.2 M to 3.6 M 3 have a cause as near at hand." in shown(
        "check", str(table), "--all"
    )


def test_a_draft_is_checked_again(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.yaml"
    shown("check", str(table), "--write", str(out))
    assert out.read_text().startswith("paper: table\n")
    again = run("check", str(out))
    assert again.exit_code == 0
    assert again.output.splitlines()[-1].startswith("5 figures: ")


def test_a_draft_that_cannot_be_written_leaves_what_was_there(table: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "nowhere" / "out.yaml"):
        assert "can't write to" in refused("check", str(table), "--write", str(path))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "table.csv"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nowhere.csv"], "there is no file 'nowhere.csv'"),
        (["./nowhere.yaml"], "there is no file './nowhere.yaml'"),
        (["./a.csv", "mobilenet_v1"], "a table of your own is checked alone: costcalc check FILE"),
        (["mobilenet_v1", "--write", "out.yaml"], "a table of your own is checked alone: costcalc check FILE"),
    ],
)
def test_mistakes(args: list[str], message: str) -> None:
    assert message in refused("check", *args)


def test_a_spec_is_no_table(tiny: str) -> None:
    text = refused("check", tiny)
    assert "a table of figures begins with its paper: …; a network's spec is for show, lint and verify" in text
