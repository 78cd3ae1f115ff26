"""A spec's sections → the closures of its program. Problems are collected, so that all can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import SpecError, TooManyProblems, nearest, quoted
from ..evaluate.joins import JOINS
from ..evaluate.layers import LAYERS
from ..evaluate.run import CALL_WORK
from ..language.model import Block, Body, LayerTable
from ..language.source import Text
from ..language.syntax import Attribute, Constant, Index, Name, Node
from .closures import Value
from .codes import BlockCode
from .expressions import compile_value
from .flows import compile_flow
from .links import Loader, check_recursion, import_names
from .parameters import ParameterCode, check_points
from .requirements import check_requirements_at, compile_requirements
from .rows import compile_table
from .scope import Scope
from .steps import compile_steps

if TYPE_CHECKING:
    from .program import Program


def compile_program(program: Program, loader: Loader) -> None:
    """Compile every section; what is wrong goes to the program's problems."""
    try:
        _compile(program, loader)
    except TooManyProblems:
        pass
    except SpecError as e:
        program.problems[:] = [*program.problems, e]
    except RecursionError:
        message = "blocks, expressions or files are nested too deeply"
        program.problems[:] = [SpecError(message, program.spec.origin.place())]


def _compile(program: Program, loader: Loader) -> None:
    spec = program.spec
    program.imports = import_names(program, loader)
    for name, block in spec.blocks.items():
        _check_block_name(program, name, block.text)
        params: list[tuple[str, Any]] = list(block.params)
        program.blocks[name] = BlockCode(program, name, block.tensors, block.rest, params)
    known = len(program.problems)
    for name, parameter in spec.parameters.items():
        program.parameters[name] = ParameterCode(program, parameter)
    parameters_are_sound = len(program.problems) == known and not spec.broken
    _compile_lets(program)
    _compile_defaults(program)
    calls = {name: _compile_block(program, block) for name, block in spec.blocks.items()}
    texts = {name: block.text for name, block in spec.blocks.items()}
    check_recursion(program, calls, texts, "blocks call each other in a circle")
    if spec.layers is not None:
        _compile_network(program, spec.layers)
        _compile_features(program, spec.layers)
    _compile_variants(program)
    known = len(program.problems)
    program.requirements = compile_requirements(program)
    if parameters_are_sound:
        check_points(program, check_requirements_at if len(program.problems) == known else None)


def _check_block_name(program: Program, name: str, text: Text) -> None:
    if name in LAYERS or name in JOINS:
        program.problems.append(text.error(f"{quoted(name)} is a built-in layer; a block needs another name"))
    elif name in program.imports:
        program.problems.append(text.error(f"{quoted(name)} also comes from 'uses'"))


def _compile_lets(program: Program) -> None:
    calls: dict[str, set[str]] = {}
    lets = program.spec.lets
    for name, let in lets.items():
        scope = Scope(program, f"let {name}")
        defaults: list[Value | None] = []
        for param, default in let.head.params:
            defaults.append(compile_value(default, scope) if default is not None else None)
            scope.add_local(param, "value")
        program.lets[name] = compile_value(let.node, scope)
        program.let_defaults[name] = defaults
        program.let_work[name] = CALL_WORK + len(let.node.text.value)
        calls[name] = scope.let_calls
        if name in program.spec.parameters:
            program.problems.append(let.text.error(f"{quoted(name)} is a parameter already"))
    check_recursion(program, calls, {n: let.text for n, let in lets.items()}, "lets need each other in a circle")


def _compile_defaults(program: Program) -> None:
    for layer, (text, args) in program.spec.defaults.items():
        builtin = LAYERS.get(layer) or JOINS.get(layer)
        if builtin is None:
            known = nearest(layer, [*LAYERS, *JOINS])
            program.problems.append(text.error(f"no built-in layer is called {quoted(layer)}{known}"))
            continue
        params = builtin.params
        scope = Scope(program, f"defaults of {layer}")
        for key, node in args:
            if key.id not in params:
                hint = f"it has {', '.join(params)}{nearest(key.id, params)}"
                program.problems.append(key.error(f"{layer} has no parameter {quoted(key.id)}; {hint}"))
                continue
            if key.id in program.layer_defaults(layer):
                program.problems.append(key.error(f"{quoted(key.id)} is given twice"))
            program.defaults.setdefault(layer, {})[key.id] = compile_value(node, scope)


