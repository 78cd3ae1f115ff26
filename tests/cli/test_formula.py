"""``formula``: its formats and options, 80 columns, bad input."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from costcalc import load
from costcalc.symbolic import closed_form
from costcalc.symbolic.notation import Unicode

from .running import TINY, TINY_MULT_ADDS, TINY_PARAMS, process, shown

NBSP = "\N{NO-BREAK SPACE}"


def formula(*args: str, **options: Any) -> str:
    return shown("formula", *args, **options)


def cells(text: str) -> dict[str, str]:
    """The totals by their name, of a table as wide as it likes."""
    lines = [re.split(" {2,}", line.replace(NBSP, " ")) for line in text.splitlines()]
    return {line[0]: line[1] for line in lines if line[0].startswith(("params", "mult-adds")) and len(line) == 2}


# -- what is printed


def test_the_totals() -> None:
    assert formula("mobilenet_v1", columns=80).replace(NBSP, " ") == (
        "mobilenet_v1 (MobileNet): classes=1000\n"
        "           in α, ρ = res/224\n"
        "──────────────────────────────────────────────────────────\n"
        "params     3,139,584 α² + 1,091,392 α + 1,000\n"
        "mult-adds  539,492,352 α²ρ² + 28,224,000 αρ² + 1,024,000 α\n"
        "Rounding is dropped: floor, ⌈ ⌉ and ⌊ ⌋ of sizes. Equal to the exact counts at\n"
        "all of 16 declared points.\n"
        "α from 0.25 to 1.0, its declared values: beyond, a max or min takes its other\n"
        "side.\n"
    )


def test_a_layer() -> None:
    text = formula("separable", "--wrt", "DK,M,N,DF")
    assert text.startswith("separable (Depthwise separable convolution): alpha=1.0, rho=1.0\n")
    assert "in D_K = DK, M, N, D_F = DF\n" in text
    assert cells(text) == {"params": "D_K²·M + M·N", "mult-adds": "D_K²·M·D_F² + M·N·D_F²"}


def test_the_error_is_told(tmp_path: Path) -> None:
    """74 ⌊10 α⌋ params: 2.9 · 74 for 2 · 74 at α = 0.29."""
    path = tmp_path / "own.yaml"
    parameters = (
        "{alpha: {default: 1.0, range: 0.1..9, values: [1, 0.29]}, res: {default: 8, range: 4..8, values: [8]}}"
    )
    path.write_text(
        f"network: own\nparameters: {parameters}\ninput: res x res x 8\nlayers:\n  a: conv(3x3, floor(10*alpha))\n"
    )
    error = (
        "Largest relative error over 2 declared points: params 45.00 % (alpha=0.29), mult-adds 45.00 % (alpha=0.29).\n"
    )
    assert formula(str(path), "--wrt", "alpha").endswith(f"\nRounding is dropped: floor. {error}")
    assert "Rounding is dropped: floor, ⌈ ⌉ and ⌊ ⌋ of sizes. Largest" in formula(str(path))
    assert "Rounding" not in formula(str(path), "--exact")
    assert formula("standard", "--wrt", "M").endswith("\nExact, as at 6 declared points.\n")


def test_exact() -> None:
    text = formula("mobilenet_v2", "--wrt", "alpha", "--exact", "--divisor", "4")
    assert "[32 α]₄" in text.replace(NBSP, " ")
    assert "[x]₄ is x to the nearest multiple of 4, at least 4, never below 0.9 x.\n" in text
    assert "₈" not in text
    assert "⌈res/32⌉²" in formula("mobilenet_v2", "--exact")


def test_values_and_symbols(tiny: str) -> None:
    """What has a value is no symbol, unless it is asked for."""
    first = "tiny (A tiny network): alpha=0.5, kind=relu, deep=no, classes=10\n"
    assert formula(tiny, "--alpha", "0.5").startswith(first)
    assert "in α\n" in formula(tiny, "--res", "16")
    assert "in α\n" in formula(tiny, "--rho", "2")
    assert "in classes\n" in formula(tiny, "--wrt", " classes,", "--set", "deep=yes")
    assert cells(formula(tiny, "--alpha", "1", "--res", "8")) == {
        "params": f"{TINY_PARAMS:,}",
        "mult-adds": f"{TINY_MULT_ADDS:,}",
    }


def test_variants(tiny: str) -> None:
    wide = formula(tiny, "--variant", "tiny_wide", "--wrt", "classes")
    assert wide.startswith("tiny_wide (A tiny network): alpha=2, res=8, kind=relu, deep=yes\n")
    assert formula("densenet", "--variant", "densenet_121") == formula("densenet_121")


def test_stdin() -> None:
    assert formula("-", stdin=TINY) == formula("-", stdin=TINY.encode())
    assert json.loads(formula("-", "--format", "json", stdin=TINY))["spec"] == "tiny"


# -- formats


@pytest.mark.parametrize("by", ["layer", "primitive", "block", "stage", "op", "kind"])
def test_rows(tiny: str, by: Any) -> None:
    rows = load(tiny).cost().by(by)
    found = json.loads(formula(tiny, "--by", by, "--format", "json"))
    assert (found["by"], [r["name"] for r in found["rows"]]) == (by, [r.name for r in rows])
    text = formula(tiny, "--by", by)
    below = text.split(f"\n{by} ", 1)[1]
    assert all(re.search(rf"^{re.escape(r.name)} ", below, re.MULTILINE) for r in rows)


def test_json(tiny: str) -> None:
    found = json.loads(formula(tiny, "--wrt", "alpha,rho", "--format", "json"))
    head = ["format", "spec", "exact", "convention", "unit", "symbols", "parameters"]
    assert list(found) == [*head, "totals", "dropped", "assumptions", "relative_error"]
    assert (found["convention"], found["unit"]) == ("mult_adds", "mult-adds")
    assert found["symbols"][1] == {"symbol": "rho", "parameter": "rho", "means": "res/8", "value": 1}
    assert found["parameters"] == {"kind": "relu", "deep": False, "classes": 10}
    assert found["dropped"] == ["floor", "sizes"]
    assert found["totals"]["params"]["terms"][0] == {"coefficient": 192, "factors": {"alpha": 2}}
    assert found["relative_error"]["points"] == 10


def test_python(tiny: str) -> None:
    namespace: dict[str, Any] = {}
    exec(formula(tiny, "--wrt", "alpha,res", "--exact", "--format", "python"), namespace)
    cost = load(tiny).cost(alpha=0.7, res=13)
    assert namespace["tiny"](0.7, 13) == (cost.params, cost.mult_adds)


def test_latex() -> None:
    assert formula("standard", "--wrt", "DK,M,N,DF", "--format", "latex") == (
        "% \\usepackage{amsmath}\n"
        "% Params and mult-adds of standard in closed form (smooth), as costcalc derives them.\n"
        "% D_K = DK, M, N, D_F = DF\n"
        "\\begin{align*}\n"
        r"\text{params} &= D_{K}^{2} \, M \, N \\" + "\n"
        r"\text{mult-adds} &= D_{K}^{2} \, M \, N \, D_{F}^{2}" + "\n"
        "\\end{align*}\n"
    )


@pytest.mark.parametrize("fmt", ["unicode", "latex", "python", "json"])
def test_to_a_file(tiny: str, tmp_path: Path, fmt: str) -> None:
    path = tmp_path / "out.txt"
    assert formula(tiny, "--format", fmt, "-o", str(path)) == ""
    assert path.read_text(encoding="utf-8") == formula(tiny, "--format", fmt, columns=10_000)


# -- where it is printed


@pytest.mark.parametrize("args", [[], ["--exact"], ["--by", "stage"]])
@pytest.mark.parametrize("name", ["mobilenet_v2", "efficientdet_d0", "sandglass", "shufflenet_v2"])
def test_80_columns_and_nothing_cut(name: str, args: list[str]) -> None:
    text = formula(name, *args, columns=80)
    assert max(map(len, text.splitlines())) <= 80
    form = closed_form(load(name), exact="--exact" in args, by="stage" if "--by" in args else None, measured=False)
    every = [e for row in (form.total, *form.rows) for e in (row.params, row.work)]
    assert all(part in text for e in every for part in Unicode(form.symbols).parts(e))
    assert "…" not in text


def test_piped_and_plain(tiny: str) -> None:
    plain = process("formula", tiny)
    assert (plain.returncode, plain.stderr) == (0, b"")
    assert b"\x1b" not in plain.stdout
    assert "α²ρ²" in plain.stdout.decode()
    for env in ({"NO_COLOR": "1", "TERM": "xterm"}, {"LANG": "C"}):
        done = process("formula", tiny, env=env)
        assert (done.returncode, done.stdout, done.stderr) == (0, plain.stdout, b"")
    ascii_only = process("formula", tiny, env={"PYTHONIOENCODING": "ascii"})
    assert (ascii_only.returncode, b"Traceback" in ascii_only.stderr) == (0, False)
