"""A convention that starts from another's rules, and work that is done once for a set of weights."""

from fractions import Fraction

import pytest

import costcalc
from costcalc.conventions import load_convention, read_convention, reading
from costcalc.errors import SpecError, UsageError
from costcalc.language.source import Source
from costcalc.network import network_from

MORE = "convention: c\nas: mult_adds\nunit: operations\nwork: {{{0}}}\nonly: [mac, add]\n"
TWICE = """
network: n
parameters: {times: {default: 2, range: 1..9}}
input: 5 x 5 x 4
layers:
  all: (in, in, in)
  out: all -> each conv(3x3, 4, norm=none, act=none) sharing all -> add
"""


def counted(work: str, spec: str = TWICE) -> int:
    convention = read_convention(Source("c.yaml", MORE.format(work)))
    total: int = network_from(Source("n.yaml", spec)).cost(convention=convention).counted
    return total


MAC, WEIGHT = 9 * 4 * 4 * 25, 9 * 4 * 4


@pytest.mark.parametrize(
    ("work", "total"),
    [
        ("add.add: 0", 3 * MAC),
        ("add.add: 1", 3 * MAC + 2 * 4 * 25),
        ("add.add: 0, conv2d.mac: 2", 6 * MAC),  # an own rule comes after, and wins
        ("add.add: 0, conv2d.mac: mac + weight*weight_sets", 3 * MAC + WEIGHT),  # once, not for each of three runs
        ("add.add: 0, conv2d.mac: mac + weight", 3 * (MAC + WEIGHT)),
    ],
)
def test_own_rules_come_after_those_of_the_named_convention(work: str, total: int):
    assert counted(work) == total


def test_params_and_what_counts_nothing_are_taken_over():
    training, run = load_convention("tensorflow_profiler_training"), load_convention("tensorflow_profiler")
    assert [rule[:3] for rule in training.params] == [rule[:3] for rule in run.params]
    own = [rule[:2] for rule in training.work if rule not in run.work]
    assert training.passes_over == [pattern for pattern in run.passes_over if pattern not in own]
    assert training.name == "tensorflow_profiler_training"
    assert "trains" in training.about


def test_a_convention_may_be_as_one_that_is_as_another():
    training = load_convention("tensorflow_profiler_training")
    text = "convention: c\nas: tensorflow_profiler_training\nunit: operations\nwork: {add.add: 7}\n"
    convention = read_convention(Source("c.yaml", text))
    assert [rule[:3] for rule in convention.params] == [rule[:3] for rule in training.params]
    assert [rule[:2] for rule in convention.work] == [*(rule[:2] for rule in training.work), ("add", "add")]


def test_conventions_that_are_as_each_other_are_an_error(tmp_path, monkeypatch):
    files = {"a": tmp_path / "a.yaml", "b": tmp_path / "b.yaml"}
    files["a"].write_text("convention: a\nas: b\nunit: x\n")
    files["b"].write_text("convention: b\nas: a\nunit: x\n")
    monkeypatch.setattr(reading, "shipped", lambda _: {name: str(path) for name, path in files.items()})
    with pytest.raises(SpecError, match="a ring: b is as a is as b"):
        read_convention(Source("c.yaml", "convention: c\nas: b\nunit: x\n"))


FROZEN = "convention: c\nas: mult_adds\nunit: operations\nfrozen: [{0}]\n"
TWO = "network: n\ninput: 5 x 5 x 4\nlayers:\n  a: conv(3x3, 4) -> conv(1x1, 4)\n  ab: conv(1x1, 8)\n"


@pytest.mark.parametrize(("names", "left"), [("a", 4 * 8 + 16), ("a.1", 4 * 4 + 8 + 4 * 8 + 16), ("a, ab", 0)])
def test_weights_of_frozen_layers_are_no_params(names: str, left: int):
    cost = network_from(Source("n.yaml", TWO)).cost(convention=read_convention(Source("c.yaml", FROZEN.format(names))))
    assert cost.params == left
    assert cost.counted == cost.mult_adds == (9 * 16 + 16 + 32) * 25


def test_a_frozen_layer_must_be_there():
    with pytest.raises(UsageError, match="leaves out b, which this network doesn't have"):
        _ = (
            network_from(Source("n.yaml", TWO))
            .cost(convention=read_convention(Source("c.yaml", FROZEN.format("b"))))
            .params
        )


@pytest.mark.parametrize(
    ("mask", "work", "params"),
    [("no", 207_115_273_660, 41_531_812), ("yes", 260_207_832_060, 44_175_349)],  # its tables: 41.53 and 44.17 M
)
def test_mmdetections_detectors(mask: str, work: int, params: int):
    network = costcalc.load("faster_rcnn_fpn")
    at = {"backbone": "resnet_50_v1_5", "mask": mask == "yes", "res": (800, 1280), "classes": 81}
    cost = network.cost(at, convention=load_convention("mmdetection"))
    assert (cost.counted, cost.params) == (work, params)


SEPARABLE = "network: n\ninput: 5 x 5 x 4\nlayers:\n  a: dwconv(3x3, norm=none) -> conv(1x1, 8, norm=none, bias=no)\n"


def test_regularizers_are_those_of_whole_convolutions():
    network = network_from(Source("n.yaml", SEPARABLE))
    run, regularized = (
        network.cost(convention=load_convention(f"tensorflow_profiler{more}")).counted for more in ("", "_regularized")
    )
    assert regularized - run == Fraction(3 * 4 * 8, 2)
