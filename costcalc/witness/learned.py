"""Learned numbers, as modules. Torch is all that this file needs."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .windows import filled


class LearnedModule(nn.Module):  # type: ignore[misc]
    """A tensor that is learned, or ``fixed``; the same for all images."""

    def __init__(self, channels: int, *size: int, fixed: bool = False) -> None:
        super().__init__()
        values = torch.zeros(1, channels, *size)
        self.register_parameter("weight", None if fixed else nn.Parameter(values))
        self.register_buffer("fixed", values if fixed else None)

    def forward(self) -> Tensor:
        return self.fixed if self.weight is None else self.weight

    def extra_repr(self) -> str:
        sizes = ", ".join(map(str, self().shape[1:]))
        return f"{sizes}{', fixed=True' if self.weight is None else ''}"


class ScaleModule(nn.Module):  # type: ignore[misc]
    """Times a learned number for each of some groups of channels."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(groups))

    def each(self, x: Tensor) -> Tensor:
        return filled(self.weight.repeat_interleave(x.shape[1] // len(self.weight)), x.dim() - 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * self.each(x)

    def extra_repr(self) -> str:
        return str(len(self.weight))


class ShiftModule(ScaleModule):
    """Plus a learned number for each of some groups of channels."""

    def forward(self, x: Tensor) -> Tensor:
        return x + self.each(x)


class GroupPReLU(ScaleModule):
    """Leaky ReLU with a learned slope for each of some groups of channels."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.where(x > 0, x, x * self.each(x))


def fixed(module: nn.Module) -> nn.Module:
    """``module`` with a weight that isn't trained."""
    weight = module._parameters.pop("weight")
    module.register_buffer("weight", weight.detach())
    return module
