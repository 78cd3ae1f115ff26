"""Products of queries and keys: as one attention with the values, or as a matrix product by themselves."""

from __future__ import annotations

from ..layout import Factor, Factors, size
from ..record import TraceNode
from .aligning import joined
from .arranging import ordered, pattern, transposed, unrepeated, with_channels, with_parts
from .context import TraceLowering
from .registry import Gap
from .values import Scores, TensorValue


def product(
    lowering: TraceLowering, node: TraceNode, a: TensorValue, b: TensorValue, inner: tuple[Factors, Factors]
) -> tuple[TensorValue, Factors]:
    """``matmul``: rows of ``a`` by columns of ``b``, which meet in ``inner``; all other common dimensions are parts.

    Both have the same dimensions in front: those are the batch. Gives the product, whose channels are the columns.
    """
    unrepeated(a)
    unrepeated(b)
    batch_a = {factor for dim in a.layout.dims[:-2] for factor in dim}
    batch_b = {factor for dim in b.layout.dims[:-2] for factor in dim}
    a = with_channels(lowering, node, with_parts(lowering, node, a, batch_a), inner[0])
    b = with_parts(lowering, node, b, batch_b)
    columns = tuple(factor for dim in b.layout.dims[-2:] for factor in dim if factor not in inner[1])
    b = with_channels(lowering, node, b, columns)
    if size(a.layout.open) != size(b.layout.open):
        raise Gap("a matrix product whose sides have different parts", f"{pattern(a.layout)}, {pattern(b.layout)}")
    if b.shape[1:] != (size(inner[1]), *(1,) * (len(b.shape) - 2)) and size(b.layout.positions) != size(inner[1]):
        raise Gap("a matrix product over positions and channels", pattern(b.layout))
    layout = a.layout._replace(channels=columns)
    ref = lowering.emit(node, "matmul", {}, [a, b], layout.own_shape)
    return TensorValue(ref, layout), columns


def settle(lowering: TraceLowering, node: TraceNode, scores: Scores) -> TensorValue:
    """Scores as a matrix product: something other than attention reads them."""
    if scores.talking or scores.bias or scores.added or scores.factor:
        raise Gap("attention scores that something else reads", "")
    made, columns = product(lowering, node, scores.queries, scores.keys, (scores.inner, scores.inner_keys))
    if scores.softmaxed:
        made = made._replace(ref=lowering.emit(node, "softmax", {}, [made], made.shape))
    dims = (*scores.batch, scores.rows, columns)
    layout = made.layout._replace(dims=dims)
    return made.at(layout.permute(scores.order) if scores.order else layout)


def attention(
    lowering: TraceLowering, node: TraceNode, scores: Scores, values: TensorValue, columns: Factors
) -> TensorValue:
    """``attend``: scores, softmax and the product with the values, whose last dimension is ``columns``."""
    if scores.added is not None and not _is_bias(scores):
        return _written_out(lowering, node, scores, values, columns)
    for x in (scores.queries, scores.keys, values):
        unrepeated(x)
    batch = [factor for dim in scores.batch for factor in dim]
    q, heads = _headed(lowering, node, scores.queries, batch, scores.inner)
    keys = scores.keys
    k, key_heads = _headed(lowering, node, keys, [f for d in keys.layout.dims[:-2] for f in d], scores.inner_keys)
    v, value_heads = _headed(lowering, node, values, [f for d in values.layout.dims[:-2] for f in d], columns)
    parts = {size(x.layout.open) for x in (q, k, v)}
    if len(parts) > 1:
        raise Gap("attention whose queries and keys have different parts", pattern(q.layout))
    number = size(heads)
    arguments: dict[str, int | bool] = {"heads": number}
    params = scores.bias
    if lowering.number(params) % number:
        raise Gap("a bias of attention scores that heads share unevenly", ", ".join(params))
    if params:
        arguments["bias"] = lowering.number(params) // number
    if scores.factor:
        if lowering.number(scores.factor) != number:
            raise Gap("attention scores times other weights than one for each head", ", ".join(scores.factor))
        q = q._replace(ref=lowering.emit(node, "scale", {"g": number}, [q], q.shape, params=scores.factor))
    inputs = [q, k, v, *([scores.added] if scores.added else [])]
    if scores.talking:
        arguments["talking"] = True
        params = (*params, *scores.talking)
        if lowering.number(scores.talking) != 2 * number * (number + 1):
            raise Gap("heads that talk with other weights", "")
    if number % size(value_heads) or size(value_heads) != size(key_heads):
        raise Gap("values of another number of heads than the keys", pattern(v.layout))
    layout = q.layout._replace(channels=heads + columns, dims=(*scores.batch, scores.rows, columns))
    ref = lowering.emit(node, "attend", arguments, inputs, layout.own_shape, params=params)
    return TensorValue(ref, layout)


def _is_bias(scores: Scores) -> bool:
    """Whether what was added has a channel for each head, as ``attend`` takes it."""
    assert scores.added is not None
    layout = scores.queries.layout
    cut_heads = {f for part in layout.parts if part.word == "heads" for f in part.all}
    heads = [f for dim in scores.batch for f in dim if f in layout.channels or f in cut_heads]
    return scores.added.shape[0] == size(heads)


def _written_out(
    lowering: TraceLowering, node: TraceNode, scores: Scores, values: TensorValue, columns: Factors
) -> TensorValue:
    """Attention as two products with a sum and a softmax between."""
    assert scores.added is not None
    if scores.order:
        raise Gap("attention scores that something else reads", "")
    made = settle(lowering, node, scores._replace(added=None, softmaxed=False))
    made = joined(lowering, node, "add", [made, scores.added])
    inner = made.layout.dims[-1]
    made = with_channels(lowering, node, made, inner)
    made = made._replace(ref=lowering.emit(node, "softmax", {}, [made], made.shape))
    rows = made.layout.dims
    result, columns = product(lowering, node, made, values, (inner, values.layout.dims[-2]))
    return result.at(result.layout._replace(dims=(*rows[:-1], columns)))


def _headed(
    lowering: TraceLowering, node: TraceNode, x: TensorValue, batch: list[Factor], inner: Factors
) -> tuple[TensorValue, Factors]:
    """``x`` with its heads, the channels among the batch, in front of ``inner``; what else is batch are parts."""
    while any(part.word == "heads" for part in x.layout.parts):
        from_heads = {f for part in x.layout.parts if part.word == "heads" for f in part.all}
        keep = [f for f in x.layout.open if f not in from_heads]
        x = with_parts(lowering, node, x, keep)
    if set(inner) <= set(x.layout.positions) and inner:
        others = {f for f in x.layout.positions if f not in inner and f in batch}
        x = with_parts(lowering, node, x, others | (set(x.layout.open) & set(batch)))
        x = transposed(lowering, node, x)
        return x, ()
    heads = tuple(factor for factor in batch if factor in x.layout.channels)
    x = with_parts(lowering, node, x, [factor for factor in batch if factor not in heads])
    if set(x.layout.channels) != {*heads, *inner}:
        x = with_channels(lowering, node, x, heads + inner)
    return ordered(lowering, node, x, heads + inner), heads
