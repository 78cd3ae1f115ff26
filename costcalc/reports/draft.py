"""A person's table as a paper file with a state for each figure, as far as a state can prove it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from ..conventions import DEFAULT
from ..errors import CostcalcError
from ..language.folders import shipped
from ..language.source import Source
from ..papers import Checker, Figure, Paper, PaperTable, PrintedRow, read_paper
from ..papers.read import stem
from ..reconcile import Cause, padded
from .verdicts import Verdict

Fields = dict[str, Any]

_FOUND = "found by the check of this table, not said by its source"
"""The evidence of a cause that has no other: whoever knows better writes it down."""

_PROVEN = ("explained", "copied", "misprint")


def draft(paper: Paper, found: Sequence[Verdict]) -> str:
    """The YAML of ``paper`` with what ``found`` says of each figure.

    What a state of a paper file can't prove, since two causes meet in no named convention, is unexplained there, with
    the causes as what was tried: a check of the draft finds them again. Reading it back raises nothing.
    """
    writer = _Writer(paper, found)
    return _yaml(writer.document([writer.table(table) for table in paper.tables]))


def _yaml(document: Fields) -> str:
    text: str = yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)
    return text


class _Plain(yaml.SafeDumper):
    """YAML without anchors, which a paper file may not have."""

    def ignore_aliases(self, data: object) -> bool:
        return True


class _Writer:
    def __init__(self, paper: Paper, found: Sequence[Verdict]) -> None:
        self.paper = paper
        self.found = {id(v.figure): v for v in found}
        self.checker = Checker()
        self.shipped = shipped("papers")

    def document(self, tables: list[Fields]) -> Fields:
        paper = self.paper
        sources = {k: v for k, v in paper.sources.items() if k} or {"paper": paper.title}
        head = {"paper": paper.title, "family": paper.family or "own", "arxiv": paper.arxiv, "version": paper.version}
        return {**{k: v for k, v in head.items() if v}, "sources": sources, "tables": tables}

    def table(self, table: PaperTable) -> Fields:
        return {**self._head(table), "rows": [self._row(table, row) for row in table.rows]}

    def _head(self, table: PaperTable) -> Fields:
        source = table.source or next(iter(self.paper.sources)) or "paper"
        fields = {
            "table": table.name, "about": table.about, "source": source,
            "convention": table.conventions or table.convention, "precision": table.precisions,
            "evidence": table.evidence, "note": table.note,
        }  # fmt: skip
        return {k: v for k, v in fields.items() if v}

    def _row(self, table: PaperTable, row: PrintedRow) -> Fields:
        judged = [self.found[id(f)] for f in row.figures]
        fields = _row_head(row)
        if any(v.verdict == "unknown" for v in judged):
            fields = {"label": row.label or row.network, "not_modelled": judged[0].words, **fields}
            fields.pop("network", None)
            return {**fields, **{v.figure.measure: _printed(v) for v in judged}, **row.kept}
        figures = {v.figure.measure: self._figure(table, row, v) for v in judged}
        return {**fields, **figures, **row.kept}

    def _figure(self, table: PaperTable, row: PrintedRow, v: Verdict) -> Any:
        """The figure with the first state that proves itself; one that the file has already stays."""
        if v.figure.state not in ("", "unexplained") and v.verdict != "off":
            return _given(v.figure)
        if v.verdict == "match" and not any(c.kinds for c in v.causes[:1]):
            return _printed(v)
        for proof in self._proofs(row, v):
            if self._proven(table, row, v, proof):
                return proof
        if v.verdict == "not_modelled":
            return {"printed": _printed(v), "not_modelled": v.words}
        return {"printed": _printed(v), "unexplained": v.words, "ours": _number(v.computed)}

    def _proofs(self, row: PrintedRow, v: Verdict) -> Iterator[Fields]:
        printed = {"printed": _printed(v)}
        for cause in v.causes:
            for known in v.known if cause.kinds == ("printed",) else ():
                right = known.figure.right
                if known.state == "misprint" and right is not None:
                    yield {**printed, "misprint": v.words, "right": right.text}
                if stem(known.paper) in self.shipped:
                    cell = {"paper": stem(known.paper), "table": known.table.name}
                    named = known.row.network or known.row.label
                    yield {**printed, "copied": cell if named == row.network else {**cell, "row": named}}
            yield from ({**printed, **fields} for fields in _explained(row, v, cause))

    def _proven(self, table: PaperTable, row: PrintedRow, v: Verdict, proof: Fields) -> bool:
        """Whether the checker of papers accepts a state."""
        fields = {**_row_head(row), v.figure.measure: proof}
        text = _yaml(self.document([{**self._head(table), "rows": [fields]}]))
        try:
            (result,) = self.checker.check([read_paper(Source("draft.yaml", text))])
        except CostcalcError:
            return False
        return result.state in _PROVEN


def _row_head(row: PrintedRow) -> Fields:
    at = {k: _value(value) for k, value in row.at.items()}
    over = None if row.over is None else {"network": row.over[0], "at": {k: _value(x) for k, x in row.over[1].items()}}
    fields = {"network": row.network, "label": row.label, "at": at, "kind": row.kind, "over": over, "note": row.note}
    return {k: value for k, value in fields.items() if value}


def _explained(row: PrintedRow, v: Verdict, cause: Cause) -> Iterator[Fields]:
    """A cause as a paper file says it: a convention, a network, a point, or fewer digits."""
    if "printed" in cause.kinds:
        return
    text = cause.text
    words = text if len(text) >= 10 else f"the figure is read {text}"
    fields: Fields = {"explained": words, "evidence": cause.evidence or _FOUND}
    if cause.network != row.network and "variant" in cause.kinds:
        fields["network"] = cause.network
    if cause.values or ("network" in fields and row.at):
        there = {**(row.at if "network" in fields else {}), **cause.values}
        fields["at"] = {k: _value(value) for k, value in there.items()}
    if "padding" in cause.kinds and v.figure.printed is not None:
        for shorter in padded(v.figure.printed):
            if cause.reading == f"as {shorter.text}":
                yield {**fields, "digits": len(str(shorter.digits))}
        return
    own = v.table.convention_of(v.figure.measure) or DEFAULT
    if own in cause.conventions:
        yield fields
    for name in (*cause.conventions, *(["truncated"] if "cut" in cause.kinds else [])):
        if name != own:
            yield {**fields, "convention": name}


def _given(figure: Figure) -> Fields:
    """A figure as its file has it."""
    cell = figure.cell and {"paper": figure.cell.paper, "table": figure.cell.table, "row": figure.cell.row}
    cell = cell and {k: value for k, value in cell.items() if value}
    fields: Fields = {"printed": figure.printed.text if figure.printed else ""}
    fields[figure.state] = cell if figure.state == "copied" else figure.reason
    if figure.state == "misprint":
        fields["right"] = figure.right.text if figure.right else cell
    rest = {
        "evidence": figure.evidence or (figure.reason if figure.state == "copied" else ""),
        "network": figure.network, "at": {k: _value(x) for k, x in figure.at.items()}, "convention": figure.convention,
        "digits": figure.digits,
        "ours": None if figure.ours is None else _number(figure.ours),
    }  # fmt: skip
    return fields | {k: value for k, value in rest.items() if value}


def _number(value: Any) -> str:
    return str(value if value != int(value) else int(value))


def _printed(v: Verdict) -> str:
    return v.figure.printed.text if v.figure.printed else ""


def _value(value: Any) -> Any:
    """A value of a parameter as YAML has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, int | float | str) else str(value)
