"""An op that the package doesn't know, as a user would add one: attention, with two kinds of work.

Each part of what an op says can be left out, to see that its lack is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from costcalc import ops
from costcalc.evaluate.arguments import LayerDef, count
from costcalc.evaluate.built_in import BUILT_IN
from costcalc.ops.base import require_divisor

KIND = "outside_attention"


def attention_op(*without: str, **more: Any) -> type[ops.Op]:
    """A new class, without what is named and with ``more``."""

    def work(self: Any, inputs: Any, output: Any) -> Any:
        (c, *queries), (_, *keys), (v, *_) = inputs
        pairs = ops.elements((*queries, *keys))
        return {"mac": pairs * (c + v), "softmax": pairs * self.heads}

    def fewer(self: Any, inputs: Any, keep: Callable[[int], int], *, stays: bool) -> ops.Op:
        for channels, *_ in inputs:
            require_divisor(self.heads, channels)
        return self

    told = {
        "__slots__": ("heads",),
        "__init__": lambda self, heads: setattr(self, "heads", heads),
        "kind": KIND,
        "work_names": ("mac", "softmax"),
        "out_shapes": lambda self, inputs: ((inputs[2][0], *inputs[0][1:]),),
        "work": work,
        "fewer": fewer,
    }
    return type("OutsideAttention", (ops.Op,), {k: v for k, v in (told | more).items() if k not in without})


@contextmanager
def layer_of(op: type[ops.Op]) -> Iterator[None]:
    """The layer ``attend(q, k, v; heads)`` of the language."""

    def attend(run: Any, path: Any, values: Any, heads: Any) -> Any:
        return run.emit(path, path, op(count(run, heads, "heads")), run.several(values))

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BUILT_IN, "attend", LayerDef("attend", attend, joins=True, heads=1))
        yield
