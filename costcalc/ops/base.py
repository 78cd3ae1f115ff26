"""What every primitive op is: its arguments, its shape rule, its named cost parts. Each formula stands once.

Shapes are channels and a size for each axis, (channels, height, width) for a map; the batch is 1. Numbers are ints,
NumPy arrays or SymPy expressions. An op says what there is; what is counted is a convention's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal, NamedTuple

from ..arithmetic import is_array, product
from ..errors import UsageError
from .seen import Seen

Number = Any
Shape = tuple[Number, ...]
Sizes = tuple[Number, ...]
"""A number for each axis."""
Parts = dict[str, Number]
Choices = Mapping[str, tuple[str, ...]]


class Names(NamedTuple):
    """What a kind of op has by name: parts of its weights and of its work; and what the op says of its weights."""

    weights: tuple[str, ...]
    work: tuple[str, ...]
    statistics: tuple[str, ...] = ()
    used_alike: bool = False


class AsConvolution(NamedTuple):
    """What an op is as a convolution: a fully connected layer is one of a 1x1 kernel on one position."""

    transposed: bool
    in_channels: Number
    kernel_size: Sizes
    stride: Sizes
    dilation: Sizes
    groups: Number
    bias: bool


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
    used_alike: ClassVar[bool] = False
    """Whether each ``weight`` takes part in as many of ``mac`` as any other, so that pruned ones take them along."""
    is_norm: ClassVar[bool] = False
    """Whether its weights are a norm's, which ``sharing weights`` leaves to every layer."""
    extent: ClassVar[Literal["point", "inputs", "own"]] = "inputs"
    """What decides whether its output is a map or a point: it always is a point, its inputs, or its own arguments."""
    told: ClassVar[tuple[str, ...]] = ()
    """Arguments that need no further words: type and filter show them, or they follow from the shapes."""
    choices: ClassVar[Choices] = {}
    """The words that an argument takes, where formulas depend on which it is, or there is no op without one."""
    maps: Number = 1
    """Of how many maps its output is one, for each of its input."""

    @property
    def merges(self) -> Number:
        """Of how many parts, which a cut made, its output is the whole."""
        return 1

    cuts: ClassVar[bool] = False
    """Whether an output is one of the ``maps`` parts that it makes: regions, windows, heads."""
    moves: ClassVar[bool] = False
    """Whether it only says which element stands where: people's tables of layers leave it out."""
    of_all: ClassVar[bool] = False
    """Whether it, and what follows from it alone, is the same for all parts and joins tensors of any number of them."""

    @classmethod
    def kinds(cls) -> dict[str, Names]:
        """The parts of every kind that the class itself stands for: none if it is only there to derive from."""
        if not hasattr(cls, "kind"):
            return {}
        return {cls.kind: Names(cls.weight_names, cls.work_names, cls.statistics, cls.used_alike)}

    def __init_subclass__(cls) -> None:
        """Parts that are named and never told, or told and not named, would count 0."""
        super().__init_subclass__()
        for what, names in (("weights", "weight_names"), ("work", "work_names")):
            told = getattr(cls, what) is not getattr(Op, what)
            if hasattr(cls, "kind") and told != bool(getattr(cls, names)):
                raise TypeError(f"{cls.__name__} has {what if told else names}, and no {names if told else what}")

    def out_shapes(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """The shape of each output, for those of the inputs."""
        return inputs[:1]

    def weights(self) -> Parts:
        """Numbers of stored values by part: trained ones, and ``statistics``."""
        return {}

    def work(self, inputs: tuple[Shape, ...], output: Shape) -> Parts:
        """Numbers of elementary operations by part, for one forward pass at batch 1."""
        return {}

    def backward(self, inputs: tuple[Shape, ...], output: Shape, needed: tuple[bool, ...]) -> tuple[Number, Number]:
        """Mult-adds of the gradients of its weights and of its inputs; ``needed``: which inputs' are asked for.

        A product of two factors has a gradient of each, which is as many products (Rumelhart et al. 1986). An op
        without multiply-accumulates has none; one with them says it, else :class:`UsageError`.
        """
        if "mac" not in self.work_names:
            return 0, 0
        raise UsageError(f"what {self.kind} multiplies backwards isn't said")

    def misfit(self, size: Sizes, result: Sizes) -> str:
        """Why there is no output on an input of ``size``; by its rule it would be of size ``result``."""
        return f"nothing is left: the output would be {size_text(result)}"

    def fewer(self, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
        """The op on ``inputs`` of fewer channels, with ``keep(n)`` of n channels of its own, or all if it ``stays``.

        Raises :class:`UsageError` where there is no such op. An op that has no channels among its arguments writes
        ``fewer = unchanged``; nothing is taken for granted.
        """
        raise UsageError(f"what is left of {self.kind} with fewer channels isn't said")

    def sees(self, shape: Shape, output: Shape) -> tuple[Seen, ...]:
        """What an element of ``output`` sees along each axis of an input of ``shape``: its receptive field, one layer.

        Raises :class:`UsageError` where that isn't said. One that works on each position writes ``sees = each``.
        """
        raise UsageError(f"what {self.kind} sees of its input isn't said")

    def changed(self, **arguments: Any) -> Op:
        """The op with other arguments."""
        import copy  # which few need

        found = copy.copy(self)
        for name, value in arguments.items():
            setattr(found, name, value)
        return found

    def as_convolution(self) -> AsConvolution | None:
        """How it stands beside a module of one's own (``verify --against``); None if it isn't compared."""
        return None

    @property
    def makes_channels(self) -> bool:
        """Whether weights of its own choose what the channels of its output are."""
        return False

    @property
    def is_depthwise(self) -> bool:
        """Whether it has one group for each input channel."""
        return False

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


def unchanged(self: Op, inputs: tuple[Shape, ...], keep: Callable[[int], int], *, stays: bool) -> Op:
    """:meth:`Op.fewer` of ops that take any number of channels."""
    return self


def require_divisor(groups: int, channels: int) -> None:
    """:class:`UsageError` unless what is left of the channels can be parted into ``groups``."""
    if channels % groups:
        raise UsageError(f"{channels} channels are left, which {groups} groups don't divide")


def groups_left(groups: int, before: int, now: int) -> int:
    """Of ``groups`` groups of ``before`` channels, those of the ``now`` that are left: as many, or each a channel."""
    if groups == before:
        return now
    require_divisor(groups, now)
    return groups


def elements(shape: Shape) -> Number:
    """C·H·W."""
    return product(*shape)


def point(channels: Number, like: Shape) -> Shape:
    """One position of ``channels``, with as many axes as ``like`` has."""
    return (channels, *(1,) * (len(like) - 1))


def size_text(size: Sizes) -> str:
    """``3x3``."""
    return "x".join(map(str, size))


def stride_text(stride: Sizes) -> str:
    """``s2``, or ``s2x1`` where axes have strides of their own."""
    first = stride[0]
    alike = all(s is first or (not (is_array(s) or is_array(first)) and s == first) for s in stride)
    return f"s{first}" if alike else f"s{size_text(stride)}"
