"""One class for each block: what its calls have in common as its text, what differs as its parameters.

A layer that some calls lack is made under a condition; a call that can't be said so gets a class of its own.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from torch import nn

from ..witness import windows
from .calls import NAMED, REQUIRED, Argument, Construction, described
from .differences import BlockClass, Differences
from .units import Item, Unit

MAX_TRIES = 200
SAME = {
    plain: same
    for name, same in vars(windows).items()
    if re.fullmatch(r"Same(Conv|MaxPool|AvgPool)\dd", name)
    for plain in [f"nn.{name.removeprefix('Same')}"]
    for same in [name]
}
"""The class that pads as SAME does, of the one that pads by a number."""


class Classes:
    """The classes of all units below the network, the inner ones first."""

    def __init__(self, root: Unit, channels: Sequence[int], taken: set[str]) -> None:
        self.channels = channels
        self.taken = taken
        self.found: list[BlockClass] = []
        self.calls: dict[int, Construction] = {}
        self._layers: dict[int, dict[str, Construction]] = {}
        self.of: dict[int, BlockClass] = {}
        names: dict[str, list[Unit]] = {}
        for unit in _inner_first(root):
            names.setdefault(unit.name, []).append(unit)
        done: set[int] = set()
        for unit in _inner_first(root):
            if id(unit) not in done:
                ready = [u for u in names[unit.name] if all(id(i) in self.calls for i in u.units.values())]
                ready = [u for u in ready if id(u) not in done]
                self._classes(unit.name, ready)
                done |= {id(u) for u in ready}

    def layers(self, unit: Unit) -> dict[str, Construction]:
        """What stands directly below a unit, by label."""
        return {
            label: self._described(unit, label, child)
            for label, child in unit.module._modules.items()
            if child is not None
        }

    def _described(self, unit: Unit, label: str, module: nn.Module) -> Construction:
        inner = unit.units.get(label)
        if inner is not None:
            return self.calls[id(inner)]
        return described(module, lambda below, child: self._described(unit, f"{label}.{below}", child))

    # -- making classes

    def _classes(self, name: str, units: list[Unit]) -> None:
        left = sorted(units, key=lambda unit: -len(unit.items))
        while left:
            base = left[0]
            same: list[Unit] = []
            rest: list[Unit] = []
            for unit in left:
                (same if self._joins(base, same, unit) else rest).append(unit)
            order = {id(unit): k for k, unit in enumerate(units)}
            self._class(name, base, sorted(same, key=lambda unit: order[id(unit)]))
            left = rest

    def _joins(self, base: Unit, others: list[Unit], unit: Unit) -> bool:
        if unit is base:
            return True
        lacking = _embedded(base, unit)
        if lacking is None:
            return False
        for other in others:
            before = _embedded(base, other) or {}
            if any(before[label] != at for label, at in lacking.items() if label in before):
                return False
        if any("." in label for label in lacking):
            return False
        new = self.layers(unit)
        for label, call in new.items():
            having = [own[label] for own in map(self.layers, [base, *others]) if label in own]
            if not having or not all(_alike(before, call) for before in having):
                return False
        return True

    def _class(self, name: str, base: Unit, units: list[Unit]) -> None:
        layers = [self.layers(unit) for unit in units]
        layers = _with_same_padding(self.layers(base), layers)
        text = layers[units.index(base)]
        found = BlockClass(self._name(name), base, text)
        writing = Differences(found, units, layers, [[self.channels[n] for n in unit.inputs] for unit in units])
        writing.conditions({label: at for unit in units for label, at in (_embedded(base, unit) or {}).items()})
        writing.arguments()
        self.found.append(found)
        for k, unit in enumerate(units):
            given = tuple(
                Argument(p, found.values[p][k], REQUIRED if p == "in_channels" else NAMED) for p in found.parameters
            )
            self.calls[id(unit)] = Construction(found.name, given)
            self.of[id(unit)] = found

    def _name(self, block: str) -> str:
        words = "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", block))
        base = words if words.isidentifier() and words.isascii() and not keyword.iskeyword(words) else f"Block{words}"
        if not base.isascii() or not base.isidentifier():
            base = "Block"
        name, k = base, 1
        while name in self.taken:
            k += 1
            name = f"{base}{k}"
        self.taken.add(name)
        return name


def _inner_first(unit: Unit) -> Iterator[Unit]:
    for inner in unit.units.values():
        yield from _inner_first(inner)
        yield inner


# -- whether a unit is its base with some layers less


def _embedded(base: Unit, unit: Unit) -> dict[str, int] | None:
    """The layers of ``base`` that ``unit`` lacks, and which of their sources passes on; None if it isn't so."""
    own = {item.label: item for item in unit.items}
    lacking = [item for item in base.items if item.label not in own]
    if len(unit.inputs) != len(base.inputs) or len(unit.outputs) != len(base.outputs):
        return None
    if [item.label for item in base.items if item.label in own] != [item.label for item in unit.items]:
        return None
    if any(len(item.results) != 1 or not item.sources for item in lacking):
        return None
    ways = product(*(range(len(item.sources)) for item in lacking))
    for _, way in zip(range(MAX_TRIES), ways, strict=False):
        chosen = dict(zip((item.label for item in lacking), way, strict=True))
        if _fits(base, unit, own, chosen):
            return chosen
    return None


