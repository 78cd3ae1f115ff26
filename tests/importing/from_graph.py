"""Shipped networks as what an importer's lowering gives: lists of calls, the paths of the spec as their modules."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from costcalc.graph import Graph, Layer, path_text
from costcalc.importing.calls import Flat, LayerCall, ModuleRun, Ref
from costcalc.ops import Activation, Op


def flat_of(graph: Graph, name: str, blocks: dict[str, str] | None = None) -> Flat:
    """``graph`` (every copy written out) as calls. ``blocks``: which class a path is of; without it the path's own."""
    made: dict[tuple[Any, int], Ref] = {t.source: ("in", k) for k, t in enumerate(graph.inputs.values())}
    first: dict[int, int] = {}
    calls: list[LayerCall] = []
    for _, run in groupby(graph.layers, key=lambda layer: id(layer.call) if layer.call else id(layer)):
        for layers in _parted(list(run)):
            head, last = layers[0], layers[-1]
            word, arguments = WORDS[type(head.op).__name__](head.op)
            for rest in layers[1:]:
                arguments |= {"norm": "bn"} if rest.op.kind == "batch_norm" else {"act": _function(rest.op)}
            path = path_text(head.call)
            inputs = tuple(made[t.source] for t in head.inputs)
            owners = [first[id(x.owner)] for x in layers if x.owner is not None]
            sharing = ("all" if layers[-1].owner or len(layers) == 1 else "weights", owners[0]) if owners else None
            call = LayerCall(len(calls), word, arguments, inputs, last.out_shapes, _stack(path), path, sharing)
            call.params = sum(sum(n for k, n in x.op.weights().items() if k not in x.op.statistics) for x in layers)
            calls.append(call)
            for k in range(len(last.out_shapes)):
                made[(last, k)] = (call.id, k)
            first |= {id(x): call.id for x in layers}
    outputs = tuple(made[t.source] for t in graph.outputs.values())
    return Flat(name, tuple((name, t.shape) for name, t in graph.inputs.items()), _alive(calls, outputs), outputs)


def _alive(calls: list[LayerCall], outputs: tuple[Ref, ...]) -> list[LayerCall]:
    wanted = {of for of, _ in outputs}
    for call in reversed(calls):
        if call.id in wanted:
            wanted |= {of for of, _ in call.inputs}
    return [call for call in calls if call.id in wanted]


def alive(graph: Graph) -> Graph:
    """Without layers that no output depends on, which a block may have and a list of calls has not."""
    wanted = {id(t.layer) for t in graph.outputs.values()}
    for layer in reversed(graph.layers):
        if id(layer) in wanted:
            wanted |= {id(t.layer) for t in layer.inputs}
    graph.layers = [layer for layer in graph.layers if id(layer) in wanted]
    return graph


def _parted(layers: list[Layer]) -> list[list[Layer]]:
    """The layers of one call of the spec: a conv with what it brings along, others one by one."""
    found: list[list[Layer]] = []
    for layer in layers:
        label = layer.path[1] if layer.path else ""
        follows = found and label in ("bn", "act") and layer.path[0] == layer.call and layer.path != layer.call  # type: ignore[index]
        if follows and found[-1][0].op.kind in ("conv2d", "conv_transpose2d", "linear"):
            found[-1].append(layer)
        else:
            found.append([layer])
    return found


def _stack(path: str) -> tuple[ModuleRun, ...]:
    labels = path.split(".")
    return tuple(
        ModuleRun(".".join(labels[:k]), ".".join(labels[:k]), _class(labels[:k])) for k in range(1, len(labels))
    )


def _class(labels: list[str]) -> str:
    """Copies of a row are of one class, and so are steps of one name."""
    if len(labels) == 1:
        return "Sequential"
    return f"Block{len(labels)}" if labels[-1].isdigit() else f"{labels[-1].title()}{len(labels)}"


def _function(op: Op) -> str:
    assert isinstance(op, Activation)
    return op.function


