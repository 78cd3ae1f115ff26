"""A network evaluated on symbols, and its closed form made of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import sympy

from ..budget import Budget
from ..conventions import DEFAULT, Convention, load_convention
from ..cost import Cost
from ..errors import CostcalcError, UsageError
from ..language.values import axes_of
from ..network import Network
from ..rows import By
from .choosing import RES, RHO, Variable, as_given, choose, declared_points
from .forms import Accuracy, ClosedForm, FormRow, Largest, Part
from .smoothing import SIZES, Smoother, count_terms, pieces

_MOST_TERMS = 20_000
_MOST_SHOWN = 1_000


def closed_form(
    network: Network,
    wrt: Iterable[str] | None = None,
    at: Mapping[str, Any] | None = None,
    /,
    *,
    by: By | None = None,
    exact: bool = False,
    measured: bool = True,
    convention: str | Convention = DEFAULT,
    **parameters: Any,
) -> ClosedForm:
    """Params and mult-adds of ``network``, or what another ``convention`` counts, as formulas in parameters.

    ``wrt``: names of parameters, ``rho`` for res over its default; None for those that the spec gives a symbol, alpha
    and rho. The others keep their values: those given by name or in ``at``, or their defaults. ``by``: also the form of
    each row, as in :meth:`Cost.by`. ``exact`` keeps floor, ceiling and the rounding of channels. ``measured``: compare
    the smooth form with the counts at the declared values (:class:`Accuracy`).
    Raises :class:`UsageError` for a parameter that can't be a symbol or a value out of its range, :class:`SpecError`
    where the network can't be evaluated on these symbols.
    """
    parameters = {**(at or {}), **parameters}
    network.program.point(parameters, network.variant)  # values that a symbol will stand for are checked too
    variables = choose(network, wrt, parameters, exact=exact)
    chosen = convention if isinstance(convention, Convention) else load_convention(convention)
    evaluation, variables, left = evaluated(network, variables, parameters, chosen, exact=exact, asked=wrt is not None)
    points = declared_points(network, variables)
    cost = evaluation.cost
    smoother = Smoother({v.symbol: (v.low, v.high) for v in variables})

    def form(e: Any) -> Any:
        e = sympy.sympify(e)
        return _expanded(e if exact else evaluation.back(smoother.smooth(e)), evaluation, exact=exact)

    def row(name: str, params: Any, work: Any) -> FormRow:
        return FormRow(name, form(params), form(work * evaluation.scale))

    fixed = evaluation.fixed
    result = ClosedForm(
        network.name,
        network.program.spec.title,
        variables,
        evaluation.point,
        exact,
        cost.convention,
        row("total", cost.params, cost.counted),
        by or "",
        [row(r.name, r.params, r.counted) for r in cost.by(by)] if by else [],
        left=left,
    )
    if not exact and any(v.name == RES or v.side is not None for v in variables):
        smoother.dropped.add(SIZES)
    result.dropped = sorted(smoother.dropped)
    result.settled = [v for v in variables if v.symbol in smoother.settled]
    result.assumptions = [evaluation.back(a) for a in _assumptions(cost, None if exact else smoother, evaluation)]
    if not exact:
        result.parts = _parts(result, smoother)
        if measured and variables:
            result.accuracy = _accuracy(network, result, fixed, points, chosen)
    return result


def evaluated(
    network: Network,
    variables: list[Variable],
    given: Mapping[str, Any],
    convention: Convention,
    *,
    exact: bool,
    asked: bool,
) -> tuple[Evaluation, list[Variable], dict[str, str]]:
    """A network on symbols, and the variables left: unless they were ``asked`` for those go that can't be symbols.

    The third are these, with the reason. Raises what the evaluation raises.
    """
    try:
        return Evaluation(network, variables, given, convention, exact=exact), variables, {}
    except CostcalcError:
        if asked:
            raise
        left = _impossible(network, variables, given, convention, exact=exact)
        variables = [v for v in variables if v.parameter not in left]
        return Evaluation(network, variables, given, convention, exact=exact), variables, left


class Evaluation:
    """A network on symbols.

    Sizes are multiples of the largest power of two in the default resolution, so that halving them leaves no ceiling
    in the smooth form; the exact one has the resolution itself. ``scale`` is what the convention's work is to be taken
    times, and ``point`` the parameters that stay numbers.
    """

    def __init__(
        self,
        network: Network,
        variables: list[Variable],
        given: Mapping[str, Any],
        convention: Convention,
        *,
        exact: bool,
    ) -> None:
        self._back: dict[Any, Any] = {}
        values: dict[str, Any] = {}
        around: dict[Any, Any] = {}
        for v in variables:
            inner: Any = v.symbol
            value = v.value
            if v.name == RES or v.side is not None:
                base = v.base or axes_of(network.parameters[v.name.partition(".")[0]])[-(v.side or 0)]
                value = value if v.base is None else value * base
                unit = 1 if exact else int(base) & -int(base) or 1
                step = sympy.Dummy(v.name, integer=True, nonnegative=True)  # else it is 1 or more
                inner = unit * step
                self._back[step] = (v.symbol if v.base is None else v.symbol * base) / unit
                around[step] = Fraction(value) / unit
            else:
                around[inner] = value
            values[v.name] = inner
        taken = {v.parameter for v in variables} | {v.name for v in variables}
        own_rho = RHO in network.parameter_codes
        self.fixed = {
            name: value
            for name, value in given.items()
            if name not in taken and not (name == RHO and RES in taken and not own_rho)
        }
        at, self.scale = network.scaled(as_given(network, {**self.fixed, **values}), convention)
        self.cost: Cost = network.cost(at, around=around, convention=convention)
        self.point = {name: value for name, value in self.cost.parameters.items() if _is_point(value)}
        if self.scale != 1:  # the graph is that of another resolution
            self.point = {name: value for name, value in self.point.items() if name not in taken}

    def back(self, e: Any) -> Any:
        """``e`` in the variables' own symbols."""
        return e.subs(self._back) if self._back else e


