"""The functions of the language on values: ``pick``, ``len``, ``min``, … and what they take. The only table of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import arithmetic as ar
from ..errors import ArithmeticProblem, SpecError, listed, quoted
from ..record import Record
from .syntax import Call

MANY = 99
MAX_LIST = 10_000


def _pick(key: Any, keys: Any, values: Any) -> Any:
    if not isinstance(keys, list) or not isinstance(values, list) or len(keys) != len(values) or not keys:
        raise ArithmeticProblem("pick(key, keys, values) takes two lists of one length")
    if ar.is_array(key):
        return _pick_array(key, keys, values)
    for k, v in zip(keys, values, strict=True):
        if ar.equal(key, k) is True:
            return v
    shown = quoted(key) if isinstance(key, str | list | tuple) else str(key)
    raise ArithmeticProblem(f"pick: {shown} is none of {listed(keys)}")


def _pick_array(key: Any, keys: list[Any], values: list[Any]) -> Any:
    result, found = values[-1], ar.equal(key, keys[-1])
    for k, v in zip(keys[:-1], values[:-1], strict=True):
        hit = ar.equal(key, k)
        result, found = _where(hit, v, result), ar.logical_or(found, hit)
    problem = f"pick: an element of the array is none of {listed(keys)}"
    if not ar.holds(found, problem):
        raise ArithmeticProblem(problem)
    return result


def _where(condition: Any, a: Any, b: Any) -> Any:
    """a or b, member by member of lists of one length."""
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [_where(condition, x, y) for x, y in zip(a, b, strict=True)]
    return ar.where(condition, a, b)


def _len(x: Any) -> int:
    if isinstance(x, list | tuple):
        return len(x)
    raise ArithmeticProblem("len takes a list, or several tensors")


def _extreme(function: Callable[..., Any]) -> Callable[..., Any]:
    def extreme(*values: Any) -> Any:
        if len(values) == 1 and isinstance(values[0], list) and values[0]:
            values = tuple(values[0])
        return function(*values)

    return extreme


class Function(Record):
    """A function of the language: what computes it, and how many arguments it takes.

    ``names``: those by which its arguments may be given. ``takes_lists``: also lists, so that its work grows with them;
    ``of_lists``: of these only.
    """

    compute: Callable[..., Any]
    fewest: int
    most: int
    names: tuple[str, ...] = ()
    takes_lists: bool = False
    of_lists: bool = False


FUNCTIONS: dict[str, Function] = {
    "make_divisible": Function(ar.make_divisible, 1, 2, names=("v", "d")),
    "round": Function(ar.round_half_even, 1, 1),
    "floor": Function(ar.floor, 1, 1),
    "ceil": Function(ar.ceil, 1, 1),
    "min": Function(_extreme(ar.minimum), 1, MANY, takes_lists=True),
    "max": Function(_extreme(ar.maximum), 1, MANY, takes_lists=True),
    "sqrt": Function(ar.sqrt, 1, 1),
    "len": Function(_len, 1, 1, of_lists=True),
    "pick": Function(_pick, 3, 3, takes_lists=True, of_lists=True),
}


def check_arguments(call: Call, name: str, function: Function) -> None:
    """Raise :class:`SpecError` for arguments that the function doesn't take."""
    for k, (given, _) in enumerate(call.args):
        if given is not None and given not in function.names[k : k + 1]:
            known = "make_divisible(v, d=8)" if function.names else f"{name} takes its arguments by position"
            raise call.text.error(f"no argument {quoted(given)}: {known}", call.starts[k])
    low, high, given_number = function.fewest, function.most, len(call.args)
    if low <= given_number <= high:
        return
    wanted = f"{low}" if low == high else (f"{low} or more" if high == MANY else f"{low} or {high}")
    if high == MANY and given_number > high:
        wanted = f"at most {high}"
    raise call.error(f"{name} takes {wanted} argument{'s' if wanted != '1' else ''}, not {given_number}")


def position(i: Any, length: int) -> int:
    """The index ``i``, counted from 1, as Python counts."""
    if not isinstance(i, int):
        raise SpecError("an index must be a plain whole number")
    if not 1 <= i <= length:
        has = f"from 1 to {length}" if length else "and the list is empty"
        raise SpecError(f"the index is {i}, out of range: lists count {has}" if length else f"the index is {i}, {has}")
    return i - 1


def check_nesting(found: list[Any]) -> None:
    """An error if lists are nested more than two deep, or too long in all."""
    inner = [x for x in found if type(x) is list]
    if any(type(y) is list for x in inner for y in x):
        raise ArithmeticProblem("a list of lists of lists; at most two deep")
    if sum(map(len, inner)) > MAX_LIST:
        raise ArithmeticProblem(f"lists of more than {MAX_LIST:,} members in all")
