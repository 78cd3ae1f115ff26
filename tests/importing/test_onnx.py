"""ONNX files as specs: counts by hand, shapes by our own rules, and everything that a file may have wrong."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import costcalc
from costcalc.importing.onnx_file.read import read_onnx
from costcalc.importing.record import Trace

from ..cli.running import refused, run
from ..cli.test_imports import HEAVY, loaded
from .onnx_making import (
    FLOAT,
    INT8,
    Graph,
    field,
    floats,
    ints,
    model,
    node,
    tensor_info,
    weight,
    written,
)

IMAGE = tensor_info("x", 1, 3, 8, 8)


def trace(
    folder: Path, nodes: Sequence[bytes], stored: Sequence[bytes] = (), image: bytes = IMAGE, opset: int = 17
) -> Trace:
    path = written(folder, model(nodes, [image], ["y"], stored, opset))
    return read_onnx(path)[0]


def shape(folder: Path, *nodes: bytes, stored: Sequence[bytes] = (), image: bytes = IMAGE, opset: int = 17) -> Any:
    found = trace(folder, nodes, stored, image, opset)
    read = found.outputs[0]
    return next(n for n in found.nodes if n.name == read.node).shapes[read.output]


def counts(folder: Path, *nodes: bytes, stored: list[bytes], image: bytes = IMAGE) -> tuple[int, int]:
    path = written(folder, model(nodes, [image], ["y"], stored))
    cost = costcalc.from_onnx(path).cost()
    return cost.params, cost.mult_adds


# -- counts by hand


def test_a_convolution(tmp_path: Path) -> None:
    conv = node("Conv", "x w b", "y", pads=[1, 1, 1, 1], strides=[2, 2], kernel_shape=[3, 3])
    found = counts(tmp_path, conv, stored=[weight("w", 16, 3, 3, 3), weight("b", 16)])
    assert found == (3 * 9 * 16 + 16, 4 * 4 * 3 * 9 * 16)


def test_a_small_classifier_with_a_norm(tmp_path: Path) -> None:
    nodes = [
        node("Conv", "x w", "a", "/stem/conv/Conv", pads=[0, 0, 1, 1], strides=[2, 2]),
        node("BatchNormalization", "a g b m v", "n", "/stem/bn/BatchNormalization"),
        node("Clip", "n low high", "c", "/stem/act/Clip"),
        node("GlobalAveragePool", "c", "p", "/pool/GlobalAveragePool"),
        node("Flatten", "p", "f"),
        node("Gemm", "f u v2", "y", "/fc/Gemm", transB=1),
    ]
    stored = [weight("w", 4, 3, 3, 3), *(weight(one, 4) for one in "gbmv"), weight("u", 10, 4), weight("v2", 10)]
    stored += [floats("low", [0.0], scalar=True), floats("high", [6.0], scalar=True)]
    path = written(tmp_path, model(nodes, [IMAGE], ["y"], stored))
    network = costcalc.from_onnx(path)
    assert network.cost().params == 4 * 27 + 8 + 50
    assert network.cost().mult_adds == 16 * 4 * 27 + 40
    text = network.text()
    assert all(word in text for word in ("conv", "relu6", "fc"))
    names = [layer.name for layer in network.graph(expand=True).layers]
    assert names[:3] == ["stem.conv", "stem.bn", "stem.act"]


def test_a_product_and_its_sum_are_a_linear_layer(tmp_path: Path) -> None:
    nodes = [node("MatMul", "x w", "m"), node("Add", "b m", "y")]
    image = tensor_info("x", 1, 6)
    assert counts(tmp_path, *nodes, stored=[weight("w", 6, 5), weight("b", 5)], image=image) == (35, 30)


def test_quantised_weights_count_as_what_they_quantise(tmp_path: Path) -> None:
    nodes = [
        node("QuantizeLinear", "x s z", "q"),
        node("DequantizeLinear", "q s z", "d"),
        node("DequantizeLinear", "w8 s z", "w"),
        node("Conv", "d w", "y"),
    ]
    stored = [floats("s", [0.1], scalar=True), weight("w8", 4, 3, 1, 1, kind=INT8), weight("z", kind=INT8)]
    path = written(tmp_path, model(nodes, [IMAGE], ["y"], stored))
    assert costcalc.from_onnx(path).cost().params == 12
    assert any("quantised" in note for note in read_onnx(path)[0].notes)
    nodes = [node("QLinearConv", "x s z w8 s z s z b", "y")]
    found = counts(tmp_path, *nodes, stored=[*stored, weight("b", 4)])
    assert found == (16, 64 * 12)


def test_a_file_without_batch_norm_says_that_it_may_be_folded(tmp_path: Path) -> None:
    found = trace(tmp_path, [node("Conv", "x w b", "y")], [weight("w", 4, 3, 1, 1), weight("b", 4)])
    assert any("no batch norm" in note for note in found.notes)


def test_weights_that_no_layer_reads_are_told(tmp_path: Path) -> None:
    found = trace(tmp_path, [node("Relu", "x", "y")], [weight("lost", 7, 2)])
    assert found.unused == (("lost", 14),)


def test_channels_behind_are_read_as_channels_first(tmp_path: Path) -> None:
    nodes = [
        node("Transpose", "x", "t", perm=[0, 3, 1, 2]),
        node("Conv", "t w", "y", auto_pad="SAME_UPPER", strides=[2, 2]),
    ]
    image = tensor_info("x", "n", 9, 9, 3)
    path = written(tmp_path, model(nodes, [image], ["y"], [weight("w", 4, 3, 3, 3)]))
    network = costcalc.from_onnx(path)
    assert next(iter(network.graph().outputs.values())).shape == (4, 5, 5)
    assert network.cost().params == 108


# -- shapes


def test_shapes_of_windows(tmp_path: Path) -> None:
    w = [weight("w", 4, 3, 3, 3)]
    assert shape(tmp_path, node("Conv", "x w", "y"), stored=w) == (1, 4, 6, 6)
    assert shape(tmp_path, node("Conv", "x w", "y", dilations=[2, 2]), stored=w) == (1, 4, 4, 4)
    assert shape(tmp_path, node("Conv", "x w", "y", auto_pad="SAME_LOWER", strides=[3, 3]), stored=w) == (1, 4, 3, 3)
    assert shape(tmp_path, node("Conv", "x w", "y", auto_pad="VALID", strides=[3, 3]), stored=w) == (1, 4, 2, 2)
    pool = {"kernel_shape": [3, 3], "strides": [2, 2]}
    assert shape(tmp_path, node("MaxPool", "x", "y", **pool)) == (1, 3, 3, 3)
    assert shape(tmp_path, node("MaxPool", "x", "y", **pool, ceil_mode=1)) == (1, 3, 4, 4)
    up = [weight("w", 3, 4, 2, 2)]
    assert shape(tmp_path, node("ConvTranspose", "x w", "y", strides=[2, 2]), stored=up) == (1, 4, 16, 16)
    odd = node("ConvTranspose", "x w", "y", strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])
    assert shape(tmp_path, odd, stored=up) == (1, 4, 15, 15)


def test_shapes_that_constants_and_other_shapes_make(tmp_path: Path) -> None:
    """What PyTorch's older exporter writes for ``x.view(x.size(0), -1)`` and for a resize to another map's size."""
    nodes = [
        node("Shape", "x", "s"),
        node("Gather", "s zero", "n", axis=0),
        node("Unsqueeze", "n ax", "n1"),
        node("Concat", "n1 rest", "to", axis=0),
        node("Reshape", "x to", "y"),
    ]
    stored = [ints("zero", [0], scalar=True), ints("ax", [0]), ints("rest", [-1])]
    assert shape(tmp_path, *nodes, stored=stored) == (1, 192)
    nodes = [
        node("MaxPool", "x", "p", kernel_shape=[2, 2], strides=[2, 2]),
        node("Shape", "x", "s"),
        node("Slice", "s two four", "hw"),
        node("Shape", "p", "t"),
        node("Slice", "t zero two", "nc"),
        node("Concat", "nc hw", "to", axis=0),
        node("Cast", "to", "to64", to=7),
        node("Resize", "p - - to64", "y", mode="linear"),
    ]
    stored = [ints("zero", [0]), ints("two", [2]), ints("four", [4])]
    assert shape(tmp_path, *nodes, stored=stored) == (1, 3, 8, 8)


@pytest.mark.parametrize(
    ("nodes", "stored", "made"),
    [
        ([node("Squeeze", "p ax", "y")], [ints("ax", [2, 3])], (1, 3)),
        ([node("Unsqueeze", "p ax", "y")], [ints("ax", [0, -1])], (1, 1, 3, 1, 1, 1)),
        ([node("Reshape", "x to", "y")], [ints("to", [0, -1, 4])], (1, 48, 4)),
        ([node("Split", "x", "a y", axis=2)], [], (1, 3, 4, 8)),
        ([node("Split", "x parts", "a y", axis=1)], [ints("parts", [2, 1])], (1, 1, 8, 8)),
        ([node("Slice", "x a b ax st", "y")], [ints(k, v) for k, v in
          {"a": [1, 0], "b": [2**62, 7], "ax": [2, 3], "st": [2, 3]}.items()], (1, 3, 4, 3)),
        ([node("Pad", "x pads", "y")], [ints("pads", [0, 0, 1, 0, 0, 0, 2, 0])], (1, 3, 11, 8)),
        ([node("Gather", "x k", "y", axis=1)], [ints("k", [1], scalar=True)], (1, 8, 8)),
        ([node("ReduceMean", "x", "y", axes=[2, 3], keepdims=0)], [], (1, 3)),
        ([node("ReduceMax", "x ax", "y")], [ints("ax", [1])], (1, 1, 8, 8)),
        ([node("Resize", "x - sc", "y")], [floats("sc", [1, 1, 1.5, 2])], (1, 3, 12, 16)),
        ([node("DepthToSpace", "c", "y", blocksize=2)], [], (1, 1, 16, 16)),
        ([node("SpaceToDepth", "x", "y", blocksize=2)], [], (1, 12, 4, 4)),
        ([node("Expand", "p to", "y")], [ints("to", [1, 1, 4, 4])], (1, 3, 4, 4)),
        ([node("Einsum", "x x", "y", equation="bchw,bdhw->bcd")], [], (1, 3, 3)),
    ],
)  # fmt: skip
def test_shapes_of_what_moves_elements(nodes: list[bytes], stored: list[bytes], made: Any, tmp_path: Path) -> None:
    before = [
        node("GlobalAveragePool", "x", "p"),
        node("Concat", "x x4", "c4", axis=1),
        node("Slice", "x z o a1", "x4"),
    ]
    before.append(node("Concat", "x x4", "c", axis=1))
    constants = [ints("z", [0]), ints("o", [1]), ints("a1", [1])]
    assert shape(tmp_path, *before, *nodes, stored=[*stored, *constants]) == made


def test_operations_in_any_order(tmp_path: Path) -> None:
    assert shape(tmp_path, node("Relu", "a", "y"), node("Sigmoid", "x", "a")) == (1, 3, 8, 8)


# -- inputs


def test_free_sizes_are_given_by_input(tmp_path: Path) -> None:
    image = tensor_info("pixels", "batch", 3, "height", "width")
    path = written(tmp_path, model([node("Conv", "pixels w", "y")], [image], ["y"], [weight("w", 4, 3, 1, 1)]))
    line = refused("show", path)
    assert line == "the input 'pixels' has free sizes (1x3x?x?): --input pixels=3x224x224"
    result = run("import", path, "--input", "pixels=3x6x10")
    assert (result.exit_code, "input:" in result.stdout) == (0, True)
    assert "default: 6x10" in result.stdout
    assert refused("import", path, "--input", "image=3x6x10") == "the file has no input 'image'; it has pixels"
    line = refused("import", path, "--input", "4x6x10")
    assert line == "--input 4x6x10 isn't 'pixels', which is ?x3x?x? with its batch"


def test_weights_in_a_file_that_is_missing(tmp_path: Path) -> None:
    conv = node("Conv", "x w", "y")
    assert counts(tmp_path, conv, stored=[weight("w", 4, 3, 3, 3, outside=True)]) == (108, 108 * 36)


def test_weights_arent_read(tmp_path: Path) -> None:
    """A weight of a gigabyte that the file doesn't hold, but for its beginning."""
    path = Path(written(tmp_path, model([node("Gemm", "x w", "y")], [tensor_info("x", 1, 2**14)], ["y"],
                                        [weight("w", 2**14, 2**14)])))  # fmt: skip
    assert costcalc.from_onnx(str(path)).cost().params == 2**28


