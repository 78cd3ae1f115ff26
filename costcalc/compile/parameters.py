"""A network's parameters: defaults, ranges, choices, variants, and ρ, which says the resolution another way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from .. import arithmetic as ar
from ..errors import CostcalcError, SpecError, UsageError, listed, nearest, quoted
from ..evaluate.frame import Frame
from ..evaluate.run import Run
from ..language.model import Parameter
from ..language.source import Text
from ..language.syntax import Attribute, Name, Node
from .closures import Value, const, constant, is_const
from .codes import ChosenNetwork, NetworkCode
from .expressions import compile_value
from .instance import Instance
from .scope import WORDS, Scope

if TYPE_CHECKING:
    from .program import Program


class ParameterCode:
    """A parameter, compiled."""

    __slots__ = ("at_variant", "choices", "default", "high", "low", "parameter", "structural", "values")

    def __init__(self, program: Program, parameter: Parameter) -> None:
        self.parameter = parameter
        self.at_variant: dict[str, Value] = {}
        scope = Scope(program, f"parameter {parameter.name}")
        scope.only_parameters = set(program.parameters)
        self.choices: list[Any] | None = None
        if parameter.choices is not None:
            self.choices = [c for node in parameter.choices for c in _choices(node, scope)]
        elif parameter.choices_of is not None:
            name = parameter.choices_of.value.removesuffix(".variants")
            self.choices = list(_variants_of(program, name, parameter.choices_of))
        for choice in self.choices or ():
            if isinstance(choice, str):
                program.choice_words[choice] = choice
        networks = _networks(program, self.choices or [])
        if networks is not None:
            program.choosable[parameter.name] = ChosenNetwork(parameter.name, networks)
        self.default = self.compile(parameter.default, scope)
        self.values = [self.compile(node, scope) for node in parameter.values]
        self.low = None if parameter.low is None else compile_value(parameter.low, scope)
        self.high = None if parameter.high is None else compile_value(parameter.high, scope)
        words = any(isinstance(c, str | bool) for c in self.choices or ())
        self.structural = words or isinstance(getattr(self.default, "value", None), str | bool)
        if self.structural and parameter.role is not None:
            program.problems.append(parameter.role.error("what has a role is a number, no word and no yes or no"))

    def compile(self, node: Node, scope: Scope) -> Value:
        """A closure for a value of the parameter: its default, or a variant's."""
        if self.choices is None or not isinstance(node, Name) or scope.knows(node.id):
            return compile_value(node, scope)
        problem = node.error(_not_among(self.parameter.name, node.id, self.choices))
        return scope.failing(problem) if self.choices else const(None)


def _choices(node: Node, scope: Scope) -> list[Any]:
    """What a member of a list of choices stands for: itself, or each of a used network's variants."""
    if isinstance(node, Attribute) and isinstance(node.of, Name) and node.name == "variants":
        return list(_variants_of(scope.program, node.of.id, node.text))
    return [_choice(node, scope)]


def _networks(program: Program, choices: list[Any]) -> dict[str, tuple[NetworkCode, str | None]] | None:
    """The used network, and its variant, of each choice; None if one of them names none."""
    used = {name: code for name, code in program.imports.items() if isinstance(code, NetworkCode)}
    found: dict[str, tuple[NetworkCode, str | None]] = {}
    for choice in choices:
        if choice in used:
            found[choice] = used[choice], None
        else:
            owner = next((c for c in used.values() if choice in c.program.spec.variants), None)
            if owner is None:
                return None
            found[choice] = owner, choice
    return found or None


def _choice(node: Any, scope: Scope) -> Any:
    if isinstance(node, Name):
        return WORDS.get(node.id, node.id)
    known = len(scope.program.problems)
    code = compile_value(node, scope)
    if is_const(code):
        return constant(code)
    if len(scope.program.problems) == known:
        scope.error(node, "a choice is a number or a word", 0)
    return None


def _variants_of(program: Program, name: str, text: Text) -> list[str]:
    """``NETWORK.variants``."""
    code: Any = program.imports.get(name)
    used = getattr(code, "program", None)
    if used is None:
        program.problems.append(text.error(f"no network {quoted(name)} in 'uses'{nearest(name, program.imports)}"))
        return []
    return list(used.spec.variants)


class Point:
    """The value of every parameter; ``is_default`` if each has its default's."""

    __slots__ = ("is_default", "values")

    def __init__(self, values: dict[str, Any], is_default: bool) -> None:
        self.values = values
        self.is_default = is_default


