"""``costcalc verify --against``: a spec and somebody's own module."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("torch")

from ..cli.running import refused, run, shown

pytestmark = pytest.mark.torch

SPEC = """\
network: net
parameters: {c: 8, res: 12}
input: res x res x 3
layers:
  stem:  conv(3x3, c, 2)
  left:  conv(1x1, 2*c)
  right: stem -> conv(3x3, 2*c, g=2, norm=none)
  sum:   add(left, right)
  up:    deconv(2x2, c, 2, norm=none)
  out:   avgpool -> fc(5)
"""

TOKENS = """\
network: tokens
input: 4 x 6 x 8
defaults: {conv: "norm=none, act=none"}
layers:
  qkv:     conv(1x1, 24)
  q, k, v: split(3)
  attend:  attend(q, k, v, heads=2)
  mixed:   conv(1x1, 8)
  wide:    conv(1x1, 16, act=relu)
  out:     conv(1x1, 8) -> reshape
"""
MODELS = (Path(__file__).parent / "users_models.py").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of one's own with a spec and a package: what is imported is gone afterwards."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "__init__.py").write_text("")
    (tmp_path / "own" / "models.py").write_text(MODELS)
    (tmp_path / "own" / "wrong.py").write_text("def f(:\n")
    (tmp_path / "net.yaml").write_text(SPEC)
    (tmp_path / "tokens.yaml").write_text(TOKENS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    for name in [m for m in sys.modules if m.split(".")[0] == "own"]:
        del sys.modules[name]


def against(name: str, *words: str, status: int = 0, **kwargs: object) -> str:
    """What a comparison prints, apart from what the module says itself on stderr."""
    given = ["--kwargs", json.dumps(kwargs)] if kwargs else []
    result = run("verify", "./net.yaml", "--against", f"own.models:{name}", *given, *words)
    assert (result.exit_code, result.stderr) == (status, "models is imported\n"), result.stderr or result.exception
    for module in [m for m in sys.modules if m.split(".")[0] == "own"]:
        del sys.modules[module]
    return result.stdout


def refusal(name: str, *words: str) -> str:
    """The line of a comparison that fails."""
    result = run("verify", "./net.yaml", "--against", f"own.models:{name}", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    *said, line = result.stderr.splitlines()
    assert said in (["models is imported"], [])
    return line.removeprefix("Error: ")


def test_the_same_network() -> None:
    assert against("Net").splitlines() == [
        "net: c=8, res=12",
        "figure                          costcalc  own.models:Net",
        "────────────────────────────────────────────────────────",
        "params                             1,549           1,549",
        "mult-adds                         51,592          51,592",
        "convolutions and linear layers         5               5",
        "params of other layers                48              48",
        "output                               1x5             1x5",
        "5 of 5 convolutions and linear layers agree in type, input channels, output, kernel, stride, dilation, "
        "groups, bias.",
        "The module's params of other layers: bn, left_bn (BatchNorm2d, 48).",
        "Not compared one by one: 1 ZeroPad2d, 2 BatchNorm2d, what runs in functions; values.",
        "Measured in a forward pass in eval mode; a linear layer counts as a 1x1 convolution.",
    ]


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_attention_as_a_module_and_a_linear_layer_as_a_function(device: str) -> None:
    """On CPUs too, where the fast path of nn.MultiheadAttention would hide all that is in it."""
    found = json.loads(
        run("verify", "./tokens.yaml", "--against", "own.models:Block", "--device", device, "--format", "json",
            "--all-layers").stdout
    )  # fmt: skip
    assert found["agrees"], found["differences"]
    assert [pair["measured"]["name"] for pair in found["layers"]] == [
        "attention.in_proj", "attention.out_proj", "wide", "narrow",
    ]  # fmt: skip
    assert found["totals"] == found["measured"]


def test_a_function_that_makes_other_channels_differs() -> None:
    words = ("verify", "./tokens.yaml", "--against", "own.models:Block", "--kwargs")
    assert "narrow" not in run(*words, '{"wide": 16}').stdout
    assert run(*words, '{"joined": true}').exit_code == 1  # a bias that is made is none of the layer


def test_its_arguments_and_the_parameters() -> None:
    assert "5 of 5" in against("Net", "--c", "12", "--res", "16", c=12)
    assert "4 of 5" in against("Net", "--c", "12", status=1, c=12, groups=4)
    assert "5 of 5" in against("Box.small")
    assert "5 of 5" in against("made")


def test_a_linear_layer_is_a_pointwise_convolution() -> None:
    assert "5 of 5" in against("Net", pointwise=True)


def test_branches_in_another_order() -> None:
    text = against("Net", swapped=True)
    assert "5 of 5" in text
    assert "1 of them run in another order in the module, as branches may." in text


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ({"kernel": 5}, ["stem.conv / stem", "kernel", "3x3", "5x5"]),
        ({"stride": 1}, ["stem.conv / stem", "output", "6²x8", "11²x8"]),
        ({"groups": 1}, ["right.conv / right", "groups", "2", "1"]),
        ({"bias": False}, ["right.conv / right", "bias", "yes", "no"]),
        ({"c": 16}, ["stem.conv / stem", "output", "6²x8", "6²x16"]),
        ({"extra": True}, ["(none) / extra", "layer", "", "there"]),
    ],
    ids=str,
)
def test_the_first_layer_that_differs(change: dict[str, object], row: list[str]) -> None:
    text = against("Net", status=1, **change)
    first = text.split("The first difference\n")[1].splitlines()[2]
    assert first.split() == " ".join(row).split()
    found = json.loads(against("Net", "--format", "json", status=1, **change))
    assert found["differences"][0]["layer"] == row[0]
    assert not found["agrees"]


def test_the_layer_that_is_missing() -> None:
    Path("net.yaml").write_text(SPEC.replace("  out:", "  more: conv(1x1, c, norm=none)\n  out:"))
    text = against("Net", status=1)
    assert "more.conv / (none)  layer      there\n" in text
    assert "5 of 6" in text


def test_all_layers_in_every_format() -> None:
    text = against("Net", "--all-layers", status=1, groups=1, bias=False)
    rows = [line for line in text.splitlines() if line.startswith("right.conv ")]
    assert rows[0].split()[:2] == ["right.conv", "right"]
    assert rows[0].endswith("groups, bias")
    assert "3x3x4x16 g2 + bias" in rows[0]
    lines = against("Net", "--all-layers", "--format", "csv").splitlines()
    assert lines[0] == "name,module,output,module_output,filter,module_filter,differs"
    assert len(lines) == 6
    assert against("Net", "--format", "csv").splitlines()[1:] == [
        "params,1549,1549",
        "mult_adds,51592,51592",
        "layers,5,5",
        "other_params,48,48",
        "output,1x5,1x5",
    ]
    found = json.loads(against("Net", "--all-layers", "--format", "json"))
    assert found["agrees"]
    assert found["totals"] == found["measured"] == {"params": 1549, "mult_adds": 51592, "layers": 5, "other_params": 48}
    assert found["layers"][0]["costcalc"]["name"] == "stem.conv"
    assert found["layers"][0]["measured"]["kernel"] == [3, 3]


def test_what_hooks_do_not_see_is_told() -> None:
    text = against("Functional", status=1)
    assert "stem.conv / (none)" in text
    assert "7,776 mult-adds of the module are outside of such layers." in text
    assert "216 params are of parts of the module that didn't run." in text
    assert "16 params of the module aren't trainable, and aren't counted." in text


ENDS = "network: ends\ninput: 16 x 16 x 3\nlayers:\n  a: conv(3x3, 12, norm=none)\n"


@pytest.mark.parametrize(
    ("end", "shape", "layers"),
    [
        ("shuffled", "1x3x32x32", {"PixelShuffle": 1}),
        ("scaled", "1x12x32x32", {"MaxPool2d": 1, "Upsample": 1}),
        ("classified", "1x12", {"AdaptiveAvgPool2d": 1, "Flatten": 1, "Softmax": 1}),
    ],
)
def test_an_end_that_no_convolution_has(end: str, shape: str, layers: dict[str, int]) -> None:
    """All convolutions agree, and the outputs don't."""
    Path("net.yaml").write_text(ENDS)
    text = against("Ends", status=1, end=end)
    (row, difference) = [line.split() for line in text.splitlines() if "output  " in line]
    assert row == ["output", "1x12x16x16", shape]
    assert difference == ["total", *row]
    assert "1 of 1 convolutions" in text
    found = json.loads(against("Ends", "--format", "json", status=1, end=end))
    assert not found["agrees"]
    assert found["outputs"] == {"out": [1, 12, 16, 16]}
    assert found["module_outputs"] == [[int(n) for n in shape.split("x")]]
    assert found["not_compared"] == layers


