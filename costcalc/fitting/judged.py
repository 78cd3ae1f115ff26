"""Points against budgets: which fit, which of these can't be raised any further, and what comes nearest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

from ..arithmetic import is_array
from ..conventions import Convention
from ..errors import CostcalcError, UsageError
from ..record import Record, fresh
from ..shown import figure
from ..space.budgets import CostBudget
from ..space.points import BLOCK, Product, values_at
from .measured import Evaluated, Evaluator, NetworkFigure
from .searched import Searched
from .stages import by_parts

MOST_KEPT = 100_000
"""Points of one network that are kept of those that fit; where more fit, those alone that can't be raised."""
MOST = 100_000_000
"""Points of one network that are tried one by one."""
BY_PARTS = 1_000_000
"""Points from which on a network is searched by its parts, where its costs are sums of those."""


class FitPoint(Record):
    """A network at a point. ``at``: the parameters whose value isn't the default.

    ``is_edge``: it fits, and no parameter can be raised to its next value within the budgets.
    """

    name: str
    file: str
    at: Mapping[str, Any]
    figures: Mapping[str, Any]
    is_edge: bool = False

    def __repr__(self) -> str:
        return f"<FitPoint {self.spec}: {', '.join(f'{id} {figure(value)}' for id, value in self.figures.items())}>"

    @property
    def point(self) -> str:
        """The point as a SPEC has it behind a colon."""
        return ",".join(f"{name}={_text(value)}" for name, value in self.at.items())

    @property
    def spec(self) -> str:
        """What ``show`` takes for it."""
        return f"{self.name}:{self.point}" if self.at else self.name


