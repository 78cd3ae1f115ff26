"""Normalizations."""

from __future__ import annotations

from collections.abc import Callable

from ..arithmetic import product
from .base import Number, Op, Parts, Shape, elements, require_divisor, unchanged


class _Norm(Op):
    """A normalization that has weights for each channel."""

    __slots__ = ("channels",)
    work_names = ("norm",)
    is_norm = True
    told = ("channels",)

    def __init__(self, channels: Number) -> None:
        self.channels = channels

    def weights(self) -> Parts:
        return dict.fromkeys(self.weight_names, self.channels)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"norm": elements(output)}

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        return self.changed(channels=inputs[0][0])


class BatchNorm(_Norm):
    """Batch normalization in inference form: trainable scale and shift, stored mean and variance, per channel."""

    __slots__ = ()
    kind = "batch_norm"
    weight_names = ("scale", "shift", "mean", "variance")
    statistics = ("mean", "variance")


class LayerNorm(_Norm):
    """Normalization over the channels at each position; trainable scale and shift per channel."""

    __slots__ = ()
    kind = "layer_norm"
    weight_names = ("scale", "shift")


class GroupNorm(LayerNorm):
    """Normalization over each of ``groups`` groups of channels (1: over the whole tensor)."""

    __slots__ = ("groups",)
    kind = "group_norm"

    def __init__(self, channels: Number, groups: Number) -> None:
        super().__init__(channels)
        self.groups = groups

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        require_divisor(self.groups, inputs[0][0])
        return super().fewer(inputs, keep, stays=stays)


class L2Norm(_Norm):
    """Each position divided by the length of its vector of channels; a trainable scale per channel (SSD, ParseNet)."""

    __slots__ = ()
    kind = "l2_norm"
    weight_names = ("scale",)


class LocalResponseNorm(Op):
    """Krizhevsky et al. 2012, section 3.3: each element over the squares of ``size`` channels around it."""

    __slots__ = ("size",)
    kind = "local_response_norm"
    work_names = ("norm", "square_sum")
    fewer = unchanged

    def __init__(self, size: Number) -> None:
        self.size = size

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        n = elements(output)
        return {"norm": n, "square_sum": product(n, self.size)}

    @property
    def window(self) -> Number:
        return self.size
