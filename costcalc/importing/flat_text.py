"""A network as a spec of one call a line: right by itself, and what folding has to reproduce."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..evaluate.built_in import BUILT_IN
from .arguments import in_full, value_text
from .calls import Flat, LayerCall, Ref
from .lines import StepLine, step_lines
from .names import identifier, plain, unique

_JOIN_NAMES = {"add": "sum", "mul": "product", "sub": "difference", "div": "quotient", "concat": "all", "split": "part"}


def flat_text(flat: Flat, comments: Sequence[str] = ()) -> str:
    """The spec, with ``comments`` above it.

    Its parameters are ``res``, if the input is a map, and ``classes``, if it ends in them.
    """
    lines, outputs = flat_lines(flat)
    return (
        "\n".join(
            [
                *head(flat, classifier(flat)),
                *input_section(flat),
                *output(outputs, lines),
                "layers:",
                *step_lines(lines, "  "),
            ]
        )
        + "\n"
    )


def head(flat: Flat, last: LayerCall | None, more: Mapping[str, str] | None = None) -> list[str]:
    """The sections before the blocks: name, origin, parameters.

    ``last`` is the layer that makes the classes, ``more`` are further parameters.
    """
    found = [f"network: {plain(flat.name)}"]
    if flat.origin:
        found.append(f"source: {quoted(flat.origin)}")
    found += [f"title: {quoted(flat.name)}"] if flat.name != plain(flat.name) else []
    parameters = dict(more or {})
    sides = input_sides(flat)
    if sides:
        size = sides[0] if len(set(sides)) == 1 else "x".join(map(str, sides))
        parameters["res"] = f"{{default: {size}, range: 1..8192}}"
    if last is not None:
        parameters["classes"] = str(last.arguments["c"])
    if parameters:
        width = max(map(len, parameters)) + 1
        found += ["parameters:", *(f"  {name + ':':<{width}} {text}" for name, text in parameters.items())]
    if flat.fixed and sides:
        found += ["require:", f"  res == {size}: {quoted(flat.fixed)}"]
    return found


def quoted(text: str) -> str:
    """``text`` for YAML, whatever stands in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else " " for c in escaped) + '"'


def input_sides(flat: Flat) -> tuple[int, ...]:
    """Height and width of the first input, which are ``res``; empty if it isn't a map."""
    shape = flat.inputs[0][1] if flat.inputs else ()
    return shape[1:] if len(shape) == 3 else ()


def input_names(flat: Flat) -> list[str]:
    """``in``, or a name for each of several inputs."""
    if len(flat.inputs) == 1:
        return ["in"]
    found: list[str] = []
    for name, _ in flat.inputs:
        found.append(unique(identifier(name), found))
    return found


def input_section(flat: Flat) -> list[str]:
    """``input: res x res x 3``, or a line for each of several."""
    sides = input_sides(flat)
    texts = []
    for _, (channels, *size) in flat.inputs:
        shown = ["res", "res"] if tuple(size) == sides else list(map(str, size))
        texts.append(" x ".join([*shown, str(channels)]))
    if len(texts) == 1:
        return [f"input: {texts[0]}"]
    return ["input:", *(f"  {name}: {text}" for name, text in zip(input_names(flat), texts, strict=True))]


_BEHIND_CLASSES = ("avgpool", "maxpool", "act", "softmax", "flatten", "resize", "up", "dropout", "reshape", "crop")
"""Calls behind the one that makes the classes."""


def classifier(flat: Flat) -> LayerCall | None:
    """The layer that makes the classes: the last with weights, without a norm, of a network with one output."""
    if len(flat.outputs) != 1:
        return None
    made: dict[int | str, LayerCall] = {call.id: call for call in flat.calls}
    call = made.get(flat.outputs[0][0])
    while call is not None and call.word in _BEHIND_CLASSES:
        call = made.get(call.inputs[0][0])
    if call is None or call.sharing is not None:
        return None
    last = call.word == "fc" or (call.word == "conv" and call.arguments.get("norm") == "none")
    return call if last and len(call.inputs) == 1 else None


def output(names: list[str], lines: list[StepLine]) -> list[str]:
    """The section ``output``, if it isn't the last step alone."""
    if lines and [*lines[-1].names] == names:
        return []
    return [f"output: {', '.join(dict.fromkeys(names))}"]


def flat_lines(flat: Flat) -> tuple[list[StepLine], list[str]]:
    """A line for each call, and the names of the outputs."""
    names: dict[Ref, str] = {("in", k): name for k, name in enumerate(input_names(flat))}
    used = {ref for call in flat.calls for ref in call.inputs} | set(flat.outputs)
    taken = set(names.values())
    labels: dict[int, str] = {}
    last = classifier(flat)
    current: Ref | None = ("in", 0) if len(flat.inputs) == 1 else None
    lines: list[StepLine] = []
    for call in flat.calls:
        label = unique(_label(call), taken)
        ports = [label] if len(call.outputs) == 1 else [unique(f"{label}_{k}", taken) for k in range(len(call.outputs))]
        shown = tuple(name if (call.id, k) in used else "_" for k, name in enumerate(ports))
        taken |= set(shown)
        labels[call.id] = next((name for name in shown if name != "_"), label)
        sharing = f"sharing {call.sharing[0]} with {labels[call.sharing[1]]}" if call.sharing else ""
        lines.append(
            StepLine(
                shown,
                call.word,
                tuple(names[ref] for ref in call.inputs),
                tuple(_arguments(call, is_last=call is last)),
                current=call.inputs == (current,),
                sharing=sharing,
            )
        )
        if call.word == "split" and len(ports) == 1:  # a tuple, also of one part
            ports = [f"{label}[1]"]
        names |= {(call.id, k): name for k, name in enumerate(ports)}
        current = (call.id, 0) if call.word != "split" else None
    return lines, [names[ref] for ref in flat.outputs]


def _arguments(call: LayerCall, *, is_last: bool) -> list[tuple[str, str]]:
    full, defaults = in_full(call), BUILT_IN[call.word].defaults
    found = [(name, value_text(v, name)) for name, v in full.items() if v != defaults[name]]
    return [(name, "classes" if is_last and name == "c" else text) for name, text in found]


def _label(call: LayerCall) -> str:
    own = bool(call.path) and (not call.stack or call.stack[-1].path != call.path)
    if own:
        return identifier(call.path)
    word = _JOIN_NAMES.get(call.word, call.word)
    return identifier(f"{call.path}_{word}" if call.path else word)
