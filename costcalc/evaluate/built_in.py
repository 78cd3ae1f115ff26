"""Every built-in layer of the language by its name."""

from __future__ import annotations

from .arguments import LayerDef
from .joins import JOINS
from .layers import LAYERS
from .learned import LEARNED
from .parts import PARTS
from .products import PRODUCTS
from .rearranging import REARRANGING

BUILT_IN: dict[str, LayerDef] = {
    **LAYERS,
    **JOINS,
    **{layer.name: layer for layer in (*PRODUCTS, *PARTS, *LEARNED, *REARRANGING)},
}
