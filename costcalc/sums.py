"""Params and work of a layer and of all layers under a convention, and what can't be counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .arithmetic import add, is_array, is_recorded, is_symbolic, product, total
from .conventions import Convention, SaysNothing
from .errors import SpecError, UsageError
from .graph import Graph, Layer
from .language.values import axes_of


def sums(graph: Graph, convention: Convention) -> tuple[Any, Any]:
    """Params and work of all layers. Raises for what can't be counted, as :func:`require_countable`."""
    require_countable(graph, convention)
    try:
        on_symbols = any(map(is_symbolic, _numbers(graph)))
        return (_add_up_symbols if on_symbols else _add_up)(graph.layers, convention)
    except SaysNothing:
        convention.require(graph.layers)  # tells all kinds, not the first alone
        raise


def measure(layer: Layer, convention: Convention) -> tuple[Any, Any]:
    """Params and work of ``layer`` over all its copies."""
    params, work = convention.count(layer)
    weight_count, count = layer.weight_count, layer.count
    if layer.over is not None:
        return _summed(params * weight_count, layer), _summed(work * count, layer)
    if convention.multiplies:  # its counts may be larger than what refuse_overflow bounds
        return product(params, weight_count), product(work, count)
    return params * weight_count, work * count


def _summed(term: Any, layer: Layer) -> Any:
    """The sum over a growing series of copies."""
    from .arithmetic.symbols import closed_sum

    assert layer.over is not None
    return closed_sum(term, layer.over.index, layer.over.low, layer.over.high)


def _add_up_symbols(layers: Iterable[Layer], convention: Convention) -> tuple[Any, Any]:
    measured = [measure(layer, convention) for layer in layers]
    return total(p for p, _ in measured), total(w for _, w in measured)


def _add_up(layers: Iterable[Layer], convention: Convention) -> tuple[Any, Any]:
    """Params and work of all ``layers``."""
    params: Any = 0
    work: Any = 0
    count, plain = convention.count, not convention.multiplies
    for layer in layers:
        if plain:  # as measure has it, but for the calls; a series of copies is on symbols alone
            p, w = count(layer)
            params = params + p * layer.weight_count
            work = work + w * layer.count
        else:
            p, w = measure(layer, convention)
            params = params + p
            work = add(work, w) if is_array(w) else work + w
    return params, work


def require_countable(graph: Graph, convention: Convention) -> None:
    """An error for arrays beyond int64, and for layers that ``convention`` leaves out and that aren't there."""
    refuse_overflow(graph)
    _check_excluded(graph, convention)


def _check_excluded(graph: Graph, convention: Convention) -> None:
    """An error for a layer that the convention leaves out, or freezes, and the network doesn't have."""
    for names, meets in ((convention.exclude, convention.excludes), (convention.frozen, convention.freezes)):
        if names and not any(map(meets, graph.layers)):
            raise UsageError(
                f"the convention {convention.name} leaves out {', '.join(names)}, which this network doesn't have"
            )


def refuse_overflow(graph: Graph) -> None:
    """An error if int64 could wrap somewhere: NumPy wouldn't tell. Python's ints and symbols never do.

    The bound is crude, the largest of each factor of every layer: kernel, channels in and out, size, copies.
    """
    numbers = _numbers(graph)
    if not any(map(is_array, numbers)) or any(map(is_recorded, numbers)):
        return
    bound = 0.0
    for layer in graph.layers:
        factors = (layer.op.window, layer.count, *(shape[0] for shape in layer.in_shapes[:1]), *layer.out_shape)
        if not any(is_array(f) for f in factors):
            continue
        if any(is_symbolic(f) for f in factors):
            return
        largest = 1.0
        for f in factors:
            largest *= float(f.max()) if is_array(f) else float(f)
        bound += largest
    if bound >= 2.0**63:
        raise SpecError("the counts of this array may not fit 64 bits; evaluate its largest elements one by one")


def _numbers(graph: Graph) -> list[Any]:
    """The values of the parameters, of a rectangle both."""
    return [n for value in graph.parameters.values() for n in axes_of(value)]
