"""``costcalc explain``: a layer's formulas, and what a word means."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from costcalc import load
from costcalc.catalogue import entries
from costcalc.cli.explain import TOPICS
from costcalc.conventions import load_convention
from costcalc.language.find import known_names, shipped
from costcalc.ops import kinds
from costcalc.reconcile import shipped_conventions, totals
from costcalc.reports.explain import Explained
from costcalc.reports.explain_convention import sayings

from .running import TINY, refused, run, shown
from .test_commands import completed

DW = ("explain", "mobilenet_v2", "stage2.1.dw")


def told(*args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shown("explain", *args, "--format", "json"))
    return found


# -- a layer


def test_a_layer_ends_with_its_formulas_in_letters_and_in_numbers() -> None:
    """MobileNetV1's equation 5 (a depthwise convolution), by hand: 3·3·32·112·112."""
    lines = shown(*DW, columns=80).splitlines()
    assert lines[-3:] == [
        "relu6       relu6     work     M·D_F²       32·112²       401,408  0",
        "D_K = 3, kernel; M = 32, input channels; D_F = 112, size of the output",
        "mult_adds: 352 params, 3,612,672 mult-adds.",
    ]
    assert "            mac       work     D_K²·M·D_F²  3²·32·112²  3,612,672  mult-adds" in lines
    assert "stage2.1.dw of mobilenet_v2: conv dw / s1, 3x3x32 dw, 112²x32 to 112²x32" in lines
    assert 3 * 3 * 32 * 112 * 112 == 3_612_672
    assert max(map(len, lines)) <= 80


def test_the_letters_are_those_of_formula() -> None:
    text = shown("explain", "standard", "conv")
    assert "D_K²·M·N·D_F²" in text
    assert "D_K²·M·N·D_F²" in shown("formula", "standard", "--wrt", "DK,M,N,DF")


def test_the_numbers_are_those_of_show() -> None:
    rows = json.loads(
        shown("show", "mobilenet_v2", "--alpha", "0.5", "--by", "layer", "--sort", "name", "--format", "json")
    )
    for row in rows["rows"][:12]:
        found = told("mobilenet_v2", row["name"], "--alpha", "0.5")
        (default,) = [c for c in found["conventions"] if c["convention"] == "mult_adds"]
        assert (default["params"], default["work"]) == (row["params"], row["mult_adds"])
        assert found["parameters"]["alpha"] == 0.5


def test_layers_add_up_to_every_conventions_total() -> None:
    net, at, conventions = load("mobilenet_v1"), {"alpha": 0.25, "res": 160}, shipped_conventions()  # which one scales
    total = {t.convention.name: (t.params, t.work) for t in totals(net, at, conventions) if not t.problem}
    sums = dict.fromkeys(total, (0, 0))
    for name, _ in net.cost(at).groups("layer"):
        explained = Explained(net, at, name)
        for found in map(explained.by, conventions):
            if found.convention.name in sums:
                params, work = sums[found.convention.name]
                sums[found.convention.name] = params + found.params, work + found.work
    assert len(sums) > 50
    assert sums == total


def test_conventions_with_the_same_number_share_a_row() -> None:
    text = shown(*DW, "--all")
    (row,) = [line for line in text.splitlines() if "torchprofiler" in line]
    assert row.split() == [
        "352",
        "7,225,344",
        "2·mac",
        "darknet,",
        "darknet_alexeyab,",
        "flops,",
        "torch,",
        "torchprofiler",
    ]
    table = "".join(line for line in text.partition("\n\n")[0].splitlines(True)[1:] if not line.startswith("Rounded"))
    named = re.findall(r"[a-z]\w+", table)
    assert all(named.count(convention) == 1 for convention in shipped("conventions"))
    assert "and 9 more" in shown(*DW)
    assert "and 9 more" not in text


