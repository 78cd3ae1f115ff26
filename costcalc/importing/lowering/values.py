"""What stands for a tensor of the trace while it is lowered."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from ..calls import Ref
from ..layout import Factors, Layout
from ..record import Shape


class TensorValue(NamedTuple):
    """A tensor of the language, and where the trace's dimensions lie in it.

    ``free``: the order of its channels means nothing yet, as they come from a dense layer, whose weights may have any
    order. ``doubtful``: something before it couldn't be said, so that its layout is a guess.
    ``of_constants``: no input of the network is behind it. ``gathered``: its positions were picked by a table, and the
    layout is that of what came out; only attention scores take it.
    """

    ref: Ref
    layout: Layout
    free: bool = False
    doubtful: bool = False
    of_constants: bool = False
    gathered: bool = False

    @property
    def shape(self) -> Shape:
        """The language's shape."""
        return self.layout.own_shape

    def at(self, layout: Layout) -> TensorValue:
        """The same tensor seen otherwise."""
        return self._replace(layout=layout)


class Static(NamedTuple):
    """A tensor that depends on weights and constants alone: ``params`` are those it is made of.

    ``whole``: it is those weights, each number once, in some order. ``name`` tells constants apart. ``pieces``: of one
    that was put together, how many numbers each piece has, and its weights.
    """

    shape: Shape
    params: tuple[str, ...] = ()
    whole: bool = False
    name: str = ""
    pieces: tuple[tuple[int, tuple[str, ...]], ...] = ()


class Scores(NamedTuple):
    """A product of queries and keys that waits for the values: ``attend`` is all of it in one call.

    The trace's dimensions are ``batch``, ``rows`` (positions of queries), and those of the keys; ``order`` says how
    they are permuted now. ``inner`` are the channels in which queries and keys meet, ``inner_keys`` those of the keys.
    ``bias`` are weights that were added, ``added`` a tensor that was; ``factor`` are weights that the scores of each
    head were multiplied by; ``talking`` are those of layers that mix the heads.
    """

    queries: TensorValue
    keys: TensorValue
    shape: Shape
    inner: Factors
    inner_keys: Factors
    batch: tuple[Factors, ...]
    rows: Factors
    order: tuple[int, ...] = ()
    softmaxed: bool = False
    bias: tuple[str, ...] = ()
    added: TensorValue | None = None
    factor: tuple[str, ...] = ()
    talking: tuple[str, ...] = ()


class Weighted(NamedTuple):
    """Tensors that are each multiplied by another number of one weight, and added: until all numbers are used."""

    operands: tuple[TensorValue, ...]
    weight: str
    shape: Shape


Lowered: TypeAlias = "TensorValue | Static | Scores | Weighted"
