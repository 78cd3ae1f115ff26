"""Accuracies as papers print them for a network at a point: never interpolated, never carried to another point.

Recipes differ more than networks do: what is compared comes from one source, :func:`own_accuracies`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from typing import Any

from ..errors import CostcalcError, UsageError
from ..network import Network
from ..papers.read import Paper, PaperTable, PrintedRow, load_papers, stem
from ..record import Record
from .judged import FitPoint

TOP1, AP = "top1", "ap"
ACCURACIES = {TOP1: ("top1", "top1_error"), AP: ("ap",)}
"""The accuracies that can be asked for, and the columns of tables that they are read from."""
_OWN = ("paper", "official", "readme", "zoo")
"""What a file of figures calls the paper itself and its authors' release."""
Rows = dict[str, list[tuple[Paper, PrintedRow, "PrintedAccuracy"]]]


class PrintedAccuracy(Record):
    """An accuracy, in percent: as printed (of an error, what is left of 100), and where."""

    value: Fraction
    text: str
    where: str


class PrintedPoint(Record):
    """A point of a network, and the accuracy that is printed for it."""

    network: Network
    at: Mapping[str, Any]
    accuracy: PrintedAccuracy


def accuracies(points: Iterable[tuple[FitPoint, Network]]) -> dict[str, PrintedAccuracy | None]:
    """The printed accuracy of each point, by its SPEC: its own paper's first; None where none is printed."""
    rows = _rows(load_papers(), TOP1)
    known: dict[str, dict[str, PrintedAccuracy]] = {}
    found: dict[str, PrintedAccuracy | None] = {}
    for point, network in points:
        file = network.program.spec.origin.name
        if file not in known:
            known[file] = _printed(network, rows)
        found[point.spec] = known[file].get(_key(network.program.point(dict(point.at), network.variant).values))
    return found


def own_accuracies(
    asked: Sequence[tuple[Network, Mapping[str, Any]]], measure: str
) -> tuple[list[list[PrintedPoint]], list[str]]:
    """The points of each network, at the given values, for which its family prints ``measure``; and what is read.

    One source a family: of its own paper and of its authors' release the one that has more of these points, the paper
    if both have as many. Raises :class:`UsageError` for a network of which neither prints any.
    """
    papers = {stem(paper): paper for paper in load_papers()}
    rows = _rows(papers.values(), measure)
    found = [_own_points(network, given, rows) for network, given in asked]
    for (network, _), by_source in zip(asked, found, strict=True):
        if not by_source:
            others = f"; {_others(network, rows)} print one" if _others(network, rows) else ""
            raise UsageError(f"neither the paper of {network.name} nor its release prints {measure} of it here{others}")
    chosen: dict[str, tuple[str, str]] = {}
    for file in dict.fromkeys(file for by_source in found for file, _ in by_source):
        counts: dict[tuple[str, str], int] = {}
        for by_source in found:
            for source, points in by_source.items():
                if source[0] == file:
                    counts[source] = counts.get(source, 0) + len(points)
        chosen[file] = max(counts, key=lambda source: (counts[source], -_OWN.index(source[1])))
    said = [f"{papers[file].title.partition(':')[0]}: {papers[file].sources[key]}" for file, key in chosen.values()]
    of_it = [[p for source in by_source if source in chosen.values() for p in by_source[source]] for by_source in found]
    for (network, _), points in zip(asked, of_it, strict=True):
        if not points:
            raise UsageError(f"the source of its family, {said[0]}, doesn't print {measure} of {network.name}")
    return of_it, said


def _own_points(network: Network, given: Mapping[str, Any], rows: Rows) -> dict[tuple[str, str], list[PrintedPoint]]:
    """The points by paper and source, of those that are the family's own; each point once."""
    program, spec = network.program, network.program.spec
    fixed = dict(given)
    if network.variant is not None:
        values = program.point({}, network.variant).values
        fixed = {name: values[name] for name in spec.points[network.variant].values if name in values} | fixed
    found: dict[tuple[str, str], dict[str, PrintedPoint]] = {}
    for variant, paper, row, accuracy in _named(network, rows):
        is_own = paper.arxiv == spec.source.get("arxiv", "-") or paper.family == spec.family
        if not is_own or row.where not in _OWN:
            continue
        with suppress(CostcalcError):  # a row about a point that the network hasn't
            values = program.point(row.at, variant).values
            if all(values[name] == value for name, value in fixed.items()):
                point = PrintedPoint(Network(program, variant), row.at, accuracy)
                found.setdefault((stem(paper), row.where), {}).setdefault(_key(values), point)
    return {source: list(points.values()) for source, points in found.items()}


def _others(network: Network, rows: Rows) -> str:
    """Who else prints an accuracy of it."""
    return ", ".join(sorted({stem(paper) for _, paper, _, _ in _named(network, rows)}))


def _named(network: Network, rows: Rows) -> Iterator[tuple[str | None, Paper, PrintedRow, PrintedAccuracy]]:
    """The rows that are about the network, its variants and what else it is called, with the variant that they mean."""
    spec = network.program.spec
    names = {spec.name: None, **{v: v for v in spec.variants}, **{a.name: a.point for a in spec.aliases.values()}}
    return ((names[name], *row) for name in names for row in rows.get(name, []))


def _rows(papers: Iterable[Paper], measure: str) -> Rows:
    """The rows that have an accuracy, by the network that they name."""
    found: Rows = {}
    for paper in papers:
        for table in paper.tables:
            for row in table.rows:
                accuracy = _accuracy(paper, table, row, measure)
                if accuracy is not None and row.network is not None and row.kind is None and row.over is None:
                    found.setdefault(row.network, []).append((paper, row, accuracy))
    return found


def _printed(network: Network, rows: Rows) -> dict[str, PrintedAccuracy]:
    """Every accuracy of the networks of this file, by the point."""
    program = network.program
    own = program.spec.source.get("arxiv", "-")
    found: dict[str, PrintedAccuracy] = {}
    for variant, _, row, accuracy in sorted(_named(network, rows), key=lambda entry: entry[1].arxiv != own):
        with suppress(CostcalcError):  # a row about a point that the network hasn't
            found.setdefault(_key(program.point(row.at, variant).values), accuracy)
    return found


def _accuracy(paper: Paper, table: PaperTable, row: PrintedRow, measure: str) -> PrintedAccuracy | None:
    for column in ACCURACIES[measure]:
        text = row.kept.get(column, "")
        number = re.fullmatch(r"\s*([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*%?\s*", text)
        if number:
            value = Fraction(number[1])
            where = f"{paper.title.partition(':')[0]}, {table.name}"
            if column != "top1_error":
                return PrintedAccuracy(value, number[1], where)
            left = 100 - value
            digits = len(number[1].partition(".")[2])
            return PrintedAccuracy(left, f"{float(left):.{digits}f}", f"{where} (an error of {number[1]})")
    return None


def _key(values: dict[str, Any]) -> str:
    return repr(sorted((name, str(value)) for name, value in values.items()))
