"""Costs side by side: ratios, kinds, strides, and the alignment of layers."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import pytest

from costcalc import Cost, load
from costcalc.comparison import HEAD, align, by_kind, by_stride, difference, ratio
from costcalc.comparison.groups import exponent_of
from costcalc.language.source import Source
from costcalc.network import network_from


def cost(layers: str, inputs: str = "32 x 32 x 8", more: str = "") -> Cost:
    """The cost of a network of these steps."""
    body = "".join(f"  {line}\n" for line in layers.strip().splitlines())
    text = f"network: net\n{more}input: {inputs}\nlayers:\n{body}"
    return network_from(Source("net.yaml", text)).cost()


# -- alignment


def distance(a: str, b: str) -> int:
    """Letters may change their case, or by more into one another."""
    return 0 if a == b else 1 if a.lower() == b.lower() else 5


def joined(before: str, after: str) -> str:
    pairs: list[tuple[str | None, str | None]] = align(before, after, distance, 2)
    return " ".join(f"{a or '.'}{b or '.'}" for a, b in pairs)


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        ("", "", ""), ("", "ab", ".a .b"), ("ab", "", "a. b."), ("abc", "abc", "aa bb cc"),
        ("abc", "abxc", "aa bb .x cc"), ("abxc", "abc", "aa bb x. cc"), ("abc", "aBc", "aa bB cc"),
        ("abc", "axc", "aa b. .x cc"), ("aaaa", "aaa", "aa aa aa a."), ("abab", "aBab", "aa bB aa bb"),
        ("abcdef", "ABCdef", "aA bB cC dd ee ff"), ("abcd", "dabc", ".d aa bb cc d."),
    ],
)  # fmt: skip
def test_pairs(before: str, after: str, pairs: str) -> None:
    assert joined(before, after) == pairs


def price(pairs: Any) -> int:
    return sum(2 if a is None or b is None else distance(a, b) for a, b in pairs)


def cheapest(before: str, after: str) -> int:
    """Tried one way after the other."""
    if not before or not after:
        return 2 * (len(before) + len(after))
    return min(
        distance(before[0], after[0]) + cheapest(before[1:], after[1:]),
        2 + cheapest(before[1:], after),
        2 + cheapest(before, after[1:]),
    )


def test_no_alignment_costs_less() -> None:
    choose = random.Random(1)
    for _ in range(200):
        before, after = ("".join(choose.choices("abAB", k=choose.randint(0, 6))) for _ in range(2))
        pairs: list[tuple[str | None, str | None]] = align(before, after, distance, 2)
        assert "".join(a or "" for a, _ in pairs) == before
        assert "".join(b or "" for _, b in pairs) == after
        assert price(pairs) == cheapest(before, after), (before, after)


@pytest.mark.parametrize(("rows", "columns"), [(3000, 3000), (1, 5000), (5000, 2), (2000, 6000)])
def test_long_lists_are_aligned_near_the_diagonal(rows: int, columns: int) -> None:
    before, after = list(range(rows)), list(range(10**6, 10**6 + columns))
    pairs = align(before, after, lambda a, b: 1, 2)
    assert [a for a, _ in pairs if a is not None] == before
    assert [b for _, b in pairs if b is not None] == after
    assert len(pairs) == max(rows, columns)


# -- ratios, kinds


def test_ratios_are_exact() -> None:
    assert ratio(2, 6) == Fraction(1, 3)
    assert ratio(0, 3) == 0
    assert ratio(3, 0) is None
    standard, separable = load("standard").cost(), load("separable").cost()
    assert ratio(separable.mult_adds, standard.mult_adds) == Fraction(1, 512) + Fraction(1, 9)


def test_kinds_add_up_and_the_largest_is_first() -> None:
    costs = [load("mobilenet_v1").cost(), load("mobilenet_v3_small").cost(), load("efficientdet_d0").cost()]
    rows = by_kind(costs)
    for k, c in enumerate(costs):
        assert sum(row.mult_adds[k] or 0 for row in rows) == c.mult_adds
        assert sum(row.params[k] or 0 for row in rows) == c.params
    largest = [max(n or 0 for n in row.mult_adds) for row in rows]
    assert largest == sorted(largest, reverse=True)
    resize = next(row for row in rows if row.kind == "resize")
    assert resize.mult_adds == (None, None, 0)  # no such layer is something else than one that costs nothing


def test_a_kind_that_costs_one_is_before_one_that_costs_nothing() -> None:
    c = cost("a: act(relu)\nb: conv(1x1, 1, norm=none, act=none, bias=no)", "1 x 1 x 1")
    assert [(row.params, row.mult_adds) for row in by_kind([c])] == [((1,), (1,)), ((0,), (0,))]


# -- strides


def test_the_nearest_power_of_two() -> None:
    for height, out in itertools.product(range(1, 120), range(1, 120)):
        exponent = exponent_of(height, out)
        assert 2 ** (2 * exponent - 1) < (height / out) ** 2 < 2 ** (2 * exponent + 1)
    assert exponent_of(3 * 2**70, 3) == 70


SPECS = [
    "mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large", "efficientdet_d0", "inception_v3", "vgg_16", "densenet_121",
    "nasnet_a_mobile", "standard",
]  # fmt: skip


@pytest.mark.parametrize("spec", SPECS)
def test_strides_add_up(spec: str) -> None:
    c = load(spec).cost()
    rows = by_stride([c])
    assert sum(row.mult_adds[0] or 0 for row in rows) == c.mult_adds
    assert sum(row.params[0] or 0 for row in rows) == c.params


def strides(c: Cost) -> dict[Any, Any]:
    return {row.stride: row.maps[0] for row in by_stride([c])}


def test_the_map_of_a_stride_is_what_its_last_block_hands_on() -> None:
    assert strides(load("mobilenet_v2").cost()) == {
        2: (16, 112, 112), 4: (24, 56, 56), 8: (32, 28, 28), 16: (96, 14, 14), 32: (1280, 7, 7), HEAD: (1000, 1, 1),
    }  # fmt: skip


def test_without_pooling_there_is_no_head() -> None:
    assert strides(load("standard").cost()) == {1: (512, 14, 14)}
    assert [type(stride) for stride in strides(load("standard").cost())] == [int]
    assert list(strides(load("efficientdet_d0").cost())) == [2, 4, 8, 16, 32, 64, 128]


def test_a_gate_of_the_input_is_at_stride_1() -> None:
    assert strides(cost("g: avgpool -> conv(1x1, 8)\nm: mul(in, g)")) == {1: (8, 32, 32)}


def test_a_stride_is_of_the_height() -> None:
    video = cost("a: conv(3x3x3, 4, 1x2x2)", "8 x 32 x 32 x 3")
    assert strides(video) == {2: (4, 8, 16, 16)}
    assert strides(cost("a: conv(1x1, 4)", "5 x 1 x 8")) == {1: (4, 5, 1)}  # one column is no point


def test_what_takes_the_whole_map_is_the_head() -> None:
    assert strides(cost("a: resize(1x1)", "2 x 2 x 8")) == {HEAD: (8, 1, 1)}


def test_a_gate_is_at_the_stride_of_the_map_that_it_weighs() -> None:
    c = cost("a: conv(3x3, 8, 2)\ng: avgpool -> conv(1x1, 8)\nm: mul(a, g)\np: avgpool\nf: fc(10)")
    rows = {row.stride: row.mult_adds[0] for row in by_stride([c])}
    assert rows == {2: 16 * 16 * 9 * 8 * 8 + 8 * 8, HEAD: 80}
    assert strides(c)[2] == (8, 16, 16)


def test_a_map_that_is_small_before_it_is_pooled_is_no_head() -> None:
    assert strides(load("mobilenet_v1").cost(res=32))[32] == (1024, 1, 1)
    assert strides(load("mobilenet_v1").cost(res=32))[HEAD] == (1000, 1, 1)


def test_a_convolution_of_the_whole_map_is_head() -> None:
    assert list(strides(cost("a: conv(3x3, 8, 4)\nb: conv(8x8, 4, pad=none)\nc: conv(1x1, 2)"))) == [4, HEAD]


@pytest.mark.parametrize(
    ("window", "strides"),
    [
        ("avgpool(2x2, 1, pad=none)", [2, HEAD]),  # two rows, stride 1: no stride explains the window
        ("maxpool(2x2, 2, pad=none)", [2, 4]),  # its stride does
        ("conv(2x2, 8, pad=none)", [2, HEAD]),
        ("conv(3x3, 8, 2)", [2, 4]),
    ],
)
def test_a_window_is_of_the_whole_map_where_no_stride_explains_it(window: str, strides: list[Any]) -> None:
    found = cost(f"a: conv(3x3, 8, 2)\nb: {window}\nc: conv(1x1, 4)", "4 x 4 x 8")
    assert [row.stride for row in by_stride([found])] == strides


def test_strides_below_one() -> None:
    assert list(strides(cost("a: up\nb: conv(1x1, 4)"))) == [Fraction(1, 2)]


def test_the_first_input_counts() -> None:
    c = cost("a: x -> conv(3x3, 4)\nb: y -> conv(3x3, 4)\no: concat(a, b)", "{x: 8 x 8 x 3, y: 8 x 8 x 3}")
    assert list(strides(c)) == [1]


# -- differences


def changes(before: str, after: str) -> list[tuple[str, str | None, str | None, tuple[str, ...]]]:
    return [
        (c.kind, c.before and c.before.name, c.after and c.after.name, c.fields)
        for c in difference(cost(before), cost(after))
    ]


PLAIN = "a: conv(3x3, 8)\nb: dwconv(3x3)\nc: conv(1x1, 16)\nd: dwconv(3x3)\ne: conv(1x1, 16)"


def test_identical_networks_differ_in_nothing() -> None:
    assert changes(PLAIN, PLAIN) == []


def test_another_name_alone_is_no_difference() -> None:
    assert changes(PLAIN, PLAIN.replace("c:", "wide:")) == []


def test_layers_with_names_of_their_own_are_paired_by_what_they_are() -> None:
    """Another width and another name, that the other network doesn't have: it is the same layer, changed."""
    (change,) = difference(cost("stem: conv(3x3, 8)"), cost("entry: conv(3x3, 16)"))
    assert change.kind == "changed"


