"""The tables and the JSON of ``algorithms``: each convolution by its best algorithm, and the totals of every one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..algorithms import Algorithm, Algorithms, LayerAlgorithms, Work, algorithms_of
from ..algorithms.choice import BEST, DIRECT
from ..cost import Cost
from ..errors import UsageError
from ..network import Network
from ..record import Record
from ..space.budgets import CostBudget, read_budget
from ..table import Column, Kind, Table
from . import parameters
from .columns import records, table_of
from .values import plain, with_format

WORKSPACE = "workspace"


class Asked(Record):
    """What ``algorithms`` is asked of every network."""

    bits: int = 32
    batch: int = 1
    rank: int | None = None
    implicit: bool = False
    limit: CostBudget | None = None


class AlgorithmLine(Record):
    """A row: a layer by an algorithm, or all layers by it. ``direct`` is what the same take directly."""

    name: str
    type: str
    count: Any
    algorithm: str
    work: Work | None
    direct: Work
    why_not: str = ""
    note: str = ""


def read_limit(texts: Sequence[str]) -> CostBudget | None:
    """``--max workspace=16MiB``. Raises :class:`UsageError` for another column, and for two budgets."""
    if len(texts) > 1:
        raise UsageError(f"{WORKSPACE} has one budget here, not {len(texts)}")
    return read_budget(texts[0], {WORKSPACE: "bytes"}) if texts else None


class Compared:
    """A network's convolutions by every algorithm, under the names of the table of ``show``."""

    def __init__(self, network: Network, cost: Cost, asked: Asked) -> None:
        self.network = network
        self.cost = cost
        self.asked = asked
        self.found: Algorithms = algorithms_of(
            cost.graph, bits=asked.bits, batch=asked.batch, rank=asked.rank, implicit=asked.implicit, limit=asked.limit
        )

    def named(self) -> list[tuple[str, LayerAlgorithms]]:
        """Each convolution by the name of its call, or by its own where a call makes several."""
        by_layer = {one.layer: one for one in self.found.layers}
        made = []
        for name, layers in self.cost.groups("layer"):
            found = [by_layer[layer] for layer in layers if layer in by_layer]
            made += [(name if len(found) == 1 else one.layer.name, one) for one in found]
        return made

    def best(self) -> list[AlgorithmLine]:
        """A line for each convolution: its best algorithm, and why Winograd's isn't, where it can't be."""
        return [_line(name, one, self._by(one.best), _refusal(one)) for name, one in self.named()]

    def every(self) -> list[AlgorithmLine]:
        """A line for each convolution and algorithm."""
        return [
            _line(name, one, by, one.reasons.get(by.id, ""))
            for name, one in self.named()
            for by in self.found.algorithms
        ]

    def totals(self) -> list[AlgorithmLine]:
        """A line for each algorithm, and for the best of each layer."""
        direct = self.found.total(DIRECT)
        made = [
            AlgorithmLine("", "", self.found.applies(by.id), by.title, self.found.total(by.id), direct, note=by.id)
            for by in self.found.algorithms
        ]
        return [
            *made,
            AlgorithmLine("", "", self.found.applies(BEST), "best of each", self.found.total(BEST), direct, note=BEST),
        ]

    def _by(self, id: str) -> Algorithm:
        return next(by for by in self.found.algorithms if by.id == id)


def _line(name: str, one: LayerAlgorithms, by: Algorithm, why_not: str) -> AlgorithmLine:
    op = one.layer.op
    type_ = f"{op.label} / {op.stride_text}" if op.stride_text else op.label
    count = one.layer.count
    work = one.works.get(by.id)
    direct = one.works[DIRECT]
    return AlgorithmLine(name, type_, count, by.title, _times(work, count), _times(direct, count), why_not, by.id)


def _refusal(one: LayerAlgorithms) -> str:
    """Why no Winograd algorithm is the best: none can, none is within the limit, or none takes less."""
    if one.best != DIRECT:
        return ""
    if (reason := next((why for id, why in one.reasons.items() if id.startswith("winograd")), "")) != "":
        return reason
    return "transforms" if one.fewest == DIRECT else "workspace"


def _times(work: Work | None, count: Any) -> Any:
    """The work of all copies; memory of one, since they run one after another."""
    if work is None:
        return None
    multiplications, data, inverse, filters = (
        n * count for n in (work.multiplications, work.data, work.inverse, work.filter)
    )
    return Work(multiplications, data, inverse, filters, work.workspace, work.filters)


def _columns(found: Algorithms) -> dict[str, Column]:
    """What an algorithm takes, by the columns' ids; nothing where it can't."""

    def column(
        id: str, title: str, keep: int, get: Callable[[AlgorithmLine, Work], Any], kind: Kind = "count"
    ) -> Column:
        return Column(id, title, kind, keep, lambda line: None if line.work is None else get(line, line.work))

    every = [
        column("multiplications", "multiplications", 9, lambda line, work: work.multiplications),
        column("additions", "additions", 9, lambda line, work: work.multiplications),
        column("data_transform", "data", 9, lambda line, work: work.data),
        column("inverse_transform", "inverse", 9, lambda line, work: work.inverse),
        column("transforms", "transforms", 5, lambda line, work: work.data + work.inverse),
        column("fewer", "× fewer", 7, _fewer, "ratio"),
        column("filter_transform", "once, filters", 2, lambda line, work: work.filter),
        column("workspace_bytes", "workspace", 6, lambda line, work: found.bytes(work.workspace)),
        column("filter_bytes", "filter bytes", 1, lambda line, work: found.bytes(work.filters)),
    ]
    return {one.id: one for one in every}


