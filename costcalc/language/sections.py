"""The sections of a spec: one reader each. Problems are collected, so that ``lint`` can tell them all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..errors import Problems, SpecError, TooManyProblems, nearest, quoted
from .aliases import AliasRows, name_aliases, public_name, read_aliases
from .bodies import names_of, read_body, read_dims, read_rules
from .heads import parse_arguments, parse_head, parse_name
from .model import Block, Input, LayerTable, Let, Requirement, Rule, Spec
from .nodes import YamlMapping, YamlNode, as_expression, as_mapping, as_text, as_texts, is_empty, place_of
from .parameters import PARAMETER_KEYS, check_symbols, one_of, read_parameter
from .parse import parse_step
from .published import read_source_section
from .source import Source, Text, compose
from .tables import read_variants

__all__ = ["PARAMETER_KEYS", "SECTIONS", "TASKS", "as_mapping", "as_text", "as_texts", "read_spec"]

MAX_PARAMETERS = 100
MAX_OUTPUTS = 1_000
TASKS = (
    "classification",
    "detection",
    "segmentation",
    "instance_segmentation",
    "super_resolution",
    "generation",
    "anomaly_detection",
    "embedding",
    "features",
    "layer",
)
"""What a network is for. ``features``: maps for other networks; ``layer``: one layer or block by itself."""


def read_spec(source: Source, loader: object = None) -> tuple[Spec, Problems]:
    """The spec in ``source`` and all problems of its text. Raises :class:`SpecError` if it isn't YAML."""
    problems = Problems()
    reader = _Reader(Spec(source), problems)
    try:
        root = compose(source, loader, problems)
        if not isinstance(root, YamlMapping):
            raise SpecError("a spec is a mapping of sections: network, parameters, input, layers, …", place_of(root))
        reader.read(root)
    except TooManyProblems:
        pass
    except RecursionError:
        problems[:] = [SpecError("the file is nested too deeply", source.place())]
    return reader.spec, problems


