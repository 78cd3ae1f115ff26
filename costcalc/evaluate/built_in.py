"""Every built-in layer of the language by its name."""

from __future__ import annotations

from .activations import ACTIVATION_LAYERS
from .arguments import LayerDef
from .convolutions import CONVOLUTIONS
from .joins import JOINS
from .learned import LEARNED
from .norms import NORMS
from .parts import PARTS
from .pools import POOLS
from .products import PRODUCTS
from .rearranging import REARRANGING
from .resizing import RESIZING

_ALL = (
    CONVOLUTIONS, POOLS, NORMS, ACTIVATION_LAYERS, RESIZING, JOINS, PRODUCTS, PARTS, LEARNED, REARRANGING,
)  # fmt: skip
BUILT_IN: dict[str, LayerDef] = {layer.name: layer for layers in _ALL for layer in layers}
