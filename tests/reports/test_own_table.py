"""A person's own table: each verdict on a figure that earns it, files that can't be read, and the draft."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from costcalc.errors import SpecError
from costcalc.language.source import Source, read_source
from costcalc.papers import Checker, load_papers, read_paper
from costcalc.papers.own_table import MAX_ROWS, read_own_table
from costcalc.reports import verdicts as verdicts_module
from costcalc.reports.draft import draft
from costcalc.reports.own_table import verdict_tables
from costcalc.reports.verdicts import Verdict, verdicts

from ..loading import load

THEIRS = """\
paper: "A paper that I review"
family: mypaper
tables:
  - table: Table 1
    convention: mult_adds
    evidence: "the caption says multiply-adds"
    rows:
      - {network: mobilenet_v2, mult_adds: 300M, params: 3.4M}
      - {network: mobilenet_v2, at: {alpha: 1.4}, mult_adds: 585M, params: 6.9M}
      - {network: shufflenet_v2, mult_adds: 146M, params: 2.3M}
      - {network: efficientnet_b0, mult_adds: 390M, params: 5.3M}
      - {network: resnet_50, mult_adds: 4.1G, params: 25.6M}
"""


@pytest.fixture(autouse=True, scope="module")
def papers_read_once() -> Iterator[None]:
    """The shipped papers, which a check of one's own table reads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verdicts_module, "load_papers", cache(load_papers))
        yield


EVIDENCE = "evidence: the caption says so"


def judged(text: str, name: str = "own.yaml") -> list[Verdict]:
    return verdicts(read_own_table(Source(name, text)))


def one(figure: str, network: str = "mobilenet_v2", measure: str = "mult_adds", at: str = "") -> Verdict:
    row = f"{{network: {network}, at: {{{at}}}, {measure}: {figure}}}"
    (verdict,) = judged(f"paper: P\ntables:\n  - {{table: T, rows: [{row}]}}\n")
    return verdict


@pytest.fixture(scope="module")
def theirs() -> list[Verdict]:
    return judged(THEIRS)


def test_every_figure_of_a_table_has_its_cause(theirs: list[Verdict]) -> None:
    said = {(v.subject, v.figure.measure): v for v in theirs}
    assert len(said) == len(theirs) == 10
    cut = said["mobilenet_v2", "mult_adds"]
    assert (cut.verdict, cut.computed) == ("explained", 300_774_272)
    assert cut.words.startswith("cut, not rounded; so in MobileNetV2, ")
    both = said["mobilenet_v2", "params"]
    assert both.words.startswith("without batch norm, and cut, not rounded; so in MobileNetV2, ")
    for measure in ("mult_adds", "params"):
        known = said["mobilenet_v2 (alpha 1.4)", measure]
        assert known.verdict == ("misprint" if known.known[0].state == "misprint" else "quoted")
        assert "MobileNetV2, Table 4" in known.words
    assert said["shufflenet_v2", "mult_adds"].words == said["shufflenet_v2", "params"].words == "match"
    assert said["efficientnet_b0", "mult_adds"].words == "match as 0.39 B"
    other = said["resnet_50", "mult_adds"]
    assert (other.verdict, other.computed) == ("explained", 3_857_973_248)
    assert other.words.startswith("it is resnet_50_v1_5")
    assert said["resnet_50", "params"].verdict == "match"


@pytest.mark.parametrize(
    ("figure", "more", "verdict", "words"),
    [
        ("301M", {}, "match", "match"),
        ('"300,774,272"', {}, "match", "match"),
        ("300.7M", {}, "explained", "cut, not rounded"),
        ("602M", {}, "explained", "two operations for each multiply-add"),
        ("150.4M", {}, "explained", "half"),
        ("314M", {}, "explained", "counted as fvcore"),
        ("97.1M", {}, "explained", "alpha=0.5"),
        ("221M", {"at": "res: 224"}, "explained", "res=192"),
        ("97.1M", {"at": "alpha: 1.0, res: 224"}, "explained", "alpha=0.5"),
        ("2.22M", {"measure": "params"}, "explained", "without the classifier"),
        ("3.539M", {"measure": "params"}, "explained", "with batch norm's moving statistics"),
        ("3.506M", {"measure": "params"}, "explained", "classes=1001"),
        ("43.986M", {"network": "mask_rcnn_50", "measure": "params"}, "explained", "3 classes"),
        ("15.47 B", {"network": "vgg_16"}, "match", "match"),
        ("14.41 G", {"network": "vgg_16"}, "explained", "in units of 2³⁰"),
        ("277M", {}, "off", "off by -7.90 %"),
        ("10M", {"measure": "params"}, "off", "off by +185.32 %"),
    ],
)
def test_verdicts(figure: str, more: dict[str, str], verdict: str, words: str) -> None:
    found = one(figure, **more)
    assert (found.verdict, found.words.partition("; ")[0]) == (verdict, words)