@pytest.mark.parametrize(
    ("convention", "parts"),
    [("fvcore", "mac + 2·norm"), ("thop", "mac + 4·norm"), ("tflite_arithmetic", "mac + norm/2"), ("flops", "2·mac")],
)
def test_what_of_a_layer_counts(convention: str, parts: str) -> None:
    text = shown(*DW, "--all")
    (row,) = [line for line in text.splitlines() if f" {convention}," in line or line.endswith(f" {convention}")]
    assert f" {parts} " in row


def test_copies_are_runs() -> None:
    text = shown("explain", "mobilenet_v2", "stage6.2.expand")
    assert "n·M·N·D_F²" in text
    assert "n = 2, runs; M = 96, input channels; N = 576, output channels" in text
    copy = shown("explain", "mobilenet_v2", "stage6.3.expand")  # a copy that show has no row for
    assert " M·N·D_F²" in copy
    assert "mult_adds: 56,448 params, 10,838,016 mult-adds." in copy


def test_a_primitive_may_be_named() -> None:
    found = told("mobilenet_v2", "stage2.1.dw.bn")
    assert [op["op"] for op in found["ops"]] == ["batch_norm"]


def test_shared_weights_say_whose_they_are(eyes: str) -> None:
    assert "Its weights are those of a.1.conv, a.1.bn, where they are counted." in shown("explain", eyes, "b.1")


def test_an_unknown_layer_gets_the_nearest() -> None:
    line = refused("explain", "mobilenet_v2", "stage2.1.dv")
    assert line.startswith("mobilenet_v2 has no layer 'stage2.1.dv' (did you mean 'stage2.1.dw'")
    assert refused("explain", "mobilenet_v2", "stage2") == (
        "'stage2' of mobilenet_v2 has 2 layers; name one: stage2.1.dw, stage2.1.project"
    )
    assert refused("explain", "standard").startswith("costcalc explain standard takes one LAYER; there are conv")
    assert "takes one LAYER" in refused("explain", "standard", "conv", "conv")


def test_other_formats() -> None:
    rows = list(csv.DictReader(io.StringIO(shown("explain", "standard", "conv", "--format", "csv"))))
    assert [(row["op"], row["part"], row["formula"], row["amount"]) for row in rows] == [
        ("conv2d", "weight", "D_K²·M·N", str(9 * 512 * 512)),
        ("conv2d", "mac", "D_K²·M·N·D_F²", str(9 * 512 * 512 * 14 * 14)),
    ]
    assert r"| mac" in shown("explain", "standard", "conv", "--format", "markdown")
    assert r"\begin{tabular}" in shown("explain", "standard", "conv", "--format", "latex")
    ops = told("standard", "conv")["ops"]
    assert ops[0]["parts"][1]["latex"] == r"D_{K}^{2} \, M \, N \, D_{F}^{2}"


# -- conventions


def rows(*args: str) -> list[tuple[str, str]]:
    """The facts, as they are."""
    text = shown("explain", *args, "--format", "csv")
    return [(fact, text) for fact, text in list(csv.reader(io.StringIO(text)))[1:]]


def test_a_convention() -> None:
    found = rows("convention", "mult_adds")
    assert [fact for fact, _ in found] == [
        "what it is", "unit", "params", "params", "work", "work", "evidence", "tables",
    ]  # fmt: skip
    assert ("params", "1: weight, bias, scale, shift") in found
    assert ("params", "0: fixed, batch_norm.mean, batch_norm.variance") in found
    assert ("work", "1: mac") in found
    assert ("work", "0: all else") in found
    convention = load_convention("mult_adds")
    assert ("what it is", convention.about) in found
    assert ("evidence", convention.source) in found


def test_what_a_tool_has_no_rule_for() -> None:
    found = rows("convention", "fvcore")
    assert ("work", "2: batch_norm") in found
    assert ("work", "(5 if scale > 0 else 4) * norm: layer_norm, group_norm") in found
    (passed,) = [text for _, text in found if text.startswith("0, no rule in the tool: ")]
    assert "relu6, leaky_relu" in passed
    assert ("tool", load_convention("fvcore").tool) in found


