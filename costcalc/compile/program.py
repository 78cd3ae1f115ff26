"""A spec, compiled: ready to be evaluated at many points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..budget import LAYER_STEPS
from ..errors import Problems, SpecError, SpecErrors
from ..evaluate.arguments import count
from ..evaluate.frame import Frame
from ..evaluate.point import Point
from ..evaluate.reach import drop_unreached
from ..evaluate.run import Run
from ..graph import Graph, Path, Tensor
from ..language.model import LayerTable, Spec
from ..language.sections import read_spec
from ..language.source import Source
from ..ops import AXIS_NAMES
from .compiler import compile_file
from .file import File, Loader, declare
from .parameters import ParameterCode
from .requirements import check_requirements


class Program:
    """One compiled file: its names, the makers of its points, and its network's layers.

    It can be evaluated if its ``problems`` are none; nothing is kept from one evaluation to the next.
    """

    def __init__(self, file: File) -> None:
        self.file = file
        self.points, self.code = compile_file(file)

    @property
    def spec(self) -> Spec:
        """What the file says."""
        return self.file.spec

    @property
    def problems(self) -> Problems:
        """All problems of the text."""
        return self.file.problems

    @property
    def parameters(self) -> dict[str, ParameterCode]:
        """The network's parameters by name."""
        return self.points.codes

    @property
    def features(self) -> dict[str, list[str]]:
        """The network's names for results inside of it, each with the labels that lead there."""
        return self.code.features

    @property
    def size(self) -> int:
        """Characters of the text."""
        return len(self.spec.origin.text)

    def require_sound(self) -> None:
        """Raise all problems of the text, in its order, if there are any."""
        if self.problems:
            raise SpecErrors(self.problems.sorted(self.spec.origin.name))

    # -- evaluating

    def point(self, given: Mapping[str, Any], variant: str | None = None, run: Run | None = None) -> Point:
        """The values of all parameters at a point, each given one checked against its range or choices.

        ``run`` notes what their defaults assume of symbols.
        """
        return self.points.resolve(given, variant, run)

    def build(
        self,
        given: Mapping[str, Any],
        variant: str | None = None,
        *,
        expand: bool = False,
        around: Mapping[Any, Any] | None = None,
    ) -> Graph:
        """The graph at a point of the parameters. ``expand``: every copy of a repeat is written out.

        ``around``: numbers for the symbols among the values, which decide the inequalities that those leave open.
        """
        self.require_sound()
        if self.code.body is None:
            raise SpecError("a library of blocks, not a network", self.spec.origin.place())
        try:
            run = Run(expand=expand, around=around)
            return self._build(self.point(given, variant, run), run)
        except RecursionError:
            message = "blocks, lets and expressions are nested too deeply to be evaluated"
            raise SpecError(message, self.spec.origin.place()) from None
        except SpecError as e:
            e.place = e.place or self.spec.origin.place()
            raise

    def _build(self, point: Point, run: Run) -> Graph:
        run.check_shapes = point.is_default
        run.graph.parameters = point.values
        if self.code.requirements:
            check_requirements(self.spec, self.code.requirements, point, run)
        if self.spec.outputs and isinstance(self.spec.layers, LayerTable):
            run.record = {}
        tensors = self._input_tensors(run, point)
        run.axes = len(tensors[0].size)
        run.graph.inputs = dict(zip((n for n, _, _ in self.code.inputs), tensors, strict=True))
        try:
            results = self.execute(point, run, tensors, None)
            run.graph.outputs = self._named_outputs(results)
        except SpecError as e:
            if run.mismatches:
                raise SpecErrors([*run.mismatches, e]) from None
            raise
        if run.mismatches:
            raise SpecErrors(run.mismatches)
        run.graph.steps = run.work + LAYER_STEPS * run.primitives
        drop_unreached(run.graph)
        return run.graph

    def _input_tensors(self, run: Run, point: Point) -> tuple[Tensor, ...]:
        tensors = []
        for _, dims, text in self.code.inputs:
            frame = Frame(run, point, [], None, None)
            try:
                what = (*AXIS_NAMES[len(dims) - 1], "channels")
                *size, c = (count(run, d(frame), f"input: {n}") for d, n in zip(dims, what, strict=True))
            except SpecError as e:
                e.place = e.place or text.place()
                raise
            tensors.append(Tensor((c, *size)))
        return tuple(tensors)

    def execute(self, point: Point, run: Run, tensors: tuple[Tensor, ...], path: Path) -> list[Any]:
        """Run the network's layers on ``tensors``; its outputs in order."""
        if len(tensors) != len(self.code.inputs):
            wanted = "one tensor" if len(self.code.inputs) == 1 else f"{len(self.code.inputs)} tensors"
            raise SpecError(f"{self.spec.name} takes {wanted}, not {len(tensors)}")
        v: list[Any] = [None] * self.code.slots
        single = len(tensors) == 1
        if not (single and self.code.inputs[0][0] == "in"):
            v[: len(tensors)] = tensors
        frame = Frame(run, point, v, tensors[0] if single else None, path)
        assert self.code.body is not None
        result = self.code.body(frame, tensors[0] if single else None, path)
        if not self.spec.outputs:
            return [result]
        if self.code.output_slots:
            return [v[self.code.output_slots[t.value]] for t in self.spec.outputs]
        record = run.record or {}
        return [record[(path, t.value)] for t in self.spec.outputs]

    def _named_outputs(self, results: list[Any]) -> dict[str, Tensor]:
        names = [t.value for t in self.spec.outputs] or ["out"]
        outputs: dict[str, Tensor] = {}
        run = Run()
        for number, (name, result) in enumerate(zip(names, results, strict=True)):
            try:
                tensors = run.several(result)
            except SpecError as e:
                e.place = self.spec.outputs[number].place() if self.spec.outputs else None
                e.path = name
                raise
            for k, t in enumerate(tensors, 1):
                outputs[name if len(tensors) == 1 else f"{name}.{k}"] = t
        return outputs


def compile_spec(source: Source, loader: Loader) -> Program:
    """Read and compile ``source``; its problems are on the result, unless it isn't YAML at all."""
    spec, problems = read_spec(source)
    return Program(declare(spec, problems, loader))
