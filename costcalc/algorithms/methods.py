"""The algorithms: direct, im2col with a product of matrices, Winograd's minimal filtering, and low rank.

Each tells what it does for a convolution, or in a few words why it can't. A product is added to an accumulator, which
a bias may start, so that there are as many additions as multiplications; transforms are counted by themselves.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import ceil, prod

from ..errors import UsageError
from ..record import Record
from .convolution import Convolution


class Work(Record):
    """What an algorithm does for a convolution on a batch of images. Memory is in values, not in bytes.

    ``multiplications``: each with an addition. ``data`` and ``inverse``: instructions of transforms, a multiply-add as
    one. ``filter``: those that weights need, once for all images. ``workspace``: values beside input, output and
    weights while the layer runs; ``filters``: those that stand in the weights' place, in memory for as long as
    ``filter`` isn't done again.
    """

    multiplications: int
    data: int = 0
    inverse: int = 0
    filter: int = 0
    workspace: int = 0
    filters: int = 0

    @property
    def each_run(self) -> int:
        """Multiply-adds and instructions of transforms, for a batch whose weights are transformed already."""
        return self.multiplications + self.data + self.inverse


class Algorithm(ABC):
    """A way to compute a convolution. ``exact``: the result is the convolution's, but for rounding."""

    id: str
    title: str
    exact = True

    def why_not(self, conv: Convolution) -> str:
        """Why it can't compute ``conv``, in a few words; "" where it can."""
        return ""

    @abstractmethod
    def work(self, conv: Convolution, batch: int = 1, *, implicit: bool = False) -> Work:
        """What it does for ``batch`` images.

        ``implicit``: what an input is rearranged or transformed into never lies in memory as a whole.
        """


class Direct(Algorithm):
    """Loops over outputs and filters."""

    id = "direct"
    title = "direct"

    def work(self, conv: Convolution, batch: int = 1, *, implicit: bool = False) -> Work:
        return Work(batch * conv.mult_adds)


class Im2col(Algorithm):
    """Each window a column of a matrix, then one product of matrices a group (Chellapilla et al. 2006).

    D_K²·M·D_F² values, for one image at a time, as Caffe has it; a 1x1 convolution of stride 1 has its matrix already.
    A transposed one is a product of matrices first, whose D_K²·N values for each input position are added up.
    """

    id = "im2col"
    title = "im2col + GEMM"

    def work(self, conv: Convolution, batch: int = 1, *, implicit: bool = False) -> Work:
        channels, size = (conv.out_channels, conv.in_size) if conv.transposed else (conv.in_channels, conv.out_size)
        matrix = 0 if implicit or conv.is_of_points else prod(conv.kernel) * channels * prod(size)
        return Work(batch * conv.mult_adds, workspace=matrix)


class Winograd(Algorithm):
    """F(m x m, 3x3): m² outputs of a tile by (m + 2)² multiplications (Lavin and Gray, arXiv 1509.09308).

    ``data``, ``filter`` and ``inverse`` are the instructions of a tile's transforms, sections 4.1 and 4.3 there. A
    channel's tiles are transformed once, and sums over channels before the inverse. Tiles at the border are whole.
    """

    taps = 3

    def __init__(self, outputs: int, data: int, filter: int, inverse: int) -> None:
        self.outputs = outputs
        self.data = data
        self.filter = filter
        self.inverse = inverse
        self.id = f"winograd_{outputs}x{outputs}"
        self.title = f"F({outputs}x{outputs},{self.taps}x{self.taps})"

    @property
    def tile(self) -> int:
        """Values of a transformed tile, each of which is multiplied once."""
        return (self.outputs + self.taps - 1) ** 2

    def why_not(self, conv: Convolution) -> str:
        if conv.transposed:
            return "transposed"
        if conv.axes != 2:
            return f"{conv.axes}-D, not 2-D"
        if set(conv.kernel) != {self.taps}:
            return f"kernel {_by(conv.kernel)}"
        if set(conv.stride) != {1}:
            return f"stride {_each(conv.stride)}"
        if set(conv.dilation) != {1}:
            return f"dilation {_each(conv.dilation)}"
        return ""

    def work(self, conv: Convolution, batch: int = 1, *, implicit: bool = False) -> Work:
        tiles = batch * prod(ceil(n / self.outputs) for n in conv.out_size)
        read, written = conv.in_channels * tiles, conv.out_channels * tiles
        pairs = conv.in_channels // conv.groups * conv.out_channels
        filters = self.tile * pairs
        return Work(
            self.tile * pairs * tiles,
            self.data * read,
            self.inverse * written,
            self.filter * pairs,
            filters + (0 if implicit else self.tile * (read + written)),
            filters,
        )


class LowRank(Algorithm):
    """D_K x 1 filters, ``rank`` of them, and behind them 1 x D_K (Jaderberg et al. 2014, scheme 2): an approximation.

    Its two convolutions stand in the place of the one, so ``filters`` are their weights, in memory for good.
    """

    id = "rank"
    exact = False

    def __init__(self, rank: int) -> None:
        if rank < 1:
            raise UsageError(f"a rank is a whole number from 1, not {rank}")
        self.rank = rank
        self.title = f"low rank {rank}"

    def why_not(self, conv: Convolution) -> str:
        if conv.transposed:
            return "transposed"
        if conv.axes != 2:
            return f"{conv.axes}-D, not 2-D"
        if conv.groups > 1:
            return f"{conv.groups} groups"
        if prod(conv.kernel) == 1:
            return "kernel 1x1"
        return ""

    def work(self, conv: Convolution, batch: int = 1, *, implicit: bool = False) -> Work:
        (height, width), between = conv.kernel, conv.out_size[0] * conv.in_size[1]
        vertical, horizontal = height * conv.in_channels * self.rank, width * self.rank * conv.out_channels
        return Work(
            batch * (vertical * between + horizontal * prod(conv.out_size)),
            workspace=batch * self.rank * between,
            filters=vertical + horizontal,
        )


def algorithms(rank: int | None = None) -> list[Algorithm]:
    """Every algorithm, the simplest first; low rank if there is a ``rank``."""
    exact = [Direct(), Im2col(), Winograd(2, data=32, filter=28, inverse=24), Winograd(4, 156, 72, 100)]
    return exact if rank is None else [*exact, LowRank(rank)]


def _each(steps: tuple[int, ...]) -> str:
    """``2``, or ``2x1`` where axes differ."""
    return str(steps[0]) if len(set(steps)) == 1 else _by(steps)


def _by(sizes: tuple[int, ...]) -> str:
    return "x".join(map(str, sizes))
