"""Normalizations."""

from __future__ import annotations

from collections.abc import Callable

from ..arithmetic import product
from .base import Number, Op, Parts, Shape, elements, groups_left, unchanged
from .seen import Seen, each, everything


class _Norm(Op):
    """A normalization that has trained weights for each channel, unless it isn't ``affine``."""

    __slots__ = ("affine", "channels")
    work_names = ("norm",)
    is_norm = True
    told = ("channels", "affine")
    sees = each

    def __init__(self, channels: Number, affine: bool = True) -> None:
        self.channels = channels
        self.affine = affine

    @property
    def values(self) -> Number:
        """How many there are of each weight."""
        return self.channels

    def weights(self) -> Parts:
        return dict.fromkeys(self.weight_names if self.affine else self.statistics, self.values)

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
    """Normalization over the channels at each position; a trained scale and shift per channel.

    Over all ``positions`` of a map too, each of its elements has a scale and a shift of its own.
    """

    __slots__ = ("positions",)
    kind = "layer_norm"
    weight_names = ("scale", "shift")

    def __init__(self, channels: Number, affine: bool = True, positions: Number = 1) -> None:
        super().__init__(channels, affine)
        self.positions = positions

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return (each if self.positions == 1 else everything)(self, shape, output)

    @property
    def values(self) -> Number:
        return product(self.channels, self.positions)


class GroupNorm(_Norm):
    """Normalization over each of ``groups`` groups of channels (1: over the whole tensor; a group each: instance)."""

    __slots__ = ("groups",)
    kind = "group_norm"
    sees = everything
    weight_names = ("scale", "shift")

    def __init__(self, channels: Number, groups: Number, affine: bool = True) -> None:
        super().__init__(channels, affine)
        self.groups = groups

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        c = inputs[0][0]
        return self.changed(channels=c, groups=groups_left(self.groups, self.channels, c))


class RMSNorm(_Norm):
    """Division by the root mean square of the channels; a trained scale per channel (Zhang and Sennrich 2019)."""

    __slots__ = ()
    kind = "rms_norm"
    weight_names = ("scale",)


class L2Norm(_Norm):
    """Each position divided by the length of its vector of channels; a trainable scale per channel (SSD, ParseNet)."""

    __slots__ = ()
    kind = "l2_norm"
    weight_names = ("scale",)


class LocalResponseNorm(Op):
    """Krizhevsky et al. 2012, section 3.3: each element over the squares of ``size`` channels around it."""

    __slots__ = ("size",)
    kind = "local_response_norm"
    sees = each
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
