"""A folded network as the text of a spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..arguments import Defaults
from ..calls import Flat, LayerCall, Shape
from ..flat_text import classifier, head, input_names, input_section, output
from ..lines import step_lines
from ..names import unique
from .blocks import BlockStep, Expression, FoldedBlock, Written
from .bodies import Body
from .defaults import defaults_of, defaults_section
from .following import Following, NotFollowing, as_size_of, of_input
from .lines_of import LinesOfSteps
from .naming import row_name, step_names
from .parameters import FLAG
from .repeats import EqualSteps, repeats
from .table import is_chain, table


def rows_of(body: Body, blocks: Mapping[str, FoldedBlock]) -> list[EqualSteps]:
    """The calls at the top, equal ones as one."""
    return repeats(body, {b.name: {p for p, kind in b.parameters.items() if kind == FLAG} for b in blocks.values()})


class SpecText:
    """The spec of ``flat``, of which ``body`` is left at the top, in ``rows``.

    ``parameters``: further ones, by name. ``where``: rules of columns, which a table may have.
    """

    def __init__(
        self,
        flat: Flat,
        body: Body,
        blocks: Mapping[str, FoldedBlock],
        rows: Sequence[EqualSteps],
        parameters: Mapping[str, str] | None = None,
        where: Mapping[str, str] | None = None,
    ) -> None:
        self.flat = flat
        self.body = body
        self.blocks = blocks
        self.rows = rows
        self.parameters = parameters or {}
        self.where = where or {}
        last = classifier(flat)
        inside = last is not None and all(step.is_block or step.calls != (last.id,) for step in body.steps)
        self.last = None if inside else last
        self.is_table = is_chain(body)
        self.taken = {*input_names(flat), *blocks, *self.parameters}
        self.singles = step_names(body, self.taken, top=True)
        self.names = self._row_names()
        self.steps = [self._step(row, self.last) for row in rows]
        self.defaults: Defaults = defaults_of([*(s for b in blocks.values() for s in b.steps), *self.steps])

    def text(self, comments: Sequence[str], *, shapes: bool = True) -> str:
        """All of it, with ``comments`` above; a table without the ``shapes`` that are checked if they are of no use."""
        found = [*comments, *head(self.flat, self.last, self.parameters), *defaults_section(self.defaults)]
        if self.blocks:
            found.append("blocks:")
            for block in self.blocks.values():
                found += self._block_lines(block)
        found += input_section(self.flat)
        if not self.is_table:
            return "\n".join([*found, *self._lines()]) + "\n"
        if self.where:
            width = max(map(len, self.where)) + 1
            found += ["where:", *(f"  {name + ':':<{width}} {rule}" for name, rule in self.where.items())]
        rows = table(self.steps, self.rows, self.names, self.blocks, self.defaults, shapes=shapes)
        return "\n".join([*found, "layers: |", *rows]) + "\n"

    def _step(self, row: EqualSteps, last: LayerCall | None) -> BlockStep:
        step = self.body.steps[row.first]
        arguments: dict[str, Written] = dict(step.arguments)
        for name, value in step.follow.items():
            arguments[name] = Expression(self._size(row.first, value))
        arguments |= {name: Expression(text) for name, text in row.cells.items()}
        if last is not None and step.calls == (last.id,):
            arguments["c"] = self._cell("c", "classes")
        arguments |= {flag: Expression("i % 2 == 0") for flag in row.alternating}
        return BlockStep(step, [], arguments)

    def _size(self, k: int, value: Following) -> str:
        """A size that follows the input's: a part of it, or that of a step above."""
        of = of_input(value, self.body.inputs[0], self.body.seconds[0])
        if of == "res" or self.is_table:
            return of or as_size_of([value], [])
        tensors: list[tuple[str, list[tuple[Shape, Shape]]]] = []
        for row, name in zip(self.rows, self.names, strict=True):
            step = self.body.steps[row.last]
            if row.last < k and len(step.outputs) == 1:
                tensors.insert(0, (name, [(step.outputs[0], step.seconds[0])]))
        try:
            return as_size_of([value], tensors)
        except NotFollowing:
            return of or as_size_of([value], [])

    def _cell(self, name: str, text: str) -> Expression:
        """``=classes`` in a column that has a rule."""
        return Expression(f"={text}" if name in self.where else text)

    def _row_names(self) -> list[str]:
        taken = set(self.taken)
        found: list[str] = []
        for row in self.rows:
            inside = range(row.first, row.last + 1)
            others = [s.path for k, s in enumerate(self.body.steps) if k not in inside]
            name = row_name([self.body.steps[k].path for k in inside], others) if row.copies > 1 else ""
            found.append(unique(name or self.singles[row.first][0], taken))
            taken.add(found[-1])
        return found

    def _lines(self) -> list[str]:
        at = {k: number for number, row in enumerate(self.rows) for k in range(row.first, row.last + 1)}
        kept: list[BlockStep] = []
        for row, name, s in zip(self.rows, self.names, self.steps, strict=True):
            wires = tuple((at[of] if of >= 0 else of, port) for of, port in s.step.wires)
            moved = type(s.step)(**{n: getattr(s.step, n) for n in type(s.step)._fields} | {"wires": wires})
            own = [name] if len(s.step.outputs) == 1 else self.singles[row.first]
            kept.append(BlockStep(moved, list(own), s.arguments))
        copies = {number: row.copies_text for number, row in enumerate(self.rows) if row.copies_text}
        results = [(at[of] if of >= 0 else of, port) for of, port in self.body.results]
        writer = LinesOfSteps(kept, input_names(self.flat), results, self.blocks, self.defaults, copies)
        lines = writer.lines()
        return [*output([writer.name(wire) for wire in results], lines), "layers:", *step_lines(lines, "  ")]

    def _block_lines(self, block: FoldedBlock) -> list[str]:
        writer = LinesOfSteps(block.steps, block.inputs, [block.result], self.blocks, self.defaults, block=True)
        lines = writer.lines()
        parameters = ", ".join(f"{n}=no" if kind == FLAG else n for n, kind in block.parameters.items())
        if len(block.inputs) > 1:
            shown = f"{block.name}({', '.join(block.inputs)}; {parameters})"
        else:
            shown = f"{block.name}({parameters})" if parameters else block.name
        if len(lines) == 1:
            return [f"  {shown}: {lines[0].text()}"]
        return [f"  {shown}:", *step_lines(lines, "    ")]
