"""``costcalc.sweep``: what many configurations cost, from Python."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..conventions import Convention, load_convention
from ..errors import UsageError
from ..memory import MemoryDefinition, load_definition
from ..memory.asked import FLASH, PEAK, MemoryAsked
from ..network import Network, SpecLoader
from ..space.frontier import read_aims
from ..space.ranges import listed, steps
from .building import Wanted, ask, part_of
from .evaluating import engine_for
from .merging import best_of
from .result import Sweep
from .running import run

MOST = 100_000_000
"""Rows that are made without being asked once more."""


def sweep(
    networks: str | Network | Iterable[str | Network],
    over: Mapping[str, Any] | None = None,
    /,
    *,
    where: str = "",
    pareto: str = "",
    random: int | None = None,
    seed: int = 0,
    convention: str | Convention | None = None,
    memory: str | MemoryDefinition | None = None,
    bits: int = 32,
    weight_bits: int | None = None,
    batch: int = 1,
    engine: str | None = None,
    jobs: int = 1,
    **parameters: Any,
) -> Sweep:
    """Params and mult-adds of every configuration: ``sweep(name, alpha=[0.35, 0.5], res=[96, 160])``.

    A parameter has a list of values, an array, a range as text (``"0.25:1.5:0.05"``), or one value. All combinations
    are counted, the last parameter fastest, or ``random`` that are drawn. ``over`` is for parameters whose names are
    arguments here. ``where`` is a condition in the specs' language, ``pareto`` the columns whose frontier is wanted.
    ``convention`` adds the column ``counted``, ``memory`` those of ``peak_memory`` and ``weight_bytes``, bytes by that
    definition at ``bits`` a value (``weight_bits`` a weight) and ``batch`` images. Works without NumPy too.
    Raises :class:`UsageError` and :class:`SpecError` as :meth:`Network.cost` does.
    """
    loader = SpecLoader()
    several = [networks] if isinstance(networks, str | Network) else list(networks)
    found = [loader.network(n) if isinstance(n, str) else n for n in several]
    if not found:
        raise UsageError("there is no network to sweep over")
    if memory is None and re.search(rf"\b({PEAK}|{FLASH})\b", f"{where} {pareto}"):
        memory = "live"
    definition = load_definition(memory) if isinstance(memory, str) else memory
    bytes_of = None if definition is None else MemoryAsked(definition, bits, weight_bits, batch)
    aims = read_aims(pareto) if pareto else ()
    wanted = Wanted(random, seed, where, aims, None, engine_for(engine), bytes_of)
    values = {name: _values(name, value) for name, value in {**(over or {}), **parameters}.items()}
    parts = []
    for network, word in zip(found, several, strict=True):
        own = {name: value for name, value in values.items() if _takes(network, name) or len(found) == 1}
        parts.append(part_of(word if isinstance(word, str) else network.name, network, own, wanted))
    for name in values:
        if not any(_takes(network, name) for network in found):
            found[0].program.point({name: 1}, found[0].variant)  # tells which parameters there are
    chosen = load_convention(convention) if isinstance(convention, str) else convention
    asked = ask(parts, wanted, chosen)
    if asked.count > MOST:
        raise UsageError(f"{asked.count:,} rows are more than fit into memory; costcalc sweep -o FILE writes them")
    rows = [done.rows for done in run(asked, "rows", jobs=jobs) if done.rows is not None]
    return Sweep(asked, [best_of(asked, rows)] if asked.aims else rows)


def _takes(network: Network, name: str) -> bool:
    return name in network.parameter_codes or (name == "rho" and "res" in network.parameter_codes)


def _values(name: str, value: Any) -> Any:
    """What varies as :class:`Values`, from what Python has for many values."""
    if isinstance(value, str) and value.count(":") == 2:
        return steps(name, value)
    if hasattr(value, "tolist"):  # of NumPy: Python's own numbers
        value = value.tolist()
    if isinstance(value, list | range) or hasattr(value, "__next__"):
        return listed(name, list(value))
    return value
