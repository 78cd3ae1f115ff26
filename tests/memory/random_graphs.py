"""Small graphs at random: convolutions, sums and concats of tensors that were made shortly before."""

from __future__ import annotations

import random
import re

from costcalc.graph import Graph
from costcalc.language.source import Source
from costcalc.network import network_from

PLAIN = ("conv", "conv", "add", "concat")
WITH_ACTIVATIONS = (*PLAIN, "relu", "relu", "dropout")


def random_graph(seed: int, most: int = 14, kinds: tuple[str, ...] = PLAIN) -> Graph:
    """Convolutions, sums and concats, each of layers at random places before it; what nobody reads is an output."""
    rng = random.Random(seed)
    widths = {"l0": 2}
    lines = ["l0: conv(1x1, 2, norm=none, act=none)"]
    for k in range(1, rng.randrange(4, most)):
        first = rng.choice(list(widths)[-4:])
        alike = [n for n, c in widths.items() if c == widths[first] and n != first]
        kind = rng.choice(kinds)
        if kind == "add" and alike:
            lines.append(f"l{k}: add({first}, {rng.choice(alike)})")
            widths[f"l{k}"] = widths[first]
        elif kind == "concat" and len(widths) > 1:
            other = rng.choice([n for n in widths if n != first])
            lines.append(f"l{k}: concat({first}, {other})")
            widths[f"l{k}"] = widths[first] + widths[other]
        elif kind in ("relu", "dropout"):
            lines.append(f"l{k}: {first} -> {'act(relu)' if kind == 'relu' else 'dropout(0.5)'}")
            widths[f"l{k}"] = widths[first]
        else:
            widths[f"l{k}"] = rng.choice([1, 2, 3, 5, 8])
            lines.append(f"l{k}: {first} -> conv(1x1, {widths[f'l{k}']}, norm=none, act=none)")
    read = " ".join(line.split(": ", 1)[1] for line in lines)
    ends = [name for name in widths if not re.search(rf"\b{name}\b", read)]
    text = f"network: any\ninput: 5 x 5 x 2\noutput: {', '.join(ends)}\nlayers:\n" + "".join(f"  {x}\n" for x in lines)
    return network_from(Source("any.yaml", text)).graph(expand=True)
