"""Rectangular inputs on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .running import refused, run, shown


@pytest.mark.parametrize("words", [("mobilenet_v2", "--res", "192x256"), ("mobilenet_v2:res=192x256",)])
def test_a_rectangle_as_an_option_and_as_a_point(words: tuple[str, ...]) -> None:
    text = shown("show", *words)
    assert "res=192x256" in text.splitlines()[0]
    assert "\nmobilenet_v2, alpha=1.0, 192x256x3: " in text
    document = json.loads(shown("show", *words, "--format", "json"))
    assert document["totals"]["mult_adds"] == 294_662_144
    assert document["parameters"]["res"] == "192x256"


def test_a_formula_in_both_sides() -> None:
    text = shown("formula", "mobilenet_v2", "--wrt", "res.h,res.w")
    assert "in H = res.h, W = res.w" in text
    assert "47,751 H·W/8 + 1,280,000" in text.replace("\u00a0", " ")


def test_it_is_compared() -> None:
    text = shown("compare", "mobilenet_v2:res=192x256", "vs", "mobilenet_v2")
    assert "294,662,144" in text
    assert "300,774,272" in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("mobilenet_v2", "--res", "192x20"), "res is from 32 to 1024, not 20"),
        (("mobilenet_v2", "--res", "192x256", "--rho", "2"), "rho multiplies the default of res"),
        (("mobilenet_v2", "--alpha", "1x2"), "--alpha is one number, not 1x2: it isn't both height and width"),
        (("yolov3", "--res", "416x420"), "yolov3 requires res % 32 == 0, not res 416x420"),
        (("deeplabv3", "--res", "513x641", "--width", "641"), "width is the width of res now, so give res as HxW"),
    ],
)  # fmt: skip
def test_what_is_refused(words: tuple[str, ...], told: str) -> None:
    assert told in refused("show", *words)


def test_an_older_name_goes_on_working_with_a_warning() -> None:
    result = run("show", "deeplabv3", "--width", "641", "--format", "json")
    assert result.stderr == "Warning: width is the width of res now: res=513x641\n"
    assert json.loads(result.stdout)["totals"] == json.loads(
        shown("show", "deeplabv3:res=513x641", "--format", "json")
    )["totals"]  # fmt: skip
    assert "--width" not in shown("show", "deeplabv3", "--help")
    assert "--res NUMBER|HxW" in shown("show", "deeplabv3", "--help")


def test_a_network_whose_size_is_one_number_says_so(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("network: net\nparameters: {res: 32}\ninput: 8 x res x 3\nlayers: {a: bn}\n")
    assert "--res is one number, not 16x32" in refused("show", str(path), "--res", "16x32")
