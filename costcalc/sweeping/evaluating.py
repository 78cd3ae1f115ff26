"""One function evaluates a block of a sweep, wherever that is: here, in another process, on another machine."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Literal, Protocol, TypeAlias

from ..errors import UsageError, quoted
from ..record import Record
from .asked import SweepRequest
from .forms import Forms, Rows
from .lines import csv_lines, json_lines

PLAIN, NUMPY, FAST = "python", "numpy", "fast"
ENGINES = (NUMPY, FAST, PLAIN)

Shape: TypeAlias = Literal["csv", "jsonl", "rows"]
"""What a block's rows are handed on as: text, or columns."""


class Done(Record):
    """An evaluated block. ``text`` holds its rows, or ``rows`` does."""

    number: int
    size: int
    points: int
    invalid: int
    first: tuple[int, dict[str, Any]] | None
    text: str = ""
    rows: Rows | None = None


class _Engine(Protocol):
    def block(self, k: int, start: int, stop: int) -> Rows: ...


class Blocks:
    """Evaluates the blocks of one sweep. Raises :class:`SpecError` for a condition that is none."""

    def __init__(self, asked: SweepRequest) -> None:
        self.asked = asked
        forms = Forms(asked)
        self.engine: _Engine
        if asked.engine == PLAIN:
            from .plain import PlainRows

            self.engine = PlainRows(forms)
        else:
            from .arrays import ArrayRows

            self.engine = ArrayRows(forms, asked.engine)

    def done(self, number: int, shape: Shape) -> Done:
        """A block, evaluated."""
        rows = self.engine.block(*self.asked.block(number))
        found = Done(number, rows.size, rows.points, rows.invalid, rows.first)
        if shape == "rows":
            found.rows = rows
        else:
            found.text = (csv_lines if shape == "csv" else json_lines)(rows, self.asked.columns)
        return found


def evaluate(packed: bytes, number: int, shape: Shape) -> Done:
    """A block of the sweep that ``packed`` holds: what is known of that is kept from one call to the next."""
    return _opened(packed).done(number, shape)


def evaluate_several(packed: bytes, numbers: range, shape: Shape) -> list[Done]:
    """Several blocks of it: what hands tasks out over a network takes milliseconds for each, as a block does."""
    return [evaluate(packed, number, shape) for number in numbers]


def packed(asked: SweepRequest) -> bytes:
    """A sweep as other processes get it. The networks go as their texts."""
    return pickle.dumps(asked)


@lru_cache(maxsize=2)
def _opened(packed: bytes) -> Blocks:
    return Blocks(pickle.loads(packed))


def engine_for(wanted: str | None) -> str:
    """The engine that is asked for, or the quickest that needs nothing to be compiled.

    Raises :class:`UsageError` where what it needs isn't installed.
    """
    if wanted is not None and wanted not in ENGINES:
        raise UsageError(f"the engine is numpy, fast or python, not {quoted(wanted)}")
    needs: Sequence[str] = {NUMPY: ["numpy"], FAST: ["numpy", "numba"]}.get(wanted or PLAIN, [])
    missing = [name for name in needs if find_spec(name) is None]
    if missing:
        raise UsageError(f"the engine {wanted} needs {missing[0]}: pip install 'costcalc[{wanted}]'")
    return wanted or (NUMPY if find_spec("numpy") else PLAIN)
