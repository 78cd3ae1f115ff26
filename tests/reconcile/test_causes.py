"""Why a figure may be printed so: every cause on a network where it is the only one, and what isn't offered."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

import costcalc
from costcalc.conventions import load_convention
from costcalc.reconcile import Cause, Search, everywhere, explain, shipped_conventions
from costcalc.reconcile.classes import solved
from costcalc.reconcile.everywhere import Counts
from costcalc.units import parse_printed

from ..loading import load

CONVENTIONS = shipped_conventions()


@cache
def search_of(network: str, *values: tuple[str, Any]) -> Search:
    """A search keeps every total that it has computed."""
    return Search(load(network), dict(values), CONVENTIONS, fixed=[name for name, _ in values])


def causes(network: str, figure: str, /, **values: Any) -> list[Cause]:
    return search_of(network, *values.items()).causes(parse_printed(figure))


def first(network: str, figure: str, /, **values: Any) -> Cause:
    return causes(network, figure, **values)[0]


def test_a_variant_gives_the_figure() -> None:
    """Where torchvision's ResNet-50, with its stride in the 3x3, is taken for the paper's."""
    cause = first("resnet_50", "4.1G")
    assert (cause.network, cause.value, cause.kinds) == ("resnet_50_v1_5", 4_089_184_256, ("variant",))
    assert cause.text == "it is resnet_50_v1_5"
    assert "mult_adds" in cause.conventions
    assert causes("resnet_50", "4.1G")[1].weight > cause.weight


def test_a_yes_or_no_parameter_gives_the_figure() -> None:
    cause = first("resnet_50", f"{load('resnet_50').cost(conv_bias=True).params:,}")
    assert (cause.kinds, dict(cause.values), cause.text) == (("option",), {"conv_bias": True}, "conv_bias=yes")


def test_a_parameter_that_was_given_keeps_its_value() -> None:
    figure = f"{load('resnet_50').cost(conv_bias=True).params:,}"
    assert [c.kinds for c in causes("resnet_50", figure, conv_bias=False)] == [("convention",)]


def test_padding_of_its_own_count_comes_before_another_convention() -> None:
    found = causes("efficientnet_b0", "390M")
    assert (found[0].value, found[0].kinds, found[0].conventions) == (385_814_752, ("padding",), ("mult_adds",))
    assert found[0].text == "as 0.39 B"


def test_what_is_left_out_and_cut_are_told_together() -> None:
    cause = first("mobilenet_v2", "3.4M")
    assert (cause.value, cause.kinds) == (3_470_760, ("part", "cut"))
    assert cause.text == "without batch norm, and cut, not rounded"


@pytest.mark.parametrize(
    ("figure", "words", "value"),
    [
        ("23.51M", "without the classifier", 23_508_032),
        ("25.504M", "without batch norm", 25_503_912),
        ("25.556M", "without biases", 25_556_032),
        ("25.610M", "with batch norm's moving statistics", 25_610_152),
        ("7.716G", "two operations for each multiply-add", 7_715_946_496),
        ("1.9290G", "half", 1_928_986_624),
        ("3.8685604G", "with batch norm", 3_868_560_384),
        ("3,857,974,248", "with biases", 3_857_974_248),
        ("3,855,925,248", "without the classifier", 3_855_925_248),
    ],
)
def test_what_people_leave_out_or_add(figure: str, words: str, value: int) -> None:
    cause = first("resnet_50", figure)
    assert (cause.words, cause.value, cause.kinds) == ((words,), value, ("part",))


def test_the_count_of_a_paper_goes_together_with_nothing() -> None:
    """ResNeXt-50 by the count of MobileNetV2's release would round to this."""
    variant, paper = load("resnext_50_32x4d"), load_convention("mobilenet_v2_release")
    assert parse_printed("24.9M").contains(variant.cost(convention=paper).params, "truncated")
    assert causes("resnet_50", "24.9M") == []


def test_units_of_powers_of_two() -> None:
    work = load("vgg_16").cost().mult_adds
    cause = first("vgg_16", f"{work / 2**30:.2f}G")
    assert (cause.kinds, cause.value, cause.reading) == (("binary",), work, "in units of 2³⁰")


def test_a_tool_counts_so() -> None:
    found = causes("mobilenet_v2", "314M")
    assert (found[0].conventions, found[0].kinds, found[0].unit) == (("fvcore",), ("tool",), "flops")
    assert found[0].evidence.startswith("fvcore: fvcore 0.1.5")
    assert found[0].text == "counted as fvcore"


