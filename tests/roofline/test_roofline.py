"""Bounds of time: by hand, below every published latency, and what bad input gets."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from costcalc.devices import Device, load_device
from costcalc.errors import UsageError
from costcalc.language.folders import shipped
from costcalc.roofline import Roofline, roofline

from ..cli.running import refused, run, shown
from ..loading import load

# STMicroelectronics/stm32ai-modelzoo, image classification on the STM32H747 at 400 MHz, in ms; coral.ai/docs/edgetpu/
# benchmarks, desktop CPU with the USB Accelerator, in ms.
MEASURED: list[tuple[str, dict[str, Any], str, float]] = [
    ("mobilenet_v1", {"alpha": 0.25}, "stm32h747", 166.75),
    ("mobilenet_v1", {"alpha": 0.5}, "stm32h747", 504.37),
    ("mobilenet_v1", {}, "stm32h747", 1641.84),
    ("mobilenet_v2", {"alpha": 0.35, "res": 128}, "stm32h747", 116.13),
    ("mobilenet_v2", {"alpha": 0.35}, "stm32h747", 313.92),
    ("mobilenet_v2", {}, "stm32h747", 1106.64),
    ("mobilenet_v2", {"alpha": 1.4}, "stm32h747", 2010.66),
    ("mobilenet_v1", {}, "coral_edge_tpu", 2.4),
    ("mobilenet_v2", {}, "coral_edge_tpu", 2.6),
    ("resnet_50", {"res": 299}, "coral_edge_tpu", 49),
    ("vgg_16", {}, "coral_edge_tpu", 296),
    ("densenet_121", {}, "coral_edge_tpu", 20),
]


def _on(name: str, device: str, **at: Any) -> Roofline:
    return roofline(load(name).graph(**at), load_device(device))


@pytest.mark.parametrize(("name", "at", "device", "measured"), MEASURED)
def test_every_bound_is_below_the_latency_that_is_published(
    name: str, at: dict[str, Any], device: str, measured: float
) -> None:
    assert 0 < _on(name, device, **at).bound * 1e3 < measured


@pytest.mark.parametrize(
    ("name", "at", "milliseconds"),
    [
        ("mobilenet_v1", {"alpha": 0.25}, 51.3),
        ("mobilenet_v1", {}, 710.9),
        ("mobilenet_v2", {"alpha": 0.35, "res": 128}, 25.3),
        ("mobilenet_v2", {}, 376.0),
        ("mobilenet_v2", {"alpha": 0.35}, 74.1),
        ("mobilenet_v2", {"alpha": 1.4}, 727.7),
        ("mobilenet_v1", {"alpha": 0.5}, 186.9),
    ],
)
def test_two_mult_adds_a_cycle_at_400_mhz(name: str, at: dict[str, Any], milliseconds: float) -> None:
    assert round(_on(name, "stm32h747", **at).bound * 1e3, 1) == milliseconds


def test_vgg_16_on_coral_is_bound_by_the_link_that_its_weights_come_over() -> None:
    found = _on("vgg_16", "coral_edge_tpu")
    assert round(found.in_order * 1e3, 1) == 7.7
    assert found.bound == found.link
    assert 0.2599 < found.link < 0.2601


def test_a_published_figure_below_what_the_link_allows_stays_a_finding() -> None:
    """Inception-ResNet v2's 57 ms: 47 million weights can't come over 0.5 GB/s in that time."""
    assert 57 < 94 < _on("inception_resnet_v2", "coral_edge_tpu").link * 1e3 < 96


# -- by hand


def _device(**figures: Any) -> Device:
    from costcalc.devices import DeviceFigure

    peaks = {"int8": DeviceFigure(figures.pop("peak"), "dense", sources=["x"])}
    return Device("mine", "Mine", peaks=peaks, **{name: DeviceFigure(most) for name, most in figures.items()})


def test_a_layer_takes_the_longer_of_its_two_times() -> None:
    graph = load("mobilenet_v1").graph()
    found = roofline(graph, _device(peak=1e9, bandwidth=1e8))
    (stem,) = [one for one in found.layers if one.layer.op.kind == "conv2d"][:1]
    assert stem.mult_adds == 27 * 32 * 112**2
    assert stem.bytes == 224**2 * 3 + 112**2 * 32 + 27 * 32
    assert (stem.work_seconds, stem.memory_seconds) == (stem.mult_adds / 1e9, stem.bytes / 1e8)
    assert found.in_order == pytest.approx(sum(max(x.work_seconds, x.memory_seconds) for x in found.layers))
    assert found.overlapped == pytest.approx(max(found.mult_adds / 1e9, found.bytes / 1e8))
    assert found.overlapped <= found.in_order == found.bound


def test_norms_and_activations_move_nothing_of_their_own() -> None:
    found = _on("mobilenet_v1", "t4")
    assert {x.bytes for x in found.layers if x.layer.op.kind in ("batch_norm", "relu", "dropout")} == {0}


def test_images_share_the_weights() -> None:
    graph, device = load("vgg_16").graph(), _device(peak=1e12, bandwidth=1e9)
    one, four = (roofline(graph, device, batch=n) for n in (1, 4))
    assert four.mult_adds == 4 * one.mult_adds
    assert 3 * one.bytes - 4 * 140e6 < four.bytes < 4 * one.bytes - 3 * 138e6


def test_depthwise_layers_are_bound_by_memory_on_a_gpu_and_few_others_are() -> None:
    rows = list(csv.DictReader(StringIO(shown("roofline", "mobilenet_v1", "--device", "t4", "--format", "csv"))))
    depthwise = [row for row in rows if row["type"].startswith("conv dw")]
    assert depthwise
    assert {row["bound_by"] for row in depthwise} == {"memory"}
    assert max(float(row["intensity"]) for row in depthwise) < 10
    assert min(float(row["intensity"]) for row in rows if row["name"].endswith("pw")) > 15


# -- devices


@pytest.mark.parametrize("name", shipped("devices"))
def test_every_figure_of_a_device_names_its_source_and_structure(name: str) -> None:
    device = load_device(name)
    assert device.name == name
    assert device.title
    figures = [*device.peaks.values(), device.bandwidth, device.link, device.ram, device.flash, device.on_chip]
    for figure in figures:
        assert figure is None or (figure.most > 0 and all(figure.sources))
    assert {peak.structure for peak in device.peaks.values()} == {"dense"}


def test_an_operation_is_half_a_mult_add() -> None:
    assert load_device("coral_edge_tpu").peaks["int8"].most == 2e12
    assert load_device("stm32h747").peaks["int8"].most == 8e8


MINE = """\
device: mine
title: Mine
peaks:
  int8: {most: 1 G, counts: macs, structure: dense, sources: [me]}
