"""What tools count of attention that is written out, q kᵀ, softmax and the product with v: the tools' own integers.

On a linear layer from 24 to 48 for 36 tokens and 3 heads of 4, 4 and 8 channels. The tools were given a module with
``((q * 0.5) @ k.transpose(-2, -1)).softmax(-1) @ v``, one that adds learned scores before the softmax, and the product
of the layer's output with its transpose; versions are those of the conventions. The whole networks are timm's 1.0.31,
whose attention isn't fused.
"""

import pytest

from costcalc.language.source import Source
from costcalc.network import network_from

from ..loading import load

SPEC = """\
network: single
input: 36 x 24
layers:
  parts:   conv(1, 48, norm=none, act=none, bias=no)
  q, k, v: split(parts, [12, 12, 24])
  out:     attend(q, k, v, heads=3{})
"""
PRODUCT = """\
network: single
input: 36 x 24
layers:
  a:   conv(1, 48, norm=none, act=none, bias=no)
  out: matmul(a, a -> transpose)
"""
LAYERS = {  # written out, with learned scores, a product of matrices
    "torch": (176_256, 176_256, 207_360),
    "torchprofiler": (176_688, 180_576, 207_360),
    "fvcore": (88_128, 88_128, 103_680),
    "ptflops_aten": (88_128, 88_128, 103_680),
    "thop": (41_472, 41_472, 41_472),
    "ultralytics_thop": (88_128, 88_128, 103_680),
    "torchprofile": (88_560, 88_560, 103_680),
    "onnx_tool": (228_528, 232_416, 103_680),
}
NETWORKS = [
    ("fvcore", "deit_ti", 1_258_411_200),
    ("ptflops_aten", "deit_ti", 1_257_806_824),
    ("torchprofile", "deit_ti", 1_255_082_688),
    ("ultralytics_thop", "deit_ti", 1_257_465_600),
    ("ptflops_aten", "swin_t", 4_503_738_856),
    ("torchprofile", "swin_t", 4_495_723_008),
]


@pytest.mark.parametrize("convention", LAYERS)
def test_single_layers(convention):
    specs = (SPEC.format(""), SPEC.format(", bias=1296"), PRODUCT)
    ours = tuple(network_from(Source("single.yaml", s)).cost(convention=convention).counted for s in specs)
    assert ours == LAYERS[convention]


@pytest.mark.parametrize(("convention", "network", "integer"), NETWORKS)
def test_networks(convention, network, integer):
    assert load(network).cost(convention=convention).counted == integer


def test_what_a_tool_passes_over_is_told():
    passed = load("deit_ti").cost(convention="thop").passed_over
    assert any("attention" in str(p) for p in passed)
