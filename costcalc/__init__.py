"""costcalc: what a convolutional network costs, before anyone builds it.

``load(name)`` gives a :class:`Network`, ``network.cost(alpha=0.5, res=160)`` its :class:`Cost`: exact params and
mult-adds, in total (``cost.params``, ``cost.mult_adds``), by layer (``cost.layers``) and in groups (``cost.by("op")``).
``closed_form(network)`` gives both as formulas; ``networks()`` gives every shipped network;
``sweep(name, alpha=[0.5, 1], res=[160, 224])`` gives the totals of every combination.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._version import __version__

if TYPE_CHECKING:
    from .cost import Cost
    from .errors import CostcalcError, SpecError, UsageError
    from .fitting import fit
    from .importing.calling import from_torch
    from .importing.from_onnx import from_onnx
    from .network import Network, load, networks
    from .rows import LayerCost, Row
    from .shown import Views
    from .sweeping.calling import sweep
    from .symbolic import closed_form

__all__ = [
    "Cost",
    "CostcalcError",
    "LayerCost",
    "Network",
    "Row",
    "SpecError",
    "UsageError",
    "__version__",
    "closed_form",
    "fit",
    "from_onnx",
    "from_torch",
    "load",
    "networks",
    "sweep",
]

_OWNERS = {
    "cost": ("Cost",),
    "errors": ("CostcalcError", "SpecError", "UsageError"),
    "fitting": ("fit",),
    "importing.calling": ("from_torch",),
    "importing.from_onnx": ("from_onnx",),
    "network": ("Network", "load", "networks"),
    "rows": ("LayerCost", "Row"),
    "sweeping.calling": ("sweep",),
    "symbolic": ("closed_form",),
}
"""The module that has each name. It is imported when the name is first asked for: a command needs few of them."""


def __getattr__(name: str) -> object:
    for module, names in _OWNERS.items():
        if name in names:
            from importlib import import_module

            from .shown import Shown

            Shown.views = _views
            found: object = getattr(import_module(f".{module}", __name__), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _views() -> Views:
    """What objects show: made by tables, above all that is shown, and loaded when something is."""
    from .faces import VIEWS

    return VIEWS


def __dir__() -> list[str]:
    return list(__all__)
