"""The printed figures: none lost, none tuned, each in its state."""

import collections
import re
from fractions import Fraction
from pathlib import Path

import pytest

import costcalc
from costcalc.conventions import load_convention
from costcalc.errors import SpecError
from costcalc.language.source import Source
from costcalc.papers import Checker, load_papers, read_paper
from costcalc.papers.select import select
from costcalc.reconcile import totals

PAPERS = load_papers()

# Rows of each family, and figures by state. A number changes only with a figure, its spec or its proof, and says so in
# the commit: a figure that gets lost, and one that slips from a state to another, are seen here.
FIGURES = """
family           rows match explained copied misprint nominal unexplained doubtful not_modelled
classic_and_nas   134   169         7     26        2       3          25        0            10
coatnet            21    15         2      3        0       0          22        0            0
condensenet         2     4         0      0        0       0           0        0             0
convnext           42    66         0      0        1       0           9        0            0
cspnet              7    12         0      0        0       0           2        0            0
cvnets             23    22         0      0        0       0           1        0            0
deit                8     6         0      0        0       0           2        0            0
dpn                 5     4         0      0        0       0           1        0            0
edgenext            8    16         0      0        0       0           0        0            0
efficientdet       74    86         3      0        2       0           9        0            4
efficientformer     4     7         0      0        0       0           1        0            0
efficientnet       58    58         0      4        2       0          18        0             2
efficientnet_v2     7    13         0      0        0       0           1        0            0
facenet             7    10         0      0        0       0           0        0            4
fasternet          29    52         0      4        0       0           2        0            0
fastvit              6     6         0      0        0       0           3        0            0
fbnet               6     0         0      0        0       0           2        0           10
ghostnet            13    21         0      0        0       0           3        0            0
hbonet             23    20         0      0        2       0           3        0            0
hrnet              13    26         0      0        0       0           0        0            0
imgclsmob         172   300         0      0        0       0          25        0            19
kws                 1     2         0      0        0       0           0        0            0
levit               5     9         0      0        0       0           1        0            0
maxvit             28    24         4     12        0       0          16        0            0
mcunet             15    28         0      0        0       0           0        0             2
mixnet              5     4         0      1        0       0           3        0            0
mmpretrain        102   166         0      0        2       0          10        0            0
mnasnet            45    63         0     11        0       0           1        0            6
mobilenet_v1       73    97         7      8        2       0          28        0            2
mobilenet_v2       81   108        12      4        3       0          18        0            6
mobilenet_v3       58    54         5     13        1       0          27        2            2
mobilenext         22    11         0      7        3       0           6        4            4
mobileone            7    13         0      0        0       0           1        0            0
pp_lcnet            8    16         0      0        0       0           0        0            0
pvt_v2             25    32         0      2        0       0           9        0            0
regnet              44    79         0      6        1       0           2        0            0
repvgg              24    44         0      0        0       0           4        0            0
repvit               5    10         0      0        0       0           0        0            0
res2net            11    17         0      0        0       0           5        0            0
resnest             7     6         0      0        0       0           8        0            0
rexnet             53    59         6     10        1       0           8        0            2
senet              45    31         1      1        0       0          17        0            2
shufflenet_v1      41    30         2      2        0      11           2        0            2
shufflenet_v2      61    29         1     10        0       0          15        0            11
starnet            24    30         0     17        0       0           1        0            0
superresolution     5     4         0      0        0       0           1        0            3
swin               16    30         0      0        0       0           2        0            0
timm              475   807         8      0        0       0          13        0            0
tinynet             5     3         0      0        0       0           2        0            0
torchvision        96   176         1      0        0       0           0        0            12
ultralytics        30    58         0      0        0       0           2        0            0
xcit               14    14         0      0        0       0           0        0            0
yolo                7     7         0      0        0       0           1        0            0
"""
STATES = FIGURES.split("\n")[1].split()[2:]


@pytest.fixture(scope="module")
def results():
    return Checker(PAPERS).check(PAPERS)


