"""docs/spec-language.md: every example is run, and everything that the language has stands in the page.

A fenced block ``yaml`` is announced by a comment on the line above: ``spec`` (a whole file), ``fragment: sections``
(some sections), ``fragment: layers`` (steps only) or ``convention``. The fenced block ``text`` below it holds its
results, one in a line. A fenced block without such a place fails.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

import costcalc.arithmetic
import costcalc.compile
import costcalc.language
from costcalc.arithmetic import LIMIT, symbols
from costcalc.compile.scope import WORDS
from costcalc.conventions import KEYS, PRINTED, read_convention
from costcalc.errors import CostcalcError, SpecError
from costcalc.evaluate.arguments import REQUIRED
from costcalc.evaluate.built_in import BUILT_IN
from costcalc.language.functions import FUNCTIONS
from costcalc.language.heads import parse_head, parse_key
from costcalc.language.parse import parse_step
from costcalc.language.sections import PARAMETER_KEYS, SECTIONS
from costcalc.language.source import Source, Text, read_source
from costcalc.language.tokens import MAX_CHARACTERS, RESERVED
from costcalc.language.values import show_shape
from costcalc.network import Network, network_from
from costcalc.ops import ACTIVATIONS, Activation, Attention, LocalResponseNorm, Op, Recurrent
from costcalc.ops.window import same_padding, window_size

from ..ops.cases import CASES
from ..ops.cases import IDS as CASE_IDS

PAGE = Path(__file__).parents[2] / "docs" / "spec-language.md"
TEXT = PAGE.read_text(encoding="utf-8")
NAME = "example.yaml"


# ---- the page's examples ---------------------------------------------------------------------------------------------


@dataclass
class Example:
    """A fenced block: what it is, where, and the results that the page states."""

    line: int
    kind: str
    text: str
    results: list[str] = field(default_factory=list)


def fences(page: str) -> Iterator[tuple[int, str, str, str]]:
    """Line, info string, the comment on the line above, and text of every fenced block."""
    lines = page.split("\n")
    at = 0
    while at < len(lines):
        if lines[at].startswith("```"):
            end = next(k for k in range(at + 1, len(lines)) if lines[k].startswith("```"))
            above = re.fullmatch(r"<!-- (.*?) -->", lines[at - 1])
            yield at + 1, lines[at][3:].strip(), above[1] if above else "", "\n".join(lines[at + 1 : end]) + "\n"
            at = end
        at += 1


def read_examples(page: str) -> list[Example]:
    found: list[Example] = []
    previous_end = -1
    for line, info, comment, text in fences(page):
        if info == "yaml" and comment in ("spec", "convention", "fragment: sections", "fragment: layers"):
            found.append(Example(line, comment, text))
        elif info == "text" and comment == "grammar":
            found.append(Example(line, "grammar", text))
        elif info == "text" and line == previous_end + 1:
            found[-1].results = text.splitlines()
        else:
            raise AssertionError(f"line {line}: a fenced block that is neither an example nor results of one")
        previous_end = line + text.count("\n") + 1 if found[-1].kind != "grammar" and info == "yaml" else -1
    return found


EXAMPLES = read_examples(TEXT)
RUN = [e for e in EXAMPLES if e.kind not in ("grammar", "convention")]


def whole(example: Example) -> str:
    """The example as a whole spec."""
    if example.kind == "spec":
        return example.text
    body = example.text
    if example.kind == "fragment: layers":
        body = "layers:\n" + "".join(f"  {line}\n" for line in body.splitlines())
    given = "" if re.search(r"^input:", body, re.MULTILINE) else "input: 16 x 16 x 8\n"
    return f"network: example\n{given}{body}"


def load(example: Example, folder: Path) -> Network:
    """The example as a reader has it: saved alone, in a folder of its own."""
    (folder / NAME).write_text(whole(example), encoding="utf-8")
    return network_from(read_source(str(folder / NAME), NAME))


POINT = re.compile(r"(?P<point>[A-Za-z_]\w*=.*?): (?P<rest>(?:params|error|layers|outputs).*)")
COSTS = re.compile(
    r"params (?P<params>.+?)(?:, mult-adds (?P<mult_adds>.+?))?(?:, counted (?P<counted>.+?))?"
    r"(?:, assuming (?P<if>.+))?"
)


def value_of(name: str, text: str) -> Any:
    if text in ("symbol", "integer"):
        return sympy.Symbol(name, positive=True, integer=True if text == "integer" else None)
    if text in ("yes", "no"):
        return text == "yes"
    if text.startswith("["):
        return np.array(ast.literal_eval(text))
    if re.fullmatch(r"\d+/\d+", text):
        return Fraction(text)
    return ast.literal_eval(text) if text[0].isdigit() else text


def point_of(text: str) -> dict[str, Any]:
    pairs = re.split(r", (?=\w+=)", text)
    return {name: value_of(name, value) for name, _, value in (p.partition("=") for p in pairs)}


def expected(text: str, given: dict[str, Any]) -> Any:
    if re.fullmatch(r"\d{1,3}(,\d{3})*", text):
        return int(text.replace(",", ""))
    assert not re.fullmatch(r"\d+", text), f"{text}: thousands are separated"
    if text.startswith("["):
        return [None if t.strip() == "--" else int(t) for t in text[1:-1].split(",")]
    names = {str(v): v for v in given.values() if isinstance(v, sympy.Symbol)}
    names |= {n: getattr(symbols, n) for n in ("Ceil", "Floor", "Round", "MakeDivisible")}
    return sympy.sympify(text, locals=names | {"Max": sympy.Max, "Min": sympy.Min})


def agree(stated: Any, computed: Any) -> bool:
    if isinstance(stated, list):
        return list(np.ma.asarray(computed).tolist()) == stated
    if isinstance(stated, int):
        return isinstance(computed, int) and computed == stated
    return bool(sympy.expand(stated - computed) == 0)


def conditions(text: str | None, given: dict[str, Any]) -> set[str]:
    if not text:
        return set()
    names = {str(v): v for v in given.values() if isinstance(v, sympy.Symbol)}
    found = set()
    for part in text.split(" and "):
        left, op, right = re.split(r"\s*(>=|!=)\s*", part)
        relation = sympy.Ge if op == ">=" else sympy.Ne
        found.add(canonical(relation(*(sympy.sympify(s, locals=names) for s in (left, right)), evaluate=False)))
    return found


def canonical(relation: Any) -> str:
    """``n >= 2`` and ``2 <= n`` alike."""
    difference = sympy.expand(relation.gts - relation.lts if hasattr(relation, "gts") else relation.lhs - relation.rhs)
    if isinstance(relation, sympy.Ne):
        return f"{max(difference, -difference, key=str)} != 0"
    return f"{difference} >= 0"


def messages(e: CostcalcError) -> list[str]:
    """The lines that a user sees; in the page a fragment's are given without their place."""
    return [str(p) for p in e.problems] if isinstance(e, SpecError) else [str(e)]


