"""Calls as a person would write them: conv, norm and activation as one, SAME padding as ``same``, dead calls gone.

Each rewrite keeps every count. What a call is made of must be read by nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..ops import ACTIVATIONS
from ..ops.window import same_padding
from .calls import Flat, LayerCall, ModuleRun, Ref

CONVOLUTIONS = ("conv", "deconv")
_SIDES = (("top", "bottom"), ("left", "right"))


def rewritten(flat: Flat) -> Flat:
    """``flat`` after all rewrites, its calls numbered anew, each with the modules around all of it."""
    work = _Rewriting(flat)
    work.drop_dead()
    work.pads()
    work.swish()
    work.concats()
    work.fuse()
    work.drop_dead()
    for call in work.calls:
        _depthwise(call, work.shapes)
    return work.result()


class _Rewriting:
    """A flat list under change. ``moved`` says which tensor stands for one that is gone."""

    def __init__(self, flat: Flat) -> None:
        self.flat = flat
        self.calls = [LayerCall(**{name: getattr(call, name) for name in LayerCall._fields}) for call in flat.calls]
        for call in self.calls:
            call.arguments = dict(call.arguments)
        self.by_id = {call.id: call for call in self.calls}
        self.outputs = list(flat.outputs)
        self.shapes = flat.shapes()
        self.part_of: dict[int | str, int | str] = {}
        self.fused: dict[int, list[LayerCall]] = {call.id: [call] for call in self.calls}

    # -- reading

    def readers(self) -> dict[Ref, list[LayerCall]]:
        """Who reads each tensor; an output has a reader that is no call."""
        found: dict[Ref, list[LayerCall]] = {}
        for call in self.calls:
            for ref in call.inputs:
                found.setdefault(ref, []).append(call)
        for ref in self.outputs:
            found.setdefault(ref, []).append(_OUTSIDE)
        return found

    def replace(self, old: Ref, new: Ref) -> None:
        """Let whoever reads ``old`` read ``new``."""
        for call in self.calls:
            if old in call.inputs:
                call.inputs = tuple(new if ref == old else ref for ref in call.inputs)
        self.outputs = [new if ref == old else ref for ref in self.outputs]

    # -- the rewrites

    def drop_dead(self) -> None:
        """Calls that no output depends on. Weights that they alone have are the report's business."""
        live: set[int | str] = set()
        waiting = [of for of, _ in self.outputs]
        while waiting:
            of = waiting.pop()
            if of not in live and of in self.by_id:
                live.add(of)
                waiting += [source for source, _ in self.by_id[of].inputs]
        self.calls = [call for call in self.calls if call.id in live]

    def pads(self) -> None:
        """A pad that is the padding of the window after it belongs to that."""
        readers = self.readers()
        for pad in list(self.calls):
            after = readers.get((pad.id, 0), [])
            if pad.word != "pad" or len(after) != 1 or after[0].word not in ("conv", "maxpool", "avgpool"):
                continue
            window = after[0]
            if "k" in window.arguments and _takes(window, pad, self.shapes[pad.inputs[0]][1:]):
                window.inputs = pad.inputs
                self.calls.remove(pad)
                readers = self.readers()

    def swish(self) -> None:
        """x times its own sigmoid."""
        readers = self.readers()
        for product in self.calls:
            if product.word != "mul" or len(product.inputs) != 2:
                continue
            for x, gate in (product.inputs, product.inputs[::-1]):
                made = self.by_id.get(gate[0])  # type: ignore[arg-type]
                if made is None or made.word != "act" or made.inputs != (x,) or len(readers[gate]) > 1:
                    continue
                word = {"sigmoid": "swish", "hsigmoid": "hswish"}.get(str(made.arguments["f"]))
                if word:
                    product.word, product.arguments, product.inputs = "act", {"f": word}, (x,)
                    self.calls.remove(made)
                    readers = self.readers()
                    break

    def concats(self) -> None:
        """A concatenation that only another one reads."""
        readers = self.readers()
        for inner in list(self.calls):
            after = readers.get((inner.id, 0), [])
            if inner.word != "concat" or len(after) != 1 or after[0].word != "concat":
                continue
            outer = after[0]
            if inner.arguments.get("along") == outer.arguments.get("along"):
                at = outer.inputs.index((inner.id, 0))
                outer.inputs = (*outer.inputs[:at], *inner.inputs, *outer.inputs[at + 1 :])
                self.calls.remove(inner)
                readers = self.readers()

    def fuse(self) -> None:
        """A convolution, its batch norm and its activation; a fully connected layer and its activation."""
        readers = self.readers()
        gone: set[int] = set()
        for call in self.calls:
            if call.id in gone or call.word not in (*CONVOLUTIONS, "fc"):
                continue
            last = call
            for take in (_norm_of, _act_of):
                after = readers.get((last.id, 0), [])
                if len(after) == 1 and after[0].id not in gone and take(call, after[0]):
                    last = after[0]
                    gone.add(last.id)
                    self._join(call, last)
            if last is not call:
                call.outputs = last.outputs
                self._move(last.id, call.id)
                readers = self.readers()
        self.calls = [call for call in self.calls if call.id not in gone]

    def _join(self, call: LayerCall, taken: LayerCall) -> None:
        call.params += taken.params
        self.fused[call.id].append(taken)
        self.part_of[taken.id] = call.id
        if call.sharing and taken.params:
            call.sharing = ("weights", call.sharing[1])

    def _move(self, old: int, new: int) -> None:
        self.replace((old, 0), (new, 0))

    # -- the result

    def result(self) -> Flat:
        """The calls numbered anew."""
        numbers: dict[int | str, int] = {call.id: k for k, call in enumerate(self.calls)}
        singles = _singles(self.calls, self.fused)
        made = []
        for call in self.calls:
            stack, path = _modules(call, self.fused[call.id], singles)
            sharing = call.sharing
            if sharing:
                owner = self.part_of.get(sharing[1], sharing[1])
                sharing = (sharing[0], numbers[owner])
            values = {name: getattr(call, name) for name in LayerCall._fields}
            inputs = tuple((numbers.get(of, of), port) for of, port in call.inputs)
            values |= {"id": numbers[call.id], "inputs": inputs, "stack": stack, "path": path, "sharing": sharing}
            made.append(LayerCall(**values))
        outputs = tuple((numbers.get(of, of), port) for of, port in self.outputs)
        flat = self.flat
        return Flat(flat.name, flat.inputs, made, outputs, flat.origin, flat.fixed, flat.notes)


