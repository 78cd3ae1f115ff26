"""A graph read node by node: what is constant is computed, the rest becomes operations in PyTorch's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from math import prod
from typing import Any, NamedTuple

from ...errors import CostcalcError, printable, quoted
from ..record import ModuleCall, Read, Shape, TraceNode, Value
from .model import GRAPH, OnnxModel, OnnxNode, Stored

Numbers = tuple[float, ...]


class Known(NamedTuple):
    """A tensor of the file. ``values`` are its numbers where they are known; ``static``: no input is behind it.

    ``of`` is the tensor in the trace; None until something reads a constant.
    """

    shape: Shape
    static: bool = False
    values: Numbers | None = None
    floating: bool = True
    of: Read | None = None
    stored: Stored | None = None

    @property
    def ints(self) -> tuple[int, ...]:
        """Its numbers, as sizes, axes or pixels."""
        if self.values is None:
            raise Unknown("it depends on numbers that the file doesn't tell: a shape, or a size")
        return tuple(int(value) for value in self.values)


class Unknown(CostcalcError):
    """Shapes that don't follow from the file."""


Translator = Callable[["FileReader", OnnxNode, list[Known | None]], Known | list[Known]]
TRANSLATED: dict[str, Translator] = {}
FOLDED: dict[str, Callable[[FileReader, OnnxNode, list[Known | None]], Known | list[Known]]] = {}


def translates(*ops: str) -> Callable[[Translator], Translator]:
    """Register a function for operations of the file."""

    def register(function: Translator) -> Translator:
        for op in ops:
            TRANSLATED[op] = function
        return function

    return register


def folds(*ops: str) -> Callable[[Translator], Translator]:
    """Register a function that computes operations on known numbers; it raises ``Unknown`` where it can't."""

    def register(function: Translator) -> Translator:
        for op in ops:
            FOLDED[op] = function
        return function

    return register


MAX_ELEMENTS = 2**40


