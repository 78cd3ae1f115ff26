"""From one convention's total to another's: which parts of which layers make the difference, and how much each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ..conventions import Convention
from ..errors import UsageError, nearest, quoted
from ..graph import Layer, path_labels, path_text
from ..language.syntax import Node
from ..network import Network
from ..record import Record, fresh
from .parts import Measure
from .totals import counted, whole

By = Literal["part", "op", "layer", "stage"]
BY: tuple[By, ...] = ("part", "op", "layer", "stage")
"""What a step is: a part of a kind of op (batch_norm.norm), a kind of op, a call of the spec, a stage."""


class WaterfallStep(Record):
    """What ``name`` counts under the first convention (``before``) and under the second (``after``).

    ``rules`` are the factors of both, where a step is a part; "" where the part doesn't count.
    """

    name: str
    before: Any
    after: Any
    rules: tuple[str, str] = ("", "")

    @property
    def difference(self) -> Any:
        """How much more the second counts."""
        return self.after - self.before


class Waterfall(Record):
    """``steps`` are those that differ, the largest difference first; ``same`` is what both count alike.

    ``before`` and ``after`` are the totals: ``same`` and the steps add up to them, to the last unit.
    """

    measure: Measure
    conventions: tuple[Convention, Convention]
    same: Any
    steps: list[WaterfallStep] = fresh(default_factory=list)

    @property
    def before(self) -> Any:
        """The total under the first convention."""
        return whole(self.same + sum(step.before for step in self.steps))

    @property
    def after(self) -> Any:
        """The total under the second convention."""
        return whole(self.same + sum(step.after for step in self.steps))


def waterfall(
    network: Network, values: Mapping[str, Any], first: Convention, second: Convention, by: By = "part"
) -> tuple[Waterfall, Waterfall]:
    """From ``first`` to ``second``: in work, and in params. Exact.

    Raises :class:`UsageError` for another ``by``, and what :meth:`Network.cost` raises.
    """
    if by not in BY:
        raise UsageError(f"steps are by {', '.join(BY)}, not {quoted(by)}{nearest(str(by), BY)}")
    sides = [_amounts(network, values, convention, by) for convention in (first, second)]
    found = []
    measures: tuple[Measure, ...] = "work", "params"
    for k, measure in enumerate(measures):
        before, after = sides[0][k], sides[1][k]
        steps = []
        for name in dict.fromkeys([*before, *after]):
            a, b = before.get(name), after.get(name)
            rules = (a[1] if a else "", b[1] if b else "") if by == "part" else ("", "")
            steps.append(WaterfallStep(name, a[0] if a else 0, b[0] if b else 0, rules))
        same = sum(step.before for step in steps if step.difference == 0)
        steps = [step for step in steps if step.difference != 0]
        steps.sort(key=lambda step: -abs(step.difference))
        found.append(Waterfall(measure, (first, second), same, steps))
    return found[0], found[1]


_Amounts = dict[str, tuple[Any, str]]


def _amounts(network: Network, values: Mapping[str, Any], convention: Convention, by: By) -> tuple[_Amounts, _Amounts]:
    """Work and params by name, with the rule that makes each."""
    cost, scale = counted(network, values, convention)
    chosen = cost.convention
    cost.refuse(chosen)
    work: _Amounts = {}
    params: _Amounts = {}
    for layer in cost.graph.layers:
        rules = {part: factor for side in chosen.rules(layer.op) for part, factor, _ in side}
        stored, done = chosen.amounts(layer)
        for found, times, amounts in ((params, layer.weight_count, stored), (work, layer.count * scale, done)):
            for part, amount in amounts.items():
                name = _name(layer, part, by)
                so_far, rule = found.get(name, (0, _text(rules[part])))
                found[name] = (whole(so_far + amount * times), rule)
    return work, params


def _name(layer: Layer, part: str, by: By) -> str:
    if by == "part":
        return f"{layer.op.kind}.{part}"
    if by == "op":
        return layer.op.kind
    return path_text(layer.call) if by == "layer" else path_labels(layer.path)[0]


def _text(factor: Any) -> str:
    """A factor as its file has it."""
    return factor.text.value if isinstance(factor, Node) else f"{factor}"
