"""The definition executorch beside ExecuTorch's planner: what each byte is by which the plan differs."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import pytest
import yaml

from costcalc import load
from costcalc.memory import MemoryUse, load_definition, memory_of

ROWS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("executorch.yaml").read_text())
SCRATCH = 496 * 3 * 3  # of a depthwise kernel with a window of 3x3

rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['network']}-{row['bits']}")


def _use(row: dict[str, Any]) -> MemoryUse:
    return memory_of(load(row["network"]).graph(expand=True), load_definition("executorch"), bits=row["bits"])


@rows
def test_every_byte_of_the_difference_has_a_name(row: dict[str, Any]) -> None:
    assert _use(row).peak == row["executorch"]
    assert row["arena"] - row["executorch"] == sum(size for _, _, size in row["parts"])


@rows
def test_the_parts_follow_from_the_layers(row: dict[str, Any]) -> None:
    use = _use(row)
    width = row["bits"] // 8
    layers = {layer.name: layer for layer in use.graph.layers}
    for name, what, size in row["parts"]:
        layer = layers[name]
        (out,) = layer.out_shapes
        if what.startswith("costcalc's peak"):
            assert (name, size) == (use.at, use.live[use.layers.index(row["at"])] - use.peak)
        elif what == "its input padded":
            assert size == width * _padded(layer)
        elif what == "its weights transposed":
            assert size == 4 * layer.op.in_features * layer.op.out_features
        elif what == "left of a bucket for its weights transposed":  # in which the padded input is at the time
            assert size == 4 * (layer.op.in_features * layer.op.out_features - _padded(layers[row["at"]]))
        elif what == "no scratch of a kernel":
            assert (size, layer.op.is_depthwise) == (-SCRATCH, True)
        elif what == "scratch of a kernel":
            assert size == 4 * layer.op.in_channels * layer.op.window
        elif what == "its indices":  # int64
            assert size == 8 * prod(out)
        else:
            signs = {
                "left of a bucket for its output": 1,
                "its output, not overwritten": 1,
                "its output, not made yet": -1,
            }
            assert size == signs[what] * width * prod(out)


def test_the_plan_for_cortex_m_is_the_definition_to_the_byte() -> None:
    exact = {row["network"]: row["arena"] for row in ROWS if row["bits"] == 8 and not row["parts"]}
    assert exact == {"ds_cnn_mlperf": 20_464, "mobilenet_v2": 1_509_744}  # the latter was printed on a board, too


def _padded(layer: Any) -> int:
    """Values of what enters a layer of padding "same", with the zeros that it needs."""
    channels, *sides = layer.inputs[0].shape
    outs, op = layer.out_shapes[0][1:], layer.op
    added = [max((out - 1) * op.stride[k] + op.kernel_size[k] - sides[k], 0) for k, out in enumerate(outs)]
    return int(channels * prod(side + more for side, more in zip(sides, added, strict=True)))
