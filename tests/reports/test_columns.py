"""Columns described once: rows, totals, shares come from them; ``--columns``, ``--sort``, ``--top`` keep them."""

from __future__ import annotations

import pytest

from costcalc import UsageError
from costcalc.reports import columns
from costcalc.table import Column, Table

DESCRIBED = (
    Column("name", "name", get=lambda row: row[0]),
    Column("n", "n", "int", get=lambda row: row[1], adds="sum"),
    Column("params", "params", "count", get=lambda row: row[2], adds="sum"),
    Column("share", "share", "share", adds="share", of="params"),
)
ROWS = [("stage10", 1, 30), ("stage2", 2, 60), ("stage1", 4, 10), ("add", 8, 0)]


def made() -> Table:
    return columns.table_of(DESCRIBED, ROWS, "a title")


def test_totals_and_shares() -> None:
    table = made()
    assert table.totals == {"n": 15, "params": 100, "share": 1}
    assert [row[3] for row in table.rows] == [0.3, 0.6, 0.1, 0]


def test_the_largest_is_that_of_the_rows_that_have_one() -> None:
    most = (DESCRIBED[0], Column("peak", "peak", "count", get=lambda row: row[1], adds="max"))
    table = columns.table_of(most, [("a", None), ("b", 3), ("c", 7), ("d", None)])
    assert table.totals == {"peak": 7}
    columns.top(table, 1, "layers")
    assert table.rows == [("a", None), ("(other 3 layers)", 7)]
    assert columns.table_of(most, [("a", None)]).totals == {"peak": None}


def test_the_total_is_a_row_where_a_format_has_rows_alone() -> None:
    assert columns.with_total(made()).rows[-1] == ("total", 15, 100, 1)
    assert columns.with_total(Table([], [], "")).rows == [()]
    first = Table([Column("n", "n", "int")], [(1,)], "", {"n": 1})
    assert columns.with_total(first).rows == [(1,), (1,)]


def test_nothing_has_no_share() -> None:
    table = columns.table_of(DESCRIBED, [("add", 1, 0)])
    assert table.totals == {"n": 1, "params": 0}
    assert table.rows == [("add", 1, 0, None)]


def test_what_is_left_out_keeps_its_total() -> None:
    table = made()
    columns.top(table, 2, "layers")
    assert table.rows[2] == ("(other 2 layers)", 12, 10, 0.1)
    assert sum(row[2] for row in table.rows) == table.totals["params"]


def test_as_many_rows_as_asked_for_leave_nothing_out() -> None:
    table = made()
    columns.top(table, 4, "layers")
    assert [row[0] for row in table.rows] == ["stage10", "stage2", "stage1", "add"]


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("params", ["stage2", "stage10", "stage1", "add"]),
        ("+params", ["add", "stage1", "stage10", "stage2"]),
        ("-params", ["stage2", "stage10", "stage1", "add"]),
        ("name", ["add", "stage1", "stage2", "stage10"]),
        ("-name", ["stage10", "stage2", "stage1", "add"]),
    ],
)
def test_the_order(by: str, names: list[str]) -> None:
    table = made()
    columns.sort(table, by)
    assert [row[0] for row in table.rows] == names


def test_empty_cells_are_last_either_way() -> None:
    for by in ("-x", "+x"):
        table = Table([Column("x", "x", "int")], [(None,), (1,), (2,)])
        columns.sort(table, by)
        assert table.rows[2] == (None,)


def test_selected_columns_keep_their_order_and_totals() -> None:
    table = made()
    columns.select(table, "params, name, params", ())
    assert [column.id for column in table.columns] == ["params", "name"]
    assert table.rows[0] == (30, "stage10")
    assert table.totals == {"params": 100}


def test_a_column_that_there_is_not() -> None:
    with pytest.raises(UsageError, match=r"there is no column 'param' \(did you mean 'params'\?\); there are name, n,"):
        columns.select(made(), "param", ())


def test_totals_as_a_row() -> None:
    assert columns.with_total(made()).rows[-1] == ("total", 15, 100, 1)


def test_records() -> None:
    assert columns.records(made())[1] == {"name": "stage2", "n": 2, "params": 60, "share": 0.6}
