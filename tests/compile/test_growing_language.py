"""The language grows without breaking files: blocks hide later layers, later words hold only where they are taken."""

from __future__ import annotations

from typing import Any

import pytest

from costcalc import SpecError
from costcalc.compile import compile_spec
from costcalc.evaluate.arguments import LayerDef, word
from costcalc.evaluate.built_in import BUILT_IN
from costcalc.evaluate.convolutions import conv
from costcalc.language.source import Source
from costcalc.network import SpecLoader

from ..evaluate.evaluating import network, three_ways

HEAD = "input: 8 x 8 x 4\nlayers:\n"


def _taller(run: Any, path: Any, x: Any, over: Any) -> Any:
    """Twice the channels over height, thrice over width."""
    x = run.one(x)
    factor = {"height": 2, "width": 3}[word(over, "over", ("height", "width"))]
    return conv(run, path, x, 1, factor * x.c, 1, 1, "none", "none", "same", None, 1, False)


@pytest.fixture
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer of the second version, and its words."""
    words = {"over": ("height", "width")}
    monkeypatch.setitem(BUILT_IN, "taller", LayerDef("taller", _taller, since=2, words=words, over="height"))


def channels(text: str) -> int:
    return int(network(text).graph().outputs["out"].c)


BLOCK = "blocks: {taller(n): 'conv(1x1, n)'}\n"


@pytest.mark.usefixtures("_later")
def test_a_block_hides_a_layer_that_came_later_and_has_a_warning() -> None:
    assert channels(HEAD + "  a: taller\n") == 8
    assert channels(BLOCK + HEAD + "  a: taller(5)\n") == 5
    program = compile_spec(Source("net.yaml", "network: n\n" + BLOCK + HEAD + "  a: taller(5)\n"), SpecLoader())
    assert [str(w) for w in program.file.warnings] == [
        "net.yaml:2:10: the block 'taller' hides the built-in layer of that name"
    ]


def test_a_block_hides_no_layer_of_the_first_version() -> None:
    with pytest.raises(SpecError, match="'flatten' is a built-in layer; a block needs another name"):
        network("blocks: {flatten: 'conv(1x1, 2)'}\n" + HEAD + "  a: flatten\n")


@pytest.mark.usefixtures("_later")
@pytest.mark.parametrize("over", ["width", "(width)", "width if 2 > 1 else height"])
def test_a_later_word_holds_where_an_argument_takes_it(over: str) -> None:
    assert channels(HEAD + f"  a: taller({over})\n") == 12
    assert channels(HEAD + f"  a: taller(over={over})\n") == 12
    assert channels("defaults: {taller: over=width}\n" + HEAD + "  a: taller\n") == 12
    table = "input: 8 x 8 x 4\nlayers: |\n  operator | over\n  taller | width\n"
    assert channels(table) == 12


@pytest.mark.usefixtures("_later")
@pytest.mark.parametrize(
    "step", ["a: conv(1x1, width)", "a: 3 * width", "a: conv(1x1, 2, act=width)", "a: add(in, width)"]
)
def test_a_later_word_is_none_elsewhere(step: str) -> None:
    with pytest.raises(SpecError, match="nothing is called 'width' here"):
        network(HEAD + f"  {step}\n  b: conv(1x1, 2)\n").graph()


@pytest.mark.usefixtures("_later")
def test_a_files_own_name_comes_before_a_word() -> None:
    assert channels("parameters: {width: {default: 1, range: 1..9}}\n" + HEAD + "  a: conv(1x1, 5 * width)\n") == 5


# -- the current tensor

SHAPES = [{"res": r, "c": c} for r in (4, 7) for c in (2, 3, 8)]
SPACES = """
parameters: {c: 4, res: 8}
input: res x res x c
layers:
"""
AS_LONG = [
    ("a: dwconv(3x3) -> mul(it, it -> avgpool -> conv(1x1, it.c))",
     "x: dwconv(3x3)\n  a: mul(x, x -> avgpool -> conv(1x1, x.c))"),
    ("a: dwconv(3x3)\n  b: add(it, it)", "a: dwconv(3x3)\n  b: add(a, a)"),
    ("a: 3 * add(it, it -> dwconv(3x3))",
     "a: add(in, in -> dwconv(3x3))\n  b: add(a, a -> dwconv(3x3))\n  d: add(b, b -> dwconv(3x3))"),
    ("a: (in, in -> maxpool(2)) -> each add(it, it -> dwconv(3x3)) -> each conv(1x1, it.c + i)\n  b: a[2]",
     "p: in -> maxpool(2)\n  q: add(in, in -> dwconv(3x3))\n  r: add(p, p -> dwconv(3x3))\n"
     "  s: q -> conv(1x1, q.c + 1)\n  b: r -> conv(1x1, r.c + 2)"),
    ("a: in -> conv(1x1, 2*it.c) -> conv(1x1, 2*it.c)", "a: in -> conv(1x1, 2*c) -> conv(1x1, 4*c)"),
    ("a: conv(1x1, 6) -> (it -> dwconv(3x3) if it.c > 5)", "a: conv(1x1, 6) -> dwconv(3x3)"),
    ("a: conv(1x1, 6) -> add(it, it -> dwconv(3x3) -> add(it, it))",
     "x: conv(1x1, 6)\n  y: x -> dwconv(3x3)\n  z: add(y, y)\n  a: add(x, z)"),
]  # fmt: skip


@pytest.mark.parametrize(("short", "long"), AS_LONG, ids=[short for short, _ in AS_LONG])
def test_it_is_the_tensor_that_a_call_stands_on(short: str, long: str) -> None:
    unused = "output: b, s\n" if "  s:" in long else ""
    longer = SPACES.replace("layers", f"{unused}layers") + f"  {long}\n"
    if unused:
        short, unused = short.replace("b: a[2]", "b, s: (a[2], a[1])"), unused
    shorter = SPACES.replace("layers", f"{unused}layers") + f"  {short}\n"
    for point in SHAPES:
        costs = [network(text).cost(point) for text in (shorter, longer)]
        assert costs[0].params == costs[1].params > 0
        assert costs[0].mult_adds == costs[1].mult_adds > 0
    assert None not in three_ways(shorter, SHAPES, symbols=False)


def test_a_files_own_it_is_what_it_says() -> None:
    assert channels("parameters: {it: 3}\n" + HEAD + "  a: conv(1x1, it)\n") == 3
    assert channels(HEAD + "  it: conv(1x1, 5)\n  a: it -> conv(1x1, it.c)\n") == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("let: {n: it.c}\n" + HEAD + "  a: conv(1x1, n)\n", "nothing is called 'it' here"),
        ("input: it x 8 x 4\nlayers:\n  a: conv(1x1, 2)\n", "nothing is called 'it' here"),
        ("input: 8 x 8 x 4\nlayers: |\n  operator | c\n  conv 1x1 | it.c\n", "nothing is called 'it' here"),
        ("blocks:\n  f(x, y;): conv(1x1, it.c)\n" + HEAD + "  a: (in, in) -> f\n", "so 'it' is none"),
    ],
)
def test_where_no_tensor_is_current_there_is_no_it(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        network(text).graph()
