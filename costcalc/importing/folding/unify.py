"""One block for several bodies: what is alike stays, what follows from channels is said so, the rest are parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..calls import Shape, Value
from ..names import unique
from .blocks import BlockStep, Expression, FoldedBlock, Written
from .bodies import Body, Embedding
from .expressions import follows, multiple
from .following import as_size_of
from .naming import LETTERS, step_names

CHANNELS = ("c", "g", "heads", "n", "mult")
"""Arguments that may follow from channels."""
TENSORS = ("x", "y", "z", "w")
FLAG = "flag"
RATIO = "t"
SMALL_FACTORS = (1, 2, 3, 4, 6, 8)
_FLAGS = {"add": "residual", "mul": "gated", "roll": "shifted", "concat": "joined"}
"""What is said of a block that has such a call, where others haven't."""
_ORDER = (RATIO, "c", "mid")

Hole = tuple[int, str]


class Unified:
    """The block for ``members``, each with its match in ``base``; and how each of them calls it."""

    def __init__(
        self,
        name: str,
        base: Body,
        members: Sequence[tuple[Body, Embedding]],
        blocks: Mapping[str, FoldedBlock],
        taken: set[str],
    ) -> None:
        self.base = base
        self.members = members
        self.blocks = blocks
        self.inputs = ("in",) if len(base.inputs) == 1 else TENSORS[: len(base.inputs)]
        letters = {*LETTERS, *self.inputs} - ({"k"} if any(s.word == "attend" for s in base.steps) else set())
        self.names = step_names(base, taken | letters)
        self.kinds: dict[str, str] = {}
        self.columns: dict[str, list[Value]] = {}
        self.written: dict[Hole, Written] = {}
        self.conditions: dict[int, str] = {}
        self.one_width = False
        self.present = [[b in m.steps for _, m in members] for b in range(len(base.steps))]
        self.entering = {
            f"{tensor}.c": [body.inputs[k][0] for body, _ in members] for k, tensor in enumerate(self.inputs)
        }
        self.leaving = [_channels_of(body, body.results[0]) for body, _ in members]
        self.out: Hole | None = self._out()
        self._fill()
        if sum(1 for n, kind in self.kinds.items() if kind == "c" and n != "c") == 1:
            self.one_width = True  # which then has a plain name
            for found in (self.kinds, self.columns, self.written, self.conditions):
                found.clear()
            self._fill()
        self._condition_all()
        self.block = self._block(name)

    def arguments(self, k: int) -> dict[str, Value]:
        """The values of the block's parameters for member ``k``."""
        return {name: self.columns[name][k] for name in self.block.parameters}

    # -- holes

    def _column(self, hole: Hole) -> list[Value]:
        b, name = hole
        missing = [body.steps[m.steps[b]].arguments.get(name) if b in m.steps else None for body, m in self.members]
        return missing

    def _out(self) -> Hole | None:
        """The argument that says how many channels leave."""
        for b in range(len(self.base.steps) - 1, -1, -1):
            for name in self.base.steps[b].arguments:
                if self._kind((b, name)) == "c" and all(self.present[b]) and self._column((b, name)) == self.leaving:
                    return (b, name)
        return None

    def _kind(self, hole: Hole) -> str:
        b, name = hole
        step = self.base.steps[b]
        return self.blocks[step.word].parameters[name] if step.is_block else name

    def _fill(self) -> None:
        holes = [(b, name) for b, step in enumerate(self.base.steps) for name in step.arguments]

        def rank(hole: Hole) -> tuple[int, int]:
            first = 0 if hole == self.out else 1 if self._kind(hole) in ("s", "k") else 2
            return (0 if all(self.present[hole[0]]) else 1), first

        for hole in sorted(holes, key=rank):
            self.written[hole] = self._derived(hole)

    def _derived(self, hole: Hole) -> Written:
        """A literal, what the value follows from, or a new parameter."""
        following = [body.steps[m.steps[hole[0]]].follow.get(hole[1]) for body, m in self.members if hole[0] in m.steps]
        if any(f is not None for f in following):
            return Expression(as_size_of(following, self._tensors(hole[0])))
        column, kind = self._column(hole), self._kind(hole)
        there = [value for value, here in zip(column, self.present[hole[0]], strict=True) if here]
        partial = len(there) < len(column)
        numbers = all(type(value) is int for value in there)
        if kind in CHANNELS and numbers:
            widths: list[int | None] = [v if type(v) is int else None for v in column]
            if partial and kind == "c":
                expanded = self._known_width(widths) or self._expanded(hole, widths)
                if expanded:
                    return Expression(expanded)
            alike = len(set(there)) == 1
            if alike and not (kind == "c" and self._same_width()):
                return there[0]
            found = follows(widths, *self._known(hole, alike=alike))
            if found and not (alike and not _is_small(found)):
                return Expression(found)
            if alike:
                return there[0]
            if kind == "c" and hole != self.out:
                ratio = self._ratio(widths)
                if ratio:
                    return Expression(ratio)
                of_result = self._of_result(widths)
                if of_result:
                    return Expression(of_result)
        elif isinstance(there[0], tuple) and (self.base.steps[hole[0]].word, hole[1]) == ("split", "n"):
            return self._widths(hole, column)
        if kind == "by" and len(set(there)) > 1:
            found = self._less_than_size(hole)
            if found:
                return Expression(found)
        alone = all(value == there[0] for value in there)
        if alone and not (partial and kind == "s"):
            return there[0]
        for name, known in self.columns.items():
            if self.kinds[name] == kind and all(
                a == b for a, b, p in zip(known, column, self.present[hole[0]], strict=True) if p
            ):
                return Expression(name)
        return there[0] if alone else Expression(self._new(hole, kind, column))

    def _tensors(self, b: int) -> Iterator[tuple[str, list[tuple[Shape, Shape]]]]:
        """What stands above step ``b``, with its shapes at both sizes of the input in the runs that have that step."""
        there = [(body, m) for body, m in self.members if b in m.steps]
        for k, tensor in enumerate(self.inputs):
            yield tensor, [(body.inputs[k], body.seconds[k]) for body, _ in there]
        for of in range(b - 1, -1, -1):
            if all(of in m.steps for _, m in there) and len(self.names[of]) == 1:
                steps = [body.steps[m.steps[of]] for body, m in there]
                yield self.names[of][0], [(s.outputs[0], s.seconds[0]) for s in steps]

    def _same_width(self) -> bool:
        return len(set(next(iter(self.entering.values())))) == 1 and len(self.members) > 1

    def _known_width(self, widths: list[int | None]) -> str:
        """A parameter for channels that has these wherever a run has the step."""
        columns = ((n, c) for n, c in self.columns.items() if self.kinds[n] == "c")
        return next((n for n, c in columns if all(w is None or w == v for w, v in zip(widths, c, strict=True))), "")

    def _known(self, hole: Hole, *, alike: bool) -> list[list[tuple[str, list[int]]]]:
        """What channels may follow from: first those that enter and parameters, then those of the steps before."""
        found: list[tuple[str, list[int]]] = list(self.entering.items())
        found += [
            (name, [v for v in column if type(v) is int])
            for name, column in self.columns.items()
            if self.kinds[name] == "c" and all(type(v) is int for v in column)
        ]
        if alike or hole == self.out:
            return [found]
        made: list[tuple[str, list[int]]] = []
        b = hole[0]
        direct = [of for of, _ in self.base.steps[b].wires if of >= 0]
        for of in dict.fromkeys((*direct, *range(b - 1, -1, -1))):
            if all(self.present[of]) and len(self.names[of]) == 1:
                widths = [body.steps[m.steps[of]].outputs[0][0] for body, m in self.members]
                made.append((f"{self.names[of][0]}.c", widths))
        return [found, made]

    def _expanded(self, hole: Hole, widths: list[int | None]) -> str:
        """An expansion that some runs haven't got: t, which is 1 there, or the width itself, that of the input."""
        b = hole[0]
        if self.base.steps[b].wires != ((-1, 0),) or self.base.steps[b].word != "conv":
            return ""
        name, entering = next(iter(self.entering.items()))
        pairs = [(w, n) for w, n in zip(widths, entering, strict=True) if w is not None]
        if any(w == n for w, n in pairs):
            return ""
        if all(w % n == 0 for w, n in pairs):
            t = self._new(hole, RATIO, [1 if w is None else w // n for w, n in zip(widths, entering, strict=True)])
            self.conditions[b] = f"{t} != 1"
            return f"{t}*{name}"
        if len({w for w, _ in pairs}) < 2:
            return ""
        mid = self._new(hole, "c", [n if w is None else w for w, n in zip(widths, entering, strict=True)])
        self.conditions[b] = f"{mid} != {name}"
        return mid

    def _of_result(self, widths: list[int | None]) -> str:
        """``c//2`` of the channels that leave, which no call of the block says by itself."""
        if self.out is not None or "c" in self.columns:
            return ""
        found = multiple("c", self.leaving, widths)
        if not found or found == "c" or not _is_small(found):
            return ""
        self.columns["c"], self.kinds["c"] = list(self.leaving), "c"
        return found

    def _ratio(self, widths: list[int | None]) -> str:
        """``t*in.c``, if the factors are whole and fewer than the widths."""
        name, entering = next(iter(self.entering.items()))
        pairs = list(zip(widths, entering, strict=True))
        if any(w is not None and w % n for w, n in pairs):
            return ""
        factors: list[Value] = [None if w is None else w // n for w, n in pairs]
        if len({f for f in factors if f is not None}) >= len({w for w in widths if w is not None}):
            return ""
        for known, column in self.columns.items():
            if self.kinds[known] == RATIO and all(f is None or f == c for f, c in zip(factors, column, strict=True)):
                return f"{known}*{name}"
        first = next(f for f in factors if f is not None)
        return f"{self._new((0, ''), RATIO, [first if f is None else f for f in factors])}*{name}"

    def _less_than_size(self, hole: Hole) -> str:
        """``[x.h - 3, x.w - 3]`` of the map that is rolled, which is a shift by 3 the other way."""
        b, name = hole
        (wire,) = self.base.steps[b].wires
        steps = [body.steps[m.steps[b]] for body, m in self.members if b in m.steps]
        left = {
            tuple(n - v for n, v in zip(s.inputs[0][1:], value, strict=True))
            for s in steps
            for value in [s.arguments[name]]
            if isinstance(value, tuple) and len(value) == 2 == len(s.inputs[0]) - 1
        }
        if len(left) != 1 or (wire[0] >= 0 and len(self.names[wire[0]]) > 1):
            return ""
        ((down, right),) = left
        x = self.inputs[wire[1]] if wire[0] < 0 else self.names[wire[0]][0]
        return f"[{x}.h - {down}, {x}.w - {right}]"

    def _widths(self, hole: Hole, column: list[Value]) -> Written:
        """Of a split into parts of several widths, each by itself."""
        there = [v for v in column if isinstance(v, tuple)]
        if len(set(there)) == 1 or len({len(v) for v in there}) != 1:
            return there[0] if len(set(there)) == 1 else Expression(self._new(hole, "n", column))
        texts = []
        for k in range(len(there[0])):
            part = [v[k] if isinstance(v, tuple) else None for v in column]
            numbers = {v for v in part if v is not None}
            text = str(numbers.pop()) if len(numbers) == 1 else follows(part, *self._known(hole, alike=False))
            if not text:
                return Expression(self._new(hole, "n", column))
            texts.append(text)
        return Expression(f"[{', '.join(texts)}]")

    def _new(self, hole: Hole, kind: str, column: Sequence[Value]) -> str:
        """A new parameter; where a run has no value for it any will do."""
        wish = self._wish(hole, kind)
        taken = {*self.columns, *self.inputs, *(name for names in self.names for name in names)}
        name = unique(wish, taken)
        filled = next(v for v in column if v is not None) if any(v is not None for v in column) else None
        self.columns[name] = [filled if v is None else v for v in column]
        self.kinds[name] = kind
        return name

    def _wish(self, hole: Hole, kind: str) -> str:
        """What a parameter for it would be called if nothing else was."""
        step = self.names[hole[0]][0] if hole[1] else ""
        if hole == self.out:
            return "c"
        if kind == "c":
            return "mid" if self.one_width else _width_name(step)
        if kind == "n":
            return "parts"
        if hole[1] and self.base.steps[hole[0]].is_block:
            return hole[1]
        return kind if len(kind) > 1 or kind in LETTERS else f"{step}_{kind}"

    # -- conditions

    def _condition_all(self) -> None:
        for b, here in enumerate(self.present):
            if not all(here) and b not in self.conditions:
                self.conditions[b] = self._condition(b, here)

    def _condition(self, b: int, here: list[bool]) -> str:
        """What holds just where the step is there: of a closed list, else a flag."""
        for text, holds in self._tests():
            if holds == here:
                return text
        for name, column in self.columns.items():
            if self.kinds[name] == FLAG and column == here:
                return name
        wish = _FLAGS.get(self.base.steps[b].word, self.names[b][0])
        own = {name for names in self.names for name in names}
        if wish in own:
            wish = wish.upper() if len(wish) < 4 else f"with_{wish}"
        name = unique(wish, {*self.columns, *self.inputs, *own})
        self.columns[name] = list(here)
        self.kinds[name] = FLAG
        return name

    def _tests(self) -> list[tuple[str, list[bool]]]:
        found: list[tuple[str, list[bool]]] = []
        width = self.written.get(self.out) if self.out else None
        entering_name, entering = next(iter(self.entering.items()))
        same = [c == n for c, n in zip(self.leaving, entering, strict=True)]
        strides = self.columns.get("s")
        if isinstance(width, Expression) and width.text != entering_name:
            if strides:
                one = [s == 1 for s in strides]
                both = [a and b for a, b in zip(one, same, strict=True)]
                found.append((f"s == 1 and {width.text} == {entering_name}", both))
                found.append((f"s != 1 or {width.text} != {entering_name}", [not x for x in both]))
            found.append((f"{width.text} == {entering_name}", same))
            found.append((f"{width.text} != {entering_name}", [not x for x in same]))
        for step in self.base.steps:
            size = step.arguments.get("size")
            maps = len(self.inputs) == 1 and all(len(body.inputs[0]) == 3 for body, _ in self.members)
            if step.word in ("windows", "grid") and isinstance(size, tuple) and maps:
                found.append((f"in.h > {size[0]}", [body.inputs[0][1] > size[0] for body, _ in self.members]))
        for name, column in self.columns.items():
            if self.kinds[name] not in (FLAG, "c") and all(type(v) is int for v in column):
                found.append((f"{name} != 1", [v != 1 for v in column]))
                found.append((f"{name} == 1", [v == 1 for v in column]))
        return found

    # -- the block

    def _block(self, name: str) -> FoldedBlock:
        order = sorted(self.columns, key=self._place)
        steps = []
        for b, step in enumerate(self.base.steps):
            arguments = {n: self.written[(b, n)] for n in step.arguments}
            passed = next((m.passed[b] for _, m in self.members if b in m.passed), None)
            steps.append(BlockStep(step, self.names[b], arguments, self.conditions.get(b, ""), passed))
        kinds = {n: self.kinds[n] for n in order}
        return FoldedBlock(name, self.inputs, kinds, steps, self.base.results[0])

    def _place(self, name: str) -> tuple[int, int]:
        kind = self.kinds[name]
        if kind == FLAG:
            return (9, 0)
        if name in _ORDER:
            return (_ORDER.index(name), 0)
        return (6 if kind == "k" else 7 if kind == "s" else 8 if kind in ("act", "norm", "pad") else 4, 0)


def _channels_of(body: Body, wire: tuple[int, int]) -> int:
    of, port = wire
    return body.inputs[port][0] if of < 0 else body.steps[of].outputs[port][0]


def _width_name(step: str) -> str:
    """``c2_1`` of branch2_1, ``squeeze_c`` of squeeze."""
    letters = step.rstrip("0123456789_")
    return f"c{step[len(letters) :]}" if letters != step else f"{step}_c"


def _is_small(text: str) -> bool:
    """Whether an expression has a factor that a person would have meant."""
    factor, _, rest = text.partition("*")
    if rest:
        return factor.isdigit() and int(factor) in SMALL_FACTORS and "//" not in rest
    divisor = text.partition("//")[2]
    return not divisor or (divisor.isdigit() and int(divisor) in SMALL_FACTORS)
