"""From the exact form to the smooth one: rounding dropped, the larger of two sides settled where it is the same one."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise, product
from math import comb, gcd, prod
from typing import Any

import sympy

from ..arithmetic.roundings import Ceil, Floor, MakeDivisible, Round
from .evaluating import evaluate

ROUNDING = {Floor: "floor", Ceil: "ceil", Round: "round", MakeDivisible: "make_divisible"}
SIZES = "sizes"
_MOST_CORNERED = 10
_MOST_EXPANDED = 1000
Bounds = Mapping[Any, tuple[Any, Any]]
"""The least and the largest number of each symbol."""


class Smoother:
    """Drops rounding from expressions; ``dropped`` are the names of what it met.

    ``bounds`` settle which side of a max or min is the larger one, where that is the same all over them; ``settled``
    are the symbols whose bounds it took.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.dropped: set[str] = set()
        self.settled: set[Any] = set()
        self._done: dict[Any, Any] = {}

    def smooth(self, e: Any) -> Any:
        """``e`` without rounding, not expanded."""
        found = self._done.get(e)
        if found is None:
            found = self._done[e] = self._smooth(e)
        return found

    def _smooth(self, e: Any) -> Any:
        if not e.args:
            return e
        if e.func in ROUNDING:
            of_sizes = e.func in (Floor, Ceil) and self.bounds.keys().isdisjoint(e.free_symbols)
            self.dropped.add(SIZES if of_sizes else ROUNDING[e.func])
            return self.smooth(e.args[0])
        args = [self.smooth(a) for a in e.args]
        if e.func in (sympy.Max, sympy.Min):
            return self._extreme(e.func, args)
        return e.func(*args)

    def _extreme(self, func: Any, args: list[Any]) -> Any:
        """max or min of what neither side beats all over the bounds, with a common factor in front."""
        kept = self._unbeaten(func, args)
        common = _content(kept)
        return common * func(*(sympy.expand(a / common) for a in kept))

    def largest(self, expressions: list[Any]) -> list[Any]:
        """Those that no other is at least as large as all over the bounds."""
        return self._unbeaten(sympy.Max, expressions)

    def _unbeaten(self, func: Any, args: list[Any]) -> list[Any]:
        kept: list[Any] = []
        for a in args:
            if any(self._beats(func, b, a) for b in kept):
                continue
            kept = [b for b in kept if not self._beats(func, a, b)]
            kept.append(a)
        return kept

    def _beats(self, func: Any, a: Any, b: Any) -> bool:
        """Whether ``a`` is at least ``b`` (for min: at most) all over the bounds."""
        difference = a - b if func is sympy.Max else b - a
        least, _ = self.extremes(difference)
        if least is None or least < 0:
            return False
        if not sympy.expand(difference).is_nonnegative:
            self.settled |= difference.free_symbols
        return True

    def holds(self, condition: Any) -> bool:
        """Whether an inequality, without rounding, is certain all over the bounds."""
        low, high = self.extremes(self.smooth(condition.lhs) - self.smooth(condition.rhs))
        if low is None or high is None:
            return False
        certain = {">=": low >= 0, "<=": high <= 0, ">": low > 0, "<": high < 0, "==": low == high == 0}
        return bool(certain.get(condition.rel_op, low > 0 or high < 0))

    def extremes(self, e: Any) -> tuple[Any, Any]:
        """The least and the largest number that ``e`` can be over the bounds; None where that isn't known."""
        if count_terms(e) > _MOST_EXPANDED:
            return (0 if e.is_nonnegative else None), None
        e, bounds = self._without_powers(e)
        e = sympy.expand(e)
        symbols = sorted(e.free_symbols, key=str)
        if not all(s in bounds for s in symbols) or not _is_multilinear(e, symbols):
            return (0 if e.is_nonnegative else None), None
        if len(symbols) > _MOST_CORNERED:
            return (0 if e.is_nonnegative else None), None
        corners = product(*(bounds[s] for s in symbols))
        values = [evaluate(e, dict(zip(symbols, c, strict=True))) for c in corners]
        return min(values), max(values)

    def _without_powers(self, e: Any) -> tuple[Any, Bounds]:
        """1.1^φ as a symbol of its own, between its numbers at the bounds of φ: it only grows, or only shrinks."""
        bounds = dict(self.bounds)
        powers = {}
        for power in e.atoms(sympy.Pow):
            symbols = power.exp.free_symbols
            if len(symbols) == 1 and symbols <= bounds.keys() and power.base.is_Rational and power.base > 0:
                (symbol,) = symbols
                if _is_multilinear(power.exp, [symbol]):
                    try:
                        ends = [evaluate(power, {symbol: end}) for end in bounds[symbol]]
                    except ValueError:
                        continue
                    powers[power] = sympy.Dummy(positive=True)
                    bounds[powers[power]] = min(ends), max(ends)
        return e.xreplace(powers), bounds


