"""One layer: the formulas of its parts in letters and in numbers, and what every convention makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ..conventions import DEFAULT, Convention, SaysNothing
from ..cost import Cost
from ..errors import CostcalcError, UsageError, nearest, quoted
from ..graph import Layer, path_text
from ..network import Network
from ..reconcile import counted
from ..reconcile.totals import whole
from ..record import Record, fresh
from ..render.cells import shape
from ..symbolic.letters import Letter, Letters, PartForm, lettered
from ..symbolic.notation import Latex, Unicode
from ..table import Column, Table, Typeset
from ..units import exact, ratio
from . import parameters
from .formula import typeset
from .show_columns import type_text
from .values import plain, with_format

_NAMED = 6
_LAYERS = 8
_SMALL = 10


class Member(Record):
    """A primitive of a layer, its parts and its letters."""

    layer: Layer
    parts: list[PartForm]
    letters: list[Letter]

    @property
    def symbols(self) -> list[Any]:
        """The letters alone."""
        return [letter.symbol for letter in self.letters]


class ByConvention(Record):
    """What a convention makes of a layer: params and work, by primitive and part too; or why it can't count it."""

    convention: Convention
    params: Any = None
    work: Any = None
    amounts: dict[tuple[str, str], Any] = fresh(default_factory=dict)
    problem: str = ""


class Explained:
    """A layer of a network at one point: a call of the spec with all its primitives, or one primitive."""

    def __init__(self, network: Network, values: Mapping[str, Any], name: str) -> None:
        self.network = network
        self.cost = network.cost(values)
        self.name, self.layers = _found(self.cost, name)
        letters = Letters()
        self.members = [_member(layer, letters) for layer in self.layers]
        self.values = values

    def by(self, convention: Convention) -> ByConvention:
        """What ``convention`` makes of it."""
        try:
            if convention.scaled is None:
                cost, scale = self.network.recount(self.cost, convention), 1
                layers: Sequence[Layer] = self.layers
            else:
                cost, scale = counted(self.network, self.values, convention)
                there = {layer.name: layer for layer in cost.graph.layers}
                layers = [there[layer.name] for layer in self.layers]
            return _counted(convention, cost.convention, layers, scale)
        except SaysNothing as e:
            return ByConvention(convention, problem=e.message)
        except (CostcalcError, KeyError) as e:
            return ByConvention(
                convention, problem=e.message if isinstance(e, CostcalcError) else "it has no such layer there"
            )


def _member(layer: Layer, made: Letters) -> Member:
    parts, letters = lettered(layer.op, layer.in_shapes, layer.out_shape, layer.count, layer.weight_count, made)
    return Member(layer, parts, letters)


def _counted(convention: Convention, chosen: Convention, layers: Iterable[Layer], scale: Any) -> ByConvention:
    found = ByConvention(convention, 0, 0)
    for layer in layers:
        params, work = chosen.amounts(layer)
        found.params += sum(params.values()) * layer.weight_count
        found.work += sum(work.values()) * layer.count * scale
        for part, n in params.items():
            found.amounts[layer.name, part] = whole(n * layer.weight_count)
        for part, n in work.items():
            found.amounts[layer.name, part] = whole(n * layer.count * scale)
    found.params, found.work = whole(found.params), whole(found.work)
    return found


# -- which layer


def _found(cost: Cost, name: str) -> tuple[str, list[Layer]]:
    """The layers that ``name`` means: a row by layer or primitive, or a copy of one. Raises :class:`UsageError`."""
    for layers in (cost.graph.layers, cost.expanded().layers):
        own = [layer for layer in layers if path_text(layer.call) == name]
        own = own or [layer for layer in layers if layer.name == name]
        if own:
            return name, own
    rows = [row for row, _ in cost.groups("layer")]
    inside = [row for row in rows if row.startswith(f"{name}.")]
    if inside:
        raise UsageError(f"{quoted(name)} of {cost.spec} has {len(inside)} layers; name one: {_some(inside)}")
    copies = [path_text(layer.call) for layer in cost.expanded().layers]
    known = list(dict.fromkeys([*rows, *copies, *(layer.name for layer in cost.graph.layers)]))
    raise UsageError(f"{cost.spec} has no layer {quoted(name)}{nearest(name, known)}; there are {_some(rows)}")


def _some(names: Sequence[str]) -> str:
    more = len(names) - _LAYERS
    return ", ".join(names[:_LAYERS]) + (f" and {more} more (costcalc show)" if more > 0 else "")


