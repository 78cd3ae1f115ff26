"""The number of classes that gives a figure: params and mult-adds are linear in it, so it can be solved for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from ..conventions import Convention
from ..errors import CostcalcError
from ..network import Network
from ..record import Record
from ..units import Printed
from .parts import CLASSES, Measure

DATA_SETS = {
    10: "CIFAR-10",
    20: "PASCAL VOC",
    21: "PASCAL VOC with its background",
    80: "COCO",
    81: "COCO with its background",
    90: "COCO's labels",
    91: "COCO's labels with a background",
    100: "CIFAR-100",
    200: "Tiny ImageNet",
    365: "Places365",
    21841: "ImageNet-21k",
}
"""Numbers of classes that networks are often trained for, besides ImageNet's."""


FEW = 25
"""Of so many numbers of classes that give a figure one that a data set has is no accident."""


class Solved(Record):
    """A number of classes, and the total that it gives. ``evidence`` says how much that is worth."""

    measure: Measure
    classes: int
    value: Any
    words: str
    evidence: str


def solved(
    network: Network, values: Mapping[str, Any], convention: Convention, fixed: Collection[str], figure: Printed
) -> Iterator[Solved]:
    """The numbers of classes that give ``figure``: the only one, or of a few those that data sets have.

    A figure of few digits is given by many numbers; one of those would be chosen to fit, and is not offered.
    """
    if CLASSES not in network.parameter_codes or CLASSES in fixed:
        return
    try:
        own = network.cost(values).parameters[CLASSES]
        at = [_totals(network, values, convention, own + k) for k in (0, 1)]
    except CostcalcError:
        return
    rule = convention.printed
    low, high = figure.interval(rule)
    for measure in ("params", "work"):
        base, one = (t[measure] for t in at)
        slope = one - base
        if slope <= 0:
            continue
        first, last = (ceil(own + Fraction(bound - base) / slope) for bound in (low, high))
        first, last = max(first, 1), last - (rule != "ceiled")
        there = last - first + 1
        for n in [first] if there == 1 else [n for n in DATA_SETS if first <= n <= last and there <= FEW]:
            if n == own or not figure.contains(base + slope * (n - own), rule):
                continue
            try:
                value = _totals(network, values, convention, n)[measure]
            except CostcalcError:
                continue
            if figure.contains(Fraction(value), rule):  # where it isn't linear after all, it isn't
                yield Solved(measure, n, value, _words(n), _evidence(n, there, high - low, slope))


def _totals(network: Network, values: Mapping[str, Any], convention: Convention, classes: int) -> dict[str, Any]:
    cost = network.cost({**values, CLASSES: classes}, convention=convention)
    return {"params": cost.params, "work": cost.counted}


def _words(n: int) -> str:
    return f"{n} class{'es' if n > 1 else ''}"


def _evidence(n: int, there: int, width: Fraction, slope: int) -> str:
    data = f", as {DATA_SETS[n]} has" if n in DATA_SETS else ""
    if there > 1:
        return f"one of {there:,} numbers of classes that give it{data}"
    share = max(1, round(slope / width))
    chance = f"of figures so long one in {share:,} has such a number" if share > 1 else "most figures so long have one"
    return f"the only number of classes that gives it{data}; {chance}"