def test_a_convention_with_its_own_classes_is_one_cause() -> None:
    cause = next(c for c in causes("mobilenet_v2", "3.47M") if "mobilenet_v2_release" in c.conventions)
    assert cause.kinds in (("part",), ("convention",))
    cause = first("mobilenet_v2", "3,472,041")
    assert (dict(cause.values), cause.kinds) == ({"classes": 1001}, ("convention",))
    assert "mobilenet_v2_release" in cause.conventions


def test_another_resolution_and_number_of_classes() -> None:
    assert dict(first("mobilenet_v2", "221,316,608").values) == {"res": 192}
    assert dict(first("mobilenet_v2", "221,317,888").values) == {"classes": 1001, "res": 192}


def test_the_number_of_classes_is_solved_for() -> None:
    """Mask R-CNN for three classes of somebody's own, which only the classes' params tell."""
    cause = first("mask_rcnn_50", "43.986M")
    assert (dict(cause.values), cause.value, cause.text) == ({"classes": 3}, 43_986_279, "3 classes")
    assert "the only number of classes that gives it" in cause.evidence
    assert "one in 5 has such a number" in cause.evidence


def test_of_several_numbers_of_classes_only_those_of_data_sets_are_offered() -> None:
    ten = next(c for c in causes("resnet_50", "23.53M") if c.kinds == ("solved",))
    assert (dict(ten.values), ten.value) == ({"classes": 10}, 23_528_522)
    assert "numbers of classes that give it, as CIFAR-10 has" in ten.evidence
    assert causes("resnet_50", "24.53M") == []  # 497 to 501 classes: one of them would be chosen to fit
    # one of 24,414 numbers of classes that give it is ImageNet-21k's
    assert load("vgg_16").cost(classes=21841).mult_adds // 10**8 == 155
    assert all("solved" not in c.kinds for c in causes("vgg_16", "15.6G"))


def test_classes_that_were_given_are_not_solved_for() -> None:
    network, own = load("mask_rcnn_50"), load_convention("mult_adds")
    assert list(solved(network, {"classes": 80}, own, ("classes",), parse_printed("43.986M"))) == []


def test_classes_that_params_are_not_linear_in(tmp_path) -> None:
    spec = tmp_path / "bent.yaml"
    spec.write_text(
        "network: bent\nparameters: {classes: 10}\ninput: 8 x 8 x 3\nlayers:\n"
        "  a: avgpool() -> fc(classes if classes < 12 else 12)\n"
    )
    network, own = costcalc.load(str(spec)), load_convention("mult_adds")
    (found,) = solved(network, {}, own, (), parse_printed("44"))
    assert (found.classes, found.value) == (11, 44)
    assert list(solved(network, {}, own, (), parse_printed("80"))) == []  # 20 classes would have 80 params


def test_three_causes_are_not_offered() -> None:
    """Other classes, another resolution and a tool's count together would give this, and many another figure."""
    tool = load_convention("thop")
    there = load("mobilenet_v2").cost(classes=1001, res=240, convention=tool).counted
    assert causes("mobilenet_v2", f"{there:,}") == []
    assert all(len(c.kinds) <= 2 for c in causes("mobilenet_v2", "3.4M") + causes("resnet_50", "4.1G"))


@pytest.mark.parametrize(("network", "figure"), [("mobilenet_v2", "277M"), ("resnet_50", "24.9M"), ("vgg_16", "9.9G")])
def test_a_figure_that_nothing_gives(network: str, figure: str) -> None:
    found, near = explain(load(network), {}, parse_printed(figure), CONVENTIONS)
    assert found == []
    assert len(near) == 3
    assert all(c.cut == "" for c in near)


