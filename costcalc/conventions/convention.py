"""A convention: its rules, and what they make of a layer."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Literal

from .. import arithmetic as ar
from ..errors import SpecError
from ..graph import Layer
from ..language.source import Source, Text
from ..language.syntax import Node as Expression
from ..ops import Op
from . import expression
from .code import Code

DEFAULT = "mult_adds"

Factor = int | float | Expression
Rules = list[tuple[str, str, Factor, Text]]
Counting = tuple[tuple[str, Factor], ...]
"""Parts that count, and their factors."""


class Convention:
    """How to count: ``params`` and ``work`` rules (KIND.PART → factor or expression), the last that matches wins.

    ``unit`` names one unit of work; ``tool`` is the program that counts so, with its version; ``exclude`` are layers
    left out; ``parameters`` are values that the source's networks have (1001 classes); ``printed`` is how its figures
    are cut. ``scaled`` {res: R} takes the work at resolution R times (res/R)², as a source does that applies ρ² to a
    printed total. ``code`` says how the code is written that the tool looks at, where rules ask for that.
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
        self.exclude: list[str] = []
        self.parameters: dict[str, Any] = {}
        self.printed = "rounded"
        self.otherwise: int | None = None
        self.scaled: int | None = None
        self.code: Code | None = None
        self._words: dict[str, Any] = {}
        self._by_kind: dict[str, tuple[Counting, Counting]] = {}

    def of_network(self, name: str) -> Convention:
        """This convention for the network called ``name`` as the convention's library writes it."""
        if self.code is None:
            return self
        words = self.code.of_network(name)
        if words == self._words:
            return self
        found = copy.copy(self)
        found._words = words
        return found

    def rules(self, op: Op) -> tuple[Counting, Counting]:
        """The weights and the work of ``op``'s kind that count: (part, factor), without those of factor 0.

        Raises :class:`SpecError` for a part that no rule covers: nothing counts 0 unless the convention says so.
        """
        found = self._by_kind.get(op.kind)
        if found is None:
            weights = [(p, self._factor("params", op.kind, p)) for p in op.weight_names]
            work = [(p, self._factor("work", op.kind, p)) for p in op.work_names]
            found = self._by_kind[op.kind] = (_counting(weights), _counting(work))
        return found

    def _factor(self, which: Literal["params", "work"], kind: str, part: str) -> Factor:
        for k, p, factor, _ in reversed(self.params if which == "params" else self.work):
            if k in ("*", kind) and p in ("*", part):
                return factor
        if self.otherwise is not None:
            return self.otherwise
        raise SpecError(f"the convention {self.name} has no rule for {kind}.{part} in '{which}'", self.origin.place())

    def count(self, layer: Layer) -> tuple[Any, Any]:
        """Params of one set of weights of ``layer``, and work of one run."""
        weight_rules, work_rules = self.rules(layer.op)
        if self.exclude and self.excludes(layer):
            return 0, 0
        params: Any = 0
        if weight_rules:
            parts = layer.op.weights()
            for part, factor in weight_rules:
                if part in parts:
                    params = params + self._times(parts, part, factor, layer)
        work: Any = 0
        if work_rules:
            parts = layer.op.work(layer.in_shapes, layer.out_shape)
            for part, factor in work_rules:
                if part in parts:
                    work = work + self._times(parts, part, factor, layer)
        return params, work

    def amounts(self, layer: Layer) -> tuple[dict[str, Any], dict[str, Any]]:
        """What :meth:`count` adds up, by part: params of one set of weights, and work of one run."""
        weight_rules, work_rules = self.rules(layer.op)
        if self.exclude and self.excludes(layer):
            return {}, {}
        parts = layer.op.weights()
        params = {p: self._times(parts, p, factor, layer) for p, factor in weight_rules if p in parts}
        parts = layer.op.work(layer.in_shapes, layer.out_shape)
        return params, {p: self._times(parts, p, factor, layer) for p, factor in work_rules if p in parts}

    def excludes(self, layer: Layer) -> bool:
        """Whether ``layer`` is left out by name: itself, or a layer that holds it."""
        name = layer.name
        return any(name == e or name.startswith(e + ".") for e in self.exclude)

    def _times(self, parts: Mapping[str, Any], part: str, factor: Factor, layer: Layer) -> Any:
        if isinstance(factor, int):
            return parts[part] if factor == 1 else parts[part] * factor
        if isinstance(factor, float):
            return ar.mul(parts[part], factor)
        return expression.of_layer(factor, parts, layer, self._words)


def _counting(rules: list[tuple[str, Factor]]) -> Counting:
    return tuple((part, factor) for part, factor in rules if not (isinstance(factor, int | float) and factor == 0))
