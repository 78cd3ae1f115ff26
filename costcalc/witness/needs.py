"""What a user can lack: PyTorch, memory, a device. Each is one line."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import CostcalcError, UsageError

INSTALL = "pip install 'costcalc[torch]'"
_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "Storage size calculation overflowed")
MAX_REASON = 300


class OutOfMemory(CostcalcError):
    """The module, or a forward pass through it, doesn't fit."""


def require_torch(who: str) -> None:
    """Raises :class:`UsageError` unless torch can be imported; ``who`` needs it."""
    try:
        import torch  # noqa: F401
    except ModuleNotFoundError as e:
        if e.name not in (None, "torch"):
            raise UsageError(f"{who} needs PyTorch, whose import fails: {reason(e)}") from e
        raise UsageError(f"{who} needs PyTorch: {INSTALL}") from e
    except (ImportError, OSError) as e:
        raise UsageError(f"{who} needs PyTorch, whose import fails: {reason(e)}") from e


def torch_version() -> str:
    """The version of PyTorch that measures, such as 2.13.0+cpu."""
    import torch

    return str(torch.__version__)


def require_device(device: str) -> None:
    """Raises :class:`UsageError` if torch has no such device here."""
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise UsageError("PyTorch finds no cuda device here; there are cpu and meta")


def reason(e: BaseException) -> str:
    """The kind of an error and the first line of what it says."""
    lines = [line.strip() for line in str(e).split("\n") if line.strip()]
    if not lines:
        return type(e).__name__
    text = f"{type(e).__name__}: {lines[0]}"
    return text if len(text) <= MAX_REASON else f"{text[:MAX_REASON]}…"


def is_out_of_memory(e: BaseException) -> bool:
    """Whether memory was what lacked. On the CPU PyTorch says so by the text of a RuntimeError only."""
    return isinstance(e, MemoryError) or (isinstance(e, RuntimeError) and any(t in str(e) for t in _NO_MEMORY))


@contextmanager
def memory(what: str, instead: str = "; --device meta needs next to none") -> Iterator[None]:
    """Raises :class:`OutOfMemory` with what ended for lack of it."""
    try:
        yield
    except (RuntimeError, MemoryError) as e:
        if not is_out_of_memory(e):
            raise
        gc.collect()
        raise OutOfMemory(f"{what} needs more memory than there is{instead}") from e
