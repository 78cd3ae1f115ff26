"""What built-in layers are given: arguments read as counts, sizes, words; and the checks that several share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from ..arithmetic import LIMIT, equal, is_array, is_whole, less_equal, maximum, mod, whole
from ..errors import SpecError, nearest, quoted
from ..graph import Tensor, axes_text
from ..language.values import Size
from ..ops import ACTIVATIONS, ALONG, AXIS_NAMES, Activation, Op, PReLU, axis_of, positions, size_text
from .run import Run, described, is_no_number

REQUIRED = object()
"""The default of an argument that must be given."""

PADS = ("same", "none")
ACTS = (*ACTIVATIONS, "none")
_PLAIN = {name: Activation(name) for name in ACTIVATIONS}


class LayerDef:
    """A built-in layer: its name, arguments with defaults, and function.

    ``words``: what arguments take beside numbers. ``joins``: it takes several tensors, in parentheses, and
    ``by_position`` is its argument that may stand behind them. ``source``: it takes no tensor and makes one. ``since``:
    the version of the language that brought it.
    """

    __slots__ = ("by_position", "defaults", "function", "joins", "name", "params", "since", "source", "words")

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        /,
        *,
        words: Mapping[str, Collection[str]] | None = None,
        joins: bool = False,
        by_position: str = "",
        source: bool = False,
        since: int = 1,
        **params: Any,
    ) -> None:
        self.name = name
        self.function = function
        self.words = words or {}
        self.joins = joins
        self.by_position = by_position
        self.source = source
        self.since = since
        self.params = tuple(params)
        self.defaults = params


def count(run: Run, x: Any, what: str) -> Any:
    """``x`` as a whole number above 0 (channels, strides, groups …)."""
    return x if type(x) is int and x > 0 else natural(run, x, what, 1)


def natural(run: Run, x: Any, what: str, low: int) -> Any:
    """``x`` as a whole number from ``low``; elements of an array that are none are marked invalid, and ``low`` here."""
    if isinstance(x, Size) or is_no_number(x):
        raise SpecError(f"{what} must be one whole number, not {described(x)}")
    number = whole(x)
    if number is None:
        return _refuse(run, lambda: f"{what} must be a whole number, not {x}")
    bound = "above 0" if low == 1 else f"{low} or more"
    if is_array(number):
        run.require(is_whole(x), f"{what} must be a whole number")
        run.require(less_equal(low, number), f"{what} must be {bound}")
        return maximum(number, low)
    enough = less_equal(low, number)
    if enough is False:
        return _refuse(run, lambda: f"{what} must be {bound}, not {number}")
    return number


def _refuse(run: Run, message: Callable[[], str]) -> int:
    """An error; where an array's mask turns it off, a number to go on with."""
    run.require(False, message)
    return 1


def sizes(run: Run, x: Any, what: str, axes: int) -> tuple[Any, ...]:
    """``3``, ``3x3``, ``1x7`` or ``[k, 1]`` as a number for each axis."""
    if type(x) is int and x > 0:
        return (x,) * axes
    if type(x) is Size:
        if len(x.axes) != axes:
            raise SpecError(_other_axes(x, what, axes))
        numbers = x.axes
        if type(numbers[0]) is int and type(numbers[-1]) is int and 0 not in numbers:
            return numbers
        return tuple(count(run, n, what) for n in numbers)
    if isinstance(x, list):
        if len(x) != axes:
            raise SpecError(_other_axes(f"a list of {len(x)}", what, axes))
        return tuple(count(run, n, what) for n in x)
    if is_no_number(x):
        raise SpecError(f"{what} must be a whole number or a size such as 3x3 or [k, 1], not {described(x)}")
    return (count(run, x, what),) * axes


def _other_axes(x: object, what: str, axes: int) -> str:
    hint = "; an input of two numbers is length x channels" if axes == 1 else ""
    return f"{what} must have a number for each axis: {x} on a tensor of {axes_text(axes)}{hint}"


def padding(run: Run, x: Any, axes: int) -> Any:
    """``same``, ``none`` or pixels per side."""
    if type(x) is int and x >= 0:
        return (x,) * axes
    if isinstance(x, str) and x in ("same", "none"):
        return "same" if x == "same" else (0,) * axes
    if isinstance(x, Size) and len(x.axes) == axes:
        return x.axes
    if isinstance(x, list) and len(x) == axes:
        return tuple(natural(run, n, "pad", 0) for n in x)
    if is_no_number(x) or isinstance(x, Size):
        raise SpecError(f"pad must be same, none or pixels per side, not {described(x)}")
    return (natural(run, x, "pad", 0),) * axes


def flag(x: Any, what: str) -> bool:
    """yes or no."""
    if isinstance(x, bool):
        return x
    raise SpecError(f"{what} must be yes or no, not {described(x)}")


def word(x: Any, what: str, words: tuple[str, ...]) -> str:
    """One of ``words``."""
    if isinstance(x, str) and x in words:
        return x
    close = nearest(x, words) if isinstance(x, str) else ""
    raise SpecError(f"{what} must be {' or '.join((', '.join(words[:-1]), words[-1]))}, not {described(x)}{close}")


def axis_word(x: Any, what: str, tensor: Tensor) -> str:
    """The word for the channels, an axis that the tensor has, or all its positions."""
    found = word(x, what, ALONG)
    known = ("channels", *AXIS_NAMES[len(tensor.shape) - 1], "positions")
    if found not in known:
        has = ", ".join(w for w in known if w in ALONG)
        raise SpecError(f"{what} is one of {has} for a tensor of {axes_text(len(tensor.shape) - 1)}, not {found}")
    return found


def along_axis(x: Tensor, along: str) -> Any:
    """How many channels, rows … or positions there are."""
    return positions(x.shape) if along == "positions" else x.shape[axis_of(along, x.shape)]


def activation(act: Any, channels: Any) -> Op | None:
    """The op of an activation's name; None for ``none``."""
    op = _PLAIN.get(act) if isinstance(act, str) else None
    if op is not None:
        return op if act != "prelu" else PReLU(channels)
    if isinstance(act, str) and act == "none":
        return None
    if not isinstance(act, str):
        raise SpecError(f"an activation is a word ({', '.join(ACTS)}), not {described(act)}")
    raise SpecError(f"no activation is called {quoted(act)}{nearest(act, ACTS)}; there are {', '.join(ACTS)}")


def fits(run: Run, out: Tensor, x: Tensor, op: Any) -> None:
    """An error if the window doesn't fit even once, or the result is too large."""
    size = out.size
    if all(type(n) is int for n in size):
        if all(1 <= n < LIMIT for n in size):
            return
        if min(size) >= 1:
            raise SpecError(f"the output would be {size_text(size)}: sizes are below 2**53")
        run.require(False, lambda: op.misfit(x.size, size))
    for n in size:
        if is_array(n):
            run.require(less_equal(1, n), "a window is larger than its input")


def divides(run: Run, groups: Any, x: Any, what: str) -> None:
    """An error unless ``groups`` divides ``x``."""
    if groups is x or (type(groups) is int and groups == 1):
        return
    if type(groups) is int and type(x) is int:
        if x % groups:
            run.require(False, lambda: f"{groups} groups don't divide {x} {what}")
    elif is_array(groups) or is_array(x):
        run.require(equal(mod(x, groups), 0), f"the groups don't divide the {what}")
