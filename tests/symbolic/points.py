"""Random points of a spec's parameters, and the facts of a closed form there."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import sympy

from costcalc.arithmetic.roundings import Ceil, Floor, MakeDivisible, Round
from costcalc.language.find import names_in, open_shipped, shipped
from costcalc.language.values import axes_of
from costcalc.network import Network
from costcalc.symbolic import ClosedForm, closed_form
from costcalc.symbolic.evaluating import evaluate

from ..loading import load as network

FILES = sorted(shipped("networks"))
"""The network that each shipped file has."""


def names() -> list[str]:
    """A name of each file, its first variant where the file is one of variants only."""
    return [names_in(open_shipped(path))[0].name for _, path in sorted(shipped("networks").items())]


@cache
def form(name: str, exact: bool) -> ClosedForm:
    """In every parameter that can be a symbol beside the others."""
    return closed_form(network(name), exact=exact, measured=False)


def random_value(net: Network, name: str, rng: random.Random) -> Any:
    """Within the range, not too far from the default; decimals of two digits."""
    code, default = net.parameter_codes[name], axes_of(net.parameters[name])[0]
    if code.choices is not None:
        return rng.choice(code.choices)
    low, high = net.program.points.declared_range(name, net.variant) or (default, default)
    low, high = max(low, default * 0.3), min(high, default * 2.5)
    return rng.randint(round(low), round(high)) if isinstance(default, int) else round(rng.uniform(low, high), 2)


def random_point(name: str, rng: random.Random) -> dict[str, Any]:
    net = network(name)
    return {v.name: random_value(net, v.name, rng) for v in form(name, True).variables}


def holds(f: ClosedForm, point: dict[str, Any]) -> bool:
    """Whether what the form takes for granted is so at the point."""
    for condition in f.assumptions:
        left, right = (evaluate(side, f.numbers(point)) for side in (condition.lhs, condition.rhs))
        if not sympy.sympify(condition.func(sympy.sympify(left), sympy.sympify(right))):
            return False
    return all(v.low <= v.number(point[v.name]) <= v.high for v in f.settled)


@cache
def roundings(name: str) -> set[sympy.Expr]:
    """Those of the exact form."""
    f = form(name, True)
    found: set[sympy.Expr] = set().union(*(e.atoms(Ceil, Floor, Round, MakeDivisible) for e in (f.params, f.mult_adds)))
    return found


def bites(name: str, point: dict[str, Any]) -> bool:
    """Whether a rounding of the exact form changes its number at the point."""
    numbers = form(name, True).numbers(point)
    try:
        return any(evaluate(a, numbers, float64=True) != evaluate(a.args[0], numbers) for a in roundings(name))
    except ValueError:
        return True  # its last bit decides