def layer_names(network: Network, values: Mapping[str, Any]) -> list[str]:
    """The rows that there are, for completion."""
    return [name for name, _ in network.cost(values).groups("layer")]


# -- tables


def tables(explained: Explained, every: Sequence[ByConvention], *, all_names: bool = False) -> list[Table]:
    """What every convention makes of the layer; then, to end with, its formulas."""
    return [conventions_table(explained, every, all_names=all_names), parts_table(explained, every)]


def parts_table(explained: Explained, every: Iterable[ByConvention] = (), *, raw: bool = False) -> Table:
    """A row for each part: its formula in letters and in numbers, and what the default convention counts it as."""
    default = next((c for c in every if c.convention.name == DEFAULT), None)
    columns = [
        Column("op", "op", keep=8),
        Column("part", "part"),
        Column("of", "of", keep=2),
        Column("formula", "formula", "formula"),
        Column("numbers", "in numbers", "formula"),
        Column("amount", "amount", "count"),
        Column("counted", f"by {DEFAULT}", keep=7),
    ]
    rows: list[tuple[Any, ...]] = []
    for member in explained.members:
        for k, part in enumerate(member.parts):
            kind = member.layer.op.kind if raw or k == 0 else ""
            of = "weights" if part.is_weight else "work"
            rows.append((kind, part.name, of, typeset(part.formula, member.symbols), numbers(member, part), part.amount,
                         _as(default, member, part)))  # fmt: skip
    table = Table(columns, rows, heading(explained))
    if not raw:
        table.notes = notes(explained, default)
    return table


def _as(default: ByConvention | None, member: Member, part: PartForm) -> str:
    """What the default convention counts a part as."""
    if default is None or not default.amounts.get((member.layer.name, part.name)):
        return "0"
    return "params" if part.is_weight else default.convention.unit


def numbers(member: Member, part: PartForm) -> Typeset:
    """The formula with its letters' numbers."""
    texts = {letter.symbol: exact(letter.value) for letter in member.letters}
    latex = _Numbers(member.symbols, texts).text(part.formula)
    return Typeset(Unicode(member.symbols, texts).text(part.formula), f"${latex}$")


class _Numbers(Latex):
    """LaTeX of an expression whose symbols are numbers."""

    def symbol(self, s: Any) -> str:
        return str(self.names[s]).replace(",", "{,}")

    def product(self, coefficient: int, factors: list[str]) -> str:
        own = [self.integer(coefficient)] if coefficient != 1 or not factors else []
        return r" \cdot ".join([*own, *factors])


def heading(explained: Explained) -> str:
    """The layer, its network and point, and its shapes."""
    first, last = explained.layers[0], explained.layers[-1]
    shapes = " + ".join(shape(s, squares=True) for s in dict.fromkeys(first.in_shapes))
    given = explained.values
    about = [row for row in explained.cost.by("layer") if row.name == explained.name]
    kind = type_text(about[0]) if about else first.op.label
    what = ", ".join(
        text for text in (kind, first.op.filter_text, f"{shapes} to {shape(last.out_shape, squares=True)}") if text
    )
    at = f" at {parameters.listed(given)}" if given else ""
    return f"{explained.name} of {explained.network.name}{at}: {what}"


def notes(explained: Explained, default: ByConvention | None) -> list[str]:
    """The letters, and the answer in a line."""
    letters: dict[tuple[str, Any], str] = {}
    for member in explained.members:
        for letter in member.letters:
            letters.setdefault((str(letter.symbol), letter.value), letter.meaning)
    found = ["; ".join(f"{name} = {exact(value)}, {meaning}" for (name, value), meaning in letters.items())] * bool(
        letters
    )
    owners = dict.fromkeys(layer.owner.name for layer in explained.layers if layer.owner is not None)
    if owners:
        found.append(f"Its weights are those of {', '.join(owners)}, where they are counted.")
    if default is not None and not default.problem:
        found.append(f"{DEFAULT}: {exact(default.params)} params, {exact(default.work)} {default.convention.unit}.")
    return found


