"""The pictures of ``plot`` as data: bars of one network, figures over a parameter, networks as points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..cost import Cost
from ..errors import UsageError, nearest, quoted
from ..fitting.measured import Evaluator, NetworkFigure, figures
from ..fitting.searched import of_network
from ..network import Network
from ..plotting import Bars, Curves, Picture, Scatter
from ..rows import By
from ..space.points import Product, values_at
from ..table import Column, Table, Value
from ..units import bar
from . import parameters
from .columns import records, select, table_of
from .counted import count
from .definition import MULT_ADDS
from .fit import read_over
from .show import Selection, main_table
from .values import plain, shown, with_format

FIGURES = ("mult_adds", "params")
MOST_BARS = 100
MOST_CURVES = 8
MOST_POINTS = 2_000
MOST_NETWORKS = 60
_TEXT_BAR = 16
_SPREAD = 20
_ONLY_DRAWN = 0
"""``keep`` of columns that say what the picture's texts are, and for people nothing new."""

Asked = tuple[str, Network, Mapping[str, Any]]
"""A network: as it is called, and the values that are given."""


def wanted(text: str | None) -> list[NetworkFigure]:
    """The figures that ``text`` ("params,mult_adds") asks for; both if it is None. Raises :class:`UsageError`."""
    known = figures()
    ids = FIGURES if text is None else tuple(dict.fromkeys(word.strip() for word in text.split(",")))
    for id in ids:
        if id not in known:
            raise UsageError(f"no figure is called {quoted(id)}{nearest(id, known)}; there are {', '.join(known)}")
    return [known[id] for id in ids]


def one_figure(text: str) -> NetworkFigure:
    """The figure that ``text`` asks for. Raises :class:`UsageError` for several."""
    found = wanted(text)
    if len(found) != 1:
        raise UsageError(f"an axis is of one figure, not {quoted(text)}")
    return found[0]


# -- bars


def bars(asked: Asked, by: By, chosen: Sequence[NetworkFigure], top: int | None) -> Bars:
    """A bar for each row of ``show --by``. Raises :class:`UsageError` for more rows than a page has."""
    _, network, values = asked
    counted = count(network, values)
    table = main_table(counted, Selection(by=by, columns=",".join(_columns(by, chosen)), top=top))
    if len(table.rows) > MOST_BARS:
        fewer = f"--top {MOST_BARS // 2} has the first and one bar for the others, --by stage fewer rows"
        raise UsageError(f"{len(table.rows):,} bars are more than a picture holds, {MOST_BARS}; {fewer}")
    whole, table.title = table.title, parameters.short_heading(network, counted.default.parameters)
    table.notes = [*[parameters.listed(counted.default.parameters)] * (table.title != whole), MULT_ADDS]
    ids = [column.id for column in table.columns]
    if "n" in ids and all(row[table.index("n")] in (1, None) for row in table.rows):
        ids.remove("n")
        select(table, None, ids)
    elif "n" in ids:
        table.notes.insert(-1, "n, × n: copies; a row's figures are those of all of them.")
    return Bars(table, [figure.id for figure in chosen], "name", "output" * ("output" in ids), "n" * ("n" in ids))


def _columns(by: By, chosen: Sequence[NetworkFigure]) -> list[str]:
    single = by in ("layer", "primitive")
    before = ["name", *["n"] * single, *["output"] * (by not in ("op", "kind"))]
    return before + [figure.id for figure in chosen]


# -- curves


def curves(every: Sequence[Asked], over: Iterable[str], chosen: Sequence[NetworkFigure]) -> Curves:
    """The figures over the first parameter of ``over``; a curve for each value of the second, and each network.

    Raises :class:`UsageError` for what makes no axis of numbers, and for more points or curves than can be seen.
    """
    wanted = read_over(over)
    if not 1 <= len(wanted.names) <= 2:
        raise UsageError("--over takes the parameter of the axis, and at most one more, for a curve each")
    x, *second = wanted.names
    columns = [Column("network", "network"), Column(x, x, "int"), *(Column(name, name, "int") for name in second)]
    columns += [Column(figure.id, figure.title, "count", adds="none") for figure in chosen]
    rows: list[tuple[Value, ...]] = []
    invalid = series = 0
    for word, network, given in every:
        searched = of_network(network, given, wanted, word)
        series += searched.count // searched.axes[0].values.size
        if series > MOST_CURVES:
            raise UsageError(f"more than {MOST_CURVES} curves can't be told apart: give fewer values or networks")
        if searched.count > MOST_POINTS:
            raise UsageError(f"{searched.count:,} points are more than a curve takes, {MOST_POINTS:,}: a larger step")
        if not {bool, str, tuple}.isdisjoint(map(type, searched.axes[0].values)):
            raise UsageError(f"{x} of {network.name} isn't a number, which an axis is of: name another parameter first")
        points = values_at(Product(searched.axes), 0, searched.count)
        found = Evaluator(network, given, list(chosen), searched.count).at(points)
        for k in range(searched.count):
            at = [_value(points[name][k]) for name in wanted.names]
            valid = bool(found.valid[k])
            invalid += not valid
            rows.append((word, *at, *(int(found.columns[figure.id][k]) if valid else None for figure in chosen)))
    group = _group(columns, rows, len(every) > 1, second)
    table = Table(columns, rows, _over_title(every, wanted.names), {}, [MULT_ADDS])
    if invalid:
        table.notes.append(f"{invalid:,} of {len(rows):,} points can't be built, and are gaps.")
    return Curves(table, [figure.id for figure in chosen], x, group)