class FileReader:
    """What is known so far, and the trace's nodes."""

    def __init__(self, model: OnnxModel, inputs: Mapping[str, Shape]) -> None:
        self.model = model
        self.nodes: list[TraceNode] = []
        self.known: dict[str, Known] = {}
        self.uses = Counter(name for node in model.nodes for name in node.inputs)
        self.uses.update(model.outputs)
        self.bare: dict[Read, int] = {}
        """Layers without a bias, by what they make: their place among the nodes."""
        self.unscaled: dict[Read, int] = {}
        """Norms to length 1 without a scale, alike."""
        self.node = OnnxNode("", "", "", [], [], {})
        self.path = ""
        self.counts: Counter[str] = Counter()
        self.quantised = 0
        self.taken: set[str] = set()
        self.stored: dict[str, tuple[Read, Shape]] = {}
        self.channels_last: set[Read] = set()
        self.shares = False
        for name, shape in inputs.items():
            self.known[name] = self._input(name, shape)

    def _input(self, name: str, shape: Shape) -> Known:
        """An input; one with its channels behind, which only a transposition reads, is taken as what that makes."""
        readers = [node for node in self.model.nodes if name in node.inputs]
        turned = len(shape) == 4 and readers and all(_to_front(node) for node in readers)
        own = tuple(shape[k] for k in CHANNELS_FIRST) if turned else shape
        node = TraceNode(self._unique(name), "input", name, (own,))
        self.nodes.append(node)
        if turned:
            self.channels_last.add(Read(node.name))
        return Known(shape, of=Read(node.name))

    def _unique(self, name: str) -> str:
        base, k = name, 1
        while name in self.taken:
            k += 1
            name = f"{base}@{k}"
        self.taken.add(name)
        return name

    # -- the walk

    def run(self) -> tuple[Read, ...]:
        """Read every node; the outputs."""
        for node in in_order(self.model, set(self.known)):
            self.node, self.path = node, ""
            self.shares = any(self.sharing(x) for x in (self.known.get(name) for name in node.inputs) if x is not None)
            self.counts[node.op] += 1
            inputs = [self.tensor(name) if name else None for name in node.inputs]
            try:
                made = self._made(node, inputs)
            except Unknown as e:
                raise CostcalcError(f"{told(node)}: {e.message}") from e
            except (IndexError, KeyError, TypeError, ValueError, ZeroDivisionError, AttributeError) as e:
                raise CostcalcError(f"{told(node)}: its inputs or attributes aren't those of this operation") from e
            for name, known in zip(node.outputs, made if isinstance(made, list) else [made], strict=False):
                self.known[name] = known
        return tuple(self.read(self.tensor(name)) for name in self.model.outputs)

    def tensor(self, name: str) -> Known:
        """A tensor by its name in the file."""
        if name not in self.known:
            stored = self.model.stored.get(name)
            if stored is None:
                raise CostcalcError(f"nothing makes {quoted(name)}, which is read")
            self.known[name] = Known(stored.dims, True, stored.values, stored.floating, stored=stored)
        return self.known[name]

    def _made(self, node: OnnxNode, inputs: list[Known | None]) -> Known | list[Known]:
        own = node.domain in ("", "ai.onnx")
        known = all(x is None or (x.static and not self.is_trained(x)) for x in inputs)
        if own and node.op in FOLDED and (known or node.op in ("Shape", "Size")):
            try:
                return FOLDED[node.op](self, node, inputs)
            except Unknown:
                if node.op not in TRANSLATED:
                    raise
        if own and node.op in TRANSLATED and GRAPH not in node.attributes.values():
            return TRANSLATED[node.op](self, node, inputs)
        return self._unsaid(node, inputs)

    def _unsaid(self, node: OnnxNode, inputs: list[Known | None]) -> list[Known]:
        """An operation that nothing here knows: lowering says so."""
        name = f"{node.domain}.{node.op}" if node.domain not in ("", "ai.onnx") else f"onnx.{node.op}"
        if GRAPH in node.attributes.values():
            name += ", which has a graph of its own"
        first = next((x.shape for x in inputs if x is not None), (1,))
        shapes = []
        for output in node.outputs:
            shape = self.model.shapes.get(output, first)
            shapes.append(tuple(n if isinstance(n, int) and n > 0 else 1 for n in shape))
        reads = tuple(self.read(x) for x in inputs if x is not None)
        return self.emit(name, reads, *shapes)

    # -- nodes of the trace

    def emit(self, op: str, args: tuple[Value, ...], *shapes: Shape, static: bool = False) -> list[Known]:
        """A node of the trace, and what it makes."""
        name = self._unique(self.node.outputs[0] if self.node.outputs else self.node.name)
        if any(n < 0 for shape in shapes for n in shape) or any(prod(shape) > MAX_ELEMENTS for shape in shapes):
            raise Unknown(f"a tensor of the shape {shapes[0]}")
        self.nodes.append(
            TraceNode(name, "call", op, shapes, args, stack=self.stack(), source=printable(self.node.name))
        )
        return [Known(shape, static, of=Read(name, k)) for k, shape in enumerate(shapes)]

    def one(self, op: str, args: tuple[Value, ...], shape: Shape, *tensors: Known | None) -> Known:
        """A node that makes one tensor; of ``tensors`` alone if they are all static."""
        static = bool(tensors) and all(x is None or x.static for x in tensors)
        return self.emit(op, args, shape, static=static)[0]

    def read(self, known: Known, kind: str = "") -> Read:
        """What the trace calls a tensor; weights and constants become nodes of it when they are first read."""
        if known.of is not None:
            return known.of
        stored = known.stored
        if stored is None:
            node = TraceNode(self._unique("constant"), "constant", "constant", (known.shape,))
            self.nodes.append(node)
            return Read(node.name)
        before = self.stored.get(stored.name)
        if before is not None and before[1] == known.shape and not self._is_copy(known):
            return before[0]
        sort: Any = kind or ("param" if self.is_trained(known) else "constant")
        name = self._unique(stored.name)
        node = TraceNode(name, sort, name, (known.shape,))
        self.nodes.append(node)
        self.stored[stored.name] = Read(node.name), known.shape
        return Read(node.name)

    def weight(self, known: Known, kind: str = "param") -> Read:
        """A weight of a layer, whatever its numbers are stored as, unless the file says that nothing trains it."""
        not_trained = known.stored is not None and known.stored.doc == NOT_TRAINED
        return self.read(known, "buffer" if not_trained else kind)

    def is_trained(self, x: Known) -> bool:
        """Whether a tensor is a weight by itself: several decimals of the file that nothing says are fixed."""
        stored = x.stored
        if stored is None or not x.floating or stored.doc in (NOT_TRAINED, CONSTANT):
            return False
        return prod(stored.dims) > 1 or (stored.dims != () and self.model.producer == OWN_PRODUCER)

    def _is_copy(self, known: Known) -> bool:
        """Whether a vector that is read again stands for another one: exporters write equal tensors once.

        So are those of fresh biases and norms. Our own files have as many as there are; and what is shared with its
        layer's weight, as all of a layer is, is that layer's.
        """
        is_vector = sum(n > 1 for n in known.shape) == 1
        return is_vector and self.is_trained(known) and self.model.producer != OWN_PRODUCER and not self.shares

    def sharing(self, known: Known) -> bool:
        """Whether a layer's weight is one that a layer before has: then its vectors are that one's, too."""
        return known.stored is not None and sum(n > 1 for n in known.shape) > 1 and known.stored.name in self.stored

    def number(self, known: Known) -> float | None:
        """The one number that a tensor is, if it is known."""
        return known.values[0] if known.static and known.values is not None and len(known.values) == 1 else None

    # -- modules

    def stack(self) -> tuple[ModuleCall, ...]:
        """The modules around the node, by its name or by what the exporter noted."""
        node = self.node
        noted = _noted(node.metadata)
        if noted:
            return noted
        labels = [label for label in node.name.strip("/").split("/")[:-1] if label]
        if not labels and self.path:
            labels = self.path.split(".")
        found: list[ModuleCall] = []
        path = before = ""
        for label in labels:  # of a Sequential's own module PyTorch repeats its name: conv, conv.0
            inner = label[len(before) :] if before and label.startswith(f"{before}.") else f".{label}"
            path, before = (path + inner).removeprefix("."), label
            found.append(ModuleCall(path, path, ""))
        return tuple(found)


