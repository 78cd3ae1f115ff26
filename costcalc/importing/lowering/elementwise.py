"""Operations on each element: activations, functions, sums and products, also with weights and numbers."""

from __future__ import annotations

from math import prod
from typing import Any

from ..layout import size
from ..record import Read, TraceNode
from .aligning import joined
from .arranging import pattern, whole
from .context import TraceLowering, reads
from .operands import activation, broadcast, learned
from .registry import Gap, lowers
from .values import Lowered, Scores, Static, TensorValue, Weighted

ACTIVATIONS = {
    "relu": "relu",
    "relu6": "relu6",
    "silu": "swish",
    "hardswish": "hswish",
    "sigmoid": "sigmoid",
    "hardsigmoid": "hsigmoid",
    "gelu": "gelu",
    "mish": "mish",
    "tanh": "tanh",
    "elu": "elu",
    "leaky_relu": "leaky_relu",
    "abs": "abs",
    "cos": "cos",
    "erf": "erf",
    "exp": "exp",
    "log": "log",
    "log_sigmoid": "logsigmoid",
    "neg": "neg",
    "reciprocal": "reciprocal",
    "rsqrt": "rsqrt",
    "sin": "sin",
    "softplus": "softplus",
    "softsign": "softsign",
    "sqrt": "sqrt",
    "square": "square",
}
NOTHING = (
    "dropout",
    "feature_dropout",
    "alpha_dropout",
    "feature_alpha_dropout",
    "contiguous",
    "clone",
    "alias",
    "detach",
    "to",
    "_to_copy",
    "type_as",
    "float",
    "lift_fresh_copy",
    "identity",
    "masked_fill",
    "nan_to_num",
)


@lowers(*NOTHING)
def nothing(lowering: TraceLowering, node: TraceNode) -> Lowered:
    """What costs nothing at inference and moves nothing."""
    found = lowering.value(node.args[0])
    if isinstance(found, Static):
        raise Gap("constants that an activation fills", node.op)
    return found


