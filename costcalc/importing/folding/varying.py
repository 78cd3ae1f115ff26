"""One spec for several traces of a network, whose constructor was given several values of an argument."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import CostcalcError, UsageError
from ...language.source import Source
from ...network import network_from
from ..calls import Flat, Value
from ..flat_text import flat_text
from ..names import identifier
from ..same import difference
from .blocks import FoldedBlock
from .bodies import Body
from .network import FoldedNetwork
from .regrouping import reassociated
from .repeats import EqualSteps
from .rules import best, holds, written
from .table import is_chain
from .text import SpecText, rows_of


def fold_varied(argument: str, values: Sequence[float], flats: Sequence[Flat], comments: Sequence[str] = ()) -> str:
    """The spec, with a parameter for ``argument``, which has the layers of each of ``flats`` at its value.

    Raises :class:`UsageError` where the traces differ in more than numbers, or no rule and no table says how.
    """
    if len(set(values)) != len(values) or len(values) < 2 or len(values) != len(flats):
        raise UsageError("--vary takes two or more values, each once")
    base = default_of(values)
    order = [base, *(k for k in range(len(values)) if k != base)]
    values = [values[k] for k in order]
    flats = [reassociated(flats[k]) for k in order]
    name = identifier(argument)
    network = FoldedNetwork(flats)
    text = _Varied(name, values, flats[0], network).text(comments)
    for value, flat in zip(values, flats, strict=True):
        _prove(text, name, value, flat)
    return text


def default_of(values: Sequence[float]) -> int:
    """Which of the values is the parameter's default: 1, or the first."""
    return next((k for k, value in enumerate(values) if value == 1), 0)


def _prove(text: str, name: str, value: float, flat: Flat) -> None:
    try:
        found = network_from(Source("imported.yaml", text, "")).graph(expand=True, **{name: value})
        wanted = network_from(Source("flat.yaml", flat_text(flat), "")).graph(expand=True)
        problem = difference(found, wanted)
        what = None if problem is None else problem.what
    except CostcalcError as error:
        what = str(error).splitlines()[0]
    if what is not None:
        raise UsageError(f"no rule was found for {name}: at {value:g}, {what} would differ")


class _Varied:
    """The rows that all traces have, and how their numbers follow from the argument."""

    def __init__(self, name: str, values: Sequence[float], flat: Flat, network: FoldedNetwork) -> None:
        self.name = name
        self.values = values
        self.flat = flat
        self.blocks = network.blocks
        self.bodies = network.bodies
        self.all_rows = _aligned(network.bodies, network.blocks)
        self.where: dict[str, str] = {}

    def text(self, comments: Sequence[str]) -> str:
        rows = self.all_rows[0]
        self.is_table = is_chain(self.bodies[0])
        columns = self._columns()
        for column, by_row in columns.items():
            self._write(column, by_row, rows)
        self._write_copies(rows)
        at = f"{self.values[0]:g}"
        listed = ", ".join(f"{v:g}" for v in sorted(self.values))
        low, high = (f"{v:g}" for v in (min(self.values), max(self.values)))
        looked_up = any("pick(" in text for row in rows for text in (row.number, *row.cells.values()))
        allowed = f"choices: [{listed}]" if looked_up else f"range: {low}..{high}, values: [{listed}]"
        parameters = {self.name: f"{{default: {at}, {allowed}}}"}
        return SpecText(self.flat, self.bodies[0], self.blocks, rows, parameters, self.where).text(comments)

    def _write_copies(self, rows: Sequence[EqualSteps]) -> None:
        numbers = {k: [of[k].copies for of in self.all_rows] for k in range(len(rows))}
        rule = best(self.values, [n for n in numbers.values() if len(set(n)) > 1]) if self.is_table else None
        if rule is not None:
            self.where["n"] = rule.text.format(v=self.name, c="n")
        for k, found in numbers.items():
            if rule is not None and holds(rule, self.values, found):
                continue
            if len(set(found)) > 1 or (rule is not None and (found[0] > 1 or self._is_block(rows[k]))):
                text = written(self.name, self.values, found)
                rows[k].number = f"={text}" if rule is not None else text

    def _is_block(self, row: EqualSteps) -> bool:
        return self.bodies[0].steps[row.first].is_block

    def _columns(self) -> dict[str, dict[int, list[Value]]]:
        """For each argument that numbers vary in, its value in each row, at each value of the argument."""
        found: dict[str, dict[int, list[Value]]] = {}
        for k in range(len(self.all_rows[0])):
            steps = [body.steps[rows[k].first] for body, rows in zip(self.bodies, self.all_rows, strict=True)]
            for name in steps[0].arguments:
                found.setdefault(name, {})[k] = [step.arguments[name] for step in steps]
        return {n: rows for n, rows in found.items() if any(len(set(column)) > 1 for column in rows.values())}

    def _write(self, column: str, by_row: dict[int, list[Value]], rows: Sequence[EqualSteps]) -> None:
        numbers: dict[int, list[int]] = {}
        for k, found in by_row.items():
            whole = [v for v in found if type(v) is int]
            if len(whole) == len(found):
                numbers[k] = whole
            elif len(set(found)) > 1:
                step = self.bodies[0].steps[rows[k].first]
                raise UsageError(f"{step.path or step.word} has {column} {found[0]} and {found[1]}: not a number")
        rule = best(self.values, [n for n in numbers.values() if len(set(n)) > 1]) if self.is_table else None
        if rule is not None:
            self.where[column] = rule.text.format(v=self.name, c=column)
        for k, those in numbers.items():
            if rule is not None and holds(rule, self.values, those):
                continue  # the cell is the number where the argument is 1
            if rule is not None or len(set(those)) > 1:
                text = written(self.name, self.values, those)
                rows[k].cells[column] = f"={text}" if rule is not None else text


def _aligned(bodies: Sequence[Body], blocks: dict[str, FoldedBlock]) -> list[list[EqualSteps]]:
    """The rows of each body, as many in each and of the same calls."""
    found = [rows_of(body, blocks) for body in bodies]
    if len({len(body.steps) for body in bodies}) == 1:
        firsts = sorted({row.first for rows in found for row in rows})
        ends = [*(first - 1 for first in firsts[1:]), len(bodies[0].steps) - 1]
        alternating = {row.first: row.alternating for rows in found for row in rows}
        found = [[EqualSteps(a, b, alternating[a]) for a, b in zip(firsts, ends, strict=True)] for _ in bodies]
    kinds = {tuple(body.steps[row.first].form for row in rows) for body, rows in zip(bodies, found, strict=True)}
    if len(kinds) > 1:
        raise UsageError("--vary: the networks have other calls, not only other numbers")
    return found
