"""An op that the package doesn't know gets right numbers, or a clear error, from every command."""

from __future__ import annotations

import csv
import gc
import io
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from costcalc import UsageError, load, ops
from costcalc.comparison.diff import difference
from costcalc.conventions import SaysNothing, load_convention
from costcalc.language.find import shipped
from costcalc.language.source import Source
from costcalc.network import network_from
from costcalc.slimming import prune_channels, prune_weights, size

from .cli.running import refused, run, shown
from .ops.outside import KIND, attention_op, layer_of

TEXT = """\
network: attending
parameters: {res: 4, c: 8}
input: res x res x 6
defaults:
  conv: norm=none, act=none
layers:
  q: conv(1x1, c)
  k: in -> conv(1x1, c)
  v: in -> conv(1x1, 2*c)
  a: attend(q, k, v, heads=2)
  z: conv(1x1, 4)
"""
PARAMS = 2 * (6 * 8 + 8) + (6 * 16 + 16) + (16 * 4 + 4)
ATTENTION = 16 * 16 * (8 + 16)
MULT_ADDS = 16 * (2 * 6 * 8 + 6 * 16 + 16 * 4) + ATTENTION


@pytest.fixture(scope="module", autouse=True)
def nothing_left() -> Iterator[None]:
    """Other tests ask all ops that there are."""
    yield
    gc.collect()
    assert KIND not in ops.kinds()


@pytest.fixture(scope="module")
def attention(nothing_left: None) -> Iterator[None]:
    with layer_of(attention_op()):
        yield


@pytest.fixture
def net(attention: None, tmp_path: Path) -> str:
    path = tmp_path / "net.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def test_show(net: str) -> None:
    found = json.loads(shown("show", net, "--format", "json"))
    assert (found["totals"]["params"], found["totals"]["mult_adds"]) == (PARAMS, MULT_ADDS)
    rows = list(csv.DictReader(io.StringIO(shown("show", net, "--by", "op", "--format", "csv"))))
    assert {row["name"]: row["mult_adds"] for row in rows}[KIND] == str(ATTENTION)


def test_formula(net: str) -> None:
    """16 positions are res⁴ pairs at every resolution; the smooth form and the exact one."""
    for more in ((), ("--exact",)):
        found = json.loads(shown("formula", net, *more, "--format", "json"))
        text = found["totals"]["mult_adds"]["text"]
        assert eval(text.replace("alpha", "1"), {"c": 8, "res": 4, "rho": 1}) == MULT_ADDS, text


def test_arrays_are_the_ints(net: str) -> None:
    at = {"res": np.array([1, 4, 7]), "c": np.array([2, 8, 6])}
    each = [load(net).cost(res=r, c=c).mult_adds for r, c in zip(at["res"].tolist(), at["c"].tolist(), strict=True)]
    assert load(net).cost(at).mult_adds.tolist() == each
    assert each[1] == MULT_ADDS


