"""What the names of a text mean, known before anything is evaluated."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from ..errors import SpecError, nearest, quoted
from ..evaluate.arguments import LayerDef
from ..evaluate.codes import BlockCode, ChosenNetwork, NetworkCode
from ..language.closures import Value
from ..language.functions import FUNCTIONS
from ..language.model import Block
from ..language.source import Text
from ..language.syntax import (
    Attribute,
    Binary,
    Call,
    Conditional,
    Constant,
    Each,
    ListNode,
    Name,
    Node,
    Parentheses,
    Pipe,
    SharingNode,
    TupleNode,
    Unary,
    names_in,
    walk,
)
from ..ops import ACTIVATIONS
from .file import File
from .words import INSTEAD, SIZES, WORDS, built_in, built_in_names

Kind = Literal["tensor", "value"]


_OTHER_NAMES = {"pixel_shuffle": "depth_to_space(r)", "pixel_unshuffle": "space_to_depth(r)"}
"""What layers are called here that libraries call otherwise."""


class Scope:
    """The names that a text sees: its locals, the cells of its row, then its file's.

    ``locals`` maps a name to its slot in the frame and what it holds. ``has_in``, ``has_i``, ``has_first`` and
    ``has_prev`` say whether ``in``, ``i``, ``first`` and, in an each, ``prev`` mean something here, ``has_it`` whether
    ``it`` does; ``is_network`` whether the steps are the network's own. ``argument_words`` are those that the argument
    takes which the text is for.
    ``later`` are the names of steps below and ``own`` those of the step itself, for messages.
    ``path`` is the row or step, for messages; in a rule, which stands for many rows, ``row`` has the cell that it is
    about and the row's path, and ``prev`` the cells above, none in the first row. ``layer_defaults`` has the arguments
    that built-in layers start from in this file.
    """

    def __init__(self, file: File, where: str, layer_defaults: Mapping[str, Mapping[str, Value]] | None = None) -> None:
        self.file = file
        self.where = where
        self.layer_defaults = layer_defaults or {}
        self.locals: dict[str, tuple[int, Kind]] = {}
        self.cells: dict[str, Value | None] = {}
        self.prev: dict[str, Value | None] | None = None
        self.columns: list[str] = []
        self.later: set[str] = set()
        self.own: list[str] = []
        self.block: Block | None = None
        self.row: tuple[Text, str] | None = None
        self.path = ""
        self.has_in = False
        self.has_i = False
        self.has_first = False
        self.has_prev = False
        self.has_it = False
        self.is_network = False
        self.argument_words: Collection[str] = ()
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
        other.has_i = other.has_first = True
        return other

    def in_each(self) -> Scope:
        """The scope of a call in ``each``: ``i`` is the member's number, ``prev`` the result of the one before."""
        other = self.child()
        other.has_i = other.has_prev = True
        other.has_first = False
        return other

    def taking(self, words: Collection[str]) -> Scope:
        """The scope of an argument that takes ``words``."""
        other = self.child()
        other.argument_words = words
        return other

    def is_it(self, name: str) -> bool:
        """Whether ``name`` is the current tensor: ``it``, unless the file has a name of its own so."""
        return name == "it" and self.has_it and not self.is_value_name(name)

    def join(self, node: Node) -> LayerDef | None:
        """The join that ``node`` calls with its tensors in parentheses."""
        if not isinstance(node, Call) or not isinstance(node.function, Name):
            return None
        callee = self.callable(node.function.id)
        return callee if isinstance(callee, LayerDef) and callee.joins else None

    def source(self, node: Node) -> str | None:
        """The name of the layer that ``node`` calls, if that takes no tensor."""
        name = node.function if isinstance(node, Call) else node
        callee = self.callable(name.id) if isinstance(name, Name) and self.is_flow(node) else None
        return callee.name if isinstance(callee, LayerDef) and callee.source else None

    def has_call(self, node: Node) -> bool:
        """Whether ``node`` calls a layer anywhere, so that it takes part in the numbering of names."""
        return any(self.is_flow(n) and isinstance(n, Name | Call) and not _emits_nothing(n) for n in walk(node))

    def is_tensor(self, node: Node) -> bool:
        """Whether ``node`` is a tensor, and every name in it is known."""
        if self.kind(node) != "tensor":
            return False
        if isinstance(node, Name) and not self.is_value_name(node.id) and self.word(node.id) is not None:
            return False
        calls = (n.function.id for n in walk(node) if isinstance(n, Call) and isinstance(n.function, Name))
        known = all(self.callable(name) is not None or self.is_function(name) for name in calls)
        return known and self.file.spec.broken.isdisjoint(names_in(node))

    def is_plain_value(self, node: Node) -> bool:
        """Whether ``node`` can't be a tensor, whatever its names turn out to be."""
        if isinstance(node, Parentheses):
            return self.is_plain_value(node.inner)
        if isinstance(node, Name):
            return self.is_value_name(node.id) and self.kind(node) == "value"
        if isinstance(node, Binary):
            return not self.is_repeat(node)
        return isinstance(node, Constant | ListNode | Unary)

    def several(self, node: TupleNode) -> Value | None:
        """The error for what can't be a tensor in ``(a, b)``; None if there is none."""
        for item in node.items:
            if self.is_plain_value(item):
                message = "(a, b) are several tensors, and this is a number, list or word; a list is [a, b]"
                return self.error(item, message)
        return None

    def below(self, label: str) -> str:
        """The path of a row or step."""
        return f"{self.path}.{label}" if self.path else label

    def add_local(self, name: str, kind: Kind) -> int:
        """A slot for ``name``."""
        slot = len(self.locals)
        self.locals[name if name != "_" else f"_{slot}\0"] = (slot, kind)
        return slot

    def callable(self, name: str) -> LayerDef | BlockCode | NetworkCode | ChosenNetwork | None:
        """The layer, block or network called ``name``, or that a parameter of this name chooses."""
        file = self.file
        return file.blocks.get(name) or file.imports.get(name) or file.choosable.get(name) or built_in(name)

    def callables(self) -> list[str]:
        return [*self.file.blocks, *self.file.imports, *built_in_names()]

    def is_function(self, name: str) -> bool:
        let = self.file.spec.lets.get(name)
        return (let is not None and is_let_function(let)) or name in FUNCTIONS

    def is_local(self, name: str) -> bool:
        return name in self.locals or name in self.cells

    def is_value_name(self, name: str) -> bool:
        """Whether a bare ``name`` is a local, a parameter or a let (which come before layers and blocks)."""
        if self.is_local(name) or name in self.file.spec.parameters:
            return True
        let = self.file.spec.lets.get(name)
        return let is not None and not is_let_function(let)

    def knows(self, name: str) -> bool:
        """Whether a bare ``name`` means a value here."""
        return self.is_value_name(name) or self.word(name) is not None

    def is_flow(self, node: Node) -> bool:
        """Whether ``node`` calls a layer, block or network: the text alone tells."""
        if isinstance(node, Name):
            return not self.is_value_name(node.id) and self.callable(node.id) is not None
        if isinstance(node, Call):
            return isinstance(node.function, Name) and not self.is_function(node.function.id)
        if isinstance(node, Pipe | Each | SharingNode):
            return True
        if isinstance(node, Parentheses):
            return self.is_flow(node.inner)
        if isinstance(node, TupleNode):
            return any(self.is_flow(x) for x in node.items)
        if isinstance(node, Conditional):
            return node.otherwise is None or self.is_flow(node.then) or self.is_flow(node.otherwise)
        return self.is_repeat(node)

    def is_repeat(self, node: Node) -> bool:
        """``N * X`` where X is a call, a pipe, or the bare name of a layer, block or network."""
        return isinstance(node, Binary) and node.op == "*" and self.is_flow(node.right)

    def kind(self, node: Node) -> Kind:
        """Whether ``node`` is a tensor (or several), or a value, as far as the text tells."""
        if isinstance(node, Parentheses):
            return self.kind(node.inner)
        if isinstance(node, Name):
            if node.id == "in" or (node.id == "prev" and self.has_prev) or self.is_it(node.id):
                return "tensor"
            if node.id in self.locals:
                return self.locals[node.id][1]
            return "tensor" if self.is_flow(node) or node.id in self.file.spec.broken else "value"
        if isinstance(node, TupleNode):
            return "tensor"
        if isinstance(node, Conditional):
            sides = [node.then] + ([node.otherwise] if node.otherwise else [])
            return "tensor" if any(self.kind(s) == "tensor" for s in sides) or node.otherwise is None else "value"
        if isinstance(node, Attribute):
            return "tensor" if node.name not in SIZES and self.kind(node.of) == "tensor" else "value"
        if hasattr(node, "of"):  # an index
            return self.kind(node.of)
        return "tensor" if self.is_flow(node) else "value"

    def error(self, node: Node, message: str, at: int | None = None) -> Value:
        """Note a problem; what it stands in evaluates to an error, should it be reached."""
        return self.failing(node.error(message) if at is None else node.text.error(message, at))

    def error_of_row(self, message: str) -> Value:
        """A problem of a rule in one row."""
        assert self.row is not None
        cell, path = self.row
        problem = cell.error(message)
        problem.path = path
        return self.failing(problem)

    def blank(self, name: str) -> Value:
        """The error for a blank cell that a rule needs."""
        return self.error_of_row(f"the rule of this column needs the cell {quoted(name)}, which is blank in this row")

    def failing(self, problem: SpecError) -> Value:
        """Note ``problem``; a closure that raises it."""
        problem.path = problem.path or self.path
        self.file.problems.append(problem)

        def fail(fr: Any, *_: Any) -> Any:
            raise SpecError(problem.message, problem.place, problem.path)

        return fail

    def unknown(self, node: Node, name: str, message: str) -> Value:
        """The error for ``name``, unless its definition couldn't be read."""
        if name not in self.file.spec.broken:
            return self.error(node, message)
        problem = node.error(message)

        def fail(fr: Any, *_: Any) -> Any:
            raise problem

        return fail

    def not_callable(self, node: Node, name: str, what: str, known: list[str]) -> Value:
        """The error for a call of a name that is no layer."""
        # pixel_shuffle is another thing than shuffle, no slip of the pen
        another = not (set(known) - FUNCTIONS.keys()).isdisjoint(name.split("_"))
        if name in ACTIVATIONS or name in _OTHER_NAMES:
            hint = f"; write {_OTHER_NAMES.get(name, f'act({name})')}"
        else:
            hint = "" if another else nearest(name, known)
        return self.unknown(node, name, f"no {what} is called {quoted(name)}{hint}")

    def undefined(self, node: Name) -> Value:
        """The error for an unknown name, with the nearest."""
        spec, name = self.file.spec, node.id
        if name in INSTEAD:
            return self.error(node, f"nothing is called {quoted(name)} here; write {INSTEAD[name]}")
        if name in self.later and name in self.own:
            return self.error(node, f"{quoted(name)} is this step itself; only what stands above can be used")
        if name in self.later:
            return self.error(node, f"{quoted(name)} stands below; only what stands above can be used")
        known = [*self.locals, *self.cells, *spec.parameters, *spec.lets, *self.callables()]
        known += [*WORDS, *self.file.words]
        return self.unknown(node, name, f"nothing is called {quoted(name)} here{nearest(name, known)}")

    def word(self, name: str) -> Any:
        """The value of a word of the language or of a choice of this file's parameters; None if it is none."""
        return WORDS.get(name) or self.file.words.get(name) or (name if name in self.argument_words else None)


def _emits_nothing(node: Name | Call) -> bool:
    name = node if isinstance(node, Name) else node.function
    return isinstance(name, Name) and name.id == "reverse"


def is_let_function(let: Any) -> bool:
    """Whether a let takes arguments: ``width(c)``."""
    return bool(let.head.is_call)
