"""A convention: its rules, and what they make of a layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, Literal

from .. import arithmetic as ar
from ..errors import ArithmeticProblem, SpecError
from ..graph import Layer
from ..language.source import Source, Text
from ..language.syntax import Node as Expression
from ..ops import Names, Op
from ..record import Record
from ..units import Rule
from . import expression
from .code import Code, Words

DEFAULT = "mult_adds"

Factor = int | float | Expression
Pattern = tuple[str, str]
"""A kind of op and a part of it; ``*`` is any."""

OneRule = tuple[str, str, Factor, Text]
Rules = list[OneRule]
Why = Literal["rule", "zero", "no work", "passed over", "unsaid"]
"""A rule counts it; the source counts it 0; it isn't among all that is work; the tool has no rule; nothing is said."""

Counting = tuple[tuple[str, Factor, Text], ...]
"""Parts that count, their factors, and the rule."""


class SaysNothing(SpecError):
    """A convention has no rule for what a network has. ``kinds`` are the kinds of op that it says nothing about.

    ``unsaid`` has the parts that it is about; none if it is all of the kind's work.
    """

    def __init__(self, convention: Convention, unsaid: Mapping[str, Iterable[str]]) -> None:
        about = ", ".join(f"{kind} ({', '.join(parts)})" if parts else kind for kind, parts in unsaid.items())
        super().__init__(f"the convention {convention.name} says nothing about {about}", convention.origin.place())
        self.kinds = tuple(unsaid)


class Saying(Record):
    """What a convention makes of a part of a kind of op: times what it counts, as its file has it, and why."""

    kind: str
    part: str
    is_weight: bool
    factor: str
    why: Why


class _Said:
    """What a convention says about a kind of op: parts that count, parts without a rule, parts passed over."""

    __slots__ = ("passed_over", "unsaid", "weights", "work")

    def __init__(
        self, weights: Counting, work: Counting, unsaid: tuple[str, ...], passed_over: tuple[str, ...]
    ) -> None:
        self.weights = weights
        self.work = work
        self.unsaid = unsaid
        self.passed_over = passed_over


