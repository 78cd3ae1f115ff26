"""Random expressions over ints, evaluated here by other means: exact fractions, precedence by a table."""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costcalc.compile import compile_spec
from costcalc.errors import SpecError
from costcalc.evaluate.frame import Frame
from costcalc.evaluate.run import Run
from costcalc.language.text import Source
from costcalc.network import SpecLoader

FUZZ = int(os.environ.get("COSTCALC_FUZZ", "0"))
LIMIT = 2**53
LETS = {"zero": 0, "three": 3, "neg": -7, "half": Fraction(1, 2), "big": 2**40}

Value = int | Fraction
Tree = tuple[Any, ...]
"""(kind, parts …); conditions are trees too."""


class TooLarge(Exception):
    """A number from 2**53 on."""


# -- an evaluator of its own


def floor(x: Value) -> int:
    return math.floor(x)


BINARY: dict[str, tuple[int, Callable[[Any, Any], Any]]] = {
    "+": (5, lambda a, b: a + b),
    "-": (5, lambda a, b: a - b),
    "*": (6, lambda a, b: a * b),
    "/": (6, lambda a, b: Fraction(a) / Fraction(b)),
    "//": (6, lambda a, b: floor(Fraction(a) / Fraction(b))),
    "%": (6, lambda a, b: a - b * floor(Fraction(a) / Fraction(b))),
    "==": (4, lambda a, b: a == b),
    "!=": (4, lambda a, b: a != b),
    "<": (4, lambda a, b: a < b),
    "<=": (4, lambda a, b: a <= b),
    ">": (4, lambda a, b: a > b),
    ">=": (4, lambda a, b: a >= b),
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": lambda *xs: min(xs),
    "max": lambda *xs: max(xs),
    "floor": floor,
    "ceil": math.ceil,
    "round": lambda x: round(Fraction(x)),
    "twice": lambda x: x + x,
    "less": lambda x, y=3: x - y,
}


def evaluate(tree: Tree) -> Any:
    kind, *parts = tree
    if kind == "number":
        return parts[0]
    if kind == "name":
        return LETS[parts[0]]
    if kind == "neg":
        return -evaluate(parts[0])
    if kind == "not":
        return not evaluate(parts[0])
    if kind == "and":
        return bool(evaluate(parts[0])) and bool(evaluate(parts[1]))
    if kind == "or":
        return bool(evaluate(parts[0])) or bool(evaluate(parts[1]))
    if kind == "if":
        return evaluate(parts[0] if evaluate(parts[1]) else parts[2])
    if kind == "power":
        return checked(Fraction(evaluate(parts[0])) ** parts[1])
    if kind == "item":
        return [evaluate(x) for x in parts[1]][parts[0] - 1]
    if kind == "pick":
        return dict(zip(parts[1], map(evaluate, parts[2]), strict=True))[parts[0]]
    if kind == "call":
        return checked(FUNCTIONS[parts[0]](*map(evaluate, parts[1])))
    return checked(BINARY[kind][1](evaluate(parts[0]), evaluate(parts[1])))


def checked(x: Any) -> Any:
    if isinstance(x, bool):
        return x
    if abs(x) >= LIMIT or Fraction(x).denominator >= LIMIT:
        raise TooLarge
    return x


def subtrees(tree: Tree) -> list[Tree]:
    """``tree`` and all below it."""
    found = [tree]
    for part in found:
        for x in part[1:]:
            several = x if isinstance(x, list) or (isinstance(x, tuple) and isinstance(x[0], tuple)) else [x]
            found += [t for t in several if isinstance(t, tuple)]
    return found


def has_wrong_constant(tree: Tree) -> bool:
    """Whether a part without names can't be evaluated: told when the file is read, even if nothing ever reaches it."""
    for part in subtrees(tree):
        if any(t[0] == "name" for t in subtrees(part)):
            continue
        try:
            evaluate(part)
        except (ZeroDivisionError, TooLarge):
            return True
    return False


# -- and a printer with as few parentheses as the precedences allow


def text(tree: Tree, least: int = 0) -> str:
    """The expression, in parentheses if it binds less than ``least``."""
    shown, level = _text(tree)
    return shown if level >= least else f"({shown})"


