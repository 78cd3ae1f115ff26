"""costcalc: what a convolutional network costs, before anyone builds it.

>>> import costcalc
>>> cost = costcalc.load("mobilenet_v1").cost(alpha=0.5, res=160)
>>> cost.params, cost.mult_adds
(1331592, 76524800)
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
