"""Activations: one elementwise part, named as the function."""

from __future__ import annotations

from .base import Names, Op, Parts, Shape, elements

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

    def __init__(self, channels: object) -> None:
        super().__init__("prelu")
        self.channels = channels

    @classmethod
    def kinds(cls) -> dict[str, Names]:
        return {"prelu": Names(cls.weight_names, ("prelu",))}

    def weights(self) -> Parts:
        return {"weight": self.channels}
