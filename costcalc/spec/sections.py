"""The sections of a spec: one reader each. Problems are collected, so that ``lint`` can tell them all."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..errors import SpecError, SpecErrors, nearest, quoted
from .model import Block, Body, Input, Let, Parameter, Rule, Spec, Step, Table
from .parse import parse_arguments, parse_head, parse_key, parse_range, parse_step
from .source import Mapping, Node, Sequence, Source, Text, compose, place_of
from .syntax import Literal
from .syntax import Node as Expression
from .tables import read_table, read_variants
from .values import printed_shape

OPTION_NAMES = frozenset(
    ("format", "by", "top", "sort", "columns", "convention", "output", "set", "variant", "help", "width", "color")
) - {"width"}
"""Common options of the commands, which no parameter may be named like."""

PARAMETER_KEYS = ("default", "range", "choices", "doc", "symbol")
_TIMES = re.compile(r"\s+[x×]\s+")


def read_spec(source: Source, loader: object = None) -> tuple[Spec, list[SpecError]]:
    """The spec in ``source`` and all problems of its text. Raises :class:`SpecError` if it isn't YAML."""
    root = compose(source, loader)
    if not isinstance(root, Mapping):
        raise SpecError("a spec is a mapping of sections (network, parameters, layers, …)", place_of(root))
    reader = _Reader(Spec(source))
    reader.read(root)
    return reader.spec, reader.problems


