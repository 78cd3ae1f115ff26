"""What a graph costs: exact params and mult-adds of every layer, of groups of layers, and in total."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal

from .conventions import Convention, Passed, passed_over
from .errors import UsageError, nearest, quoted
from .graph import Assumption, Graph, Layer, Path, path_labels, path_text
from .ops import Op, Shape
from .record import Record
from .sums import measure, require_countable, sums

if TYPE_CHECKING:
    from .fields import Field
    from .memory import MemoryDefinition, MemoryUse

By = Literal["layer", "primitive", "block", "stage", "op", "kind"]
GROUPINGS: tuple[By, ...] = ("layer", "primitive", "block", "stage", "op", "kind")


class LayerCost(Record):
    """A primitive layer and its cost.

    Shapes are (channels, height, width). ``params`` and ``mult_adds`` are exact, for all ``count`` copies that the
    row stands for; shared weights are counted at the first layer that has them. ``counted`` is the work under the
    cost's convention. ``primitive`` is the op itself, with its arguments.
    """

    name: str
    op: str
    in_shapes: tuple[Shape, ...]
    out_shape: Shape
    count: Any
    params: Any
    mult_adds: Any
    counted: Any
    primitive: Op | None = None


class Row(Record):
    """A group of primitive layers: one call of the spec, a block, a stage, a kind of op.

    ``type``, ``filter`` and the shapes are those of its main op, the first of ``ops``; empty where a group has several
    calls. ``count`` is the number of layers (calls of the spec) that it stands for, every copy of a repeat counted.
    """

    name: str
    type: str
    filter: str
    count: Any
    in_shapes: tuple[Shape, ...]
    out_shape: Shape | None
    params: Any
    mult_adds: Any
    counted: Any
    layers: int = 1
    ops: tuple[Op, ...] = ()


class Cost:
    """The cost of a network at one point of its parameters (ints, arrays or symbols), batch 1, one forward pass.

    ``params``: trainable weights. ``mult_adds``: multiply-accumulates of convolutions and fully connected layers.
    ``counted``: the work under ``convention``, in its ``unit``.
    Over arrays these are arrays; elements that break a rule are masked. Over symbols they are SymPy expressions.
    """

    def __init__(
        self, spec: str, graph: Graph, default: Convention, convention: Convention, expanded: Callable[[], Graph]
    ) -> None:
        self.spec = spec
        self.graph = graph
        self.convention = convention
        self._default = default
        self.expanded = expanded
        self._sums: dict[Convention, tuple[Any, Any]] = {}

    def __reduce__(self) -> tuple[Callable[..., Cost], tuple[object, ...]]:
        """For pickle: with every copy of a repeat written out, which is otherwise done when it is first asked for."""
        return _cost_again, (self.spec, self.graph, self._default, self.convention, self.expanded())

    @property
    def parameters(self) -> dict[str, Any]:
        """The value of every parameter of the network."""
        return dict(self.graph.parameters)

    @property
    def params(self) -> Any:
        """Params, exact."""
        return self._sum(self.convention)[0]

    @property
    def mult_adds(self) -> Any:
        """Mult-adds, exact."""
        return self._sum(self._default)[1]

    @property
    def counted(self) -> Any:
        """Work under the convention, exact."""
        return self._sum(self.convention)[1]

    @property
    def unit(self) -> str:
        """What one of ``counted`` is."""
        return self.convention.unit

    def memory(
        self,
        definition: str | MemoryDefinition = "live",
        *,
        bits: int = 32,
        weight_bits: int | None = None,
        batch: int = 1,
        order: str = "graph",
    ) -> MemoryUse:
        """Bytes of activations by a definition: at each layer, and the peak with what is alive there.

        ``bits`` of a value, ``weight_bits`` of a weight where it has others; ``batch`` images at a time. With ``order``
        "best" the layers run in the order with the least peak that was found (:mod:`costcalc.memory.order`).
        Raises :class:`UsageError` for an unknown definition, and for bits and batches that there are not.
        """
        from .memory import load_definition, memory_of

        chosen = load_definition(definition) if isinstance(definition, str) else definition
        graph = self.expanded()
        if order == "best":
            from .memory.order import best_order

            graph = best_order(graph, chosen, bits=bits, batch=batch).graph
        elif order != "graph":
            raise UsageError(f"an order is graph or best, not {order}")
        return memory_of(graph, chosen, bits=bits, weight_bits=weight_bits, batch=batch)

    def receptive_fields(self) -> dict[str, tuple[Field, ...]]:
        """What an element of each layer's output depends on, along each axis, every copy written out (:class:`Field`).

        Raises :class:`UsageError` for an op that doesn't say what it sees of its input.
        """
        from .fields import receptive_fields

        return {layer.name: field for layer, field in receptive_fields(self.expanded()).items()}

    @property
    def passed_over(self) -> list[Passed]:
        """The layers that count 0 because the convention's tool has no rule for them, by kind."""
        return passed_over(self.convention, self.graph.layers)

    @property
    def valid(self) -> Any:
        """Where an array evaluation breaks no rule; True if it does so nowhere."""
        return True if self.graph.invalid is None else ~self.graph.invalid

    @property
    def assumptions(self) -> list[Assumption]:
        """What a closed form takes for granted, where it decides about layers that cost something."""

        def matters(a: Assumption) -> bool:
            # A condition that decides about no layer decides about a number, such as a layer's channels.
            counts = (count(layer) for count in {self._default.count, self.convention.count} for layer in a.layers)
            return not a.layers or any(p != 0 or w != 0 for p, w in counts)

        unique = {str(a.condition): a for a in self.graph.assumptions if matters(a)}
        return list(unique.values())

    def _sum(self, convention: Convention) -> tuple[Any, Any]:
        """Params and work of all layers, counted once."""
        if convention not in self._sums:
            params, work = sums(self.graph, convention)
            self._sums[convention] = self._masked(params), self._masked(work)
        return self._sums[convention]

    def refuse(self, convention: Convention) -> None:
        """An error for what ``convention`` can't count.

        Kinds of op that it says nothing about, layers that it leaves out and that aren't there, arrays beyond int64.
        """
        require_countable(self.graph, convention)
        convention.require(self.graph.layers)

    def _masked(self, total: Any) -> Any:
        if self.graph.invalid is None:
            return total
        from .arithmetic.arrays import masked

        return masked(total, self.graph.invalid)

    @property
    def layers(self) -> tuple[LayerCost, ...]:
        """The primitive layers in order of execution, every copy of a repeat written out where that is possible."""
        return tuple(self._layer(layer) for layer in self.expanded().layers)

    def _layer(self, layer: Layer) -> LayerCost:
        params, mult_adds = measure(layer, self._default)
        counted = mult_adds
        if self.convention is not self._default:
            params, counted = measure(layer, self.convention)
        shapes = layer.in_shapes
        return LayerCost(
            layer.name, layer.op.kind, shapes, layer.out_shape, layer.count, params, mult_adds, counted, layer.op
        )

    def by(self, key: By) -> list[Row]:
        """Costs in groups. The rows add up to the totals.

        ``layer``: a call of the spec. ``primitive``, ``block``, ``stage``: what their names say. ``op``: the kind of
        primitive. ``kind``: the kind of layer, as in Table 2 of the MobileNets paper.
        Raises :class:`UsageError` for another key.
        """
        return [self._row(layers, name, key) for name, layers in self.groups(key)]

    def groups(self, key: By) -> list[tuple[str, list[Layer]]]:
        """The primitives that each row of :meth:`by` is of, with its name. Raises what that does."""
        if key not in GROUPINGS:
            raise UsageError(f"rows are by {', '.join(GROUPINGS)}, not {quoted(key)}{nearest(str(key), GROUPINGS)}")
        if key == "primitive":
            return [(layer.name, [layer]) for layer in self.graph.layers]
        if key in ("op", "kind"):
            return self._merged(key)
        paths = {"layer": _call, "block": _block, "stage": _stage}[key]
        rows: list[list[Layer]] = []
        names: list[Path] = []
        for layer in self.graph.layers:
            path = paths(layer)
            if names and names[-1] == path:
                rows[-1].append(layer)
            else:
                names.append(path)
                rows.append([layer])
        return [(path_text(path), layers) for path, layers in zip(names, rows, strict=True)]

    def _merged(self, key: By) -> list[tuple[str, list[Layer]]]:
        groups: dict[str, list[Layer]] = {}
        calls: dict[Any, str] = {}
        for layer in self.graph.layers:
            name = layer.op.kind if key == "op" else calls.setdefault(layer.call, layer.op.label)
            groups.setdefault(name, []).append(layer)
        return list(groups.items())

    def _row(self, layers: list[Layer], name: str, key: By) -> Row:
        main = layers[0]
        if key in ("op", "kind") or any(layer.call != main.call for layer in layers):
            return self._group(layers, name)
        params, mult_adds, counted = self._sum_of(layers)
        stride = main.op.stride_text
        text = f"{main.op.type_text} / {stride}" if stride else main.op.type_text
        return Row(
            name,
            text,
            main.op.filter_text,
            main.count,
            main.in_shapes,
            layers[-1].out_shape,
            params,
            mult_adds,
            counted,
            len(layers),
            tuple(layer.op for layer in layers),
        )

    def _group(self, layers: list[Layer], name: str) -> Row:
        params, mult_adds, counted = self._sum_of(layers)
        calls = sum({layer.call: layer.count for layer in layers}.values())
        first, last = layers[0].in_shapes[:1], layers[-1].out_shape
        totals = params, mult_adds, counted
        return Row(name, "", "", calls, first, last, *totals, len(layers))

    def _sum_of(self, layers: Iterable[Layer]) -> tuple[Any, Any, Any]:
        costs = [self._layer(layer) for layer in layers]
        return sum(c.params for c in costs), sum(c.mult_adds for c in costs), sum(c.counted for c in costs)


def _call(layer: Layer) -> Path:
    return layer.call


def _block(layer: Layer) -> Path:
    return layer.block or layer.call


def _stage(layer: Layer) -> Path:
    return (None, path_labels(layer.path)[0])


def _cost_again(spec: str, graph: Graph, default: Convention, convention: Convention, expanded: Graph) -> Cost:
    return Cost(spec, graph, default, convention, lambda: expanded)
