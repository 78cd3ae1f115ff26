"""What a page knows of a network: its parameters with what moves them, its variants, a record for each case."""

from __future__ import annotations

import math
import re
import shlex
import unicodedata
from collections.abc import Container, Mapping
from typing import Any

from ..language.closures import is_const
from ..language.values import axes_of
from ..network import Network
from ..record import Record
from .free import Free, follows, free_form, is_main, told
from .packing import packed
from .powers import powers
from .smooth import Smooth, smooth

MOST = 40_000
"""Operations that a network's records have together, for a page of a few networks."""
_STEPS = 200
"""A slider has about so many places for a decimal."""
_CELLS = 32
"""Resolutions begin and end at multiples of this."""


class OnPage(Record):
    """A network (at no variant) that a page is to have, and what it begins with.

    ``word`` is what people call it by, ``about`` and ``told`` are what a search finds and shows. ``most``: operations
    that its records have together at most; ``brief`` as for :func:`free_form`. ``options``: names that are options of
    commands, so that ``--set`` gives the parameter. ``formulas``: with the closed form.
    """

    network: Network
    values: Mapping[str, Any]
    word: str
    about: str = ""
    told: str = ""
    most: int = MOST
    options: Container[str] = frozenset()
    formulas: bool = True
    brief: bool = False


def described(asked: OnPage) -> tuple[dict[str, Any], dict[str, str]]:
    """The data of a network for a page, and the texts of the parameters that it begins with."""
    network, given, options = asked.network, asked.values, asked.options
    found = free_form(network, given, asked.most, brief=asked.brief)
    form, base = found.form, network.program.point(given, network.variant).values
    variants = _variants(network, found)
    fixed = {name: value for name, value in found.fixed.items() if not _is_left(network, name, base)}
    data = {
        "name": network.name,
        "title": network.title or network.name,
        "command": shlex.quote(asked.word),
        "about": asked.about,
        "told": asked.told,
        "parameters": [
            _parameter(network, name, found, base, named=any(name in v["values"] for v in variants), options=options)
            for name in form.free
        ],
        "fixed": {name: text(value) for name, value in fixed.items()},
        "given": [[_option(name, options), text(v)] for name, v in fixed.items() if not follows(network, name, base)],
        "variants": variants,
        "cased": list(form.cased),
        "cases": [_case(network, found, case, base, formulas=asked.formulas) for case in found.cases],
    }
    return data, texts(found, given)


def _is_left(network: Network, name: str, base: Mapping[str, Any]) -> bool:
    """Whether a parameter that isn't free follows others."""
    return not is_const(network.parameter_codes[name].default) and follows(network, name, base)


def _option(name: str, options: Container[str]) -> str:
    return f"--set {name}=" if name in options else f"--{name} "


