"""TensorFlow ran a dilated convolution on a map padded to multiples of the dilation: ``dilated_elements``."""

import pytest

import costcalc
from costcalc.conventions import load_convention
from costcalc.language.source import Source
from costcalc.network import network_from

SPEC = """
network: n
parameters: {{d: {{default: 2, range: 1..9}}}}
input: {h} x {w} x 4
layers:
  a: conv({k}, 8, d=d)
"""


def counted(convention: str, k: str, h: int, w: int, d: int) -> int:
    network = network_from(Source("n.yaml", SPEC.format(k=k, h=h, w=w)))
    total: int = network.cost(d=d, convention=load_convention(convention)).counted
    return total


@pytest.mark.parametrize("convention", ["tensorflow_dilated", "tensorflow_profiler"])
@pytest.mark.parametrize(
    ("k", "h", "w", "d", "positions"),
    [
        ("3x3", 5, 7, 2, 6 * 8),
        ("3x3", 33, 33, 6, 36 * 36),  # the pyramid of DeepLab at stride 16
        ("3x3", 6, 8, 2, 6 * 8),
        ("3x3", 5, 7, 1, 5 * 7),
        ("1x1", 5, 7, 2, 5 * 7),  # has nothing to dilate
    ],
)
def test_a_dilated_convolution_runs_on_a_padded_map(convention: str, k: str, h: int, w: int, d: int, positions: int):
    size = int(k[0]) ** 2
    assert counted(convention, k, h, w, d) == size * 4 * 8 * positions
    assert counted("mult_adds", k, h, w, d) == size * 4 * 8 * h * w


def test_it_reaches_the_backbone_of_a_segmentation_network():
    network = costcalc.load("deeplabv3")
    at = {"backbone": "resnet_101_beta", "output_stride": 16}
    assert network.cost(at, convention=load_convention("tensorflow_dilated")).counted == 80_834_763_712