class _Reader:
    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.problems: list[SpecError] = []
        self.rules: dict[str, Rule] = {}
        self.rules_at: Text | None = None

    def read(self, root: Mapping) -> None:
        for key, value in root.items:
            section = SECTIONS.get(key.value)
            if section is None:
                self.problems.append(key.error(f"no section is called {quoted(key.value)}{nearest(key.value, SECTIONS)}"))
                continue
            try:
                section(self, value)
            except SpecErrors as e:
                self.problems.extend(e.problems)
            except SpecError as e:
                self.problems.append(e)
        self._finish(root)

    def _finish(self, root: Mapping) -> None:
        spec = self.spec
        keys = {k.value for k, _ in root.items}
        at = root.items[0][0] if root.items else root.text
        if spec.name:
            if spec.layers is None and "layers" not in keys:
                self.problems.append(at.error("a network needs a section 'layers'"))
            if not spec.inputs and "input" not in keys:
                self.problems.append(at.error("a network needs a section 'input', such as: 224 x 224 x 3"))
        elif "layers" in keys:
            self.problems.append(at.error("a network needs its name: network: my_net"))
        elif "parameters" in keys:
            self.problems.append(at.error("a library of blocks has no parameters; a network needs its name"))
        elif "blocks" not in keys:
            self.problems.append(at.error("neither a network (network, input, layers) nor a library (blocks)"))
        if self.rules_at is not None:
            if isinstance(spec.layers, Table):
                spec.layers.rules = self.rules
            elif spec.layers is not None:
                self.problems.append(self.rules_at.error("'where' is for a table; these layers are steps"))

    # -- plain texts

    def network(self, value: Node) -> None:
        text = as_text(value, "the network's name")
        if not re.fullmatch(r"\w[\w.-]*", text.value):
            raise text.error(f"a network's name is letters, digits, _ . and -, not {quoted(text.value)}")
        self.spec.name = text.value

    def title(self, value: Node) -> None:
        self.spec.title = as_text(value, "a title").value

    def about(self, value: Node) -> None:
        self.spec.about = as_text(value, "a text").value

    def family(self, value: Node) -> None:
        self.spec.family = as_text(value, "a family's name").value

    def aliases(self, value: Node) -> None:
        self.spec.aliases = [t.value for t in as_texts(value, "names: [a, b]")]

    def source(self, value: Node) -> None:
        if isinstance(value, Text):
            self.spec.source = {"where": value.value}
            return
        for key, v in as_mapping(value, "{arxiv: …, where: …}").items:
            self.spec.source[key.value] = as_text(v, "a text").value

    # -- names from elsewhere

    def uses(self, value: Node) -> None:
        for key, names in as_mapping(value, "{file: [names]}").items:
            self.spec.uses.append((key, as_texts(names, "names: [a, b]")))

    # -- parameters and let

    def parameters(self, value: Node) -> None:
        for key, v in as_mapping(value, "parameters").items:
            self._collect(self._parameter, key, v)

    def _parameter(self, key: Text, value: Node) -> None:
        names = parse_key(key)
        if len(names) != 1:
            raise key.error("one parameter at a time")
        if key.value in OPTION_NAMES:
            raise key.error(f"a parameter can't be called {quoted(key.value)}: the commands have an option of that name")
        if isinstance(value, Text):
            self.spec.parameters[key.value] = Parameter(key.value, key, parse_step(value))
            return
        fields = as_mapping(value, "a default, or {default: …, range: …, choices: …, doc: …}")
        for k, v in fields.items:
            if k.value not in PARAMETER_KEYS:
                cut = "; YAML cut the text at a comma: put it in quotes" if isinstance(v, Text) and not v.value else ""
                raise k.error(f"a parameter has no {quoted(k.value)}; it has {', '.join(PARAMETER_KEYS)}{cut}")
        default = fields.get("default")
        if default is None:
            raise key.error(f"the parameter {quoted(key.value)} has no default")
        parameter = Parameter(key.value, key, parse_step(as_text(default, "a value")))
        if (r := fields.get("range")) is not None:
            parameter.low, parameter.high = parse_range(as_text(r, "a range: low..high"))
        if (c := fields.get("choices")) is not None:
            if isinstance(c, Text):
                if not re.fullmatch(r"[\w.-]+\.variants", c.value):
                    raise c.error("choices are a list, or NETWORK.variants")
                parameter.choices_of = c
            else:
                parameter.choices = [parse_step(t) for t in as_texts(c, "a list")]
        parameter.doc = as_text(fields.get("doc") or Text("", self.spec.origin, 1, 1), "a text").value
        parameter.symbol = as_text(fields.get("symbol") or Text("", self.spec.origin, 1, 1), "a text").value
        self.spec.parameters[key.value] = parameter

    def let(self, value: Node) -> None:
        for key, v in as_mapping(value, "name: value").items:
            self._collect(self._let, key, v)

    def _let(self, key: Text, value: Node) -> None:
        head = parse_head(key)
        if head.tensors is not None:
            raise key.error("a function under 'let' takes numbers, no tensors")
        if head.name in self.spec.lets:
            raise key.error(f"{quoted(head.name)} is here twice")
        self.spec.lets[head.name] = Let(head, key, parse_step(as_text(value, "an expression")))

    def defaults(self, value: Node) -> None:
        for key, v in as_mapping(value, "layer: argument=value").items:
            text = as_text(v, "argument=value, …")
            self._collect(lambda k, _, t=text: self.spec.defaults.__setitem__(k.value, (k, parse_arguments(t))), key, v)

    # -- layers

    def blocks(self, value: Node) -> None:
        for key, v in as_mapping(value, "name(parameters): steps").items:
            self._collect(self._block, key, v)

    def _block(self, key: Text, value: Node) -> None:
        head = parse_head(key)
        if head.name in self.spec.blocks:
            raise key.error(f"the block {quoted(head.name)} is here twice")
        self.spec.blocks[head.name] = Block(head.name, key, head.tensors, head.rest, head.params, self._body(value))

    def _body(self, value: Node) -> Body:
        if isinstance(value, Text):
            if value.style == "|":
                return read_table(value, self.problems)
            return parse_step(value)
        steps = as_mapping(value, "steps, a table or an expression")
        if steps.get("table") is not None and all(k.value in ("table", "where") for k, _ in steps.items):
            table = read_table(as_text(steps.get("table"), "a table"), self.problems)
            if (where := steps.get("where")) is not None:
                table.rules = self._rules(where)
            return table
        return self._steps(steps)

    def _steps(self, steps: Mapping) -> list[Step]:
        if not steps.items:
            raise steps.text.error("no steps here")
        found: list[Step] = []
        seen: set[str] = set()
        for key, v in steps.items:
            try:
                if isinstance(v, Text) and v.style is None and not v.value and key.style is None and ")" in key.value:
                    raise key.error("YAML cut the text at a comma: inside {…} put it in quotes")
                names = parse_key(key)
                for name in names:
                    if name in seen and name != "_":
                        raise key.error(f"a step {quoted(name)} stands above; each name is given once")
                    seen.add(name)
                found.append(Step(names, key, parse_step(as_text(v, "an expression"))))
            except SpecError as e:
                self.problems.append(e)
        return found

    def _rules(self, value: Node) -> dict[str, Rule]:
        rules: dict[str, Rule] = {}
        for key, v in as_mapping(value, "column: rule").items:
            try:
                if isinstance(v, Text) and not v.value:
                    raise key.error("a rule is missing; if YAML cut it at a comma, put it in quotes")
                rules[key.value] = Rule(key.value, key, parse_step(as_text(v, "a rule")))
            except SpecError as e:
                self.problems.append(e)
        return rules

    def input(self, value: Node) -> None:
        if isinstance(value, Text):
            self.spec.inputs = [Input("in", value, dims(value))]
            return
        for key, v in as_mapping(value, "H x W x C, or name: H x W x C").items:
            text = as_text(v, "H x W x C")
            names = parse_key(key)
            self.spec.inputs.append(Input(names[0], key, dims(text)))

    def layers(self, value: Node) -> None:
        self.spec.layers = self._body(value)

    def where(self, value: Node) -> None:
        self.rules_at = value if isinstance(value, Text) else value.text
        self.rules = self._rules(value)

    def output(self, value: Node) -> None:
        if isinstance(value, Text):
            offset = 0
            for piece in value.value.split(","):
                lead = len(piece) - len(piece.lstrip())
                self.spec.outputs.append(value.part(offset + lead, offset + lead + len(piece.strip())))
                offset += len(piece) + 1
            return
        self.spec.outputs = as_texts(value, "names")

    def variants(self, value: Node) -> None:
        self.spec.variants = read_variants(as_text(value, "a table"), self.problems)

    def _collect(self, read: Callable[[Text, Node], object], key: Text, value: Node) -> None:
        try:
            read(key, value)
        except SpecError as e:
            self.problems.append(e)