def _compile_block(program: Program, block: Block) -> set[str]:
    """Compile a block; the blocks that it calls."""
    code = program.blocks[block.name]
    scope = Scope(program, f"block {block.name}")
    scope.path = block.name
    scope.has_in = block.tensors is None
    for tensor in block.tensors or []:
        scope.add_local(tensor, "tensor")
    if block.rest:
        scope.add_local(block.rest, "tensor")
    scope.later = {param for param, _ in block.params}
    for param, default in block.params:
        if default is not None:
            code.defaults[param] = compile_value(default, scope)
        scope.add_local(param, "value")
        scope.later.discard(param)
    code.body = _compile_body(block.body, scope, set())
    code.slots = len(scope.locals)
    code.work = CALL_WORK + _length(block.body)
    return scope.block_calls


def _length(body: Body) -> int:
    """The characters of a block's text."""
    if isinstance(body, LayerTable):
        return len(body.text.value)
    if isinstance(body, Node):
        return len(body.text.value)
    return sum(len(step.node.text.value) for step in body if step.node is not None)


def _compile_body(body: Body, scope: Scope, outputs: set[str]) -> Any:
    if isinstance(body, LayerTable):
        return compile_table(body, scope)
    if isinstance(body, list):
        return compile_steps(body, scope, outputs)
    if scope.is_plain_value(body):
        return scope.error(body, "a layer or block is due here, and this is a number, list or word")
    return compile_flow(body, scope)


def _compile_network(program: Program, layers: Body) -> None:
    spec = program.spec
    scope = Scope(program, "layers")
    scope.has_in = len(spec.inputs) <= 1
    for given in spec.inputs:
        h, w, c = (compile_value(d, Scope(program, "input")) for d in given.dims)
        program.inputs.append((given.name, (h, w, c), given.text))
        if given.name != "in":
            scope.add_local(given.name, "tensor")
    outputs = {t.value for t in spec.outputs}
    program.body = _compile_body(layers, scope, outputs)
    program.slots = len(scope.locals)
    steps: dict[str, int] = {}
    labels: list[str] = []
    if isinstance(layers, LayerTable):
        labels = [row.label for row in layers.rows]
    elif isinstance(layers, list):
        steps = {n: slot for n, (slot, kind) in scope.locals.items() if kind == "tensor"}
    what = "row" if isinstance(layers, LayerTable) else "tensor step"
    for text in spec.outputs:
        if text.value in steps:
            program.output_slots[text.value] = steps[text.value]
        elif text.value not in labels and text.value not in spec.broken:
            known = nearest(text.value, [*steps, *labels])
            program.problems.append(text.error(f"no {what} is called {quoted(text.value)}{known}"))


def _compile_features(program: Program, layers: Body) -> None:
    """Where each named feature is: the labels from the row or step on."""
    labels = [row.label for row in layers.rows] if isinstance(layers, LayerTable) else []
    if isinstance(layers, list):
        labels = [name for step in layers for name in step.names if name != "_"]
    for key, node in program.spec.features:
        path = _labels(node)
        if key.value in (*labels, "c", "h", "w") or key.value in program.features:
            program.problems.append(key.error(f"{quoted(key.value)} means something else already"))
        elif path is None:
            what = "a row or step is due here, or a step inside one: stage4[2].expand"
            program.problems.append(node.text.error(what, 0))
        elif path[0] not in labels and path[0] not in program.spec.broken:
            what = "row" if isinstance(layers, LayerTable) else "step"
            known = nearest(path[0], labels)
            program.problems.append(node.text.error(f"no {what} is called {quoted(path[0])}{known}", 0))
        else:
            program.features[key.value] = path


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


def _compile_variants(program: Program) -> None:
    spec = program.spec
    for name, text in spec.variant_columns.items():
        if name not in spec.parameters and name not in spec.broken:
            known = nearest(name, spec.parameters)
            program.problems.append(text.error(f"no parameter is called {quoted(name)}{known}"))
    above = {name: set(list(spec.parameters)[:k]) for k, name in enumerate(spec.parameters)}
    for variant in spec.variants.values():
        for name, cell in variant.values.items():
            if cell.node is not None and name in program.parameters:
                scope = Scope(program, f"variant {variant.name}")
                scope.only_parameters = above[name]
                code = program.parameters[name]
                code.at_variant[variant.name] = code.compile(cell.node, scope)
