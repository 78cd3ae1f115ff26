"""What a call's arguments are in full and in one form each, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from ..errors import CostcalcError
from ..evaluate.arguments import REQUIRED
from ..evaluate.built_in import BUILT_IN
from .calls import LayerCall, Value

_LISTS = ("n", "by")
"""Arguments of split and roll that are lists, where others have a size such as 3x3."""
_SIZES = ("k", "size")
"""Arguments that stay a number for each axis, where others are one number if all are alike."""
_POOLS = ("maxpool", "avgpool")
_CONVOLUTIONS = ("conv", "dwconv", "deconv")

Defaults = Mapping[str, Mapping[str, Value]]
"""What a spec's ``defaults`` say: by layer, the arguments that it starts from."""


def in_full(call: LayerCall) -> dict[str, Value]:
    """Every argument of ``call``, each in one form: a stride 3x3 is 3, a padding of 0 none; no bias that is as usual.

    Raises :class:`CostcalcError` for what the language hasn't got.
    """
    layer = BUILT_IN.get(call.word)
    unknown = set(call.arguments) - set(layer.defaults if layer else ())
    if layer is None or unknown:
        raise CostcalcError(f"the language has no {call.word}({', '.join(sorted(unknown))})")
    found: dict[str, Value] = {**layer.defaults, **call.arguments}
    missing = [name for name, value in found.items() if value is REQUIRED]
    if missing:
        raise CostcalcError(f"{call.word} needs {', '.join(missing)}")
    axes = len(call.outputs[0]) - 1
    for name, value in found.items():
        if name in _SIZES and type(value) is int:
            found[name] = (value,) * axes
        elif isinstance(value, tuple) and name not in _SIZES and name not in _LISTS:
            found[name] = one_if_alike(value)
    if found.get("pad") == 0:
        found["pad"] = "none"
    if call.word == "split" and isinstance(found["n"], tuple) and len(set(found["n"])) == 1:
        found["n"] = len(found["n"])
    if call.word == "crop" and found["left"] == 0 and found["top"] is not None:
        found["left"] = None
    kernel = found.get("k")
    if call.word in _POOLS and isinstance(kernel, tuple) and found["s"] in (kernel, one_if_alike(kernel)):
        found["s"] = None
    if call.word in _CONVOLUTIONS:
        if isinstance(kernel, tuple) and set(kernel) == {1} and found["pad"] == "none":
            found["pad"] = "same"
        if found["bias"] == usual_bias(found):
            found["bias"] = None
    return found


def usual_bias(arguments: Mapping[str, Value]) -> bool:
    """Whether a convolution of these arguments has a bias if nothing is said of it."""
    return arguments["norm"] == "none" and not arguments["fixed"]


def one_if_alike(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    """3 for 3x3."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def value_text(value: Value, name: str = "") -> str:
    """``3x3``, ``yes``, ``relu``; ``[4, 4]`` of an argument that is a list."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, tuple):
        return str(value)
    if name in _LISTS or min(value) < 1:
        return f"[{', '.join(map(str, value))}]"
    return "x".join(map(str, value))


@cache
def positional(word: str) -> tuple[str, ...]:
    """Arguments that are written without their names: those that must be given, a number in front, a stride behind."""
    layer = BUILT_IN[word]
    if layer.joins:
        return (layer.by_position,) if layer.by_position else ()
    found: list[str] = []
    for name, default in layer.defaults.items():
        number_in_front = not found and not isinstance(default, bool | str)
        if default is not REQUIRED and not number_in_front and not (found and name == "s"):
            break
        found.append(name)
    return tuple(found)
