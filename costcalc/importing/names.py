"""Names that a spec may use, made of those that code has."""

from __future__ import annotations

import re
from collections.abc import Collection

from ..evaluate.arguments import REQUIRED
from ..evaluate.built_in import BUILT_IN
from ..language.functions import FUNCTIONS
from ..language.tokens import RESERVED

PARAMETERS = ("res", "classes")
"""What imported specs call their parameters."""

_ARGUMENT_WORDS = {str(word) for layer in BUILT_IN.values() for words in layer.words.values() for word in words}
_CALLED_BARE = {name for name, layer in BUILT_IN.items() if not layer.joins and REQUIRED not in layer.defaults.values()}
"""Layers that may be called by their name alone: a step of that name would hide them."""
_TAKEN = {*RESERVED, *PARAMETERS, *FUNCTIONS, *_ARGUMENT_WORDS, *_CALLED_BARE, "yes", "no", "it", "RE", "HS", "rho"}


def snake(name: str) -> str:
    """``BasicBlock`` as ``basic_block``, ``CNBlock`` as ``cn_block``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def identifier(text: str) -> str:
    """``text`` as the name of a step: ``features.0`` is ``features_0``. A name that means something else gets a _."""
    name = plain(text)
    return f"{name}_" if name in _TAKEN else name


def plain(text: str) -> str:
    """``text`` in letters, digits and _, a letter in front."""
    name = re.sub(r"_+", "_", re.sub(r"\W", "_", text)).strip("_")
    return name if name and name[0].isalpha() else f"m{name}"


def unique(name: str, taken: Collection[str]) -> str:
    """``name``, or with the first number that makes it another than all of ``taken``."""
    found, k = name, 2
    while found in taken:
        found, k = f"{name}_{k}", k + 1
    return found
