"""Traces as a spec that was checked against them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..errors import SpecError
from .calls import Flat
from .checking import Checked, check, check_at
from .flat_text import flat_text
from .folding.fold import Folded, comments, fold
from .folding.varying import default_of, fold_varied
from .from_torch import Traces
from .lowering.context import Gaps
from .lowering.lower import lower
from .names import identifier
from .patterns import simplified
from .record import Trace
from .rewrites import rewritten


class Imported(NamedTuple):
    """A spec, what it was checked against, and what is to be told of it."""

    text: str
    flat: Flat
    traces: Traces
    checked: Checked
    notes: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether the spec has the module's counts and shapes."""
        return self.checked.agrees


def imported(traces: Traces, origin: str, *, folded: bool = True) -> Imported:
    """The spec of a network, with blocks and rows if it is ``folded``. Raises :class:`Gaps` for what it can't say."""
    first = _flat(traces.first, origin)
    is_map = len(traces.first.inputs[0].shape) == 4
    if traces.second is None:
        first.fixed = traces.why_no_second if is_map else ""
    if not folded:
        first.fixed = first.fixed or _why_fixed(first, traces)
        made = Folded(flat_text(first), False, [])
    elif traces.second is None or not is_map:
        made = fold(first)
    else:
        made = _folded(first, traces.second)
        first.fixed = made.fixed
    second = None if first.fixed else traces.second
    checked = check(made.text, first, traces.first, second)
    return Imported(made.text, first, traces, checked, (*first.notes, *made.notes))


def _folded(first: Flat, second: Trace) -> Folded:
    """Folded so that it holds at both sizes; for the first alone where that can't be."""
    try:
        other = _flat(second, first.origin)
        if [call.word for call in first.calls] == [call.word for call in other.calls]:
            return fold(first, other)
        first.fixed = "at another size it has other layers"
        return fold(first)
    except Gaps as gaps:
        first.fixed = f"at another size it has what the language lacks: {gaps.gaps[0].kind}"
        return fold(first)


def imported_varied(name: str, values: Sequence[float], traces: Sequence[Traces], origin: str) -> Imported:
    """One spec for a network whose constructor was given several values of an argument, checked at each of them.

    Raises :class:`Gaps`, and :class:`UsageError` where the networks differ in more than numbers.
    """
    flats = [_flat(found.first, origin) for found in traces]
    base = default_of(values)
    first = flats[base]
    first.fixed = _why_fixed(first, traces[base]) if traces[base].second is not None else traces[base].why_no_second
    text = fold_varied(name, values, flats, comments(first, folded=True))
    second = None if first.fixed else traces[base].second
    checked = check(text, first, traces[base].first, second)
    others = [
        check_at(checked.network, found.first, identifier(name), value)
        for k, (value, found) in enumerate(zip(values, traces, strict=True))
        if k != base
    ]
    checked = checked._replace(sides=(*checked.sides, *others))
    return Imported(text, first, traces[base], checked, tuple(first.notes))


def _flat(trace: Trace, origin: str) -> Flat:
    flat = rewritten(lower(simplified(trace)))
    flat.origin = origin
    return flat


def _why_fixed(first: Flat, traces: Traces) -> str:
    """Why the calls of the first size aren't those of the second; empty if they are."""
    if traces.second is None or len(traces.first.inputs[0].shape) != 4:
        return ""
    try:
        other = _flat(traces.second, first.origin)
    except Gaps as gaps:
        return f"at another size it has what the language lacks: {gaps.gaps[0].kind}"
    for one, two in zip(first.calls, other.calls, strict=False):
        if one.word != two.word or one.inputs != two.inputs:
            return f"at another size {one.path or one.word} is {two.word} in place of {one.word}"
        if one.arguments != two.arguments:
            name = next(n for n in one.arguments if one.arguments.get(n) != two.arguments.get(n))
            return f"{one.path or one.word} has {name} {_shown(one.arguments[name])}, which belongs to this size"
    if len(first.calls) != len(other.calls):
        return "at another size it has other layers"
    try:
        if not check(flat_text(first), first, traces.first, traces.second).agrees:
            return "at another size its counts are others"
    except SpecError as error:
        return f"at another size it is wrong: {error.message}"
    return ""


def _shown(value: object) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