@pytest.mark.parametrize("line", FIGURES.strip().split("\n")[1:], ids=lambda line: line.split()[0])
def test_each_state_has_as_many_figures_as_before(line, results):
    family, rows, *counts = line.split()
    states = collections.Counter(r.state for r in results if r.paper.family == family)
    assert {s: states[s] for s in STATES} == dict(zip(STATES, map(int, counts), strict=True))
    assert sum(len(t.rows) for p in PAPERS for t in p.tables if p.family == family) == int(rows)


def test_every_family_is_pinned():
    assert {p.family for p in PAPERS} == {line.split()[0] for line in FIGURES.strip().split("\n")[1:]}


def source_of(paper, row):
    """What a source goes by in any file: its number at arXiv, its page in a repository, else its text."""
    text = paper.sources[row.where]
    found = re.search(r"\d{4}\.\d{5}", text) or re.search(r"[\w.-]+/[\w.-]+:[\w./-]+", text)
    return found[0] if found else text


def test_a_printed_cell_stands_in_one_file():
    files = collections.defaultdict(set)
    for paper in PAPERS:
        for row in (row for table in paper.tables for row in table.rows):
            for figure in row.figures:
                point = tuple(sorted((k, str(v)) for k, v in row.at.items()))
                value = figure.printed and figure.printed.value
                cell = source_of(paper, row), row.network or row.label, point, figure.measure, value
                files[cell].add(paper.origin.name)
    assert [cell for cell, names in files.items() if len(names) > 1] == []
    assert len({cell[0] for cell in files}) > 30


def test_no_source_is_another_papers_table():
    """Who quotes a table that stands in another file says so with "copied", and doesn't write its cells down again."""
    quoted = [(p.family, s) for p in PAPERS for s in p.sources.values() if re.fullmatch(r"[\w.-]+ (\w+ )?Table \d+", s)]
    assert quoted == []


def test_no_figure_is_a_mismatch(results):
    assert [(r.table.name, r.subject, r.figure.measure, r.reason) for r in results if r.state == "mismatch"] == []


def test_every_state_but_match_says_why(results):
    assert all(len(r.reason) > 10 for r in results if r.state != "match")


def test_every_unexplained_figure_is_listed_in_the_docs(results):
    page = Path("docs/unexplained.md").read_text(encoding="utf-8")
    for r in results:
        if r.state == "unexplained":
            assert r.table.name in page
            assert r.figure.printed.text in page


def test_a_network_selects_its_own_rows():
    chosen = select(PAPERS, ["mobilenet_v1_shallow"])
    rows = [r for p in chosen for t in p.tables for r in t.rows]
    assert [r.network for r in rows] == ["mobilenet_v1_shallow"]


PAPER = """
paper: P
family: f
sources: {{paper: the paper}}
tables:
  - table: T
    source: paper
    rows:
      - network: mobilenet_v1
        at: {{alpha: 1.0, res: 224}}
        mult_adds: {0}
"""


def state_of(figure: str) -> tuple[str, str]:
    (result,) = Checker().check([read_paper(Source("p.yaml", PAPER.format(figure)))])
    return result.state, result.reason


LONG = "because of a reason"