def count_terms(e: Any) -> int:
    """At most so many terms has ``e`` when it is expanded."""
    done: dict[Any, int] = {}

    def count(e: Any) -> int:
        if not e.args or not (e.is_Add or e.is_Mul or e.is_Pow):
            return 1
        found = done.get(e)
        if found is None:
            if e.is_Pow:
                whole = e.exp.is_Integer and e.exp > 0
                found = comb(count(e.base) + int(e.exp) - 1, int(e.exp)) if whole else 1
            else:
                found = sum(map(count, e.args)) if e.is_Add else prod(map(count, e.args))
            done[e] = found
        return found

    return count(e)


def _is_multilinear(e: Any, symbols: list[Any]) -> bool:
    """Whether ``e`` is of degree 1 at most in each symbol: its extremes are at the corners then."""
    if not e.is_polynomial(*symbols):
        return False
    return all(sympy.degree(e, s) <= 1 for s in symbols)


def _content(args: list[Any]) -> Any:
    """The largest rational that divides every coefficient of the args."""
    numbers = [Fraction(int(c.p), int(c.q)) for a in args for c in _coefficients(a) if c]
    if not numbers:
        return sympy.Integer(1)
    above = gcd(*(n.numerator for n in numbers))
    below = 1
    for n in numbers:
        below = below * n.denominator // gcd(below, n.denominator)
    return sympy.Rational(above, below)


def _coefficients(e: Any) -> list[Any]:
    return [term.as_coeff_Mul()[0] for term in sympy.Add.make_args(e)]


class Piece:
    """An interval of one symbol; ``low`` or ``high`` is None where it has no end."""

    def __init__(self, symbol: Any, low: Any, high: Any, inside: Any) -> None:
        self.symbol = symbol
        self.low = low
        self.high = high
        self._inside = inside

    def take(self, e: Any) -> Any:
        """``e`` as it is on the interval, without max and min of the symbol."""

        def side(*args: Any, func: Any) -> Any:
            pick = max if func is sympy.Max else min
            return pick(args, key=lambda a: evaluate(a, {self.symbol: self._inside}))

        for func in (sympy.Max, sympy.Min):
            e = e.replace(
                lambda x, func=func: x.func is func and x.free_symbols == {self.symbol},
                lambda x, func=func: side(*x.args, func=func),
            )
        return e


_MOST_PIECES = 3


def pieces(expressions: list[Any], bounds: Bounds) -> list[Piece]:
    """The intervals between which the sides of max and min change; none if there is nothing to tell, or too much."""
    found = {a for e in expressions for a in e.atoms(sympy.Max, sympy.Min)}
    symbols = {s for a in found for s in a.free_symbols}
    if len(symbols) != 1:
        return []
    (symbol,) = symbols
    low, high = bounds.get(symbol, (None, None))
    ends: set[Fraction] = set()
    for a in found:
        for k, x in enumerate(a.args):
            for y in a.args[k + 1 :]:
                root = _crossing(sympy.expand(x - y), symbol)
                if root is None:
                    return []
                if low is None or low < root < high:
                    ends.add(root)
    if not 0 < len(ends) < _MOST_PIECES:
        return []
    cuts = [None, *sorted(ends), None]
    intervals = list(pairwise(cuts))
    return [Piece(symbol, a, b, _between(a, b)) for a, b in intervals]


def _crossing(line: Any, symbol: Any) -> Fraction | None:
    if not line.is_polynomial(symbol) or sympy.degree(line, symbol) != 1:
        return None
    root = -line.subs(symbol, 0) / line.coeff(symbol, 1)
    return Fraction(int(root.p), int(root.q)) if root.is_Rational else None


def _between(a: Fraction | None, b: Fraction | None) -> Fraction:
    if a is None:
        assert b is not None
        return b / 2 if b > 0 else b - 1
    return a + 1 if b is None else (a + b) / 2
