"""What ``verify --against`` shows: a spec beside a module of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby, zip_longest
from typing import Any

from ..cost import Cost
from ..network import Network
from ..table import Column, Table
from ..units import exact
from ..witness.foreign import Foreign, load_module, parse_kwargs, watch
from ..witness.rest import Held, graph_outputs, same_shape
from ..witness.uses import FIGURES, Pair, Use, align, graph_uses
from ..witness.verifying import Difference, usual_device
from . import parameters
from .values import FORMAT, plain
from .verify import cell, differences_table, figures_table, json_value

_NAMES = {
    "in_channels": "input channels",
    "out_shape": "output",
    "mult_adds": "mult-adds",
    "layers": "convolutions and linear layers",
    "other_params": "params of other layers",
}
NAMED = 6
"""How many of the module's parameters, or types of layers, a note names at most."""


def compared(
    network: Network, values: Mapping[str, Any], target: str, kwargs: str | None = None, device: str | None = None
) -> Against:
    """``network`` at ``values`` beside the module that ``target`` (MODULE:CALLABLE) gives for ``kwargs`` (JSON).

    Imports and runs that code. Raises :class:`CostcalcError`.
    """
    arguments = parse_kwargs(kwargs)
    cost = network.cost(values)
    graph = network.graph(expand=True, **values)
    where = device or usual_device(cost)
    foreign = watch(load_module(target, arguments, where), {n: t.shape for n, t in graph.inputs.items()}, where)
    pairs = align(graph_uses(graph), foreign.uses)
    return Against(network, cost, target, foreign, pairs, where, device is not None)


class Against:
    """The spec's convolutions and linear layers paired with the module's, and the totals."""

    def __init__(
        self, network: Network, cost: Cost, target: str, foreign: Foreign, pairs: list[Pair], device: str, chosen: bool
    ) -> None:
        self.network = network
        self.cost = cost
        self.target = target
        self.foreign = foreign
        self.pairs = pairs
        self.device = device
        self.chosen = chosen

    @property
    def _totals(self) -> list[tuple[str, Any, Any]]:
        ours = sum(pair.ours is not None for pair in self.pairs)
        others = sum(
            layer.params
            for layer in self.cost.layers
            if layer.primitive is None or layer.primitive.as_convolution() is None
        )
        return [
            ("params", self.cost.params, self.foreign.params),
            ("mult_adds", self.cost.mult_adds, self.foreign.mult_adds),
            ("layers", ours, len(self.foreign.uses)),
            ("other_params", others, sum(held.params for held in self.foreign.rest.held)),
        ]

    @property
    def _outputs(self) -> list[tuple[str, Any, Any, bool]]:
        """Each output, ours and the module's at its place, and whether they agree; None where one has none."""
        ours = graph_outputs(self.cost.graph)
        pairs = list(zip_longest(ours, self.foreign.rest.outputs))
        found = []
        for k, (name, theirs) in enumerate(pairs):
            label = "output" if len(pairs) == 1 else f"output {name or k + 1}"
            shape = ours.get(name)
            same = shape is not None and same_shape(shape, theirs)
            found.append((label, theirs if same else shape, theirs, same))
        return found

    @property
    def differences(self) -> list[Difference]:
        """Those of layers in the order in which ours run, then those of totals."""
        found = []
        for pair in self.pairs:
            for figure, a, b in pair.differences:
                found.append(Difference(_label(pair), "", _NAMES.get(figure, figure), a, b))
        found += [Difference("", "", _NAMES.get(f, f), a, b) for f, a, b in self._totals if a != b]
        return found + [Difference("", "", name, _text(a), _text(b)) for name, a, b, same in self._outputs if not same]

    @property
    def agrees(self) -> bool:
        return not self.differences

    def tables(self, all_layers: bool) -> list[Table]:
        """Totals, and the first layer that differs with all that differs in it; or all of them."""
        totals = self.totals_table()
        found = [totals]
        differences = self.differences
        if all_layers:
            found.insert(0, self.layers_table())
            found[0].title, totals.title = totals.title, "In total"
        elif differences:
            differences = [d for d in differences if d.layer == differences[0].layer]
        if differences:
            found.append(differences_table(differences, self.target))
            found[-1].columns = [c for c in found[-1].columns if c.id != "op"]
            found[-1].rows = [(row[0], *row[2:]) for row in found[-1].rows]
            found[-1].title = "Differences" if all_layers else "The first difference"
        found[-1].notes = self._notes()
        return found

    def totals_table(self, *, raw: bool = False) -> Table:
        """Params, mult-adds, the number of convolutions and linear layers, and the outputs."""
        rows: list[tuple[Any, ...]] = [(f if raw else _name(f), a, b) for f, a, b in self._totals]
        rows += [(name, _text(a), _text(b)) for name, a, b, _ in self._outputs]
        return figures_table(parameters.heading(self.network, self.cost.parameters), self.target, rows)

    def layers_table(self) -> Table:
        """Every pair: names, what the layer is, and what differs."""
        columns = [
            Column("name", "layer"),
            Column("module", "module"),
            Column("output", "output", "shape", 4),
            Column("module_output", "module's", "shape", 4),
            Column("filter", "filter", keep=5),
            Column("module_filter", "module's", keep=5),
            Column("differs", "differs in"),
        ]
        rows: list[tuple[Any, ...]] = []
        for pair in self.pairs:
            a, b = pair.ours, pair.theirs
            differs = ", ".join(_NAMES.get(f, f) for f, _, _ in pair.differences)
            shapes = (a.out_shape if a else None, b.out_shape if b else None)
            rows.append((a.name if a else "", b.name if b else "", *shapes, _filter(a), _filter(b), differs))
        return Table(columns, rows)

    def document(self, all_layers: bool) -> dict[str, object]:
        """As JSON."""
        found: dict[str, object] = {
            "format": FORMAT,
            "spec": self.cost.spec,
            "parameters": {name: plain(value) for name, value in self.cost.parameters.items()},
            "against": self.target,
            "device": self.device,
            "agrees": self.agrees,
            "totals": {figure: a for figure, a, _ in self._totals},
            "measured": {figure: b for figure, _, b in self._totals},
            "outputs": {name: list(shape) for name, shape in graph_outputs(self.cost.graph).items()},
            "module_outputs": [list(shape) for shape in self.foreign.rest.outputs],
            "module_other_params": [
                {"name": h.name, "type": h.type, "params": h.params} for h in self.foreign.rest.held
            ],
            "not_compared": self.foreign.rest.layers,
            "differences": [
                {"layer": d.layer or None, "figure": d.figure}
                | {"costcalc": json_value(d.ours), "measured": json_value(d.measured)}
                for d in self.differences
            ],
        }
        if all_layers:
            found["layers"] = [{"costcalc": _use(p.ours), "measured": _use(p.theirs)} for p in self.pairs]
        return found

    def _notes(self) -> list[str]:
        foreign = self.foreign
        paired = sum(pair.ours is not None and not pair.differences for pair in self.pairs)
        number = sum(pair.ours is not None for pair in self.pairs)
        notes = [f"{paired} of {number} convolutions and linear layers agree in {', '.join(map(_name, FIGURES))}."]
        moved = sum(pair.moved for pair in self.pairs)
        if moved:
            notes.append(f"{moved} of them run in another order in the module, as branches may.")
        if foreign.elsewhere:
            notes.append(f"{exact(foreign.elsewhere)} mult-adds of the module are outside of such layers.")
        if foreign.idle:
            notes.append(f"{exact(foreign.idle)} params are of parts of the module that didn't run.")
        if foreign.frozen:
            notes.append(f"{exact(foreign.frozen)} params of the module aren't trainable, and aren't counted.")
        if foreign.rest.held:
            notes.append(f"The module's params of other layers: {_held(foreign.rest.held)}.")
        others = [*(f"{n} {name}" for name, n in foreign.rest.layers.items()), "what runs in functions"]
        notes.append(f"Not compared one by one: {_some(others)}; values.")
        large = "" if self.chosen else ", as the network is large"
        meta = f" on the meta device, which has shapes and no values{large}" if self.device == "meta" else ""
        notes.append(f"Measured in a forward pass in eval mode{meta}; a linear layer counts as a 1x1 convolution.")
        if any(
            len(given) < 1 + len(t.shape)
            for t, given in zip(self.cost.graph.inputs.values(), foreign.inputs, strict=False)
        ):
            given = " and ".join(_text(shape) or "" for shape in foreign.inputs)
            notes.append(f"Its convolutions are of sequences, so its input is {given}; each counts as 1xk.")
        return notes


