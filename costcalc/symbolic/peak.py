"""The peak of activations as a formula: the largest of sums of products, and where another becomes the largest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

import sympy

from .. import arithmetic as ar
from ..conventions import DEFAULT, load_convention
from ..errors import CostcalcError, UsageError
from ..memory.asked import MemoryAsked
from ..memory.usage import live_bytes
from ..memory.weights import flash
from ..network import Network
from ..record import Record, fresh
from .building import evaluated
from .choosing import RES, Variable, as_given, choose, declared_points
from .evaluating import evaluate
from .smoothing import Smoother

MOST_LAYERS = 2_000
_STEPS = 80
"""Values of a variable at which a plan is looked at."""


class PeakTerm(Record):
    """The bytes that are alive at ``layers``, an expanded SymPy expression: the peak at some values."""

    layers: list[str]
    bytes: Any


class Move(Record):
    """Where the peak moves along a variable, the others at the form's point: below ``at``, and from there on."""

    variable: Variable
    at: Any
    below: PeakTerm
    above: PeakTerm


class Fragmented(Record):
    """Values of a variable at which a plan needs more than what is alive, and how many times as much at most.

    ``low`` and ``high`` are the first and the last of neighbouring values that were tried.
    """

    variable: Variable
    low: Any
    high: Any
    most: Any


class PeakForm(Record):
    """The bytes of a network's activations at the peak, as the largest of ``terms``, and of its ``weights``.

    Terms that are the largest at no declared value, nor between those, aren't there; ``left`` are parameters that could
    not be symbols, with the reason. Without rounding of channels and sizes; ``error`` is the largest relative error of
    the peak over ``points`` declared points, against what is alive. ``fragmented``: of a plan, where it needs more
    (None for another definition).
    """

    spec: str
    title: str
    variables: list[Variable]
    point: dict[str, Any]
    memory: MemoryAsked
    terms: list[PeakTerm]
    weights: Any
    moves: list[Move] = fresh(default_factory=list)
    points: int = 0
    error: Any = 0
    error_at: dict[str, Any] = fresh(default_factory=dict)
    fragmented: list[Fragmented] | None = None
    tried: dict[str, int] = fresh(default_factory=dict)
    left: dict[str, str] = fresh(default_factory=dict)

    @property
    def symbols(self) -> list[Any]:
        """The symbols, in the order of the spec's parameters."""
        return [v.symbol for v in self.variables]

    def term_at(self, /, **values: Any) -> PeakTerm:
        """The term that is the peak at numbers for the variables' parameters; not given: those of the point."""
        numbers = {}
        for v in self.variables:
            given = values.get(v.parameter, v.value)
            numbers[v.symbol] = v.number(values[v.name]) if v.base is not None and v.name in values else given
        return max(self.terms, key=lambda term: evaluate(term.bytes, numbers))

    def at(self, /, **values: Any) -> Any:
        """The bytes at the peak there, an exact rational."""
        numbers = {v.symbol: values.get(v.parameter, v.value) for v in self.variables}
        numbers |= {
            v.symbol: v.number(values[v.name]) for v in self.variables if v.base is not None and v.name in values
        }
        return max(evaluate(term.bytes, numbers) for term in self.terms)


def peak_form(
    network: Network,
    memory: MemoryAsked,
    wrt: Iterable[str] | None = None,
    at: Mapping[str, Any] | None = None,
    /,
    **parameters: Any,
) -> PeakForm:
    """The peak of ``network`` by a definition of memory as a formula; arguments are those of :func:`closed_form`.

    Of a plan, the formula is of what is alive, which it can't be below. Raises :class:`UsageError` for a definition by
    which a step needs the other ones' tensors, a parameter that can't be a symbol, and a repeat with its number a
    symbol whose layers grow.
    """
    memory.check()
    given = {**(at or {}), **parameters}
    network.program.point(given, network.variant)
    variables = choose(network, wrt, given, exact=False)
    default = load_convention(DEFAULT)
    evaluation, variables, left = evaluated(network, variables, given, default, exact=False, asked=wrt is not None)
    graph = evaluation.cost.graph
    if len(graph.layers) > MOST_LAYERS:
        raise UsageError(f"{len(graph.layers):,} layers are too many for a formula of the peak")
    for layer in graph.layers:
        if layer.over is not None:
            raise UsageError(f"{layer.name}: how often it repeats is a symbol, and its size grows: give it a number")
    points = declared_points(network, variables)  # which sets the variables' bounds
    smoother = Smoother({v.symbol: (v.low, v.high) for v in variables})

    def form(e: Any) -> Any:
        return sympy.expand(evaluation.back(smoother.smooth(sympy.sympify(e))))

    definition = memory.definition
    alive = definition.with_plan("live") if definition.plan == "largest_first" else definition
    layers: dict[Any, list[str]] = {}
    for layer, bytes_ in zip(graph.layers, live_bytes(graph, alive, memory.bits, memory.batch), strict=True):
        layers.setdefault(form(bytes_), []).append(layer.name)
    weights = ar.total(one.total for one in flash(graph, bits=memory.weight_bits or memory.bits))
    found = PeakForm(
        network.name, network.program.spec.title, variables, evaluation.point, memory,
        _winning(layers, smoother, variables), form(weights), left=left,
    )  # fmt: skip
    found.moves = [move for v in variables for move in _moves(found, v)]
    _measure(network, found, points, evaluation.fixed, MemoryAsked(alive, memory.bits, None, memory.batch))
    if definition.plan == "largest_first":
        found.fragmented = [gap for v in variables for gap in _fragmented(network, found, v, evaluation.fixed, alive)]
    return found