def test_outputs_in_tuples_mappings_and_dataclasses() -> None:
    Path("net.yaml").write_text(f"{ENDS}  b: a -> conv(1x1, 4, 2, norm=none)\noutput: [a, b]\n")
    for form in ("tuple", "dict", "dataclass"):
        assert json.loads(against("Several", "--format", "json", form=form))["module_outputs"] == [
            [1, 12, 16, 16],
            [1, 4, 8, 8],
        ]
    rows = [line.split() for line in against("Several", form="first", status=1).splitlines() if "output b  " in line]
    assert rows == [["output", "b", "1x4x8x8"], ["total", "output", "b", "1x4x8x8"]]
    swapped = [line.split() for line in against("Several", form="swapped", status=1).splitlines()]
    assert ["total", "output", "a", "1x12x16x16", "1x4x8x8"] in swapped
    assert ["total", "output", "b", "1x4x8x8", "1x12x16x16"] in swapped


def test_a_parameter_that_no_layer_has_is_named() -> None:
    """Layer scale: the spec's nearest has as many params, of a convolution."""
    Path("net.yaml").write_text(
        "network: scale\ninput: 8 x 8 x 16\nlayers:\n  a: dwconv(1x1, norm=none, act=none, bias=no)\n"
    )
    text = against("LayerScale", status=1)
    assert "The module's params of other layers: gamma (Parameter, 16).\n" in text
    assert "params of other layers" in text.splitlines()[6]
    assert text.splitlines()[6].split()[-2:] == ["0", "16"]
    found = json.loads(against("LayerScale", "--format", "json", status=1))
    assert found["module_other_params"] == [{"name": "gamma", "type": "Parameter", "params": 16}]