def test_what_is_off_tells_what_is_nearest() -> None:
    found = one("617.5M")
    assert found.verdict == "off"
    assert found.words == "off by +105.30 %; nearest is 614,967,488, counted as calflops"
    assert found.nearest[0].value == 614_967_488
    assert one("301.9M").words == "off by +0.37 %"  # nothing is much nearer than the own count


def test_a_network_that_isnt_known() -> None:
    found = one("300M", network="mobilenet_v22")
    assert found.verdict == "unknown"
    assert "did you mean 'mobilenet_v2'" in found.words
    assert one("300M", network="zzzzzz").words == "unknown network: no spec is called 'zzzzzz'"


def test_a_figure_that_isnt_computed_is_no_failure() -> None:
    assert one("4.2 MB", measure="memory").verdict == "not_modelled"


def test_shares_and_ratios_are_compared_without_a_search() -> None:
    row = "{{network: mobilenet_v1, kind: conv 1x1, mult_adds: {0}}}"
    text = f"paper: P\ntables:\n  - {{{{table: T, rows: [{row}]}}}}\n"
    (right,), (wrong,) = judged(text.format("94.86%")), judged(text.format("90.00%"))
    assert (right.verdict, wrong.verdict, wrong.causes) == ("match", "off", [])


def test_states_that_the_file_gives_are_held_to_it() -> None:
    right = one(f"{{printed: 221M, explained: at another resolution, {EVIDENCE}, at: {{res: 192}}}}")
    assert (right.verdict, right.words) == ("explained", "at another resolution")
    wrong = one(f"{{printed: 221M, explained: at another resolution, {EVIDENCE}, at: {{res: 160}}}}")
    assert wrong.verdict == "off"
    tried = one("{printed: 314M, unexplained: what was tried, ours: 300774272}")
    assert (tried.verdict, tried.words) == ("explained", "counted as fvcore")


def test_a_name_that_people_type_says_which_network_it_is() -> None:
    lines = "network,mult_adds\nresnet50,4.1G\nMobileNetV2,301M\nResNet-50,4.1G\n"
    known, plain, open_ = judged(lines, "t.csv")
    assert (known.words, known.network) == ("match, as resnet_50_v1_5", "resnet_50_v1_5")
    assert (plain.words, plain.network) == ("match", "mobilenet_v2")
    assert open_.verdict == "unknown"
    assert open_.words.startswith("which network? 'ResNet-50' may mean resnet_50, resnet50 (")


def notes(*figures: str) -> list[str]:
    rows = "".join(f"{row}\n" for row in figures)
    (table,) = verdict_tables(judged(f"network,params\n{rows}", "t.csv"))
    return table.notes


def test_a_column_that_is_cut_and_one_that_is_not() -> None:
    assert notes("mobilenet_v2,3.50M", "resnet_50,25.55M", "vgg_16,138.35M") == [
        "params: what is printed of the plain count fits a column that is cut, and not rounded."
    ]
    assert notes("mobilenet_v2,3.50M", "resnet_50,25.55M", "vgg_16,138.36M") == [
        "params: 1 figure is cut, where 1 other comes out only if rounded."
    ]
    assert notes("mobilenet_v2,3.50M", "resnet_50,25.56M", "vgg_16,138.36M") == []
    rows = "rows: [{network: resnet_50, params: 25.55M}, {network: vgg_16, params: 138.35M}]"
    cut = f"paper: P\ntables:\n  - {{table: T, convention: truncated, evidence: said so, {rows}}}\n"
    (table,) = verdict_tables(judged(cut))
    assert table.notes == []  # its convention says so already


