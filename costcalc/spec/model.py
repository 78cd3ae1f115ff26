"""What a spec says, parsed and not yet evaluated."""

from __future__ import annotations

from dataclasses import dataclass, field

from .heads import Head
from .source import Source, Text
from .syntax import Name, Node


@dataclass(slots=True)
class Parameter:
    """A parameter: default (an expression over the parameters above it), inclusive range or choices."""

    name: str
    text: Text
    default: Node
    low: Node | None = None
    high: Node | None = None
    choices: list[Node] | None = None
    choices_of: Text | None = None
    """``NETWORK.variants``: the names of another network's variants."""
    doc: str = ""
    symbol: str = ""


@dataclass(slots=True)
class Let:
    """A named value, or a one-line function if its head has parameters."""

    head: Head
    text: Text
    node: Node


@dataclass(slots=True)
class Step:
    """``name: expression``, or ``a, b: expression``; ``node`` None: it couldn't be read, which is told already."""

    names: list[str]
    key: Text
    node: Node | None


@dataclass(slots=True)
class Cell:
    """A cell of a table: its text, and its expression; ``exact`` if it began with ``=``."""

    text: Text
    node: Node | None
    exact: bool = False

    @property
    def blank(self) -> bool:
        return self.node is None


@dataclass(slots=True)
class Row:
    """A row: the operator and its kernel size, the other cells by column, the asserted shapes.

    ``broken``: a cell couldn't be read, which is told already.
    """

    label: str
    operator: Text
    kernel: Node | None
    cells: dict[str, Cell]
    input: Text | None = None
    output: Text | None = None
    broken: bool = False


@dataclass(slots=True)
class Rule:
    """How a column is read."""

    name: str
    text: Text
    node: Node


@dataclass(slots=True)
class Table:
    """A table of layers and the rules of its columns."""

    text: Text
    columns: list[str]
    rows: list[Row]
    rules: dict[str, Rule] = field(default_factory=dict)


Body = list[Step] | Table | Node
"""Steps, a table, or a single expression."""


@dataclass(slots=True)
class Block:
    """A macro. ``tensors`` None: one tensor, called ``in``."""

    name: str
    text: Text
    tensors: list[str] | None
    rest: str | None
    params: list[tuple[str, Node | None]]
    body: Body


@dataclass(slots=True)
class Input:
    """An input of the network: height, width, channels."""

    name: str
    text: Text
    dims: tuple[Node, Node, Node]


@dataclass(slots=True)
class Variant:
    """A public name for a point in parameter space."""

    name: str
    text: Text
    values: dict[str, Cell]


@dataclass(slots=True)
class Spec:
    """One file: a network, or a library of blocks (``name`` empty)."""

    origin: Source
    name: str = ""
    title: str = ""
    about: str = ""
    family: str = ""
    aliases: list[str] = field(default_factory=list)
    source: dict[str, str] = field(default_factory=dict)
    uses: list[tuple[Text, list[Text]]] = field(default_factory=list)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    lets: dict[str, Let] = field(default_factory=dict)
    defaults: dict[str, tuple[Text, list[tuple[Name, Node]]]] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    inputs: list[Input] = field(default_factory=list)
    layers: Body | None = None
    outputs: list[Text] = field(default_factory=list)
    variants: dict[str, Variant] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Names whose definition couldn't be read: what uses them isn't another problem."""
