"""The smooth closed form of a network as typeset terms, and as a record that has the number of each."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any
from xml.etree import ElementTree

import sympy

from .. import arithmetic as ar
from ..arithmetic.recorder import Recorder
from ..compiled.recording import Recording, record_of
from ..errors import CostcalcError
from ..network import Network
from ..record import Record
from ..symbolic import ClosedForm, closed_form
from ..symbolic.mathml import MathML

_MOST_TERMS = 60
_RES = "res"


class Smooth(Record):
    """``form`` with the terms of ``params`` and ``mult_adds`` as trees of MathML.

    ``record`` has their numbers as columns ``params.0`` … and ``mult_adds.0`` …. ``symbols``: those that aren't just a
    parameter, as a tree and what they are.
    """

    form: ClosedForm
    record: Recording
    terms: dict[str, list[Any]]
    symbols: list[list[Any]]


def smooth(network: Network, free: Sequence[str], at: Mapping[str, Any]) -> Smooth | None:
    """The form in those of ``free`` that can be its symbols, the others ``at`` their values; None if there is none."""
    for wrt in _tries(network, free):
        given = {n: v for n, v in at.items() if n not in wrt and not (n == _RES and "rho" in wrt)}
        try:
            form = closed_form(network, wrt, given, measured=False)
            if max(len(sympy.Add.make_args(e)) for e in (form.params, form.work)) <= _MOST_TERMS:
                return _recorded(form, free)
        except (CostcalcError, _NoRecord):
            continue
    return None


def _tries(network: Network, free: Sequence[str]) -> list[list[str]]:
    """Names for the symbols: first with the classes, then those alone that the spec gives a symbol."""
    codes = network.parameter_codes
    usual = [n for n in free if codes[n].parameter.symbol or n == "alpha"]
    ratio = ["rho"] if _RES in free and "rho" not in codes else []
    own = [n for n in usual if n != _RES] + ratio
    classes = [n for n in free if n == "classes"]
    found = [own + classes, own, ratio + classes, own[:1] + ratio]
    return [wrt for k, wrt in enumerate(found) if wrt and wrt not in found[:k]]


class _NoRecord(Exception):
    """An expression has what isn't recorded."""


def _recorded(form: ClosedForm, free: Sequence[str]) -> Smooth:
    recorder = Recorder()
    inputs = {name: recorder.input(name) for name in free}
    numbers = {v.symbol: inputs[v.name] if v.base is None else ar.div(inputs[v.name], v.base) for v in form.variables}
    notation = MathML(form.symbols)
    outputs: dict[str, Any] = {}
    terms: dict[str, list[Any]] = {}
    for column, e in (("params", form.params), ("mult_adds", form.work)):
        parts = _ordered(e, notation)
        terms[column] = [_tree(text) for text, _ in parts]
        outputs |= {f"{column}.{k}": _value(part, numbers) for k, (_, part) in enumerate(parts)}
    record = record_of(recorder, free, outputs)
    record.guards.clear()  # where the form has no number, the page shows none
    named = [v for v in form.variables if v.base or v.means != v.symbol.name]
    return Smooth(form, record, terms, [[_tree(notation.symbol(v.symbol)), v.means] for v in named])


def _ordered(e: Any, notation: MathML) -> list[tuple[str, Any]]:
    """Each term as text and as the expression that it is, in the order of the notation."""
    from ..symbolic import terms

    found = terms(sympy.sympify(e), notation.order)
    products = [sympy.Mul(t.coefficient, *(b**x for b, x in t.factors)) for t in found]
    return list(zip(notation.parts(e), products, strict=True)) if products else []


def _value(e: Any, numbers: Mapping[Any, Any]) -> Any:
    if e.is_Integer:
        return int(e)
    if e.is_Rational:
        return ar.div(int(e.p), int(e.q))
    if e.is_Symbol:
        return numbers[e]
    function = _FUNCTIONS.get(e.func)
    if function is None:
        raise _NoRecord
    return reduce(function, (_value(a, numbers) for a in e.args))


_FUNCTIONS: dict[Any, Callable[[Any, Any], Any]] = {
    sympy.Add: operator.add, sympy.Mul: operator.mul, sympy.Pow: ar.power, sympy.Max: ar.maximum, sympy.Min: ar.minimum,
}  # fmt: skip


def _tree(text: str) -> Any:
    """``[tag, attributes, child …]``, a text as itself: what a page makes elements of, by name."""
    return _node(ElementTree.fromstring(f"<mrow>{text}</mrow>"))


def _node(element: ElementTree.Element) -> Any:
    children: list[Any] = [element.text] if element.text and element.text.strip() else []
    children += [_node(child) for child in element]
    return [element.tag, dict(element.attrib), *children]
