"""The short answer of ``check``: a network's own paper first, its figures and what each table comes to, in lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..catalogue import entries
from ..language.find import own_names
from ..papers import STATES, Result
from ..papers.read import stem
from ..table import Column, Table
from ..units import exact
from .check import computed, printed, state_of

_FIGURES, _AT_DEFAULTS = 8, 4
"""So many figures of the network's own paper have a row, and so many of them are at its defaults."""
_MEASURES = ("mult_adds", "params")
_CLAUSE = re.compile(r"[;(]|\.(?= |$)|: ")
"""Where the first clause of a reason ends."""


def short_tables(results: Sequence[Result], names: Sequence[str]) -> list[Table]:
    """Figures of the own paper of what ``names`` ask for, and what every table comes to; without names each paper."""
    if not names:
        return [_papers_table(results)]
    meant = {own for name in names for own in own_names(name)}
    first, rest = _parted(results, {*names} | meant)
    about = meant & {own for r in first for own in _own(r)}
    figures = [r for r in first if _is_count(r) and (not about or about & _own(r))]
    found = [_figures_table(figures)] if figures else []
    return [*found, _tables_table(first, rest)]


def _parted(results: Iterable[Result], wanted: set[str]) -> tuple[list[Result], list[Result]]:
    """The figures of the papers that the ``wanted`` networks come from, or that are called so; and the others."""
    numbers = {entry.source.get("arxiv", "") for entry in entries()[0] if wanted & {entry.name, entry.network}} - {""}
    first: list[Result] = []
    rest: list[Result] = []
    for r in results:
        source = r.paper.sources[r.table.source]
        is_own = r.paper.arxiv in numbers or any(number in source for number in numbers)
        (first if is_own or wanted & {r.paper.family, stem(r.paper)} else rest).append(r)
    return first, rest


def _is_count(r: Result) -> bool:
    """Whether it is a number of params or mult-adds, of all of a network."""
    return r.figure.measure in _MEASURES and not r.row.kind and r.row.over is None


def _own(r: Result) -> set[str]:
    return own_names(r.row.network) if r.row.network else set()


# -- figures


def _figures_table(results: Sequence[Result]) -> Table:
    """Rows for mult-adds and params, each figure once: what doesn't simply match, and the defaults, before the rest."""
    defaults = {entry.name: entry.parameters for entry in entries()[0]}
    once: dict[tuple[str, str, Any], Result] = {}
    for r in results:
        if r.figure.printed is not None:
            once.setdefault((_subject(r, defaults), r.figure.measure, r.figure.printed.value), r)
    at_defaults = [key for key in once if "(" not in key[0]]
    others = sorted((key for key in once if key not in at_defaults), key=lambda key: once[key].state == "match")
    shown = [*at_defaults[:_AT_DEFAULTS], *others][:_FIGURES]
    columns = [
        Column("network", "network", "formula"), Column("table", "table", "formula", 8), Column("figure", "figure"),
        Column("printed", "printed"), Column("computed", "computed"), Column("verdict", "verdict", "formula"),
    ]  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    for subject, measure, value in shown:
        r = once[subject, measure, value]
        rows.append((subject, r.table.name, measure.replace("_", "-"), printed(r), computed(r), verdict(r)))
    return Table(columns, rows, "; ".join(dict.fromkeys(r.paper.title for r in results)))


def _subject(r: Result, defaults: Mapping[str, Mapping[str, Any]]) -> str:
    """The network, and of its point what isn't its default."""
    name = r.row.network or r.row.label
    usual = defaults.get(name, {})
    point = ", ".join(f"{k} {v}" for k, v in r.row.at.items() if usual.get(k) != v)
    return f"{name} ({point})" if point else name


def verdict(r: Result) -> str:
    """The state of a figure, and the first thing that its reason says."""
    state = state_of(r)
    if not r.reason or r.state in ("match", "copied"):
        return state
    return f"{state}: {_CLAUSE.split(r.reason, maxsplit=1)[0].rstrip()}"


# -- tables and papers


def _tables_table(first: Sequence[Result], rest: Sequence[Result]) -> Table:
    """A row for each table: its own paper's, then the others; of those the ones that all match together."""
    columns = [Column("table", "table", "formula"), Column("figures", "figures", "int"),
               Column("verdict", "verdicts", "formula")]  # fmt: skip
    rows: list[tuple[Any, ...]] = [(group[0].table.name, len(group), counts(group)) for group in _by(first, "table")]
    plain: list[list[Result]] = []
    for group in _by(rest, "table"):
        if all(state_of(r) in ("match", "copied (match)") for r in group):
            plain.append(group)
        else:
            rows.append((f"{stem(group[0].paper)}, {group[0].table.name}", len(group), counts(group)))
    if plain:
        number = f"{len(plain)} table{'s'[: len(plain) != 1]} of other sources"
        rows.append((number, sum(map(len, plain)), counts([r for group in plain for r in group])))
    return Table(columns, rows)


def _papers_table(results: Sequence[Result]) -> Table:
    """A row for each paper."""
    columns = [Column("paper", "paper"), Column("figures", "figures", "int"),
               Column("verdict", "verdicts", "formula")]  # fmt: skip
    return Table(columns, [(stem(group[0].paper), len(group), counts(group)) for group in _by(results, "paper")])


def _by(results: Iterable[Result], what: str) -> list[list[Result]]:
    """The results in groups: those of a table, or of a paper."""
    groups: dict[int, list[Result]] = {}
    for r in results:
        groups.setdefault(id(getattr(r, what)), []).append(r)
    return list(groups.values())


def counts(results: Sequence[Result]) -> str:
    """How many figures are in which state; the state alone where all are in one."""
    states = [r.state for r in results]
    there = [state for state in STATES if state in states]
    if len(there) == 1:
        return there[0].replace("_", " ")
    return ", ".join(f"{exact(states.count(state))} {state.replace('_', ' ')}" for state in there)


def short_summary(results: Sequence[Result]) -> str:
    """One line that counts the states that there are, and says that there is no mismatch."""
    wrong = "" if any(r.state == "mismatch" for r in results) else ", no mismatch"
    number = f"{len(results)} figure{'s'[: len(results) != 1]}"
    return f"{number}: {counts(results)}{wrong}. Each of them, and why: --details."
