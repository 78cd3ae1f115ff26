"""The primitive ops: one class each, with its shape rule and its named cost parts. Works on any kind of number."""

from .activation import ACTIVATIONS, Activation, PReLU
from .base import Names, Number, Op, Parts, Shape, Sizes, elements, size_text
from .conv import Conv2d, ConvTranspose2d, Linear
from .join import Add, ChannelShuffle, Concat, Crop, Dropout, Flatten, Mul, Pad, PadAdd, Split
from .norm import BatchNorm, GroupNorm, L2Norm, LayerNorm, LocalResponseNorm
from .pool import AvgPool, GlobalAvgPool, GlobalMaxPool, MaxPool, Resize, RoiAlign


def kinds() -> dict[str, Names]:
    """Every kind of primitive, and the parts that it may have."""
    found: dict[str, Names] = {}
    pending: list[type[Op]] = [Op]
    for cls in pending:
        pending += cls.__subclasses__()
        found |= cls.kinds()
    return found


__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Add",
    "AvgPool",
    "BatchNorm",
    "ChannelShuffle",
    "Concat",
    "Conv2d",
    "ConvTranspose2d",
    "Crop",
    "Dropout",
    "Flatten",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "GroupNorm",
    "L2Norm",
    "LayerNorm",
    "Linear",
    "LocalResponseNorm",
    "MaxPool",
    "Mul",
    "Names",
    "Number",
    "Op",
    "PReLU",
    "Pad",
    "PadAdd",
    "Parts",
    "Resize",
    "RoiAlign",
    "Shape",
    "Sizes",
    "Split",
    "elements",
    "kinds",
    "size_text",
]
