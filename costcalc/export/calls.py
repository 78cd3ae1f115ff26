"""A layer as the call that makes one like it, as data: so that calls of several layers can be one with parameters."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from torch import nn

from ..errors import CostcalcError
from ..witness import along, learned, parts, products, rearranging, windows
from ..witness.module import ModuleGroup

OWN = (parts, rearranging, products, learned, along, windows)
"""Modules whose classes a file of its own brings along."""
REQUIRED: Any = inspect.Parameter.empty
NAMED: Any = type("Named", (), {})()
"""In place of a default: an argument that is always there, by its name."""
WIDTH = 120
INDENT = "    "


class Argument(NamedTuple):
    """An argument: without a name it stands in the call's template. ``default`` is what it may be left out for."""

    name: str
    value: Any
    default: Any = REQUIRED


class Construction(NamedTuple):
    """A call of ``function``. ``template`` is the text of its arguments where they have no names, ``{}`` for each.

    ``children`` are the layers below its name; ``form`` says how they stand in the call: as a "group" of layers by
    name, "held" as operands, as a "sequence", or not at all.
    """

    function: str
    arguments: tuple[Argument, ...] = ()
    template: str = ""
    children: tuple[tuple[str, Construction], ...] = ()
    form: str = ""
    is_fixed: bool = False


def described(module: nn.Module, inside: Callable[[str, nn.Module], Construction] | None = None) -> Construction:
    """The call of a layer, and of those below it; ``inside`` describes those by their label."""
    below = inside or _by_itself
    if type(module) is ModuleGroup:
        return Construction("Layers", children=_below(module, below), form="group")
    if isinstance(module, nn.Sequential):
        return Construction(
            "nn.Sequential", children=tuple((k, described(m)) for k, m in module._modules.items()), form="sequence"
        )
    call = _layer(module)
    return call._replace(children=_below(module, below), form="held") if module._modules else call


def _by_itself(label: str, module: nn.Module) -> Construction:
    return described(module)


def _below(module: nn.Module, below: Callable[[str, nn.Module], Construction]) -> tuple[tuple[str, Construction], ...]:
    return tuple((label, below(label, child)) for label, child in module._modules.items() if child is not None)


def _layer(module: nn.Module) -> Construction:
    cls = type(module)
    own = cls.__module__ in [file.__name__ for file in OWN]
    if not own and getattr(nn, cls.__name__, None) is not cls:
        raise CostcalcError(f"a file that needs PyTorch alone can't have {cls.__name__} of {cls.__module__}")
    name = cls.__name__ if own else f"nn.{cls.__name__}"
    is_torchs = any(base is not nn.Module and vars(nn).get(base.__name__) is base for base in cls.__mro__)
    if own and (not is_torchs or isinstance(module, nn.RNNBase)):  # which takes any arguments, and says them itself
        text = module.extra_repr()
        numbers = tuple(Argument("", int(n)) for n in re.findall(_NUMBER, text))
        return Construction(name, numbers, re.sub(_NUMBER, "{}", text.replace("{", "{{").replace("}", "}}")))
    return Construction(name, tuple(_arguments(module)), is_fixed="weight" in module._buffers and not own)


_NUMBER = r"(?<![\w.])\d+(?![\w.])"


def _arguments(module: nn.Module) -> list[Argument]:
    found: list[Argument] = []
    # These look at their sizes per axis, and PyTorch's pools keep them as they are given.
    in_short = not isinstance(module, windows.SameMaxPool | windows.SameAvgPool)
    for name, parameter in inspect.signature(type(module)).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) or not hasattr(module, name):
            continue
        value = getattr(module, name)
        if name == "bias":  # the tensor, or None
            value = module.bias is not None
        found.append(Argument(name, _short(value) if in_short else value, parameter.default))
    return found


def _short(value: Any) -> Any:
    """A size per axis is one where all are alike."""
    if isinstance(value, tuple) and len(set(value)) == 1:
        return value[0]
    return value


# -- as text

Say = Callable[[Argument, tuple[Any, ...]], str | None]
"""An argument, and its place in a call, as an expression; None where it is its own value."""


def written(
    call: Construction, depth: int, say: Say | None = None, place: tuple[Any, ...] = (), before: int = 0
) -> str:
    """The call as an expression, on one line if it fits behind ``before`` characters."""
    flat = _flat(call, say, place)
    if flat is not None and before + len(INDENT) * depth + len(flat) <= WIDTH:
        return flat
    inner = INDENT * (depth + 1)
    named = call.form == "group" and _plain(call)
    rows = []
    for label, child in call.children:
        key = f"{label}=" if named else f"{_quoted(label)}: "
        text = written(child, depth + 1, say, (*place, label), len(key) + 1)
        rows.append(f"{inner}{key}{text},\n")
    if not rows or call.form == "sequence":
        assert flat is not None
        return flat
    end = INDENT * depth
    if named:
        return f"Layers(\n{''.join(rows)}{end})"
    entries = f"{{\n{''.join(rows)}{end}}}"
    return f"Layers({entries})" if call.form == "group" else f"holding({_own(call, say, place)}, {entries})"


def _quoted(label: str) -> str:
    return '"' + label.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _plain(call: Construction) -> bool:
    import keyword

    labels = [label for label, _ in call.children]
    return all(n.isascii() and n.isidentifier() and not keyword.iskeyword(n) and n != "self" for n in labels)


def _flat(call: Construction, say: Say | None, place: tuple[Any, ...]) -> str | None:
    parts = []
    for label, child in call.children:
        text = _flat(child, say, (*place, label))
        if text is None:
            return None
        if call.form == "sequence":
            parts.append(text)
        else:
            parts.append(f"{label}={text}" if call.form == "group" and _plain(call) else f"{_quoted(label)}: {text}")
    inside = ", ".join(parts)
    if call.form == "sequence":
        return f"{call.function}({inside})"
    if call.form == "group":
        return f"Layers({inside})" if _plain(call) and parts else f"Layers({{{inside}}})" if parts else "Layers()"
    return f"holding({_own(call, say, place)}, {{{inside}}})" if parts else _own(call, say, place)


def _own(call: Construction, say: Say | None, place: tuple[Any, ...]) -> str:
    """A layer without those below it."""
    texts = []
    named = False
    for k, argument in enumerate(call.arguments):
        said = say(argument, (*place, k)) if say is not None else None
        if argument.default is not REQUIRED:
            named = True
            if said is None and _same(argument.value, argument.default):
                continue
        text = _literal(argument.value) if said is None else said
        texts.append(f"{argument.name}={text}" if named and argument.name else text)
    inside = call.template.format(*texts) if call.template else ", ".join(texts)
    text = f"{call.function}({inside})"
    return f"fixed({text})" if call.is_fixed else text


def _same(value: Any, default: Any) -> bool:
    return (type(value) is type(default) and bool(value == default)) or value is default


def _literal(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)