def test_params_are_not_offered_for_work(tmp_path) -> None:
    """65,836 params are nearer to 600,000 than 1,522,560 mult-adds by the difference, and farther by the ratio."""
    spec = tmp_path / "small.yaml"
    spec.write_text(
        "network: small\nparameters: {classes: 10}\ninput: 32 x 32 x 3\nlayers:\n"
        "  a: conv(3x3, 32, 2) -> conv(3x3, 64, 2) -> conv(3x3, 80, 2) -> avgpool() -> fc(classes)\n"
    )
    cost = costcalc.load(str(spec)).cost()
    figure = parse_printed("0.6M")
    assert abs(cost.params - 600_000) < abs(cost.mult_adds - 600_000)
    assert figure.value / cost.params > cost.mult_adds / figure.value
    found, near = explain(costcalc.load(str(spec)), {}, figure, CONVENTIONS)
    assert {c.measure for c in found or near} == {"work"}
    # and a noun decides
    found, near = explain(costcalc.load(str(spec)), {}, parse_printed("0.6M params"), CONVENTIONS)
    assert {c.measure for c in found or near} == {"params"}


def test_the_nearest_are_by_their_ratio() -> None:
    few = [load_convention(name) for name in ("mult_adds", "thop", "flops")]
    _, near = explain(load("mobilenet_v2"), {}, parse_printed("450M"), few)
    # by the difference it would come last, behind thop's 327 M
    assert (near[0].conventions, near[0].value) == (("flops",), 601_548_544)


def test_the_own_convention_of_a_table_comes_first() -> None:
    own = load_convention("fvcore")
    search = Search(load("mobilenet_v2"), {}, CONVENTIONS, own)
    assert search.causes(parse_printed("314M"))[0].kinds == ()
    assert search.causes(parse_printed("301M"))[0].kinds == ("tool",)  # calflops' MACs, which are the papers'


# -- what a cause is worth


def test_how_many_figures_around_would_have_such_a_cause() -> None:
    for network, text, step, expected in (
        ("mobilenet_v2", "300M", 10, (1, 5)),
        ("mobilenet_v2", "3.4M", 1, (3, 5)),
        ("resnet_50", "23.5M", 1, (1, 23)),
        ("efficientnet_b0", "410M", 10, (2, 5)),
    ):
        search = search_of(network)
        figure = parse_printed(text)
        cause = search.causes(figure)[0]
        chance = search.chance(figure, cause)
        assert chance is not None
        assert (chance.alike, chance.around) == expected
        # the same, figure by figure
        half, point, found = chance.around // 2, 10 if "." in text else 1, 0
        for digits in (figure.digits + step * k for k in range(-half, half + 1)):
            one = parse_printed(f"{digits / point}M" if point > 1 else f"{digits}M")
            found += any(c.weight <= cause.weight for c in search.causes(one, cause.measure) if "solved" not in c.kinds)
        assert found == chance.alike


def test_chance_is_out_of_question_for_all_digits() -> None:
    search = search_of("mobilenet_v2")
    figure = parse_printed("601,548,544")
    assert search.chance(figure, search.causes(figure)[0]) is None


def test_of_a_large_network_fewer_points_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    assert first("resnet_50", "4.1G").network == "resnet_50_v1_5"
    monkeypatch.setattr("costcalc.reconcile.candidates.MAX_LAYERS", 300)
    search = Search(load("resnet_50"), {}, CONVENTIONS)
    assert len(search.other_points()) <= 300 // len(search.base.graph.layers)


# -- which networks have a figure

NETWORKS = [
    Counts(("a", "a_1"), 5_288_548, 385_814_752),
    Counts(("b",), 5_100_000, 385_000_000),
    Counts(("c",), 390_200_000, 5_300_000_000),
    Counts(("d",), 5_260_000, 195_000_000),
]


def names(*figures: str) -> list[tuple[str, ...]]:
    found, near = everywhere([parse_printed(f) for f in figures], NETWORKS)
    return [m.network.names for m in found] or [("nearest", *m.network.names) for m in near]


def test_networks_that_have_both_figures() -> None:
    assert names("5.3M", "390M") == [("a", "a_1"), ("d",)]  # d's are FLOPs: twice 195 M
    assert names("390M", "5.3M") == [("a", "a_1"), ("d",)]
    assert names("5.3M", "0.195B") == [("d",)]
    assert names("5.3M params", "390M FLOPs") == [("a", "a_1"), ("d",)]
    assert names("390M params") == [("c",)]


def test_no_network_has_the_figures() -> None:
    assert names("5.3M", "300M")[0] == ("nearest", "a", "a_1")


def test_figures_of_one_kind_or_too_many() -> None:
    with pytest.raises(costcalc.UsageError, match="two figures of the same kind"):
        names("5.3M params", "5.2M params")
    with pytest.raises(costcalc.UsageError, match="two figures at most"):
        names("1M", "2M", "3M")
