"""What a network requires of its parameters: conditions that are checked at every point, each with its reason."""

from __future__ import annotations

from typing import Any

from ..arithmetic import is_array, is_symbolic, truth
from ..errors import CostcalcError, SpecError, UsageError
from ..evaluate.frame import Frame
from ..evaluate.point import Point
from ..evaluate.run import Run
from ..language.closures import Value
from ..language.model import Requirement, Spec
from ..language.syntax import names_in
from ..language.values import Size, axes_of
from .expressions import compile_value
from .file import File
from .scope import Scope

Condition = tuple[Requirement, Value]


def compile_requirements(file: File) -> list[Condition]:
    """The conditions as closures over parameters and lets."""
    return [(r, compile_value(r.node, Scope(file, "require"))) for r in file.spec.requirements]


def check_requirements(spec: Spec, conditions: list[Condition], point: Point, run: Run) -> None:
    """Raise :class:`UsageError` for what doesn't hold. Elements of an array are marked invalid; symbols pass."""
    for requirement, condition in conditions:
        for holds in _held(requirement, condition, point, run):
            if is_symbolic(holds):
                continue
            if is_array(holds):
                run.require(holds, requirement.reason)
            elif not holds:
                raise UsageError(_message(spec, requirement, point))


def _held(requirement: Requirement, condition: Value, point: Point, run: Run) -> list[Any]:
    """Whether it holds; one about a single number is asked of both, where that is a height and a width."""
    try:
        return [truth(condition(Frame(run, point, [], None, None)))]
    except SpecError as e:
        sides = [n for n, value in point.values.items() if isinstance(value, Size)]
        if not sides:
            e.place = e.place or requirement.text.place()
            raise
    found = []
    for axis in range(2):
        values = {n: axes_of(value)[axis] if n in sides else value for n, value in point.values.items()}
        found.append(truth(condition(Frame(run, Point(point.file, point.lets, values), [], None, None))))
    return found


def check_requirements_at(file: File, conditions: list[Condition], point: Point, variant: str | None, run: Run) -> None:
    """Note what the defaults, or the values of a variant, break."""
    try:
        check_requirements(file.spec, conditions, point, run)
    except CostcalcError as e:
        place = None if variant is None else file.spec.points[variant].text.place()
        problem = SpecError(e.message, e.place or place)
        problem.place = problem.place or conditions[0][0].text.place()
        file.problems.append(problem)


def _message(spec: Spec, requirement: Requirement, point: Point) -> str:
    mentioned = set(names_in(requirement.node))
    at = ", ".join(f"{n} {_shown(v)}" for n, v in point.values.items() if n in mentioned) or "these lets"
    return f"{spec.name} requires {' '.join(requirement.text.value.split())}, not {at}: {requirement.reason}"


def _shown(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
