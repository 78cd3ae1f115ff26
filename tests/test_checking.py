"""``costcalc.check``: rows of Python, of pandas and of files get the verdicts of ``costcalc check FILE``."""

from __future__ import annotations

import pickle
from pathlib import Path

import pandas
import pytest

import costcalc
from costcalc import SpecError, UsageError, check

from .cli.running import run

ROWS = [
    {"network": "mobilenet_v2", "params": "3.4M", "mult_adds": "300M"},
    {"network": "mobilenet_v2", "alpha": 1.4, "params": "6.9M"},
    {"network": "mobilenet_v1", "mult_adds": "569M"},
]
CSV = "network,params,mult_adds,alpha\nmobilenet_v2,3.4M,300M,\nmobilenet_v2,6.9M,,1.4\nmobilenet_v1,,569M,\n"


def test_rows_a_frame_and_a_file_have_the_same_verdicts(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(CSV)
    found = [check(ROWS), check(iter(ROWS)), check(pandas.DataFrame(ROWS)), check(str(path))]
    words = [[(v.subject, v.figure.measure, v.verdict, v.words, v.computed) for v in one] for one in found]
    assert words[0] == words[1] == words[2] == words[3]
    assert [word[2] for word in words[0]] == ["explained", "explained", "misprint", "match"]
    assert [word[4] for word in words[0]] == [3_504_872, 300_774_272, 6_108_776, 568_740_352]
    result = run("check", str(path))
    assert result.stdout.startswith(f"{found[3]}\n")


def test_what_it_shows() -> None:
    found = check(ROWS)
    assert repr(found) == "<CheckedTable 4 figures: 1 match, 2 explained, 1 misprint>"
    assert (len(found), found[3].verdict, found.ok) == (4, "match", True)
    assert "<table" in (found._repr_html_() or "")
    frame = found.to_pandas()
    assert list(frame["printed"]) == ["3.4M", "300M", "6.9M", "569M"]
    assert not check([{"network": "mobilenet_v1", "params": "9.9M"}]).ok
    assert costcalc.CheckedTable(found.verdicts[:1]).ok
    assert repr(pickle.loads(pickle.dumps(found))) == repr(found)


def test_yes_and_no_are_those_of_the_language() -> None:
    (verdict,) = check([{"network": "mobilenet_v2", "fc_bias": False, "params": "3503872"}])
    assert verdict.verdict == "match"


def test_text_is_data() -> None:
    (verdict,) = check([{"network": 'mobilenet_v2",x\nmobilenet_v1', "params": "3.4M"}])
    assert verdict.verdict == "unknown"


def test_what_is_no_table() -> None:
    with pytest.raises(UsageError, match=r"^a table has rows: network, figures such as params and mult_adds"):
        check([])
    with pytest.raises(SpecError, match=r"^rows\.csv:1:1: columns are due: network, params, mult_adds, not "):
        check([{"model": "x", "weight": "2"}])
    with pytest.raises(SpecError, match=r"rows\.csv:2:14: "):
        check([{"network": "mobilenet_v2", "params": "~3M"}])
    with pytest.raises(SpecError, match=r"rows\.csv"):
        check("/nowhere/rows.csv")
