"""What steps, rows and blocks are called: as their modules, or by what they do where the code has only numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from ...evaluate.built_in import BUILT_IN
from ..names import identifier, snake, unique
from .bodies import Body, BodyStep

LETTERS = ("t", "c", "s", "k", "g", "d", "n", "mid", "out")
"""What parameters of blocks are called, and their results."""
_BY_WORD = {
    "dwconv": "dw", "deconv": "deconv", "bn": "norm", "ln": "norm", "gn": "norm", "rms": "norm", "l2norm": "norm",
    "lrn": "norm", "maxpool": "pool", "avgpool": "pool", "sum": "total", "add": "sum", "mul": "product",
    "sub": "difference", "div": "quotient", "concat": "all", "split": "part", "shuffle": "shuffled",
    "attend": "attended", "matmul": "product", "scale": "scaled", "shift": "shifted", "softmax": "weights",
    "up": "upper", "resize": "resized", "pad": "padded", "crop": "cropped", "roll": "rolled", "merge": "merged",
    "windows": "window", "grid": "window", "heads": "head", "reshape": "reshaped", "transpose": "transposed",
    "flatten": "flat", "dropout": "dropped", "unfold": "unfolded", "lstm": "cell", "gru": "cell",
    "space_to_depth": "packed", "depth_to_space": "unpacked",
}  # fmt: skip
"""What a call without a module's name is called."""
_BY_PART = (("squeeze", "se"), ("attention", "attention"), ("mlp", "mlp"))
"""Short names of blocks whose class has such a word."""


def block_name(cls: str, path: str, ending: str, taken: Collection[str]) -> str:
    """The class in lower case, with an ``ending``; of ONNX, which has no classes, the last word of the path."""
    words = next((part for part in reversed((cls or path).split(".")) if part and not part.isdigit()), "block")
    if "." in cls and words.endswith("s") and not words.endswith("ss"):
        words = words[:-1]  # one of layers
    name = identifier(snake(words)).strip("_") + ending
    return unique(f"{name}_block" if name in BUILT_IN else identifier(name), taken)


def resizing(bodies: Sequence[Body]) -> str:
    """``_down`` for bodies that all make the map smaller, ``_up`` for larger."""
    pairs = [(body.inputs[0][1:], body.steps[of].outputs[port][1:]) for body in bodies for of, port in body.results]
    if all(after < before for before, after in pairs):
        return "_down"
    return "_up" if all(after > before for before, after in pairs) else ""


def step_names(body: Body, taken: Collection[str], *, top: bool = False) -> list[list[str]]:
    """For each step a name for each of its outputs."""
    labels = [_label(k, body, taken, top=top) for k in range(len(body.steps))]
    ends = len(labels) - 1 if not top and body.results == ((len(labels) - 1, 0),) and _joins(body.steps[-1]) else None
    number = Counter(label for k, label in enumerate(labels) if k != ends)
    seen: Counter[str] = Counter()
    used = set(taken)
    found: list[list[str]] = []
    for k, (step, label) in enumerate(zip(body.steps, labels, strict=True)):
        name = label
        if number[label] > 1:
            seen[label] += 1
            longer = _longer(step, body) if step.own else ""
            name = (
                longer
                if longer and longer not in number and not longer.endswith("_")
                else f"{label}{'_' * label[-1].isdigit()}{seen[label]}"
            )
        last = not top and k == len(body.steps) - 1 and body.results == ((k, 0),)
        name = "out" if k == ends or (last and name == "out") else unique(name, used)
        if len(step.outputs) == 1:
            names = [name]
        elif len(step.outputs) == 3 and "attend" in {s.word for s in body.steps[k:]} and "q" not in used:
            names = ["q", "k_", "v"] if "k" in taken else ["q", "k", "v"]
        else:
            names = [unique(f"{name}{port + 1}", used) for port in range(len(step.outputs))]
        used |= {name, *names}
        found.append(names)
    return found


def _joins(step: BodyStep) -> bool:
    return not step.is_block and BUILT_IN[step.word].joins


def row_name(paths: list[str], others: list[str]) -> str:
    """Of several steps: the path that they and no others have in common, without what is in front of a name."""
    common: list[str] = []
    for parts in zip(*(path.split(".") for path in paths), strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    shared = any(path.split(".")[: len(common)] == common for path in others)
    return "" if shared or not common else identifier(_last(common))


def _last(parts: list[str]) -> str:
    """``layer1`` of features.layer1, ``features_0`` of features.0."""
    first = len(parts) - 1
    while first > 0 and parts[first].isdigit():
        first -= 1
    return "_".join(parts[first:])


def _relative(step: BodyStep, body: Body) -> list[str]:
    path = step.path
    if body.path and path.startswith(f"{body.path}."):
        path = path[len(body.path) + 1 :]
    return path.split(".")


def _longer(step: BodyStep, body: Body) -> str:
    """A name of the whole path, if it has a word in it."""
    parts = _relative(step, body)
    name = identifier("_".join(parts))
    return "" if name.endswith("_") or all(part.isdigit() for part in parts) else name


def _label(k: int, body: Body, taken: Collection[str], *, top: bool) -> str:
    step = body.steps[k]
    parts = _relative(step, body) if step.own and step.path else []
    if len(parts) > 1 and parts[-1].isdigit() and _is_alone(step, body):
        parts.pop()  # the only one in its container
    if parts and (top or not parts[-1].isdigit()):
        name = identifier(_last(parts) if top else parts[-1])
        if not name.endswith("_") and (name not in taken or name == "out"):
            return name
    return _role(k, body)


def _is_alone(step: BodyStep, body: Body) -> bool:
    container = step.path.rpartition(".")[0]
    return sum(1 for other in body.steps if f"{other.path}.".startswith(f"{container}.")) == 1


def _role(k: int, body: Body) -> str:
    step = body.steps[k]
    if step.is_block:
        return next((name for part, name in _BY_PART if part in step.word), step.word)
    if step.word != "conv":
        return _BY_WORD.get(step.word, step.word)
    kernel = step.arguments["k"]
    if not isinstance(kernel, tuple) or set(kernel) != {1}:
        return "conv"
    words = [other.word for other in body.steps]
    enters, leaves = step.inputs[0][0], step.outputs[0][0]
    if "dwconv" in words and leaves > enters:
        return "expand"
    behind = "dwconv" in words[:k] or "attend" in words[:k]
    if behind and step.arguments["act"] == "none":
        return "project"
    return "pointwise" if "dwconv" in words else "conv"