def _text(tree: Tree) -> tuple[str, int]:
    kind, *parts = tree
    if kind in ("number", "name"):
        return str(parts[0]), 10
    if kind == "neg":
        return f"-{text(parts[0], 8)}", 7
    if kind == "not":
        return f"not {text(parts[0], 3)}", 3
    if kind == "and":
        return f"{text(parts[0], 2)} and {text(parts[1], 3)}", 2
    if kind == "or":
        return f"{text(parts[0], 1)} or {text(parts[1], 2)}", 1
    if kind == "if":
        return f"{text(parts[0], 1)} if {text(parts[1], 1)} else {text(parts[2])}", 0
    if kind == "power":
        return f"{text(parts[0], 9)}**{parts[1]}", 8
    if kind == "item":
        return f"[{', '.join(map(text, parts[1]))}][{parts[0]}]", 9
    if kind == "pick":
        keys = ", ".join(map(str, parts[1]))
        return f"pick({parts[0]}, [{keys}], [{', '.join(map(text, parts[2]))}])", 9
    if kind == "call":
        return f"{parts[0]}({', '.join(map(text, parts[1]))})", 9
    level = BINARY[kind][0]
    left = level if level > 4 else 5
    return f"{text(parts[0], left)} {kind} {text(parts[1], level + 1)}", level


# -- trees at random

NUMBERS = st.one_of(
    st.integers(0, 20).map(lambda n: ("number", n)),
    st.sampled_from(sorted(LETS)).map(lambda n: ("name", n)),
)


def conditions(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    compared = st.tuples(st.sampled_from(("==", "!=", "<", "<=", ">", ">=")), inner, inner)
    return st.recursive(
        compared | inner,
        lambda c: st.one_of(
            st.tuples(st.sampled_from(("and", "or")), c, c),
            c.map(lambda x: ("not", x)),
        ),
        max_leaves=3,
    )


def larger(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    few = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.tuples(st.sampled_from(("+", "-", "*", "/", "//", "%")), inner, inner),
        st.tuples(st.just("neg"), inner),
        st.tuples(st.just("power"), inner, st.integers(0, 4)),
        st.tuples(st.just("if"), inner, conditions(inner), inner),
        st.tuples(st.just("call"), st.sampled_from(("min", "max")), few),
        st.tuples(
            st.just("call"), st.sampled_from(("floor", "ceil", "round", "twice", "less")), inner.map(lambda x: [x])
        ),
        st.tuples(st.just("call"), st.just("less"), st.tuples(inner, inner)),
        few.flatmap(lambda xs: st.tuples(st.just("item"), st.integers(1, len(xs)), st.just(xs))),
        few.flatmap(
            lambda xs: st.tuples(
                st.just("pick"), st.integers(1, len(xs)), st.just(list(range(1, len(xs) + 1))), st.just(xs)
            )
        ),
    )


TREES = st.recursive(NUMBERS, larger, max_leaves=20)

SPEC = """
let:
  zero: 0
  three: 3
  neg: 0 - 7
  half: 1/2
  big: 2**40
  twice(x): x + x
  less(x, y=three): x - y
  result: {}
blocks:
  none_needed: in
"""


def by_costcalc(expression: str) -> Any:
    """The value of ``expression`` as a let of a library."""
    program = compile_spec(Source("net.yaml", SPEC.format(expression)), SpecLoader())
    program.require_sound()
    return Frame(Run(), program.point({}), [], None, None).let("result")


def quoted_text(expression: str) -> str:
    return f"'{expression}'"


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")
@settings(
    max_examples=FUZZ or 400,
    derandomize=not FUZZ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(TREES)
def test_values(tree: Tree) -> None:
    expression = text(tree)
    if len(expression) > 1900:
        return
    if has_wrong_constant(tree):
        with contextlib.suppress(SpecError):
            by_costcalc(quoted_text(expression))
        return
    quoted = quoted_text(expression)
    try:
        expected = evaluate(tree)
    except TooLarge:  # an error, a float, or cut off by a condition that is decided early
        return
    except ZeroDivisionError:
        with pytest.raises(SpecError, match="division by zero"):
            by_costcalc(quoted)
        return
    value = by_costcalc(quoted)
    assert value == expected
    assert isinstance(value, int) == (Fraction(expected).denominator == 1)


def test_the_evaluator_here() -> None:
    """It finds what is known, so that agreement means something."""
    assert evaluate(("-", ("-", ("number", 8), ("number", 3)), ("number", 2))) == 3
    assert text(("-", ("number", 8), ("-", ("number", 3), ("number", 2)))) == "8 - (3 - 2)"
    assert text(("power", ("neg", ("number", 2)), 2)) == "(-2)**2"
    assert text(("neg", ("power", ("number", 2), 2))) == "-2**2"
    assert by_costcalc("'-2**2'") == -4
    assert by_costcalc("'(-2)**2'") == 4
    assert by_costcalc("'7 % -3'") == evaluate(("%", ("number", 7), ("neg", ("number", 3)))) == -2
