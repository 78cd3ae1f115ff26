"""Bytes that are printed somewhere, or that a runtime's own allocator gives."""

from __future__ import annotations

from typing import Any

import pytest

from costcalc import load
from costcalc.memory import load_definition, memory_of
from costcalc.memory.maps import largest_maps
from costcalc.memory.weights import flash

from ..evaluate.evaluating import network


def _peak(name: str, definition: str, bits: int, **at: Any) -> tuple[int, str]:
    use = memory_of(load(name).graph(expand=True, **at), load_definition(definition), bits=bits)
    return use.peak, use.at


@pytest.mark.parametrize(
    ("definition", "bytes_", "layer"),
    [
        ("live", 1_505_280, "stage3.1.dw.conv"),  # 96·112² + 96·56²
        ("block_input_kept", 1_705_984, "stage3.1.dw.conv"),  # and 16·112²; MCUNet Table 1: 1.7 MB
        ("depthwise_in_place", 1_404_928, "stage3.1.expand.conv"),  # 16·112² + 96·112²; MCUNetV2: 1,372 kB
        ("tflm", 1_505_280, "stage3.1.dw.conv"),
    ],
)
def test_mobilenet_v2_at_224_and_8_bits(definition: str, bytes_: int, layer: str) -> None:
    assert _peak("mobilenet_v2", definition, 8) == (bytes_, layer)


def test_mobilenet_v2_in_float32_with_the_inputs_of_blocks() -> None:
    assert _peak("mobilenet_v2", "block_input_kept", 32)[0] == 4 * 1_705_984  # MCUNet Table 1: 6.8 MB


def test_resnet_50_as_an_issue_of_mit_han_lab_tinyml_has_it() -> None:
    assert _peak("resnet_50", "block_input_kept", 32)[0] == (64 + 256 + 256) * 56 * 56 * 4 == 7_225_344


@pytest.mark.parametrize(("alpha", "live", "arena"), [(0.25, 55_296, 73_728), (0.5, 110_592, 110_592)])
def test_a_plan_fragments_where_tensorflow_lite_micros_does(alpha: float, live: int, arena: int) -> None:
    at = {"alpha": alpha, "res": 96, "classes": 2}
    assert _peak("mobilenet_v1", "live", 8, **at)[0] == live
    assert _peak("mobilenet_v1", "tflm", 8, **at)[0] == arena


@pytest.mark.parametrize(
    ("name", "at", "arena", "weights"),
    [
        # mlcommons/tiny's files: what TensorFlow Lite Micro allocates for activations, and their weights and biases
        ("ds_cnn_mlperf", {}, 16_000, 24_368),  # kws_ref_model.tflite
        ("resnet_8", {}, 49_152, 78_744),  # pretrainedResnet_quant.tflite; 76.9 KiB in STM32's zoo
        ("dcase_autoencoder", {}, 768, 270_880),  # ad01_int8.tflite
        ("mobilenet_v1", {"alpha": 0.25, "res": 96, "classes": 2}, 73_728, 219_064),  # vww_96_int8.tflite
    ],
)
def test_mlperf_tiny_to_the_byte(name: str, at: dict[str, Any], arena: int, weights: int) -> None:
    use = memory_of(load(name).graph(expand=True, **at), load_definition("tflm"), bits=8)
    assert (use.peak, use.flash) == (arena, weights)


def test_a_shift_behind_a_folded_norm_is_folded_too() -> None:
    assert [sum(layer.total for layer in flash(load("ds_cnn_s").graph(folded=folded))) for folded in (True, False)] == [
        24_368,
        24_368,
    ]


