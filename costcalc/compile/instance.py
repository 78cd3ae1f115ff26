"""A file at one point of its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..evaluate.frame import Frame
from ..evaluate.run import Run

if TYPE_CHECKING:
    from .program import Program

UNSET = object()


class Instance:
    """A file's parameters and lets at one point."""

    __slots__ = ("lets", "params", "program")

    def __init__(self, program: Program, params: dict[str, Any]) -> None:
        self.program = program
        self.params = params
        self.lets: dict[str, Any] = {}

    def let(self, name: str, run: Run) -> Any:
        """The value of a let, evaluated once."""
        value = self.lets.get(name, UNSET)
        if value is UNSET:
            run.enter_let(name, self.program.let_work[name])
            value = self.lets[name] = self.program.lets[name](Frame(run, self, [], None, None))
            run.lets -= 1
        return value

    def call_let(self, name: str, args: list[Any], run: Run) -> Any:
        """A let that is a function."""
        run.enter_let(name, self.program.let_work[name])
        frame = Frame(run, self, args, None, None)
        for k, default in enumerate(self.program.let_defaults[name]):
            if args[k] is None and default is not None:
                args[k] = default(frame)
        value = self.program.lets[name](frame)
        run.lets -= 1
        return value
