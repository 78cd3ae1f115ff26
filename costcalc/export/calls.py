"""A layer as the call that makes one like it, with no argument that is the default."""

from __future__ import annotations

import inspect
import math
from typing import Any

from torch import nn

from ..errors import CostcalcError
from ..witness import along, learned, parts, products, rearranging, windows

OWN = (parts, rearranging, products, learned, along, windows)
"""Modules whose classes a file of its own brings along."""


def constructor(module: nn.Module) -> str:
    """Such as ``nn.Conv2d(3, 32, 3, stride=2, padding=1, bias=False)``."""
    cls = type(module)
    own = cls.__module__ in [file.__name__ for file in OWN]
    if not own and getattr(nn, cls.__name__, None) is not cls:
        raise CostcalcError(f"a file that needs PyTorch alone can't have {cls.__name__} of {cls.__module__}")
    name = cls.__name__ if own else f"nn.{cls.__name__}"
    if "weight" in module._buffers and not own:
        return f"fixed({name}({', '.join(_arguments(module))}))"
    if isinstance(module, nn.Sequential):
        return f"{name}({', '.join(map(constructor, module))})"
    if own and not any(base is not nn.Module and vars(nn).get(base.__name__) is base for base in cls.__mro__):
        return f"{name}({module.extra_repr()})"
    return f"{name}({', '.join(_arguments(module))})"


def _arguments(module: nn.Module) -> list[str]:
    found: list[str] = []
    named = False
    # These look at their sizes per axis, and PyTorch's pools keep them as they are given.
    in_short = not isinstance(module, (windows.SameMaxPool, windows.SameAvgPool))
    for name, parameter in inspect.signature(type(module)).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or not hasattr(module, name):
            continue
        value = getattr(module, name)
        value = _short(value) if in_short else value
        if name == "bias":  # the tensor, or None
            value = module.bias is not None
        if parameter.default is not parameter.empty:
            named = True
            if value == parameter.default:
                continue
        found.append(f"{name}={_written(value)}" if named else _written(value))
    return found


def _short(value: Any) -> Any:
    """A size per axis is one where all are alike."""
    if isinstance(value, tuple) and len(set(value)) == 1:
        return value[0]
    return value


def _written(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)
