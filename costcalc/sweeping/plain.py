"""A block's rows one by one, in plain Python."""

from __future__ import annotations

from typing import Any

from ..errors import CostcalcError
from ..space.frontier import Frontier
from ..space.points import values_at
from .forms import Forms, Rows


class PlainRows:
    """Evaluates blocks without NumPy."""

    def __init__(self, forms: Forms) -> None:
        self.forms = forms

    def block(self, k: int, start: int, stop: int) -> Rows:
        """The rows of the points from ``start`` to ``stop`` of a part that are wanted."""
        asked, condition = self.forms.asked, self.forms.conditions[k]
        axes = values_at(asked.parts[k].points, start, stop)
        names, fixed = list(axes), self.forms.fixed(k) if condition else {}
        rows: list[tuple[Any, ...]] = []
        invalid, first = 0, None
        for point in zip(*axes.values(), strict=True) if names else [()]:
            values = dict(zip(names, point, strict=True))
            figures = self._figures(k, values)
            if figures is None:
                invalid += 1
                first = first or (k, values)
                if condition is None and not asked.aims:
                    rows.append((*point, *[None] * len(asked.figures)))
            elif condition is None or condition.holds({**fixed, **values, **figures}) is True:
                rows.append((*point, *(figures[name] for name in asked.figures)))
        columns = dict(zip((*names, *asked.figures), map(list, zip(*rows, strict=True)), strict=False))
        columns |= self.forms.other_columns(k, len(rows))
        kept = {name: columns.get(name, []) for name in self.forms.needed}
        found = Rows(kept, len(rows), stop - start, invalid, first)
        return self._best(found) if asked.aims else found

    def _figures(self, k: int, values: dict[str, Any]) -> dict[str, Any] | None:
        by_value = {name: value for name, value in values.items() if self.forms.by_value(k, name, value)}
        try:
            form = self.forms.form(k, by_value)
            found = form.at(**{name: values[name] for name in form.free})
        except CostcalcError:
            return None
        return found if len(found) == len(self.forms.asked.figures) else {**found, **self.forms.memory_at(k, values)}

    def _best(self, rows: Rows) -> Rows:
        aims = self.forms.asked.aims
        frontier: Frontier[int] = Frontier(aims)
        for n, figures in enumerate(zip(*(rows.columns[aim.column] for aim in aims), strict=True)):
            frontier.add(figures, n)
        kept = frontier.items
        columns = {name: [column[n] for n in kept] for name, column in rows.columns.items()}
        return Rows(columns, len(kept), rows.points, rows.invalid, rows.first)
