"""``fit``: the points of networks that fit budgets, best first, and what comes nearest where none does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..conventions import Convention, load_convention
from ..errors import UsageError, nearest, quoted
from ..frames import data_frame
from ..memory import MemoryDefinition, load_definition
from ..memory.asked import FLASH, PEAK, MemoryAsked
from ..network import Network, load
from ..record import Record, fresh
from ..shown import Shown
from ..space.budgets import CostBudget, Kind, read_budget
from ..space.ranges import Values, listed
from .draws import BudgetDraws
from .judged import FitPoint, Judged, judge
from .measured import NetworkFigure, figures
from .printed import PrintedAccuracy, accuracies
from .searched import Over, Searched, classifiers, grid, of_network

ACCURACY = "top1"
IMAGENET = 1000
"""Its classes."""


class Fit(Shown, Record):
    """What fits: ``points``, best first, and of all points the one that comes nearest without fitting.

    ``edge`` are the points whose parameters can't be raised. ``tried`` counts the points, ``fit`` those that fit,
    ``invalid`` those that can't be built; ``met`` how many meet each budget by itself. ``left_out`` are networks with
    too many points for a search of all. ``reasoned`` counts points of large spaces that were searched by the parts that
    their costs are sums of: ``points`` has the best of these alone. ``accuracy`` has the printed accuracy of points, by
    their SPEC, and ``figures`` the titles and kinds of what was computed, by its id.
    """

    points: list[FitPoint]
    budgets: Sequence[CostBudget]
    tried: int
    fit: int
    invalid: int
    met: Sequence[int]
    nearest: FitPoint | None
    left_out: Sequence[str] = ()
    is_whole: bool = True
    reasoned: int = 0
    accuracy: Mapping[str, PrintedAccuracy | None] = fresh(default_factory=dict)
    figures: Mapping[str, tuple[str, Kind]] = fresh(default_factory=dict)

    def __repr__(self) -> str:
        budgets = ", ".join(budget.text for budget in self.budgets)
        best = f"; the best is {self.points[0].spec}" if self.points else ""
        return f"<Fit {budgets}: {self.fit:,} of {self.tried:,} points fit{best}>"

    def to_pandas(self) -> Any:
        """The points as a ``pandas.DataFrame``: network, parameters whose value isn't the default, figures, edge."""
        return data_frame([{"network": p.name, **p.at, **p.figures, "edge": p.is_edge} for p in self.points])

    @property
    def edge(self) -> list[FitPoint]:
        """The points whose parameters can't be raised."""
        return [point for point in self.points if point.is_edge]

    @property
    def bests(self) -> list[FitPoint]:
        """The first point of each spec file."""
        first: dict[str, FitPoint] = {}
        for point in self.points:
            first.setdefault(point.file, point)
        return list(first.values())

    @property
    def best(self) -> FitPoint | None:
        """The first of the points that fit; None where none does."""
        return self.points[0] if self.points else None


def fit(
    specs: str | Network | Iterable[str | Network] | None = None,
    /,
    *,
    max: Mapping[str, int | float | str],
    over: Mapping[str, Any] | None = None,
    prefer: str = "mult_adds",
    convention: str | Convention | None = None,
    accuracy: bool = False,
    memory: str | MemoryDefinition = "live",
    bits: int = 32,
    weight_bits: int | None = None,
    batch: int = 1,
) -> Fit:
    """The points of ``specs`` (names, files, networks; None: every shipped network for classification) within budgets.

    ``max``: the most of each figure, a number or a text with a unit ("300M"). ``over``: values of parameters (or None:
    its range), in place of those that the specs declare. ``prefer``: the figure or parameter whose largest comes first,
    or ``top1``. ``accuracy``: with the accuracies that papers print; ``convention``: what the figure ``counted`` is;
    ``memory``, ``bits``, ``weight_bits`` and ``batch``: of what ``peak_memory`` and ``weight_bytes`` are bytes.
    Raises :class:`UsageError` for what isn't there, and for a search without an end.
    """
    chosen = load_convention(convention) if isinstance(convention, str) else convention
    definition = load_definition(memory) if isinstance(memory, str) else memory
    asked_memory = MemoryAsked(definition, bits, weight_bits, batch) if {PEAK, FLASH} & {*max, prefer} else None
    kinds = {figure.id: figure.kind for figure in figures(chosen, asked_memory).values()}
    budgets = [_budget(column, most, kinds) for column, most in max.items()]
    asked = Over(tuple(over or ()), lambda network, name: _values(network, name, (over or {})[name]))
    if specs is None:
        searched, left_out = classifiers(asked)
    else:
        every = [specs] if isinstance(specs, str | Network) else list(specs)
        networks = [(load(s), s) if isinstance(s, str) else (s, s.name) for s in every]
        searched, left_out = [of_network(network, {}, asked, name) for network, name in networks], []
    known = figures(chosen, asked_memory)
    return search(searched, budgets, prefer, known, chosen, accuracy=accuracy, left_out=left_out)


