"""The tables of ``formula``: closed forms, and what they leave out. Its other formats are :mod:`..symbolic`'s."""

from __future__ import annotations

from typing import Any

from ..symbolic import ClosedForm, FormRow
from ..symbolic.documents import divisors, interval, legend
from ..symbolic.notation import Unicode
from ..table import Column, Table
from ..units import share
from . import parameters

_SHOWN_ASSUMPTIONS = 4


def tables(form: ClosedForm) -> list[Table]:
    """The totals, each interval's where they differ, the rows asked for, and what the forms leave out."""
    notation = Unicode(form.symbols)
    name = f"{form.spec} ({form.title})" if form.title else form.spec
    point = parameters.listed(form.point)
    rows: list[tuple[Any, ...]] = []
    totals: list[tuple[str, FormRow]] = [("", form.total), *((interval(p, notation), p) for p in form.parts)]
    for where, part in totals:
        rows.append((f"params, {where}" if where else "params", notation.text(part.params)))
        rows.append((f"{form.unit}, {where}" if where else form.unit, notation.text(part.work)))
    letters = legend(form)
    columns = [Column("count", ""), Column("formula", f"in {letters}" if letters else "closed form", "formula")]
    found = [Table(columns, rows, f"{name}: {point}" if point else name)]
    if form.by:
        columns = [
            Column("name", form.by),
            Column("params", "params", "formula"),
            Column(form.key, form.unit, "formula"),
        ]
        found.append(Table(columns, [(r.name, notation.text(r.params), notation.text(r.work)) for r in form.rows]))
    found[-1].notes += notes(form)
    return found


def notes(form: ClosedForm) -> list[str]:
    """What the forms leave out, and what that costs."""
    notation = Unicode(form.symbols)
    found = [_counted(form)] if form.key == "counted" else []
    found += [f"{name} stays {form.point[_held(form, name)]}: {reason}" for name, reason in form.left.items()]
    if form.exact:
        for rounded, d in divisors(form):
            found.append(f"{rounded} is x to the nearest multiple of {d}, at least {d}, never below 0.9 x.")
    elif form.accuracy is not None:
        found += _accuracy(form)
    for v in form.settled:
        low, high = (parameters.shown(end) for end in (v.low, v.high))
        letter = notation.symbol(v.symbol)
        found.append(f"{letter} from {low} to {high}, its declared values: beyond, a max or min takes its other side.")
    shown = [notation.condition(a) for a in form.assumptions[:_SHOWN_ASSUMPTIONS]]
    if shown:
        more = len(form.assumptions) - len(shown)
        found.append(f"Taken for granted: {'; '.join(shown)}{f'; and {more} more' if more else ''}.")
    return found


def _counted(form: ClosedForm) -> str:
    convention = form.convention
    about = f"params and {convention.unit} by the convention {convention.name}. {convention.about}".rstrip()
    if convention.scaled is not None:
        about += f" The work is that at res {convention.scaled}, times (res/{convention.scaled})²."
    return about


def _held(form: ClosedForm, name: str) -> str:
    return name if name in form.point else "res"


def _accuracy(form: ClosedForm) -> list[str]:
    accuracy = form.accuracy
    assert accuracy is not None
    words = ["⌈ ⌉ and ⌊ ⌋ of sizes" if d == "sizes" else d for d in form.dropped]
    points = f"{accuracy.points} declared point{'s'[: accuracy.points != 1]}"
    if not (accuracy.params.error or accuracy.work.error):
        equal = f"Equal to the exact counts at all of {points}."
        return [f"Rounding is dropped: {', '.join(words)}. {equal}" if words else f"Exact, as at {points}."]
    told = [
        f"{name} {share(largest.error)} ({parameters.listed(largest.point)})" if largest.error else f"{name} none"
        for name, largest in (("params", accuracy.params), (form.unit, accuracy.work))
    ]
    return [f"Rounding is dropped: {', '.join(words)}. Largest relative error over {points}: {', '.join(told)}."]