def resolve(program: Program, given: Mapping[str, Any], variant: str | None) -> Point:
    """All parameters from the given ones, a variant and the defaults, each checked."""
    known, spec = program.parameters, program.spec
    for name in given:
        if name not in known and not (name == "rho" and "res" in known):
            has = f"it has {_listed(program)}{nearest(name, known)}"
            raise UsageError(f"{spec.name} has no parameter {quoted(name)}; {has}")
    if variant is not None and not (isinstance(variant, str) and variant in spec.variants):
        raise UsageError(f"{spec.name} has no variant {quoted(variant)}{nearest(str(variant), spec.variants)}")
    values: dict[str, Any] = {}
    frame = Frame(Run(), Instance(program, values), [], None, None)
    is_default = True
    for name, code in known.items():
        if name in given:
            value = plain(given[name], name)
            if name == "res" and "rho" in given and "rho" not in known:
                _same_resolution(value, _by_rho(frame, code, variant, given["rho"]), given["rho"])
        elif name == "res" and "rho" in given and "rho" not in known:
            value = _by_rho(frame, code, variant, given["rho"])
        elif variant is not None and variant in code.at_variant:
            value = code.at_variant[variant](frame)
        else:
            values[name] = code.default(frame)
            if given and not is_const(code.default):
                check_value(code, values[name], values[name], frame)
            continue
        values[name] = value
        default = code.default(frame)
        is_default = is_default and ar.equal(value, default) is True
        check_value(code, value, default, frame)
    if given:
        _check_shapes(values)
    return Point(values, is_default)


def check_points(program: Program, further: Callable[[Program, dict[str, Any], str | None], None] | None) -> None:
    """Note what is wrong with a default, or with a value of a variant; ``further`` sees the points that are right."""
    for variant in (None, *program.spec.variants):
        values: dict[str, Any] = {}
        frame = Frame(Run(), Instance(program, values), [], None, None)
        for name, code in program.parameters.items():
            place = code.parameter.default.text if variant is None else program.spec.variants[variant].text
            at_variant = None if variant is None else code.at_variant.get(variant)
            if variant is not None and at_variant is not None:
                place = program.spec.variants[variant].values[name].text
            try:
                values[name] = (at_variant or code.default)(frame)
                check_value(code, values[name], code.default(frame), frame)
                if variant is None:
                    _check_listed(code, frame)
            except CostcalcError as e:
                program.problems.append(SpecError(e.message, e.place or place.place()))
                break
        else:
            if further is not None:
                further(program, values, variant)


def _check_listed(code: ParameterCode, frame: Frame) -> None:
    for node, value in zip(code.parameter.values, code.values, strict=True):
        try:
            check_value(code, value(frame), code.default(frame), frame)
        except CostcalcError as e:
            raise SpecError(e.message, e.place or node.text.place()) from None


def declared_values(program: Program, name: str, variant: str | None = None) -> list[Any]:
    """The values of a parameter that the source evaluates, as the spec tells them."""
    frame = Frame(Run(), Instance(program, resolve(program, {}, variant).values), [], None, None)
    return [value(frame) for value in program.parameters[name].values]


def declared_range(program: Program, name: str, variant: str | None = None) -> tuple[Any, Any] | None:
    """The least and the largest value of a parameter; None if it has no range."""
    code = program.parameters[name]
    if code.low is None or code.high is None:
        return None
    frame = Frame(Run(), Instance(program, resolve(program, {}, variant).values), [], None, None)
    return code.low(frame), code.high(frame)


def _listed(program: Program) -> str:
    names = [*program.parameters, *(["rho"] if "res" in program.parameters and "rho" not in program.parameters else [])]
    return ", ".join(names) or "none"


def _default_resolution(frame: Frame, code: ParameterCode, variant: str | None) -> Any:
    return (code.at_variant.get(variant) or code.default)(frame) if variant else code.default(frame)


def _by_rho(frame: Frame, code: ParameterCode, variant: str | None, rho: Any) -> Any:
    """res = round(default · ρ)."""
    rho = plain(rho, "rho")
    if isinstance(rho, str | bool):
        raise UsageError(f"rho is a number, not {_shown(rho)}")
    default = _default_resolution(frame, code, variant)
    if ar.is_symbolic(rho):
        return ar.mul(default, rho)
    return ar.round_half_even(ar.mul(default, rho))


