"""Bounds of time: what a device needs at least for a network's multiply-adds, its bytes and its streamed weights.

The roofline of Williams, Waterman and Patterson (CACM 2009): a layer takes at least work / peak and at least bytes /
bandwidth. Never a latency: nothing of a kernel, of its start or of a tile that doesn't fit is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import arithmetic as ar
from .conventions import DEFAULT, load_convention
from .devices import BITS, Device
from .frames import data_frame
from .graph import Graph, Layer
from .memory.traffic import moved_bytes
from .memory.usage import require_batch
from .memory.weights import flash
from .record import Record
from .shown import Shown, figure
from .sums import measure

ENERGY = {"int8": (0.2, 0.03), "fp16": (1.1, 0.4), "fp32": (3.7, 0.9)}
"""pJ of a multiplication and of an addition, 45 nm, 0.9 V (Horowitz, ISSCC 2014, figure 1.1.9); it has no bfloat16."""
DRAM_PJ = 1300 / 8
"""pJ a byte from DRAM, the least: 1.3 to 2.6 nJ for 64 bits (the same)."""


class LayerBound(Record):
    """A layer: multiply-adds and bytes of all its copies, and the seconds of each at least."""

    layer: Layer
    mult_adds: Any
    bytes: Any
    work_seconds: Any
    memory_seconds: Any


class Roofline(Shown, Record):
    """A network on a device. Seconds are "at least" (Williams, Waterman and Patterson, CACM 2009).

    ``layers`` have the multiply-adds, the bytes and the seconds of each, ``mult_adds`` and ``bytes`` are their sums.
    ``in_order``: layers one after another, each the longer of its two times. ``overlapped``: the longer of the two
    totals, as if all layers' work and transfers ran at the same time. ``link``: what the weights take that don't fit on
    the chip, where they come over a link. ``bound``: layers in order, or the link if that is longer.
    """

    device: Device
    dtype: str
    batch: int
    layers: Sequence[LayerBound]
    in_order: Any
    overlapped: Any
    link: Any
    bound: Any
    mult_adds: Any
    bytes: Any

    def __repr__(self) -> str:
        bound = f"{self.bound:.3g} s" if isinstance(self.bound, float) else figure(self.bound)
        return f"<Roofline {self.device.name}, {self.dtype}, batch {self.batch}: at least {bound}>"

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame`` with the mult-adds, the bytes and the seconds of each layer, of all its copies."""
        names = ("mult_adds", "bytes", "work_seconds", "memory_seconds")
        return data_frame(
            [{"name": one.layer.name, **{name: getattr(one, name) for name in names}} for one in self.layers]
        )

    @property
    def energy(self) -> tuple[float, float] | None:
        """Joules of the arithmetic alone, and of the bytes if all came from DRAM; None for a type without a figure."""
        if self.dtype not in ENERGY:
            return None
        return self.mult_adds * sum(ENERGY[self.dtype]) * 1e-12, self.bytes * DRAM_PJ * 1e-12


def roofline(graph: Graph, device: Device, *, dtype: str | None = None, batch: int = 1) -> Roofline:
    """The bounds of ``graph`` on ``device``, with numbers of ``dtype`` and ``batch`` images at a time.

    Norms and activations work in the output before them and move nothing; views and dropout do neither. Raises
    :class:`UsageError` for a type of number that the device hasn't, and a batch below 1.
    """
    chosen = device.dtype(dtype)
    require_batch(batch)
    peak = device.peaks[chosen].most
    rate = None if device.bandwidth is None else device.bandwidth.most
    convention = load_convention(DEFAULT)
    moved = moved_bytes(graph, bits=BITS[chosen], batch=batch)
    found = []
    for layer in graph.layers:
        mult_adds = ar.mul(measure(layer, convention)[1], batch)
        bytes_ = moved[layer]
        found.append(LayerBound(layer, mult_adds, bytes_, mult_adds / peak, 0.0 if rate is None else bytes_ / rate))
    link: Any = 0.0
    if device.link is not None:
        weights = ar.total(one.total for one in flash(graph, bits=BITS[chosen]))
        link = _larger(weights - device.link.behind, 0) / device.link.most
    in_order = sum(_larger(one.work_seconds, one.memory_seconds) for one in found)
    work = sum(one.work_seconds for one in found)
    bytes_seconds = sum(one.memory_seconds for one in found)
    return Roofline(
        device,
        chosen,
        batch,
        found,
        in_order,
        _larger(_larger(work, bytes_seconds), link),
        link,
        _larger(in_order, link),
        ar.total(one.mult_adds for one in found),
        ar.total(one.bytes for one in found),
    )


def _larger(a: Any, b: Any) -> Any:
    return ar.maximum(a, b) if ar.is_array(a) or ar.is_array(b) else max(a, b)
