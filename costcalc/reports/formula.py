"""The tables and the LaTeX of ``formula``: closed forms, and what they leave out. Python is :mod:`..symbolic`'s."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..render import render
from ..table import Column, Table, Typeset, Value
from ..units import share
from . import parameters

if TYPE_CHECKING:
    from ..symbolic import ClosedForm, FormRow

_SHOWN_ASSUMPTIONS = 4
_TERMS = 3
"""Terms in a line of LaTeX."""


def tables(form: ClosedForm) -> list[Table]:
    """The rows asked for, the totals, each interval's where they differ, and what the forms leave out."""
    from ..symbolic.documents import interval, legend
    from ..symbolic.notation import Unicode

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
    every = [*([_rows(form)] if form.by else []), Table(columns, rows, notes=notes(form))]
    every[0].title = f"{name}: {point}" if point else name
    return every


def _rows(form: ClosedForm) -> Table:
    columns = [
        Column("name", str(form.by)),
        Column("params", "params", "formula"),
        Column(form.key, form.unit, "formula"),
    ]
    rows: list[tuple[Value, ...]] = [
        (r.name, typeset(r.params, form.symbols), typeset(r.work, form.symbols)) for r in form.rows
    ]
    return Table(columns, rows)


def typeset(e: Any, symbols: Sequence[Any]) -> Typeset:
    """An expression as people read it, and as LaTeX's mathematics. ``symbols`` are in their order."""
    from ..symbolic.notation import Latex, Unicode

    return Typeset(Unicode(symbols).text(e), f"${Latex(symbols).text(e)}$")


def latex(form: ClosedForm) -> str:
    """An ``align*`` of the totals (package ``amsmath``); of a form in rows, a ``tabular`` in addition."""
    from ..symbolic.documents import headline, interval, legend
    from ..symbolic.notation import Latex

    notation = Latex(form.symbols)
    lines = [r"% \usepackage{amsmath}", f"% {headline(form)}"]
    lines += [f"% {letters}" for letters in [legend(form)] if letters]
    equations = _aligned(form, form.total, "")
    for part in form.parts:
        equations += _aligned(form, part, rf" \quad ({interval(part, notation)})")
    lines += [r"\begin{align*}", *(rf"{line} \\" for line in equations[:-1]), equations[-1], r"\end{align*}"]
    text = "\n".join(lines) + "\n"
    return f"{text}\n{render([_rows(form)], 'latex')}" if form.rows else text


def _aligned(form: ClosedForm, row: FormRow, where: str) -> list[str]:
    """The lines of a row's two forms, a few terms in each."""
    from ..render.to_latex import escape
    from ..symbolic.documents import one_line
    from ..symbolic.notation import Latex

    of_work = r"\text{mult-adds}" if form.key == "mult_adds" else rf"\text{{{escape(one_line(form.unit))}}}"
    lines: list[str] = []
    for name, e in ((r"\text{params}", row.params), (of_work, row.work)):
        parts = Latex(form.symbols).parts(e)
        first, *rest = [" ".join(parts[k : k + _TERMS]) for k in range(0, len(parts), _TERMS)]
        lines += [f"{name}{where} &= {first}", *(rf"&\quad {group}" for group in rest)]
    return lines


def notes(form: ClosedForm) -> list[str]:
    """What the forms leave out, and what that costs."""
    from ..symbolic.documents import divisors
    from ..symbolic.notation import Unicode

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
