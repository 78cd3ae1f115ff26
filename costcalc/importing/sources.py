"""What a user names as the source of an import: a callable of a module or a file, with the inputs it takes."""

from __future__ import annotations

import json
import os
import re
from typing import Any, NamedTuple

from ..errors import UsageError, quoted
from .record import Shape

MAX_ELEMENTS = 2**31
_FORM = re.compile(r"(?:(?P<name>[^\W\d]\w*)=)?(?P<sizes>[1-9]\d{0,8}(?:x[1-9]\d{0,8})*)")


class CodeSource(NamedTuple):
    """``where``: a file that ends in .py, or the dotted name of a module. ``attribute``: dotted, inside of it."""

    where: str
    attribute: str

    @property
    def is_file(self) -> bool:
        """Whether ``where`` is a path."""
        return self.where.endswith(".py")


class InputShape(NamedTuple):
    """What ``--input`` says: perhaps the name of an input, and its sizes as they were given."""

    name: str
    sizes: Shape

    def readings(self) -> tuple[Shape, ...]:
        """The shapes that may be meant, the likeliest first: with a batch of 1 in front, or as it stands."""
        batched = (1, *self.sizes)
        if self.sizes[0] != 1 or len(self.sizes) == 1:
            return (batched,)
        return (self.sizes, batched) if len(self.sizes) > 3 else (batched, self.sizes)


def code_source(text: str) -> CodeSource:
    """``package.module:callable`` or ``file.py:callable``. Raises :class:`UsageError`."""
    where, colon, attribute = text.rpartition(":")
    dotted = all(part.isidentifier() for part in attribute.split("."))
    if not colon or not where or not dotted or not (where.endswith(".py") or _is_dotted(where)):
        raise UsageError(f"{quoted(text)} is no source: give package.module:callable, file.py:callable or a .onnx file")
    if where.endswith(".py") and not os.path.isfile(where):
        raise UsageError(f"{quoted(where)}: no such file")
    return CodeSource(where, attribute)


def _is_dotted(where: str) -> bool:
    return all(part.isidentifier() for part in where.split("."))


def input_shape(text: str) -> InputShape:
    """``3x224x224`` or ``left=3x224x224``. Raises :class:`UsageError`."""
    found = _FORM.fullmatch(text.replace("×", "x"))
    if found is None:
        raise UsageError(f"--input {quoted(text)}: sizes are whole numbers, channels first, as in 3x224x224")
    sizes = tuple(int(size) for size in found["sizes"].split("x"))
    elements = 1
    for size in sizes:
        elements *= size
    if elements > MAX_ELEMENTS or len(sizes) > 5:
        raise UsageError(f"--input {quoted(text)}: at most five sizes and 2^31 elements")
    return InputShape(found["name"] or "", sizes)


def keyword_arguments(text: str | None) -> dict[str, Any]:
    """The JSON object of ``--kwargs``. Raises :class:`UsageError`."""
    if text is None:
        return {}
    try:
        found = json.loads(text)
    except ValueError as e:
        raise UsageError(f"--kwargs is no JSON: {e}") from None
    if not isinstance(found, dict):
        raise UsageError('--kwargs is a JSON object, as in {"num_classes": 10}')
    return found


MOST_VALUES = 20
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,9})?")


def varied_argument(text: str) -> tuple[str, list[float]]:
    """``width_mult=0.5,0.75,1``: an argument and its values, whole numbers as such. Raises :class:`UsageError`."""
    name, _, listed = text.partition("=")
    texts = [value.strip() for value in listed.split(",")]
    if not name.isidentifier() or not all(_NUMBER.fullmatch(value) for value in texts):
        raise UsageError(f"--vary {quoted(text)}: an argument and numbers, as in width_mult=0.5,0.75,1")
    values: list[float] = [float(value) if "." in value else int(value) for value in texts]
    if len(set(values)) != len(values) or not 2 <= len(values) <= MOST_VALUES:
        raise UsageError(f"--vary takes 2 to {MOST_VALUES} values, each once")
    return name, values