def test_a_slope_that_channels_share_is_named() -> None:
    Path("net.yaml").write_text(
        "network: slopes\ninput: 8 x 8 x 3\nlayers:\n  a: conv(3x3, 16, norm=none, act=prelu)\n"
    )
    text = against("SharedSlope", status=1)
    assert "total  params of other layers        16                       1\n" in text
    assert "The module's params of other layers: act (PReLU, 1).\n" in text


def test_a_sequence_is_a_map_of_height_one() -> None:
    Path("net.yaml").write_text(
        """network: sequence
input: 1 x 128 x 32
layers:
  c: conv(1x3, 32, 1x2, norm=none, pad=0x4)
  d: conv(1x3, 16, norm=none, g=4)
  u: deconv(1x4, 8, 1x2, norm=none, bias=yes, pad=0x1)
  p: conv(1x1, 5, norm=none, bias=yes)
"""
    )
    text = against("Sequence")
    assert "4 of 4 convolutions" in text
    assert ["output", "1x5x134", "1x5x134"] in [line.split() for line in text.splitlines()]
    assert "its input is 1x32x128; each counts as 1xk.\n" in text
    layers = json.loads(against("Sequence", "--format", "json", "--all-layers"))["layers"]
    assert [layer["measured"]["kernel"] for layer in layers] == [[1, 3], [1, 3], [1, 4], [1, 1]]
    assert "u.conv / u" in against("Sequence", status=1, stride=3)
    Path("net.yaml").write_text("network: map\ninput: 2 x 128 x 32\nlayers:\n  c: conv(1x3, 32)\n")
    assert refusal("Sequence").startswith("the forward pass on a random input of 1x32x2x128 failed: ")


def test_on_meta() -> None:
    assert "on the meta device, which has shapes and no values; a" in against("Net", "--device", "meta")


# -- what goes wrong


