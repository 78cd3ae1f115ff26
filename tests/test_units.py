"""Printed figures against the intervals that they stand for, and numbers as text."""

from __future__ import annotations

import math
import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc import units
from costcalc.units import FigureError, Rule, exact, parse_printed, ratio, share, short

RULES: tuple[Rule, ...] = ("rounded", "truncated", "ceiled")


FIGURES = (
    ("569 M", 569, 6), ("569M", 569, 6), (" 569 M\n", 569, 6), ("569\u00a0M", 569, 6), ("4.2 million", 42, 5),
    ("300 million", 300, 6), ("2.36 M", 236, 4), ("1.25M", 125, 4), ("0.7B", 7, 8), ("0.58 G", 58, 7),
    (".58 G", 58, 7), ("5.74 B", 574, 7), ("2.0 billion", 20, 8), ("15300 M", 15300, 6), ("1,448M", 1448, 6),
    ("1,448.5 M", 14485, 5), ("145k", 145, 3), ("145 K", 145, 3), ("145 thousand", 145, 3), ("1.2 T", 12, 11),
    ("579 MFLOPs", 579, 6), ("579 M FLOPS", 579, 6), ("0.3 GFLOPS", 3, 8), ("300 MMACs", 300, 6),
    ("300M MAdds", 300, 6), ("300 million mult-adds", 300, 6), ("7 MACs", 7, 0), ("4.2M params", 42, 5),
    ("4,231,976", 4231976, 0), ("4231976", 4231976, 0), ("0", 0, 0), ("3.8e9", 38, 8), ("3.8E+9", 38, 8),
    ("3.8 x 10^9", 38, 8), ("3.8×10^9", 38, 8), ("3.8 · 10⁹", 38, 8), ("3.8*10**9 FLOPs", 38, 8), ("1.1 x 10¹⁰", 11, 9),
)  # fmt: skip


@pytest.mark.parametrize(("text", "digits", "exponent"), FIGURES)
def test_a_printed_count_is_read_to_its_last_digit(text: str, digits: int, exponent: int) -> None:
    printed = parse_printed(text)
    assert (printed.digits, printed.exponent, printed.is_share) == (digits, exponent, False)
    assert printed.value == digits * Fraction(10) ** exponent
    assert printed.text == text


def test_the_word_behind_a_figure_is_kept_and_scales_nothing() -> None:
    assert parse_printed("579 MFLOPs").noun == "FLOPs"
    assert parse_printed("579 M").noun == ""
    assert parse_printed("579 MFLOPs").interval() == parse_printed("579 M").interval()
    assert parse_printed("233 MB").noun == "MB"
    assert parse_printed("233.1 MB").value == Fraction(2331, 10)  # of 2²⁰ bytes: the noun scales nothing


@pytest.mark.parametrize(("text", "digits", "exponent"), [("94.86%", 9486, -4), ("24 %", 24, -2), ("100.0%", 1000, -3)])
def test_percent_is_a_share_of_one(text: str, digits: int, exponent: int) -> None:
    printed = parse_printed(text)
    assert (printed.digits, printed.exponent, printed.is_share) == (digits, exponent, True)


VAGUE = "is approximate or a bound: only a figure printed as digits can be checked, such as '569 M'"
OTHER = (
    "is no printed figure: write digits and a unit as in '569 M', '4.2 million', '145k', '0.7 B', '579 MFLOPs', "
    "'4,231,976', '94.86 %' or '3.8e9'"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty figure: write it as printed, such as '569 M'"),
        ("  ", "empty figure: write it as printed, such as '569 M'"),
        ("~5M", f"'~5M' {VAGUE}"),
        ("~", f"'~' {VAGUE}"),
        ("≈ 5 M", f"'≈ 5 M' {VAGUE}"),
        ("<1 M", f"'<1 M' {VAGUE}"),
        ("≥ 1 M", f"'≥ 1 M' {VAGUE}"),
        ("About 9%", f"'About 9%' {VAGUE}"),
        ("9 .. 10M", "'9 .. 10M' is a range: give one figure"),
        ("2.9M-3M", "'2.9M-3M' is a range: give one figure"),
        ("1–2 M", "'1–2 M' is a range: give one figure"),
        ("-5 M", "'-5 M' has a sign: counts and shares are printed without one"),
        ("+5 M", "'+5 M' has a sign: counts and shares are printed without one"),
        ("4,2 M", "'4,2 M': a comma separates thousands, as in '4,231,976'; decimals follow a point, as in '4.2 M'"),
        (
            "4,23,976",
            "'4,23,976': a comma separates thousands, as in '4,231,976'; decimals follow a point, as in '4.2 M'",
        ),
        ("M", f"'M' {OTHER}"),
        ("%", f"'%' {OTHER}"),
        (".", f"'.' {OTHER}"),
        ("5.", f"'5.' {OTHER}"),
        ("1_000", f"'1_000' {OTHER}"),
        ("٣ M", f"'٣ M' {OTHER}"),
        ("75 m", f"'75 m' {OTHER}"),
        ("569 MAdds", f"'569 MAdds' {OTHER}"),
        ("4.9x", f"'4.9x' {OTHER}"),
        ("3e9 M", f"'3e9 M' {OTHER}"),
        ("1e999", f"'1e999' {OTHER}"),
        ("5 %%", f"'5 %%' {OTHER}"),
        ("\x1b[31m5 M", rf"'\x1b[31m5 M' {OTHER}"),
        ("0.58 M (as printed; read 0.58 B)", f"'0.58 M (as printed; read 0.58 B)' {OTHER}"),
        ("9" * 5000, f"'{'9' * 80}…' {OTHER}"),
    ],
)
def test_what_is_no_printed_figure_is_refused_with_what_would_be_right(text: str, message: str) -> None:
    with pytest.raises(FigureError) as error:
        parse_printed(text)
    assert str(error.value) == message


