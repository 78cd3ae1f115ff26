"""The arena as TensorFlow Lite Micro's own allocator makes it, on files written here; in float32, 4 bytes a value."""

from __future__ import annotations

import re
from typing import Any

import pytest

from costcalc import load
from costcalc.graph import Graph
from costcalc.memory import load_definition, memory_of

pytest.importorskip("flatbuffers", reason="pip install tflite-micro flatbuffers")
micro = pytest.importorskip("tflite_micro", reason="pip install tflite-micro flatbuffers")

from .random_graphs import random_graph  # noqa: E402
from .tflite_file import tflite_file  # noqa: E402


def _allocated(graph: Graph, capfd: Any) -> int:
    """The bytes at the arena's head, where activations are."""
    recording = micro.runtime.InterpreterConfig.kAllocationRecording
    made = micro.runtime.Interpreter.from_bytes(tflite_file(graph), arena_size=20_000_000, intrepreter_config=recording)
    capfd.readouterr()
    made.print_allocations()
    printed = "".join(capfd.readouterr())
    found = re.search(r"Arena allocation head (\d+) bytes", printed)
    assert found, printed
    return int(found[1])


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("mobilenet_v1", {"alpha": 0.25, "res": 96, "classes": 2}),
        ("mobilenet_v1", {"alpha": 0.5, "res": 96, "classes": 2}),
        ("mobilenet_v1", {"alpha": 0.25, "res": 128, "classes": 10}),
        ("mobilenet_v2", {"alpha": 0.35, "res": 96, "classes": 2}),
        ("mobilenet_v2", {"alpha": 0.35, "res": 160, "classes": 10}),
        ("ds_cnn_mlperf", {}),
        ("ds_cnn_m", {}),
        ("resnet_8", {}),
        ("dcase_autoencoder", {}),
        ("squeezenet_1_1", {"res": 128, "classes": 5}),
    ],
)
def test_a_network(name: str, at: dict[str, Any], capfd: Any) -> None:
    graph = load(name).graph(expand=True, **at)
    assert memory_of(graph, load_definition("tflm"), bits=32).peak == _allocated(graph, capfd)


@pytest.mark.parametrize("seed", range(60))
def test_any_graph(seed: int, capfd: Any) -> None:
    graph = random_graph(seed)
    assert memory_of(graph, load_definition("tflm"), bits=32).peak == _allocated(graph, capfd)
