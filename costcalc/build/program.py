"""A spec, compiled: names resolved, parameters known, ready to be evaluated at many points."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import SpecError, SpecErrors, nearest, quoted
from ..graph import Graph, Path, Tensor
from ..spec.model import Body, Spec, Table
from ..spec.source import Source
from .codes import BlockCode, NetworkCode
from .expressions import UNSET, compile_value
from .layers import LAYERS, count
from .links import Loader, check_recursion, import_names
from .parameters import ParameterCode, Point, resolve
from .reach import drop_unreached
from .rows import compile_table
from .run import Frame, Run
from .scope import Scope, Value
from .steps import compile_steps


class Instance:
    """A file's parameters and lets at one point."""

    __slots__ = ("lets", "params", "program")

    def __init__(self, program: Program, params: dict[str, Any]) -> None:
        self.program = program
        self.params = params
        self.lets: dict[str, Any] = {}

    def let(self, name: str, run: Run) -> Any:
        """The value of a let, evaluated once."""
        value = self.lets.get(name, UNSET)
        if value is UNSET:
            value = self.lets[name] = self.program.lets[name](Frame(run, self, [], None, None))
        return value

    def call_let(self, name: str, args: list[Any], run: Run) -> Any:
        """A let that is a function."""
        run.enter()
        frame = Frame(run, self, args, None, None)
        for k, default in enumerate(self.program.let_defaults[name]):
            if args[k] is None and default is not None:
                args[k] = default(frame)
        return self.program.lets[name](frame)


