"""``output_stride`` of a used network: a stride that would go past it is left out, and what follows is dilated."""

from __future__ import annotations

from typing import Any

from ..errors import SpecError
from ..graph import Choice, Layer, Tensor

Sizes = tuple[int, ...]
Pace = tuple[Sizes, Sizes]
"""Stride from the network's input, and dilation, along each axis."""


class Strides:
    """How far apart the pixels of each layer's output are."""

    __slots__ = ("coming", "limit", "paces", "rate")

    def __init__(self, limit: int, rate: Sizes = ()) -> None:
        self.limit = limit
        self.rate = rate
        """The dilation with which the network begins, if it isn't 1."""
        self.paces: dict[Layer | None, Pace] = {}
        self.coming: Pace | None = None

    def at(self, x: Tensor) -> Pace:
        """The pace of a tensor."""
        if isinstance(x.layer, Choice):
            one, other = map(self.at, x.layer.inputs)
            if one != other:
                raise SpecError("output_stride needs an array to leave strides alone; evaluate its elements one by one")
            return one
        return self.paces.get(x.layer) or self._start(len(x.size))

    def _start(self, axes: int) -> Pace:
        """The pace of the network's input and of what is from outside: stride 1."""
        return (1,) * axes, self.rate or (1,) * axes

    def hold(self, x: Tensor, stride: Any, dilation: Any, pads: Any) -> tuple[Sizes, Sizes, Any]:
        """Stride, dilation and padding of a window on ``x``, as the limit leaves them."""
        if not all(type(n) is int for n in (*stride, *dilation)):
            raise SpecError("output_stride needs strides and dilations that are plain numbers")
        before, rate = self.at(x)
        held = tuple(p * s > self.limit for p, s in zip(before, stride, strict=True))
        left = tuple(1 if h else s for h, s in zip(held, stride, strict=True))
        after = tuple(p * s for p, s in zip(before, left, strict=True))
        self.coming = after, tuple(r * s if h else r for h, r, s in zip(held, rate, stride, strict=True))
        if pads != "same":
            pads = tuple(p * r for p, r in zip(pads, rate, strict=True))
        return left, tuple(d * r for d, r in zip(dilation, rate, strict=True)), pads

    def pass_on(self, layer: Layer) -> None:
        """A layer's output has the pace that :meth:`hold` said, or that of its coarsest input."""
        self.paces[layer] = self.coming or max(
            map(self.at, layer.inputs), default=self._start(len(layer.out_shape) - 1)
        )
        self.coming = None

    def enter(self, inner: Strides, entered: Pace) -> None:
        """Take over the strides that a network inside this one, with a limit of its own, has made.

        Its own dilation ends with it, as it does where the network around it has no limit.
        """
        before, rate = entered
        for layer, (strides, _) in inner.paces.items():
            self.paces[layer] = tuple(p * s for p, s in zip(before, strides, strict=True)), rate
