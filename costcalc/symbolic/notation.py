"""Closed forms as text: for people (α²ρ²), for LaTeX and for Python. One class per notation, the walk is common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import sympy
from sympy.printing.pretty.pretty_symbology import greek_unicode

from ..arithmetic.roundings import Ceil, Floor, MakeDivisible, Round
from .forms import terms

_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_NBSP = "\N{NO-BREAK SPACE}"
_SPELLED = {letter: name for name, letter in greek_unicode.items() if len(letter) == 1}
"""Letters beyond ASCII that sympy knows by a name."""


class Notation(ABC):
    """Writes expanded expressions. ``names``: what each symbol is called; ``order``: the symbols in their order."""

    def __init__(self, order: Sequence[Any], names: Mapping[Any, str] | None = None) -> None:
        self.order = list(order)
        self.names = dict(names or {})

    # -- what every notation says in its own way

    @abstractmethod
    def integer(self, n: int) -> str: ...

    @abstractmethod
    def symbol(self, s: Any) -> str: ...

    @abstractmethod
    def function(self, e: Any, args: list[str]) -> str: ...

    @abstractmethod
    def power(self, base: str, exponent: Any) -> str: ...

    @abstractmethod
    def product(self, coefficient: int, factors: list[str]) -> str: ...

    @abstractmethod
    def fraction(self, above: str, below: str, single: bool) -> str: ...

    relations: ClassVar[Mapping[str, str]] = {}
    glue = " "

    def fenced(self, text: str) -> str:
        """``text`` in parentheses."""
        return f"({text})"

    def decimal(self, text: str) -> str:
        """A number with a decimal point."""
        return text

    # -- the walk

    def text(self, e: Any) -> str:
        """The expression on one line."""
        parts = self.parts(e)
        return " ".join(parts)

    def parts(self, e: Any) -> list[str]:
        """Its terms, each with its sign: ``["3 α²", "+ α", "- 2"]``."""
        found = []
        for k, term in enumerate(terms(e, self.order)):
            sign = "-" if term.coefficient < 0 else "+"
            body = self._term(abs(term.coefficient), term.factors)
            found.append(f"{sign}{self.glue}{body}" if k else (f"-{body}" if sign == "-" else body))
        return found or [self.integer(0)]

    def condition(self, e: Any) -> str:
        """An inequality or equation."""
        if getattr(e, "is_Relational", False) and e.lhs.is_number and not e.rhs.is_number:
            e = e.reversed
        relation = self.relations.get(getattr(e, "rel_op", ""))
        return f"{self.text(e.lhs)} {relation} {self.text(e.rhs)}" if relation else str(e)

    def _term(self, coefficient: Any, factors: list[tuple[Any, Any]]) -> str:
        above = [self._factor(b, x) for b, x in factors if not _is_negative(x)]
        below = [self._factor(b, -x) for b, x in factors if _is_negative(x)]
        numerator = self.product(int(coefficient.p), above)
        if coefficient.q == 1 and not below:
            return numerator
        return self.fraction(numerator, self.product(int(coefficient.q), below), len(below) + (coefficient.q != 1) == 1)

    def _factor(self, base: Any, exponent: Any) -> str:
        if base.is_Rational:
            decimal = _decimal(base)
            return self.power(self.decimal(decimal) if decimal else self.fenced(self.text(base)), exponent)
        if base.is_Add or (exponent != 1 and not (base.is_Symbol or base.is_Function)):
            return self.power(self.fenced(self.text(base)), exponent)
        return self.power(self.atom(base), exponent)

    def atom(self, e: Any) -> str:
        """A symbol, a number or a function."""
        if e.is_Symbol:
            return self.symbol(e)
        if e.is_Integer:
            return self.integer(int(e))
        if e.is_Add or e.is_Mul or e.is_Pow or e.is_Rational:
            return self.text(e)
        if e.is_Piecewise:
            return self.function(e, [x for value, c in e.args for x in (self.text(value), self._when(c))])
        return self.function(e, [self.text(a) for a in e.args])

    def _when(self, c: Any) -> str:
        return "" if c == True else self.condition(c)  # noqa: E712


def _decimal(number: Any) -> str:
    """A number as the decimal that it is, or nothing if it has no end."""
    below = int(number.q)
    twos = fives = 0
    while below % 2 == 0:
        below, twos = below // 2, twos + 1
    while below % 5 == 0:
        below, fives = below // 5, fives + 1
    if below != 1 or number < 0:
        return ""
    digits = max(twos, fives)
    whole, part = divmod(int(number * 10**digits), 10**digits)
    return f"{whole}.{part:0{digits}}" if digits else str(whole)


def _is_negative(exponent: Any) -> bool:
    return bool(exponent.could_extract_minus_sign())


class Unicode(Notation):
    """As papers print it: 267,939,840 α²ρ². Where no line break belongs, spaces are no-break ones."""

    relations: ClassVar[Mapping[str, str]] = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "==": "=", "!=": "≠"}

    glue = _NBSP

    def integer(self, n: int) -> str:
        return f"{n:,}"

    def symbol(self, s: Any) -> str:
        name = self.names.get(s, s.name)
        return str(greek_unicode.get(name, name))

    def function(self, e: Any, args: list[str]) -> str:
        args = [arg.replace(" ", _NBSP) for arg in args]
        if e.func is Ceil:
            return f"⌈{args[0]}⌉"
        if e.func is Floor:
            return f"⌊{args[0]}⌋"
        if e.func is MakeDivisible:
            below = args[1].translate(_LOWERED) if args[1].isdecimal() else f"_{args[1]}"
            return f"[{args[0]}]{below}"
        if e.is_Piecewise:
            return _cases(args)
        return f"{_function_name(e)}({f',{_NBSP}'.join(args)})"

    def power(self, base: str, exponent: Any) -> str:
        if exponent == 1:
            return base
        if exponent.is_Integer:
            return base + str(exponent).translate(_RAISED)
        inner = self.text(exponent)
        return f"{base}^{inner if exponent.is_Symbol else f'({inner})'}"

    def product(self, coefficient: int, factors: list[str]) -> str:
        dense = all(f[0] in greek_unicode.values() and "^" not in f for f in factors)
        symbols = ("" if dense else "·").join(factors)
        if not symbols:
            return self.integer(coefficient)
        gap = "·" if symbols[0].isdecimal() else _NBSP
        return symbols if coefficient == 1 else f"{self.integer(coefficient)}{gap}{symbols}"

    def fraction(self, above: str, below: str, single: bool) -> str:
        return f"{above}/{below}" if single else f"{above}/({below})"


class Latex(Notation):
    """Math mode, as mathtext and pdflatex read it."""

    relations: ClassVar[Mapping[str, str]] = {
        ">=": r"\geq",
        "<=": r"\leq",
        ">": ">",
        "<": "<",
        "==": "=",
        "!=": r"\neq",
    }

    def integer(self, n: int) -> str:
        return f"{n:,}".replace(",", "{,}")

    def symbol(self, s: Any) -> str:
        name = "".join(_SPELLED.get(c, c) for c in self.names.get(s, s.name).replace("__", "_"))
        written = str(sympy.latex(sympy.Symbol(name)))
        return "".join(c if c.isascii() else rf"\mathrm{{U{{+}}{ord(c):04X}}}" for c in written)

    def function(self, e: Any, args: list[str]) -> str:
        if e.func is Ceil:
            return rf"\lceil {args[0]} \rceil"
        if e.func is Floor:
            return rf"\lfloor {args[0]} \rfloor"
        if e.func is MakeDivisible:
            return f"[{args[0]}]_{{{args[1]}}}"
        if e.is_Piecewise:
            return _cases(args).replace(" if ", r"\ \mathrm{if}\ ").replace(" else ", r"\ \mathrm{else}\ ")
        name = _function_name(e)
        return rf"\{name}({', '.join(args)})" if name in ("max", "min") else rf"\mathrm{{{name}}}({', '.join(args)})"

    def power(self, base: str, exponent: Any) -> str:
        return base if exponent == 1 else f"{base}^{{{self.text(exponent)}}}"

    def product(self, coefficient: int, factors: list[str]) -> str:
        symbols = r" \, ".join(factors)
        if not symbols:
            return self.integer(coefficient)
        gap = r"\cdot" if symbols[0].isdecimal() else r"\,"
        return symbols if coefficient == 1 else f"{self.integer(coefficient)} {gap} {symbols}"

    def fraction(self, above: str, below: str, single: bool) -> str:
        return rf"\frac{{{above}}}{{{below}}}"


class Python(Notation):
    """An expression that Python computes; ``ceil`` and ``floor`` are those of ``math``."""

    relations: ClassVar[Mapping[str, str]] = {">=": ">=", "<=": "<=", ">": ">", "<": "<", "==": "==", "!=": "!="}

    def integer(self, n: int) -> str:
        return str(n)

    def symbol(self, s: Any) -> str:
        return str(self.names.get(s, s.name))

    def function(self, e: Any, args: list[str]) -> str:
        if isinstance(e, Round) and e.args[0].is_Add:
            return f"rounded({args[0]})"  # which knows that a sum may be in another order
        return _cases(args) if e.is_Piecewise else f"{_function_name(e)}({', '.join(args)})"

    def power(self, base: str, exponent: Any) -> str:
        if exponent == 1:
            return base
        inner = self.text(exponent)
        return f"{base}**{inner if exponent.is_Symbol or exponent.is_Integer else f'({inner})'}"

    def product(self, coefficient: int, factors: list[str]) -> str:
        if not factors:
            return self.integer(coefficient)
        return "*".join(factors if coefficient == 1 else [self.integer(coefficient), *factors])

    def fraction(self, above: str, below: str, single: bool) -> str:
        return f"{above}/{below}" if single and "*" not in below.replace("**", "") else f"{above}/({below})"


_NAMES = {Ceil: "ceil", Floor: "floor", Round: "round", MakeDivisible: "make_divisible"}


def _function_name(e: Any) -> str:
    return _NAMES.get(e.func) or str(e.func.__name__).lower()


def _cases(args: list[str]) -> str:
    """``(a if c else b)``: value, condition, value, condition, …; the last has none."""
    text = args[-2] if not args[-1] else f"{args[-2]} if {args[-1]} else nan"
    for value, condition in zip(args[-4::-2], args[-3::-2], strict=True):
        text = f"{value} if {condition} else {text}"
    return f"({text})"
