"""Products of tensors: attention, matrix products, einsum."""

from __future__ import annotations

import re
from typing import Any

from ..layout import Factors, Layout, size
from ..record import TraceNode
from .context import TraceLowering
from .linear import dense
from .operands import activated, activation
from .registry import Gap, lowers
from .scores import attention, product
from .values import Lowered, Scores, Static, TensorValue


@lowers("scaled_dot_product_attention")
def sdpa(lowering: TraceLowering, node: TraceNode) -> Lowered:
    q, k, v = (activation(lowering, node, one) for one in node.args[:3])
    k, v = k.at(k.layout.anew()), v.at(v.layout.anew())
    scores = _scores(q, k.at(_swapped(k.layout)), node.shape)
    mask = lowering.argument(node, 3, "attn_mask")
    if mask is not None:
        found = lowering.value(mask)
        if isinstance(found, Static):
            scores = scores._replace(bias=found.params)
        elif isinstance(found, TensorValue):
            scores = scores._replace(added=found)
    return attention(lowering, node, scores, v, v.layout.dims[-1])


def _swapped(layout: Layout) -> Layout:
    return layout.permute((*range(len(layout.dims) - 2), len(layout.dims) - 1, len(layout.dims) - 2))


def _scores(q: TensorValue, k: TensorValue, shape: Any) -> Scores:
    """``q`` has rows and inner channels last, ``k`` inner channels and columns."""
    dims = q.layout.dims
    return Scores(q, k, shape, dims[-1], k.layout.dims[-2], dims[:-2], dims[-2])


@lowers("matmul", "bmm", "mm")
def matmul(lowering: TraceLowering, node: TraceNode) -> Lowered:
    return multiplied(lowering, node, lowering.value(node.args[0]), lowering.value(node.args[1]))


@lowers("baddbmm")
def baddbmm(lowering: TraceLowering, node: TraceNode) -> Lowered:
    made = multiplied(lowering, node, lowering.value(node.args[1]), lowering.value(node.args[2]))
    added = lowering.value(node.args[0])
    if isinstance(made, Scores) and isinstance(added, Static):
        return made._replace(bias=added.params)
    raise Gap("a product that is added to a tensor", node.op)


def multiplied(lowering: TraceLowering, node: TraceNode, a: Lowered, b: Lowered) -> Lowered:
    """``a @ b``: scores that wait for their values if both meet in channels, else what it is."""
    if isinstance(b, TensorValue):
        b = b.at(b.layout.anew())  # it may have come from the same tensor
    if isinstance(a, Scores) and a.softmaxed and isinstance(b, TensorValue):
        if a.order:
            return _transposed_attention(lowering, node, a, b)
        return attention(lowering, node, a, b, b.layout.dims[-1])
    if isinstance(b, Static):
        return _by_weights(lowering, node, activation(lowering, node, a), b)
    if isinstance(b, Scores) and b.softmaxed and isinstance(a, TensorValue):
        return _flipped_attention(lowering, node, a, b)
    x, y = activated(lowering, node, a), activation(lowering, node, b)
    inner = x.layout.dims[-1], y.layout.dims[-2]
    if size(inner[0]) != size(inner[1]):
        raise Gap("a matrix product of tensors whose dimensions lie apart", "")
    rows = set(x.layout.dims[-2])
    if _in_channels(x, inner[0]) and _in_channels(y, inner[1]) and rows <= set(x.layout.positions):
        return _scores(x, y, node.shape)
    front = x.layout.dims[:-2]
    made, columns = product(lowering, node, x, y, inner)
    return made.at(made.layout._replace(dims=(*front, x.layout.dims[-2], columns)))


def _in_channels(x: TensorValue, factors: Factors) -> bool:
    return bool(factors) and set(factors) <= set(x.layout.channels) and not set(x.layout.dims[-1]) & set(x.layout.open)


def _transposed_attention(lowering: TraceLowering, node: TraceNode, scores: Scores, values: TensorValue) -> Lowered:
    raise Gap("attention scores that are turned round", "")


def _flipped_attention(lowering: TraceLowering, node: TraceNode, values: TensorValue, scores: Scores) -> Lowered:
    """``v @ softmax(…)ᵀ``, with channels as rows: the same attention, its result turned round."""
    number = len(scores.shape)
    turned = (*range(number - 2), number - 1, number - 2)
    if scores.order != turned:
        raise Gap("attention scores that are turned round", "")
    made = attention(
        lowering, node, scores._replace(order=()), values.at(_swapped(values.layout)), values.layout.dims[-2]
    )
    return made.at(_swapped(made.layout))