def _fits(base: Unit, unit: Unit, own: dict[str, Item], chosen: dict[str, int]) -> bool:
    names = dict(zip(base.inputs, unit.inputs, strict=True))
    for item in base.items:
        sources = tuple(names[n] for n in item.sources)
        if item.label not in own:
            names[item.results[0]] = sources[chosen[item.label]]
            continue
        other = own[item.label]
        if other.sources != sources or len(other.results) != len(item.results):
            return False
        names.update(zip(item.results, other.results, strict=True))
    return tuple(names[n] for n in base.outputs) == unit.outputs


def _alike(a: Construction, b: Construction) -> bool:
    """Whether two calls differ in nothing but the values of arguments."""
    if a.function != b.function and not (_is_same(a) and _is_same(b)):
        return False
    same = SAME.get(a.function, a.function) == SAME.get(b.function, b.function)
    if not same or (a.template, a.form, a.is_fixed) != (b.template, b.form, b.is_fixed):
        return False
    if a.function == b.function and [one.name for one in a.arguments] != [one.name for one in b.arguments]:
        return False
    if len(a.children) != len(b.children):
        return False
    return all(k == j and _alike(x, y) for (k, x), (j, y) in zip(a.children, b.children, strict=True))


def _one(size: Any) -> Any:
    """A size per axis is one where all are alike."""
    return size[0] if isinstance(size, tuple) and len(set(size)) == 1 else size


def _is_same(call: Construction) -> bool:
    """Whether it is padded as SAME is: by its class, or by as many pixels on both sides at stride 1."""
    if call.function in SAME.values():
        return True
    given = {argument.name: argument.value for argument in call.arguments}
    if call.function not in SAME or given.get("ceil_mode") or given.get("count_include_pad"):
        return False
    sizes = [_one(given.get(name, 1)) for name in ("kernel_size", "stride", "padding", "dilation")]
    if any(type(n) is not int for n in sizes):
        return False
    kernel, stride, padding, dilation = sizes
    return bool(stride == 1 and 2 * padding == dilation * (kernel - 1))


def _with_same_padding(
    base: dict[str, Construction], layers: list[dict[str, Construction]]
) -> list[dict[str, Construction]]:
    """All layers padded as SAME where one is: what is padded alike on both sides, at stride 1, is the same."""

    def changed(calls: list[Construction]) -> list[Construction]:
        functions = {call.function for call in calls}
        if len(functions) > 1:
            calls = [_as_same(call) for call in calls]
        children = [changed([call.children[k][1] for call in calls]) for k in range(len(calls[0].children))]
        return [
            call._replace(children=tuple((label, children[k][at]) for k, (label, _) in enumerate(call.children)))
            for at, call in enumerate(calls)
        ]

    made: list[dict[str, Construction]] = [{} for _ in layers]
    for label in base:
        having = [k for k, own in enumerate(layers) if label in own]
        for k, call in zip(having, changed([layers[k][label] for k in having]), strict=True):
            made[k][label] = call
    return made


def _as_same(call: Construction) -> Construction:
    name = SAME.get(call.function)
    if name is None:
        return call
    axes = int(name[-2])
    kept = []
    for argument in call.arguments:
        value = 0 if argument.name == "padding" else argument.value
        if "Pool" in name and argument.name in ("kernel_size", "stride"):  # these look at their sizes per axis
            value = value if isinstance(value, tuple) else (value,) * axes
        kept.append(argument._replace(value=value))
    return call._replace(function=name, arguments=tuple(kept))
