"""The tables and the JSON documents of ``verify``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import CostcalcError
from ..network import Network
from ..record import Record
from ..table import Column, Table
from ..witness.needs import torch_version
from ..witness.verifying import Difference, Verification, usual_device, verify
from . import parameters
from .columns import records, table_of
from .values import plain, with_format

OURS, THEIRS = "costcalc", "PyTorch"
_DIFFERENCE = (Column("layer", "layer"), Column("op", "op"), Column("figure", "figure"))


# -- one network


def measured(network: Network, values: Mapping[str, Any], device: str | None = None) -> Verification:
    """``network`` at ``values``, measured in a forward pass; on meta if it is large, unless a ``device`` is named.

    Needs PyTorch. Raises :class:`CostcalcError`.
    """
    cost = network.cost(values)
    graph = network.graph(expand=True, **values)
    try:
        return verify(cost, graph, device or usual_device(cost))
    except CostcalcError as e:
        e.path = e.path or network.name
        raise


def tables(network: Network, result: Verification, all_layers: bool, chosen: bool) -> list[Table]:
    """Totals side by side, and the first difference; with ``all_layers`` every layer and all differences.

    ``chosen``: the device was asked for.
    """
    cost = result.cost
    totals = figures_table(parameters.heading(network, cost.parameters), THEIRS, _compared(result))
    found = [totals]
    differences = result.differences if all_layers else result.differences[:1]
    if all_layers:
        found.insert(0, layers_table(result))
        found[0].title, totals.title = totals.title, "In total"
    if differences:
        found.append(differences_table(differences, THEIRS))
        found[-1].title = "Differences" if all_layers else "The first difference"
    found[-1].notes = [_verdict(result), _device_note(result, chosen)]
    if result.finite is False:
        found[-1].notes.append("With these random weights not every output is finite.")
    return found


def _compared(result: Verification) -> list[tuple[Any, ...]]:
    cost = result.cost
    rows = [
        ("params", cost.params, result.params),
        ("mult-adds", cost.mult_adds, result.mult_adds),
        ("layers", len(result.layers), len(result.measured)),
    ]
    outputs = cost.graph.outputs
    if len(outputs) == 1 == len(result.outputs):
        ours, (_, *theirs) = next(iter(outputs.values())).shape, next(iter(result.outputs.values()))
        return [*rows, ("output", ours, (*theirs, *(1,) * (len(ours) - len(theirs))))]
    return [*rows, ("outputs", len(outputs), len(result.outputs))]


def figures_table(title: str, theirs: str, rows: list[tuple[Any, ...]]) -> Table:
    """Figures of the whole side by side."""
    columns = [Column("figure", "figure"), Column("costcalc", OURS, "count"), Column("measured", theirs, "count")]
    return Table(columns, rows, title)


class _Pair(Record):
    """A layer as it is counted and as it was measured (None: it didn't run)."""

    ours: Any
    seen: Any
    agrees: bool

    def measured(self, what: str) -> Any:
        """A figure that was measured, or None."""
        return None if self.seen is None else getattr(self.seen, what)


_LAYER = (
    Column("name", "layer", get=lambda pair: pair.ours.name),
    Column("op", "op", keep=2, get=lambda pair: pair.ours.op),
    Column("output", "output", "shape", 4, lambda pair: pair.ours.out_shape),
    Column("measured_output", "in PyTorch", "shape", 3, lambda pair: _one(pair.measured("out_shapes"))),
    Column("params", "params", "count", get=lambda pair: pair.ours.params),
    Column("measured_params", "in PyTorch", "count", get=lambda pair: pair.measured("params")),
    Column("mult_adds", "mult-adds", "count", get=lambda pair: pair.ours.mult_adds),
    Column("measured_mult_adds", "in PyTorch", "count", get=lambda pair: pair.measured("mult_adds")),
    Column("agrees", "agrees", get=lambda pair: pair.agrees),
)


def layers_table(result: Verification) -> Table:
    """Every layer: ours, measured, and whether they agree. The totals are each counted on their own."""
    wrong = {d.layer for d in result.differences}
    ours = result.layers
    seen = [*result.measured, *[None] * (len(ours) - len(result.measured))]
    pairs = [_Pair(a, b, b is not None and b.name not in wrong) for a, b in zip(ours, seen, strict=False)]
    table = table_of(_LAYER, pairs)
    table.totals = {"params": result.cost.params, "measured_params": result.params}
    table.totals |= {"mult_adds": result.cost.mult_adds, "measured_mult_adds": result.mult_adds}
    return table


def _one(shapes: tuple[Any, ...] | None) -> Any:
    return shapes[0] if shapes and len(shapes) == 1 else shapes


def differences_table(differences: Sequence[Difference], theirs: str) -> Table:
    """A row for each difference."""
    columns = [*_DIFFERENCE, Column("costcalc", OURS, "count"), Column("measured", theirs, "count")]
    return Table(columns, [(d.layer or "total", d.op, d.figure, cell(d.ours), cell(d.measured)) for d in differences])


def cell(value: Any) -> Any:
    """A figure as a cell: one shape of several that are one, outputs by name, yes or no."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {'x'.join(map(str, shape))}" for name, shape in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], tuple):
        return value[0]
    return value


def _verdict(result: Verification) -> str:
    number = len(result.layers)
    if result.agrees:
        return f"All {number} layers agree in output shape, params and mult-adds."
    if result.failure is not None:
        return f"PyTorch runs {len(result.measured)} of {number} layers."
    return f"{result.differing_layers} of {number} layers differ."


def _device_note(result: Verification, chosen: bool) -> str:
    inputs = " and ".join("x".join(map(str, (1, *t.shape))) for t in result.cost.graph.inputs.values())
    if result.device != "meta":
        return f"A forward pass on {result.device} in eval mode, random input of {inputs}."
    large = "" if chosen else ", as the network is large; --device cpu computes them"
    return f"A forward pass in eval mode on the meta device, which has shapes and no values{large}. Input {inputs}."


# -- several networks


_NETWORK = (
    Column("spec", "network", get=lambda pair: pair[0].name),
    Column("params", "params", "count", get=lambda pair: pair[1].cost.params),
    Column("measured_params", "in PyTorch", "count", get=lambda pair: pair[1].params),
    Column("mult_adds", "mult-adds", "count", get=lambda pair: pair[1].cost.mult_adds),
    Column("measured_mult_adds", "in PyTorch", "count", get=lambda pair: pair[1].mult_adds),
    Column("layers", "layers", "int", 5, lambda pair: len(pair[1].layers)),
    Column("device", "device", keep=4, get=lambda pair: pair[1].device),
    Column("differing", "differ", "int", get=lambda pair: pair[1].differing_layers or len(pair[1].differences)),
)


def overview(results: Sequence[tuple[Network, Verification]], *, raw: bool = False) -> Table:
    """A row for each network; the first difference of each that has one."""
    table = table_of(_NETWORK, results)
    for network, r in results:
        if r.differences and not raw:
            d = r.differences[0]
            told = f"{_told(d.ours)}, in PyTorch {_told(d.measured)}"
            table.notes.append(f"{network.name}: {d.layer or 'total'}: {d.figure}: {told}")
    wrong = sum(not r.agrees for _, r in results)
    agree = f"{len(results) - wrong} of {len(results)} networks agree on every layer."
    table.notes.append(f"{agree} On meta there are shapes and no values: large networks run there by default.")
    return table


def _told(value: Any) -> str:
    from ..render.cells import text

    return text(cell(value), "count")


def raw_layers(results: Sequence[tuple[Network, Verification]]) -> Table:
    """The layers of all networks, for programs; the network comes first, if there are several."""
    made = [(network.name, layers_table(result)) for network, result in results]
    if len(made) == 1:
        return made[0][1]
    columns = [Column("spec", "spec"), *made[0][1].columns]
    return Table(columns, [(name, *row) for name, table in made for row in table.rows])


def document(results: Sequence[Verification], all_layers: bool, *, several: bool) -> dict[str, object]:
    """The JSON: one network, or ``several`` under "networks"."""
    made = [_document(result, all_layers) for result in results]
    return with_format({"networks": made} if several else made[0])


def _document(result: Verification, all_layers: bool) -> dict[str, object]:
    """Shapes are (channels, height, width), those of outputs with the batch before."""
    cost = result.cost
    found: dict[str, object] = {
        "spec": cost.spec,
        "parameters": {name: plain(value) for name, value in cost.parameters.items()},
        "torch": torch_version(),
        "device": result.device,
        "agrees": result.agrees,
        "totals": {"params": cost.params, "mult_adds": cost.mult_adds},
        "measured": {"params": result.params, "mult_adds": result.mult_adds},
        "outputs": {name: list(shape) for name, shape in result.outputs.items()},
        "finite": result.finite,
        "differences": [
            {"layer": d.layer or None, "op": d.op or None, "figure": d.figure}
            | {"costcalc": json_value(d.ours), "measured": json_value(d.measured)}
            for d in result.differences
        ],
    }
    if all_layers:
        rows = records(layers_table(result))
        found["layers"] = [{id: plain(value) for id, value in row.items()} for row in rows]
    return found


def json_value(value: Any) -> Any:
    """A figure as JSON has it."""
    return {k: plain(v) for k, v in value.items()} if isinstance(value, dict) else plain(value)