def _by_weights(lowering: TraceLowering, node: TraceNode, x: TensorValue, weight: Static) -> TensorValue:
    """``x @ W``."""
    if len(weight.shape) == 2 and weight.params:
        features, out = weight.shape
        return dense(lowering, node, x, features, out, node.args[1], None)
    raise Gap("a matrix product with weights of more than two dimensions", str(weight.shape))


# -- einsum


@lowers("einsum")
def einsum(lowering: TraceLowering, node: TraceNode) -> Lowered:
    text, operands = node.args[0], node.args[1]
    assert isinstance(text, str)
    assert isinstance(operands, tuple)
    left, _, out = re.sub(r"\s", "", text).partition("->")
    first, _, second = left.partition(",")
    if not out or not second or "," in second or "." in text:
        raise Gap("einsum of other than two tensors", text)
    a, b = (lowering.value(one) for one in operands)
    if isinstance(a, Static) and isinstance(b, TensorValue):
        a, b, first, second = b, a, second, first
    summed = [letter for letter in first if letter in second and letter not in out]
    if isinstance(a, Scores) and a.softmaxed and len(summed) == 1:
        return _einsum_values(lowering, node, a, first, b, second, out, summed[0])
    x, y = activation(lowering, node, a), activated(lowering, node, b)
    if len(summed) != 1:
        raise Gap("einsum over other than one index", text)
    (inner,) = summed
    batch = [letter for letter in first if letter in second and letter in out]
    rows = [letter for letter in first if letter not in second]
    columns = [letter for letter in second if letter not in first]
    if len(columns) != 1 or any(letter not in out for letter in rows + columns):
        raise Gap("einsum of another form than a matrix product", text)
    x = x.at(x.layout.permute([first.index(letter) for letter in [*batch, *rows, inner]]))
    y = y.at(y.layout.permute([second.index(letter) for letter in [*batch, inner, *columns]]))
    if len(rows) != 1:
        x = x.at(_joined_rows(x.layout, len(batch), len(rows)))
    shape = (*x.layout.shape[: len(batch)], x.layout.shape[-2], y.layout.shape[-1])
    made = multiplied(lowering, node, x, y)
    order = [*batch, *rows, *columns]
    if len(rows) == 1 and [order.index(letter) for letter in out] == list(range(len(order))):
        return made._replace(shape=shape) if isinstance(made, Scores) else made
    if isinstance(made, Scores):
        if len(rows) == 1:
            return made._replace(shape=shape, order=tuple(order.index(letter) for letter in out))
        made = activation(lowering, node, made)
    return made.at(_spread(made.layout, x.layout, len(batch), rows, order, out, first, lowering, operands))  # type: ignore[union-attr]


def _joined_rows(layout: Layout, batch: int, rows: int) -> Layout:
    flat: Factors = tuple(f for dim in layout.dims[batch : batch + rows] for f in dim)
    return layout._replace(dims=(*layout.dims[:batch], flat, layout.dims[-1]))


def _spread(
    made: Layout,
    x: Layout,
    batch: int,
    rows: list[str],
    order: list[str],
    out: str,
    first: str,
    lowering: Any,
    operands: Any,
) -> Layout:
    sizes = dict(zip(first, lowering.shape(operands[0]), strict=True))
    left = list(made.dims[batch])
    split = []
    for letter in rows:
        group, wanted = [], sizes[letter]
        while wanted > 1:
            factor = left.pop(0)
            group.append(factor)
            wanted //= factor.size
        split.append(tuple(group))
    dims = (*made.dims[:batch], *split, made.dims[-1])
    return made._replace(dims=dims).permute([order.index(letter) for letter in out])


def _einsum_values(
    lowering: TraceLowering, node: TraceNode, scores: Scores, first: str, b: Lowered, second: str, out: str, inner: str
) -> Lowered:
    """Scores, perhaps with their dimensions in another order, times the values."""
    values = activation(lowering, node, b)
    values = values.at(values.layout.anew())
    if scores.order or first[-1] != inner:
        raise Gap("attention scores that are turned round", f"{first},{second}->{out}")
    batch, row = list(first[:-2]), first[-2]
    columns = [letter for letter in second if letter not in first]
    if len(columns) != 1 or any(letter not in second for letter in batch):
        raise Gap("einsum of another form than a matrix product", f"{first},{second}->{out}")
    values = values.at(values.layout.permute([second.index(letter) for letter in [*batch, inner, *columns]]))
    made = attention(lowering, node, scores, values, values.layout.dims[-1])
    order = [*batch, row, *columns]
    return made.at(made.layout.permute([order.index(letter) for letter in out]))
