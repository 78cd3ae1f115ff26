"""The loop nest of every op."""

from __future__ import annotations

from costcalc import ops

from .counting import BASIC_LOOPS, Counted, Shape
from .counting_products import PRODUCT_LOOPS

LOOPS = {**BASIC_LOOPS, **PRODUCT_LOOPS}


def count_one_by_one(op: ops.Op, *shapes: Shape) -> Counted:
    """The op carried out on inputs of ``shapes``."""
    return LOOPS[type(op)](op, *shapes)
