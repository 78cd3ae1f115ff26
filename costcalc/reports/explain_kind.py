"""A kind of op: its formulas and the shapes that it makes, in letters, and what every convention makes of its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..conventions import Convention
from ..ops import kinds
from ..symbolic.notation import Latex, Notation, Unicode
from ..symbolic.typical import Kind
from ..table import Column, Table, Typeset
from .facts import facts, some
from .formula import typeset
from .values import with_format

_NAMED = 8
_WHY = {"rule": "", "zero": "0", "no work": "0", "passed over": "0, no rule", "unsaid": "not said"}


def kind_tables(kind: Kind, conventions: Sequence[Convention]) -> list[Table]:
    """What conventions make of its parts; what it is; its formulas, to end with."""
    return [*_conventions(kind, conventions), facts("kind", kind.name, _facts(kind)), formulas_table(kind)]


def _facts(kind: Kind) -> list[tuple[str, str]]:
    about = [("what it is", " ".join(kind.about[:1]))]
    about += [("and", text) for text in kind.about[1:]]
    shapes = [(_shape(form.shape, kind), form.when) for form in kind.shapes]
    return [*about, *(("makes" + (f", {when}" if when else ""), text) for text, when in shapes)]


def _shape(shape: Sequence[Any], kind: Kind) -> Typeset:
    """Sizes first, as in the tables: ``⌈D_I/s⌉ x ⌈D_I/s⌉ x N``."""
    channels, *sizes = shape
    order = (*sizes, channels)

    def factors(notation: Notation) -> list[str]:
        return [f"({notation.text(n)})" if n.is_Add else notation.text(n) for n in order]

    typeset = r" \times ".join(factors(Latex(kind.symbols)))
    return Typeset(" x ".join(factors(Unicode(kind.symbols))), f"${typeset}$")


def formulas_table(kind: Kind) -> Table:
    """A row for each formula of a part."""
    columns = [Column("part", kind.name), Column("of", "of", keep=5), Column("formula", "formula", "formula"),
               Column("when", "when", "formula")]  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (part.name, "weights" if part.is_weight else "work", typeset(part.formula, kind.symbols), part.when or "always")
        for part in kind.parts
    ]
    table = Table(columns if rows else [], rows)
    table.notes = ["; ".join(f"{letter.symbol}: {letter.meaning}" for letter in kind.letters)]
    if not rows:
        table.notes.append("It has no weights, and no work.")
    return table


def _conventions(kind: Kind, conventions: Iterable[Convention]) -> list[Table]:
    """A row for each way in which conventions count a part of the work."""
    columns = [Column("part", "part"), Column("of", "of", keep=5), Column("counts", "counts", "formula"),
               Column("conventions", "conventions", "formula")]  # fmt: skip
    groups: dict[tuple[str, bool, str], list[str]] = {}
    for convention in conventions:
        for saying in convention.says(kind.name, kinds()[kind.name]):
            counts = _WHY[saying.why] or saying.factor
            groups.setdefault((saying.part, saying.is_weight, counts), []).append(convention.name)
    order = list(dict.fromkeys(part.name for part in kind.parts))
    rows: list[tuple[Any, ...]] = [
        (part, "weights" if is_weight else "work", counts, some(names, _NAMED))
        for (part, is_weight, counts), names in sorted(
            groups.items(), key=lambda item: (order.index(item[0][0]), -len(item[1]))
        )
    ]
    return [Table(columns, rows, f"{kind.name}: what each of a part counts")] if rows else []


def kind_document(kind: Kind, conventions: Iterable[Convention]) -> dict[str, object]:
    """The JSON."""
    unicode, latex = Unicode(kind.symbols), Latex(kind.symbols)
    return with_format({
        "kind": kind.name,
        "about": kind.about,
        "letters": [{"letter": str(a.symbol), "meaning": a.meaning} for a in kind.letters],
        "parts": [
            {"part": p.name, "of": "weights" if p.is_weight else "work", "formula": unicode.text(p.formula),
             "latex": latex.text(p.formula), "when": p.when or None}
            for p in kind.parts
        ],
        "shapes": [
            {"shape": [unicode.text(n) for n in form.shape], "when": form.when or None} for form in kind.shapes
        ],
        "conventions": [
            {"convention": c.name, "unit": c.unit, "parts": {
                s.part: {"counts": s.factor, "why": s.why} for s in c.says(kind.name, kinds()[kind.name])}}
            for c in conventions
        ],
    })  # fmt: skip
