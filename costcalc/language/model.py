"""What a spec says, parsed and not yet evaluated."""

from __future__ import annotations

import re

from ..record import Record, fresh
from .heads import Head
from .source import Source, Text
from .syntax import Name, Node


class Parameter(Record):
    """A parameter: default (an expression over the parameters above it), inclusive range or choices.

    ``values`` are those that its source evaluates.
    """

    name: str
    text: Text
    default: Node
    low: Node | None = None
    high: Node | None = None
    choices: list[Node] | None = None
    choices_of: Text | None = None
    """``NETWORK.variants``: the names of another network's variants."""
    values: list[Node] = fresh(default_factory=list)
    doc: str = ""
    symbol: str = ""
    role: Text | None = None
    """What it scales: one of ``ROLES``."""
    width: Node | None = None
    """Of the input's size: its width where one number is given; that number, unless this is said."""
    width_was: str = ""
    """The parameter that its width was by itself, in older versions of the spec."""


class Let(Record):
    """A named value, or a one-line function if its head has parameters."""

    head: Head
    text: Text
    node: Node


class Requirement(Record):
    """What must hold of the parameters, and why: ``text`` is the condition's."""

    text: Text
    node: Node
    reason: str


class Step(Record):
    """``name: expression``, or ``a, b: expression``; ``node`` None: it couldn't be read, which is told already.

    ``shape`` is the one that it says to have: ``expression as 56²x24``.
    """

    names: list[str]
    key: Text
    node: Node | None
    shape: Text | None = None


class Cell(Record):
    """A cell of a table: its text, and its expression; ``exact`` if it began with ``=``."""

    text: Text
    node: Node | None
    exact: bool = False

    @property
    def blank(self) -> bool:
        return self.node is None


class TableRow(Record):
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


class Rule(Record):
    """How a column is read."""

    name: str
    text: Text
    node: Node


class LayerTable(Record):
    """A table of layers and the rules of its columns."""

    text: Text
    columns: list[str]
    rows: list[TableRow]
    rules: dict[str, Rule] = fresh(default_factory=dict)


Body = list[Step] | LayerTable | Node
"""Steps, a table, or a single expression."""


class Block(Record):
    """A macro. ``tensors`` None: one tensor, called ``in``."""

    name: str
    text: Text
    tensors: list[str] | None
    rest: str | None
    params: list[tuple[str, Node | None]]
    body: Body


class Input(Record):
    """An input of the network: height, width, channels."""

    name: str
    text: Text
    dims: tuple[Node, ...]


class Variant(Record):
    """A public name for a point in parameter space."""

    name: str
    text: Text
    values: dict[str, Cell]


class Alias(Record):
    """Another name, perhaps that of ``libraries``, for the network, a variant (``base``) or a point of its own.

    ``differs``: why the library's network of that name is another than the one that it resembles.
    """

    name: str
    text: Text
    libraries: str = ""
    base: str = ""
    values: dict[str, Cell] = fresh(default_factory=dict)
    differs: str = ""
    point: str | None = None
    """The variant that is meant, or the first alias of a point of its own; None for the network at its defaults."""


class Spec(Record):
    """One file: a network, or a library of blocks (``name`` empty)."""

    origin: Source
    name: str = ""
    title: str = ""
    about: str = ""
    family: str = ""
    task: str = ""
    aliases: dict[str, Alias] = fresh(default_factory=dict)
    source: dict[str, str] = fresh(default_factory=dict)
    uses: list[tuple[Text, list[Text]]] = fresh(default_factory=list)
    parameters: dict[str, Parameter] = fresh(default_factory=dict)
    lets: dict[str, Let] = fresh(default_factory=dict)
    requirements: list[Requirement] = fresh(default_factory=list)
    defaults: dict[str, tuple[Text, list[tuple[Name, Node]]]] = fresh(default_factory=dict)
    blocks: dict[str, Block] = fresh(default_factory=dict)
    inputs: list[Input] = fresh(default_factory=list)
    layers: Body | None = None
    outputs: list[Text] = fresh(default_factory=list)
    features: list[tuple[Text, Node]] = fresh(default_factory=list)
    variants: dict[str, Variant] = fresh(default_factory=dict)
    variant_columns: dict[str, Text] = fresh(default_factory=dict)
    points: dict[str, Variant] = fresh(default_factory=dict)
    """The variants, and the aliases that have a point of their own."""
    broken: set[str] = fresh(default_factory=set)
    """Names whose definition couldn't be read: what uses them isn't another problem."""

    @property
    def year(self) -> int | None:
        """When it was published: what ``source`` says, or arXiv's number of the paper (``1704.04861``: 2017)."""
        if "year" in self.source:
            return int(self.source["year"])
        number = re.match(r"([0-9]{2})[0-9]{2}\.[0-9]", self.source.get("arxiv", ""))
        return None if number is None else 2000 + int(number[1])
