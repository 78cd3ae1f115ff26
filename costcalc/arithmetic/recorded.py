"""What isn't known yet (:class:`Recorded`): each function notes what :mod:`.scalars` would do, in the same order.

What it would refuse becomes a guard of the recording, unless the bounds of the parameters rule it out.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..errors import ArithmeticProblem
from . import scalars
from .limits import LIMIT, MAX_EXPONENT, division_by_zero, not_a_number, wrong_divisor
from .recorder import Recorded, Recorder

_TOO_LARGE = "a number that isn't finite and below 2**53"


def _recorder(*values: Any) -> Recorder:
    found: Recorder = next(v.recorder for v in values if type(v) is Recorded)
    return found


def _number(x: Any) -> Any:
    """``x``, no condition."""
    if type(x) is not Recorded:
        return scalars.check(x)
    if x.is_condition:
        raise ArithmeticProblem("a condition is not a number")
    return x


def check(x: Any) -> Any:
    if type(x) is Recorded:
        _number(x).recorder.small(x, _TOO_LARGE)
        return x
    return scalars.check(x)


def _of_two(operation: str) -> Callable[[Any, Any], Any]:
    def of_two(a: Any, b: Any) -> Any:
        a, b = check(a), check(b)
        return check(_recorder(a, b).apply(operation, a, b))

    return of_two


add, sub, mul = map(_of_two, ("add", "sub", "mul"))


def product(factors: Any) -> Any:
    """Exact however large it gets, as that of ints."""
    return math.prod(map(_number, factors))


def _nonzero(b: Any) -> Any:
    b = check(b)
    if type(b) is Recorded:
        b.recorder.guard(b.recorder.negated(b.recorder.equal(b, 0)), division_by_zero().message)
    elif b == 0:
        raise division_by_zero()
    return b


def div(a: Any, b: Any) -> Any:
    a, b = check(a), _nonzero(b)
    return check(_recorder(a, b).apply("div", a, b))


def floordiv(a: Any, b: Any) -> Any:
    a, b = check(a), _nonzero(b)
    return check(_recorder(a, b).apply("floor_div", a, b))


quotient = floordiv


def ceil_div(a: Any, b: Any) -> Any:
    a, b = check(a), _nonzero(b)
    return check(_recorder(a, b).apply("ceil_div", a, b))


def mod(a: Any, b: Any) -> Any:
    a, b = check(a), _nonzero(b)
    return check(_recorder(a, b).apply("mod", a, b))


def power(a: Any, b: Any) -> Any:
    a, b = check(a), check(b)
    r = _recorder(a, b)
    below = f"an exponent must be below {MAX_EXPONENT}"
    if type(b) is Recorded or not -MAX_EXPONENT < b < MAX_EXPONENT:
        r.guard(r.both(r.less(-MAX_EXPONENT, b), r.less(b, MAX_EXPONENT)), below)
    r.guard(r.negated(r.both(r.equal(a, 0), r.less(b, 0))), division_by_zero().message)
    r.guard(r.negated(r.both(r.less(a, 0), r.negated(_is_whole(r, b)))), "a fractional power of a negative number")
    return check(r.apply("pow", a, b))


def floor(x: Any) -> Any:
    return check(x).recorder.apply("floor", x)


def ceil(x: Any) -> Any:
    return check(x).recorder.apply("ceil", x)


def round_half_even(x: Any) -> Any:
    return check(x).recorder.apply("round", x)


def sqrt(x: Any) -> Any:
    r = check(x).recorder
    r.guard(r.less_equal(0, x), "the square root of a negative number")
    return r.apply("sqrt", x)


def minimum(*values: Any) -> Any:
    return _extreme("min", values)


def maximum(*values: Any) -> Any:
    return _extreme("max", values)


def _extreme(operation: str, values: tuple[Any, ...]) -> Any:
    result = check(values[0])
    for v in values[1:]:
        result = _extreme_of_two(operation, result, check(v))
    return result


def _extreme_of_two(operation: str, a: Any, b: Any) -> Any:
    if type(a) is not Recorded and type(b) is not Recorded:
        return min(a, b) if operation == "min" else max(a, b)
    r = _recorder(a, b)
    other = r.less(b, a) if operation == "min" else r.less(a, b)
    return (b if other else a) if isinstance(other, bool) else r.apply(operation, a, b)


def make_divisible(v: Any, divisor: Any = 8) -> Any:
    v, divisor = check(v), check(divisor)
    r = _recorder(v, divisor)
    if type(divisor) is Recorded:
        r.guard(r.both(r.less(0, divisor), _is_whole(r, divisor)), wrong_divisor().message)
        divisor = r.apply("floor", divisor)
    else:
        divisor = scalars.whole(divisor)
        if divisor is None or divisor <= 0:
            raise wrong_divisor()
    return check(r.apply("make_divisible", v, divisor))


def equal(a: Any, b: Any) -> Any:
    return _recorder(a, b).equal(a, b)


def less(a: Any, b: Any) -> Any:
    return _recorder(a, b).less(check(a), check(b))


def less_equal(a: Any, b: Any) -> Any:
    return _recorder(a, b).less_equal(check(a), check(b))


def logical_not(a: Any) -> Any:
    return _recorder(a).negated(truth(a))


def logical_and(a: Any, b: Any) -> Any:
    return _recorder(a, b).both(truth(a), truth(b))


def where(condition: Any, a: Any, b: Any) -> Any:
    c = truth(condition)
    a, b = _number(a), _number(b)
    if isinstance(c, bool):
        return a if c else b
    return c.recorder.apply("select", c, a, b)


def is_whole(x: Any) -> Any:
    return _is_whole(check(x).recorder, x)


def _is_whole(r: Recorder, x: Any) -> Any:
    if type(x) is not Recorded:
        return scalars.is_whole(x)
    return True if x.bounds.whole else r.apply("whole", x, is_condition=True)


def whole(x: Any) -> Any:
    return floor(x)


def truth(x: Any) -> Any:
    if isinstance(x, bool):
        return x
    if isinstance(x, str | list | tuple):
        raise not_a_number(x)
    if type(x) is not Recorded:
        return scalars.truth(x)
    return x if x.is_condition else x.recorder.negated(x.recorder.equal(check(x), 0))


def require(ok: Any, message: Any) -> None:
    """A guard: every point must meet ``ok``."""
    _recorder(ok).guard(ok, message)


def below_limit(x: Any) -> bool:
    """Whether ``x`` is a finite number below 2**53 in any case."""
    return type(x) is not Recorded or -LIMIT < x.bounds.low <= x.bounds.high < LIMIT
