"""Screens: what was asked for stays on the last of 24 lines, no line is wider than that, and a pipe loses nothing."""

from __future__ import annotations

import re
import shlex
from functools import cache

import pytest

from .running import run

ANSWERS = {
    "show mobilenet_v2": "mobilenet_v2, alpha=1.0, 224x224x3: 3,504,872 params, 300,774,272 mult-adds",
    "show mobilenet_v2 --by block": "mobilenet_v2, alpha=1.0, 224x224x3: 3,504,872 params, 300,774,272 mult-adds",
    "show mobilenet_v2 --by kind": "3,504,872 params, 300,774,272 mult-adds",
    "show mobilenet_v2 --by op --bits all --prune 0.3": "0.3 of the weights 2,463,944",
    "show mobilenet_v1 --convention fvcore": "counted by fvcore: 578,875,904 flops",
    "show mobilenet_v2 --alpha 0.35 --res 96 --by block --memory --bits 8": "RAM 138,240 bytes",
    "show resnet_50 --by stage --training adam --batch 32": "at most 5,033,522,816 bytes",
    "show vgg_16 --columns name,output,receptive_field": "138,357,544 params, 15,470,264,320 mult-adds",
    "show mobilenet_v1 mobilenet_v2": "mobilenet_v1, alpha=1.0, 224x224x3: 4,231,976 params, 568,740,352 mult-adds",
    "compare standard vs separable": "B / A 1/N + 1/D_K² 1/N + 1/D_K²",
    "compare mobilenet_v1 vs mobilenet_v2": "B mobilenet_v2 3,504,872 0.8282 300,774,272 0.5288",
    "compare mobilenet_v1 vs mobilenet_v1_shallow:alpha=0.75 --by layer": "params 4,231,976 → 1,823,320 (-2,408,656, ",
    "compare mobilenet_v1 vs mobilenet_v2 --by stride": "total 568,740,352 300,774,272",
    "compare mobilenet_v1 vs mobilenet_v2 --memory --bits 8": "B mobilenet_v2 3,504,872 0.8282 300,774,272 0.5288",
    "formula mobilenet_v2": "mult-adds 247,869,440 α²ρ²",
    "formula mobilenet_v2 --by stage": "mult-adds 247,869,440 α²ρ²",
    "formula standard": "D_K²·M·N·D_F²·α²·ρ²",
    "fit mobilenet_v1 --max mult_adds=150M --over alpha=0.25:1,res=160": "alpha=0.712,res=160 2,366,467 149,591,450",
    "reconcile mobilenet_v2": "280,117,869 (hrnet_summary) to 627,687,672",
    "reconcile mobilenet_v2 --between mult_adds fvcore": "total 300,774,272 314,193,216",
    "reconcile mobilenet_v2 --memory": "depthwise_in_place 5,619,712",
    "reconcile resnet_50 --explain 4.1G": "4,089,184,256",
    "sweep mobilenet_v1 --alpha 1,0.5 --res 224,160": "0.5 160 1,331,592 76,524,800",
    "sweep mobilenet_v1 --alpha 1,0.5 --res 224,160 --grid mult_adds": "mult-adds, millions 224 160 params",
    "scale efficientnet --phi 0:7:1": "68,741,810 39,663,901,696",
    "roofline mobilenet_v1 --device t4": "At least 90.31 µs, and never a latency",
    "list": "networks; ",
    "list detection": "costcalc list --all",
    "list --all": "costcalc list --all",
    "list --conventions": "costcalc explain convention NAME",
    "lint mobilenet_v1": "mobilenet_v1: no problems",
}
"""What each command is asked for, as its screen has it."""
NARROW = {"compare mobilenet_v1 vs mobilenet_v2 --memory --bits 8": "B mobilenet_v2 3.50 M 0.8282 301 M 0.5288"}
"""Where 80 columns have no room for all digits."""


@cache
def lines(command: str, columns: int | None) -> list[str]:
    """What a command prints, with one blank where there are several."""
    result = run(*shlex.split(command), columns=columns)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout.splitlines()


@pytest.mark.parametrize(("columns", "height"), [(80, 24), (140, 40)])
@pytest.mark.parametrize("command", ANSWERS)
def test_the_answer_is_on_the_screen_and_no_line_is_too_long(command: str, columns: int, height: int) -> None:
    every = lines(command, columns)
    assert max(map(len, every)) <= columns
    answer = NARROW.get(command, ANSWERS[command]) if columns == 80 else ANSWERS[command]
    screen = " ".join("\n".join(every[-height + 1 :]).split())  # the prompt takes a line too
    assert answer in screen


@pytest.mark.parametrize("command", ANSWERS)
def test_what_is_counted_is_one_line_at_most(command: str) -> None:
    every = lines(command, 80)
    assert sum(line.startswith("mult-adds as in the papers: ") for line in every) <= 1
    if "--conventions" not in command:
        for said in ("one for each multiply-accumulate", "running statistics are", "elementwise ops count"):
            assert not any(said in line for line in every)


@pytest.mark.parametrize("command", ANSWERS)
def test_a_count_that_is_rounded_is_told_to_be(command: str) -> None:
    every = lines(command, 80)
    rounded = [line for line in every if re.search(r"\d [kMG](?: |$)", line) and not line.startswith("By chance: ")]
    assert bool(rounded) == (command in NARROW) == ("Rounded to three digits at this width" in "".join(every))


@pytest.mark.parametrize("command", ANSWERS)
def test_a_pipe_cuts_nothing_and_has_no_endless_lines(command: str) -> None:
    every = lines(command, None)
    text = "\n".join(every)
    assert not any(told in text for told in ("…", "Not shown", "Rounded to three"))
    assert max(map(len, every)) <= 300
    if command not in ("list", "list --all", "list detection"):  # which have other columns there
        assert all(answer in " ".join(text.split()) for answer in [ANSWERS[command]])


def test_an_answer_that_scrolls_away_would_be_noticed() -> None:
    every = lines("show mobilenet_v2", 80)
    assert len(every) > 24
    assert every[0].startswith("mobilenet_v2 (MobileNetV2): alpha=1.0")
    assert not any(line == every[0] for line in every[-23:])