# -- every command


def test_every_command_takes_a_file(tmp_path: Path) -> None:
    stored = [weight("w", 4, 3, 3, 3)]
    path = written(
        tmp_path, model([node("Conv", "x w", "a", "/stem/Conv"), node("Relu", "a", "y")], [IMAGE], ["y"], stored)
    )
    assert "108" in run("show", path).stdout
    assert run("formula", path).exit_code == 0
    assert run("compare", path, "vs", "mobilenet_v1").exit_code == 0
    assert run("reconcile", path).exit_code == 0
    assert run("spec", path).stdout.startswith(("#", "network"))
    new = tmp_path / "mine.yaml"
    assert run("new", str(new), "--from", path).exit_code == 0
    assert "108" in run("show", str(new)).stdout
    with pytest.raises(costcalc.UsageError, match="is an ONNX file"):
        costcalc.load(path)


def test_an_import_is_the_text(tmp_path: Path) -> None:
    path = written(tmp_path, model([node("Conv", "x w", "y")], [IMAGE], ["y"], [weight("w", 4, 3, 3, 3)]))
    result = run("import", path)
    assert result.exit_code == 0
    assert result.stdout == costcalc.from_onnx(path).text()
    target = tmp_path / "net.yaml"
    assert run("import", path, "-o", str(target)).exit_code == 0
    assert target.read_text(encoding="utf-8") == result.stdout