def test_wrong_targets() -> None:
    form = "--against takes MODULE:CALLABLE, such as my_package.models:my_net, not "
    for target in ("own.models", ":Net", "own.models:"):
        assert refused("verify", "./net.yaml", "--against", target) == f"{form}'{target}'"
    no_module = "ModuleNotFoundError: No module named 'own.nowhere'"
    assert refused("verify", "./net.yaml", "--against", "own.nowhere:x") == f"can't import 'own.nowhere': {no_module}"
    line = refused("verify", "./net.yaml", "--against", "own.wrong:f")
    assert line.startswith("can't import 'own.wrong': SyntaxError: ")
    assert refusal("Nat") == "'own.models' has nothing called 'Nat'"
    assert refusal("number") == "'own.models:number' can't be called: it is of type int"


def test_what_is_no_module() -> None:
    assert refusal("nothing") == "'own.models:nothing' gives no torch.nn.Module; what it gives is of type dict"


def test_what_raises() -> None:
    assert refusal("fails") == "own.models:fails() failed: KeyError: 'missing\\nand more'"
    assert refusal("leaves") == "own.models:leaves() failed: SystemExit: bye"
    line = refusal("Net", "--kwargs", '{"width": 2}')
    assert line.startswith("own.models:Net(width=2) failed: TypeError: ")
    assert "width" in line


def test_wrong_kwargs() -> None:
    form = '--kwargs takes a JSON object such as {"classes": 10}'
    assert refusal("Net", "--kwargs", "[1]") == f"{form}, not '[1]'"
    assert refusal("Net", "--kwargs", "{c: 1}").startswith(f"{form}; '{{c: 1}}' isn't: Expecting property name")
    assert refusal("Net", "--kwargs", "[" * 100_000).startswith(form)
    assert (
        refusal("made", "--kwargs", '{"c": 1}') == "'own.models:made' is a module already, so that --kwargs go nowhere"
    )


def test_a_forward_pass_that_needs_other_inputs() -> None:
    failed = "the forward pass on a random input of 1x3x12x12 failed: "
    missing = "TypeError: Two.forward() missing 1 required positional argument: 'mask'"
    assert refusal("Two") == failed + missing
    assert refusal("Deep").startswith(f"{failed}RecursionError: ")
    Path("net.yaml").write_text(SPEC.replace("res x res x 3", "res x res x 4"))
    assert refusal("Net").startswith("the forward pass on a random input of 1x4x12x12 failed: RuntimeError: ")


def test_out_of_memory() -> None:
    assert refusal("large") == "the module needs more memory than there is"
    assert refusal("Wide").startswith("the forward pass needs more memory than there is")


def test_a_traceback_if_that_is_wanted() -> None:
    result = run("verify", "./net.yaml", "--against", "own.models:fails", "--traceback")
    assert result.exit_code == 2
    assert "Traceback (most recent call last):\n" in result.stderr
    assert "in fails\n" in result.stderr
    assert result.stderr.endswith("Error: own.models:fails() failed: KeyError: 'missing\\nand more'\n")


def test_the_help_says_that_code_runs() -> None:
    text = " ".join(shown("verify", "--help").split())
    assert "Runs that code, so name only what you trust." in text


@pytest.mark.parametrize(
    ("module", "size", "layers"),
    [
        ("Spotter", "98 x 40", ["conv(3, 16, norm=none)", "conv(9, 24, 2, pad=4)", "avgpool", "fc(12)"]),
        ("Clip", "4 x 9 x 9 x 3", ["conv(1x3x3, 8, norm=none)", "avgpool", "fc(5)"]),
    ],
)
def test_a_module_of_sequences_or_videos(module: str, size: str, layers: list[str]) -> None:
    text = f"network: net\ninput: {size}\nlayers:\n  x: {' -> '.join(layers)}\n"
    Path("net.yaml").write_text(text)
    number = sum(layer[0] in "cf" for layer in layers)
    assert f"{number} of {number} convolutions and linear layers agree" in against(module)
    if module == "Spotter":
        assert "its input is" not in against(module)
        told = against(module, "--all-layers", status=1, kernel=7)
        assert "1x9" in told
        assert "1x7" in told