@lowers(*ACTIVATIONS)
def function(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    return elementwise(lowering, node, activation(lowering, node, node.args[0]), ACTIVATIONS[node.op.rstrip("_")])


def elementwise(lowering: TraceLowering, node: TraceNode, x: TensorValue, word: str) -> TensorValue:
    """An activation of ``x``, wherever its dimensions lie."""
    if x.gathered:
        return x
    return x._replace(ref=lowering.emit(node, "act", {"f": word}, [x], x.shape))


@lowers("hardtanh", "clamp", "clamp_min", "clamp_max")
def clamp(lowering: TraceLowering, node: TraceNode) -> Lowered:
    low = lowering.argument(node, 1, "min", -1.0 if node.op.startswith("hard") else None)
    high = lowering.argument(node, 2, "max", 1.0 if node.op.startswith("hard") else None)
    found = lowering.value(node.args[0])
    if isinstance(found, Scores):
        return found
    word = "relu6" if (low, high) == (0, 6) else "relu" if (low, high) == (0, None) else "hardtanh"
    return elementwise(lowering, node, activation(lowering, node, found), word)


@lowers("prelu", "_prelu_kernel")
def prelu(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    slopes = lowering.value(node.args[1])
    assert isinstance(slopes, Static)
    number = lowering.number(slopes.params)
    arguments: dict[str, Any] = {"f": "prelu"} if number == x.shape[0] else {"f": "prelu", "g": number}
    return x._replace(ref=lowering.emit(node, "act", arguments, [x], x.shape, params=slopes.params))


@lowers("pow")
def power(lowering: TraceLowering, node: TraceNode) -> TensorValue:
    x = activation(lowering, node, node.args[0])
    words = {2: "square", 0.5: "sqrt", -0.5: "rsqrt", -1: "reciprocal"}
    exponent = node.args[1]
    if isinstance(exponent, int | float) and exponent in words:
        return elementwise(lowering, node, x, words[exponent])
    raise Gap("a power", str(exponent))


@lowers("add", "sub", "mul", "div", "rsub", "multiply", "true_divide", "subtract")
def binary(lowering: TraceLowering, node: TraceNode) -> Lowered:
    word = {"rsub": "sub", "subtract": "sub", "multiply": "mul", "true_divide": "div"}
    name = node.op.rstrip("_")
    return combined(lowering, node, word.get(name, name), node.args[0], node.args[1])


def combined(lowering: TraceLowering, node: TraceNode, word: str, left: Any, right: Any) -> Lowered:
    """A sum or product of what the two sides are: tensors, weights, constants, numbers, attention scores."""
    a = lowering.value(left) if isinstance(left, Read) else left
    b = lowering.value(right) if isinstance(right, Read) else right
    if isinstance(a, Weighted) and isinstance(b, Weighted):
        return _summed(lowering, node, word, a, b)
    a = activation(lowering, node, a) if isinstance(a, Weighted) else a
    b = activation(lowering, node, b) if isinstance(b, Weighted) else b
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Scores):
            return _on_scores(lowering, node, word, one, other)
    if isinstance(a, TensorValue) and isinstance(b, TensorValue):
        return joined(lowering, node, word, [a, b])
    x, other = (a, b) if isinstance(a, TensorValue) else (b, a)
    assert isinstance(x, TensorValue)
    if not isinstance(other, Static):
        return elementwise(lowering, node, x, "reciprocal") if word == "div" and x is b else x
    return _with_weights(lowering, node, word, x, other)


def _on_scores(lowering: TraceLowering, node: TraceNode, word: str, scores: Scores, other: Any) -> Lowered:
    if not isinstance(other, Static | TensorValue | Scores):
        return scores
    if isinstance(other, Static) and not other.params:
        return scores
    if scores.order or scores.softmaxed:
        raise Gap("attention scores that something else reads", node.op)
    if isinstance(other, Static) and word == "add" and not scores.bias:
        return scores._replace(bias=other.params)
    if isinstance(other, Static) and word == "add":
        return scores._replace(bias=scores.bias + other.params)
    if isinstance(other, Static) and word == "mul":
        return scores._replace(factor=other.params)
    if isinstance(other, TensorValue) and word == "add" and scores.added is None:
        return scores._replace(added=other)
    a, b = (activation(lowering, node, one) for one in (scores, other))
    return joined(lowering, node, word, [a, b])


def _with_weights(lowering: TraceLowering, node: TraceNode, word: str, x: TensorValue, other: Static) -> Lowered:
    layout = broadcast(other, x.layout, lowering.axes)
    if layout is not None and {f for dim in layout.dims for f in dim} & set(x.layout.open):
        x = whole(lowering, node, x)  # a number for each part
        layout = broadcast(other, x.layout, lowering.axes)
    if not other.params:
        if x.layout.shape == node.shape:
            lowering.note("numbers and tables that aren't trained are left out where they are added or multiplied")
            return x
        raise Gap("an activation that a constant makes larger", str(node.shape))
    if layout is None:
        raise Gap("weights that have more elements than what they meet", f"{other.shape}, {pattern(x.layout)}")
    if other.whole and not layout.positions and lowering.number(other.params) == size(layout.channels):
        own, channels = layout.channels, x.layout.channels
        if own == channels[: len(own)]:
            after = {"add": "shift", "sub": "shift", "mul": "scale", "div": "scale"}[word]
            arguments = {} if own == channels else {"g": size(own)}
            return x._replace(ref=lowering.emit(node, after, arguments, [x], x.shape, params=other.params))
    number = lowering.number(other.params)
    per_channel = layout.channels == x.layout.channels and not layout.positions and not other.whole
    if word == "mul" and per_channel and len(other.params) == 1 and number > 1 and x.shape[0] % number == 0:
        arguments = {"g": number}  # repeated for each channel of a group
        return x._replace(ref=lowering.emit(node, "scale", arguments, [x], x.shape, params=other.params))
    if word == "mul" and len(other.params) == 1 and not other.whole and prod(other.shape) == 1:
        return Weighted((x,), other.params[0], node.shape)
    y = learned(lowering, node, other, layout)
    return joined(lowering, node, word, [x, y])


def _summed(lowering: TraceLowering, node: TraceNode, word: str, a: Weighted, b: Weighted) -> Lowered:
    """A sum with a learned number for each operand, once all of those numbers are there."""
    if word != "add" or a.weight != b.weight:
        raise Gap("a tensor that is computed from weights", f"{a.weight}, {b.weight}")
    operands = [*a.operands, *b.operands]
    if len(operands) < lowering.numbers[a.weight]:
        return Weighted(tuple(operands), a.weight, node.shape)
    return joined(lowering, node, "add", operands, params=(a.weight,), weighted=_normalized(lowering, a.weight))


def _normalized(lowering: TraceLowering, weight: str) -> str:
    """How the numbers of a weight are made to add up to 1, by the operations on them."""
    done = set()
    for node in lowering.trace.nodes:
        for use in reads(node.args):
            found = lowering.values.get(use.node, [])[use.output : use.output + 1]
            if found and isinstance(found[0], Static) and found[0].params == (weight,):
                done.add(node.op)
    return "softmax" if "softmax" in done else "fast" if done & {"relu", "div"} else "unbounded"


@lowers("addcmul")
def addcmul(lowering: TraceLowering, node: TraceNode) -> Lowered:
    """``a + b * c``."""
    product = combined(lowering, node, "mul", node.args[1], node.args[2])
    return combined(lowering, node, "add", node.args[0], product)
