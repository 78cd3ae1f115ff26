"""What a call of a block or a network runs: declared by name first, compiled once, called with values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol

from ..arithmetic import whole
from ..errors import SpecError
from ..graph import CalledBlock, Path, Tensor, path_text
from .frame import Frame
from .point import Point
from .results import NetResult
from .run import MAX_BLOCK_DEPTH, Run
from .strides import Strides

Body = Callable[[Frame, Any, Path], Any]
Value = Callable[[Any], Any]
OUTPUT_STRIDE = "output_stride"


def is_tensors(x: Any) -> bool:
    """Whether ``x`` is a tensor, several, or a used network's result."""
    return type(x) is Tensor or isinstance(x, NetResult) or (isinstance(x, tuple) and all(is_tensors(t) for t in x))


def enter(run: Run, name: str, work: int) -> None:
    """One block deeper."""
    run.spend(work)
    run.depth += 1
    if run.depth > MAX_BLOCK_DEPTH:
        raise SpecError(f"blocks call each other more than {MAX_BLOCK_DEPTH} deep, at {name}")


class BlockCode:
    """A block of ``file``: its signature, and what :meth:`define` adds once its text is compiled.

    ``tensors``: names of its tensors, None for the one called ``in``; ``rest`` the name of all further ones.
    ``required``: the parameters without default.
    """

    __slots__ = ("at_defaults", "body", "defaults", "file", "name", "param_names", "required", "rest", "slots",
                 "tensors", "work")  # fmt: skip

    def __init__(
        self, file: object, name: str, tensors: list[str] | None, rest: str | None, params: Mapping[str, bool]
    ) -> None:
        self.file = file
        self.name = name
        self.tensors = tensors
        self.rest = rest
        self.param_names = tuple(params)
        self.required = [p for p, has_default in params.items() if not has_default]
        self.defaults: Mapping[str, Value] = {}
        self.slots = 0
        self.work = 0
        self.body: Body | None = None
        self.at_defaults: Callable[[], Point] | None = None

    def define(
        self, body: Body, defaults: Mapping[str, Value], slots: int, work: int, at_defaults: Callable[[], Point]
    ) -> None:
        """What a call runs. ``at_defaults`` gives the file's point where another file calls."""
        self.body = body
        self.defaults = defaults
        self.slots = slots
        self.work = work
        self.at_defaults = at_defaults

    def call(self, fr: Frame, cur: Any, path: Path, args: list[Any]) -> Any:
        """The block's result on ``cur``; arguments that are None take their defaults."""
        run = fr.run
        assert self.body is not None
        at_defaults = self.at_defaults
        assert at_defaults is not None
        point = fr.point if fr.point.file is self.file else at_defaults()
        v: list[Any] = [None] * self.slots
        tensor = None
        if self.tensors is None:
            tensor = start = cur if type(cur) is Tensor else run.one(cur)
            k = 0
        else:
            start = None
            k = self._bind_tensors(run, cur, v)
        frame = Frame(run, point, v, tensor, path)
        for name, value in zip(self.param_names, args, strict=True):
            v[k] = self.defaults[name](frame) if value is None else value
            k += 1
        enter(run, self.name, self.work)
        if run.expand:
            given = zip(self.param_names, v[k - len(self.param_names) : k], strict=True)
            run.graph.blocks.setdefault(path_text(path), CalledBlock(self.name, dict(given)))
        outer = run.block
        if outer is None:
            run.block = path
        result = self.body(frame, start, path)
        run.block = outer
        run.depth -= 1
        if type(result) is not Tensor and not is_tensors(result):
            raise SpecError(f"the block {self.name} gives no tensor")
        return result

    def _bind_tensors(self, run: Run, cur: Any, v: list[Any]) -> int:
        assert self.tensors is not None
        tensors = () if cur is None else run.several(cur)
        n = len(self.tensors)
        if len(tensors) < n or (len(tensors) > n and self.rest is None):
            more = " or more" if self.rest else ""
            raise SpecError(f"{self.name} takes {n}{more} tensors ({', '.join(self.tensors)}), not {len(tensors)}")
        v[:n] = tensors[:n]
        if self.rest is None:
            return n
        v[n] = tensors[n:]
        return n + 1