def as_text(node: Node | None, wanted: str) -> Text:
    """``node`` as text."""
    if isinstance(node, Text):
        return node
    raise SpecError(f"{wanted} is due here", place_of(node) if node is not None else None)


def as_mapping(node: Node, wanted: str) -> Mapping:
    """``node`` as a mapping."""
    if isinstance(node, Mapping):
        return node
    raise SpecError(f"a mapping is due here: {wanted}", place_of(node))


def as_texts(node: Node, wanted: str) -> list[Text]:
    """``node`` as a list of texts."""
    if isinstance(node, Sequence):
        return [as_text(item, "a text") for item in node.items]
    raise SpecError(f"a list is due here: {wanted}", place_of(node))


def dims(text: Text) -> tuple[Expression, Expression, Expression]:
    """``H x W x C`` as three expressions."""
    printed = printed_shape(text.value)
    if printed is not None and printed[2] is not None:
        h, w, c = (Literal(text, 0, n) for n in printed)
        return h, w, c
    parts: list[Text] = []
    at = 0
    for m in _TIMES.finditer(text.value):
        parts.append(text.part(at, m.start()))
        at = m.end()
    parts.append(text.part(at, len(text.value)))
    if len(parts) != 3:
        raise text.error("an input is height x width x channels, such as 224 x 224 x 3")
    h, w, c = (parse_step(p) for p in parts)
    return h, w, c


SECTIONS: dict[str, Callable[[_Reader, Node], None]] = {
    name: getattr(_Reader, name)
    for name in (
        "network",
        "title",
        "source",
        "about",
        "family",
        "aliases",
        "uses",
        "parameters",
        "let",
        "defaults",
        "blocks",
        "input",
        "layers",
        "where",
        "output",
        "variants",
    )
}