def test_a_layer_in_the_middle_is_one_layer() -> None:
    more = PLAIN.replace("d: ", "x: conv(5x5, 16)\nd: ")
    assert changes(PLAIN, more) == [("added", None, "x", ())]
    assert changes(more, PLAIN) == [("removed", "x", None, ())]


def test_a_layer_among_its_equals_goes_by_its_name() -> None:
    equals = "a: conv(3x3, 8)\nb: conv(3x3, 8)\nc: conv(3x3, 8)"
    assert changes(equals, equals.replace("b:", "x: conv(3x3, 8)\nb:")) == [("added", None, "x", ())]
    wider = "a: conv(3x3, 32)\nx: conv(3x3, 8)\nb: conv(3x3, 8)\nc: conv(3x3, 8)"
    assert changes(equals, wider) == [
        ("changed", "a", "a", ("filter", "output", "params", "mult_adds")),
        ("added", None, "x", ()),
    ]


def test_what_changed() -> None:
    assert changes(PLAIN, PLAIN.replace("e: conv(1x1, 16)", "e: conv(1x1, 24)")) == [
        ("changed", "e", "e", ("filter", "output", "params", "mult_adds"))
    ]
    assert changes(PLAIN, PLAIN.replace("conv(3x3, 8)", "conv(3x3, 8, norm=none)")) == [
        ("changed", "a", "a", ("ops", "params"))
    ]
    assert changes(PLAIN, PLAIN.replace("a: conv(3x3, 8)", "a: conv(5x5, 8)")) == [
        ("changed", "a", "a", ("filter", "params", "mult_adds"))
    ]


