"""``costcalc export``: a Python file that needs torch alone, and an ONNX file, both with the module's outputs."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch

from costcalc import load
from costcalc.export.to_torch import torch_source
from costcalc.language.source import Source
from costcalc.network import Network, network_from
from costcalc.witness import products

from ..cli.running import EYES, ROOT, TINY, environment, refused, shown
from ..witness.checking import network

pytestmark = pytest.mark.torch

NETWORKS: list[tuple[str, dict[str, Any]]] = [
    ("mobilenet_v1", {"alpha": 0.25, "res": 64}),
    ("mobilenet_v3_small", {"alpha": 0.5, "res": 64}),
    ("shufflenet_v2", {"res": 64}),  # a split, shuffles
    ("efficientdet", {"res": 128}),  # weighted sums, shared heads, ten outputs
    ("ssd", {"res": 160}),
    ("densenet", {"res": 64}),
    ("googlenet", {"res": 64}),  # ceil mode, local response norms
    ("deeplab_v3_plus", {"res": 65}),  # dilation, resizing
    ("mixnet", {"res": 64}),  # a split into one part
    ("faster_rcnn", {"res": 64}),  # regions
]

# Digits, names of a module's own methods, Python's keywords, names that Python would mangle; operands of a sum.
ODD = """
half: conv(3x3, 6)
type: bn
class: act(leaky_relu) -> maxpool(3x3, 2, pad=same)
__x: add(class, 2 * conv(3x3, 6), weighted=fast) -> avgpool(2x2, 2, pad=same)
weight: (class, class) -> each conv(1x1, 6) sharing weights
x: concat(weight[1], weight[2]) -> fc(4)
"""


def odd() -> Network:
    return network(ODD, more="output: x, __x\n")


def run(path: Path) -> subprocess.CompletedProcess[str]:
    """The file by itself: Python without the checkout on its path."""
    command = [sys.executable, "-I", str(path)]
    return subprocess.run(command, capture_output=True, text=True, cwd=path.parent, check=False)


def exported(text: str) -> torch.nn.Module:
    """The network of the file."""
    scope: dict[str, Any] = {"__name__": "exported"}
    exec(compile(text, "net.py", "exec"), scope)
    *_, cls = (v for v in scope.values() if isinstance(v, type) and v.__module__ == "exported")
    made: torch.nn.Module = cls()
    return made


def same_network(net: Network, **parameters: Any) -> torch.nn.Module:
    """The file's network, once it has been compared with the module."""
    module = net.module(**parameters).eval()
    other = exported(torch_source(module, net.graph(expand=True, **parameters), net.name, net.name))
    assert list(other.state_dict()) == list(module.state_dict())
    assert [name for name, _ in other.named_parameters()] == [name for name, _ in module.named_parameters()]
    other.load_state_dict(module.state_dict())
    inputs = [torch.randn(2, *shape) for shape in module.input_shapes.values()]
    with torch.no_grad():
        found, wanted = other.eval()(*inputs), module(*inputs)
    if isinstance(wanted, dict):
        assert list(found) == list(wanted)
        assert all(torch.equal(found[name], wanted[name]) for name in wanted)
    else:
        assert torch.equal(found, wanted)
    return other


# -- a Python file


@pytest.mark.parametrize(("name", "parameters"), NETWORKS, ids=[name for name, _ in NETWORKS])
def test_the_file_is_the_module(name: str, parameters: dict[str, Any]) -> None:
    same_network(load(name), **parameters)


def test_names_that_are_no_attributes() -> None:
    module = same_network(odd())
    assert "half.conv.weight" in module.state_dict()


def test_several_inputs_and_shared_weights() -> None:
    module: Any = same_network(network_from(Source("eyes.yaml", EYES)))
    assert type(module).__name__ == "Eyes"
    a, b = (next(iter(tower._modules.values())) for tower in (module.a, module.b))
    assert a.conv is b.conv
    assert len({id(p) for p in module.parameters()}) == len(list(module.parameters()))


