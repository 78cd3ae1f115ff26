"""Closed forms as texts that stand on their own: a Python function, and what JSON holds."""

from __future__ import annotations

import keyword
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sympy

from ..arithmetic.roundings import MakeDivisible
from ..conventions import DEFAULT
from ..errors import printable
from .choosing import RES, Variable
from .forms import ClosedForm, FormRow, terms
from .notation import Python, Unicode

_WIDTH = 100
_GLUE = "\N{NO-BREAK SPACE}"
_TAKEN = (
    "ceil", "floor", "nan", "make_divisible", "round", "rounded", "max", "min", "int", "params", "mult_adds", "counted",
    "rows", "value", "decimal", "whole",
)  # fmt: skip
"""Names that the Python form has a use for."""
_MAKE_DIVISIBLE = '''
def make_divisible(v, divisor):
    """The multiple of divisor nearest to v, at least divisor, never below 90 % of v."""
    rounded = max(divisor, int(v + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * v else rounded

'''

_ROUNDED = """
    def rounded(value):
        # The last bit of a decimal such as 0.6 depends on the order of a sum.
        whole = all(float(2**20 * decimal).is_integer() for decimal in ({decimals},))
        if not whole and abs(value % 1 - 0.5) < 2**-45 * max(1, abs(value)):
            raise ValueError(f"{{value:.4g}} is to be rounded, and its last bit decides: count it instead")
        return round(value)

"""


# -- Python


