"""Points of a page's parameters, as texts, and what the engine has there."""

from __future__ import annotations

import random
import zlib
from typing import Any

from costcalc import Network
from costcalc.errors import CostcalcError
from costcalc.explore.network import text
from costcalc.reports.parameters import values


def points(network: Network, data: dict[str, Any], count: int) -> list[list[Any]]:
    """``count`` points: [texts, [params, mult-adds] or None, stages of some of them or None]."""
    rng = random.Random(zlib.crc32(network.name.encode()))
    defaults = {name: text(value) for name, value in network.parameters.items()}
    fixed = {name: value for name, value in data["fixed"].items() if value != defaults[name]}
    found = []
    for k in range(count):
        some = rng.sample(data["parameters"], rng.randint(0, len(data["parameters"])))
        texts = {p["name"]: _text(p, rng) for p in data["parameters"] if p in some}
        found.append([texts, *counted(network, {**fixed, **texts}, stages=k % 10 == 0)])
    return found


def _text(p: dict[str, Any], rng: random.Random) -> str:
    """A choice, a number that the spec names, or one of the slider's range: short, or with all its digits."""
    if "choices" in p:
        return rng.choice(p["choices"])
    if rng.random() < 0.3:
        return rng.choice(p["ticks"])
    low, high = p["low"], p["high"]
    if p["whole"]:
        return str(rng.randint(low, high))
    x = rng.uniform(low, high)
    return repr(round(x, rng.choice((1, 2, 3)))) if rng.random() < 0.5 else repr(x)


def counted(network: Network, texts: dict[str, str], *, stages: bool) -> tuple[Any, Any]:
    """Params and mult-adds, and the stages if they are asked for; None where there are none."""
    try:
        cost = network.cost(values(network, texts))
        totals = [cost.params, cost.mult_adds]
        rows = [[r.name, r.count, list(r.out_shape or ()), r.params, r.mult_adds] for r in cost.by("stage")]
    except CostcalcError:
        return None, None
    return [str(x) if x >= 2**53 else x for x in totals], rows if stages else None
