"""What an ONNX file says of its graph (onnx.proto3, by field number). Of weights it's the shapes, no numbers."""

from __future__ import annotations

import math
import mmap
import os
import stat
from typing import Any

from ...errors import CostcalcError, printable
from ...record import Record, fresh
from .wire import MAX_FIELDS, Corrupt, Message, as_float, signed

MAX_BYTES = 2**31 - 1
MAX_NODES = 50_000
MAX_VALUES = 4096
"""Numbers of a constant that are read: shapes, axes, pixels."""
FLOATS = {1: "f", 10: "e", 11: "d", 16: ""}
INTEGERS = {2: "B", 3: "b", 4: "H", 5: "h", 6: "i", 7: "q", 9: "?", 12: "I", 13: "Q"}
Dim = int | str | None


class Stored(Record):
    """A tensor in the file. ``values`` are its numbers if they are few; ``floating`` if it is no whole numbers."""

    name: str
    dims: tuple[int, ...]
    floating: bool
    values: tuple[float, ...] | None
    doc: str


class OnnxNode(Record):
    """An operation; ``attributes`` that are graphs of their own are the word ``GRAPH``."""

    name: str
    op: str
    domain: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any]
    metadata: dict[str, str] = fresh(default_factory=dict)


class OnnxModel(Record):
    """A file's main graph. ``shapes`` are those that it says for inputs, outputs and other tensors."""

    name: str
    producer: str
    opset: int
    nodes: list[OnnxNode]
    stored: dict[str, Stored]
    inputs: list[str]
    outputs: list[str]
    shapes: dict[str, tuple[Dim, ...]]
    floats: dict[str, bool]
    functions: list[str]


GRAPH = "a graph of its own"


