"""Counting conventions: which named parts of the ops count, and how much. Data in ``specs/conventions``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import arithmetic as ar
from .errors import SpecError, UsageError, nearest, quoted
from .graph import Layer
from .ops import Op, elements, kinds
from .spec.find import open_shipped, shipped
from .spec.parse import parse_step
from .spec.sections import as_mapping, as_text, as_texts
from .spec.source import Node, Source, Text, compose, place_of
from .spec.syntax import Binary, Call, Group, Literal, Name, Unary
from .spec.syntax import Node as Expression

DEFAULT = "mult_adds"
WEIGHT_PARTS = frozenset(("weight", "bias", "scale", "shift", "mean", "variance"))
PRINTED = ("rounded", "truncated", "ceiled")
KEYS = (
    "convention",
    "about",
    "source",
    "unit",
    "params",
    "work",
    "exclude",
    "parameters",
    "printed",
    "otherwise",
    "scaled",
)

Factor = int | float | Expression
Rules = list[tuple[str, str, Factor, Text]]


class Convention:
    """How to count: ``params`` and ``work`` rules (KIND.PART → factor or expression), the last that matches wins.

    ``unit`` names one unit of work; ``exclude`` are layers left out; ``parameters`` are values that the source's
    networks have (1001 classes); ``printed`` is how its figures are cut. ``scaled`` {res: R} takes the work at
    resolution R times (res/R)², as a source does that applies ρ² to a printed total.
    """

    def __init__(self, name: str, source: Source) -> None:
        self.name = name
        self.origin = source
        self.about = ""
        self.source = ""
        self.unit = ""
        self.params: Rules = []
        self.work: Rules = []
        self.exclude: list[str] = []
        self.parameters: dict[str, Any] = {}
        self.printed = "rounded"
        self.otherwise: int | None = None
        self.scaled: int | None = None
        self._by_kind: dict[str, tuple[tuple[tuple[str, Factor], ...], tuple[tuple[str, Factor], ...]]] = {}

    def rules(self, op: Op) -> tuple[tuple[tuple[str, Factor], ...], tuple[tuple[str, Factor], ...]]:
        """The weights and the work of ``op``'s kind that count: (part, factor), without those of factor 0.

        Raises :class:`SpecError` for a part that no rule covers: nothing counts 0 unless the convention says so.
        """
        found = self._by_kind.get(op.kind)
        if found is None:
            weights = [(p, self._factor(self.params, op.kind, p)) for p in op.part_names if p in WEIGHT_PARTS]
            work = [(p, self._factor(self.work, op.kind, p)) for p in op.part_names if p not in WEIGHT_PARTS]
            found = self._by_kind[op.kind] = (_counting(weights), _counting(work))
        return found

    def _factor(self, rules: Rules, kind: str, part: str) -> Factor:
        for k, p, factor, _ in reversed(rules):
            if k in ("*", kind) and p in ("*", part):
                return factor
        if self.otherwise is not None:
            return self.otherwise
        which = "params" if part in WEIGHT_PARTS else "work"
        raise SpecError(f"the convention {self.name} has no rule for {kind}.{part} in '{which}'", self.origin.place())

    def count(self, layer: Layer) -> tuple[Any, Any]:
        """Params of one set of weights of ``layer``, and work of one run."""
        op = layer.op
        weight_rules, work_rules = self.rules(op)
        if self.exclude and self.excludes(layer):
            return 0, 0
        params: Any = 0
        if weight_rules:
            parts = op.weights()
            for part, factor in weight_rules:
                if part in parts:
                    params = params + _times(parts, part, factor, layer)
        work: Any = 0
        if work_rules:
            parts = op.work(layer.in_shapes, layer.out_shape)
            for part, factor in work_rules:
                if part in parts:
                    work = work + _times(parts, part, factor, layer)
        return params, work

    def excludes(self, layer: Layer) -> bool:
        """Whether ``layer`` is left out by name: itself, or a layer that holds it."""
        name = layer.name
        return any(name == e or name.startswith(e + ".") for e in self.exclude)


def _counting(rules: list[tuple[str, Factor]]) -> tuple[tuple[str, Factor], ...]:
    return tuple((part, factor) for part, factor in rules if not (isinstance(factor, int | float) and factor == 0))


def _times(parts: Mapping[str, Any], part: str, factor: Factor, layer: Layer) -> Any:
    if isinstance(factor, int):
        return parts[part] if factor == 1 else parts[part] * factor
    if isinstance(factor, float):
        return ar.mul(parts[part], factor)
    names = dict(parts)
    names["in_elements"] = elements(layer.in_shapes[0])
    names["out_elements"] = elements(layer.out_shape)
    names["window"] = layer.op.window
    names["channels"] = layer.out_shape[0]
    try:
        return _evaluate(factor, names)
    except RecursionError:
        raise factor.error("an expression of too many operators") from None


_OPERATORS = {"+": ar.add, "-": ar.sub, "*": ar.mul, "/": ar.div, "//": ar.floordiv, "%": ar.mod, "**": ar.power}
_FUNCTIONS = {"floor": ar.floor, "ceil": ar.ceil, "round": ar.round_half_even, "min": ar.minimum, "max": ar.maximum}


def _evaluate(node: Expression, names: Mapping[str, Any]) -> Any:
    """An expression over ``names``."""
    if isinstance(node, Literal):
        return node.value
    if isinstance(node, Group):
        return _evaluate(node.inner, names)
    if isinstance(node, Name):
        if node.id not in names:
            raise node.error(
                f"nothing is called {quoted(node.id)} here{nearest(node.id, names)}; there are {', '.join(names)}"
            )
        return names[node.id]
    if isinstance(node, Binary) and node.op in _OPERATORS:
        return _OPERATORS[node.op](_evaluate(node.left, names), _evaluate(node.right, names))
    if isinstance(node, Unary) and node.op == "-":
        return ar.neg(_evaluate(node.x, names))
    if isinstance(node, Call) and isinstance(node.function, Name) and node.function.id in _FUNCTIONS:
        return _FUNCTIONS[node.function.id](*[_evaluate(a, names) for _, a in node.args])
    raise node.error("a convention's expression has numbers, names, + - * / // % ** and floor, ceil, round, min, max")


# -- reading


def load_convention(name: str) -> Convention:
    """The shipped convention called ``name``. Raises :class:`UsageError` with the nearest names."""
    files = shipped("conventions")
    if name not in files:
        raise UsageError(f"no convention is called {quoted(name)}{nearest(name, files)}; there are {', '.join(files)}")
    return read_convention(open_shipped(files[name]))


def read_convention(source: Source) -> Convention:
    """A convention from its file. Raises :class:`SpecError`."""
    root = as_mapping(compose(source), "convention, unit, params, work")
    for key, _ in root.items:
        if key.value not in KEYS:
            raise key.error(
                f"a convention has no {quoted(key.value)}{nearest(key.value, KEYS)}; it has {', '.join(KEYS)}"
            )
    name = root.get("convention")
    if name is None:
        raise root.text.error("a convention needs its name: convention: …")
    result = Convention(as_text(name, "a name").value, source)
    for field in ("about", "source", "unit"):
        if (value := root.get(field)) is not None:
            setattr(result, field, as_text(value, "a text").value)
    if not result.unit:
        raise root.text.error("a convention needs the unit of its work: unit: mult-adds")
    result.params = _rules(root.get("params"))
    result.work = _rules(root.get("work"))
    if (value := root.get("exclude")) is not None:
        result.exclude = [t.value for t in as_texts(value, "names of layers")]
    _read_rest(result, root)
    return result


def _read_rest(result: Convention, root: Any) -> None:
    if (value := root.get("parameters")) is not None:
        for k, v in as_mapping(value, "{classes: 1001}").items:
            result.parameters[k.value] = _number(v)
    if (value := root.get("printed")) is not None:
        text = as_text(value, "rounded or truncated")
        if text.value not in PRINTED:
            raise text.error(f"printed is {', '.join(PRINTED)}, not {quoted(text.value)}")
        result.printed = text.value
    if (value := root.get("otherwise")) is not None:
        if (text := as_text(value, "0")).value != "0":
            raise text.error("otherwise is 0: what no rule covers isn't counted")
        result.otherwise = 0
    if (value := root.get("scaled")) is not None:
        mapping = as_mapping(value, "{res: 224}")
        if [k.value for k, _ in mapping.items] != ["res"]:
            raise mapping.text.error("scaled is {res: R}: the work at R times (res/R)²")
        result.scaled = _number(mapping.items[0][1])


def _number(node: Node) -> Any:
    value = parse_step(as_text(node, "a number"))
    if not isinstance(value, Literal):
        raise SpecError("a number is due here", place_of(node))
    return value.value


def _known_part(key: Text, kind: str, part: str) -> None:
    """A misspelt kind or part would count nothing, unseen."""
    known = kinds()
    if kind != "*" and kind not in known:
        raise key.error(f"no kind of op is called {quoted(kind)}{nearest(kind, known)}")
    parts = known[kind] if kind != "*" else tuple(sorted({p for names in known.values() for p in names}))
    if part != "*" and part not in parts:
        raise key.error(f"{kind} has no part {quoted(part)}; it has {', '.join(parts) or 'none'}{nearest(part, parts)}")


def _rules(node: Node | None) -> Rules:
    if node is None:
        return []
    rules: Rules = []
    for key, value in as_mapping(node, "KIND.PART: factor").items:
        kind, dot, part = key.value.partition(".")
        if not dot or not kind or not part:
            raise key.error(f"a rule is for KIND.PART, such as conv2d.mac or *.bias, not {quoted(key.value)}")
        _known_part(key, kind, part)
        factor = parse_step(as_text(value, "a factor"))
        rules.append((kind, part, factor.value if isinstance(factor, Literal) else factor, key))  # type: ignore[arg-type]
    return rules
