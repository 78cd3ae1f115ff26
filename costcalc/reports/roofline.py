"""The table and the JSON of ``roofline``: bytes, intensity and the bound of each layer on a device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..cost import Cost
from ..devices import BITS, Device
from ..errors import UsageError
from ..network import Network
from ..ops import Op
from ..plotting import Roof
from ..record import Record
from ..roofline import LayerBound, Roofline, roofline
from ..table import Column, Table
from ..units import bar
from . import parameters
from .columns import table_of
from .values import listed, plain, with_format

_BAR = 12
_KINDS = ("1x1", "depthwise", "larger kernels", "others")
BOUND_BY = {"memory": "memory", "work": "", "": ""}


class BoundRow(Record):
    """A row of the table: a call of the spec, its primitives together."""

    name: str
    type: str
    count: Any
    mult_adds: Any
    bytes: Any
    seconds: float
    bound_by: str
    kind: str


class OnDevice:
    """A network's roofline, its rows, and its heading."""

    def __init__(self, network: Network, cost: Cost, device: Device, dtype: str | None, batch: int) -> None:
        self.network = network
        self.cost = cost
        self.found: Roofline = roofline(cost.graph, device, dtype=dtype, batch=batch)

    @property
    def rows(self) -> list[BoundRow]:
        """A row for each call of the spec that works or moves something."""
        by_layer = {one.layer: one for one in self.found.layers}
        every = []
        for row, (name, layers) in zip(self.cost.by("layer"), self.cost.groups("layer"), strict=True):
            bounds = [by_layer[layer] for layer in layers]
            mult_adds, bytes_ = sum(b.mult_adds for b in bounds), sum(b.bytes for b in bounds)
            if mult_adds or bytes_:
                seconds = sum(max(b.work_seconds, b.memory_seconds) for b in bounds)
                kind = _kind(layers[0].op)
                every.append(BoundRow(name, row.type, row.count, mult_adds, bytes_, seconds, _bound_by(bounds), kind))
        return every


def _kind(op: Op) -> str:
    """What a dot of the picture is told apart by: depthwise layers move much for little work."""
    if op.is_depthwise:
        return "depthwise"
    sizes = getattr(op, "kernel_size", ())
    if op.makes_channels and sizes:
        return "1x1" if set(sizes) == {1} else "larger kernels"
    return "others"


def _bound_by(bounds: Sequence[LayerBound]) -> str:
    work, memory = sum(b.work_seconds for b in bounds), sum(b.memory_seconds for b in bounds)
    return "memory" if memory > work else "work"


def table(on: OnDevice) -> Table:
    """A row for each call, with a bar of its share of the time; memory-bound ones are marked."""
    title = f"{parameters.heading(on.network, on.cost.parameters)} on {on.found.device.title}"
    return _table(on.found, on.rows, title)


def bounds_table(found: Roofline) -> Table:
    """The same with a row for each primitive that works or moves something."""
    rows = [
        BoundRow(
            one.layer.name,
            one.layer.op.type_text,
            one.layer.count,
            one.mult_adds,
            one.bytes,
            max(one.work_seconds, one.memory_seconds),
            _bound_by([one]),
            _kind(one.layer.op),
        )
        for one in found.layers
        if one.mult_adds or one.bytes
    ]
    return _table(found, rows, found.device.title)


def _table(found: Roofline, rows: Sequence[BoundRow], title: str) -> Table:
    most = max((row.seconds for row in rows), default=0)
    columns = [
        Column("name", "layer", get=lambda row: row.name),
        Column("n", "n", "int", 3, lambda row: row.count),
        Column("type", "type", keep=4, get=lambda row: row.type),
        Column("mult_adds", "mult-adds", "count", 6, lambda row: row.mult_adds, "sum"),
        Column("bytes", "bytes", "count", 6, lambda row: row.bytes, "sum"),
        Column("intensity", "op/byte", "ratio", 7, lambda row: 2 * row.mult_adds / row.bytes if row.bytes else None),
        Column("microseconds", "at least µs", "ratio", 9, lambda row: row.seconds * 1e6, "sum"),
        Column("bound_by", "bound by", keep=8, get=lambda row: BOUND_BY[row.bound_by]),
        Column("bar", "share", keep=5, get=lambda row: bar(row.seconds, most, _BAR)),
    ]
    made = table_of(columns, rows, title)
    made.notes = notes(found, rows)
    made.answer = [answer(found)]
    return made


def raw_table(on: OnDevice) -> Table:
    """For programs: without the bar, and with the word in every row."""
    made = table(on)
    keep = [k for k, column in enumerate(made.columns) if column.id != "bar"]
    made.columns = [made.columns[k] for k in keep]
    place = made.index("bound_by")
    rows = [tuple(row[k] for k in keep) for row in made.rows]
    made.rows = [(*row[:place], one.bound_by, *row[place + 1 :]) for row, one in zip(rows, on.rows, strict=True)]
    return made


def raw_tables(every: Sequence[OnDevice]) -> Table:
    """One table for programs; of several networks the first column is the name."""
    made = [raw_table(on) for on in every]
    if len(made) == 1:
        return made[0]
    rows = [(on.network.name, *row) for on, one in zip(every, made, strict=True) for row in one.rows]
    return Table([Column("spec", "spec"), *made[0].columns], rows)