@pytest.mark.parametrize(
    ("name", "at", "kib"),
    [
        # STMicroelectronics/stm32ai-modelzoo, image_classification, READMEs: "Weights Flash", in KiB
        ("mobilenet_v1", {"alpha": 0.25}, "467.33"),
        ("mobilenet_v1", {"alpha": 0.5}, "1314.00"),
        ("mobilenet_v1", {}, "4157.09"),
        ("mobilenet_v2", {"alpha": 0.35}, "1654.50"),
        ("mobilenet_v2", {}, "3458.97"),
        ("mobilenet_v2", {"alpha": 1.4}, "6015.34"),
        ("mobilenet_v1", {"alpha": 0.25, "classes": 5}, "214.69"),
        ("mobilenet_v1", {"alpha": 0.5, "classes": 5}, "812.61"),
        ("mobilenet_v2", {"alpha": 0.35, "res": 128, "classes": 5}, "406.86"),
        ("squeezenet_1_1", {"classes": 5}, "716.71"),
    ],
)
def test_flash_is_that_of_stms_model_zoo(name: str, at: dict[str, Any], kib: str) -> None:
    total = sum(layer.total for layer in flash(load(name).graph(**at)))
    assert f"{total / 1024:.2f}" == kib


RESNET_32 = """\
defaults:
  conv: bias=yes
blocks:
  unit(c, s):
    conv1: conv(3x3, c, s)
    conv2: conv(3x3, c, act=none)
    skip:  in -> conv(1x1, c, s, norm=none, act=none) if s > 1
    out:   add(skip, conv2) -> act(relu)
input: 32 x 32 x 3
layers:
  stem: conv(3x3, 16)
  a: 5 * unit(16, 1)
  b1: unit(32, 2)
  b: 4 * unit(32, 1)
  c1: unit(64, 2)
  c: 4 * unit(64, 1)
  pool: avgpool
  fc: fc(100)
"""
"""Keras' ResNet v1 of 32 layers for CIFAR-100: convolutions have biases beside batch norm, shortcuts no batch norm."""
RESNET_50_V2 = """\
defaults:
  conv: norm=none, act=none, bias=no
blocks:
  opening(c):
    pre:  bn -> act(relu)
    skip: pre -> conv(1x1, 4*c, bias=yes)
    main: pre -> conv(1x1, c, norm=bn, act=relu) -> conv(3x3, c, norm=bn, act=relu) -> conv(1x1, 4*c, bias=yes)
    out:  add(skip, main)
  unit(c):
    pre:  bn -> act(relu)
    main: pre -> conv(1x1, c, norm=bn, act=relu) -> conv(3x3, c, norm=bn, act=relu) -> conv(1x1, 4*c, bias=yes)
    out:  add(in, main)
input: 224 x 224 x 3
layers:
  stem: conv(7x7, 64, 2, bias=yes)
  pool: maxpool(3x3, 2)
  a1: opening(64)
  a:  2 * unit(64)
  b1: opening(128)
  b:  3 * unit(128)
  c1: opening(256)
  c:  5 * unit(256)
  d1: opening(512)
  d:  2 * unit(512)
  post: bn -> act(relu)
  avg:  avgpool
  fc:   fc(1000)
"""
"""Keras' ResNet50V2: a batch norm before each block can't be folded, since the shortcut reads what it does too."""


@pytest.mark.parametrize(("spec", "kib"), [(RESNET_32, "464.38"), (RESNET_50_V2, "25042.47")], ids=["32", "50 v2"])
def test_flash_of_the_zoos_other_resnets_which_do_not_ship(spec: str, kib: str) -> None:
    total = sum(layer.total for layer in flash(network(spec).graph()))
    assert f"{total / 1024:.2f}" == kib


def test_the_largest_maps_of_mobilenet_v1_are_those_of_mobilenet_v2s_table_3() -> None:
    found = largest_maps(load("mobilenet_v1").graph(expand=True))
    printed = {"56x56": 128, "28x28": 256, "14x14": 512, "7x7": 1024, "1x1": 1024}
    assert {size: found[size] for size in printed} == printed


def test_what_a_block_makes_and_reads_itself_is_no_map_that_is_kept() -> None:
    found = largest_maps(load("mobilenet_v2").graph(expand=True))
    assert (found["56x56"], found["28x28"]) == (24, 32)  # and not the 144 and 192 of the expansions
