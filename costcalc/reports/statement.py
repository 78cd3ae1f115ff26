"""A cost statement: what networks cost, at which point and by which definitions, as YAML that ``check`` verifies."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._version import __version__
from ..errors import CostcalcError, SpecError, UsageError, nearest, quoted
from ..language.find import is_path
from ..language.nodes import YamlList, YamlMapping, YamlNode, as_mapping, as_text, place_of
from ..language.source import Source, Text, compose
from ..network import Network, SpecLoader
from ..ops import size_text
from ..record import Record, fresh
from ..table import Column, Table
from ..units import exact
from . import parameters
from .columns import table_of
from .counted import Counted, count
from .printed import PaperRow
from .values import FORMAT, plain, shown

VERSION = 1
AGREES, DIFFERS, UNKNOWN = "agrees", "differs", "not verified"
MOST = 1_000
_TOP = ("statement", "costcalc", "counts", "networks")
_NETWORK = ("title", "spec", "variant", "digest", "at", "input", "params", "mult_adds", "convention", "memory")
_CONVENTION = ("name", "unit", "params", "counted")
_MEMORY = ("definition", "bits", "weight_bits", "batch", "weight_bytes", "peak_memory")
_MEANS = (
    "mult_adds: one for each multiply-accumulate of convolutions and linear layers, one image; params: all trainable"
)


def is_statement(source: Source) -> bool:
    """Whether a YAML text begins as a statement does; whatever else it is."""
    lines = (line for line in source.text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    return next(lines, "").startswith("statement:")


# -- writing


def statement(rows: Sequence[tuple[PaperRow, str]]) -> str:
    """The YAML of networks and the names or files of their specs, with a sentence for each above."""
    told = [_told(row, spec) for row, spec in rows]
    head = ['# A cost statement. "costcalc check FILE" verifies it.', *(f"# {_sentence(one)}" for one in told)]
    lines = [*head, f"statement: {VERSION}", f"costcalc: {__version__}", f"counts: {json.dumps(_MEANS)}", "networks:"]
    for one in told:
        for k, (key, value) in enumerate(one.items()):
            lines.append(f"  {'- ' if k == 0 else '  '}{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _told(row: PaperRow, spec: str) -> dict[str, Any]:
    counted, network = row.counted, row.counted.network
    own = is_path(spec)
    defaults = network.parameters
    at = {n: shown(v) for n, v in counted.default.parameters.items() if v != defaults[n]}
    told: dict[str, Any] = {"title": row.title, "spec": spec if own else network.name}
    if own and network.variant is not None:
        told["variant"] = network.variant
    told |= {"digest": digest(network), **({"at": at} if at else {}), "input": _input(counted), **_figures(counted)}
    if (other := counted.other) is not None:
        told["convention"] = {"name": other.convention.name, "unit": other.unit, **_others(counted)}
    if (use := row.use) is not None:
        said = {"definition": use.definition.name, "bits": use.bits, "weight_bits": use.weight_bits, "batch": use.batch}
        told["memory"] = {**said, "weight_bytes": plain(use.flash), "peak_memory": plain(use.peak)}
    return told


def _sentence(told: Mapping[str, Any]) -> str:
    text = f"{told['title']}, {told['input']}: {exact(told['params'])} params, {exact(told['mult_adds'])} mult-adds"
    if "convention" in told:
        other = told["convention"]
        text += f", {exact(other['counted'])} {other['unit']} by {other['name']}"
    if "memory" in told:
        m = told["memory"]
        text += (
            f", {exact(m['weight_bytes'])} bytes of weights and {exact(m['peak_memory'])} of activations at the peak"
        )
        text += f" ({m['definition']}, {m['bits']} bits, batch {m['batch']})"
    return "".join(c if c.isprintable() else " " for c in f"{text}.")


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_flow(v)}' for key, v in value.items())}}}"
    if isinstance(value, str) and not re.fullmatch(r"[\w.][\w./-]*", value):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _figures(counted: Counted) -> dict[str, Any]:
    return {"params": counted.default.params, "mult_adds": counted.default.mult_adds}


def _others(counted: Counted) -> dict[str, Any]:
    assert counted.other is not None
    return {"params": counted.other.params, "counted": plain(counted.work(counted.other.counted))}


def _input(counted: Counted) -> str:
    inputs = counted.default.graph.inputs.values()
    return " + ".join(size_text((*tensor.size, tensor.c)) for tensor in inputs)


def digest(network: Network) -> str:
    """What changes when the text of a network's spec does, whatever ends its lines."""
    text = network.program.spec.origin.text.replace("\r\n", "\n")
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# -- verifying


