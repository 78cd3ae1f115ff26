"""Products of activations: attention and matrix products; recurrent cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from ..arithmetic import add, product, quotient
from ..errors import UsageError
from .base import Choices, Number, Op, Parts, Shape, elements, require_divisor
from .rearrange import positions
from .seen import everything


class Attention(Op):
    """softmax(QKᵀ/√d)V of queries, keys and values (Vaswani et al. 2017, section 3.2), ``heads`` side by side.

    L queries and L' keys of C channels in all heads, values of V: L·L'·(C + V) mult-adds. ``bias``: learned values of
    each head that are added to the scores (a table of relative positions has one for each offset); a fourth input has
    such values that were computed, a channel for each head. ``talking``: a linear layer over the heads before and
    after the softmax (Shazeer et al. 2020, equation 8): 2·H²·L·L' more.
    """

    __slots__ = ("bias", "channels", "heads", "keys", "queries", "talking", "values")
    kind = "attention"
    weight_names = ("weight", "bias")
    work_names = ("mac", "scaling", "softmax", "bias_add")
    told = ("channels", "values", "queries", "keys", "heads", "bias", "talking")
    sees = everything

    def __init__(
        self,
        channels: Number,
        values: Number,
        queries: Number,
        keys: Number,
        heads: Number = 1,
        bias: Number = 0,
        talking: bool = False,
    ) -> None:
        self.channels = channels
        self.values = values
        self.queries = queries
        self.keys = keys
        self.heads = heads
        self.bias = bias
        self.talking = talking

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return ((self.values, *inputs[0][1:]),)

    def weights(self) -> Parts:
        has_bias = not (type(self.bias) is int and self.bias == 0)
        bias = product(self.heads, self.bias) if has_bias else 0
        if self.talking:
            return {"weight": product(2, self.heads, self.heads), "bias": add(bias, product(2, self.heads))}
        return {"bias": bias} if has_bias else {}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        scores = product(self.queries, self.keys)
        of_heads = product(scores, self.heads)
        mac = product(scores, add(self.channels, self.values))
        if self.talking:
            mac = mac + product(2, of_heads, self.heads)
        parts: Parts = {"mac": mac, "scaling": of_heads, "softmax": of_heads}
        return {**parts, "bias_add": of_heads} if len(inputs) == 4 or "bias" in self.weights() else parts

    def backward(self, inputs: tuple[Shape, ...], output: Shape, needed: tuple[bool, ...]) -> tuple[Number, Number]:
        """QKᵀ has gradients of Q and K, the product with V those of the scores and of V, talking heads of both."""
        q, k, v = needed[:3]
        pairs = product(self.queries, self.keys)
        talk = product(2, pairs, self.heads, self.heads) if self.talking else 0
        scores = q or k or "bias" in self.weights() or any(needed[3:])
        of_inputs = product(pairs, self.channels, int(q) + int(k)) + product(pairs, self.values, int(scores) + int(v))
        return talk, of_inputs + (talk if scores else 0)

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        q, k, v, *table = (shape[0] for shape in inputs)
        if table not in ([], [self.heads]):
            raise UsageError(f"{table[0]} channels are left to {self.heads} heads")
        require_divisor(self.heads, q)
        require_divisor(q // self.heads, k)
        require_divisor(k, q)
        require_divisor(k // (q // self.heads), v)
        return self.changed(channels=q, values=v * (q // k))

    @property
    def label(self) -> str:
        return "attend"

    @property
    def filter_text(self) -> str:
        heads = f"{self.heads} head{'' if type(self.heads) is int and self.heads == 1 else 's'}"
        bias = "" if type(self.bias) is int and self.bias == 0 else f", bias {self.bias}"
        return f"{heads}{bias}{', talking' if self.talking else ''}"


class MatMul(Op):
    """Positions are rows, channels columns: (N x K)(K x M) = N x M, with N·K·M mult-adds."""

    __slots__ = ()
    kind = "matmul"
    work_names = ("mac",)
    sees = everything

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return ((inputs[1][0], *inputs[0][1:]),)

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        return {"mac": product(elements(inputs[0]), inputs[1][0])}

    def backward(self, inputs: tuple[Shape, ...], output: Shape, needed: tuple[bool, ...]) -> tuple[Number, Number]:
        return 0, product(self.work(inputs, output)["mac"], sum(needed))

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        rows, columns = positions(inputs[1]), inputs[0][0]
        if rows != columns:
            raise UsageError(f"{columns} channels of the first are left to meet {rows} positions of the second")
        return self


GATES = {"lstm": 4, "gru": 3}


class Recurrent(Op):
    """A recurrent layer along the positions: LSTM (4 gates, Hochreiter et al. 1997, with forget gates) or GRU (3).

    ``layers`` stand on top of each other; ``both``: in both directions, whose outputs stand beside each other.
    A layer has G·c·(c' + c) weights for c' channels that enter, and 2·G·c biases (as PyTorch and cuDNN have them).
    """

    __slots__ = ("both", "cell", "channels", "in_channels", "layers")
    kind = "recurrent"
    choices: ClassVar[Choices] = {"cell": tuple(GATES)}
    weight_names = ("weight", "bias")
    work_names = ("mac", "gate")
    used_alike = True
    told = ("cell", "in_channels", "channels")
    sees = everything

    def __init__(self, cell: str, in_channels: Number, channels: Number, layers: int = 1, both: bool = False) -> None:
        self.cell = cell
        self.in_channels = in_channels
        self.channels = channels
        self.layers = layers
        self.both = both

    @property
    def gates(self) -> int:
        """Gates of a cell: 4 of an LSTM, 3 of a GRU."""
        return GATES[self.cell]

    @property
    def directions(self) -> int:
        """1, or 2 in both directions."""
        return 2 if self.both else 1

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        return ((product(self.directions, self.channels), *inputs[0][1:]),)

    def weights(self) -> Parts:
        gates, ways, c = self.gates, self.directions, self.channels
        first = product(gates, c, add(self.in_channels, c))
        further = product(self.layers - 1, gates, c, add(product(ways, c), c))
        return {"weight": product(ways, add(first, further)), "bias": product(2, ways, self.layers, gates, c)}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        weights, steps = self.weights(), product(*output[1:])
        return {"mac": product(weights["weight"], steps), "gate": product(quotient(weights["bias"], 2), steps)}

    def backward(self, inputs: tuple[Shape, ...], output: Shape, needed: tuple[bool, ...]) -> tuple[Number, Number]:
        """The state's gradient is asked for in any case; the input's at the first layer only if it is ``needed``."""
        mac = self.work(inputs, output)["mac"]
        first = product(self.directions, self.gates, self.channels, self.in_channels, *output[1:])
        return mac, mac if needed[0] else mac - first

    @property
    def makes_channels(self) -> bool:
        return True

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        return self.changed(in_channels=inputs[0][0], channels=self.channels if stays else keep(self.channels))

    @property
    def label(self) -> str:
        return self.cell

    @property
    def filter_text(self) -> str:
        return f"{self.in_channels}x{self.channels}"
