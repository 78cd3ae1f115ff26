"""What a page's file is: the same every time, small, closed to everything outside of it."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

import pytest

from costcalc.cli.options import SPEC_OPTIONS
from costcalc.explore.packing import distances, fronted
from costcalc.language.find import shipped
from costcalc.reports.explore import asked_of, written, zoo, zoo_page

from ..loading import load


def page_of(*names: str) -> str:
    return written(asked_of(load(name), {}, name, SPEC_OPTIONS) for name in names)


def data_of(text: str) -> Any:
    found = re.search(r'id="data">([^<]*)<', text)
    assert found
    return json.loads(zlib.decompress(b64decode(found[1]), -15))


def test_the_same_networks_are_the_same_page() -> None:
    assert page_of("mobilenet_v1", "rexnet") == page_of("mobilenet_v1", "rexnet")


@pytest.mark.parametrize("names", [["mobilenet_v2", "efficientnet"], ["densenet_121"]])
def test_a_page_is_at_most_400_kilobytes(names: list[str]) -> None:
    assert len(page_of(*names).encode()) <= 400_000


@pytest.mark.slow
def test_the_page_of_every_network_is_too() -> None:
    text = zoo_page(zoo(SPEC_OPTIONS))
    assert len(text.encode()) <= 400_000
    networks = data_of(text)["networks"]
    assert len(networks) == len(shipped("networks"))
    assert sum(bool(network["parameters"]) for network in networks) > 0.9 * len(networks)
    assert all("mult-adds" in network["told"] for network in networks)


def test_the_policy_lets_nothing_but_this_script_and_style() -> None:
    text = page_of("mobilenet_v1")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    rules = dict(rule.split(" ", 1) for rule in policy[1].split("; "))
    assert rules["default-src"] == "'none'"
    assert "eval" not in policy[1]
    assert "unsafe" not in policy[1]
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        found = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert found
        assert rules[rule] == f"'sha256-{b64encode(sha256(found[1].encode()).digest()).decode()}'"
    assert not re.search(
        r"\beval\b|new Function|innerHTML|insertAdjacentHTML|document\.write|\bfetch\(|https?://(?!www\.w3\.org)", text
    )


def test_a_variant_is_its_network_with_values() -> None:
    data = data_of(page_of("efficientnet_b3", "efficientnet"))
    assert [network["name"] for network in data["networks"]] == ["efficientnet"]
    (first, texts), second = data["starts"]
    assert first == 0
    assert texts
    assert second == [0, {}]
    assert "b3" in [v["label"] for v in data["networks"][0]["variants"]]


def test_given_values_are_where_the_page_begins() -> None:
    asked = asked_of(load("mobilenet_v2"), {"alpha": 0.5, "expand_first": True}, "mobilenet_v2", SPEC_OPTIONS)
    (network,) = data_of(written([asked]))["networks"]
    assert network["fixed"]["expand_first"] == "yes"
    assert ["--expand_first ", "yes"] in network["given"]
    assert data_of(written([asked]))["starts"] == [[0, {"alpha": "0.5"}]]


def test_what_names_and_places_become() -> None:
    assert fronted(["stage2.1.dw", "stage2.1.pw", "x"]) == ["astage2.1.dw", "jpw", "ax"]
    assert distances([5, 7, 4]) == [5, 2, -3]
