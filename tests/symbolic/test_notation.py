"""Expressions as text: for people, LaTeX, Python."""

from __future__ import annotations

import re
from math import ceil, floor, nan
from typing import Any

import pytest
import sympy
from matplotlib.mathtext import MathTextParser
from sympy import Max, Min, Rational

from costcalc import arithmetic
from costcalc.arithmetic.roundings import Ceil, Floor, MakeDivisible, Round
from costcalc.reports.formula import latex as latex_of
from costcalc.rows import By
from costcalc.symbolic import closed_form
from costcalc.symbolic.evaluating import evaluate
from costcalc.symbolic.notation import Latex, Notation, Python, Unicode

from .points import network

ALPHA, RHO, DK, W, M = ORDER = sympy.symbols("alpha rho D_K W_bifpn M", positive=True)
PHI = sympy.Symbol("phi", nonnegative=True)
ORDER = [*ORDER, PHI]
PARSER = MathTextParser("path")

EXPRESSIONS: list[tuple[Any, str, str, str]] = [
    (sympy.Integer(0), "0", "0", "0"),
    (sympy.Integer(-1234567), "-1,234,567", "-1{,}234{,}567", "-1234567"),
    (Rational(9, 4), "9/4", r"\frac{9}{4}", "9/4"),
    (ALPHA, "α", r"\alpha", "alpha"),
    (-ALPHA, "-α", r"-\alpha", "-alpha"),
    (3 * ALPHA**2 * RHO**2 - ALPHA + 1000, "3 α²ρ² - α + 1,000", r"3 \, \alpha^{2} \, \rho^{2} - \alpha + 1{,}000",
     "3*alpha**2*rho**2 - alpha + 1000"),
    (DK**2 * M, "D_K²·M", r"D_{K}^{2} \, M", "D_K**2*M"),
    (12 * W * DK, "12 D_K·W_bifpn", r"12 \, D_{K} \, W_{bifpn}", "12*D_K*W_bifpn"),
    (Rational(7, 2) * ALPHA / M, "7 α/(2 M)", r"\frac{7 \, \alpha}{2 \, M}", "7*alpha/(2*M)"),
    (1 / M + 1 / DK**2, "1/M + 1/D_K²", r"\frac{1}{M} + \frac{1}{D_{K}^{2}}", "1/M + 1/D_K**2"),
    (-2 * ALPHA / (M * DK), "-2 α/(D_K·M)", r"-\frac{2 \, \alpha}{D_{K} \, M}", "-2*alpha/(D_K*M)"),
    (ALPHA**12, "α¹²", r"\alpha^{12}", "alpha**12"),
    (sympy.sqrt(ALPHA), "α^(1/2)", r"\alpha^{\frac{1}{2}}", "alpha**(1/2)"),
    (2**PHI, "2^φ", r"2^{\phi}", "2**phi"),
    (5 * Rational(6, 5) ** PHI, "5·1.2^φ", r"5 \cdot 1.2^{\phi}", "5*1.2**phi"),
    (Rational(6, 5) ** PHI * Rational(11, 10) ** (2 * PHI), "1.452^φ", r"1.452^{\phi}", "1.452**phi"),
    (Rational(1, 3) ** PHI, "(1/3)^φ", r"(\frac{1}{3})^{\phi}", "(1/3)**phi"),
    (ALPHA**PHI * RHO, "α^φ·ρ", r"\alpha^{\phi} \, \rho", "alpha**phi*rho"),
    (ALPHA ** (PHI + 1), "α^(φ + 1)", r"\alpha^{\phi + 1}", "alpha**(phi + 1)"),
    ((ALPHA + 1) ** 3, "(α + 1)³", r"(\alpha + 1)^{3}", "(alpha + 1)**3"),
    (ALPHA / (RHO + 1), "α/(ρ + 1)", r"\frac{\alpha}{(\rho + 1)}", "alpha/(rho + 1)"),
    (2 * Max(1, ALPHA) * RHO, "2 max(1, α)·ρ", r"2 \, \max(1, \alpha) \, \rho", "2*max(1, alpha)*rho"),
    (Max(ALPHA, 1) ** 2, "max(1, α)²", r"\max(1, \alpha)^{2}", "max(1, alpha)**2"),
    (Min(ALPHA, RHO), "min(α, ρ)", r"\min(\alpha, \rho)", "min(alpha, rho)"),
    (Ceil(M / 32) ** 2, "⌈M/32⌉²", r"\lceil \frac{M}{32} \rceil^{2}", "ceil(M/32)**2"),
    (Floor(6 * ALPHA) * ALPHA, "α·⌊6 α⌋", r"\alpha \, \lfloor 6 \, \alpha \rfloor", "alpha*floor(6*alpha)"),
    (MakeDivisible(32 * ALPHA, 8), "[32 α]₈", r"[32 \, \alpha]_{8}", "make_divisible(32*alpha, 8)"),
    (MakeDivisible(Floor(Round(ALPHA * 9) / 4), 16), "[⌊round(9 α)/4⌋]₁₆",
     r"[\lfloor \frac{\mathrm{round}(9 \, \alpha)}{4} \rfloor]_{16}",
     "make_divisible(floor(round(9*alpha)/4), 16)"),
    (MakeDivisible(ALPHA, M), "[α]_M", "[\\alpha]_{M}", "make_divisible(alpha, M)"),
    (sympy.Piecewise((ALPHA, ALPHA > 1), (1, True)), "(α if α > 1 else 1)",
     r"(\alpha\ \mathrm{if}\ \alpha > 1\ \mathrm{else}\ 1)", "(alpha if alpha > 1 else 1)"),
    (sympy.Piecewise((2, ALPHA > 3), (1, ALPHA > 1)), "(2 if α > 3 else 1 if α > 1 else nan)",
     r"(2\ \mathrm{if}\ \alpha > 3\ \mathrm{else}\ 1\ \mathrm{if}\ \alpha > 1\ \mathrm{else}\ nan)",
     "(2 if alpha > 3 else 1 if alpha > 1 else nan)"),
]  # fmt: skip


