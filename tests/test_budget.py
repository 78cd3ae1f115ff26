"""Whatever a spec makes the program do has one bound: values times layers, variants, printed terms."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from costcalc import budget
from costcalc.budget import Budget
from costcalc.errors import UsageError

from .cli.running import refused, run, shown

HEAD = "network: net\ninput: 8 x 8 x 4\nlayers:\n  a: 300 * conv(3x3, round(8*alpha) + i)\n"
ALPHA = "parameters:\n  alpha: {{default: 1.0, range: 0.5..100, values: [{}]}}\n"
VALUES = HEAD + ALPHA.format(", ".join(f"{1 + k / 1000}" for k in range(200)))
VARIANTS = f"{HEAD}parameters: {{alpha: 1}}\nvariants: |\n  name | alpha\n" + "".join(
    f"  v{k} | {k}\n" for k in range(2, 200)
)
POWER = (
    "network: net\nparameters: {a: 1.0, b: 1.0, c: 1.0}\ninput: 8 x 8 x 4\nlayers:\n  x: conv(1x1, (a + b + c)**50)\n"
)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that small specs reach too."""
    monkeypatch.setattr(Budget.__init__, "__defaults__", (500_000,))


def spec(folder: Path, text: str) -> str:
    path = folder / "net.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_budget_is_spent_once() -> None:
    found = Budget("ten points", "take fewer", 100)
    found.spend(60)
    found.spend(40)
    with pytest.raises(UsageError, match=r"^ten points take more than 100 steps of evaluation; take fewer$"):
        found.spend(1)


@pytest.mark.parametrize(
    ("text", "command", "told"),
    [
        (
            VALUES,
            ("formula",),
            "the 200 points that net declares take more than 500,000 steps of",
        ),
        (POWER, ("formula", "--wrt", "a,b,c"), "the closed form has 1,326 terms; at most 1,000"),
        (VALUES, ("reconcile", "--explain", "7.7G"), "the variants and values of net take more than 500,000 steps"),
    ],
    ids=["values", "terms", "causes"],
)
def test_a_spec_makes_the_program_work_for_minutes(
    tmp_path: Path, text: str, command: tuple[str, ...], told: str
) -> None:
    begun = time.process_time()
    assert told in refused(command[0], spec(tmp_path, text), *command[1:])
    assert time.process_time() - begun < 20


def test_variants_make_lint_work_for_minutes(tmp_path: Path) -> None:
    path = spec(tmp_path, VARIANTS)
    found = run("lint", path)
    assert found.exit_code == 1
    (line,) = found.stdout.splitlines()
    assert "the 198 variants take more than 500,000 steps of evaluation; the rest isn't built" in line


def test_checking_variants_is_one_evaluation(tmp_path: Path) -> None:
    """Each of them may need lets that take long."""
    lets = "let:\n" + "".join(f"  f{k}(x): f{k + 1}(x) + f{k + 1}(x)\n" for k in range(9)) + "  f9(x): x\n"
    body = VARIANTS.replace("alpha: 1}", "alpha: 1, n: f0(alpha)}").replace("parameters", f"{lets}parameters")
    body = body.replace("n: f0(alpha)", "n: 3") + "require:\n  f0(alpha) > 0: it is slow\n"
    problem = refused("show", spec(tmp_path, body))
    assert "more than 1,000,000 characters of the spec are evaluated" in problem


def test_the_bound_is_far_from_what_the_shipped_networks_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Budget.__init__, "__defaults__", (budget.MAX_STEPS // 10,))
    assert "Largest relative error" in shown("formula", "mobilenet_v2")
