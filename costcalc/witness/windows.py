"""Convolutions and pools with TensorFlow's SAME padding, which PyTorch lacks; fully connected layers on maps.

Torch is all that this file needs, so that its classes can stand in a file without costcalc. Tensors are
(batch, channels, height, width) throughout, also where height and width are 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F


def same(x: Tensor, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int] = (1, 1)) -> list[int]:
    """Pixels left, right, above and below, as ``F.pad`` takes them.

    A window begins at each stride-th pixel; of the pixels that the last one reaches beyond the map half are before
    it, rounded down, and half behind.
    """
    pads: list[int] = []
    for axis in (1, 0):
        last = x.shape[2 + axis] - 1
        start = last // stride[axis] * stride[axis]
        beyond = max(start + dilation[axis] * (kernel[axis] - 1) - last, 0)
        pads += [beyond // 2, beyond - beyond // 2]
    return pads


class SameConv2d(nn.Conv2d):  # type: ignore[misc]
    """A convolution that pads as TensorFlow's SAME does, whatever the size of its input."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(F.pad(input, same(input, self.kernel_size, self.stride, self.dilation)))


class SameConvTranspose2d(nn.ConvTranspose2d):  # type: ignore[misc]
    """The transposed convolution of SAME: each pixel becomes a stride's worth of them.

    A kernel that doesn't cover the stride leaves a gap at the end, which ``output_padding`` has to be.
    """

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        crop: list[int] = []
        for axis in (1, 0):
            over = max(self.dilation[axis] * (self.kernel_size[axis] - 1) + 1 - self.stride[axis], 0)
            crop += [-(over // 2), over // 2 - over]
        return F.pad(super().forward(input), crop)


class SameMaxPool2d(nn.MaxPool2d):  # type: ignore[misc]
    """The largest of each window; what lies beyond the map is never the largest."""

    def forward(self, input: Tensor) -> Tensor:
        padded = F.pad(input, same(input, self.kernel_size, self.stride), value=float("-inf"))
        return F.max_pool2d(padded, self.kernel_size, self.stride)


class SameAvgPool2d(nn.AvgPool2d):  # type: ignore[misc]
    """The mean of each window; what lies beyond the map isn't counted."""

    def forward(self, input: Tensor) -> Tensor:
        pads = same(input, self.kernel_size, self.stride)
        inside = F.pad(input.new_ones(1, 1, *input.shape[2:]), pads)
        sums = F.avg_pool2d(F.pad(input, pads), self.kernel_size, self.stride)
        return sums / F.avg_pool2d(inside, self.kernel_size, self.stride)


class MapLinear(nn.Linear):  # type: ignore[misc]
    """Fully connected, from all elements of a map to one of size 1 x 1."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.flatten(1))[:, :, None, None]
