"""How a value may have been cut to a figure: each way, and the values just outside of it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from costcalc.reconcile import padded, reading
from costcalc.units import parse_printed


@pytest.mark.parametrize(
    ("text", "value", "rule", "cut", "kind"),
    [
        ("300,774,272", 300_774_272, "rounded", "exact", None),
        ("301M", 300_774_272, "rounded", "rounded", None),
        ("300M", 300_200_000, "rounded", "rounded or truncated", None),
        ("300M", 300_774_272, "rounded", "truncated", "cut"),
        ("300M", 300_774_272, "truncated", "truncated", None),
        ("301M", 300_774_272, "truncated", "rounded", "cut"),
        ("390M", 385_814_752, "rounded", "rounded", "padding"),
        ("4,200,000", 4_231_976, "rounded", "rounded", "padding"),
        ("16.0G", 17_201_000_000, "rounded", "rounded", "binary"),
        ("3.34M", 3_504_872, "rounded", "rounded", "binary"),
        ("1.5M", Fraction(3_000_001, 2), "rounded", "rounded or truncated", None),
    ],
)
def test_ways_to_print_a_value(text: str, value: object, rule: object, cut: str, kind: str | None) -> None:
    found = reading(parse_printed(text), value, rule)  # type: ignore[arg-type]
    assert found is not None
    assert (found.cut, found.kind) == (cut, kind)
    assert bool(found.words) == (kind is not None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("390M", 395_000_000),  # 0.40 B
        ("390M", 384_999_999),  # 0.38 B
        ("0.390 G", 385_814_752),  # a zero behind the point is a digit
        ("16.0B", 17_201_000_000),  # B is decimal
        ("16 billion", 17_201_000_000),
        ("40M", 44_000_000),  # one digit alone says nothing
    ],
)
def test_what_is_not_printed_so(text: str, value: int) -> None:
    assert reading(parse_printed(text), value) is None


def test_padding_is_read_from_the_most_digits_to_two() -> None:
    assert [p.text for p in padded(parse_printed("390M"))] == ["0.39 B"]
    assert [p.text for p in padded(parse_printed("1700 M"))] == ["1.70 B", "1.7 B"]
    assert [p.text for p in padded(parse_printed("4.20 M"))] == []
    assert [p.text for p in padded(parse_printed("40M"))] == []
