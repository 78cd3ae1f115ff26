"""Parts that are cut and merged again: every factor is back where it was."""

from __future__ import annotations

import pytest

from costcalc.importing.layout import fresh
from costcalc.importing.lowering.arranging import cut, merged
from costcalc.importing.lowering.context import TraceLowering
from costcalc.importing.lowering.values import TensorValue

from .test_lowering import trace_of


@pytest.mark.parametrize(
    ("view", "outer", "word"),
    [
        ((1, 8, 4, 4, 2, 8), (2, 4), "windows"),
        ((1, 8, 4, 4, 2, 8), (3, 5), "grid"),
        ((1, 2, 4, 16, 16), (1,), "heads"),
    ],
)
def test_merge_undoes_a_cut(view, outer, word):
    trace = trace_of("pixels")
    lowering, node = TraceLowering(trace), trace.nodes[-1]
    x = TensorValue(("in", 0), fresh(8, (16, 16), "NC01").view(view))
    parts = cut(lowering, node, x, [factor for k in outer for factor in x.layout.dims[k]])
    assert [call.word for call in lowering.calls] == [word]
    assert parts.layout.own_shape != x.layout.own_shape
    assert merged(lowering, node, parts).layout == x.layout