def picture(on: OnDevice) -> Roof:
    """The rows as dots at their operations a byte, with the operations a second that the bounds leave them."""
    rows, device, dtype = [row for row in on.rows if row.mult_adds and row.bytes], on.found.device, on.found.dtype
    columns = [
        Column("name", "layer", get=lambda row: row.name),
        Column("kind", "kind", get=lambda row: row.kind),
        Column("n", "n", "int", get=lambda row: row.count),
        Column("intensity", "op/byte", "ratio", get=lambda row: 2 * row.mult_adds / row.bytes),
        Column("rate", "op/s at most", "ratio", get=lambda row: 2 * row.mult_adds / row.seconds),
        Column("seconds", "s at least", "ratio", get=lambda row: row.seconds, adds="sum"),
    ]
    if device.bandwidth is None:
        raise UsageError(
            f"no bandwidth is known of {device.title}'s memory, and so no roof is drawn; the table has bars"
        )
    title = f"{on.network.name} on {device.title}, {dtype}"
    made = table_of(columns, sorted(rows, key=lambda row: _KINDS.index(row.kind)), title)
    left_out = len(on.rows) - len(rows)
    made.notes = [
        f"A dot is a layer with all its copies, its area the share of the time. {notes(on.found, on.rows)[0]}",
        f"{listed(on.cost.parameters)}; bytes at {BITS[dtype]} bits, batch {on.found.batch}; an op is half a mult-add."
        + (f" Without {left_out} that only move bytes." if left_out else ""),
        _device(on.found),
    ]
    peak = 2 * float(device.peaks[dtype].most)
    return Roof(made, "intensity", "rate", "name", "kind", "seconds", "n", peak, float(device.bandwidth.most))


def notes(found: Roofline, rows: Sequence[BoundRow]) -> list[str]:
    """Where the device's figures come from, what the bytes are, and what the totals are made of."""
    device, peak = found.device, found.device.peaks[found.dtype]
    said = [
        _device(found),
        f"Bytes at {BITS[found.dtype]} bits, batch {found.batch}, once each; an op is half a mult-add.",
    ]
    if found.energy is not None:
        work, dram = found.energy
        said.append(
            f"Energy of arithmetic {work * 1e3:,.3g} mJ, of the bytes, once from DRAM, {dram * 1e3:,.3g} mJ (Horowitz"
            " 2014, 45 nm), and nothing else."
        )
    memory = [row for row in rows if row.bound_by == "memory"]
    if device.bandwidth is None:
        said.append("No bandwidth of its memory is known: the bounds are of the work alone.")
    else:
        ridge = 2 * peak.most / device.bandwidth.most
        said.append(
            f"{len(memory)} of {len(rows)} rows are bound by memory: fewer than {ridge:,.3g} operations a byte."
        )
    if device.link is not None:
        said.append(
            f"Weights beyond {device.link.behind:,.0f} bytes over a link of {_rate(device.link.most)}B/s:"
            f" {time_text(found.link)}{', which decides' if found.link >= found.in_order else ''}."
        )
    said.append(f"Layers one after another {time_text(found.in_order)}, all at once {time_text(found.overlapped)}.")
    return said


def answer(found: Roofline) -> str:
    """The bound, and that it is no more than one."""
    return f"At least {time_text(found.bound)}, and never a latency: no kernel reaches its device's figures."


def _device(found: Roofline) -> str:
    """The device's figures with their sources."""
    device, peak = found.device, found.device.peaks[found.dtype]
    figures = [f"{found.dtype} {_rate(peak.most)} mult-adds/s {peak.structure} ({_sources(peak.sources)})"]
    if device.bandwidth is not None:
        figures.append(f"memory {_rate(device.bandwidth.most)}B/s ({_sources(device.bandwidth.sources)})")
    if device.link is not None:
        figures.append(f"link ({_sources(device.link.sources)})")
    return f"{device.title}: {'; '.join(figures)}."


def _sources(texts: Sequence[str]) -> str:
    return texts[0] + ", one source" if len(texts) == 1 else "; ".join(texts)


def _rate(x: float) -> str:
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6)):
        if x >= size:
            return f"{x / size:,.4g} {unit}"
    return f"{x:,.4g} "


def time_text(seconds: float) -> str:
    """``51.3 ms``, ``2.41 µs``."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:,.4g} {unit}"
    return f"{seconds * 1e6:,.4g} µs"


def document(every: Sequence[OnDevice]) -> dict[str, Any]:
    """The JSON: one network, or several under "networks"; seconds are "at least"."""
    made = [_network(on) for on in every]
    return with_format(made[0] if len(made) == 1 else {"networks": made})


def _network(on: OnDevice) -> dict[str, Any]:
    found = on.found
    energy = found.energy
    return {
        "spec": on.cost.spec,
        "parameters": {name: plain(value) for name, value in on.cost.parameters.items()},
        "device": found.device.name,
        "dtype": found.dtype,
        "batch": found.batch,
        "mult_adds": plain(found.mult_adds),
        "bytes": plain(found.bytes),
        "bound_seconds": found.bound,
        "in_order_seconds": found.in_order,
        "overlapped_seconds": found.overlapped,
        "link_seconds": found.link,
        "arithmetic_joules": None if energy is None else energy[0],
        "dram_joules": None if energy is None else energy[1],
        "rows": [
            {
                "name": row.name,
                "n": plain(row.count),
                "type": row.type,
                "mult_adds": plain(row.mult_adds),
                "bytes": plain(row.bytes),
                "seconds": row.seconds,
                "bound_by": row.bound_by,
            }
            for row in on.rows
        ],
    }
