"""costcalc: what a convolutional network costs, before anyone builds it.

``load(name)`` gives a :class:`Network`, ``network.cost(alpha=0.5, res=160)`` its :class:`Cost`: exact params and
mult-adds, in total (``cost.params``, ``cost.mult_adds``), by layer (``cost.layers``) and in groups (``cost.by("op")``).
``closed_form(network)`` gives both as formulas; ``fit(max={"mult_adds": "300M"})`` what keeps within a budget;
``check(rows)`` holds printed figures beside the computed ones; ``networks()`` gives every shipped network;
``sweep(name, alpha=[0.5, 1], res=[160, 224])`` gives the totals of every combination.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._version import __version__

if TYPE_CHECKING:
    from .checking import CheckedTable, check
    from .cost import Cost
    from .errors import CostcalcError, SpecError, UsageError
    from .fitting import Fit, fit
    from .importing.calling import from_torch
    from .importing.from_onnx import from_onnx
    from .memory import MemoryUse
    from .network import Network, load, networks
    from .roofline import Roofline
    from .rows import LayerCost, Row
    from .shown import Views
    from .sweeping.calling import sweep
    from .sweeping.result import Sweep
    from .symbolic import ClosedForm, closed_form
    from .training import Training

__all__ = [
    "CheckedTable",
    "ClosedForm",
    "Cost",
    "CostcalcError",
    "Fit",
    "LayerCost",
    "MemoryUse",
    "Network",
    "Roofline",
    "Row",
    "SpecError",
    "Sweep",
    "Training",
    "UsageError",
    "__version__",
    "check",
    "closed_form",
    "fit",
    "from_onnx",
    "from_torch",
    "load",
    "networks",
    "sweep",
]

_OWNERS = {
    "checking": ("CheckedTable", "check"),
    "cost": ("Cost",),
    "errors": ("CostcalcError", "SpecError", "UsageError"),
    "fitting": ("Fit", "fit"),
    "importing.calling": ("from_torch",),
    "importing.from_onnx": ("from_onnx",),
    "memory": ("MemoryUse",),
    "network": ("Network", "load", "networks"),
    "roofline": ("Roofline",),
    "rows": ("LayerCost", "Row"),
    "sweeping.calling": ("sweep",),
    "sweeping.result": ("Sweep",),
    "symbolic": ("ClosedForm", "closed_form"),
    "training": ("Training",),
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
