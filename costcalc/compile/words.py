"""The words of the language: those that hold wherever a value may stand, and what is often meant by others."""

from __future__ import annotations

from typing import Any

from ..evaluate.arguments import LayerDef
from ..evaluate.built_in import BUILT_IN

WORDS: dict[str, Any] = {
    word: word
    for word in (
        "none", "same", "bn", "nearest", "bilinear", "fast", "softmax", "unbounded",
        "relu", "relu6", "leaky_relu", "prelu", "elu", "swish", "hswish", "sigmoid", "hsigmoid", "gelu", "mish", "tanh",
    )
} | {"RE": "relu", "HS": "hswish"}  # fmt: skip
"""The words of the first version of the language, which hold in every value, for values are handed on.

The list is closed: a word that comes later holds only where an argument takes it (:attr:`LayerDef.words`), so that no
file's own name, and no mistake in one, becomes a word.
"""

SIZES = ("c", "h", "w", "size")
"""What ``x.`` gives of a tensor."""

INSTEAD = {"true": "yes", "True": "yes", "false": "no", "False": "no", "None": "none", "null": "none"}


def built_in(name: str) -> LayerDef | None:
    """The layer or join of the language called ``name``."""
    return BUILT_IN.get(name)


def built_in_names() -> list[str]:
    """Every layer and join of the language."""
    return [*BUILT_IN]
