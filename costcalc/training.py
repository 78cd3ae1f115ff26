"""What a step of training needs: mult-adds of the gradients, and bytes of what is kept for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors import UsageError, nearest, quoted
from .graph import Choice, Graph, Layer, Tensor
from .memory import load_definition, memory_of
from .record import Record
from .units import bytes_text, exact

STATES = {"sgd": 0, "momentum": 1, "adam": 2}
"""Values that an optimiser keeps for each param: none, its velocity, or the means of gradients and of their squares
(Kingma and Ba 2015)."""


class BackwardLayer(Record):
    """A layer's mult-adds backwards, of all its copies: for its weights' gradients, and for its inputs'."""

    layer: Layer
    of_weights: Any
    of_inputs: Any


class Training(Record):
    """A step of training for ``batch`` images; bytes at ``bits`` a value.

    ``activations`` are the outputs of all layers and the input, as the definition training of memory has them: a bound
    from above on what autograd keeps. ``weights``, ``gradients`` and ``states`` (the optimiser's: none for sgd, one
    value a param for momentum, two for adam, Kingma and Ba 2015) are of params. ``forward`` are the mult-adds forwards.
    """

    optimiser: str
    batch: int
    bits: int
    layers: Sequence[BackwardLayer]
    forward: int
    activations: int
    weights: int
    gradients: int
    states: int

    def __repr__(self) -> str:
        what = f"{self.optimiser}, {self.bits} bits, batch {self.batch}"
        return f"<Training {what}: {exact(self.backward)} mult-adds backwards, {bytes_text(self.bytes)}>"

    @property
    def of_weights(self) -> int:
        """Mult-adds of the weights' gradients."""
        return sum(one.of_weights for one in self.layers)

    @property
    def of_inputs(self) -> int:
        """Mult-adds of the inputs' gradients."""
        return sum(one.of_inputs for one in self.layers)

    @property
    def backward(self) -> int:
        """Mult-adds of all gradients."""
        return self.of_weights + self.of_inputs

    @property
    def bytes(self) -> int:
        """Bytes of all that is kept."""
        return self.activations + self.weights + self.gradients + self.states


def training(graph: Graph, params: int, *, optimiser: str = "sgd", bits: int = 32, batch: int = 1) -> Training:
    """A step of training of ``graph``, every copy written out, with ``params`` trained weights.

    Gradients of what depends on no trained weight aren't computed: those of a network's input, so the first layer's.
    Raises :class:`UsageError` for another optimiser, a batch below 1, and an op that doesn't say its gradients.
    """
    if optimiser not in STATES:
        known = ", ".join(STATES)
        raise UsageError(f"no optimiser is {quoted(optimiser)}{nearest(optimiser, STATES)}; there are {known}")
    kept = memory_of(graph, load_definition("training"), bits=bits, batch=batch).peak
    trained: set[Layer] = set()
    found = []
    forward = 0
    for layer in graph.layers:
        needed = tuple(_is_trained(tensor, trained) for tensor in layer.inputs)
        if any(needed) or layer.op.weights().keys() - set(layer.op.statistics):
            trained.add(layer)
        mac = layer.op.work(layer.in_shapes, layer.out_shape).get("mac", 0)
        forward += mac * layer.count * batch
        weights, inputs = layer.op.backward(layer.in_shapes, layer.out_shape, needed)
        found.append(BackwardLayer(layer, weights * layer.count * batch, inputs * layer.count * batch))
    own = -(-params * bits // 8)
    return Training(optimiser, batch, bits, found, forward, kept, own, own, STATES[optimiser] * own)


def _is_trained(tensor: Tensor, trained: set[Layer]) -> bool:
    """Whether a tensor depends on a trained weight."""
    maker = tensor.layer
    if isinstance(maker, Choice):
        return any(_is_trained(one, trained) for one in maker.inputs)
    return maker is not None and maker in trained
