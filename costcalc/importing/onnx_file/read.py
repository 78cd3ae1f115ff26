"""A file as traces at two sizes. Nothing of it is run, and its weights aren't read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from math import prod

from ...errors import CostcalcError, UsageError, printable, quoted
from ..record import Shape, Trace
from ..sources import InputShape
from . import arranging, constants, layers
from .model import Dim, OnnxModel, read_model
from .reader import FileReader

MODULES = (arranging, constants, layers)
"""Those that register what they translate."""
OLDEST = 11
NO_NORM = (
    "the file has no batch norm: where the network had any, it is folded into the weights before it, and params are "
    "those that are left"
)
QUANTISED = "it is quantised, and counts as what it quantises: scales and zero points are no params"


def read_onnx(
    path: str, inputs: Sequence[InputShape] = (), check_size: int | None = None
) -> tuple[Trace, Trace | None, str]:
    """The traces of the file at ``path``, at the size that is asked for and at another, or why there is none.

    Raises :class:`CostcalcError` for a file that can't be read or followed, :class:`UsageError` for wrong inputs.
    """
    try:
        model = read_model(path)
        if not model.nodes or not model.outputs:
            raise CostcalcError("it has no operations, or no outputs")
        if model.opset < OLDEST:
            raise CostcalcError(f"it is of opset {model.opset}; those from {OLDEST} on are read")
        shapes = _shapes(model, inputs)
        first = trace_of(model, shapes, path)
    except UsageError:
        raise
    except CostcalcError as e:
        e.message = f"{printable(path)}: {e.message}"
        raise
    try:
        second = trace_of(model, _other(model, shapes, check_size), path)
    except CostcalcError as e:
        return first, None, f"the file is for one size ({e.message})"
    return first, second, ""


def trace_of(model: OnnxModel, shapes: dict[str, Shape], path: str) -> Trace:
    """The network at these sizes of its inputs."""
    reader = FileReader(model, shapes)
    outputs = reader.run()
    read = {node.op for node in reader.nodes if node.kind != "input"}
    params = {node.op: prod(node.shape) for node in reader.nodes if node.kind == "param"}
    unused = [(name, prod(s.dims)) for name, s in model.stored.items() if s.floating and s.dims and name not in read]
    notes = []
    if "BatchNormalization" not in reader.counts and any(reader.counts[op] for op in ("Conv", "QLinearConv")):
        notes.append(NO_NORM)
    if reader.quantised:
        notes.append(QUANTISED)
        unused = []
    return Trace(
        name=os.path.splitext(os.path.basename(path))[0],
        origin="onnx",
        nodes=tuple(reader.nodes),
        outputs=outputs,
        params=sum(params.values()) + sum(number for _, number in unused),
        unused=tuple(unused),
        notes=tuple(notes),
    )


# -- inputs


def _shapes(model: OnnxModel, given: Sequence[InputShape]) -> dict[str, Shape]:
    named = {one.name: one for one in given if one.name}
    plain = [one for one in given if not one.name]
    known = ", ".join(map(printable, model.inputs))
    for name in named:
        if name not in model.inputs:
            raise UsageError(f"the file has no input {quoted(name)}; it has {known}")
    if not model.inputs:
        raise CostcalcError("it has no inputs")
    if len(plain) > len(model.inputs) - len(named):
        raise UsageError(f"--input is given {len(given)} times, and the file's inputs are {known}")
    shapes = {}
    for name in model.inputs:
        one = named.get(name) or (plain.pop(0) if plain else None)
        shapes[name] = _shape(name, model.shapes.get(name), one)
    return shapes


def _shape(name: str, declared: tuple[Dim, ...] | None, given: InputShape | None) -> Shape:
    """The sizes of an input, with a batch of 1 where that is free."""
    if declared is None and given is None:
        raise UsageError(f"the file doesn't say the size of its input {quoted(name)}: --input {_example(name, 3)}")
    if declared is None:
        assert given is not None
        return given.readings()[0]
    fixed = [n if isinstance(n, int) and n > 0 else None for n in declared]
    if given is not None:
        fitting = [s for s in given.readings() if len(s) == len(fixed) and _fits(s, fixed)]
        if not fitting:
            sizes, own = "x".join(map(str, given.sizes)), "x".join(str(n or "?") for n in fixed)
            raise UsageError(f"--input {sizes} isn't {quoted(name)}, which is {own} with its batch")
        return fitting[0]
    if fixed and fixed[0] is None:
        fixed[0] = 1
    if any(n is None for n in fixed):
        own = "x".join(str(n or "?") for n in fixed)
        raise UsageError(f"the input {quoted(name)} has free sizes ({own}): --input {_example(name, len(fixed) - 1)}")
    return tuple(n for n in fixed if n is not None)


def _fits(sizes: Shape, fixed: list[int | None]) -> bool:
    return all(
        n is None or n == size or (k == 0 and size == 1) for k, (n, size) in enumerate(zip(fixed, sizes, strict=True))
    )


def _example(name: str, axes: int) -> str:
    return f"{printable(name)}={'x'.join(['3', *['224'] * max(axes - 1, 0)])}"


def _other(model: OnnxModel, shapes: dict[str, Shape], size: int | None) -> dict[str, Shape]:
    """The inputs at another size: what is spatial is half as large again, or ``size`` wide."""
    found = {}
    for name, shape in shapes.items():
        if len(shape) != 4:
            raise CostcalcError("an input isn't an image, so that it has no other size")
        last = shape[3] in (1, 3, 4) and shape[1] > 4  # channels behind
        spatial = range(1, 3) if last else range(2, len(shape))
        sizes = list(shape)
        for k in spatial:
            sizes[k] = (
                shape[k] * 3 // 2 // 32 * 32 or shape[k] * 2 if size is None else size * shape[k] // shape[spatial[-1]]
            )
        found[name] = tuple(sizes)
    return found
