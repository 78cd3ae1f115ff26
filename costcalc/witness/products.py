"""Attention, matrix products, parts, learned numbers and rearranging, as modules. Torch is all that this file needs."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .windows import filled


def rows(x: Tensor) -> Tensor:
    """(batch, positions, channels) of a map."""
    return x.flatten(2).transpose(1, 2)


class AttentionModule(nn.Module):  # type: ignore[misc]
    """softmax(QKᵀ/√d)V of ``heads`` heads; fewer of keys and values serve several of queries.

    ``bias`` learned values of each head are added to the scores, here one after the other and again from the first,
    or in their place those of ``table``, a channel for each head. ``talking``: a linear layer over the heads before and
    after the softmax.
    """

    def __init__(self, heads: int, bias: int = 0, talking: bool = False) -> None:
        super().__init__()
        self.heads = heads
        self.bias = nn.Parameter(torch.zeros(heads, bias)) if bias else None
        self.mix = nn.Parameter(torch.eye(heads).repeat(2, 1, 1)) if talking else None
        self.shift = nn.Parameter(torch.zeros(2, heads)) if talking else None

    def forward(self, q: Tensor, k: Tensor, v: Tensor, table: Tensor | None = None) -> Tensor:
        d = q.shape[1] // self.heads
        queries = rows(q).unflatten(2, (self.heads, d)).transpose(1, 2)
        keys, values = (rows(x).unflatten(2, (k.shape[1] // d, -1)).transpose(1, 2) for x in (k, v))
        serves = self.heads // keys.shape[1]
        keys, values = (x.repeat_interleave(serves, 1) for x in (keys, values))
        mask = None
        added = self.bias if table is None else table.flatten(2)
        if added is not None:
            scores = torch.arange(queries.shape[2] * keys.shape[2], device=q.device) % added.shape[-1]
            mask = added[..., scores].unflatten(-1, (queries.shape[2], keys.shape[2]))
        if self.mix is None or self.shift is None:
            out = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        else:
            weights = queries @ keys.transpose(2, 3) / math.sqrt(d)
            weights = weights if mask is None else weights + mask
            (before, after), (first, second) = self.mix, self.shift
            weights = F.linear(weights.movedim(1, -1), before, first).movedim(-1, 1).softmax(-1)
            out = F.linear(weights.movedim(1, -1), after, second).movedim(-1, 1) @ values
        return out.transpose(2, 3).flatten(1, 2).unflatten(2, q.shape[2:])

    def extra_repr(self) -> str:
        bias = "" if self.bias is None else f", bias={self.bias.shape[1]}"
        return f"{self.heads}{bias}{'' if self.mix is None else ', talking=True'}"


class MatMulModule(nn.Module):  # type: ignore[misc]
    """Positions are rows, channels columns."""

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        return (rows(a) @ rows(b)).transpose(1, 2).unflatten(2, a.shape[2:])


class MapLSTM(nn.LSTM):  # type: ignore[misc]
    """LSTM along the positions, row by row."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(rows(x).transpose(0, 1))[0].permute(1, 2, 0).unflatten(2, x.shape[2:])


class MapGRU(nn.GRU):  # type: ignore[misc]
    """GRU along the positions, row by row."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(rows(x).transpose(0, 1))[0].permute(1, 2, 0).unflatten(2, x.shape[2:])


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


# -- learned numbers


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


# -- rearranging


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


# -- along an axis, element by element


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
