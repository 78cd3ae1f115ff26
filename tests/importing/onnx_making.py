"""ONNX files written by hand, byte by byte, so that reading them is tested without the package that writes them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FLOAT, INT64, INT8 = 1, 7, 3


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])


def field(number: int, value: int | bytes | str) -> bytes:
    """A number, or the bytes of a text or message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def weight(name: str, *dims: int, kind: int = FLOAT, outside: bool = False, doc: str = "") -> bytes:
    """A weight without its numbers, as if they were skipped; ``outside``: they are in another file."""
    made = b"".join(field(1, n) for n in dims) + field(2, kind) + field(8, name)
    if doc:
        made += field(12, doc)
    if outside:
        made += field(13, field(1, "location") + field(2, "nowhere.data")) + field(14, 1)
    return made


def ints(name: str, values: Sequence[int], scalar: bool = False) -> bytes:
    """A tensor of whole numbers."""
    data = struct.pack(f"<{len(values)}q", *values)
    dims = b"" if scalar else field(1, len(values))
    return dims + field(2, INT64) + field(8, name) + field(9, data)


def floats(name: str, values: Sequence[float], scalar: bool = False) -> bytes:
    """A tensor of decimals."""
    dims = b"" if scalar else field(1, len(values))
    return dims + field(2, FLOAT) + field(8, name) + field(9, struct.pack(f"<{len(values)}f", *values))


def attribute(name: str, value: Any) -> bytes:
    """An attribute by the kind of its value; bytes are a tensor, a ``Graph`` is one."""
    made = field(1, name)
    if isinstance(value, Graph):
        return made + field(6, value.data) + field(20, 5)
    if isinstance(value, bytes):
        return made + field(5, value) + field(20, 4)
    if isinstance(value, str):
        return made + field(4, value) + field(20, 3)
    if isinstance(value, float):
        return made + varint(2 << 3 | 5) + struct.pack("<f", value) + field(20, 1)
    if isinstance(value, int):
        return made + field(3, value) + field(20, 2)
    return made + b"".join(field(8, n) for n in value) + field(20, 7)


class Graph:
    """A graph that is an attribute."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = data


def node(op: str, inputs: str, outputs: str, name: str = "", domain: str = "", **attributes: Any) -> bytes:
    """An operation; names are apart by blanks, ``-`` is one that is left out."""
    made = b"".join(field(1, "" if one == "-" else one) for one in inputs.split())
    made += b"".join(field(2, one) for one in outputs.split())
    made += field(3, name) + field(4, op) + (field(7, domain) if domain else b"")
    return made + b"".join(field(5, attribute(key, value)) for key, value in attributes.items())


def tensor_info(name: str, *dims: int | str) -> bytes:
    """A tensor's name and shape; a text is a size that is free."""
    shape = b"".join(field(1, field(1 if isinstance(n, int) else 2, n)) for n in dims)
    return field(1, name) + field(2, field(1, field(1, FLOAT) + field(2, shape)))


def model(
    nodes: Sequence[bytes],
    inputs: Sequence[bytes],
    outputs: Sequence[str],
    stored: Sequence[bytes] = (),
    opset: int = 17,
) -> bytes:
    """A file's bytes."""
    graph = b"".join(field(1, one) for one in nodes) + field(2, "graph")
    graph += b"".join(field(5, one) for one in stored) + b"".join(field(11, one) for one in inputs)
    graph += b"".join(field(12, field(1, name)) for name in outputs)
    return field(1, 8) + field(8, field(2, opset)) + field(7, graph)


def written(folder: Path, data: bytes, name: str = "net.onnx") -> str:
    """The path of a file with these bytes."""
    path = folder / name
    path.write_bytes(data)
    return str(path)
