from __future__ import annotations

from fractions import Fraction

import pytest

from costcalc.errors import UsageError
from costcalc.space.budgets import Kind, read_budget

KINDS: dict[str, Kind] = {
    "params": "count",
    "mult_adds": "count",
    "peak_memory": "bytes",
    "latency": "seconds",
    "res": "number",
}


@pytest.mark.parametrize(
    ("text", "column", "most"),
    [
        ("mult_adds=300M", "mult_adds", 300_000_000),
        ("mult_adds<=0.3G", "mult_adds", 300_000_000),
        ("mult_adds = 300e6", "mult_adds", 300_000_000),
        ("params=3,504,872", "params", 3_504_872),
        ("params=4 k", "params", 4000),
        ("params=100K", "params", 100_000),
        ("params=2Mi", "params", 2 * 2**20),
        ("params=1.5", "params", Fraction(3, 2)),
        ("peak_memory=512KiB", "peak_memory", 512 * 1024),
        ("peak_memory=512Ki", "peak_memory", 512 * 1024),
        ("peak_memory=512kB", "peak_memory", 512_000),
        ("peak_memory=100", "peak_memory", 100),
        ("peak_memory=100B", "peak_memory", 100),
        ("peak_memory=1.5MiB", "peak_memory", 3 * 2**19),
        ("latency=20ms", "latency", Fraction(1, 50)),
        ("latency=3us", "latency", Fraction(3, 10**6)),
        ("latency=2s", "latency", 2),
        ("res=224", "res", 224),
    ],
)
def test_units(text: str, column: str, most: object) -> None:
    budget = read_budget(text, KINDS)
    assert (budget.column, budget.most, budget.text) == (column, most, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("params", "a budget is COLUMN=FIGURE, such as mult_adds=300M, not 'params'"),
        ("parms=4M", "there is no column 'parms' (did you mean 'params'?); there are params, mult_adds"),
        ("params=4 apples", "the budget of params is a figure such as 300M (k, M and G are thousands; Ki, Mi"),
        ("params=4B", "the budget of params is a figure such as 300M (k, M and G are thousands; Ki, Mi"),
        ("params=-4M", "the budget of params is a figure such as 300M"),
        ("params=", "the budget of params is a figure such as 300M"),
        ("peak_memory=512KB", "the budget of peak_memory is a figure such as 512KiB (kB, MB, GB, KiB, MiB or GiB)"),
        ("peak_memory=20ms", "the budget of peak_memory is a figure such as 512KiB (kB, MB, GB, KiB, MiB or GiB)"),
        ("latency=20", "the budget of latency is a figure such as 20ms (s, ms or us), not '20'"),
        ("res=224k", "the budget of res is a figure such as 224, not '224k'"),
    ],
)
def test_a_wrong_budget_is_told(text: str, message: str) -> None:
    with pytest.raises(UsageError) as e:
        read_budget(text, KINDS)
    assert str(e.value).startswith(message)


def test_a_budget_has_its_limit_itself() -> None:
    assert read_budget("params=100", KINDS).holds(100)
    assert not read_budget("params=100", KINDS).holds(101)
    assert read_budget("latency=1ms", KINDS).holds(0.001)
