"""What a user of the library holds: ``load(name).cost(alpha=0.5, res=160)``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from .arithmetic import div, mul, power
from .compile import Program, compile_spec
from .compile.parameters import ParameterCode
from .conventions import DEFAULT, Convention, load_convention
from .cost import Cost
from .errors import SpecError, UsageError, printable, quoted
from .graph import Graph
from .language.find import find_network, find_used, is_path, open_shipped, shipped, specs_folder
from .language.source import Source, Text, read_source
from .language.values import Size, axes_of
from .shown import named

if TYPE_CHECKING:
    from .witness.module import GraphModule

_SHOWN = 3
"""Parameters in the ``repr`` of a network."""


class SpecLoader:
    """Reads specs and conventions, each once. Whoever asks for many networks asks one loader for all of them."""

    def __init__(self) -> None:
        self._programs: dict[str, Program] = {}
        self._open: list[str] = []
        self._conventions: dict[str, Convention] = {}

    def network(self, spec: str) -> Network:
        """What :func:`load` gives for ``spec``; the networks of a shipped file share its program."""
        source, variant, _ = find_network(spec)
        return _sound(compile_spec(source, self) if is_path(spec) else self._program(source), variant, self)

    def convention(self, name: str) -> Convention:
        """A shipped convention."""
        if name not in self._conventions:
            self._conventions[name] = load_convention(name)
        return self._conventions[name]

    def used(self, name: Text, user: Source) -> Program:
        """The program that ``name`` means in ``user``. Raises :class:`SpecError` for a circle of files."""
        path = os.path.realpath(find_used(name, user))
        if path in self._open or path == os.path.realpath(user.path or "-"):
            raise SpecError(f"files use each other in a circle: {quoted(name.value)}", name.place())
        if path not in self._programs:
            is_shipped = path.startswith(os.path.realpath(specs_folder()) + os.sep)
            self._compile(path, open_shipped(path) if is_shipped else read_source(path, _beside(path, user)))
        return self._programs[path]

    def shipped(self, file: str) -> Program:
        """The program of a shipped file."""
        return self._program(open_shipped(file))

    def at(self, file: str, variant: str | None) -> Network:
        """The network of a shipped file, by its path: at its defaults, or at a variant or another of its points."""
        return _sound(self.shipped(file), variant, self)

    def _program(self, source: Source) -> Program:
        path = os.path.realpath(source.path or "-")
        if path not in self._programs:
            self._compile(path, source)
        return self._programs[path]

    def _compile(self, path: str, source: Source) -> None:
        self._open.append(path)
        try:
            self._programs[path] = compile_spec(source, self)
        finally:
            self._open.pop()


def _beside(path: str, user: Source) -> str:
    return os.path.join(os.path.dirname(user.name), os.path.basename(path))


class Network:
    """A network from its spec. Evaluate it with :meth:`cost`; nothing is kept from one evaluation to the next."""

    def __init__(self, program: Program, variant: str | None = None, loader: SpecLoader | None = None) -> None:
        self._program = program
        self._loader = loader or SpecLoader()
        self.variant = variant

    def __repr__(self) -> str:
        values = self.parameters
        first = dict(list(values.items())[:_SHOWN])
        rest = len(values) - len(first)
        told = named(first) + (f", +{rest}" if rest else "") or "no parameters"
        number = len(self.variants)
        variants = f"; {number} variant{'s' * (number != 1)}" if number else ""
        return f"<Network {printable(self.name)}: {told}{variants}>"

    def __reduce__(self) -> tuple[Callable[..., Network], tuple[str, str, str, str | None]]:
        """For pickle: the text of the spec, which is compiled again; files that it uses are looked for again."""
        origin = self._program.spec.origin
        return _compiled_again, (origin.name, origin.text, origin.path, self.variant)

    @property
    def name(self) -> str:
        """The variant's name, or the network's."""
        return self.variant or self._program.spec.name

    @property
    def title(self) -> str:
        """For people: the title, or what the spec says about itself."""
        return self._program.spec.title or self._program.spec.about

    @property
    def family(self) -> str:
        """The family that the network belongs to."""
        return self._program.spec.family

    @property
    def task(self) -> str:
        """What the network is for: classification, detection, …; empty where the spec doesn't say."""
        return self._program.spec.task

    def bibtex(self) -> str:
        """BibTeX of the papers that the spec says it is from, the network's own first; empty if it says none.

        Raises :class:`UsageError` for a key that ``specs/references.yaml`` doesn't have.
        """
        from .references import bibtex, load_references, references_of

        found = references_of(self._program.spec.source, self.name, load_references())
        return "\n".join(bibtex(reference) for reference in found)

    @property
    def roles(self) -> dict[str, str]:
        """The parameter that scales the whole network in ``width``, ``depth`` or ``resolution``, by that word."""
        parameters = self._program.spec.parameters.values()
        return {p.role.value: p.name for p in parameters if p.role is not None}

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the spec's variants, each of which :func:`load` takes."""
        return tuple(self._program.spec.variants)

    @property
    def parameters(self) -> dict[str, Any]:
        """Every parameter by its name, with its default at this variant."""
        return self._program.point({}, self.variant).values

    @property
    def parameter_codes(self) -> dict[str, ParameterCode]:
        """The declared parameters, for command-line options."""
        return self._program.parameters

    @property
    def program(self) -> Program:
        """The compiled spec."""
        return self._program

    def text(self) -> str:
        """The YAML of the spec."""
        return self._program.spec.origin.text

    def graph(self, *, expand: bool = False, **parameters: Any) -> Graph:
        """The built network. ``expand``: every copy of a repeat is written out.

        Raises :class:`UsageError` for a wrong parameter, :class:`SpecError` for what the spec can't build.
        """
        return self._program.build(parameters, self.variant, expand=expand)

    def cost(
        self,
        at: Mapping[str, Any] | None = None,
        /,
        *,
        convention: str | Convention = DEFAULT,
        around: Mapping[Any, Any] | None = None,
        **parameters: Any,
    ) -> Cost:
        """Params and mult-adds at a point of the parameters; those not given keep their defaults.

        ``at`` is for parameters whose names are arguments here, such as ``around``; the others may be given by name.
        Values are numbers, words (as text), bools, NumPy arrays (many configurations at once) or SymPy symbols
        (closed forms). ``rho`` may be given in place of ``res``; a parameter that is height and width of the input
        takes a pair of numbers for a rectangle, ``res=(192, 256)``. ``around`` has numbers for the symbols: an
        inequality that they leave open is taken as it holds there, and becomes one of the cost's assumptions.
        Raises :class:`UsageError` for an unknown parameter, a value out of its range or one without its name,
        :class:`SpecError` if the network can't be built there (a resolution too small, channels that groups don't
        divide).
        """
        if not isinstance(at, Mapping | None):
            given = quoted(at)
            raise UsageError(
                f"parameters are given by name, cost(alpha=0.5), or as one mapping of names, not as {given}"
            )
        parameters = {**(at or {}), **parameters}
        chosen = convention if isinstance(convention, Convention) else self._loader.convention(convention)
        graph = self._program.build(parameters, self.variant, around=around)

        def expanded() -> Graph:
            counts = [layer.count for layer in graph.layers]
            if all(isinstance(n, int) for n in counts) and any(n != 1 for n in counts):
                return self._program.build(parameters, self.variant, expand=True)
            return graph  # over arrays and symbols a copy may stand for a number of copies that isn't one number

        return self._counted(graph, chosen, expanded)

    def scaled(self, values: Mapping[str, Any], convention: Convention) -> tuple[dict[str, Any], Any]:
        """The point that ``convention`` counts at for ``values``, and what its work there is to be taken times.

        ``values`` and 1, unless it scales from a resolution R: then R, and (res/R)², H·W/R² of a rectangle. Raises what
        :meth:`cost` raises for wrong values.
        """
        point = {**values}
        base = convention.scaled
        if base is None or "res" not in self._program.parameters:
            return point, 1
        res = self._program.point(point, self.variant).values["res"]
        for other in ("rho", self._program.parameters["res"].parameter.width_was):
            if other not in self._program.parameters:
                point.pop(other, None)
        there = {**point, "res": base}
        if not isinstance(res, Size):
            return there, power(div(res, base), 2)
        (h, w), at_base = res.axes, axes_of(self._program.point(there, self.variant).values["res"])
        return there, mul(div(h, at_base[0]), div(w, at_base[-1]))

    def recount(self, cost: Cost, convention: Convention) -> Cost:
        """``cost``, one of this network's, under another convention: of the same graph, which isn't built again."""
        return self._counted(cost.graph, convention, cost.expanded)

    def _counted(self, graph: Graph, convention: Convention, expanded: Callable[[], Graph]) -> Cost:
        chosen = convention.of_network(self._program.spec.name, self.name)
        return Cost(self.name, graph, self._loader.convention(DEFAULT), chosen, expanded, lambda: self)

    def module(self, *, device: str = "cpu", **parameters: Any) -> GraphModule:
        """The network as a ``torch.nn.Module``, with fresh weights, ready to be trained.

        Its submodules have the names of ``cost().layers``: ``module.get_submodule("stage2.dw.conv")``. It takes one
        tensor (batch, channels, height, width) for each input. Needs PyTorch, or raises :class:`UsageError`.
        """
        from .witness import require_torch

        require_torch("Network.module")
        from .witness.building import build_module

        return build_module(self.graph(expand=True, **parameters), device)


