"""A network's parameters: defaults, ranges, choices, and the values of variants, each compiled."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..errors import listed, nearest, quoted
from ..language.closures import Value, const, constant, is_const
from ..language.model import Parameter
from ..language.syntax import Name, Node
from .expressions import compile_value
from .file import File
from .scope import Scope


class ParameterCode:
    """A parameter, compiled. ``structural``: its values are words or yes and no, which no array has.

    ``is_side``: it is height and width of an input, and so may be a rectangle.
    """

    __slots__ = (
        "at_variant", "choices", "default", "high", "is_side", "low", "parameter", "structural", "values", "width",
    )  # fmt: skip

    def __init__(self, file: File, parameter: Parameter, above: Collection[str]) -> None:
        self.parameter = parameter
        self.at_variant: dict[str, Value] = {}
        scope = Scope(file, f"parameter {parameter.name}")
        scope.only_parameters = set(above)
        choices = file.choices.get(parameter.name)
        self.choices: list[Any] | None = None if choices is None else [_choice(c, scope) for c in choices]
        self.default = self.compile(parameter.default, scope)
        self.values = [self.compile(node, scope) for node in parameter.values]
        self.low = None if parameter.low is None else compile_value(parameter.low, scope)
        self.high = None if parameter.high is None else compile_value(parameter.high, scope)
        self.is_side = parameter.name in file.sides
        scope.only_parameters = {*above, parameter.name}
        self.width = None if parameter.width is None else compile_value(parameter.width, scope)
        if (parameter.width is not None or parameter.width_was) and not self.is_side:
            message = f"{quoted(parameter.name)} has no width: it isn't both height and width of an input"
            file.problems.append(parameter.text.error(message))
        words = any(isinstance(c, str | bool) for c in self.choices or ())
        self.structural = words or isinstance(getattr(self.default, "value", None), str | bool)
        if self.structural and parameter.role is not None:
            file.problems.append(parameter.role.error("what has a role is a number, no word and no yes or no"))

    def compile(self, node: Node, scope: Scope) -> Value:
        """A closure for a value of the parameter: its default, or a variant's."""
        if self.choices is None or not isinstance(node, Name) or scope.knows(node.id):
            return compile_value(node, scope)
        problem = node.error(not_among(self.parameter.name, node.id, self.choices))
        return scope.failing(problem) if self.choices else const(None)


def _choice(choice: str | Node, scope: Scope) -> Any:
    if isinstance(choice, str):
        return choice
    known = len(scope.file.problems)
    code = compile_value(choice, scope)
    if is_const(code) and not isinstance(constant(code), list | tuple):
        return constant(code)
    if len(scope.file.problems) == known:
        scope.error(choice, "a choice is a number or a word", 0)
    return None


def shown(value: Any) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return quoted(value) if isinstance(value, str | list) else str(value)


def not_among(name: str, value: Any, choices: list[Any]) -> str:
    """The message for a value that is none of the choices."""
    close = nearest(value, [c for c in choices if isinstance(c, str)]) if isinstance(value, str) else ""
    return f"{name} is one of {listed(map(shown, choices))}, not {shown(value)}{close}"
