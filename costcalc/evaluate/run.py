"""The state of one evaluation: the graph that grows, multiplicities, masks, shared weights, bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..arithmetic import (
    equal,
    floordiv,
    is_array,
    is_recorded,
    is_symbolic,
    is_whole,
    less_equal,
    logical_and,
    logical_not,
    mul,
    whole,
)
from ..errors import Exhausted, SpecError, quoted
from ..graph import Assumption, Choice, Graph, Layer, Path, Tensor
from ..ops import Op
from .results import NetResult
from .sharing import Sharing, share
from .strides import Strides

MAX_PRIMITIVES = 20_000
MAX_COPIES = 10_000
MAX_WORK = 1_000_000
CALL_WORK = 30
TENSOR_WORK = 10
FEW = 8
MAX_BLOCK_DEPTH = 20
MAX_LET_DEPTH = 50
MAX_TENSORS = 1_000


class Parted(NamedTuple):
    """Of how many parts a tensor is one, and the layers that cut them, the innermost last."""

    number: Any
    cuts: tuple[Layer, ...]


_WHOLE = Parted(1, ())


class Run:
    """One evaluation. ``expand`` writes every copy of a repeat out.

    ``around`` has numbers for symbols: where they leave an inequality open, it is taken as it holds there.
    """

    def __init__(
        self, *, expand: bool = False, check_shapes: bool = False, around: Mapping[Any, Any] | None = None
    ) -> None:
        self.around = around
        self.graph = Graph()
        self.layers = self.graph.layers
        self.expand = expand
        self.check_shapes = check_shapes
        self.count: Any = 1
        self.mask: Any = None
        self.block: Path = None
        self.net: Path = None
        self.record: dict[Path, Any] | None = None
        self.groups: list[Sharing] = []
        self.strides: Strides | None = None
        self.parts: dict[Layer, Parted] | None = None
        """Of what a layer's output is a part, where something was cut (``rois``, ``heads``, ``windows``)."""
        self.same: set[Layer] = set()
        """Layers that compute nothing from the input: what is learned, and what follows from that alone."""
        self.axes = 2
        """Sizes of a tensor of the network besides its channels: 2 of maps."""
        self.depth = 0
        self.lets = 0
        self.work = 0
        self.primitives = 0
        self.copies = 1
        self.mismatches: list[SpecError] = []
        self.off: dict[int, tuple[int, int]] = {}

    # -- layers

    def emit(self, path: Path, call: Path, op: Op, inputs: tuple[Tensor, ...]) -> Tensor:
        """A layer after those so far, and its (first) output."""
        layer = Layer(path, op, inputs, call, self.block, self.count)
        self.primitives += 1
        if self.primitives > MAX_PRIMITIVES:
            raise Exhausted(f"more than {MAX_PRIMITIVES:,} primitive layers")
        if self.net is not None:
            layer.net = self.net
        if self.strides is not None:
            self.strides.pass_on(layer)
        if op.of_all or (self.same and not op.cuts and inputs and all(t.layer in self.same for t in inputs)):
            self.same.add(layer)
        if self.parts is not None:
            self._times(layer, self.parts)
        if self.groups:
            share(self.groups, layer, self.require)
        self.layers.append(layer)
        return Tensor(layer.out_shapes[0], layer)

    def emit_many(self, path: Path, op: Op, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """A layer with several outputs."""
        first = self.emit(path, path, op, inputs)
        shapes = self.layers[-1].out_shapes
        self.spend(TENSOR_WORK * len(shapes))
        return (first, *(Tensor(shape, first.layer, k) for k, shape in enumerate(shapes[1:], 1)))

    def cut(self, path: Path, op: Op, x: Tensor) -> Tensor:
        """A layer that makes parts of a tensor, for each of which what follows runs."""
        self.parts = {} if self.parts is None else self.parts
        return self.emit(path, path, op, (x,))

    def _times(self, layer: Layer, parts: dict[Layer, Parted]) -> None:
        """Let ``layer`` run for each part that its inputs stand for, with the same weights."""
        found = [self.part_of(t) for t in layer.inputs if t.layer not in self.same]
        n, cuts = found[0] if found else Parted(1, ())
        for other in found[1:]:
            self._require_parts(n, other.number)
        if layer.op.kind == "merge":
            n, cuts = floordiv(n, cuts[-1].op.maps), cuts[:-1]
        elif layer.op.cuts:
            n, cuts = mul(n, layer.op.maps), (*cuts, layer)
        if cuts or not (type(n) is int and n == 1):
            parts[layer] = Parted(n, cuts)
            layer.count = mul(layer.count, n)

    def _require_parts(self, n: Any, other: Any) -> None:
        if n is not other:
            self.require(equal(other, n), lambda: f"one tensor is of {n} parts (rois, heads …), another of {other}")

    def part_of(self, x: Tensor) -> Parted:
        """What ``x`` is a part of: how many there are, and the layers that cut, the innermost last."""
        if isinstance(x.layer, Choice):
            return self.part_of(x.layer.inputs[0])
        return _WHOLE if self.parts is None or x.layer is None else self.parts.get(x.layer, _WHOLE)

    def spend(self, work: int) -> None:
        """Count the characters that are evaluated, so that no spec takes more than a second or two."""
        self.work += work
        if self.work > MAX_WORK:
            raise Exhausted(
                f"more than {MAX_WORK:,} characters of the spec are evaluated: "
                "a block, function or repeat is called far too often"
            )

    def enter_let(self, name: str, work: int) -> None:
        """One let deeper."""
        self.spend(work)
        self.lets += 1
        if self.lets > MAX_LET_DEPTH:
            raise SpecError(f"lets need each other more than {MAX_LET_DEPTH} deep, at {quoted(name)}")

    # -- checks

    def require(self, ok: Any, message: str | Callable[[], str]) -> None:
        """An error unless ``ok``; elements of an array that break the rule are marked invalid.

        A message with numbers in it is a function: printing an array takes longer than evaluating it.
        """
        if ok is True:
            return
        if is_recorded(ok):
            ok.recorder.guard(ok, message)
        elif ok is False and is_recorded(self.mask):
            self.mask.recorder.guard(ok, message)
        elif is_array(ok) or (ok is False and self.mask is not None):
            bad = logical_not(ok) if is_array(ok) else True
            if self.mask is not None:
                bad = logical_and(bad, self.mask)
            seen = self.graph.invalid
            self.graph.invalid = bad if seen is None else (seen | bad)
        elif ok is False:
            raise SpecError(message if isinstance(message, str) else message())

    # -- tensors

    def one(self, x: Any) -> Tensor:
        """``x`` as one tensor."""
        if type(x) is Tensor:
            return x
        if isinstance(x, NetResult):
            return self.one(x.value)
        if x is None:
            raise SpecError("no current tensor here; begin with one: x -> …")
        if isinstance(x, tuple):
            raise SpecError(f"one tensor is due here, not {len(x)}; take them apart, or use each")
        raise SpecError("a tensor is due here, not a number, word or list")

    def several(self, values: Any) -> tuple[Tensor, ...]:
        """``values`` flattened to tensors."""
        found: list[Tensor] = []
        stack = [values]
        while stack:
            x = stack.pop()
            if isinstance(x, NetResult):
                x = x.value
            if type(x) is Tensor:
                found.append(x)
            elif isinstance(x, tuple):
                stack.extend(reversed(x))
            else:
                self.one(x)
            if len(found) + len(stack) > MAX_TENSORS:
                raise SpecError(f"more than {MAX_TENSORS:,} tensors in one place")
        if len(found) > FEW:
            self.spend(TENSOR_WORK * len(found))
        return tuple(found)

    # -- what is assumed, attempts and repeats

    def assume_equal(self, a: Any, b: Any) -> None:
        """Record that two symbolic sizes are taken as equal."""
        from ..arithmetic.symbols import equality

        self.graph.assumptions.append(Assumption(equality(a, b), None, []))

    def assume_different(self, a: Any, b: Any) -> None:
        """Record that two symbolic sizes that aren't identical are taken as different."""
        if a is b or not is_symbolic(same := equal(a, b)):
            return
        self.graph.assumptions.append(Assumption(logical_not(same), None, []))

    def assume_at_least(self, n: Any, k: int, start: int) -> None:
        """Record that a closed form needs n >= k, for the layers from ``start`` on."""
        condition = less_equal(k, n)
        if condition is not True:
            self.graph.assumptions.append(Assumption(condition, None, self.layers[start:]))

    def snapshot(self) -> tuple[Any, ...]:
        """All that an attempt changes, for :meth:`restore`."""
        state = self.primitives, self.depth, self.lets, self.block, self.net, self.check_shapes
        record = None if self.record is None else dict(self.record)
        tables = [(group, dict(group.table)) for group in self.groups]
        return len(self.layers), state, record, tables, list(self.graph.assumptions), self.graph.invalid

    def restore(self, before: tuple[Any, ...]) -> list[Layer]:
        """Undo an attempt; the layers that it had emitted."""
        start, state, self.record, tables, assumptions, self.graph.invalid = before
        self.primitives, self.depth, self.lets, self.block, self.net, self.check_shapes = state
        layers = self.layers[start:]
        del self.layers[start:]
        self.graph.assumptions = assumptions
        for group, table in tables:
            group.table = table
        return layers

    def copies_of(self, n: Any) -> Any:
        """``n`` as a number of copies: a whole number from 0 to 10,000, also when nested."""
        if is_no_number(n):
            raise SpecError(f"the number of copies must be a whole number, not {described(n)}")
        number = whole(n)
        if number is None:
            raise SpecError(f"the number of copies must be a whole number, not {n}")
        if is_array(number):
            self.require(is_whole(n), "the number of copies must be a whole number")
        if isinstance(number, int):
            if number < 0:
                raise SpecError(f"the number of copies must be 0 or more, not {number}")
            if number * self.copies > MAX_COPIES:
                nested = " with the repeats around it" if self.copies > 1 else ""
                raise SpecError(f"{number:,} copies{nested}; at most {MAX_COPIES:,}")
        return number


def label_of(names: list[str]) -> str:
    """The step's name in paths: the first that isn't ``_``."""
    return next((n for n in names if n != "_"), names[0])


def is_no_number(x: Any) -> bool:
    """Whether ``x`` is a word, yes/no, a list or tensors."""
    return isinstance(x, str | bool | list | tuple | Tensor | NetResult)


def described(x: Any) -> str:
    """What ``x`` is, for a message."""
    if isinstance(x, bool):
        return "yes" if x else "no"
    if isinstance(x, str):
        return f"the word {quoted(x)}"
    if isinstance(x, list):
        return "a list"
    if isinstance(x, tuple):
        return f"{len(x)} tensors"
    return "a tensor" if isinstance(x, Tensor | NetResult) else str(x)
