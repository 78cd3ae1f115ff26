"""``compare`` with closed forms: the layers of the MobileNets paper's Table 3, ratios, steps; bad input."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from costcalc import load
from costcalc.units import parse_printed

from .running import refused, shown
from .test_imports import loaded

LAYERS = ["standard", "vs", "separable"]


def document(*args: str) -> Any:
    return json.loads(shown("compare", *args, "--format", "json"))


def value(expression: dict[str, Any], **numbers: int) -> Fraction:
    """An expression of the JSON, from its terms."""

    def exact(x: Any) -> Fraction:
        return Fraction(x["numerator"], x["denominator"]) if isinstance(x, dict) else Fraction(x)

    total = Fraction(0)
    for term in expression["terms"]:
        product = exact(term["coefficient"])
        for name, power in term["factors"].items():
            product *= Fraction(numbers[name]) ** power
        total += product
    return total


def test_table_3_of_the_paper_is_one_command() -> None:
    steps = document(*LAYERS)["steps"]
    assert [step["moved"] for step in steps] == [{}, {"alpha": 0.75}, {"alpha": 0.75, "rho": 0.714}]
    printed = [  # arXiv 1704.04861, Table 3: convolution; depthwise separable; alpha = 0.75; rho = 0.714
        (steps[0]["mult_adds"][0], "462 M"), (steps[0]["params"][0], "2.36 M"),
        (steps[0]["mult_adds"][1], "52.3 M"), (steps[0]["params"][1], "0.27 M"),
        (steps[1]["mult_adds"][1], "29.6 M"), (steps[1]["params"][1], "0.15 M"),
        (steps[2]["mult_adds"][1], "15.1 M"), (steps[2]["params"][1], "0.15 M"),
    ]  # fmt: skip
    for count, figure in printed:
        assert parse_printed(figure).contains(count), figure


def test_the_forms_and_their_ratio() -> None:
    text = shown("compare", *LAYERS, "--by", "formula")
    lines = [line.split() for line in text.replace("\N{NO-BREAK SPACE}", " ").splitlines()]
    assert ["A", "D_K²·M·N", "D_K²·M·N·D_F²"] in lines
    assert ["B", "D_K²·M", "+", "M·N", "D_K²·M·D_F²", "+", "M·N·D_F²"] in lines
    assert ["B", "/", "A", "1/N", "+", "1/D_K²", "1/N", "+", "1/D_K²"] in lines
    assert "D_K = DK, D_F = DF" in text


def test_the_documents_forms_are_the_counts() -> None:
    found = document(*LAYERS)["closed_forms"]
    (ratio,) = found["ratios"]
    for kernel, m, n, size in ((3, 512, 512, 14), (5, 32, 64, 7), (1, 7, 11, 13)):
        letters = {"D_K": kernel, "M": m, "N": n, "D_F": size}
        costs = [load(name).cost(DK=kernel, M=m, N=n, DF=size) for name in ("standard", "separable")]
        for cost, form in zip(costs, found["forms"], strict=True):
            assert value(form["params"], **letters) == cost.params
            assert value(form["mult_adds"], **letters) == cost.mult_adds
        assert value(ratio["mult_adds"], **letters) == Fraction(costs[1].mult_adds, costs[0].mult_adds)
        assert value(ratio["params"], **letters) == Fraction(costs[1].params, costs[0].params)


def test_options_move_the_point() -> None:
    moved = document(*LAYERS, "--DK", "5", "--M", "64", "--N=128", "--DF", "7")
    assert [s["totals"]["mult_adds"] for s in moved["specs"]] == [25 * 64 * 128 * 49, (25 * 64 + 64 * 128) * 49]
    assert moved["steps"][0]["mult_adds"] == [s["totals"]["mult_adds"] for s in moved["specs"]]
    assert "D_K²·M·N" in shown("compare", *LAYERS, "--DK", "5")  # a letter stays one


def test_a_parameter_of_a_specs_own_point_stays_there() -> None:
    found = document("separable", "vs", "separable:alpha=0.75")
    assert [step["moved"] for step in found["steps"]] == [{}, {"rho": 0.714}]
    assert found["closed_forms"]["forms"][1]["mult_adds"]["text"] == "3*D_K**2*M*D_F**2/4 + 9*M*N*D_F**2/16"


def test_more_than_two_layers() -> None:
    found = document("standard", "vs", "separable", "vs", "flattened_cnn", "vs", "low_rank")
    assert len(found["closed_forms"]["forms"]) == 4
    assert len(found["closed_forms"]["ratios"]) == 3


def test_networks_have_forms_where_they_are_asked_for() -> None:
    assert "closed_forms" not in document("mobilenet_v1", "vs", "mobilenet_v2")
    found = document("mobilenet_v1", "vs", "mobilenet_v1:classes=10", "--wrt", "alpha,rho")
    assert "steps" not in found
    forms = [form["mult_adds"] for form in found["closed_forms"]["forms"]]
    assert [value(f, alpha=1, rho=1) for f in forms] == [
        load("mobilenet_v1").cost(classes=n).mult_adds for n in (1000, 10)
    ]
    text = shown("compare", "mobilenet_v1", "vs", "mobilenet_v2", "--wrt", "alpha,rho", "--by", "formula", columns=80)
    assert max(map(len, text.splitlines())) <= 80


def test_a_symbol_that_only_one_has() -> None:
    found = document("mobilenet_v1", "vs", "vgg_16", "--wrt", "n45,rho")
    forms = [form["params"]["text"] for form in found["closed_forms"]["forms"]]
    assert forms[0] == "4231976"
    assert "n45" in forms[1]


def test_csv_and_markdown_have_the_forms() -> None:
    rows = list(csv.DictReader(io.StringIO(shown("compare", *LAYERS, "--by", "formula", "--format", "csv"))))
    assert [row["spec"] for row in rows] == ["A", "B", "B / A"]
    assert rows[2]["mult_adds"].replace("\N{NO-BREAK SPACE}", " ") == "1/N + 1/D_K²"
    for fmt, mark in (("markdown", "1/N"), ("latex", r"$\frac{1}{N} + \frac{1}{D_{K}^{2}}$")):
        assert mark in shown("compare", *LAYERS, "--format", fmt)


def test_a_users_own_layers(tmp_path: Path) -> None:
    text = "network: mine\nparameters:\n  c: {default: 8, range: 1..64, symbol: c}\ninput: 4 x 4 x c\nlayers:\n  a: "
    files = []
    for name, layer in (("full", "conv(3x3, c, norm=none, bias=no)"), ("point", "conv(1x1, c, norm=none, bias=no)")):
        files.append(tmp_path / f"{name}.yaml")
        files[-1].write_text(text + layer, encoding="utf-8")
    found = document(str(files[0]), "vs", str(files[1]))
    assert found["closed_forms"]["ratios"][0]["params"]["text"] == "1/9"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            (*LAYERS, "--wrt", "K"),
            "there is no parameter 'K' (did you mean 'DK'?); the parameters of standard, separable are DK, M, N, DF, ",
        ),
        ((*LAYERS, "--wrt", ","), "--wrt names no parameter"),
        (("mobilenet_v1", "vs", "vgg_16", "--wrt", "norm"), "vgg_16: norm has words for values"),
        ((*LAYERS, "--DK", "100"), "standard: DK is from 1 to 64, not 100"),
    ],
)
def test_bad_input(args: tuple[str, ...], message: str) -> None:
    assert message in refused("compare", *args)


def test_sympy_is_loaded_for_forms_only() -> None:
    assert "sympy" not in loaded("compare", "mobilenet_v1", "vs", "mobilenet_v2")
    assert "sympy" in loaded("compare", *LAYERS)
