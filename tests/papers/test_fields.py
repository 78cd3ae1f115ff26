"""Values as papers' files have them: read by the language's own rules."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from costcalc.errors import SpecError
from costcalc.language.source import Source, Text
from costcalc.papers.fields import value_of


def text(value: str) -> Text:
    return Text(value, Source("papers.yaml", value), 1, 1)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("13694425600/49", Fraction(13694425600, 49)),
        ("-1/3", Fraction(-1, 3)),
        ("1e3", 1000.0),
        ("-4", -4),
        ("yes", True),
        ("bifpn", "bifpn"),
    ],
)
def test_a_value_is_exact(written: str, value: Any) -> None:
    read = value_of(text(written))
    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize("written", ["[1, 2]", "alpha / 2", "1/0", "a -> b", "conv(3)"])
def test_what_is_no_value_is_refused(written: str) -> None:
    with pytest.raises(SpecError):
        value_of(text(written))
