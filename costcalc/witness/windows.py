"""Convolutions and pools with TensorFlow's SAME padding, which PyTorch lacks; fully connected layers on maps.

Torch is all that this file needs, so that its classes can stand in a file without costcalc. Tensors are
(batch, channels, and a size for each axis) throughout, also where those are 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F


def same(x: Tensor, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int] = ()) -> list[int]:
    """Pixels before and after along each axis, the last axis first, as ``F.pad`` takes them.

    A window begins at each stride-th pixel; of the pixels that the last one reaches beyond the map half are before
    it, rounded down, and half behind.
    """
    pads: list[int] = []
    for axis in reversed(range(len(kernel))):
        last = x.shape[2 + axis] - 1
        start = last // stride[axis] * stride[axis]
        reach = (kernel[axis] - 1) * (dilation[axis] if dilation else 1)
        beyond = max(start + reach - last, 0)
        pads += [beyond // 2, beyond - beyond // 2]
    return pads


def filled(x: Tensor, dims: int) -> Tensor:
    """``x`` with sizes of 1 behind its own, so that there are ``dims``."""
    return x[(..., *(None,) * (dims - x.dim()))]


def rows(x: Tensor) -> Tensor:
    """(batch, positions, channels) of a map."""
    return x.flatten(2).transpose(1, 2)


class SameConv(nn.Module):  # type: ignore[misc]
    """Pads as TensorFlow's SAME does, whatever the size of the input."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(F.pad(input, same(input, self.kernel_size, self.stride, self.dilation)))


class SameConv1d(SameConv, nn.Conv1d):  # type: ignore[misc]
    """Of a sequence."""


class SameConv2d(SameConv, nn.Conv2d):  # type: ignore[misc]
    """Of a map."""


class SameConv3d(SameConv, nn.Conv3d):  # type: ignore[misc]
    """Of a video."""


class SameConvTranspose(nn.Module):  # type: ignore[misc]
    """The transposed convolution of SAME: each pixel becomes a stride's worth of them.

    A kernel that doesn't cover the stride leaves a gap at the end, which ``output_padding`` has to be.
    """

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        crop: list[int] = []
        for axis in reversed(range(len(self.kernel_size))):
            over = max(self.dilation[axis] * (self.kernel_size[axis] - 1) + 1 - self.stride[axis], 0)
            crop += [-(over // 2), over // 2 - over]
        return F.pad(super().forward(input), crop)


class SameConvTranspose1d(SameConvTranspose, nn.ConvTranspose1d):  # type: ignore[misc]
    """Of a sequence."""


class SameConvTranspose2d(SameConvTranspose, nn.ConvTranspose2d):  # type: ignore[misc]
    """Of a map."""


class SameConvTranspose3d(SameConvTranspose, nn.ConvTranspose3d):  # type: ignore[misc]
    """Of a video."""


class SameMaxPool(nn.Module):  # type: ignore[misc]
    """The largest of each window; what lies beyond the map is never the largest."""

    def forward(self, input: Tensor) -> Tensor:
        padded = F.pad(input, same(input, self.kernel_size, self.stride), value=float("-inf"))
        return super().forward(padded)


class SameMaxPool1d(SameMaxPool, nn.MaxPool1d):  # type: ignore[misc]
    """Of a sequence."""


class SameMaxPool2d(SameMaxPool, nn.MaxPool2d):  # type: ignore[misc]
    """Of a map."""


class SameMaxPool3d(SameMaxPool, nn.MaxPool3d):  # type: ignore[misc]
    """Of a video."""


class SameAvgPool(nn.Module):  # type: ignore[misc]
    """The mean of each window; what lies beyond the map isn't counted."""

    def forward(self, input: Tensor) -> Tensor:
        pads = same(input, self.kernel_size, self.stride)
        inside = F.pad(input.new_ones(1, 1, *input.shape[2:]), pads)
        return super().forward(F.pad(input, pads)) / super().forward(inside)


class SameAvgPool1d(SameAvgPool, nn.AvgPool1d):  # type: ignore[misc]
    """Of a sequence."""


class SameAvgPool2d(SameAvgPool, nn.AvgPool2d):  # type: ignore[misc]
    """Of a map."""


class SameAvgPool3d(SameAvgPool, nn.AvgPool3d):  # type: ignore[misc]
    """Of a video."""


class MapLinear(nn.Linear):  # type: ignore[misc]
    """Fully connected, from all elements of a map to one of size 1 x 1."""

    def forward(self, input: Tensor) -> Tensor:
        return filled(super().forward(input.flatten(1)), input.dim())
