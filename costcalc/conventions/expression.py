"""The factors of conventions that are expressions: over a layer's parts, its sizes, and how its code is written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from .. import arithmetic as ar
from ..errors import nearest, quoted
from ..graph import Layer
from ..language.closures import Value
from ..language.functions import FUNCTIONS, check_arguments
from ..language.interpreter import Meaning
from ..language.syntax import Binary, Call, Conditional, Constant, Name, Node, Parentheses, Unary, walk
from ..ops import Recurrent, elements

SIZES = (
    "in_elements", "last_in_elements", "out_elements", "dilated_elements",
    "window", "in_channels", "channels", "whole_map", "weight_sets",
)  # fmt: skip
"""Names that every layer has: elements of its first and last input and of its output, elements of the output if each
side is raised to a multiple of the dilation, kh·kw, channels of the first input and of the output, whether its window
is the whole map, and how many sets of weights there are for each run: 1, or less where runs share them."""
RECURRENT = ("gates", "states", "ways")
"""Names that a recurrent layer has: its cell's gates, elements of its states in all layers, directions and positions,
and the number of directions."""

_FUNCTIONS = [name for name, function in FUNCTIONS.items() if not function.of_lists]
_FORMS = f"numbers, names, + - * / // % **, comparisons, a if condition else b, and {', '.join(_FUNCTIONS)}"


def check(node: Node, parts: Collection[str], words: Mapping[str, Collection[str]]) -> None:
    """An error for what an expression can't have: another form, or a name that means nothing.

    ``parts`` are those of the layers that the rule is for, ``words`` the properties of code and their choices.
    """
    functions: set[int] = set()
    compared: dict[int, Collection[str]] = {}
    for found in walk(node):
        _check_form(found)
        if isinstance(found, Call):
            functions.add(id(found.function))
        elif isinstance(found, Binary) and found.op in ("==", "!="):
            for a, b in ((found.left, found.right), (found.right, found.left)):
                if isinstance(a, Name) and a.id in words:
                    compared |= {id(a): (a.id,), id(b): words[a.id]}
    known = [*parts, *SIZES, *(RECURRENT if "gate" in parts else ())]
    for name in walk(node):
        if isinstance(name, Name) and id(name) not in functions:
            _check_name(name, known, words, compared.get(id(name)))
    compiled(node)


def _check_name(
    name: Name, known: Collection[str], words: Mapping[str, Collection[str]], choices: Collection[str] | None
) -> None:
    if choices is not None:
        if name.id not in choices:
            raise name.error(f"{quoted(name.id)} is none of {', '.join(choices)}{nearest(name.id, choices)}")
    elif name.id in words:
        raise name.error(f"{name.id} is a word: compare it, as in {name.id} == {next(iter(words[name.id]))}")
    elif name.id not in known:
        every = [*known, *words]
        close = nearest(name.id, every)
        raise name.error(f"nothing is called {quoted(name.id)} here{close}; there are {', '.join(every)}")


def _check_form(node: Node) -> None:
    ok = isinstance(node, Constant | Parentheses | Name | Binary | Unary)
    if isinstance(node, Call) and isinstance(node.function, Name) and node.function.id in _FUNCTIONS:
        check_arguments(node, node.function.id, FUNCTIONS[node.function.id])
        ok = True
    if isinstance(node, Conditional):
        if node.otherwise is None:
            raise node.error("a factor has a value in either case: a if condition else b")
        ok = True
    if not ok:
        raise node.error(f"a convention's expression has {_FORMS}")


def of_layer(node: Node, parts: Mapping[str, Any], layer: Layer, words: Mapping[str, Any]) -> Any:
    """The value of ``node`` for ``layer``, whose work or weights are ``parts``; its weights can be asked for too."""
    op = layer.op
    names = {**op.weights(), **parts, **words}
    shapes = layer.in_shapes or ((0,),)  # learned numbers take none
    names["in_elements"] = elements(shapes[0])
    names["last_in_elements"] = elements(shapes[-1])
    names["out_elements"] = elements(layer.out_shape)
    names["window"] = op.window
    names["in_channels"] = shapes[0][0]
    names["channels"] = layer.out_shape[0]
    names["dilated_elements"] = _dilated(layer)
    names["weight_sets"] = ar.div(layer.weight_count, layer.count)
    names["whole_map"] = op.is_global
    names |= {"gates": 0, "states": 0, "ways": 1}
    if isinstance(op, Recurrent):
        states = ar.div(op.work(layer.in_shapes, layer.out_shape)["gate"], op.gates)
        names |= {"gates": op.gates, "states": states, "ways": op.directions}
    return compiled(node)(names)


def _dilated(layer: Layer) -> Any:
    """Elements of an output whose sides are raised to multiples of its op's dilation."""
    channels, *sides = layer.out_shape
    rates = getattr(layer.op, "dilation", (1,) * len(sides))
    raised = [n if d == 1 else ar.mul(ar.ceil(ar.div(n, d)), d) for n, d in zip(sides, rates, strict=True)]
    return elements((channels, *raised))


class _OfFactor(Meaning):
    """What expressions mean in a convention: names are a layer's numbers, 0 where it hasn't got them."""

    def __init__(self, node: Node) -> None:
        self.beside: dict[int, str] = {}
        """The name that a name is compared with."""
        for found in walk(node):
            if isinstance(found, Binary) and isinstance(found.left, Name) and isinstance(found.right, Name):
                self.beside |= {id(found.left): found.right.id, id(found.right): found.left.id}

    def value(self, node: Node) -> Value:
        if not isinstance(node, Name):
            return super().value(node)
        name, beside = node.id, self.beside.get(id(node), "")
        # Beside a property of the code a name is the word itself.
        return lambda names: name if isinstance(names.get(beside), str) else names.get(name, 0)

    def choose(self, node: Conditional, condition: Any, then: Value, otherwise: Value, fr: Any) -> Any:
        holds = ar.truth(condition)
        if isinstance(holds, bool):
            return then(fr) if holds else otherwise(fr)
        if ar.is_symbolic(holds):
            raise node.condition.error(f"a symbol leaves it open whether {holds}; give it a number")
        with ar.within(holds):
            a = then(fr)
        with ar.within(ar.logical_not(holds)):
            b = otherwise(fr)
        return ar.where(holds, a, b)


@lru_cache(maxsize=1024)
def compiled(node: Node) -> Value:
    """A closure of a mapping of names to numbers."""
    return _OfFactor(node).value(node)
