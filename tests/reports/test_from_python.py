"""What the commands tell, made in Python: tables and documents, without a command line or a terminal."""

from __future__ import annotations

import json
from typing import Any

from costcalc.conventions import load_convention
from costcalc.reconcile import totals
from costcalc.reports import compare, formula, lint, list_choice, reconcile, show
from costcalc.reports.bits import add_bits
from costcalc.reports.counted import Counted, count
from costcalc.reports.prune import add_pruned
from costcalc.reports.sides import Side
from costcalc.symbolic import closed_form

from ..loading import load

POINT = {"alpha": 0.5, "res": 160}
PARAMS, MULT_ADDS = 1_331_592, 76_524_800  # as the README prints, and verify measures


def counted(**point: Any) -> Counted:
    return count(load("mobilenet_v1"), point)


def test_show() -> None:
    main, kinds = show.tables([counted(**POINT)])
    assert (main.totals["params"], main.totals["mult_adds"]) == (PARAMS, MULT_ADDS)
    assert sum(row[main.index("mult_adds")] for row in main.rows) == MULT_ADDS  # type: ignore[misc]
    assert kinds.totals["params"] == PARAMS


def test_show_s_document_is_json() -> None:
    document = json.loads(json.dumps(show.document([counted(**POINT)])))
    assert document["totals"] == {"params": PARAMS, "mult_adds": MULT_ADDS}
    assert sum(layer["params"] for layer in document["layers"]) == PARAMS


def test_bits_and_prune_add_columns() -> None:
    found = counted()
    add_bits(found, {}, "8")
    add_pruned(found, {}, "0.5")
    (main, *_) = show.tables([found])
    assert main.totals["params"] == 4_231_976
    assert len(found.extras) >= 2
    assert all(extra.cost.params <= 4_231_976 for extra in found.extras if "prun" in extra.name)


def test_compare() -> None:
    sides = [Side("A", "mobilenet_v1", "mobilenet_v1", counted()), Side("B", "x", "mobilenet_v1", counted(**POINT))]
    (table,) = compare.tables(sides, "spec", False, raw=True)
    assert [row[table.index("params")] for row in table.rows] == [4_231_976, PARAMS]


def test_reconcile() -> None:
    network = load("mobilenet_v1")
    every = totals(network, {}, [load_convention("mult_adds"), load_convention("fvcore")])
    table = reconcile.totals_table(network, {}, every)
    assert len(table.rows) == 2


def test_formula() -> None:
    (table,) = formula.tables(closed_form(load("standard")))
    assert [row[0] for row in table.rows] == ["params", "mult-adds"]


def test_list_and_lint() -> None:
    entries = list_choice.matching(list_entries(), ("mobilenet", "v1"))
    assert "mobilenet_v1" in [entry.name for entry in entries]
    assert lint.problems("mobilenet_v1") == []


def list_entries() -> list[Any]:
    from costcalc.catalogue import entries

    return entries()[0]
