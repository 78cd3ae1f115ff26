"""Activations: one elementwise part, named as the function."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from .base import Names, Op, Parts, Shape, elements, unchanged

ACTIVATIONS = (
    "relu",
    "relu6",
    "leaky_relu",
    "prelu",
    "elu",
    "swish",
    "hswish",
    "sigmoid",
    "hsigmoid",
    "gelu",
    "mish",
    "tanh",
    "softmax",
)


class Activation(Op):
    """An elementwise function (softmax: over the channels), its kind its own name."""

    __slots__ = ("function",)
    told: ClassVar[tuple[str, ...]] = ("function",)
    fewer = unchanged

    def __init__(self, function: str) -> None:
        self.function = function

    @property
    def kind(self) -> str:  # type: ignore[override]
        return self.function

    @property
    def work_names(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.function,)

    @classmethod
    def kinds(cls) -> dict[str, Names]:
        return {f: Names((), (f,)) for f in ACTIVATIONS if f != "prelu"}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {self.function: elements(output)}


class PReLU(Activation):
    """Leaky ReLU with one trained slope per channel."""

    __slots__ = ("channels",)
    weight_names = ("weight",)
    told = ("function", "channels")

    def __init__(self, channels: object) -> None:
        super().__init__("prelu")
        self.channels = channels

    @classmethod
    def kinds(cls) -> dict[str, Names]:
        return {"prelu": Names(cls.weight_names, ("prelu",))}

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        return self.changed(channels=inputs[0][0])

    def weights(self) -> Parts:
        return {"weight": self.channels}
