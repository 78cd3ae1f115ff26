"""What the rows of a sweep are computed by: compiled forms, made when they are first needed, and the condition."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..compiled import Form, compile_form
from ..conventions import Convention, read_convention
from ..errors import CostcalcError
from ..language.closures import is_const
from ..memory.asked import FLASH, PEAK
from ..network import Network
from ..record import Record
from .asked import SPEC, SweepRequest, SweptNetwork
from .conditions import Condition


class Rows(Record):
    """What is left of a block: ``columns`` by their names, each a list or an array of ``size`` values.

    Figures of a point that can't be built are None, or masked in an array. ``points`` is how many the block had,
    ``invalid`` how many of them can't be built, ``first`` the part and the values of the first of these.
    """

    columns: dict[str, Any]
    size: int
    points: int
    invalid: int = 0
    first: tuple[int, dict[str, Any]] | None = None


class Forms:
    """The forms of a sweep's networks, and its condition as it reads for each of them."""

    def __init__(self, asked: SweepRequest) -> None:
        self.asked = asked
        self.conditions = [condition_of(asked, part) for part in asked.parts]
        self.structural = [structural(part) for part in asked.parts]
        self._convention: Convention | None = None
        if asked.convention is not None:
            self._convention = read_convention(asked.convention)
        self._forms: dict[Any, Form] = {}

    def form(self, k: int, by_value: Mapping[str, Any]) -> Form:
        """The form of a part in which the parameters of ``by_value`` have these values, and its other axes are free."""
        key = (k, *((name, type(value), value) for name, value in by_value.items()))
        if key not in self._forms:
            part = self.asked.parts[k]
            free = [axis.name for axis in part.points.axes if axis.name not in by_value]
            given = {**part.given, **by_value}
            self._forms[key] = self._compiled(part.network, free, given)
        return self._forms[key]

    def _compiled(self, network: Network, free: list[str], given: dict[str, Any]) -> Form:
        """The form of all figures, or without those of memory where a definition takes the points one by one."""
        figures, memory = self.asked.figures, self.asked.memory
        if memory is not None:
            try:
                return compile_form(network, figures, free, given, self._convention, memory)
            except CostcalcError:  # if it isn't the memory's, the next has it too
                figures = [name for name in figures if name not in (PEAK, FLASH)]
        return compile_form(network, figures, free, given, self._convention)

    def memory_at(self, k: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """The figures of memory at a point of a part, for a form that hasn't them; none that aren't asked for."""
        part, memory = self.asked.parts[k], self.asked.memory
        if memory is None:
            return {}
        cost = part.network.cost({**part.given, **values})
        return memory.figures(cost.graph, cost.expanded)

    def by_value(self, k: int, name: str, value: Any) -> bool:
        """Whether each value of a parameter has a form of its own: a word, yes or no, a fraction, a rectangle."""
        return type(value) not in (int, float) or name in self.structural[k]

    def fixed(self, k: int) -> dict[str, Any]:
        """What a condition may name besides what varies: given values, and defaults that depend on nothing."""
        part = self.asked.parts[k]
        return {**constant_defaults(part.network), **part.given}

    def other_columns(self, k: int, size: int) -> dict[str, list[Any]]:
        """The columns that are neither an axis of a part nor a figure: its word, what it was given, or nothing."""
        part = self.asked.parts[k]
        axes = {axis.name for axis in part.points.axes}
        told = {SPEC: part.word, **part.given}
        names = [name for name in self.needed if name not in axes and name not in self.asked.figures]
        return {name: [told.get(name)] * size for name in names}

    @property
    def needed(self) -> list[str]:
        """The columns of a row, and those of the frontier."""
        return list(dict.fromkeys([*self.asked.columns, *(aim.column for aim in self.asked.aims)]))


def structural(part: SweptNetwork) -> set[str]:
    """The parameters whose values are words or yes and no."""
    return {name for name, code in part.network.parameter_codes.items() if code.structural}


def constant_defaults(network: Network) -> dict[str, Any]:
    """The parameters whose defaults depend on no other parameter."""
    codes, values, variant = network.parameter_codes, network.parameters, network.variant
    sources = {n: code.at_variant.get(variant, code.default) if variant else code.default for n, code in codes.items()}
    return {name: values[name] for name, source in sources.items() if is_const(source)}


def condition_of(asked: SweepRequest, part: SweptNetwork) -> Condition | None:
    """The condition as it reads for one of the networks; None where there is none.

    Raises :class:`SpecError`, placed, for what is no condition, or names what no row of this network has.
    """
    if not asked.where:
        return None
    known: Collection[str] = dict.fromkeys([*asked.figures, *part.names, *constant_defaults(part.network)])
    codes = part.network.parameter_codes.items()
    choices = {name: [c for c in code.choices or () if isinstance(c, str)] for name, code in codes}
    return Condition(asked.where, known, {name: words for name, words in choices.items() if words})