def test_a_column_is_counted_in_one_way() -> None:
    """thop's figures, some of which other tools would print too: the column tells which one it is."""
    networks = ("mobilenet_v2", "resnet_18", "resnet_34", "densenet121", "resnext_50_32x4d")
    figures = {n: f"{load(n).cost(convention='thop').counted / 1e9:.2f}G" for n in networks}
    text = "".join(f"{name},{figure}\n" for name, figure in figures.items())
    found = judged(f"network,macs\n{text}vgg_11,7.61G\n", "t.csv")
    assert [v.words for v in found] == ["counted as thop"] * 5 + ["match"]
    (table,) = verdict_tables(found)
    assert table.notes == ["mult-adds: as thop counts, 6 of 6 come out; as mult_adds, 1."]
    alone = one(figures["resnet_34"], network="resnet_34")
    assert alone.words != "counted as thop"
    assert "thop" in alone.gives


def test_one_figure_is_no_column() -> None:
    (found,) = judged("network,macs\nmobilenet_v2,314M\n", "t.csv")
    assert found.words == "counted as fvcore"
    assert verdict_tables([found])[0].notes == []


# -- CSV

CSV = """\
Model,alpha,res,Params (M),MAdds,top1
mobilenet_v2,,,3.50,301M,72.0

mobilenet_v2,0.5,160,1.97,"50,000,000",
"resnet_50",-,-,25.6,3.86e9,76.0
"""


def test_columns_as_people_head_them() -> None:
    paper = read_own_table(Source("folder/mine.csv", CSV))
    (table,) = paper.tables
    assert (paper.title, table.name) == ("mine", "mine.csv")
    assert [r.network for r in table.rows] == ["mobilenet_v2", "mobilenet_v2", "resnet_50"]
    assert [r.at for r in table.rows] == [{}, {"alpha": 0.5, "res": 160}, {}]
    first = table.rows[0]
    assert [(f.measure, f.printed and f.printed.text) for f in first.figures] == [
        ("params", "3.50 M"),
        ("mult_adds", "301M"),
    ]
    assert first.kept == {"top1": "72.0"}
    assert [v.verdict for v in verdicts(paper)][:2] == ["match", "match"]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters(delimiter: str) -> None:
    text = CSV.replace('"50,000,000"', "50M").replace(",", delimiter)
    assert [v.verdict for v in judged(text, "mine.csv")] == [v.verdict for v in judged(CSV, "mine.csv")]


