"""What the index says, computed from the specs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from typing import Any

from .compile import Program
from .conventions import DEFAULT, Convention, load_convention
from .language.folders import shipped, specs_folder
from .language.index import FORMAT, covered, digest
from .language.values import Size
from .network import Network, networks


def made_index() -> dict[str, Any]:
    """The index as it should be."""
    return {"format": FORMAT, "files": described()}


def described() -> dict[str, dict[str, Any]]:
    """What the index says of each file, in the order of the networks' names."""
    folder = specs_folder()
    told = dict(_networks(folder))
    told |= described_conventions()
    files = (*told, *(file for file in covered(folder) if file not in told))
    return {file: {"digest": digest(os.path.join(folder, file)), **told.get(file, {})} for file in files}


def described_conventions() -> dict[str, dict[str, Any]]:
    """What the index says of each convention, the default first."""
    names = [DEFAULT, *(name for name in shipped("conventions") if name != DEFAULT)]
    return {f"conventions/{name}.yaml": _convention(load_convention(name)) for name in names}


def _convention(convention: Convention) -> dict[str, Any]:
    """Its name, its unit, its tool, and the beginning of what it says of itself."""
    about = re.split(r"[.:] ", convention.about, maxsplit=1)[0].removesuffix(".")
    return {"convention": convention.name, "unit": convention.unit, "tool": convention.tool, "about": about}


def _networks(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for program, group in groupby(networks(), key=lambda network: network.program):
        spec = program.spec
        yield (
            os.path.relpath(spec.origin.path, folder).replace(os.sep, "/"),
            {
                "title": spec.title or spec.about,
                "family": spec.family,
                "task": spec.task,
                "year": spec.year,
                "source": spec.source,
                "values": _declared(program),
                "aliases": [[a.name, a.point, a.libraries, a.differs] for a in spec.aliases.values()],
                "points": [_point(network) for network in group],
            },
        )


def _declared(program: Program) -> dict[str, list[Any]]:
    """The declared values of the parameters that have some."""
    every = {name: program.points.declared_values(name) for name in program.parameters}
    return {name: [_plain(v) for v in values] for name, values in every.items() if values}


def _plain(value: Any) -> Any:
    """What JSON has for it: of a rectangle and of a fraction the text."""
    return str(value) if isinstance(value, Size | Fraction) else value


def _point(network: Network) -> dict[str, Any]:
    cost, spec = network.cost(), network.program.spec
    sets = list(spec.variants[network.variant].values) if network.variant else []
    values = network.parameters
    return {
        "name": network.name,
        "params": cost.params,
        "mult_adds": cost.mult_adds,
        "parameters": {name: _plain(v) for name, v in values.items()},
        "sets": [name for name in sets if name in values],
    }
