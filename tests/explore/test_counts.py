"""The page's interpreter, in a browser, has what the engine has: at random points of every shipped network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from costcalc import Network
from costcalc.explore import OnPage, described
from costcalc.explore.page import assembled, asset
from costcalc.language.find import names_in, open_shipped, shipped
from costcalc.language.source import Source
from costcalc.network import network_from

from ..loading import load
from .chromium import needs_chromium, verdict
from .points import counted, points

NAMES = [names_in(open_shipped(path))[0].name for _, path in sorted(shipped("networks").items())]
OFTEN = (
    "mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small", "efficientnet", "efficientnet_v2",
    "resnet", "densenet", "shufflenet_v1", "shufflenet_v2", "rexnet", "mnasnet_a1", "ghostnet", "hbonet", "mobilenext",
    "efficientdet", "vit", "convnext", "squeezenext", "swin",
)  # fmt: skip
"""Networks of different makes, at 200 points each; the others at 10."""
MOST = 4_000
SELFTEST = (Path(__file__).parent / "selftest.js").read_text(encoding="utf-8")


def run(path: Path, networks: list[dict[str, Any]], change: Callable[[str], str] = str) -> list[Any]:
    """What the interpreter makes of the networks with their points; ``change`` breaks it."""
    scripts = [change(asset("run.js")), asset("model.js"), SELFTEST]
    path.write_text(assembled({"networks": networks}, scripts, "test", body=""), encoding="utf-8")
    found: list[Any] = verdict(path)
    assert all(isinstance(told, dict) for told in found), found[-1]
    assert [told["name"] for told in found] == [n["network"]["name"] for n in networks]
    return found


def with_points(network: Network, count: int) -> dict[str, Any]:
    data, _ = described(OnPage(network, {}, network.name, most=MOST, formulas=False))
    return {"network": data, "points": points(network, data, count)}


def assert_right(found: list[Any]) -> None:
    for told in found:
        assert not told["wrong"], (told["name"], len(told["wrong"]), told["wrong"][:3])
        # Only where a power's last digit decides is there no answer, and that is said.
        assert told["refused"] == 0 or "last digit" in told["why"][1], told
        assert told["refused"] <= told["counts"] // 10, told
        assert told["counts"] > 0, told["name"]


@needs_chromium
def test_200_points_of_20_networks(tmp_path: Path) -> None:
    assert_right(run(tmp_path / "page.html", [with_points(load(name), 200) for name in OFTEN]))


@needs_chromium
def test_10_points_of_every_other_network(tmp_path: Path) -> None:
    others = [with_points(load(name), 10) for name in NAMES if name not in OFTEN]
    assert sum(bool(one["network"]["parameters"]) for one in others) > 0.95 * len(others)
    assert_right(run(tmp_path / "page.html", others))


@needs_chromium
def test_a_wrong_operation_is_seen(tmp_path: Path) -> None:
    """Halves rounded up, as Math.round has it, are another count: the points above would tell."""

    def halves_up(script: str) -> str:
        wrong = script.replace("rest < 0.5 || (rest === 0.5 && down % 2 === 0)", "rest < 0.5")
        assert wrong != script
        return wrong

    network = load("rexnet")
    (told,) = run(tmp_path / "page.html", [with_points(network, 200)], halves_up)
    assert told["wrong"]


LARGE = """
network: large
parameters:
  n: {default: 8, range: 1..90000000000000}
  a: {default: 1.5, range: 1..4}
  b: {default: 2.5, range: 0..9}
  s: {default: 1, range: 0.1..1}
input: 8x8x8
layers:
  one: conv(1x1, n)
  two: conv(1x1, floor(3*s/7 + n/3) + ceil(n/7) + round(5*s/2))
  three: conv(1x1, floor(100*a**b % 1000) + 1)
"""
"""Counts beyond 2**53, rationals of parameters, powers of floats."""


@needs_chromium
def test_large_ints_rationals_and_powers(tmp_path: Path) -> None:
    network = network_from(Source("large.yaml", LARGE))
    data, _ = described(OnPage(network, {}, "large", formulas=False))
    texts: list[dict[str, str]] = [
        {"n": str(n), "s": s}
        for n in (1, 7, 21, 3_000_001, 1_000_000_007, 90_000_000_000_000)
        for s in ("1", "1/2", "3/5", "0.6", "0.2", "2/3")
    ]
    texts += [{"a": a, "b": b} for a in ("2", "3", "1.25", "2.718281828") for b in ("2", "3", "0", "2.5", "0.5", "7.3")]
    exact = [{"n": "-1"}, {"a": "1e999"}, {"a": "0x10"}, {"a": ""}, {"n": "7.5"}]
    asked = [[one, *counted(network, one, stages=False)] for one in texts] + [[one, None, None] for one in exact]
    assert any(isinstance(total, str) for _, totals, _ in asked if totals for total in totals)
    (told,) = run(tmp_path / "page.html", [{"network": data, "points": asked}])
    assert not told["wrong"], told["wrong"]
    assert told["refused"] == 0 or "last digit" in told["why"][1], told
    assert told["counts"] >= len(texts) - 6


@needs_chromium
def test_where_the_last_digit_of_a_power_decides_there_is_no_number(tmp_path: Path) -> None:
    """Unless the spec names the point: then the page has Python's own power."""
    text = LARGE.replace("{default: 2.5, range: 0..9}", "{default: 2.5, range: 0..9, values: [2.5, 3.7]}")
    text = text.replace("floor(100*a**b % 1000) + 1", "floor(10**15*a**b % 1000) + 1")
    network = network_from(Source("large.yaml", text))
    data, _ = described(OnPage(network, {}, "large", formulas=False))
    named = [[one, *counted(network, one, stages=False)] for one in ({}, {"b": "3.7"})]
    other = [[one, *counted(network, one, stages=False)] for one in ({"b": "3.71"}, {"b": "3.9"}, {"b": "4.1"})]
    first, second = run(
        tmp_path / "page.html", [{"network": data, "points": named}, {"network": data, "points": other}]
    )
    assert (first["counts"], first["wrong"]) == (2, [])
    assert (second["refused"], second["wrong"]) == (3, []), second