def _fewer(line: AlgorithmLine, work: Work) -> float | None:
    return line.direct.multiplications / work.each_run if work.each_run else None


_SHOWN = ("multiplications", "transforms", "fewer")
_RAW = ("multiplications", "additions", "data_transform", "inverse_transform", "filter_transform", "workspace_bytes",
        "filter_bytes")  # fmt: skip


def tables(on: Compared, *, every: bool = False) -> list[Table]:
    """The convolutions by their best algorithm (``every``: by each), and the totals of all algorithms."""
    title = parameters.heading(on.network, on.cost.parameters)
    named = [
        Column("name", "layer", get=lambda line: line.name),
        Column("n", "n", "int", 8, lambda line: line.count),
        Column("type", "type", keep=4, get=lambda line: line.type),
        Column("algorithm", "by" if every else "best by", get=lambda line: line.algorithm),
    ]
    why = Column("why_not", "why not" if every else "no Winograd", keep=3, get=lambda line: line.why_not)
    columns = _columns(on.found)
    first = table_of(
        [*named, *(columns[id] for id in (*_SHOWN, "workspace_bytes")), why], on.every() if every else on.best(), title
    )
    kinds = [
        Column("algorithm", "all layers by", get=lambda line: line.algorithm),
        Column("layers", "layers", "int", 8, lambda line: line.count),
    ]
    totals = (*_SHOWN, "filter_transform", "workspace_bytes", "filter_bytes")
    last = table_of([*kinds, *(columns[id] for id in totals)], on.totals(), "" if first.rows else title)
    last.notes = notes(on)
    return [first, last] if first.rows else [last]


def notes(on: Compared) -> list[str]:
    """What is counted, what isn't, and where it is from."""
    found, asked = on.found, on.asked
    said = [
        "Multiplications, each with an addition; transforms of inputs and outputs in instructions (Lavin and Gray,"
        " arXiv 1509.09308), those of filters once for all images. × fewer: direct over multiplications and transforms."
    ]
    limit = "" if asked.limit is None else f", {asked.limit.text} for the best"
    said.append(
        f"Where an algorithm can't, direct takes its place. Workspace: bytes beside input, output and weights at"
        f" {found.bits} bits, batch {found.batch}, of the layer with the most{limit}"
        f"{'; implicit: without tiles and im2col' if asked.implicit else ''}."
    )
    if any(not by.exact for by in found.algorithms):
        said.append("Low rank is an approximation, never the best: D_K x 1 and 1 x D_K (Jaderberg et al. 2014).")
    if found.others:
        said.append(f"Other layers: {plain(found.others):,} mult-adds, the same by any algorithm.")
    return said


def raw_tables(every: Iterable[Compared]) -> Table:
    """For programs: a row for each convolution and algorithm; of several networks the first column is the name."""
    made = list(every)
    tables = [_raw(on) for on in made]
    if len(tables) == 1:
        return tables[0]
    rows = [(on.network.name, *row) for on, one in zip(made, tables, strict=True) for row in one.rows]
    return Table([Column("spec", "spec"), *tables[0].columns], rows)


def _raw(on: Compared) -> Table:
    best = {name: one.best for name, one in on.named()}
    columns = [
        Column("name", "layer", get=lambda line: line.name),
        Column("n", "n", "int", get=lambda line: line.count),
        Column("type", "type", get=lambda line: line.type),
        Column("algorithm", "algorithm", get=lambda line: line.note),
        Column("best", "best", "int", get=lambda line: int(best[line.name] == line.note)),
        *(_columns(on.found)[id] for id in _RAW),
        Column("why_not", "why not", get=lambda line: line.why_not),
    ]
    return table_of(columns, on.every(), parameters.heading(on.network, on.cost.parameters))


def document(every: Sequence[Compared]) -> dict[str, Any]:
    """The JSON: one network, or several under "networks"."""
    made = [_network(on) for on in every]
    return with_format(made[0] if len(made) == 1 else {"networks": made})


def _network(on: Compared) -> dict[str, Any]:
    asked = on.asked
    totals = table_of(
        [
            Column("algorithm", "algorithm", get=lambda line: line.note),
            Column("layers", "layers", "int", get=lambda line: line.count),
            *(_columns(on.found)[id] for id in _RAW),
        ],
        on.totals(),
    )
    return {
        "spec": on.cost.spec,
        "parameters": {name: plain(value) for name, value in on.cost.parameters.items()},
        "bits": asked.bits,
        "batch": asked.batch,
        "rank": asked.rank,
        "implicit": asked.implicit,
        "most_workspace_bytes": None if asked.limit is None else plain(asked.limit.most),
        "other_mult_adds": plain(on.found.others),
        "totals": records(totals),
        "rows": [{**row, "best": bool(row["best"])} for row in records(_raw(on))],
    }
