"""The page as people see and use it: widths, themes, keyboard, budget, address, copies, hostile texts."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from costcalc.cli.options import SPEC_OPTIONS
from costcalc.language.source import Source
from costcalc.network import Network, network_from
from costcalc.reports.explore import asked_of, written

from ..loading import load
from .chromium import needs_chromium, verdict

pytestmark = needs_chromium
DRIVE = (Path(__file__).parent / "drive.js").read_text(encoding="utf-8")
AROUND = """<!doctype html><body><iframe src="page.html{hash}" width="{width}" height="900"></iframe><script>
addEventListener("message", e => {{
  document.body.append(Object.assign(document.createElement("pre"), {{id: "verdict", textContent: e.data}}));
}});</script>"""
HALF, FULL = (97_131_840, 1_968_680), (300_774_272, 3_504_872)


def page_of(*networks: Network) -> str:
    return written(asked_of(network, {}, network.name, SPEC_OPTIONS) for network in networks)


@pytest.fixture(scope="module")
def page() -> str:
    return page_of(load("mobilenet_v2"))


def driven(folder: Path, text: str, hash_: str = "", *, width: int = 0) -> Any:
    """What the script saw; at ``width`` in a frame, as a window of Chromium isn't narrower than 500."""
    allowed = b64encode(sha256(DRIVE.encode()).digest()).decode()
    text = text.replace("script-src '", f"script-src 'sha256-{allowed}' '", 1)
    (folder / "page.html").write_text(text.replace("</body>", f"<script>{DRIVE}</script></body>"), encoding="utf-8")
    if not width:
        return verdict(folder / "page.html", hash_)
    (folder / "around.html").write_text(AROUND.format(width=width, hash=hash_), encoding="utf-8")
    return verdict(folder / "around.html")


def shown(totals: tuple[int, int]) -> list[str]:
    return [f"{total:,}" for total in totals]


@pytest.mark.parametrize("width", [360, 0])
def test_the_page(page: str, tmp_path: Path, width: int) -> None:
    seen = driven(tmp_path, page, width=width)
    assert "error" not in seen, seen["error"]
    assert "violation" not in seen
    assert seen["start"] == shown(FULL)
    assert all(scroll <= inner for scroll, inner in seen["widths"]), seen["widths"]
    assert {inner for _, inner in seen["widths"]} == {width or 1280}
    assert seen["half"] == shown(HALF)
    assert seen["hash"] == "#a=mobilenet_v2&a.alpha=0.5"
    assert seen["live"] == "MobileNetV2: 97.1 M mult-adds, 1.97 M params"
    assert seen["command"] == "costcalc show mobilenet_v2 --alpha 0.5"
    # Keys: the next declared value, a step.
    assert seen["next"] == "0.75"
    assert seen["typed"] == ["209,069,792", "2,636,424"]
    assert seen["arrow"] == "0.76"
    assert seen["wrong"] == ["this is no number", "true"]
    # Never a silent number.
    totals, note = seen["outside"]
    assert totals == ["–", "–"]
    assert note.startswith("Outside of the form: alpha is from ")
    assert "costcalc show mobilenet_v2 --alpha -3" in note
    assert seen["over"] == ["300,774,272", "over by 101 M, 50.4 %"]
    assert seen["hatched"] == "repeating-linear-gradient"
    assert seen["colours"]["light"] != seen["colours"]["dark"]
    assert seen["rows"] > 40
    assert seen["sum"] == FULL[0]
    assert seen["two"] == 4
    assert seen["terms"] > 4
    assert seen["labels"] == []
    assert seen["headings"]
    assert seen["csv"][0] == "network,parameters,layer,layers,output,params,mult_adds"
    assert seen["csv"][1].startswith("mobilenet_v2,alpha=1.0 res=224 ")
    assert seen["csv"][1].endswith(",stage1,1,32x112x112,928,10838016")
    assert seen["markdown"][2:5] == [
        "| layer | output | params | mult-adds |", "|---|---|---:|---:|", "| stage1 | 112² × 32 | 928 | 10,838,016 |",
    ]  # fmt: skip


def test_the_address_holds_the_state(page: str, tmp_path: Path) -> None:
    seen = driven(tmp_path, page, "#a=mobilenet_v2&a.alpha=0.5&b=mobilenet_v2&b.res=160&show=params&by=layer&params=2M")
    wanted = load("mobilenet_v2").cost(res=160)
    assert seen["start"][::2] == ["A97,131,840", "A1,968,680"]
    assert seen["start"][1].startswith(f"B{wanted.mult_adds:,} 1.59 × A")
    assert seen["start"][3].startswith(f"B{wanted.params:,} 1.78 × A")


@pytest.mark.parametrize(
    "hash_",
    [
        "#a=<img src=x onerror=alert(1)>&a.alpha=1e999&%E0%A4%A=1&mult_adds=<b>&show=__proto__",
        "#a=mobilenet_v2&a.alpha=0x10&a.res=javascript:alert(1)&a.__proto__=1&b=nothing",
        "#a.alpha=" + "9" * 5_000,
    ],
)
def test_an_address_of_somebody_else(page: str, tmp_path: Path, hash_: str) -> None:
    seen = driven(tmp_path, page, hash_)
    assert "error" not in seen
    assert seen["start"] == shown(FULL)
    assert (seen["images"], seen["scripts"]) == (0, 3)


HOSTILE = """
network: hostile
title: "</script><script>alert(1)</script><img src=x onerror=alert(2)>{{SCRIPT}}"
parameters:
  alpha: {default: 1.0, range: 0.25..2, values: [0.5, 0.75, 1.0], doc: "<img src=x onerror=alert(3)>|`$(id)`"}
  constructor: {default: 3, range: 1..9, doc: "</style>"}
  __proto__: {default: 2, range: 1..4}
  kind: {default: relu, choices: [relu, swish]}
input: 32x32x3
layers:
  toString: conv(3x3, floor(8*alpha)*constructor, act=kind)
  valueOf: conv(1x1, 8*__proto__)
"""


def test_a_spec_of_somebody_else(tmp_path: Path) -> None:
    network = network_from(Source("hostile.yaml", HOSTILE))
    text = page_of(network)
    assert "<img" not in text
    assert text.count("<script") == text.count("</script>") == 2
    seen = driven(tmp_path, text)
    cost = network.cost()
    assert "violation" not in seen
    assert seen["start"] == shown((cost.mult_adds, cost.params))
    assert seen["half"] == shown((network.cost(alpha=0.5).mult_adds, network.cost(alpha=0.5).params))
    assert (seen["images"], seen["scripts"]) == (0, 3)
