"""What a used network gave, and whether two results have the same shapes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..arithmetic import equal, is_array, is_symbolic
from ..graph import Path, Tensor


class NetResult:
    """What a used network gave: its result, and by their names the results of its rows and steps.

    ``features``: the names that it has for some of these, each with the labels that lead there.
    """

    __slots__ = ("features", "path", "record", "value")

    def __init__(
        self, value: Any, record: dict[Path, Any], path: Path, features: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.features = features or {}
        self.value = value
        self.record = record
        self.path = path


def same_shapes(a: Any, b: Any, alike: Callable[[Any, Any], bool] | None = None) -> bool:
    """Whether ``a`` and ``b``, tensors or several, have the same shapes."""
    alike = alike or same
    if isinstance(a, NetResult):
        a = a.value
    if isinstance(b, NetResult):
        b = b.value
    if type(a) is Tensor and type(b) is Tensor:
        return len(a.shape) == len(b.shape) and all(map(alike, a.shape, b.shape))
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b):
        return all(same_shapes(x, y, alike) for x, y in zip(a, b, strict=True))
    return False


def same(a: Any, b: Any) -> bool:
    """Whether two sizes are the same: everywhere for arrays, identically for symbols."""
    if a is b:
        return True
    if is_symbolic(a) or is_symbolic(b):
        return equal(a, b) is True
    result = a == b
    return bool(result.all()) if is_array(result) else bool(result)
