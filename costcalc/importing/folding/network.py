"""A flat network as a spec of blocks and rows."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

from ..arguments import Defaults
from ..calls import Flat, LayerCall
from ..flat_text import classifier, head, input_names, input_section, output
from ..lines import step_lines
from ..names import unique
from .blocks import BlockStep, Expression, FoldedBlock, Written
from .bodies import BlockCall, Body, body_of
from .defaults import defaults_of, defaults_section
from .families import families
from .lines_of import LinesOfSteps
from .naming import block_name, row_name, step_names
from .order import classes_in_order
from .repeats import EqualSteps, repeats
from .table import is_chain, table
from .tree import tree
from .unify import FLAG, Unified


class FoldedNetwork:
    """The blocks of a network, and what is left at the top."""

    def __init__(self, flat: Flat, without: Collection[str] = ()) -> None:
        self.flat = flat
        self.shapes = flat.shapes()
        self.root = tree(flat, without)
        self.root.inputs = tuple(("in", k) for k in range(len(flat.inputs)))
        self.blocks: dict[str, FoldedBlock] = {}
        self.called: dict[int, BlockCall] = {}
        self.classes: dict[str, str] = {}
        self._make_blocks()
        self.body = body_of(self.root, self.shapes, self.called, flat.outputs)
        owners = {call.sharing[1] for call in flat.calls if call.sharing is not None}
        for step in self.body.steps:
            step.owner = not owners.isdisjoint(step.calls)

    def _make_blocks(self) -> None:
        for cls, group in classes_in_order(self.root):
            bodies = [body_of(run, self.shapes, self.called, run.results) for run in group]
            for base, members in families(bodies):
                name = block_name(cls, group[0].path, self.blocks)
                made = Unified(name, base, [(bodies[k], m) for k, m in members], self.blocks, set())
                self.blocks[name] = made.block
                self.classes[name] = cls
                for place, (k, _) in enumerate(members):
                    self.called[id(group[k])] = BlockCall(name, made.arguments(place))

    # -- text

    def text(self, comments: list[str]) -> str:
        """The spec."""
        flags = {b.name: {p for p, kind in b.parameters.items() if kind == FLAG} for b in self.blocks.values()}
        rows = repeats(self.body, flags)
        last = classifier(self.flat)
        if last is not None and all(step.calls != (last.id,) for step in self.body.steps):
            last = None  # inside of a block
        steps = [self._top_step(k, last) for k in range(len(self.body.steps))]
        chain = is_chain(self.body)
        names = self._row_names(rows)
        shown = [(s, 1) for b in self.blocks.values() for s in b.steps] + [(steps[row.first], 1) for row in rows]
        defaults = defaults_of(shown)
        found = [*comments, *head(self.flat, last), *defaults_section(defaults)]
        if self.blocks:
            found.append("blocks:")
            for block in self.blocks.values():
                found += self._block_lines(block, defaults)
        found += input_section(self.flat)
        if chain:
            return "\n".join([*found, "layers: |", *table(steps, rows, names, self.blocks, defaults)]) + "\n"
        layers = self._top_lines(steps, rows, names, defaults)
        return "\n".join([*found, *layers]) + "\n"

    def _top_step(self, k: int, last: LayerCall | None) -> BlockStep:
        step = self.body.steps[k]
        arguments: dict[str, Written] = dict(step.arguments)
        if last is not None and step.calls == (last.id,):
            arguments["c"] = Expression("classes")
        return BlockStep(step, [], arguments)

    def _row_names(self, rows: list[EqualSteps]) -> list[str]:
        singles = step_names(self.body, {*input_names(self.flat), *self.blocks}, top=True)
        taken: set[str] = {*input_names(self.flat), *self.blocks}
        found: list[str] = []
        for row in rows:
            paths = [self.body.steps[k].path for k in range(row.first, row.last + 1)]
            others = [s.path for k, s in enumerate(self.body.steps) if not row.first <= k <= row.last]
            name = row_name(paths, others) if row.copies > 1 else ""
            name = unique(name or singles[row.first][0], taken)
            taken.add(name)
            found.append(name)
        self.singles = singles
        return found

    def _top_lines(
        self, steps: list[BlockStep], rows: list[EqualSteps], names: list[str], defaults: Defaults
    ) -> list[str]:
        number = count()
        at: dict[int, int] = {}
        kept: list[BlockStep] = []
        copies: dict[int, str] = {}
        for row, name in zip(rows, names, strict=True):
            k = next(number)
            s = steps[row.first]
            at |= dict.fromkeys(range(row.first, row.last + 1), k)
            ports = len(s.step.outputs)
            own = [name] if ports == 1 else self.singles[row.first]
            wires = tuple((at[of] if of >= 0 else of, port) for of, port in s.step.wires)
            moved = type(s.step)(**{**{n: getattr(s.step, n) for n in type(s.step)._fields}, "wires": wires})
            arguments = dict(s.arguments)
            for flag in row.alternating:
                arguments[flag] = Expression("i % 2 == 0")
            kept.append(BlockStep(moved, list(own), arguments))
            if row.copies > 1:
                copies[k] = str(row.copies)
        results = [(at[of] if of >= 0 else of, port) for of, port in self.body.results]
        writer = LinesOfSteps(kept, input_names(self.flat), results, self.blocks, defaults, copies)
        lines = writer.lines()
        return [*output([writer.name(wire) for wire in results], lines), "layers:", *step_lines(lines, "  ")]

    def _block_lines(self, block: FoldedBlock, defaults: Defaults) -> list[str]:
        writer = LinesOfSteps(block.steps, block.inputs, [block.result], self.blocks, defaults, block=True)
        lines = writer.lines()
        parameters = ", ".join(f"{n}=no" if kind == FLAG else n for n, kind in block.parameters.items())
        if block.tensors > 1:
            shown = f"{block.name}({', '.join(block.inputs)}; {parameters})"
        else:
            shown = f"{block.name}({parameters})" if parameters else block.name
        if len(lines) == 1:
            return [f"  {shown}: {lines[0].text()}"]
        return [f"  {shown}:", *step_lines(lines, "    ")]


def folded_text(flat: Flat, without: Collection[str], comments: list[str]) -> tuple[str, Body]:
    """The spec, and the body that is left at the top."""
    network = FoldedNetwork(flat, without)
    return network.text(comments), network.body