def without_place(message: str) -> str:
    return re.sub(rf"^{NAME}:\d+:\d+: ", "", message)


def check(example: Example, net: Network, line: str, convention: Any = None) -> None:
    m = POINT.fullmatch(line)
    given = point_of(m["point"]) if m else {}
    rest = m["rest"] if m else line
    variant = given.pop("variant", None)
    if variant:
        net = Network(net.program, variant)
    cost = net.cost(**given, **({"convention": convention} if convention else {}))
    if rest.startswith("layers"):
        below, _, names = rest.removeprefix("layers").partition(": ")
        below = below.removeprefix(" in ")
        assert [
            n for n in (layer.name for layer in cost.layers) if f"{n}.".startswith(f"{below}." if below else "")
        ] == names.split()
        return
    if rest.startswith("outputs: "):
        shown = [f"{n} {show_shape(*t.size, c=t.c)}" for n, t in cost.graph.outputs.items()]
        assert ", ".join(shown) == rest[9:]
        return
    stated = COSTS.fullmatch(rest)
    assert stated, f"no result: {rest}"
    for key in ("params", "mult_adds", "counted"):
        if stated[key]:
            text = stated[key].removesuffix(f" {cost.unit}") if key == "counted" else stated[key]
            computed = getattr(cost, key)
            assert agree(expected(text, given), computed), f"{key}: the page has {text}, it is {computed}"
    assert conditions(stated["if"], given) == {canonical(a.condition) for a in cost.assumptions}


