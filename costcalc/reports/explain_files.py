"""A definition of memory, and a device: what their files say, and who says so."""

from __future__ import annotations

from collections.abc import Iterator

from ..devices import Device, DeviceFigure
from ..memory.definition import RULES, MemoryDefinition
from ..table import Column, Table, Value
from ..units import bytes_text
from .facts import facts
from .values import with_format

_RULES = {
    "makes": ("makes", "a tensor of its own: "),
    "in_place": ("in place", "over its first input, where nothing reads that any more: "),
    "views": ("views", "what is there under another name: "),
    "weights": ("weights", "among the weights: "),
}
_PLANS = {
    "live": "the bytes alive at a time",
    "all": "the bytes of all tensors",
    "largest_first": "an arena, the largest tensor placed first",
}


def memory_table(definition: MemoryDefinition) -> Table:
    """What it counts, and what each kind of op does to tensors."""
    told = [("what it is", definition.about), ("its peak", _PLANS[definition.plan])]
    for rule in RULES:
        fact, meaning = _RULES[rule]
        told.append((fact, ", ".join(_kinds(definition, rule)) and meaning + ", ".join(_kinds(definition, rule))))
    told += [
        ("aligned to", f"{definition.align} bytes" if definition.align > 1 else ""),
        ("kept", "what enters a block stays until it ends" if definition.keeps_block_input else ""),
        ("scratch", ", ".join(f"{kind}: {n} bytes for each element of its window"
                                     for kind, n in definition.scratch.items())),
        ("evidence", definition.evidence),
    ]  # fmt: skip
    return facts("memory", definition.name, told)


def _kinds(definition: MemoryDefinition, rule: str) -> list[str]:
    return [kind for kind, own in definition.rules.items() if own == rule]


def memory_document(definition: MemoryDefinition) -> dict[str, object]:
    """The JSON."""
    return with_format({
        "memory": definition.name,
        "about": definition.about,
        "source": definition.evidence,
        "plan": definition.plan,
        "align": definition.align,
        "keeps_block_input": definition.keeps_block_input,
        "scratch": definition.scratch,
        "rules": {rule: _kinds(definition, rule) for rule in RULES},
    })  # fmt: skip


def device_table(device: Device) -> Table:
    """A row for each figure of the device, with its sources."""
    columns = [
        Column("what", "what"), Column("most", "at most"), Column("note", "note", "formula"),
        Column("sources", "evidence", "formula"),
    ]  # fmt: skip
    rows: list[tuple[Value, ...]] = []
    for what, unit, figure in _figures(device):
        most = bytes_text(int(figure.most)) if unit == "B" else _rate(figure.most, unit)
        note = ", ".join(text for text in (figure.structure, figure.note, figure.date) if text)
        rows.append((what, most, note, "; ".join(figure.sources)))
    table = Table(columns, rows, f"{device.name}: {device.title or device.name}")
    table.notes = [text for text in (device.about,) if text]
    return table


def _rate(most: float, unit: str) -> str:
    """So many a second: ``320 GB/s``."""
    for size, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if most >= size:
            return f"{most / size:.4g} {prefix}{unit}"
    return f"{most:.4g} {unit}"


def _figures(device: Device) -> Iterator[tuple[str, str, DeviceFigure]]:
    """Each figure with its name and unit."""
    for dtype, peak in device.peaks.items():
        yield dtype, "MAC/s", peak
    for name, unit in (("bandwidth", "B/s"), ("link", "B/s"), ("ram", "B"), ("flash", "B"), ("on_chip", "B")):
        figure: DeviceFigure | None = getattr(device, name)
        if figure is not None:
            yield name.replace("_", " "), unit, figure


def device_document(device: Device) -> dict[str, object]:
    """The JSON."""
    return with_format({
        "device": device.name,
        "title": device.title,
        "about": device.about,
        "figures": [
            {"what": what, "most": figure.most, "unit": unit, "structure": figure.structure or None,
             "date": figure.date or None, "note": figure.note or None, "sources": list(figure.sources)}
            for what, unit, figure in _figures(device)
        ],
    })  # fmt: skip
