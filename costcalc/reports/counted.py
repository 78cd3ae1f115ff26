"""A network's cost at one point, by one count or by two, and at fewer bits or after pruning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..conventions import Convention
from ..cost import Cost
from ..graph import Layer
from ..network import Network
from ..ops import size_text
from ..record import Record
from ..rows import By, Row
from . import parameters

if TYPE_CHECKING:
    from ..training import Training
    from .memory import AtBits


class Extra(Record):
    """Another cost of the same rows. ``columns`` are (id, title, what of a row) for each figure that it adds."""

    name: str
    cost: Cost
    columns: Sequence[tuple[str, str, str]]


class Line(Record):
    """A row by the default count, by the other convention (or the default once more), and of each extra.

    ``members``: its primitives.
    """

    row: Row
    other: Row
    extras: Sequence[Row] = ()
    members: Sequence[Layer] = ()


class Counted:
    """A network's cost at one point, by the default count and, where asked for, by another convention's.

    ``scale`` is what the other's work is to be taken times, by its own rule of the resolution (``scaled``).
    ``extras``: the same rows at fewer bits or after pruning; ``not_pruned``: why there is no such cost, by what would
    be pruned. ``memory``: bytes of the rows, at each number of bits that is asked for. ``training``: a step of it.
    """

    def __init__(self, network: Network, default: Cost, other: Cost | None = None, scale: Any = 1) -> None:
        self.network = network
        self.default = default
        self.other = other
        self.scale = scale
        self.extras: list[Extra] = []
        self.not_pruned: dict[str, str] = {}
        self.memory: Sequence[AtBits] = ()
        self.training: Training | None = None

    @property
    def both_params(self) -> bool:
        """Whether the other convention counts other params."""
        return self.other is not None and self.other.params != self.default.params

    @property
    def heading(self) -> str:
        """The network and the values of its parameters."""
        return parameters.heading(self.network, self.default.parameters)

    @property
    def point(self) -> str:
        """Where it is, in short: ``net, alpha=0.5, 224x224x3``."""
        inputs = self.default.graph.inputs.items()
        shapes = [(name, size_text((*tensor.size, tensor.c))) for name, tensor in inputs]
        said = [shape if name == "in" else f"{name} {shape}" for name, shape in shapes]
        place = parameters.place(self.network, self.default.parameters)
        return ", ".join([self.network.name, *([place] if place else []), *said])

    def without_memory(self) -> Counted:
        """This, without bytes of its rows."""
        found = Counted(self.network, self.default, self.other, self.scale)
        found.extras = self.extras
        return found

    def lines(self, by: By) -> list[Line]:
        """The rows by every count."""
        rows = self.default.by(by)
        others = self.other.by(by) if self.other else rows
        extras = [extra.cost.by(by) for extra in self.extras]
        members = [layers for _, layers in self.default.groups(by)] if self.memory else [()] * len(rows)
        every = zip(members, rows, others, *extras, strict=True)
        return [Line(row, other, rest, layers) for layers, row, other, *rest in every]

    def work(self, counted: Any) -> Any:
        """The other convention's work, scaled; an int where it is whole, else the nearest float."""
        return decimal(counted * self.scale)


def decimal(value: Any) -> Any:
    """An int where ``value`` is whole, else the nearest float."""
    return int(value) if value == int(value) else float(value)


def count(network: Network, values: Mapping[str, Any], convention: Convention | None = None) -> Counted:
    """The cost of ``network`` at ``values``, by the default count and by ``convention``."""
    cost = network.cost(values)
    if convention is None:
        return Counted(network, cost)
    from ..reconcile import counted

    other, scale = counted(network, values, convention)
    return Counted(network, cost, other, scale)