@pytest.mark.parametrize("example", RUN, ids=lambda e: f"line{e.line}")
def test_example(example: Example, tmp_path: Path) -> None:
    """Each stated result is the computed one, each stated error the reported one."""
    assert example.results, "an example without results"
    if example.results[0].startswith("error: "):
        with pytest.raises(CostcalcError) as caught:
            load(example, tmp_path).cost()
        told = messages(caught.value)
        if example.kind != "spec":
            told = [without_place(t) for t in told]
        assert [f"error: {t}" for t in told] == example.results
        return
    net = load(example, tmp_path)
    for line in example.results:
        m = POINT.fullmatch(line)
        if m and m["rest"].startswith("error: "):
            with pytest.raises(CostcalcError) as caught:
                net.cost(**point_of(m["point"]))
            assert [f"error: {without_place(t)}" for t in messages(caught.value)] == [m["rest"]]
        else:
            check(example, net, line)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.kind == "convention"], ids=lambda e: f"line{e.line}")
def test_convention(example: Example, tmp_path: Path) -> None:
    """A convention's results are those of the page's MobileNetV2 under it."""
    assert example.results
    (spec,) = (e for e in RUN if "network: mobilenet_v2\n" in e.text)
    convention = read_convention(Source("convention.yaml", example.text))
    for line in example.results:
        check(example, load(spec, tmp_path), line, convention)


@pytest.mark.parametrize(
    ("page", "line"),
    [("```yaml\na: 1\n```", 1), ("<!-- spec -->\n```yaml\na: 1\n```\n\n```text\nparams 1\n```", 6), ("```\nx\n```", 1)],
    ids=["unmarked", "text elsewhere", "no language"],
)
def test_a_fenced_block_out_of_place_is_noticed(page: str, line: int) -> None:
    with pytest.raises(AssertionError, match=f"line {line}: a fenced block"):
        read_examples(page)


def test_the_examples_fail_where_a_number_is_wrong(tmp_path: Path) -> None:
    net = load(RUN[0], tmp_path)
    with pytest.raises(AssertionError, match="params: the page has 3,504,873"):
        check(RUN[0], net, "params 3,504,873")
    with pytest.raises(AssertionError):
        check(RUN[0], net, "params 3,504,872, mult-adds 300,774,272, assuming alpha >= 1")


# ---- expressions -----------------------------------------------------------------------------------------------------


def value_rows() -> list[tuple[str, str]]:
    """The pairs of the table of expressions and values."""
    table = TEXT.split("| expression | value |", 1)[1].split("\n\n", 1)[0]
    pairs = []
    for row in table.splitlines()[2:]:
        left, right = (re.findall(r"`([^`]*)`", cell) for cell in row.strip("|").split(" | "))
        assert len(left) == len(right), row
        pairs += zip(left, right, strict=True)
    return pairs


