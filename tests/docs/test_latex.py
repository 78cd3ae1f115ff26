"""Everything that costcalc writes as LaTeX, in one document that pdflatex sets."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ..cli.running import run

needs_pdflatex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex, from Debian's packages")

COMMANDS = [
    "show mobilenet_v1 --by block --columns name,output,params,mult_adds,share",
    "show mobilenet_v2 --by stage --memory --bits 8",
    "show standard --convention thop",
    "compare standard vs separable",
    "compare standard vs separable --by formula",
    "compare mobilenet_v1 vs mobilenet_v2 --by kind",
    "compare mobilenet_v1 vs mobilenet_v1:alpha=0.5 --by layer",
    "formula separable",
    "formula mobilenet_v2",
    "formula mobilenet_v1 --by stage",
    "formula mobilenet_v1 --convention thop",
    "formula efficientnet --by stage",
    "table mobilenet_v2 mobilenet_v2:alpha=1.4 resnet_50 --columns title,year,res,params,mult_adds",
    "table mobilenet_v1 mobilenet_v2 --memory --bits 8 --convention thop",
    "table mobilenet_v1:alpha=0.5 mobilenet_v2 mobilenet_v2:alpha=1.4 shufflenet_v2 vit_b_16 yolov8n --as paper",
    "fit mobilenet_v1 mobilenet_v2 --max mult_adds=300M",
    "explain mobilenet_v2 stage6.2.expand",
    "explain kind conv2d",
    "reconcile mobilenet_v1",
    "reconcile mobilenet_v1 --between fvcore thop",
    "sweep mobilenet_v1 --alpha 1,0.75,0.5,0.25 --res 224,192,160,128 --grid mult_adds",
    "scale efficientnet --phi 0:2:1",
    "list mobilenet_v2 --columns name,params,mult_adds",
    "check mobilenet_v1",
    "check docs/examples/costs.yaml",
    "explain mobilenet_v2 stage2.1.dw",
    "explain separable dw",
    "roofline mobilenet_v1 --device t4",
    "algorithms vgg_16",
]
PREAMBLE = r"""\documentclass[a4paper]{article}
\usepackage[margin=12mm,landscape]{geometry}
\usepackage{amsmath,booktabs}
\usepackage[T1]{fontenc}
\parindent0pt
\begin{document}
\footnotesize
"""


def written(command: str) -> str:
    result = run(*command.split(), "--format", "latex")
    assert result.exit_code in (0, 1), result.output
    return result.stdout


def pdf(folder: Path, body: str) -> str:
    """The log of pdflatex, which made ``folder/all.pdf``."""
    (folder / "all.tex").write_text(f"{PREAMBLE}{body}\n\\end{{document}}\n", encoding="utf-8")
    ran(folder, "pdflatex", "-halt-on-error", "-interaction=nonstopmode", "all.tex")
    return (folder / "all.log").read_text(errors="replace")


def ran(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def document(folder: Path) -> str:
    """All commands' output with the references, set three times as a bibliography needs; the last log."""
    parts = [rf"\section*{{\texttt{{\detokenize{{{command}}}}}}}" + "\n" + written(command) for command in COMMANDS]
    (folder / "costcalc.bib").write_text(run("cite").stdout, encoding="ascii")
    body = "\n".join([*parts, r"\nocite{*}\bibliographystyle{plain}\bibliography{costcalc}"])
    pdf(folder, body)
    said = ran(folder, "bibtex", "all")
    assert "Warning" not in said, said
    pdf(folder, body)
    return pdf(folder, body)


@needs_pdflatex
def test_pdflatex_sets_what_every_command_writes(tmp_path: Path) -> None:
    log = document(tmp_path)
    assert "Missing character" not in log
    assert "undefined" not in log


@needs_pdflatex
def test_what_isnt_latex_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"Missing|Emergency|error"):
        pdf(tmp_path, written("compare standard vs separable --by formula").replace("$", "", 1))


@pytest.mark.parametrize("command", ["compare standard vs separable --by formula", "formula separable --by layer"])
def test_formulas_are_mathematics(command: str) -> None:
    """No power or index outside of it."""
    text = "\n".join(line for line in written(command).splitlines() if not line.startswith("%"))
    outside = re.sub(r"\$[^$]+\$|\\begin\{align\*\}.*\\end\{align\*\}", "", text, flags=re.DOTALL)
    assert "D_{K}^{2}" in text
    assert not re.search(r"\^|_|D", outside), outside
