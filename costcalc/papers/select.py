"""The parts of the papers that somebody asks for: families, files, or the rows of networks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from ..errors import UsageError, nearest, quoted
from ..language.find import known_names, own_names
from ..language.index import folded
from .read import Paper, PaperTable, PrintedRow, stem

_R = TypeVar("_R", Paper, PaperTable, PrintedRow)


def _as_known(name: str, known: set[str]) -> str:
    """``name`` as the tables have it: exactly, or as people type it. Raises :class:`UsageError` if none is about it."""
    if name in known:
        return name
    alike = sorted(own_names(name) & known) or sorted(k for k in known if folded(k) == folded(name))
    if len(alike) > 1:
        raise UsageError(f"{quoted(name)} may mean {', '.join(alike[:-1])} or {alike[-1]}; write one of these")
    if not alike:
        raise UsageError(f"no paper table is about {quoted(name)}{nearest(name, known)}")
    return alike[0]


def select(papers: list[Paper], names: Iterable[str]) -> list[Paper]:
    """The parts of ``papers`` that ``names`` ask for: families, files of papers, or networks (their rows alone)."""
    known = {r.network for paper in papers for table in paper.tables for r in table.rows if r.network}
    known |= {name for paper in papers for name in (paper.family, stem(paper))}
    asked = [_as_known(name, known) for name in names]
    if not asked:
        return papers
    own = {k.name: k.own for k in known_names()}  # a row may have a library's name for the network
    meant = {own.get(name, name) for name in asked}
    wanted = {name for name in known if own.get(name, name) in meant}
    found: list[Paper] = []
    for paper in papers:
        if paper.family in wanted or stem(paper) in wanted:
            found.append(paper)
            continue
        tables = []
        for table in paper.tables:
            rows = [r for r in table.rows if r.network in wanted]
            if rows:
                tables.append(with_changed(table, rows=rows))
        if tables:
            found.append(with_changed(paper, tables=tables))
    return found


def with_changed(record: _R, **changed: Any) -> _R:
    """A copy of a record with some of its fields changed."""
    return type(record)(**{**record.__dict__, **changed})
