"""Twelve networks of torchvision as folded specs, read as their authors would; and several widths and depths as one."""

from __future__ import annotations

import re

import pytest

from costcalc.errors import UsageError
from costcalc.importing.calls import Flat
from costcalc.importing.folding import fold
from costcalc.importing.folding.fold import graph_of
from costcalc.importing.folding.varying import fold_varied
from costcalc.importing.sources import varied_argument
from costcalc.language.source import Source
from costcalc.network import Network, network_from

from .stored import NAMES, golden, stored

SINGLE = [name for name in NAMES if "-" not in name]
MOST_LINES = {
    "mobilenet_v2": 30,
    "resnet50": 25,
    "efficientnet_b0": 35,
    "densenet121": 32,
    "regnet_y_400mf": 32,
    "convnext_tiny": 36,
    "vit_b_16": 32,
    "swin_t": 45,
}
WORSE_NAMES = re.compile(r"\b(block_\d|conv_\d|act\d|with_\w+|m\d+|step\d*)\b:?")


def network(text: str) -> Network:
    return network_from(Source("folded.yaml", text, ""))


@pytest.mark.parametrize("name", SINGLE)
def test_the_folded_text_is_as_it_was_read(name: str) -> None:
    found = fold(stored(name))
    assert found.folded
    assert not found.notes
    assert found.text == golden(name).read_text(encoding="utf-8")


def test_there_are_twelve() -> None:
    assert len(SINGLE) >= 12


@pytest.mark.parametrize("name", SINGLE)
def test_the_params_are_those_of_the_module(name: str) -> None:
    flat = stored(name)
    assert (
        network(golden(name).read_text(encoding="utf-8")).cost().params == sum(call.params for call in flat.calls) > 0
    )


@pytest.mark.parametrize("name", [name for name in SINGLE if name in MOST_LINES])
def test_the_text_stays_short(name: str) -> None:
    lines = [line for line in golden(name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) <= MOST_LINES[name]


@pytest.mark.parametrize("name", SINGLE)
def test_names_say_something(name: str) -> None:
    text = golden(name).read_text(encoding="utf-8")
    assert WORSE_NAMES.findall(text.partition("blocks:")[2].partition("input:")[0]) == []


# -- several values of an argument


def varied(name: str, *values: str) -> tuple[list[float], list[Flat]]:
    return [float(v) for v in values], [stored(f"{name}-{v}") for v in values]


def test_widths_follow_the_papers_rule() -> None:
    values, flats = varied("mobilenet_v2", "0.35", "0.5", "0.75", "1.0", "1.4")
    text = fold_varied("width_mult", values, flats)
    assert "\n  c: make_divisible(width_mult*c, 8)\n" in text
    assert "=make_divisible(1280*max(1, width_mult), 8)" in text
    assert "\n  width_mult: {default: 1, range: 0.35..1.4, values: [0.35, 0.5, 0.75, 1, 1.4]}\n" in text
    costs = [network(text).cost(width_mult=v).params for v in values]
    assert costs == [sum(call.params for call in flat.calls) for flat in flats]


def test_depths_are_rounded_up() -> None:
    values, flats = varied("efficientnet", "1.0", "1.1", "1.4")
    text = fold_varied("depth_mult", values, flats)
    assert "\n  n: ceil(depth_mult*n)\n" in text
    costs = [network(text).cost(depth_mult=v).params for v in values]
    assert costs == [sum(call.params for call in flat.calls) for flat in flats]


def test_without_the_network_at_1_nothing_is_invented() -> None:
    values, flats = varied("mobilenet_v2", "0.35", "0.5", "0.75")
    text = fold_varied("width_mult", values, flats)
    assert "where:" not in text
    assert "pick(width_mult, [0.35, 0.5, 0.75], [8, 16, 24])" in text
    assert "{default: 0.35, choices: [0.35, 0.5, 0.75]}" in text
    with pytest.raises(UsageError, match="width_mult is one of"):
        network(text).cost(width_mult=0.6)


def test_what_no_rule_gives_is_looked_up() -> None:
    flats = varied("mobilenet_v2", "0.35", "0.5", "1.0")[1]
    # 0.35 and 0.5 exchanged: no rule grows like that
    text = fold_varied("width_mult", [0.5, 0.35, 1.0], flats)
    assert "where:" not in text
    assert "pick(width_mult, [0.35, 0.5, 1], [16, 8, 24])" in text
    assert network(text).cost(width_mult=0.5).params == sum(call.params for call in flats[0].calls)


def test_other_calls_are_no_other_width() -> None:
    _, flats = varied("mobilenet_v2", "1.0", "0.5")
    with pytest.raises(UsageError, match="other calls"):
        fold_varied("width_mult", [1.0, 2.0], [flats[0], stored("resnet50")])
    with pytest.raises(UsageError, match="two or more values"):
        fold_varied("width_mult", [1.0], flats[:1])


def test_values_of_an_argument_are_read() -> None:
    assert varied_argument("width_mult=0.5, 0.75,1") == ("width_mult", [0.5, 0.75, 1])
    assert [type(v) for v in varied_argument("depth=1,2")[1]] == [int, int]
    for wrong in (
        "width_mult",
        "=1,2",
        "a b=1,2",
        "a=1",
        "a=1,1",
        "a=x,2",
        "a=-1,2",
        "a=1,nan",
        "a=" + ",".join("123456789" * 4),
    ):
        with pytest.raises(UsageError, match="--vary"):
            varied_argument(wrong)


def test_a_thousand_calls_are_folded_within_a_second() -> None:
    from time import process_time

    from .random_flats import long_flat

    flat = long_flat(1000)
    assert len(flat.calls) >= 1000
    started = process_time()
    assert fold(flat).folded
    assert process_time() - started < 1
    assert len(graph_of(fold(flat).text).layers) > 1000
