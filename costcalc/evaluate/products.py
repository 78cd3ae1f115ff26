"""The built-in layers that multiply activations: attention, matrix products; and recurrent layers."""

from __future__ import annotations

from typing import Any

from ..arithmetic import mul, quotient
from ..errors import SpecError
from ..graph import Path, Tensor
from ..ops import Attention, MatMul, Recurrent, positions, size_text
from .arguments import REQUIRED, LayerDef, count, divides, flag, natural
from .joins import operands, same_size
from .run import Run


def attend(run: Run, path: Path, values: Any, heads: Any, bias: Any, talking: Any) -> Tensor:
    """softmax(QKᵀ/√d)V of each head; keys may have fewer heads, each of which then serves several of queries."""
    wanted = "queries, keys and values: attend(q, k, v); and perhaps what is added to the scores: attend(q, k, v, b)"
    tensors = operands(run, "attend", values, 3, wanted, most=4)
    q, k, v = tensors[:3]
    heads = count(run, heads, "heads")
    if len(tensors) > 3:
        added = tensors[3].c
        of_each = same_size(run, added, heads)
        if of_each is not True:
            run.require(of_each, lambda: f"{heads} heads need as many channels added to their scores, not {added}")
    as_many = same_size(run, positions(k.shape), positions(v.shape))
    if as_many is not True:
        run.require(as_many, lambda: f"as many keys as values, not {size_text(k.size)} and {size_text(v.size)}")
    divides(run, heads, q.c, "channels of the queries")
    d = quotient(q.c, heads)
    divides(run, d, k.c, "channels of the keys")
    divides(run, k.c, q.c, "channels of the queries")
    divides(run, quotient(k.c, d), v.c, "channels of the values")
    wide = v.c if k.c is q.c else mul(v.c, quotient(q.c, k.c))
    bias = natural(run, bias, "bias", 0)
    if len(tensors) > 3 and not (type(bias) is int and bias == 0):
        raise SpecError("attend adds a bias of its own to the scores, or what a fourth tensor has: give one of them")
    op = Attention(q.c, wide, positions(q.shape), positions(k.shape), heads, bias, flag(talking, "talking"))
    return run.emit(path, path, op, tensors)


def matmul(run: Run, path: Path, values: Any) -> Tensor:
    """Positions are rows, channels columns: a's channels meet b's positions."""
    a, b = operands(run, "matmul", values, 2, "two tensors: matmul(a, b)")
    meet = same_size(run, a.c, positions(b.shape))
    if meet is not True:
        what = "channels of the first meet"
        run.require(meet, lambda: f"{a.c} {what} {size_text(b.size)} positions of the second")
    return run.emit(path, path, MatMul(), (a, b))


def _recurrent(run: Run, path: Path, cell: str, x: Any, c: Any, layers: Any, both: Any) -> Tensor:
    x = run.one(x)
    c, number = count(run, c, "channels (c)"), count(run, layers, "layers")
    if not isinstance(number, int):
        raise SpecError("the number of layers must be a plain number; write n * lstm(c) for others")
    return run.emit(path, path, Recurrent(cell, x.c, c, number, flag(both, "both")), (x,))


def lstm(run: Run, path: Path, x: Any, c: Any, layers: Any, both: Any) -> Tensor:
    """LSTM along the positions, row by row."""
    return _recurrent(run, path, "lstm", x, c, layers, both)


def gru(run: Run, path: Path, x: Any, c: Any, layers: Any, both: Any) -> Tensor:
    """GRU along the positions, row by row."""
    return _recurrent(run, path, "gru", x, c, layers, both)


PRODUCTS = (
    LayerDef("attend", attend, since=2, joins=True, heads=1, bias=0, talking=False),
    LayerDef("matmul", matmul, since=2, joins=True),
    LayerDef("lstm", lstm, since=2, c=REQUIRED, layers=1, both=False),
    LayerDef("gru", gru, since=2, c=REQUIRED, layers=1, both=False),
)
