"""What a run of a module does, as steps and the wires between them; and whether it is another with steps left out."""

from __future__ import annotations

from collections.abc import Mapping

from ...record import Record, fresh
from ..arguments import in_full, usual_bias
from ..calls import Ref, Shape, Value
from .following import Following
from .tree import Branch, Leaf

Wire = tuple[int, int]
"""(-1, which input of the body), or (number of a step, which of its outputs)."""

MAX_TRIES = 2_000
"""Of matching two bodies."""


class Traced(Record):
    """The shapes of a network's tensors, at one size of the input or at two, and the arguments that follow it."""

    first: Mapping[Ref, Shape]
    second: Mapping[Ref, Shape] = fresh(default_factory=dict)
    follow: Mapping[int, Mapping[str, Following]] = fresh(default_factory=dict)

    def both(self, ref: Ref) -> tuple[Shape, Shape]:
        """A tensor's shape at the first size, and at the second, if there is one."""
        return self.first[ref], self.second.get(ref, ())


class BodyStep(Record):
    """A call in a body: of a layer with all its arguments, or of a block with a value for each of its parameters."""

    word: str
    arguments: dict[str, Value]
    wires: tuple[Wire, ...]
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    path: str
    own: bool
    container: str
    sharing: tuple[str, int] | None
    is_block: bool
    calls: tuple[int, ...]
    follow: Mapping[str, Following] = fresh(default_factory=dict)
    seconds: tuple[Shape, ...] = ()
    owner: bool = False

    @property
    def shares(self) -> bool:
        """Whether its weights are another's, or another's are its own: then it stands in a line by itself."""
        return self.owner or self.sharing is not None

    @property
    def form(self) -> tuple[object, ...]:
        """What it calls, with which arguments: a pool of the whole map is another thing than one of a window."""
        return self.word, len(self.outputs), tuple(n for n, value in self.arguments.items() if value is None)


class Body(Record):
    """The steps of one run, the shapes that enter, and the wire of each result."""

    path: str
    inputs: tuple[Shape, ...]
    steps: list[BodyStep]
    results: tuple[Wire, ...]
    seconds: tuple[Shape, ...] = ()

    @property
    def signature(self) -> tuple[object, ...]:
        """What two bodies have in common that differ in arguments only."""
        return (len(self.inputs), tuple((s.form, s.wires) for s in self.steps), self.results)


class BlockCall(Record):
    """How a run calls its block."""

    block: str
    arguments: dict[str, Value]


class Embedding(Record):
    """Where a body has the steps of a longer one: by number. ``passed``: the wire that stands for a step it lacks."""

    steps: dict[int, int] = fresh(default_factory=dict)
    passed: dict[int, Wire] = fresh(default_factory=dict)


def body_of(run: Branch, traced: Traced, called: Mapping[int, BlockCall], results: tuple[Ref, ...]) -> Body:
    """The body of ``run``; ``called`` has the block call of each run in it, by identity."""
    at: dict[Ref, Wire] = {ref: (-1, k) for k, ref in enumerate(run.inputs)}
    steps: list[BodyStep] = []
    for kid in run.kids:
        if isinstance(kid, Leaf):
            call = kid.call
            inputs: tuple[Ref, ...] = call.inputs
            made: tuple[Ref, ...] = tuple((call.id, port) for port in range(len(call.outputs)))
            word, arguments, own, sharing = call.word, in_full(call), kid.own, call.sharing
            if "norm" in arguments and arguments["bias"] is None:  # said, so that runs with and without can be compared
                arguments["bias"] = usual_bias(arguments)
            is_block = False
            calls: tuple[int, ...] = (call.id,)
        else:
            use = called[id(kid)]
            inputs, made = kid.inputs, kid.results
            word, arguments, own, sharing = use.block, use.arguments, True, None
            is_block, calls = True, tuple(leaf.call.id for leaf in kid.leaves())
        steps.append(
            BodyStep(
                word,
                arguments,
                tuple(at[ref] for ref in inputs),
                tuple(traced.first[ref] for ref in inputs),
                tuple(traced.first[ref] for ref in made),
                kid.path,
                own,
                kid.container,
                sharing,
                is_block,
                calls,
                {} if is_block else traced.follow.get(calls[0], {}),
                tuple(traced.both(ref)[1] for ref in made),
            )
        )
        at |= {ref: (len(steps) - 1, port) for port, ref in enumerate(made)}
    return Body(
        run.path,
        tuple(traced.first[ref] for ref in run.inputs),
        steps,
        tuple(at[ref] for ref in results),
        tuple(traced.both(ref)[1] for ref in run.inputs),
    )


def match(short: Body, long: Body) -> Embedding | None:
    """How ``short`` is ``long`` without some of its steps, each of which passes one of its sources on."""
    if len(short.inputs) != len(long.inputs) or len(short.results) != len(long.results):
        return None
    if short.signature == long.signature:
        return Embedding({k: k for k in range(len(long.steps))})
    return _Matching(short, long).found()


class _Matching:
    """The search: step by step of the longer body, taken or left out."""

    def __init__(self, short: Body, long: Body) -> None:
        self.short = short
        self.long = long
        self.left = MAX_TRIES

    def found(self) -> Embedding | None:
        same = {(-1, k): (-1, k) for k in range(len(self.long.inputs))}
        return self._from(0, 0, same, Embedding())

    def _from(self, b: int, i: int, wires: dict[Wire, Wire], so_far: Embedding) -> Embedding | None:
        """The rest of the longer body from step ``b``, of the shorter from ``i``; ``wires``: its as the other's."""
        self.left -= 1
        long, short = self.long.steps, self.short.steps
        if self.left < 0 or len(long) - b < len(short) - i:
            return None
        if b == len(long):
            ends = tuple(wires.get(wire) for wire in self.long.results)
            return so_far if ends == self.short.results else None
        step = long[b]
        if i < len(short) and _alike(step, short[i]) and tuple(wires.get(w) for w in step.wires) == short[i].wires:
            taken = wires | {(b, port): (i, port) for port in range(len(step.outputs))}
            result = self._from(b + 1, i + 1, taken, Embedding(so_far.steps | {b: i}, so_far.passed))
            if result is not None:
                return result
        if len(step.outputs) == 1:
            for source in sorted(set(step.wires), reverse=True):  # first the current tensor, which passes on by itself
                if source in wires:
                    passed = Embedding(so_far.steps, so_far.passed | {b: source})
                    result = self._from(b + 1, i, wires | {(b, 0): wires[source]}, passed)
                    if result is not None:
                        return result
        return None


def _alike(a: BodyStep, b: BodyStep) -> bool:
    return a.form == b.form and len(a.wires) == len(b.wires)