def test_a_file_is_read_without_the_packages_that_write_it(tmp_path: Path) -> None:
    path = written(tmp_path, model([node("Conv", "x w", "y")], [IMAGE], ["y"], [weight("w", 4, 3, 3, 3)]))
    assert not {"torch", "onnx", "google.protobuf", *HEAVY} & loaded("show", path)


# -- bad files


def bad(folder: Path, data: bytes) -> str:
    """The one line of a command on such a file; nothing is written."""
    path = written(folder, data)
    target = folder / "out.yaml"
    line = refused("import", path, "-o", str(target))
    assert not target.exists()
    assert refused("show", path) == line
    assert line.startswith(f"{path}: ")
    return line.removeprefix(f"{path}: ")


def test_what_is_no_file(tmp_path: Path) -> None:
    assert refused("show", "nothing.onnx") == "nothing.onnx: it can't be read: No such file or directory"
    assert bad(tmp_path, b"") == "it is empty"
    assert bad(tmp_path, b"network: x\n").startswith("it is no ONNX file, or a broken one: ")
    assert bad(tmp_path, b"\x08\x08") == "it is no ONNX file, or a broken one: it has no graph"
    whole = model([node("Conv", "x w", "y")], [IMAGE], ["y"], [weight("w", 4, 3, 3, 3)])
    for end in range(10, len(whole), 7):
        assert bad(tmp_path, whole[:end])
    folder = tmp_path / "folder.onnx"
    folder.mkdir()
    assert refused("show", str(folder)).startswith(f"{folder}: it ")


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.onnx"
    with open(path, "wb") as file:
        file.truncate(2**31 + 1)
    assert os.path.getsize(path) > 2**31
    assert refused("show", str(path)) == f"{path}: it is larger than 2 GiB, which no ONNX file is"