@given(st.text(max_size=200))
def test_any_text_is_a_figure_or_a_figure_error(text: str) -> None:
    message = ""
    try:
        parse_printed(text)
    except FigureError as error:
        message = str(error)
    assert message.isprintable()


@pytest.mark.parametrize(
    ("text", "rule", "inside", "outside"),
    [
        ("569 M", "rounded", (568_500_000, 568_740_352, 569_499_999), (568_499_999, 569_500_000)),
        ("568 M", "truncated", (568_000_000, 568_740_352, 568_999_999), (567_999_999, 569_000_000)),
        ("569 M", "ceiled", (568_000_001, 569_000_000), (568_000_000, 569_000_001)),
        ("4,231,976", "rounded", (4_231_976,), (4_231_975, 4_231_977)),
        ("4,231,976", "truncated", (4_231_976,), (4_231_975, 4_231_977)),
        ("4,231,976", "ceiled", (4_231_976,), (4_231_975, 4_231_977)),
        ("3.47 M", "truncated", (3_470_760,), (3_504_872,)),
        ("0", "rounded", (0, Fraction(49, 100)), (1, Fraction(1, 2))),
        ("94.86%", "rounded", (Fraction(94855, 100_000), Fraction(9486, 10_000)), (Fraction(94865, 100_000), 94)),
        ("94.86%", "truncated", (Fraction(94869, 100_000),), (Fraction(94859, 100_000),)),
    ],
)
def test_a_figure_contains_exactly_what_prints_so(
    text: str, rule: Rule, inside: tuple[Fraction, ...], outside: tuple[Fraction, ...]
) -> None:
    printed = parse_printed(text)
    assert all(printed.contains(value, rule) for value in inside)
    assert not any(printed.contains(value, rule) for value in outside)


def test_mobilenet_v1_as_its_paper_prints_it() -> None:
    assert parse_printed("569 M").contains(568_740_352)
    assert not parse_printed("575 M").contains(568_740_352)
    assert parse_printed("94.86%").contains(Fraction(539_492_352, 568_740_352))


def test_intervals() -> None:
    million = Fraction(10**6)
    assert parse_printed("569 M").interval() == (Fraction(568_500_000), Fraction(569_500_000))
    assert parse_printed("569 M").interval("truncated") == (569 * million, 570 * million)
    assert parse_printed("569 M").interval("ceiled") == (568 * million, 569 * million)
    assert parse_printed("94.86%").interval() == (Fraction(94855, 100_000), Fraction(94865, 100_000))
    assert parse_printed("7").interval() == (Fraction(13, 2), Fraction(15, 2))


def test_contains_refuses_floats_and_unknown_rules() -> None:
    with pytest.raises(TypeError, match=r"give an int or a Fraction, not the float 0\.9486"):
        parse_printed("94.86%").contains(0.9486)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown rounding rule 'floored': rounded, truncated or ceiled"):
        parse_printed("569 M").contains(1, "floored")  # type: ignore[arg-type]


@given(n=st.integers(0, 10**15), decimals=st.integers(0, 6), power=st.sampled_from([0, 3, 6, 9]))
def test_what_is_printed_by_a_rule_contains_the_number(n: int, decimals: int, power: int) -> None:
    ulp = Fraction(10) ** (power - decimals)
    unit = {0: "", 3: "k", 6: " million", 9: "B"}[power]
    for rule, cut in (("rounded", math.floor(n / ulp + Fraction(1, 2))), ("truncated", math.floor(n / ulp))):
        text = f"{cut // 10**decimals}.{cut % 10**decimals:0{decimals}d}{unit}" if decimals else f"{cut}{unit}"
        assert parse_printed(text).contains(n, rule)  # type: ignore[arg-type]


