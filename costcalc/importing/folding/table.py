"""A chain of calls as a table, with the shapes that enter each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...evaluate.built_in import BUILT_IN
from ...language.values import show_shape
from ..arguments import Defaults
from ..calls import Shape
from .blocks import BlockStep, FoldedBlock
from .bodies import Body
from .lines_of import is_default, written
from .parameters import FLAG
from .repeats import EqualSteps

_FIRST = ("t", "c", "mid", "k", "s")
"""Columns in the order of papers."""


def is_chain(body: Body) -> bool:
    """Whether each call takes what the one before made, and nothing else."""
    for k, step in enumerate(body.steps):
        layer = None if step.is_block else BUILT_IN[step.word]
        plain = layer is None or not (layer.joins or layer.source)
        if step.wires != ((k - 1, 0),) or step.sharing is not None or not plain:
            return False
    return len(body.inputs) == 1 and body.results == ((len(body.steps) - 1, 0),)


def table(
    steps: Sequence[BlockStep],
    rows: Sequence[EqualSteps],
    names: Sequence[str],
    blocks: Mapping[str, FoldedBlock],
    defaults: Defaults,
    *,
    shapes: bool = True,
) -> list[str]:
    """The rows below ``layers: |``, each with the shape that enters it unless ``shapes`` is no."""
    cells: list[dict[str, str]] = []
    repeated = {s.step.word for s, row in zip(steps, rows, strict=True) if row.copies_text}
    for s, row, name in zip(steps, rows, names, strict=True):
        found = {"stage": name, "input": _shape(s.step.inputs[0]) if shapes else "", "operator": s.step.word}
        found |= _arguments(s, row, blocks, defaults)
        if s.step.word in repeated:
            found["n"] = row.copies_text or "1"
        cells.append(found)
    columns = list(dict.fromkeys(column for row_cells in cells for column in row_cells))
    fixed = ["stage", "input", "operator"]
    middle = [c for c in columns if c not in (*fixed, "n")]
    middle.sort(key=lambda c: _FIRST.index(c) if c in _FIRST else len(_FIRST))
    columns = [*fixed, *middle, *(["n"] if "n" in columns else [])]
    grid = [columns, *([row_cells.get(c, "") for c in columns] for row_cells in cells)]
    widths = [max(len(line[k]) for line in grid) for k in range(len(columns))]
    return ["  " + " | ".join(x.ljust(w) for x, w in zip(line, widths, strict=True)).rstrip() for line in grid]


def _shape(shape: Shape) -> str:
    return show_shape(*shape[1:], c=shape[0])


def _arguments(s: BlockStep, row: EqualSteps, blocks: Mapping[str, FoldedBlock], defaults: Defaults) -> dict[str, str]:
    found: dict[str, str] = {}
    word = s.step.word
    for name, value in s.arguments.items():
        if s.step.is_block:
            if name in row.alternating:
                found[name] = "i % 2 == 0"
            elif blocks[word].parameters[name] == FLAG:
                found |= {name: "✓"} if value else {}
            else:
                found[name] = written(value, blocks[word].parameters[name])
        elif name == "k" and isinstance(value, tuple):
            found["operator"] = f"{word} {'x'.join(map(str, value))}"
        elif not is_default(s, name, defaults):
            found[name] = written(value, name)
    return found
