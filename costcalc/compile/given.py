"""Values that are given for parameters: as the engine wants them, and in their range or among their choices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from .. import arithmetic as ar
from ..errors import SpecError, UsageError, listed
from ..evaluate.frame import Frame
from ..language.values import Size, axes_of
from .parameters import ParameterCode, not_among, shown
from .words import WORDS


def plain(value: Any, name: str) -> Any:
    """A given value as the engine wants it: Python numbers, words, yes/no, arrays or symbols."""
    if isinstance(value, tuple) and len(value) == 2:
        return Size(*(plain(n, name) for n in value))
    if isinstance(value, Size):
        return Size(*(plain(n, name) for n in value.axes))
    if isinstance(value, str):
        if (sides := re.fullmatch(r"([0-9]{1,9})x([0-9]{1,9})", value)) is not None:
            return Size(int(sides[1]), int(sides[2]))
        return {"yes": True, "no": False}.get(value, WORDS.get(value, value))
    if isinstance(value, bool):
        return value
    symbolic = ar.is_symbolic(value)
    if symbolic and getattr(value, "is_Integer", False):
        value = int(value)
    if ar.is_array(value) and getattr(value, "ndim", 0) == 0:
        return plain(value.item(), name)
    # A Fraction is told by its denominator: importing the class would cost each start 3 ms.
    if not (isinstance(value, int | float) or hasattr(value, "denominator") or symbolic or ar.is_array(value)):
        due = "a number, word, yes/no, array or symbol is due"
        raise UsageError(f"{name} can't be of the type {type(value).__name__}: {due}")
    if symbolic and getattr(value, "is_real", None) is False:
        raise UsageError(f"{name}: {value} is not a real number")
    if ar.is_array(value) and not value.size:
        raise UsageError(f"{name} is an empty array")
    try:
        return ar.check(value)
    except SpecError as e:
        raise UsageError(f"{name}: {e.message}") from None


def check_shapes(values: Mapping[str, Any]) -> None:
    """Arrays must be of one shape, or broadcast to one, and not mixed with symbols."""
    numbers = [(name, n) for name, value in values.items() for n in axes_of(value)]
    shapes = {(name, k): n.shape for k, (name, n) in enumerate(numbers) if ar.is_array(n)}
    if shapes and any(ar.is_symbolic(n) for _, n in numbers):
        raise UsageError("arrays and symbols can't be mixed in one evaluation")
    if len(set(shapes.values())) < 2:
        return
    for sizes in zip_longest(*(reversed(shape) for shape in shapes.values()), fillvalue=1):
        if len({n for n in sizes if n != 1}) > 1:
            found = ", ".join(f"{name} {shape}" for (name, _), shape in shapes.items())
            raise UsageError(f"arrays of different shapes: {found}")


def check_value(code: ParameterCode, value: Any, default: Any, frame: Frame) -> None:
    """Raise :class:`UsageError` unless ``value`` is in the parameter's range or choices."""
    name = code.parameter.name
    if isinstance(value, Size) and (code.is_side or not isinstance(default, Size)):
        if not code.is_side:
            raise UsageError(f"{name} is one number, not {value}: it isn't both height and width of the input")
        for n in value.axes:
            check_value(code, n, axes_of(default)[0], frame)
        return
    if isinstance(default, bool) and not isinstance(value, bool):
        raise UsageError(f"{name} is yes or no, not {shown(value)}")
    if not isinstance(default, bool | str | list) and isinstance(value, str | bool | list):
        raise UsageError(f"{name} is a number, not {shown(value)}")
    if isinstance(default, list) and not isinstance(value, list):
        raise UsageError(f"{name} is a list, and can't be given")
    if code.structural and (ar.is_array(value) or ar.is_symbolic(value)):
        raise UsageError(f"{name} has words for values: one evaluation has one of them, no array or symbol")
    if ar.is_symbolic(value):
        return
    if code.choices is not None:
        _check_choice(name, value, code.choices)
    elif code.low is not None and code.high is not None:
        _check_range(name, value, code.low(frame), code.high(frame))


def _check_choice(name: str, value: Any, choices: list[Any]) -> None:
    hit: Any = False
    for choice in choices:
        hit = ar.logical_or(hit, ar.equal(value, choice))
    if ar.holds(hit, f"{name} is one of {listed(map(shown, choices))}"):
        return
    raise UsageError(not_among(name, value[~hit][0] if ar.is_array(hit) else value, choices))


def _check_range(name: str, value: Any, low: Any, high: Any) -> None:
    if not isinstance(value, str | bool | list) and ar.less(high, low) is True:
        raise UsageError(f"the range of {name} is empty: {low} to {high}")
    ok = ar.logical_and(ar.less_equal(low, value), ar.less_equal(value, high))
    if ar.holds(ok, f"{name} is from {low} to {high}"):
        return
    outside = value if not ar.is_array(value) else value[~ok][0]
    raise UsageError(f"{name} is from {low} to {high}, not {outside}")
