"""States that name a proof: copied, misprint, nominal; and figures that are known to fewer digits than are printed."""

from fractions import Fraction

import pytest

from costcalc.errors import SpecError
from costcalc.language.source import Source
from costcalc.papers import Checker, Result, read_paper
from costcalc.units import FigureError, parse_printed

PAPER = """
paper: P
family: f
sources: {{paper: the paper}}
tables:
  - table: first
    source: paper
    rows:
      - {{network: mobilenet_v1, mult_adds: 569 M, params: 4.23 M}}
      - {{network: mobilenet_v1, at: {{alpha: 0.5}}, mult_adds: 149 M}}
      - network: mobilenet_v2
        mult_adds: {{printed: 300 M, unexplained: nobody knows the cause, ours: 300774272}}
      - {{label: another, mult_adds: 1.5 G, not_modelled: its layers were never printed}}
  - table: second
    source: paper
{0}
    rows:
{1}
"""

LONG = "because of a reason"


def check(row: str, table: str = "") -> Result:
    paper = read_paper(Source("p.yaml", PAPER.format(table, f"      - {row}")))
    return Checker([paper]).check([paper])[-1]


def of(network: str, figure: str, measure: str = "mult_adds") -> str:
    return f"{{network: {network}, {measure}: {figure}}}"


COPIED = "copied: {paper: p, table: first}"


@pytest.mark.parametrize(
    ("row", "beside"),
    [
        (of("mobilenet_v2", f"{{printed: 300 M, {COPIED}}}"), "unexplained"),
        (of("mobilenet_v2", f"{{printed: 0.300 G, {COPIED}}}"), "unexplained"),  # the same number
        (of("mobilenet_v1", f"{{printed: 569.0 M, {COPIED}}}"), "match"),  # a padding zero
        (of("mobilenet_v2", "{printed: 149 M, copied: {paper: p, table: first, row: mobilenet_v1}}"), "match"),
        (f"{{label: another, mult_adds: {{printed: 2 G, {COPIED}}}}}", "not_modelled"),  # rounded once more
    ],
)
def test_a_copied_figure_counts_as_copied_and_has_its_sources_state_beside_it(row: str, beside: str):
    found = check(row)
    assert (found.state, found.cell.state if found.cell else None) == ("copied", beside)
    assert "P, first" in found.reason


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (of("mobilenet_v2", f"{{printed: 302 M, {COPIED}}}"), "first of p has no mult_adds of 302 M for mobilenet_v2"),
        (of("resnet_50", f"{{printed: 569 M, {COPIED}}}"), "has no mult_adds of 569 M for resnet_50"),  # another's
        (of("mobilenet_v1", f"{{printed: 5.69 M, {COPIED}}}", "params"), "first of p has no params of 5.69 M"),
        (of("mobilenet_v2", "{printed: 300 M, copied: {paper: p, table: frist}}"), "(did you mean 'first'?)"),
        (of("mobilenet_v2", "{printed: 300 M, copied: {paper: mobilenet_v9, table: x}}"), "no paper is called"),
        (of("mobilenet_v2", "{printed: 300 M, copied: {paper: p}}"), "'table' is missing here"),
        (of("mobilenet_v2", "{printed: 300 M, copied: {paper: p, table: second}}"), "has no mult_adds of 300 M"),
    ],
)
def test_a_copied_figure_must_stand_there(row: str, message: str):
    with pytest.raises(SpecError) as error:
        check(row)
    assert message in str(error.value)
    assert str(error.value).startswith("p.yaml:18:")


def test_a_figure_that_comes_out_is_no_copy():
    assert check(of("mobilenet_v1", f"{{printed: 569 M, {COPIED}}}")).state == "mismatch"


def test_copies_that_name_each_other_are_an_error():
    row = of("mobilenet_v2", "{printed: 9 M, copied: {paper: p, table: second}}")
    with pytest.raises(SpecError, match="a copy of itself"):
        check(f"{row}\n      - {row}")


def test_a_shipped_paper_can_be_copied_from():
    figure = "{printed: 0.585 G, copied: {paper: mobilenet_v2, table: Table 4}}"
    found = check(f"{{network: mobilenet_v2, at: {{alpha: 1.4}}, mult_adds: {figure}}}")
    assert found.state == "copied"
    assert found.cell is not None
    assert found.cell.paper.family == "mobilenet_v2"


@pytest.mark.parametrize(
    ("printed", "right", "state"),
    [
        ("529 M", "569 M", "misprint"),
        ("529 M", "570 M", "mismatch"),  # not right either
        ("569 M", "569 M", "mismatch"),  # no error
        ("529 M", "{paper: p, table: first}", "misprint"),
        ("529 M", "{paper: p, table: first, row: mobilenet_v2}", "mismatch"),  # another network's
    ],
)
def test_a_misprints_right_figure_comes_out(printed: str, right: str, state: str):
    assert check(of("mobilenet_v1", f"{{printed: {printed}, misprint: {LONG}, right: {right}}}")).state == state


