"""Records as small data: what repeats stands beside its like, places as distances. ``unpack`` in model.js undoes it.

A zoo of 150 networks would be 8 MB as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from ..compiled.recording import Recording


def packed(record: Recording) -> dict[str, Any]:
    """The record's own data, with these in place of its instructions and rows.

    ``operations``: names; ``ops``: a letter for each instruction, a for the first of these; ``of``: how far back each
    operand of these stands. ``names`` (as :func:`fronted`) and ``kinds`` of the rows; ``axes``: numbers of each one's
    shape; ``rows``: a list for each number of a row, each as the distance from that of the row before it.
    """
    data = record.to_data()
    data.pop("rows", None)
    instructions = data.pop("instructions")
    used = data["operations"] = list(dict.fromkeys(name for name, *_ in instructions))
    data["ops"] = "".join(chr(ord("a") + used.index(name)) for name, *_ in instructions)
    data["of"] = [at - k for at, (_, *of) in enumerate(instructions, record.first) for k in of]
    if not record.rows:
        return data
    data["names"] = fronted(row.name for row in record.rows)
    data["kinds"] = [row.kind for row in record.rows]
    axes = max(len(row.shape) for row in record.rows)
    data["axes"] = [len(row.shape) for row in record.rows]
    columns = {f"shape.{k}": [row.shape[k] if k < len(row.shape) else 0 for row in record.rows] for k in range(axes)}
    columns |= {name: [row.outputs[name] for row in record.rows] for name in record.rows[0].outputs}
    data["rows"] = {name: distances(places) for name, places in columns.items()}
    return data


def distances(numbers: Iterable[int]) -> list[int]:
    """Each number as how far it is from the one before it, the first from 0."""
    return [b - a for a, b in pairwise([0, *numbers])]


def fronted(names: Iterable[str]) -> list[str]:
    """Each name as a letter, for how many characters it shares with the one before it (a for none), and its rest."""
    found, before = [], ""
    for name in names:
        same = 0
        while same < min(len(name), len(before), 25) and name[same] == before[same]:
            same += 1
        found.append(chr(ord("a") + same) + name[same:])
        before = name
    return found
