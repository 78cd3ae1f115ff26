"""What all kinds of number have in common: their bounds, how they are told apart, what is none."""

from __future__ import annotations

from ..errors import ArithmeticProblem, quoted

LIMIT = 2**53
MAX_EXPONENT = 64
MAX_BITS = 100
"""Numbers of more aren't written out in messages."""


def is_array(x: object) -> bool:
    """Whether ``x`` stands for many numbers: a NumPy array (or a NumPy scalar), or what is recorded."""
    return hasattr(x, "dtype")


def is_recorded(x: object) -> bool:
    """Whether ``x`` stands for what a free parameter, or an operation on one, will be."""
    return hasattr(x, "recorder")


def is_symbolic(x: object) -> bool:
    """Whether ``x`` is a SymPy expression or condition."""
    return hasattr(x, "free_symbols")


def not_a_number(x: object) -> ArithmeticProblem:
    """The error for a value that isn't a number."""
    if isinstance(x, bool):
        return ArithmeticProblem(f"{'yes' if x else 'no'} is not a number")
    if isinstance(x, str):
        return ArithmeticProblem(f"the word {quoted(x)} is not a number")
    if isinstance(x, list):
        return ArithmeticProblem("a list is not a number")
    if isinstance(x, tuple):
        return ArithmeticProblem("several tensors are not a number")
    if hasattr(x, "axes"):
        return ArithmeticProblem(f"{x} is no single number; height and width of the input's size are its .h and .w")
    return ArithmeticProblem(f"{type(x).__name__.lower()} is not a number")


def too_large(x: object) -> ArithmeticProblem:
    """The error for a number that isn't below :data:`LIMIT`."""
    digits = getattr(x, "numerator", 0)
    shown = str(x) if digits.bit_length() <= MAX_BITS else "a number of more than 30 digits"
    return ArithmeticProblem(f"{shown} is not a finite number below 2**53")


def wrong_divisor() -> ArithmeticProblem:
    """The error for a second argument that ``make_divisible`` can't take."""
    return ArithmeticProblem("the divisor of make_divisible must be a whole number above 0")


def division_by_zero() -> ArithmeticProblem:
    """The error for a quotient that there isn't."""
    return ArithmeticProblem("division by zero")
