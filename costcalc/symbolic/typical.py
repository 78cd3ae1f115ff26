"""A kind of primitive op in letters alone: its formulas and shapes for any numbers, and what its words change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import sympy

from ..errors import UsageError, nearest, quoted
from ..ops import Op, Shape, kinds
from ..record import Record
from .letters import Letter, Letters, PartForm, argument_types

_AXES = (None, None)
"""Formulas are those of a map: a height and a width, of any size."""
_YES, _NO = "yes", "no"
_DEPTHWISE = "depthwise"
"""The word for as many groups as channels, which is no argument of its own."""


class OutputForm(Record):
    """The shape of an op's output in letters, channels first; ``when``: with which arguments."""

    shape: Shape
    when: str = ""


class Kind(Record):
    """A kind of op: what its classes are, its parts and the shapes of its output in letters."""

    name: str
    about: list[str]
    parts: list[PartForm]
    shapes: list[OutputForm]
    letters: list[Letter]

    @property
    def symbols(self) -> list[Any]:
        """The letters alone."""
        return [letter.symbol for letter in self.letters]


class _Form(Record):
    """An op with some words for its arguments, and what it says of itself. ``shape`` is None if it is told already."""

    words: dict[str, str]
    weights: dict[str, Any]
    work: dict[str, Any]
    shape: Shape | None


def typical(kind: str) -> Kind:
    """The ops of a kind, in letters. Raises :class:`UsageError` with the nearest names."""
    known = kinds()
    if kind not in known:
        raise UsageError(f"no kind of op is called {quoted(kind)}{nearest(kind, known)}; there are {', '.join(known)}")
    made = Letters()
    classes = [cls for cls in _every(Op) if kind in cls.kinds()]
    forms = [form for cls in classes for form in _forms(cls, kind, made)]
    parts = [part for names in ("weights", "work") for part in _parts(forms, names)]
    shapes = [OutputForm(shape, when) for shape, when in _alike(forms, lambda form: form.shape)]
    every = [*(part.formula for part in parts), *(n for form in shapes for n in form.shape)]
    return Kind(kind, [_about(cls) for cls in classes], parts, shapes, made.used(every))


def _every(cls: type[Op]) -> Iterator[type[Op]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from _every(sub)


def _about(cls: type[Op]) -> str:
    """A class's description as a sentence: without marks."""
    text = " ".join((cls.__doc__ or "").split())
    return re.sub(r":\w+:`[~.]*([^`]+)`", r"\1", text).replace("``", "")


# -- ops with letters for numbers


def _forms(cls: type[Op], kind: str, made: Letters) -> Iterator[_Form]:
    """The op of ``cls`` with every choice of words, yes and no, and padding."""
    options = [_options(cls, name, what, kind, made) for name, what in argument_types(cls).items()]
    grouped = cls.is_depthwise is not Op.is_depthwise
    for chosen in product(*(each for each in options if each)):
        arguments = {name: value for name, value, _ in chosen}
        words = {name: word for name, _, word in chosen if word}
        if any("is_global" in vars(one) for one in (cls, *cls.__subclasses__())):
            words["global"] = _YES if "is_global" in vars(cls) else _NO
        form = _formed(cls(**arguments), words, made)
        yield form
        if grouped:
            channels = arguments["in_channels"]
            alike = cls(**{**arguments, "groups": channels, "out_channels": channels})
            yield _where(_formed(alike, {**words, _DEPTHWISE: _YES}, made), form, arguments["groups"])


def _options(cls: type[Op], name: str, what: str, kind: str, made: Letters) -> list[tuple[str, Any, str]]:
    """The values of an argument that is of the type ``what``, and the word for each; none: its default is taken."""
    if name in cls.choices:
        return [(name, word, word) for word in cls.choices[name]]
    if what == "bool":
        return [(name, False, _NO), (name, True, _YES)]
    if what == "Padding":
        pixels = made.give("p", None, "pixels of padding on each side")
        return [(name, "same", "same"), (name, (pixels, pixels), "p pixels")]
    if what == "Sizes":
        given = made.sizes("S", "size that is given", _AXES)
        return [(name, given if name == "size" else made.argument(name, _AXES), "")]
    if what == "Shape":
        return [(name, _map(made, "M"), "")]
    if what.startswith("tuple["):
        return [
            (name, (made.give("c_1", None, "channels of the first part"), made.give("c_2", None, "of the second")), "")
        ]
    if what == "str":
        return [(name, kind, "")] if name == "function" else []
    if "Sizes" in what:
        return []
    return [(name, made.number(name, None), "")]


def _map(made: Letters, channels: str) -> Shape:
    own = made.give(channels, None, "input channels" if channels == "M" else "channels of the second input")
    return (own, *made.sizes("I", "size of the input", _AXES))


def _formed(op: Op, words: dict[str, str], made: Letters) -> _Form:
    """What ``op`` says on two maps; sizes that stay as they are, or are given, are those of the output."""
    inputs = (_map(made, "M"), _map(made, "N"))
    (size,) = set(made.sizes("F", "size of the output", _AXES))
    (given,) = set(made.sizes("S", "size that is given", _AXES))
    before = inputs[0][1]
    shape = op.out_shapes(inputs)[0]
    result = (shape[0], *(size if sympy.sympify(n).free_symbols else n for n in shape[1:]))
    renamed = {given: before} if op.is_global else {n: size for n in (before, given) if set(shape[1:]) == {n}}

    def told(e: Any) -> Any:
        return sympy.sympify(e).subs(renamed)

    weights = {part: told(e) for part, e in op.weights().items()}
    work = {part: told(e) for part, e in op.work(inputs, result).items()}
    return _Form(words, weights, work, tuple(map(told, shape)))


def _where(form: _Form, usual: _Form, letter: Any) -> _Form:
    """``form`` without what is plain from the ``usual`` one: the parts in which ``letter`` isn't."""
    weights, work = (
        {part: e for part, e in own.items() if letter in of[part].free_symbols}
        for own, of in ((form.weights, usual.weights), (form.work, usual.work))
    )
    return _Form(form.words, weights, work, None)


# -- what is alike, and when


def _parts(forms: Sequence[_Form], of: str) -> Iterator[PartForm]:
    for name in dict.fromkeys(part for form in forms for part in getattr(form, of)):

        def formula(form: _Form, name: str = name) -> Any:
            return getattr(form, of).get(name)

        for e, when in _alike(forms, formula):
            yield PartForm(name, of == "weights", e, when=when)


def _alike(forms: Sequence[_Form], get: Callable[[_Form], Any]) -> list[tuple[Any, str]]:
    """What the forms have, each once, and with which of their words; no words where all have it alike."""
    groups: dict[Any, list[_Form]] = {}
    for form in forms:
        if (found := get(form)) is not None:
            groups.setdefault(found, []).append(form)
    return [(value, _when(group, forms)) for value, group in groups.items()]


def _when(group: Sequence[_Form], forms: Sequence[_Form]) -> str:
    """The words of ``group`` where others among ``forms`` have others: ``how=max``, ``fixed``, ``not depthwise``."""
    told = []
    for name in dict.fromkeys(name for form in forms for name in form.words):
        own, every = (list(dict.fromkeys(f.words[name] for f in some if name in f.words)) for some in (group, forms))
        alone = (
            own == every == [_YES] and all(name in f.words for f in group) and any(name not in f.words for f in forms)
        )
        if alone or (own and set(own) != set(every)):
            word = f"{name}={' or '.join(own)}"
            told.append({f"{name}={_YES}": name, f"{name}={_NO}": f"not {name}"}.get(word, word))
    return ", ".join(told)
