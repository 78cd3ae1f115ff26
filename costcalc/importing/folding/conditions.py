"""When a step of a block is there: conditions of a closed list, and flags."""

from __future__ import annotations

from collections.abc import Iterator

from .parameters import FLAG, BlockParameters
from .runs import BlockRuns

_FLAGS = {"add": "residual", "mul": "gated", "roll": "shifted", "concat": "joined"}
"""What is said of a block that has such a call, where others haven't."""
_SHORT = 4

Test = tuple[str, list[bool]]
"""A condition, and the runs in which it holds."""


def condition(b: int, runs: BlockRuns, parameters: BlockParameters, width: str) -> str:
    """What holds just in the runs that have step ``b``; ``width`` is the text of the channels that leave."""
    here = runs.present[b]
    for text, holds in _tests(runs, parameters, width):
        if holds == here:
            return text
    known = parameters.like(FLAG, here, [True] * len(here))
    return known or parameters.add(_flag(b, runs), FLAG, here)


def _flag(b: int, runs: BlockRuns) -> str:
    wish = _FLAGS.get(runs.base.steps[b].word, runs.names[b][0])
    if wish not in runs.step_names:
        return wish
    return wish.upper() if len(wish) < _SHORT else f"with_{wish}"


def _tests(runs: BlockRuns, parameters: BlockParameters, width: str) -> Iterator[Test]:
    name, entering = next(iter(runs.entering.items()))
    if width not in ("", name):
        same = [c == n for c, n in zip(runs.leaving, entering, strict=True)]
        if "s" in parameters.columns:
            both = [s == 1 and c for s, c in zip(parameters.columns["s"], same, strict=True)]
            yield f"s == 1 and {width} == {name}", both
            yield f"s != 1 or {width} != {name}", [not x for x in both]
        yield f"{width} == {name}", same
        yield f"{width} != {name}", [not x for x in same]
    yield from _larger_than_windows(runs)
    for parameter, column in parameters.columns.items():
        if parameters.kinds[parameter] not in (FLAG, "c") and all(type(v) is int for v in column):
            yield f"{parameter} != 1", [v != 1 for v in column]
            yield f"{parameter} == 1", [v == 1 for v in column]


def _larger_than_windows(runs: BlockRuns) -> Iterator[Test]:
    """A map that is but one window isn't cut."""
    if len(runs.inputs) > 1 or any(len(body.inputs[0]) != 3 for body, _ in runs.members):
        return
    for step in runs.base.steps:
        size = step.arguments.get("size")
        if step.word in ("windows", "grid") and isinstance(size, tuple):
            yield f"in.h > {size[0]}", [body.inputs[0][1] > size[0] for body, _ in runs.members]