class Executable(Protocol):
    """A compiled network, as a call of it needs it."""

    @property
    def size(self) -> int:
        """Characters of its text."""
        ...

    @property
    def features(self) -> Mapping[str, Sequence[str]]:
        """Names for results inside of it, each with the labels that lead there."""
        ...

    def point(self, given: Mapping[str, Any], variant: str | None = None, run: Run | None = None) -> Point:
        """The network's parameters; raises :class:`UsageError` for a value that it doesn't take."""
        ...

    def execute(self, point: Point, run: Run, tensors: tuple[Tensor, ...], path: Path) -> list[Any]:
        """Its results on ``tensors``."""
        ...


class NetworkCode:
    """Another file's network, used as a part: its parameters, variants and words, and what a call runs."""

    __slots__ = ("name", "parameters", "program", "variants", "words")

    def __init__(
        self,
        name: str,
        program: Executable,
        parameters: Collection[str],
        variants: Collection[str],
        words: Collection[str],
    ) -> None:
        self.name = name
        self.program = program
        self.parameters = parameters
        self.variants = variants
        self.words = words

    required: tuple[str, ...] = ()

    @property
    def param_names(self) -> tuple[str, ...]:
        """The variant, the stride that it keeps to, and the network's parameters."""
        return ("variant", OUTPUT_STRIDE, *(p for p in self.parameters if p != OUTPUT_STRIDE))

    def call(self, fr: Frame, cur: Any, path: Path, given: dict[str, Any]) -> NetResult:
        """The network's result on ``cur``, with the results of its rows and steps by name."""
        run, program = fr.run, self.program
        variant = given.pop("variant", None)
        limit = None if OUTPUT_STRIDE in self.parameters else given.pop(OUTPUT_STRIDE, None)
        point = program.point(given, variant, run)
        outer = run.net, run.record, run.block, run.check_shapes
        run.net = path if run.net is None else run.net
        run.record = {} if run.record is None else run.record
        run.block, run.check_shapes = None, False
        enter(run, self.name, program.size)
        if run.expand:
            run.graph.blocks.setdefault(path_text(path), CalledBlock(self.name, {}))
        record, tensors = run.record, run.several(cur)
        strides = run.strides
        if limit is not None:
            run.strides = Strides(_stride(limit), () if strides is None else strides.at(tensors[0])[1])
        result = program.execute(point, run, tensors, path)
        if strides is not None and run.strides is not None and run.strides is not strides:
            strides.enter(run.strides, strides.at(tensors[0]))
        run.strides = strides
        run.depth -= 1
        run.net, run.record, run.block, run.check_shapes = outer
        return NetResult(tuple(result) if len(result) > 1 else result[0], record, path, program.features)


def _stride(limit: Any) -> int:
    number = whole(limit) if not isinstance(limit, str | bool | list | tuple) else None
    if type(number) is not int or number < 1:
        raise SpecError(f"{OUTPUT_STRIDE} must be one whole number above 0, not {limit}")
    return number


class ChosenNetwork:
    """One of several used networks or variants: the one that a parameter's value names."""

    __slots__ = ("name", "networks")

    def __init__(self, name: str, networks: dict[str, tuple[NetworkCode, str | None]]) -> None:
        self.name = name
        self.networks = networks

    required: tuple[str, ...] = ()

    @property
    def param_names(self) -> tuple[str, ...]:
        """The parameters that one of them has at least."""
        names = [p for code, _ in self.networks.values() for p in code.param_names if p != "variant"]
        return tuple(dict.fromkeys(names))

    def call(self, fr: Frame, cur: Any, path: Path, given: dict[str, Any]) -> NetResult:
        """The chosen network's result on ``cur``."""
        code, variant = self.networks[fr.point.values[self.name]]
        return code.call(fr, cur, path, given if variant is None else {**given, "variant": variant})
