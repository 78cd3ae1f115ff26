"""The points of a file: all parameters from given values, a variant and the defaults; ρ, which gives the resolution."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

from .. import arithmetic as ar
from ..errors import CostcalcError, SpecError, UsageError, nearest, quoted
from ..evaluate.frame import Frame
from ..evaluate.point import LetCode, Point
from ..evaluate.run import MAX_WORK, Run
from ..language.closures import is_const
from ..language.values import Size, axes_of
from .file import File
from .given import check_shapes, check_value, plain
from .parameters import ParameterCode, shown
from .sides import settled

RES, RHO = "res", "rho"


class Points:
    """What the points of ``file`` are made of: its parameters and lets, compiled."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.codes: dict[str, ParameterCode] = {}
        self.lets: dict[str, LetCode] = {}
        self._default: Point | None = None

    def at(self, values: dict[str, Any], *, is_default: bool = False) -> Point:
        """The point of ``values``, unchecked."""
        return Point(self.file, self.lets, values, is_default=is_default)

    def frame(self, values: dict[str, Any], run: Run | None = None) -> Frame:
        """Where an expression over parameters and lets is evaluated."""
        return Frame(run or Run(), self.at(values), [], None, None)

    def default(self) -> Point:
        """The file at its defaults: for a block that another file uses."""
        if self._default is None:
            self._default = self.resolve({}, None)
        return self._default

    def resolve(self, given: Mapping[str, Any], variant: str | None, run: Run | None = None) -> Point:
        """All parameters from the given ones, a variant and the defaults, each checked.

        ``run`` notes what the defaults that are taken assume of symbols in them. Raises :class:`UsageError` for an
        unknown name, and for a value out of its range or choices.
        """
        self._check_names(given, variant)
        values: dict[str, Any] = {}
        frame, taken = self.frame(values), self.frame(values, run)
        is_default = True
        with_rho = RHO in given and RHO not in self.codes
        for name, code in self.codes.items():
            older = code.parameter.width_was
            if name in given:
                value = plain(given[name], name)
                if name == RES and with_rho:
                    _same_resolution(value, _by_rho(frame, code, variant, given[RHO]), given[RHO])
            elif name == RES and with_rho:
                value = _by_rho(frame, code, variant, given[RHO])
            elif variant is not None and variant in code.at_variant:
                value = code.at_variant[variant](frame)
            elif older and older in given:
                value = code.default(frame)
            else:
                value = values[name] = code.default(taken)
                if code.is_side:
                    values[name] = settled(name, value, code.width, frame)
                if given and not is_const(code.default):
                    check_value(code, values[name], value, frame)
                continue
            default = code.default(frame)
            if code.is_side:
                if older and older in given:
                    value = self._with_width(name, value, older, given[older], given=name in given)
                default, value = (settled(name, v, code.width, frame) for v in (default, value))
            values[name] = value
            is_default = is_default and _same(value, default)
            check_value(code, value, default, frame)
        if given:
            check_shapes(values)
        return self.at(values, is_default=is_default)

    def _with_width(self, name: str, value: Any, older: str, width: Any, *, given: bool) -> Size:
        """The rectangle that an older name of its width gives."""
        if isinstance(value, Size) and given:
            raise UsageError(f"{name} {value} has a width already; leave {older} out, which is its older name")
        rectangle = Size(axes_of(value)[0], plain(width, older))
        message = f"{self.file.spec.name}: {older} is the width of {name} now: {name}={rectangle}"
        warnings.warn(message, DeprecationWarning, stacklevel=6)  # where cost or graph is called
        return rectangle

    def _check_names(self, given: Mapping[str, Any], variant: str | None) -> None:
        spec, known = self.file.spec, [*self.codes, *([RHO] if RES in self.codes and RHO not in self.codes else [])]
        older = [code.parameter.width_was for code in self.codes.values()]
        for name in given:
            if name not in known and name not in older:
                has = f"it has {', '.join(known) or 'none'}{nearest(name, self.codes)}"
                raise UsageError(f"{spec.name} has no parameter {quoted(name)}; {has}")
        if variant is not None and not (isinstance(variant, str) and variant in spec.points):
            raise UsageError(f"{spec.name} has no variant {quoted(variant)}{nearest(str(variant), spec.variants)}")

    def check(self, further: Callable[[Point, str | None, Run], None] | None) -> None:
        """Note what is wrong with a default, or a variant's value; ``further`` sees the points that are right.

        All of them are one evaluation, whose work is bounded.
        """
        spec, run = self.file.spec, Run()
        for variant in (None, *spec.points):
            if run.work > MAX_WORK:  # which is told
                return
            values: dict[str, Any] = {}
            frame = self.frame(values, run)
            for name, code in self.codes.items():
                place = code.parameter.default.text if variant is None else spec.points[variant].text
                at_variant = None if variant is None else code.at_variant.get(variant)
                if variant is not None and at_variant is not None:
                    place = spec.points[variant].values[name].text
                try:
                    values[name] = (at_variant or code.default)(frame)
                    if code.is_side:
                        values[name] = settled(name, values[name], code.width, frame)
                    check_value(code, values[name], code.default(frame), frame)
                    if variant is None:
                        _check_listed(code, frame)
                except CostcalcError as e:
                    self.file.problems.append(SpecError(e.message, e.place or place.place()))
                    run.lets = 0  # where the error left them
                    break
            else:
                if further is not None:
                    further(self.at(values), variant, run)

    def declared_values(self, name: str, variant: str | None = None) -> list[Any]:
        """The values of a parameter that the source evaluates, as the spec tells them."""
        frame = self.frame(self.resolve({}, variant).values)
        return [value(frame) for value in self.codes[name].values]

    def declared_range(self, name: str, variant: str | None = None) -> tuple[Any, Any] | None:
        """The least and the largest value of a parameter; None if it has no range."""
        code = self.codes[name]
        if code.low is None or code.high is None:
            return None
        frame = self.frame(self.resolve({}, variant).values)
        return code.low(frame), code.high(frame)


def _check_listed(code: ParameterCode, frame: Frame) -> None:
    for node, value in zip(code.parameter.values, code.values, strict=True):
        try:
            check_value(code, value(frame), code.default(frame), frame)
        except CostcalcError as e:
            raise SpecError(e.message, e.place or node.text.place()) from None


def _same(a: Any, b: Any) -> bool:
    numbers, others = axes_of(a), axes_of(b)
    return len(numbers) == len(others) and all(ar.equal(m, n) is True for m, n in zip(numbers, others, strict=True))


def _by_rho(frame: Frame, code: ParameterCode, variant: str | None, rho: Any) -> Any:
    """res = round(default · ρ)."""
    rho = plain(rho, "rho")
    if isinstance(rho, str | bool):
        raise UsageError(f"rho is a number, not {shown(rho)}")
    default = (code.at_variant.get(variant) or code.default)(frame) if variant else code.default(frame)
    sides = [ar.mul(n, rho) for n in axes_of(default)]
    sides = sides if ar.is_symbolic(rho) else [ar.round_half_even(n) for n in sides]
    return Size(*sides) if isinstance(default, Size) else sides[0]


def _same_resolution(res: Any, by_rho: Any, rho: Any) -> None:
    if isinstance(res, Size):
        raise UsageError(f"rho multiplies the default of res; give res {res} without it")
    same = ar.equal(res, by_rho)
    if not ar.holds(same, f"{RES} and {RHO} are in conflict"):
        raise UsageError(f"res {res} and rho {rho} are in conflict: rho {rho} is res {by_rho}; give one of them")