def test_operations_that_arent_known(tmp_path: Path) -> None:
    for op, domain, name in [("Fft", "", "onnx.Fft"), ("Gelu", "com.example", "com.example.Gelu")]:
        path = written(tmp_path, model([node(op, "x", "y", "/a/b", domain=domain)], [IMAGE], ["y"]))
        result = run("import", path)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.count("\n") == 1
        assert name in result.stderr
        assert refused("show", path).count("\n") == 0


def test_operations_with_graphs_of_their_own(tmp_path: Path) -> None:
    for op in ("If", "Loop", "Scan"):
        path = written(tmp_path, model([node(op, "x", "y", body=Graph(field(2, "inner")))], [IMAGE], ["y"]))
        assert f"onnx.{op}, which has a graph of its own" in refused("show", path)


def test_graphs_that_are_none(tmp_path: Path) -> None:
    circle = model([node("Relu", "b", "a", "/one"), node("Add", "x a", "b", "/two")], [IMAGE], ["b"])
    assert bad(tmp_path, circle) == "its operations depend on each other in a circle, Relu '/one' among them"
    lost = model([node("Relu", "nowhere", "y", "/one")], [IMAGE], ["y"])
    assert bad(tmp_path, lost) == "Relu '/one' reads 'nowhere', which nothing makes"
    twice = model([node("Relu", "x", "y"), node("Neg", "x", "y")], [IMAGE], ["y"])
    assert bad(tmp_path, twice) == "Neg makes 'y', which is made already"
    assert bad(tmp_path, model([node("Relu", "x", "a")], [IMAGE], ["y"])) == "nothing makes 'y', which is read"
    assert bad(tmp_path, model([], [IMAGE], ["x"])) == "it has no operations, or no outputs"
    old = model([node("Relu", "x", "y")], [IMAGE], ["y"], opset=9)
    assert bad(tmp_path, old) == "it is of opset 9; those from 11 on are read"


