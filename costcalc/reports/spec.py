"""``spec``: which point of a spec's text was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..network import Network
from .parameters import listed


def point(network: Network, values: Mapping[str, Any]) -> str:
    """``VARIANT is NETWORK at alpha=1.4``; empty if it is the text at its defaults.

    Raises what :meth:`.Network.graph` raises for wrong values.
    """
    name = network.program.spec.name
    defaults = Network(network.program).parameters
    found = network.program.point(values, network.variant).values
    changed = {key: value for key, value in found.items() if value != defaults[key]}
    at = f" at {listed(changed)}" if changed else " at its defaults"
    if network.variant is not None:
        return f"{network.variant}{f' with {listed(values)}' if values else ''} is {name}{at}"
    return f"the point is {name}{at}" if values else ""
