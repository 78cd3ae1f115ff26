"""What a call of a block or a network runs: compiled once, called with values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..arithmetic import whole
from ..errors import SpecError
from ..evaluate.frame import Frame, NetResult
from ..evaluate.run import MAX_BLOCK_DEPTH, Run
from ..evaluate.strides import Strides
from ..graph import Path, Tensor

if TYPE_CHECKING:
    from .instance import Instance
    from .program import Program

Body = Callable[[Frame, Any, Path], Any]
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
    """A block: its signature, and its body once it is compiled."""

    __slots__ = ("body", "defaults", "name", "param_names", "program", "rest", "slots", "tensors", "work")

    def __init__(
        self, program: Program, name: str, tensors: list[str] | None, rest: str | None, params: list[tuple[str, Any]]
    ) -> None:
        self.program = program
        self.name = name
        self.tensors = tensors
        self.rest = rest
        self.param_names = tuple(p for p, _ in params)
        self.defaults: dict[str, Any] = {p: default for p, default in params if default is not None}
        self.slots = 0
        self.work = 0
        self.body: Body | None = None

    @property
    def required(self) -> list[str]:
        """The parameters without default."""
        return [p for p in self.param_names if p not in self.defaults]

    def call(self, fr: Frame, cur: Any, path: Path, args: list[Any]) -> Any:
        """The block's result on ``cur``; arguments that are None take their defaults."""
        run = fr.run
        inst = fr.inst if fr.inst.program is self.program else self.program.default_instance()
        v: list[Any] = [None] * self.slots
        tensor = None
        if self.tensors is None:
            tensor = start = cur if type(cur) is Tensor else run.one(cur)
            k = 0
        else:
            start = None
            k = self._bind_tensors(run, cur, v)
        frame = Frame(run, inst, v, tensor, path)
        for name, value in zip(self.param_names, args, strict=True):
            v[k] = self.defaults[name](frame) if value is None else value
            k += 1
        enter(run, self.name, self.work)
        outer = run.block
        if outer is None:
            run.block = path
        assert self.body is not None
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


class NetworkCode:
    """Another spec's network, used as a part."""

    __slots__ = ("name", "program")

    def __init__(self, name: str, program: Program) -> None:
        self.name = name
        self.program = program

    required: tuple[str, ...] = ()

    @property
    def param_names(self) -> tuple[str, ...]:
        """The variant, the stride that it keeps to, and the network's parameters."""
        return ("variant", OUTPUT_STRIDE, *(p for p in self.program.spec.parameters if p != OUTPUT_STRIDE))

    def call(self, fr: Frame, cur: Any, path: Path, given: dict[str, Any]) -> NetResult:
        """The network's result on ``cur``, with the results of its rows and steps by name."""
        run = fr.run
        variant = given.pop("variant", None)
        limit = None if OUTPUT_STRIDE in self.program.spec.parameters else given.pop(OUTPUT_STRIDE, None)
        inst: Instance = self.program.instance(given, variant)
        outer = run.net, run.record, run.block, run.check_shapes
        run.net = path if run.net is None else run.net
        run.record = {} if run.record is None else run.record
        run.block, run.check_shapes = None, False
        enter(run, self.name, len(self.program.spec.origin.text))
        record, tensors = run.record, run.several(cur)
        strides = run.strides
        if limit is not None:
            run.strides = Strides(_stride(limit), (1, 1) if strides is None else strides.at(tensors[0])[1])
        result = self.program.execute(inst, run, tensors, path)
        if strides is not None and run.strides is not None and run.strides is not strides:
            strides.enter(run.strides, strides.at(tensors[0]))
        run.strides = strides
        run.depth -= 1
        run.net, run.record, run.block, run.check_shapes = outer
        return NetResult(tuple(result) if len(result) > 1 else result[0], record, path, self.program.features)


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
        code, variant = self.networks[fr.inst.params[self.name]]
        return code.call(fr, cur, path, given if variant is None else {**given, "variant": variant})
