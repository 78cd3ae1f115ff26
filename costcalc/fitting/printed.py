"""Accuracies as papers print them for a network at a point: never interpolated, never carried to another point."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from typing import Any

from ..errors import CostcalcError
from ..network import Network
from ..papers.read import Paper, PaperTable, PrintedRow, load_papers
from ..record import Record
from .judged import FitPoint

_KEPT = ("top1", "top1_error")


class PrintedAccuracy(Record):
    """A top-1 accuracy, in percent: as printed (of an error, what is left of 100), and where."""

    value: Fraction
    text: str
    where: str


def accuracies(points: Iterable[tuple[FitPoint, Network]]) -> dict[str, PrintedAccuracy | None]:
    """The printed accuracy of each point, by its SPEC: its own paper's first; None where none is printed."""
    rows = _rows(load_papers())
    known: dict[str, dict[str, PrintedAccuracy]] = {}
    found: dict[str, PrintedAccuracy | None] = {}
    for point, network in points:
        file = network.program.spec.origin.name
        if file not in known:
            known[file] = _printed(network, rows)
        found[point.spec] = known[file].get(_key(network.program.point(dict(point.at), network.variant).values))
    return found


def _rows(papers: Iterable[Paper]) -> dict[str, list[tuple[Paper, PrintedRow, PrintedAccuracy]]]:
    """The rows that have an accuracy, by the network that they name."""
    found: dict[str, list[tuple[Paper, PrintedRow, PrintedAccuracy]]] = {}
    for paper in papers:
        for table in paper.tables:
            for row in table.rows:
                accuracy = _accuracy(paper, table, row)
                if accuracy is not None and row.network is not None and row.kind is None and row.over is None:
                    found.setdefault(row.network, []).append((paper, row, accuracy))
    return found


def _printed(
    network: Network, rows: dict[str, list[tuple[Paper, PrintedRow, PrintedAccuracy]]]
) -> dict[str, PrintedAccuracy]:
    """Every accuracy of the networks of this file, by the point."""
    program, spec = network.program, network.program.spec
    names = {spec.name: None, **{v: v for v in spec.variants}, **{a.name: a.point for a in spec.aliases.values()}}
    own = spec.source.get("arxiv", "-")
    every = [(names[name], *row) for name in names for row in rows.get(name, [])]
    found: dict[str, PrintedAccuracy] = {}
    for variant, _, row, accuracy in sorted(every, key=lambda entry: entry[1].arxiv != own):
        with suppress(CostcalcError):  # a row about a point that the network hasn't
            found.setdefault(_key(program.point(row.at, variant).values), accuracy)
    return found


def _accuracy(paper: Paper, table: PaperTable, row: PrintedRow) -> PrintedAccuracy | None:
    for measure in _KEPT:
        text = row.kept.get(measure, "")
        number = re.fullmatch(r"\s*([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*%?\s*", text)
        if number:
            value = Fraction(number[1])
            where = f"{paper.title.partition(':')[0]}, {table.name}"
            if measure != "top1_error":
                return PrintedAccuracy(value, number[1], where)
            left = 100 - value
            digits = len(number[1].partition(".")[2])
            return PrintedAccuracy(left, f"{float(left):.{digits}f}", f"{where} (an error of {number[1]})")
    return None


def _key(values: dict[str, Any]) -> str:
    return repr(sorted((name, str(value)) for name, value in values.items()))
