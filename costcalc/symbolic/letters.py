"""The formulas of a primitive op in the papers' letters, D_K²·M·N·D_F²: its own formulas, run on symbols.

An op's numbers become letters by the names of its arguments, and the methods of :mod:`costcalc.ops` are called with
them. So no formula stands here a second time, and an op of one's own has letters too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sympy

from ..arithmetic import is_symbolic
from ..ops import Op, Shape
from ..record import Record

_NUMBERS = {
    "in_channels": ("M", "input channels"), "in_features": ("M", "inputs"), "channels": ("M", "channels"),
    "out_channels": ("N", "output channels"), "out_features": ("N", "outputs"), "groups": ("g", "groups"),
    "queries": ("L", "positions of the queries"), "keys": ("K", "positions of the keys"),
    "values": ("V", "channels of the values"), "heads": ("A", "heads"), "bias": ("b", "learned values of a head"),
    "positions": ("P", "positions, each with weights of its own"), "operands": ("m", "tensors that are joined"),
    "layers": ("B", "layers on top of each other"), "maps": ("m", "parts"), "parts": ("m", "parts"),
    "size": ("a", "elements that one is made of"),
}  # fmt: skip
"""The letter of an argument that is one number, and what it is; an argument that isn't here is its own letter."""

_SECOND = {"channels": ("N", "channels of its own")}
"""Where another argument has the letter already."""

_SIZES = {
    "kernel_size": ("K", "kernel"), "block": ("B", "block"), "stride": ("s", "stride"), "dilation": ("d", "dilation"),
}  # fmt: skip
"""The letter of an argument that is a number for each axis, and what it is."""

_AXES = {2: ("h", "w"), 3: ("t", "h", "w")}
_AXIS_WORDS = {"h": "height", "w": "width", "t": "frames"}
_ORDER = ("n", "w", "D_K", "K_t", "K_h", "K_w", "L", "K", "M", "N", "g", "A", "V", "F_t", "F_h", "F_w", "D_F")


class Letter(Record):
    """A letter of a formula, the number that it stands for (None where it is any) and what that is."""

    symbol: Any
    value: Any
    meaning: str


class PartForm(Record):
    """A part of an op: its formula, and the number that this is.

    ``is_weight``: of what is stored, else of the work. ``when``: with which arguments it has this formula, if it hasn't
    with all.
    """

    name: str
    is_weight: bool
    formula: Any
    amount: Any = None
    when: str = ""


class Letters:
    """The letters that are given out, one for each role of a number."""

    def __init__(self) -> None:
        self._given: dict[str, Letter] = {}
        self.made: tuple[Any, Any] = (None, None)
        """The channels that the primitive before this one made: their letter and their number."""

    def give(self, name: str, value: Any, meaning: str) -> Any:
        """The letter ``name``, or one like it if that is another number's; 0 and 1 stay numbers."""
        if isinstance(value, int) and value in (0, 1):
            return value
        if name in self._given and self._given[name].value != value:
            name = next(n for k in range(2, len(self._given) + 3) if self._is_free(n := f"{name}_{k}", value))
        if name not in self._given:
            self._given[name] = Letter(sympy.Symbol(name, integer=True, positive=True), value, meaning)
        return self._given[name].symbol

    def _is_free(self, name: str, value: Any) -> bool:
        return name not in self._given or self._given[name].value == value

    def number(self, argument: str, value: Any) -> Any:
        """The letter of an argument that is one number."""
        letter, number = self.made
        if letter is not None and value == number and argument in ("channels", "in_channels", "in_features", "groups"):
            return letter
        channels = self._given.get("M")
        if argument == "groups" and channels is not None and value is not None and channels.value == value:
            return channels.symbol
        name, meaning = _NUMBERS.get(argument, (argument, argument.replace("_", " ")))
        if name in self._given and argument in _SECOND:
            name, meaning = _SECOND[argument]
        return self.give(name, value, meaning)

    def argument(self, name: str, values: Sequence[Any]) -> tuple[Any, ...]:
        """The letters of an argument that is a number for each axis."""
        letter, meaning = _SIZES.get(name, (name, name.replace("_", " ")))
        return self.sizes(letter, meaning, values)

    def sizes(self, letter: str, meaning: str, values: Sequence[Any]) -> tuple[Any, ...]:
        """A letter for each axis: one for all where they are alike."""
        if len(set(values)) == 1:
            name = f"D_{letter}" if letter.isupper() else letter
            return (self.give(name, values[0], meaning),) * len(values)
        axes = _AXES.get(len(values), tuple(map(str, range(1, len(values) + 1))))
        thing = meaning.removeprefix("size of the ")
        return tuple(
            self.give(f"{letter}_{axis}", n, f"{_AXIS_WORDS.get(axis, f'axis {axis}')} of the {thing}")
            for axis, n in zip(axes, values, strict=True)
        )

    def shape(self, k: int, shape: Shape, like: Sequence[Any], sizes: tuple[Any, ...]) -> Shape:
        """The shape of input ``k``; one of the sizes ``like`` has the letters ``sizes``."""
        channels, *size = shape
        first = self._given.get("M")
        if k == 0 and self.made[0] is not None and self.made[1] == channels:
            own = self.made[0]
        elif k == 0 and (first is None or first.value == channels):
            own = self.give("M", channels, "input channels")
        else:
            own = self.give("C" if k == 0 else "N" if k == 1 else f"N_{k}", channels, f"channels of input {k + 1}")
        if tuple(size) == tuple(like):
            return (own, *sizes)
        return (own, *self.sizes("I" if k == 0 else "J", "size of the input", size))

    def used(self, expressions: Iterable[Any]) -> list[Letter]:
        """Those that occur, in the order in which formulas have them."""
        free: set[Any] = set().union(*(e.free_symbols for e in expressions if is_symbolic(e)))
        found = {name: letter for name, letter in self._given.items() if letter.symbol in free}
        return [found[name] for name in sorted(found, key=_rank)]


