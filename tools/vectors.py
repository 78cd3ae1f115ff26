"""Write docs/vectors: twenty networks layer by layer, for other counters to test themselves; or check them.

python tools/vectors.py           write them
python tools/vectors.py --check   exit status 1 if one has drifted
"""

from __future__ import annotations

import argparse
import json
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "vectors"
NETWORKS = (
    "alexnet", "vgg_16", "googlenet", "resnet_18", "resnet_50", "resnext_50_32x4d", "densenet_121", "squeezenet_1_1",
    "mobilenet_v1", "mobilenet_v2", "mobilenet_v3_small", "shufflenet_v2", "mnasnet_a1", "efficientnet_b0",
    "convnext_t", "vit_b_16", "dcgan", "unet", "ds_cnn", "crnn",
)  # fmt: skip
"""Groups, branches, joins of every kind, norms, gates, attention, recurrence, transposed and odd convolutions."""
ARGUMENTS = ("kernel_size", "stride", "padding", "dilation", "groups", "bias")
BITS = 32


def vector(name: str) -> dict[str, Any]:
    """What a network's file holds."""
    from costcalc import load
    from costcalc.conventions import DEFAULT, load_convention
    from costcalc.cost import Cost
    from costcalc.errors import CostcalcError
    from costcalc.reconcile import shipped_conventions

    network = load(name)
    base = network.cost()
    graph = base.expanded()
    use = base.memory("live", bits=BITS)
    spec, default = network.program.spec, load_convention(DEFAULT)

    conventions: dict[str, Any] = {}
    columns: list[list[Any]] = []
    for convention in shipped_conventions():
        cost = Cost(name, graph, default, convention.of_network(spec.name, network.name), lambda: graph)
        try:
            rows, total = cost.by("primitive"), {"params": _number(cost.params), "counted": _number(cost.counted)}
        except CostcalcError:  # it says nothing about an op of this network, or is about other networks
            continue
        conventions[convention.name] = {"unit": convention.unit, **total}
        columns.append([_number(row.counted) for row in rows])

    rows = Cost(name, graph, default, default, lambda: graph).by("primitive")
    names = {layer: layer.name for layer in graph.layers}
    inputs = {tensor: label for label, tensor in graph.inputs.items()}
    layers = []
    for k, (layer, row) in enumerate(zip(graph.layers, rows, strict=True)):
        sources = [inputs[t] if t.layer is None else names[t.layer] for t in layer.inputs]
        told: dict[str, Any] = {
            "name": layer.name,
            "op": layer.op.kind,
            **{a: _plain(getattr(layer.op, a)) for a in ARGUMENTS if hasattr(layer.op, a)},
            "inputs": sources,
            "in_shapes": [list(shape) for shape in layer.in_shapes],
            "out_shapes": [list(shape) for shape in layer.out_shapes],
            "params": row.params,
            "mult_adds": row.mult_adds,
            "weight_bytes": _number(use.weights[k]),
            "output_bytes": sum(prod(shape) for shape in layer.out_shapes) * BITS // 8,
            "live_bytes": _number(use.live[k]),
            "counts": [column[k] for column in columns],
        }
        layers.append(told)
    return {
        "format": 1,
        "network": name,
        "title": spec.title,
        "cite": spec.source.get("cite", "").split("; "),
        "parameters": {key: _plain(value) for key, value in base.parameters.items()},
        "inputs": {label: list(tensor.shape) for label, tensor in graph.inputs.items()},
        "totals": {
            "params": base.params,
            "mult_adds": base.mult_adds,
            "weight_bytes": _number(use.flash),
            "peak_bytes": _number(use.peak),
        },
        "conventions": conventions,
        "layers": layers,
    }


def _number(value: Any) -> Any:
    """An int where it is whole, else the fraction as text."""
    exact = Fraction(value)
    return int(exact) if exact.denominator == 1 else str(exact)


def _plain(value: Any) -> Any:
    return [_plain(v) for v in value] if isinstance(value, tuple | list) else _word(value)


def _word(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str) or value is None else str(value)


def text(name: str) -> str:
    """The file: a line for each layer and each convention, so that a change of one changes a line."""
    told = vector(name)
    conventions, layers = told.pop("conventions"), told.pop("layers")
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in told.items()]
    counted = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in conventions.items())
    rows = ",\n".join(f"  {json.dumps(layer, separators=(',', ':'))}" for layer in layers)
    return "{\n" + ",\n".join([*lines, f'"conventions": {{\n{counted}\n}}', f'"layers": [\n{rows}\n]']) + "\n}\n"


def main(*, check: bool) -> int:
    """The exit status."""
    drifted = []
    for name in NETWORKS:
        path, expected = FOLDER / f"{name}.json", text(name)
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != expected:
                drifted.append(f"docs/vectors/{name}.json")
        else:
            path.write_text(expected, encoding="utf-8", newline="\n")
    for one in drifted:
        print(f"{one}: drifted; run: python tools/docs.py")
    return int(bool(drifted))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing; exit status 1 if it differs")
    raise SystemExit(main(check=parser.parse_args().check))
