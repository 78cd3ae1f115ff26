"""A record for arrays: each place as float64, int64 or bool, its bounds known, rationals as two ints.

Ints below 2**53 are float64 here, which has them all, adds and multiplies them exactly, and is what processors are
quickest at; larger ones are int64. Whatever could be beyond that, or another than Python would have, is refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..arithmetic.bounds import ANY, CONDITION, Bounds, of_number, of_operation
from ..arithmetic.limits import LIMIT
from .array_code import BOOL, F64, FLOAT, I64, INT, ArrayCode, BeyondInt64, Either, NotOnArrays, Number, Ratio
from .bounding import bounds_of, holds
from .rationals import of_rationals
from .recording import Recording


def lower(record: Recording, kinds: Mapping[str, str], box: Mapping[str, Bounds] | None = None) -> ArrayCode:
    """``record`` for parameters of these ``kinds`` (``int``, ``float``): all that its guards let pass, or a ``box``.

    Raises :class:`NotOnArrays` for ints that int64 may not have, and for rationals that meet what they can't.
    """
    return _Lowering(record, kinds, box or {}).program


class _Lowering:
    def __init__(self, record: Recording, kinds: Mapping[str, str], box: Mapping[str, Bounds]) -> None:
        self.record = record
        self.program = ArrayCode(record.parameters)
        following, self.bounds = bounds_of(record, box)
        self.values: list[Any] = [
            Number(kinds[name], k, self.bounds[k]._replace(whole=kinds[name] == INT))
            for k, name in enumerate(record.parameters)
        ]
        self.values += [self.constant(x) for x in record.constants]
        for number, (name, *of) in enumerate(record.instructions, record.first):
            certain = holds(name, [following[k] for k in of])
            self.values.append(certain or self.apply(name, [self.values[k] for k in of], self.bounds[number]))
        for place, _ in record.guards:
            if (found := self.values[place]) is not True:
                self.program.guards.append(self._condition(found))
        for name, place in record.outputs.items():
            self.program.outputs.append((name, *self._output(self.values[place])))

    # -- numbers

    def constant(self, x: Any) -> Any:
        if isinstance(x, bool):
            return x
        if isinstance(x, Fraction):
            return Ratio(self.constant(x.numerator), self.constant(x.denominator))
        kind = FLOAT if isinstance(x, float) else INT
        bounds = of_number(x)
        store = F64 if kind == FLOAT else self._store(bounds)
        return Number(kind, self.program.put(store, "constant", float(x) if store == F64 else x), bounds)

    def _store(self, bounds: Bounds) -> str:
        """Where ints between ``bounds`` have a place."""
        if bounds.low > -LIMIT and bounds.high < LIMIT:
            return F64
        if bounds.low >= -(2**63) and bounds.high < 2**63:
            return I64
        raise BeyondInt64

    def _make(self, kind: str, operation: str, *of: Number, bounds: Bounds) -> Number:
        """An int or float; ints of both stores meet as int64."""
        store = F64 if kind == FLOAT else self._store(bounds)
        if kind == INT and any(self._is_i64(x) for x in of):
            store = I64
        places = [self._as(store, x) for x in of]
        return self._finite(Number(kind, self.program.put(store, operation, *places), bounds))

    def _finite(self, x: Number) -> Number:
        """``x``, and 0 for a float that isn't finite, on a side that isn't taken and counts 0 times."""
        if x.kind == INT or (x.bounds.low > -LIMIT and x.bounds.high < LIMIT):
            return x
        small = self.program.put(BOOL, "small", x.place)
        place = self.program.put(F64, "select", small, x.place, self.program.put(F64, "constant", 0.0))
        return x._replace(place=place, bounds=Bounds(max(x.bounds.low, -LIMIT), min(x.bounds.high, LIMIT)))

    def _divisor(self, x: Number) -> Number:
        """``x``, and 1 where it is 0, which no point that is valid divides by."""
        if not x.bounds.low <= 0 <= x.bounds.high:
            return x
        is_0 = self.compared("equal", x, self.constant(0))
        one = self.constant(1) if x.kind == INT else self.to_float(self.constant(1))
        return self.select(is_0, one, x)._replace(bounds=x.bounds)  # type: ignore[no-any-return]

    def _is_i64(self, x: Number) -> bool:
        return self.program.stores[x.place] == I64

    def _as(self, store: str, x: Number) -> int:
        if self.program.stores[x.place] == store:
            return x.place
        known = self.program.constant(x.place)
        if known is not None:
            return self.program.put(store, "constant", float(known) if store == F64 else int(known))
        return self.program.put(store, "to_int" if store == I64 else "to_float", x.place)

    def _condition(self, x: Any) -> int:
        if isinstance(x, bool):
            return self.program.put(BOOL, "constant", x)
        place: int = x
        return place

    def _output(self, x: Any) -> tuple[int, str]:
        if not isinstance(x, Number):
            x = self.to_float(x)
        return x.place, x.kind

    # -- operations

    def apply(self, name: str, of: list[Any], known: Bounds = ANY) -> Any:
        """``name`` of operands of any kinds. ``known``: bounds of the result, where guards say more of it."""
        if name in ("and", "not", "same"):
            return self._logic(name, of)
        if name == "select":
            return self.select(*of)
        for k, x in enumerate(of):
            if isinstance(x, Either):
                sides = [self.apply(name, [*of[:k], side, *of[k + 1 :]], known) for side in (x.a, x.b)]
                return self.select(x.place, *sides)
        if any(isinstance(x, Ratio) for x in of):
            return of_rationals(self, name, of)
        return self._of_numbers(name, of, known)

    def _logic(self, name: str, of: list[Any]) -> Any:
        if name == "not":
            return not of[0] if isinstance(of[0], bool) else self.program.put(BOOL, "not", of[0])
        a, b = of
        if isinstance(a, bool):
            a, b = b, a
        if isinstance(b, bool):
            if name == "and":
                return a if b else False
            return a if b else self._logic("not", [a])
        return a if a == b and name == "and" else self.program.put(BOOL, name, a, b)

    def select(self, condition: Any, a: Any, b: Any) -> Any:
        if isinstance(condition, bool):
            return a if condition else b
        if isinstance(a, bool) or isinstance(b, bool) or isinstance(a, int):  # sides of a comparison
            both = [self._logic("and", [condition, a]), self._logic("and", [self._logic("not", [condition]), b])]
            return self._logic("not", [self._logic("and", [self._logic("not", [x]) for x in both])])
        if a == b:
            return a
        if isinstance(a, Number) and isinstance(b, Number) and a.kind == b.kind:
            bounds = of_operation("select", CONDITION, a.bounds, b.bounds)
            store = F64 if a.kind == FLOAT or not (self._is_i64(a) or self._is_i64(b)) else I64
            place = self.program.put(store, "select", condition, self._as(store, a), self._as(store, b))
            return Number(a.kind, place, bounds)
        if isinstance(a, Ratio) and isinstance(b, Ratio):
            return Ratio(self.select(condition, a.p, b.p), self.select(condition, a.q, b.q))
        if {type(a), type(b)} == {Ratio, Number} and FLOAT not in (getattr(a, "kind", ""), getattr(b, "kind", "")):
            one = self.constant(1)
            return self.select(condition, *(x if isinstance(x, Ratio) else Ratio(x, one) for x in (a, b)))
        return Either(condition, a, b)

    def to_float(self, x: Any) -> Any:
        """``x`` as the float next to it."""
        if isinstance(x, Either):
            return self.select(x.place, self.to_float(x.a), self.to_float(x.b))
        if isinstance(x, Ratio):
            return self.quotient(x.p, x.q)
        return x if x.kind == FLOAT else Number(FLOAT, self._as(F64, x), x.bounds._replace(whole=False))

    def quotient(self, p: Number, q: Number) -> Number:
        """The float next to p / q, both below 2**53 or floats."""
        ratio = self._ratio(*map(self._below_limit, (p, q)))
        return Number(FLOAT, ratio, of_operation("div", p.bounds, q.bounds))

    def _ratio(self, p: int, q: int) -> int:
        """p / q; by a power of two it is quicker to multiply, and the same."""
        by = self.program.constant(q)
        if by is not None and by > 0 and math.frexp(by)[0] == 0.5:
            return self.program.put(F64, "mul", p, self.program.put(F64, "constant", 1 / by))
        return self.program.put(F64, "div", p, q)

    def _below_limit(self, x: Number) -> int:
        """The place of ``x`` as float64, which it must be exactly."""
        if x.kind == INT and self._is_i64(x) and not (x.bounds.low > -LIMIT and x.bounds.high < LIMIT):
            raise NotOnArrays("an int from 2**53 on is divided, rounded or compared with a decimal")
        return self._as(F64, x)

    def _of_numbers(self, name: str, of: list[Number], known: Bounds) -> Any:
        if name in ("div", "floor_div", "ceil_div", "mod", "make_divisible"):
            of = [of[0], self._divisor(of[1])]
        kinds = [x.kind for x in of]
        bounds = of_operation(name, *(x.bounds for x in of))
        bounds = Bounds(max(bounds.low, known.low), min(bounds.high, known.high), bounds.whole)
        kind = INT if all(k == INT for k in kinds) else FLOAT
        if name in ("less", "less_equal", "equal"):
            return self.compared(name, *of)
        if name == "small":
            return self.program.put(BOOL, "small", of[0].place)
        if name == "whole":
            return True if kind == INT else self.program.put(BOOL, "whole", of[0].place)
        if name in ("floor", "ceil", "round"):
            return of[0] if kind == INT else self._rounded(name, of[0].place, bounds)
        if name == "div" and kind == INT:
            return self.over(*of)
        if name in ("floor_div", "ceil_div"):
            return self.divided(name, of, bounds)
        if name == "make_divisible":
            return Number(INT, self._make_divisible(*of), bounds)
        if name == "pow":
            return self._power(of, kind, bounds)
        if name == "mod" and kind == INT:
            return Number(INT, self.program.put(F64, "mod", *map(self._below_limit, of)), bounds)
        if name == "div":
            return self._finite(self.quotient(*(self.to_float(x) for x in of)))
        if name == "sqrt":
            least = self.program.put(F64, "max", self._below_limit(of[0]), self.program.put(F64, "constant", 0.0))
            return Number(FLOAT, self.program.put(F64, "sqrt", least), bounds)
        if name in ("min", "max") and kinds[0] != kinds[1]:
            a, b = of
            other = self.compared("less", b, a) if name == "min" else self.compared("less", a, b)
            return self.select(other, b, a)
        if kind == FLOAT:
            of = [self.to_float(x) for x in of]
        return self._make(kind, name, *of, bounds=bounds)

    def within_limit(self, x: Number) -> bool:
        """Whether ``x`` is below 2**53 by its bounds."""
        return x.kind == INT and -LIMIT < x.bounds.low <= x.bounds.high < LIMIT

    def over(self, a: Number, b: Number) -> Ratio:
        """The rational a / b of ints."""
        if b.bounds.low <= 0:
            sign = self.select(self.compared("less", b, self.constant(0)), self.constant(-1), self.constant(1))
            a, b = (self._make(INT, "mul", x, sign, bounds=of_operation("mul", x.bounds, sign.bounds)) for x in (a, b))
            b = b._replace(bounds=b.bounds._replace(low=0))
        return Ratio(a, b)

    def divided(self, name: str, of: list[Number], bounds: Bounds) -> Number:
        """⌊a / b⌋ or ⌈a / b⌉: of ints below 2**53 the float64 next to a / b is on the right side of every int."""
        ratio = Number(FLOAT, self._ratio(*map(self._below_limit, of)), bounds)
        return self._rounded("floor" if name == "floor_div" else "ceil", self._finite(ratio).place, bounds)

    def _make_divisible(self, v: Number, d: Number) -> int:
        """As :func:`costcalc.arithmetic.make_divisible` has it, step by step."""
        put, x, by = self.program.put, self._below_limit(v), self._below_limit(d)
        known = self.program.constant(by)
        half = self._ratio(by, put(F64, "constant", 2.0)) if known is None else put(F64, "constant", known / 2)
        # Rounded down once: if a float is below k·d, the float next to its quotient by d is below k.
        multiple = put(F64, "mul", put(F64, "floor", self._ratio(put(F64, "add", x, half), by)), by)
        rounded = put(F64, "max", multiple, by)
        too_low = put(BOOL, "less", rounded, put(F64, "mul", put(F64, "constant", 0.9), x))
        return put(F64, "select", too_low, put(F64, "add", rounded, by), rounded)

    def _rounded(self, name: str, place: int, bounds: Bounds) -> Number:
        return Number(INT, self.program.put(F64, name, place), bounds)

    def compared(self, name: str, a: Number, b: Number) -> Any:
        store = I64 if a.kind == b.kind == INT and (self._is_i64(a) or self._is_i64(b)) else F64
        places = [self._as(store, x) if store == I64 else self._below_limit(x) for x in (a, b)]
        return self.program.put(BOOL, name, *places)

    def _power(self, of: list[Number], kind: str, bounds: Bounds) -> Number:
        a, b = of
        if kind == INT:
            n = self.program.constant(b.place)
            if n is None or n < 0:
                raise NotOnArrays("an int to a power that is an int and isn't known")
            result: Number = self.constant(1)
            for _ in range(int(n)):
                result = self._make(INT, "mul", result, a, bounds=of_operation("mul", result.bounds, a.bounds))
            return result
        return self._finite(Number(FLOAT, self.program.put(F64, "pow", *map(self._below_limit, of)), bounds))