class StatedFigure(Record):
    """A figure of a statement, the computed one where there is one, and whether they agree."""

    title: str
    name: str
    stated: str
    counted: Any
    verdict: str


class StatementCheck(Record):
    """What became of a statement: its figures, and what is to be known of them, a line each."""

    figures: list[StatedFigure] = fresh(default_factory=list)
    notes: list[str] = fresh(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether every figure agrees."""
        return all(figure.verdict == AGREES for figure in self.figures)


def verify(source: Source) -> StatementCheck:
    """Compute every figure of a statement again. Raises :class:`SpecError` for what is no statement."""
    root = as_mapping(compose(source), "statement, costcalc, networks")
    _only(root, _TOP, "a statement")
    said = _text(root, "statement", root.text)
    if said.value != str(VERSION):
        raise said.error(f"this is version {quoted(said.value)} of a statement; costcalc {__version__} knows {VERSION}")
    found = StatementCheck()
    if (version := root.get("costcalc")) is not None:
        text = as_text(version, "a version").value
        if text != __version__:
            found.notes.append(f"Stated by costcalc {text}, verified by {__version__}.")
    listed = root.get("networks")
    if not isinstance(listed, YamlList) or not 0 < len(listed.items) <= MOST:
        raise SpecError(f"networks is a list of 1 to {MOST:,}", place_of(listed or root))
    loader = SpecLoader()
    for node in listed.items:
        _verify(as_mapping(node, "title, spec, params, …"), source, loader, found)
    return found


def _verify(node: YamlMapping, source: Source, loader: SpecLoader, found: StatementCheck) -> None:
    _only(node, _NETWORK, "a network of a statement")
    spec = _text(node, "spec", node.text)
    title = _text(node, "title", node.text).value if node.get("title") is not None else spec.value
    stated = list(_stated(node))
    if not stated:
        raise node.text.error(f"{title} has no figure: params, mult_adds, …")
    try:
        network, values = _network(node, spec, source, loader)
        computed, problems = _computed(node, network, values, loader)
    except CostcalcError as e:
        found.notes.append(f"{title}: {_short(e)}")
        found.figures += [StatedFigure(title, name, text.value, None, UNKNOWN) for name, text in stated]
        return
    made = [_compared(title, name, text.value, computed.get(name)) for name, text in stated]
    found.notes += [f"{title}: {problem}" for problem in problems]
    old = node.get("digest")
    if old is not None and as_text(old, "a digest").value != digest(network):
        agree = "its figures are the same" if all(f.verdict == AGREES for f in made) else "its figures may be others"
        found.notes.append(f"{title}: the spec {spec.value} has changed since, so {agree}.")
    found.figures += made


def _compared(title: str, name: str, stated: str, counted: Any) -> StatedFigure:
    verdict = UNKNOWN if counted is None else AGREES if stated == str(counted) else DIFFERS
    return StatedFigure(title, name, stated, counted, verdict)


def _short(e: CostcalcError) -> str:
    """Its line, without a list of all names that there are."""
    return str(getattr(e, "message", e)).split("; there are ")[0]


def _network(node: YamlMapping, spec: Text, source: Source, loader: SpecLoader) -> tuple[Network, dict[str, Any]]:
    """The network that is meant and the values of its point; a file's path is looked for beside the statement first."""
    name = spec.value
    if is_path(name):
        beside = os.path.join(os.path.dirname(source.path or ""), name)
        name = beside if os.path.isfile(beside) else name
    network = loader.network(name)
    if (variant := node.get("variant")) is not None:
        wanted = as_text(variant, "a variant").value
        if wanted not in network.variants:
            raise UsageError(f"{name} has no variant {quoted(wanted)}{nearest(wanted, network.variants)}")
        network = Network(network.program, wanted, loader)
    at = node.get("at")
    items = [] if at is None else as_mapping(at, "{alpha: 0.5}").items
    texts = {key.value: as_text(value, "a value").value for key, value in items}
    for key in texts:
        if key not in parameters.names(network):
            raise parameters.no_such_parameter(key, [network])
    return network, parameters.values(network, texts, "")


def _stated(node: YamlMapping) -> Iterator[tuple[str, Text]]:
    """The figures, by their names and those of the mappings that they are in."""
    for name in ("params", "mult_adds"):
        if (value := node.get(name)) is not None:
            yield name, as_text(value, "a figure")
    for group, known, figures in (
        ("convention", _CONVENTION, ("params", "counted")),
        ("memory", _MEMORY, ("weight_bytes", "peak_memory")),
    ):
        if (part := node.get(group)) is not None:
            inside = as_mapping(part, ", ".join(known))
            _only(inside, known, group)
            yield from ((f"{group}.{n}", as_text(v, "a figure")) for n in figures if (v := inside.get(n)) is not None)


def _computed(
    node: YamlMapping, network: Network, values: Mapping[str, Any], loader: SpecLoader
) -> tuple[dict[str, Any], list[str]]:
    """The figures that can be computed, and why others can't: a definition that there isn't."""
    counted, problems = count(network, values), list[str]()
    found = _figures(counted)
    try:
        if (part := node.get("convention")) is not None:
            name = _text(as_mapping(part, "name, …"), "name", node.text).value
            others = _others(count(network, values, loader.convention(name)))
            found |= {f"convention.{name}": value for name, value in others.items()}
    except CostcalcError as e:
        problems.append(_short(e))
    try:
        if (part := node.get("memory")) is not None:
            memory = as_mapping(part, "definition, bits, …")
            definition = _text(memory, "definition", node.text).value
            bits, weight_bits, batch = (_number(memory, name) for name in ("bits", "weight_bits", "batch"))
            use = counted.default.memory(definition, bits=bits or 32, weight_bits=weight_bits, batch=batch or 1)
            found |= {"memory.weight_bytes": plain(use.flash), "memory.peak_memory": plain(use.peak)}
    except CostcalcError as e:
        problems.append(_short(e))
    return found, problems


def _number(node: YamlMapping, name: str) -> int | None:
    if (value := node.get(name)) is None:
        return None
    text = as_text(value, "a number")
    if not text.value.isdecimal() or len(text.value) > 9:
        raise text.error(f"{name} is a whole number, not {quoted(text.value)}")
    return int(text.value)


def _text(node: YamlMapping, key: str, at: Text) -> Text:
    value: YamlNode | None = node.get(key)
    if value is None:
        raise at.error(f"{quoted(key)} is missing here")
    return as_text(value, "a text")


def _only(node: YamlMapping, known: Sequence[str], what: str) -> None:
    for key, _ in node.items:
        if key.value not in known:
            raise key.error(f"{what} has no {quoted(key.value)}{nearest(key.value, known)}; it has {', '.join(known)}")


# -- what is shown


_COLUMNS = (
    Column("network", "network", get=lambda f: f.title),
    Column("figure", "figure", get=lambda f: f.name),
    Column("stated", "stated", "figure", get=lambda f: f"{int(f.stated):,}" if f.stated.isdecimal() else f.stated),
    Column("counted", "counted", "figure", get=lambda f: "" if f.counted is None else exact(f.counted)),
    Column("verdict", "verdict", get=lambda f: f.verdict),
)


def statement_table(found: StatementCheck) -> Table:
    """Every figure beside the computed one."""
    table = table_of(_COLUMNS, found.figures)
    table.notes = list(found.notes)
    return table


def statement_rows(found: StatementCheck) -> Table:
    """The same for programs: figures as they stand there, and raw."""
    raw = {"stated": lambda f: f.stated, "counted": lambda f: f.counted}
    return table_of([Column(c.id, c.title, get=raw.get(c.id, c.get)) for c in _COLUMNS], found.figures)


def statement_summary(found: StatementCheck) -> str:
    """One line that counts the verdicts."""
    verdicts = [figure.verdict for figure in found.figures]
    words = {AGREES: "agree", DIFFERS: "differ", UNKNOWN: UNKNOWN}
    counts = ", ".join(f"{verdicts.count(v)} {word}" for v, word in words.items() if v in verdicts)
    return f"{len(verdicts)} figure{'s'[: len(verdicts) != 1]}: {counts}"


def statement_document(found: StatementCheck) -> dict[str, object]:
    """The JSON: every figure with its verdict, and what is to be known."""
    figures = [
        {"network": f.title, "figure": f.name, "stated": f.stated, "computed": plain(f.counted), "verdict": f.verdict}
        for f in found.figures
    ]
    verdicts = [figure.verdict for figure in found.figures]
    return {
        "format": FORMAT,
        "figures": figures,
        "notes": found.notes,
        "counts": {v: verdicts.count(v) for v in (AGREES, DIFFERS, UNKNOWN)},
    }