def test_layers_that_dont_fit(tmp_path: Path) -> None:
    small = model([node("Conv", "x w", "y", "/c")], [tensor_info("x", 1, 3, 2, 2)], ["y"], [weight("w", 4, 3, 3, 3)])
    assert bad(tmp_path, small) == "Conv '/c': a window of 3 is larger than its input of 2"
    wrong = model([node("Conv", "x w", "y", "/c")], [IMAGE], ["y"], [weight("w", 4, 5, 3, 3)])
    assert bad(tmp_path, wrong) == "Conv '/c': 1 groups of 3 channels with weights of (4, 5, 3, 3)"
    unsaid = model([node("Conv", "x", "y", "/c")], [IMAGE], ["y"])
    assert bad(tmp_path, unsaid) == "Conv '/c': its inputs or attributes aren't those of this operation"
    view = model([node("Reshape", "x to", "y")], [IMAGE], ["y"], [ints("to", [5, -1])])
    assert bad(tmp_path, view) == "Reshape: 1x3x8x8 can't be seen as 5x-1"
    free = model([node("Reshape", "x to", "y")], [IMAGE, tensor_info("to", 2)], ["y"])
    assert "numbers that the file doesn't tell" in bad(tmp_path, free)
    huge = model([node("Expand", "x to", "y")], [IMAGE], ["y"], [ints("to", [2**40, 3, 8, 8])])
    assert bad(tmp_path, huge).startswith("Expand: a tensor of the shape")
    nothing = model([node("Reshape", "x to", "y")], [IMAGE], ["y"], [ints("to", [1, -1])])
    assert bad(tmp_path, nothing) == "no spec comes of it: the section 'layers' is empty"


def test_names_with_markup_and_control_characters(tmp_path: Path) -> None:
    name = "/[red]a[/red]\x1b[31m\n{b: c}/#x"
    nodes = [node("Conv", "x w", "a", f"{name}/Conv"), node("Relu", "a", "y", f"{name}/Relu")]
    path = written(tmp_path, model(nodes, [IMAGE], ["y"], [weight("w", 4, 3, 1, 1)]))
    result = run("import", path)
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output
    assert costcalc.from_onnx(path).cost().params == 12
    lost = model([node("Relu", "[bold]\x1b[2J", "y", name)], [IMAGE], ["y"])
    assert "\x1b" not in bad(tmp_path, lost)