def test_a_misprint_at_another_point_than_the_right_figure_is_a_mismatch():
    figure = f"{{printed: 529 M, misprint: {LONG}, right: {{paper: p, table: first}}}}"
    assert check(f"{{network: mobilenet_v1, at: {{alpha: 0.5}}, mult_adds: {figure}}}").state == "misprint"
    assert check(f"{{network: mobilenet_v1, at: {{alpha: 0.25}}, mult_adds: {figure}}}").state == "mismatch"
    assert check(f"{{network: mobilenet_v1, at: {{res: 224}}, mult_adds: {figure}}}").state == "misprint"  # its default


def test_a_figure_that_nobody_can_explain_is_no_right_one():
    figure = f"{{printed: 310 M, misprint: {LONG}, right: {{paper: p, table: first}}}}"  # 300 M there, unexplained
    assert check(of("mobilenet_v2", figure)).state == "mismatch"


def test_a_nominal_figure_is_pinned():
    assert check(of("mobilenet_v1", f"{{printed: 600 M, nominal: {LONG}, ours: 568740352}}")).state == "nominal"
    assert check(of("mobilenet_v1", f"{{printed: 600 M, nominal: {LONG}, ours: 568740353}}")).state == "mismatch"
    assert check(of("mobilenet_v1", f"{{printed: 0.6 G, nominal: {LONG}, ours: 568740352}}")).state == "mismatch"
    assert check(f"{{label: another, mult_adds: {{printed: 40 M, nominal: {LONG}}}}}").state == "nominal"


@pytest.mark.parametrize(
    ("printed", "at", "state"),
    [
        ("1140 M", "convention: flops, digits: 3", "explained"),  # 1,137.5 M operations
        ("1140 M", "convention: flops", "mismatch"),
        ("1100 M", "convention: flops, digits: 3", "mismatch"),
        ("570 M", "digits: 2", "explained"),  # 568.7 M
        ("560 M", "digits: 2", "mismatch"),
        ("569.0 M", "digits: 3", "explained"),
    ],
)
def test_padding_zeros_widen_the_interval(printed: str, at: str, state: str):
    figure = f"{{printed: {printed}, explained: {LONG}, {at}, evidence: the column has padding}}"
    assert check(of("mobilenet_v1", figure)).state == state


def test_digits_that_are_not_needed_are_a_mismatch():
    at = "at: {alpha: 0.5, res: 192}, digits: 2"  # 110.2 M
    found = check(of("mobilenet_v1", f"{{printed: 110 M, explained: {LONG}, {at}, evidence: zeros elsewhere}}"))
    assert found.state == "mismatch"
    assert found.reason.startswith("all digits come out, not 2 alone")


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        (f"{{printed: 1740 M, explained: {LONG}, digits: 2}}", "1740 M doesn't end in zeros that could be padding"),
        (f"{{printed: 17 M, explained: {LONG}, digits: 2}}", "digits are fewer than the 2 of 17 M"),
        (f"{{printed: 17 M, explained: {LONG}, digits: no}}", "a number is due here"),
        (f"{{printed: 17 M, misprint: {LONG}}}", "a misprint has right: the figure, or {paper: …, table: …}"),
        (f"{{printed: 17 M, misprint: {LONG}, right: about 3}}", "'about 3'"),
        (f"{{printed: 142 M, nominal: {LONG}, ours: 1}}", "142 M has more than two digits"),
        (f"{{printed: 140 M, nominal: {LONG}}}", "'ours' is missing here"),
        (f"{{printed: 140 M, unexplained: {LONG}, ours: abc}}", "a number is due here, not 'abc'"),
        ("{printed: 140 M, copied: yes}", "{paper: …, table: …}"),
    ],
)
def test_a_wrong_proof_is_an_error_with_its_place(figure: str, message: str):
    with pytest.raises(SpecError) as error:
        check(of("mobilenet_v1", figure))
    assert message in str(error.value)
    assert str(error.value).startswith("p.yaml:18:")


TENS = "    precision: {mult_adds: tens}\n    evidence: all figures of the column are multiples of ten"


def test_a_column_in_tens_is_compared_in_tens():
    assert check("{network: mobilenet_v1, mult_adds: 570 M}", TENS).state == "match"
    assert check("{network: mobilenet_v1, mult_adds: 560 M}", TENS).state == "mismatch"
    assert check("{network: mobilenet_v1, mult_adds: 570 M}").state == "mismatch"


