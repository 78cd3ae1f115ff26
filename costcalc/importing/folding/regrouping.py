"""Calls where they belong: what a module grows by is its own (DenseNet), and so is the merge of what it cut (Swin)."""

from __future__ import annotations

from ..calls import Flat, LayerCall, ModuleRun, Ref

_CUTS = ("heads", "windows", "grid")


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
    return Flat(
        flat.name,
        flat.inputs,
        _in_their_groups(_merged_where_cut(calls), outputs),
        outputs,
        flat.origin,
        flat.fixed,
        flat.notes,
    )


def _changed(call: LayerCall, **values: object) -> LayerCall:
    return LayerCall(**{**{name: getattr(call, name) for name in LayerCall._fields}, **values})


def _on_top(parts: tuple[Ref, ...], made: dict[tuple[Ref, ...], Ref]) -> tuple[Ref, ...]:
    for k in range(len(parts) - 1, 1, -1):
        if parts[:k] in made:
            return (made[parts[:k]], *parts[k:])
    return parts


def _merged_where_cut(calls: list[LayerCall]) -> list[LayerCall]:
    """A ``merge`` right after the module that made the cut is that module's last call."""
    for k, call in enumerate(calls):
        if k and call.word == "merge" and call.inputs == ((calls[k - 1].id, 0),):
            cut = _cut_before(calls, k)
            common = cut and _common(cut.stack, calls[k - 1].stack)
            if common and len(common) > len(call.stack) and common[: len(call.stack)] == call.stack:
                calls[k] = _changed(call, stack=common, path=common[-1].path)
    return calls


def _cut_before(calls: list[LayerCall], k: int) -> LayerCall | None:
    """The cut that the merge ``k`` ends."""
    inside = 0
    for call in reversed(calls[:k]):
        if call.word == "merge":
            inside += 1
        elif call.word in _CUTS:
            if inside == 0:
                return call
            inside -= 1
    return None


def _common(a: tuple[ModuleRun, ...], b: tuple[ModuleRun, ...]) -> tuple[ModuleRun, ...]:
    number = next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[:number]


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
