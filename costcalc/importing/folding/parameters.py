"""The parameters of a block that is being made: a value of each for every run."""

from __future__ import annotations

from collections.abc import Sequence

from ..calls import Value
from ..names import unique
from .naming import LETTERS
from .runs import BlockRuns, Hole

FLAG = "flag"
RATIO = "t"
_ORDER = (RATIO, "c", "mid")
_LATE = {"k": 6, "s": 7, "act": 8, "norm": 8, "pad": 8, FLAG: 9}


class BlockParameters:
    """``columns``: by name, a value for each run; ``kinds``: which argument of a layer it is for, or a flag.

    ``one_width``: beside the channels that leave there is but one other width, which then has a plain name.
    """

    def __init__(self, runs: BlockRuns, *, one_width: bool) -> None:
        self.runs = runs
        self.one_width = one_width
        self.columns: dict[str, list[Value]] = {}
        self.kinds: dict[str, str] = {}

    def add(self, wish: str, kind: str, column: Sequence[Value]) -> str:
        """A new one, called as wished or nearly so; where a run has no value for it any will do."""
        name = unique(wish, {*self.columns, *self.runs.inputs, *self.runs.step_names})
        some = next((v for v in column if v is not None), None)
        self.columns[name] = [some if v is None else v for v in column]
        self.kinds[name] = kind
        return name

    def add_for(self, hole: Hole, kind: str, column: Sequence[Value]) -> str:
        """A new one for an argument, called after it or its step."""
        return self.add(self._wish(hole, kind), kind, column)

    def _wish(self, hole: Hole, kind: str) -> str:
        b, name = hole
        step = self.runs.names[b][0]
        if hole == self.runs.out:
            return "c"
        if kind == "c":
            return "mid" if self.one_width else _width_name(step)
        if kind == "n":
            return "parts"
        if self.runs.base.steps[b].is_block and kind != RATIO:
            return name
        return kind if len(kind) > 1 or kind in LETTERS else f"{step}_{kind}"

    def widths(self) -> list[tuple[str, list[int]]]:
        """Those for channels."""
        found: list[tuple[str, list[int]]] = []
        for name, column in self.columns.items():
            numbers = [v for v in column if type(v) is int]
            if self.kinds[name] == "c" and len(numbers) == len(column):
                found.append((name, numbers))
        return found

    def like(self, kind: str, column: Sequence[Value], here: Sequence[bool]) -> str:
        """The one of a kind that has these values in the runs where they are asked for; empty if none has."""
        for name, known in self.columns.items():
            if self.kinds[name] == kind and all(a == b for a, b, p in zip(known, column, here, strict=True) if p):
                return name
        return ""

    def in_order(self) -> list[str]:
        """As papers have them: t, c, others, k, s, flags."""
        return sorted(self.columns, key=self._place)

    def _place(self, name: str) -> tuple[int, int]:
        if name in _ORDER:
            return 0, _ORDER.index(name)
        return _LATE.get(self.kinds[name], 4), 0


def _width_name(step: str) -> str:
    """``c2_1`` of branch2_1, ``squeeze_c`` of squeeze."""
    letters = step.rstrip("0123456789_")
    return f"c{step[len(letters) :]}" if letters != step else f"{step}_c"