NOT_TRAINED = "not trained"
"""What our own export notes on weights that no training changes."""
OWN_PRODUCER = "costcalc"
CONSTANT = "constant"
"""The note on tensors that are an operation's attribute."""


CHANNELS_FIRST = (0, 3, 1, 2)


def _to_front(node: OnnxNode) -> bool:
    return node.op == "Transpose" and node.attributes.get("perm") == CHANNELS_FIRST


def _noted(metadata: Mapping[str, str]) -> tuple[ModuleCall, ...]:
    """What PyTorch's newer exporter writes down: a list of paths, and one of classes, as Python prints them."""
    names = metadata.get("pkg.torch.onnx.name_scopes", "")
    classes = metadata.get("pkg.torch.onnx.class_hierarchy", "")
    paths, types = (_listed(text) for text in (names, classes))
    if len(paths) < 2 or len(paths) != len(types):
        return ()
    return tuple(
        ModuleCall(path, path, kind.rsplit(".", 1)[-1])
        for path, kind in zip(paths[:-1], types[:-1], strict=True)
        if path
    )


def _listed(text: str) -> list[str]:
    inside = text.strip()
    if not (inside.startswith("[") and inside.endswith("]")):
        return []
    return [part.strip().strip("'\"") for part in inside[1:-1].split(",")]


def told(node: OnnxNode) -> str:
    """A node for a message."""
    op = f"{node.domain}.{node.op}" if node.domain not in ("", "ai.onnx") else node.op
    return f"{printable(op)} {quoted(node.name)}" if node.name else printable(op)


def in_order(model: OnnxModel, given: set[str]) -> list[OnnxNode]:
    """The nodes, each behind those that it reads. Raises :class:`CostcalcError` for a circle, or a missing tensor."""
    made = given | set(model.stored) | {""}
    found: list[OnnxNode] = []
    waiting: dict[str, list[int]] = {}
    lacking: list[int] = []
    makers = {name for node in model.nodes for name in node.outputs}
    ready = []
    for k, node in enumerate(model.nodes):
        missing = {name for name in node.inputs if name not in made}
        for name in missing:
            if name not in makers:
                raise CostcalcError(f"{told(node)} reads {quoted(name)}, which nothing makes")
            waiting.setdefault(name, []).append(k)
        lacking.append(len(missing))
        if not missing:
            ready.append(k)
    seen: set[str] = set()
    ready.reverse()
    while ready:
        node = model.nodes[ready.pop()]
        found.append(node)
        for name in node.outputs:
            if name and name in seen | given:
                raise CostcalcError(f"{told(node)} makes {quoted(name)}, which is made already")
            seen.add(name)
            for k in sorted(waiting.pop(name, ()), reverse=True):
                lacking[k] -= 1
                if not lacking[k]:
                    ready.append(k)
    if len(found) < len(model.nodes):
        left = next(node for k, node in enumerate(model.nodes) if lacking[k] > 0)
        raise CostcalcError(f"its operations depend on each other in a circle, {told(left)} among them")
    return found


def attribute(node: OnnxNode, name: str, default: Any = None) -> Any:
    """An attribute, or what it is without."""
    found = node.attributes.get(name)
    return default if found is None else found
