"""Inline specs on ints, arrays and symbols, and every number that they give, by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from textwrap import dedent
from typing import Any

import numpy as np
import sympy
from hypothesis import Phase

from costcalc import Network, SpecError
from costcalc.graph import Graph
from costcalc.language.source import Source
from costcalc.network import network_from
from costcalc.ops import Add

from ..ops.loops import count_one_by_one

Point = dict[str, Any]
Facts = dict[str, Any]
ONCE: dict[str, Any] = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "phases": (Phase.explicit, Phase.generate),  # no shrinking: what fails is small, and mutants fail often
}
TRAINED = ("weight", "bias", "scale", "shift")


def network(text: str) -> Network:
    return network_from(Source("test.yaml", "network: test\n" + dedent(text)))


def facts(graph: Graph) -> Facts:
    """Shapes of the outputs, and every part of every kind of layer, over all copies."""
    found: Facts = Counter()
    for layer in graph.layers:
        weights = {part: n * layer.weight_count for part, n in layer.op.weights().items()}
        work = {part: n * layer.count for part, n in layer.op.work(layer.in_shapes, layer.out_shape).items()}
        for side, parts in (("weights", weights), ("work", work)):
            for part, number in parts.items():
                if layer.over is not None:
                    number = sympy.summation(number, (layer.over.index, layer.over.low, layer.over.high))
                found[f"{side}.{layer.op.kind}.{part}"] += number
    for name, tensor in graph.outputs.items():
        found.update({f"{name}.{axis}": size for axis, size in zip("chw", tensor.shape, strict=True)})
    return dict(found)


def evaluated(net: Network, **point: Any) -> tuple[Facts, Any]:
    """All facts, with the totals that the library gives; and which elements are valid."""
    cost = net.cost(**point)
    found = facts(cost.graph)
    params = sum(n for name, n in found.items() if name.startswith("weights") and name.rpartition(".")[2] in TRAINED)
    mult_adds = sum(n for name, n in found.items() if name.startswith("work") and name.endswith(".mac"))
    for total, by_hand in ((cost.params, params), (cost.mult_adds, mult_adds)):
        difference = (
            np.ma.filled(total, 0) - np.where(np.ma.getmaskarray(total), 0, by_hand)
            if _masked(total)
            else total - by_hand
        )
        assert np.all(difference == 0) or sympy.expand(difference) == 0
    return found, cost.valid


def _masked(x: Any) -> bool:
    return isinstance(x, np.ma.MaskedArray)


def on_ints(net: Network, point: Point) -> Facts | None:
    """The facts at a point, the same with every copy written out; None where the network can't be built."""
    try:
        found, valid = evaluated(net, **point)
    except SpecError:
        return None
    assert valid is True
    assert facts(net.graph(expand=True, **point)) == found
    assert all(isinstance(number, int) for number in found.values())
    return found


def assert_arrays_agree(net: Network, points: Sequence[Point], one_by_one: Sequence[Facts | None]) -> None:
    """One evaluation on arrays: at each element the facts of that point, invalid where that is an error."""
    found, valid = evaluated(net, **{name: np.array([p[name] for p in points]) for name in points[0]})
    valid = np.broadcast_to(valid, len(points)).tolist()
    assert valid == [numbers is not None for numbers in one_by_one]
    for name in found.keys() | set().union(*(numbers or {} for numbers in one_by_one)):
        array = np.broadcast_to(found.get(name, 0), len(points))
        assert array.dtype.kind == "i", name
        for element, numbers, point in zip(array.tolist(), one_by_one, points, strict=True):
            if numbers is not None:
                assert element == numbers.get(name, 0), (name, point)


def symbol(name: str, values: Sequence[Any]) -> sympy.Symbol:
    """A symbol that knows no more than its values have in common."""
    known = {"integer": True} if all(isinstance(v, int) for v in values) else {}
    return sympy.Symbol(name, **known, **({"positive": True} if min(values) > 0 else {"nonnegative": True}))


def assert_symbols_agree(net: Network, points: Sequence[Point], one_by_one: Sequence[Facts | None], *names: str) -> int:
    """The closed form in ``names`` (all, if none is given) has the facts of each point where what it assumes holds.

    Returns at how many points that was so.
    """
    agreed = 0
    names = names or tuple(points[0])
    symbols = {name: symbol(name, [p[name] for p in points]) for name in names}
    cache: dict[Any, Any] = {}
    for point, numbers in zip(points, one_by_one, strict=True):
        if numbers is None:
            continue
        fixed = {k: v for k, v in point.items() if k not in names}
        key = tuple(fixed.items())
        if key not in cache:
            cost = net.cost(**fixed, **symbols)
            cache[key] = facts(cost.graph), [a.condition for a in cost.graph.assumptions]
        found, assumptions = cache[key]
        at = {s: sympy.Rational(str(point[name])) for name, s in symbols.items()}
        if not all(sympy.simplify(condition.subs(at)) == True for condition in assumptions):  # noqa: E712
            continue
        agreed += 1
        for name in found.keys() | numbers.keys():
            expression = sympy.sympify(found.get(name, 0)).subs(at)
            assert expression == numbers.get(name, 0), (name, point, found.get(name))
    return agreed


def assert_loops_agree(graph: Graph) -> None:
    """Every layer of an int graph is what a loop nest counts."""
    for layer in graph.layers:
        counted = count_one_by_one(layer.op, *layer.in_shapes)
        assert counted.outputs == layer.out_shapes, layer.name
        assert counted.weights == layer.op.weights(), layer.name
        assert counted.work == layer.op.work(layer.in_shapes, layer.out_shape), layer.name
        if isinstance(layer.op, Add):
            assert layer.op.operands == len(layer.inputs)


def three_ways(spec: str | Network, points: Sequence[Point], *names: str, symbols: bool = True) -> list[Facts | None]:
    """Ints, arrays and symbols (all parameters, or ``names``) agree on everything. Returns the facts on ints."""
    net = network(spec) if isinstance(spec, str) else spec
    one_by_one = [on_ints(net, point) for point in points]
    assert_arrays_agree(net, points, one_by_one)
    if symbols:
        assert_symbols_agree(net, points, one_by_one, *names)
    return one_by_one
