"""The index of the shipped specs: names, titles, families, tasks, years, parameters and costs, without reading a spec.

It is a generated file beside the specs (``tools/index.py`` writes it) with a digest of each file that it was made
from. What has changed since then is read from the specs: an answer is never older than they are.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Sequence
from typing import Any

from ..record import Record
from .folders import SUFFIX, specs_folder

INDEX = "index.json"
FORMAT = 3
NETWORKS = ("networks", "blocks")
CONVENTIONS = ("conventions",)
FOLDERS = (*NETWORKS, *CONVENTIONS)
CONVENTION = "conventions/mult_adds.yaml"
"""That of the costs."""


class PublicName(Record):
    """A name that a network can be asked for by, and the file that has it.

    ``point``: the variant or point of the file that is meant; None for the network at its defaults.
    ``kind``: network, variant or alias. ``libraries``: who calls it so, if it isn't our own name. ``differs``: why
    theirs isn't the one that it resembles.
    """

    name: str
    path: str
    point: str | None
    kind: str
    libraries: str = ""
    differs: str = ""

    @property
    def own(self) -> str:
        """Our own name of it."""
        return self.point or os.path.basename(self.path)[: -len(SUFFIX)]


def folded(name: str) -> str:
    """``name`` without what people don't look at: upper and lower case, ``-``, ``_``, ``.``, blanks.

    Between two digits those are a point, however it is written: 1_6, 1-6 and 1.6 are not 16.
    """
    return re.sub(r"[-_.\s]+", "", re.sub(r"(?<=\d)[-_.\s]+(?=\d)", ",", name.lower()))


class SpecIndex:
    """The file's content, by the names of the files that it was made from, relative to the folder of the specs."""

    def __init__(self) -> None:
        import json  # which a name of a file does without

        self.folder = specs_folder()
        self.files: dict[str, dict[str, Any]] = {}
        try:
            with open(os.path.join(self.folder, INDEX), encoding="utf-8") as file:
                read = json.load(file)
            if read["format"] == FORMAT:
                self.files = read["files"]
        except (OSError, ValueError, KeyError, TypeError):
            pass  # none, or that of another version: everything is read from the specs
        self._fresh: dict[str, bool] = {}

    def fresh(self, file: str) -> dict[str, Any] | None:
        """What the index says of a file; None if that has changed since, or is new."""
        if file not in self._fresh:
            entry = self.files.get(file)
            self._fresh[file] = entry is not None and entry["digest"] == digest(os.path.join(self.folder, file))
        return self.files[file] if self._fresh[file] else None

    def is_whole(self, folders: Sequence[str]) -> bool:
        """Whether it says of ``folders`` what their files do: none of those has changed, none came or went.

        The costs of networks follow the default convention too.
        """
        there = covered(self.folder, folders)
        known = sorted(file for file in self.files if file.partition("/")[0] in folders)
        wanted = [*there, CONVENTION] if folders == NETWORKS else there
        return there == known and all(self.fresh(file) is not None for file in wanted)

    def names_of(self, file: str) -> list[PublicName] | None:
        """The names that a network's file has; None if the index doesn't know it as it is now."""
        entry = self.fresh(file)
        return None if entry is None else self._names(file, entry)

    def candidates(self, name: str) -> list[PublicName]:
        """Who had exactly this name when the index was made, where the file is still the same."""
        had = [(f, k) for f, entry in self.files.items() if "points" in entry for k in self._names(f, entry)]
        return [known for file, known in had if known.name == name and self.fresh(file) is not None]

    def _names(self, file: str, entry: dict[str, Any]) -> list[PublicName]:
        path = os.path.join(self.folder, file)
        points = [(p["name"], None if k == 0 else p["name"]) for k, p in enumerate(entry["points"])]
        found = [PublicName(name, path, point, "variant" if point else "network") for name, point in points]
        aliases = entry["aliases"]
        return [*found, *(PublicName(n, path, point, "alias", of, differs) for n, point, of, differs in aliases)]


def covered(folder: str, kinds: Sequence[str] = FOLDERS) -> list[str]:
    """The files that the index is made from, relative to the folder of the specs."""
    found: list[str] = []
    for kind in kinds:
        for path, _, files in os.walk(os.path.join(folder, kind)):
            below = os.path.relpath(path, folder).replace(os.sep, "/")
            found += [f"{below}/{file}" for file in files if file.endswith(SUFFIX)]
    return sorted(found)


def digest(path: str) -> str:
    """What changes when the text of a file does; the ends of its lines are all the same. Empty if it can't be read."""
    try:
        with open(path, "rb") as file:
            data = file.read().replace(b"\r\n", b"\n")
    except OSError:
        return ""
    return f"{len(data):x}.{zlib.crc32(data):08x}"
