"""``--memory`` of ``show``: bytes of weights and activations by a definition, the peak and what is alive there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..cost import Cost
from ..errors import UsageError, quoted
from ..graph import Layer
from ..table import Column, Table
from ..units import bytes_text
from .columns import table_of
from .values import plain

if TYPE_CHECKING:
    from ..memory import MemoryDefinition, MemoryUse
    from ..memory.asked import MemoryAsked
    from ..memory.order import Ordered
    from ..memory.traffic import Moved

STANDARD = "live"
COLUMNS = ("weight_bytes", "input_bytes", "output_bytes", "live_bytes")
"""The columns of a network's rows, and which of them are added up; of live_bytes it is the largest."""
_TITLES = {"weight_bytes": "weights", "input_bytes": "in", "output_bytes": "out", "live_bytes": "live"}
_BAR = 18


class AtBits:
    """A network's bytes at one number of bits: of each row, and the peak."""

    def __init__(
        self, cost: Cost, definition: MemoryDefinition, bits: int, weight_bits: int, batch: int, *, best: bool = False
    ) -> None:
        from ..memory import memory_of  # which a command without bytes does without
        from ..memory.order import best_order
        from ..memory.traffic import traffic

        self.bits = bits
        rows = memory_of(cost.graph, _of_rows(definition), bits=bits, weight_bits=weight_bits, batch=batch)
        self._expanded = cost.expanded()
        self.use: MemoryUse = memory_of(self._expanded, definition, bits=bits, weight_bits=weight_bits, batch=batch)
        self.ordered = best_order(self._expanded, definition, bits=bits, batch=batch) if best else None
        self._live = dict(zip(cost.graph.layers, rows.live, strict=True))
        self._weights = dict(zip(cost.graph.layers, rows.weights, strict=True))
        self._moved: Mapping[Layer, Moved] = traffic(cost.graph, bits=bits, weight_bits=weight_bits, batch=batch)

    def of(self, members: Sequence[Layer], column: str) -> Any:
        """The figure of a row: weights added up, what its first layer reads and its last writes, the most alive."""
        if column == "weight_bytes":
            return sum(self._weights[layer] for layer in members)
        if column == "live_bytes":
            return max(self._live[layer] for layer in members)
        moved = self._moved[members[0] if column == "input_bytes" else members[-1]]
        return moved.inputs if column == "input_bytes" else moved.outputs

    def layers(self, every: Sequence[AtBits]) -> list[dict[str, Any]]:
        """For JSON the bytes of each primitive, every copy written out."""
        from ..memory.traffic import traffic

        moved = traffic(self._expanded, bits=self.use.bits, weight_bits=self.use.weight_bits, batch=self.use.batch)
        return [
            {
                column_id("weight_bytes", self, every): plain(weights),
                column_id("input_bytes", self, every): plain(one.inputs),
                column_id("output_bytes", self, every): plain(one.outputs),
                column_id("live_bytes", self, every): plain(live),
            }
            for weights, one, live in zip(self.use.weights, moved.values(), self.use.live, strict=True)
        ]

    def bar(self, members: Sequence[Layer]) -> str:
        """What is alive at a row as part of the peak, for people."""
        live: int = self.of(members, "live_bytes")
        peak: int = max(self._live.values())
        return "█" * round(_BAR * live / peak) + (" peak" if live == peak else "")

    @property
    def totals(self) -> dict[str, Any]:
        return {"weight_bytes": self.use.flash, "live_bytes": self.use.peak}


def _of_rows(definition: MemoryDefinition) -> MemoryDefinition:
    """The definition by which rows are counted: a plan has one figure for the whole, its rows are what is alive."""
    if definition.plan != "largest_first":
        return definition
    return definition.with_plan("live")


