"""A spec, compiled: names resolved, parameters known, ready to be evaluated at many points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import Problems, SpecError, SpecErrors
from ..evaluate.arguments import count
from ..evaluate.frame import Frame
from ..evaluate.reach import drop_unreached
from ..evaluate.run import Run
from ..graph import Graph, Path, Tensor
from ..language.model import LayerTable, Spec
from ..language.source import Source, Text
from .closures import Value
from .codes import BlockCode, ChosenNetwork, NetworkCode
from .compiling import compile_program
from .instance import Instance
from .links import Loader
from .parameters import ParameterCode, Point, resolve
from .requirements import Compiled, check_requirements

Dims = tuple[Value, Value, Value]


class Program:
    """One compiled file. ``problems`` are all that its text has; it can be evaluated if there are none."""

    def __init__(self, spec: Spec, problems: Problems, loader: Loader) -> None:
        self.spec = spec
        self.problems = problems
        self.imports: dict[str, BlockCode | NetworkCode] = {}
        self.blocks: dict[str, BlockCode] = {}
        self.lets: dict[str, Value] = {}
        self.let_defaults: dict[str, list[Value | None]] = {}
        self.let_work: dict[str, int] = {}
        self.parameters: dict[str, ParameterCode] = {}
        self.requirements: list[Compiled] = []
        self.choice_words: dict[str, Any] = {}
        self.defaults: dict[str, dict[str, Value]] = {}
        self.choosable: dict[str, ChosenNetwork] = {}
        self.features: dict[str, list[str]] = {}
        self.slots = 0
        self.body: Callable[[Frame, Any, Path], Any] | None = None
        self.inputs: list[tuple[str, Dims, Text]] = []
        self.output_slots: dict[str, int] = {}
        self._default_instance: Instance | None = None
        compile_program(self, loader)

    def layer_defaults(self, layer: str) -> dict[str, Value]:
        """The arguments that ``layer`` starts from in this file."""
        return self.defaults.get(layer, {})

    def require_sound(self) -> None:
        """Raise all problems of the text, in its order, if there are any."""
        if self.problems:
            raise SpecErrors(self.problems.sorted(self.spec.origin.name))

    # -- evaluating

    def default_instance(self) -> Instance:
        """The file at its defaults: for a block that another file uses."""
        if self._default_instance is None:
            self._default_instance = self.instance({}, None)
        return self._default_instance

    def instance(self, given: Mapping[str, Any], variant: str | None) -> Instance:
        """The file at a point; each given value checked against its range or choices."""
        return Instance(self, resolve(self, given, variant).values)

    def point(self, given: Mapping[str, Any], variant: str | None = None) -> Point:
        """The values of all parameters at a point."""
        return resolve(self, given, variant)

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
        if self.problems:
            self.require_sound()
        if self.body is None:
            raise SpecError("a library of blocks, not a network", self.spec.origin.place())
        try:
            return self._build(resolve(self, given, variant), expand, around)
        except RecursionError:
            message = "blocks, lets and expressions are nested too deeply to be evaluated"
            raise SpecError(message, self.spec.origin.place()) from None
        except SpecError as e:
            e.place = e.place or self.spec.origin.place()
            raise

    def _build(self, point: Point, expand: bool, around: Mapping[Any, Any] | None) -> Graph:
        run = Run(expand=expand, check_shapes=point.is_default, around=around)
        run.graph.parameters = point.values
        if self.requirements:
            check_requirements(self, point.values, run)
        inst = Instance(self, point.values)
        if self.spec.outputs and isinstance(self.spec.layers, LayerTable):
            run.record = {}
        tensors = self._input_tensors(run, inst)
        run.graph.inputs = dict(zip((n for n, _, _ in self.inputs), tensors, strict=True))
        try:
            results = self.execute(inst, run, tensors, None)
            run.graph.outputs = self._named_outputs(results)
        except SpecError as e:
            if run.mismatches:
                raise SpecErrors([*run.mismatches, e]) from None
            raise
        if run.mismatches:
            raise SpecErrors(run.mismatches)
        drop_unreached(run.graph)
        return run.graph

    def _input_tensors(self, run: Run, inst: Instance) -> tuple[Tensor, ...]:
        tensors = []
        for _, dims, text in self.inputs:
            frame = Frame(run, inst, [], None, None)
            try:
                what = ("height", "width", "channels")
                h, w, c = (count(run, d(frame), f"input: {n}") for d, n in zip(dims, what, strict=True))
            except SpecError as e:
                e.place = e.place or text.place()
                raise
            tensors.append(Tensor(c, h, w))
        return tuple(tensors)

    def execute(self, inst: Instance, run: Run, tensors: tuple[Tensor, ...], path: Path) -> list[Any]:
        """Run the network's layers on ``tensors``; its outputs in order."""
        if len(tensors) != len(self.inputs):
            wanted = "one tensor" if len(self.inputs) == 1 else f"{len(self.inputs)} tensors"
            raise SpecError(f"{self.spec.name} takes {wanted}, not {len(tensors)}")
        v: list[Any] = [None] * self.slots
        single = len(tensors) == 1
        if not (single and self.inputs[0][0] == "in"):
            v[: len(tensors)] = tensors
        frame = Frame(run, inst, v, tensors[0] if single else None, path)
        assert self.body is not None
        result = self.body(frame, tensors[0] if single else None, path)
        if not self.spec.outputs:
            return [result]
        if self.output_slots:
            return [v[self.output_slots[t.value]] for t in self.spec.outputs]
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
    from ..language.sections import read_spec

    spec, problems = read_spec(source)
    return Program(spec, problems, loader)
