"""Activations: one elementwise part, named as the function."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from .base import Choices, Names, Number, Op, Parts, Shape, elements, groups_left, unchanged
from .rearrange import along
from .seen import Seen, each, everything

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
    sees = each

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
    """Leaky ReLU with a trained slope for each channel, or for each of ``groups`` groups of them."""

    __slots__ = ("channels", "groups")
    weight_names = ("weight",)
    told = ("function", "channels")

    def __init__(self, channels: Number, groups: Number | None = None) -> None:
        super().__init__("prelu")
        self.channels = channels
        self.groups = channels if groups is None else groups

    @classmethod
    def kinds(cls) -> dict[str, Names]:
        return {"prelu": Names(cls.weight_names, ("prelu",))}

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        c = inputs[0][0]
        return self.changed(channels=c, groups=groups_left(self.groups, self.channels, c))

    def weights(self) -> Parts:
        return {"weight": self.groups}


class Softmax(Activation):
    """Softmax over the channels, or over another axis, or all positions."""

    __slots__ = ("over",)
    told = ("function",)

    def __init__(self, over: str = "channels") -> None:
        super().__init__("softmax")
        self.over = over

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        if self.over in ("channels", "positions"):
            return (each if self.over == "channels" else everything)(self, shape, output)
        return along(self.over, shape)

    @classmethod
    def kinds(cls) -> dict[str, Names]:
        return {}


FUNCTIONS = (
    "abs", "cos", "erf", "exp", "hardtanh", "log", "logsigmoid", "neg", "reciprocal", "rsqrt", "sin", "softplus",
    "softsign", "sqrt", "square",
)  # fmt: skip
"""Elementwise functions that networks apply beside activations."""


class Elementwise(Op):
    """One of :data:`FUNCTIONS` on every element."""

    __slots__ = ("function",)
    kind = "elementwise"
    choices: ClassVar[Choices] = {"function": FUNCTIONS}
    told = ("function",)
    fewer = unchanged
    sees = each
    work_names = ("function",)

    def __init__(self, function: str) -> None:
        self.function = function

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"function": elements(output)}

    @property
    def label(self) -> str:
        return self.function
