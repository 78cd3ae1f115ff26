"""The language of conventions: what expressions may ask, how code is written, and each mistake with its message."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

from costcalc.conventions import DEFAULT, Convention, load_convention, read_convention
from costcalc.conventions.code import read_code
from costcalc.cost import Cost
from costcalc.errors import SpecError, UsageError
from costcalc.language.find import shipped
from costcalc.language.source import Source, read_source
from costcalc.network import Network, network_from

from .. import loading
from ..loading import load

FOLDER = Path(__file__).parent / "bad"
BAD = sorted(FOLDER.glob("*.yaml"))
MARK = "# error: "

NET = """\
network: net
parameters: {alpha: 1.0, res: 8}
input: res x res x 4
layers:
  a:   conv(3x3, 8*alpha, norm=none, act=none)
  b:   conv(1x1, 8*alpha, norm=none, act=none, bias=no)
  p:   maxpool(2x2, 2)
  q:   avgpool
  g:   conv(1x1, 8*alpha, norm=none, act=sigmoid)
  out: mul(p, g) -> fc(5)
"""


def net() -> Network:
    return network_from(Source("net.yaml", NET))


ZERO = "otherwise: 0"


def convention(rules: str, more: str = "", zero: str = ZERO) -> Convention:
    text = f"convention: mine\nunit: ops\n{more}\nparams: {{'*.*': 1}}\n{zero}\nwork:\n"
    return read_convention(Source("mine.yaml", text + "".join(f"  {line}\n" for line in rules.splitlines())))


def counted(rules: str, more: str = "", **at: Any) -> Any:
    return net().cost(convention=convention(rules, more), **at).counted


@pytest.mark.parametrize(
    ("rules", "count"),
    [
        ("conv2d.mac: 2", 2 * (9 * 4 * 8 * 64 + 8 * 8 * 64 + 8 * 8)),
        ("conv2d.mac: mac if window == 1 else 0", 8 * 8 * 64 + 8 * 8),
        ("conv2d.mac: mac if window > 1 and in_channels <= 4 else 0", 9 * 4 * 8 * 64),
        ("conv2d.mac: mac if not (window != 9 or channels < 8) else 0", 9 * 4 * 8 * 64),
        ("conv2d.mac: bias_add", 8 * 64 + 8),  # 0 where there is no bias
        ("conv2d.mac: 1 if bias else 3", 1 + 3 + 1),
        ("conv2d.mac: weight", 9 * 4 * 8 + 8 * 8 + 8 * 8),
        ("conv2d.bias_add: 1", 8 * 64 + 8),
        ("max_pool.compare: 0 if whole_map else 1", 1),
        ("avg_pool.add: in_elements if whole_map else 0", 8 * 16),
        ("mul.mul: last_in_elements", 8),
        ("mul.mul: in_elements", 8 * 16),
        ("sigmoid.sigmoid: 2.5*out_elements", 20),
        ("linear.mac: min(mac, 7) + max(1, 2) + floor(5/2) + ceil(5/2) + round(5/2) - -1 + 7 % 4 + 7 // 4 + 2**3", 29),
    ],
)
def test_what_rules_may_say(rules: str, count: int) -> None:
    assert counted(rules) == count


def test_the_last_rule_that_matches_wins() -> None:
    assert counted("conv2d.mac: 1\n'*.mac': 0") == 0
    assert counted("'*.mac': 0\nlinear.mac: 1") == 8 * 16 * 5


def test_a_rule_that_says_as_much_goes_before_what_counts_0() -> None:
    """``conv2d.*`` and ``bias`` of any kind: one word each."""
    lines = "work: {'*.mac': 1}\nonly: [mac]\nzero: [bias]"
    text = f"convention: mine\nunit: ops\nparams: {{'*.*': 1, 'conv2d.*': 1}}\n{lines}\n"
    made = network_from(
        Source("n.yaml", "network: n\ninput: 4 x 4 x 2\nlayers: {a: 'conv(1x1, 3, norm=none)', f: fc(5)}")
    )
    assert made.cost(convention=read_convention(Source("mine.yaml", text))).params == 2 * 3 + 3 + 4 * 4 * 3 * 5


def test_what_counts_0_goes_before_a_rule_that_says_less() -> None:
    def count(lines: str) -> Any:
        text = f"convention: mine\nunit: ops\nparams: {{'*.*': 1}}\n{lines}\n"
        return net().cost(convention=read_convention(Source("mine.yaml", text))).counted

    every = net().cost().mult_adds
    assert count("work: {'*.mac': 1}\nonly: [mac]") == every
    assert count("work: {'*.mac': 1}\nonly: [mac]\nzero: [linear]") == every - 8 * 16 * 5
    assert count("work: {'*.mac': 1}\nonly: [mac]\npasses_over: [linear.mac]") == every - 8 * 16 * 5
    assert count("work: {conv2d.mac: 1}\nonly: [mac]\nzero: [mac]") == every - 8 * 16 * 5
    assert count("as: mult_adds\nzero: [linear.mac]") == every - 8 * 16 * 5
    assert count("as: conv_only\nwork: {linear.mac: 1}") == every


def test_stored_values_of_all_but_some() -> None:
    text = "convention: mine\nunit: ops\nparams: {'*.*': 1}\nwork: {'*.mac': 1}\nonly: [mac]\nzero: [mean, variance]\n"
    mine = read_convention(Source("mine.yaml", text))
    found = load("mobilenet_v2")
    assert found.cost(convention=mine).params == found.cost().params


def test_conditions_on_arrays_choose_element_by_element() -> None:
    rules = "conv2d.mac: mac if channels > 8 else 0"
    alpha = np.array([1.0, 2.0, 3.0])
    one_by_one = [counted(rules, alpha=a) for a in alpha]
    assert list(counted(rules, alpha=alpha)) == one_by_one
    assert one_by_one[0] == 0 < one_by_one[1]


def test_a_condition_that_symbols_leave_open_is_an_error() -> None:
    alpha = sympy.Symbol("alpha", positive=True)
    with pytest.raises(SpecError, match=r"mine\.yaml:7:.*a symbol leaves it open whether"):
        counted("conv2d.mac: mac if channels > 8 else 0", alpha=alpha)
    assert counted("conv2d.mac: mac if window > 8 else 0", alpha=alpha) == 9 * 4 * 8 * alpha * 64


@pytest.mark.parametrize("other", ["otherwise: 0", ""])
def test_what_no_rule_covers_is_an_error_unless_it_says_otherwise(other: str) -> None:
    text = f"convention: mine\nunit: ops\nparams: {{'*.*': 1}}\nwork: {{'*.mac': 1}}\n{other}\n"
    mine = read_convention(Source("mine.yaml", text))
    if other:
        assert net().cost(convention=mine).counted == net().cost().mult_adds
    else:
        with pytest.raises(SpecError, match=r"the convention mine says nothing about conv2d \(bias_add\)"):
            _ = net().cost(convention=mine).counted


# -- how the code is written


BY_LAYER = """\
code: c
version: "1"
properties: {pointwise: {choices: [convolution, linear, function]}}
networks: {swin: {pointwise: {"*.msa.*": function, "*": linear}}}
"""
RULE = "avg_pool.add: 1 if global_pool == module else 2 if global_pool == function else 3"


@pytest.mark.parametrize(("network", "count"), [("resnet_18", 1), ("mobilenet_v2", 2), ("shufflenet_v2", 3), ("", 1)])
def test_each_network_as_its_library_writes_it(network: str, count: int) -> None:
    mine = convention(RULE, "code: torchvision", "only: [avg_pool.add]")
    found = load(network) if network else net()
    assert found.cost(convention=mine).counted == count
    assert net().cost(convention=mine).counted == 1  # nothing is left behind in the convention


@pytest.mark.parametrize(
    ("layer", "count"), [("pool", 0), ("stage1.2.msa.qkv.conv", 2), ("stage1.2.mlp.out.conv", 1), ("stage4.x", 1)]
)
def test_a_word_may_be_for_layers_by_name(layer: str, count: int) -> None:
    code = read_code(Source("code.yaml", BY_LAYER))
    words = ("convolution", "linear", "function")
    name = "swin" if layer != "pool" else "other"
    assert code.of_layer(code.of_network(name), layer)["pointwise"] == words[count]


def test_of_patterns_that_none_matches_the_first_choice_holds() -> None:
    code = read_code(Source("code.yaml", BY_LAYER.replace('"*"', '"mlp"')))
    assert code.of_layer(code.of_network("swin"), "pool")["pointwise"] == "convolution"


def test_a_variant_is_written_as_it_is_and_else_as_its_network() -> None:
    mine = convention("conv2d.mac: 1 if inside == multihead else 2", "code: torchvision", "only: [conv2d.mac]")
    (base, of_torchvision) = (load(name).cost(convention=mine) for name in ("deit_ti", "vit_b_16"))
    for cost, qkv in ((base, 2), (of_torchvision, 1)):
        counts = {layer.name: layer.counted for layer in cost.layers if layer.op == "conv2d"}
        assert counts["encoder.1.msa.qkv.conv"] == qkv
        assert counts["encoder.1.mlp.wide.conv"] == 2


def test_written_words_hold_whatever_the_network() -> None:
    mine = convention(RULE, "code: torchvision\nwritten: {global_pool: mean}", "only: [avg_pool.add]")
    assert load("resnet_18").cost(convention=mine).counted == 3


def test_the_networks_of_the_code_are_shipped_ones_and_so_are_their_layers() -> None:
    for path in shipped("code").values():
        code = read_code(read_source(path))
        assert code.version
        for name, words in code.networks.items():
            variants = load(name).variants[:9] if name in shipped("networks") else ()
            layers = {layer.name for variant in (name, *variants) for layer in load(variant).cost().layers}
            for patterns in (word for word in words.values() if not isinstance(word, str)):
                unused = [p for p in patterns if not any(fnmatchcase(layer, p) for layer in layers)]
                assert not unused, (name, unused)
        assert all(words[0] and len(set(words)) == len(words) for words in code.choices.values())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code: a\nversions: 1\n", "code has no 'versions' (did you mean 'version'?); it has code, version, about"),
        ("version: 1\n", "code is missing: code: …"),
        ("code: a\nversion: 1\nproperties: {p: {doc: x}}\n", "p needs its choices: {choices: [a, b]}"),
        (
            "code: a\nversion: 1\nproperties: {p: {choices: [x, y]}}\nnetworks: {n: {q: x}}\n",
            "no property is called 'q'",
        ),
        ("code: a\nversion: 1\nproperties: {p: {choices: [x, y]}}\nnetworks: {n: {p: z}}\n", "p is x or y, not 'z'"),
    ],
)
def test_mistakes_in_code(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_code(Source("code.yaml", text))
    assert message in str(caught.value)
    assert str(caught.value).startswith("code.yaml:")


# -- mistakes


def expected(path: Path) -> list[str]:
    return [line.removeprefix(MARK) for line in path.read_text(encoding="utf-8").split("\n") if line.startswith(MARK)]


@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_message(path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        _ = net().cost(convention=read_convention(read_source(str(path)))).counted
    assert [str(p).removeprefix(f"{path}:") for p in caught.value.problems] == expected(path)


def test_an_unknown_convention_gets_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no convention is called 'fvcor' \(did you mean 'fvcore'\?\); there are "):
        load_convention("fvcor")


# -- the shipped ones


@pytest.mark.parametrize("name", shipped("conventions"))
def test_every_shipped_convention_says_who_counts_so(name: str) -> None:
    found = load_convention(name)
    assert found.name == name
    assert found.about
    assert found.source
    assert found.unit


@pytest.mark.parametrize("network", shipped("networks"))
def test_every_convention_on_every_network_gives_a_total_or_a_clear_error(network: str) -> None:
    found = load(network)
    default = found.cost()
    assert default.counted == default.mult_adds
    problems = {name: problem(found.recount(default, loading.convention(name))) for name in shipped("conventions")}
    assert problems[DEFAULT] is None
    for name, text in problems.items():
        assert text is None or (name in text and "\n" not in text)


def problem(cost: Cost) -> str | None:
    """The error of a convention that can't count a network; its figures are checked here."""
    try:
        assert cost.counted >= 0
        assert cost.params >= 0
    except (SpecError, UsageError) as e:
        return str(e)
    return None


@pytest.mark.parametrize(("name", "multiplies"), [("mult_adds", False), ("conv_only", False), ("flops", True)])
def test_whether_counts_may_be_larger_than_the_parts(name: str, multiplies: bool) -> None:
    assert load_convention(name).multiplies is multiplies