class Memory:
    """What ``--memory``, ``--bits``, ``--batch`` and ``--order`` ask for."""

    def __init__(
        self,
        definition: MemoryDefinition,
        bits: Sequence[int],
        weight_bits: int | None,
        batch: int,
        *,
        best: bool = False,
    ) -> None:
        self.definition = definition
        self.bits = list(bits)
        self.weight_bits = weight_bits
        self.batch = batch
        self.best = best

    def of(self, cost: Cost) -> list[AtBits]:
        """The bytes of ``cost`` at each number of bits."""
        return [AtBits(cost, self.definition, n, self.weight_bits or n, self.batch, best=self.best) for n in self.bits]


def use_table(use: MemoryUse) -> Table:
    """The bytes of each layer's weights, and of what is alive while it runs, as a part of the peak too."""
    columns = [
        Column("name", "layer", get=lambda row: row[0]),
        Column("weight_bytes", "weights bytes", "count", 8, lambda row: row[1], "sum"),
        Column("live_bytes", "live bytes", "count", 8, lambda row: row[2], "max"),
        Column("of_peak", "of peak", "share", 4, adds="share", of="live_bytes"),
    ]
    rows = zip(use.layers, use.weights, use.live, strict=True)
    made = table_of(columns, rows, f"{use.definition.name}, {use.bits} bits, batch {use.batch}")
    made.notes = [use_text(use), use.definition.about]
    return made


def definitions_table(every: Sequence[MemoryUse], heading: str) -> Table:
    """A row for each definition's peak, from the least to the most, beside that of live."""
    live = next((use.peak for use in every if use.definition.name == STANDARD), None)
    columns = [
        Column("definition", "definition", get=lambda use: use.definition.name),
        Column("peak_bytes", "RAM", "count", get=lambda use: use.peak),
        Column("ratio", "of live", "ratio", 5, lambda use: use.peak / live if live else None),
        Column("peak_at", "at", keep=3, get=lambda use: use.at),
    ]
    return table_of(columns, sorted(every, key=lambda use: use.peak), heading)


def definitions_document(every: Sequence[MemoryUse]) -> dict[str, object]:
    """The JSON of :func:`definitions_table`."""
    fields = [(use, {"definition": use.definition.name, "peak_bytes": use.peak, "peak_at": use.at}) for use in every]
    return {
        "bits": every[0].bits,
        "batch": every[0].batch,
        "definitions": [entry for _, entry in sorted(fields, key=lambda f: f[0].peak)],
    }


def read_bits(text: str | None, option: str = "--bits") -> list[int]:
    """The numbers of bits of ``--bits 8`` or ``8,16``; 32 if none are given. Raises :class:`UsageError`."""
    if text is None:
        return [32]
    found = [int(word) if word.strip().isascii() and word.strip().isdecimal() else 0 for word in text.split(",")]
    if not all(1 <= n <= 64 for n in found):
        raise UsageError(f"{option} takes numbers from 1 to 64 such as 8 or 16,8, not {quoted(text)}")
    return list(dict.fromkeys(found))


def memory_asked(
    definition: str | None, bits: str | None, weight_bits: int | None, batch: int, words: Iterable[str]
) -> MemoryAsked | None:
    """What is asked for at many points or of many networks, by an option or by a figure's name among ``words``.

    None for nothing. Raises :class:`UsageError` for several bits.
    """
    from ..memory import load_definition
    from ..memory.asked import FLASH, PEAK, MemoryAsked

    if definition is None and bits is None and not re.search(rf"\b({PEAK}|{FLASH})\b", " ".join(words)):
        return None
    widths = read_bits(bits)
    if len(widths) > 1:
        raise UsageError("--bits takes one number here")
    return MemoryAsked(load_definition(definition or STANDARD), widths[0], weight_bits, batch)


def memory_note(asked: MemoryAsked) -> str:
    """Of what the figures are bytes, in one line."""
    wide = "" if asked.weight_bits in (None, asked.bits) else f", weights at {asked.weight_bits}"
    batch = "" if asked.batch == 1 else f", batch {asked.batch}"
    about = asked.definition.about.partition(". ")[0].removesuffix(".")
    return f"RAM, weights: bytes at {asked.bits} bits{wide}{batch}. {asked.definition.name}: {about}."


