"""The tables and JSON documents of ``reconcile``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..conventions import DEFAULT, Convention
from ..network import Network
from ..reconcile import Total, Waterfall
from ..table import Column, Table
from ..units import exact
from . import parameters
from .columns import table_of
from .definition import explained
from .passed import lost_notes, passed_document, unseen_document
from .values import FORMAT, plain

_SAME = "the same in both"
_SAID = 1
"""Of so many conventions that can't count a network the reason is said."""

_FEW = 3
"""Of so few conventions all that is to be known is said."""
_NAMED = 2
"""So many names stand in a note."""

_KINDS = 3
"""Of so many kinds of op that a convention says nothing about a row names each."""


def heading(network: Network, values: Mapping[str, Any]) -> str:
    """The network and the point asked about."""
    return parameters.heading(network, _point(network, values))


def _point(network: Network, values: Mapping[str, Any]) -> dict[str, Any]:
    return network.graph(**values).parameters


def head(network: Network, values: Mapping[str, Any]) -> dict[str, object]:
    return {"spec": network.name, "parameters": {k: plain(v) for k, v in _point(network, values).items()}}


# -- totals


def totals_table(
    network: Network, values: Mapping[str, Any], every: Sequence[Total], *, raw: bool = False, batch: int = 1
) -> Table:
    """A row for each total, from the least work to the most, with the conventions that give it.

    ``raw`` is for programs: a row for each convention, also for one that can't count the network, and fractions as
    they are. ``batch``: with the work of so many images too.
    """
    base = next((t.work for t in every if t.convention.name == DEFAULT and not t.problem), None)
    counted = sorted((t for t in every if not t.problem), key=lambda t: (t.work, t.convention.name))
    if raw:
        return table_of(
            _raw_columns(base, batch), [*counted, *(t for t in every if t.problem)], heading(network, values)
        )
    columns = [
        Column("work", "work", "count", get=lambda group: round(group[0].work)),
        *_batch_column(batch, lambda group: round(group[0].work) * batch),
        Column("unit", "unit", "formula", get=lambda group: ", ".join(dict.fromkeys(t.convention.unit for t in group))),
        Column("ratio", "ratio", "ratio", 5, lambda group: group[0].work / base if base else None),
        Column("params", "params", "count", get=lambda group: group[0].params),
        Column("conventions", "counted as", "formula", get=lambda group: ", ".join(map(_marked, group))),
    ]
    groups: dict[Any, list[Total]] = {}
    for t in counted:
        groups.setdefault((round(t.work), t.params), []).append(t)
    table = table_of(columns, groups.values(), heading(network, values))
    if any(_passes(t) for t in counted):
        table.marks.append("*: no rule for some layers, which count 0: --convention NAME lists them.")
    table.notes = _notes(network, values, every)
    if counted:
        table.answer.append(_range(counted, len(groups), base))
    return table


def _batch_column(batch: int, get: Any) -> list[Column]:
    return [Column("batch_work", f"of {batch} images", "count", get=get)] if batch > 1 else []


def _raw_columns(base: Any, batch: int) -> list[Column]:
    return [
        Column("convention", "convention", get=lambda t: t.convention.name),
        Column("work", "work", "count", get=lambda t: t.work),
        *_batch_column(batch, lambda t: None if t.problem else t.work * batch),
        Column("unit", "unit", get=lambda t: "" if t.problem else t.convention.unit),
        Column("ratio", "ratio", "ratio", get=lambda t: t.work / base if base and not t.problem else None),
        Column("params", "params", "count", get=lambda t: t.params),
        Column("tool", "tool", get=lambda t: t.convention.tool),
    ]


def _marked(t: Total) -> str:
    return t.convention.name + "*" * _passes(t)


def _passes(t: Total) -> bool:
    return bool(t.passed_over or t.unseen)


def _range(counted: Sequence[Total], groups: int, base: Any) -> str:
    """From which total to which: the answer in a line."""
    if len(counted) == 1:
        return f"{counted[0].convention.name}: {exact(round(counted[0].work))} {counted[0].convention.unit}"
    least, most = counted[0], counted[-1]
    ends = f"{exact(round(least.work))} ({least.convention.name}) to {exact(round(most.work))} ({most.convention.name})"
    return f"{len(counted)} conventions, {groups} totals: {ends}"


def _notes(network: Network, values: Mapping[str, Any], every: Sequence[Total]) -> list[str]:
    """What is to be known of some conventions; the reason is said of one that can't count the network."""
    point = _point(network, values)
    others: dict[str, list[str]] = {}
    for t in every:
        differing = {k: v for k, v in t.convention.parameters.items() if k in point and point[k] != v}
        if differing:
            others.setdefault(parameters.listed(differing), []).append(t.convention.name)
    found = [f"Networks of {', '.join(names)} have {values}." for values, names in others.items()]
    if inexact := [t.convention.name for t in every if not t.problem and t.work != int(t.work)]:
        found.append(f"Rounded, for they scale or halve: {_some(inexact)}.")
    if lost := lost_notes(every):
        found.append(lost)
    unsaid: dict[str, list[str]] = {}
    for t in every:
        if t.unsaid:
            unsaid.setdefault(_listed(t.unsaid), []).append(t.convention.name)
    if len(unsaid) == 1 or len(every) <= _FEW:
        found += [f"Of {kinds} nothing is said by {_some(names)}." for kinds, names in unsaid.items()]
    elif unsaid:
        found.append(f"Of some layers nothing is said by {_some([n for names in unsaid.values() for n in names])}.")
    problems = [t for t in every if t.problem and not t.unsaid]
    if len(problems) > _SAID:
        names = [t.convention.name for t in problems]
        return [*found, f"Not for this network (--convention NAME says why): {_some(names)}."]
    return found + [f"{t.convention.name}: {t.problem}" for t in problems]


