"""A block of a spec as data: its head, and a line for each step."""

from __future__ import annotations

from typing import NamedTuple

from ...record import Record
from ..calls import Value
from .bodies import BodyStep, Wire


class Expression(NamedTuple):
    """An argument that is no literal: its text."""

    text: str


Written = Value | Expression


class BlockStep(Record):
    """A step of a block. ``condition``: when it is there; ``passed``: the tensor that stands for it when it isn't."""

    step: BodyStep
    names: list[str]
    arguments: dict[str, Written]
    condition: str = ""
    passed: Wire | None = None


class FoldedBlock(Record):
    """A block. ``parameters`` in the order of its head, with the argument that each is for (c, s, k …) or ``flag``."""

    name: str
    inputs: tuple[str, ...]
    parameters: dict[str, str]
    steps: list[BlockStep]
    result: Wire