def load(spec: str) -> Network:
    """The network that ``spec`` names: a shipped one, an alias, a variant, or the path of a YAML file.

    Case, ``-``, ``_`` and blanks of a name don't matter, unless it is written just as a library has it: then that
    library's network is meant, where it is another than the paper's.
    Raises :class:`UsageError` for an unknown name (with the nearest), :class:`SpecError` for a wrong file.
    """
    return SpecLoader().network(spec)


def network_from(source: Source, variant: str | None = None) -> Network:
    """A network from a text. Raises :class:`SpecError` with all problems that it has."""
    loader = SpecLoader()
    return _sound(compile_spec(source, loader), variant, loader)


def _compiled_again(name: str, text: str, path: str, variant: str | None) -> Network:
    return network_from(Source(name, text, path), variant)


def networks() -> Iterator[Network]:
    """Every shipped network at its defaults, by the name of its file, and behind it its variants.

    Each file is compiled once, however many networks use it. Raises :class:`SpecError` for a wrong file.
    """
    loader = SpecLoader()
    for file in shipped("networks").values():
        program = loader.shipped(file)
        for variant in (None, *program.spec.variants):
            yield _sound(program, variant, loader)


def _sound(program: Program, variant: str | None, loader: SpecLoader) -> Network:
    program.require_sound()
    if not program.spec.name:
        raise SpecError("a library of blocks, not a network", program.spec.origin.place())
    return Network(program, variant, loader)
