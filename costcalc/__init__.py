"""costcalc: what a convolutional network costs, before anyone builds it.

``load(name)`` gives a :class:`Network`, ``network.cost(alpha=0.5, res=160)`` its :class:`Cost`: exact params and
mult-adds, in total (``cost.params``, ``cost.mult_adds``), by layer (``cost.layers``) and in groups (``cost.by("op")``).
"""

from ._version import __version__
from .cost import Cost, LayerCost, Row
from .errors import CostcalcError, SpecError, UsageError
from .network import Network, load

__all__ = [
    "Cost",
    "CostcalcError",
    "LayerCost",
    "Network",
    "Row",
    "SpecError",
    "UsageError",
    "__version__",
    "load",
]