class Convention:
    """How to count: ``params`` and ``work`` rules (KIND.PART → factor or expression), the last that matches wins.

    A part counts 0 if ``zero`` has it (the source counts it 0) or ``passes_over`` (the tool has no rule for it, and
    goes on), unless a rule says it as precisely: ``linear.mac`` goes before ``*.mac``. Where neither says anything, it
    counts 0 if it is work and not among ``only`` (all that is work, by definition), or if ``otherwise`` is 0 (the tool
    passes over whatever it doesn't know). Else nothing is said about it: an error.

    ``unit`` names one unit of work; ``tool`` is the program that counts so, with its version; ``exclude`` are layers
    left out, ``frozen`` those whose weights are no params; ``parameters`` are values that the source's networks have
    (1001 classes); ``printed`` is how its figures are cut. ``scaled`` {res: R} takes the work at resolution R times
    (res/R)², as a source does that applies ρ² to a printed total. ``code`` says how the code is written that the tool
    looks at, where rules ask for that; ``written`` are words that hold whatever the network.
    """

    def __init__(self, name: str, source: Source) -> None:
        self.name = name
        self.origin = source
        self.about = ""
        self.source = ""
        self.tool = ""
        self.unit = ""
        self.params: Rules = []
        self.work: Rules = []
        self.zero: list[Pattern] = []
        self.passes_over: list[Pattern] = []
        self.only: list[Pattern] = []
        self.exclude: list[str] = []
        self.frozen: list[str] = []
        self.parameters: dict[str, Any] = {}
        self.printed: Rule = "rounded"
        self.otherwise: int | None = None
        self.scaled: int | None = None
        self.code: Code | None = None
        self.written: Words = {}
        self._words: Words = {}
        self._by_layer = False
        self._by_kind: dict[str, _Said] = {}

    def of_network(self, *names: str) -> Convention:
        """This convention for the network that has ``names`` (its own, its variant's) as its library writes it."""
        if self.code is None:
            return self
        words = {**self.code.of_network(*names), **self.written}
        if words == self._words:
            return self
        import copy  # which few need

        found = copy.copy(self)
        found._words = words
        found._by_layer = not all(isinstance(word, str) for word in words.values())
        return found

    def words(self, layer: Layer) -> Mapping[str, Any]:
        """How the code of ``layer`` is written: the word of each property that rules may ask about."""
        if self._by_layer:
            assert self.code is not None
            return self.code.of_layer(self._words, layer.name)
        return self._words

    @cached_property
    def multiplies(self) -> bool:
        """Whether some factor is none of 0 and 1: counts may be larger than the parts are."""
        return any(rule[2] not in (0, 1) for rule in (*self.params, *self.work))

    def rules(self, op: Op) -> tuple[Counting, Counting]:
        """The weights and the work of ``op``'s kind that count, without those of factor 0."""
        said = self._said(op)
        return said.weights, said.work

    def passed_over(self, op: Op) -> tuple[str, ...]:
        """The parts of ``op``'s kind that count 0 because the tool has no rule for them."""
        return self._said(op).passed_over

    def require(self, layers: Iterable[Layer]) -> None:
        """:class:`SaysNothing`, with all kinds of ``layers`` that it is about; an excluded layer needs no rule."""
        found: dict[str, dict[str, None]] = {}
        partly: set[str] = set()
        for layer in layers:
            unsaid = self._said(layer.op).unsaid
            if not unsaid or self.excludes(layer):
                continue
            work = layer.op.work(layer.in_shapes, layer.out_shape)
            there = {part: None for part in unsaid if part in work or part in layer.op.weights()}
            if there:
                found.setdefault(layer.op.kind, {}).update(there)
            if not set(work) <= set(there):
                partly.add(layer.op.kind)
        if found:
            raise SaysNothing(self, {kind: parts if kind in partly else () for kind, parts in found.items()})

    def _said(self, op: Op) -> _Said:
        found = self._by_kind.get(op.kind)
        if found is None:
            unsaid: list[str] = []
            passed: list[str] = []
            weights = self._counting(self.params, op.kind, op.weight_names, unsaid, passed)
            work = self._counting(self.work, op.kind, op.work_names, unsaid, passed)
            found = self._by_kind[op.kind] = _Said(weights, work, tuple(unsaid), tuple(passed))
        return found

    def _counting(
        self, rules: Rules, kind: str, parts: Iterable[str], unsaid: list[str], passed: list[str]
    ) -> Counting:
        counting: list[tuple[str, Factor, Text]] = []
        for part in parts:
            why, rule = self._verdict(rules, kind, part)
            if rule is not None and rule[2] != 0:  # an expression is no number
                counting.append((part, rule[2], rule[3]))
            elif why == "passed over":
                passed.append(part)
            elif why == "unsaid":
                unsaid.append(part)
        return tuple(counting)

    def _verdict(self, rules: Rules, kind: str, part: str) -> tuple[Why, OneRule | None]:
        """Why a part of ``kind`` counts as it does, and the rule if that is one."""
        rule = next((r for r in reversed(rules) if _matches((r[0], r[1]), kind, part)), None)
        zero, passes_over, only = (_closest(p, kind, part) for p in (self.zero, self.passes_over, self.only))
        if rule is not None and max(zero, passes_over) <= _precision((rule[0], rule[1])):
            return "rule", rule
        if passes_over > zero:
            return "passed over", None
        if zero >= 0:
            return "zero", None
        if rules is self.work and self.only and only < 0:
            return "no work", None
        return ("unsaid" if self.otherwise is None else "passed over"), None

    def says(self, kind: str, names: Names) -> list[Saying]:
        """What it makes of each part that ops of ``kind`` may have."""
        found = []
        for rules, parts in ((self.params, names.weights), (self.work, names.work)):
            for part in parts:
                why, rule = self._verdict(rules, kind, part)
                factor = 0 if rule is None else rule[2]
                text = factor.text.value if isinstance(factor, Expression) else str(factor)
                found.append(Saying(kind, part, rules is self.params, text, why))
        return found

    def count(self, layer: Layer) -> tuple[Any, Any]:
        """Params of one set of weights of ``layer``, and work of one run. Raises :class:`SaysNothing`."""
        op = layer.op
        said = self._by_kind.get(op.kind) or self._said(op)
        if self.exclude and self.excludes(layer):
            return 0, 0
        if said.unsaid:
            self.require([layer])
        params: Any = 0
        if said.weights and not (self.frozen and self.freezes(layer)):
            parts = op.weights()
            for part, factor, rule in said.weights:
                if part in parts:
                    n = parts[part] if factor == 1 else self._times(parts, part, factor, rule, layer)
                    params = params + n
        work: Any = 0
        if said.work:
            parts = op.work(layer.in_shapes, layer.out_shapes[0])
            for part, factor, rule in said.work:
                if part in parts:
                    n = parts[part] if factor == 1 else self._times(parts, part, factor, rule, layer)
                    work = work + n
        return params, work

    def amounts(self, layer: Layer) -> tuple[dict[str, Any], dict[str, Any]]:
        """What :meth:`count` adds up, by part: params of one set of weights, and work of one run."""
        said = self._said(layer.op)
        if self.exclude and self.excludes(layer):
            return {}, {}
        if said.unsaid:
            self.require([layer])
        parts = {} if self.freezes(layer) else layer.op.weights()
        params = {p: self._times(parts, p, factor, rule, layer) for p, factor, rule in said.weights if p in parts}
        parts = layer.op.work(layer.in_shapes, layer.out_shape)
        return params, {p: self._times(parts, p, factor, rule, layer) for p, factor, rule in said.work if p in parts}

    def excludes(self, layer: Layer) -> bool:
        """Whether ``layer`` is left out by name: itself, or a layer that holds it."""
        return _is_named(layer, self.exclude)

    def freezes(self, layer: Layer) -> bool:
        """Whether the weights of ``layer`` aren't trained, by name, and so aren't counted."""
        return _is_named(layer, self.frozen)

    def _times(self, parts: Mapping[str, Any], part: str, factor: Factor, rule: Text, layer: Layer) -> Any:
        amount = parts[part]
        if factor == 1:
            return amount
        if isinstance(factor, int) and not ar.is_array(amount):
            return amount * factor
        try:
            if isinstance(factor, int | float):
                return ar.mul(amount, factor)
            return expression.of_layer(factor, parts, layer, self.words(layer))
        except ArithmeticProblem as e:
            raise SpecError(f"{rule.value}: {e.message}", e.place or rule.place(), e.path or layer.name) from e


def _is_named(layer: Layer, names: list[str]) -> bool:
    """Whether ``layer`` has one of ``names``, in which ``*`` is any text, or stands below one."""
    own = layer.name + "." if names else ""
    return any(fnmatchcase(own, name + ".*") for name in names)


def _precision(pattern: Pattern) -> int:
    """A kind is said, and a part: 2; one of them: 1."""
    return (pattern[0] != "*") + (pattern[1] != "*")


def _closest(patterns: Iterable[Pattern], kind: str, part: str) -> int:
    """How precise the most precise of ``patterns`` is that matches; -1 if none does."""
    return max((_precision(p) for p in patterns if _matches(p, kind, part)), default=-1)


def _matches(pattern: Pattern, kind: str, part: str) -> bool:
    return pattern[0] in ("*", kind) and pattern[1] in ("*", part)
