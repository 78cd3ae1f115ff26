"""The columns of receptive fields, which a row has if one of them is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import gcd

from ..cost import Cost
from ..fields import Field
from ..ops import size_text
from ..rows import By
from ..table import Column, Table
from .counted import Counted, Line

FIELD_ROWS = ("layer", "primitive", "block", "stage")
"""The ``--by`` whose rows have a last layer."""
_IDS = ("receptive_field", "receptive_stride", "receptive_offset")
WORDS = {
    "all": "all: every position of the input",
    "mixed": "mixed: positions stand in another order than the input's",
    "part": "part: what lies in a window or a region",
    "strides": "strides: paths of different strides are joined",
    "nothing": "nothing: it doesn't depend on an input",
}
_UNKNOWN = "?"


def asks_for_fields(*texts: str | None) -> bool:
    """Whether ``--columns`` or ``--sort`` names one of the columns."""
    return any(word.strip(" +-") in _IDS for text in texts for word in (text or "").split(","))


def field_columns(counted: Counted, by: By) -> list[Column]:
    """Size, stride and offset of the field of a row's last layer, in its last copy."""
    fields = _of_last_copies(counted.default)
    found = {name: fields[layers[-1].name] for name, layers in counted.default.groups(by)}

    def getter(text: Callable[[Sequence[Field]], str]) -> Callable[[Line], str]:
        return lambda line: text(found[line.row.name])

    titles = ("field", "field stride", "field offset")
    texts = (_size, _stride, _offset)
    return [Column(id, title, keep=7, get=getter(text)) for id, title, text in zip(_IDS, titles, texts, strict=True)]


def _of_last_copies(cost: Cost) -> dict[str, Sequence[Field]]:
    """The field of each layer's last copy, by the name of the first: copies' names differ in numbers alone."""
    firsts = {layer.name for layer in cost.graph.layers}
    first_of: dict[tuple[str, ...], str] = {}
    found: dict[str, Sequence[Field]] = {}
    for name, field in cost.receptive_fields().items():
        alike = tuple("" if label.isdecimal() else label for label in name.split("."))
        if name in firsts:
            first_of[alike] = name
        found[first_of[alike]] = field
    return found


def _size(field: Sequence[Field]) -> str:
    """``196x196``; a word of :data:`WORDS` where all axes have it, else for that axis."""
    every = [one.why or str(one.size) for one in field]
    return every[0] if len(set(every)) == 1 and field[0].why else "x".join(every)


def _stride(field: Sequence[Field]) -> str:
    """``16x16``, ``1/2x1/2``; nothing where there is none."""
    if any(one.size is None for one in field):
        return ""
    return size_text(tuple(_fraction(one.stride, one.finer) for one in field))


def _fraction(above: int, below: int) -> str:
    shared = gcd(above, below)
    return str(above // shared) if below == shared else f"{above // shared}/{below // shared}"


def _offset(field: Sequence[Field]) -> str:
    """``-90 -90``: where the first element's field begins."""
    if any(one.size is None for one in field):
        return ""
    return " ".join(_UNKNOWN if one.offset is None else str(one.offset) for one in field)


def field_notes(table: Table) -> list[str]:
    """What the columns tell, and the words in them."""
    shown = [column.id for column in table.columns]
    if not any(id in shown for id in _IDS):
        return []
    said = ["Receptive fields in pixels of the input, padding included; of several copies the last's."]
    if _IDS[0] in shown:
        cells = {word for row in table.rows for word in str(row[shown.index(_IDS[0])] or "").split("x")}
        said += [f"{text}." for word, text in WORDS.items() if word in cells]
    if _IDS[2] in shown and any(_UNKNOWN in str(row[shown.index(_IDS[2])]) for row in table.rows):
        said.append("Offset ?: joined paths have other middles, or it depends on the position.")
    return said
