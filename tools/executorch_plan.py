"""ExecuTorch's memory plan of networks, against the definition executorch: the numbers of tests/memory/executorch.yaml.

    python tools/executorch_plan.py ds_cnn_mlperf resnet_8:8 …        :8 in int8 for Cortex-M, else float32

Run by hand where torch and executorch are installed; neither costcalc nor its tests need them. A network goes
through "costcalc export NET --to torch", torch.export, to_edge, to_executorch, with the greedy planner and
its other settings as they are: inputs and outputs are in the plan.

The plan is an arena of buckets. What is alive where the plan has the most (of equal ones, where costcalc has the most)
and what costcalc has alive at the same layer are matched by layer and bytes; each that is left over is a part of the
difference. So are the room that a bucket has left there, and what costcalc's peak is above its bytes at that layer.
"""

from __future__ import annotations

import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
warnings.filterwarnings("ignore")

import torch  # noqa: E402
from executorch.exir import memory  # noqa: E402
from executorch_planned import path, planned  # noqa: E402

from costcalc import load  # noqa: E402
from costcalc.memory import load_definition, memory_of  # noqa: E402
from costcalc.memory.tensors import held_tensors  # noqa: E402

WHAT = {
    **dict.fromkeys(("constant_pad_nd", "pad"), "its input padded"),
    "permute_copy": "its weights transposed",
    "alloc": "scratch of a kernel",
}
"""What ops make that the exporter writes and a layer needn't have. Others make what costcalc has in place."""


def row(name: str, bits: int) -> dict[str, Any]:
    """A network's row: the plan's bytes, costcalc's, and all parts of the difference."""
    graph = load(name).graph(expand=True)
    definition = load_definition("executorch")
    use, held = memory_of(graph, definition, bits=bits), held_tensors(graph, definition).held
    arena, nodes, specs = planned(name, graph, bits)
    layers = {layer.name: step for step, layer in enumerate(graph.layers)}

    def alive(at: int) -> list[Any]:
        return [s for s in specs if s[3].lifetime[0] <= at <= s[3].lifetime[1]]

    def step(at: int) -> int:
        node = next(n for n in nodes[at:] if n.target is not memory.alloc)
        return max((k for layer, k in layers.items() if f"{path(node)}.".startswith(f"{layer}.")), default=0)

    at = max(range(len(nodes)), key=lambda k: (sum(s[3].allocated_memory for s in alive(k)), use.live[step(k)], -k))
    k = step(at)
    ours = {h.buffer: h for h in held if h.made <= k <= max(h.last, h.made)}  # the last in a buffer is what it holds
    left = {h.name: h.elements * bits // 8 for h in ours.values()}
    scratch = use.live[k] - sum(left.values())
    buffers = {h.name: ours[h.buffer].name for h in held if h.buffer in ours}
    parts = []
    for layer, kind, port, spec in sorted(alive(at), key=lambda s: s[0] not in left):
        size = spec.nbytes()
        if kind not in WHAT and not port and left.get(buffers.get(layer, "")) == size:
            del left[buffers[layer]]
        elif kind == "alloc" and size == scratch:
            scratch = 0
        else:
            parts.append([layer, "its indices" if port else WHAT.get(kind, "its output, not overwritten"), size])
        if spec.allocated_memory != size:
            parts.append([layer, "rounded up to 16 bytes", spec.allocated_memory - size])
    parts += [[layer, "its output, not made yet", -size] for layer, size in left.items()]
    if scratch:
        parts.append([graph.layers[k].name, "no scratch of a kernel", -scratch])
    if use.peak != use.live[k]:
        parts.append([use.at, "costcalc's peak, above this layer", use.live[k] - use.peak])
    for bucket in sorted({s[3].mem_obj_id for s in specs}):
        within = [s for s in specs if s[3].mem_obj_id == bucket]
        layer, kind, _, largest = max(within, key=lambda s: s[3].allocated_memory)
        room = largest.allocated_memory - sum(s[3].allocated_memory for s in alive(at) if s[3].mem_obj_id == bucket)
        if room:
            what = WHAT.get(kind, "its output")
            parts.append([layer, f"left of a bucket for {what}", room])
    return {
        "network": name,
        "bits": bits,
        "arena": arena,
        "executorch": use.peak,
        "at": graph.layers[k].name,
        "parts": parts,
    }


if __name__ == "__main__":
    print(f"# tools/executorch_plan.py: executorch {version('executorch')}, torch {torch.__version__}; bytes")
    for given in sys.argv[1:]:
        network, _, width = given.partition(":")
        told = row(network, int(width or 32))
        parts = told.pop("parts")
        print(
            "- " + "\n  ".join(f"{key}: {value}" for key, value in told.items()),
            "  parts:" if parts else "  parts: []",
            sep="\n",
        )
        for layer, what, size in parts:
            print(f'    - [{layer}, "{what}", {size}]')