@pytest.mark.parametrize(("expression", "value"), value_rows())
def test_value(expression: str, value: str) -> None:
    def gives(layers: str) -> int:
        net = network_from(Source(NAME, f"network: x\ninput: 1 x 1 x 1\nlayers:\n{layers}"))
        return int(net.cost().params)

    if value == "error":
        with pytest.raises(SpecError):
            gives(f"  v: '({expression}) == 0'\n  out: fc(1 if v else 2)\n")
        return
    chosen = "fc(1, bias=no) if v else fc(2, bias=no)"
    assert gives(f"  v: '({expression}) == ({value})'\n  out: {chosen}\n") == 1
    assert gives(f"  v: '({expression}) != ({value})'\n  out: {chosen}\n") == 2


class Grammar:
    """The page's grammar, to make random texts from. Names in it are rules; quoted texts stand for themselves."""

    def __init__(self, text: str) -> None:
        self.rules: dict[str, list[Any]] = {}
        self.random = random.Random(20240229)
        for line in text.splitlines():
            name, _, body = line.split("#")[0].partition("=")
            self.tokens = re.findall(r'"[^"]*"|\w+|[\[\]{}()|]', body)
            self.rules[name.strip()] = self._choice()
            assert not self.tokens, line

    def _choice(self) -> list[Any]:
        options = [self._sequence()]
        while self.tokens and self.tokens[0] == "|":
            self.tokens.pop(0)
            options.append(self._sequence())
        return options

    def _sequence(self) -> list[Any]:
        items: list[Any] = []
        while self.tokens and self.tokens[0] not in ("|", "]", "}", ")"):
            t = self.tokens.pop(0)
            if t in ("[", "{", "("):
                items.append((t, self._choice()))
                self.tokens.pop(0)
            else:
                items.append(t)
        return items

    def make(self, rule: str, depth: int = 0) -> list[str]:
        """Tokens of a random text of ``rule``."""
        if rule == "number":
            return [self.random.choice(["0", "7", "12", "0.25", "1e3", "2.5e-3"])]
        if rule == "size":
            return [self.random.choice(["3x3", "1x7"])]
        if rule == "name":
            return [self.random.choice(["a", "conv", "D_K", "α", "net2", "_"])]
        return self._of(self.rules[rule], depth + 1)

    def _of(self, options: list[Any], depth: int) -> list[str]:
        short = options[:4] if depth > 30 else options  # of an atom: those that hold nothing
        made: list[str] = []
        for item in self.random.choice(short):
            if isinstance(item, tuple):
                times = {"(": [1], "[": [0, 0, 0, 0, 1], "{": [0] * 12 + [1, 2]}[item[0]]
                for _ in range(self.random.choice(times) if depth < 30 or item[0] == "(" else 0):
                    made += self._of(item[1], depth)
            elif item.startswith('"'):
                made.append(item[1:-1])
            else:
                made += self.make(item, depth)
        return made


GRAMMAR = Grammar(next(e.text for e in EXAMPLES if e.kind == "grammar"))


@pytest.mark.parametrize(("rule", "parse"), [("step", parse_step), ("key", parse_key), ("head", parse_head)])
def test_what_the_grammar_makes_is_read(rule: str, parse: Any) -> None:
    """Random texts of the page's grammar parse. (Names that a head gives twice are another matter.)"""
    texts = [" ".join(GRAMMAR.make(rule)) for _ in range(600)]
    texts = [text for text in texts if len(text) <= MAX_CHARACTERS]
    assert len(texts) > 300
    refused = {}
    for text in texts:
        try:
            parse(Text(text, Source(NAME, text), 1, 1))
        except SpecError as e:
            refused[text] = e.message
    assert {m for m in refused.values() if "is named twice" not in m and "nested more than" not in m} == set(), refused


# ---- everything is in the page ---------------------------------------------------------------------------------------