def _conv(op: Any) -> tuple[str, dict[str, Any]]:
    shared = {"norm": "none", "act": "none", "pad": op.padding, "bias": op.bias, "d": op.dilation, "fixed": op.fixed}
    if op.kind == "conv2d" and op.is_depthwise and op.out_channels % op.in_channels == 0:
        more = {"k": op.kernel_size, "s": op.stride, "mult": op.out_channels // op.in_channels}
        return "dwconv", more | shared
    word = "conv" if op.kind == "conv2d" else "deconv"
    return word, {"k": op.kernel_size, "c": op.out_channels, "s": op.stride, "g": op.groups} | shared


def _pool(word: str) -> Any:
    return lambda op: (
        word,
        {"k": op.kernel_size, "s": op.stride, "pad": op.padding, "ceil": op.ceil_mode},
    )


def _pad(op: Any) -> tuple[str, dict[str, Any]]:
    names = ("top", "left") if len(op.before) > 1 else ("top",)
    other = ("bottom", "right") if len(op.before) > 1 else ("bottom",)
    return "pad", dict(zip(names, op.before[-2:], strict=True)) | dict(zip(other, op.after[-2:], strict=True))


def _crop(op: Any) -> tuple[str, dict[str, Any]]:
    if op.start is None:
        return "crop", {"size": op.size}
    return "crop", {"size": op.size} | dict(zip(("top", "left"), op.start[-2:], strict=False))


def _recurrent(op: Any) -> tuple[str, dict[str, Any]]:
    return op.cell, {"c": op.channels, "layers": op.layers, "both": op.both}


def _axis(op: Any) -> tuple[str, dict[str, Any]]:
    return {"max": "maxpool", "mean": "avgpool", "sum": "sum"}[op.how], {"over": op.over}


WORDS: dict[str, Any] = {
    "Conv2d": _conv,
    "ConvTranspose2d": _conv,
    "Linear": lambda op: ("fc", {"c": op.out_features, "bias": op.bias}),
    "BatchNorm": lambda op: ("bn", {"affine": op.affine}),
    "LayerNorm": lambda op: ("ln", {"affine": op.affine} | ({"over": "all"} if op.positions != 1 else {})),
    "RMSNorm": lambda op: ("rms", {"affine": op.affine}),
    "GroupNorm": lambda op: ("gn", {"g": op.groups, "affine": op.affine}),
    "L2Norm": lambda op: ("l2norm", {}),
    "LocalResponseNorm": lambda op: ("lrn", {"n": op.size}),
    "Activation": lambda op: ("act", {"f": op.function}),
    "PReLU": lambda op: ("act", {"f": "prelu"} | ({"g": op.groups} if op.groups != op.channels else {})),
    "Softmax": lambda op: ("softmax", {"over": op.over}),
    "Elementwise": lambda op: ("act", {"f": op.function}),
    "MaxPool": _pool("maxpool"),
    "AvgPool": _pool("avgpool"),
    "GlobalMaxPool": lambda op: ("maxpool", {}),
    "GlobalAvgPool": lambda op: ("avgpool", {}),
    "AxisPool": _axis,
    "Resize": lambda op: ("resize", {"size": op.size, "mode": op.mode}),
    "RoiAlign": lambda op: ("rois", {"n": op.maps, "size": op.size}),
    "Add": lambda op: ("add", {"weighted": op.weighted}),
    "Mul": lambda op: ("mul", {}),
    "Sub": lambda op: ("sub", {}),
    "Div": lambda op: ("div", {}),
    "Concat": lambda op: ("concat", {"along": op.along}),
    "PadAdd": lambda op: ("pad_add", {}),
    "Split": lambda op: ("split", {"n": op.parts, "along": op.along}),
    "ChannelShuffle": lambda op: ("shuffle", {"g": op.groups}),
    "Dropout": lambda op: ("dropout", {"p": op.p}),
    "Flatten": lambda op: ("flatten", {}),
    "Pad": _pad,
    "Crop": _crop,
    "Attention": lambda op: ("attend", {"heads": op.heads, "bias": op.bias, "talking": op.talking}),
    "MatMul": lambda op: ("matmul", {}),
    "Recurrent": _recurrent,
    "Learned": lambda op: ("learned", {"size": op.size, "c": op.channels, "fixed": op.fixed}),
    "Scale": lambda op: ("scale", {"g": op.groups} if op.groups != op.channels else {}),
    "Shift": lambda op: ("shift", {"g": op.groups} if op.groups != op.channels else {}),
    "Heads": lambda op: ("heads", {"n": op.maps}),
    "Windows": lambda op: ("grid" if op.grid else "windows", {"size": op.size}),
    "Merge": lambda op: ("merge", {}),
    "SpaceToDepth": lambda op: ("space_to_depth", {"r": op.block}),
    "DepthToSpace": lambda op: ("depth_to_space", {"r": op.block}),
    "Transpose": lambda op: ("transpose", {}),
    "Reshape": lambda op: ("reshape", {"size": op.size}),
    "Roll": lambda op: ("roll", {"by": op.by}),
    "Unfold": lambda op: ("unfold", {"k": op.kernel_size, "s": op.stride, "pad": op.padding}),
}
"""The call that each op comes from, without norm and activation."""