def test_every_convention_says_what_it_makes_of_each_part() -> None:
    """As it counts a network's layers."""
    layers = load("mobilenet_v2").graph().layers
    for convention in shipped_conventions():
        every = sayings(convention)
        assert len(every) == sum(len(names.weights) + len(names.work) for names in kinds().values())
        for layer in layers:
            own = [s for s in every if s.kind == layer.op.kind]
            counting = {part for side in convention.rules(layer.op) for part, _, _ in side}
            assert counting == {s.part for s in own if s.factor != "0"}
            assert {s.part for s in own if s.why == "passed over"} == {*convention.passed_over(layer.op)}


def test_the_tables_that_are_counted_so() -> None:
    tables = told("convention", "mobilenet_v1_paper")["tables"]
    assert {"mobilenet_v1"} == {t["paper"] for t in tables}
    assert "Table 4" in [t["table"] for t in tables]


def test_a_convention_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("convention: mine\nunit: MACs\nas: mult_adds\nabout: My own.\nexclude: [fc]\n")
    found = rows("convention", str(path))
    assert ("what it is", "My own.") in found
    assert ("left out", "fc") in found


def test_an_unknown_convention() -> None:
    assert refused("explain", "convention", "mult_ads").startswith(
        "no convention is called 'mult_ads' (did you mean 'mult_adds'?)"
    )


# -- parameters, kinds, memory, devices


def test_a_parameter_of_a_network() -> None:
    text = shown("explain", "parameter", "mobilenet_v2", "alpha")
    assert "width multiplier α" in text
    assert "0.05 to 4" in text
    assert "1.0 (default)  3,504,872  300,774,272" in text
    costs = {c["value"]: c for c in told("parameter", "mobilenet_v2", "alpha")["costs"]}
    assert list(costs) == [0.35, 0.5, 0.75, 1.0, 1.3, 1.4]
    assert costs[0.35]["mult_adds"] == load("mobilenet_v2").cost(alpha=0.35).mult_adds
    at = told("parameter", "mobilenet_v2", "alpha", "--res", "96")["costs"][0]
    assert at["mult_adds"] == load("mobilenet_v2").cost(alpha=0.35, res=96).mult_adds


def test_a_parameter_of_words_and_of_yes_and_no(tiny: str) -> None:
    assert [c["value"] for c in told("parameter", tiny, "kind")["costs"]] == ["relu", "swish"]
    assert [c["value"] for c in told("parameter", tiny, "deep")["costs"]] == [False, True]
    assert told("parameter", tiny, "alpha")["variants"] == {"tiny_wide": "2"}
    assert told("parameter", tiny, "rho")["parameter"] == "res"


def test_an_unknown_parameter(tiny: str) -> None:
    assert refused("explain", "parameter", tiny, "alfa").startswith(
        "there is no parameter 'alfa' (did you mean 'alpha'?)"
    )
    assert refused("explain", "parameter", "alfa").startswith(
        "no network has a parameter 'alfa' (did you mean 'half' or 'alpha'?)"
    )


def test_a_parameter_everywhere() -> None:
    """As the index has the networks that have it."""
    having = {e.network for e in entries()[0] if "alpha" in e.parameters}
    found = told("parameter", "alpha")["networks"]
    assert {n["network"] for n in found} == having
    (own,) = [n for n in found if n["network"] == "shufflenet_v2"]
    assert own["may_be"] == "0.5, 1, 1.5, 2"
    assert own["role"] == "width"
    assert shown("explain", "parameter", "alpha").startswith(f"alpha, a parameter of {len(having)} networks\n")


