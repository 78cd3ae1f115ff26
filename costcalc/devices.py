"""Devices: what they can do at most, from YAML files whose every figure has its source."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .errors import UsageError, nearest, quoted
from .language.find import open_shipped, shipped
from .language.folders import is_path
from .language.nodes import YamlMapping, YamlNode, as_mapping, as_text, as_texts
from .language.source import Source, compose, read_source
from .record import Record, fresh

BITS = {"int4": 4, "int8": 8, "fp8": 8, "int16": 16, "fp16": 16, "bf16": 16, "fp32": 32, "tf32": 32}
"""Types of numbers, and the bits that one takes in memory."""
_KEYS = ("device", "title", "about", "peaks", "bandwidth", "link", "ram", "flash", "on_chip")
_FIGURE_KEYS = ("most", "behind", "counts", "structure", "date", "sources", "note")
_NUMBER = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*(k|M|G|T|P|Ki|Mi|Gi)?")
_UNITS = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


class DeviceFigure(Record):
    """A figure of a device: ``most``, and who says so. ``structure``: dense, or sparse (half of the weights are 0)."""

    most: float
    structure: str = ""
    date: str = ""
    sources: Sequence[str] = ()
    note: str = ""
    behind: float = 0


class Device(Record):
    """What a device can do. ``peaks``: multiply-adds a second, by type of number; the rest in bytes, or bytes a second.

    ``link``: what weights come over that don't fit into ``behind`` bytes on the chip.
    """

    name: str
    title: str = ""
    about: str = ""
    peaks: dict[str, DeviceFigure] = fresh(default_factory=dict)
    bandwidth: DeviceFigure | None = None
    link: DeviceFigure | None = None
    ram: DeviceFigure | None = None
    flash: DeviceFigure | None = None
    on_chip: DeviceFigure | None = None

    def dtype(self, name: str | None) -> str:
        """The type of number that ``name`` says, or the first that the device has. Raises :class:`UsageError`."""
        if name is None:
            return next(iter(self.peaks))
        if name not in self.peaks:
            raise UsageError(
                f"{self.name} has no peak for {quoted(name)}{nearest(name, self.peaks)}; it has {', '.join(self.peaks)}"
            )
        return name


def load_device(name: str) -> Device:
    """The shipped device called ``name``, or that of a file. Raises :class:`UsageError` with the nearest names."""
    if is_path(name):
        return read_device(read_source(name))
    files = shipped("devices")
    if name not in files:
        raise UsageError(f"no device is called {quoted(name)}{nearest(name, files)}; there are {', '.join(files)}")
    return read_device(open_shipped(files[name]))


def read_device(source: Source) -> Device:
    """A device from its file. Raises :class:`costcalc.errors.SpecError` with the place of what is wrong."""
    root = as_mapping(compose(source), "device, title, peaks, bandwidth, …")
    _only(root, _KEYS, "a device")
    name = root.get("device")
    if name is None:
        raise root.text.error("a device needs its name: device: …")
    found = Device(as_text(name, "a name").value)
    for key in ("title", "about"):
        if (node := root.get(key)) is not None:
            setattr(found, key, as_text(node, "a text").value)
    peaks = root.get("peaks")
    if peaks is None:
        raise root.text.error("a device needs its peaks: peaks: {int8: {most: 4 T, counts: operations, …}}")
    for dtype, node in as_mapping(peaks, "types of numbers").items:
        if dtype.value not in BITS:
            known = ", ".join(BITS)
            raise dtype.error(f"no type of number is {quoted(dtype.value)}{nearest(dtype.value, BITS)}; {known} are")
        found.peaks[dtype.value] = _peak(node)
    if not found.peaks:
        raise root.text.error("a device needs a peak for one type of number")
    for key in ("bandwidth", "link", "ram", "flash", "on_chip"):
        if (node := root.get(key)) is not None:
            setattr(found, key, _figure(as_mapping(node, "most: …, sources: [...]")))
    return found


def _peak(node: YamlNode) -> DeviceFigure:
    """A peak, in multiply-adds: one is two operations."""
    mapping = as_mapping(node, "most: …, counts: operations or macs, structure: dense, sources: [...]")
    found = _figure(mapping)
    counts = as_text(mapping.get("counts") or mapping.text, "counts: operations, or counts: macs,")
    if counts.value not in ("operations", "macs"):
        raise counts.error("a peak counts: operations, or counts: macs")
    if found.structure not in ("dense", "sparse"):
        raise mapping.text.error("a peak has structure: dense, or structure: sparse")
    found.most = found.most / 2 if counts.value == "operations" else found.most
    return found


def _figure(mapping: YamlMapping) -> DeviceFigure:
    _only(mapping, _FIGURE_KEYS, "a figure")
    if (most := mapping.get("most")) is None:
        raise mapping.text.error("a figure says its most: most: 320 G")
    sources = mapping.get("sources")
    if sources is None or not (texts := as_texts(sources, "sources")):
        raise mapping.text.error("a figure names its sources: sources: [...]")
    found = DeviceFigure(_number(most), sources=[text.value for text in texts])
    for key in ("structure", "date", "note"):
        if (node := mapping.get(key)) is not None:
            setattr(found, key, as_text(node, "a text").value)
    if (behind := mapping.get("behind")) is not None:
        found.behind = _number(behind)
    return found


def _number(node: YamlNode) -> float:
    text = as_text(node, "a number such as 320 G")
    match = _NUMBER.fullmatch(text.value)
    if match is None or not float(match[1]):
        raise text.error(f"a number above 0 such as 320 G or 8 Mi is due, not {quoted(text.value)}")
    return float(match[1]) * _UNITS.get(match[2], 1)


def _only(mapping: YamlMapping, known: Sequence[str], what: str) -> None:
    for key, _ in mapping.items:
        if key.value not in known:
            raise key.error(f"{what} has no {quoted(key.value)}{nearest(key.value, known)}")
