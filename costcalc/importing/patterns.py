"""Several operations of a trace that are one of its framework's own: norms that were taken apart, regions of a map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from .record import Read, Trace, TraceNode, Value

MOVES = (
    *("view", "reshape", "_unsafe_view", "flatten", "unsqueeze", "squeeze"),
    *("pad", "constant_pad_nd", "expand", "expand_as", "alias"),
)


def simplified(trace: Trace) -> Trace:
    """``trace`` with each pattern as one node, under the name of the last; the others have no reader any more."""
    found = _Patterns(trace)
    nodes = tuple(found.node(node) for node in trace.nodes)
    return trace if nodes == trace.nodes else _without_unread(trace.replaced(nodes))


class _Patterns:
    def __init__(self, trace: Trace) -> None:
        self.nodes = {node.name: node for node in trace.nodes}

    def node(self, node: TraceNode) -> TraceNode:
        """``node``, or what it is the end of."""
        for pattern in PATTERNS.get(node.op, ()):
            made = pattern(self, node)
            if made is not None:
                op, args = made
                return TraceNode(node.name, "call", op, node.shapes[:1], args, {}, node.stack, node.source)
        return node

    def of(self, value: Value, *ops: str) -> TraceNode | None:
        """The node that an argument reads, if it is a call of one of ``ops``."""
        node = self.nodes.get(value.node) if isinstance(value, Read) and not value.output else None
        return node if node is not None and node.kind == "call" and (not ops or node.op in ops) else None

    def behind_moves(self, value: Value) -> Value:
        """What an argument is before it was seen otherwise, padded or repeated."""
        node = self.of(value, *MOVES)
        while node is not None:
            value = node.args[0]
            node = self.of(value, *MOVES)
        return value


Made = tuple[str, tuple[Value, ...]] | None


def _response_norm(p: _Patterns, node: TraceNode) -> Made:
    """x / (k + α·mean of squares over n channels)^β, the mean a pool over channels as an axis."""
    power = p.of(node.args[1], "pow") if len(node.args) > 1 else None
    total = p.of(power.args[0], "add") if power else None
    scaled = p.of(total.args[0], "mul") if total else None
    pool = p.of(p.behind_moves(scaled.args[0]), "avg_pool3d", "avg_pool2d") if scaled else None
    squares = p.of(p.behind_moves(pool.args[0]), "mul", "square", "pow") if pool else None
    if squares is None or pool is None or squares.args[0] != node.args[0]:
        return None
    kernel = pool.args[1]
    if not isinstance(kernel, tuple) or any(n != 1 for n in kernel[1:]):
        return None
    return "local_response_norm", (node.args[0], kernel[0])


def _regions(p: _Patterns, node: TraceNode) -> Made:
    """Of one map, repeated for each region, pixels at places that depend on no input."""
    flat = p.of(node.args[0], *MOVES)
    repeated = flat
    while repeated is not None and repeated.op != "expand":
        repeated = p.of(repeated.args[0], *MOVES)
    source = p.behind_moves(node.args[0])
    origin = p.nodes.get(source.node) if isinstance(source, Read) else None
    if repeated is None or origin is None or len(node.shape) != 4 or origin.shapes[0][0] != 1:
        return None
    return "roi_align", (source, node.shape[0], node.shape[2:])


def _unit_length(p: _Patterns, node: TraceNode) -> Made:
    """x / max(‖x‖, ε) times a scale for each channel."""
    for x, scale in (node.args, node.args[::-1]):
        divided = p.of(x, "div")
        floor = p.of(p.behind_moves(divided.args[1]), "clamp_min", "clamp") if divided else None
        length = p.of(floor.args[0], "linalg_vector_norm", "norm") if floor else None
        weight = p.nodes.get(read.node) if isinstance(read := p.behind_moves(scale), Read) else None
        if divided is None or length is None or weight is None or weight.kind != "param":
            continue
        if length.args[0] == divided.args[0] and len(node.shape) > 1 and weight.shape == (node.shape[1],):
            return "onnx.LpNormalization", (divided.args[0], read)
    return None


PATTERNS: dict[str, tuple[Callable[[_Patterns, TraceNode], Made], ...]] = {
    "div": (_response_norm,),
    "mul": (_unit_length,),
    "grid_sampler": (_regions,),
    "grid_sampler_2d": (_regions,),
}


def _without_unread(trace: Trace) -> Trace:
    """Calls that nothing reads any more are gone; weights and inputs stay."""
    nodes = list(trace.nodes)
    while True:
        read = Counter(use for node in nodes for use in _reads((*node.args, *node.kwargs.values())))
        read.update(one.node for one in trace.outputs)
        kept = [node for node in nodes if node.kind != "call" or read[node.name]]
        if len(kept) == len(nodes):
            return trace.replaced(tuple(nodes))
        nodes = kept


def _reads(value: Value) -> list[str]:
    if isinstance(value, Read):
        return [value.node]
    return [name for one in value for name in _reads(one)] if isinstance(value, tuple) else []
