"""Along an axis, or element by element, as modules. Torch is all that this file needs."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class AxisPoolModule(nn.Module):  # type: ignore[misc]
    """The "max", "mean" or "sum" over channels (dim 1), frames (-3), rows (-2), columns (-1) or positions (0)."""

    def __init__(self, how: str, dim: int) -> None:
        super().__init__()
        self.how = how
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        dims = (self.dim,) if self.dim else tuple(range(2, x.dim()))
        return {"max": torch.amax, "mean": torch.mean, "sum": torch.sum}[self.how](x, dims, keepdim=True)

    def extra_repr(self) -> str:
        return f"{self.how!r}, {self.dim}"


class SoftmaxOver(nn.Module):  # type: ignore[misc]
    """Softmax over all positions."""

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(2).softmax(2).unflatten(2, x.shape[2:])


class FunctionModule(nn.Module):  # type: ignore[misc]
    """An elementwise function by PyTorch's name for it."""

    def __init__(self, function: str) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = getattr(F if hasattr(F, self.function) else torch, self.function)(x)
        return made

    def extra_repr(self) -> str:
        return repr(self.function)


class SubModule(nn.Module):  # type: ignore[misc]
    """The difference of two tensors; sizes of 1 are repeated."""

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return a - b


class DivModule(nn.Module):  # type: ignore[misc]
    """The quotient of two tensors; sizes of 1 are repeated."""

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return a / b


class ChannelRMSNorm(nn.RMSNorm):  # type: ignore[misc]
    """RMS norm over the channels, at each position of the map."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)
