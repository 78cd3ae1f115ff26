"""Ways to compute a convolution: what each multiplies and transforms, the memory it takes, where it applies."""

from __future__ import annotations

from .choice import Algorithms as Algorithms
from .choice import LayerAlgorithms as LayerAlgorithms
from .choice import algorithms_of as algorithms_of
from .convolution import Convolution as Convolution
from .methods import Algorithm as Algorithm
from .methods import Work as Work
from .methods import algorithms as algorithms
