"""Folding, and the proof that what came out is what went in."""

from __future__ import annotations

from ...errors import CostcalcError
from ...graph import Graph, path_labels
from ...language.source import Source
from ...network import network_from
from ...record import Record
from ..calls import Flat, LayerCall
from ..flat_text import flat_lines, flat_text
from ..same import FirstDifference, difference
from .concats import reassociated
from .network import FoldedNetwork
from .text import SpecText, rows_of

ATTEMPTS = 6
"""How often folding is tried again with fewer blocks."""


class Folded(Record):
    """A spec, whether it has blocks and rows, and what the reader should know about that."""

    text: str
    folded: bool
    notes: list[str]


def fold(flat: Flat) -> Folded:
    """``flat`` as a spec that reads well, and has the same layers; where that fails, its flat text with a note."""
    flat = reassociated(flat)
    plain = flat_text(flat)
    wanted = graph_of(plain)
    without: set[str] = set()
    notes: list[str] = []
    for _ in range(ATTEMPTS):
        network = FoldedNetwork([flat], without)
        found = _tried(flat, network, wanted)
        if isinstance(found, str):
            return Folded(found, True, notes)
        blamed = _blamed(flat, wanted, found, {*network.classes.values()})
        notes.append(f"{', '.join(sorted(blamed)) or 'all'} is written out: folded, {found.what} would differ")
        if not blamed:
            break
        without |= blamed
    return Folded(flat_text(flat, comments(flat, folded=False)), False, [*notes, "written call by call"])


def _tried(flat: Flat, network: FoldedNetwork, wanted: Graph) -> str | FirstDifference:
    """The text, or in what it differs. Shapes that a table asserts stop at the first: without them more is known."""
    spec = _spec(flat, network)
    text = spec.text(comments(flat, folded=True))
    try:
        return difference(graph_of(text), wanted) or text
    except CostcalcError as problem:
        first = FirstDifference(None, str(problem).splitlines()[0])
    try:
        return difference(graph_of(_spec(flat, network).text([], shapes=False)), wanted) or first
    except CostcalcError:
        return first


def _spec(flat: Flat, network: FoldedNetwork) -> SpecText:
    (body,) = network.bodies
    return SpecText(flat, body, network.blocks, rows_of(body, network.blocks))


def comments(flat: Flat, *, folded: bool) -> list[str]:
    """The head of a spec: where it is from, what was derived, and what is left to its reader."""
    where = f"Imported from {flat.origin}" if flat.origin else "Imported"
    derived = (
        "blocks, what their arguments follow from, conditions, repeats (n)"
        if folded
        else "nothing: a line for each call"
    )
    found = [
        f"{where}: the layers are its own, one by one.",
        f"Derived: {derived}; sizes of tensors from res.",
        "Left to you: title, source, better names, and which numbers follow from a width or a depth.",
        *(f"Note: {note}." for note in flat.notes),
    ]
    return ["# " + "".join(c if c.isprintable() else " " for c in line) for line in found]


def graph_of(text: str) -> Graph:
    """The network of a spec with every copy written out."""
    return network_from(Source("imported.yaml", text, "")).graph(expand=True)


def _blamed(flat: Flat, wanted: Graph, found: FirstDifference, classes: set[str]) -> set[str]:
    """The innermost class with a block around the layer that differs; all if it can't be told."""
    call = None if found.layer is None else _call_of(flat, wanted, found.layer)
    around = [run.cls for run in call.stack if run.cls in classes] if call is not None else []
    return {around[-1]} if around else classes


def _call_of(flat: Flat, graph: Graph, layer: int) -> LayerCall | None:
    label = path_labels(graph.layers[layer].call)[0]
    for line, call in zip(flat_lines(flat)[0], flat.calls, strict=True):
        if label in line.names:
            return call
    return None
