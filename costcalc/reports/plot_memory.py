"""``plot --memory``: bytes of activations while each layer runs, by one or more definitions."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import UsageError
from ..memory import load_definition
from ..plotting import Curves
from ..table import Column, Table, Value
from ..units import bytes_text
from . import parameters
from .counted import count
from .plot import MOST_CURVES, Asked

MOST_LAYERS = 2_000


def memory_curves(asked: Asked, definitions: Sequence[str], bits: int) -> Curves:
    """A curve for each of ``definitions``: bytes at each layer, in the order in which layers run, every copy one.

    Raises :class:`UsageError` for an unknown definition, for bits that there are not, for more curves than can
    be seen.
    """
    _, network, values = asked
    chosen = [load_definition(name) for name in dict.fromkeys(definitions)]
    if len(chosen) > MOST_CURVES:
        raise UsageError(f"more than {MOST_CURVES} curves can't be told apart: give fewer definitions")
    counted = count(network, values)
    columns = [
        Column("definition", "definition"),
        Column("layer", "layer"),
        Column("at", "layer in order", "int"),
        Column("live_bytes", f"bytes at {bits} bits", "count", adds="max"),
    ]
    rows: list[tuple[Value, ...]] = []
    notes = []
    for definition in chosen:
        use = counted.default.memory(definition, bits=bits)
        if len(use.live) > MOST_LAYERS:
            raise UsageError(f"{len(use.live):,} layers are more than a curve takes, {MOST_LAYERS:,}")
        names = enumerate(zip(use.layers, use.live, strict=True), 1)
        rows += [(definition.name, name, number, live) for number, (name, live) in names]
        notes.append(f"{definition.name}: peak {bytes_text(use.peak)}, at {use.at}")
    notes.append(f"Batch 1. What each definition counts: costcalc explain memory {chosen[0].name}")
    title = parameters.short_heading(network, counted.default.parameters)
    return Curves(Table(columns, rows, title, {}, notes), ["live_bytes"], "at", "definition")
