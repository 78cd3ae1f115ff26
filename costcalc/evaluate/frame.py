"""Where an expression is evaluated."""

from __future__ import annotations

from typing import Any

from ..graph import Path
from .point import Point
from .run import Run


class Frame:
    """Where an expression is evaluated: the values of its locals, its file's point, the tensor ``in``.

    In a repeat or an each ``i`` is the number of the copy or member, ``first`` whether it is the first, ``prev`` the
    result of the member before; ``it`` is the current tensor of the call that asks for it.
    """

    __slots__ = ("first", "i", "it", "path", "point", "prev", "run", "tensor", "v")

    def __init__(self, run: Run, point: Point, v: list[Any], tensor: Any, path: Path) -> None:
        self.run = run
        self.point = point
        self.v = v
        self.tensor = tensor
        self.path = path
        self.i: Any = None
        self.first: Any = None
        self.prev: Any = None
        self.it: Any = None

    def let(self, name: str) -> Any:
        """The value of a let of the file, evaluated once."""
        known, mask = self.point.known, self.run.mask
        if name not in known:
            value = self._evaluate(name, [])
            if mask is not None:  # elsewhere it may be another
                return value
            known[name] = value
        return known[name]

    def call_let(self, name: str, args: list[Any]) -> Any:
        """A let that is a function; arguments that are None take their defaults."""
        return self._evaluate(name, args)

    def _evaluate(self, name: str, args: list[Any]) -> Any:
        run, let = self.run, self.point.lets[name]
        run.enter_let(name, let.work)
        frame = Frame(run, self.point, args, None, None)
        for k, default in enumerate(let.defaults):
            if args[k] is None and default is not None:
                args[k] = default(frame)
        value = let.value(frame)
        run.lets -= 1
        return value
