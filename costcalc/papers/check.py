"""Printed figures against computed ones. Each figure ends in one state; a mismatch is somebody's error."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import prod
from typing import Any

from ..comparison import HEAD, by_stride
from ..conventions import DEFAULT, Convention
from ..cost import Cost
from ..errors import CostcalcError, SpecError, quoted
from ..memory.maps import largest_maps
from ..network import Network, SpecLoader
from ..record import Record
from ..units import BYTES, exact
from .beside import work_beside
from .cells import Cells
from .figure import Figure
from .read import MAPS, MEASURES, Paper, PaperTable, PrintedRow

STATES = (
    "match", "explained", "copied", "misprint", "nominal", "unexplained", "doubtful", "not_modelled", "mismatch",
)  # fmt: skip
"""From what a reader can trust to what somebody got wrong; a copied figure counts as copied, whatever it copies."""
GRAPHS = 8
"""How many graphs a check keeps, for figures to come."""


class Result(Record):
    """A figure's state. ``ours`` is what was computed (under the explanation, if there is one), None if nothing was.

    ``cell`` is the result of the figure that was copied, or of the right one for a misprint.
    """

    paper: Paper
    table: PaperTable
    row: PrintedRow
    figure: Figure
    state: str
    ours: Fraction | None
    reason: str
    cell: Result | None = None

    @property
    def subject(self) -> str:
        """The network and the point, as the row has them."""
        point = ", ".join(f"{k} {v}" for k, v in self.row.at.items())
        name = self.row.label or self.row.network or ""
        kind = f", {self.row.kind}" if self.row.kind else ""
        return f"{name}{kind} ({point})" if point else f"{name}{kind}"


_State = tuple[str, "Fraction | None", str, "Result | None"]


class Checker:
    """Evaluates figures. Files are read once and each value is computed once; of the graphs the last ones are kept.

    ``papers`` are those whose cells a figure may name; the shipped ones are read when a figure names another.
    """

    def __init__(self, papers: Iterable[Paper] = ()) -> None:
        self._cells = Cells(papers)
        self._loader = SpecLoader()
        self._networks: dict[str, Network] = {}
        self._maps: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, int]] = {}
        self._values: dict[tuple[Any, ...], Fraction] = {}
        self._costs: dict[tuple[Any, ...], dict[str, Cost]] = {}
        self._under_way: list[int] = []

    def check(self, papers: Iterable[Paper]) -> list[Result]:
        """The state of every figure of ``papers``, in their order."""
        return [
            self._result(paper, table, row, figure)
            for paper in papers
            for table in paper.tables
            for row in table.rows
            for figure in row.figures
        ]

    def _result(self, paper: Paper, table: PaperTable, row: PrintedRow, figure: Figure) -> Result:
        if figure.state in ("not_modelled", "doubtful"):
            return Result(paper, table, row, figure, figure.state, None, figure.reason)
        if id(figure) in self._under_way:
            raise SpecError("this figure is a copy of itself", figure.text.place())
        self._under_way.append(id(figure))
        try:
            state, ours, reason, cell = self._state(table, row, figure)
        except CostcalcError as e:
            placed = e if isinstance(e, SpecError) and e.place else None
            raise placed or SpecError(f"{table.name}: {e}", figure.text.place()) from e
        finally:
            self._under_way.pop()
        return Result(paper, table, row, figure, state, ours, reason, cell)

    def _state(self, table: PaperTable, row: PrintedRow, figure: Figure) -> _State:
        if figure.measure not in MEASURES and figure.state not in ("copied", "misprint", "nominal"):
            raise SpecError(f"{quoted(figure.measure)} is not computed: the row is not modelled, and says why")
        assert figure.printed is not None
        convention = self._loader.convention(table.convention_of(figure.measure) or DEFAULT)
        ours = self._ours(row, figure, convention)
        fits = ours is not None and figure.printed.contains(ours, _rule(convention))
        if figure.state == "":
            return ("match" if fits else "mismatch"), ours, "", None
        if fits:
            return "mismatch", ours, f"comes out as printed: it is not {figure.state}", None
        if figure.state == "copied":
            return self._copied(row, figure, ours)
        if figure.state == "misprint":
            return self._misprint(row, figure, ours, _rule(convention))
        if figure.state == "explained":
            return self._explained(row, figure, convention, ours)
        if ours != figure.ours:
            return "mismatch", ours, f"our own figure was {_show(figure.ours)} when this was written", None
        return figure.state, ours, figure.reason, None

    def _ours(self, row: PrintedRow, figure: Figure, convention: Convention) -> Fraction | None:
        """Our own figure under the table's convention; None if its network, or the kind of figure, isn't there."""
        assert figure.printed is not None
        if row.network is None or figure.measure not in MEASURES:
            return None
        ours = self.value(row.network, row.at, convention, row.kind, figure.measure)
        ours += self._beside(row, row.at, figure.measure)
        return ours / (self._divisor(row, convention, figure) * BYTES.get(figure.printed.noun, 1))

    def _explained(self, row: PrintedRow, figure: Figure, convention: Convention, ours: Fraction | None) -> _State:
        assert figure.printed is not None
        read = figure.read
        assert read is not None
        other = self._loader.convention(figure.convention) if figure.convention else convention
        point = {**({} if figure.network else row.at), **figure.at}
        explained = self.value(figure.network or row.network, point, other, row.kind, figure.measure)
        explained += self._beside(row, point, figure.measure)
        explained /= self._divisor(row, other, figure) * BYTES.get(figure.printed.noun, 1)
        if not read.contains(explained, _rule(other)):
            return "mismatch", explained, f"the explanation gives {_show(explained)}: {figure.reason}", None
        if figure.digits is not None and figure.printed.contains(explained, _rule(other)):
            return "mismatch", explained, f"all digits come out, not {figure.digits} alone: {figure.reason}", None
        if figure.digits is None and explained == ours:
            return "mismatch", explained, "only the rounding differs, which is a table's and not a row's", None
        return "explained", explained, figure.reason, None

    def _copied(self, row: PrintedRow, figure: Figure, ours: Fraction | None) -> _State:
        source = self._result(*self._cells.copied_from(row, figure))
        where = f"{source.paper.title}, {source.table.name}"
        reason = f"copied from {where}, where it is {source.state.replace('_', ' ')}"
        return "copied", ours, f"{reason}. {figure.reason}" if figure.reason else reason, source

    def _misprint(self, row: PrintedRow, figure: Figure, ours: Fraction | None, rule: Any) -> _State:
        assert figure.printed is not None
        if figure.right is not None:
            if ours is not None and figure.right.contains(ours, rule):
                return "misprint", ours, figure.reason, None
            return "mismatch", ours, f"{figure.right.text} isn't right either: {figure.reason}", None
        assert figure.cell is not None
        for place in self._cells.right_of(row, figure):
            right = self._result(*place)
            there = right.figure.printed
            comes_out = right.state in ("match", "explained") and self._same_point(row, right.row)
            if comes_out and there is not None and not figure.printed.contains(there.value):
                return "misprint", ours, figure.reason, right
        return "mismatch", ours, f"no other figure comes out in {figure.cell.table}: {figure.reason}", None

    def _same_point(self, row: PrintedRow, other: PrintedRow) -> bool:
        """Whether two rows describe the same network, defaults filled in."""
        if row.network is None or other.network is None:
            return row.at == other.at
        full, there = ({**self._network(r.network).parameters, **r.at} for r in (row, other) if r.network)
        return row.network == other.network and full == there

    def _beside(self, row: PrintedRow, at: dict[str, Any], measure: str) -> Fraction:
        """The work that the source counts beside the layers; 0 for other figures."""
        if row.beside is None or measure != "mult_adds":
            return Fraction(0)
        name = row.network
        assert name is not None
        return work_beside(row.beside, name, {**self._network(name).parameters, **at})

    def _divisor(self, row: PrintedRow, convention: Convention, figure: Figure) -> Fraction:
        """What a ratio's figure is divided by; 1 for the others."""
        if row.over is None:
            return Fraction(1)
        return self.value(*row.over, convention, row.kind, figure.measure)

    def value(
        self, network: str | None, at: dict[str, Any], convention: Convention, kind: str | None, measure: str
    ) -> Fraction:
        """A figure at a point under a convention: a count, or with ``kind`` that kind's share, or a size's map."""
        assert network is not None
        key = (network, _point(at), convention, kind, measure)
        if key not in self._values:
            self._values[key] = self._computed(network, at, convention, kind, measure)
        return self._values[key]

    def _computed(
        self, network: str, at: dict[str, Any], convention: Convention, kind: str | None, measure: str
    ) -> Fraction:
        net = self._network(network)
        if measure in MAPS:
            return self._of_map(network, at, str(kind), measure)
        own = {k: v for k, v in convention.parameters.items() if k in net.parameter_codes}
        point = {**own, **at}
        scale: Any = 1
        if measure == "mult_adds":
            point, scale = net.scaled(point, convention)
        cost = self._cost(network, net, point, convention)
        if kind is None:
            return Fraction(Fraction(_whole(cost, measure)) * scale)
        row = next((r for r in cost.by("kind") if r.name == kind), None)
        if row is None:
            raise SpecError(f"{network} has no layers of kind {quoted(kind)}")
        part, total = (row.params, cost.params) if measure == "params" else (row.counted, cost.counted)
        return Fraction(part, total)

    def _of_map(self, network: str, at: dict[str, Any], size: str, measure: str) -> Fraction:
        """Of the largest map of a size, 56x56: its channels, or its bytes at 16 bits."""
        key = (network, _point(at))
        if key not in self._maps:
            self._maps[key] = largest_maps(self._network(network).graph(expand=True, **at))
        channels = self._maps[key].get(size)
        if channels is None:
            raise SpecError(f"{network} has no map of {size}")
        return Fraction(channels if measure == "map_channels" else channels * prod(map(int, size.split("x"))) * 2)

    def _network(self, name: str) -> Network:
        if name not in self._networks:
            self._networks[name] = self._loader.network(name)
        return self._networks[name]

    def _cost(self, name: str, net: Network, point: dict[str, Any], convention: Convention) -> Cost:
        """Conventions count one graph; figures of a row, and rows that stand together, often ask for the same."""
        key = (name, _point(point))
        costs = self._costs.pop(key, None) or {DEFAULT: net.cost(point)}
        self._costs[key] = costs
        if len(self._costs) > GRAPHS:
            del self._costs[next(iter(self._costs))]
        if convention.name not in costs:
            costs[convention.name] = net.recount(costs[DEFAULT], convention)
        return costs[convention.name]


def _point(values: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in values.items()))


def _whole(cost: Cost, measure: str) -> int:
    """A figure of the whole network."""
    params: int = cost.params
    if measure == "mult_adds":
        counted: int = cost.counted
        return counted
    if measure == "params_no_top":
        return params - sum(row.params[0] or 0 for row in by_stride([cost]) if row.stride == HEAD)
    return 4 * params if measure == "param_memory" else params


def _rule(convention: Convention) -> Any:
    return convention.printed


def _show(value: Fraction | None) -> str:
    if value is None:
        return "nothing"
    return exact(value.numerator) if value.denominator == 1 else f"{value} ({float(value):.6g})"
