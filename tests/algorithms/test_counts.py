"""Each algorithm against a computation that counts what it does, and against Lavin and Gray's printed figures."""

from __future__ import annotations

from fractions import Fraction as Q
from math import prod
from random import Random
from typing import Any

import pytest

from costcalc.algorithms import Algorithms, algorithms, algorithms_of
from costcalc.algorithms.convolution import Convolution, convolution_of
from costcalc.algorithms.methods import Winograd
from costcalc.errors import UsageError
from costcalc.graph import Graph
from costcalc.space.budgets import read_budget

from ..evaluate.evaluating import network
from ..loading import load
from .computing import (
    AT,
    BT,
    Counter,
    G,
    Instructions,
    both,
    data_2,
    data_4,
    direct,
    filter_2,
    filter_4,
    in_two_dimensions,
    inverse_2,
    inverse_4,
    values,
    winograd,
)

BY_ID = {one.id: one for one in algorithms(rank=4)}


def _winograd(m: int) -> Winograd:
    found = BY_ID[f"winograd_{m}x{m}"]
    assert isinstance(found, Winograd)
    return found


def _layers(text: str, size: str = "8 x 8 x 4") -> Graph:
    plain = "norm=none, act=none, bias=no"
    return network(f"defaults:\n  conv: {plain}\n  deconv: {plain}\ninput: {size}\nlayers:\n{text}").graph()


def _conv(text: str, size: str = "8 x 8 x 4") -> Convolution:
    (layer,) = (one for one in _layers(f"  a: {text}", size).layers if one.op.as_convolution())
    found = convolution_of(layer)
    assert found is not None
    return found


# -- computed


