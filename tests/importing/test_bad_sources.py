"""What bad input to `costcalc import` gets: one clear message, exit status 2, and nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from costcalc.errors import UsageError
from costcalc.importing.sources import code_source, input_shape, keyword_arguments

from ..cli.running import run

CODE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.fc = nn.Linear(8, classes)

    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))

def raises():
    weights = {}
    return weights["missing"]

def needs(width):
    return Net(width)

def number():
    return 3

class Branches(Net):
    def forward(self, x):
        if x.sum() > 0:
            return x
        return self.conv(x)

class Endless(Net):
    def forward(self, x):
        while True:
            x = x + 1

class Two(nn.Module):
    def forward(self, x, y):
        return x + y, x - y

class Fourier(nn.Module):
    def forward(self, x):
        return torch.fft.rfft2(x).real

def prints():
    print("noise on stdout")
    return Net()

VALUE = 4
"""


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "net.py"
    path.write_text(CODE, encoding="utf-8")
    return path


def refused(*args: str, status: int = 2) -> str:
    """The one message of an import that fails; nothing is written."""
    result = run("import", *args, "-o", "out.yaml")
    assert (result.exit_code, result.stdout) == (status, ""), result.output
    assert not Path("out.yaml").exists()
    return str(result.stderr)


# -- without torch


@pytest.mark.parametrize(
    "text", ["net", "net.py", ":Net", "net.py:", "a b:Net", "net.py:1x", "pkg.mod:Net()", "../x:y"]
)
def test_what_is_no_source_is_told_which_forms_there_are(text):
    with pytest.raises(UsageError, match="is no source: give package"):
        code_source(text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        code_source(f"{tmp_path}/none.py:Net")


@pytest.mark.parametrize("text", ["", "x", "3x", "3x-1", "0x3", "3.5x4", "a=b", "3x224x224x", "1e3", "9999999999"])
def test_sizes_that_are_none(text):
    with pytest.raises(UsageError, match="sizes are whole numbers"):
        input_shape(text)


@pytest.mark.parametrize("text", ["99999x99999x99999", "1x1x1x1x1x1"])
def test_sizes_beyond_the_bounds(text):
    with pytest.raises(UsageError, match="at most five sizes"):
        input_shape(text)


def test_a_batch_in_front_may_be_there():
    assert input_shape("3x224x224").readings() == ((1, 3, 224, 224),)
    assert input_shape("1x3x224x224").readings()[0] == (1, 3, 224, 224)
    assert input_shape("1x28x28").readings()[0] == (1, 1, 28, 28)
    assert input_shape("left=64").name == "left"


@pytest.mark.parametrize(("text", "why"), [("{", "no JSON"), ("[1]", "a JSON object"), ('"a"', "a JSON object")])
def test_arguments_that_are_no_object(text, why):
    with pytest.raises(UsageError, match=why):
        keyword_arguments(text)


# -- with torch: what the code does


@pytest.mark.torch
@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("no_such_package.models:Net", "there is no module no_such_package"),
        ("net.py:Nte", "has no Nte (did you mean 'Net'?)"),
        ("net.py:raises", "raises can't be made: KeyError: 'missing', at "),
        ("net.py:needs", "needs can't be called so: missing a required argument: 'width'; --kwargs"),
        ("net.py:number", "number gives a int and no torch.nn.Module"),
        ("net.py:VALUE", "VALUE is a int and can't be called"),
    ],
)
def test_code_that_gives_no_module(net, source, message):
    pytest.importorskip("torch")
    text = refused(source)
    assert message in text
    assert len(text.splitlines()) == 1


@pytest.mark.torch
def test_the_users_own_line_is_shown(net):
    pytest.importorskip("torch")
    assert f'{net}:16: return weights["missing"]' in refused("net.py:raises")
    assert f"{net}:12: " in refused("net.py:Net", "--input", "4x32x32")


@pytest.mark.torch
def test_control_flow_that_depends_on_values(net):
    pytest.importorskip("torch")
    text = refused("net.py:Branches", "--input", "3x32x32")
    assert "net.py:26: if x.sum() > 0:" in text
    assert "that depend on values" in text


@pytest.mark.torch
@pytest.mark.slow
def test_the_time_limit(net):
    pytest.importorskip("torch")
    text = refused("net.py:Endless", "--input", "3x32x32", "--timeout", "6")
    assert "more than 6 seconds of CPU time; --timeout gives it more" in text


@pytest.mark.torch
def test_a_gap_is_told_with_its_line(net):
    pytest.importorskip("torch")
    text = refused("net.py:Fourier", "--input", "3x32x32")
    assert "an operation without a word" in text
    assert "net.py:41" in text


@pytest.mark.torch
def test_several_inputs_and_outputs_and_noise_are_no_harm(net):
    pytest.importorskip("torch")
    result = run("import", "net.py:Two", "--input", "a=3x8x8", "--input", "b=3x8x8")
    assert result.exit_code == 0, result.output
    assert "add(" in result.stdout
    assert "sub(" in result.stdout
    result = run("import", "net.py:prints", "--input", "3x32x32", "--kwargs", "{}")
    assert result.exit_code == 0, result.output
    assert "noise" not in result.stdout


@pytest.mark.torch
def test_arguments_reach_the_callable(net):
    pytest.importorskip("torch")
    result = run("import", "net.py:Net", "--kwargs", '{"classes": 7}', "--input", "3x32x32", "-o", "net.yaml")
    assert result.exit_code == 0, result.output
    assert "classes: 7" in Path("net.yaml").read_text(encoding="utf-8")
    assert "at 3x64x64" not in result.stderr
    assert "3x64x64" in result.stderr


@pytest.mark.torch
def test_a_module_at_hand_is_a_network_and_stays_as_it_is():
    torch = pytest.importorskip("torch")
    import costcalc

    module = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.BatchNorm2d(8), torch.nn.ReLU()).train()
    network = costcalc.from_torch(module, (3, 32, 32))
    assert network.cost().params == sum(p.numel() for p in module.parameters())
    assert "conv 3x3 | 8 | none | yes" in network.text()
    assert module.training
    assert next(module.parameters()).device.type == "cpu"
