"""SymPy expressions: closed forms. Rounding stays atomic; decimals become what their shortest decimal text names."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from ..errors import ArithmeticProblem
from . import scalars
from .limits import LIMIT, MAX_EXPONENT, division_by_zero, not_a_number, wrong_divisor
from .roundings import Ceil, Floor, MakeDivisible, Round

MAX_PARTS = 10_000
MAX_EXTREMES = 6


def expr(x: Any) -> Any:
    """``x`` as a SymPy expression; decimals as the rational that their text names."""
    if isinstance(x, bool | str | list | tuple):
        raise not_a_number(x)
    if isinstance(x, int):
        return sympy.Integer(x)
    if isinstance(x, float):
        return sympy.Rational(repr(scalars.check(x)))
    if isinstance(x, Fraction):
        return sympy.Rational(x.numerator, x.denominator)
    if isinstance(x, sympy.Float):
        return sympy.Rational(str(x))
    if isinstance(x, sympy.Expr):
        if x.args:
            deque(_parts(x), maxlen=0)
        if x.is_number and (x.is_finite is False or x is sympy.nan):
            raise ArithmeticProblem("a symbolic value is not finite")
        return x
    if _is_condition(x):
        raise ArithmeticProblem("a condition is not a number")
    if hasattr(x, "dtype"):
        raise ArithmeticProblem("arrays and symbols can't be mixed in one evaluation")
    raise not_a_number(x)


def check(x: Any) -> Any:
    e = expr(x)
    if e.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo):
        raise ArithmeticProblem("a symbolic value is not finite")
    if e.is_number and abs(e) >= LIMIT:
        raise ArithmeticProblem("a symbolic value is not a finite number below 2**53")
    return e


def add(a: Any, b: Any) -> Any:
    return expr(a) + expr(b)


def total(values: list[Any]) -> Any:
    return sympy.Add(*map(expr, values))


def sub(a: Any, b: Any) -> Any:
    return expr(a) - expr(b)


def mul(a: Any, b: Any) -> Any:
    return expr(a) * expr(b)


def _nonzero(b: Any) -> Any:
    y = expr(b)
    if y.is_zero:
        raise division_by_zero()
    return y


def div(a: Any, b: Any) -> Any:
    return expr(a) / _nonzero(b)


quotient = div


def floordiv(a: Any, b: Any) -> Any:
    return Floor(expr(a) / _nonzero(b))


def ceil_div(a: Any, b: Any) -> Any:
    return Ceil(expr(a) / _nonzero(b))


def mod(a: Any, b: Any) -> Any:
    x, y = expr(a), _nonzero(b)
    return x - y * Floor(x / y)


def power(a: Any, b: Any) -> Any:
    x, y = expr(a), expr(b)
    if y.is_number and not -MAX_EXPONENT < y < MAX_EXPONENT:
        raise ArithmeticProblem(f"an exponent must be below {MAX_EXPONENT}")
    if x.is_zero and y.is_negative:
        raise division_by_zero()
    if x.is_negative and y.is_integer is False:
        raise ArithmeticProblem("a fractional power of a negative number")
    return x**y


def floor(x: Any) -> Any:
    return Floor(expr(x))


def ceil(x: Any) -> Any:
    return Ceil(expr(x))


def round_half_even(x: Any) -> Any:
    return Round(expr(x))


def sqrt(x: Any) -> Any:
    e = expr(x)
    if e.is_negative:
        raise ArithmeticProblem("the square root of a negative number")
    return sympy.sqrt(e)


def minimum(*values: Any) -> Any:
    return _extreme(sympy.Min, values)


def maximum(*values: Any) -> Any:
    return _extreme(sympy.Max, values)


def _extreme(function: Any, values: tuple[Any, ...]) -> Any:
    """SymPy compares every argument with those inside of the others: nested ones would take it exponential time."""
    args = [expr(v) for v in values]
    nested = sum(isinstance(part, sympy.Max | sympy.Min) for a in args for part in _parts(a))
    if nested > MAX_EXTREMES:
        raise ArithmeticProblem(f"max and min around more than {MAX_EXTREMES} others; give the symbols in them numbers")
    return function(*args)


def _parts(e: Any) -> Iterator[Any]:
    """Every part of ``e``, written out. Raises :class:`ArithmeticProblem` where there are too many."""
    stack = [e]
    for _ in range(MAX_PARTS):
        if not stack:
            return
        part = stack.pop()
        yield part
        stack.extend(part.args)
    raise ArithmeticProblem(f"a symbolic value of more than {MAX_PARTS:,} parts")


def make_divisible(v: Any, divisor: Any = 8) -> Any:
    d = expr(divisor)
    if d.is_nonpositive or d.is_integer is False:
        raise wrong_divisor()
    return MakeDivisible(expr(v), d)


def equal(a: Any, b: Any) -> Any:
    """True or False where it is certain; else the condition itself, for :func:`decide`."""
    conditions = [isinstance(x, bool) or _is_condition(x) for x in (a, b)]
    if any(conditions):
        return all(conditions) and _plain(sympy.Equivalent(truth(a), truth(b)))
    x, y = expr(a), expr(b)
    if x == y:
        return True
    difference = sympy.expand(x - y)
    if difference.is_zero:
        return True
    if difference.is_nonzero:
        return False
    return sympy.Eq(x, y, evaluate=False)


def less(a: Any, b: Any) -> Any:
    return _plain(expr(a) < expr(b))


def less_equal(a: Any, b: Any) -> Any:
    return _plain(expr(a) <= expr(b))


def _plain(condition: Any) -> Any:
    return bool(condition) if condition in (sympy.true, sympy.false) else condition


def logical_not(a: Any) -> Any:
    return _plain(sympy.Not(truth(a)))


def logical_and(a: Any, b: Any) -> Any:
    return _plain(sympy.And(truth(a), truth(b)))


def where(condition: Any, a: Any, b: Any) -> Any:
    c = truth(condition)
    if c in (sympy.true, sympy.false):
        return a if c == sympy.true else b
    return sympy.Piecewise((expr(a), c), (expr(b), True))


def is_whole(x: Any) -> bool:
    return expr(x).is_integer is not False


def whole(x: Any) -> Any:
    e = check(x)
    if e.is_integer is False:
        return None
    return int(e) if e.is_Integer else e


def _is_condition(x: Any) -> bool:
    return isinstance(x, Boolean) and not isinstance(x, sympy.Expr)  # a symbol may stand for either


def truth(x: Any) -> Any:
    if isinstance(x, bool):
        return sympy.true if x else sympy.false
    if _is_condition(x):
        return x
    return logical_not(equal(x, 0))


def equal_unless(conditions: list[Any], a: Any, b: Any) -> bool:
    """Whether a = b where one of ``conditions``, inequalities that were assumed, doesn't hold."""
    difference = sympy.expand(expr(a) - expr(b))
    if difference == 0:
        return True
    gaps = [sympy.expand(c.lhs - c.rhs) for c in conditions]
    return any(difference in (gap, sympy.expand(-gap)) for gap in gaps)


