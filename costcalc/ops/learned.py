"""Learned numbers that belong to no other layer."""

from __future__ import annotations

from collections.abc import Callable

from ..arithmetic import product
from .base import Number, Op, Parts, Shape, Sizes, elements, groups_left
from .seen import NOTHING, Seen, each


class Learned(Op):
    """A tensor that the network has and doesn't compute: tokens, position maps; ``fixed`` ones aren't trained."""

    __slots__ = ("channels", "fixed", "size")
    kind = "learned"
    weight_names = ("weight", "fixed")
    statistics = ("fixed",)
    of_all = True
    extent = "own"
    told = ("channels", "size")

    def __init__(self, channels: Number, size: Sizes, fixed: bool = False) -> None:
        self.channels = channels
        self.size = size
        self.fixed = fixed

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        return (NOTHING,) * len(self.size)

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return ((self.channels, *self.size),)

    def weights(self) -> Parts:
        return {"fixed" if self.fixed else "weight": product(self.channels, *self.size)}

    @property
    def makes_channels(self) -> bool:
        return True

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        return self if stays else self.changed(channels=keep(self.channels))


class _PerGroup(Op):
    """A learned number for each of ``groups`` groups of the ``channels``: for each channel, or 1 for one in all."""

    __slots__ = ("channels", "groups")
    told = ("channels", "groups")
    sees = each

    def __init__(self, channels: Number, groups: Number) -> None:
        self.channels = channels
        self.groups = groups

    @property
    def filter_text(self) -> str:
        return str(self.groups)

    def weights(self) -> Parts:
        return dict.fromkeys(self.weight_names, self.groups)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return dict.fromkeys(self.work_names, elements(output))

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        c = inputs[0][0]
        return self.changed(channels=c, groups=groups_left(self.groups, self.channels, c))


class Scale(_PerGroup):
    """Times the learned numbers (CaiT, equation 12: LayerScale)."""

    __slots__ = ()
    kind = "scale"
    weight_names = ("scale",)
    work_names = ("mul",)


class Shift(_PerGroup):
    """Plus the learned numbers."""

    __slots__ = ()
    kind = "shift"
    weight_names = ("shift",)
    work_names = ("add",)
