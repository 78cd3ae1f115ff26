"""An op in letters: its formulas give what it says itself, and read as the papers have them."""

from __future__ import annotations

from typing import Any

import pytest

from costcalc import load, ops
from costcalc.errors import UsageError
from costcalc.symbolic.letters import Letters, lettered
from costcalc.symbolic.notation import Unicode
from costcalc.symbolic.typical import typical

from ..ops.cases import CASES, IDS


def at(parts: list[Any], letters: list[Any]) -> dict[str, int]:
    """The formulas' numbers."""
    numbers = {letter.symbol: letter.value for letter in letters}
    return {part.name: int(part.formula.subs(numbers)) for part in parts}


def formulas(op: ops.Op, *inputs: tuple[int, ...], **more: int) -> dict[str, str]:
    parts, letters = lettered(op, inputs, op.out_shapes(inputs)[0], **more)
    return {part.name: Unicode([a.symbol for a in letters]).text(part.formula) for part in parts}


@pytest.mark.parametrize("k", [0, 1, 2, 5])
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_formulas_give_the_ops_own_numbers(case: Any, k: int) -> None:
    """At numbers that differ, and at such that are alike."""
    op, inputs = case.at({name: (j * k) % 4 + 2 for j, name in enumerate(case.numbers)})
    output = op.out_shapes(inputs)[0]
    parts, letters = lettered(op, inputs, output, 3, 2)
    told = {part: n * 2 for part, n in op.weights().items()}
    told |= {part: n * 3 for part, n in op.work(inputs, output).items()}
    assert at(parts, letters) == told == {part.name: part.amount for part in parts}


@pytest.mark.parametrize("name", ["mobilenet_v2", "swin_t", "googlenet", "efficientdet_d0", "r2plus1d_18"])
def test_formulas_give_the_numbers_of_layers(name: str) -> None:
    """Of all primitives of a network, those of a call one after the other with shared letters."""
    letters: dict[Any, Letters] = {}
    for layer in load(name).graph().layers:
        made = letters.setdefault(layer.call, Letters())
        parts, used = lettered(layer.op, layer.in_shapes, layer.out_shape, layer.count, layer.weight_count, made)
        own = [part for part in parts if layer.weight_count or not part.is_weight]  # shared weights are another's
        assert at(own, used) == {part.name: part.amount for part in own}


def test_formulas_are_the_papers() -> None:
    """MobileNetV1, equations 2, 3 and 5, with the letters there."""
    conv = ops.Conv2d(512, 256, (3, 3))
    assert formulas(conv, (512, 14, 14)) == {"weight": "D_K²·M·N", "mac": "D_K²·M·N·D_F²"}
    depthwise = ops.Conv2d(512, 512, (3, 3), groups=512)
    assert formulas(depthwise, (512, 14, 14)) == {"weight": "D_K²·M", "mac": "D_K²·M·D_F²"}
    assert formulas(ops.Conv2d(512, 256, (1, 1)), (512, 14, 14))["mac"] == "M·N·D_F²"
    assert formulas(ops.Conv2d(512, 256, (1, 7), groups=4), (512, 14, 12))["mac"] == "K_w·M·N·F_h·F_w/g"
    assert formulas(ops.Linear(1280, 1000), (1280, 1, 1)) == {
        "weight": "M·N", "bias": "N", "mac": "M·N", "bias_add": "N",
    }  # fmt: skip
    assert formulas(ops.BatchNorm(8), (8, 4, 4), runs=5, sets=2)["norm"] == "n·M·D_F²"
    assert formulas(ops.BatchNorm(8), (8, 4, 4), runs=5, sets=2)["scale"] == "w·M"


def test_what_follows_has_the_letters_of_what_it_reads() -> None:
    made = Letters()
    conv, norm = ops.Conv2d(16, 32, (3, 3), (2, 2)), ops.BatchNorm(32)
    lettered(conv, ((16, 8, 8),), (32, 4, 4), made=made)
    parts, letters = lettered(norm, ((32, 4, 4),), (32, 4, 4), made=made)
    assert [(str(a.symbol), a.value, a.meaning) for a in letters] == [
        ("N", 32, "output channels"), ("D_F", 4, "size of the output"),
    ]  # fmt: skip
    assert str(parts[-1].formula) == "D_F**2*N"


# -- kinds


@pytest.mark.parametrize("name", ops.kinds())
def test_every_kind_has_its_parts(name: str) -> None:
    kind, names = typical(name), ops.kinds()[name]
    assert {part.name for part in kind.parts if part.is_weight} == {*names.weights}
    assert {part.name for part in kind.parts if not part.is_weight} == {*names.work}
    assert kind.shapes
    assert all(kind.about)
    free = set().union(*(part.formula.free_symbols for part in kind.parts))
    assert free <= {letter.symbol for letter in kind.letters}


def told(name: str) -> list[tuple[str, str, str]]:
    kind = typical(name)
    text = Unicode(kind.symbols).text
    return [(part.name, text(part.formula).replace("\N{NO-BREAK SPACE}", " "), part.when) for part in kind.parts]


def test_what_words_change() -> None:
    assert told("conv2d") == [
        ("weight", "D_K²·M·N/g", "not fixed"), ("weight", "D_K²·M", "not fixed, depthwise"),
        ("fixed", "D_K²·M·N/g", "fixed"), ("fixed", "D_K²·M", "fixed, depthwise"),
        ("bias", "N", "bias"),
        ("mac", "D_K²·M·N·D_F²/g", ""), ("mac", "D_K²·M·D_F²", "depthwise"),
        ("bias_add", "N·D_F²", "bias"),
    ]  # fmt: skip
    assert told("avg_pool") == [
        ("add", "(D_K² - 1)·M·D_F²", "not global"), ("add", "M·(D_I² - 1)", "global"),
        ("div", "M·D_F²", "not global"), ("div", "M", "global"),
    ]  # fmt: skip
    assert ("normalize", "m", "weighted=fast or softmax") in told("add")
    assert [form.when for form in typical("axis_pool").shapes] == [
        "over=channels", "over=height", "over=width", "over=positions",
    ]  # fmt: skip


def test_the_shape_is_the_rule_of_the_op() -> None:
    same, padded = typical("conv2d").shapes
    assert (same.when, padded.when) == ("padding=same", "padding=p pixels")
    numbers = {letter.symbol: 3 for letter in typical("conv2d").letters} | {
        letter.symbol: n
        for letter in typical("conv2d").letters
        for name, n in {"D_I": 30, "D_K": 5, "s": 2, "p": 1, "d": 3, "N": 7}.items()
        if str(letter.symbol) == name
    }
    op = ops.Conv2d(3, 7, (5, 5), (2, 2), (1, 1), (3, 3))
    assert tuple(int(n.subs(numbers)) for n in padded.shape) == op.out_shapes(((3, 30, 30),))[0]
    op = ops.Conv2d(3, 7, (5, 5), (2, 2), "same", (3, 3))
    assert tuple(int(n.subs(numbers)) for n in same.shape) == op.out_shapes(((3, 30, 30),))[0]


def test_an_unknown_kind_gets_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no kind of op is called 'conv2' \(did you mean 'conv2d'\?\); there are "):
        typical("conv2")
