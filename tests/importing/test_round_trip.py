"""What is exported comes back: the same counts for every shipped network, by ONNX and by PyTorch."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch

from costcalc.evaluate.reach import unread
from costcalc.export.to_torch import torch_source
from costcalc.graph import Graph
from costcalc.importing.from_onnx import import_onnx
from costcalc.importing.from_torch import Traces
from costcalc.importing.imported import Imported, imported
from costcalc.importing.lowering.context import Gaps
from costcalc.importing.lowering.lower import lower
from costcalc.importing.patterns import simplified
from costcalc.importing.rewrites import rewritten
from costcalc.importing.tracing import traced
from costcalc.language.find import shipped
from costcalc.network import Network, SpecLoader
from costcalc.witness.building import build_module

from ..export.test_export import exported

pytestmark = pytest.mark.torch

NETWORKS = list(shipped("networks"))
LOADER = SpecLoader()
TOO_LONG = {"deeplabv3_multi_scale"}
"""Whose layers, one by one, are more text than a spec may have."""
LACKING_BY_TORCH = {
    "mobilenet_v4_hybrid_medium": "a tensor that is repeated",  # keys that serve several heads of queries
    "mobilenet_v4_hybrid_large": "a tensor that is repeated",
    "resnet_3d": "padding of a third axis",
}
"""The gaps that are left: whoever closes one takes it out."""


def counts(network: Network, graph: Graph) -> tuple[int, int]:
    """Without layers that no output depends on, which a file doesn't hold."""
    cost = network.cost()
    lost = {layer.name for layer in unread(graph)}
    rows = [layer for layer in network.cost().layers if layer.name in lost]
    return cost.params - sum(row.params for row in rows), cost.mult_adds - sum(row.mult_adds for row in rows)


def by_onnx(graph: Graph, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Imported:
    """The network's ONNX file, without the numbers of its weights, read."""
    onnx = pytest.importorskip("onnx")
    from costcalc.export import onnx_file, to_onnx

    def without_numbers(name: str, values: Any, trained: bool) -> Any:
        kept = onnx.TensorProto(name=name, dims=values.shape, data_type=onnx.TensorProto.FLOAT)
        kept.doc_string = "" if trained else onnx_file.NOT_TRAINED
        return kept

    monkeypatch.setattr(onnx_file, "_stored", without_numbers)
    path = folder / "net.onnx"
    path.write_bytes(to_onnx.onnx_model(build_module(graph, "meta").eval(), graph, name).SerializeToString())
    return import_onnx(str(path))


def by_torch(graph: Graph, name: str) -> Imported:
    """The network's PyTorch file, traced."""
    module = build_module(graph, "meta")
    with torch.device("meta"):
        other = exported(torch_source(module, graph, name, name)).eval()
    trace = traced(other, tuple((1, *shape) for shape in module.input_shapes.values()), name)
    return imported(Traces(trace, None, "it is traced at one size"), name)


def agrees(made: Imported, network: Network, graph: Graph) -> None:
    (side, *_) = made.checked.sides
    assert not made.checked.shapes
    assert (side.spec_params, side.spec_mult_adds) == counts(network, graph)


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in TOO_LONG])
def test_an_onnx_file_comes_back(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = LOADER.network(name)
    graph = network.graph(expand=True)
    agrees(by_onnx(graph, network.name, tmp_path, monkeypatch), network, graph)


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in TOO_LONG])
def test_a_pytorch_file_comes_back(name: str) -> None:
    network = LOADER.network(name)
    graph = network.graph(expand=True)
    if name in LACKING_BY_TORCH:
        with pytest.raises(Gaps) as found:
            by_torch(graph, network.name)
        assert {gap.kind for gap in found.value.gaps} == {LACKING_BY_TORCH[name]}
        return
    agrees(by_torch(graph, network.name), network, graph)


@pytest.mark.parametrize("name", ["mobilenet_v1", "mobilenet_v2", "resnet", "densenet", "shufflenet_v2", "mnasnet_b1"])
def test_layers_come_back_one_by_one(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds, shapes and weights in order, of networks that are rows and blocks."""
    network = LOADER.network(name)
    graph = network.graph(expand=True)
    for made in (by_onnx(graph, network.name, tmp_path, monkeypatch), by_torch(graph, network.name)):
        assert _layers(made.checked.network.graph(expand=True)) == _layers(graph)


def _layers(graph: Graph) -> list[Any]:
    return [(layer.op.kind, layer.out_shapes, layer.op.weights()) for layer in graph.layers if not layer.op.moves]


# -- one network by both ways


class Small(torch.nn.Module):
    """A little of everything: a residual, a gate, attention, tokens."""

    def __init__(self) -> None:
        super().__init__()
        nn = torch.nn
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU6())
        self.dw = nn.Conv2d(16, 16, 5, padding=2, groups=16)
        self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(16, 4, 1), nn.SiLU(), nn.Conv2d(4, 16, 1))
        self.norm = nn.LayerNorm(16)
        self.qkv = nn.Linear(16, 48)
        self.proj = nn.Linear(16, 16)
        self.scale = nn.Parameter(torch.rand(16))
        self.head = nn.Linear(16, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)
        x = x + torch.nn.functional.max_pool2d(self.dw(x) * self.gate(x).sigmoid(), 3, 1, 1)
        tokens = x.flatten(2).transpose(1, 2)
        q, k, v = self.qkv(self.norm(tokens)).reshape(1, -1, 3, 2, 8).permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-2, -1) * 8**-0.5).softmax(-1)
        tokens = tokens + self.scale * self.proj((weights @ v).transpose(1, 2).reshape(1, -1, 16))
        return self.head(tokens.mean(1))


def test_a_file_and_a_module_are_the_same_calls(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    from costcalc.importing.onnx_file.read import read_onnx

    module = Small().eval()
    path = str(tmp_path / "small.onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (torch.randn(1, 3, 32, 32),),
            path,
            dynamo=False,
            opset_version=17,
            training=torch.onnx.TrainingMode.PRESERVE,
            do_constant_folding=False,
        )
    first = rewritten(lower(simplified(traced(module.to("meta"), ((1, 3, 32, 32),), "small"))))
    second = rewritten(lower(simplified(read_onnx(path)[0])))
    assert [_told(call) for call in second.calls] == [_told(call) for call in first.calls]


def _told(call: Any) -> Any:
    return call.word, call.arguments, call.inputs, call.outputs, call.params
