"""What a graph costs: exact params and mult-adds of every layer, of groups of layers, and in total."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from .conventions import Convention, Passed, passed_over
from .errors import NoSuchRow, UsageError, nearest, printable, quoted
from .frames import data_frame
from .graph import Assumption, Graph, Layer, path_labels
from .rows import By, LayerCost, Row, grouped
from .shown import Shown, figure, named
from .sums import measure, require_countable, sums

if TYPE_CHECKING:
    from .devices import Device
    from .fields import Field
    from .memory import MemoryDefinition, MemoryUse
    from .roofline import Roofline
    from .training import Training


class Cost(Shown):
    """The cost of a network at one point of its parameters (ints, arrays or symbols), batch 1, one forward pass.

    ``params``: trainable weights. ``mult_adds``: multiply-accumulates of convolutions and fully connected layers.
    ``counted``: the work under ``convention``, in its ``unit``.
    Over arrays these are arrays; elements that break a rule are masked. Over symbols they are SymPy expressions.
    ``print(cost)`` is what ``costcalc show`` prints, and so is its HTML in a notebook; ``cost["stage2.dw"]`` is a row.
    """

    __iter__ = None
    """Rows are asked for by name, :meth:`by` or :attr:`layers`: not by number, as Python would try."""

    def __init__(
        self,
        spec: str,
        graph: Graph,
        default: Convention,
        convention: Convention,
        expanded: Callable[[], Graph],
        network: Callable[[], Any] | None = None,
    ) -> None:
        self.spec = spec
        self.graph = graph
        self.convention = convention
        self._default = default
        self.expanded = expanded
        self._network = network
        self._sums: dict[Convention, tuple[Any, Any]] = {}

    def __reduce__(self) -> tuple[Callable[..., Cost], tuple[object, ...]]:
        """For pickle: with every copy of a repeat written out, which is otherwise done when it is first asked for."""
        again = None if self._network is None else self._network().__reduce__()
        return _cost_again, (self.spec, self.graph, self._default, self.convention, self.expanded(), again)

    def __repr__(self) -> str:
        defaults = {} if self.network is None else self.network.parameters
        given = {name: value for name, value in self.parameters.items() if figure(value) != figure(defaults.get(name))}
        heading = f"{printable(self.spec)} {named(given)}".rstrip()
        if hasattr(self.params, "dtype"):
            return f"<Cost {heading}: {self.params.size:,} points>"
        counted = f", {figure(self.counted)} {self.unit}" if self.convention is not self._default else ""
        return f"<Cost {heading}: {figure(self.params)} params, {figure(self.mult_adds)} mult-adds{counted}>"

    @property
    def network(self) -> Any:
        """The :class:`Network` that it is the cost of; None for a graph without one."""
        return None if self._network is None else self._network()

    @property
    def parameters(self) -> dict[str, Any]:
        """The value of every parameter of the network, by its name."""
        return dict(self.graph.parameters)

    @property
    def params(self) -> Any:
        """Trainable weights in total, exact: an int, an array of them, or a SymPy expression."""
        return self._sum(self.convention)[0]

    @property
    def mult_adds(self) -> Any:
        """Multiply-accumulates of an image in total, exact, as the papers count them; like :attr:`params` else."""
        return self._sum(self._default)[1]

    @property
    def counted(self) -> Any:
        """Work of an image under the convention, exact, in its :attr:`unit`; not yet scaled where it scales."""
        return self._sum(self.convention)[1]

    @property
    def unit(self) -> str:
        """What one of ``counted`` is: mult-adds, MACs, FLOPs."""
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

        ``definition``: live, block_input_kept, depthwise_in_place, tflm, executorch or training (docs/memory.md has
        their sources), or a :class:`MemoryDefinition`. ``bits`` of a value, 1 to 64, ``weight_bits`` of a weight where
        it has others; ``batch`` images at a time. With ``order``
        "best" the layers run in the order with the least peak that was found.
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

    def training(self, optimiser: str = "sgd", *, bits: int = 32, batch: int = 1) -> Training:
        """A step of training: mult-adds backwards, and bytes of what is kept for it at ``bits`` a value.

        ``optimiser`` is sgd, momentum or adam. For ``batch`` images at a time. Raises :class:`UsageError` for another
        optimiser, a batch below 1, and an op that doesn't say its gradients.
        """
        from .training import training

        return training(self.expanded(), self.params, optimiser=optimiser, bits=bits, batch=batch)

    def roofline(self, device: str | Device, *, dtype: str | None = None, batch: int = 1) -> Roofline:
        """Seconds that ``device`` takes at least for mult-adds and bytes (Williams et al., CACM 2009); no latency.

        ``device``: a shipped one or a YAML file, in ``dtype``, one of its types of numbers; None: its first. Raises
        :class:`UsageError` for a device or a type that isn't there.
        """
        from .devices import load_device
        from .roofline import roofline

        return roofline(
            self.graph, load_device(device) if isinstance(device, str) else device, dtype=dtype, batch=batch
        )

    def receptive_fields(self) -> dict[str, tuple[Field, ...]]:
        """What an element of each layer's output depends on, along each axis, every copy written out (:class:`Field`).

        By the layers' names; in elements of the network's input. After Araujo, Norris and Sim, Distill 2019.
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
        """Where an array evaluation breaks no rule, an array of bools; True if it does so nowhere."""
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
        return grouped(self.graph.layers, key)

    def __getitem__(self, name: str) -> Row:
        """The row of that name: a layer, a block, a stage or a primitive, as the tables of :meth:`by` have them.

        Such a row is for all its copies. A name that is in no table, but in :attr:`layers`, is one copy's
        (``stage8.2.dw``), or all that begin with it. Raises :class:`KeyError`, with the nearest names.
        """
        tables: tuple[By, ...] = ("layer", "block", "stage", "primitive")
        known: dict[str, None] = {}
        for key in tables:
            for own, layers in self.groups(key):
                if own == name:
                    return self._row(layers, own, key)
                known[own] = None
        labels = str(name).split(".")
        every = [(path_labels(layer.path), layer) for layer in self.expanded().layers]
        if found := [layer for path, layer in every if path[: len(labels)] == labels]:
            return self._row(found, name, "layer")
        known |= {".".join(path[:depth]): None for path, _ in every for depth in range(1, len(path) + 1)}
        raise NoSuchRow(f"no layer, block or stage of {self.spec} is called {quoted(name)}{nearest(str(name), known)}")

    def __contains__(self, name: object) -> bool:
        try:
            return isinstance(name, str) and bool(self[name])
        except NoSuchRow:
            return False

    def to_pandas(self, by: By = "layer") -> Any:
        """The rows of :meth:`by` as a ``pandas.DataFrame``; ``pandas.DataFrame(cost.layers)`` has every primitive.

        Shapes are columns of their own: ``in_c``, ``in_h``, ``in_w`` of the first input, ``out_c``, ``out_h``,
        ``out_w``. ``count``: the copies of a row, or the layers of a group. Raises :class:`UsageError` for another
        ``by``, and without pandas.
        """
        unsaid = ["counted"] * (self.convention is self._default)
        unsaid += ["type", "filter"] if by not in ("layer", "primitive") else []
        return data_frame(self.by(by)).drop(columns=unsaid)

    def _row(self, layers: list[Layer], name: str, key: By) -> Row:
        main = layers[0]
        if key in ("op", "kind") or any(layer.call != main.call for layer in layers):
            return self._group(layers, name, shapes=key not in ("op", "kind"))
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

    def _group(self, layers: list[Layer], name: str, *, shapes: bool) -> Row:
        params, mult_adds, counted = self._sum_of(layers)
        calls = sum({layer.call: layer.count for layer in layers}.values())
        first, last = (layers[0].in_shapes[:1], layers[-1].out_shape) if shapes else ((), None)
        totals = params, mult_adds, counted
        return Row(name, "", "", calls, first, last, *totals, len(layers))

    def _sum_of(self, layers: Iterable[Layer]) -> tuple[Any, Any, Any]:
        costs = [self._layer(layer) for layer in layers]
        return sum(c.params for c in costs), sum(c.mult_adds for c in costs), sum(c.counted for c in costs)


def _cost_again(
    spec: str,
    graph: Graph,
    default: Convention,
    convention: Convention,
    expanded: Graph,
    again: tuple[Callable[..., Any], tuple[Any, ...]] | None,
) -> Cost:
    """From a pickle; the network is compiled when it is asked for."""
    network: list[Any] = []

    def compiled() -> Any:
        if not network and again is not None:
            network.append(again[0](*again[1]))
        return network[0]

    return Cost(spec, graph, default, convention, lambda: expanded, None if again is None else compiled)