def _winning(layers: Mapping[Any, list[str]], smoother: Smoother, variables: Sequence[Variable]) -> list[PeakTerm]:
    """The terms that none beats all over the bounds, and that are the largest somewhere on a grid of them."""
    kept = smoother.largest(list(layers))
    grid: list[dict[Any, Any]] = [{}]
    for v in variables:
        grid = [{**at, v.symbol: value} for at in grid for value in _along(v, 17 if len(variables) < 3 else 3)]
    won = {max(kept, key=lambda e: evaluate(e, at)) for at in grid} if len(kept) > 1 else set(kept)
    return [PeakTerm(layers[e], e) for e in layers if e in won]


def _along(v: Variable, count: int) -> list[Any]:
    """So many values of a symbol between its bounds, both included; of whole numbers those that there are."""
    low, high = Fraction(str(v.low)), Fraction(str(v.high))
    values = [low + (high - low) * k / (count - 1) for k in range(count)] if high > low else [low]
    if not v.symbol.is_integer:
        return values
    return list(dict.fromkeys(round(value) for value in values))


# -- where the peak moves


def _moves(form: PeakForm, v: Variable) -> list[Move]:
    """The places along ``v`` where one term passes another, in their order."""
    others = {w.symbol: sympy.Rational(str(w.value)) for w in form.variables if w is not v}
    of_one = [sympy.expand(term.bytes.subs(others)) for term in form.terms]
    low, high = sympy.Rational(str(v.low)), sympy.Rational(str(v.high))
    places = {low, high}
    for k, a in enumerate(of_one):
        for b in of_one[:k]:
            places |= {root for root in _roots(a - b, v.symbol) if low < root < high}
    ends = sorted(places)
    winners = []
    for left, right in pairwise(ends):
        middle = {v.symbol: Fraction(str(sympy.Rational(sympy.nsimplify((left + right) / 2, rational=True))))}
        winners.append(max(range(len(of_one)), key=lambda n: evaluate(of_one[n], middle)))
    return [
        Move(v, place, form.terms[a], form.terms[b])
        for place, (a, b) in zip(ends[1:], pairwise(winners), strict=False)
        if a != b
    ]


def _roots(e: Any, symbol: Any) -> list[Any]:
    """The rationals at which a polynomial in ``symbol`` is 0, or near those that are none."""
    plain = sympy.Symbol("x")
    try:
        poly = sympy.Poly(e.subs(symbol, plain), plain)
    except sympy.PolynomialError:
        return []
    return (
        [sympy.nsimplify(root.evalf(15), rational=True) for root in sympy.real_roots(poly)] if poly.degree() > 0 else []
    )


# -- at points


def _measure(
    network: Network, form: PeakForm, points: Iterable[dict[str, Any]], fixed: Mapping[str, Any], memory: MemoryAsked
) -> None:
    """The largest relative error over the declared points."""
    for point in points:
        try:
            exact = _peak(network, {**fixed, **point}, memory)
            told = form.at(**point)
        except (CostcalcError, ValueError):
            continue
        form.points += 1
        error = abs(told - exact) / Fraction(exact)
        if error > form.error:
            form.error, form.error_at = error, point


def _peak(network: Network, values: Mapping[str, Any], memory: MemoryAsked) -> int:
    cost = network.cost(as_given(network, values))
    found: int = memory.figures(cost.graph, cost.expanded)["peak_memory"]
    return found


def _fragmented(
    network: Network, form: PeakForm, v: Variable, fixed: Mapping[str, Any], alive: Any
) -> list[Fragmented]:
    """The stretches of values of ``v`` at which the plan needs more than is alive; the others at the point."""
    memory = form.memory
    live = MemoryAsked(alive, memory.bits, memory.weight_bits, memory.batch)
    base = {w.name: w.value if w.base is None else w.value * w.base for w in form.variables if w is not v}
    told: list[tuple[Any, Fraction]] = []
    for value in _tried(v):
        point = {**fixed, **base, v.name: value}
        try:
            ratio = Fraction(_peak(network, point, memory), _peak(network, point, live))
        except CostcalcError:
            continue
        told.append((value, ratio))
    form.tried[v.name] = len(told)
    found = []
    for more, group in groupby(told, key=lambda item: item[1] > 1):
        members = list(group)
        if more:
            found.append(Fragmented(v, members[0][0], members[-1][0], max(ratio for _, ratio in members)))
    return found


def _tried(v: Variable) -> list[Any]:
    """The values of the parameter that are tried: hundredths, pixels by 8, whole numbers; fewer of a long range."""
    if v.name == RES or v.side is not None or v.symbol.is_integer:
        low, high = (int(Fraction(str(end)) * (v.base or 1)) for end in (v.low, v.high))
        step = 8 if v.name == RES or v.side is not None else 1
        first = -(-low // step) * step
    else:
        low, high = (int(Fraction(str(end)) * 100) for end in (v.low, v.high))
        step, first = 1, low
    while (high - first) // step > _STEPS:
        step *= 2
    values = range(first, high + 1, step)
    return list(values) if v.name == RES or v.side is not None or v.symbol.is_integer else [n / 100 for n in values]
