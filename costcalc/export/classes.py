"""One class for each block: what its calls have in common as its text, what differs as its parameters.

A layer that some calls lack is made under a condition; a call that can't be said so gets a class of its own.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

from torch import nn

from ..witness import windows
from .calls import NAMED, REQUIRED, Argument, Call, described
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


class Absent(NamedTuple):
    """A layer that some calls lack: the condition under which it is there, and which of its sources passes on."""

    condition: str
    source: int


class BlockClass:
    """A class: its parameters, the calls of its layers by label, and the values of each unit that it is made for."""

    def __init__(self, name: str, base: Unit, layers: dict[str, Call]) -> None:
        self.name = name
        self.base = base
        self.layers = layers
        self.parameters: list[str] = []
        self.said: dict[tuple[Any, ...], str] = {}
        self.absent: dict[str, Absent] = {}
        self.values: dict[str, list[Any]] = {}

    def say(self, argument: Argument, place: tuple[Any, ...]) -> str | None:
        """An argument as an expression of the parameters; None if it is the same in all calls."""
        return self.said.get(place)


class Classes:
    """The classes of all units below the network, the inner ones first."""

    def __init__(self, root: Unit, channels: Sequence[int], taken: set[str]) -> None:
        self.channels = channels
        self.taken = taken
        self.found: list[BlockClass] = []
        self.calls: dict[int, Call] = {}
        self._layers: dict[int, dict[str, Call]] = {}
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

    def layers(self, unit: Unit) -> dict[str, Call]:
        """What stands directly below a unit, by label."""
        return {
            label: self._described(unit, label, child)
            for label, child in unit.module._modules.items()
            if child is not None
        }

    def _described(self, unit: Unit, label: str, module: nn.Module) -> Call:
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
        writing = _Writing(found, units, layers, [[self.channels[n] for n in unit.inputs] for unit in units])
        writing.conditions({label: at for unit in units for label, at in (_embedded(base, unit) or {}).items()})
        writing.arguments()
        self.found.append(found)
        for k, unit in enumerate(units):
            given = tuple(
                Argument(p, found.values[p][k], REQUIRED if p == "in_channels" else NAMED) for p in found.parameters
            )
            self.calls[id(unit)] = Call(found.name, given)
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


def _alike(a: Call, b: Call) -> bool:
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


def _is_same(call: Call) -> bool:
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


def _with_same_padding(base: dict[str, Call], layers: list[dict[str, Call]]) -> list[dict[str, Call]]:
    """All layers padded as SAME where one is: what is padded alike on both sides, at stride 1, is the same."""

    def changed(calls: list[Call]) -> list[Call]:
        functions = {call.function for call in calls}
        if len(functions) > 1:
            calls = [_as_same(call) for call in calls]
        children = [changed([call.children[k][1] for call in calls]) for k in range(len(calls[0].children))]
        return [
            call._replace(children=tuple((label, children[k][at]) for k, (label, _) in enumerate(call.children)))
            for at, call in enumerate(calls)
        ]

    made: list[dict[str, Call]] = [{} for _ in layers]
    for label in base:
        having = [k for k, own in enumerate(layers) if label in own]
        for k, call in zip(having, changed([layers[k][label] for k in having]), strict=True):
            made[k][label] = call
    return made


def _as_same(call: Call) -> Call:
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


# -- what differs, as parameters


class _Writing:
    """The parameters of a class. Each has a value for every unit, or None where a unit doesn't need it."""

    def __init__(
        self, found: BlockClass, units: list[Unit], layers: list[dict[str, Call]], channels: list[list[int]]
    ) -> None:
        self.found = found
        self.units = units
        self.layers = layers
        self.known: dict[str, list[Any]] = {}
        if all(len(one) == 1 for one in channels):
            self.known["in_channels"] = [one[0] for one in channels]
        for name in units[0].arguments:
            values = [unit.arguments.get(name) for unit in units]
            if all(type(value) in (int, bool) for value in values) and _is_name(name):
                self.known[name] = values

    def use(self, name: str, values: list[Any]) -> str:
        """A parameter of the class."""
        if name not in self.found.values:
            self.found.parameters.append(name)
            self.found.values[name] = values
        return name

    def conditions(self, lacking: dict[str, int]) -> None:
        """When each layer that some units lack is there."""
        for label, source in lacking.items():
            there = [label in own for own in self.layers]
            self.found.absent[label] = Absent(self._condition(label, there), source)

    def _condition(self, label: str, there: list[bool]) -> str:
        for text, names, test in _conditions(self.known):
            if [bool(test(*values)) for values in zip(*(self.known[n] for n in names), strict=True)] == there:
                for name in names:
                    self.use(name, self.known[name])
                return text
        before = next((t for n, t in self.found.absent.items() if [n in own for own in self.layers] == there), None)
        if before is not None:
            return before.condition
        return self.use(self._free(f"with_{_word(label)}"), there)

    def arguments(self) -> None:
        """An expression for each argument that differs; those that all units have come first."""
        slots: list[tuple[tuple[Any, ...], Argument, list[Any]]] = []
        for label, call in self.found.layers.items():
            self._gather(slots, (label,), [own.get(label) for own in self.layers], call)
        partial = [one for one in slots if _LACKING in one[2]]
        for place, argument, values in [one for one in slots if _LACKING not in one[2]] + partial:
            kept = [value for value in values if value is not _LACKING]
            if any(type(value) is not type(kept[0]) or value != kept[0] for value in kept):
                self.found.said[place] = self._expression(place, argument, values)
        order = [*self.known, *self.found.parameters]
        self.found.parameters.sort(key=order.index)

    def _gather(self, slots: list[Any], place: tuple[Any, ...], calls: list[Call | None], base: Call) -> None:
        for k, argument in enumerate(base.arguments):
            values = [_LACKING if call is None else call.arguments[k].value for call in calls]
            slots.append(((*place, k), argument, values))
        for k, (label, child) in enumerate(base.children):
            inner = [None if call is None else call.children[k][1] for call in calls]
            self._gather(slots, (*place, label), inner, child)

    def _expression(self, place: tuple[Any, ...], argument: Argument, values: list[Any]) -> str:
        for name, known in {**self.found.values, **self.known}.items():
            if _equal(values, known):
                return self.use(name, known)
        for text, names, made in self._products():
            if _equal(values, made):
                for name in names:
                    self.use(name, self.known[name] if name in self.known else self.found.values[name])
                return text
        kept = next(value for value in values if value is not _LACKING)
        filled = [kept if value is _LACKING else value for value in values]
        return self.use(self._free(_parameter_name(place, argument)), filled)

    def _products(self) -> Iterator[tuple[str, tuple[str, ...], list[Any]]]:
        """Halves, and products of two parameters, with their values."""
        every = {**self.found.values, **self.known}
        ints = {n: known for n, known in every.items() if all(type(value) is int for value in known)}
        for name, known in ints.items():
            yield f"{name} // 2", (name,), [value // 2 for value in known]
        for a, first in ints.items():
            for b, second in ints.items():
                if a != b:
                    yield f"{a} * {b}", (a, b), [x * y for x, y in zip(first, second, strict=True)]

    def _free(self, name: str) -> str:
        found, k = name, 1
        while found in self.known or found in self.found.values:
            k += 1
            found = f"{name}_{k}"
        return found


class _Lacking:
    """In place of a value that a unit doesn't need."""


_LACKING: Any = _Lacking()


def _equal(values: list[Any], known: list[Any]) -> bool:
    return all(a is _LACKING or (type(a) is type(b) and a == b) for a, b in zip(values, known, strict=True))


def _is_name(name: str) -> bool:
    return (
        name.isascii()
        and name.isidentifier()
        and not keyword.iskeyword(name)
        and name not in ("self", "nn", "F", "torch")
    )


def _word(label: str) -> str:
    word = re.sub(r"\W", "_", label, flags=re.ASCII)
    return word if word.isidentifier() else f"layer_{word}"


def _parameter_name(place: tuple[Any, ...], argument: Argument) -> str:
    """``dw_channels``: the layer's label, and what it is of it."""
    if argument.name and argument.default is REQUIRED and len(place) == 2 and not argument.name.endswith("channels"):
        own = argument.name
    else:
        own = {"out_channels": "channels", "out_features": "channels", "kernel_size": "kernel"}.get(
            argument.name, argument.name
        )
    name = f"{_word(str(place[0]))}_{own or 'size'}"
    return f"{name}_" if keyword.iskeyword(name) else name


def _conditions(known: dict[str, list[Any]]) -> Iterator[tuple[str, tuple[str, ...], Any]]:
    """Conditions as people write them, the simple ones first."""
    ints = [name for name, values in known.items() if all(type(value) is int for value in values)]
    flags = [name for name, values in known.items() if all(type(value) is bool for value in values)]
    for name in flags:
        yield name, (name,), lambda a: a
        yield f"not {name}", (name,), lambda a: not a
    for name in ints:
        yield f"{name} != 1", (name,), lambda a: a != 1
        yield f"{name} == 1", (name,), lambda a: a == 1
        yield f"{name} > 0", (name,), lambda a: a > 0
    if "in_channels" not in ints:
        return
    others = [name for name in ints if name != "in_channels"]
    for name in sorted(others, key=lambda one: one != "s"):
        for other in others:
            if other != name:
                three = (name, other, "in_channels")
                yield f"{name} == 1 and {other} == in_channels", three, lambda s, c, i: s == 1 and c == i
                yield f"{name} != 1 or {other} != in_channels", three, lambda s, c, i: s != 1 or c != i
        yield f"{name} == in_channels", (name, "in_channels"), lambda a, b: a == b
        yield f"{name} != in_channels", (name, "in_channels"), lambda a, b: a != b
