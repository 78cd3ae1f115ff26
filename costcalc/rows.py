"""Rows of a cost: a primitive layer, or a group of them, with what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from .errors import UsageError, nearest, printable, quoted
from .graph import Layer, Path, path_labels, path_text
from .ops import Op, Shape
from .record import Record
from .units import exact

By = Literal["layer", "primitive", "block", "stage", "op", "kind"]
GROUPINGS: tuple[By, ...] = ("layer", "primitive", "block", "stage", "op", "kind")

_AXES = {0: (), 1: ("l",), 2: ("h", "w"), 3: ("d", "h", "w")}
"""The letters of sizes, as PyTorch has them: of a sequence, a map, a video."""


class CostRow(Record, Mapping[str, Any]):
    """A record that is a mapping too, of plain values: what ``dict`` and ``pandas.DataFrame`` take.

    ``row["params"]`` is ``row.params``; a shape (channels, height, width) has a key for each number: ``in_c``,
    ``in_h``, ``in_w`` are the first input's, of ``inputs``, and ``out_c``, ``out_h``, ``out_w`` the output's. A
    sequence has ``l`` for its length, a video ``d`` too.
    """

    def _flat(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in self._fields:
            value = getattr(self, field)
            if field == "in_shapes":
                found |= {"inputs": len(value), **_sizes("in", value[0])} if value else {}
            elif field == "out_shape":
                found |= _sizes("out", value or ())
            elif field not in ("layers", "ops", "primitive"):
                found[field] = value
        return found

    def __getitem__(self, key: str) -> Any:
        return self._flat()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._flat())

    def __len__(self) -> int:
        return len(self._flat())

    def __repr__(self) -> str:
        at = self.__dict__
        kind, into, out = at.get("op") or at["type"], at["in_shapes"], at["out_shape"]
        shapes = " -> ".join(_text(shape) for shape in (*into[:1], out) if shape)
        figures = f"{_count(at['params'])} params, {_count(at['mult_adds'])} mult-adds"
        told = ", ".join(part for part in (kind, shapes, figures) if part)
        return f"<{type(self).__name__} {printable(at['name'])}: {told}>"


def _sizes(side: str, shape: Sequence[Any]) -> dict[str, Any]:
    """A shape by the letters of its numbers."""
    axes = ("c", *_AXES[len(shape) - 1]) if shape else ()
    return {f"{side}_{letter}": n for letter, n in zip(axes, shape, strict=True)}


def _text(shape: Shape) -> str:
    """A shape as tables have it: the sizes, and the channels last."""
    channels, *sizes = shape
    return "x".join(map(str, (*sizes, channels)))


def _count(value: Any) -> str:
    return exact(value) if isinstance(value, int) else str(value)


class LayerCost(CostRow):
    """A primitive layer and its cost.

    ``in_shapes`` and ``out_shape`` are (channels, height, width). ``params`` and ``mult_adds`` are exact, for all
    ``count`` copies that the row stands for; shared weights are counted at the first layer that has them. ``counted``
    is the work under the cost's convention, in its unit. ``primitive`` is the op itself, with its arguments, and ``op``
    its kind.
    """

    name: str
    op: str
    in_shapes: tuple[Shape, ...]
    out_shape: Shape
    count: Any
    params: Any
    mult_adds: Any
    counted: Any
    primitive: Op | None = None


class Row(CostRow):
    """A group of primitive layers: one call of the spec, a block, a stage, a kind of op.

    ``type``, ``filter`` and the shapes, (channels, height, width), are those of its main op, the first of ``ops``. A
    block and a stage have no type and no filter, and the shapes that go in and come out; a kind has no shapes.
    ``count`` is the number of layers (calls of the spec) that it stands for, every copy of a repeat counted, and
    ``layers`` that of its primitives, each once. ``params``, ``mult_adds`` and ``counted`` are exact, of all copies.
    """

    name: str
    type: str
    filter: str
    count: Any
    in_shapes: tuple[Shape, ...]
    out_shape: Shape | None
    params: Any
    mult_adds: Any
    counted: Any
    layers: int = 1
    ops: tuple[Op, ...] = ()


def grouped(layers: Sequence[Layer], key: By) -> list[tuple[str, list[Layer]]]:
    """``layers`` in groups, with the name of each. Raises :class:`UsageError` for another key."""
    if key not in GROUPINGS:
        raise UsageError(f"rows are by {', '.join(GROUPINGS)}, not {quoted(key)}{nearest(str(key), GROUPINGS)}")
    if key == "primitive":
        return [(layer.name, [layer]) for layer in layers]
    if key in ("op", "kind"):
        return _merged(layers, key)
    paths = {"layer": _call, "block": _block, "stage": _stage}[key]
    rows: list[list[Layer]] = []
    names: list[Path] = []
    for layer in layers:
        path = paths(layer)
        if names and names[-1] == path:
            rows[-1].append(layer)
        else:
            names.append(path)
            rows.append([layer])
    return [(path_text(path), group) for path, group in zip(names, rows, strict=True)]


def _merged(layers: Sequence[Layer], key: By) -> list[tuple[str, list[Layer]]]:
    groups: dict[str, list[Layer]] = {}
    calls: dict[Any, str] = {}
    for layer in layers:
        name = layer.op.kind if key == "op" else calls.setdefault(layer.call, layer.op.label)
        groups.setdefault(name, []).append(layer)
    return list(groups.items())


def _call(layer: Layer) -> Path:
    return layer.call


def _block(layer: Layer) -> Path:
    return layer.block or layer.call


def _stage(layer: Layer) -> Path:
    return (None, path_labels(layer.path)[0])
