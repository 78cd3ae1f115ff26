"""The walk over a trace: each node's value, the calls that are made on the way, and every gap that is met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from ...errors import CostcalcError
from ..calls import LayerCall, ModuleRun, Ref
from ..layout import Layout, Uneven, fresh
from ..record import Read, Shape, Trace, TraceNode, Value
from .registry import LOWERED, FoundGap, Gap
from .values import Lowered, Scores, Static, TensorValue, Weighted

MAX_CALLS = 20_000


class Gaps(CostcalcError):
    """What the language can't say of a network: every gap by name, number, module path and line."""

    def __init__(self, gaps: Sequence[FoundGap]) -> None:
        super().__init__(f"{len(gaps)} operations have no word in the language; the first: {gaps[0].kind}")
        self.gaps = tuple(gaps)


class TraceLowering:
    """What is known while a trace becomes calls."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.calls: list[LayerCall] = []
        self.notes: list[str] = []
        self.gaps: list[FoundGap] = []
        self.values: dict[str, list[Lowered]] = {}
        self.numbers = {node.op: prod(node.shape) for node in trace.nodes if node.kind == "param"}
        self.nodes = {node.name: node for node in trace.nodes}
        self.axes = _axes(trace)
        self.owners: dict[str, int] = {}
        self.inputs: list[tuple[str, Shape]] = []
        self.made: dict[tuple[Any, ...], TensorValue] = {}
        self.parted: dict[tuple[Any, ...], int | str] = {}
        self.pieces: dict[Ref, tuple[tuple[int, Ref], ...]] = {}
        self.picks: dict[Ref, tuple[TensorValue, dict[int, tuple[int, int]]]] = {}

    # -- the walk

    def run(self) -> None:
        """Lower every node. Raises :class:`Gaps`."""
        first = {use.node: node for node in reversed(self.trace.nodes) for use in reads(node.args)}
        for node in self.trace.nodes:
            if node.kind == "input":
                self.values[node.name] = [self._input(node, first.get(node.name))]
            elif node.kind != "call":
                own = (node.op,) if node.kind == "param" else ()
                self.values[node.name] = [Static(node.shape, own, whole=True, name=node.name)]
            elif node.shapes:
                self.values[node.name] = self._lowered(node)
        if self.gaps:
            raise Gaps(self.gaps)

    def _input(self, node: TraceNode, reader: TraceNode | None) -> TensorValue:
        ref: Ref = ("in", len(self.inputs))
        shape = node.shape
        try:
            layout = input_layout(shape, self.axes, reader.op if reader else "")
        except Gap as gap:
            self.gaps.append(FoundGap(gap.kind, gap.detail, "input", "", ""))
            layout = guess(shape, self.axes)
        self.inputs.append((node.op, layout.own_shape))
        return TensorValue(ref, layout)

    def _lowered(self, node: TraceNode) -> list[Lowered]:
        given = self.given(node)
        if not any(isinstance(value, TensorValue | Scores | Weighted) for value in given) and not self._makes_work(
            node, given
        ):
            if node.op in PRODUCTS:
                self._record(node, Gap("a matrix product of weights", ""), doubtful=False)
            return self._static(node, [value for value in given if isinstance(value, Static)])
        doubtful = any(isinstance(value, TensorValue) and value.doubtful for value in given)
        try:
            made = self._function(node)(self, node)
            values: list[Lowered] = list(made) if isinstance(made, list) else [made]
            self._check(node, values)
        except (Gap, Uneven) as error:
            gap = error if isinstance(error, Gap) else Gap("a view that cuts a dimension unevenly", str(node.shape))
            self._record(node, gap, doubtful)
            return [TensorValue(("gap", 0), guess(shape, self.axes), doubtful=True) for shape in node.shapes]
        except (IndexError, KeyError, TypeError, ValueError, AttributeError, AssertionError) as error:
            self._record(
                node, Gap("a form of the operation that isn't known", f"{type(error).__name__}: {error}"), doubtful
            )
            return [TensorValue(("gap", 0), guess(shape, self.axes), doubtful=True) for shape in node.shapes]
        constant = not any(isinstance(value, Scores | Weighted) or _flows(value) for value in given)
        return [
            value._replace(doubtful=doubtful, of_constants=constant) if isinstance(value, TensorValue) else value
            for value in values
        ]

    def _record(self, node: TraceNode, gap: Gap, doubtful: bool) -> None:
        """Note a gap; one that may only follow from a guessed layout is left out."""
        if not doubtful or gap.kind == "an operation without a word":
            self.gaps.append(FoundGap(gap.kind, gap.detail, node.op, node.path, node.source))

    def _function(self, node: TraceNode) -> Any:
        for op in (node.op, node.op.rstrip("_")):
            if op in LOWERED:
                return LOWERED[op]
        raise Gap("an operation without a word", node.op)

    def _makes_work(self, node: TraceNode, given: Sequence[Lowered]) -> bool:
        """Whether an operation on weights and constants alone is one that counts: a layer on a constant table."""
        return node.op in WORK and any(isinstance(value, Static) and not value.params for value in given[:1])

    def _static(self, node: TraceNode, given: Sequence[Static]) -> list[Lowered]:
        if node.op in PARTING and len(given) == 1 and given[0].whole and given[0].params:
            return self._parted(node, given[0])
        params = tuple(dict.fromkeys(name for value in given for name in value.params))
        number = sum(self.numbers[name] for name in params)
        values: list[Lowered] = []
        for shape in node.shapes:
            whole = all(value.whole for value in given if value.params) and prod(shape) == number
            pieces: tuple[tuple[int, tuple[str, ...]], ...] = ()
            if node.op in ("cat", "concat") and len(shape) == 1:
                pieces = tuple((value.shape[0], value.params) for value in given)
            values.append(Static(shape, params, whole, node.name, pieces))
        return values

    def _parted(self, node: TraceNode, static: Static) -> list[Lowered]:
        """Parts of weights are weights of their own: whoever reads all of them has them all."""
        values: list[Lowered] = []
        for k, shape in enumerate(node.shapes):
            if prod(shape) == prod(static.shape):
                values.append(static._replace(shape=shape))
                continue
            if prod(shape) == 1:  # a number for one of several tensors: they may be a weighted sum
                values.append(Static(shape, static.params, False, node.name))
                continue
            name = f"{'+'.join(static.params)}[{node.op} {k} {node.args[1:]}]"
            self.numbers[name] = prod(shape)
            values.append(Static(shape, (name,), whole=True, name=node.name))
        return values

    def _check(self, node: TraceNode, values: Sequence[Lowered]) -> None:
        """The layout that came out has the trace's shape."""
        for value, shape in zip(values, node.shapes, strict=False):
            if isinstance(value, TensorValue) and value.layout.shape != shape:
                raise Gap("a shape that isn't followed", f"{shape}, not {value.layout.shape}")

    # -- what functions ask for

    def given(self, node: TraceNode) -> list[Lowered]:
        """The tensors that a node reads, in order."""
        found = []
        for use in (*reads(node.args), *reads(tuple(node.kwargs.values()))):
            found.append(self.value(use))
        return found

    def value(self, value: Value) -> Lowered:
        """The tensor that an argument is."""
        assert isinstance(value, Read)
        return self.values[value.node][value.output]

    def shape(self, value: Value) -> Shape:
        """The trace's shape of the tensor that an argument is."""
        assert isinstance(value, Read)
        return self.nodes[value.node].shapes[value.output]

    def argument(self, node: TraceNode, place: int, name: str = "", default: Any = None) -> Any:
        """An argument by its place or its name."""
        if len(node.args) > place:
            return node.args[place]
        return node.kwargs.get(name, default)

    def emit(
        self,
        node: TraceNode,
        word: str,
        arguments: Mapping[str, Any],
        inputs: Sequence[TensorValue],
        *outputs: Shape,
        params: Sequence[str] = (),
    ) -> Ref:
        """Make a call; the reference of its first output."""
        if len(self.calls) >= MAX_CALLS:
            raise CostcalcError(f"more than {MAX_CALLS:,} calls")
        number = len(self.calls)
        owned, sharing = self._own(params, number)
        self.calls.append(
            LayerCall(
                id=number,
                word=word,
                arguments=dict(arguments),
                inputs=tuple(one.ref for one in inputs),
                outputs=tuple(outputs),
                stack=tuple(ModuleRun(one.key, one.path, one.type) for one in node.stack),
                path=node.path,
                sharing=sharing,
                params=owned,
                source=node.source,
            )
        )
        return number, 0

    def _own(self, params: Sequence[str], number: int) -> tuple[int, tuple[str, int] | None]:
        """How many weights are a call's own, and the earlier call that it shares them with."""
        earlier = {self.owners[name] for name in params if name in self.owners}
        if not earlier:
            self.owners |= dict.fromkeys(params, number)
            return sum(self.numbers[name] for name in params), None
        if len(earlier) > 1 or any(name not in self.owners for name in params):
            raise Gap("weights that are shared in part", ", ".join(params))
        return 0, ("all", earlier.pop())

    def number(self, params: Sequence[str]) -> int:
        """How many numbers these weights have."""
        return sum(self.numbers[name] for name in params)

    def note(self, text: str) -> None:
        """Tell the reader of the spec."""
        if text not in self.notes:
            self.notes.append(text)


