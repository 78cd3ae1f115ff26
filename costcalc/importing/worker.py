"""The process in which a user's code runs: ``python -m costcalc.importing.worker REQUEST ANSWER``.

A process of its own, since a trace that takes too long leaves PyTorch unusable, and since that code may print, exit or
use up the memory. The answer is a JSON file: traces, or what went wrong and at which line of the user's.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import itertools
import json
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from .record import Shape, Trace

_HERE = os.path.dirname(os.path.abspath(__file__))


class NotTraced(Exception):
    """What the user is told."""


def main(request_path: str, answer_path: str) -> None:
    """Read the request, write the answer."""
    with open(request_path, encoding="utf-8") as file:
        request = json.load(file)
    _limit(request["timeout"])
    try:
        answer = _answer(request)
    except NotTraced as e:
        answer = {"error": str(e)}
    with open(answer_path, "w", encoding="utf-8") as file:
        json.dump(answer, file)


def _limit(seconds: int) -> None:
    """End this process when it has used ``seconds`` of CPU time."""
    try:
        import resource
    except ImportError:  # not on this system: the caller's limit of elapsed time is what there is
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    module, name = _module(request)
    readings = [[tuple(shape) for shape in one] for one in request["inputs"]]
    first, second, why = both_traces(module, name, readings, request["check_size"])
    return {
        "first": first.to_json(),
        "second": second.to_json() if second else None,
        "why_no_second": why,
    }


def both_traces(
    module: Any, name: str, readings: Sequence[Sequence[Shape]], check_size: int | None
) -> tuple[Trace, Trace | None, str]:
    """A module at the first reading of its inputs' shapes that it takes, and at another size, or why not.

    Raises :class:`NotTraced`.
    """
    import copy

    module = copy.deepcopy(module).eval().to("meta")
    first, shapes = _first(module, name, readings)
    return first, *_second(module, name, shapes, check_size)


# --- the module ------------------------------------------------------------------------------------------------------


def _module(request: dict[str, Any]) -> tuple[Any, str]:
    try:
        import torch
    except ImportError:
        raise NotTraced("costcalc import of Python code needs PyTorch: pip install costcalc[torch]") from None
    where, attribute = request["where"], request["attribute"]
    sys.path.insert(0, request["folder"])
    found: Any = _loaded(where)
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise NotTraced(f"{where} has no {part}{_alike(part, found)}")
        found = getattr(found, part)
    made = found if isinstance(found, torch.nn.Module) else _made(found, attribute, request["kwargs"])
    if not isinstance(made, torch.nn.Module):
        raise NotTraced(f"{attribute} gives a {type(made).__name__} and no torch.nn.Module")
    name = attribute.rsplit(".", 1)[-1]
    return made, name


def _alike(name: str, owner: Any) -> str:
    from ..errors import nearest

    return nearest(name, [known for known in dir(owner) if not known.startswith("_")])


def _loaded(where: str) -> Any:
    try:
        if where.endswith(".py"):
            spec = importlib.util.spec_from_file_location(os.path.basename(where)[:-3], where)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[spec.name] = module
            spec.loader.exec_module(module)
            return module
        return importlib.import_module(where)
    except ModuleNotFoundError as e:
        if e.name and (where == e.name or where.startswith(f"{e.name}.")):
            raise NotTraced(f"there is no module {e.name}") from None
        raise _refusal(f"{where} can't be imported", e) from None
    except BaseException as e:
        raise _refusal(f"{where} can't be imported", e) from None


def _made(call: Any, name: str, kwargs: dict[str, Any]) -> Any:
    import torch

    if not callable(call):
        raise NotTraced(f"{name} is a {type(call).__name__} and can't be called")
    _check_arguments(call, name, kwargs)
    try:
        with torch.device("meta"):
            return call(**kwargs)
    except Exception as on_meta:  # some constructors compute with their weights; they get real ones
        try:
            return call(**kwargs)
        except BaseException as e:
            raise _refusal(f"{name} can't be made", e if type(e) is not type(on_meta) else on_meta) from None
    except BaseException as e:
        raise _refusal(f"{name} can't be made", e) from None


def _check_arguments(call: Any, name: str, kwargs: dict[str, Any]) -> None:
    try:
        signature = inspect.signature(call)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(**kwargs)
    except TypeError as e:
        raise NotTraced(f"{name} can't be called so: {e}; --kwargs gives arguments as a JSON object") from None


# --- traces ----------------------------------------------------------------------------------------------------------


def _first(module: Any, name: str, readings: Sequence[Sequence[Shape]]) -> tuple[Trace, tuple[Shape, ...]]:
    """The trace at the first reading of the inputs' shapes that the module takes."""
    from .tracing import mult_adds, traced

    if not readings:
        readings = [[(1, *_own_size(module))]]
    failure: BaseException | None = None
    for shapes in itertools.product(*readings):
        try:
            counted = mult_adds(module, shapes)
        except BaseException as e:
            failure = failure or e
            continue
        try:
            return traced(module, shapes, name, counted), shapes
        except BaseException as e:
            raise _refusal("PyTorch can't trace it: control flow, or numbers, that depend on values?", e) from None
    shown = ", ".join("x".join(map(str, one[0])) for one in readings)
    assert failure is not None
    if "meta tensor" in str(failure):
        raise _refusal("PyTorch can't trace it: control flow, or numbers, that depend on values", failure)
    raise _refusal(f"the module doesn't take an input of {shown}", failure)