def conventions_table(explained: Explained, every: Sequence[ByConvention], *, all_names: bool = False) -> Table:
    """A row for each pair of params and work that conventions make of the layer."""
    columns = [
        Column("params", "params", "count"),
        Column("work", "work", "count"),
        Column("parts", "counted of its work", "formula"),
        Column("conventions", "conventions", "formula"),
    ]
    groups: dict[tuple[Any, Any], list[ByConvention]] = {}
    for c in sorted((c for c in every if not c.problem), key=lambda c: (c.work, c.params)):
        groups.setdefault((c.params, c.work), []).append(c)
    rows: list[tuple[Any, ...]] = []
    for (params, work), group in groups.items():
        said = dict.fromkeys(counted_parts(explained, c) for c in group)
        rows.append((params, round(work), " or ".join(said), _names([c.convention.name for c in group], all_names)))
    table = Table(columns, rows, f"{explained.name} of {explained.network.name} by {len(every)} conventions")
    if inexact := [c.convention.name for c in every if not c.problem and c.work != int(c.work)]:
        table.notes.append(f"Rounded to a whole number: {', '.join(inexact)}.")
    silent = [c.convention.name for c in every if c.problem]
    if silent:
        table.notes.append(f"They say nothing of such a layer: {_names(silent, all_names)}.")
    table.notes.append("What one counts, and who says so: costcalc explain convention NAME.")
    return table


def _number(value: Any) -> Any:
    return value if isinstance(value, int) else float(value)


def _names(names: Sequence[str], every: bool) -> str:
    if every or len(names) <= _NAMED:
        return ", ".join(names)
    return f"{', '.join(names[: _NAMED - 1])} and {len(names) - _NAMED + 1} more"


def counted_parts(explained: Explained, c: ByConvention) -> str:
    """The parts of the work that count, with what they are taken times: ``mac + 4·norm``."""
    every = [(member, part) for member in explained.members for part in member.parts if not part.is_weight]
    seen = [part.name for _, part in every]
    told = []
    for member, part in every:
        amount = c.amounts.get((member.layer.name, part.name), 0)
        if amount:
            name = part.name if seen.count(part.name) == 1 else f"{member.layer.op.kind}.{part.name}"
            told.append(_times(amount, part.amount, name))
    return " + ".join(told) or "nothing"


def _times(amount: Any, whole_part: Any, name: str) -> str:
    if not whole_part:
        return f"{exact(_number(amount))} for {name}"
    times = Fraction(amount) / Fraction(whole_part)
    if times.denominator == 1:
        return name if times == 1 else f"{times.numerator}·{name}"
    if times.numerator == 1 and times.denominator < _SMALL:
        return f"{name}/{times.denominator}"
    more = Fraction(amount) - whole_part
    if more.denominator == 1 and abs(more) < Fraction(whole_part) / _SMALL:
        return f"{name} {'-' if more < 0 else '+'} {exact(abs(more.numerator))}"
    return f"{ratio(times)}·{name}" if times > Fraction(1, _SMALL) else f"{exact(_number(amount))} for {name}"


# -- JSON


def document(explained: Explained, every: Sequence[ByConvention]) -> dict[str, object]:
    """The JSON: parts with their formulas, and each convention's params and work, by part."""
    first, last = explained.layers[0], explained.layers[-1]
    return with_format({
        "spec": explained.network.name,
        "parameters": {name: plain(value) for name, value in explained.cost.parameters.items()},
        "layer": explained.name,
        "in_shapes": plain(first.in_shapes),
        "out_shape": plain(last.out_shape),
        "ops": [_member_document(member) for member in explained.members],
        "conventions": [_counted_document(c) for c in every],
    })  # fmt: skip


def _member_document(member: Member) -> dict[str, object]:
    return {
        "name": member.layer.name,
        "op": member.layer.op.kind,
        "runs": member.layer.count,
        "letters": [{"letter": str(a.symbol), "value": plain(a.value), "meaning": a.meaning} for a in member.letters],
        "parts": [
            {
                "part": part.name,
                "of": "weights" if part.is_weight else "work",
                "formula": Unicode(member.symbols).text(part.formula),
                "latex": Latex(member.symbols).text(part.formula),
                "numbers": str(numbers(member, part)),
                "amount": plain(part.amount),
            }
            for part in member.parts
        ],
    }


def _counted_document(c: ByConvention) -> dict[str, object]:
    found: dict[str, object] = {
        "convention": c.convention.name, "unit": c.convention.unit, "params": plain(c.params), "work": plain(c.work),
    }  # fmt: skip
    if c.problem:
        return {**found, "problem": c.problem}
    parts: dict[str, dict[str, object]] = {}
    for (name, part), amount in c.amounts.items():
        parts.setdefault(name, {})[part] = plain(amount)
    return {**found, "parts": parts}
