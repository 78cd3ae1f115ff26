"""What a network requires of its parameters: conditions that are checked at every point, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..arithmetic import is_array, is_symbolic, truth
from ..errors import CostcalcError, SpecError, UsageError
from ..evaluate.frame import Frame
from ..evaluate.run import Run
from ..language.model import Requirement
from ..language.syntax import names_in
from .closures import Value
from .expressions import compile_value
from .instance import Instance
from .scope import Scope

if TYPE_CHECKING:
    from .program import Program

Compiled = tuple[Requirement, Value]


def compile_requirements(program: Program) -> list[Compiled]:
    """The conditions as closures over parameters and lets."""
    return [(r, compile_value(r.node, Scope(program, "require"))) for r in program.spec.requirements]


def check_requirements(program: Program, values: Mapping[str, Any], run: Run) -> None:
    """Raise :class:`UsageError` for what doesn't hold. Elements of an array are marked invalid; symbols pass."""
    frame = Frame(run, Instance(program, dict(values)), [], None, None)
    for requirement, condition in program.requirements:
        try:
            holds = truth(condition(frame))
        except SpecError as e:
            e.place = e.place or requirement.text.place()
            raise
        if is_symbolic(holds):
            continue
        if is_array(holds):
            run.require(holds, requirement.reason)
        elif not holds:
            raise UsageError(_message(program, requirement, values))


def check_requirements_at(program: Program, values: Mapping[str, Any], variant: str | None) -> None:
    """Note what the defaults, or the values of a variant, break."""
    try:
        check_requirements(program, values, Run())
    except CostcalcError as e:
        place = None if variant is None else program.spec.variants[variant].text.place()
        problem = SpecError(e.message, e.place or place)
        problem.place = problem.place or program.requirements[0][0].text.place()
        program.problems.append(problem)


def _message(program: Program, requirement: Requirement, values: Mapping[str, Any]) -> str:
    names = [n for n in program.parameters if n in set(names_in(requirement.node))]
    at = ", ".join(f"{n} {_shown(values[n])}" for n in names) or "these lets"
    return f"{program.spec.name} requires {' '.join(requirement.text.value.split())}, not {at}: {requirement.reason}"


def _shown(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