def test_compare(net: str, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(TEXT.replace("heads=2", "heads=4"), encoding="utf-8")
    found = json.loads(shown("compare", net, "vs", str(other), "--format", "json"))
    kinds = {row["kind"]: row["mult_adds"] for row in found["kinds"]}
    assert kinds[KIND] == [ATTENTION, ATTENTION]
    (change,) = difference(load(net).cost(), load(str(other)).cost())
    assert (change.fields, change.after and change.after.ops) == (("ops",), ((KIND, {"heads": 4}),))
    assert sum(row["mult_adds"][0] for row in found["strides"]) == MULT_ADDS


def test_pruned_weights_leave_what_attention_multiplies(net: str) -> None:
    cost = prune_weights(load(net), {}, Fraction(1, 10))
    gone = {"q": 5, "k": 5, "v": 10, "z": 6}  # of 48, 48, 96 and 64
    assert (cost.params, cost.counted) == (PARAMS - sum(gone.values()), MULT_ADDS - 16 * sum(gone.values()))
    assert f"{cost.counted:,}" in shown("show", net, "--prune", "0.1")


def test_pruned_channels(net: str) -> None:
    cost = prune_channels(load(net), {}, Fraction(1, 2))
    assert cost.mult_adds == 16 * (2 * 6 * 4 + 6 * 8 + 8 * 4) + 16 * 16 * (4 + 8)
    with pytest.raises(UsageError, match="a: 3 channels are left, which 2 groups don't divide"):
        prune_channels(load(net), {"c": 6}, Fraction(1, 2))


def test_what_is_left_of_an_op_is_asked_of_it(tmp_path: Path) -> None:
    with layer_of(attention_op("fewer")):
        net = network_from(Source("net.yaml", TEXT))
        with pytest.raises(UsageError, match="a: what is left of outside_attention with fewer channels isn't said"):
            prune_channels(net, {}, Fraction(1, 2))


def test_so_is_how_often_its_weights_are_used(tmp_path: Path) -> None:
    told = {"weight_names": ("weight",), "weights": lambda self: {"weight": 100}}
    with layer_of(attention_op(**told)):
        net = network_from(Source("net.yaml", TEXT))
        assert net.cost().params == PARAMS + 100
        with pytest.raises(UsageError, match="a: how often outside_attention uses each of its weights isn't said"):
            prune_weights(net, {}, Fraction(1, 2))
    with layer_of(attention_op(**told, statistics=("weight",))):
        assert network_from(Source("net.yaml", TEXT)).cost().params == PARAMS + 100  # a convention's business


@pytest.mark.parametrize(
    ("part", "told"),
    [("work_names", "work, and no work_names"), ("work", "work_names, and no work")],
)
def test_work_without_names_and_names_without_work(part: str, told: str) -> None:
    """Either would count 0 in silence."""
    with pytest.raises(TypeError, match=f"Attention has {told}"):
        attention_op(part)


def test_bits(net: str) -> None:
    assert size(load(net), {}, 4).params == PARAMS // 2


COUNTING = """\
convention: counting
unit: ops
params: {conv2d.weight: 1, conv2d.bias: 1}
work: {conv2d.mac: 1, conv2d.bias_add: 0, outside_attention.mac: 1, outside_attention.softmax: 1}
"""


def test_reconcile(net: str, tmp_path: Path) -> None:
    """A convention counts what it has a rule for; one that says nothing about the op doesn't count it 0."""
    counting, silent = tmp_path / "counting.yaml", tmp_path / "silent.yaml"
    counting.write_text(COUNTING, encoding="utf-8")
    found = shown("reconcile", net, "--between", "mult_adds", str(counting), "--format", "csv")
    (step,) = [row for row in csv.DictReader(io.StringIO(found)) if f"{KIND}.softmax" in row.values()]
    assert str(2 * 16 * 16) in step.values()
    silent.write_text(COUNTING.partition(", outside_attention")[0] + "}\n", encoding="utf-8")
    assert KIND in refused("show", net, "--convention", str(silent))


@pytest.mark.parametrize("name", shipped("conventions"))
def test_no_convention_counts_it_0_in_silence(net: str, name: str) -> None:
    """It is counted by what it says of its parts, named as passed over, or an error that names it."""
    convention = load_convention(name)
    convention.exclude = []
    cost = load(net).cost(convention=convention)
    counted, silent = 0, ()
    try:
        counted = {row.name: row.counted for row in cost.by("op")}[KIND]
    except SaysNothing as e:
        silent = e.kinds
    assert (
        silent == (KIND,)
        or counted >= ATTENTION * 10**9 // 2**30
        or KIND in [passed.kind for passed in cost.passed_over]
    )


@pytest.mark.torch
def test_verify_and_export(net: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from costcalc.witness.builders import BUILDERS

    from .ops.outside_in_torch import Attend

    unknown = run("verify", net)
    assert (unknown.exit_code, "outside_attention has no counterpart in PyTorch" in unknown.output) == (1, True)
    op = type(load(net).graph().layers[3].op)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BUILDERS, op, lambda op, *inputs: Attend(op.heads))
        assert load(net).module()(torch.zeros(1, 6, 4, 4)).shape == (1, 4, 4, 4)
        assert run("verify", net).exit_code == 0
        told = refused("export", net, "--to", "torch", "-o", str(tmp_path / "net.py"))
        assert "Attend" in told
        assert not (tmp_path / "net.py").exists()
