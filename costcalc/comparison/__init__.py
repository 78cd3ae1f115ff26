"""Costs of networks side by side: ratios, kinds of layers, strides of the feature maps, and the layers that differ.

Everything is exact; all costs are at a point of numbers, not over arrays or symbols.
"""

from .align import align
from .blocks import BlockChange, block_changes
from .diff import Change, LayerState, difference
from .groups import HEAD, KindRow, StrideRow, by_kind, by_stride, ratio

__all__ = [
    "HEAD",
    "BlockChange",
    "Change",
    "KindRow",
    "LayerState",
    "StrideRow",
    "align",
    "block_changes",
    "by_kind",
    "by_stride",
    "difference",
    "ratio",
]
