"""A parameter: of a network, with what its values cost; or of every network that has one of that name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import CostcalcError, UsageError, nearest, printable, quoted
from ..language.find import open_shipped, shipped
from ..language.model import Parameter, Spec
from ..language.sections import read_spec
from ..network import Network
from ..record import Record
from ..table import Column, Table
from . import parameters
from .facts import facts, some
from .values import plain, shown, with_format

_NETWORKS = 6
_VALUES = 12
_WAYS = 4


class Costs(Record):
    """What a network costs at a value of one of its parameters."""

    value: Any
    params: Any
    mult_adds: Any


class OfNetwork(Record):
    """A parameter of a network: its value where the others have ``values``, and what its own values cost."""

    network: Network
    name: str
    default: Any
    limits: tuple[Any, Any] | None
    costs: Sequence[Costs]

    @property
    def declared(self) -> Parameter:
        """What the spec says of it."""
        return self.network.parameter_codes[self.name].parameter


def of_network(network: Network, values: Mapping[str, Any], name: str) -> OfNetwork:
    """The parameter ``name``, and totals at its declared values, choices, or yes and no.

    Values that the network can't be built at have no totals. Raises :class:`UsageError` for an unknown name.
    """
    known = network.parameter_codes
    if name == parameters.RHO and name in parameters.names(network):
        name = "res" if name not in known else name
    if name not in known:
        raise parameters.no_such_parameter(name, [network])
    points, code = network.program.points, known[name]
    default = network.parameters[name]
    every = [default, *points.declared_values(name, network.variant), *(code.choices or ())]
    every += [not default] * isinstance(default, bool)
    at_least = sorted(set(every), key=_order)[:_VALUES]
    costs = []
    for value in at_least:
        try:
            cost = network.cost({**values, name: value})
        except CostcalcError:
            continue
        costs.append(Costs(value, cost.params, cost.mult_adds))
    return OfNetwork(network, name, default, points.declared_range(name, network.variant), costs)


def _order(value: Any) -> tuple[bool, Any, str]:
    """Numbers from the least to the largest, then words."""
    is_word = isinstance(value, str)
    return is_word, 0 if is_word else value, str(value)


def of_network_tables(of: OfNetwork) -> list[Table]:
    """What it is, and what its values cost."""
    declared, code = of.declared, of.network.parameter_codes[of.name]
    variants = [f"{name}: {cell}" for name, cell in _variants(of).items()]
    told = [
        ("what it is", printable(declared.doc)),
        ("default", shown(of.default)),
        ("from, to", " to ".join(map(shown, of.limits)) if of.limits else ""),
        ("one of", ", ".join(map(shown, code.choices or ()))),
        ("of the input", "its height and width, as 192x256 too" if code.is_side else ""),
        ("scales", declared.role.value if declared.role else ""),
        ("in formulas", declared.symbol),
        ("variants", ", ".join(variants)),
        ("given as", f"--{of.name}, or {of.network.name}:{of.name}=VALUE"),
    ]
    table = facts("parameter", f"{of.name} of {of.network.name}", told)
    if len(of.costs) < 2:
        return [table]
    columns = [
        Column("value", of.name, "text", get=lambda c: shown(c.value) + " (default)" * (c.value == of.default)),
        Column("params", "params", "count", get=lambda c: c.params),
        Column("mult_adds", "mult-adds", "count", get=lambda c: c.mult_adds),
    ]
    rows = [tuple(column.get(c) for column in columns if column.get) for c in of.costs]
    return [table, Table(columns, rows)]


def _variants(of: OfNetwork) -> dict[str, str]:
    """The variants that give it a value."""
    found = {}
    for name, variant in of.network.program.spec.variants.items():
        if of.name in variant.values:
            found[name] = shown(of.network.program.point({}, name).values[of.name])
    return found


def of_network_document(of: OfNetwork) -> dict[str, object]:
    """The JSON."""
    declared, code = of.declared, of.network.parameter_codes[of.name]
    return with_format({
        "spec": of.network.name,
        "parameter": of.name,
        "about": declared.doc,
        "default": plain(of.default),
        "range": None if of.limits is None else [plain(n) for n in of.limits],
        "choices": None if code.choices is None else [plain(c) for c in code.choices],
        "role": declared.role.value if declared.role else None,
        "symbol": declared.symbol or None,
        "variants": _variants(of),
        "costs": [{"value": plain(c.value), "params": plain(c.params), "mult_adds": plain(c.mult_adds)}
                  for c in of.costs],
    })  # fmt: skip


# -- of every network


class Declared(Record):
    """A parameter as a network declares it: its default and what it may be as the spec has them."""

    network: str
    about: str
    default: str
    may_be: str
    role: str


def everywhere(name: str) -> list[Declared]:
    """Every network's parameter of that name, by the name of its file. Raises :class:`UsageError`."""
    known: dict[str, None] = {}
    found = []
    for spec in _specs():
        known |= dict.fromkeys(spec.parameters)
        if name in spec.parameters:
            found.append(_declared(spec.name, spec.parameters[name]))
    if not found:
        raise UsageError(
            f"no network has a parameter {quoted(name)}{nearest(name, known)}; "
            "costcalc show SPEC --help lists those of SPEC"
        )
    return found


def _specs() -> Iterable[Spec]:
    for path in shipped("networks").values():
        spec, _ = read_spec(open_shipped(path))
        if spec.name:
            yield spec


def _declared(network: str, parameter: Parameter) -> Declared:
    may_be = "" if parameter.low is None else parameter.low.text.value  # the whole of it: low..high
    if parameter.choices is not None:
        may_be = ", ".join(choice.text.value for choice in parameter.choices)
    role = parameter.role.value if parameter.role else ""
    return Declared(network, parameter.doc, parameter.default.text.value, may_be, role)


def everywhere_table(name: str, every: Sequence[Declared], *, raw: bool = False) -> Table:
    """A row for each thing that it is, the most frequent first. ``raw`` is for programs: for each network."""
    columns = [
        Column("about", "what it is", "formula"), Column("default", "default", "formula"),
        Column("may_be", "may be", "formula", 6), Column("role", "scales", keep=7),
        Column("networks", "networks", "formula"),
    ]  # fmt: skip
    groups: dict[tuple[str, str], list[Declared]] = {}
    for d in every:
        groups.setdefault((d.about, d.role), []).append(d)
    rows: list[tuple[Any, ...]] = [(d.about, d.default, d.may_be, d.role, d.network) for d in every] * raw
    for (about, role), group in sorted(groups.items(), key=lambda item: -len(item[1])) if not raw else ():
        defaults, may_be = (some(list(dict.fromkeys(texts)), _WAYS) for texts in (
            [d.default for d in group], [d.may_be for d in group if d.may_be]))  # fmt: skip
        rows.append((printable(about), defaults, may_be, role, some([d.network for d in group], _NETWORKS)))
    table = Table(columns, rows, f"{name}, a parameter of {len(every)} network{'s'[: len(every) != 1]}")
    table.notes.append(f"One network's, with what its values cost: costcalc explain parameter SPEC {name}.")
    return table


def everywhere_document(name: str, every: Iterable[Declared]) -> dict[str, object]:
    """The JSON."""
    networks = [
        {
            "network": d.network,
            "about": d.about,
            "default": d.default,
            "may_be": d.may_be or None,
            "role": d.role or None,
        }
        for d in every
    ]
    return with_format({"parameter": name, "networks": networks})
