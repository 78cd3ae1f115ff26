"""Which parameters of a network a page can move, and the form that has them free."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..compiled import Form, compile_form
from ..errors import CostcalcError
from ..language.values import axes_of
from ..network import Network
from ..record import Record

CASES = 8
"""Combinations of words, each with a record of its own, that a page has at most."""
BRIEF_CASES = 1
"""The same of a network among many."""
_COSTLY = 8
"""A parameter that alone is more than this part of what there may be is kept to smaller numbers."""
_MOST_TOLD = 40
_MAIN = ("alpha", "res", "classes")


class Free(Record):
    """``form`` with its ``cases`` (the values of ``form.cased``); ``within``: narrower ranges than the spec's.

    ``fixed`` are the parameters that the page can't move, at their values.
    """

    form: Form
    cases: list[dict[str, Any]]
    within: dict[str, tuple[int, int]]
    fixed: dict[str, Any]


def free_form(network: Network, given: Mapping[str, Any], most: int, *, brief: bool = False) -> Free:
    """The form of ``network`` with as many parameters free as ``most`` operations and :data:`CASES` have room for.

    ``given`` are values that the page starts from; what is no single number, nor one of a few words, stays. ``brief``:
    what no paper scales and no variant names stays too, and what needs many operations or cases.
    """
    base = network.program.point(given, network.variant).values
    codes = network.parameter_codes
    numbers = [n for n, v in base.items() if type(v) in (int, float) and not codes[n].structural]
    words = [n for n, v in base.items() if codes[n].structural and isinstance(v, str | bool)]
    if brief:
        numbers = [n for n in numbers if is_main(network, n) or _named(network, n)]
    cases = BRIEF_CASES if brief else CASES
    within: dict[str, tuple[int, int]] = {}
    form = _made(network, numbers, base, within, most)
    if form is None:
        costly = [n for n in numbers if _is_costly(network, n, base, most)]
        if brief:
            numbers = [n for n in numbers if n not in costly]
        else:
            within = {n: around for n in costly if (around := _around(network, n, base))}
        form = _made(network, numbers, base, within, most)
        # The parameters that people ask for last are left out first.
        order = sorted(numbers, key=lambda n: (n not in costly, is_main(network, n)))
        while form is None and order:
            numbers.remove(order[0])
            within.pop(order.pop(0), None)
            form = _made(network, numbers, base, within, most)
    if form is None:
        form = compile_form(network, free=(), given=base, detail=True)
    taken = list(numbers)
    for name in sorted(words, key=lambda n: -_named(network, n)):
        if len(form.cases()) * max(len(choices(network, name)), 1) > cases or (brief and not _named(network, name)):
            continue
        larger = _made(network, [*taken, name], base, within, most)
        if larger is not None:
            form, taken = larger, [*taken, name]
    fixed = {n: v for n, v in base.items() if n not in taken}
    return Free(form, form.cases(), within, fixed)


def is_main(network: Network, name: str) -> bool:
    """Whether a parameter is one of those that papers scale."""
    parameter = network.parameter_codes[name].parameter
    return bool(parameter.symbol or parameter.role or name in _MAIN)


def choices(network: Network, name: str) -> list[Any]:
    """The values of a parameter that has a record for each."""
    code = network.parameter_codes[name]
    return list(code.choices) if code.choices is not None else [False, True] if code.structural else []


def _made(
    network: Network, free: list[str], base: Mapping[str, Any], within: Mapping[str, Any], most: int
) -> Form | None:
    """The form, if there is room for it."""
    order = [n for n in base if n in free]
    given = {n: v for n, v in base.items() if n not in free and not follows(network, n, base)}
    try:
        form = compile_form(network, free=order, given=given, detail=True, within=within, most=most)
        cases = form.cases()
        if len(cases) > CASES:
            return None
        records = [form.record(tuple((type(v), v) for v in case.values())) for case in cases]
    except CostcalcError:
        return None
    return form if sum(len(r.instructions) for r in records) <= most else None


def follows(network: Network, name: str, base: Mapping[str, Any]) -> bool:
    """Whether a parameter is at its default, which depends on others: it is left to follow them."""
    return axes_of(network.parameters[name]) == axes_of(base[name])


def _is_costly(network: Network, name: str, base: Mapping[str, Any], most: int) -> bool:
    return _made(network, [name], base, {}, most // _COSTLY) is None


def _around(network: Network, name: str, base: Mapping[str, Any]) -> tuple[int, int] | None:
    """From the least number to twice the largest that the spec names."""
    limits = network.program.points.declared_range(name, network.variant)
    if not isinstance(base[name], int) or limits is None:
        return None
    return min(limits[0], base[name]), max(4, 2 * max(told(network, name, base)))


def told(network: Network, name: str, base: Mapping[str, Any]) -> list[Any]:
    """The numbers that the spec names for a parameter: its value here, declared ones, those of variants; ordered."""
    points = network.program.points
    found = [base[name], *points.declared_values(name, network.variant)]
    code = network.parameter_codes[name]
    for variant in network.variants:
        if variant in code.at_variant:
            found.append(network.program.point({}, variant).values[name])
    numbers = [x for x in found if type(x) in (int, float)]
    return sorted(dict.fromkeys(numbers))[:_MOST_TOLD]


def _named(network: Network, name: str) -> int:
    """How many variants give the parameter a value."""
    return sum(name in row.values for row in network.program.spec.variants.values())
