"""Joins, norms and what only moves elements, as modules. Torch is all that this file needs."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .windows import filled


class AddModule(nn.Module):  # type: ignore[misc]
    """The sum of tensors of one shape; sizes of 1 are repeated."""

    def forward(self, *inputs: Tensor) -> Tensor:
        require_alike(inputs)
        total = inputs[0]
        for x in inputs[1:]:
            total = total + x
        return total


class WeightedAdd(nn.Module):  # type: ignore[misc]
    """The sum of tensors times a trained scalar each; ``fast`` and ``softmax`` make the scalars add up to 1."""

    def __init__(self, operands: int, normalize: str) -> None:
        super().__init__()
        self.normalize = normalize
        self.weight = nn.Parameter(torch.ones(operands))

    def forward(self, *inputs: Tensor) -> Tensor:
        require_alike(inputs)
        weight = self.weight
        if self.normalize == "fast":
            weight = F.relu(weight)
            weight = weight / (weight.sum() + 1e-4)
        elif self.normalize == "softmax":
            weight = weight.softmax(0)
        total = inputs[0] * weight[0]
        for k in range(1, len(inputs)):
            total = total + inputs[k] * weight[k]
        return total

    def extra_repr(self) -> str:
        return f"{len(self.weight)}, {self.normalize!r}"


class PadAddModule(nn.Module):  # type: ignore[misc]
    """A narrow tensor added onto the first channels of a wide one."""

    def forward(self, wide: Tensor, narrow: Tensor) -> Tensor:
        if wide.shape[2:] != narrow.shape[2:] or narrow.shape[1] > wide.shape[1]:
            raise ValueError(f"{told(narrow)} doesn't go onto {told(wide)}")
        return wide + F.pad(narrow, (*(0, 0) * (wide.dim() - 2), 0, wide.shape[1] - narrow.shape[1]))


class MulModule(nn.Module):  # type: ignore[misc]
    """The product of two tensors of one shape; sizes of 1 are repeated."""

    def forward(self, x: Tensor, by: Tensor) -> Tensor:
        require_alike((x, by))
        return x * by


class ConcatModule(nn.Module):  # type: ignore[misc]
    """The channels of all tensors, one after the other."""

    def forward(self, *inputs: Tensor) -> Tensor:
        return torch.cat(inputs, 1)


class SplitModule(nn.Module):  # type: ignore[misc]
    """The channels in parts of these widths."""

    def __init__(self, *parts: int) -> None:
        super().__init__()
        self.parts = parts

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        parts: tuple[Tensor, ...] = torch.split(x, self.parts, 1)
        return parts

    def extra_repr(self) -> str:
        return ", ".join(map(str, self.parts))


class Shuffle(nn.Module):  # type: ignore[misc]
    """The channels as rows of a group each, read by columns."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        return x.unflatten(1, (self.groups, -1)).transpose(1, 2).flatten(1, 2)

    def extra_repr(self) -> str:
        return str(self.groups)


class CropModule(nn.Module):  # type: ignore[misc]
    """The middle of the map, of this size."""

    def __init__(self, *size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        for axis, size in enumerate(self.size, 2):
            start = (x.shape[axis] - size) // 2
            if start < 0:
                raise ValueError(f"{told(x)} is smaller than {'x'.join(map(str, self.size))}")
            x = x.narrow(axis, start, size)
        return x

    def extra_repr(self) -> str:
        return ", ".join(map(str, self.size))


class ToChannels(nn.Module):  # type: ignore[misc]
    """All elements of the map as channels of size 1 x 1."""

    def forward(self, x: Tensor) -> Tensor:
        return filled(x.flatten(1), x.dim())


class ChannelNorm(nn.LayerNorm):  # type: ignore[misc]
    """Layer norm over the channels, at each position of the map."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.movedim(1, -1)).movedim(-1, 1)


class ScaledL2Norm(nn.Module):  # type: ignore[misc]
    """Each position's channels as a vector of length 1, times a trained scale for each channel."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return F.normalize(x, dim=1) * filled(self.weight, x.dim() - 1)

    def extra_repr(self) -> str:
        return str(len(self.weight))


class Regions(nn.Module):  # type: ignore[misc]
    """Regions of each map, resized to one size: (batch·number, channels, height, width).

    In place of a detector's proposals these are windows about the middle, from small to the whole map.
    """

    def __init__(self, number: int, height: int, width: int) -> None:
        super().__init__()
        self.number = number
        self.height = height
        self.width = width

    def centres(self, length: int, number: int) -> Tensor:
        """Where along an axis of ``length`` pixels each region's ``number`` of them are; 0 is the first's centre."""
        sizes = torch.linspace(1 / self.number, 1, self.number)
        return (torch.linspace(-1, 1, number) * sizes[:, None] + 1) / 2 * (length - 1)

    def forward(self, x: Tensor) -> Tensor:
        axes = zip(x.shape[2:], (self.height, self.width), strict=True)
        rows, columns = (self.centres(n, number) / max(n - 1, 1) * 2 - 1 for n, number in axes)
        shape = (self.number, self.height, self.width)
        grid = torch.stack((columns[:, None].expand(shape), rows[:, :, None].expand(shape)), -1).to(x)
        several = x[:, None].expand(-1, self.number, -1, -1, -1).flatten(0, 1)
        return F.grid_sample(several, grid.repeat(len(x), 1, 1, 1), align_corners=True)

    def extra_repr(self) -> str:
        return f"{self.number}, {self.height}, {self.width}"


def told(x: Tensor) -> str:
    """A tensor's sizes and channels for a message."""
    return "x".join(map(str, (*x.shape[2:], x.shape[1])))


def require_alike(inputs: tuple[Tensor, ...]) -> None:
    """Raises ``ValueError`` unless all have one shape, but for sizes of 1."""
    if any(len({int(n) for n in sizes} - {1}) > 1 for sizes in zip(*(x.shape for x in inputs), strict=True)):
        raise ValueError(f"different shapes: {', '.join(map(told, inputs))}")
