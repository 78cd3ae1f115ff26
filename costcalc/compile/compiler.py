"""The sections of a file, compiled: lets, layer defaults, blocks, the network's layers, features and variants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import SpecError, TooManyProblems, nearest, quoted
from ..evaluate.frame import Frame
from ..evaluate.point import LetCode, Point
from ..evaluate.run import CALL_WORK, Run
from ..graph import Path
from ..language.closures import Value
from ..language.model import Block, Body, LayerTable
from ..language.source import Text
from ..language.syntax import Attribute, Constant, Index, Name, Node
from ..record import Record, fresh
from .calls import compile_argument
from .circles import check_circles
from .expressions import compile_value
from .file import File
from .flows import compile_current
from .parameters import ParameterCode
from .points import Points
from .requirements import Condition, check_requirements_at, compile_requirements
from .rows import compile_table
from .scope import Scope
from .sides import with_sides
from .steps import compile_steps
from .words import SIZES, built_in, built_in_names

Dims = tuple[Value, ...]
"""Sizes, then channels."""


class LayersCode(Record):
    """A network's layers, compiled. ``body`` None: a library of blocks, or a text with problems.

    ``inputs``: names, sizes with channels, and where they stand; ``slots``: locals of the body; ``output_slots``
    those of outputs that are steps; ``features``: the labels that lead to each.
    """

    body: Callable[[Frame, Any, Path], Any] | None = None
    slots: int = 0
    inputs: list[tuple[str, Dims, Text]] = fresh(default_factory=list)
    output_slots: dict[str, int] = fresh(default_factory=dict)
    features: dict[str, list[str]] = fresh(default_factory=dict)
    requirements: list[Condition] = fresh(default_factory=list)


def compile_file(file: File) -> tuple[Points, LayersCode]:
    """Everything of ``file``; what is wrong goes to its problems."""
    points, code = Points(file), LayersCode()
    try:
        _Compiler(file, points, code).compile()
    except TooManyProblems:
        pass
    except SpecError as e:
        file.problems[:] = [*file.problems, e]
    except RecursionError:
        message = "blocks, expressions or files are nested too deeply"
        file.problems[:] = [SpecError(message, file.spec.origin.place())]
    return points, code


class _Compiler:
    """Fills ``points`` and ``code``, section by section: what a section needs is there before it."""

    def __init__(self, file: File, points: Points, code: LayersCode) -> None:
        self.file = file
        self.spec = file.spec
        self.problems = file.problems
        self.points = points
        self.code = code
        self.layer_defaults: dict[str, dict[str, Value]] = {}

    def compile(self) -> None:
        spec, known = self.spec, len(self.problems)
        for name, parameter in spec.parameters.items():
            self.points.codes[name] = ParameterCode(self.file, parameter, self.points.codes)
        sound = len(self.problems) == known and not spec.broken
        self._lets()
        self._layer_defaults()
        calls = {name: self._block(block) for name, block in spec.blocks.items()}
        texts = {name: block.text for name, block in spec.blocks.items()}
        check_circles(self.problems, calls, texts, "blocks call each other in a circle")
        if spec.layers is not None:
            self._network(spec.layers)
            self._features(spec.layers)
        self._variants()
        known = len(self.problems)
        self.code.requirements = compile_requirements(self.file)
        if sound:
            self.points.check(self._require if len(self.problems) == known else None)

    def _require(self, point: Point, variant: str | None, run: Run) -> None:
        check_requirements_at(self.file, self.code.requirements, point, variant, run)

    def _scope(self, where: str) -> Scope:
        return Scope(self.file, where, self.layer_defaults)

    def _lets(self) -> None:
        calls: dict[str, set[str]] = {}
        lets = self.spec.lets
        for name, let in lets.items():
            scope = self._scope(f"let {name}")
            defaults: list[Value | None] = []
            for param, default in let.head.params:
                defaults.append(compile_value(default, scope) if default is not None else None)
                scope.add_local(param, "value")
            work = CALL_WORK + len(let.node.text.value)
            self.points.lets[name] = LetCode(compile_value(let.node, scope), defaults, work)
            calls[name] = scope.let_calls
            if name in self.spec.parameters:
                self.problems.append(let.text.error(f"{quoted(name)} is a parameter already"))
        texts = {name: let.text for name, let in lets.items()}
        check_circles(self.problems, calls, texts, "lets need each other in a circle")

    def _layer_defaults(self) -> None:
        for layer, (text, args) in self.spec.defaults.items():
            builtin = built_in(layer)
            if builtin is None:
                known = nearest(layer, built_in_names())
                self.problems.append(text.error(f"no built-in layer is called {quoted(layer)}{known}"))
                continue
            params = builtin.params
            scope = self._scope(f"defaults of {layer}")
            for key, node in args:
                if key.id not in params:
                    hint = f"it has {', '.join(params)}{nearest(key.id, params)}"
                    self.problems.append(key.error(f"{layer} has no parameter {quoted(key.id)}; {hint}"))
                    continue
                defaults = self.layer_defaults.setdefault(layer, {})
                if key.id in defaults:
                    self.problems.append(key.error(f"{quoted(key.id)} is given twice"))
                defaults[key.id] = compile_argument(node, builtin, key.id, scope)

    def _block(self, block: Block) -> set[str]:
        """Define a block; the blocks that it calls."""
        scope = self._scope(f"block {block.name}")
        scope.path, scope.block = block.name, block
        scope.has_in, scope.has_it = block.tensors is None, True
        for tensor in block.tensors or []:
            scope.add_local(tensor, "tensor")
        if block.rest:
            scope.add_local(block.rest, "tensor")
        scope.later = {param for param, _ in block.params}
        defaults: dict[str, Value] = {}
        for param, default in block.params:
            if default is not None:
                defaults[param] = compile_value(default, scope)
            scope.add_local(param, "value")
            scope.later.discard(param)
        body = _body(block.body, scope, set())
        work = CALL_WORK + _length(block.body)
        self.file.blocks[block.name].define(body, defaults, len(scope.locals), work, self.points.default)
        return scope.block_calls

    def _network(self, layers: Body) -> None:
        spec, code, scope = self.spec, self.code, self._scope("layers")
        scope.has_in, scope.has_it, scope.is_network = len(spec.inputs) <= 1, True, True
        for given in spec.inputs:
            dims = tuple(compile_value(d, self._scope("input")) for d in with_sides(given.dims, self.file.sides))
            code.inputs.append((given.name, dims, given.text))
            if given.name != "in":
                scope.add_local(given.name, "tensor")
        code.body = _body(layers, scope, {t.value for t in spec.outputs})
        code.slots = len(scope.locals)
        steps: dict[str, int] = {}
        labels: list[str] = []
        if isinstance(layers, LayerTable):
            labels = [row.label for row in layers.rows]
        elif isinstance(layers, list):
            steps = {n: slot for n, (slot, kind) in scope.locals.items() if kind == "tensor"}
        what = "row" if isinstance(layers, LayerTable) else "tensor step"
        for text in spec.outputs:
            if text.value in steps:
                code.output_slots[text.value] = steps[text.value]
            elif text.value not in labels and text.value not in spec.broken:
                known = nearest(text.value, [*steps, *labels])
                self.problems.append(text.error(f"no {what} is called {quoted(text.value)}{known}"))

    def _features(self, layers: Body) -> None:
        """Where each named feature is: the labels from the row or step on."""
        labels = [row.label for row in layers.rows] if isinstance(layers, LayerTable) else []
        if isinstance(layers, list):
            labels = [name for step in layers for name in step.names if name != "_"]
        features = self.code.features
        for key, node in self.spec.features:
            path = _labels(node)
            if key.value in (*labels, *SIZES) or key.value in features:
                self.problems.append(key.error(f"{quoted(key.value)} means something else already"))
            elif path is None:
                what = "a row or step is due here, or a step inside one: stage4[2].expand"
                self.problems.append(node.text.error(what, 0))
            elif path[0] not in labels and path[0] not in self.spec.broken:
                what = "row" if isinstance(layers, LayerTable) else "step"
                known = nearest(path[0], labels)
                self.problems.append(node.text.error(f"no {what} is called {quoted(path[0])}{known}", 0))
            else:
                features[key.value] = path

    def _variants(self) -> None:
        spec, codes = self.spec, self.points.codes
        for name, text in spec.variant_columns.items():
            if name not in spec.parameters and name not in spec.broken:
                known = nearest(name, spec.parameters)
                self.problems.append(text.error(f"no parameter is called {quoted(name)}{known}"))
        above = {name: set(list(spec.parameters)[:k]) for k, name in enumerate(spec.parameters)}
        for variant in spec.points.values():
            for name, cell in variant.values.items():
                if cell.node is not None and name in codes:
                    scope = self._scope(f"variant {variant.name}")
                    scope.only_parameters = above[name]
                    codes[name].at_variant[variant.name] = codes[name].compile(cell.node, scope)


def _body(body: Body, scope: Scope, outputs: set[str]) -> Any:
    if isinstance(body, LayerTable):
        return compile_table(body, scope)
    if isinstance(body, list):
        return compile_steps(body, scope, outputs)
    if scope.is_plain_value(body):
        return scope.error(body, "a layer or block is due here, and this is a number, list or word")
    return compile_current(body, scope)


def _length(body: Body) -> int:
    """The characters of a block's text."""
    if isinstance(body, LayerTable):
        return len(body.text.value)
    if isinstance(body, Node):
        return len(body.text.value)
    return sum(len(step.node.text.value) for step in body if step.node is not None)


def _labels(node: Node) -> list[str] | None:
    """``stage4[2].expand`` as labels; None if it is something else."""
    if isinstance(node, Name):
        return [node.id]
    if isinstance(node, Attribute):
        of = _labels(node.of)
        return None if of is None else [*of, node.name]
    if isinstance(node, Index) and isinstance(node.index, Constant) and type(node.index.value) is int:
        of = _labels(node.of)
        return None if of is None else [*of, str(node.index.value)]
    return None
