"""What is computed with, written down: operations in their order, each once, and the conditions under which they hold.

A :class:`Recorded` stands for the number that a free parameter, or an operation on one, will have. Whatever is computed
with it is noted by its :class:`Recorder`; what the bounds of the parameters decide is decided, and not noted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import ArithmeticProblem
from .bounds import ANY, Bounds, of_number, of_operation
from .limits import LIMIT
from .simplifying import EITHER_WAY, simpler

Message = str | Callable[[], str]
MOST = 1_000_000
"""Operations that a recording has at most."""


class TooManyOperations(ArithmeticProblem):
    """A recording has more operations than it may."""


class Recorded:
    """A number, or a condition, that isn't known yet. ``index`` is its place among the recorder's ``values``."""

    __slots__ = ("bounds", "index", "is_condition", "recorder")
    # Like an array it stands for many numbers: a condition has both sides, and what breaks a rule is marked.
    dtype = "recorded"
    shape, ndim, size = (1,), 1, 1

    def __init__(self, recorder: Recorder, index: int, bounds: Bounds, is_condition: bool) -> None:
        self.recorder = recorder
        self.index = index
        self.bounds = bounds
        self.is_condition = is_condition

    def max(self) -> Any:
        """The largest that it may be."""
        return self.bounds.high

    def all(self) -> bool:
        """Whether it holds in any case: what does is no longer one of these."""
        return False

    def __bool__(self) -> bool:
        raise ArithmeticProblem("this depends on a parameter that is free, and must be known here")

    def __str__(self) -> str:
        names = self.recorder.depends_on(self)
        return f"({', '.join(names)})"

    def __format__(self, spec: str) -> str:
        return str(self)

    def __hash__(self) -> int:
        return self.index

    def __eq__(self, other: object) -> Any:
        return self.recorder.equal(self, other)

    def __ne__(self, other: object) -> Any:
        return self.recorder.negated(self.recorder.equal(self, other))

    def __lt__(self, other: Any) -> Any:
        return self.recorder.less(self, other)

    def __le__(self, other: Any) -> Any:
        return self.recorder.less_equal(self, other)

    def __gt__(self, other: Any) -> Any:
        return self.recorder.less(other, self)

    def __ge__(self, other: Any) -> Any:
        return self.recorder.less_equal(other, self)

    def __add__(self, other: Any) -> Any:
        return self.recorder.apply("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return self.recorder.apply("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return self.recorder.apply("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return self.recorder.apply("sub", other, self)

    def __mul__(self, other: Any) -> Any:
        return self.recorder.apply("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return self.recorder.apply("mul", other, self)

    def __neg__(self) -> Any:
        return self.recorder.apply("sub", 0, self)


class Recorder:
    """One recording. ``nodes`` are ("input", name), ("constant", number) and (operation, places of its operands …).

    ``guards`` have the places of conditions that every point must meet, each with the message for one that doesn't.
    ``mask``: where what is being recorded is meant; None for everywhere. ``most`` operations are noted, not one more.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self.nodes: list[tuple[Any, ...]] = []
        self.values: list[Recorded] = []
        self.guards: dict[int, Message] = {}
        self.mask: Any = None
        self._known: dict[tuple[Any, ...], int] = {}

    def input(self, name: str) -> Recorded:
        """A parameter that is free."""
        return self._node(("input", name), ANY, False)

    def constant(self, x: Any) -> Recorded:
        """A number that isn't."""
        key = ("constant", x, type(x).__name__)
        if key not in self._known:
            self._known[key] = self._node(("constant", x), of_number(x), isinstance(x, bool)).index
        return self.values[self._known[key]]

    def _node(self, node: tuple[Any, ...], bounds: Bounds, is_condition: bool) -> Recorded:
        if len(self.nodes) >= self.most:
            raise TooManyOperations(f"more than {self.most:,} operations; fewer parameters may be free")
        found = Recorded(self, len(self.nodes), bounds, is_condition)
        self.nodes.append(node)
        self.values.append(found)
        return found

    def _place(self, x: Any) -> Recorded:
        return x if type(x) is Recorded else self.constant(x)

    def apply(self, operation: str, *operands: Any, is_condition: bool = False) -> Any:
        """``operation`` of numbers and what is recorded; a plain number where it can only be one."""
        if (plain := simpler(operation, operands)) is not None:
            return plain
        of = [self._place(x) for x in operands]
        if operation in EITHER_WAY and of[0].index > of[1].index:
            of.reverse()
        if operation == "select" and self._says_the_same(*of):
            return operands[2]
        key = (operation, *(x.index for x in of))
        if key not in self._known:
            bounds = of_operation(operation, *(x.bounds for x in of))
            if bounds.low == bounds.high and bounds.whole and not is_condition:
                return bounds.low
            self._known[key] = self._node(key, bounds, is_condition).index
        return self.values[self._known[key]]

    def _says_the_same(self, condition: Recorded, a: Recorded, b: Recorded) -> bool:
        """Whether a where a = b, else b, which is b in any case."""
        if not (a.bounds.whole and b.bounds.whole):
            return False
        return self.nodes[condition.index] in (("equal", a.index, b.index), ("equal", b.index, a.index))

    def depends_on(self, x: Recorded) -> list[str]:
        """The names of the parameters that ``x`` depends on."""
        found, pending, seen = [], [x.index], set()
        while pending:
            place = pending.pop()
            if place in seen:
                continue
            seen.add(place)
            operation, *operands = self.nodes[place]
            if operation == "input":
                found.append(operands[0])
            elif operation != "constant":
                pending += operands
        return sorted(found)

    # -- conditions

    def less(self, a: Any, b: Any) -> Any:
        """a < b."""
        x, y = (self._place(v).bounds for v in (a, b))
        if x.high < y.low:
            return True
        if x.low >= y.high or a is b:
            return False
        return self.apply("less", a, b, is_condition=True)

    def less_equal(self, a: Any, b: Any) -> Any:
        """a <= b."""
        x, y = (self._place(v).bounds for v in (a, b))
        if x.high <= y.low or a is b:
            return True
        if x.low > y.high:
            return False
        return self.apply("less_equal", a, b, is_condition=True)

    def equal(self, a: Any, b: Any) -> Any:
        """a == b, of two numbers or of two conditions."""
        if a is b:
            return True
        conditions = [isinstance(x, bool) or getattr(x, "is_condition", False) for x in (a, b)]
        if all(conditions):
            if isinstance(b, bool):
                a, b = b, a
            if isinstance(a, bool):
                return b if a else self.negated(b)
            return self.apply("same", a, b, is_condition=True)
        if any(conditions) or not all(
            isinstance(x, Recorded) or hasattr(x, "denominator") or isinstance(x, float) for x in (a, b)
        ):
            return False
        if not self._place(a).bounds.meets(self._place(b).bounds):
            return False
        return self.apply("equal", a, b, is_condition=True)

    def negated(self, c: Any) -> Any:
        """not c."""
        if isinstance(c, bool):
            return not c
        operation, *operands = self.nodes[c.index]
        if operation == "not":
            return self.values[operands[0]]
        if operation in ("less", "less_equal"):
            a, b = (self.values[k] for k in operands)
            return (self.less_equal if operation == "less" else self.less)(b, a)
        return self.apply("not", c, is_condition=True)

    def both(self, a: Any, b: Any) -> Any:
        """a and b."""
        if a is True or a is b:
            return b
        if b is True:
            return a
        if a is False or b is False or self.negated(a) is b:
            return False
        return self.apply("and", a, b, is_condition=True)

    def guard(self, ok: Any, message: Message) -> None:
        """Note that ``ok`` must hold, where the mask does. Raises :class:`ArithmeticProblem` if it never does."""
        if ok is True:
            return
        everywhere = ok if self.mask is None else self.negated(self.both(self.mask, self.negated(ok)))
        if everywhere is True:
            return
        if everywhere is False:
            raise ArithmeticProblem(message if isinstance(message, str) else message())
        if everywhere.index not in self.guards:
            self.guards[everywhere.index] = message
            self._narrow(everywhere)

    def small(self, x: Recorded, message: Message) -> None:
        """Note that ``x`` must be a finite number below 2**53."""
        if not -LIMIT < x.bounds.low <= x.bounds.high < LIMIT:
            self.guard(self.apply("small", x, is_condition=True), message)

    def _narrow(self, condition: Recorded) -> None:
        """What a condition that holds says of the bounds of its operands."""
        for place, bounds in narrowed(self.nodes, lambda k: self.values[k].bounds, condition.index):
            self.values[place].bounds = bounds

    @contextmanager
    def within(self, mask: Any) -> Iterator[None]:
        """What is recorded here is meant where ``mask`` holds, and the mask around it."""
        outer = self.mask
        self.mask = mask if outer is None else self.both(outer, mask)
        try:
            yield
        finally:
            self.mask = outer


def narrowed(nodes: Any, bounds: Callable[[int], Bounds], condition: int) -> Iterator[tuple[int, Bounds]]:
    """The places whose bounds may be narrower where ``condition`` holds, with these bounds."""
    operation, *operands = nodes[condition]
    if operation == "and":
        for place in operands:
            yield from narrowed(nodes, bounds, place)
    elif operation == "small":
        (x,) = operands
        yield x, bounds(x)._replace(low=max(bounds(x).low, 1 - LIMIT), high=min(bounds(x).high, LIMIT - 1))
    elif operation in ("less", "less_equal"):
        a, b = operands
        gap = int(operation == "less" and bounds(a).whole and bounds(b).whole)
        yield a, bounds(a)._replace(high=min(bounds(a).high, bounds(b).high - gap))
        yield b, bounds(b)._replace(low=max(bounds(b).low, bounds(a).low + gap))
    elif operation == "equal":
        a, b = operands
        low, high = max(bounds(a).low, bounds(b).low), min(bounds(a).high, bounds(b).high)
        yield a, bounds(a)._replace(low=low, high=high)
        yield b, bounds(b)._replace(low=low, high=high)
