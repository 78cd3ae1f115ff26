"""Sizes under sliding windows. ``padding`` is "same", or for each axis the pixels on each side."""

from __future__ import annotations

from itertools import repeat
from typing import Any

from ..arithmetic import ceil_div, floordiv, minimum
from .base import Shape, Sizes, size_text
from .seen import Seen

Padding = Any
"""``"same"`` or (pixels above and below, pixels left and right)."""


def window_sizes(size: Any, kernel: Any, stride: Any, padding: Padding, dilation: Any, ceil: bool = False) -> Any:
    """:func:`window_size` along each axis."""
    if padding == "same":
        return map(ceil_div, size, stride)
    return map(window_size, size, kernel, stride, padding, dilation, repeat(ceil))


def too_large(kernel: Sizes, padding: Padding, size: Sizes) -> str:
    """What to say of a window that doesn't fit into an input of ``size`` even once."""
    padded = "" if padding == "same" or not any(padding) else " padded"
    return f"a {size_text(kernel)} window is larger than the{padded} input of {size_text(size)}"


def window_size(n: Any, k: Any, s: Any, pad: Any, d: Any = 1, ceil: bool = False) -> Any:
    """Positions of a window of ``k`` with stride ``s`` and dilation ``d`` along ``n`` pixels.

    ``same``: ⌈n/s⌉. Else ⌊(n + 2·pad - d(k-1) - 1)/s⌋ + 1, or ⌈…⌉ with ``ceil``, where the last window must
    still begin inside the input or its first padding (as PyTorch has it).
    """
    if isinstance(pad, str):
        return ceil_div(n, s)
    reach = n + 2 * pad - d * (k - 1) - 1
    if not ceil:
        return floordiv(reach, s) + 1
    out = ceil_div(reach, s) + 1
    if type(k) is int and type(s) is int and type(pad) is int and pad + s <= k:
        return out  # such a window never begins beyond the input
    return minimum(out, ceil_div(n + pad, s))


def same_padding(n: int, k: int, s: int, d: int = 1) -> tuple[int, int]:
    """Pixels before and after that ``same`` adds along ``n``: as TensorFlow does, the odd one after."""
    total = max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
    return total // 2, total - total // 2


def seen_by_windows(shape: Shape, kernel: Sizes, stride: Sizes, padding: Padding, dilation: Sizes) -> tuple[Seen, ...]:
    """d(k-1) + 1 elements along each axis, the first output's begun by the padding before the map."""
    made = []
    for axis, (n, k, s, d) in enumerate(zip(shape[1:], kernel, stride, dilation, strict=True)):
        before = same_padding(n, k, s, d)[0] if padding == "same" else padding[axis]
        made.append(Seen(d * (k - 1) + 1, s, before))
    return tuple(made)


def seen_by_transposed(kernel: Sizes, stride: Sizes, padding: Padding, dilation: Sizes) -> tuple[Seen, ...]:
    """A transposed convolution: output o has the inputs i with i·s + d·j - pad = o, 0 ≤ j < k.

    They lie between (o + pad - d(k-1))/s and (o + pad)/s: among at most ⌈(d(k-1) + 1)/s⌉.
    """
    made = []
    for axis, (k, s, d) in enumerate(zip(kernel, stride, dilation, strict=True)):  # where s > 1, s see the same first
        reach = d * (k - 1)
        pad = max(reach + 1 - s, 0) // 2 if padding == "same" else padding[axis]
        made.append(Seen(-(-(reach + 1) // s), finer=s, before=None if s > 1 else reach - pad))
    return tuple(made)
