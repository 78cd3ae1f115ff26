"""Steps of a spec as text: ``dw: dwconv(3x3, s)``, ``out: add(in, project) if s == 1``."""

from __future__ import annotations

from collections.abc import Sequence

from ..evaluate.built_in import BUILT_IN
from ..record import Record
from .arguments import positional


class StepLine(Record):
    """A step: what it is called, and a call on the tensors that ``sources`` name.

    ``arguments``: their texts by name, in order, without defaults. ``head``: the parameters of a block in order.
    ``current``: the one source is the current tensor, which needs no name. ``copies``: n of ``n * X``.
    ``then``: further calls on the result, behind arrows.
    """

    names: tuple[str, ...]
    word: str
    sources: tuple[str, ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    head: tuple[str, ...] | None = None
    current: bool = False
    copies: str = ""
    sharing: str = ""
    condition: str = ""
    otherwise: str = ""
    then: tuple[str, ...] = ()

    def key(self) -> str:
        return ", ".join(self.names)

    def call(self) -> str:
        """The call alone: ``conv(3x3, 32, 2)``, ``add(a, b)``."""
        joins = self.head is None and BUILT_IN[self.word].joins
        texts = list(self.sources) if joins else []
        order = positional(self.word) if self.head is None else self.head
        by_position = True
        for k, (name, text) in enumerate(self.arguments):
            by_position = by_position and k < len(order) and order[k] == name
            texts.append(text if by_position else f"{name}={text}")
        return f"{self.word}({', '.join(texts)})" if texts else self.word

    def text(self) -> str:
        call = self.call()
        if self.copies:
            call = f"{self.copies} * {call}"
        if self.sharing:
            call = f"{call} {self.sharing}"
        if self.head is not None or not BUILT_IN[self.word].joins:
            if len(self.sources) > 1:
                call = f"({', '.join(self.sources)}) -> {call}"
            elif self.sources and not self.current:
                call = f"{self.sources[0]} -> {call}"
        call = " -> ".join((call, *self.then))
        if self.condition:
            call += f" if {self.condition}"
        return call + (f" else {self.otherwise}" if self.otherwise else "")


def step_lines(lines: Sequence[StepLine], indent: str) -> list[str]:
    """The steps one below another, their expressions in a column."""
    width = max((len(line.key()) for line in lines), default=0) + 1
    return [f"{indent}{line.key() + ':':<{width}} {line.text()}" for line in lines]
