from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc.errors import UsageError
from costcalc.space.ranges import Steps, Values, listed, read_values, steps


def values(text: str) -> Values:
    return read_values("alpha", text, lambda item: float(item) if "." in item else int(item))


def test_a_range_is_decimal_and_has_its_end_where_a_step_lands_on_it() -> None:
    assert list(values("0.3:1.4:0.1")) == [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4]
    assert list(values("128:224:32")) == [128, 160, 192, 224]
    assert list(values("128:200:32")) == [128, 160, 192]
    assert list(values("1e2:2.5e2:50")) == [100, 150, 200, 250]
    assert list(values("1:1:1")) == [1]
    assert list(values("-1:1:0.5")) == [-1, -0.5, 0, 0.5, 1]


def test_whole_numbers_stay_ints_and_decimals_floats() -> None:
    assert {type(v) for v in values("1:3:1")} == {int}
    assert {type(v) for v in values("1.0:3:1")} == {float}


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**4), st.integers(0, 200), st.integers(0, 6))
def test_every_value_is_the_float_that_its_decimals_are_read_as(first: int, step: int, n: int, places: int) -> None:
    def text(number: int) -> str:
        digits = str(abs(number)).rjust(places + 1, "0")
        sign = "-" if number < 0 else ""
        return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)

    found = steps("a", f"{text(first)}:{text(first + n * step)}:{text(step)}")
    assert found.size == n + 1
    assert [found.at(0), found.at(n)] == [float(text(first)), float(text(first + n * step))]


def test_lists_and_ranges_stand_behind_one_another() -> None:
    found = values("224,1:3:1,0.5,0.75")
    assert list(found) == [224, 1, 2, 3, 0.5, 0.75]
    assert (found[-1], found[1:3], len(found)) == (0.75, [1, 2], 6)
    with pytest.raises(IndexError):
        found[6]


def test_a_range_of_any_length_is_not_written_out() -> None:
    found = values("0:1:0.000000000001")
    assert isinstance(found, Steps)
    assert (found.size, found.at(10**12 - 1)) == (10**12 + 1, 0.999999999999)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0.5:1:0", "alpha: the step of 0.5:1:0 is 0; it must be above 0"),
        ("0.5:1:-0.1", "alpha: the step of 0.5:1:-0.1 is -0.1; it must be above 0"),
        ("1:0.5:0.1", "alpha: the range 1:0.5:0.1 is empty: it begins at 1, above its end 0.5"),
        ("1:2", "alpha: '1:2' is no range; write A:B:STEP, such as 0.25:1.5:0.05"),
        ("1:2:3:4", "alpha: '1:2:3:4' is no range; write A:B:STEP, such as 0.25:1.5:0.05"),
        ("nan:2:1", "alpha: 'nan:2:1' is no range; write A:B:STEP, such as 0.25:1.5:0.05"),
        ("1::2", "alpha: '1::2' is no range; write A:B:STEP, such as 0.25:1.5:0.05"),
        ("1e40:2e40:1", "alpha: '1e40' has more digits than a number can hold"),
        ("1:99999999999999999:1", "alpha: the range 1:99999999999999999:1 has more digits than a number can hold"),
        ("0:1:0.000001,2", "alpha: a range of more than 1,000,000 values stands alone"),
        ("1,,2", "alpha: a value is missing in '1,,2'"),
        ("1,2,1", "alpha has the value 1 twice"),
        ("0.25:1:0.25,0.5", "alpha has the value 0.5 twice"),
    ],
)
def test_a_wrong_range_is_told(text: str, message: str) -> None:
    with pytest.raises(UsageError) as e:
        values(text)
    assert str(e.value) == message


def test_given_values_are_taken_as_they_are() -> None:
    assert list(listed("kind", ["relu", True, 1])) == ["relu", True, 1]
    with pytest.raises(UsageError, match=r"^kind has no values$"):
        listed("kind", [])
    with pytest.raises(UsageError, match=r"^kind has the value yes twice$"):
        listed("kind", [True, 1, True])
