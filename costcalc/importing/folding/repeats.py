"""Equal calls in a chain as one with their number; the first may have a stride."""

from __future__ import annotations

from collections import Counter

from ...record import Record, fresh
from ..calls import Value
from .bodies import Body, BodyStep

_LAYERS = ("conv", "dwconv")
"""Layers that stand in rows, as people's tables have them."""


class EqualSteps(Record):
    """Steps ``first`` to ``last`` of a body. ``alternating``: flags that are yes in every second copy only.

    ``number`` and ``cells`` are what is written in place of the number of copies, and of arguments.
    """

    first: int
    last: int
    alternating: tuple[str, ...] = ()
    number: str = ""
    cells: dict[str, str] = fresh(default_factory=dict)

    @property
    def copies(self) -> int:
        return self.last - self.first + 1

    @property
    def copies_text(self) -> str:
        """The number of copies; empty of a single one."""
        return self.number or (str(self.copies) if self.copies > 1 else "")


def repeats(body: Body, flags: dict[str, set[str]]) -> list[EqualSteps]:
    """The steps of ``body`` in runs of equal calls. ``flags``: the parameters of each block that are yes or no."""
    uses = Counter(wire for step in body.steps for wire in step.wires) + Counter(body.results)
    found: list[EqualSteps] = []
    k = 0
    while k < len(body.steps):
        end = k
        while end + 1 < len(body.steps) and _follows(body, k, end, uses):
            end += 1
        last, alternating = k, tuple[str, ...]()
        for candidate in range(end, k, -1):
            agreed = _agree(body.steps[k : candidate + 1], flags.get(body.steps[k].word, set()))
            if agreed is not None:
                last, alternating = candidate, agreed
                break
        found.append(EqualSteps(k, last, alternating))
        k = last + 1
    return found


def _follows(body: Body, first: int, end: int, uses: Counter[tuple[int, int]]) -> bool:
    """Whether the step after ``end`` is another call of the same thing on what ``end`` alone passes on."""
    a, b = body.steps[first], body.steps[end + 1]
    alone = b.wires == ((end, 0),) and uses[(end, 0)] == 1 and len(a.wires) == 1
    rows = a.is_block or (a.word in _LAYERS and _is_numbered(a) and _is_numbered(b))
    return alone and a.word == b.word and rows and not a.shares and not b.shares


def _is_numbered(step: BodyStep) -> bool:
    """Whether the code has a number for it, and no name that would be lost."""
    return step.path.rpartition(".")[2].isdigit()


def _agree(steps: list[BodyStep], flags: set[str]) -> tuple[str, ...] | None:
    """The flags that alternate, if all else is equal but a stride, which the later copies haven't got."""
    alternating = []
    for name in steps[0].arguments:
        values: list[Value] = [step.arguments[name] for step in steps]
        if name == "s":
            if any(v != 1 for v in values[1:]):
                return None
        elif any(v != values[0] for v in values):
            if name not in flags or any(v != bool(k % 2) for k, v in enumerate(values)):
                return None
            alternating.append(name)
    return tuple(alternating)