def read_model(path: str) -> OnnxModel:
    """The file at ``path``. Raises :class:`CostcalcError` with what is wrong with it."""
    try:
        with open(path, "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise CostcalcError("it is not a regular file")
            if found.st_size > MAX_BYTES:
                raise CostcalcError("it is larger than 2 GiB, which no ONNX file is")
            if not found.st_size:
                raise CostcalcError("it is empty")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as data:
                return _model(Message(data, 0, len(data), [MAX_FIELDS]))
    except Corrupt as e:
        raise CostcalcError(f"it is no ONNX file, or a broken one: {e.message}") from e
    except (OSError, ValueError) as e:
        raise CostcalcError(f"it can't be read: {getattr(e, 'strerror', None) or e}") from e


def _message(value: int | Message) -> Message:
    if isinstance(value, int):
        raise Corrupt("a number where a text or a message is due")
    return value


def _number(value: int | Message) -> int:
    if not isinstance(value, int):
        raise Corrupt("a text where a number is due")
    return signed(value)


def _model(message: Message) -> OnnxModel:
    model = OnnxModel("", "", 0, [], {}, [], [], {}, {}, [])
    graphs = []
    version = 0
    for number, value in message.fields():
        if number == 1:
            version = _number(value)
        elif number == 2:
            model.producer = _message(value).text()
        elif number == 7:
            graphs.append(_message(value))
        elif number == 8:
            domain, opset = _opset(_message(value))
            if domain in ("", "ai.onnx"):
                model.opset = opset
        elif number == 25:
            model.functions.append(_strings(_message(value)).get(1, ""))
    if not version or len(graphs) != 1:
        raise Corrupt("it has no graph")
    _graph(graphs[0], model)
    return model


def _opset(message: Message) -> tuple[str, int]:
    domain, version = "", 0
    for number, value in message.fields():
        if number == 1:
            domain = _message(value).text()
        elif number == 2:
            version = _number(value)
    return domain, version


def _strings(message: Message) -> dict[int, str]:
    return {number: value.text() for number, value in message.fields() if isinstance(value, Message) and number < 3}


def _graph(message: Message, model: OnnxModel) -> None:
    for number, value in message.fields():
        if number == 1:
            if len(model.nodes) >= MAX_NODES:
                raise CostcalcError(f"more than {MAX_NODES:,} operations")
            model.nodes.append(_node(_message(value)))
        elif number == 2:
            model.name = _message(value).text()
        elif number == 5:
            stored = tensor(_message(value))
            model.stored[stored.name] = stored
        elif number in (11, 12, 13):
            name, shape, floating = _value_info(_message(value))
            if number == 11:
                model.inputs.append(name)
            elif number == 12:
                model.outputs.append(name)
            model.floats[name] = floating
            if shape is not None:
                model.shapes[name] = shape
        elif number == 15:
            raise CostcalcError("its weights are sparse tensors, which isn't supported")
    model.inputs = [name for name in model.inputs if name not in model.stored]


def _node(message: Message) -> OnnxNode:
    node = OnnxNode("", "", "", [], [], {})
    for number, value in message.fields():
        if number == 1:
            node.inputs.append(_message(value).text())
        elif number == 2:
            node.outputs.append(_message(value).text())
        elif number == 3:
            node.name = _message(value).text()
        elif number == 4:
            node.op = _message(value).text()
        elif number == 5:
            name, attribute = _attribute(_message(value))
            node.attributes[name] = attribute
        elif number == 7:
            node.domain = _message(value).text()
        elif number == 9 and len(_message(value)) < 4096:
            pair = _strings(_message(value))
            node.metadata[pair.get(1, "")] = pair.get(2, "")
    return node


def _attribute(message: Message) -> tuple[str, Any]:
    name = ""
    found: Any = None
    many: list[Any] = []
    for number, value in message.fields():
        if number == 1:
            name = _message(value).text()
        elif number == 2:
            found = as_float(_number(value) & 0xFFFFFFFF)
        elif number == 3:
            found = _number(value)
        elif number == 4:
            found = _message(value).text() if len(_message(value)) <= 4096 else ""
        elif number == 5:
            found = tensor(_message(value))
        elif number in (6, 11):
            found = GRAPH
        elif number == 7:
            many += [as_float(value & 0xFFFFFFFF)] if isinstance(value, int) else value.unpacked("f")
        elif number == 8:
            many += [signed(value)] if isinstance(value, int) else value.numbers()
        elif number == 9:
            many.append(_message(value).text())
        elif number == 20 and _number(value) in (6, 7, 8) and found is None:
            found = ()
    return name, tuple(many) if many else found


def tensor(message: Message) -> Stored:
    """A tensor's name and shape, and its numbers where they are few and in this file."""
    dims: list[int] = []
    kind, outside, name, doc = 0, False, "", ""
    data: list[tuple[int, int | Message]] = []
    for number, value in message.fields():
        if number == 1:
            dims += [_number(value)] if isinstance(value, int) else value.numbers()
        elif number == 2:
            kind = _number(value)
        elif number in (4, 5, 7, 9, 10, 11):
            if len(data) <= MAX_VALUES:
                data.append((number, value))
        elif number == 8:
            name = _message(value).text()
        elif number == 12:
            doc = _message(value).text() if len(_message(value)) < 256 else ""
        elif number == 13 or (number == 14 and _number(value) == 1):
            outside = True
    if any(n < 0 for n in dims) or len(dims) > 16:
        raise Corrupt(f"a tensor of the shape {dims}")
    count = math.prod(dims)
    known = None if outside or count > MAX_VALUES else _values(kind, count, data)
    return Stored(name, tuple(dims), kind in FLOATS or kind > 16, known, doc)


def _values(kind: int, count: int, data: list[tuple[int, int | Message]]) -> tuple[float, ...] | None:
    found: list[float] = []
    for number, value in data:
        if isinstance(value, int):
            found.append(as_float(value) if number == 4 else signed(value))
        elif number == 9:
            form = {**FLOATS, **INTEGERS}.get(kind)
            if not form:
                return None
            found += value.unpacked(form)
        elif number in (4, 10):
            found += value.unpacked("f" if number == 4 else "d")
        else:
            found += value.numbers()
    return tuple(found) if len(found) == count else None


def _value_info(message: Message) -> tuple[str, tuple[Dim, ...] | None, bool]:
    name, shape, floating = "", None, True
    for number, value in message.fields():
        if number == 1:
            name = _message(value).text()
        elif number == 2:
            shape, floating = _type(_message(value), name)
    return name, shape, floating


def _type(message: Message, name: str) -> tuple[tuple[Dim, ...] | None, bool]:
    for number, value in message.fields():
        if number != 1:
            raise CostcalcError(f"'{printable(name)}' is a sequence or a map, and no tensor")
        shape: tuple[Dim, ...] | None = None
        floating = True
        for inner, of in _message(value).fields():
            if inner == 1:
                floating = _number(of) in FLOATS or _number(of) > 16
            elif inner == 2:
                shape = tuple(_dim(_message(dim)) for k, dim in _message(of).fields() if k == 1)
        return shape, floating
    return None, True


def _dim(message: Message) -> Dim:
    found: Dim = None
    for number, value in message.fields():
        if number == 1:
            found = _number(value)
        elif number == 2:
            found = _message(value).text()
    return found
