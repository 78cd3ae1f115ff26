"""Random mutations of the shipped specs, random expressions and random YAML: only our own errors, and soon.

``python -m tests.fuzz --minutes 10`` tries others for as long.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from costcalc.errors import CostcalcError, Place, SpecError
from costcalc.language.find import open_shipped, shipped
from costcalc.language.heads import parse_head, parse_key
from costcalc.language.parse import parse_range, parse_step
from costcalc.language.sections import SECTIONS
from costcalc.language.source import Text, decode_source
from costcalc.language.text import Source
from costcalc.network import network_from

FUZZ = int(os.environ.get("COSTCALC_FUZZ", "0"))
SECONDS = 3.0


def examples(n: int) -> Callable[[Any], Any]:
    return settings(
        max_examples=FUZZ or n,
        derandomize=not FUZZ,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def attempt(text: str | bytes) -> None:
    """Load ``text`` and evaluate it at its defaults and variants: it works, or it is an error of ours."""
    begun = time.process_time()
    data = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    problem = None
    try:
        network = network_from(decode_source(data, "net.yaml", "/nowhere/net.yaml"))
        for variant in (None, *network.variants[:2]):
            network.variant = variant
            cost = network.cost()
            assert isinstance(cost.params, int)
            assert isinstance(cost.mult_adds, int)
    except CostcalcError as e:
        problem = e
    assert time.process_time() - begun < SECONDS
    if problem is not None:
        told = str(problem)
        assert told.replace("\n", "").isprintable()
        assert isinstance(problem, SpecError)
        assert len(told.split("\n")) == len(problem.problems) <= 51
        assert all(p.place is not None for p in problem.problems), told


# -- mutations

TEXTS = {name: open_shipped(path).text for name, path in shipped("networks").items()}
TOKENS = (
    *"()[]{}|:,-.=*/%<>#&!'\"@`_;\t\n² ×→✓",
    *("in", "if", "else", "and", "or", "not", "each", "sharing", "weights", "all", "with", "i", "first", "prev"),
    *("->", "**", "//", "==", "..", ": ", " #", "- ", "| ", "\n  ", "0", "-1", "1e9", "99999", "3x3", "224²", "1/0"),
    *("conv", "dwconv", "fc", "add", "concat", "split(in, 2)", "avgpool", "relu", "none", "same", "c", "s", "n", "k"),
    *("prev.c", "in.c", "i*1000", "9**9", "10000 * ", "blocks:", "layers:", "where:", "uses:", "!!str ", "&a ", "*a"),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A shipped spec with some characters, tokens or lines deleted, doubled, moved or replaced."""
    text = TEXTS[draw(st.sampled_from(sorted(TEXTS)))]
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(("cut", "double", "put", "instead", "drop line", "double line", "move line")))
        if "line" in kind:
            lines = text.split("\n")
            a, b = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
            line = lines[a]
            if kind != "double line":
                del lines[a]
            if kind != "drop line":
                lines.insert(b, line)
            text = "\n".join(lines)
            continue
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.integers(1, 6)))
        token = draw(st.sampled_from(TOKENS))
        piece = {"cut": "", "double": text[at:end] * 2, "put": token + text[at:end], "instead": token}[kind]
        text = text[:at] + piece + text[end:]
    return text


@examples(250)
@given(mutated())
def test_mutated_specs(text: str) -> None:
    attempt(text)


# -- expressions

