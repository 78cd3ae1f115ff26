"""What gives a printed figure: causes found in a network, and what the paper tables know; their table and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from ..papers import Paper
from ..papers.known import KnownFigure, known_figures
from ..reconcile import WEIGHTS, Cause, Chance, Measure, NetworkMatch, Search, padded
from ..record import Record
from ..table import Column, Table
from ..units import Printed, exact, short
from . import parameters
from .reconcile import head
from .values import FORMAT, plain

_NAMED = 4
"""Of so many conventions that give one figure a table for people names each."""

_SHOWN = 8
"""So many causes, and networks, a table for people has."""

_MEASURES: dict[Literal["mult_adds", "params"], Measure] = {"mult_adds": "work", "params": "params"}


class Answer(Record):
    """The causes of a figure, the likeliest first; if there are none, the nearest totals. ``known``: who prints it.

    ``chance``: how many figures around it would have a cause as near at hand as the first, where that is a search's.
    """

    causes: list[Cause]
    nearest: list[Cause]
    known: list[KnownFigure]
    chance: Chance | None = None


def answer(search: Search, figure: Printed, papers: Iterable[Paper], measure: Measure | None = None) -> Answer:
    """Why ``figure`` may be printed so of the network of ``search``; ``measure``: what it is of, if that is known."""
    causes, every = search.causes(figure, measure), []
    for name, of in _MEASURES.items():
        if measure in (None, of) and (not figure.noun or search.measure(figure) == of):
            known = known_figures(search.network, search.values, figure, name, papers)
            causes += [_printed(search, known, of)] if known else []
            every += known
    causes.sort(key=lambda cause: cause.weight)
    found = Answer(causes, [] if causes else search.nearest(figure, measure), every)
    if causes and causes[0].kinds and not {"printed", "solved"} & set(causes[0].kinds):
        found.chance = search.chance(figure, causes[0])
    return found


def _printed(search: Search, known: Sequence[KnownFigure], of: Measure) -> Cause:
    """The cause that a figure is printed so elsewhere: as the first of ``known`` has it, the others as evidence."""
    first = known[0]
    others = dict.fromkeys(f"{k.where} ({k.state})" for k in known[1:])
    evidence = ". ".join(
        text.rstrip(".") for text in [*first.notes, *(["Also in " + "; ".join(others)] * bool(others))]
    )
    unit = search.own.unit if of == "work" else "params"
    name = search.network.name
    return Cause(of, None, unit, (), name, {}, "", ("printed",), (first.words,), "", evidence, WEIGHTS["printed"])


# -- the causes of a figure


def explain_table(search: Search, figure: Printed, found: Answer, *, raw: bool = False, every: bool = False) -> Table:
    """A row for each cause, or for the nearest totals if there is none.

    ``raw`` is for programs: all causes, and every convention is named. ``every``: so for people too.
    """
    columns = [
        Column("value", "exact", "count" if raw else "text"),
        Column("unit", "unit", keep=3),
        Column("cut", "printed", keep=4),
        Column("cause", "cause", "formula"),
        Column("conventions", "counted as", "formula", 8),
    ]
    causes = found.causes or found.nearest
    shown = causes if raw or every else causes[:_SHOWN]
    if raw:
        columns = [
            *columns[:2], Column("cause", "cause", "formula"),
            Column("at", "at"), Column("printed", "printed"), Column("conventions", "conventions"),
            Column("evidence", "evidence"),
        ]  # fmt: skip
    rows = [_raw(search, c) if raw else _row(search, c, every) for c in shown]
    table = Table(columns, rows, _title(search, figure, found))
    if not raw:
        table.notes += _notes(search, figure, found, len(causes) - len(shown))
    return table


def _title(search: Search, figure: Printed, found: Answer) -> str:
    """The answer in a line: the figure, which network or convention has it, what that is, and the exact total."""
    about = f"{search.network.name} ({parameters.listed(search.values)})" if search.values else search.network.name
    if not found.causes:
        return f"{figure.text} of {about}: nothing gives it"
    first = found.causes[0]
    value = "" if first.value is None else f"{exact(first.value)} {first.unit}{f', {first.cut}' if first.cut else ''}"
    if first.kinds == ("variant",):
        differs = _differs(search, first.network)
        return f"{figure.text} is {first.network}{f' ({differs})' if differs else ''}: {value}"
    return f"{figure.text} of {about}: {first.text}{f'; {value}' if value else ''}"


def _differs(search: Search, variant: str) -> str:
    """What the parameters are, by which a variant of the network is another one."""
    network, program = search.network, search.network.program
    own, other = (program.point({}, name).values for name in (network.variant, variant))
    codes = network.parameter_codes
    return "; ".join(codes[name].parameter.doc or name for name, value in other.items() if value != own[name])


def _itself(search: Search, figure: Printed, found: Answer) -> str:
    """That the network asked about doesn't have the figure, where another does, and what comes nearest."""
    counted = [c for c in found.causes if c.value is not None]
    if not counted or any(c.network == search.network.name and not c.values for c in counted):
        return ""
    measure = counted[0].measure
    near = search.nearest(figure, measure, itself=True)
    told = f"; the nearest is {exact(near[0].value)} ({names(near[0].conventions)})" if near else ""
    return f"{search.network.name} itself: nothing gives it{told}."


def _row(search: Search, c: Cause, every: bool) -> tuple[Any, ...]:
    value = "" if c.value is None else exact(c.value)
    return (
        value,
        c.unit,
        "both" if " or " in c.cut else c.cut,
        "; ".join(_words(c)) or "the total",
        names(c.conventions, every),
    )