def _value(value: Any) -> Value:
    return shown(value) if isinstance(value, bool | tuple) else value


def _group(columns: list[Column], rows: list[tuple[Value, ...]], several: bool, second: Sequence[str]) -> str:
    """The column that tells the curves apart, made if it takes two; the network goes where there is one alone."""
    if several and second:
        columns.insert(0, Column("curve", "curve"))
        rows[:] = [(f"{row[0]}, {second[0]} {row[2]}", *row) for row in rows]
        return "curve"
    if several:
        return "network"
    del columns[0]
    rows[:] = [row[1:] for row in rows]
    if not second:
        return ""
    columns.append(Column("curve", "curve"))
    rows[:] = [(*row, f"{second[0]} {row[1]}") for row in rows]
    return "curve"


def _over_title(every: Sequence[Asked], names: Sequence[str]) -> str:
    if len(every) > 1:
        return f"{', '.join(word for word, _, _ in every)} over {names[0]}"
    _, network, given = every[0]
    values = network.program.point(dict(given), network.variant).values
    return f"{parameters.short_heading(network, values, names)}, over {names[0]}"


# -- points


def points(every: Sequence[Asked], x: str, y: str) -> Scatter:
    """Each network as a point. Raises :class:`UsageError` for more than have room, and for a figure that isn't one."""
    if len(every) > MOST_NETWORKS:
        raise UsageError(f"{len(every)} networks are more than a picture has room for, {MOST_NETWORKS}")
    axes = [one_figure(x), one_figure(y)]
    if x == y:
        raise UsageError(f"-x and -y are both {x}")
    costs = [(word, network.cost(values)) for word, network, values in every]
    columns = [Column("spec", "network", get=lambda item: item[0])]
    columns += [Column(f.id, f.title, "count", get=_of_cost(f.id)) for f in axes]
    table = table_of(columns, costs, f"{axes[1].title} over {axes[0].title}")
    table.notes = [MULT_ADDS]
    return Scatter(table, x, y, label="spec", log=[f.id for f in axes if _spreads(getattr(c, f.id) for _, c in costs)])


def _of_cost(id: str) -> Callable[[tuple[str, Cost]], Value]:
    return lambda item: getattr(item[1], id)


def _spreads(figures: Iterable[int]) -> bool:
    """Whether figures are so far apart that the small ones would lie on top of each other."""
    values = list(figures)
    return min(values) > 0 and max(values) >= _SPREAD * min(values)


# -- text and JSON


def text_table(picture: Picture) -> Table:
    """The table for people: bars in text behind the figures."""
    source = picture.table
    wide = (
        [picture.x] if isinstance(picture, Scatter) else picture.figures if isinstance(picture, Bars | Curves) else ()
    )
    columns: list[Column] = []
    cells: list[list[Any]] = []
    for place, column in enumerate(source.columns):
        if column.keep <= _ONLY_DRAWN:
            continue
        values: list[Any] = [row[place] for row in source.rows]
        columns.append(column)
        cells.append(values)
        if column.id in wide:
            most = max((value for value in values if value is not None), default=0)
            columns.append(Column(f"{column.id}_bar", "", keep=6))
            cells.append([bar(value or 0, most, _TEXT_BAR) for value in values])
    return Table(columns, list(zip(*cells, strict=True)), source.title, source.totals, source.notes)


def document(picture: Picture) -> dict[str, Any]:
    """The JSON: what is on the axes, and the rows."""
    table = picture.table
    kind = type(picture).__name__.lower()
    shown: dict[str, Any] = {"picture": kind, "title": table.title}
    if isinstance(picture, Bars):
        shown |= {"figures": list(picture.figures)}
    elif isinstance(picture, Curves):
        shown |= {"x": picture.x, "figures": list(picture.figures)}
    else:
        shown |= {"x": picture.x, "y": picture.y}
    rows = [{id: plain(value) for id, value in row.items()} for row in records(table)]
    return with_format({**shown, "notes": list(table.notes), "rows": rows})
