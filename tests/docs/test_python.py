"""docs/python.md has every public name, and the cells of the notebook run, in order, in one process.

They are run as plain Python: a kernel would be three packages more and several seconds, and would find nothing else,
since no cell has anything but Python. So whoever opens the notebook sees what is computed here.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

import costcalc

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "docs" / "from_table_to_choice.ipynb"
sys.path.insert(0, str(ROOT / "tools"))

import api  # noqa: E402

PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")


def classes() -> list[str]:
    return [name for name in costcalc.__all__ if inspect.isclass(getattr(costcalc, name))]


def test_the_page_has_every_public_name() -> None:
    for name in costcalc.__all__:
        assert name == "__version__" or f"\n### {api.title_of(name)}\n" in PAGE, name
    for name in classes():
        for member in api.members(name):
            assert f"**{member}**" in PAGE or f".{member}(" in PAGE or member == "__getitem__", f"{name}.{member}"


@pytest.mark.parametrize("name", classes())
def test_every_public_member_is_documented(name: str) -> None:
    for member, thing in api.members(name).items():
        assert len(inspect.getdoc(thing) or "") > 10, member


def test_what_is_left_out_is_there() -> None:
    for name, inner in api.INNER.items():
        for member in inner:
            assert hasattr(getattr(costcalc, name), member), f"{name}.{member}"
            assert f"**{member}**" not in PAGE.split(f"### {name}\n")[1].split("\n### ")[0]


def test_links_lead_to_headings_and_files() -> None:
    headings = {
        re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    }
    for anchor in re.findall(r"\]\(#([\w-]+)\)", PAGE):
        assert anchor in headings
    for file in re.findall(r"\]\(([\w/]+\.(?:md|ipynb))\)", PAGE):
        assert (ROOT / "docs" / file).exists()


def test_a_docstring_becomes_markdown() -> None:
    assert api.markdown("``a`` :class:`Cost` :meth:`~costcalc.cost.Cost.by` :func:`load`") == (
        "`a` [`Cost`](#cost) `by` [`load`](#costcalcload)"
    )


# -- the notebook


def cells() -> list[str]:
    return ["".join(cell["source"]) for cell in notebook()["cells"] if cell["cell_type"] == "code"]


def notebook() -> Any:
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))


def test_the_notebook_is_without_outputs_and_small() -> None:
    found = notebook()
    assert (found["nbformat"], found["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in found["cells"]}) == len(found["cells"])
    for cell in found["cells"]:
        assert cell["cell_type"] in ("code", "markdown")
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
    assert NOTEBOOK.stat().st_size < 20_000


def run(sources: list[str]) -> list[Any]:
    """What each cell shows: the value of its last expression."""
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for k, source in enumerate(sources):
        tree = ast.parse(source, f"cell {k}")
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"cell {k}", "exec"), names)
        value = (
            eval(compile(ast.Expression(last.value), f"cell {k}", "eval"), names)
            if isinstance(last, ast.Expr)
            else None
        )
        shown.append(value)
    return shown


def test_the_cells_run_and_show_what_the_text_says() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    shown = run(cells())
    assert sum(value is not None for value in shown) >= 12
    for value in shown:
        text = getattr(value, "_repr_html_", lambda: "")()
        assert value is None or text is None or isinstance(text, str)
    checked = next(value for value in shown if isinstance(value, costcalc.CheckedTable))
    verdicts = {(v.row.network, v.figure.measure, bool(v.row.at)): v for v in checked}
    assert "batch norm" in verdicts["mobilenet_v2", "params", False].words
    assert verdicts["mobilenet_v2", "params", True].verdict == "misprint"
    assert f"{verdicts['mobilenet_v2', 'params', True].computed / 1e6:.1f}" == "6.1"
    kinds = next(v for v in shown if getattr(v, "index", None) is not None and "conv 1x1" in getattr(v, "index", ()))
    assert round(kinds.loc["conv 1x1", "mult_adds"] / 10) == 9
    assert 33 < kinds.loc["fc", "params"] < 40
    found = next(value for value in shown if isinstance(value, costcalc.Fit))
    assert found.best.name == "shufflenet_v2"


def test_a_cell_that_fails_would_be_noticed() -> None:
    with pytest.raises(KeyError):
        run(["import costcalc", "costcalc.load('mobilenet_v2').cost()['nope']"])