NAMES = st.sampled_from(
    ("a", "k", "n", "w", "in", "i", "first", "prev", "conv", "fc", "bn", "relu", "none", "same", "b", "cell", "f", "zz")
)
LEAVES = st.one_of(
    NAMES,
    st.sampled_from(("0", "1", "2", "3", "8", "0.5", "1e3", "3x3", "1x7", "yes", "✓", "100000", "in.c", "prev.c")),
)


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """What the grammar makes of smaller expressions."""
    two = st.tuples(inner, inner)
    operator = st.sampled_from((" + ", " - ", "*", "/", "//", "%", "**", " == ", " < ", " and ", " or ", " -> ", ", "))
    function = st.sampled_from(
        (
            "conv",
            "dwconv",
            "fc",
            "add",
            "concat",
            "mul",
            "split",
            "b",
            "f",
            "cell",
            "max",
            "min",
            "pick",
            "len",
            "round",
        )
    )
    return st.one_of(
        st.tuples(two, operator).map(lambda t: t[1].join(t[0])),
        st.tuples(function, st.lists(inner, max_size=3)).map(lambda t: f"{t[0]}({', '.join(t[1])})"),
        st.tuples(inner, st.sampled_from(("c", "h", "q"))).map(".".join),
        two.map(lambda t: f"{t[0]}[{t[1]}]"),
        st.lists(inner, max_size=3).map(lambda t: f"[{', '.join(t)}]"),
        two.map(lambda t: f"({t[0]}, {t[1]})"),
        inner.map(lambda x: f"({x})"),
        inner.map(lambda x: f"-{x}"),
        inner.map(lambda x: f"not {x}"),
        inner.map(lambda x: f"each {x}"),
        inner.map(lambda x: f"{x} sharing weights"),
        inner.map(lambda x: f"{x} sharing all with a"),
        st.tuples(inner, inner, inner).map(lambda t: f"{t[0]} if {t[1]} else {t[2]}"),
        two.map(lambda t: f"{t[0]} if {t[1]}"),
        st.tuples(st.sampled_from(("2", "0", "n", "k", "3000")), inner).map(lambda t: f"{t[0]} * {t[1]}"),
    )


NONSENSE = st.recursive(LEAVES, grown, max_leaves=12)


def numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Values that are mostly right."""
    two = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(two, st.sampled_from((" + ", " - ", "*", "//", "/", " % ", "**"))).map(lambda t: t[1].join(t[0])),
        st.tuples(st.sampled_from(("max", "min", "make_divisible")), two).map(lambda t: f"{t[0]}({', '.join(t[1])})"),
        inner.map(lambda x: f"f({x})"),
        inner.map(lambda x: f"({x})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} > 2 else {t[2]})"),
        two.map(lambda t: f"[{t[0]}, {t[1]}][1]"),
    )


SMALL = st.sampled_from(("1", "2", "3", "8", "n", "k", "i", "in.c", "in.h", "0", "0.5"))
NUMBERS = st.recursive(SMALL, numbers, max_leaves=4)
KERNELS = st.sampled_from(("1x1", "3x3", "5", "1x7", "k"))
FLOW = st.one_of(
    st.tuples(KERNELS, NUMBERS).map(lambda t: f"conv({t[0]}, {t[1]})"),
    st.tuples(KERNELS, SMALL, SMALL).map(lambda t: f"conv({t[0]}, 8*{t[1]}, 1, {t[2]}, act=none)"),
    st.tuples(KERNELS, SMALL).map(lambda t: f"dwconv({t[0]}, {t[1]})"),
    st.tuples(KERNELS, SMALL).map(lambda t: f"conv({t[0]}, 4, {t[1]}, pad=none)"),
    NUMBERS.map(lambda n: f"b({n})"),
    st.sampled_from(("bn", "avgpool", "act(relu)", "maxpool(2x2, 2)", "b", "fc(10)", "up", "shuffle(2)", "flatten")),
)


def flows(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Tensor expressions that are mostly right."""
    two = st.tuples(inner, inner)
    return st.one_of(
        two.map(" -> ".join),
        inner.map(lambda x: f"in -> {x}"),
        st.tuples(NUMBERS, inner).map(lambda t: f"{t[0]} * ({t[1]})"),
        st.tuples(NUMBERS, inner).map(lambda t: f"{t[0]} * ({t[1]}) sharing weights"),
        st.tuples(inner, NUMBERS, inner).map(lambda t: f"({t[0]} if {t[1]} > 2 else {t[2]})"),
        st.tuples(inner, NUMBERS).map(lambda t: f"({t[0]} if {t[1]} == in.c)"),
        st.tuples(st.sampled_from(("add", "concat", "mul", "pad_add")), two).map(
            lambda t: f"{t[0]}({t[1][0]}, {t[1][1]})"
        ),
        st.tuples(st.sampled_from(("add", "concat", "mul", "pad_add")), inner).map(lambda t: f"{t[0]}(in, {t[1]})"),
        st.tuples(two, NUMBERS).map(lambda t: f"({t[0][0]}, {t[0][1]}) -> cell({t[1]})"),
        st.tuples(two, inner).map(lambda t: f"({t[0][0]}, {t[0][1]}) -> each ({t[1]}) -> concat"),
        st.tuples(NUMBERS, inner).map(lambda t: f"split(in, {t[0]}) -> each ({t[1]}) sharing weights -> concat"),
    )


