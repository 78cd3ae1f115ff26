"""One block for several bodies: what is alike stays, what follows from channels is said so, the rest are parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..calls import Value
from .blocks import BlockStep, Expression, FoldedBlock, Written
from .bodies import Body, Embedding
from .conditions import condition
from .expressions import follows, multiple
from .following import as_size_of
from .parameters import RATIO, BlockParameters
from .runs import BlockRuns, Hole

CHANNELS = ("c", "g", "heads", "n", "mult")
"""Arguments that may follow from channels."""
SMALL_FACTORS = (1, 2, 3, 4, 6, 8)


def unified(
    name: str, base: Body, members: Sequence[tuple[Body, Embedding]], blocks: Mapping[str, FoldedBlock]
) -> tuple[FoldedBlock, list[dict[str, Value]]]:
    """The block for ``members``, each with its match in ``base``; and the arguments of each of them."""
    runs = BlockRuns(base, members, blocks)
    found = _Derivation(runs, one_width=False)
    widths = [n for n, kind in found.parameters.kinds.items() if kind == "c" and n != "c"]
    if len(widths) == 1:
        found = _Derivation(runs, one_width=True)
    block = found.block(name)
    columns = found.parameters.columns
    return block, [{n: columns[n][k] for n in block.parameters} for k in range(len(members))]


class _Derivation:
    """What is written for each argument of each step."""

    def __init__(self, runs: BlockRuns, *, one_width: bool) -> None:
        self.runs = runs
        self.parameters = BlockParameters(runs, one_width=one_width)
        self.written: dict[Hole, Written] = {}
        self.conditions: dict[int, str] = {}
        for hole in sorted(runs.holes(), key=self._rank):
            self.written[hole] = self._derived(hole)

    def block(self, name: str) -> FoldedBlock:
        """The block, with conditions for the steps that some runs lack."""
        out = self.written.get(self.runs.out) if self.runs.out else None
        width = out.text if isinstance(out, Expression) else ""
        for b, here in enumerate(self.runs.present):
            if not all(here) and b not in self.conditions:
                self.conditions[b] = condition(b, self.runs, self.parameters, width)
        steps = []
        for b, step in enumerate(self.runs.base.steps):
            arguments = {n: self.written[b, n] for n in step.arguments}
            passed = next((m.passed[b] for _, m in self.runs.members if b in m.passed), None)
            steps.append(BlockStep(step, self.runs.names[b], arguments, self.conditions.get(b, ""), passed))
        kinds = {n: self.parameters.kinds[n] for n in self.parameters.in_order()}
        return FoldedBlock(name, self.runs.inputs, kinds, steps, self.runs.base.results[0])

    def _rank(self, hole: Hole) -> tuple[int, int]:
        """First what all runs have; of that the channels that leave, and strides."""
        first = 0 if hole == self.runs.out else 1 if self.runs.kind(hole) in ("s", "k") else 2
        return (0 if all(self.runs.present[hole[0]]) else 1), first

    def _derived(self, hole: Hole) -> Written:
        """A literal, what the value follows from, or a new parameter."""
        following = [
            body.steps[m.steps[hole[0]]].follow.get(hole[1]) for body, m in self.runs.members if hole[0] in m.steps
        ]
        if any(f is not None for f in following):
            return Expression(as_size_of(following, self.runs.tensors_above(hole[0])))
        column, kind, here = self.runs.column(hole), self.runs.kind(hole), self.runs.present[hole[0]]
        there = [value for value, present in zip(column, here, strict=True) if present]
        rule: Written = None
        if kind in CHANNELS and all(type(value) is int for value in there):
            rule = self._of_channels(hole, kind, [v if type(v) is int else None for v in column])
        elif kind == "n" and isinstance(there[0], tuple):
            return self._widths(hole, column)
        elif kind == "by" and len(set(there)) > 1:
            rule = self._less_than_size(hole)
        if rule is not None:
            return rule
        alike = all(value == there[0] for value in there)
        if alike and not (kind == "s" and not all(here)):
            return there[0]
        known = self.parameters.like(kind, column, here)
        if known:
            return Expression(known)
        return there[0] if alike else Expression(self.parameters.add_for(hole, kind, column))

    def _of_channels(self, hole: Hole, kind: str, widths: list[int | None]) -> Written:
        """What a number follows from, or the number that it is in all runs; None if it is neither."""
        there = [w for w in widths if w is not None]
        if kind == "c" and len(there) < len(widths):
            found = self.parameters.like("c", widths, self.runs.present[hole[0]]) or self._expanded(hole, widths)
            if found:
                return Expression(found)
        alike = len(set(there)) == 1
        if alike and not (kind == "c" and self._same_width()):
            return there[0]
        found = follows(widths, *self._known(hole, alike=alike))
        if found and not (alike and not _is_small(found)):
            return Expression(found)
        if alike:
            return there[0]
        found = "" if kind != "c" or hole == self.runs.out else self._ratio(widths) or self._of_result(widths)
        return Expression(found) if found else None

    def _same_width(self) -> bool:
        return len(set(next(iter(self.runs.entering.values())))) == 1 and len(self.runs.members) > 1

    def _known(self, hole: Hole, *, alike: bool) -> list[list[tuple[str, list[int]]]]:
        """What channels may follow from: first those that enter and parameters, then those of the steps above."""
        first = [*self.runs.entering.items(), *self.parameters.widths()]
        return [first] if alike or hole == self.runs.out else [first, self.runs.channels_above(hole[0])]

    def _expanded(self, hole: Hole, widths: list[int | None]) -> str:
        """An expansion that some runs haven't got: t, which is 1 there, or the width itself, that of the input."""
        b = hole[0]
        if self.runs.base.steps[b].wires != ((-1, 0),) or self.runs.base.steps[b].word != "conv":
            return ""
        name, entering = next(iter(self.runs.entering.items()))
        pairs = [(w, n) for w, n in zip(widths, entering, strict=True) if w is not None]
        if any(w == n for w, n in pairs):
            return ""
        if all(w % n == 0 for w, n in pairs):
            t = self.parameters.add(
                RATIO, RATIO, [1 if w is None else w // n for w, n in zip(widths, entering, strict=True)]
            )
            self.conditions[b] = f"{t} != 1"
            return f"{t}*{name}"
        if len({w for w, _ in pairs}) < 2:
            return ""
        mid = self.parameters.add_for(hole, "c", [n if w is None else w for w, n in zip(widths, entering, strict=True)])
        self.conditions[b] = f"{mid} != {name}"
        return mid

    def _of_result(self, widths: list[int | None]) -> str:
        """``c//2`` of the channels that leave, which no call of the block says by itself."""
        if self.runs.out is not None or "c" in self.parameters.columns:
            return ""
        found = multiple("c", self.runs.leaving, widths)
        if not found or found == "c" or not _is_small(found):
            return ""
        self.parameters.add("c", "c", self.runs.leaving)
        return found

    def _ratio(self, widths: list[int | None]) -> str:
        """``t*in.c``, if the factors are whole and fewer than the widths."""
        name, entering = next(iter(self.runs.entering.items()))
        pairs = list(zip(widths, entering, strict=True))
        if any(w is not None and w % n for w, n in pairs):
            return ""
        factors: list[Value] = [None if w is None else w // n for w, n in pairs]
        if len({f for f in factors if f is not None}) >= len({w for w in widths if w is not None}):
            return ""
        known = self.parameters.like(RATIO, factors, [f is not None for f in factors])
        return f"{known or self.parameters.add(RATIO, RATIO, factors)}*{name}"

    def _less_than_size(self, hole: Hole) -> Expression | None:
        """``[x.h - 3, x.w - 3]`` of the map that is rolled, which is a shift by 3 the other way."""
        b, name = hole
        (wire,) = self.runs.base.steps[b].wires
        steps = [body.steps[m.steps[b]] for body, m in self.runs.members if b in m.steps]
        left = {
            tuple(n - v for n, v in zip(s.inputs[0][1:], value, strict=True))
            for s in steps
            for value in [s.arguments[name]]
            if isinstance(value, tuple) and len(value) == 2 == len(s.inputs[0]) - 1
        }
        if len(left) != 1 or (wire[0] >= 0 and len(self.runs.names[wire[0]]) > 1):
            return None
        ((down, right),) = left
        x = self.runs.inputs[wire[1]] if wire[0] < 0 else self.runs.names[wire[0]][0]
        return Expression(f"[{x}.h - {down}, {x}.w - {right}]")

    def _widths(self, hole: Hole, column: list[Value]) -> Written:
        """Of a split into parts of several widths, each by itself."""
        there = [v for v in column if isinstance(v, tuple)]
        if len(set(there)) == 1 or len({len(v) for v in there}) != 1:
            return there[0] if len(set(there)) == 1 else Expression(self.parameters.add_for(hole, "n", column))
        texts = []
        for k in range(len(there[0])):
            part = [v[k] if isinstance(v, tuple) else None for v in column]
            numbers = {v for v in part if v is not None}
            text = str(numbers.pop()) if len(numbers) == 1 else follows(part, *self._known(hole, alike=False))
            if not text:
                return Expression(self.parameters.add_for(hole, "n", column))
            texts.append(text)
        return Expression(f"[{', '.join(texts)}]")


def _is_small(text: str) -> bool:
    """Whether an expression has a factor that a person would have meant."""
    factor, _, rest = text.partition("*")
    if rest:
        return factor.isdigit() and int(factor) in SMALL_FACTORS and "//" not in rest
    divisor = text.partition("//")[2]
    return not divisor or (divisor.isdigit() and int(divisor) in SMALL_FACTORS)
