"""Every op carried out element by element, counting what happens one by one.

Nothing here is multiplied: weights are the set of those that were touched, work is counted where it is done, sizes
are the number of windows that were laid over the input. A new op needs its loop in ``LOOPS`` (loops.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count, product
from typing import Any, NamedTuple

from costcalc import ops

Shape = tuple[int, int, int]


class Counted(NamedTuple):
    """What a loop nest saw: shapes of the outputs, weights and work by part."""

    outputs: tuple[Shape, ...]
    weights: dict[str, int]
    work: dict[str, int]


def windows(n: int, k: int, s: int, pad: Any, d: int = 1, ceil: bool = False) -> list[list[int]]:
    """The pixels under each position of a window along ``n`` pixels; those beyond the ends are padding."""
    if pad == "same":
        # One for every s-th pixel. What they reach beyond is padding: half before (rounded down), half after.
        starts = [pixel for pixel in range(n) if pixel % s == 0]
        missing = max(starts[-1] + d * (k - 1) - (n - 1), 0)
        return [[start - missing // 2 + d * tap for tap in range(k)] for start in starts]
    first, last = -pad, n + pad - 1
    found: list[list[int]] = []
    for start in count(first, s):
        taps = [start + d * tap for tap in range(k)]
        reached_the_end = bool(found) and found[-1][-1] >= last
        if taps[-1] <= last or (ceil and start < n and not reached_the_end):
            found.append(taps)
        else:
            return found
    raise AssertionError


def chunks(items: Sequence[int], number: int) -> list[Sequence[int]]:
    """``items`` in ``number`` groups of as many."""
    size = next(m for m in count(1) if len(items) <= sum(m for _ in range(number)))
    return [items[k : k + size] for k in range(0, len(items), size)]


def positions(shape: Shape) -> Iterator[tuple[int, ...]]:
    return product(*map(range, shape))


def over(shape: Shape, *parts: str) -> dict[str, int]:
    """One of each of ``parts`` at every element."""
    done: Counter[str] = Counter()
    for _ in positions(shape):
        done.update(parts)
    return dict(done)


def repeated(*shapes: Shape) -> Shape:
    """The shape of several together, sizes of 1 repeated."""
    return tuple(len(max((range(n) for n in sizes), key=len)) for sizes in zip(*shapes, strict=True))


def per_channel(channels: int, *parts: str) -> dict[str, int]:
    """One of each of ``parts`` for every channel."""
    return over((channels, 1, 1), *parts)


def _with_bias(op: Any, shape: Shape, weights: set[Any], macs: int) -> Counted:
    part = "fixed" if getattr(op, "fixed", False) else "weight"
    if not op.bias:
        return Counted((shape,), {part: len(weights)}, {"mac": macs})
    biases = {channel for channel, _, _ in positions(shape)}
    done = over(shape, "bias_add")
    return Counted((shape,), {part: len(weights), "bias": len(biases)}, {"mac": macs, **done})


def _axes(op: Any, shape: Shape) -> tuple[list[list[int]], list[list[int]]]:
    pads = ("same", "same") if op.padding == "same" else op.padding
    dilation = getattr(op, "dilation", (1, 1))
    ceil = getattr(op, "ceil_mode", False)
    ys, xs = (windows(shape[a + 1], op.kernel_size[a], op.stride[a], pads[a], dilation[a], ceil) for a in (0, 1))
    return ys, xs


def convolution(op: ops.Conv2d, shape: Shape) -> Counted:
    """Every output element, every input channel of its group, every tap of the kernel."""
    ys, xs = _axes(op, shape)
    weights, macs = set(), 0
    groups = zip(chunks(range(shape[0]), op.groups), chunks(range(op.out_channels), op.groups), strict=True)
    for inputs, outputs in groups:
        for out, _, _, channel in product(outputs, ys, xs, inputs):
            for tap in product(range(len(ys[0])), range(len(xs[0]))):
                weights.add((out, channel, tap))
                macs += 1
    return _with_bias(op, (op.out_channels, len(ys), len(xs)), weights, macs)


def transposed_convolution(op: ops.ConvTranspose2d, shape: Shape) -> Counted:
    """Every input element spreads over the output through every weight of its channel."""
    sizes = []
    for a, n in enumerate(shape[1:]):
        k, s, d = op.kernel_size[a], op.stride[a], op.dilation[a]
        if op.padding == "same":  # what a SAME convolution of this stride would make n of
            sizes.append(max(size for size in range(1, 200) if len(windows(size, k, s, "same", d)) == n))
            continue
        reached = range(max(start + d * tap for start in range(0, len(range(n)) * s, s) for tap in range(k)) + 1)
        sizes.append(len(reached[op.padding[a] : len(reached) - op.padding[a]]))
    weights, macs = set(), 0
    groups = zip(chunks(range(shape[0]), op.groups), chunks(range(op.out_channels), op.groups), strict=True)
    for inputs, outputs in groups:
        for channel, _, _, out in product(inputs, range(shape[1]), range(shape[2]), outputs):
            for tap in product(range(op.kernel_size[0]), range(op.kernel_size[1])):
                weights.add((channel, out, tap))
                macs += 1
    return _with_bias(op, (op.out_channels, *sizes), weights, macs)


def linear(op: ops.Linear, shape: Shape) -> Counted:
    weights, macs = set(), 0
    for out in range(op.out_features):
        for element in positions(shape):
            weights.add((out, element))
            macs += 1
    return _with_bias(op, (op.out_features, 1, 1), weights, macs)


def _pooled(op: Any, shape: Shape) -> tuple[Shape, Iterator[tuple[int, ...]]]:
    """The output's shape, and all windows as lists of taps."""
    ys, xs = _axes(op, shape)
    taps = (tuple(range(len(list(product(y, x))))) for _, y, x in product(range(shape[0]), ys, xs))
    return (shape[0], len(ys), len(xs)), taps


