"""An arena: where each tensor lies, placed one by one, the largest first."""

from __future__ import annotations

from collections.abc import Sequence

from ..record import Record


class Placed(Record):
    """A tensor's bytes, the steps at which it is made and last read, and where in the arena it lies."""

    name: str
    bytes: int
    made: int
    last: int
    offset: int = 0


def place(tensors: Sequence[Placed]) -> list[Placed]:
    """The tensors, each in the first gap between those already placed that are alive at the same time.

    The largest is placed first, of equal ones the later. As TensorFlow Lite Micro's greedy planner does
    (tensorflow/lite/micro/memory_planner/greedy_memory_planner.cc).
    """
    done: list[Placed] = []
    for _, tensor in sorted(enumerate(tensors), key=lambda item: (-item[1].bytes, -item[0])):
        tensor.offset = 0
        for other in sorted(done, key=lambda p: p.offset):
            if other.last < tensor.made or tensor.last < other.made:
                continue
            if tensor.offset + tensor.bytes <= other.offset:
                break
            tensor.offset = max(tensor.offset, other.offset + other.bytes)
        done.append(tensor)
    return list(tensors)