def _own_size(module: Any) -> tuple[int, ...]:
    """The input that a module of timm says it is for, else an image of 224."""
    for attribute in ("pretrained_cfg", "default_cfg"):
        size = (getattr(module, attribute, None) or {}).get("input_size")
        if isinstance(size, tuple | list):
            return tuple(size)
    return (3, 224, 224)


def _second(module: Any, name: str, shapes: tuple[Shape, ...], size: int | None) -> tuple[Trace | None, str]:
    """The trace at another size of the first input, or why there is none."""
    from .tracing import mult_adds, traced

    why = "an input without height and width has one size"
    for other in _others(shapes, size):
        try:
            return traced(module, other, name, mult_adds(module, other)), ""
        except BaseException as e:
            why = why if why.startswith("at") else f"at {_size_text(other[0])} the module says: {_reason(e)}"
    return None, why


def _others(shapes: tuple[Shape, ...], size: int | None) -> list[tuple[Shape, ...]]:
    """Other sizes to try. All inputs that are as large as the first grow with it."""
    first = shapes[0]
    if len(first) < 3:
        return []
    side = first[-1]
    new = [size] if size else [(side // 32 + 1) * 32, 2 * side]
    return [tuple(_resized(shape, first, number) for shape in shapes) for number in new]


def _resized(shape: Shape, first: Shape, size: int) -> Shape:
    """``shape`` with its last side at ``size`` and the one before in proportion, if it has the first one's sides."""
    axes = 1 if len(first) == 3 else 2
    if shape[-axes:] != first[-axes:]:
        return shape
    sides = tuple(size if side == first[-1] else -(-side * size // first[-1]) for side in first[-axes:])
    return (*shape[:-axes], *sides)


def _size_text(shape: Shape) -> str:
    return "x".join(map(str, shape[1:]))


# --- refusals --------------------------------------------------------------------------------------------------------


def _refusal(what: str, error: BaseException) -> NotTraced:
    place = _last_own_line(error)
    return NotTraced(f"{what}: {_reason(error)}" + (f", at {place}" if place else ""))


def _reason(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = lines[0] if lines else ""
    name = type(error).__name__
    return (f"{name}: {text}" if text else name)[:300]


def _last_own_line(error: BaseException) -> str:
    """The last line of the user's own code: none of PyTorch's, of this program's or of Python's."""
    import torch

    foreign = (os.path.dirname(os.path.abspath(torch.__file__)), _HERE, os.path.dirname(os.path.abspath(os.__file__)))
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith("<")
        and ("site-packages" in frame.filename or not frame.filename.startswith(foreign[2]))
        and not frame.filename.startswith(foreign[:2])
    ]
    return f"{frames[-1].filename}:{frames[-1].lineno}: {frames[-1].line}" if frames else ""


if __name__ == "__main__":
    main(*sys.argv[1:])
