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


def run(*words: str, short: bool = False):
    """With the figures and their reasons, unless it is the short answer that is looked at."""
    return CliRunner().invoke(command, ["check", *words, *["--details"] * (not short)], prog_name="costcalc")


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
    done = CliRunner().invoke(command, ["check", "mobilenet_v2", "--details"], env={"COLUMNS": "80"})
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


# -- the short answer


def lines(*words: str, width: int = 80) -> list[str]:
    done = CliRunner().invoke(command, ["check", *words], env={"COLUMNS": str(width)})
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_a_networks_own_paper_comes_first() -> None:
    """Its title, its figures with a verdict in the same line, then what each table comes to."""
    found = lines("mobilenet_v2", width=140)
    assert found[0] == "MobileNetV2: Inverted Residuals and Linear Bottlenecks"
    assert re.match(r"mobilenet_v2 +Section 4 text +mult-adds +300 million +300,775,552 +match$", found[3])
    assert any(re.search(r"\(alpha 1\.4\) .* params +6\.9M +6,108,776 +copied \(misprint\)$", line) for line in found)
    tables = found[found.index("") + 1 :]
    assert re.match(r"Table 3 +36 +11 match, 10 explained, 1 misprint, 8 unexplained, 6 not modelled$", tables[2])
    assert len(lines("mobilenet_v2")) < 50


def test_every_figure_is_in_a_line_of_a_table() -> None:
    *found, last = lines("mobilenet_v2", width=200)
    rows = [re.search(r"  +(\d+)  \S", line) for line in found[found.index("") + 3 :]]
    document = json.loads(run("mobilenet_v2", "--format", "json").stdout)
    assert sum(int(row[1]) for row in rows if row) == len(document["figures"])
    there = ", ".join(f"{n} {s.replace('_', ' ')}" for s, n in document["counts"].items() if n)
    assert last == f"{len(document['figures'])} figures: {there}, no mismatch. Each of them, and why: --details."


def test_the_paper_may_be_among_collected_tables() -> None:
    found = lines("resnet_50", width=140)
    assert re.match(r"resnet_50 +ResNet Table 1 +mult-adds +3\.8×10\^9 +3,857,973,248 +unexplained: ", found[3])


def test_what_others_print_follows() -> None:
    found = lines("mobilenet_v2", width=140)
    assert any(line.startswith("shufflenet_v2, Table 8 ") for line in found)
    last = found[-3:]  # what follows is broken at this width
    assert any(re.match(r"\d+ tables of other sources +\d+ +\d+ match, \d+ copied$", line) for line in last)


def test_without_a_network_each_paper_has_a_line(paper) -> None:
    paper("569 M")
    assert run(short=True).stdout.splitlines() == [
        "paper  figures  verdicts",
        "───────────────────────────────────────",
        "p            3  2 match, 1 not modelled",
        "3 figures: 2 match, 1 not modelled, no mismatch. Each of them, and why: --details.",
    ]


def test_a_mismatch_is_shown_in_full_without_being_asked_for(paper) -> None:
    paper("570 M")
    done = run(short=True)
    assert done.exit_code == 1
    assert "mobilenet_v1  mult_adds  570 M    568,740,352  mismatch" in done.stdout
    assert "(p.yaml:9:33)" in done.stdout
    assert done.stdout.endswith("3 figures: 1 match, 1 not modelled, 1 mismatch. Each of them, and why: --details.\n")


@pytest.mark.parametrize("fmt", ["json", "csv"])
def test_programs_get_all_figures_with_or_without_details(fmt: str) -> None:
    assert run("mobilenet_v2", "--format", fmt).stdout == run("mobilenet_v2", "--format", fmt, short=True).stdout
