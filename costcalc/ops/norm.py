"""Normalizations."""

from __future__ import annotations

from ..arithmetic import product
from .base import Number, Op, Parts, Shape, elements


class BatchNorm(Op):
    """Batch normalization in inference form: trainable scale and shift, stored mean and variance, per channel."""

    __slots__ = ("channels",)
    kind = "batch_norm"
    weight_names = ("scale", "shift", "mean", "variance")
    statistics = ("mean", "variance")
    work_names = ("norm",)

    def __init__(self, channels: Number) -> None:
        self.channels = channels

    def weights(self) -> Parts:
        c = self.channels
        return {"scale": c, "shift": c, "mean": c, "variance": c}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"norm": elements(output)}


class LayerNorm(Op):
    """Normalization over the channels at each position; trainable scale and shift per channel."""

    __slots__ = ("channels",)
    kind = "layer_norm"
    weight_names = ("scale", "shift")
    work_names = ("norm",)

    def __init__(self, channels: Number) -> None:
        self.channels = channels

    def weights(self) -> Parts:
        return {"scale": self.channels, "shift": self.channels}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"norm": elements(output)}


class GroupNorm(LayerNorm):
    """Normalization over each of ``groups`` groups of channels (1: over the whole tensor)."""

    __slots__ = ("groups",)
    kind = "group_norm"

    def __init__(self, channels: Number, groups: Number) -> None:
        super().__init__(channels)
        self.groups = groups


class L2Norm(Op):
    """Each position divided by the length of its vector of channels; a trainable scale per channel (SSD, ParseNet)."""

    __slots__ = ("channels",)
    kind = "l2_norm"
    weight_names = ("scale",)
    work_names = ("norm",)

    def __init__(self, channels: Number) -> None:
        self.channels = channels

    def weights(self) -> Parts:
        return {"scale": self.channels}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"norm": elements(output)}


class LocalResponseNorm(Op):
    """Krizhevsky et al. 2012, section 3.3: each element over the squares of ``size`` channels around it."""

    __slots__ = ("size",)
    kind = "local_response_norm"
    work_names = ("norm", "square_sum")

    def __init__(self, size: Number) -> None:
        self.size = size

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        n = elements(output)
        return {"norm": n, "square_sum": product(n, self.size)}

    @property
    def window(self) -> Number:
        return self.size
