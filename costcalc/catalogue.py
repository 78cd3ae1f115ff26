"""Every shipped network and variant at its defaults, and its costs: from the index, or from specs that are newer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .language.index import CONVENTION, CONVENTIONS, NETWORKS, SpecIndex
from .record import Record


class Entry(Record):
    """A network at its defaults, or a variant of one.

    ``sets``: the parameters that a variant gives a value. ``points``: names of a network's other points, which aren't
    listed by themselves. ``values``: the declared values of the parameters that have some.
    """

    name: str
    network: str
    file: str
    family: str
    title: str
    task: str
    year: int | None
    source: dict[str, str]
    aliases: list[str]
    points: list[str]
    parameters: dict[str, Any]
    sets: list[str]
    values: dict[str, list[Any]]
    params: int
    mult_adds: int

    @property
    def is_variant(self) -> bool:
        return self.name != self.network


def entries() -> tuple[list[Entry], str]:
    """All, by the name of the file, variants behind their network; and what their costs count."""
    index = SpecIndex()
    files = index.files
    if not index.is_whole(NETWORKS):
        from .indexing import described  # which builds every network

        files = described()
    every = [entry for file, told in files.items() if "points" in told for entry in _entries(file, told)]
    return every, files[CONVENTION]["about"]


def conventions() -> list[dict[str, str]]:
    """Every shipped convention: its name, its unit, the tool that counts so, and what it is in a few words."""
    index = SpecIndex()
    if not index.is_whole(CONVENTIONS):
        from .indexing import described_conventions  # which reads every one

        return list(described_conventions().values())
    return [told for told in index.files.values() if "unit" in told]


def _entries(file: str, told: dict[str, Any]) -> Iterator[Entry]:
    shared = {key: told[key] for key in ("family", "title", "task", "year", "source", "values")}
    network = told["points"][0]["name"]
    listed = [None, *(point["name"] for point in told["points"][1:])]
    unlisted = [name for name, meant, _, _ in told["aliases"] if meant not in listed]
    for of, point in zip(listed, told["points"], strict=True):
        aliases = [name for name, meant, _, differs in told["aliases"] if meant == of and not differs]
        others = unlisted if of is None else []
        yield Entry(network=network, file=file, aliases=aliases, points=others, **shared, **point)