def write(notation: type[Notation], e: Any) -> str:
    return notation(ORDER).text(e).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("e", "unicode", "latex", "python"), EXPRESSIONS)
def test_text(e: Any, unicode: str, latex: str, python: str) -> None:
    assert (write(Unicode, e), write(Latex, e), write(Python, e)) == (unicode, latex, python)


@pytest.mark.parametrize("e", [e for e, *_ in EXPRESSIONS])
def test_python_computes_it(e: Any) -> None:
    names = {"ceil": ceil, "floor": floor, "nan": nan, "make_divisible": arithmetic.make_divisible}
    numbers: dict[Any, Any] = {ALPHA: 1.5, RHO: 0.5, DK: 3, W: 64, M: 7, PHI: 2}
    found = eval(write(Python, e), names | {s.name: n for s, n in numbers.items()})
    assert found == pytest.approx(float(evaluate(e, numbers)), rel=1e-14)


@pytest.mark.parametrize("latex", [latex for _, _, latex, _ in EXPRESSIONS])
def test_latex_is_read(latex: str) -> None:
    PARSER.parse(f"${latex}$")


@pytest.mark.parametrize("name", ["a__b", "ahat", "alphaprime", "x_1_2", "D_F", "n1", "λ", "last", "W_bifpn", "bar"])
def test_the_square_of_any_name_is_read(name: str) -> None:
    text = Latex([]).text(3 * sympy.Symbol(name) ** 2 / sympy.Symbol(name + "x"))
    PARSER.parse(f"${text}$")
    assert not re.search(r"\}?\^\{[^}]*\}\^", text), text  # a double superscript, which TeX refuses