class _Reader:
    def __init__(self, spec: Spec, problems: Problems) -> None:
        self.spec = spec
        self.problems = problems
        self.rules: dict[str, Rule] = {}
        self.rules_at: Text | None = None
        self.aliases_of: AliasRows = []

    def read(self, root: YamlMapping) -> None:
        keys = {k.value for k, _ in root.items}
        for key, value in root.items:
            section = SECTIONS.get(key.value)
            if section is None:
                close = nearest(key.value, SECTIONS)
                keys |= {s for s in SECTIONS if f"'{s}'" in close}
                self.problems.append(key.error(f"no section is called {quoted(key.value)}{close}"))
            elif is_empty(value):
                self.problems.append(key.error(f"the section {quoted(key.value)} is empty"))
            else:
                self._collect(partial(self._section, section), key, value)
        self._finish(root, keys)

    def _section(self, read: Callable[[_Reader, YamlNode], None], key: Text, value: YamlNode) -> None:
        read(self, value)

    def _finish(self, root: YamlMapping, keys: set[str]) -> None:
        name_aliases(self.spec, self.aliases_of, self.problems)
        at = root.items[0][0] if root.items else root.text
        if "network" in keys:
            if "layers" not in keys:
                self.problems.append(at.error("a network needs its layers: a section 'layers'"))
            if "input" not in keys:
                self.problems.append(at.error("a network needs its input: a section 'input: 224 x 224 x 3'"))
        elif keys & {"layers", "input", "output", "features", "where", "variants"}:
            self.problems.append(at.error("a network needs its name: network: my_net"))
        elif "task" in keys:
            self.problems.append(at.error("a library of blocks has no task; a network needs its name"))
        elif "parameters" in keys:
            self.problems.append(at.error("a library of blocks has no parameters; a network needs its name"))
        elif "require" in keys:
            self.problems.append(at.error("a library of blocks requires nothing; a network needs its name"))
        elif "blocks" not in keys:
            self.problems.append(at.error("neither a network (network, input, layers) nor a library (blocks)"))
        if self.rules_at is not None:
            if isinstance(self.spec.layers, LayerTable):
                self.spec.layers.rules = self.rules
            elif self.spec.layers is not None:
                self.problems.append(self.rules_at.error("'where' is for a table; these layers are steps"))

    def _collect(
        self, read: Callable[[Text, YamlNode], object], key: Text, value: YamlNode, *, names: bool = False
    ) -> None:
        try:
            read(key, value)
        except SpecError as e:
            if names:
                self.spec.broken.update(names_of(key)[:1])
            self.problems.append(e)

    # -- plain texts

    def network(self, value: YamlNode) -> None:
        self.spec.name = public_name(as_text(value, "the network's name"), "a network's name")

    def title(self, value: YamlNode) -> None:
        self.spec.title = as_text(value, "a title").value

    def about(self, value: YamlNode) -> None:
        self.spec.about = as_text(value, "a text").value

    def family(self, value: YamlNode) -> None:
        self.spec.family = as_text(value, "a family's name").value

    def task(self, value: YamlNode) -> None:
        self.spec.task = one_of(as_text(value, "a task"), TASKS, "a task").value

    def aliases(self, value: YamlNode) -> None:
        columns, self.aliases_of = read_aliases(value, self.problems)
        self.spec.variant_columns |= columns

    def source(self, value: YamlNode) -> None:
        self.spec.source = read_source_section(value)

    # -- names from elsewhere

    def uses(self, value: YamlNode) -> None:
        for key, v in as_mapping(value, "{file: [names]}").items:
            if isinstance(v, Text):
                self.spec.broken.update(names_of(v))
            self._collect(lambda k, v: self.spec.uses.append((k, as_texts(v, "names: [a, b]"))), key, v)

    # -- parameters and let

    def parameters(self, value: YamlNode) -> None:
        items = as_mapping(value, "name: default").items
        if len(items) > MAX_PARAMETERS:
            raise items[MAX_PARAMETERS][0].error(f"{len(items):,} parameters; at most {MAX_PARAMETERS}")
        for key, v in items:
            self._collect(self._parameter, key, v, names=True)
        check_symbols(self.spec.parameters, self.problems)

    def _parameter(self, key: Text, value: YamlNode) -> None:
        parameter = read_parameter(key, value)
        role = parameter.role
        if role is not None:
            for other in self.spec.parameters.values():
                if other.role is not None and other.role.value == role.value and other.name != parameter.name:
                    self.problems.append(
                        role.error(f"one parameter scales the {role.value}: it is {other.name} already")
                    )
        self.spec.parameters[parameter.name] = parameter

    def let(self, value: YamlNode) -> None:
        for key, v in as_mapping(value, "name: value").items:
            self._collect(self._let, key, v, names=True)

    def _let(self, key: Text, value: YamlNode) -> None:
        head = parse_head(key)
        if head.tensors is not None:
            raise key.error("a function under 'let' takes numbers, no tensors")
        if head.name in self.spec.lets:
            raise key.error(f"{quoted(head.name)} is here twice")
        self.spec.lets[head.name] = Let(head, key, parse_step(as_expression(value)))

    def require(self, value: YamlNode) -> None:
        for key, v in as_mapping(value, "condition: why").items:
            self._collect(self._requirement, key, v)

    def _requirement(self, key: Text, value: YamlNode) -> None:
        reason = as_text(value, "why this must hold, in words")
        if not reason.value.strip():
            raise key.error("why must this hold? The reason is part of the error")
        self.spec.requirements.append(Requirement(key, parse_step(key), reason.value))

    def defaults(self, value: YamlNode) -> None:
        for key, v in as_mapping(value, "layer: argument=value").items:
            self._collect(self._default, key, v)

    def _default(self, key: Text, value: YamlNode) -> None:
        if is_empty(value) and "=" in key.value:
            raise key.error(f"{quoted(key.value)} is cut off: inside {{…}} put what has a comma in quotes")
        self.spec.defaults[key.value] = key, parse_arguments(as_text(value, "argument=value, …"))

    # -- layers

    def blocks(self, value: YamlNode) -> None:
        for key, v in as_mapping(value, "name(parameters): steps").items:
            self._collect(self._block, key, v, names=True)

    def _block(self, key: Text, value: YamlNode) -> None:
        head = parse_head(key)
        if head.name in self.spec.blocks:
            raise key.error(f"the block {quoted(head.name)} is here twice")
        body = read_body(value, self.problems, head.name)
        self.spec.blocks[head.name] = Block(head.name, key, head.tensors, head.rest, head.params, body)

    def input(self, value: YamlNode) -> None:
        if isinstance(value, Text):
            self.spec.inputs = [Input("in", value, read_dims(value))]
            return
        items = as_mapping(value, "name: H x W x C; or one input: H x W x C").items
        if not items:
            raise SpecError("an input is due here: H x W x C", place_of(value))
        for key, v in items:
            self._collect(self._input, key, v, names=True)

    def _input(self, key: Text, value: YamlNode) -> None:
        name = parse_name(key, "an input's name")
        self.spec.inputs.append(Input(name, key, read_dims(as_text(value, "H x W x C"))))

    def layers(self, value: YamlNode) -> None:
        self.spec.layers = read_body(value, self.problems)

    def where(self, value: YamlNode) -> None:
        self.rules_at = value if isinstance(value, Text) else value.text
        self.rules = read_rules(value, self.problems)

    def output(self, value: YamlNode) -> None:
        texts = _pieces(value) if isinstance(value, Text) else as_texts(value, "names")
        if len(texts) > MAX_OUTPUTS:
            raise SpecError(f"more than {MAX_OUTPUTS:,} outputs", place_of(value))
        seen: set[str] = set()
        for text in texts:
            if text.value in seen:
                self.problems.append(text.error(f"the output {quoted(text.value)} is here twice"))
            else:
                self.spec.outputs.append(text)
            seen.add(text.value)

    def features(self, value: YamlNode) -> None:
        for key, v in as_mapping(value, "{C4: row, …}").items:
            self._collect(self._feature, key, v)

    def _feature(self, key: Text, value: YamlNode) -> None:
        parse_name(key, "a feature's name")
        self.spec.features.append((key, parse_step(as_expression(value, "a row or step"))))

    def variants(self, value: YamlNode) -> None:
        columns, self.spec.variants = read_variants(as_text(value, "a table"), self.problems)
        self.spec.variant_columns |= columns


def _pieces(text: Text) -> list[Text]:
    """The texts between commas."""
    pieces, offset = [], 0
    for piece in text.value.split(",", MAX_OUTPUTS):
        lead = len(piece) - len(piece.lstrip())
        pieces.append(text.part(offset + lead, offset + lead + len(piece.strip())))
        offset += len(piece) + 1
    return pieces


SECTIONS: dict[str, Callable[[_Reader, YamlNode], None]] = {
    "network": _Reader.network,
    "title": _Reader.title,
    "source": _Reader.source,
    "about": _Reader.about,
    "family": _Reader.family,
    "task": _Reader.task,
    "aliases": _Reader.aliases,
    "uses": _Reader.uses,
    "parameters": _Reader.parameters,
    "let": _Reader.let,
    "require": _Reader.require,
    "defaults": _Reader.defaults,
    "blocks": _Reader.blocks,
    "input": _Reader.input,
    "layers": _Reader.layers,
    "where": _Reader.where,
    "output": _Reader.output,
    "features": _Reader.features,
    "variants": _Reader.variants,
}
