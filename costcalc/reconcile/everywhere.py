"""Which networks have figures that somebody printed: all of them, at their defaults."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from ..catalogue import entries
from ..errors import UsageError
from ..record import Record
from ..units import Printed
from .causes import WEIGHTS
from .parts import Measure
from .printing import Reading, reading

MAX_NEAREST = 5
TWICE = "two operations for each multiply-add"


class Counts(Record):
    """A network at its defaults. ``names`` are those that mean just this."""

    names: tuple[str, ...]
    params: Any
    mult_adds: Any


class NetworkMatch(Record):
    """A network that has the figures. ``words`` say of each figure what it is of, and how it has to be read."""

    network: Counts
    words: tuple[str, ...]
    weight: float


def shipped_counts() -> list[Counts]:
    """Every shipped network and variant; those of one file that are the same count are one entry."""
    found: dict[tuple[Any, ...], Counts] = {}
    for entry in entries()[0]:
        key = (entry.network, entry.params, entry.mult_adds)
        known = found.get(key)
        names = (*known.names, entry.name) if known else (entry.name,)
        found[key] = Counts(names, entry.params, entry.mult_adds)
    return list(found.values())


def everywhere(figures: Sequence[Printed], networks: Iterable[Counts]) -> tuple[list[NetworkMatch], list[NetworkMatch]]:
    """The networks that have all of ``figures``, those first that need the least reading; else the nearest.

    One figure may be of params or of work, two are of both. Raises :class:`UsageError` for more.
    """
    choices = _measures(figures)
    found, near = [], []
    for network in networks:
        best = min((m for c in choices if (m := _match(network, figures, c))), key=lambda m: m.weight, default=None)
        if best is not None:
            found.append(best)
        elif not found:
            near.append(min((_gap(network, figures, c) for c in choices), key=lambda m: m.weight))
    found.sort(key=lambda m: m.weight)
    return found, [] if found else sorted(near, key=lambda m: m.weight)[:MAX_NEAREST]


def _measures(figures: Sequence[Printed]) -> list[tuple[Measure, ...]]:
    """What the figures may be of, as their nouns allow."""
    if len(figures) > 2:
        raise UsageError("two figures at most: one of params, one of mult-adds")
    every = [tuple(of) for of in product(*map(_may_be, figures)) if len(set(of)) == len(of)]
    if not every:
        raise UsageError("two figures of the same kind: give one of params and one of mult-adds")
    return every


def _may_be(figure: Printed) -> tuple[Measure, ...]:
    noun = figure.noun.lower()
    if not noun:
        return "params", "work"
    return ("params",) if noun in ("params", "parameters", "weights") else ("work",)


def _match(network: Counts, figures: Sequence[Printed], measures: Sequence[Measure]) -> NetworkMatch | None:
    words, weight = [], 0.0
    for figure, measure in zip(figures, measures, strict=True):
        value = network.params if measure == "params" else network.mult_adds
        read, what = reading(figure, value), "params" if measure == "params" else "mult-adds"
        if read is None and measure == "work":
            read, what, weight = _twice(figure, value), TWICE, weight + WEIGHTS["part"]
        if read is None:
            return None
        weight += WEIGHTS[read.kind] if read.kind else 0
        words.append(f"{figure.text}: {what}" + (f", {read.words}" if read.words else ""))
    return NetworkMatch(network, tuple(words), weight)


def _twice(figure: Printed, value: Any) -> Reading | None:
    read = reading(figure, 2 * value)
    return read if read is not None and read.kind in (None, "cut") else None


def _gap(network: Counts, figures: Sequence[Printed], measures: Sequence[Measure]) -> NetworkMatch:
    """How far off a network is: the sum of the logarithms of the ratios."""
    gap, words = 0.0, []
    for figure, measure in zip(figures, measures, strict=True):
        value = network.params if measure == "params" else network.mult_adds
        ratio = float(value / figure.value) if value and figure.value else math.inf
        gap += abs(math.log(ratio)) if ratio < math.inf else math.inf
        words.append(f"{figure.text}: {'params' if measure == 'params' else 'mult-adds'} are {ratio:.4g} of it")
    return NetworkMatch(network, tuple(words), gap)
