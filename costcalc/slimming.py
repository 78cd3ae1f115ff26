"""What is left of a network at fewer bits, with fewer weights, or with fewer channels: counts, and nothing else.

No accuracy is predicted. Which weights go is left open: as many of every tensor, or as many channels of every layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from . import arithmetic as ar
from .conventions import DEFAULT, Convention, load_convention, read_convention
from .cost import Cost
from .errors import UsageError
from .graph import Graph, Layer, Tensor
from .language.source import Source
from .network import Network
from .ops import kinds

MAX_BITS = 64


def size(network: Network, values: Mapping[str, Any], bits: int) -> Cost:
    """A cost whose ``params`` are bytes: every trained value in ``bits`` bits, each tensor begun on a whole byte.

    Exact integers, so rows add up to the total. Raises :class:`UsageError` for bits outside 1 to 64.
    """
    if not 1 <= bits <= MAX_BITS:
        raise UsageError(f"a value has 1 to {MAX_BITS} bits, not {bits}")
    factors = {kind: dict.fromkeys(_trained(kind), f"ceil({{part}}*{bits}/8)") for kind in kinds()}
    return network.cost(values, convention=_convention(f"{bits} bits", "bytes", factors))


def prune_weights(network: Network, values: Mapping[str, Any], share: Fraction) -> Cost:
    """Unstructured: ``share`` of the weights of each convolution and fully connected layer is gone.

    n weights lose round(share·n), halves to even, as in ``torch.nn.utils.prune``; biases and norms stay. Each weight
    is used as often as any other of its layer, so ``counted`` (mult-adds) is exact too. Raises :class:`UsageError`
    for an op that multiplies by weights and doesn't say whether that holds for it.
    """
    _check(share)
    left = f"(weight - round(weight*{share.numerator}/{share.denominator}))"
    factors: dict[str, dict[str, str]] = {}
    unsure: list[str] = []
    for kind, names in kinds().items():
        factors[kind] = dict.fromkeys([*_trained(kind), "mac"], "1")
        if names.used_alike:
            factors[kind] |= {"weight": left, "mac": f"{left} * (mac // weight) if weight > 0 else mac"}
        elif "weight" in names.weights and "mac" in names.work:
            unsure.append(kind)
    cost = network.cost(values, convention=_convention(f"without {share} of the weights", "mult-adds", factors))
    for layer in cost.graph.layers:
        if layer.op.kind in unsure and "weight" in layer.op.weights():
            raise UsageError(f"{layer.name}: how often {layer.op.kind} uses each of its weights isn't said")
    return cost


def _trained(kind: str) -> list[str]:
    names = kinds()[kind]
    return [part for part in names.weights if part not in names.statistics]


def _convention(name: str, unit: str, factors: Mapping[str, Mapping[str, str]]) -> Convention:
    """One that counts each part of each kind of op by its factor, 0 if there is none."""
    lines = [f"convention: {name}", f"unit: {unit}"]
    for side in ("params", "work"):
        lines.append(f"{side}:")
        for kind, names in kinds().items():
            parts = names.weights if side == "params" else names.work
            lines += [f"  {kind}.{part}: {factors[kind].get(part, '0').format(part=part)}" for part in parts]
    return read_convention(Source(name, "\n".join(lines) + "\n"))


def _check(share: Fraction) -> None:
    if not 0 <= share < 1:
        raise UsageError(f"the share that is pruned is from 0 to less than 1, not {share}")


# -- channels


def prune_channels(network: Network, values: Mapping[str, Any], share: Fraction) -> Cost:
    """Structured: ``share`` of the output channels of every layer is gone, and what fed on them.

    A layer of c channels loses round(share·c), halves to even; a grouped one as many in each group. The channels of
    the input and of the results stay. Raises :class:`UsageError` where that is no network: a layer without channels,
    groups that don't divide, a sum of tensors that keep different numbers.
    """
    _check(share)
    default = load_convention(DEFAULT)
    graph = _pruned(network.graph(**values), share)
    written_out = _pruned(network.graph(expand=True, **values), share)
    cost = Cost(network.name, graph, default, default, lambda: written_out, lambda: network)
    if (cost.params, cost.mult_adds) != _totals(written_out, default):
        raise UsageError(f"{network.name}: the copies of a repeat would keep different numbers of channels")
    return cost


def _totals(graph: Graph, convention: Convention) -> tuple[int, int]:
    cost = Cost("", graph, convention, convention, lambda: graph)
    return cost.params, cost.mult_adds


def _pruned(graph: Graph, share: Fraction) -> Graph:
    found = Graph()
    found.parameters = graph.parameters
    found.inputs = graph.inputs
    tensors: dict[Any, Tensor] = {t.source: t for t in graph.inputs.values()}
    layers: dict[int, Layer] = {}
    stay, keep = _results(graph), partial(_kept, share=share)
    for layer in graph.layers:
        inputs = tuple(tensors[t.source] for t in layer.inputs)
        try:
            op = layer.op.fewer(tuple(t.shape for t in inputs), keep, stays=id(layer) in stay)
        except UsageError as e:
            raise UsageError(f"{layer.name}: {e.message}") from e
        new = Layer(layer.path, op, inputs, layer.call, layer.block, layer.count)
        new.weight_count = layer.weight_count
        new.net = layer.net
        if layer.owner is not None:
            new.owner = layers[id(layer.owner)]
            if new.owner.op.weights() != op.weights():
                raise UsageError(f"{layer.name}: the layers that share its weights keep other numbers of channels")
        tensors |= {(layer, port): Tensor(shape, new, port) for port, shape in enumerate(new.out_shapes)}
        layers[id(layer)] = new
        found.layers.append(new)
    found.outputs = {name: tensors[t.source] for name, t in graph.outputs.items()}
    return found


def _results(graph: Graph) -> set[int]:
    """The layers whose channels are those of a result: nothing behind them has weights of its own to choose them."""
    found: set[int] = set()
    pending = list(graph.outputs.values())
    for tensor in pending:
        layer = tensor.layer
        if not isinstance(layer, Layer) or id(layer) in found:
            continue
        found.add(id(layer))
        if not layer.op.makes_channels:
            pending += layer.inputs
    return found


def _kept(channels: int, share: Fraction) -> int:
    left: int = channels - ar.round_half_even(channels * share)
    if left < 1:
        raise UsageError(f"none of {channels} channels is left")
    return left
