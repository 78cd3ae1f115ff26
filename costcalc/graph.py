"""What a built network is: primitive layers in order, joined by tensors whose shapes are known."""

from __future__ import annotations

from typing import Any

from .errors import Place
from .ops import Number, Op, Shape

Path = tuple[Any, str] | None
"""A dotted name from its end: (path of the parent, label). None is the network."""


def path_labels(path: Path) -> list[str]:
    """The labels from the outermost in."""
    labels: list[str] = []
    while path is not None:
        path, label = path
        labels.append(label)
    return labels[::-1]


def path_text(path: Path) -> str:
    """``stage2.dw.conv``."""
    return ".".join(path_labels(path))


class Tensor:
    """A value between layers: channels, height, width, and the layer that made it (None: an input).

    ``port`` is its number among the outputs of a layer that has several.
    """

    __slots__ = ("c", "h", "layer", "port", "w")

    def __init__(self, c: Number, h: Number, w: Number, layer: Layer | Choice | None = None, port: int = 0) -> None:
        self.c = c
        self.h = h
        self.w = w
        self.layer = layer
        self.port = port

    @property
    def shape(self) -> Shape:
        """(channels, height, width)."""
        return self.c, self.h, self.w


class Choice:
    """Where an array decides between two tensors: both are made, elementwise one is meant."""

    __slots__ = ("inputs",)

    def __init__(self, inputs: tuple[Tensor, ...]) -> None:
        self.inputs = inputs


class Layer:
    """One use of an op.

    ``count`` is how many times it runs (the copies that it stands for; 0 and 1 over an array where a condition
    decides), ``weight_count`` how many sets of weights those have: fewer where weights are shared, 0 where
    ``owner``, an earlier layer, has them. ``call`` is the path of the call in the spec that made it, ``block`` that
    of the outermost block around it. ``over`` is set where it stands for a growing series (:class:`Series`).
    """

    __slots__ = ("block", "call", "count", "inputs", "net", "op", "outputs", "over", "owner", "path", "weight_count")

    def __init__(
        self,
        path: Path,
        op: Op,
        inputs: tuple[Tensor, ...],
        call: Path,
        block: Path,
        count: Number,
        weight_count: Number,
    ) -> None:
        self.path = path
        self.op = op
        self.inputs = inputs
        self.call = call
        self.block = block
        self.count = count
        self.weight_count = weight_count
        self.owner: Layer | None = None
        self.over: Series | None = None
        self.net: Path = None
        self.outputs: tuple[Tensor, ...]

    @property
    def name(self) -> str:
        """The dotted name, as the PyTorch module has it."""
        return path_text(self.path)

    @property
    def in_shapes(self) -> tuple[Shape, ...]:
        """Shapes of the inputs."""
        return tuple((t.c, t.h, t.w) for t in self.inputs)

    @property
    def out_shape(self) -> Shape:
        """Shape of the (first) output."""
        t = self.outputs[0]
        return t.c, t.h, t.w


class Series:
    """A layer that stands for copies ``low`` to ``high`` of a repeat, its numbers expressions in ``index``."""

    __slots__ = ("high", "index", "low")

    def __init__(self, index: Any, low: Number, high: Number) -> None:
        self.index = index
        self.low = low
        self.high = high


class Assumption:
    """A condition on symbols that a closed form rests on, and the layers that it decides about."""

    __slots__ = ("condition", "layers", "place")

    def __init__(self, condition: Any, place: Place | None, layers: list[Layer]) -> None:
        self.condition = condition
        self.place = place
        self.layers = layers


class Graph:
    """A network at one point of its parameters (ints, arrays or symbols).

    ``layers`` are in order of execution; ``invalid`` marks the elements of an array evaluation that break a rule
    (None: none does); ``assumptions`` are those of a symbolic one.
    """

    __slots__ = ("assumptions", "inputs", "invalid", "layers", "outputs", "parameters")

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.inputs: dict[str, Tensor] = {}
        self.outputs: dict[str, Tensor] = {}
        self.parameters: dict[str, Any] = {}
        self.assumptions: list[Assumption] = []
        self.invalid: Any = None