@pytest.mark.parametrize("m", [2, 4])
@pytest.mark.parametrize(
    ("c", "k", "groups", "size", "batch"),
    [(3, 2, 1, (4, 8), 1), (2, 3, 1, (5, 7), 2), (4, 6, 2, (3, 9), 1), (3, 3, 3, (6, 5), 1), (1, 1, 1, (1, 1), 3)],
)
def test_winograd_has_the_result_of_the_loop_nest_and_the_counts_of_the_package(
    m: int, c: int, k: int, groups: int, size: tuple[int, int], batch: int
) -> None:
    random = Random(m * 1000 + c)
    x, w = values(random, batch, c, *size), values(random, k, c // groups, 3, 3)
    counted, counted_directly = Counter(), Counter()
    expected = direct(x, w, batch, c, k, groups, size, counted_directly)
    found, held = winograd(m, x, w, batch, c, k, groups, size, counted)
    assert found == expected

    conv = _conv(f"conv(3x3, {k}, g={groups})", f"{size[0]} x {size[1]} x {c}")
    assert (
        conv.mult_adds * batch == counted_directly.multiplications == BY_ID["direct"].work(conv, batch).multiplications
    )
    by = _winograd(m)
    work = by.work(conv, batch)
    assert by.why_not(conv) == ""
    assert work.multiplications == counted.multiplications
    assert (work.data, work.filter, work.inverse) == (
        by.data * counted.data,
        by.filter * counted.filter,
        by.inverse * counted.inverse,
    )
    assert work.workspace == held
    assert work.filters == by.work(conv, batch, implicit=True).workspace == (m + 2) ** 2 * counted.filter


@pytest.mark.parametrize(
    ("m", "matrix", "line", "rows", "columns", "instructions"),
    [
        (2, BT, data_2, 4, 4, 32),
        (2, G, filter_2, 3, 3, 28),
        (2, AT, inverse_2, 4, 4, 24),
        (4, BT, data_4, 6, 6, 144),
        (4, G, filter_4, 3, 3, 72),
        (4, AT, inverse_4, 6, 6, 100),
    ],
)
def test_a_tiles_transforms_take_the_printed_instructions(
    m: int, matrix: Any, line: Any, rows: int, columns: int, instructions: int
) -> None:
    """But the data's of F(4x4,3x3): 13 a line are printed, 156 a tile; 12 are enough."""
    random = Random(m)
    tile = [[Q(random.randint(-9, 9)) for _ in range(columns)] for _ in range(rows)]
    do = Instructions()
    assert in_two_dimensions(line, tile, do) == both(matrix[m], tile)
    by = _winograd(m)
    printed = {id(BT): by.data, id(G): by.filter, id(AT): by.inverse}[id(matrix)]
    assert do.done == instructions
    assert printed == (156 if line is data_4 else instructions)


def test_im2col_holds_each_window_of_one_image() -> None:
    conv = _conv("conv(3x3, 6, 2)", "9 x 7 x 4")
    windows = [(i, j) for i in range(0, 9, 2) for j in range(0, 7, 2)]
    assert BY_ID["im2col"].work(conv).workspace == len(windows) * 9 * 4
    assert BY_ID["im2col"].work(conv, 3).workspace == len(windows) * 9 * 4
    assert BY_ID["im2col"].work(conv, 3).multiplications == 3 * conv.mult_adds
    assert BY_ID["im2col"].work(conv, implicit=True).workspace == 0


def test_a_1x1_convolution_has_its_matrix_already_if_no_position_is_left_out() -> None:
    assert BY_ID["im2col"].work(_conv("conv(1x1, 6)")).workspace == 0
    assert BY_ID["im2col"].work(_conv("conv(1x1, 6, 2)")).workspace == 4 * 4 * 4


def test_a_transposed_convolution_adds_up_the_columns_of_its_inputs() -> None:
    conv = _conv("deconv(4x4, 6, 2)")
    assert BY_ID["im2col"].work(conv).workspace == 16 * 6 * 8 * 8


def test_low_rank_takes_what_its_two_convolutions_take() -> None:
    conv = _conv("conv(5x3, 6, [2, 3])", "9 x 7 x 3")
    parts = _layers("  a: conv([5, 1], 4, [2, 1])\n  b: conv([1, 3], 6, [1, 3])", "9 x 7 x 3").layers
    found = BY_ID["rank"].work(conv, 2)
    two = [one for one in map(convolution_of, parts) if one is not None]
    assert found.multiplications == 2 * sum(one.mult_adds for one in two)
    assert found.filters == sum(layer.op.weights()["weight"] for layer in parts)
    assert found.workspace == 2 * prod(parts[0].out_shape)


def test_low_rank_is_the_shipped_layer() -> None:
    conv = _conv("conv(3x3, 512)", "14 x 14 x 512")
    shipped = load("low_rank").cost()
    found = next(one for one in algorithms(rank=128) if one.id == "rank").work(conv)
    assert (found.multiplications, found.filters) == (shipped.mult_adds, shipped.params)


# -- where one applies


@pytest.mark.parametrize(
    ("layer", "size", "why", "why_no_low_rank"),
    [
        ("conv(3x3, 8)", "8 x 8 x 4", "", ""),
        ("conv(3x3, 8, g=2)", "8 x 8 x 4", "", "2 groups"),
        ("conv(3x3, 8, 2)", "8 x 8 x 4", "stride 2", ""),
        ("conv(3x3, 8, [1, 2])", "8 x 8 x 4", "stride 1x2", ""),
        ("conv(3x3, 8, d=2)", "8 x 8 x 4", "dilation 2", ""),
        ("conv(5x5, 8)", "8 x 8 x 4", "kernel 5x5", ""),
        ("conv(1x1, 8)", "8 x 8 x 4", "kernel 1x1", "kernel 1x1"),
        ("conv([3, 1], 8)", "8 x 8 x 4", "kernel 3x1", ""),
        ("deconv(3x3, 8, 2)", "8 x 8 x 4", "transposed", "transposed"),
        ("conv(3, 8)", "8 x 4", "1-D, not 2-D", "1-D, not 2-D"),
        ("conv(3x3x3, 8)", "8 x 8 x 8 x 4", "3-D, not 2-D", "3-D, not 2-D"),
    ],
)
def test_where_an_algorithm_does_not_apply_it_says_why(layer: str, size: str, why: str, why_no_low_rank: str) -> None:
    conv = _conv(layer, size)
    assert [BY_ID[id].why_not(conv) for id in ("direct", "im2col", "winograd_2x2", "winograd_4x4", "rank")] == [
        "", "", why, why, why_no_low_rank
    ]  # fmt: skip


# -- Lavin and Gray, arXiv 1509.09308


def test_their_normalized_complexities_of_table_1() -> None:
    """α' multiplications an output, and transforms over the tile: β' data, γ' filter, δ' inverse."""
    found = {
        m: [round(float(n), 2) for n in (Q(by.tile, m * m), *(Q(n, by.tile) for n in (by.data, by.filter, by.inverse)))]
        for m, by in ((m, _winograd(m)) for m in (2, 4))
    }
    assert found == {2: [4.00, 2.00, 1.75, 1.50], 4: [2.25, 4.33, 2.00, 2.78]}


def test_their_table_3_is_vgg_e() -> None:
    """GFLOPs of the convolutions, weighted by depth, two for each multiply-add: 39.02 in all."""
    found = [
        (one.layer.count, round(2 * one.works["direct"].multiplications * one.layer.count / 1e9, 2))
        for one in algorithms_of(load("vgg_19").graph()).layers
    ]
    assert found == [
        (1, 0.17),
        (1, 3.70),
        (1, 1.85),
        (1, 3.70),
        (1, 1.85),
        (3, 11.10),
        (1, 1.85),
        (3, 11.10),
        (4, 3.70),
    ]
    assert round(2 * algorithms_of(load("vgg_19").graph()).total("direct").multiplications / 1e9, 2) == 39.02


@pytest.mark.parametrize("name", ["vgg_16", "vgg_19"])
def test_the_reductions_of_vgg(name: str) -> None:
    """2.25, since every map is even; less than 4 where 14 and 28 pixels aren't whole tiles of 4."""
    found = algorithms_of(load(name).graph())
    direct = found.total("direct").multiplications
    assert Q(direct, found.total("winograd_2x2").multiplications) == Q(9, 4)
    for one in found.layers:
        height, width = one.convolution.out_size
        whole = 4 * Q(height * width, 16 * (-(-height // 4)) * (-(-width // 4)))
        assert Q(one.works["direct"].multiplications, one.works["winograd_4x4"].multiplications) == whole
        assert (whole == 4) == (height != 14)
    assert 3.8 < direct / found.total("winograd_4x4").multiplications < 4


def test_their_workspace_is_of_the_transformed_filters_alone() -> None:
    """Section 6: 16·K·C units, 16 MB where K = C = 512 in float32, and no more for any layer of VGG."""
    found = algorithms_of(load("vgg_19").graph(), implicit=True)
    assert found.bytes(found.total("winograd_2x2").workspace) == 16 * 2**20


# -- the best, and totals


def _of(name: str, **asked: Any) -> Algorithms:
    return algorithms_of(load(name).graph(), **asked)


def test_the_best_is_within_the_limit_and_otherwise_the_one_with_the_least_arithmetic() -> None:
    free = _of("vgg_16")
    assert {one.best for one in free.layers} == {one.fewest for one in free.layers} == {"winograd_4x4"}
    limit = read_budget("workspace=32MiB", {"workspace": "bytes"})
    held = _of("vgg_16", limit=limit)
    for one in held.layers:
        allowed = {id: w for id, w in one.works.items() if held.bytes(w.workspace) <= 32 * 2**20}
        assert one.works[one.best].each_run == min(w.each_run for w in allowed.values())
        assert one.best in allowed
    assert held.total("best").multiplications > free.total("best").multiplications
    assert {one.best for one in held.layers} == {"direct", "winograd_2x2", "winograd_4x4"}
    nothing = _of("vgg_16", limit=read_budget("workspace=0", {"workspace": "bytes"}))
    assert nothing.total("best") == nothing.total("direct")


def test_low_rank_is_never_the_best() -> None:
    found = _of("vgg_16", rank=1)
    assert found.total("rank").each_run < found.total("best").each_run
    assert {one.best for one in found.layers} == {"winograd_4x4"}


def test_depthwise_layers_gain_nothing_since_no_channels_share_a_transform() -> None:
    found = _of("mobilenet_v1")
    depthwise = [one for one in found.layers if one.layer.op.is_depthwise]
    assert all(one.best == "direct" for one in depthwise)
    assert any("winograd_2x2" in one.works for one in depthwise)


def test_totals_count_copies_and_directly_what_an_algorithm_can_not() -> None:
    found = _of("resnet_50")
    by_hand = 0
    for one in found.layers:
        work = one.works.get("winograd_2x2", one.works["direct"])
        by_hand += work.multiplications * one.layer.count
    assert found.total("winograd_2x2").multiplications == by_hand
    cost = load("resnet_50").cost()
    assert found.total("direct").multiplications + found.others == cost.mult_adds
    assert found.applies("winograd_2x2") == 16
    assert found.applies("direct") == found.applies("best") == 53
    assert found.total("winograd_2x2").workspace == max(
        one.works["winograd_2x2"].workspace for one in found.layers if "winograd_2x2" in one.works
    )


def test_filters_of_shared_weights_are_transformed_once() -> None:
    graph = _layers("  a: conv(3x3, 4)\n  b: conv(3x3, 4) sharing weights with a\n  c: conv(3x3, 4)")
    total = algorithms_of(graph).total("winograd_2x2")
    assert (total.filter, total.filters) == (2 * 28 * 16, 2 * 16 * 16)
    assert total.multiplications == 3 * 16 * 16 * 16


def test_a_layer_that_alone_transforms_shared_weights_counts_them() -> None:
    text = "  a: conv(3x3, 4)\n  p: maxpool(2x2, 2)\n  b: conv(3x3, 4) sharing weights with a"
    large, small = (one.works["winograd_4x4"].workspace * 4 for one in algorithms_of(_layers(text)).layers)
    assert small < large
    found = algorithms_of(_layers(text), limit=read_budget(f"workspace={small}", {"workspace": "bytes"}))
    assert [one.best for one in found.layers] == ["direct", "winograd_4x4"]
    assert found.total("best").filter == 72 * 16


def test_a_batch_multiplies_all_but_the_filters() -> None:
    one, four = _of("vgg_16"), _of("vgg_16", batch=4)
    for id in ("direct", "im2col", "winograd_2x2", "winograd_4x4"):
        a, b = one.total(id), four.total(id)
        assert (b.multiplications, b.data, b.inverse) == (4 * a.multiplications, 4 * a.data, 4 * a.inverse)
        assert (b.filter, b.filters) == (a.filter, a.filters)
    assert four.others == 4 * one.others


def test_bits_are_of_every_value() -> None:
    found = _of("vgg_16", bits=8)
    assert found.bytes(10) == 10
    assert _of("vgg_16", bits=4).bytes(5) == 3


@pytest.mark.parametrize("asked", [{"batch": 0}, {"bits": 0}, {"bits": 65}, {"rank": 0}, {"batch": 2.5}])
def test_bad_numbers_are_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="1"):
        _of("vgg_16", **asked)


def test_many_points_at_once_are_refused() -> None:
    numpy = pytest.importorskip("numpy")
    graph = load("mobilenet_v1").graph(alpha=numpy.array([0.5, 1.0]))
    with pytest.raises(UsageError, match="one point at a time"):
        algorithms_of(graph)


def test_a_run_is_products_and_the_transforms_of_inputs_and_outputs() -> None:
    """Lavin and Gray, F(2x2,3x3): 16 products, 32 and 24 instructions for a tile of one channel to one channel."""
    tile = Convolution(1, 1, (2, 2), (2, 2), (3, 3), (1, 1), (1, 1), 1, False, 4 * 9)
    work = _winograd(2).work(tile)
    assert (work.multiplications, work.data, work.inverse) == (16, 32, 24)
    assert work.each_run == 16 + 32 + 24