def python(form: ClosedForm) -> str:
    """A module with one function, which has the variables' parameters as arguments and imports no more than ``math``.

    It returns (params, mult_adds), by another convention (params, counted); of a form in rows, a dict of those by the
    row's name. That of an exact form raises ``ValueError`` where the form takes for granted what isn't so, and
    where the last bit of a sum decides how it is rounded.
    """
    names = argument_names(form.variables)
    form = _in_pixels(form)
    notation = Python(form.symbols, {v.symbol: names[v.parameter] for v in form.variables})
    rows = form.rows or [form.total]
    texts = [(row.name, notation.parts(row.params), notation.parts(row.work)) for row in rows]
    checks = [line for a in (form.assumptions if form.exact else ()) for line in _check(notation.condition(a))]
    code = " ".join([*(part for _, *both in texts for parts in both for part in parts), *checks])
    lines = [f'"""{headline(form)}"""', ""]
    wanted = [f for f in ("ceil", "floor", "nan") if re.search(rf"\b{f}\b", code)]
    if wanted:
        lines += [f"from math import {', '.join(wanted)}", ""]
    if "make_divisible(" in code:
        lines += _MAKE_DIVISIBLE.splitlines()
    arguments = ", ".join(f"{names[v.parameter]}={number(v.value)}" for v in form.variables)
    docstring = f'"""{_docstring(form, names)}"""'
    wrapped = textwrap.wrap(docstring, _WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    lines += ["", f"def {identifier(form.spec)}({arguments}):", *(f"    {line}" for line in wrapped)]
    for v in form.variables:
        if v.base is not None and form.exact:
            lines.append(f"    {RES} = round({v.base} * {names[v.parameter]})")
    if "rounded(" in code:
        decimals = ", ".join(names[v.parameter] for v in form.variables if not v.symbol.is_integer)
        lines += _ROUNDED.format(decimals=decimals).splitlines()
    lines += checks
    if form.rows:
        lines.append("    rows = {}")
        for name, params, work in texts:
            lines.append(f"    rows[{name!r}] = (")
            for parts in (params, work):
                lines += [f"        {line}" for line in _filled([*parts[:-1], f"{parts[-1]},"])]
            lines.append("    )")
        lines.append("    return rows")
    else:
        _, params, work = texts[0]
        lines += _statement("params", params) + _statement(form.key, work)
        lines.append(f"    return params, {form.key}")
    return "\n".join(lines) + "\n"


def argument_names(variables: Sequence[Variable]) -> dict[str, str]:
    """An identifier for each variable's parameter: its name, unless Python or the function has another use for it."""
    found: dict[str, str] = {}
    for name in sorted((v.parameter for v in variables), key=lambda name: identifier(name) != name):
        found[name] = identifier(name, found.values())
    return found


def _in_pixels(form: ClosedForm) -> ClosedForm:
    """An exact form with ρ in whole pixels: ⌈7ρ⌉ of a decimal ρ may be one too many."""
    back = {v.symbol: sympy.Symbol(RES, integer=True, positive=True) / v.base for v in form.variables if v.base}
    if not form.exact or not back:
        return form
    rows = [FormRow(r.name, r.params.subs(back), r.work.subs(back)) for r in [form.total, *form.rows]]
    values = {name: getattr(form, name) for name in form._fields} | {"total": rows[0], "rows": rows[1:]}
    return ClosedForm(**{**values, "assumptions": [a.subs(back) for a in form.assumptions]})


def _check(condition: str) -> list[str]:
    """Where the form takes for granted what isn't so, another count would come out."""
    wrapped = textwrap.wrap(condition, _WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    raising = '        raise ValueError("what is taken for granted is not so here: count it instead")'
    return ["    if not (", *(f"        {line}" for line in wrapped), "    ):", raising]


def identifier(name: str, taken: Iterable[str] = ()) -> str:
    found = "".join(c if f"_{c}".isidentifier() else "_" for c in unicodedata.normalize("NFKC", name))
    found = found if found.isidentifier() else f"_{found}"
    while keyword.iskeyword(found) or found in _TAKEN or found in taken:
        found += "_"
    return found


def number(value: Any) -> str:
    """A default: an int where it is whole, so that the counts are whole too."""
    if value == int(value):
        return str(int(value))
    return repr(value) if isinstance(value, float) else f"{value.numerator} / {value.denominator}"


def _statement(target: str, parts: list[str]) -> list[str]:
    line = f"    {target} = {' '.join(parts)}"
    if len(line) <= _WIDTH:
        return [line]
    return [f"    {target} = (", *(f"        {line}" for line in _filled(parts)), "    )"]


def _filled(parts: list[str]) -> list[str]:
    """Lines of whole terms."""
    joined = " ".join(part.replace(" ", _GLUE) for part in parts)
    wrapped = textwrap.wrap(joined, _WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    return [line.replace(_GLUE, " ") for line in wrapped]


def headline(form: ClosedForm) -> str:
    """What the form is of, by which convention, in one line."""
    kind = "exact" if form.exact else "smooth"
    by = "" if form.convention.name == DEFAULT else f" by the convention {one_line(form.convention.name)}"
    what = one_line(form.unit)
    return f"Params and {what} of {form.spec} in closed form ({kind}){by}, as costcalc derives them."


def one_line(text: str) -> str:
    """A convention's words where a comment or docstring must go on."""
    return printable(text).replace("\n", " ").replace('"', "'").replace("\\", "/")


def _docstring(form: ClosedForm, names: Mapping[str, str]) -> str:
    what = f"{{{form.by}: (params, {form.key})}}" if form.rows else f"(params, {form.key})"
    means = [f"{names[v.parameter]} is {v.means}" for v in form.variables if v.means != names[v.parameter]]
    point = [f"{name}={_plain(value)}" for name, value in form.point.items()]
    return "; ".join([what, *means, *([", ".join(point)] if point else [])]).replace('"', "'").replace("\\", "/") + "."


def _plain(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


# -- for people and programs


def interval(part: Any, notation: Any) -> str:
    """``α ≥ 1``, ``1/2 ≤ α ≤ 1``."""
    symbol, relation = notation.symbol(part.symbol), notation.relations
    low, high = (None if end is None else notation.text(sympy.Rational(end)) for end in (part.low, part.high))
    if low is None:
        return f"{symbol} {relation['<=']} {high}"
    if high is None:
        return f"{symbol} {relation['>=']} {low}"
    return f"{low} {relation['<=']} {symbol} {relation['<=']} {high}"


def _legend(variables: Sequence[Variable]) -> Iterator[str]:
    notation = Unicode([v.symbol for v in variables])
    for v in variables:
        letter = notation.symbol(v.symbol)
        yield letter if v.symbol.name == v.means else f"{letter} = {v.means}"


def legend(form: ClosedForm) -> str:
    """What the letters are: ``α, ρ = res/224``."""
    return legend_of(form.variables)


def legend_of(variables: Sequence[Variable]) -> str:
    """What the letters of some variables are."""
    return ", ".join(_legend(variables))


def divisors(form: ClosedForm) -> list[tuple[str, str]]:
    """Each divisor to whose multiples an exact form rounds: ``[x]₈`` and ``8``."""
    notation, x = Unicode(form.symbols), sympy.Symbol("x")
    found = {a.args[1] for e in (form.params, form.work) for a in e.atoms(MakeDivisible)}
    return [(notation.atom(MakeDivisible(x, d)), notation.text(d)) for d in sorted(found, key=sympy.default_sort_key)]


def document(form: ClosedForm) -> dict[str, object]:
    """What JSON holds: exact coefficients and powers, and every expression as Python text."""
    result: dict[str, object] = {
        "spec": form.spec,
        "exact": form.exact,
        "convention": form.convention.name,
        "unit": form.unit,
        "symbols": symbols_document(form.variables),
        "parameters": {name: json_number(value) for name, value in form.point.items()},
        "totals": _forms(form, form.total),
    }
    if form.rows:
        result |= {"by": form.by, "rows": [{"name": row.name, **_forms(form, row)} for row in form.rows]}
    if form.parts:
        result["parts"] = [
            {
                "symbol": p.symbol.name,
                "from": json_number(p.low),
                "to": json_number(p.high),
                **_forms(form, p),
            }
            for p in form.parts
        ]
    result["dropped"] = form.dropped
    notation = Python(form.symbols)
    result["assumptions"] = [notation.condition(a) for a in form.assumptions]
    if form.left:
        result["not_symbols"] = form.left
    if form.accuracy is not None:
        result["relative_error"] = {"points": form.accuracy.points} | {
            what: {"largest": float(largest.error), "at": {n: json_number(v) for n, v in largest.point.items()}}
            for what, largest in (("params", form.accuracy.params), (form.key, form.accuracy.work))
        }
    return result


def symbols_document(variables: Sequence[Variable]) -> list[dict[str, object]]:
    """The symbols of a form."""
    return [
        {"symbol": v.symbol.name, "parameter": v.parameter, "means": v.means, "value": json_number(v.value)}
        for v in variables
    ]


def _forms(form: ClosedForm, row: FormRow) -> dict[str, object]:
    return {what: expression(e, form.symbols) for what, e in (("params", row.params), (form.key, row.work))}


def expression(e: Any, symbols: list[Any]) -> dict[str, object]:
    """An expression as Python text, and as its terms where it is a sum of products."""
    notation = Python(symbols)
    found = [
        {"coefficient": json_number(t.coefficient), "factors": {notation.atom(b): json_number(x) for b, x in t.factors}}
        for t in terms(e, symbols)
    ]
    return {"text": notation.text(e), "terms": found}


def json_number(value: Any) -> Any:
    """Ints and words as they are, other exact numbers as Fractions, which the renderer writes out."""
    if value is None or isinstance(value, bool | int | str | float | list):
        return value
    if getattr(value, "is_Rational", True):
        from fractions import Fraction

        exact = Fraction(int(value.numerator), int(value.denominator))
        return int(exact) if exact.denominator == 1 else exact
    return str(value)
