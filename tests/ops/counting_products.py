"""Loop nests of what multiplies activations, cuts them into parts, has learned numbers, or only moves elements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import product
from typing import Any

from costcalc import ops

from .counting import Counted, Shape, chunks, over, per_channel, positions, repeated, windows


def places(shape: Shape) -> list[tuple[int, ...]]:
    """The positions of a map, row by row."""
    return list(product(*map(range, shape[1:])))


def attended(op: ops.Attention, q: Shape, k: Shape, v: Shape, *added: Shape) -> Counted:
    """Each head of queries with the head of keys and values that serves it."""
    weights: dict[str, set[Any]] = {"weight": set(), "bias": set()}
    done: Counter[str] = Counter()
    queries, d = chunks(range(q[0]), op.heads), len(chunks(range(q[0]), op.heads)[0])
    keys = [range(k[0])[at : at + d] for at in range(0, k[0], d)]
    values = chunks(range(v[0]), len(keys))
    serves = len(queries) // len(keys)
    out: list[Any] = []
    for head, channels in enumerate(queries):
        of = head // serves
        out += [(head, channel) for channel in values[of]]
        for _ in range(op.bias):
            weights["bias"].add((head, len(weights["bias"])))
        for _, _ in product(places(q), places(k)):
            for a, b in zip(channels, keys[of], strict=True):
                done["mac"] += (a, b) is not None
            done.update(("scaling", "softmax"))
            for _ in values[of]:
                done["mac"] += 1
            if op.bias or op.talking or added:
                done["bias_add"] += 1
            if op.talking:
                for when, other in product(("before", "after"), range(op.heads)):
                    weights["weight"].add((when, head, other))
                    weights["bias"].add((when, head))
                    done["mac"] += 1
    found = {part: len(touched) for part, touched in weights.items() if touched}
    return Counted(((len(out), *q[1:]),), found, dict(done))


def multiplied(op: ops.MatMul, a: Shape, b: Shape) -> Counted:
    macs = 0
    for _, _, _ in product(places(a), range(a[0]), range(b[0])):
        macs += 1
    return Counted(((b[0], *a[1:]),), {}, {"mac": macs})


def recurred(op: ops.Recurrent, shape: Shape) -> Counted:
    """Step by step: each gate of each cell reads what comes in and what was there."""
    gates = {"lstm": ("input", "forget", "cell", "output"), "gru": ("reset", "update", "new")}[op.cell]
    directions = ("forward", "backward") if op.both else ("forward",)
    weights, biases, macs, made = set(), set(), 0, 0
    out: list[Any] = []
    for _ in places(shape):
        entering = [("x", channel) for channel in range(shape[0])]
        for layer in range(op.layers):
            out = []
            for way, cell in product(directions, range(op.channels)):
                out.append((layer, way, cell))
                for gate in gates:
                    state = [("h", layer, way, other) for other in range(op.channels)]
                    for source in (*entering, *state):
                        weights.add((layer, way, gate, cell, source))
                        macs += 1
                    biases |= {(layer, way, gate, cell, side) for side in ("input", "hidden")}
                    made += 1
            entering = out
    return Counted(
        ((len(out), *shape[1:]),), {"weight": len(weights), "bias": len(biases)}, {"mac": macs, "gate": made}
    )


# -- parts


def grouped(op: ops.Heads, shape: Shape) -> Counted:
    groups = chunks(range(shape[0]), op.maps)
    assert len(groups) == op.maps
    return Counted(((len(groups[0]), *shape[1:]),), {}, {})


def cut(op: ops.Windows, shape: Shape) -> Counted:
    """Every position is in one window: its neighbours', or that of those as far apart as there are windows."""
    parts = []
    for n, k in zip(shape[1:], op.size, strict=True):
        number = len(range(0, n, k))
        rows = range(number * k)  # filled up with zeros
        parts.append({r % number if op.grid else r // k for r in rows})
    assert len(list(product(*parts))) == op.maps
    return Counted(((shape[0], *op.size),), {}, {})


def merged(op: ops.Merge, shape: Shape) -> Counted:
    """The parts beside each other; rows and columns that were filled up are gone."""
    if op.how == "heads":
        channels = [(part, channel) for part in range(op.parts) for channel in range(shape[0])]
        return Counted(((len(channels), *shape[1:]),), {}, {})
    sizes = []
    for now, then, before in zip(shape[1:], op.size, op.before[1:], strict=True):
        rows = [(part, row) for part in range(len(range(0, before, then))) for row in range(now)]
        sizes.append(len(rows[:before] if now == then else rows))
    return Counted(((shape[0], *sizes),), {}, {})


# -- learned numbers


def had(op: ops.Learned) -> Counted:
    shape = (op.channels, *op.size)
    return Counted((shape,), over(shape, "fixed" if op.fixed else "weight"), {})


def by_group(weight: str, work: str) -> Callable[..., Counted]:
    def run(op: Any, shape: Shape) -> Counted:
        number = [group for group in range(op.groups) if group in {c % op.groups for c in range(shape[0])}]
        return Counted((shape,), {weight: len(number)}, over(shape, work))

    return run


def sloped(op: ops.PReLU, shape: Shape) -> Counted:
    return Counted((shape,), per_channel(op.groups, "weight"), over(shape, "prelu"))


# -- moving elements


def transposed(op: ops.Transpose, shape: Shape) -> Counted:
    return Counted(((len(places(shape)), len(range(shape[0])), 1),), {}, {})


def reshaped(op: ops.Reshape, shape: Shape) -> Counted:
    assert len(places((1, *op.size))) == len(places(shape))
    return Counted(((shape[0], *op.size),), {}, {})


def to_depth(op: ops.SpaceToDepth, shape: Shape) -> Counted:
    """Where each element goes: none twice, none left out."""
    (r, s), went = op.block, set()
    for c, y, x in positions(shape):
        went.add(((c, y % r, x % s), y // r, x // s))
    return Counted((_box(went),), {}, {})


def to_space(op: ops.DepthToSpace, shape: Shape) -> Counted:
    (r, s), went = op.block, set()
    for c, y, x in positions(shape):
        went.add((c // (r * s), (y, c // s % r), (x, c % s)))
    return Counted((_box(went),), {}, {})


def _box(went: set[Any]) -> Shape:
    """The shape whose every place was gone to once."""
    sizes = tuple(len({place[axis] for place in went}) for axis in range(3))
    assert len(list(product(*map(range, sizes)))) == len(went)
    return sizes


def axis_of(name: str, shape: Shape) -> int:
    return (["channels", "height", "width"] if len(shape) == 3 else ["channels", "frames", "height", "width"]).index(
        name
    )


def unfolded(op: ops.Unfold, shape: Shape) -> Counted:
    pads = ("same", "same") if op.padding == "same" else op.padding
    ys, xs = (windows(shape[a + 1], op.kernel_size[a], op.stride[a], pads[a]) for a in (0, 1))
    channels = [(c, *tap) for c in range(shape[0]) for tap in product(*map(range, op.kernel_size))]
    return Counted(((len(channels), len(ys), len(xs)),), {}, {})


def joined(op: ops.Concat, *shapes: Shape) -> Counted:
    if op.along == "positions":
        return Counted(((shapes[0][0], len([place for shape in shapes for place in places(shape)]), 1),), {}, {})
    axis = axis_of(op.along, shapes[0])
    whole = len([k for shape in shapes for k in range(shape[axis])])
    return Counted(((*shapes[0][:axis], whole, *shapes[0][axis + 1 :]),), {}, {})


def parted(op: ops.Split, shape: Shape) -> Counted:
    if op.along == "positions":
        shape = (shape[0], len(places(shape)), 1)
    axis = 1 if op.along == "positions" else axis_of(op.along, shape)
    left = iter(range(shape[axis]))
    parts = [[next(left) for _ in range(n)] for n in op.parts]
    assert next(left, None) is None
    return Counted(tuple((*shape[:axis], len(part), *shape[axis + 1 :]) for part in parts), {}, {})


# -- element by element, along an axis


def of_two(part: str) -> Callable[..., Counted]:
    return lambda op, a, b: Counted((repeated(a, b),), {}, over(repeated(a, b), part))


def pooled(op: ops.AxisPool, shape: Shape) -> Counted:
    axis = None if op.over == "positions" else axis_of(op.over, shape)
    lines: dict[Any, list[Any]] = {}
    for place in positions(shape):
        key = place[:1] if axis is None else (*place[:axis], *place[axis + 1 :])
        lines.setdefault(key, []).append(place)
    done: Counter[str] = Counter()
    for line in lines.values():
        for element in line:
            if element is not line[0]:
                done["compare" if op.how == "max" else "add"] += 1
        done["div"] += op.how == "mean"
    out = (shape[0], 1, 1) if axis is None else (*shape[:axis], 1, *shape[axis + 1 :])
    names = {"max": ("compare",), "mean": ("add", "div"), "sum": ("add",)}[op.how]
    return Counted((out,), {}, {name: done[name] for name in names})


def normalized_over(op: ops.LayerNorm, shape: Shape) -> Counted:
    where = shape if op.positions != 1 else (shape[0], 1, 1)
    weights = over(where, "scale", "shift") if op.affine else {}
    return Counted((shape,), weights, over(shape, "norm"))


def maybe(*parts: str, always: tuple[str, ...] = ()) -> Callable[..., Counted]:
    """A norm per channel: its parts if it is affine, and what it has always."""

    def run(op: Any, shape: Shape) -> Counted:
        return Counted((shape,), per_channel(shape[0], *(parts if op.affine else ()), *always), over(shape, "norm"))

    return run


PRODUCT_LOOPS: dict[type[ops.Op], Callable[..., Counted]] = {
    ops.Attention: attended,
    ops.MatMul: multiplied,
    ops.Recurrent: recurred,
    ops.Heads: grouped,
    ops.Windows: cut,
    ops.Merge: merged,
    ops.Learned: had,
    ops.Scale: by_group("scale", "mul"),
    ops.Shift: by_group("shift", "add"),
    ops.PReLU: sloped,
    ops.Transpose: transposed,
    ops.Reshape: reshaped,
    ops.SpaceToDepth: to_depth,
    ops.DepthToSpace: to_space,
    ops.Roll: lambda op, shape: Counted((shape,), {}, {}),
    ops.Unfold: unfolded,
    ops.Concat: joined,
    ops.Split: parted,
    ops.Mul: of_two("mul"),
    ops.Sub: of_two("sub"),
    ops.Div: of_two("div"),
    ops.AxisPool: pooled,
    ops.Softmax: lambda op, shape: Counted((shape,), {}, over(shape, "softmax")),
    ops.Elementwise: lambda op, shape: Counted((shape,), {}, over(shape, "function")),
    ops.LayerNorm: normalized_over,
    ops.BatchNorm: maybe("scale", "shift", always=("mean", "variance")),
    ops.GroupNorm: maybe("scale", "shift"),
    ops.RMSNorm: maybe("scale"),
    ops.L2Norm: maybe("scale"),
}
