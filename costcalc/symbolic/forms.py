"""What a closed form is: expressions with their terms, per row and in total, and how far they are from the counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from ..conventions import DEFAULT, Convention
from ..errors import UsageError
from ..record import Record, fresh
from ..shown import Shown, figure
from .choosing import Variable
from .evaluating import evaluate, holds


class Term:
    """A product: an exact rational ``coefficient`` and factors to their powers, in the order of the symbols."""

    __slots__ = ("coefficient", "factors")

    def __init__(self, coefficient: Any, factors: list[tuple[Any, Any]]) -> None:
        self.coefficient = coefficient
        self.factors = factors


def terms(e: Any, symbols: list[Any]) -> list[Term]:
    """The terms of an expanded expression, of the highest degree first, constants last."""
    order = {s: k for k, s in enumerate(symbols)}

    def rank(factor: tuple[Any, Any]) -> Any:
        base, exponent = factor
        own = min((order[s] for s in (base.free_symbols | exponent.free_symbols) if s in order), default=len(order))
        return own, not base.is_Symbol, str(base)

    found = []
    for part in sympy.Add.make_args(e):
        coefficient, rest = part.as_coeff_Mul()
        factors = _gathered([f.as_base_exp() for f in sympy.Mul.make_args(rest) if f != 1])
        found.append(Term(coefficient, sorted(factors, key=rank)))

    def key(term: Term) -> Any:
        degree = sum(x for _, x in term.factors if x.is_number)
        powers = {b: x for b, x in term.factors if x.is_number}
        growth = {x: b for b, x in term.factors if b.is_Rational}
        return -degree, [(-powers.get(s, 0), -growth.get(s, 1)) for s in symbols], str(term.factors)

    return sorted((t for t in found if t.coefficient != 0), key=key)


def _gathered(factors: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """1.2^φ · 1.1^(2φ) as 1.452^φ: one number to the power of each symbol."""
    numbers: dict[Any, Any] = {}
    others = []
    for base, exponent in factors:
        times, symbol = exponent.as_coeff_Mul()
        if base.is_Rational and symbol.is_Symbol and times.is_Integer:
            numbers[symbol] = numbers.get(symbol, sympy.Integer(1)) * base**times
        else:
            others.append((base, exponent))
    return [*others, *((number, symbol) for symbol, number in numbers.items() if number != 1)]


class FormRow(Record):
    """The closed form of a row: a stage, block, op or layer, or the total. ``work`` is what its convention counts."""

    name: str
    params: Any
    work: Any

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}: params = {figure(self.params)}, work = {figure(self.work)}>"


class Part(FormRow):
    """The totals on an interval of a symbol, where max and min take one side; an end that isn't there is None."""

    symbol: Any
    low: Any
    high: Any


class Largest(Record):
    """The largest relative error, as a share of the exact count, and where that is."""

    error: Any
    point: dict[str, Any]


class Accuracy(Record):
    """How far a form is from the exact counts over ``points`` declared points."""

    points: int
    params: Largest
    work: Largest


class ClosedForm(Shown, Record):
    """Params and work of a network (batch 1, one forward pass) as expressions in the symbols of ``variables``.

    Both are what ``convention`` counts, by default trainable weights and mult-adds. ``point`` are the parameters that
    stay numbers. ``exact``: floor, ceiling and the rounding of channels are kept; else they are dropped (``dropped``
    names which; ``sizes`` are floor and ceiling of sizes), and ``accuracy`` tells what that costs. ``settled``:
    variables between whose bounds one side of a max or min is always the larger, so that the form has that alone.
    ``assumptions`` are conditions on the symbols that the form takes for granted. ``left`` are parameters that could
    not be symbols, with the reason.
    """

    spec: str
    title: str
    variables: list[Variable]
    point: dict[str, Any]
    exact: bool
    convention: Convention
    total: FormRow
    by: str = ""
    rows: list[FormRow] = fresh(default_factory=list)
    parts: list[Part] = fresh(default_factory=list)
    dropped: list[str] = fresh(default_factory=list)
    settled: list[Variable] = fresh(default_factory=list)
    assumptions: list[Any] = fresh(default_factory=list)
    accuracy: Accuracy | None = None
    left: dict[str, str] = fresh(default_factory=dict)

    def __repr__(self) -> str:
        letters = ", ".join(v.name for v in self.variables)
        what = f"{self.spec} in {letters}" if letters else self.spec
        return f"<ClosedForm {what}: params = {figure(self.params)}, {self.key} = {figure(self.work)}>"

    @property
    def symbols(self) -> list[Any]:
        """The symbols, in the order of the spec's parameters."""
        return [v.symbol for v in self.variables]

    @property
    def params(self) -> Any:
        """Params in total, an expanded SymPy expression."""
        return self.total.params

    @property
    def work(self) -> Any:
        """What the convention counts in total, an expanded SymPy expression."""
        return self.total.work

    @property
    def mult_adds(self) -> Any:
        """Mult-adds in total. Raises :class:`UsageError` if the form counts by another convention."""
        if self.convention.name != DEFAULT:
            raise UsageError(f"this form counts {self.unit} ({self.convention.name}): form.work, not form.mult_adds")
        return self.work

    @property
    def unit(self) -> str:
        """What one of ``work`` is: mult-adds, FLOPs."""
        return self.convention.unit

    @property
    def key(self) -> str:
        """What programs call the work: ``mult_adds``, or ``counted`` by another convention, as in ``show``."""
        return "mult_adds" if self.convention.name == DEFAULT else "counted"

    def at(self, /, **values: Any) -> tuple[Any, Any]:
        """(params, work) at numbers for the variables' parameters, by the form; not given: those of the point.

        Exact rationals; of the exact form the integers of the engine. Where ρ is a symbol, ``rho`` or ``res`` may be
        given. Raises ``ValueError`` where the form has no value, and where an exact form takes for granted what isn't
        so: it would be another count.
        """
        numbers = self.numbers(values)
        for condition in self.assumptions if self.exact else ():
            if not holds(condition, numbers):
                raise ValueError(f"the form takes for granted that {condition}, which isn't so here: count it instead")
        params, work = (evaluate(e, numbers, float64=self.exact) for e in (self.params, self.work))
        return params, work

    def numbers(self, values: Mapping[str, Any]) -> dict[Any, Any]:
        """The number of each symbol."""
        found = {}
        for v in self.variables:
            if v.base is not None and v.name in values:
                found[v.symbol] = v.number(values[v.name])
            else:
                found[v.symbol] = values.get(v.parameter, v.value)
        return found
