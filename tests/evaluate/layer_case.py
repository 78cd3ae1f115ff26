"""A call of a built-in layer, and what comes of it."""

from __future__ import annotations

from typing import NamedTuple

PARAMETERS = {"k": 3, "c": 12, "s": 2, "g": 3, "d": 2, "p": 1, "res": 9}

HEAD = """
parameters: {k: 3, c: 12, s: 2, g: 3, d: 2, p: 1, res: 9}
input: res x 8 x 6
layers:
"""


class LayerCase(NamedTuple):
    """A call, the primitives as ``name:kind``, and the output's channels, height and width at the defaults."""

    call: str
    primitives: str
    out: tuple[int, int, int]

    @property
    def text(self) -> str:
        return f"{HEAD}  x: {self.call}\n"


CONV = "x.conv:conv2d x.bn:batch_norm x.act:relu"
