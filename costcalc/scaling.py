"""Compound scaling: a network made deeper, wider and finer by powers of three bases (EfficientNet, arXiv 1905.11946).

Every parameter with the role depth, width or resolution is taken times its factor: a multiplier as it is, repeats that
are counted rounded up and pixels to the nearest, as EfficientNet's released code does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from . import arithmetic as ar
from .conventions import DEFAULT, Convention
from .errors import CostcalcError, UsageError, nearest, quoted
from .language.values import Size
from .network import Network
from .record import Record

DIMENSIONS = ("depth", "width", "resolution")
FINEST = 1000
"""A multiplier that is looked for is a whole number of thousandths."""


class Factors(Record):
    """What depth, width and resolution are taken times."""

    depth: float = 1
    width: float = 1
    resolution: float = 1

    @property
    def product(self) -> float:
        """d·w²·r²: what the work of convolutions is taken times, but for rounding and layers that scale otherwise."""
        return self.depth * self.width**2 * self.resolution**2

    def to(self, phi: float) -> Factors:
        """The factors for the compound coefficient φ, of which these are the bases."""
        return Factors(*(ar.power(getattr(self, name), phi) for name in DIMENSIONS))


PAPERS = Factors(1.2, 1.1, 1.15)
"""The bases that the paper found for its baseline, Section 4.2."""


class Scaled(Record):
    """A network scaled by ``factors``: the values of the parameters that scale it, and its costs.

    ``bases`` and ``phi`` are what the factors were made of, where they were.
    """

    factors: Factors
    values: dict[str, Any]
    params: int
    mult_adds: int
    counted: int
    bases: Factors | None = None
    phi: float | None = None


class Scaler:
    """Scales ``network`` from the point ``given``. ``repeats`` are the parameters that count the repeats of its stages.

    These are for a network that has no parameter with the role depth.
    """

    def __init__(
        self,
        network: Network,
        given: Mapping[str, Any] | None = None,
        convention: str | Convention = DEFAULT,
        repeats: Sequence[str] = (),
    ) -> None:
        self.network = network
        self.given = dict(given or {})
        self.convention = convention
        self._defaults = network.program.point(self.given, network.variant).values
        roles = {role: [name] for role, name in network.roles.items() if role in DIMENSIONS}
        for name in repeats:
            if type(self._defaults.get(name)) is not int:
                known = [n for n, value in self._defaults.items() if type(value) is int]
                raise UsageError(f"{quoted(name)} is no parameter that counts repeats{nearest(name, known)}")
        self.scaled_by = {**roles, "depth": list(repeats)} if repeats else roles
        """The parameters of each dimension."""
        self.base = self.at(Factors())

    def at(self, factors: Factors, bases: Factors | None = None, phi: float | None = None) -> Scaled:
        """The network with its parameters times ``factors``.

        Raises :class:`UsageError` for a dimension in which nothing scales it, and what :meth:`Network.cost` raises.
        """
        values: dict[str, Any] = {}
        for dimension in DIMENSIONS:
            factor = getattr(factors, dimension)
            names = self.scaled_by.get(dimension, [])
            if factor != 1 and not names:
                hint = "; --repeats NAME,… says which parameters count repeats" if dimension == "depth" else ""
                raise UsageError(f"{self.network.name} has no parameter with the role {dimension}{hint}")
            values |= {name: _times(self._defaults[name], factor, dimension) for name in names}
        cost = self.network.cost({**self._free(), **values}, convention=self.convention)
        return Scaled(factors, values, cost.params, cost.mult_adds, cost.counted, bases, phi)

    def _free(self) -> dict[str, Any]:
        """What was given, but for other ways to give the resolution."""
        scaled = {name for names in self.scaled_by.values() for name in names}
        return {n: v for n, v in self.given.items() if n in self.network.parameter_codes and n not in scaled}

    def compound(self, bases: Factors, phi: float) -> Scaled:
        """All three dimensions at once."""
        return self.at(bases.to(phi), bases, phi)

    def search(self, phi: float, step: float, within: float) -> list[Scaled]:
        """The network scaled by each triple of bases on a grid whose d·w²·r² is 2, give or take ``within``.

        Bases are 1 or more, in steps of ``step``. The paper takes φ = 1 for this and picks by accuracy, which no count
        knows: the order here is by how near the true ratio of work is to 2^φ.
        """
        target = 2**phi
        found = [self.compound(bases, phi) for bases in triples(step, within) if self._has(bases)]
        return sorted(found, key=lambda s: abs(s.mult_adds / self.base.mult_adds - target))

    def _has(self, bases: Factors) -> bool:
        return all(getattr(bases, name) == 1 or self.scaled_by.get(name) for name in DIMENSIONS)

    def alone(self, dimension: str, work: int) -> Scaled | None:
        """The network scaled in one dimension, its work as near to ``work`` as that gets.

        Multipliers are looked for in thousandths, pixels one by one. None where the parameter's range ends before.
        """
        names = self.scaled_by.get(dimension, [])
        if not names:
            return None
        finest = FINEST
        if dimension == "resolution":
            default = self._defaults[names[0]]
            finest = max(default.axes) if isinstance(default, Size) else int(default)
        low, high = finest, 2 * finest
        while (at_high := self._tried(dimension, high, finest)) is not None and at_high.mult_adds < work:
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            tried = self._tried(dimension, middle, finest)
            low, high = (middle, high) if tried is not None and tried.mult_adds < work else (low, middle)
        near = [s for n in (low, high) if (s := self._tried(dimension, n, finest)) is not None]
        best = min(near, key=lambda s: abs(s.mult_adds - work), default=None)
        if best is None or (at_high is None and len(near) < 2 and best.mult_adds < work):
            return None
        return best

    def _tried(self, dimension: str, number: int, finest: int) -> Scaled | None:
        try:
            return self.at(Factors(**{dimension: number / finest}))
        except CostcalcError:
            return None


def triples(step: float, within: float) -> Iterator[Factors]:
    """Bases of 1 or more, in steps, whose d·w²·r² is 2, give or take ``within``."""
    if not (0.02 <= step <= 1 and 0 <= within < 1):
        raise UsageError("bases are searched in steps of 0.02 to 1, and d*w*w*r*r within less than 1 of 2")
    scale = round(1 / step)
    for depth, width, resolution in product(range(2 * scale + 1), range(scale + 1), range(scale + 1)):
        found = Factors(*(1 + n / scale for n in (depth, width, resolution)))
        if abs(found.product - 2) <= within:
            yield found


def _times(value: Any, factor: float, dimension: str) -> Any:
    """A parameter's value times a factor: counts stay whole."""
    if isinstance(value, Size):
        return Size(*(_times(n, factor, dimension) for n in value.axes))
    found = ar.mul(value, factor)
    if dimension == "resolution":
        return ar.round_half_even(found)
    if type(value) is not int:
        return found
    return ar.ceil(found) if dimension == "depth" else ar.round_half_even(found)
