"""``costcalc check``: every figure in a state, the last line counts them, a mismatch is exit status 1."""

import csv
import io
import json
import re

import pytest
from click.testing import CliRunner

import costcalc.papers
from costcalc.cli.root import costcalc as command
from costcalc.language.source import Source
from costcalc.papers import read_paper

PAPER = """
paper: A paper
family: f
sources: {{paper: the paper}}
tables:
  - table: Table 1
    source: paper
    rows:
      - {{network: mobilenet_v1, mult_adds: {0}, params: 4.2 M}}
      - {{label: another, mult_adds: 1 M, not_modelled: its network isn't there}}
"""


def run(*words: str):
    return CliRunner().invoke(command, ["check", *words], prog_name="costcalc")


def counted(text: str) -> str:
    """The last line: the states that ``text`` has, and 0 of all others, in one order."""
    head, _, own = text.partition(": ")
    counts = {words[1]: words[0] for words in (part.split(" ", 1) for part in own.split(", "))}
    every = (
        "match",
        "explained",
        "copied",
        "misprint",
        "nominal",
        "unexplained",
        "doubtful",
        "not modelled",
        "mismatch",
    )
    return f"{head}: " + ", ".join(f"{counts.get(state, 0)} {state}" for state in every)


@pytest.fixture
def paper(monkeypatch):
    def with_figure(figure: str) -> None:
        read = read_paper(Source("p.yaml", PAPER.format(figure)))
        monkeypatch.setattr(costcalc.papers, "load_papers", lambda: [read])

    return with_figure


def test_the_last_line_counts_every_state():
    done = run("mobilenet_v1_shallow")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == (counted("2 figures: 2 match"))


def test_the_papers_of_the_first_network_have_no_mismatch():
    done = run("mobilenet_v1")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].endswith(" 0 mismatch")


def test_a_mismatch_is_shown_with_its_place_and_ends_in_1(paper):
    paper("570 M")
    done = run()
    assert done.exit_code == 1
    assert "mobilenet_v1  mult_adds  570 M    568,740,352  mismatch" in done.stdout
    assert "(p.yaml:9:33)" in done.stdout
    assert done.stdout.splitlines()[-1] == (counted("3 figures: 1 match, 1 not modelled, 1 mismatch"))


def test_what_matches_is_shown_where_it_is_asked_for(paper):
    paper("569 M")
    assert run().stdout == counted("3 figures: 2 match, 1 not modelled") + "\n"
    assert "A paper: Table 1" in run("--all").stdout
    assert "another" in run("--all").stdout
    assert "another" not in run("mobilenet_v1").stdout
    assert "another" in run("f").stdout


def test_json_has_every_figure_and_the_counts(paper):
    paper("570 M")
    done = run("--format", "json")
    assert done.exit_code == 1
    document = json.loads(done.stdout)
    assert document["counts"]["mismatch"] == 1
    assert [(f["figure"], f["computed"], f["state"]) for f in document["figures"]] == [
        ("mult_adds", 568740352, "mismatch"),
        ("params", 4231976, "match"),
        ("mult_adds", None, "not_modelled"),
    ]


def test_csv_is_one_table_of_all_that_is_shown(paper):
    paper("570 M")
    rows = list(csv.DictReader(io.StringIO(run("--all", "--format", "csv").stdout)))
    assert [r["computed"] for r in rows] == ["568740352", "4231976", ""]


def test_a_name_that_no_table_is_about_gets_the_nearest():
    done = run("mobilnet_v1")
    assert done.exit_code == 2
    assert "no paper table is about 'mobilnet_v1' (did you mean 'mobilenet_v1'" in done.output


def test_rows_can_be_told_apart_at_80_columns():
    """Points of one network, whose label is longer than its column."""
    done = CliRunner().invoke(command, ["check", "mobilenet_v2"], env={"COLUMNS": "80"})
    rows = [re.match(r"\S.*?….*? (params|mult_adds)\S* ", line) for line in done.stdout.splitlines()]
    names = [row[0] for row in rows if row is not None]
    assert len(set(names)) == len(names) > 5


def test_names_are_read_as_people_type_them() -> None:
    def checked(name: str) -> str:
        done = CliRunner().invoke(command, ["check", name, "--format", "csv", "--all"])
        assert done.exit_code == 0, done.output
        return done.output

    assert checked("MobileNetV2") == checked("mobilenet-v2") == checked("mobilenet_v2")
    assert checked("resnet50") == checked("resnet_50_v1_5") != checked("resnet_50")
    done = CliRunner().invoke(command, ["check", "ResNet-50"])
    assert "'ResNet-50' may mean resnet_50 or resnet_50_v1_5; write one of these" in done.output