def test_a_term_is_never_broken() -> None:
    """Table cells break at spaces: only between terms there is one."""
    text = Unicode(ORDER).text(1000 * ALPHA * Max(1, ALPHA + RHO) - 3 * MakeDivisible(8 * ALPHA, 8) + 5)
    assert text.split(" ")[1:] == [
        "-\N{NO-BREAK SPACE}3\N{NO-BREAK SPACE}[8\N{NO-BREAK SPACE}α]₈",
        "+\N{NO-BREAK SPACE}5",
    ]


def test_the_order_of_terms() -> None:
    """The highest degree first, then the symbols in their order; of powers of numbers the largest."""
    e = 1 + M + ALPHA + RHO * M + ALPHA**2 + Rational(3, 2) ** PHI + Rational(11, 10) ** PHI
    assert write(Unicode, e) == "α² + ρ·M + α + M + 1.5^φ + 1.1^φ + 1"


@pytest.mark.parametrize(
    ("condition", "unicode", "latex", "python"),
    [
        (ALPHA >= 1, "α ≥ 1", r"\alpha \geq 1", "alpha >= 1"),
        (ALPHA < RHO, "α < ρ", r"\alpha < \rho", "alpha < rho"),
        (sympy.Ne(16 * ALPHA, M), "16 α ≠ M", r"16 \, \alpha \neq M", "16*alpha != M"),
        (sympy.Eq(ALPHA, 3), "α = 3", r"\alpha = 3", "alpha == 3"),
        (sympy.Le(ALPHA, Rational(1, 3)), "α ≤ 1/3", r"\alpha \leq \frac{1}{3}", "alpha <= 1/3"),
    ],
)
def test_conditions(condition: Any, unicode: str, latex: str, python: str) -> None:
    found = [n(ORDER).condition(condition).replace("\N{NO-BREAK SPACE}", " ") for n in (Unicode, Latex, Python)]
    assert found == [unicode, latex, python]


# -- whole documents


def formulas(text: str) -> list[str]:
    """What is math in a document: each line of the align*, each cell of the table."""
    aligned = text.split("\\begin{align*}\n")[1].split("\n\\end{align*}")[0].splitlines()
    assert all(line.endswith(r"\\") for line in aligned[:-1])
    assert not aligned[-1].endswith(r"\\")
    assert all(line.count("&") == 1 for line in aligned)
    found = [line.removesuffix(r"\\").replace("&", "") for line in aligned]
    if r"\begin{tabular}" in text:
        rows = text.split("\\midrule\n")[1].split("\n\\bottomrule")[0].splitlines()
        assert all(re.fullmatch(r"[^$&]+ & \$[^$]+\$ +& \$[^$]+\$ +\\\\\[3pt\]", row) for row in rows)
        found += [cell for row in rows for cell in re.findall(r"\$([^$]+)\$", row)]
    return found


@pytest.mark.parametrize(
    ("name", "by", "wrt", "exact"),
    [
        ("mobilenet_v2", "stage", None, False), ("mobilenet_v2", None, None, True), ("sandglass", "layer", None, True),
        ("shufflenet_v1", "op", None, True), ("efficientdet_d0", None, None, True), ("rexnet", None, ["alpha"], False),
        ("efficientnet", "kind", ["phi"], False), ("efficientnet", None, ["phi"], True), ("vgg_16", None, None, False),
        ("densenet_121", None, ["k", "n1", "rho"], False), ("mobilenet_v1", "stage", ["alpha", "res"], True),
    ],
)  # fmt: skip
def test_latex_documents_are_read(name: str, by: By | None, wrt: list[str] | None, exact: bool) -> None:
    form = closed_form(network(name), wrt, by=by, exact=exact, measured=False)
    found = formulas(latex_of(form))
    assert len(found) >= 2 + 2 * len(form.rows)
    for formula in found:
        PARSER.parse(f"${formula.strip()}$")
