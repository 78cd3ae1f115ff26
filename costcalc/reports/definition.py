"""What a count counts, said in one line wherever figures stand: the whole of it is ``costcalc explain``'s."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..language.folders import shipped

if TYPE_CHECKING:
    from ..conventions import Convention

MULT_ADDS = "mult-adds as in the papers: costcalc explain convention mult_adds"
"""The line of the default convention."""


def explained(convention: Convention) -> str:
    """Where it is told what a convention counts; one that isn't shipped is told here.

    ``fvcore: costcalc explain convention fvcore``
    """
    return f"{convention.name}: {_where(convention) or convention.about}".removesuffix(": ")


def defined(convention: Convention) -> str:
    """The line of a convention that is counted beside the default.

    ``counted (flops) as fvcore has it: costcalc explain convention fvcore``
    """
    where, about = _where(convention), f"{convention.name}. {convention.about}".rstrip()
    return f"counted ({convention.unit})" + (f" as {convention.name} has it: {where}" if where else f": {about}")


def _where(convention: Convention) -> str:
    """The command that explains it; empty for one that isn't shipped."""
    is_shipped = shipped("conventions").get(convention.name) == convention.origin.path
    return f"costcalc explain convention {convention.name}" if is_shipped else ""
