"""Figures that a table prints as multiples of another row's: ``over``."""

from fractions import Fraction

import pytest

import costcalc
from costcalc.errors import SpecError
from costcalc.language.source import Source
from costcalc.papers import Checker, read_paper

PAPER = """
paper: P
family: f
sources: {{paper: the paper}}
tables:
  - table: T
    source: paper
    rows:
      - network: mobilenet_v1
        at: {{alpha: 0.5}}
        over: {0}
        mult_adds: {1}
"""


def result(over: str, figure: str):
    (found,) = Checker().check([read_paper(Source("p.yaml", PAPER.format(over, figure)))])
    return found


def ratio(over, **at):
    return Fraction(costcalc.load("mobilenet_v1").cost(alpha=0.5).mult_adds, costcalc.load(over).cost(**at).mult_adds)


@pytest.mark.parametrize(
    ("over", "figure", "state"),
    [
        ("{at: {alpha: 1.0}}", "0.26x", "match"),
        ("{at: {alpha: 1.0}}", "0.263×", "match"),
        ("{at: {alpha: 1.0}}", "0.263", "match"),
        ("{at: {alpha: 1.0}}", "0.27x", "mismatch"),
        ("{network: mobilenet_v2}", "0.50x", "match"),
        (
            "{at: {alpha: 1.0}}",
            "{printed: 0.27x, unexplained: because of a reason, ours: 149497088/568740352}",
            "unexplained",
        ),
        (
            "{at: {alpha: 1.0}}",
            "{printed: 0.45x, explained: because of a reason, at: {alpha: 0.6654}, evidence: seen in a text}",
            "explained",
        ),
    ],
)
def test_a_ratio_is_compared_with_the_ratio_of_the_two(over, figure, state):
    found = result(over, figure)
    assert found.state == state, (found.ours, found.reason)


def test_the_ratio_is_exact():
    assert result("{at: {alpha: 1.0}}", "0.26x").ours == ratio("mobilenet_v1")
    assert result("{network: mobilenet_v2, at: {alpha: 1.4}}", "0.26x").ours == ratio("mobilenet_v2", alpha=1.4)


def test_over_takes_a_network_and_a_point():
    with pytest.raises(SpecError, match="no 'alpha' here"):
        result("{alpha: 1.0}", "0.26x")


def test_without_over_a_multiple_is_no_figure():
    text = PAPER.format("{at: {alpha: 1.0}}", "0.26x").replace("        over: {at: {alpha: 1.0}}\n", "")
    with pytest.raises(SpecError, match=r"p\.yaml:11:20: "):
        read_paper(Source("p.yaml", text))
