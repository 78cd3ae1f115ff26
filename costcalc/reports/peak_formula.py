"""The table of ``formula --memory``: the peak of activations as a formula, where it moves, where a plan fragments."""

from __future__ import annotations

from ..symbolic.documents import legend_of
from ..symbolic.notation import Unicode
from ..symbolic.peak import PeakForm, PeakTerm
from ..table import Column, Table, Value
from ..units import share
from . import parameters
from .memory import memory_note
from .values import shown


def table(form: PeakForm) -> Table:
    """A row for each layer that may be the peak, and one of the weights."""
    notation = Unicode(form.symbols)
    name = f"{form.spec} ({form.title})" if form.title else form.spec
    point = parameters.listed(form.point)
    rows: list[tuple[Value, ...]] = [(f"RAM at {_at(term)}", notation.text(term.bytes)) for term in form.terms]
    rows.append(("weights", notation.text(form.weights)))
    letters = legend_of(form.variables)
    columns = [Column("count", "bytes"), Column("formula", f"in {letters}" if letters else "closed form", "formula")]
    made = Table(columns, rows, f"{name}: {point}" if point else name)
    made.notes = notes(form)
    return made


def _at(term: PeakTerm) -> str:
    return term.layers[0] + (f" (and {len(term.layers) - 1} more)" if len(term.layers) > 1 else "")


def notes(form: PeakForm) -> list[str]:
    """Which is the peak where, what is dropped, and of what the figures are bytes."""
    notation = Unicode(form.symbols)
    said = ["The peak is the largest of them." if len(form.terms) > 1 else "It is the peak at all declared values."]
    for move in form.moves:
        letter = notation.symbol(move.variable.symbol)
        at = f"{float(move.at):.4g}"
        said.append(f"Below {letter} = {at} the peak is at {move.below.layers[0]}, above at {move.above.layers[0]}.")
    if form.fragmented is not None:
        said += _fragments(form)
    said += [f"{name} stays {form.point.get(name)}: {reason}" for name, reason in form.left.items()]
    if form.points:
        where = f" ({parameters.listed(form.error_at)})" if form.error else ""
        told = f"largest relative error{where} {share(form.error)}" if form.error else "equal to the exact peak"
        said.append(f"Without rounding of channels and sizes: {told}, over {form.points} declared points.")
    said.append(memory_note(form.memory))
    return said


def _fragments(form: PeakForm) -> list[str]:
    assert form.fragmented is not None
    name = form.memory.definition.name
    tried = " and ".join(f"{number} values of {parameter}" for parameter, number in form.tried.items())
    if not form.fragmented:
        return [f"The arena of {name} needs no more than what is alive, which this is, at {tried} that were tried."]
    return [
        f"The formula is of what is alive; the arena of {name} fragments where {gap.variable.name} is"
        f" {shown(gap.low) if gap.low == gap.high else f'{shown(gap.low)} to {shown(gap.high)}'}: up to"
        f" {float(gap.most):.3f} times as much ({tried} tried)."
        for gap in form.fragmented
    ]
