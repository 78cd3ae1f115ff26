"""Figures of public threads come out as they are known from elsewhere, or differ by a cause that is told."""

import re

import pytest

from .field_tests import asked, counted, is_right, lacking

FIGURES = [(thread, figure) for thread in asked() for figure in thread["figures"]]


@pytest.mark.parametrize(("thread", "figure"), FIGURES, ids=lambda v: v.get("thread", v.get("of", "mult_adds")))
def test_figure(thread, figure):
    ours = counted(thread, figure)
    if "ours" in figure:
        assert ours == figure["ours"]
        assert not is_right(figure, ours)
        assert figure["cause"]
    else:
        assert is_right(figure, ours), ours


def test_every_right_value_is_from_elsewhere():
    assert all(figure["by"] for _, figure in FIGURES)


def test_many_threads_of_many_repositories_were_tried():
    threads = {t["thread"] for t in asked()}
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+#\d+", t) for t in threads | {t["thread"] for t in lacking()})
    assert len(threads) >= 35
    assert len({t.split("#")[0] for t in threads}) >= 20
