"""What the calls of a block differ in, as parameters of its class: numbers, and layers that some of them lack."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from .calls import REQUIRED, Argument, Construction
from .units import Unit


class Absent(NamedTuple):
    """A layer that some calls lack: the condition under which it is there, and which of its sources passes on."""

    condition: str
    source: int


class BlockClass:
    """A class: its parameters, the calls of its layers by label, and the values of each unit that it is made for."""

    def __init__(self, name: str, base: Unit, layers: dict[str, Construction]) -> None:
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


class Differences:
    """The parameters of a class. Each has a value for every unit, or None where a unit doesn't need it."""

    def __init__(
        self, found: BlockClass, units: list[Unit], layers: list[dict[str, Construction]], channels: list[list[int]]
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

    def _gather(
        self, slots: list[Any], place: tuple[Any, ...], calls: list[Construction | None], base: Construction
    ) -> None:
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
