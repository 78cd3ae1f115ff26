"""Which parameters of a network are symbols in its closed form, and which numbers are declared for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import sympy

from ..compile.sides import SIDES
from ..errors import UsageError, nearest, quoted
from ..language.values import Size, axes_of
from ..network import Network
from ..record import Record

RES, RHO = "res", "rho"
UNASKED = ("alpha", "rho")
_MOST_POINTS = 100
_STEPS = 4


class Variable(Record):
    """A parameter that is a symbol.

    ``symbol`` is what formulas have; ``value`` its number at the point. ``base`` is set where the symbol is the ratio
    ρ of the resolution to that default. ``low`` and ``high`` bound the declared numbers.
    """

    parameter: str
    symbol: Any
    value: Any
    base: int | None = None
    low: Any = None
    high: Any = None

    @property
    def name(self) -> str:
        """The parameter that holds its numbers."""
        return self.parameter if self.base is None else RES

    @property
    def side(self) -> int | None:
        """0 of the height of a rectangle (``res.h``), 1 of its width, None of what is one number."""
        return SIDES.index(self.parameter[-1]) if self.parameter[-2:-1] == "." else None

    def number(self, value: Any) -> Any:
        """What the symbol is where the parameter :attr:`name` is ``value``."""
        return value if self.base is None else Fraction(value) / self.base

    @property
    def means(self) -> str:
        """What the symbol is, in the spec's words: ``alpha``, ``res/224``."""
        return self.parameter if self.base is None else f"{RES}/{self.base}"


def choose(network: Network, wrt: Iterable[str] | None, fixed: Mapping[str, Any], *, exact: bool) -> list[Variable]:
    """The variables of a closed form: those of ``wrt``, or those that the spec gives a ``symbol``, α and ρ.

    ``fixed`` are values of parameters; one that isn't in ``wrt`` is no symbol then. Unasked, the exact form has the
    resolution itself: ρ need not give whole pixels. Raises :class:`UsageError` for what can't be a symbol.
    """
    names = list(_unasked(network, fixed, exact=exact) if wrt is None else dict.fromkeys(wrt))
    if RHO not in network.parameter_codes and len({n.partition(".")[0] for n in names} & {RES, RHO}) > 1:
        raise UsageError(f"{RHO} says {RES} another way: one of them can be a symbol")
    if any(f"{n}.{side}" in names for n in names for side in SIDES):
        raise UsageError(f"{names[0]} and a side of it: the one number, or the sides, can be symbols")
    found: list[Variable] = []
    for name in names:
        variable = _variable(network, name, fixed)
        taken = {other.symbol.name for other in found}
        letter, own = variable.symbol.name, name
        while letter in taken:
            letter, own = own, f"{own}_"
        if letter != variable.symbol.name:
            variable.symbol = _symbol(letter, variable.symbol.assumptions0)
        found.append(variable)
    return found


def _unasked(network: Network, fixed: Mapping[str, Any], *, exact: bool) -> list[str]:
    codes, values = network.parameter_codes, network.parameters
    numbers = [
        n
        for n, code in codes.items()
        if _is_one(network, n) and not code.structural and not isinstance(values[n], str | bool | list)
    ]
    found = [n for n in numbers if n != RES and (codes[n].parameter.symbol or n in UNASKED)]
    if RES in numbers and RHO not in codes and _is_one(network, RES):
        found.append(RES if exact else RHO)
    given = set(fixed) | ({RES, RHO} if {RES, RHO} & set(fixed) and RHO not in codes else set())
    return [n for n in found if n not in given]


def _variable(network: Network, name: str, fixed: Mapping[str, Any]) -> Variable:
    codes, values = network.parameter_codes, network.parameters
    known = [*codes, *([RHO] if RES in codes and RHO not in codes else [])]
    of, _, side = name.partition(".")
    if side in SIDES and of in codes and codes[of].is_side:
        point = network.program.point({of: fixed[of]} if of in fixed else {}, network.variant).values[of]
        value = axes_of(point)[-SIDES.index(side)]
        return Variable(name, _symbol({"h": "H", "w": "W"}[side], _facts([value, *_ends(network, of)])), value)
    if name not in known:
        raise UsageError(
            f"{network.name} has no parameter {quoted(name)} that could be a symbol; "
            f"it has {', '.join(known) or 'none'}{nearest(name, known)}"
        )
    if name not in codes:
        return _ratio(network, fixed)
    code = codes[name]
    value = axes_of(values[name])[0] if name not in fixed else fixed[name]
    if name == RES and RHO in fixed and RHO not in codes:
        value = round(axes_of(values[RES])[0] * fixed[RHO])
    if isinstance(value, tuple | Size) or (name not in fixed and not _is_one(network, name)):
        raise UsageError(f"{name} is a rectangle here; its sides can be symbols: --wrt {name}.h,{name}.w")
    if code.structural or isinstance(values[name], str | bool | list):
        raise UsageError(f"{name} has words for values, and can't be a symbol")
    return Variable(name, _symbol(code.parameter.symbol or name, _facts([value, *_ends(network, name)])), value)


def _is_one(network: Network, name: str) -> bool:
    """Whether one number gives the parameter's default: it is that, or a rectangle that follows from its height."""
    home = network.parameters[name]
    if not isinstance(home, Size) or not network.parameter_codes[name].is_side:
        return True
    return axes_of(network.program.point({name: home.axes[0]}, network.variant).values[name]) == home.axes


