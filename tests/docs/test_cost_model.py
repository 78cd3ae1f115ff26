"""docs/cost-model.md: the formulas of its text are the program's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sympy

from costcalc.network import load
from costcalc.symbolic import closed_form
from costcalc.symbolic.ratios import letters_of, quotient
from costcalc.units import parse_printed

PAGE = Path(__file__).parents[2] / "docs" / "cost-model.md"
TEXT = PAGE.read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
LAYERS = ROW.findall(TEXT)


def read(text: str, symbols: list[sympy.Symbol]) -> sympy.Expr:
    """A formula of the page, which is our own text."""
    python = re.sub(r"[²³]", lambda m: "**" + "23"["²³".index(m[0])], text.strip()).replace("·", "*")
    return sympy.parse_expr(python, local_dict={s.name: s for s in symbols})


def test_the_table_has_the_layers() -> None:
    assert len(LAYERS) == 9
    assert {"standard", "separable", "inverted_residual", "sandglass", "squeeze_excite", "shuffle_unit"} <= {
        name for name, _, _ in LAYERS
    }


@pytest.mark.parametrize(("name", "params", "mult_adds"), LAYERS)
def test_a_formula_of_the_table_is_what_the_program_derives(name: str, params: str, mult_adds: str) -> None:
    network = load(name)
    form = closed_form(network, letters_of(network), measured=False)
    assert sympy.expand(read(params, form.symbols) - form.params) == 0
    assert sympy.expand(read(mult_adds, form.symbols) - form.mult_adds) == 0


def test_the_ratio_is_the_derived_one() -> None:
    letters = ["DK", "M", "N", "DF"]
    standard, separable = (closed_form(load(n), letters, measured=False) for n in ("standard", "separable"))
    kernel, _, out, _ = standard.symbols
    assert quotient(separable.mult_adds, standard.mult_adds) == 1 / out + 1 / kernel**2
    assert r"\frac{1}{N} + \frac{1}{D_K^2}" in TEXT


def test_the_figures_of_table_3_in_the_text() -> None:
    points = [("standard", {}), ("separable", {}), ("separable", {"alpha": 0.75})]
    points.append(("separable", {"alpha": 0.75, "rho": 0.714}))
    costs = [load(name).cost(**point) for name, point in points]
    sentence = re.search(r"on top of that: ([\d., and]+)\s+million\s+mult-adds; ([\d., and]+)\s+million params", TEXT)
    assert sentence
    for printed, counts in zip(
        sentence.groups(), ([c.mult_adds for c in costs], [c.params for c in costs]), strict=True
    ):
        figures = re.findall(r"\d+(?:\.\d+)?", printed)
        assert len(figures) == 4
        for figure, count in zip(figures, counts, strict=True):
            assert parse_printed(f"{figure} M").contains(count)


def test_the_base_of_the_compound_coefficient() -> None:
    base = sympy.Rational("1.2") * sympy.Rational("1.1") ** 2 * sympy.Rational("1.15") ** 2
    assert f"= {float(base)}^φ" in TEXT.replace("\n", " ")
    form = closed_form(load("efficientnet"), ["phi"], measured=False)
    from costcalc.symbolic.notation import Unicode

    assert f"·{float(base)}^φ" in Unicode(form.symbols).text(form.mult_adds)
