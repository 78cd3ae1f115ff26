"""The primitive ops: one class each, with its shape rule and its named cost parts. Works on any kind of number."""

from .activation import ACTIVATIONS, FUNCTIONS, Activation, Elementwise, PReLU, Softmax
from .attention import Attention, MatMul, Recurrent
from .base import Names, Number, Op, Parts, Shape, Sizes, elements, size_text
from .conv import Conv2d, ConvTranspose2d, Linear
from .join import Add, ChannelShuffle, Concat, Crop, Div, Dropout, Flatten, Mul, Pad, PadAdd, Split, Sub, broadcast
from .learned import Learned, Scale, Shift
from .norm import BatchNorm, GroupNorm, L2Norm, LayerNorm, LocalResponseNorm, RMSNorm
from .parts import Cut, Heads, Merge, Windows, number_of_windows
from .pool import AvgPool, AxisPool, GlobalAvgPool, GlobalMaxPool, MaxPool, Resize, RoiAlign
from .rearrange import (
    ALONG,
    AXIS_NAMES,
    DepthToSpace,
    Reshape,
    Roll,
    SpaceToDepth,
    Transpose,
    Unfold,
    axis_of,
    positions,
)
from .seen import Seen


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
    "ALONG",
    "AXIS_NAMES",
    "FUNCTIONS",
    "Activation",
    "Add",
    "Attention",
    "AvgPool",
    "AxisPool",
    "BatchNorm",
    "ChannelShuffle",
    "Concat",
    "Conv2d",
    "ConvTranspose2d",
    "Crop",
    "Cut",
    "DepthToSpace",
    "Div",
    "Dropout",
    "Elementwise",
    "Flatten",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "GroupNorm",
    "Heads",
    "L2Norm",
    "LayerNorm",
    "Learned",
    "Linear",
    "LocalResponseNorm",
    "MatMul",
    "MaxPool",
    "Merge",
    "Mul",
    "Names",
    "Number",
    "Op",
    "PReLU",
    "Pad",
    "PadAdd",
    "Parts",
    "RMSNorm",
    "Recurrent",
    "Reshape",
    "Resize",
    "RoiAlign",
    "Roll",
    "Scale",
    "Seen",
    "Shape",
    "Shift",
    "Sizes",
    "Softmax",
    "SpaceToDepth",
    "Split",
    "Sub",
    "Transpose",
    "Unfold",
    "Windows",
    "axis_of",
    "broadcast",
    "elements",
    "kinds",
    "number_of_windows",
    "positions",
    "size_text",
]
