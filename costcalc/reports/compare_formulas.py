"""``compare`` for layers: closed forms, their ratio, and the figures as one parameter after another moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..budget import Budget
from ..comparison import ratio
from ..errors import UsageError
from ..record import Record
from ..table import Column, Table, Value
from . import parameters
from .formula import typeset
from .sides import Side

if TYPE_CHECKING:
    from ..symbolic import ClosedForm


class Formulas(Record):
    """The closed form of each side, and the quotients of its (params, mult-adds) to the first's."""

    forms: list[ClosedForm]
    quotients: list[tuple[Any, Any]]


class FormulaStep(Record):
    """A point: what was moved last, and each side's (params, mult-adds) there."""

    label: str
    point: dict[str, Any]
    figures: list[tuple[int, int]]


def are_letters(sides: Sequence[Side]) -> bool:
    """Whether every side is a layer in letters: parameters with symbols, and no resolution, which a network has.

    Then compare tells the formulas without being asked. This looks at the specs alone: to make the forms and see would
    import SymPy for all comparisons.
    """
    every = [side.counted.network.parameter_codes for side in sides]
    return all("res" not in codes and any(code.parameter.symbol for code in codes.values()) for codes in every)


def formulas(sides: Sequence[Side], wrt: Sequence[str] | None) -> Formulas:
    """In the parameters ``wrt`` that a side has, or in those to which the specs give letters."""
    from ..symbolic import closed_form
    from ..symbolic.ratios import has, letters_of, quotient

    networks = [side.counted.network for side in sides]
    if wrt is not None and not wrt:
        raise UsageError(f"--wrt names no parameter; there are {', '.join(parameters.every_name(networks))}")
    for name in wrt or ():
        if not any(has(network, name) for network in networks):
            raise parameters.no_such_parameter(name, networks)
    forms = []
    for side, network in zip(sides, networks, strict=True):
        names = letters_of(network) if wrt is None else [name for name in wrt if has(network, name)]
        try:
            forms.append(closed_form(network, names, side.given, measured=False))
        except UsageError as e:
            raise UsageError(f"{side.word}: {e.message}") from e
    first = forms[0]
    return Formulas(
        forms, [(quotient(f.params, first.params), quotient(f.mult_adds, first.mult_adds)) for f in forms[1:]]
    )


def steps(sides: Sequence[Side], symbols: Sequence[str]) -> list[FormulaStep]:
    """The point, and then the other declared values of the parameters that are no symbols, each on top of the last.

    So the MobileNet paper's Table 3 goes on from the separable layer to α = 0.75 and to ρ = 0.714. A parameter that a
    SPEC's own point gives stays as it is.
    """
    said = {name for side in sides for name in side.own}
    moved: dict[str, Any] = {}
    found = [FormulaStep("", {}, [_figures(side, {}) for side in sides])]
    networks = [side.counted.network for side in sides]
    budget = Budget("the values that the networks declare", "list fewer of them under 'values'")
    for name in dict.fromkeys(name for network in networks for name in network.parameter_codes):
        if name in symbols or name in said:
            continue
        values = [
            value
            for network in networks
            if name in network.parameter_codes
            for value in network.program.points.declared_values(name, network.variant)
        ]
        here = [side.counted.default.parameters[name] for side in sides if name in side.counted.default.parameters]
        for value in dict.fromkeys(values):
            if value in here:
                continue
            budget.spend(sum(side.counted.default.graph.steps for side in sides))
            moved[name] = value
            label = f"{name}={parameters.shown(value)}"
            found.append(FormulaStep(label, dict(moved), [_figures(side, moved) for side in sides]))
    return found


def _figures(side: Side, moved: dict[str, Any]) -> tuple[int, int]:
    network = side.counted.network
    own = {name: value for name, value in moved.items() if name in network.parameter_codes}
    cost = network.cost({**side.given, **own}) if own else side.counted.default
    return cost.params, cost.mult_adds


# -- tables


def formula_table(sides: Sequence[Side], found: Formulas) -> Table:
    """Each side's closed forms, and below them the quotients to the first."""
    from ..symbolic.documents import legend

    symbols = _symbols(found)
    columns = [
        Column("spec", "form"),
        Column("params", "params", "formula"),
        Column("mult_adds", "mult-adds", "formula"),
    ]
    rows: list[tuple[Value, ...]] = [
        (side.letter, typeset(form.params, symbols), typeset(form.mult_adds, symbols))
        for side, form in zip(sides, found.forms, strict=True)
    ]
    for side, both in zip(sides[1:], found.quotients, strict=True):
        rows.append((f"{side.letter} / {sides[0].letter}", *("" if q is None else typeset(q, symbols) for q in both)))
    letters = dict.fromkeys(part for form in found.forms for part in legend(form).split(", ") if " = " in part)
    table = Table(columns, rows)
    if letters:
        table.notes.append(", ".join(letters))
    if any(form.dropped for form in found.forms):
        table.notes.append('Rounding is dropped: "costcalc formula SPEC" tells the largest error that this makes.')
    return table


def step_table(sides: Sequence[Side], found: Sequence[FormulaStep]) -> Table:
    """The figures at each step; the labels add up."""
    first = sides[0].letter
    columns = [Column("at", "at")]
    for k, side in enumerate(sides):
        columns.append(Column(f"{side.letter}_params", f"{side.letter} params", "count", 5))
        columns.append(Column(f"{side.letter}_mult_adds", f"{side.letter} mult-adds", "count"))
        if k:
            columns.append(Column(f"{side.letter}_ratio", f"× {first}", "ratio", 4))
    rows: list[tuple[Value, ...]] = []
    for step in found:
        cells: list[Value] = [f"then {step.label}" if step.label else "the point"]
        for k, (params, mult_adds) in enumerate(step.figures):
            cells += [params, mult_adds, *([ratio(mult_adds, step.figures[0][1])] if k else [])]
        rows.append(tuple(cells))
    return Table(columns, rows)


def _symbols(found: Formulas) -> list[Any]:
    return list(dict.fromkeys(symbol for form in found.forms for symbol in form.symbols))


# -- JSON


def formula_document(found: Formulas) -> dict[str, object]:
    """Forms in the order of the specs, and the quotients of all but the first to that."""
    from ..symbolic.documents import expression

    symbols = _symbols(found)
    return {
        "forms": [
            {"params": expression(f.params, symbols), "mult_adds": expression(f.mult_adds, symbols)}
            for f in found.forms
        ],
        "ratios": [_quotients(both, symbols) for both in found.quotients],
    }


def _quotients(both: tuple[Any, Any], symbols: list[Any]) -> dict[str, object]:
    from ..symbolic.documents import expression

    found = (None if q is None else expression(q, symbols) for q in both)
    return dict(zip(("params", "mult_adds"), found, strict=True))


def step_document(found: Sequence[FormulaStep]) -> list[dict[str, object]]:
    """The steps, their points as far as they differ from the first."""
    return [
        {"moved": step.point, "params": [p for p, _ in step.figures], "mult_adds": [m for _, m in step.figures]}
        for step in found
    ]