@pytest.mark.parametrize(
    ("figure", "state", "reason"),
    [
        ("569 M", "match", ""),
        ("568.7 M", "match", ""),
        ("568,740,352", "match", ""),
        ("570 M", "mismatch", ""),
        ("568,740,353", "mismatch", ""),
        (f"{{printed: 570 M, unexplained: {LONG}, ours: 568740352}}", "unexplained", LONG),
        (
            f"{{printed: 570 M, unexplained: {LONG}, ours: 568740351}}",
            "mismatch",
            "our own figure was 568,740,351 when this was written",
        ),
        (
            f"{{printed: 569 M, unexplained: {LONG}, ours: 568740352}}",
            "mismatch",
            "comes out as printed: it is not unexplained",
        ),
        (f"{{printed: 418 M, explained: {LONG}, at: {{res: 192}}, evidence: {LONG}}}", "explained", LONG),
        (f"{{printed: 567.7 M, explained: {LONG}, convention: conv_only, evidence: {LONG}}}", "explained", LONG),
        (
            f"{{printed: 419 M, explained: {LONG}, at: {{res: 192}}, evidence: {LONG}}}",
            "mismatch",
            f"the explanation gives 418,121,728: {LONG}",
        ),
        (
            f"{{printed: 569 M, explained: {LONG}, at: {{classes: 1001}}, evidence: {LONG}}}",
            "mismatch",
            "comes out as printed: it is not explained",
        ),
        (
            f"{{printed: 568 M, explained: {LONG}, convention: truncated, evidence: {LONG}}}",
            "mismatch",
            "only the rounding differs, which is a table's and not a row's",
        ),
        (f"{{printed: 570 M, not_modelled: {LONG}}}", "not_modelled", LONG),
        (f"{{printed: 570 M, doubtful: {LONG}}}", "doubtful", LONG),
    ],
)
def test_a_figure_has_the_state_that_its_numbers_give_it(figure, state, reason):
    assert state_of(figure) == (state, reason)


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        ("about 569", "p.yaml:11:20: "),
        ("{printed: 569 M}", "p.yaml:11:9: a figure has one of explained, copied, misprint, nominal, unexplained, "),
        ("{printed: 569 M, explained: x}", "p.yaml:11:9: explained: a reason is due"),
        (
            f"{{printed: 569 M, explained: {LONG}}}",
            "p.yaml:11:9: an explanation is evaluated: it has a convention, a network, a point (at) or digits",
        ),
        (f"{{printed: 569 M, explained: {LONG}, at: {{res: 192}}}}", "p.yaml:11:9: explained: evidence is due"),
        (f"{{printed: 569 M, unexplained: {LONG}}}", "'ours' is missing here"),
        ("{printed: 569 M, tuned: yes}", "no 'tuned' here"),
    ],
)
def test_a_wrong_figure_is_an_error_with_its_place(figure, message):
    with pytest.raises(SpecError) as error:
        read_paper(Source("p.yaml", PAPER.format(figure)))
    assert message in str(error.value)


def test_a_convention_needs_its_evidence():
    text = PAPER.format("569 M").replace("    source: paper\n", "    source: paper\n    convention: mult_adds\n")
    with pytest.raises(SpecError, match="names a convention or a precision without its evidence"):
        read_paper(Source("p.yaml", text))


MEASURED = """
paper: P
family: f
sources: {{paper: the paper}}
tables:
  - table: T
    source: paper
    rows:
      - network: {0}
        {1}: {2}
"""


@pytest.mark.parametrize(
    ("network", "measure", "printed", "state"),
    [
        ("mobilenet_v1", "params_no_top", "3,206,976", "match"),  # slim's body without its classifier
        ("mobilenet_v1", "params_no_top", "4,231,976", "mismatch"),
        ("vgg_16", "params_no_top", "14.7 M", "match"),  # Keras, include_top=False
        ("mobilenet_v3_small", "params_no_top", "0.9 M", "match"),  # without the convolution behind the pool
        ("vgg_16", "param_memory", "528 MB", "match"),  # convnet-burden: 4 bytes a weight, MB of 2²⁰
        ("vgg_16", "param_memory", "553 MB", "mismatch"),  # of 10⁶
        ("vgg_16", "param_memory", "0.52 GB", "match"),
    ],
)
def test_params_of_the_body_and_their_bytes(network: str, measure: str, printed: str, state: str):
    (result,) = Checker().check([read_paper(Source("p.yaml", MEASURED.format(network, measure, printed)))])
    assert result.state == state


def test_a_source_that_scales_counts_as_in_reconcile_however_the_resolution_is_given():
    paper = load_convention("mobilenet_v1_paper")
    for at in ({"rho": 160 / 224}, {"res": 160}):
        value = Checker().value("mobilenet_v1", at, paper, None, "mult_adds")
        (total,) = totals(costcalc.load("mobilenet_v1"), at, [paper])
        assert value == total.work == costcalc.load("mobilenet_v1").cost().mult_adds * Fraction(160, 224) ** 2


def test_a_point_that_the_network_has_not_is_an_error_at_its_figure():
    text = PAPER.format("569 M").replace("res: 224", "res: 0")
    with pytest.raises(SpecError, match=r"^p\.yaml:11:9: T: "):
        Checker().check([read_paper(Source("p.yaml", text))])