def _held(held: list[Held]) -> str:
    """By type, the raw parameters first: ``gamma (Parameter, 16); bn1, bn2 (BatchNorm2d, 96)``."""
    groups = groupby(sorted(held, key=_type), key=_type)
    return _some(
        [
            f"{_some([h.name for h in of_type])} ({name}, {exact(sum(h.params for h in of_type))})"
            for (_, name), found in groups
            for of_type in [list(found)]
        ],
        "; ",
    )


def _type(held: Held) -> tuple[bool, str]:
    return held.type != "Parameter", held.type


def _some(names: list[str], between: str = ", ") -> str:
    more = len(names) - NAMED
    return between.join(names if more <= 0 else [*names[:NAMED], f"{more} more"])


def _text(shape: Any) -> str | None:
    return None if shape is None else "x".join(map(str, shape))


def _name(figure: str) -> str:
    return _NAMES.get(figure, figure)


def _label(pair: Pair) -> str:
    """Ours, and the module's behind a slash."""
    return " / ".join(use.name or "(the module)" if use else "(none)" for use in (pair.ours, pair.theirs))


def _filter(use: Use | None) -> str:
    """``3x3x64x128 s2 g4``, with a + where there is a bias."""
    if use is None:
        return ""
    kernel = "x".join(map(str, (*use.kernel, use.in_channels // use.groups, use.out_shape[0])))
    stride = "" if set(use.stride) == {1} else f" s{'x'.join(map(str, dict.fromkeys(use.stride)))}"
    dilation = "" if set(use.dilation) == {1} else f" d{'x'.join(map(str, dict.fromkeys(use.dilation)))}"
    groups = "" if use.groups == 1 else f" g{use.groups}"
    return f"{kernel}{stride}{dilation}{groups}{' + bias' if use.bias else ''}"


def _use(use: Use | None) -> dict[str, object] | None:
    if use is None:
        return None
    return {"name": use.name} | {figure: plain(cell(getattr(use, figure))) for figure in FIGURES}