def _same_resolution(res: Any, by_rho: Any, rho: Any) -> None:
    same = ar.equal(res, by_rho)
    if not (same is True or (ar.is_array(same) and bool(same.all()))):
        raise UsageError(f"res {res} and rho {rho} are in conflict: rho {rho} is res {by_rho}; give one of them")


def plain(value: Any, name: str) -> Any:
    """A given value as the engine wants it: Python numbers, words, yes/no, arrays or symbols."""
    if isinstance(value, str):
        return {"yes": True, "no": False}.get(value, WORDS.get(value, value))
    if isinstance(value, bool):
        return value
    symbolic = ar.is_symbolic(value)
    if symbolic and getattr(value, "is_Integer", False):
        value = int(value)
    if ar.is_array(value) and getattr(value, "ndim", 0) == 0:
        return plain(value.item(), name)
    # A Fraction is told by its denominator: importing the class would cost each start 3 ms.
    if not (isinstance(value, int | float) or hasattr(value, "denominator") or symbolic or ar.is_array(value)):
        due = "a number, word, yes/no, array or symbol is due"
        raise UsageError(f"{name} can't be of the type {type(value).__name__}: {due}")
    if symbolic and getattr(value, "is_real", None) is False:
        raise UsageError(f"{name}: {value} is not a real number")
    if ar.is_array(value) and not value.size:
        raise UsageError(f"{name} is an empty array")
    try:
        return ar.check(value)
    except SpecError as e:
        raise UsageError(f"{name}: {e.message}") from None


def _check_shapes(values: Mapping[str, Any]) -> None:
    """Arrays must be of one shape, or broadcast to one, and not mixed with symbols."""
    shapes = {name: v.shape for name, v in values.items() if ar.is_array(v)}
    if shapes and any(map(ar.is_symbolic, values.values())):
        raise UsageError("arrays and symbols can't be mixed in one evaluation")
    if len(set(shapes.values())) < 2:
        return
    for sizes in zip_longest(*(reversed(shape) for shape in shapes.values()), fillvalue=1):
        if len({n for n in sizes if n != 1}) > 1:
            shown = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
            raise UsageError(f"arrays of different shapes: {shown}")


def check_value(code: ParameterCode, value: Any, default: Any, frame: Frame) -> None:
    """Raise :class:`UsageError` unless ``value`` is in the parameter's range or choices."""
    name = code.parameter.name
    if isinstance(default, bool) and not isinstance(value, bool):
        raise UsageError(f"{name} is yes or no, not {_shown(value)}")
    if not isinstance(default, bool | str | list) and isinstance(value, str | bool | list):
        raise UsageError(f"{name} is a number, not {_shown(value)}")
    if isinstance(default, list) and not isinstance(value, list):
        raise UsageError(f"{name} is a list, and can't be given")
    if code.structural and (ar.is_array(value) or ar.is_symbolic(value)):
        raise UsageError(f"{name} has words for values: one evaluation has one of them, no array or symbol")
    if ar.is_symbolic(value):
        return
    if code.choices is not None:
        _check_choice(name, value, code.choices)
    elif code.low is not None and code.high is not None:
        _check_range(name, value, code.low(frame), code.high(frame))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return quoted(value) if isinstance(value, str | list) else str(value)


def _check_choice(name: str, value: Any, choices: list[Any]) -> None:
    hit: Any = False
    for choice in choices:
        hit = ar.logical_or(hit, ar.equal(value, choice))
    if hit is True or (ar.is_array(hit) and bool(hit.all())):
        return
    raise UsageError(_not_among(name, value[~hit][0] if ar.is_array(hit) else value, choices))


def _not_among(name: str, value: Any, choices: list[Any]) -> str:
    close = nearest(value, [c for c in choices if isinstance(c, str)]) if isinstance(value, str) else ""
    return f"{name} is one of {listed(map(_shown, choices))}, not {_shown(value)}{close}"


def _check_range(name: str, value: Any, low: Any, high: Any) -> None:
    if not isinstance(value, str | bool | list) and ar.less(high, low) is True:
        raise UsageError(f"the range of {name} is empty: {low} to {high}")
    ok = ar.logical_and(ar.less_equal(low, value), ar.less_equal(value, high))
    if ok is True or (ar.is_array(ok) and bool(ok.all())):
        return
    shown = value if not ar.is_array(value) else value[~ok][0]
    raise UsageError(f"{name} is from {low} to {high}, not {shown}")