_OUTSIDE = LayerCall(-1, "", {}, (), ())


def _takes(window: LayerCall, pad: LayerCall, size: tuple[int, ...]) -> bool:
    """Let ``window`` have the padding of ``pad``, if its own is none and there is a word for it."""
    own = window.arguments
    kernel: Any = own["k"]
    none = own["pad"] in ("none", 0) or (isinstance(own["pad"], tuple) and not any(own["pad"]))
    if not (none or (own["pad"] == "same" and set(kernel) == {1})) or own.get("ceil"):
        return False
    sides_of: dict[str, Any] = pad.arguments
    given = [tuple(sides_of.get(side, 0) for side in sides) for sides in _SIDES[: len(size)]]
    strides: Any = own["s"]
    dilation: Any = own.get("d", (1,) * len(size))
    wanted = [same_padding(n, k, s, d) for n, k, s, d in zip(size, kernel, strides, dilation, strict=True)]
    if given == wanted:
        own["pad"] = "same"
        return True
    if all(before == after for before, after in given):
        centred = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        even = all(2 * before == reach for (before, _), reach in zip(given, centred, strict=True))
        own["pad"] = "same" if even else tuple(before for before, _ in given)
        return True
    return False


def _norm_of(call: LayerCall, norm: LayerCall) -> bool:
    """Take in a batch norm with weights."""
    own = call.arguments
    fits = norm.word == "bn" and norm.arguments.get("affine", True) and call.word in CONVOLUTIONS
    if not fits or own["norm"] != "none" or own["act"] != "none" or (norm.sharing and not call.sharing):
        return False
    own["norm"] = "bn"
    return True


def _act_of(call: LayerCall, act: LayerCall) -> bool:
    """Take in an activation that the language has as an argument."""
    word = "softmax" if act.word == "softmax" and act.arguments.get("over") == "channels" else act.arguments.get("f")
    if act.word not in ("act", "softmax") or word not in ACTIVATIONS or "g" in act.arguments or act.sharing:
        return False
    if call.arguments["act"] != "none" or (call.word == "fc" and word == "prelu"):
        return False
    call.arguments["act"] = word
    return True


def _depthwise(call: LayerCall, shapes: dict[Ref, tuple[int, ...]]) -> None:
    """``dwconv`` for a convolution that has a group for each channel."""
    channels = shapes[call.inputs[0]][0] if call.inputs else 0
    own = call.arguments
    if call.word == "conv" and channels > 1 and own["g"] == channels:
        call.word = "dwconv"
        own["mult"] = own["c"] // channels  # type: ignore[operator]
        del own["g"], own["c"]


# -- modules


def _singles(calls: Iterable[LayerCall], fused: dict[int, list[LayerCall]]) -> set[str]:
    """Module runs that make one operation only: those are the layers, all others are groups of them."""
    number: dict[str, int] = {}
    for call in calls:
        for part in fused[call.id]:
            for run in part.stack:
                number[run.key] = number.get(run.key, 0) + 1
    return {key for key, n in number.items() if n == 1}


def _modules(call: LayerCall, parts: list[LayerCall], singles: set[str]) -> tuple[tuple[ModuleRun, ...], str]:
    """The modules around all of a call, and the path of the one that makes its main operation."""
    stacks = []
    for part in parts:
        stack = [run for run in part.stack if run.path]
        if stack and stack[-1].key in singles:
            stack = stack[:-1]
        stacks.append(stack)
    common = 0
    while all(len(stack) > common for stack in stacks) and len({stack[common].key for stack in stacks}) == 1:
        common += 1
    return tuple(stacks[0][:common]), call.path