def _some(names: Sequence[str]) -> str:
    """The first names, and how many more: a line has no room for all."""
    more = len(names) - _NAMED
    return ", ".join(names) if more <= 1 else f"{', '.join(names[:_NAMED])} and {more} more"


def _listed(kinds: Sequence[str]) -> str:
    if len(kinds) <= _KINDS:
        return ", ".join(kinds)
    return f"{', '.join(kinds[: _KINDS - 1])} and {len(kinds) - _KINDS + 1} more"


def totals_document(
    network: Network, values: Mapping[str, Any], every: Iterable[Total], batch: int = 1
) -> dict[str, object]:
    """The JSON: null and a problem where a convention can't count the network."""
    return {
        "format": FORMAT,
        **head(network, values),
        **_batch(batch),
        "conventions": [_total(t, batch) for t in every],
    }


def _batch(batch: int) -> dict[str, object]:
    return {} if batch == 1 else {"batch": batch}


def _total(t: Total, batch: int) -> dict[str, object]:
    found: dict[str, object] = {
        "convention": t.convention.name,
        "tool": t.convention.tool or None,
        "unit": t.convention.unit,
        "work": plain(t.work),
        "params": plain(t.params),
    }
    if batch > 1:
        found["batch_work"] = None if t.problem else plain(t.work * batch)
    if t.passed_over:
        found["passed_over"] = passed_document(t.passed_over)
    if t.unseen:
        found["unseen"] = unseen_document(t.unseen)
    return found | ({"problem": t.problem} if t.problem else {})


# -- from one convention to another


def waterfall_tables(
    network: Network, values: Mapping[str, Any], pair: tuple[Waterfall, Waterfall], *, raw: bool = False
) -> list[Table]:
    """Work, and params where they differ. ``raw`` is one table, for programs."""
    shown = list(pair) if raw else [w for w in pair if w.measure == "work" or w.steps]
    if raw:
        return [_raw(shown)]
    tables = [_steps(w) for w in shown]
    tables[0].title = f"{heading(network, values)}. {tables[0].title}"
    if not pair[1].steps:
        tables[-1].notes.append("Params are the same in both.")
    tables[-1].notes += [explained(convention) for convention in pair[0].conventions]
    return tables


def _columns(first: Convention, second: Convention, raw: bool) -> list[Column]:
    names = [first.name, second.name]
    columns = [
        Column("step", "step"),
        Column("before", names[0], "count", 6),
        Column("after", names[1], "count", 6),
        Column("difference", "difference", "count"),
        Column("so_far", "so far", "count"),
    ]
    return [*columns, Column("rule_before", "rule before"), Column("rule_after", "rule after")] if raw else columns


def _rows(w: Waterfall, raw: bool) -> list[tuple[Any, ...]]:
    """The steps, behind what both count alike, and the total so far: from the first convention's to the second's."""
    so_far = w.before
    rows: list[tuple[Any, ...]] = [(_SAME, w.same, w.same, 0, so_far, *["", ""] * raw)]
    for step in w.steps:
        so_far = so_far + step.difference
        rows.append((step.name, step.before, step.after, step.difference, so_far, *step.rules * raw))
    return rows


def _steps(w: Waterfall) -> Table:
    first, second = w.conventions
    what = "params" if w.measure == "params" else f"work ({first.unit}; {second.unit})"
    if w.measure == "work" and first.unit == second.unit:
        what = f"work ({first.unit})"
    totals = {"before": w.before, "after": w.after, "difference": w.after - w.before, "so_far": w.after}
    title = f"From {first.name} to {second.name}: {what}"
    if w.measure == "params":
        title = title[0].upper() + title[1:]
    return Table(_columns(first, second, False), _rows(w, False), title, totals)


def _raw(pair: Sequence[Waterfall]) -> Table:
    columns = [Column("measure", "measure"), *_columns(*pair[0].conventions, True)]
    return Table(columns, [(w.measure, *row) for w in pair for row in _rows(w, True)])


def waterfall_document(
    network: Network, values: Mapping[str, Any], pair: tuple[Waterfall, Waterfall]
) -> dict[str, object]:
    """The JSON: totals, what is the same, and each step's difference."""
    first, second = pair[0].conventions
    found: dict[str, object] = {
        "format": FORMAT,
        **head(network, values),
        "between": [{"convention": c.name, "tool": c.tool or None, "unit": c.unit} for c in (first, second)],
    }
    for w in pair:
        found[w.measure] = {
            "before": plain(w.before),
            "after": plain(w.after),
            "same": plain(w.same),
            "steps": [
                {
                    "step": step.name,
                    "before": plain(step.before),
                    "after": plain(step.after),
                    "difference": plain(step.difference),
                    "rules": list(step.rules),
                }
                for step in w.steps
            ],
        }
    return found
