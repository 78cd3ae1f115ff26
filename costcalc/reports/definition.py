"""What a count counts, said in one line wherever figures stand: the whole of it is ``costcalc explain``'s."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..language.folders import shipped

if TYPE_CHECKING:
    from ..conventions import Convention

MULT_ADDS = "mult-adds as in the papers: costcalc explain convention mult_adds"
"""The line of the default convention."""


def defined(convention: Convention) -> str:
    """The line of another convention, counted beside the default: a shipped one is explained, another says what it is.

    ``counted (flops) as fvcore has it: costcalc explain convention fvcore``
    """
    name, unit = convention.name, f"counted ({convention.unit})"
    if shipped("conventions").get(name) == convention.origin.path:
        return f"{unit} as {name} has it: costcalc explain convention {name}"
    return f"{unit}: {name}. {convention.about}".rstrip()
