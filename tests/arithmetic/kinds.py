"""A function of numbers on the three kinds of number: plain ones, arrays, symbols that are then given numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from hypothesis import Phase, settings

ONCE: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "phases": (Phase.explicit, Phase.generate),  # no shrinking: what fails is small, and mutants fail often
}
QUICK = settings(max_examples=25, **ONCE)

Row = tuple[Any, ...]


def plain(function: Callable[..., Any], rows: Sequence[Row]) -> list[Any]:
    return [function(*row) for row in rows]


def as_array(column: Sequence[Any]) -> Any:
    return np.array(column, dtype=np.int64 if all(isinstance(x, int) for x in column) else np.float64)


def on_arrays(function: Callable[..., Any], rows: Sequence[Row]) -> Any:
    """One call for all rows; the result as an array of as many elements."""
    return np.broadcast_to(function(*map(as_array, zip(*rows, strict=True))), (len(rows),))


def exact(x: Any) -> Any:
    """The SymPy number of exactly this value."""
    return x if isinstance(x, sympy.Basic) else sympy.Rational(Fraction(x))


def on_symbols(function: Callable[..., Any], rows: Sequence[Row]) -> list[Any]:
    """An expression for each row in symbols that know only whether they are whole; then given the row's numbers."""
    results = []
    for row in rows:
        symbols = [
            sympy.Symbol(f"x{k}", integer=True) if isinstance(x, int) else sympy.Symbol(f"x{k}", real=True)
            for k, x in enumerate(row)
        ]
        expression = function(*symbols)
        if isinstance(expression, sympy.Basic):
            expression = expression.xreplace({s: exact(x) for s, x in zip(symbols, row, strict=True)})
        results.append(expression)
    return results


def same(a: Any, b: Any) -> bool:
    """Equal as numbers or as truth values."""
    if isinstance(a, bool | sympy.logic.boolalg.BooleanAtom) or isinstance(b, bool):
        return bool(a) is bool(b)
    return bool(exact(a) == exact(b))


def assert_plain_equals_arrays(function: Callable[..., Any], rows: Sequence[Row]) -> None:
    """Bit for bit, and whole numbers stay whole."""
    one_by_one, array = plain(function, rows), on_arrays(function, rows)
    assert array.tolist() == one_by_one
    if all(type(x) is int for x in one_by_one) and all(isinstance(x, int) for row in rows for x in row):
        assert array.dtype.kind == "i"


def assert_plain_equals_symbols(function: Callable[..., Any], rows: Sequence[Row]) -> None:
    for row, number, expression in zip(rows, plain(function, rows), on_symbols(function, rows), strict=True):
        assert same(number, expression), (row, number, expression)