class Program:
    """One compiled file. ``problems`` are all that its text has; it can be evaluated if there are none."""

    def __init__(self, spec: Spec, problems: list[SpecError], loader: Loader) -> None:
        self.spec = spec
        self.problems = list(problems)
        self.imports: dict[str, BlockCode | NetworkCode] = {}
        self.blocks: dict[str, BlockCode] = {}
        self.lets: dict[str, Value] = {}
        self.let_defaults: dict[str, list[Value | None]] = {}
        self.parameters: dict[str, ParameterCode] = {}
        self.choice_words: dict[str, Any] = {}
        self._defaults: dict[str, dict[str, Value]] = {}
        self._default_instance: Instance | None = None
        self._slots = 0
        self._body: Any = None
        self._inputs: list[tuple[str, Any, Any]] = []
        self._output_slots: dict[str, int] = {}
        self.imports = import_names(self, loader)
        for name, block in spec.blocks.items():
            self._name_is_free(name, block.text)
            params: list[tuple[str, Any]] = list(block.params)
            self.blocks[name] = BlockCode(self, name, block.tensors, block.rest, params)
        self._compile(loader)

    # -- compiling

    def _name_is_free(self, name: str, text: Any) -> None:
        from .joins import JOINS

        if name in LAYERS or name in JOINS:
            self.problems.append(text.error(f"{quoted(name)} is a built-in layer; a block needs another name"))
        elif name in self.imports:
            self.problems.append(text.error(f"{quoted(name)} also comes from 'uses'"))

    def _compile(self, loader: Loader) -> None:
        spec = self.spec
        for name, parameter in spec.parameters.items():
            self.parameters[name] = ParameterCode(self, parameter, loader)
        self._compile_lets()
        for layer, (text, args) in spec.defaults.items():
            if layer not in LAYERS:
                self.problems.append(text.error(f"no built-in layer is called {quoted(layer)}{nearest(layer, LAYERS)}"))
                continue
            known = LAYERS[layer].params
            scope = Scope(self, f"defaults of {layer}")
            for name, _ in args:
                if name.id not in known:
                    hint = f"it has {', '.join(known)}{nearest(name.id, known)}"
                    self.problems.append(name.error(f"{layer} has no parameter {quoted(name.id)}; {hint}"))
            self._defaults[layer] = {name.id: compile_value(node, scope) for name, node in args}
        calls = {name: self._compile_block(name) for name in spec.blocks}
        check_recursion(self, calls, {n: b.text for n, b in spec.blocks.items()}, "blocks call each other in a circle")
        if spec.layers is not None:
            self._compile_network(spec.layers)
        self._compile_variants()

    def layer_defaults(self, layer: str) -> dict[str, Value]:
        """The arguments that ``layer`` starts from in this file."""
        return self._defaults.get(layer, {})

    def _compile_lets(self) -> None:
        calls: dict[str, set[str]] = {}
        for name, let in self.spec.lets.items():
            scope = Scope(self, f"let {name}")
            defaults: list[Value | None] = []
            for param, default in let.head.params:
                defaults.append(compile_value(default, scope) if default is not None else None)
                scope.add_local(param, "value")
            self.lets[name] = compile_value(let.node, scope)
            self.let_defaults[name] = defaults
            calls[name] = scope.let_calls
            if name in self.spec.parameters:
                self.problems.append(let.text.error(f"{quoted(name)} is a parameter already"))
        texts = {n: let.text for n, let in self.spec.lets.items()}
        check_recursion(self, calls, texts, "lets need each other in a circle")

    def _compile_block(self, name: str) -> set[str]:
        block, code = self.spec.blocks[name], self.blocks[name]
        scope = Scope(self, f"block {name}")
        scope.has_in = block.tensors is None
        for tensor in block.tensors or []:
            scope.add_local(tensor, "tensor")
        if block.rest:
            scope.add_local(block.rest, "tensor")
        for param, default in block.params:
            if default is not None:
                code.defaults[param] = compile_value(default, scope)
            scope.add_local(param, "value")
        code.body = self._compile_body(block.body, scope, set(), starts=block.tensors is None)
        code.slots = len(scope.locals)
        return scope.block_calls

    def _compile_body(self, body: Body, scope: Scope, outputs: set[str], *, starts: bool) -> Any:
        if isinstance(body, Table):
            return compile_table(body, scope)
        if isinstance(body, list):
            return compile_steps(body, scope, outputs, starts)
        from .flows import compile_flow

        return compile_flow(body, scope)

    def _compile_network(self, layers: Body) -> None:
        spec = self.spec
        scope = Scope(self, "layers")
        single = len(spec.inputs) == 1
        scope.has_in = single
        for given in spec.inputs:
            dims_scope = Scope(self, "input")
            dims = tuple(compile_value(d, dims_scope) for d in given.dims)
            self._inputs.append((given.name, dims, given.text))
            if given.name != "in":
                scope.add_local(given.name, "tensor")
        outputs = {t.value for t in spec.outputs}
        self._body = self._compile_body(layers, scope, outputs, starts=single)
        self._slots = len(scope.locals)
        if isinstance(layers, list):
            for text in spec.outputs:
                if text.value not in scope.locals or scope.locals[text.value][1] != "tensor":
                    known = [n for n, (_, kind) in scope.locals.items() if kind == "tensor"]
                    self.problems.append(
                        text.error(f"no step is called {quoted(text.value)}{nearest(text.value, known)}")
                    )
                else:
                    self._output_slots[text.value] = scope.locals[text.value][0]
        elif isinstance(layers, Table):
            labels = [r.label for r in layers.rows]
            for text in spec.outputs:
                if text.value not in labels:
                    self.problems.append(
                        text.error(f"no row is called {quoted(text.value)}{nearest(text.value, labels)}")
                    )

    def _compile_variants(self) -> None:
        for variant in self.spec.variants.values():
            for name, cell in variant.values.items():
                if name not in self.spec.parameters:
                    known = nearest(name, self.spec.parameters)
                    self.problems.append(cell.text.error(f"no parameter is called {quoted(name)}{known}"))
                elif cell.node is not None:
                    code = compile_value(cell.node, Scope(self, f"variant {variant.name}"))
                    self.parameters[name].at_variant[variant.name] = code

    # -- evaluating

    def require_sound(self) -> None:
        """Raise all problems of the text, if there are any."""
        if self.problems:
            problems = sorted(dict.fromkeys(self.problems), key=lambda p: p.place or ("", 0, 0))
            unique: dict[str, SpecError] = {str(p): p for p in problems}
            raise SpecErrors(list(unique.values()))

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

    def build(self, given: Mapping[str, Any], variant: str | None = None, *, expand: bool = False) -> Graph:
        """The graph at a point of the parameters. ``expand``: every copy of a repeat is written out."""
        if self.problems:
            self.require_sound()
        if self._body is None:
            raise SpecError("a library of blocks, not a network", self.spec.origin.place())
        point = resolve(self, given, variant)
        run = Run(expand=expand, check_shapes=point.is_default)
        run.graph.parameters = point.values
        inst = Instance(self, point.values)
        if self.spec.outputs and isinstance(self.spec.layers, Table):
            run.record = {}
        tensors = self._input_tensors(run, inst)
        run.graph.inputs = dict(zip((n for n, _, _ in self._inputs), tensors, strict=True))
        results = self.execute(inst, run, tensors, None)
        if run.mismatches:
            raise SpecErrors(run.mismatches)
        run.graph.outputs = self._named_outputs(results)
        drop_unreached(run.graph)
        return run.graph

    def _input_tensors(self, run: Run, inst: Instance) -> tuple[Tensor, ...]:
        tensors = []
        for name, dims, text in self._inputs:
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
        if len(tensors) != len(self._inputs):
            raise SpecError(f"{self.spec.name} takes {len(self._inputs)} tensors, not {len(tensors)}")
        v: list[Any] = [UNSET] * self._slots
        single = len(tensors) == 1
        if not (single and self._inputs[0][0] == "in"):
            v[: len(tensors)] = tensors
        frame = Frame(run, inst, v, tensors[0] if single else None, path)
        result = self._body(frame, tensors[0] if single else None, path)
        if not self.spec.outputs:
            return [result]
        if self._output_slots:
            return [v[self._output_slots[t.value]] for t in self.spec.outputs]
        record = run.record or {}
        return [record[(path, t.value)] for t in self.spec.outputs]

    def _named_outputs(self, results: list[Any]) -> dict[str, Tensor]:
        names = [t.value for t in self.spec.outputs] or ["out"]
        outputs: dict[str, Tensor] = {}
        run = Run()
        for name, result in zip(names, results, strict=True):
            tensors = run.several(result)
            for k, t in enumerate(tensors, 1):
                outputs[name if len(tensors) == 1 else f"{name}.{k}"] = t
        return outputs


def compile_spec(source: Source, loader: Loader) -> Program:
    """Read and compile ``source``; its problems are on the result, unless it isn't YAML at all."""
    from ..spec.sections import read_spec

    spec, problems = read_spec(source)
    return Program(spec, problems, loader)
