"""``output_stride`` of a used network: a stride that would go past it is left out, and what follows is dilated."""

from __future__ import annotations

from typing import Any

from ..errors import SpecError
from ..graph import Choice, Layer, Tensor

Pair = tuple[int, int]
Pace = tuple[Pair, Pair]
"""Stride from the network's input, and dilation, for height and width."""


class Strides:
    """How far apart the pixels of each layer's output are."""

    __slots__ = ("coming", "limit", "paces", "start")

    def __init__(self, limit: int, rate: Pair = (1, 1)) -> None:
        self.limit = limit
        self.start: Pace = (1, 1), rate
        self.paces: dict[Layer | None, Pace] = {}
        self.coming: Pace | None = None

    def at(self, x: Tensor) -> Pace:
        """The pace of a tensor; the network's input and what is from outside have stride 1."""
        if isinstance(x.layer, Choice):
            one, other = map(self.at, x.layer.inputs)
            if one != other:
                raise SpecError("output_stride needs an array to leave strides alone; evaluate its elements one by one")
            return one
        return self.paces.get(x.layer, self.start)

    def hold(self, x: Tensor, stride: Any, dilation: Any, pads: Any) -> tuple[Pair, Pair, Any]:
        """Stride, dilation and padding of a window on ``x``, as the limit leaves them."""
        if not all(type(n) is int for n in (*stride, *dilation)):
            raise SpecError("output_stride needs strides and dilations that are plain numbers")
        before, rate = self.at(x)
        held = tuple(p * s > self.limit for p, s in zip(before, stride, strict=True))
        left = tuple(1 if h else s for h, s in zip(held, stride, strict=True))
        after = tuple(p * s for p, s in zip(before, left, strict=True))
        slower = tuple(r * s if h else r for h, r, s in zip(held, rate, stride, strict=True))
        self.coming = (after[0], after[1]), (slower[0], slower[1])
        if pads != "same":
            pads = tuple(p * r for p, r in zip(pads, rate, strict=True))
        return (left[0], left[1]), (dilation[0] * rate[0], dilation[1] * rate[1]), pads

    def pass_on(self, layer: Layer) -> None:
        """A layer's output has the pace that :meth:`hold` said, or that of its coarsest input."""
        self.paces[layer] = self.coming or max(map(self.at, layer.inputs), default=self.start)
        self.coming = None

    def enter(self, inner: Strides, entered: Pace) -> None:
        """Take over the strides that a network inside this one, with a limit of its own, has made.

        Its own dilation ends with it, as it does where the network around it has no limit.
        """
        (h, w), rate = entered
        for layer, ((sh, sw), _) in inner.paces.items():
            self.paces[layer] = (h * sh, w * sw), rate
