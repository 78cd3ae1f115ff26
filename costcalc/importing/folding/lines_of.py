"""Steps of blocks and of the network as lines, with calls that belong together in one pipe."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ...evaluate.built_in import BUILT_IN
from ..arguments import Defaults, usual_bias, value_text
from ..calls import Value
from ..lines import StepLine
from ..names import identifier
from .blocks import BlockStep, Expression, FoldedBlock, Written
from .bodies import BodyStep, Wire
from .parameters import FLAG

LONGEST = 110
"""Characters of a line with several calls."""
_TRAILING = {"act", "softmax", "split", "flatten", "reshape", "merge", "transpose", "shuffle", "dropout", "scale"}
"""Calls that stand behind another on its line."""


class LinesOfSteps:
    """The lines of a list of steps that name one another."""

    def __init__(
        self,
        steps: Sequence[BlockStep],
        inputs: Sequence[str],
        results: Sequence[Wire],
        blocks: Mapping[str, FoldedBlock],
        defaults: Defaults,
        copies: Mapping[int, str] | None = None,
        *,
        block: bool = False,
    ) -> None:
        self.steps = steps
        self.inputs = inputs
        self.results = results
        self.blocks = blocks
        self.defaults = defaults
        self.copies = copies or {}
        self.block = block
        self.uses = Counter(wire for s in steps for wire in s.step.wires) + Counter(results)
        self.named = _names_in(steps)
        self.inline = {k for k in range(len(steps)) if self._is_operand(k)}
        self._all_numbered = block and all(
            s.step.own and s.step.path.rpartition(".")[2].isdigit() and not s.condition for s in steps
        )

    def lines(self) -> list[StepLine]:
        """One for each step, or for several in a pipe. Of a block the last is its result."""
        found: list[tuple[StepLine, list[int]]] = []
        current: Wire | None = (-1, 0) if len(self.inputs) == 1 else None
        for k, s in enumerate(self.steps):
            if k in self.inline:
                continue
            line = self._line(k, current)
            if found and self._continues(k, found[-1]):
                before, numbers = found.pop()
                names = line.names if len(line.names) > 1 else (self._pipe_name(numbers, k),)
                line.current, line.sources = True, ()
                joined = StepLine(**{n: getattr(before, n) for n in StepLine._fields} | {"names": names})
                joined.then = (*before.then, line.text())
                self._rename(k, names)
                found.append((joined, [*numbers, k]))
            else:
                found.append((line, [k]))
            current = (k, 0) if _is_one(s.step) else None
        lines = [line for line, _ in found]
        if self.block and lines:
            last = len(self.steps) - 1
            if self.results != [(last, 0)]:
                lines.append(StepLine(("out",), self.name(self.results[0]), head=()))
        return lines

    def _is_operand(self, k: int) -> bool:
        """Whether it is something learned that one join takes, and stands there."""
        s = self.steps[k]
        users = [other for other in self.steps if (k, 0) in other.step.wires]
        joined = len(users) == 1 and not users[0].step.is_block and BUILT_IN[users[0].step.word].joins
        once = self.uses[(k, 0)] == 1 and not s.step.shares and not s.condition
        return s.step.word == "learned" and joined and once and not self.named & {*s.names}

    def name(self, wire: Wire) -> str:
        """What a tensor is called."""
        of, port = wire
        if of < 0:
            return self.inputs[port]
        if of in self.inline:
            return self._line(of, None).text()
        if not _is_one(self.steps[of].step) and len(self.steps[of].names) == 1:
            return f"{self.steps[of].names[0]}[1]"
        return self.steps[of].names[port]

    def _line(self, k: int, current: Wire | None) -> StepLine:
        s = self.steps[k]
        step = s.step
        block = self.blocks.get(step.word) if step.is_block else None
        head = None if block is None else tuple(n for n, kind in block.parameters.items() if kind != FLAG)
        names = tuple(n if self.uses[(k, port)] else "_" for port, n in enumerate(s.names))
        otherwise = ""
        joins = not step.is_block and BUILT_IN[step.word].joins
        start = current if joins else step.wires[0] if len(step.wires) == 1 else None
        if s.condition and s.passed is not None and s.passed != start:
            otherwise = self.name(s.passed)
        return StepLine(
            names,
            step.word,
            tuple(self.name(w) for w in step.wires),
            tuple(self._arguments(s)),
            head,
            current=step.wires == (current,),
            copies=self.copies.get(k, ""),
            sharing=self._sharing(step),
            condition=s.condition,
            otherwise=otherwise,
        )

    def _sharing(self, step: BodyStep) -> str:
        if step.sharing is None:
            return ""
        how, owner = step.sharing
        return f"sharing {how} with {next((s.names[0] for s in self.steps if s.step.calls == (owner,)), 'unknown')}"

    def _arguments(self, s: BlockStep) -> list[tuple[str, str]]:
        word, found = s.step.word, []
        for name, value in s.arguments.items():
            kind = self.blocks[word].parameters[name] if s.step.is_block else name
            if s.step.is_block:
                if value is False and kind == FLAG:
                    continue
            elif is_default(s, name, self.defaults):
                continue
            found.append((name, written(value, kind)))
        return found

    # -- pipes

    def _continues(self, k: int, before: tuple[StepLine, list[int]]) -> bool:
        """Whether step ``k`` stands better behind the line before it."""
        line, numbers = before
        s, last = self.steps[k], numbers[-1]
        step, previous = s.step, self.steps[last].step
        alone = step.wires == ((last, 0),) and self.uses[(last, 0)] == 1 and _is_one(previous)
        joins = not step.is_block and BUILT_IN[step.word].joins and step.word != "split"
        if (
            not alone
            or joins
            or step.shares
            or previous.shares
            or s.condition
            or line.condition
            or self.copies.get(k)
            or self.copies.get(last)
        ):
            return False
        length = len(line.text()) + len(self._line(k, (last, 0)).text())
        if self.named & {*self.steps[last].names} or length > LONGEST:
            return False
        if step.container and step.container == previous.container and self._is_branch(step.container):
            return True
        if _stem(previous) and _stem(previous) == _stem(step):
            return True
        if step.word == "conv" and not step.own:
            return previous.word in ("attend", "matmul")  # the projection of what heads have found
        return (step.word in _TRAILING and (not step.own or step.word == "act")) or self._all_numbered

    def _is_branch(self, container: str) -> bool:
        """Whether a container has a name, and is but a part of what happens here."""
        inside = [s for s in self.steps if s.step.container == container]
        rest = [s for s in self.steps if s.step.container != container and len(s.step.wires) == 1]
        parallel = len(inside) <= len(rest) + 1 or any(s.step.word == "split" for s in rest)
        return not container.rpartition(".")[2].isdigit() and bool(rest) and parallel

    def _pipe_name(self, numbers: list[int], k: int) -> str:
        if self.named & {*self.steps[k].names}:
            return self.steps[k].names[0]
        container, stem = self.steps[k].step.container, _stem(self.steps[k].step)
        first = self.steps[numbers[0]].step
        if self.block and k == len(self.steps) - 1 and not first.is_block and BUILT_IN[first.word].joins:
            return "out"
        if container and all(self.steps[j].step.container == container for j in numbers):
            label = identifier(container.rpartition(".")[2])
        elif stem and all(_stem(self.steps[j].step) == stem for j in numbers):
            label = identifier(stem.rpartition(".")[2])
        else:
            label = ""
        if label:
            taken = {n for j, s in enumerate(self.steps) if j not in numbers and j != k for n in s.names}
            if label not in taken and not label.endswith("_"):
                return label
        return self.steps[numbers[0]].names[0]

    def _rename(self, k: int, names: Sequence[str]) -> None:
        self.steps[k].names[:] = names


def _is_one(step: BodyStep) -> bool:
    """Whether it makes one tensor, and no tuple, as a split does also of one part."""
    return len(step.outputs) == 1 and step.word != "split"


def _stem(step: BodyStep) -> str:
    """``x.branch5x5`` of x.branch5x5_2: numbered parts of one thing."""
    stem, _, number = step.path.rpartition("_")
    return stem if number.isdigit() and step.own else ""


def _names_in(steps: Sequence[BlockStep]) -> set[str]:
    """Names that expressions mention."""
    texts = [s.condition for s in steps]
    texts += [value.text for s in steps for value in s.arguments.values() if isinstance(value, Expression)]
    return {name for text in texts for name in re.findall(r"[^\W\d]\w*", text)}


def is_default(s: BlockStep, name: str, defaults: Defaults) -> bool:
    """Whether a call of a layer needn't say so."""
    word, value = s.step.word, s.arguments[name]
    if isinstance(value, Expression):
        return False
    if name == "pad" and is_pointwise(s):
        return True
    if name == "bias" and "norm" in s.arguments and "bias" not in defaults.get(word, {}):
        return value is usual_bias_of(s)
    start: Value = defaults.get(word, {}).get(name, BUILT_IN[word].defaults[name])
    return type(value) is type(start) and value == start


def usual_bias_of(s: BlockStep) -> bool | None:
    """Whether its convolution has a bias if nothing is said of it; None if that isn't the same in all runs."""
    given: dict[str, Value] = {}
    for name in ("norm", "fixed"):
        value = s.arguments[name]
        if isinstance(value, Expression):
            return None
        given[name] = value
    return usual_bias(given)


def is_pointwise(s: BlockStep) -> bool:
    """Whether its kernel is 1x1, so that no padding matters."""
    kernel = s.arguments.get("k")
    return isinstance(kernel, tuple) and set(kernel) == {1} and s.arguments["pad"] in ("same", "none")


def written(value: Written, kind: str) -> str:
    """The text of an argument; ``kind`` is that of a layer that it is for."""
    return value.text if isinstance(value, Expression) else value_text(value, kind)
