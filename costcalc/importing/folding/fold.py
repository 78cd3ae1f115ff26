"""Folding, and the proof that what came out is what went in."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import CostcalcError
from ...graph import Graph, path_labels
from ...language.source import Source
from ...network import network_from
from ...record import Record
from ..calls import Flat, LayerCall
from ..flat_text import flat_lines, flat_text
from ..same import FirstDifference, difference
from .following import NotFollowing
from .network import FoldedNetwork
from .regrouping import reassociated
from .text import SpecText, rows_of

ATTEMPTS = 6
"""How often folding is tried again with fewer blocks."""


class Folded(Record):
    """A spec, whether it has blocks and rows, and what the reader should know about that.

    ``fixed``: why it holds at the traced size of the input only; empty if a second one was given and it holds there.
    """

    text: str
    folded: bool
    notes: list[str]
    fixed: str = ""


def fold(flat: Flat, second: Flat | None = None) -> Folded:
    """``flat`` as a spec that reads well, and has the same layers; where that fails, its flat text with a note.

    ``second`` is the same network at another size of its input: sizes among the arguments that follow it are then
    written as those of tensors, and the spec has the second's layers there.
    """
    flat = reassociated(flat)
    if second is not None:
        try:
            return _folded(flat, reassociated(second))
        except NotFollowing as problem:
            flat.fixed = problem.message
    return _folded(flat, None)


def _folded(flat: Flat, second: Flat | None) -> Folded:
    plain = flat_text(flat)
    wanted = [graph_of(plain)]
    if second is not None:
        try:
            wanted.append(graph_of(flat_text(second)))
        except CostcalcError as problem:
            raise NotFollowing(f"at another size it is wrong: {str(problem).splitlines()[0]}") from problem
    without: set[str] = set()
    notes: list[str] = []
    what = ""
    for _ in range(ATTEMPTS):
        network = FoldedNetwork([flat], without, second)
        found = _tried(flat, network, wanted)
        if isinstance(found, str):
            return Folded(found, True, notes, flat.fixed)
        what = found.what
        blamed = _blamed(flat, wanted[0], found, {*network.classes.values()})
        notes.append(f"{', '.join(sorted(blamed)) or 'all'} is written out: folded, {what} would differ")
        if not blamed:
            break
        without |= blamed
    if second is not None:
        raise NotFollowing(f"at another size {what} would differ")
    return Folded(flat_text(flat, comments(flat, folded=False)), False, [*notes, "written call by call"], flat.fixed)


def _tried(flat: Flat, network: FoldedNetwork, wanted: Sequence[Graph]) -> str | FirstDifference:
    """The text, or in what it differs. Shapes that a table asserts stop at the first: without them more is known."""
    spec = _spec(flat, network)
    text = spec.text(comments(flat, folded=True))
    try:
        return _differs(text, wanted) or text
    except CostcalcError as problem:
        first = FirstDifference(None, str(problem).splitlines()[0])
    try:
        return _differs(_spec(flat, network).text([], shapes=False), wanted) or first
    except CostcalcError:
        return first


def _differs(text: str, wanted: Sequence[Graph]) -> FirstDifference | None:
    """In what the network of a text isn't ``wanted``: at its own size, and at that of the second."""
    network = network_from(Source("imported.yaml", text, ""))
    for k, graph in enumerate(wanted):
        sides = next(iter(graph.inputs.values())).shape[1:] if k else ()
        at = {"res": sides[0] if len(set(sides)) == 1 else sides} if k else {}
        found = difference(network.graph(expand=True, **at), graph)
        if found is not None:
            return found
    return None


def _spec(flat: Flat, network: FoldedNetwork) -> SpecText:
    (body,) = network.bodies
    return SpecText(flat, body, network.blocks, rows_of(body, network.blocks))


def comments(flat: Flat, *, folded: bool) -> list[str]:
    """The head of a spec: where it is from, what was derived, and what is left to its reader."""
    where = f"Imported from {flat.origin.removeprefix('imported from ')}" if flat.origin else "Imported"
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
