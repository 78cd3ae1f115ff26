"""Markdown and LaTeX: read back by a Markdown parser, and set by pdflatex where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from costcalc.render import render
from costcalc.render.cells import visible
from costcalc.table import Column, Table, Typeset

from .sample import MULT_ADDS, PARAMS, mobilenet, sums, table_of

NASTY = (
    "a|b", "\\", "\\|", "a\\|b|", "*x*", "_x_", "mult_adds", "__x__", "`c`", "[red]", "[a](b)", "![a](b)", "<b>",
    "&lt;", "$x^2$", "~~x~~", "# x", "- x", "100 %", "{x}", "}", "^", "~", "\x1b[31m", "a\nb", "[2ex]", "*", "--", "'",
    '"q"', "α ρ φ × ² · – … ≤ → ⌈x⌉ ½ µ €", "卷积", "éÀß", "ðÞ",
    "5\u00a0%", "1e5", "0010", "a_", "_a", "(_b_)", "snake_case_", "“q”", "\\hline", "\u202e", "?`!`",
    "\u0300",
)  # fmt: skip


def markdown_cells(text: str) -> list[list[str]]:
    """The text of every cell as a Markdown parser that is no relative of the renderer sees it."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    rows: list[list[str]] = []
    for before, token in pairwise(tokens):
        if token.type == "tr_open":
            rows.append([])
        if before.type in ("th_open", "td_open"):
            children = token.children or []
            assert {child.type for child in children} <= {"text", "text_special"}, token.content
            rows[-1].append("".join(child.content for child in children))
    return rows


def test_markdown() -> None:
    assert render([mobilenet()], "markdown") == dedent(
        """\
        **MobileNet, α = 1**

        | layer     | op     | input      | output     |   n |    params |   mult-adds |    share |
        |:----------|:-------|:-----------|:-----------|----:|----------:|------------:|---------:|
        | stem.conv | conv2d | 224x224x3  | 112x112x32 |   1 |       864 |  10,838,016 |  26.33 % |
        | block1.dw | conv2d | 112x112x32 | 112x112x32 |   1 |       288 |   3,612,672 |   8.78 % |
        | block1.pw | conv2d | 112x112x32 | 112x112x64 |   1 |     2,048 |  25,690,112 |  62.41 % |
        | fc        | linear | 1x1x1024   | 1000       |     | 1,024,000 |   1,024,000 |   2.49 % |
        | total     |        |            |            |     | 1,027,200 |  41,164,800 | 100.00 % |

        - mult_adds: one per multiply-accumulate of convolutions and linear layers
        """
    )


def test_rows_of_markdown_add_up_to_its_totals() -> None:
    header, *rows, last = markdown_cells(render([mobilenet()], "markdown"))
    assert len(header) == 8
    assert len(rows) == 4
    assert sums(rows, 5, 6) == sums([last], 5, 6) == (PARAMS, MULT_ADDS)


@pytest.mark.parametrize("text", NASTY)
def test_markdown_shows_every_text_as_it_is(text: str) -> None:
    assert markdown_cells(render([table_of(text, text)], "markdown"))[1] == [visible(text).strip()] * 2 + ["1"]


@given(st.text("ab \\|*_`[]()<>&;$~#!-.1\n"))
def test_markdown_shows_any_mixture_as_it_is(text: str) -> None:
    # Spaces between words collapse on a page, and none of ours carries meaning.
    shown = markdown_cells(render([table_of(text, "x")], "markdown"))[1][0]
    assert shown.split() == visible(text).split()


def test_names_that_look_like_numbers_stay_as_they_are() -> None:
    for fmt in ("markdown", "latex"):
        assert " 1e5 " in render([table_of("1e5", "0010")], fmt)
        assert " 0010 " in render([table_of("1e5", "0010")], fmt)


def test_markdown_titles_and_notes_are_text_too() -> None:
    table = Table([Column("a|b", "a|b")], [], title=" *t* ", notes=["<b> | `x`\n"])
    assert render([table], "markdown") == dedent(
        r"""
        **\*t\***

        | a\|b   |
        |:-------|

        - \<b\> \| \`x\`\\n
        """
    ).lstrip("\n")
    assert render([Table([], [], title="t")], "markdown") == "**t**\n"


def latex_cells(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in re.split(r"(?<!\\)&", line.removesuffix(r"\\"))]
        for line in text.splitlines()
        if line.endswith(r"\\") and not line.startswith("%")
    ]


def test_latex() -> None:
    table = mobilenet()
    table.rows[1] = ("block_1 [dw]", *table.rows[1][1:])
    assert render([table], "latex") == dedent(
        r"""
        % \usepackage{booktabs}
        % MobileNet, α = 1
        \begin{tabular}{llllrrrr}
        \toprule
         layer           & op     & input      & output     &   n &    params &   mult-adds &     share \\
        \midrule
         stem.conv       & conv2d & 224x224x3  & 112x112x32 &   1 &       864 &  10,838,016 &  26.33 \% \\
         block\_1 {[}dw] & conv2d & 112x112x32 & 112x112x32 &   1 &       288 &   3,612,672 &   8.78 \% \\
         block1.pw       & conv2d & 112x112x32 & 112x112x64 &   1 &     2,048 &  25,690,112 &  62.41 \% \\
         fc              & linear & 1x1x1024   & 1000       &     & 1,024,000 &   1,024,000 &   2.49 \% \\
        \midrule
         total           &        &            &            &     & 1,027,200 &  41,164,800 & 100.00 \% \\
        \bottomrule
        \end{tabular}
        % mult_adds: one per multiply-accumulate of convolutions and linear layers
        """
    ).lstrip("\n")