def _rank(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER)), name


def lettered(
    op: Op, inputs: tuple[Shape, ...], output: Shape, runs: int = 1, sets: int = 1, made: Letters | None = None
) -> tuple[list[PartForm], list[Letter]]:
    """The parts of ``op`` where it works on ``inputs``, ``runs`` times with so many ``sets`` of weights; the letters.

    Shapes are channels and a size for each axis, all of them ints. The formulas of the work have ``n`` for the runs,
    those of the weights ``w`` for the sets, where that is another number. ``made`` has the letters of what comes before
    it in the same layer.
    """
    if not (op.weight_names or op.work_names):
        return [], []
    made = Letters() if made is None else made
    sizes = made.sizes("F", "size of the output", output[1:])
    given = op.arguments()
    ordered = [*(name for name in argument_types(type(op)) if name in given), *given]
    arguments = {name: _of_argument(made, op, name, given[name], output, sizes) for name in dict.fromkeys(ordered)}
    if op.is_depthwise and output[0] == inputs[0][0]:
        arguments["out_channels"] = arguments["in_channels"]
    symbolic = op.changed(**arguments)
    shapes = tuple(made.shape(k, shape, output[1:], sizes) for k, shape in enumerate(inputs))
    result = (symbolic.out_shapes(shapes)[0][0], *sizes)
    n = made.give("n", runs, "runs")
    w = n if sets == runs else made.give("w", sets or 1, "sets of weights")
    weights, work = op.weights(), op.work(inputs, output)
    parts = [PartForm(p, True, sympy.sympify(e * w), weights[p] * sets) for p, e in symbolic.weights().items()]
    parts += [
        PartForm(p, False, sympy.sympify(e * n), work[p] * runs) for p, e in symbolic.work(shapes, result).items()
    ]
    made.made = result[0], output[0]
    return parts, made.used(part.formula for part in parts)


def _of_argument(made: Letters, op: Op, name: str, value: Any, output: Shape, sizes: tuple[Any, ...]) -> Any:
    """Letters for the numbers of an argument; what doesn't bear on params and work, or counts things, stays."""
    if isinstance(value, bool) or argument_types(type(op)).get(name) == "int":
        return value
    if isinstance(value, int):
        return made.number(name, value)
    if isinstance(value, tuple) and name == "size" and value == output[1:]:
        return sizes
    if isinstance(value, tuple) and name == "kernel_size":
        return made.argument(name, value)
    return value


def argument_types(cls: type[Op]) -> dict[str, str]:
    """What the arguments of an op are, by their names."""
    found = getattr(cls.__init__, "__annotations__", {})
    return {name: str(annotation) for name, annotation in found.items() if name != "return"}
