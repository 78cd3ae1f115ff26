"""Chains of concatenations: ``concat(a, b, c)`` after ``concat(a, b)`` is that with c, as DenseNet grows."""

from __future__ import annotations

from ...record import Record
from ..calls import Flat, LayerCall, ModuleRun, Ref


class _Known(Record):
    """A concatenation that was made, and of what."""

    parts: tuple[Ref, ...]
    ref: Ref


def reassociated(flat: Flat) -> Flat:
    """``flat`` with each concatenation on top of the longest earlier one that it begins with; of one tensor none.

    Elements and their order stay; a concatenation costs nothing.
    """
    made: dict[tuple[Ref, ...], Ref] = {}
    instead: dict[Ref, Ref] = {}
    calls: list[LayerCall] = []
    for call in flat.calls:
        inputs = tuple(instead.get(ref, ref) for ref in call.inputs)
        if call.word == "concat" and call.arguments.get("along", "channels") == "channels":
            if len(inputs) == 1:
                instead[(call.id, 0)] = inputs[0]
                continue
            whole, inputs = inputs, _on_top(inputs, made)
            made[whole] = (call.id, 0)
        calls.append(_changed(call, inputs=inputs))
    outputs = tuple(instead.get(ref, ref) for ref in flat.outputs)
    return Flat(flat.name, flat.inputs, _in_their_groups(calls, outputs), outputs, flat.origin, flat.fixed, flat.notes)


def _changed(call: LayerCall, **values: object) -> LayerCall:
    return LayerCall(**{**{name: getattr(call, name) for name in LayerCall._fields}, **values})


def _on_top(parts: tuple[Ref, ...], made: dict[tuple[Ref, ...], Ref]) -> tuple[Ref, ...]:
    for k in range(len(parts) - 1, 1, -1):
        if parts[:k] in made:
            return (made[parts[:k]], *parts[k:])
    return parts


def _in_their_groups(calls: list[LayerCall], outputs: tuple[Ref, ...]) -> list[LayerCall]:
    """``concat(x, y)`` right after the module that made y of x alone is that module's last call."""
    uses: dict[Ref, int] = dict.fromkeys(outputs, 1)
    for call in calls:
        for ref in call.inputs:
            uses[ref] = uses.get(ref, 0) + 1
    for k, call in enumerate(calls):
        if k and call.word == "concat" and len(call.inputs) == 2 and uses[call.inputs[1]] == 1:
            before = calls[k - 1]
            if call.inputs[1][0] == before.id:
                run = _made_of(call.inputs[0], calls, k, call.stack)
                if run is not None:
                    calls[k] = _changed(call, stack=run, path=run[-1].path)
    return calls


def _made_of(
    source: Ref, calls: list[LayerCall], end: int, around: tuple[ModuleRun, ...]
) -> tuple[ModuleRun, ...] | None:
    """The outermost run of a module that ends before ``end`` and takes nothing but ``source``, as a stack."""
    stack = calls[end - 1].stack
    for depth, run in enumerate(stack):
        if run in around:
            continue
        first = end
        while first and len(calls[first - 1].stack) > depth and calls[first - 1].stack[depth] == run:
            first -= 1
        made = {call.id for call in calls[first:end]}
        if {ref for call in calls[first:end] for ref in call.inputs if ref[0] not in made} == {source}:
            return stack[: depth + 1]
    return None