@given(
    text=st.sampled_from(["569 M", "4.2 million", "4,231,976", "94.86%", "0", "3.8e9", "100 %"]),
    rule=st.sampled_from(RULES),
    offset=st.fractions(-3, 3),
)
def test_contains_agrees_with_the_interval(text: str, rule: Rule, offset: Fraction) -> None:
    printed = parse_printed(text)
    low, high = printed.interval(rule)
    value = printed.value + offset * (high - low)
    expected = low < value <= high if rule == "ceiled" else low <= value < high
    assert printed.contains(value, rule) is expected


@given(value=st.integers(0, 10**16), digits=st.integers(1, 8))
def test_short_prints_what_its_own_figure_contains(value: int, digits: int) -> None:
    text = short(value, digits)
    assert parse_printed(text).contains(value)
    assert sum(c.isdigit() for c in text) >= digits or value < 1000


@given(st.integers(0, 10**18))
def test_exact_figures_contain_nothing_else(value: int) -> None:
    printed = parse_printed(exact(value))
    assert int(exact(value).replace(",", "")) == value
    assert printed.contains(value)
    assert not printed.contains(value + 1)
    assert not printed.contains(value - 1)


@given(st.fractions(0, 1))
def test_share_prints_what_its_own_figure_contains(value: Fraction) -> None:
    assert parse_printed(share(value)).contains(value)


EXACT = (
    (0, "0"), (568_740_352, "568,740,352"), (-1234, "-1,234"), (10**24, "1" + ",000" * 8), (Fraction(8, 2), "4"),
    (Fraction(-5001, 2), "-5,001/2"), (1024.0, "1,024"), (1234.5, "1,234.5"), (float("inf"), "inf"),
)  # fmt: skip


@pytest.mark.parametrize(("value", "text"), EXACT)
def test_exact(value: float | Fraction, text: str) -> None:
    assert exact(value) == text


SHORT = (
    (0, "0"), (7, "7"), (999, "999"), (1000, "1.000 k"), (9_408, "9.408 k"), (999_949, "999.9 k"),
    (999_950, "1.000 M"), (568_740_352, "568.7 M"), (51_380_224, "51.38 M"), (-568_740_352, "-568.7 M"),
    (15_300_000_000, "15.30 G"), (410 * 10**12, "410.0 T"), (10**18, "1,000,000 T"), (2.5, "2.500"),
    (Fraction(1, 3), "0.3333"), (-1e-30, "0.000000000000"), (float("nan"), "nan"),
)  # fmt: skip


@pytest.mark.parametrize(("value", "text"), SHORT)
def test_short(value: float | Fraction, text: str) -> None:
    assert short(value) == text


def test_short_with_other_digits() -> None:
    assert short(568_740_352, 3) == "569 M"
    assert short(51_380_224, 3) == "51.4 M"
    assert short(568_740_352, 2) == "569 M"  # never fewer digits than the whole part has
    assert short(999_999, 3) == "1.00 M"
    assert short(720, 2) == "720"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(539_492_352, 568_740_352), "94.86 %"),
        (0, "0.00 %"),
        (1, "100.00 %"),
        (0.5, "50.00 %"),
        (Fraction(5, 10**5), "0.01 %"),
        (Fraction(-1, 3), "-33.33 %"),
        (-1e-9, "0.00 %"),
        (float("nan"), "nan"),
    ],
)
def test_share(value: float | Fraction, text: str) -> None:
    assert share(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1.000"),
        (0, "0"),
        (Fraction(841_249, 100_000), "8.412"),
        (Fraction(11885, 100_000), "0.1189"),
        (-2.5, "-2.500"),
    ],
)
def test_ratio(value: float | Fraction, text: str) -> None:
    assert ratio(value) == text


def test_integers_of_numpy_are_exact() -> None:
    numpy = pytest.importorskip("numpy")
    assert exact(numpy.int64(2**53 + 1)) == "9,007,199,254,740,993"
    assert short(numpy.int64(568_740_352)) == "568.7 M"
    assert parse_printed("9e18").contains(numpy.int64(9 * 10**18))  # twice it would overflow


LOADED = """
import runpy, sys
runpy.run_path({!r})  # by its path: importing costcalc itself may load more
{}
print(*sorted({{"fractions", "decimal", "numbers"}} & set(sys.modules)))
"""


def loaded_by_units(then: str = "") -> list[str]:
    code = LOADED.format(units.__file__, then)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


def test_the_import_is_light() -> None:
    assert loaded_by_units() == []


def test_the_test_of_a_light_import_can_fail() -> None:
    assert loaded_by_units("import fractions") == ["decimal", "fractions", "numbers"]
