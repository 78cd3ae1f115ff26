"""Rows that networks share: kinds of layers, and strides of their feature maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..cost import Cost
from ..graph import Layer
from ..ops import Shape
from ..record import Record

if TYPE_CHECKING:
    from fractions import Fraction

HEAD = "head"
"""The stride of 1x1 maps behind the last pooling."""


class KindRow(Record):
    """A kind of layer. ``params`` and ``mult_adds`` are exact, one for each cost; None where it has no such layer."""

    kind: str
    params: tuple[int | None, ...]
    mult_adds: tuple[int | None, ...]


class StrideRow(Record):
    """The layers whose output is 1/``stride`` of the input's height (to the nearest power of two), or the head.

    Of each cost: the map (channels, height, width) that the last block at this stride hands on, and the exact sums;
    None where it has no such layer. ``stride`` is below 1 where a network scales its input up.
    """

    stride: int | Fraction | str
    maps: tuple[Shape | None, ...]
    params: tuple[int | None, ...]
    mult_adds: tuple[int | None, ...]


class _Sums:
    def __init__(self) -> None:
        self.params = 0
        self.mult_adds = 0
        self.map: Shape | None = None


def ratio(value: Any, first: Any) -> Fraction | None:
    """``value`` / ``first``, exact; None of nothing."""
    from fractions import Fraction

    return Fraction(value) / Fraction(first) if first else None


def by_kind(costs: Sequence[Cost]) -> list[KindRow]:
    """Every kind of layer that one of ``costs`` has, the one with the most mult-adds (then params) first.

    Each cost's figures add up to its totals.
    """
    found = [{row.name: row for row in cost.by("kind")} for cost in costs]
    rows = []
    for kind in dict.fromkeys(name for rows_of in found for name in rows_of):
        own = [rows_of.get(kind) for rows_of in found]
        params = tuple(None if row is None else row.params for row in own)
        rows.append(KindRow(kind, params, tuple(None if row is None else row.mult_adds for row in own)))
    rows.sort(key=lambda row: [-max(n or 0 for n in figures) for figures in (row.mult_adds, row.params)])
    return rows


def by_stride(costs: Sequence[Cost]) -> list[StrideRow]:
    """The strides from the smallest, and the head. Each cost's figures add up to its totals."""
    found = [_strides(cost) for cost in costs]
    exponents = sorted({e for sums in found for e in sums if e is not None})
    rows = []
    for e in (*exponents, *[None] * any(None in sums for sums in found)):
        own = [sums.get(e) for sums in found]
        rows.append(
            StrideRow(
                HEAD if e is None else _power_of_two(e),
                tuple(None if s is None else s.map for s in own),
                tuple(None if s is None else s.params for s in own),
                tuple(None if s is None else s.mult_adds for s in own),
            )
        )
    return rows


def _power_of_two(exponent: int) -> int | Fraction:
    if exponent >= 0:
        return int(2**exponent)
    from fractions import Fraction

    return Fraction(1, 2**-exponent)


def _strides(cost: Cost) -> dict[int | None, _Sums]:
    """Sums by the stride's logarithm to base 2; None is the head.

    Layers on a 1x1 map that a later one scales up again (the gate of squeeze-and-excite) are at the stride of the
    map that was pooled for them.
    """
    layers = cost.graph.layers
    height = _height(next(iter(cost.graph.inputs.values())).shape)
    widened = _widened(layers)
    strides: dict[int, int] = {}
    pooled: set[int] = set()
    sums: dict[int | None, _Sums] = {}
    for k, (layer, row) in enumerate(zip(layers, cost.by("primitive"), strict=True)):
        sources = [t.layer for t in layer.inputs if isinstance(t.layer, Layer)]
        if is_pooled := _is_pooled(layer) or (_is_point(layer) and any(id(s) in pooled for s in sources)):
            pooled.add(id(layer))
            strides[id(layer)] = min((strides[id(s)] for s in sources), default=0)
        else:
            strides[id(layer)] = exponent_of(height, _height(layer.out_shape))
        key = None if is_pooled and id(layer) not in widened else strides[id(layer)]
        at = sums.setdefault(key, _Sums())
        at.params += row.params
        at.mult_adds += row.mult_adds
        ends_block = k + 1 == len(layers) or _block(layers[k + 1]) != _block(layer)
        if at.map is None or ends_block:
            at.map = layer.out_shape
    return sums


def exponent_of(height: int, out_height: int) -> int:
    """The whole number nearest to log2(``height`` / ``out_height``), in whole numbers."""
    halvings, doublings = 0, 0
    while height**2 >= 2 * out_height**2 * 4**halvings:  # the ratio is above 2^(halvings + 1/2)
        halvings += 1
    while 2 * height**2 * 4**doublings < out_height**2:
        doublings += 1
    return halvings - doublings


def _height(shape: Shape) -> Any:
    """Of a map, or of each map of a video; the length of a sequence."""
    return shape[max(len(shape) - 2, 1)]


def _block(layer: Layer) -> Any:
    return layer.block or layer.call


def _is_point(layer: Layer) -> bool:
    return all(n == 1 for n in layer.out_shape[1:])


def _is_pooled(layer: Layer) -> bool:
    """Whether the layer takes a whole map together: by what it is, or by a window that no stride explains."""
    if layer.op.extent == "point":
        return True
    stride = _height((1, *getattr(layer.op, "stride", (1,))))
    return _is_point(layer) and _height(layer.in_shapes[0]) >= 2 * stride


def _widened(layers: Sequence[Layer]) -> set[int]:
    """The layers on which one with more than a point for output depends."""
    found: set[int] = set()
    for layer in reversed(layers):
        if id(layer) in found or not _is_point(layer):
            found.update(id(t.layer) for t in layer.inputs if t.layer is not None)
    return found
