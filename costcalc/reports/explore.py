"""What ``explore`` writes: a page of networks, or of every shipped one."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Mapping
from typing import Any

from ..catalogue import entries
from ..explore import OnPage, described, page
from ..language.find import specs_folder
from ..network import Network, SpecLoader
from ..units import short

ZOO = 1_000
"""Operations that the records of a network have together, beside all other shipped ones."""
_TITLE = "costcalc explore"


def asked_of(network: Network, values: Mapping[str, Any], word: str, options: Container[str]) -> OnPage:
    """A network as a page has it: a variant is the network with its values set."""
    at = {}
    if network.variant is not None:
        spec = network.program.spec
        set_by = spec.points[network.variant].values
        at = {name: value for name, value in network.parameters.items() if name in set_by}
        word = spec.name if word == network.variant else word
    return OnPage(Network(network.program), {**at, **values}, word, options=options)


def written(asked: Iterable[OnPage], title: str = "") -> str:
    """The page of the networks asked for, the first two side by side."""
    networks: list[dict[str, Any]] = []
    starts = []
    for one in asked:
        data, texts = described(one)
        same = [k for k, other in enumerate(networks) if other | {"name": ""} == data | {"name": ""}]
        if not same:
            taken = {other["name"] for other in networks}
            name, number = data["name"], 2
            while data["name"] in taken:
                data["name"], number = f"{name}-{number}", number + 1
            networks.append(data)
        starts.append((same[0] if same else len(networks) - 1, texts))
    names = list(dict.fromkeys(data["title"] for data in networks))
    return page(networks, starts[:2], title or f"{' and '.join(names[:2])} · {_TITLE}")


def zoo(options: Container[str]) -> list[OnPage]:
    """Every shipped network, by title.

    First comes the one with most names in libraries of those with a width and a resolution.
    """
    loader = SpecLoader()
    found = []
    for entry in entries()[0]:
        if entry.is_variant:
            continue
        network = loader.at(os.path.join(specs_folder(), entry.file), None)
        about = " ".join(filter(None, (str(entry.year or ""), entry.task.replace("_", " "), entry.family)))
        told = f"{short(entry.mult_adds, 3)} mult-adds, {short(entry.params, 3)} params,"
        names = len(entry.aliases) + len(entry.points)
        scaled = {"width", "resolution"} <= set(network.roles)
        found.append(((not scaled, -names), OnPage(network, {}, entry.name, about, told, ZOO, options, brief=True)))
    first = min(found, key=lambda both: both[0])
    rest = sorted((one for _, one in found if one is not first[1]), key=lambda one: one.network.title.casefold())
    return [first[1], *rest]


def zoo_page(networks: Iterable[OnPage]) -> str:
    """The page of :func:`zoo`, opened at its first."""
    return page([described(one)[0] for one in networks], [(0, {})], f"every network · {_TITLE}")
