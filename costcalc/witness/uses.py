"""Convolutions and linear layers of two sources in one form, and which of them correspond."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from itertools import zip_longest
from math import prod
from typing import Any

from ..graph import Graph, Layer
from ..record import Record

Sizes = tuple[int, ...]
FIGURES = ("type", "in_channels", "out_shape", "kernel", "stride", "dilation", "groups", "bias")
"""What two layers must have in common, in the order in which differences are told."""


class Use(Record):
    """One use of a convolution or linear layer.

    A linear layer is a 1x1 convolution of a 1x1 map, a convolution of a sequence a 1xk one of a map of height 1.
    ``positions`` are those of the output, of all maps of a batch (windows are one).
    """

    name: str
    type: str
    in_channels: int
    out_shape: Sizes
    kernel: Sizes
    stride: Sizes
    dilation: Sizes
    groups: int
    bias: bool
    mult_adds: int
    positions: int

    @property
    def figures(self) -> tuple[Any, ...]:
        """What makes two uses alike.

        Of a layer that takes positions one by one that is how many there are, and not how they lie; along one axis of a
        map of width 1 it is a sequence.
        """
        pointwise = set(self.kernel) == {1} and set(self.stride) == {1} and self.groups == 1
        shape = (self.out_shape[0], self.positions) if pointwise else self.out_shape
        along = slice(None, None, -1) if self.out_shape[2] == self.kernel[1] == 1 else slice(None)
        sizes = {figure: getattr(self, figure)[along] for figure in ("kernel", "stride", "dilation")}
        if not pointwise:
            shape = (shape[0], *shape[1:][along])
        return tuple({**sizes, "out_shape": shape}.get(figure) or getattr(self, figure) for figure in FIGURES)


def convolution_use(name: str, layer: Any, made: Sizes, mult_adds: int) -> Use:
    """That of PyTorch's ``layer``, which made a tensor of the shape ``made`` (with its batch)."""
    axes = len(layer.kernel_size)
    sizes = tuple(_at_least_2d(tuple(n)) for n in (layer.kernel_size, layer.stride, layer.dilation))
    out = (layer.out_channels, *_at_least_2d(made[-axes:]))
    positions = made[0] * prod(made[-axes:])
    bias = layer.bias is not None
    return _use(name, _type(layer), layer.in_channels, out, sizes, layer.groups, bias, mult_adds, positions)


def linear_use(name: str, layer: Any, made: Sizes, mult_adds: int) -> Use:
    """A linear layer may run at several positions, which its channels come behind."""
    return weight_use(name, layer.weight, layer.bias is not None, made, mult_adds)


def weight_use(name: str, weight: Any, bias: bool, made: Sizes, mult_adds: int) -> Use:
    """A product with a matrix of weights, of a layer or a function, which made a tensor of that shape."""
    point, out = ((1, 1), (1, 1), (1, 1)), (weight.shape[0], *_at_least_2d(made[1:-1]))
    return _use(name, "conv", weight.shape[1], out, point, 1, bias, mult_adds, prod(made[:-1]))


def graph_uses(graph: Graph) -> list[Use]:
    """Those of our own graph, in order of execution."""
    return [use for layer in graph.layers for use in [_of_layer(layer)] if use is not None]


def _of_layer(layer: Layer) -> Use | None:
    op = layer.op.as_convolution()
    if op is None:
        return None
    sizes = tuple(map(_at_least_2d, (op.kernel_size, op.stride, op.dilation)))
    # A fully connected layer makes one position, which has no axes.
    out = (layer.out_shape[0], *_at_least_2d(layer.out_shape[1:][: len(op.kernel_size)]))
    positions = layer.count * prod(out[1:])
    return _use(layer.name, _type(op), op.in_channels, out, sizes, op.groups, op.bias, 0, positions)


def _type(layer: Any) -> str:
    return "transposed conv" if layer.transposed else "conv"


def _at_least_2d(sizes: Sizes) -> Sizes:
    """Of one axis the width, of none a point."""
    return (1,) * (2 - len(sizes)) + sizes


def _use(
    name: str,
    kind: str,
    channels: int,
    out: Sizes,
    sizes: tuple[Sizes, ...],
    groups: int,
    bias: bool,
    mult_adds: int,
    positions: int,
) -> Use:
    kernel, stride, dilation = sizes
    if set(kernel) == {1}:
        dilation = kernel
        if set(out[1:]) == {1}:  # where there is one position, how far it is to the next says nothing
            stride = kernel
    return Use(name, kind, channels, tuple(out), kernel, stride, dilation, groups, bias, mult_adds, positions)


class Pair(Record):
    """A layer of ours and its counterpart; None where one has none. ``moved``: the same, but at another place."""

    ours: Use | None
    theirs: Use | None
    moved: bool = False

    @property
    def differences(self) -> list[tuple[str, Any, Any]]:
        """(figure, ours, theirs) for each that differs."""
        if self.ours is None or self.theirs is None:
            return [("layer", None if self.ours is None else "there", None if self.theirs is None else "there")]
        found = [(figure, getattr(self.ours, figure), getattr(self.theirs, figure)) for figure in FIGURES]
        found.append(("positions", self.ours.positions, self.theirs.positions))
        # How positions lie that a layer takes one by one says nothing: as a map, in a row, in windows or patches.
        free = self.ours.figures == self.theirs.figures
        return [] if free else [(figure, a, b) for figure, a, b in found if a != b]


def align(ours: list[Use], theirs: list[Use]) -> list[Pair]:
    """Both in order of execution. Equal layers that run at another place, as branches may, are paired too."""
    matcher = SequenceMatcher(None, [u.figures for u in ours], [u.figures for u in theirs], autojunk=False)
    blocks = [(tag == "equal", ours[a:b], theirs[c:d]) for tag, a, b, c, d in matcher.get_opcodes()]
    left = [u for same, block, _ in blocks if not same for u in block]
    right = [u for same, _, block in blocks if not same for u in block]
    common = Counter(u.figures for u in left) & Counter(u.figures for u in right)
    moved = {id(u): v for u, v in zip(_first(left, common), _first(right, common), strict=True)}
    taken = {id(v) for v in moved.values()}
    pairs: list[Pair] = []
    for same, block, others in blocks:
        if same:
            pairs += [Pair(u, v) for u, v in zip(block, others, strict=True)]
            continue
        pairs += [Pair(u, moved[id(u)], True) for u in block if id(u) in moved]
        rest = ([u for u in block if id(u) not in moved], [v for v in others if id(v) not in taken])
        pairs += [Pair(u, v) for u, v in zip_longest(*rest)]
    return pairs


def _first(uses: list[Use], wanted: Counter[Any]) -> list[Use]:
    """As many of each kind as ``wanted``, sorted so that equal ones of two lists meet."""
    left = Counter(wanted)
    found = []
    for use in uses:
        if left[use.figures]:
            left[use.figures] -= 1
            found.append(use)
    order = {figures: k for k, figures in enumerate(wanted)}
    return sorted(found, key=lambda u: order[u.figures])
