"""CSV and JSON: raw values that parse back to the same integers."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costcalc.render import render
from costcalc.table import Column, Table

from .sample import COLUMNS, MULT_ADDS, PARAMS, mobilenet, sums, table_of


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_csv() -> None:
    assert render([mobilenet()], "csv") == dedent(
        """\
        layer,op,input,output,repeats,params,mult_adds,share
        stem.conv,conv2d,224x224x3,112x112x32,1,864,10838016,0.2632835820895522
        block1.dw,conv2d,112x112x32,112x112x32,1,288,3612672,0.08776119402985075
        block1.pw,conv2d,112x112x32,112x112x64,1,2048,25690112,0.6240796019900497
        fc,linear,1x1x1024,1000,,1024000,1024000,0.024875621890547265
        """
    )


def test_rows_of_csv_add_up_to_the_tables_totals() -> None:
    header, *rows = rows_of(render([mobilenet()], "csv"))
    assert header == [column.id for column in COLUMNS]
    assert len(rows) == 4
    assert sums(rows, 5, 6) == (PARAMS, MULT_ADDS)
    assert sum(float(row[7]) for row in rows) == pytest.approx(1)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_csv_gives_every_text_back(texts: list[str]) -> None:
    text = render([table_of(*texts)], "csv")
    assert rows_of(text)[1] == [*texts, "1"]


def test_several_tables_of_csv_stand_apart_by_an_empty_line() -> None:
    one = render([table_of("a")], "csv")
    assert one == "c0,params\na,1\n"
    assert render([table_of("a"), table_of("a")], "csv") == one + "\n" + one


def test_csv_shapes_and_numbers() -> None:
    columns = [Column("shape", "", "shape"), Column("n", "", "count"), Column("ratio", "", "ratio")]
    rows: list[tuple[Any, ...]] = [
        (((8, 7, 7), (16, 7, 5)), 2**70, 0.1),
        ((3, 5, 5), Fraction(4), Fraction(1, 3)),
        (None, 2.5, 1e22),
    ]
    assert rows_of(render([Table(columns, rows)], "csv"))[1:] == [
        ["7x7x8 + 7x5x16", "1180591620717411303424", "0.1"],
        ["5x5x3", "4", "0.3333333333333333"],
        ["", "2.5", "1e+22"],
    ]


def test_csv_of_an_empty_column_has_no_empty_line() -> None:
    assert render([Table([Column("a", "a")], [(None,), ("",)])], "csv") == 'a\n""\n""\n'


DOCUMENT = {
    "spec": "mobilenet_v1",
    "parameters": {"alpha": 0.5, "res": 160},
    "totals": {"params": 1_331_592, "mult_adds": 2**60 + 1},
    "layers": [
        {"name": "a", "in_shape": [3, 224, 224], "mult_adds": 2**53 + 1},
        {"name": "α\x1b", "in_shape": [[3, 2, 2], [3, 1, 1]], "ratio": Fraction(5, 2)},
    ],
}


def test_a_json_document_has_one_line_per_layer() -> None:
    assert render([mobilenet()], "json", document=DOCUMENT) == dedent(
        r"""
        {
          "spec": "mobilenet_v1",
          "parameters": {"alpha": 0.5, "res": 160},
          "totals": {"params": 1331592, "mult_adds": 1152921504606846977},
          "layers": [
            {"name": "a", "in_shape": [3, 224, 224], "mult_adds": 9007199254740993},
            {"name": "\u03b1\u001b", "in_shape": [[3, 2, 2], [3, 1, 1]], "ratio": {"numerator": 5, "denominator": 2}}
          ]
        }
        """
    ).lstrip("\n")


def test_rows_of_json_add_up_to_its_totals() -> None:
    document = json.loads(render([mobilenet()], "json"))
    assert document["columns"] == [column.id for column in COLUMNS]
    assert [row["layer"] for row in document["rows"]] == ["stem.conv", "block1.dw", "block1.pw", "fc"]
    for name, total in (("params", PARAMS), ("mult_adds", MULT_ADDS)):
        assert sum(row[name] for row in document["rows"]) == document["totals"][name] == total
    assert sum(Fraction(**row["share"]) for row in document["rows"]) == 1
    assert document["rows"][0]["input"] == [3, 224, 224]
    assert document["rows"][3]["repeats"] is None
    assert document["notes"] == mobilenet().notes
    assert document["title"] == mobilenet().title


def test_several_tables_of_json_are_a_list() -> None:
    one = json.loads(render([mobilenet()], "json"))
    assert json.loads(render([mobilenet(), mobilenet()], "json")) == {"tables": [one, one]}
    assert json.loads(render([], "json")) == {"tables": []}


SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


@given(
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
        max_leaves=30,
    ).filter(lambda document: document is not None)
)
def test_json_gives_every_document_back_in_ascii(document: object) -> None:
    text = render([], "json", document=document)
    assert json.loads(text) == document
    assert text.isascii()
    assert text.replace("\n", "").isprintable()


def test_json_opens_the_outermost_object_and_what_holds_rows() -> None:
    assert render([], "json", document={"a": {"b": [1, [2]]}}) == '{\n  "a": {"b": [1, [2]]}\n}\n'
    assert render([], "json", document=[[{"a": 1}], []]) == '[\n  [\n    {"a": 1}\n  ],\n  []\n]\n'


def test_json_opens_long_lists_of_texts_only() -> None:
    texts, numbers = ["a" * 70, "b" * 70], list(range(100))
    text = render([], "json", document={"texts": texts, "numbers": numbers, 5: [], "none": {}})
    assert text.splitlines() == [
        "{",
        '  "texts": [',
        f'    "{texts[0]}",',
        f'    "{texts[1]}"',
        "  ],",
        f'  "numbers": {numbers},',
        '  "5": [],',
        '  "none": {}',
        "}",
    ]


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (float("nan"), ValueError, "Out of range float"),
        (float("inf"), ValueError, "Out of range float"),
        ({1, 2}, TypeError, r"JSON can't hold \{1, 2\} \(set\)"),
        ({(1, 2): 3}, TypeError, "keys must be"),
    ],
)
def test_json_refuses_what_it_cannot_hold(value: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        render([], "json", document={"a": value})


def test_json_keeps_numpy_integers_exact() -> None:
    numpy = pytest.importorskip("numpy")
    assert json.loads(render([], "json", document=[numpy.int64(2**53 + 1)])) == [2**53 + 1]