@pytest.mark.parametrize(
    "layers",
    [
        "a: conv(3x3, 6, bias=yes, norm=none, act=prelu)\nb: gn(3)\nc: ln\nd: l2norm\ne: lrn(5)",
        "a: deconv(4x4, 3, 2)\nb: crop(5x5)\nc: pad(1)\nd: avgpool(3x3, 2, pad=1)\ne: flatten\nf: fc(3)",
        "a: shuffle(2) -> act(gelu)\nb: mul(a, avgpool)\nc: resize(18, mode=bilinear)\nd: maxpool\ne: dropout(0.2)",
        "a: (in, in) -> each add(conv(1x1, 6), conv(3x3, 6), weighted=softmax) sharing weights\nb: add(a[1], a[2])",
        "a: lstm(6, 2, both=yes)\nb: gru(4)",
        "a: attend(in, in, in, heads=2, talking=yes)",
        "a: shift",  # whose class is derived from another of ours
        "a: depth_to_space(1)",
        "a: conv(3x3, 6)\nb: in -> conv(3x3, 6, 2) sharing weights with a\nc: b -> resize([9, 8])\nd: add(a, c)",
    ],
)
def test_many_layers(layers: str) -> None:
    same_network(network(layers))


def test_the_file_runs_without_costcalc(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    assert shown("export", "mobilenet_v1", "--alpha", "0.25", "--res", "32", "--to", "torch", "-o", str(path)) == ""
    assert "costcalc" not in path.read_text(encoding="utf-8")
    done = run(path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 1000\n", "")
    path.write_text(shown("export", "efficientdet", "--res", "128", "--to", "torch"), encoding="utf-8")
    done = run(path)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "class_net.1 1 810 16 16"), done.stderr


def test_it_is_readable() -> None:
    words = ("export", "mobilenet_v1", "--alpha", "0.5", "--res", "160", "--to", "torch")
    text = shown(*words)
    assert shown(*words) == text
    assert text.startswith('"""mobilenet_v1 (MobileNet): alpha=0.5, res=160, classes=1000."""\n')
    stem = "Layers(conv=SameConv2d(3, 16, 3, stride=2, bias=False), bn=nn.BatchNorm2d(16), act=nn.ReLU())"
    assert f"        self.stage1 = {stem}\n" in text
    assert "        x = self.stage1(in_)  # 16 x 80 x 80\n" in text
    assert "\n\n\n\n" not in text
    assert "type: ignore" not in text


BOTTLENECK = """
class Bottleneck(nn.Module):
    \"""The block bottleneck.\"""

    def __init__(self, in_channels: int, t: int, c: int, s: int) -> None:
        super().__init__()
        self.expand = Layers(
            conv=nn.Conv2d(in_channels, t * in_channels, 1, bias=False),
            bn=nn.BatchNorm2d(t * in_channels),
            act=nn.ReLU6(),
        ) if t != 1 else None
        self.dw = Layers(
            conv=SameConv2d(t * in_channels, t * in_channels, 3, stride=s, groups=t * in_channels, bias=False),
            bn=nn.BatchNorm2d(t * in_channels),
            act=nn.ReLU6(),
        )
        self.project = Layers(conv=nn.Conv2d(t * in_channels, c, 1, bias=False), bn=nn.BatchNorm2d(c))
        self.out = AddModule() if s == 1 and c == in_channels else None

    def forward(self, in_: Tensor) -> Tensor:
        x = in_ if self.expand is None else self.expand(in_)
        x = self.dw(x)
        x = self.project(x)
        x = x if self.out is None else self.out(in_, x)
        return x
"""


def test_a_block_is_a_class_with_the_specs_letters() -> None:
    text = shown("export", "mobilenet_v2", "--to", "torch")
    assert BOTTLENECK in text
    assert 'self.stage3 = Layers({"1": Bottleneck(16, t=6, c=24, s=2), "2": Bottleneck(24, t=6, c=24, s=1)})\n' in text
    assert "x = self.stage3(x)  # 24 x 56 x 56\n" in text


BLOCKS = """
network: blocks
blocks:
  gate(r):
    mid: avgpool -> conv(1x1, in.c // r, norm=none)
    up:  conv(1x1, in.c, norm=none, act=sigmoid)
  unit(k, c, SE=no, both=no):
    a:    conv(k, c)
    se:   mul(a, a -> gate(4)) if SE
    skip: in -> conv(1x1, c) if both
    out:  add(se, skip) if both else se
  pair(x, y; c):
    one: x -> conv(1x1, c)
    two: add(one, y -> conv(1x1, c)) -> conv(3x3, c)
  halves(c):
    l, r: split(in, 2)
    out:  (r, l) -> each conv(1x1, c)
input: 12 x 12 x 8
output: e, f
layers:
  a: unit(3x3, 8)
  b: unit(5x5, 16, SE=yes)
  c: unit(3x3, 16, SE=yes, both=yes) -> 2 * unit(3x3, 16)
  d: (b, c) -> pair(8)
  g: halves(4)
  e: concat(g[1], g[2]) -> unit(1x1, 4) sharing weights with a.a if no
  f: (e, e) -> pair(4)
"""


def test_padding_by_a_number_is_no_padding_as_same() -> None:
    blocks = "blocks:\n  unit(s, p): conv(3x3, 6, s, pad=p) -> maxpool(3x3, s)\n"
    layers = "a: unit(1, same)\nb: unit(2, same)\nc: unit(1, 0)\nd: unit(1, 1)"
    same_network(network(layers, inputs="33 x 32 x 6", more=blocks))


def test_blocks_with_conditions_joins_and_several_tensors() -> None:
    made = same_network(network_from(Source("blocks.yaml", BLOCKS.replace(" sharing weights with a.a if no", ""))))
    kinds = {type(module).__name__ for module in made.modules()}
    assert {"Unit", "Gate", "Pair", "Halves"} <= kinds


def test_a_title_ends_no_docstring(tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(TINY.replace("A tiny network", '\'""" + boom() # \\\''), encoding="utf-8")
    compile(shown("export", str(path), "--to", "torch"), "net.py", "exec")


def test_the_page_shows_what_is_printed() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    section = page.split("## costcalc export\n")[1].split("\n## ")[0]
    ((words, text),) = re.findall(r"```text\n\$ costcalc ([^\n]+) \| tail -\d+\n(.*?)\n```", section, re.DOTALL)
    assert shown(*words.split()).rstrip("\n").endswith(text)


# -- an ONNX file


@pytest.mark.parametrize(("name", "parameters"), NETWORKS, ids=[name for name, _ in NETWORKS])
def test_onnx_gives_the_modules_output(name: str, parameters: dict[str, Any]) -> None:
    onnx_agrees(load(name), **parameters)


def test_onnx_of_several_inputs_and_odd_names() -> None:
    onnx_agrees(network_from(Source("eyes.yaml", EYES)))
    onnx_agrees(odd())


def trained(tensor: Any) -> bool:
    return tensor.doc_string != "not trained" and tensor.data_type == 1 and not tensor.name.startswith("const/")


def onnx_agrees(net: Network, **parameters: Any) -> None:
    onnx = pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    from costcalc.export.to_onnx import onnx_bytes

    data = onnx_bytes(net.graph(expand=True, **parameters), 3, net.name)
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    torch.manual_seed(3)
    module = net.module(**parameters).eval()
    weights = {tensor.name: math.prod(tensor.dims) for tensor in model.graph.initializer if trained(tensor)}
    assert sum(weights.values()) == sum(p.numel() for p in module.parameters())
    rearranged = (products.MapLSTM, products.MapGRU, products.AttentionModule)  # gates, and heads that talk
    if not any(isinstance(layer, rearranged) for layer in module.modules()):
        assert {name for name, _ in module.named_parameters()} == set(weights)
    session = runtime.InferenceSession(data, providers=["CPUExecutionProvider"])
    assert [node.name for node in session.get_inputs()] == list(module.input_names)
    assert [node.name for node in session.get_outputs()] == list(module.output_names)
    for batch in (1,) if model.graph.input[0].type.tensor_type.shape.dim[0].dim_value else (1, 2):
        inputs = [torch.randn(batch, *shape) for shape in module.input_shapes.values()]
        found = session.run(None, dict(zip(module.input_names, (x.numpy() for x in inputs), strict=True)))
        with torch.no_grad():
            wanted = module.run(inputs).values()
        for a, b in zip(found, wanted, strict=True):
            torch.testing.assert_close(torch.from_numpy(a), b, rtol=1e-3, atol=1e-4)


def model_of(name: str, **parameters: Any) -> Any:
    onnx = pytest.importorskip("onnx")
    from costcalc.export.to_onnx import onnx_bytes

    net = load(name)
    return onnx.load_from_string(onnx_bytes(net.graph(expand=True, **parameters), 0, net.name))


def test_an_onnx_file_has_no_arithmetic_of_shapes() -> None:
    graph = model_of("mobilenet_v2", alpha=0.35, res=96).graph
    kinds = {"Conv", "BatchNormalization", "Clip", "Add", "GlobalAveragePool", "Flatten", "Gemm"}
    assert {node.op_type for node in graph.node} == kinds
    (conv,) = (node for node in graph.node if node.name == "/stage2/1/dw/conv/Conv")
    assert list(conv.input) == ["/stage1/act/Clip_output_0", "stage2.1.dw.conv.weight"]
    pads = {a.name: list(a.ints) for node in graph.node if node.name == "/stage1/conv/Conv" for a in node.attribute}
    assert pads["pads"] == [0, 0, 1, 1]


def test_an_onnx_files_tensors_have_shapes() -> None:
    graph = model_of("swin", res=64).graph
    told = {v.name: [d.dim_value or d.dim_param for d in v.type.tensor_type.shape.dim] for v in graph.value_info}
    made = {name for node in graph.node for name in node.output} - {o.name for o in graph.output}
    assert made <= set(told)
    assert all(all(sizes[1:]) for sizes in told.values())
    assert told["/patches/conv/Conv_output_0"] == ["batch", 96, 16, 16]


@pytest.mark.parametrize(
    "layers",
    [
        "a: gn(3)\nb: ln\nc: rms\nd: ln(affine=no)\ne: bn(affine=no)\nf: ln(over=all)\ng: l2norm\nh: lrn(3)",
        "a: heads(2) -> softmax -> merge\nb: windows(3) -> conv(1x1, 4) -> merge\nc: grid(4) -> merge\nd: roll([1, 3])",
        "a: attend(in, in, in, heads=2, bias=25)\nb: attend(a, a, a, heads=3, talking=yes)\nc: lstm(6, 2, both=yes)"
        "\nd: gru(4)",
        "a: conv(1x1, 8)\nk: a -> conv(1x1, 4)\nb: attend(a, k, k, heads=2, bias=9) -> transpose -> transpose"
        "\nd: matmul(b, matmul(b -> transpose, b))\ne: concat(learned(1, 8), d, along=positions)",
        "a: unfold(2, 3)\nb: depth_to_space(2) -> space_to_depth(2) -> shuffle(2) -> scale(4) -> shift"
        "\nc: act(prelu, 2)",
        "_, a: split(in, [1, 5])\np, q: split(a, 2, along=height)\nb: concat(q, p, q, along=height)\nc: sum(over=width)"
        "\nd: act(softplus) -> act(rsqrt) -> act(square)\ne: act(logsigmoid)\nf: softmax(over=positions) -> flatten",
        "a: deconv(2x2, 6, 4)\nb: deconv(5x5, 6, 2, pad=1)\nn, m: split(b, 2)\nc: pad_add(b, add(n, m))"
        "\nd: div(c, sub(c -> act(exp), avgpool -> act(sigmoid) -> act(neg)))",
        "a: conv(3x3, 6, fixed=yes)\nb: maxpool(3x3, 2, pad=2) -> avgpool(3x3, 2, pad=1, ceil=yes) -> flatten",
    ],
)
def test_every_kind_of_layer_in_onnx(layers: str) -> None:
    onnx_agrees(network(layers))


def test_onnx_of_a_sequence_and_a_video() -> None:
    for size in ("12 x 6", "4 x 8 x 8 x 3"):
        text = (
            f"network: x\ninput: {size}\nlayers:\n  a: conv(3, 6, 2) -> maxpool(2) -> ln\n  b: resize(4)\n  c: fc(3)\n"
        )
        onnx_agrees(network_from(Source("x.yaml", text)))


def test_an_onnx_file_by_its_seed(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    paths = [tmp_path / f"{k}.onnx" for k in range(4)]
    for path, more in zip(paths, ([], ["--seed", "0"], ["--seed", "1"], ["--alpha", "2"]), strict=True):
        spec = tmp_path / "tiny.yaml"
        spec.write_text(TINY, encoding="utf-8")
        state = torch.random.get_rng_state()
        assert shown("export", str(spec), "--to", "onnx", "-o", str(path), *more) == ""
        assert torch.equal(torch.random.get_rng_state(), state)
    first, same, other, wide = (path.read_bytes() for path in paths)
    assert first == same != other
    assert len(wide) > len(first)
    assert sorted(p.name for p in tmp_path.iterdir()) == [*(p.name for p in paths), "tiny.yaml"]


# -- bad input


def test_what_is_no_way_to_ask(tmp_path: Path) -> None:
    v1 = ("export", "mobilenet_v1")
    assert refused(*v1) == "--to says what to write: torch or onnx or mermaid or dot or svg"
    assert (
        refused(*v1, "--to", "jax")
        == "Invalid value for '--to': 'jax' is not one of 'torch', 'onnx', 'mermaid', 'dot', 'svg'."
    )
    assert refused(*v1, "--to", "onnx") == "--to onnx writes a file; -o names it"
    assert refused(*v1, "--to", "onnx", "-o", "-") == "--to onnx writes a file; -o names it"
    assert refused(*v1, "--to", "torch", "--seed", "1") == "--seed is for the weights of --to onnx"
    assert refused(*v1, "--to", "torch", "--alpha", "9") == "alpha is from 0.05 to 4, not 9"
    for form in ("torch", "onnx"):
        line = refused(*v1, "--to", form, "-o", str(tmp_path))
        assert line == f"can't write to '{tmp_path}': Is a directory"
        line = refused(*v1, "--to", form, "-o", str(tmp_path / "no" / "net"))
        assert line == f"can't write to '{tmp_path}/no/net': No such file or directory"


def test_what_torch_refuses(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("network: x\ninput: 8 x 8 x 3\nlayers:\n  b: dropout(3)\n", encoding="utf-8")
    line = refused("export", str(path), "--to", "torch")
    assert line.startswith("x.b: PyTorch can't run this dropout: ValueError: dropout probability has to be between")


def test_too_large_for_onnx(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    path, target = tmp_path / "x.yaml", tmp_path / "net.onnx"
    target.write_text("old", encoding="utf-8")
    path.write_text("network: x\ninput: 1 x 1 x 40000\nlayers:\n  a: fc(40000)\n", encoding="utf-8")
    line = refused("export", str(path), "--to", "onnx", "-o", str(target))
    assert line == "x: its weights take 5.96 GiB, and an ONNX file holds less than 2"
    assert target.read_text(encoding="utf-8") == "old"
    assert "MapLinear(40000, 40000" in shown("export", str(path), "--to", "torch")


@pytest.mark.parametrize(
    ("missing", "form", "line"),
    [
        ("torch", "torch", "costcalc export needs PyTorch: pip install 'costcalc[torch]'"),
        ("onnx", "onnx", "costcalc export --to onnx needs onnx: pip install 'costcalc[onnx]'"),
    ],
)
def test_without_what_it_needs(missing: str, form: str, line: str, tmp_path: Path) -> None:
    args = ["costcalc", "export", "mobilenet_v1", "--to", form, "-o", str(tmp_path / "net")]
    code = f"import sys\nsys.modules[{missing!r}] = None\nsys.argv = {args!r}\nfrom costcalc.cli import main\nmain()"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), cwd=ROOT, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"Error: {line}\n")
    assert not list(tmp_path.iterdir())