@pytest.mark.parametrize(
    ("table", "row", "message"),
    [
        (TENS, "{network: mobilenet_v1, mult_adds: 569 M}", "second has tens here, by its precision"),
        (TENS.replace("tens", "dozens"), "{network: mobilenet_v1}", "a precision is {mult_adds: tens}, not 'dozens'"),
        (TENS[: TENS.index("\n")], "{network: mobilenet_v1}", "without its evidence"),
        ("    precision: tens", "{network: mobilenet_v1}", "a precision is {mult_adds: tens}, not 'tens'"),
        ("    convention: {top1: mult_adds}", "{network: mobilenet_v1}", "no 'top1' here"),
    ],
)
def test_a_wrong_precision_is_an_error_with_its_place(table: str, row: str, message: str):
    with pytest.raises(SpecError) as error:
        check(row, table)
    assert message in str(error.value)
    assert str(error.value).startswith("p.yaml:")


def test_a_column_may_count_and_cut_on_its_own():
    table = "    convention: {mult_adds: conv_only, params: truncated}\n    evidence: the column is cut"
    assert check("{network: mobilenet_v1, mult_adds: 567.7 M, params: 4.23 M}", table).state == "match"
    assert check("{network: mobilenet_v1, params: 4.24 M}", table).state == "mismatch"
    assert check("{network: mobilenet_v1, mult_adds: 567.7 M}", table).state == "match"


@pytest.mark.parametrize(
    ("beside", "printed", "state"),
    [
        ("2*3*res**2", "569,041,408", "match"),  # 568,740,352 and two for each value of the image
        ("res*alpha - 1", "568,740,575", "match"),
        ("2*3*res**2", "568,740,352", "mismatch"),
        ("0", "568,740,352", "match"),
    ],
)
def test_work_beside_the_layers_is_added(beside: str, printed: str, state: str):
    row = f'{{network: mobilenet_v1, beside: "{beside}", mult_adds: "{printed}", params: "4,231,976"}}'
    paper = read_paper(Source("p.yaml", PAPER.format("", f"      - {row}")))
    work, params = Checker([paper]).check([paper])[-2:]
    assert (work.state, params.state) == (state, "match")


def test_work_beside_the_layers_is_added_to_an_explanation_at_its_point():
    figure = f"{{printed: 418.3 M, explained: {LONG}, at: {{res: 192}}, evidence: {LONG}}}"
    assert check(f"{{network: mobilenet_v1, beside: 2*3*res**2, mult_adds: {figure}}}").state == "explained"


@pytest.mark.parametrize(
    ("beside", "message"),
    [
        ("2*rse", "mobilenet_v1 has no parameter 'rse' (did you mean 'res'"),
        ("res/0", "division by zero"),
        ("res +", "p.yaml:18:"),
    ],
)
def test_wrong_work_beside_the_layers_is_an_error_with_its_place(beside: str, message: str):
    with pytest.raises(SpecError) as error:
        check(f'{{network: mobilenet_v1, beside: "{beside}", mult_adds: 569 M}}')
    assert message in str(error.value)
    assert str(error.value).startswith("p.yaml:18:")


def test_a_lead_is_kept_with_an_unexplained_figure():
    found = check(
        of("mobilenet_v1", f"{{printed: 570 M, unexplained: {LONG}, lead: rounded to tens, ours: 568740352}}")
    )
    assert (found.state, found.figure.lead) == ("unexplained", "rounded to tens")


def test_digits_are_taken_off_exactly():
    printed = parse_printed("1700 M")
    assert printed.coarser(2).interval() == (Fraction(1_650_000_000), Fraction(1_750_000_000))
    assert printed.coarser(2).text == "1700 M"
    for text, places in (("1710 M", 2), ("0", 1), ("1700 M", 3)):
        with pytest.raises(FigureError, match="doesn't end in zeros"):
            parse_printed(text).coarser(places)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{network: mobilenet_v1, map_channels: 128}", "a row with a size has figures of its largest map"),
        ("{network: mobilenet_v1, size: 56x56, params: 4.2 M}", "a row with a size has figures of its largest map"),
        ("{network: mobilenet_v1, size: 55x55, map_channels: 128}", "mobilenet_v1 has no map of 55x55"),
    ],
)
def test_figures_of_maps_want_a_size_that_there_is(row: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        check(row)


def test_a_figure_of_a_map_can_fail() -> None:
    assert check("{network: mobilenet_v1, size: 56x56, map_channels: 128}").state == "match"
    assert check("{network: mobilenet_v1, size: 56x56, map_channels: 127}").state == "mismatch"
    assert check("{network: mobilenet_v1, size: 14x14, map_memory: 200704}").state == "match"