def memory_columns(every: Sequence[AtBits], *, raw: bool) -> list[Column]:
    """The columns of the rows: four for each number of bits, with it in their names where there are several."""
    made = []
    for at in every:
        for id in COLUMNS:
            many = len(every) > 1
            title = f"{_TITLES[id]} at {at.bits} bits" if many else f"{_TITLES[id]} bytes"
            made.append(Column(column_id(id, at, every), title, "count", 8, _getter(at, id), _adds(id)))
    if len(every) == 1 and not raw:
        made.append(Column("ram", "RAM", keep=2, get=lambda line: every[0].bar(line.members)))
    return made


def column_id(id: str, at: AtBits, every: Sequence[AtBits]) -> str:
    """The id of a column."""
    return f"{id}_{at.bits}" if len(every) > 1 else id


def _adds(id: str) -> Any:
    return {"weight_bytes": "sum", "live_bytes": "max"}.get(id, "none")


def _getter(at: AtBits, id: str) -> Any:
    return lambda line: at.of(line.members, id)


def shown_ids(every: Sequence[AtBits], *, raw: bool) -> list[str]:
    """The columns that are shown unless others are asked for; ``raw``: all."""
    ids = COLUMNS if raw else ("weight_bytes", "live_bytes")
    bar = ["ram"] if len(every) == 1 and not raw else []
    return [column_id(id, at, every) for at in every for id in ids] + bar


def notes(memory: Memory) -> list[str]:
    """What the definition counts, in its first sentence: the others are in docs/memory.md."""
    batch = "" if memory.batch == 1 else f" Activations of {memory.batch} images."
    return [f"{memory.definition.name}: {memory.definition.about.partition('. ')[0].removesuffix('.')}.{batch}"]


def answer(every: Sequence[AtBits]) -> list[str]:
    """Flash, RAM, and what is alive at the peak."""
    said = []
    for at in every:
        said.append(use_text(at.use))
        if at.ordered is not None:
            said.append(_of_order(at.ordered))
    return said


def use_text(use: MemoryUse) -> str:
    """Flash, RAM, and what is alive at the peak."""
    where = f", at {use.at}: " + ", ".join(f"{t.name} {t.bytes:,}" for t in use.alive) if use.alive else ""
    flash, peak = bytes_text(use.flash), bytes_text(use.peak)
    return f"At {use.bits} bits: flash {flash}{_of_weights(use)}, RAM {peak}{where}."


def _of_order(ordered: Ordered) -> str:
    before, peak = ordered.before.peak, ordered.use.peak
    kept = "the graph's own order" if peak == before else f"{bytes_text(before)} in the graph's"
    least = "no order has less" if ordered.bound == peak else f"no order has less than {bytes_text(ordered.bound)}"
    return f"Order of layers: RAM {bytes_text(peak)} in the best one found ({kept}), {least}."


def _of_weights(use: MemoryUse) -> str:
    return "" if use.weight_bits == use.bits else f" (weights of {use.weight_bits} bits)"


def document(memory: Memory, every: Sequence[AtBits]) -> dict[str, Any]:
    """The JSON: the totals at each number of bits."""
    return {
        "definition": memory.definition.name,
        "batch": memory.batch,
        "at": [
            {
                "bits": at.use.bits,
                "weight_bits": at.use.weight_bits,
                "weight_bytes": plain(at.use.flash),
                "peak_bytes": plain(at.use.peak),
                "peak_at": at.use.at,
                "alive": [{"name": t.name, "bytes": t.bytes} for t in at.use.alive],
                **_order_document(at),
            }
            for at in every
        ],
    }


def _order_document(at: AtBits) -> dict[str, Any]:
    if at.ordered is None:
        return {}
    found = at.ordered
    layers = [layer.name for layer in found.graph.layers]
    return {"best_order": {"peak_bytes": found.use.peak, "bound_bytes": found.bound, "layers": layers}}
