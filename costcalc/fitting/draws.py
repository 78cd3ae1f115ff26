"""Points within budgets, drawn uniformly or as somebody proposes them; and a sampler of Optuna that gives those."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import CostcalcError, UsageError
from ..network import Network
from ..space.budgets import CostBudget
from .measured import NetworkFigure

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler
    from optuna.study import Study
    from optuna.trial import FrozenTrial, Trial

MOST_TRIED = 200_000
"""Points that are drawn for one within the budgets."""
REDRAWN = 20
"""How often some parameters of a proposal are drawn anew, before one more of them is."""


class BudgetDraws:
    """Points of ``network`` over ``values`` within ``budgets``, each as likely as any other, whatever they are.

    Points are drawn from all combinations of the values, and one that isn't within is drawn again: so those within keep
    their chances. Raises :class:`UsageError` where hardly any point is within.
    """

    def __init__(
        self,
        network: Network,
        values: Mapping[str, Sequence[Any]],
        budgets: Sequence[CostBudget],
        figures: Mapping[str, NetworkFigure],
        seed: int | None = None,
    ) -> None:
        self.network = network
        self.values = {name: list(of) for name, of in values.items()}
        self._budgets = budgets
        self._figures = [figures[budget.column] for budget in budgets]
        self._random = random.Random(seed)
        self._known: dict[tuple[Any, ...], bool] = {}

    def reseed(self) -> None:
        """Draw other points than those that the seed gives."""
        self._random.seed()

    def is_within(self, point: Mapping[str, Any]) -> bool:
        """Whether a point can be built, and all its figures are within the budgets."""
        key = tuple(point[name] for name in self.values)
        if key not in self._known:
            self._known[key] = self._count(point)
        return self._known[key]

    def _count(self, point: Mapping[str, Any]) -> bool:
        try:
            cost = self.network.cost(point)
            figures = [figure.of(self.network, point, cost) for figure in self._figures]
        except CostcalcError:
            return False
        return all(budget.holds(figure) for budget, figure in zip(self._budgets, figures, strict=True))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while True:
            yield self.one()

    def one(self) -> dict[str, Any]:
        """A point within the budgets."""
        for _ in range(MOST_TRIED):
            point = {name: self._random.choice(of) for name, of in self.values.items()}
            if self.is_within(point):
                return point
        raise UsageError(f"of {MOST_TRIED:,} points that were drawn none is within the budgets")

    def near(self, proposed: Mapping[str, Any]) -> dict[str, Any]:
        """``proposed`` if it is within the budgets, else with as few of its values as possible drawn anew.

        To ask for another proposal would not do: a sampler that has learned proposes the same point again.
        """
        names = list(self.values)
        self._random.shuffle(names)
        if self.is_within(proposed):
            return dict(proposed)
        for count in range(1, len(names)):
            for _ in range(REDRAWN):
                self._random.shuffle(names)
                drawn = {name: self._random.choice(self.values[name]) for name in names[:count]}
                if self.is_within({**proposed, **drawn}):
                    return {**proposed, **drawn}
        return self.one()


def optuna_sampler(draws: BudgetDraws, base: BaseSampler | None = None) -> BaseSampler:
    """A sampler whose trials are points within the budgets: uniform ones, or what ``base`` proposes of these.

    What ``base`` proposes beyond the budgets is changed as little as possible (:meth:`BudgetDraws.near`).
    ``suggested(trial, draws)`` reads the point of a trial. Raises :class:`UsageError` without Optuna.
    """
    try:
        from optuna.distributions import CategoricalDistribution
        from optuna.samplers import BaseSampler, RandomSampler
    except ImportError:
        raise UsageError("a sampler needs Optuna: pip install 'costcalc[optuna]'") from None
    space: dict[str, BaseDistribution] = {name: CategoricalDistribution(of) for name, of in draws.values.items()}

    class _Sampler(BaseSampler):  # type: ignore[misc]
        """Gives each trial its point at once."""

        def infer_relative_search_space(self, study: Study, trial: FrozenTrial) -> dict[str, BaseDistribution]:
            return space

        def sample_relative(
            self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
        ) -> dict[str, Any]:
            if base is None:
                return draws.one()

            own = base.infer_relative_search_space(study, trial)
            wanted = {name: of for name, of in own.items() if name in space}
            found = base.sample_relative(study, trial, wanted) if wanted else {}
            return draws.near(
                {n: found[n] if n in found else base.sample_independent(study, trial, n, of) for n, of in space.items()}
            )

        def sample_independent(
            self, study: Study, trial: FrozenTrial, param_name: str, param_distribution: BaseDistribution
        ) -> Any:
            """What isn't the network's: as ``base`` draws it, or at random."""
            return (base or RandomSampler()).sample_independent(study, trial, param_name, param_distribution)

        def reseed_rng(self) -> None:
            draws.reseed()
            if base is not None:
                base.reseed_rng()

        def before_trial(self, study: Study, trial: FrozenTrial) -> None:
            if base is not None:
                base.before_trial(study, trial)

        def after_trial(self, study: Study, trial: FrozenTrial, state: Any, values: Sequence[float] | None) -> None:
            if base is not None:
                base.after_trial(study, trial, state, values)

    return _Sampler()


def suggested(trial: Trial, draws: BudgetDraws) -> dict[str, Any]:
    """The point of a trial, by the names of the network's parameters."""
    return {name: trial.suggest_categorical(name, of) for name, of in draws.values.items()}