def test_a_kind() -> None:
    text = shown("explain", "kind", "conv2d")
    assert "mac       work     D_K²·M·N·D_F²/g  always" in text
    assert "mac       work     D_K²·M·D_F²      depthwise" in text
    assert "⌈D_I/s⌉ x ⌈D_I/s⌉ x N" in text
    parts = {c["convention"]: c["parts"]["mac"] for c in told("kind", "conv2d")["conventions"]}
    assert {*parts} == {*shipped("conventions")}
    assert parts["flops"] == {"counts": "2", "why": "rule"}
    assert "It has no weights, and no work." in shown("explain", "kind", "transpose")


@pytest.mark.parametrize("fmt", ["table", "json", "csv", "markdown", "latex"])
def test_kinds_in_every_format(fmt: str) -> None:
    assert "gate" in shown("explain", "kind", "recurrent", "--format", fmt)


@pytest.mark.parametrize("name", shipped("memory"))
def test_definitions_of_memory(name: str) -> None:
    found = told("memory", name)
    assert sorted(kind for rule in found["rules"].values() for kind in rule if kind != "depthwise") == sorted(kinds())
    assert found["about"].split()[0] in shown("explain", "memory", name)


@pytest.mark.parametrize("name", shipped("devices"))
def test_devices(name: str) -> None:
    found = told("device", name)["figures"]
    assert all(figure["sources"] for figure in found)
    text = shown("explain", "device", name)
    assert all(figure["what"] in text for figure in found)


def test_figures_of_a_device() -> None:
    text = shown("explain", "device", "t4")
    assert "bandwidth  320 GB/s" in text
    assert "65 TMAC/s" in text


# -- which is meant


def test_a_topic_is_told_from_a_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No network is called like a topic; a file that is stands behind its folder."""
    assert not {known.name for known in known_names()} & {*TOPICS}
    monkeypatch.chdir(tmp_path)
    for topic in TOPICS:
        Path(topic).write_text(TINY)
        assert "tiny: conv 3x3" not in shown("explain", "kind", "add")
        assert "stage1 of tiny: conv" in shown("explain", f"./{topic}", "stage1")
        assert "takes one NAME" in refused("explain", topic)
    Path("conv2d").write_text(TINY)
    assert told("kind", "conv2d")["kind"] == "conv2d"


def test_a_topic_as_people_type_it() -> None:
    assert shown("explain", "Conventions", "fvcore") == shown("explain", "convention", "fvcore")
    assert told("kinds", "add")["kind"] == "add"


def test_a_name_alone() -> None:
    assert shown("explain", "mult_adds") == shown("explain", "convention", "mult_adds")
    assert shown("explain", "batch_norm") == shown("explain", "kind", "batch_norm")
    names = [*shipped("conventions"), *kinds(), *shipped("memory"), *shipped("devices")]
    assert not {*names} & {known.name for known in known_names()}
    assert len(names) == len({*names})


def test_what_takes_no_network_has_no_parameters() -> None:
    assert "--alpha" in refused("explain", "convention", "mult_adds", "--alpha", "0.5")


def test_options_may_stand_first() -> None:
    assert shown("explain", "--alpha", "0.5", "mobilenet_v2", "stage2.1.dw") == shown(*DW, "--alpha", "0.5")
    assert "at alpha=0.5: conv dw" in shown(*DW, "--alpha", "0.5")
    assert shown("explain", "mobilenet_v2:alpha=0.5", "stage2.1.dw") == shown(*DW, "--alpha", "0.5")


def test_completion() -> None:
    assert completed("costcalc explain conv")[0] == "convention"
    assert completed("costcalc explain mobilenet_v2_s") == ["mobilenet_v2_slim"]
    assert "fvcore" in completed("costcalc explain convention f")
    assert completed("costcalc explain kind conv") == ["conv2d", "conv_transpose2d"]
    assert "alpha" in completed("costcalc explain parameter al")
    assert "tflm" in completed("costcalc explain memory t")
    assert completed("costcalc explain mobilenet_v2 stage2.1.d") == ["stage2.1.dw"]


def test_without_words() -> None:
    assert run("explain").exit_code == 2