def _words(c: Cause) -> list[str]:
    return [word for word in (*c.words, c.reading) if word]


def _raw(search: Search, c: Cause) -> tuple[Any, ...]:
    at = {**c.values, **({"variant": c.network} if c.network != search.network.name else {})}
    return (
        c.value, c.unit, "; ".join(_words(c)), parameters.listed(at), c.cut, ", ".join(c.conventions), c.evidence,
    )  # fmt: skip


def _notes(search: Search, figure: Printed, found: Answer, left: int) -> list[str]:
    shorter = [p.text for p in padded(figure)]
    notes = [f"Also read as {' and '.join(shorter)}: zeros at the end may say nothing."] if shorter else []
    if not found.causes:
        notes.append(f"Nothing tried gives {figure.text}; the nearest {search.measure(figure)} is shown.")
    notes += [text for text in [_itself(search, figure, found)] if text]
    if left:
        notes.append(f"{left} more that are further fetched: --all.")
    told = [c for c in found.causes[:_SHOWN] if c.evidence and {"printed", "solved"} & set(c.kinds)]
    notes += [f"{'; '.join(c.words)}: {c.evidence}" for c in told]
    if found.chance is not None:
        notes.append(chance_text(found.chance, figure))
    notes.append(f"Tried: {tried(search)}. Two causes at most: three would fit any figure.")
    return notes


def chance_text(chance: Chance, figure: Printed) -> str:
    """What a cause is worth, in words."""
    low, high = (short(bound, len(str(figure.digits))) for bound in (chance.low, chance.high))
    would = "this one alone has" if chance.alike == 1 else f"{chance.alike} have"
    return f"By chance: of the {chance.around} figures from {low} to {high} {would} a cause as near at hand."


def tried(search: Search) -> str:
    """What was gone through, in words."""
    kinds = [kind for point in search.other_points() for kind in point.kinds]
    counts = [("convention", len(search.conventions)), *((k, kinds.count(k)) for k in ("variant", "option"))]
    found = [f"{n} {word}{'s' if n > 1 else ''}" for word, n in counts if n]
    found += [word for word, kind in (("classes", "classes"), ("resolutions", "resolution")) if kind in kinds]
    return ", ".join([*found, "what people leave out", "and the tables in specs/papers"])


def names(conventions: Sequence[str], every: bool = False) -> str:
    """The conventions that give one total, the first of them by name."""
    if every or len(conventions) <= _NAMED:
        return ", ".join(conventions)
    return f"{', '.join(conventions[: _NAMED - 1])} and {len(conventions) - _NAMED + 1} more"


def explain_document(search: Search, figure: Printed, found: Answer) -> dict[str, object]:
    """The JSON; ``nearest`` is there for a figure that nothing gives."""
    return {
        "format": FORMAT,
        **head(search.network, search.values),
        "figure": figure.text,
        "readings": [p.text for p in padded(figure)],
        "explanations": [cause_document(c) for c in found.causes],
        "nearest": [cause_document(c) for c in found.nearest],
        "chance": chance_document(found.chance),
    }


def chance_document(chance: Chance | None) -> dict[str, object] | None:
    """How many of the figures around would have such a cause."""
    if chance is None:
        return None
    bounds = {"low": plain(chance.low), "high": plain(chance.high)}
    return {"alike": chance.alike, "around": chance.around, **bounds}


def cause_document(c: Cause) -> dict[str, object]:
    """One cause, for programs."""
    return {
        "measure": c.measure,
        "value": plain(c.value),
        "unit": c.unit,
        "causes": list(c.kinds),
        "words": _words(c),
        "network": c.network,
        "at": {k: plain(v) for k, v in c.values.items()},
        "conventions": list(c.conventions),
        "printed": c.cut,
        "evidence": c.evidence,
        "weight": c.weight,
    }


# -- networks that have a figure


def everywhere_table(
    figures: Sequence[Printed],
    found: Sequence[NetworkMatch],
    near: Sequence[NetworkMatch],
    *,
    raw: bool = False,
    every: bool = False,
) -> Table:
    """A row for each network that has the figures, or for the nearest."""
    columns = [
        Column("network", "network"),
        Column("params", "params", "count"),
        Column("mult_adds", "mult-adds", "count"),
        Column("figures", "figures", "text" if raw else "formula"),
    ]
    matches = found or near
    shown = matches if raw or every else matches[: 2 * _SHOWN]
    rows: list[tuple[Any, ...]] = [
        (", ".join(m.network.names), m.network.params, m.network.mult_adds, "; ".join(m.words)) for m in shown
    ]
    texts = " and ".join(f.text for f in figures)
    table = Table(columns, rows, f"Networks and variants with {texts}, at their defaults")
    if not found:
        table.notes.append(f"No network has {texts}; these are the nearest, by the ratios.")
    if len(matches) > len(shown):
        table.notes.append(f"{len(matches) - len(shown)} more: --all.")
    return table


def everywhere_document(
    figures: Sequence[Printed], found: Iterable[NetworkMatch], near: Iterable[NetworkMatch]
) -> dict[str, object]:
    """The JSON: the networks that have the figures, and the nearest if there are none."""
    return {
        "format": FORMAT,
        "figures": [f.text for f in figures],
        "networks": [_match_document(m) for m in found],
        "nearest": [_match_document(m) for m in near],
    }


def _match_document(m: NetworkMatch) -> Mapping[str, object]:
    return {
        "names": list(m.network.names),
        "params": plain(m.network.params),
        "mult_adds": plain(m.network.mult_adds),
        "figures": list(m.words),
        "weight": m.weight,
    }