def text(value: Any) -> str:
    """A value as it is typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else "x".join(map(str, axes_of(value)))


def _parameter(
    network: Network, name: str, found: Free, base: Mapping[str, Any], *, named: bool, options: Container[str]
) -> dict[str, Any]:
    code, value = network.parameter_codes[name], network.parameters[name]
    first = found.form.record(_key(found.cases[0]))
    data = {
        "name": name,
        "symbol": _letter(code.parameter.symbol or name),
        "doc": code.parameter.doc,
        "option": _option(name, options),
        "value": text(value),
        "follows": name in first.defaults,
        "main": named or is_main(network, name) or _letter(name) != name,
    }
    if name in found.form.cased:
        column = list(dict.fromkeys(case[name] for case in found.cases))
        return {**data, "value": _among(column, value), "choices": [text(x) for x in column]}
    numbers = told(network, name, base)
    if name in found.within:
        numbers = [x for x in numbers if found.within[name][0] <= x <= found.within[name][1]]
    whole = all(isinstance(x, int) for x in numbers)
    low, high, step = _slider(network, name, numbers, whole=whole, limits=found.within.get(name))
    return {**data, "whole": whole, "ticks": [text(x) for x in numbers], "low": low, "high": high, "step": step}


def _letter(name: str) -> str:
    """α of alpha."""
    try:
        return unicodedata.lookup(f"GREEK SMALL LETTER {name}")
    except KeyError:
        return name


def _slider(network: Network, name: str, numbers: list[Any], *, whole: bool, limits: Any) -> tuple[Any, Any, Any]:
    """The useful part of a parameter's range: about the numbers that the spec names."""
    least, most = limits or network.program.points.declared_range(name, network.variant) or (None, None)
    low, high = numbers[0], numbers[-1]
    step: Any = 1
    if name == "res" and whole:
        low = max(low // 2 // _CELLS * _CELLS, min(low, _CELLS))
        high = math.ceil(high * 1.25 / _CELLS) * _CELLS
    elif whole:
        low, high = min(low, 1), max(2 * high, low + 4)
    else:
        low, high = low / 2 if low > 0 else low, high * 1.3 if high > low else 2 * abs(high) or 1
        step = 10.0 ** math.floor(math.log10((high - low) / _STEPS * 2))
        digits = max(0, -round(math.log10(step)))
        low, high = round(math.ceil(low / step - 1e-9) * step, digits), round(math.ceil(high / step) * step, digits)
    return (low if least is None else max(low, least)), (high if most is None else min(high, most)), step


def _among(choices: list[Any], value: Any) -> str:
    """The text of the choice that ``value`` is: 1.0 is the choice 1."""
    same = [x for x in choices if x == value and isinstance(x, bool) == isinstance(value, bool)]
    return text(same[0] if same else value)


def texts(found: Free, values: Mapping[str, Any]) -> dict[str, str]:
    """``values`` of what is free, as texts."""
    cased = {name: [case[name] for case in found.cases] for name in found.form.cased}
    return {n: _among(cased.get(n, []), value) for n, value in values.items() if n in found.form.free}


def _variants(network: Network, found: Free) -> list[dict[str, Any]]:
    """The published points that the page can go to, and the texts of what they give."""
    made = []
    for variant, row in network.program.spec.variants.items():
        values = network.program.point({}, variant).values
        given = {name: values[name] for name in row.values}
        if all(_reaches(found, name, value) for name, value in given.items()):
            label = _short(variant, network.name)
            made.append({"name": variant, "label": label, "values": texts(found, given)})
    return made


def _reaches(found: Free, name: str, value: Any) -> bool:
    if name in found.form.cased:
        column = [case[name] for case in found.cases]
        return _among(column, value) in map(text, column)
    if name in found.form.free:
        low, high = found.within.get(name, (-math.inf, math.inf))
        return type(value) in (int, float) and low <= value <= high
    return text(found.fixed[name]) == text(value)


def _short(variant: str, name: str) -> str:
    return re.sub(rf"^{re.escape(name)}_?", "", variant) or variant


def _key(case: Mapping[str, Any]) -> tuple[tuple[type, Any], ...]:
    return tuple((type(v), v) for v in case.values())


def _case(
    network: Network, found: Free, case: Mapping[str, Any], base: Mapping[str, Any], *, formulas: bool
) -> dict[str, Any]:
    record = found.form.record(_key(case))
    given = {name: value for name, value in found.fixed.items() if axes_of(network.parameters[name]) != axes_of(value)}
    data = packed(record)
    if known := powers(record, _named_points(network, record.parameters, {**given, **case}, base)):
        data["powers"] = known
    numbers = [name for name in found.form.free if name not in case]
    form = smooth(network, numbers, {**given, **case}) if formulas else None
    return {"at": [text(v) for v in case.values()], "record": data, "smooth": _smooth(form) if form else {}}


def _named_points(
    network: Network, names: tuple[str, ...], given: Mapping[str, Any], base: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The points where one parameter has a number that the spec names; the others follow."""
    found = [network.program.point(given, None).values]
    for name in names:
        found += [network.program.point({**given, name: x}, None).values for x in told(network, name, base)]
    return found


def _smooth(form: Smooth) -> dict[str, Any]:
    of = form.form
    return {
        "record": packed(form.record),
        "terms": form.terms,
        "symbols": form.symbols,
        "free": [v.name for v in of.variables],
        "at": {name: text(value) for name, value in of.point.items()},
        "bounds": {v.name: [_plain(v.low, v.base), _plain(v.high, v.base)] for v in of.settled},
        "dropped": of.dropped,
    }


def _plain(x: Any, base: int | None) -> float:
    return float(x if base is None else x * base)