def draws(
    spec: str | Network,
    /,
    *,
    max: Mapping[str, int | float | str],
    over: Mapping[str, Any] | None = None,
    seed: int | None = None,
    memory: str | MemoryDefinition = "live",
    bits: int = 32,
) -> BudgetDraws:
    """Points of a network within budgets, drawn uniformly: ``draws(spec, max={"mult_adds": "150M"}).one()``.

    Arguments are those of :func:`fit`; ``seed`` makes the draws the same ones again.
    """
    network = load(spec) if isinstance(spec, str) else spec
    definition = load_definition(memory) if isinstance(memory, str) else memory
    known = figures(None, MemoryAsked(definition, bits) if {PEAK, FLASH} & set(max) else None)
    budgets = [
        _budget(column, most, {figure.id: figure.kind for figure in known.values()}) for column, most in max.items()
    ]
    asked = Over(tuple(over or ()), lambda network, name: _values(network, name, (over or {})[name]))
    axes = of_network(network, {}, asked).axes
    return BudgetDraws(network, {axis.name: axis.values for axis in axes}, budgets, known, seed)


def _budget(column: str, most: int | float | str, kinds: Mapping[str, Kind]) -> CostBudget:
    if isinstance(most, str):
        return read_budget(f"{column}={most}", kinds)
    if column not in kinds:
        raise UsageError(f"there is no figure {quoted(column)}{nearest(column, kinds)}; there are {', '.join(kinds)}")
    from fractions import Fraction

    return CostBudget(column, most if isinstance(most, int) else Fraction(most), f"{column}={most}")


def _values(network: Network, name: str, values: Any) -> Values:
    if values is None:
        return grid(network, name)
    return values if isinstance(values, Values) else listed(name, list(values))


def search(
    searched: Sequence[Searched],
    budgets: Sequence[CostBudget],
    prefer: str,
    known: Mapping[str, NetworkFigure],
    convention: Convention | None,
    *,
    accuracy: bool,
    left_out: Sequence[str] = (),
    watched: Callable[[Sequence[Searched]], Iterable[Searched]] = iter,
) -> Fit:
    """:func:`fit` of what has been read: points, budgets.

    ``watched`` goes through the networks, and may tell how far it is.
    """
    if not budgets:
        raise UsageError("a budget is needed, such as mult_adds=300M")
    is_parameter = any(prefer in one.defaults for one in searched)
    if prefer not in known and prefer != ACCURACY and not is_parameter:
        every = [*known, ACCURACY]
        there = f"{nearest(prefer, every)}; there are {', '.join(every)}"
        raise UsageError(f"no figure and no parameter is called {quoted(prefer)}{there}")
    judged = Judged(budgets, met=[0] * len(budgets))
    seen: dict[str, set[Any]] = {}
    for one in watched(sorted(searched, key=lambda one: len(one.axes))):
        judge(one, list(known.values()), judged, seen.setdefault(one.file, set()), prefer, convention)
    by_name = {one.name: one for one in searched}
    printed: dict[str, PrintedAccuracy | None] = {}
    if accuracy or prefer == ACCURACY:
        printed = accuracies((point, by_name[point.name].open()) for point in judged.fitting)

    def best(point: FitPoint) -> Any:
        if prefer == ACCURACY:
            found = printed[point.spec]
            # An accuracy over other classes than ImageNet's is no better or worse.
            compares = found is not None and by_name[point.name].defaults.get("classes") == IMAGENET
            return (compares, found is not None, found.value if found else 0, point.figures["mult_adds"])
        if prefer in known:
            return (True, point.figures[prefer], point.figures["params"])
        value = point.at.get(prefer, by_name[point.name].defaults.get(prefer))
        is_number = isinstance(value, int | float)
        return (is_number, value if is_number else 0, point.figures["mult_adds"])

    judged.fitting.sort(key=best, reverse=True)
    titles = {figure.id: (figure.title, figure.kind) for figure in known.values()}
    return Fit(
        judged.fitting, budgets, judged.tried, judged.fit, judged.invalid, judged.met, judged.nearest, left_out,
        judged.is_whole, judged.reasoned, printed, titles,
    )  # fmt: skip