def test_rows_of_latex_add_up_to_its_totals() -> None:
    header, *rows, last = latex_cells(render([mobilenet()], "latex"))
    assert len(header) == 8
    assert len(rows) == 4
    assert sums(rows, 5, 6) == sums([last], 5, 6) == (PARAMS, MULT_ADDS)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("α=0.5 ρ φ", r"$\alpha$=0.5 $\rho$ $\phi$"),
        ("3×3²·x – y…", r"3$\times$3$^{2}$$\cdot$x -- y\dots{}"),
        ("a_b & 5 % #{x}$^~\\", r"a\_b \& 5 \% \#\{x\}\$\textasciicircum{}\textasciitilde{}\textbackslash{}"),
        ("[2ex]*|<>", r"{[}2ex]{*}$|$$<$$>$"),
        ("卷é", "U+5377é"),
        ("5\u00a0%", r"5~\%"),
        ("\x1b\n", r"\textbackslash{}x1b\textbackslash{}n"),
    ],
)
def test_latex_texts(text: str, latex: str) -> None:
    assert latex_cells(render([table_of(text, "x")], "latex"))[1][0] == latex


@given(st.text(), st.text())
def test_no_text_adds_a_line_or_a_cell_to_latex(first: str, second: str) -> None:
    table = table_of(first, second)
    table.title, table.notes = first, [second]
    text = render([table], "latex")
    assert len(text.split("\n")) == 10 + bool(first)
    assert [len(row) for row in latex_cells(text)] == [3, 3]


def test_latex_without_rows_or_columns() -> None:
    assert render([Table([Column("a", "a"), Column("b", "b", "count")], [])], "latex").startswith(
        "% \\usepackage{booktabs}\n\\begin{tabular}{lr}\n"
    )
    rules = [r"\toprule", r" a   \\", r"\midrule", r"\bottomrule"]
    text = render([Table([Column("a", "a")], [])], "latex")
    assert text.splitlines()[2:-1] == rules
    assert render([Table([], [], title="t", notes=["n"])], "latex") == "% \\usepackage{booktabs}\n% t\n% n\n"


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_pdflatex_sets_every_text(tmp_path: Path) -> None:
    table = mobilenet()
    table.rows += [(text, *table.rows[0][1:]) for text in NASTY]
    table.rows += [(chr(code), *table.rows[0][1:]) for code in [*range(0x100), *range(0x391, 0x3F0)]]
    table.notes += NASTY
    start, end = r"\documentclass{article}\usepackage{booktabs}\begin{document}", r"\end{document}"
    document = f"{start}\n{render([table], 'latex')}\n{end}\n"
    (tmp_path / "table.tex").write_text(document, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "table.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in (tmp_path / "table.log").read_text(errors="replace")


def test_a_text_with_a_form_of_its_own() -> None:
    """Mathematics and citations in LaTeX, links in Markdown; text everywhere else."""
    formula = Typeset("D_K²·M", "$D_{K}^{2} \\, M$")
    cited = Typeset("He & al. [1]", r"\cite{he2016}", "https://example.org/a_(b)?c=<d>|e")
    table = Table([Column("f", "f", "formula"), Column("by", "by")], [(formula, cited)])
    assert r" $D_{K}^{2} \, M$ & \cite{he2016} \\" in render([table], "latex")
    assert r"| D_K²·M | [He \& al. \[1\]](<https://example.org/a_%28b%29?c=%3Cd%3E%7Ce>) |" in render(
        [table], "markdown"
    )
    assert "D_K²·M,He & al. [1]\n" in render([table], "csv")
    assert "D_K²·M  He & al. [1]\n" in render([table], "table")


def test_marks_are_part_of_the_table() -> None:
    """What a sign means is set below the rules, where notes are comments."""
    table = Table([Column("a", "a"), Column("p", "p", "figure")], [("x", "3.4†")], notes=["n"], marks=["† 5 % & more"])
    assert render([table], "latex").splitlines()[-5:] == [
        r" x   & 3.4$^{\dagger}$ \\",
        r"\bottomrule",
        r"\multicolumn{2}{l}{\makebox[0pt][l]{\footnotesize $^{\dagger}$ 5 \% \& more}} \\",
        r"\end{tabular}",
        "% n",
    ]
    assert render([table], "markdown").endswith("- † 5 % \\& more\n- n\n")
    assert render([table], "table").endswith("† 5 % & more\nn\n")


def test_a_long_text_is_set_in_lines() -> None:
    """Beside figures, which never are; mathematics stays as it is."""
    formula = Typeset("x" * 99, "$" + "x" * 99 + "$")
    columns = [Column("a", "a"), Column("f", "f", "formula"), Column("b", "b"), Column("p", "p", "count")]
    text = render([Table(columns, [("y " * 40, formula, "z " * 50, 1)])], "latex")
    assert r"\begin{tabular}{p{0.3\linewidth}lp{0.3\linewidth}r}" in text
    assert r"\begin{tabular}{lll}" in render([Table(columns[:3], [("y", formula, "z")])], "latex")