def test_floats_that_arent_read_are_params(tmp_path: Path) -> None:
    """A weight whose numbers stand in the file is one that a layer has, and not a constant."""
    stored = [floats("b", [1.0, 2.0, 3.0]), weight("w", 3, 3, 1, 1, kind=FLOAT)]
    assert counts(tmp_path, node("Conv", "x w b", "y"), stored=stored)[0] == 12


# -- as PyTorch's exporters write


def test_equal_vectors_that_an_exporter_wrote_once_are_each_layers_own(tmp_path: Path) -> None:
    nodes = [node("Conv", "x w1 zeros", "a"), node("Conv", "a w2 zeros", "b"), node("Add", "b scale", "y")]
    stored = [weight("w1", 3, 3, 1, 1), weight("w2", 3, 3, 1, 1), weight("zeros", 3), weight("scale", 3, 1, 1)]
    assert counts(tmp_path, *nodes, stored=stored)[0] == 9 + 3 + 9 + 3 + 3


def test_a_layer_that_runs_twice_has_its_weights_once(tmp_path: Path) -> None:
    nodes = [node("Conv", "x w b", "a"), node("Conv", "a w b", "y")]
    assert counts(tmp_path, *nodes, stored=[weight("w", 3, 3, 1, 1), weight("b", 3)]) == (12, 2 * 64 * 9)


def test_modules_of_both_exporters(tmp_path: Path) -> None:
    names = "/features/features.1/conv/conv.0/conv.0.0/Conv"
    found = trace(tmp_path, [node("Conv", "x w", "y", names)], [weight("w", 4, 3, 1, 1)])
    paths = ["features", "features.1", "features.1.conv", "features.1.conv.0", "features.1.conv.0.0"]
    assert [frame.path for frame in found.nodes[-1].stack] == paths
    scopes = {
        "pkg.torch.onnx.name_scopes": "['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d_1']",
        "pkg.torch.onnx.class_hierarchy": "['a.ResNet', 'torch.nn.modules.container.Sequential', 'a.BasicBlock', "
        "'torch.nn.modules.conv.Conv2d', 'aten.conv2d.default']",
    }
    noted = node("Conv", "x w", "y", "node_conv2d_1")
    noted += b"".join(field(9, field(1, key) + field(2, value)) for key, value in scopes.items())
    found = trace(tmp_path, [noted], [weight("w", 4, 3, 1, 1)])
    assert [(frame.path, frame.type) for frame in found.nodes[-1].stack] == [
        ("layer1", "Sequential"),
        ("layer1.0", "BasicBlock"),
        ("layer1.0.conv1", "Conv2d"),
    ]


def test_constants_that_are_a_table(tmp_path: Path) -> None:
    """How PyTorch's older exporter writes ``F.pad``: pairs of pixels, reversed by rows."""
    nodes = [
        node("ConstantOfShape", "four", "zeros", value=ints("", [0])),
        node("Concat", "given zeros", "pads", axis=0),
        node("Reshape", "pads pairs", "rows"),
        node("Slice", "rows last first axis back", "reversed"),
        node("Transpose", "reversed", "t", perm=[1, 0]),
        node("Reshape", "t flat", "sides"),
        node("Cast", "sides", "sides64", to=7),
        node("Pad", "x sides64 -", "y"),
    ]
    stored = [ints("four", [4]), ints("given", [1, 2, 3, 4]), ints("pairs", [-1, 2]), ints("flat", [-1])]
    stored += [ints("last", [-1]), ints("first", [-(2**63) + 1]), ints("axis", [0]), ints("back", [-1])]
    assert shape(tmp_path, *nodes, stored=stored) == (1, 3, 8 + 3 + 4, 8 + 1 + 2)