def _text(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


class Judged(Record):
    """What came of a search. ``met``: how many points meet each budget by itself, in their order.

    ``nearest``: of the points that don't fit the one whose worst figure is the least times its budget, ``excess``.
    ``is_whole``: whether ``fitting`` has all points that fit. ``reasoned``: points of spaces that were searched by the
    parts that their costs are sums of, of which ``fitting`` has the best.
    """

    budgets: Sequence[CostBudget]
    tried: int = 0
    invalid: int = 0
    fit: int = 0
    fitting: list[FitPoint] = fresh(default_factory=list)
    nearest: FitPoint | None = None
    excess: float = 0.0
    met: list[int] = fresh(default_factory=list)
    is_whole: bool = True
    reasoned: int = 0


def judge(
    one: Searched,
    wanted: Sequence[NetworkFigure],
    judged: Judged,
    seen: set[Any],
    prefer: str,
    convention: Convention | None,
) -> None:
    """Note in ``judged`` what comes of the points of ``one``; ``seen``: the points of its file that are known by now.

    Raises :class:`UsageError` for more points than can be tried.
    """
    if one.count > BY_PARTS and _judged_by_parts(one, wanted, judged, prefer, convention):
        return
    if one.count > MOST:
        raise UsageError(f"{one.name} has {one.count:,} points; {MOST:,} can be tried: give some parameters one value")
    points, fits, found = Product(one.axes), bytearray(one.count), list[tuple[int, FitPoint]]()
    evaluator: Evaluator | None = None
    for start in range(0, one.count, BLOCK):
        rows = values_at(points, start, min(one.count, start + BLOCK))
        if _is_known(one, wanted):
            evaluated = Evaluated(1, {figure.id: [(one.known or {})[figure.id]] for figure in wanted}, [True])
        else:
            evaluator = evaluator or Evaluator(one.open(), one.given, wanted, one.count, convention)
            evaluated = evaluator.at(rows)
        new = _new(one, rows, evaluated.count, seen)
        for k in _noted(one, rows, evaluated, new, judged):
            fits[start + k] = 1
            if new[k] and judged.fit <= MOST_KEPT:
                found.append((start + k, _fit_point(one, rows, evaluated, k)))
    edge = set(_edge(fits, [axis.values.size for axis in one.axes]))
    judged.is_whole = judged.is_whole and judged.fit <= MOST_KEPT
    if judged.is_whole:
        for number, candidate in found:
            candidate.is_edge = number in edge
        judged.fitting += [candidate for _, candidate in found]
        return
    assert evaluator is not None
    for number in sorted(edge)[:MOST_KEPT]:
        rows = values_at(points, number, number + 1)
        judged.fitting.append(_fit_point(one, rows, evaluator.at(rows), 0, is_edge=True))


def _is_known(one: Searched, wanted: Sequence[NetworkFigure]) -> bool:
    """Whether the index has the figures of the only point."""
    return one.count == 1 and one.known is not None and all(figure.id in one.known for figure in wanted)


def _judged_by_parts(
    one: Searched, wanted: Sequence[NetworkFigure], judged: Judged, prefer: str, convention: Convention | None
) -> bool:
    """The best points of a space whose costs are sums of parts; False for another."""
    counted = [figure.id for figure in wanted if figure.is_counted]
    if any(budget.column not in counted for budget in judged.budgets):
        return False
    figure = prefer if prefer in counted else "mult_adds"
    most = {budget.column: budget.most for budget in judged.budgets}
    found = by_parts(one.open(), one.given, {a.name: list(a.values) for a in one.axes}, most, figure, convention)
    if found is None:
        return False
    judged.reasoned += one.count
    evaluator = Evaluator(one.open(), one.given, wanted, 1, convention)
    for choice in found:
        rows = {name: [value] for name, value in choice.at.items()}
        evaluated = evaluator.at(rows)
        if any(evaluated.columns[column][0] != value for column, value in choice.sums.items()):
            raise AssertionError(f"{one.name}: the parts of its costs don't add up at {choice.at}")
        point = _fit_point(one, rows, evaluated, 0, is_edge=choice.fits)
        if choice.fits:
            judged.fit += 1
            judged.fitting.append(point)
            continue
        excess = max(_ratio(evaluated.columns[budget.column][0], budget) for budget in judged.budgets)
        if judged.nearest is None or excess < judged.excess:
            judged.nearest, judged.excess = point, excess
    return True


def _fit_point(
    one: Searched, rows: Mapping[str, Sequence[Any]], evaluated: Evaluated, k: int, *, is_edge: bool = False
) -> FitPoint:
    values = {**one.given, **{name: column[k] for name, column in rows.items()}}
    at = {name: value for name, value in values.items() if name in one.given or value != one.defaults[name]}
    figures = {id: _plain(column[k]) for id, column in evaluated.columns.items()}
    return FitPoint(one.name, one.file, at, figures, is_edge)


def _plain(x: Any) -> Any:
    return x.item() if is_array(x) else x


def _new(one: Searched, rows: Mapping[str, Sequence[Any]], count: int, seen: set[Any]) -> Sequence[bool]:
    """Which points aren't another variant's at its own values; of a large space, which has none, all."""
    if one.count > BLOCK:
        return (True,) * count
    if one.count == 1 and one.known is not None:
        every = [one.defaults]
    else:
        network = one.open()
        every = []
        for k in range(count):
            values = {**one.given, **{name: column[k] for name, column in rows.items()}}
            try:
                every.append(network.program.point(values, network.variant).values)
            except CostcalcError:
                every.append(values)
    new = []
    for point in every:
        key = tuple((name, str(value)) for name, value in point.items())
        new.append(key not in seen)
        seen.add(key)
    return new


def _noted(
    one: Searched, rows: Mapping[str, Sequence[Any]], evaluated: Evaluated, new: Sequence[bool], judged: Judged
) -> Iterable[int]:
    """Count what meets which budget, keep what comes nearest; gives the numbers of the points that fit."""
    columns = [(budget, evaluated.columns[budget.column]) for budget in judged.budgets]
    valid = [k for k in range(evaluated.count) if evaluated.valid[k]]
    judged.tried += sum(new)
    judged.invalid += sum(new) - sum(new[k] for k in valid)
    fitting = []
    for k in valid:
        met = [bool(budget.holds(column[k])) for budget, column in columns]
        if new[k]:
            judged.met = [n + m for n, m in zip(judged.met, met, strict=True)]
        if all(met):
            fitting.append(k)
            judged.fit += new[k]
            continue
        excess = max(_ratio(column[k], budget) for budget, column in columns)
        if judged.nearest is None or excess < judged.excess:
            judged.nearest, judged.excess = _fit_point(one, rows, evaluated, k), excess
    return fitting


def _ratio(figure: Any, budget: CostBudget) -> float:
    return float(figure / budget.most) if budget.most else float("inf")


def _edge(fits: bytearray, counts: Sequence[int]) -> Iterator[int]:
    """The points that fit while none of their neighbours, one value further on in one parameter, does."""
    strides = [prod(counts[k + 1 :]) for k in range(len(counts))]
    number = fits.find(1)
    while number >= 0:
        if not any(
            number // stride % count + 1 < count and fits[number + stride]
            for stride, count in zip(strides, counts, strict=True)
        ):
            yield number
        number = fits.find(1, number + 1)
