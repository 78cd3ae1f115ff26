"""The printed figures: none lost, none tuned, each in its state."""

import collections
from pathlib import Path

import pytest

from costcalc.errors import SpecError
from costcalc.language.source import Source
from costcalc.papers import Checker, load_papers, read_paper
from costcalc.papers.check import select

PAPERS = load_papers()

# Rows and figures of each family. A number here changes only when a figure is added, never when one is lost.
FIGURES = {
    "classic_and_nas": (130, 239),
    "efficientdet": (73, 102),
    "efficientnet": (57, 83),
    "facenet": (7, 14),
    "hbonet": (22, 23),
    "mixnet": (5, 8),
    "mnasnet": (44, 80),
    "mobilenet_v1": (77, 151),
    "mobilenet_v2": (83, 139),
    "mobilenet_v3": (56, 100),
    "mobilenext": (22, 36),
    "rexnet": (53, 86),
    "senet": (48, 57),
    "shufflenet_v1": (46, 59),
    "shufflenet_v2": (61, 66),
}


@pytest.fixture(scope="module")
def results():
    return Checker().check(PAPERS)


def test_no_figure_got_lost():
    counted = {
        p.family: (sum(len(t.rows) for t in p.tables), sum(len(r.figures) for t in p.tables for r in t.rows))
        for p in PAPERS
    }
    assert counted == FIGURES
    assert sum(rows for rows, _ in FIGURES.values()) == 784


def test_no_figure_is_a_mismatch(results):
    assert [(r.table.name, r.subject, r.figure.measure, r.reason) for r in results if r.state == "mismatch"] == []


def test_the_states_of_mobilenet_v1(results):
    states = collections.Counter(r.state for r in results if r.paper.family == "mobilenet_v1")
    assert states == {"match": 104, "explained": 18, "unexplained": 27, "not_modelled": 2}


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
        (f"{{printed: 418 M, explained: {LONG}, at: {{res: 192}}}}", "explained", LONG),
        (f"{{printed: 567.7 M, explained: {LONG}, convention: conv_only}}", "explained", LONG),
        (
            f"{{printed: 419 M, explained: {LONG}, at: {{res: 192}}}}",
            "mismatch",
            f"the explanation gives 418,121,728: {LONG}",
        ),
        (
            f"{{printed: 569 M, explained: {LONG}, at: {{classes: 1001}}}}",
            "mismatch",
            "comes out as printed: it is not explained",
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
