"""A module of the user's own: loaded, called, and its convolutions and linear layers watched as they run.

This runs code of the user's choosing. Whatever goes wrong in it is one :class:`ForeignError`, its cause attached.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from typing import Any, TypeVar

from torch import nn

from ..errors import CostcalcError, UsageError, quoted
from ..record import Record
from .measuring import counting, mult_adds, random_inputs
from .needs import is_out_of_memory, memory, reason
from .rest import Rest, rest_of
from .uses import Use
from .watching import Watch

T = TypeVar("T")


class ForeignError(CostcalcError):
    """The user's own code failed; ``__cause__`` says where."""


class Foreign(Record):
    """What was measured of a module: its convolutions and linear layers in the order in which they ran.

    ``params`` are trainable; ``frozen`` are those that aren't, ``idle`` those of ``params`` whose module didn't run.
    ``mult_adds`` are PyTorch's count, ``elsewhere`` those of them outside of the layers in ``uses``. ``rest`` is what
    else there is. ``inputs`` are the shapes that it was given.
    """

    uses: list[Use]
    params: int
    mult_adds: int
    frozen: int
    idle: int
    elsewhere: int
    rest: Rest
    inputs: list[tuple[int, ...]]


def parse_kwargs(text: str | None) -> dict[str, Any]:
    """The keyword arguments that a JSON object has."""
    if text is None:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as e:
        raise UsageError(f'--kwargs takes a JSON object such as {{"classes": 10}}; {quoted(text)} isn\'t: {e}') from e
    if not isinstance(found, dict):
        raise UsageError(f'--kwargs takes a JSON object such as {{"classes": 10}}, not {quoted(text)}')
    return found


def load_module(target: str, kwargs: Mapping[str, Any], device: str) -> nn.Module:
    """The module that ``package.module:callable`` gives for ``kwargs``, on ``device``.

    The current directory is importable. Raises :class:`UsageError` for a wrong target, :class:`ForeignError` for what
    fails in it, :class:`.needs.OutOfMemory`.
    """
    path, colon, name = target.partition(":")
    if not (path and colon and name):
        raise UsageError(f"--against takes MODULE:CALLABLE, such as my_package.models:my_net, not {quoted(target)}")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    importlib.invalidate_caches()
    found: Any = _attempt(f"can't import {quoted(path)}", lambda: importlib.import_module(path))
    for label in name.split("."):
        if not hasattr(found, label):
            raise UsageError(f"{quoted(path)} has nothing called {quoted(name)}")
        found = getattr(found, label)
    if not isinstance(found, nn.Module):
        if not callable(found):
            raise UsageError(f"{quoted(target)} can't be called: it is of type {type(found).__name__}")
        call, told = found, f"{target}({', '.join(f'{k}={v!r}' for k, v in kwargs.items())})"
        with memory("the module", ""):
            found = _attempt(f"{told} failed", lambda: call(**kwargs))
    elif kwargs:
        raise UsageError(f"{quoted(target)} is a module already, so that --kwargs go nowhere")
    if not isinstance(found, nn.Module):
        raise UsageError(f"{quoted(target)} gives no torch.nn.Module; what it gives is of type {type(found).__name__}")
    module: nn.Module = found
    with memory("the module"):
        return _attempt(f"the module can't go to {device}", lambda: module.to(device).eval())


def watch(module: nn.Module, shapes: dict[str, tuple[int, ...]], device: str) -> Foreign:
    """A forward pass on random inputs of ``shapes``, in their order. Raises :class:`ForeignError`.

    A module of one-dimensional convolutions gets inputs of height 1 without that axis.
    """
    axis = (
        2 if _is_of_sequences(module) and all(len(shape) == 3 and shape[1] == 1 for shape in shapes.values()) else None
    )
    with memory("the forward pass"), counting() as counter:
        with Watch(module, lambda: mult_adds(counter)) as seen:
            inputs = [x if axis is None else x.squeeze(axis) for x in random_inputs(shapes, device)]
            told = " and ".join("x".join(map(str, x.shape)) for x in inputs)
            made = _attempt(f"the forward pass on a random input of {told} failed", lambda: module(*inputs))
        total = mult_adds(counter)
    trained = {id(p): p.numel() for p in module.parameters() if p.requires_grad}
    used = {id(p) for m in module.modules() if id(m) in seen.ran for p in m.parameters(recurse=False)}
    every = sum(p.numel() for p in module.parameters())
    params = sum(trained.values())
    idle = sum(n for key, n in trained.items() if key not in used)
    elsewhere = total - sum(u.mult_adds for u in seen.uses)
    rest = rest_of(module, seen.compared, seen.ran, made)
    return Foreign(seen.uses, params, total, every - params, idle, elsewhere, rest, [tuple(x.shape) for x in inputs])


def _is_of_sequences(module: nn.Module) -> bool:
    """Whether its convolutions are all one-dimensional."""
    axes = {len(m.kernel_size) for m in module.modules() if isinstance(m, nn.modules.conv._ConvNd)}
    return axes == {1}


def _attempt(what: str, run: Callable[[], T]) -> T:
    """``run()``. What it prints goes to stderr: stdout is for results."""
    try:
        with redirect_stdout(sys.stderr):
            return run()
    except (MemoryError, CostcalcError):
        raise
    except (Exception, SystemExit) as e:
        if is_out_of_memory(e):
            raise
        raise ForeignError(f"{what}: {reason(e)}") from e