def equality(a: Any, b: Any) -> Any:
    """The condition that a = b."""
    return sympy.Eq(expr(a), expr(b), evaluate=False)


def index_symbol(name: str) -> Any:
    """A symbol that counts from 1, and is no other of the same name."""
    return sympy.Dummy(name, integer=True, positive=True)


def closed_sum(term: Any, index: Any, low: Any, high: Any) -> Any:
    """Σ ``term`` for ``index`` from ``low`` to ``high``, without the Σ."""
    return sympy.summation(term, (index, low, high))


def decide(condition: Any) -> tuple[bool | None, list[Any]]:
    """The side that a condition on symbols takes, and the equalities assumed false on the way.

    Equalities between expressions that aren't identical are taken as false. None where an inequality stays open.
    """
    c = truth(condition)
    equalities = sorted(c.atoms(sympy.Eq, sympy.Ne), key=str)
    # All at once: "not (a ≠ 1 and a ≠ 2)" with one of them settled is an equality, and no atom of the condition.
    settled = c.xreplace({e: sympy.true if isinstance(e, sympy.Ne) else sympy.false for e in equalities})
    if settled in (sympy.true, sympy.false):
        return settled == sympy.true, [sympy.Ne(*e.args, evaluate=False) for e in equalities]
    return None, list(settled.atoms(Relational))


def decide_at(condition: Any, numbers: Mapping[Any, Any]) -> tuple[bool | None, list[Any]]:
    """The side that a condition takes at ``numbers`` for its symbols, and what is assumed of the symbols for it."""
    c = truth(condition)
    settled = c.subs({symbol: expr(number) for symbol, number in numbers.items()})
    if settled not in (sympy.true, sympy.false):
        return None, list(c.atoms(Relational))
    side = bool(settled)
    return side, [c if side else sympy.Not(c)]