def _is_point(value: Any) -> bool:
    return not any(getattr(n, "free_symbols", None) for n in axes_of(value))


def _impossible(
    network: Network, variables: list[Variable], given: Mapping[str, Any], convention: Convention, *, exact: bool
) -> dict[str, str]:
    """The parameters that nobody asked for by name and that can't be symbols here, with the reason."""
    left: dict[str, str] = {}
    possible: list[Variable] = []
    for v in variables:  # each beside those before it, for one may rule out another
        try:
            Evaluation(network, [*possible, v], given, convention, exact=exact)
            possible.append(v)
        except CostcalcError as e:
            left[v.parameter] = e.message
    return left


def _expanded(e: Any, evaluation: Evaluation, *, exact: bool) -> Any:
    """A sum of products. Polynomials in what can't be expanded (a ceiling, a max) are SymPy's fastest way to it."""
    if exact:
        e = evaluation.back(e)
    if not e.free_symbols:
        return e
    if count_terms(e) > _MOST_TERMS:
        raise _too_many(f"more than {_MOST_TERMS:,} terms before it is expanded")
    try:
        found = sympy.Poly(e).as_expr()
    except sympy.PolynomialError:
        found = sympy.expand(e)
    terms = len(sympy.Add.make_args(found))
    if terms > _MOST_SHOWN:
        raise _too_many(f"{terms:,} terms; at most {_MOST_SHOWN:,} are for people")
    return found


def _too_many(terms: str) -> UsageError:
    return UsageError(f"the closed form has {terms}: take fewer parameters as symbols (--wrt)")


def _assumptions(cost: Cost, smoother: Smoother | None, evaluation: Evaluation) -> list[Any]:
    """What the form takes for granted; of a smooth one without rounding, and only what isn't certain anyway."""
    found = [sympy.sympify(a.condition) for a in cost.assumptions]
    if smoother is not None:
        told = [(c, evaluation.back(c)) for c in found if c.is_Relational]
        found = [smoother.smooth(c) for c, said in told if said.is_Relational and not smoother.holds(said)]
    return list(dict.fromkeys(c for c in found if c != True))  # noqa: E712


def _parts(form: ClosedForm, smoother: Smoother) -> list[Part]:
    found = []
    for piece in pieces([form.params, form.work], smoother.bounds):
        params, work = (sympy.expand(piece.take(e)) for e in (form.params, form.work))
        found.append(Part("", params, work, piece.symbol, piece.low, piece.high))
    return found


def _accuracy(
    network: Network,
    form: ClosedForm,
    fixed: Mapping[str, Any],
    points: list[dict[str, Any]],
    convention: Convention,
) -> Accuracy | None:
    """The largest relative errors over those of ``points`` at which there are counts, and a number for the form."""
    largest: dict[str, Largest] = {}
    counted = 0
    what = f"the {len(points):,} points that {network.name} declares"
    budget = Budget(what, "list fewer under 'values', or ask for the exact form (--exact), which needs none")
    for point in points:
        try:
            at, scale = network.scaled(as_given(network, {**fixed, **point}), convention)
            cost = network.cost(at, convention=convention)
        except CostcalcError:
            budget.spend(network.program.size)
            continue
        budget.spend(cost.graph.steps)
        try:
            told = form.at(**point)
        except ValueError:  # a form without rounding may divide by 0 where the counts don't
            continue
        counted += 1
        for what, value, exact in zip(("params", "work"), told, (cost.params, cost.counted * scale), strict=True):
            error = abs(value - exact) / Fraction(exact) if exact else Fraction(0)
            if what not in largest or error > largest[what].error:
                largest[what] = Largest(error, point)
    return Accuracy(counted, **largest) if counted else None
