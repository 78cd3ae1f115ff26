"""Parts and back, pixels and channels, axes: what only moves elements, as modules. This file needs torch alone."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .windows import filled, rows

# -- parts: each is an image of its own


class HeadsModule(nn.Module):  # type: ignore[misc]
    """The channels in equal groups: (batch·number, channels/number, …)."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def forward(self, x: Tensor) -> Tensor:
        return x.unflatten(1, (self.number, -1)).flatten(0, 1)

    def extra_repr(self) -> str:
        return str(self.number)


class MergeHeads(HeadsModule):
    """The groups together again."""

    def forward(self, x: Tensor) -> Tensor:
        return x.unflatten(0, (-1, self.number)).flatten(1, 2)


class WindowsModule(nn.Module):  # type: ignore[misc]
    """Parts of a size, of neighbours or (``grid``) of positions spread evenly; zeros where the map ends."""

    def __init__(self, *size: int, grid: bool = False) -> None:
        super().__init__()
        self.size = size
        self.grid = grid

    def forward(self, x: Tensor) -> Tensor:
        axes = len(self.size)
        for axis, size in enumerate(self.size):
            x = F.pad(x, (*(0, 0) * (axes - 1 - axis), 0, -x.shape[2 + axis] % size))
        for axis in reversed(range(axes)):  # to a pair: of which part, and where in it
            x = x.unflatten(2 + axis, (self.size[axis], -1) if self.grid else (-1, self.size[axis]))
        first = [2 + 2 * axis for axis in range(axes)]
        which, where = ([n + self.grid for n in first], [n + 1 - self.grid for n in first])
        return x.permute(0, *which, 1, *where).flatten(0, axes)

    def extra_repr(self) -> str:
        return f"{', '.join(map(str, self.size))}{', grid=True' if self.grid else ''}"


class MergeWindows(nn.Module):  # type: ignore[misc]
    """As many ``parts`` along each axis together again; ``size`` of that, where zeros had been filled in."""

    def __init__(self, parts: tuple[int, ...], size: tuple[int, ...], grid: bool = False) -> None:
        super().__init__()
        self.parts = parts
        self.size = size
        self.grid = grid

    def forward(self, x: Tensor) -> Tensor:
        axes = len(self.parts)
        x = x.unflatten(0, (-1, *self.parts))
        pairs = [(1 + axis, 2 + axes + axis) for axis in range(axes)]  # which part, and where in it
        x = x.permute(0, 1 + axes, *(n for pair in pairs for n in (reversed(pair) if self.grid else pair)))
        for axis, size in enumerate(self.size, 2):
            x = x.flatten(axis, axis + 1).narrow(axis, 0, size)
        return x

    def extra_repr(self) -> str:
        return f"{self.parts}, {self.size}{', grid=True' if self.grid else ''}"


# -- among axes


class TransposeModule(nn.Module):  # type: ignore[misc]
    """Positions become channels, channels positions."""

    def forward(self, x: Tensor) -> Tensor:
        return filled(rows(x), x.dim())


class ReshapeModule(nn.Module):  # type: ignore[misc]
    """The positions row by row in another size."""

    def __init__(self, *size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        return x.flatten(2).unflatten(2, self.size)

    def extra_repr(self) -> str:
        return ", ".join(map(str, self.size))


class SpaceToDepthModule(ReshapeModule):
    """Blocks of pixels as channels, in the order of nn.PixelUnshuffle."""

    def forward(self, x: Tensor) -> Tensor:
        axes = len(self.size)
        for axis in reversed(range(axes)):
            x = x.unflatten(2 + axis, (-1, self.size[axis]))
        blocks = [2 + 2 * axis for axis in range(axes)]
        return x.permute(0, 1, *(n + 1 for n in blocks), *blocks).flatten(1, 1 + axes)


class DepthToSpaceModule(ReshapeModule):
    """Channels as blocks of pixels, in the order of nn.PixelShuffle."""

    def forward(self, x: Tensor) -> Tensor:
        axes = len(self.size)
        if axes == 2 and self.size[0] == self.size[1]:
            return F.pixel_shuffle(x, self.size[0])
        x = x.unflatten(1, (-1, *self.size))
        x = x.permute(0, 1, *(n for axis in range(axes) for n in (2 + axes + axis, 2 + axis)))
        for axis in range(axes):
            x = x.flatten(2 + axis, 3 + axis)
        return x


class RollModule(ReshapeModule):
    """The map shifted; what leaves on one side enters on the other."""

    def forward(self, x: Tensor) -> Tensor:
        return x.roll(self.size, tuple(range(2, x.dim())))


class SplitAlong(nn.Module):  # type: ignore[misc]
    """Frames (dim -3), rows (-2), columns (-1) or positions (0, as sequences) in parts of these numbers."""

    def __init__(self, dim: int, *parts: int) -> None:
        super().__init__()
        self.dim = dim
        self.parts = parts

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        whole = x if self.dim else filled(x.flatten(2), x.dim())
        parts: tuple[Tensor, ...] = torch.split(whole, self.parts, self.dim or 2)
        return parts

    def extra_repr(self) -> str:
        return ", ".join(map(str, (self.dim, *self.parts)))


class ConcatAlong(nn.Module):  # type: ignore[misc]
    """Tensors one after the other along the channels (dim 1), frames (-3), rows (-2), columns (-1) or positions (0).

    What is the same for all images is repeated for each.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        batch = max(map(len, inputs))
        whole = [x.expand(batch, *x.shape[1:]) for x in inputs]
        if self.dim == 0:
            whole = [filled(x.flatten(2), x.dim()) for x in whole]
        return torch.cat(whole, self.dim or 2)

    def extra_repr(self) -> str:
        return str(self.dim)


class CropFrom(nn.Module):  # type: ignore[misc]
    """A part of the map, of this size, from a row and a column on."""

    def __init__(self, size: tuple[int, ...], start: tuple[int, ...]) -> None:
        super().__init__()
        self.size = size
        self.start = start

    def forward(self, x: Tensor) -> Tensor:
        for axis, (start, size) in enumerate(zip(self.start, self.size, strict=True), 2):
            x = x.narrow(axis, start, size)
        return x

    def extra_repr(self) -> str:
        return f"{self.size}, {self.start}"


class UnfoldModule(nn.Module):  # type: ignore[misc]
    """The elements of each window as the channels of one position; ``padding`` as ``F.pad`` takes it."""

    def __init__(self, kernel: tuple[int, ...], stride: tuple[int, ...], padding: tuple[int, ...]) -> None:
        super().__init__()
        self.kernel = kernel
        self.stride = stride
        self.padding = padding

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, self.padding)
        axes = len(self.kernel)
        if axes == 2:  # which ONNX has an operator for
            slid = [(n - k) // s + 1 for n, k, s in zip(x.shape[2:], self.kernel, self.stride, strict=True)]
            return F.unfold(x, self.kernel, stride=self.stride).unflatten(2, slid)
        for axis, (k, s) in enumerate(zip(self.kernel, self.stride, strict=True), 2):
            x = x.unfold(axis, k, s)
        places, inside = range(2, 2 + axes), range(2 + axes, 2 + 2 * axes)
        return x.permute(0, 1, *inside, *places).flatten(1, 1 + axes)

    def extra_repr(self) -> str:
        return f"{self.kernel}, {self.stride}, {self.padding}"
