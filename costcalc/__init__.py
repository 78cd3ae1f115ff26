"""costcalc: what a convolutional network costs, before anyone builds it.

``load(name)`` gives a :class:`Network`, ``network.cost(alpha=0.5, res=160)`` its :class:`Cost`: exact params and
mult-adds, in total (``cost.params``, ``cost.mult_adds``), by layer (``cost.layers``) and in groups (``cost.by("op")``).
``closed_form(network)`` gives both as formulas; ``networks()`` gives every shipped network.
"""

from typing import TYPE_CHECKING, Any

from ._version import __version__
from .cost import Cost, LayerCost, Row
from .errors import CostcalcError, SpecError, UsageError
from .network import Network, load, networks

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
    "load",
    "networks",
]

if TYPE_CHECKING:
    from .symbolic import closed_form


def __getattr__(name: str) -> Any:
    """``closed_form``, which imports SymPy, when it is first asked for."""
    if name == "closed_form":
        from .symbolic import closed_form

        return closed_form
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
