"""The runs of a block beside one another: what each has where, and what stands above a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..calls import Shape, Value
from .blocks import FoldedBlock
from .bodies import Body, Embedding
from .naming import LETTERS, step_names

TENSORS = ("x", "y", "z", "w")
"""What tensors are called that enter a block, if there are several."""

Hole = tuple[int, str]
"""An argument of a step of the longest body: the step's number, the argument's name."""


class BlockRuns:
    """``members``, each with its match in ``base``, the longest of them.

    ``present``: by step, which runs have it. ``entering``: the channels that enter in each run, by name of the tensor;
    ``leaving``: those of the result. ``out``: the argument that says how many leave, if one does.
    """

    def __init__(
        self, base: Body, members: Sequence[tuple[Body, Embedding]], blocks: Mapping[str, FoldedBlock]
    ) -> None:
        self.base = base
        self.members = members
        self.blocks = blocks
        self.inputs = ("in",) if len(base.inputs) == 1 else TENSORS[: len(base.inputs)]
        letters = {*LETTERS, *self.inputs} - ({"k"} if any(s.word == "attend" for s in base.steps) else set())
        self.names = step_names(base, letters)
        self.present = [[b in m.steps for _, m in members] for b in range(len(base.steps))]
        self.entering = {
            f"{tensor}.c": [body.inputs[k][0] for body, _ in members] for k, tensor in enumerate(self.inputs)
        }
        self.leaving = [_channels_of(body, body.results[0]) for body, _ in members]
        self.out = self._out()

    @property
    def step_names(self) -> set[str]:
        """The names of all steps."""
        return {name for names in self.names for name in names}

    def holes(self) -> list[Hole]:
        """Every argument of every step."""
        return [(b, name) for b, step in enumerate(self.base.steps) for name in step.arguments]

    def column(self, hole: Hole) -> list[Value]:
        """The value in each run; None where it lacks the step."""
        b, name = hole
        return [body.steps[m.steps[b]].arguments.get(name) if b in m.steps else None for body, m in self.members]

    def kind(self, hole: Hole) -> str:
        """Which argument of a layer it is, or is for."""
        b, name = hole
        step = self.base.steps[b]
        return self.blocks[step.word].parameters[name] if step.is_block else name

    def channels_above(self, b: int) -> list[tuple[str, list[int]]]:
        """The channels of the steps above step ``b`` that all runs have, its own sources first."""
        direct = [of for of, _ in self.base.steps[b].wires if of >= 0]
        found: list[tuple[str, list[int]]] = []
        for of in dict.fromkeys((*direct, *range(b - 1, -1, -1))):
            if all(self.present[of]) and len(self.names[of]) == 1:
                widths = [body.steps[m.steps[of]].outputs[0][0] for body, m in self.members]
                found.append((f"{self.names[of][0]}.c", widths))
        return found

    def tensors_above(self, b: int) -> Iterator[tuple[str, list[tuple[Shape, Shape]]]]:
        """What stands above step ``b``, with its shapes at both sizes of the input in the runs that have that step."""
        there = [(body, m) for body, m in self.members if b in m.steps]
        for k, tensor in enumerate(self.inputs):
            yield tensor, [(body.inputs[k], body.seconds[k]) for body, _ in there]
        for of in range(b - 1, -1, -1):
            if all(of in m.steps for _, m in there) and len(self.names[of]) == 1:
                steps = [body.steps[m.steps[of]] for body, m in there]
                yield self.names[of][0], [(s.outputs[0], s.seconds[0]) for s in steps]

    def _out(self) -> Hole | None:
        """The argument that says how many channels leave."""
        for b in range(len(self.base.steps) - 1, -1, -1):
            for name in self.base.steps[b].arguments:
                if self.kind((b, name)) == "c" and all(self.present[b]) and self.column((b, name)) == self.leaving:
                    return (b, name)
        return None


def _channels_of(body: Body, wire: tuple[int, int]) -> int:
    of, port = wire
    return body.inputs[port][0] if of < 0 else body.steps[of].outputs[port][0]
