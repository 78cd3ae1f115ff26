"""What is left of a network at fewer bits, with fewer weights, or with fewer channels: counts, and nothing else.

No accuracy is predicted. Which weights go is left open: as many of every tensor, or as many channels of every layer.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from . import arithmetic as ar
from .conventions import DEFAULT, Convention, load_convention, read_convention
from .cost import Cost
from .errors import UsageError
from .graph import Graph, Layer, Tensor
from .language.source import Source
from .network import Network
from .ops import BatchNorm, ChannelShuffle, Conv2d, ConvTranspose2d, GroupNorm, LayerNorm, Linear, Op, PReLU, Split

MAX_BITS = 64
_TRAINED = ("weight", "bias", "scale", "shift")


def size(network: Network, values: Mapping[str, Any], bits: int) -> Cost:
    """A cost whose ``params`` are bytes: every trained value in ``bits`` bits, each tensor begun on a whole byte.

    Exact integers, so rows add up to the total. Raises :class:`UsageError` for bits outside 1 to 64.
    """
    if not 1 <= bits <= MAX_BITS:
        raise UsageError(f"a value has 1 to {MAX_BITS} bits, not {bits}")
    rules = {part: f"ceil({part}*{bits}/8)" for part in _TRAINED}
    return network.cost(values, convention=_convention(f"{bits} bits", "bytes", rules, {}))


def prune_weights(network: Network, values: Mapping[str, Any], share: Fraction) -> Cost:
    """Unstructured: ``share`` of the weights of each convolution and fully connected layer is gone.

    n weights lose round(share·n), halves to even, as in ``torch.nn.utils.prune``; biases and norms stay. Each weight
    is used as often as any other of its layer, so ``counted`` (mult-adds) is exact too.
    """
    _check(share)
    left = f"(weight - round(weight*{share.numerator}/{share.denominator}))"
    kinds = ("conv2d", "conv_transpose2d", "linear")
    params: dict[str, str] = dict.fromkeys(_TRAINED, "1")
    work = {f"{kind}.mac": f"{left} * (mac // weight)" for kind in kinds}
    chosen = _convention(f"without {share} of the weights", "mult-adds", params, work, weights=(kinds, left))
    return network.cost(values, convention=chosen)


def _convention(
    name: str,
    unit: str,
    params: Mapping[str, str],
    work: Mapping[str, str],
    weights: tuple[Iterable[str], str] = ((), ""),
) -> Convention:
    lines = [f"convention: {name}", f"unit: {unit}", "params:", '  "*.*": 0']
    lines += [f'  "*.{part}": {factor}' for part, factor in params.items()]
    lines += [f"  {kind}.weight: {weights[1]}" for kind in weights[0]]
    lines += ["work:", '  "*.*": 0', *(f"  {rule}: {factor}" for rule, factor in work.items())]
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
    cost = Cost(network.name, graph, default, default, lambda: written_out)
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
    stay = _results(graph)
    for layer in graph.layers:
        inputs = tuple(tensors[t.source] for t in layer.inputs)
        try:
            op = _with_fewer(layer.op, inputs, share, id(layer) in stay)
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
        makes = isinstance(layer.op, Linear) or (isinstance(layer.op, Conv2d) and not layer.op.is_depthwise)
        if not makes:
            pending += layer.inputs
    return found


def _with_fewer(op: Op, inputs: tuple[Tensor, ...], share: Fraction, stays: bool) -> Op:
    """``op`` on what is left of its inputs, and with what is left of its own channels."""
    c = inputs[0].c
    changes: dict[str, Any] = {}
    if isinstance(op, Linear):
        out = op.out_features if stays else _kept(op.out_features, share)
        changes = {"in_features": c * inputs[0].h * inputs[0].w, "out_features": out}
    elif isinstance(op, Conv2d) and op.is_depthwise:
        if c < 2:
            raise UsageError("a single channel is left")
        changes = {"in_channels": c, "out_channels": c * (op.out_channels // op.in_channels), "groups": c}
    elif isinstance(op, Conv2d | ConvTranspose2d):
        _divides(c, op.groups)
        out = op.out_channels if stays else op.groups * _kept(op.out_channels // op.groups, share)
        changes = {"in_channels": c, "out_channels": out}
    elif isinstance(op, BatchNorm | LayerNorm | PReLU):
        if isinstance(op, GroupNorm):
            _divides(c, op.groups)
        changes = {"channels": c}
    elif isinstance(op, ChannelShuffle):
        _divides(c, op.groups)
    elif isinstance(op, Split):
        parts = tuple(_kept(n, share) if n else 0 for n in op.parts)
        if sum(parts) != c:
            raise UsageError(f"parts of {', '.join(map(str, parts))} channels aren't the {c} that are left")
        changes = {"parts": parts}
    elif op.kind in ("add", "mul") and any(t.c != c for t in inputs):
        raise UsageError(f"it joins tensors of which {' and '.join(str(t.c) for t in inputs)} channels are left")
    if not changes:
        return op
    fewer = copy.copy(op)
    for name, value in changes.items():
        setattr(fewer, name, value)
    return fewer


def _kept(channels: int, share: Fraction) -> int:
    left: int = channels - ar.round_half_even(channels * share)
    if left < 1:
        raise UsageError(f"none of {channels} channels is left")
    return left


def _divides(channels: int, groups: int) -> None:
    if channels % groups:
        raise UsageError(f"{channels} channels are left, which {groups} groups don't divide")
