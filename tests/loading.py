"""The shipped networks and conventions, each file read and compiled once in a process that runs tests.

A network keeps nothing from one evaluation to the next, so that tests may share it. Tests of loading itself take
``costcalc.load``.
"""

from __future__ import annotations

from functools import cache

from costcalc.network import Network, SpecLoader

LOADER = SpecLoader()
convention = LOADER.convention


@cache
def load(name: str) -> Network:
    """As ``costcalc.load(name)``."""
    return LOADER.network(name)
