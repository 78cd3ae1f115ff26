"""A convention: its definition, what it counts and what counts 0, who says so, and which tables are counted so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..conventions import DEFAULT, Convention, Saying
from ..ops import Names, kinds
from ..papers import Paper
from ..papers.read import stem
from ..record import Record
from ..table import Table
from . import parameters
from .facts import facts, some
from .values import with_format

_TABLES = 8

_WHY = {
    "rule": "", "zero": "0", "no work": "0", "passed over": "0, no rule in the tool", "unsaid": "nothing said",
}  # fmt: skip


class CountedTable(Record):
    """A table of a paper (by the name of its file) that is counted by the convention, and the evidence for that."""

    paper: str
    table: str
    evidence: str


def tables_of(convention: Convention, papers: Iterable[Paper]) -> list[CountedTable]:
    """The shipped tables that are counted by ``convention``, or have a column that is."""
    return [
        CountedTable(stem(paper), table.name, table.evidence)
        for paper in papers
        for table in paper.tables
        if convention.name in (table.counted or (DEFAULT,))
    ]


def sayings(convention: Convention) -> list[Saying]:
    """What it makes of every part of every kind of op."""
    return [saying for kind, names in kinds().items() for saying in convention.says(kind, names)]


def convention_table(convention: Convention, papers: Iterable[Paper]) -> Table:
    """The facts, the definition first."""
    every = sayings(convention)
    told = [("what it is", convention.about), ("unit", convention.unit), ("tool", convention.tool)]
    for is_weight, what in ((True, "params"), (False, "work")):
        told += [(what, f"{counts}: {text}") for counts, text in _grouped(every, is_weight).items()]
    told += [
        ("left out", ", ".join(convention.exclude)),
        ("not trained", ", ".join(convention.frozen)),
        ("at", parameters.listed(convention.parameters)),
        ("as written in", convention.code.name if convention.code else ""),
        ("scaled", f"the work at res {convention.scaled}, times (res/{convention.scaled})²" * bool(convention.scaled)),
        ("its figures are", convention.printed * (convention.printed != "rounded")),
        ("evidence", convention.source),
        ("tables", _tables(tables_of(convention, papers))),
    ]
    return facts("convention", convention.name, told)


def _grouped(every: Iterable[Saying], is_weight: bool) -> dict[str, str]:
    """What counts alike, by what it counts: numbers from the largest, rules, and then what counts 0."""
    groups: dict[str, list[Saying]] = {}
    for saying in every:
        if saying.is_weight == is_weight:
            groups.setdefault(_counts(saying), []).append(saying)
    return {counts: _parts(groups[counts], is_weight) for counts in sorted(groups, key=_order)}


def _is_rest(group: Sequence[Saying]) -> bool:
    """Whether a group is all that isn't among all that is work."""
    return all(saying.why == "no work" for saying in group)


def _counts(saying: Saying) -> str:
    return _WHY[saying.why] or saying.factor


def _order(counts: str) -> tuple[int, float, str]:
    if counts in _WHY.values():
        return 2, 0, counts
    try:
        return 0, -float(counts), ""
    except ValueError:
        return 1, 0, counts


def _parts(group: Sequence[Saying], is_weight: bool) -> str:
    """The parts, each once where all kinds that have it are there; a kind, where all its work is."""
    if _is_rest(group):
        return "all else"
    known = kinds()
    having = {(s.kind, s.part) for s in group}
    found: list[str] = []
    for saying in group:
        with_part = [kind for kind, names in known.items() if saying.part in _of(names, is_weight)]
        if len(with_part) > 1 and all((kind, saying.part) in having for kind in with_part):
            found.append(saying.part)
        elif not is_weight and all((saying.kind, part) in having for part in known[saying.kind].work):
            found.append(saying.kind)
        else:
            found.append(f"{saying.kind}.{saying.part}")
    return ", ".join(dict.fromkeys(found))


def _of(names: Names, is_weight: bool) -> tuple[str, ...]:
    return names.weights if is_weight else names.work


def _tables(found: Sequence[CountedTable]) -> str:
    if not found:
        return ""
    return some([f"{one.paper} {one.table}" for one in found], _TABLES)


def convention_document(convention: Convention, papers: Iterable[Paper]) -> Mapping[str, object]:
    """The JSON."""
    return with_format({
        "convention": convention.name,
        "about": convention.about,
        "unit": convention.unit,
        "tool": convention.tool or None,
        "source": convention.source,
        "parts": [
            {"op": s.kind, "part": s.part, "of": "weights" if s.is_weight else "work", "counts": s.factor, "why": s.why}
            for s in sayings(convention)
        ],
        "left_out": convention.exclude,
        "not_trained": convention.frozen,
        "parameters": convention.parameters,
        "code": convention.code.name if convention.code else None,
        "scaled": convention.scaled,
        "printed": convention.printed,
        "tables": [{"paper": t.paper, "table": t.table, "evidence": t.evidence} for t in tables_of(convention, papers)],
    })  # fmt: skip