bandwidth: {most: 1 G, sources: [me]}
"""


def test_a_device_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(MINE)
    text = shown("roofline", "mobilenet_v1", "--device", str(file), "--format", "json")
    assert json.loads(text)["bound_seconds"] == pytest.approx(0.5687, rel=0.02)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("bandwidth: {most: 1 G", "bandwidth: {most: 0 G", "5:19: a number above 0 such as 320 G or 8 Mi is due"),
        ("most: 1 G, counts", "most: -1, counts", "4:16: a number above 0"),
        ("most: 1 G, counts", "most: .nan, counts", "4:16: a number above 0"),
        ("counts: macs", "counts: flops", "a peak counts: operations, or counts: macs"),
        ("structure: dense, ", "", "a peak has structure: dense, or structure: sparse"),
        ("int8:", "int9:", "no type of number is 'int9' (did you mean 'int8'"),
        ("bandwidth:", "bandwith:", "a device has no 'bandwith' (did you mean 'bandwidth'?)"),
        (", sources: [me]}\nb", "}\nb", "a figure names its sources"),
    ],
)
def test_a_wrong_device_is_an_error_with_its_place(tmp_path: Path, was: str, now: str, said: str) -> None:
    file = tmp_path / "mine.yaml"
    assert was in MINE
    file.write_text(MINE.replace(was, now, 1))
    assert said in refused("roofline", "mobilenet_v1", "--device", str(file))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--device", "t5"], "no device is called 't5'; there are a100, "),
        (["--device", "t4", "--dtype", "fp8"], "t4 has no peak for 'fp8'; it has fp16, int8"),
        ([], "Missing option '--device'"),
        (["--device", "t4", "--batch", "0"], "0 is not in the range x>=1"),
        (["--device", "no/such.yaml"], "no/such.yaml"),
    ],
)
def test_wrong_options_are_one_clear_line(words: list[str], said: str) -> None:
    result = run("roofline", "mobilenet_v1", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_batch_of_0_in_python() -> None:
    with pytest.raises(UsageError, match="a batch is a whole number from 1, not 0"):
        roofline(load("mobilenet_v1").graph(), load_device("t4"), batch=0)


# -- energy, and devices of two cores


def test_energy_is_horowitzs_table_and_of_no_type_that_it_has_not() -> None:
    """ISSCC 2014: 0.2 + 0.03 pJ in int8, 1.1 + 0.4 in fp16, 3.7 + 0.9 in float32; 1.3 nJ for 64 bits of DRAM."""
    graph, device = load("mobilenet_v1").graph(), load_device("a100")
    for dtype, picojoules in (("fp16", 1.5), ("int8", 0.23), ("fp32", 4.6)):
        found = roofline(graph, device, dtype=dtype)
        assert found.energy is not None
        assert found.energy[0] == pytest.approx(found.mult_adds * picojoules * 1e-12)
        assert found.energy[1] == pytest.approx(found.bytes * 1.3e-9 / 8)
    assert roofline(graph, device, dtype="bf16").energy is None


@pytest.mark.parametrize(("device", "a_cycle", "hertz"), [("rp2040", 2, 133e6), ("esp32_s3", 32, 240e6)])
def test_what_two_cores_multiply_at_most(device: str, a_cycle: int, hertz: float) -> None:
    """One product a cycle and core, and a vector of 16."""
    mult_adds = load("mobilenet_v1").cost(alpha=0.25).mult_adds
    assert _on("mobilenet_v1", device, alpha=0.25).bound == pytest.approx(mult_adds / (a_cycle * hertz))
