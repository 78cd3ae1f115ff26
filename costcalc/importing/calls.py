"""What lowering hands to folding: a network as a list of calls of the spec language, each with its modules.

Calls are those of the language as docs/spec-language.md has them, conv with its norm and activation as one. All
tensors between them have known shapes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import CostcalcError
from ..record import Record, fresh

Ref = tuple[int | str, int]
"""A tensor: (id of the call that makes it, which of its outputs), or ("in", which input of the network)."""

Value = int | float | bool | str | tuple[int, ...] | None
"""An argument: a number, yes or no, a word of the language, or a number for each axis or part."""

Shape = tuple[int, ...]
"""Channels, then a size for each axis: (channels, height, width) for a map."""

FORMAT = 1


class ModuleRun(NamedTuple):
    """One run of a module. ``key`` tells it from its other runs; ``path`` is its dotted path, ``cls`` its class."""

    key: str
    path: str
    cls: str


class LayerCall(Record):
    """A call of the language.

    ``word`` is its layer or join, ``arguments`` by the language's names; those that are left out have its defaults.
    ``stack`` are the modules around the whole call, the outermost first, without the network itself: of a conv with
    its norm, those around both. ``path`` is that of the module whose own code makes the call (of a conv with its norm,
    the conv's): equal to the last path of the stack if that module does other things too.
    ``sharing`` names an earlier call whose weights it uses: ("all", id), or ("weights", id) if its norm is its own.
    ``params`` are its weights, ``mult_adds`` its work where the source tells it, ``source`` its line of code.
    """

    id: int
    word: str
    arguments: dict[str, Value]
    inputs: tuple[Ref, ...]
    outputs: tuple[Shape, ...]
    stack: tuple[ModuleRun, ...] = ()
    path: str = ""
    sharing: tuple[str, int] | None = None
    params: int = 0
    mult_adds: int | None = None
    source: str = ""


class Flat(Record):
    """A network as calls in order of execution; every one of them leads to an output.

    ``origin`` says where it is from. ``fixed`` says why no other size of input is possible; empty if others are.
    ``notes`` are for the reader of the spec: what the calls can't say.
    """

    name: str
    inputs: tuple[tuple[str, Shape], ...]
    calls: list[LayerCall]
    outputs: tuple[Ref, ...]
    origin: str = ""
    fixed: str = ""
    notes: list[str] = fresh(default_factory=list)

    def shapes(self) -> dict[Ref, Shape]:
        """Every tensor's shape."""
        found: dict[Ref, Shape] = {("in", k): shape for k, (_, shape) in enumerate(self.inputs)}
        for call in self.calls:
            found |= {(call.id, k): shape for k, shape in enumerate(call.outputs)}
        return found


def as_data(flat: Flat) -> dict[str, Any]:
    """``flat`` as plain data, for JSON."""
    calls = [{name: getattr(call, name) for name in LayerCall._fields} for call in flat.calls]
    return {"format": FORMAT, **{name: getattr(flat, name) for name in Flat._fields}, "calls": calls}


def from_data(data: dict[str, Any]) -> Flat:
    """What :func:`as_data` wrote, after JSON has made lists of its tuples."""
    if data.get("format") != FORMAT:
        raise CostcalcError(f"calls of format {data.get('format')}; this version reads {FORMAT}")
    return Flat(
        data["name"],
        tuple((name, tuple(shape)) for name, shape in data["inputs"]),
        [_call(call) for call in data["calls"]],
        _refs(data["outputs"]),
        data.get("origin", ""),
        data.get("fixed", ""),
        list(data.get("notes", ())),
    )


def _call(data: dict[str, Any]) -> LayerCall:
    data = {**data, "inputs": _refs(data["inputs"]), "outputs": tuple(map(tuple, data["outputs"]))}
    data["arguments"] = {name: tuple(v) if isinstance(v, list) else v for name, v in data["arguments"].items()}
    data["stack"] = tuple(ModuleRun(*group) for group in data.get("stack", ()))
    if data.get("sharing"):
        data["sharing"] = tuple(data["sharing"])
    return LayerCall(**data)


def _refs(refs: list[Any]) -> tuple[Ref, ...]:
    return tuple((of, port) for of, port in refs)