def _ratio(network: Network, fixed: Mapping[str, Any]) -> Variable:
    """ρ, of a network that has ``res``."""
    default = axes_of(network.parameters[RES])[0]
    if isinstance(fixed.get(RES), tuple | Size) or (RES not in fixed and not _is_one(network, RES)):
        raise UsageError(
            f"{RHO} is of one number, not of a rectangle, whose sides can be symbols: --wrt {RES}.h,{RES}.w"
        )
    if isinstance(default, str | bool | list) or default < 1 or default != int(default):
        raise UsageError(f"{RHO} can't be a symbol: the default of {RES} is no whole number above 0")
    base = int(default)
    letter = network.parameter_codes[RES].parameter.symbol or RHO
    value = Fraction(fixed[RES]) / base if RES in fixed else fixed.get(RHO, 1)
    return Variable(RHO, _symbol(letter, {"real": True, "positive": True}), value, base)


def _symbol(name: str, facts: Mapping[str, Any]) -> Any:
    known = {fact: facts[fact] for fact in ("integer", "real", "positive", "nonnegative") if facts.get(fact)}
    return sympy.Symbol(name, **known)


def _facts(numbers: list[Any]) -> dict[str, bool]:
    """What is true of every number that the parameter may be, as far as the spec tells."""
    least = min(numbers)
    whole = all(isinstance(n, int) for n in numbers)
    return {"integer" if whole else "real": True, "positive": least > 0, "nonnegative": least == 0}


def _ends(network: Network, name: str) -> list[Any]:
    """Numbers of a parameter with the least one among them: its range, choices, and all that the spec gives it."""
    code, program = network.parameter_codes[name], network.program
    found = [
        *axes_of(network.parameters[name]),
        *program.points.declared_values(name, network.variant),
        *(code.choices or []),
    ]
    found += [n for point in _at_variants(network, [name]) for n in axes_of(point[name])]
    return found + list(program.points.declared_range(name, network.variant) or [])


# -- the declared points


def declared_points(network: Network, variables: list[Variable]) -> list[dict[str, Any]]:
    """Values of the variables' parameters (``rho`` as ``res``) that the spec declares; sets the variables' bounds.

    The point itself comes first. A parameter's ``values``; where it has none, those that the spec's variants give it,
    together; else its choices, or numbers from one end of its range to the other.
    """
    listed = {
        v.name: network.program.points.declared_values(v.name.partition(".")[0], network.variant) for v in variables
    }
    joint = _at_variants(network, [name for name, values in listed.items() if not values])
    together = {name for point in joint for name in point}
    for v in variables:
        home = v.value if v.base is None else round(v.value * v.base)
        if not listed[v.name] and v.name not in together:
            listed[v.name] = _spread(network, v.name)
        listed[v.name] = list(dict.fromkeys([home, *listed[v.name]]))
    home_point = {name: values[0] for name, values in listed.items()}
    apart = [name for name in listed if name not in together]
    if prod(len(listed[name]) for name in apart) * (len(joint) + 1) <= _MOST_POINTS:
        grid = [dict(zip(apart, values, strict=True)) for values in product(*(listed[name] for name in apart))]
    else:
        grid = [{name: value} for name in apart for value in listed[name]]
    points = [{**home_point, **point, **at} for point in grid for at in [{}, *joint]]
    unique = list({tuple(p.items()): p for p in points}.values())
    for v in variables:
        numbers = [v.number(p[v.name]) for p in unique]
        v.low, v.high = min(numbers), max(numbers)
    return unique


def _at_variants(network: Network, names: list[str]) -> list[dict[str, Any]]:
    """The values that each variant of the spec gives some of ``names``."""
    spec = network.program.spec
    found = []
    for variant, row in spec.variants.items():
        set_by = [name for name in names if name in row.values]
        if set_by:
            values = network.program.point({}, variant).values
            found.append({name: axes_of(values[name])[0] for name in set_by})
    return found


def _spread(network: Network, name: str) -> list[Any]:
    """Choices, or about evenly spaced numbers (by their ratios) over the range."""
    name = name.partition(".")[0]
    code = network.parameter_codes[name]
    if code.choices is not None:
        return list(code.choices)
    limits = network.program.points.declared_range(name, network.variant)
    if limits is None:
        return []
    low, high = limits
    if low <= 0:
        numbers = [low + (high - low) * k / _STEPS for k in range(_STEPS + 1)]
    else:
        numbers = [low * (high / low) ** (k / _STEPS) for k in range(_STEPS)] + [high]
    if isinstance(axes_of(network.parameters[name])[0], int):
        return [round(n) for n in numbers]
    return [float(f"{n:.3g}") for n in numbers]


def as_given(network: Network, values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` by the names of variables as what a network is given: ``res.h`` and ``res.w`` as one rectangle."""
    found = {name: value for name, value in values.items() if "." not in name}
    for of in dict.fromkeys(name.partition(".")[0] for name in values if "." in name):
        point = network.program.point({of: found[of]} if of in found else {}, network.variant).values[of]
        home = axes_of(point)
        found[of] = tuple(values.get(f"{of}.{side}", home[-k]) for k, side in enumerate(SIDES))
    return found