PARTING = {"select", "slice", "split", "split_with_sizes", "chunk", "unbind", "narrow"}
"""Operations that take weights apart."""
WORK = {"linear", "conv1d", "conv2d", "matmul", "onnx.Conv", "onnx.Gemm", "onnx.MatMul"}
PRODUCTS = WORK | {"conv3d", "bmm", "mm", "einsum", "addmm", "baddbmm", "scaled_dot_product_attention"}
"""Operations that count, whatever they are of."""


def _flows(value: Lowered) -> bool:
    return isinstance(value, TensorValue) and not value.of_constants


def reads(value: Value) -> list[Read]:
    """The tensors in an argument."""
    if isinstance(value, Read):
        return [value]
    return [read for one in value for read in reads(one)] if isinstance(value, tuple) else []


def _axes(trace: Trace) -> int:
    """How many axes the tensors of the network have: as many as its input, or its convolutions and pools."""
    windows = {"conv1d": 1, "max_pool1d": 1, "conv2d": 2, "max_pool2d": 2, "conv3d": 3, "max_pool3d": 3}
    found = {windows[node.op] for node in trace.nodes if node.op in windows}
    found |= {max(1, min(3, len(node.shape) - 2)) for node in trace.inputs}
    return max(found, default=2)


def input_layout(shape: Shape, axes: int, reader: str) -> Layout:
    """Channels first; of three dimensions the channels last, unless a convolution reads it."""
    if not shape or shape[0] != 1:
        raise Gap("an input without a batch of 1 in front", "x".join(map(str, shape)))
    sizes = shape[2:]
    if len(sizes) > axes:
        raise Gap("an input of more than three axes", "x".join(map(str, shape)))
    letters = "012"[: len(sizes)]
    if len(sizes) == 1 and "conv" not in reader and "norm" not in reader and "pool" not in reader:
        return fresh(shape[2], (shape[1], *(1,) * (axes - 1)), "N0C")
    return fresh(shape[1], (*sizes, *(1,) * (axes - len(sizes))), f"NC{letters}")


def guess(shape: Shape, axes: int) -> Layout:
    """Some layout of a shape, so that the walk can go on after a gap."""
    if len(shape) == 4 and axes >= 2 and shape[0] == 1:
        return fresh(shape[1], (*shape[2:], *(1,) * (axes - 2)), "NC01")
    layout = fresh(shape[-1] if shape else 1, (prod(shape[:-1]), *(1,) * (axes - 1)), "0C")
    return layout.view(shape) if shape else layout._replace(dims=())
