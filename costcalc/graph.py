"""What a built network is: primitive layers in order, joined by tensors whose shapes are known."""

from __future__ import annotations

from typing import Any, NamedTuple

from .errors import Place, SpecError
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
    """A value between layers: its shape (channels, then a size for each axis), and who made it (None: an input).

    ``port`` is its number among the outputs of a layer that has several.
    """

    __slots__ = ("c", "layer", "port", "shape")

    def __init__(self, shape: Shape, layer: Layer | Choice | None = None, port: int = 0) -> None:
        self.c = shape[0]
        self.shape = shape
        self.layer = layer
        self.port = port

    @property
    def source(self) -> tuple[Layer | Choice | Tensor, int]:
        """What tells tensors apart: the layer and the port that one comes from, or itself."""
        return (self if self.layer is None else self.layer), self.port

    @property
    def size(self) -> tuple[Number, ...]:
        """Along each axis: (height, width) of a map."""
        return self.shape[1:]

    @property
    def h(self) -> Number:
        """Height of a map, or of a video's; :class:`SpecError` for a sequence."""
        return self._of_map()[-2]

    @property
    def w(self) -> Number:
        """Width of a map, or of a video's; :class:`SpecError` for a sequence."""
        return self._of_map()[-1]

    def _of_map(self) -> tuple[Number, ...]:
        if len(self.shape) < 3:
            raise SpecError("a sequence has no .h and .w; its length is .size[1]")
        return self.shape


def axes_text(axes: int) -> str:
    """``1 axis``, ``3 axes``: how many sizes a tensor has besides its channels."""
    return "1 axis" if axes == 1 else f"{axes} axes"


class Choice:
    """Where an array decides between two tensors: both are made, the first is meant where ``condition`` holds."""

    __slots__ = ("condition", "inputs")

    def __init__(self, inputs: tuple[Tensor, Tensor], condition: Any) -> None:
        self.inputs = inputs
        self.condition = condition


class Layer:
    """One use of an op, with the shapes that it takes and makes. Tensors know their layer, it doesn't know them.

    ``count`` is how many times it runs (the copies that it stands for; 0 and 1 over an array where a condition
    decides), ``weight_count`` how many sets of weights those have: fewer where weights are shared, 0 where
    ``owner``, an earlier layer, has them. ``call`` is the path of the call in the spec that made it, ``block`` that
    of the outermost block around it. ``over`` is set where it stands for a growing series (:class:`Series`).
    """

    __slots__ = (
        "block",
        "call",
        "count",
        "in_shapes",
        "inputs",
        "net",
        "op",
        "out_shapes",
        "over",
        "owner",
        "path",
        "weight_count",
    )

    def __init__(
        self,
        path: Path,
        op: Op,
        inputs: tuple[Tensor, ...],
        call: Path,
        block: Path,
        count: Number,
    ) -> None:
        self.path = path
        self.op = op
        self.inputs = inputs
        shapes = self.in_shapes = (inputs[0].shape,) if len(inputs) == 1 else tuple([t.shape for t in inputs])
        self.out_shapes = op.out_shapes(shapes)
        self.call = call
        self.block = block
        self.count = count
        self.weight_count = count
        self.owner: Layer | None = None
        self.over: Series | None = None
        self.net: Path = None

    @property
    def name(self) -> str:
        """The dotted name, as the PyTorch module has it."""
        return path_text(self.path)

    @property
    def out_shape(self) -> Shape:
        """Shape of the (first) output."""
        return self.out_shapes[0]


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


class CalledBlock(NamedTuple):
    """A call of a block, or of a used network: its name, and the values of its parameters."""

    name: str
    arguments: dict[str, Any]


class Graph:
    """A network at one point of its parameters (ints, arrays or symbols).

    ``layers`` are in order of execution; ``invalid`` marks the elements of an array evaluation that break a rule
    (None: none does); ``assumptions`` are those of a symbolic one. ``steps`` is the work that its evaluation was
    (:mod:`.budget`). ``blocks`` are the calls of blocks by their dotted names, where every copy is written out.
    """

    __slots__ = ("assumptions", "blocks", "inputs", "invalid", "layers", "outputs", "parameters", "steps")

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.inputs: dict[str, Tensor] = {}
        self.outputs: dict[str, Tensor] = {}
        self.parameters: dict[str, Any] = {}
        self.assumptions: list[Assumption] = []
        self.invalid: Any = None
        self.steps = 0
        self.blocks: dict[str, CalledBlock] = {}
