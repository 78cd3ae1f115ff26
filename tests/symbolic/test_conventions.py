"""Closed forms of other conventions are what these count."""

from __future__ import annotations

import json
import re

import pytest

import costcalc
from costcalc.conventions import load_convention
from costcalc.errors import SpecError, UsageError
from costcalc.language.find import shipped
from costcalc.symbolic import closed_form, documents

from ..cli.running import refused, shown

NETWORK = costcalc.load("mobilenet_v1")
CONVENTIONS = {name: load_convention(name) for name in shipped("conventions")}
OF_OTHERS = [name for name, convention in CONVENTIONS.items() if convention.exclude or convention.frozen]
"""They name layers of other networks."""
SILENT = ["ultralytics", "ultralytics_fused", "yolov5_fused"]
OPEN = ["tensorflow_profiler_regularized"]
COUNTING = sorted(CONVENTIONS.keys() - {*OF_OTHERS, *SILENT, *OPEN})
POINTS = ({"alpha": 0.5, "res": 160}, {"alpha": 1.0, "res": 223})


@pytest.mark.parametrize("name", COUNTING)
def test_the_exact_form_of_every_convention_is_its_count(name: str) -> None:
    convention = load_convention(name)
    form = closed_form(NETWORK, exact=True, convention=convention)
    assert form.unit == convention.unit
    for at in POINTS:
        point, scale = NETWORK.scaled(at, convention)
        cost = NETWORK.cost(point, convention=convention)
        assert form.at(**at) == (cost.params, cost.counted * scale)


@pytest.mark.parametrize("name", SILENT)
def test_what_is_read_off_other_networks_says_nothing_about_this_one(name: str) -> None:
    with pytest.raises(SpecError, match=f"the convention {name} says nothing about avg_pool"):
        closed_form(NETWORK, exact=True, convention=name)


@pytest.mark.parametrize("name", OPEN)
def test_a_rule_that_depends_on_a_symbol_is_refused_where_it_stands(name: str) -> None:
    with pytest.raises(SpecError, match="a symbol leaves it open whether"):
        closed_form(NETWORK, exact=True, convention=name)
    assert closed_form(NETWORK, ["res"], convention=name).at(res=224) is not None


def test_a_form_by_another_convention_has_no_mult_adds() -> None:
    form = costcalc.closed_form(NETWORK, convention="flops")
    assert form.work == 2 * costcalc.closed_form(NETWORK).mult_adds
    with pytest.raises(UsageError, match=r"this form counts FLOPs \(flops\): form\.work, not form\.mult_adds"):
        _ = form.mult_adds


def test_what_no_rule_is_about_is_an_error_and_no_0() -> None:
    with pytest.raises(SpecError, match="the convention convnet_burden says nothing about hswish"):
        closed_form(costcalc.load("mobilenet_v3_large"), convention="convnet_burden")


def test_the_resolution_that_a_source_scales_from_is_no_number_of_the_point() -> None:
    form = closed_form(NETWORK, ["res"], convention="mobilenet_v1_paper")
    assert "res" not in form.point
    assert form.work == NETWORK.cost().mult_adds * form.symbols[0] ** 2 / 224**2


def test_every_format_says_what_is_counted() -> None:
    text = shown("formula", "mobilenet_v1", "--convention", "thop")
    assert "MACs 539,492,352 α²ρ² + 48,444,928 αρ² + 1,025,024 α" in " ".join(text.split())
    assert "params and MACs by the convention thop." in " ".join(text.split())
    document = json.loads(shown("formula", "mobilenet_v1", "--convention", "thop", "--format", "json"))
    assert (document["convention"], document["unit"], list(document["totals"])) == (
        "thop",
        "MACs",
        ["params", "counted"],
    )
    assert list(document["relative_error"]) == ["points", "params", "counted"]
    rows = shown("formula", "mobilenet_v1", "--convention", "thop", "--by", "op", "--format", "latex")
    assert r"\text{MACs} &= 539{,}492{,}352" in rows
    assert re.search(r"op +& params +& MACs +\\\\\n\\midrule", rows)


def test_the_python_function_counts_by_the_convention() -> None:
    namespace: dict[str, object] = {}
    exec(documents.python(closed_form(NETWORK, exact=True, convention="thop")), namespace)
    count = namespace["mobilenet_v1"]
    assert count(0.5, 160) == (  # type: ignore[operator]
        NETWORK.cost(alpha=0.5, res=160).params,
        NETWORK.cost(alpha=0.5, res=160, convention="thop").counted,
    )


def test_words_of_a_convention_stay_in_their_comment(tmp_path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        'convention: "a\\nb"\nunit: "x_y \\"\\"\\" %"\nparams: {"*.*": 1}\nwork: {"*.mac": 1}\nonly: [mac]\n',
        encoding="utf-8",
    )
    code = shown("formula", "mobilenet_v1", "--convention", str(path), "--format", "python")
    compile(code, "form.py", "exec")
    tex = shown("formula", "mobilenet_v1", "--convention", str(path), "--format", "latex")
    assert all(line.startswith(("%", "\\")) for line in tex.splitlines())
    assert r"\text{x\_y ''' \%} &=" in tex


def test_a_convention_that_there_is_not() -> None:
    assert refused("formula", "mobilenet_v1", "--convention", "thopp").startswith("no convention is called 'thopp'")