def largest(op: ops.MaxPool, shape: Shape) -> Counted:
    out, taps = _pooled(op, shape)
    compares = 0
    for window in taps:
        best = None
        for element in window:
            if best is not None:
                compares += 1
            best = element
    return Counted((out,), {}, {"compare": compares})


def mean(op: ops.AvgPool, shape: Shape) -> Counted:
    out, taps = _pooled(op, shape)
    adds = divisions = 0
    for window in taps:
        total = None
        for element in window:
            if total is not None:
                adds += 1
            total = element
        divisions += 1
    return Counted((out,), {}, {"add": adds, "div": divisions})


def sum_of(op: ops.Add, *shapes: Shape) -> Counted:
    out = repeated(*shapes)
    adds = muls = 0
    for _ in positions(out):
        total = None
        for _ in shapes:
            if op.weighted != "none":
                muls += 1
            if total is not None:
                adds += 1
            total = 0
    work, weights = {"add": adds}, {}
    if op.weighted != "none":
        weights = {"weight": len({operand for operand, _ in enumerate(shapes)})}
        work["mul"] = muls
        if op.weighted != "unbounded":  # each weight is divided by the sum of all
            work["normalize"] = len([operand for operand, _ in enumerate(shapes)])
    return Counted((out,), weights, work)


def response_norm(op: ops.LocalResponseNorm, shape: Shape) -> Counted:
    squares = norms = 0
    for _ in positions(shape):
        for _ in range(op.size):
            squares += 1
        norms += 1
    return Counted((shape,), {}, {"norm": norms, "square_sum": squares})


def shuffled(op: ops.ChannelShuffle, shape: Shape) -> Counted:
    groups = chunks(range(shape[0]), op.groups)
    channels = [channel for several in zip(*groups, strict=True) for channel in several]
    assert sorted(channels) == list(range(shape[0]))
    return Counted(((len(channels), *shape[1:]),), {}, {})


def padded(op: ops.Pad, shape: Shape) -> Counted:
    rows = [*range(op.before[0]), *range(shape[1]), *range(op.after[0])]
    columns = [*range(op.before[1]), *range(shape[2]), *range(op.after[1])]
    return Counted(((shape[0], len(rows), len(columns)),), {}, {})


def resized(op: ops.Resize, shape: Shape) -> Counted:
    out = (shape[0], *op.size)
    return Counted((out,), {}, over(out, op.mode))


BASIC_LOOPS: dict[type[ops.Op], Callable[..., Counted]] = {
    ops.Conv2d: convolution,
    ops.ConvTranspose2d: transposed_convolution,
    ops.Linear: linear,
    ops.MaxPool: largest,
    ops.GlobalMaxPool: largest,
    ops.AvgPool: mean,
    ops.GlobalAvgPool: mean,
    ops.Resize: resized,
    ops.RoiAlign: lambda op, shape: resized(ops.Resize(op.size, "bilinear"), shape),
    ops.LocalResponseNorm: response_norm,
    ops.Activation: lambda op, shape: Counted((shape,), {}, over(shape, op.function)),
    ops.Add: sum_of,
    ops.PadAdd: lambda op, wide, narrow: Counted((wide,), {}, over(narrow, "add")),
    ops.ChannelShuffle: shuffled,
    ops.Dropout: lambda op, shape: Counted((shape,), {}, {}),
    ops.Flatten: lambda op, shape: Counted(((len(list(positions(shape))), 1, 1),), {}, {}),
    ops.Pad: padded,
    ops.Crop: lambda op, shape: Counted(((shape[0], *op.size),), {}, {}),
}
