"""Printed figures against computed ones. Each figure ends in one state; a mismatch is somebody's error."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ..comparison import HEAD, by_stride
from ..conventions import DEFAULT, Convention
from ..cost import Cost
from ..errors import SpecError, quoted
from ..network import Network, SpecLoader
from ..record import Record
from ..units import BYTES, exact
from .read import MEASURES, Figure, Paper, PaperTable, PrintedRow

STATES = ("match", "explained", "unexplained", "doubtful", "not_modelled", "mismatch")
GRAPHS = 8
"""How many graphs a check keeps, for figures to come."""


class Result(Record):
    """A figure's state. ``ours`` is what was computed (under the explanation, if there is one), None if nothing was."""

    paper: Paper
    table: PaperTable
    row: PrintedRow
    figure: Figure
    state: str
    ours: Fraction | None
    reason: str

    @property
    def subject(self) -> str:
        """The network and the point, as the row has them."""
        point = ", ".join(f"{k} {v}" for k, v in self.row.at.items())
        name = self.row.label or self.row.network or ""
        kind = f", {self.row.kind}" if self.row.kind else ""
        return f"{name}{kind} ({point})" if point else f"{name}{kind}"


class Checker:
    """Evaluates figures. Files are read once and each value is computed once; of the graphs the last ones are kept."""

    def __init__(self) -> None:
        self._loader = SpecLoader()
        self._networks: dict[str, Network] = {}
        self._values: dict[tuple[Any, ...], Fraction] = {}
        self._costs: dict[tuple[Any, ...], dict[str, Cost]] = {}

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
        try:
            state, ours, reason = self._state(table, row, figure)
        except SpecError as e:
            raise SpecError(f"{table.name}: {e}", figure.text.place()) from e
        return Result(paper, table, row, figure, state, ours, reason)

    def _state(self, table: PaperTable, row: PrintedRow, figure: Figure) -> tuple[str, Fraction, str]:
        if figure.measure not in MEASURES:
            raise SpecError(f"{quoted(figure.measure)} is not computed: the row is not modelled, and says why")
        assert figure.printed is not None
        convention = self._loader.convention(table.convention or DEFAULT)
        unit = BYTES.get(figure.printed.noun, 1)
        ours = self.value(row.network, row.at, convention, row.kind, figure.measure)
        ours /= self._divisor(row, convention, figure) * unit
        fits = figure.printed.contains(ours, _rule(convention))
        if figure.state == "":
            return ("match", ours, "") if fits else ("mismatch", ours, "")
        if fits:
            return "mismatch", ours, f"comes out as printed: it is not {figure.state}"
        if figure.state == "unexplained":
            if ours == figure.ours:
                return "unexplained", ours, figure.reason
            return "mismatch", ours, f"our own figure was {_show(figure.ours)} when this was written"
        other = self._loader.convention(figure.convention) if figure.convention else convention
        point = {**({} if figure.network else row.at), **figure.at}
        explained = self.value(figure.network or row.network, point, other, row.kind, figure.measure)
        explained /= self._divisor(row, other, figure) * unit
        if figure.printed.contains(explained, _rule(other)):
            return "explained", explained, figure.reason
        return "mismatch", explained, f"the explanation gives {_show(explained)}: {figure.reason}"

    def _divisor(self, row: PrintedRow, convention: Convention, figure: Figure) -> Fraction:
        """What a ratio's figure is divided by; 1 for the others."""
        if row.over is None:
            return Fraction(1)
        return self.value(*row.over, convention, row.kind, figure.measure)

    def value(
        self, network: str | None, at: dict[str, Any], convention: Convention, kind: str | None, measure: str
    ) -> Fraction:
        """A figure at a point under a convention: a count, or with ``kind`` that kind's share of the total."""
        assert network is not None
        key = (network, _point(at), convention, kind, measure)
        if key not in self._values:
            self._values[key] = self._computed(network, at, convention, kind, measure)
        return self._values[key]

    def _computed(
        self, network: str, at: dict[str, Any], convention: Convention, kind: str | None, measure: str
    ) -> Fraction:
        net = self._network(network)
        own = {k: v for k, v in convention.parameters.items() if k in net.parameter_codes}
        point = {**own, **at}
        scale = Fraction(1)
        if convention.scaled is not None and measure == "mult_adds" and "res" in net.parameter_codes:
            res = point.get("res", net.parameters["res"])
            scale = Fraction(res, convention.scaled) ** 2
            point["res"] = convention.scaled
        cost = self._cost(network, net, point, convention)
        if kind is None:
            return Fraction(_whole(cost, measure)) * scale
        row = next((r for r in cost.by("kind") if r.name == kind), None)
        if row is None:
            raise SpecError(f"{network} has no layers of kind {quoted(kind)}")
        part, total = (row.params, cost.params) if measure == "params" else (row.counted, cost.counted)
        return Fraction(part, total)

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


def select(papers: list[Paper], names: Iterable[str]) -> list[Paper]:
    """The parts of ``papers`` that ``names`` ask for: families, files of papers, or networks (their rows alone)."""
    wanted = list(names)
    if not wanted:
        return papers
    found: list[Paper] = []
    known: set[str] = set()
    for paper in papers:
        stem = paper.origin.name.rsplit("/", 1)[-1].removesuffix(".yaml")
        known |= {paper.family, stem}
        if paper.family in wanted or stem in wanted:
            found.append(paper)
            continue
        tables = []
        for table in paper.tables:
            known |= {r.network for r in table.rows if r.network}
            rows = [r for r in table.rows if r.network in wanted]
            if rows:
                tables.append(
                    PaperTable(
                        table.text,
                        table.name,
                        table.about,
                        table.source,
                        table.convention,
                        table.evidence,
                        table.note,
                        rows,
                    )
                )
        if tables:
            found.append(
                Paper(
                    paper.origin,
                    paper.title,
                    paper.family,
                    paper.arxiv,
                    paper.version,
                    paper.note,
                    paper.sources,
                    tables,
                )
            )
    from ..errors import UsageError, nearest

    for name in wanted:
        if name not in known:
            raise UsageError(f"no paper table is about {quoted(name)}{nearest(name, known)}")
    return found
