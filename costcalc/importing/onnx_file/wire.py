"""Protocol buffers as bytes: numbered fields, each a whole number or a range of bytes that is read only if needed."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ...errors import CostcalcError

MAX_FIELDS = 3_000_000
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


class Corrupt(CostcalcError):
    """The bytes are no message of this kind."""


class Message:
    """A message within ``data``, from ``start`` to ``end``. ``budget`` counts the fields of the whole file down."""

    __slots__ = ("budget", "data", "end", "start")

    def __init__(self, data: memoryview, start: int, end: int, budget: list[int]) -> None:
        self.data = data
        self.start = start
        self.end = end
        self.budget = budget

    def fields(self) -> Iterator[tuple[int, int | Message]]:
        """Each field's number, and its value: a whole number (fixed ones as their bits), or the bytes of a message."""
        at, end, data, budget = self.start, self.end, self.data, self.budget
        while at < end:
            budget[0] -= 1
            if budget[0] < 0:
                raise Corrupt("it has more parts than any network")
            key, at = varint(data, at, end)
            number, kind = key >> 3, key & 7
            if not number:
                raise Corrupt("a field without a number")
            if kind == VARINT:
                value, at = varint(data, at, end)
                yield number, value
                continue
            if kind == BYTES:
                length, at = varint(data, at, end)
            elif kind in (FIXED32, FIXED64):
                length = 4 if kind == FIXED32 else 8
            else:
                raise Corrupt("a field of an unknown kind")
            if length > end - at:
                raise Corrupt("it ends in the middle")
            if kind == BYTES:
                yield number, Message(data, at, at + length, budget)
            else:
                yield number, int.from_bytes(data[at : at + length], "little")
            at += length

    def __len__(self) -> int:
        return self.end - self.start

    def text(self) -> str:
        """The bytes as text."""
        if len(self) > MAX_TEXT:
            raise Corrupt("a name of more than a thousand characters")
        return bytes(self.data[self.start : self.end]).decode("utf-8", "replace")

    def numbers(self) -> list[int]:
        """Packed whole numbers."""
        found, at = [], self.start
        while at < self.end:
            value, at = varint(self.data, at, self.end)
            found.append(signed(value))
        return found

    def unpacked(self, form: str) -> list[float]:
        """Packed numbers of a fixed size, by the letter that ``struct`` has for them."""
        size = struct.calcsize(form)
        return list(struct.unpack(f"<{len(self) // size}{form}", self.data[self.start : self.end - len(self) % size]))


MAX_TEXT = 4096


def varint(data: memoryview, at: int, end: int) -> tuple[int, int]:
    """A whole number of seven bits a byte, and where it ends."""
    value = shift = 0
    while at < end:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & (1 << 64) - 1, at
        shift += 7
        if shift > 63:
            raise Corrupt("a number that doesn't end")
    raise Corrupt("it ends in the middle")


def signed(value: int) -> int:
    """64 bits as a signed number."""
    return value - (1 << 64) if value >> 63 else value


def as_float(bits: int) -> float:
    """32 bits as a decimal."""
    found: float = struct.unpack("<f", bits.to_bytes(4, "little"))[0]
    return found
