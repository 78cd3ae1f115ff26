"""Points within budgets, drawn uniformly or as another sampler proposes them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from costcalc import load
from costcalc.errors import UsageError
from costcalc.fitting import draws, optuna_sampler, suggested

GRID: dict[str, list[Any]] = {"alpha": [0.25, 0.5, 0.75, 1.0], "res": [128, 160, 192, 224]}
MOST = 150_000_000


def _within() -> set[tuple[float, int]]:
    network = load("mobilenet_v1")
    return {(a, r) for a in GRID["alpha"] for r in GRID["res"] if network.cost(alpha=a, res=r).mult_adds <= MOST}


def test_every_point_within_is_as_likely() -> None:
    points = draws("mobilenet_v1", max={"mult_adds": MOST}, over=GRID, seed=0)
    drawn = Counter((p["alpha"], p["res"]) for p in (points.one() for _ in range(2000)))
    within = _within()
    assert set(drawn) == within
    assert len(within) == 9
    # 2,000 draws among 9: a standard deviation of 14 around 222
    assert all(abs(number - 222) < 70 for number in drawn.values())


def test_a_seed_gives_the_same_points() -> None:
    first, second = (draws("mobilenet_v1", max={"mult_adds": MOST}, over=GRID, seed=3) for _ in range(2))
    assert [first.one() for _ in range(20)] == [second.one() for _ in range(20)]


def test_nothing_within() -> None:
    with pytest.raises(UsageError, match="none is within the budgets"):
        draws("mobilenet_v1", max={"mult_adds": 1}, over=GRID).one()


def test_optuna_proposes_points_within_the_budgets_alone() -> None:
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    points = draws("mobilenet_v1", max={"mult_adds": MOST}, over=GRID, seed=1)
    study = optuna.create_study(sampler=optuna_sampler(points))

    def objective(trial: Any) -> float:
        at = suggested(trial, points)
        assert 0 <= trial.suggest_float("learning_rate", 0.0, 1.0) <= 1
        return float(load("mobilenet_v1").cost(at).params)

    study.optimize(objective, n_trials=60)
    seen = {(trial.params["alpha"], trial.params["res"]) for trial in study.trials}
    assert seen <= _within()
    assert len(seen) > 7
    assert all(trial.state.name == "COMPLETE" for trial in study.trials)


def test_another_sampler_chooses_among_the_points_within() -> None:
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    points = draws("mobilenet_v1", max={"mult_adds": MOST}, over=GRID, seed=1)
    base = optuna.samplers.TPESampler(seed=0, n_startup_trials=10)
    study = optuna.create_study(sampler=optuna_sampler(points, base), direction="maximize")
    study.optimize(lambda trial: float(suggested(trial, points)["alpha"]), n_trials=60)
    at = [(trial.params["alpha"], trial.params["res"]) for trial in study.trials]
    assert set(at) <= _within()
    most = max(alpha for alpha, _ in _within())
    share = sum(alpha == most for alpha, _ in _within()) / len(_within())
    assert sum(alpha == most for alpha, _ in at[20:]) > 1.4 * share * 40  # it learns, as it does without budgets