def test_a_change_that_costs_nothing_is_one() -> None:
    (change,) = difference(cost("a: conv(3x3, 8)"), cost("a: conv(3x3, 8, act=hswish)"))
    assert change.fields == ("ops",)
    (change,) = difference(cost("a: conv(3x3, 8)"), cost("a: conv(3x3, 8, d=2)"))
    assert change.fields == ("ops",)
    for step in ("gn({})", "shuffle({})"):
        head = "a: conv(3x3, 8)\nb: "
        (change,) = difference(cost(head + step.format(2)), cost(head + step.format(4)))
        assert (change.fields, change.after and [given for _, given in change.after.ops]) == (("ops",), [{"groups": 4}])


def test_another_kind_under_the_same_name() -> None:
    ((kind, *_, fields),) = changes("a: conv(3x3, 8)\nb: maxpool(3x3, 2)", "a: conv(3x3, 8)\nb: avgpool(3x3, 2)")
    assert kind == "changed"
    assert fields[0] == "type"
    found = changes("a: conv(3x3, 8)\nb: maxpool(3x3, 2)", "a: conv(3x3, 8)\nx: avgpool(3x3, 2)")
    assert sorted(change[0] for change in found) == ["added", "removed"]


def test_copies() -> None:
    found = changes("a: conv(3x3, 8)\nb: 3 * conv(3x3, 8)", "a: conv(3x3, 8)\nb: 4 * conv(3x3, 8)")
    assert found == [("changed", "b.1", "b.1", ("n", "params", "mult_adds"))]


def test_rows_with_numbers_for_names_shift() -> None:
    """A row more in a table gives every row behind it another name."""

    def table(rows: list[int]) -> str:
        return "\n".join(f"stage{k}: conv(3x3, {c})" for k, c in enumerate(rows, start=1))

    found = changes(table([8, 16, 24, 32]), table([8, 16, 20, 24, 32]))
    assert [change[:3] for change in found] == [("added", None, "stage3"), ("changed", "stage3", "stage4")]


def test_another_resolution_changes_every_layer_and_adds_none() -> None:
    net = load("mobilenet_v2")
    found = difference(net.cost(), net.cost(res=192))
    assert {change.kind for change in found} == {"changed"}
    assert {change.before.name == change.after.name for change in found if change.before and change.after} == {True}


def test_the_difference_accounts_for_the_totals() -> None:
    for first, other in itertools.permutations(["mobilenet_v1", "mobilenet_v2", "nasnet_a_mobile"], 2):
        a, b = load(first).cost(), load(other).cost()
        for measure in ("params", "mult_adds"):
            total = 0
            for change in difference(a, b):
                total += getattr(change.after, measure, 0) - getattr(change.before, measure, 0)
            assert total == getattr(b, measure) - getattr(a, measure)
