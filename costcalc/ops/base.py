"""What every primitive op is: its arguments, its shape rule, its named cost parts. Each formula stands once.

Shapes are (channels, height, width), batch 1. Numbers are ints, NumPy arrays or SymPy expressions.
An op says what there is; what is counted is a convention's business.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from ..arithmetic import is_array, product

Number = Any
Shape = tuple[Number, Number, Number]
Parts = dict[str, Number]


class Names(NamedTuple):
    """What a kind of op has by name: parts of its weights, and parts of its work."""

    weights: tuple[str, ...]
    work: tuple[str, ...]


class Op:
    """One primitive. Subclasses hold their arguments as slots."""

    __slots__ = ()
    kind: ClassVar[str]
    """Name of the primitive, as conventions and ``--by op`` say it."""
    weight_names: ClassVar[tuple[str, ...]] = ()
    """Every part that :meth:`weights` can have."""
    statistics: ClassVar[tuple[str, ...]] = ()
    """Those of them that are stored, but not trained."""
    work_names: ClassVar[tuple[str, ...]] = ()
    """Every part that :meth:`work` can have."""

    @classmethod
    def kinds(cls) -> dict[str, Names]:
        """The parts of every kind that the class itself stands for: none if it is only there to derive from."""
        return {cls.kind: Names(cls.weight_names, cls.work_names)} if hasattr(cls, "kind") else {}

    def out_shape(self, *inputs: Shape) -> Shape:
        """Output shape for the input shapes."""
        return inputs[0]

    def weights(self) -> Parts:
        """Numbers of stored values by part: trained ones, and ``statistics``."""
        return {}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        """Numbers of elementary operations by part, for one forward pass at batch 1."""
        return {}

    @property
    def label(self) -> str:
        """The kind of layer in a paper's words (MobileNetV1, Table 2)."""
        return self.kind

    @property
    def type_text(self) -> str:
        """The label without kernel size: ``conv dw``."""
        return self.label

    @property
    def stride_text(self) -> str:
        """``s2`` for ops that have a stride."""
        return ""

    @property
    def filter_text(self) -> str:
        """The filter's shape as MobileNetV1's Table 1 prints it."""
        return ""

    def arguments(self) -> dict[str, object]:
        """The op's own arguments by name."""
        return {name: getattr(self, name) for cls in type(self).__mro__ for name in getattr(cls, "__slots__", ())}

    @property
    def window(self) -> Number:
        """Elements of the pooling window or kernel, for conventions that count by window."""
        return 1

    @property
    def is_global(self) -> bool:
        """Whether the window is the whole map, whatever its size."""
        return False


def elements(shape: Shape) -> Number:
    """C·H·W."""
    c, h, w = shape
    return product(c, h, w)


def size_text(size: tuple[object, object]) -> str:
    """``3x3``."""
    return f"{size[0]}x{size[1]}"


def stride_text(stride: tuple[Any, Any]) -> str:
    """``s2``, or ``s2x1`` where height and width have strides of their own."""
    h, w = stride
    alike = h is w or (not (is_array(h) or is_array(w)) and h == w)
    return f"s{h}" if alike else f"s{size_text(stride)}"