def tables(header: str) -> list[list[str]]:
    """The rows of every table of the page whose header begins so."""
    found = []
    for part in TEXT.split(f"\n| {header} |")[1:]:
        lines = part.split("\n\n", 1)[0].splitlines()[2:]
        found += [[c.strip() for c in re.split(r"(?<!\\)\|", line.strip())[1:-1]] for line in lines]
    assert found, header
    return found


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]*)`", cell)


def test_sections() -> None:
    documented = [name for row in tables("section") for name in code(row[0])]
    assert sorted(documented) == sorted(SECTIONS)


def signature(params: dict[str, Any]) -> str:
    """``k, c, s=1, [bias]``."""
    words = {True: "yes", False: "no"}
    shown = []
    for name, default in params.items():
        if default is REQUIRED:
            shown.append(name)
        elif default is None:
            shown.append(f"[{name}]")
        else:
            shown.append(f"{name}={words[default] if isinstance(default, bool) else default}")
    return ", ".join(shown)


def test_built_in_layers() -> None:
    documented = {name: (code(row[1]) or [""])[0] for row in tables("layer") for name in code(row[0])}
    assert documented == {name: signature(d.defaults) for name, d in BUILT_IN.items()}


def words_of(*patterns: str) -> set[str]:
    """What stands in code quotes in the paragraphs and list items that contain a pattern."""
    paragraphs = re.split(r"\n\n|\n(?=\* |\| )", TEXT)
    return {w for p in paragraphs if any(x in p for x in patterns) for w in code(p.replace("\n", " "))}


def test_words() -> None:
    assert set(ACTIVATIONS) <= words_of("* `act` is ")
    rest = {w for w in WORDS if w not in ACTIVATIONS or w == "softmax"}
    assert rest | {"yes", "no", "✓"} == words_of("**A bare name**") - {"(", "fc: fc(classes)"}


def test_reserved_words() -> None:
    assert words_of("**Reserved words**") == RESERVED


def test_functions() -> None:
    documented = {c.partition("(")[0] for row in tables("function") for c in code(row[0])}
    assert documented == set(FUNCTIONS)


def test_keys_of_parameters_and_conventions() -> None:
    documented = [name for row in tables("key") for name in code(row[0])]
    assert sorted(documented) == sorted(KEYS)
    assert set(PRINTED) <= {c for row in tables("key") for c in code(row[1])}
    parameters = "\n".join(e.text for e in RUN)
    for key in PARAMETER_KEYS:
        assert f"{key}:" in parameters or f"`{key}`" in TEXT


def bounds() -> dict[str, int]:
    """Every bound of the packages that read and build specs."""
    found = {"LIMIT": LIMIT}
    for package in (costcalc.language, costcalc.compile, costcalc.arithmetic):
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            names = vars(importlib.import_module(info.name))
            found |= {f"{info.name}.{n}": v for n, v in names.items() if n.startswith("MAX_") and isinstance(v, int)}
    return found


@pytest.mark.parametrize(("name", "number"), bounds().items())
def test_bounds(name: str, number: int) -> None:
    section = TEXT.split("## Errors and bounds", 1)[1].split("\n## ", 1)[0]
    shown = {2**20: "1 MiB", 2**53: "2⁵³"}.get(number, f"{number:,}")
    assert re.search(rf"(?<![\d,]){shown}(?!,?\d)", section), f"{name}, {shown}"


def test_the_message_of_an_assertion_is_as_the_page_has_it() -> None:
    table = "operator | c | s | output\n  conv 3x3 | 8 | 2 | -\n  conv 3x3 | 8 | 2 | 7²"
    net = network_from(Source(NAME, f"network: x\ninput: 32 x 32 x 3\nlayers: |\n  {table}\n"))
    with pytest.raises(SpecError) as caught:
        net.cost()
    assert without_place(str(caught.value)) in TEXT.replace("\n", " ")


# ---- primitives and their parts --------------------------------------------------------------------------------------

SAMPLES = [
    (*case.at({name: k % 4 + 2 for k, name in enumerate(case.numbers)}), name)
    for case, name in zip(CASES, CASE_IDS, strict=True)
    if name not in ("Activation prelu", "Activation softmax")
]
"""Every op of its tests, with its inputs; the language makes ops of their own of these two activations."""


def parts_in(cell: str, numbers: dict[str, int]) -> dict[str, int]:
    """The parts of a cell with their formulas' values."""
    found = {}
    for part, formula in re.findall(r"`(\w+)` ([\w·/()+-]+)", cell):
        found[part] = eval(formula.replace("·", "*").replace("/", "//"), {}, numbers)
    premises = [c for condition in re.findall(r"((?:`\w+`(?:, )?)+):", cell) for c in code(condition)]
    assert len(found) == len(code(cell)) - len(premises), cell
    return found


def letters(op: Op) -> dict[str, int]:
    """What the page's letters are that only some kinds have."""
    if isinstance(op, Attention):
        sizes = {"L": op.queries, "K": op.keys, "C": op.channels, "V": op.values}
        return {**sizes, "A": op.heads, "b": op.bias, "T": int(op.talking)}
    if isinstance(op, Recurrent):
        gates = {"lstm": 4, "gru": 3}[op.cell]
        return {"G": gates, "q": op.channels, "R": op.directions, "B": op.layers}
    return {"P": getattr(op, "positions", 1), "a": getattr(op, "size", 1)}


@pytest.mark.parametrize(("op", "inputs"), [s[:2] for s in SAMPLES], ids=[s[2] for s in SAMPLES])
def test_cost_parts(op: Op, inputs: tuple[tuple[int, ...], ...]) -> None:
    """The page's formulas give what the op says, and it has a formula for every part."""
    rows = {kind: row for row in tables("kind") for kind in code(row[0])}
    plain = isinstance(op, Activation) and op.kind != "prelu"
    _, weights, work = rows["relu" if plain else op.kind]
    output = op.out_shapes(inputs)[0]
    c, *heights, w = (inputs or (output,))[0]
    n, *out_heights, out_w = output
    h, out_h = prod(heights), prod(out_heights)  # the rows of all frames
    kh, kw = getattr(op, "kernel_size", (1, 1))
    numbers = {"M": c, "h": h, "w": w, "N": n, "H": out_h, "W": out_w, "E": n * out_h * out_w, "kh": kh, "kw": kw}
    numbers |= {"g": getattr(op, "groups", 1), "m": len(inputs), "n": (inputs or (output,))[-1][0]}
    if isinstance(op, LocalResponseNorm):
        numbers["n"] = op.size
    numbers |= letters(op)
    if plain:
        assert weights == ""
        assert "same name: E" in work
        assert (op.weights(), op.work(inputs, output)) == ({}, {op.kind: numbers["E"]})
        return
    for cell, names, told in ((weights, op.weight_names, op.weights()), (work, op.work_names, op.work(inputs, output))):
        stated = parts_in(cell, numbers)
        assert {*stated} == {*names}
        assert {part: stated[part] for part in told} == told


def test_every_kind_has_a_row() -> None:
    documented = {kind for row in tables("kind") for kind in code(row[0])}
    kinds = {op.kind for op, _, _ in SAMPLES}
    assert documented - {"relu", "prelu"} == kinds - set(ACTIVATIONS)
    parts = {p for op, _, _ in SAMPLES for p in (*op.weight_names, *op.work_names)} - set(ACTIVATIONS)
    assert parts <= {c for row in tables("kind") for cell in row[1:] for c in code(cell)}


@pytest.mark.parametrize("n", [1, 2, 5, 6, 16, 17])
@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("s", [1, 2, 3])
def test_same(n: int, k: int, s: int) -> None:
    """The page's formulas of 'same': positions, pixels in all, the odd one after."""
    total = max((-(-n // s) - 1) * s + 1 * (k - 1) + 1 - n, 0)
    assert window_size(n, k, s, "same") == -(-n // s)
    assert same_padding(n, k, s) == (total // 2, total - total // 2)