FLOWS = st.recursive(FLOW, flows, max_leaves=6)
EXPRESSIONS = NONSENSE | FLOWS | NUMBERS
SOUP = st.lists(st.sampled_from((*TOKENS, "a", "b", "f", "(", ")", "conv(3x3, 8)", " ")), max_size=25).map("".join)

SPEC = """
network: net
parameters:
  n: 3
  w: {{default: fast, choices: [fast, slow]}}
let:
  k: {let}
  f(x, y=2): {function}
blocks:
  b(c=8, s=1): {block}
  cell(h, g; c=8):
    x: {step}
    out: add(h, g, x)
input: 16 x 16 x 4
where:
  c: {rule}
layers: |
  operator | c | n | s
  conv 3x3 | 8 | - | 2
  b        | {cell} | {copies} | 1
  conv 1x1 | 16 | 1 | -
"""
STEPS = """
network: net
parameters:
  n: 2
blocks:
  b(c=8): conv(1x1, c)
  cell(h, g; c=8): add(h, g) -> conv(1x1, c)
let:
  k: 3
  f(x): x + 1
input: 16 x 16 x 4
layers:
  a: conv(1x1, 8)
  one: {one}
  two: {two}
  out: a -> avgpool
output: two, one, out
"""


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("\n", " ").replace("\t", " ") + "'"


def cell(text: str) -> str:
    return text.replace("|", " ").replace("\n", " ").replace("#", " ")


@examples(250)
@given(st.tuples(*[FLOWS | FLOWS | FLOWS | EXPRESSIONS] * 2))
@example(("in -> 3000 * cell", "2 * b(i)"))
def test_expressions_as_steps(texts: tuple[str, str]) -> None:
    attempt(STEPS.format(one=quoted(texts[0]), two=quoted(texts[1])))


@examples(250)
@given(st.data())
def test_expressions_everywhere(data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(("let", "function", "block", "step", "rule", "cell", "copies")))
    right = FLOWS if place in ("block", "step") else NUMBERS
    text = data.draw(right | right | EXPRESSIONS | SOUP)
    parts = {"let": "3", "function": "x*y", "block": "conv(3x3, c, s)", "step": "h -> bn", "rule": "c"}
    parts = {key: quoted(value) for key, value in parts.items()} | {"cell": "8", "copies": "2"}
    parts[place] = cell(text) if place in ("cell", "copies") else quoted(text)
    attempt(SPEC.format(**parts))


@examples(400)
@given(SOUP | EXPRESSIONS | st.text(max_size=60))
def test_parsing(value: str) -> None:
    """Any text parses or is refused, at a place inside of it."""
    for parse in (parse_step, parse_range, parse_head, parse_key):
        place = problem_of(parse, Text(value, Source("net.yaml", value), 1, 1))
        if place is not None:
            assert place.line == 1 or "\n" in value
            assert 1 <= place.column <= len(value) + 1


def problem_of(parse: Callable[[Text], object], text: Text) -> Place | None:
    try:
        parse(text)
    except SpecError as e:
        return e.place
    return None


# -- YAML

SCALARS = st.one_of(
    SOUP,
    EXPRESSIONS,
    st.sampled_from(("", "net", "32 x 32 x 3", "conv(3x3, 8)", "a, b", "1..4", "3", "x.variants", "common", "se")),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=10),
)
KEYS = st.one_of(
    st.sampled_from((*SECTIONS, "default", "range", "choices", "doc", "table", "conv")),
    st.sampled_from(("a", "b(c)", "f(x)", "a, b", "cell(h; c)", "res", "alpha", "in", "common")),
    SOUP,
)


def nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4))


VALUES = st.recursive(SCALARS, nested, max_leaves=12)


def flow(value: object) -> str:
    """``value`` as YAML in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return '"' + "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in str(value)) + '"'


@examples(150)
@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_sections_of_any_content(root: dict[str, object]) -> None:
    network = {"network": "net", "input": "8 x 8 x 3", "layers": {"a": "conv(3x3, 8)"}}
    attempt("".join(f"{flow(k)}: {flow(v)}\n" for k, v in (network | root).items()))


@examples(150)
@given(st.lists(st.sampled_from((*TOKENS, "a", "network: net", "\n", "\n", "    ")), max_size=40).map("".join))
def test_yaml_soup(text: str) -> None:
    attempt(text)


@examples(60)
@given(st.binary(max_size=200))
def test_bytes(data: bytes) -> None:
    attempt(data)
    attempt(b"network: net\ninput: 8 x 8 x 3\nlayers: |\n  operator | c\n  conv 3x3 | " + data)
