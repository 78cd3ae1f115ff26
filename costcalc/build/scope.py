"""What the names of a text mean, known before anything is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

from ..errors import SpecError, nearest, quoted
from ..ops import ACTIVATIONS
from ..spec.syntax import Attribute, Binary, Call, Conditional, Each, Group, Name, Node, Pipe, Sharing, Tuple, walk
from .joins import JOINS, WEIGHTED
from .layers import LAYERS, LayerDef

if TYPE_CHECKING:
    from .codes import BlockCode, NetworkCode
    from .program import Program

Value = Callable[[Any], Any]
Kind = Literal["tensor", "value"]

WORDS: dict[str, Any] = {w: w for w in ("none", "same", "bn", "nearest", "bilinear", *WEIGHTED, *ACTIVATIONS)}
WORDS |= {"RE": "relu", "HS": "hswish"}
FUNCTIONS = ("make_divisible", "round", "floor", "ceil", "min", "max", "sqrt", "len", "pick")


class Scope:
    """The names that a text sees: its locals, the cells of its row, then its file's.

    ``locals`` maps a name to its slot in the frame and what it holds. ``has_in``, ``has_i`` and ``has_prev`` say
    whether ``in``, ``i``/``first`` and ``prev`` mean something here.
    """

    def __init__(self, program: Program, where: str) -> None:
        self.program = program
        self.where = where
        self.locals: dict[str, tuple[int, Kind]] = {}
        self.cells: dict[str, Value | None] = {}
        self.prev: dict[str, Value | None] | None = None
        self.has_in = False
        self.has_i = False
        self.has_prev = False
        self.only_parameters: set[str] | None = None
        self.let_calls: set[str] = set()
        self.block_calls: set[str] = set()

    def child(self) -> Scope:
        """A scope of the same locals, for a row, a repeat or an ``each``."""
        other = Scope.__new__(Scope)
        other.__dict__.update(self.__dict__)
        return other

    def with_i(self) -> Scope:
        other = self.child()
        other.has_i = True
        return other

    def in_each(self) -> Scope:
        """The scope of a call in ``each``: ``i`` is the member's number, ``prev`` the result of the one before."""
        other = self.with_i()
        other.has_prev = True
        return other

    def add_local(self, name: str, kind: Kind) -> int:
        """A slot for ``name``."""
        slot = len(self.locals)
        self.locals[name if name != "_" else f"_{slot}"] = (slot, kind)
        if name == "_":
            self.locals["_"] = (slot, kind)
        return slot

    def callable(self, name: str) -> LayerDef | BlockCode | NetworkCode | None:
        """The layer, block or network called ``name``."""
        code: Any = self.program.blocks.get(name) or self.program.imports.get(name)
        return code or LAYERS.get(name) or JOINS.get(name)

    def callables(self) -> list[str]:
        return [*self.program.blocks, *self.program.imports, *LAYERS, *JOINS]

    def is_function(self, name: str) -> bool:
        let = self.program.spec.lets.get(name)
        return (let is not None and is_let_function(let)) or name in FUNCTIONS

    def is_local(self, name: str) -> bool:
        return name in self.locals or name in self.cells

    def is_value_name(self, name: str) -> bool:
        """Whether a bare ``name`` is a local, a parameter or a let (which come before layers and blocks)."""
        if self.is_local(name) or name in self.program.spec.parameters:
            return True
        let = self.program.spec.lets.get(name)
        return let is not None and not is_let_function(let)

    def is_flow(self, node: Node) -> bool:
        """Whether ``node`` calls a layer, block or network: the text alone tells."""
        if isinstance(node, Name):
            return not self.is_value_name(node.id) and self.callable(node.id) is not None
        if isinstance(node, Call):
            return isinstance(node.function, Name) and not self.is_function(node.function.id)
        if isinstance(node, Pipe | Each | Sharing):
            return True
        if isinstance(node, Group):
            return self.is_flow(node.inner)
        if isinstance(node, Tuple):
            return any(self.is_flow(x) for x in node.items)
        if isinstance(node, Conditional):
            return node.otherwise is None or self.is_flow(node.then) or self.is_flow(node.otherwise)
        return self.is_repeat(node)

    def is_repeat(self, node: Node) -> bool:
        """``N * X`` where X is a call, a pipe, or the bare name of a layer, block or network."""
        return isinstance(node, Binary) and node.op == "*" and self.is_flow(node.right)

    def kind(self, node: Node) -> Kind:
        """Whether ``node`` is a tensor (or several), or a value, as far as the text tells."""
        if isinstance(node, Group):
            return self.kind(node.inner)
        if isinstance(node, Name):
            if node.id == "in" or (node.id == "prev" and self.has_prev):
                return "tensor"
            if node.id in self.locals:
                return self.locals[node.id][1]
            return "tensor" if self.is_flow(node) else "value"
        if isinstance(node, Tuple):
            return "tensor"
        if isinstance(node, Conditional):
            sides = [node.then] + ([node.otherwise] if node.otherwise else [])
            return "tensor" if any(self.kind(s) == "tensor" for s in sides) or node.otherwise is None else "value"
        if isinstance(node, Attribute):
            return "tensor" if node.name not in ("c", "h", "w") and self.kind(node.of) == "tensor" else "value"
        if hasattr(node, "of"):  # an index
            return self.kind(node.of)
        return "tensor" if self.is_flow(node) else "value"

    def error(self, node: Node, message: str) -> Value:
        """Note a problem; what it stands in evaluates to an error, should it be reached."""
        problem = node.error(message)
        self.program.problems.append(problem)

        def fail(fr: Any, *_: Any) -> Any:
            raise SpecError(problem.message, problem.place)

        return fail

    def undefined(self, node: Name) -> Value:
        """The error for an unknown name, with the nearest."""
        spec = self.program.spec
        known = [*self.locals, *self.cells, *spec.parameters, *spec.lets, *self.callables(), *self.words()]
        return self.error(node, f"nothing is called {quoted(node.id)} here{nearest(node.id, known)}")

    def words(self) -> dict[str, Any]:
        """The words of the language and the choices of this file's parameters."""
        return {**WORDS, **self.program.choice_words}


def is_let_function(let: Any) -> bool:
    """Whether a let takes arguments: ``width(c)``."""
    return "(" in let.text.value


def names_in(node: Node) -> Iterator[str]:
    """Every bare name in ``node``."""
    for n in walk(node):
        if isinstance(n, Name):
            yield n.id


def mentions(node: Node, *names: str) -> bool:
    """Whether ``node`` says one of ``names``."""
    return any(n in names for n in names_in(node))


def const(value: Any) -> Value:
    """A closure of a known value, which :func:`constant` recognizes."""

    def known(fr: Any) -> Any:
        return value

    known.value = value  # type: ignore[attr-defined]
    return known


def is_const(code: Value) -> bool:
    return hasattr(code, "value")


def constant(code: Value) -> Any:
    """The value of a :func:`const`."""
    return code.value  # type: ignore[attr-defined]