@pytest.mark.parametrize("figure", ["301M", "301 M", "0.301G", "300.8e6", "300774272", '"300,774,272"', "300.8 MMAdds"])
def test_any_unit(figure: str) -> None:
    (found,) = judged(f"network,mult_adds\nmobilenet_v2,{figure}\n", "t.csv")
    assert found.verdict == "match"


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("t.csv", "", "t.csv:1:1: an empty file"),
        ("t.csv", "a,b\n1,2\n", "t.csv:1:1: columns are due: network, params, mult_adds, not a, b"),
        ("t.csv", "network,params,Params\nx,1,2\n", "t.csv:1:9: two columns are 'params'"),
        ("t.csv", "network,params\nmobilenet_v2,1M,2M\n", "t.csv:2:1: 3 cells under 2 columns"),
        ("t.csv", "network,params\nmobilenet_v2,~3M\n", "t.csv:2:14: '~3M' is approximate"),
        ("t.csv", "network,params\n,3M\n", "t.csv:2:1: a row without its network"),
        ("t.csv", 'network,params\n"mobilenet_v2,3M\n', "t.csv:2:1: this is no CSV: unexpected end of data"),
        ("t.csv", "network,gamma,params\nmobilenet_v2,1,3M\n", "t.csv:2:1: t.csv: mobilenet_v2: mobilenet_v2 has no"),
        ("t.csv", "network,alpha,params\nmobilenet_v2,$,3M\n", "t.csv:2:14: "),
        ("o.yaml", "network: tiny\n", "o.yaml:1:1: a table of figures begins with its paper: …; a network's spec is"),
        ("o.yaml", "tables: []\npaper: P\n", "o.yaml:1:1: a table of figures begins with its paper"),
        ("o.yaml", "- a\n", "o.yaml:1:1: a mapping is due here: paper, tables"),
        ("o.yaml", "paper: P\n", "'tables' is missing here"),
        (
            "o.yaml",
            "paper: P\ntables:\n  - {table: T, convention: nope, evidence: e, rows: [{network: vgg, params: 3M}]}",
            "o.yaml:3:13: no convention is called 'nope'",
        ),
        ("o.yaml", THEIRS.replace("300M", "{printed: 300M, unexplained: nobody knows, ours: abc}"), "not 'abc'"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_place(name: str, text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        judged(text, name)
    assert message in str(caught.value)


def test_rows_are_bounded() -> None:
    text = "network,params\n" + "mobilenet_v2,3.5M\n" * (MAX_ROWS + 1)
    with pytest.raises(SpecError, match=r"t.csv:2002:1: more than 2,000 rows"):
        read_own_table(Source("t.csv", text))


def test_a_network_of_ones_own_stands_beside_the_table(tmp_path: Path) -> None:
    spec = "network: mine\ninput: 8 x 8 x 3\nlayers:\n  a: conv(3x3, 4, norm=none)\n"
    (tmp_path / "mine.yaml").write_text(spec)
    (tmp_path / "below").mkdir()
    table = tmp_path / "t.csv"
    table.write_text("network,params\n./mine.yaml,112\n")
    (found,) = verdicts(read_own_table(read_source(str(table))))
    assert (found.verdict, found.computed) == ("match", 112)
    for elsewhere in ("../t/mine.yaml", str(tmp_path / "mine.yaml"), "below/mine.yaml"):
        table.write_text(f"network,params\n{elsewhere},112\n")
        (found,) = verdicts(read_own_table(read_source(str(table))))
        assert found.verdict == "unknown"
        assert "isn't in the table's own folder" in found.words


# -- the draft


def drafted(text: str, name: str = "own.yaml") -> str:
    paper = read_own_table(Source(name, text))
    return draft(paper, verdicts(paper))


def test_the_draft_of_a_table_is_a_paper_file_whose_states_hold(theirs: list[Verdict]) -> None:
    text = draft(theirs[0].paper, theirs)
    paper = read_paper(Source("draft.yaml", text))
    states = [r.state for r in Checker().check([paper])]
    assert "mismatch" not in states
    assert states[:2] == ["explained", "explained"]
    assert all(state in ("copied", "misprint") for state in states[2:4])
    assert states[4:] == ["match", "match", "explained", "match", "explained", "match"]
    again = verdicts(read_own_table(Source("draft.yaml", text)))
    assert not any(v.verdict in ("off", "unknown", "unexplained") for v in again)
    assert draft(again[0].paper, again) == text


def test_what_a_draft_cannot_prove_is_unexplained_there_and_found_again() -> None:
    text = drafted("paper: P\ntables:\n  - {table: T, rows: [{network: resnet_50, mult_adds: 1.92G}]}\n")
    (result,) = Checker().check([read_paper(Source("draft.yaml", text))])
    assert (result.state, result.reason) == ("unexplained", "half, and cut, not rounded")
    (again,) = verdicts(read_own_table(Source("draft.yaml", text)))
    assert (again.verdict, again.words) == ("explained", "half, and cut, not rounded")


def test_an_unknown_network_and_what_is_off_in_a_draft() -> None:
    text = drafted("network,alpha,params,top1\nnosuchnet,1,3M,70.1\nmobilenet_v2,1,7M,\n", "t.csv")
    states = {r.state for r in Checker().check([read_paper(Source("draft.yaml", text))])}
    assert states == {"not_modelled", "unexplained"}
    assert "top1: '70.1'" in text


def test_a_misprint_that_is_known_and_one_that_the_file_says() -> None:
    said = one("{printed: 585M, misprint: it is 582 in the release, right: 582M}", at="alpha: 1.4")
    assert (said.verdict, said.words) == ("misprint", "it is 582 in the release")
    assert one("{printed: 585M, misprint: it is 583 in the release, right: 583M}", at="alpha: 1.4").verdict == "off"


@pytest.mark.parametrize(("text", "name"), [(THEIRS, "o.yaml"), (CSV, "t.csv")])
def test_a_broken_table_is_refused_in_one_way(text: str, name: str) -> None:
    """Cut short, and with a character changed or added: read, or refused by an error of the project's own."""
    refused = 0
    for at in range(0, len(text), 7):
        for changed in (text[:at], text[:at] + "{" + text[at + 1 :], text[:at] + '"' + text[at:]):
            try:
                read_own_table(Source(name, changed))
            except SpecError:
                refused += 1
    assert refused > 20
