"""Closed forms against the engine's integers, at random points of every shipped spec."""

from __future__ import annotations

import random
import zlib

import pytest

from costcalc.errors import CostcalcError
from costcalc.language.values import axes_of

from .points import bites, form, holds, names, network, random_point

POINTS = 12
NAMES = names()


def rng(name: str) -> random.Random:
    return random.Random(zlib.crc32(name.encode()))


def test_every_spec_is_here() -> None:
    assert len(NAMES) >= 26


@pytest.mark.parametrize("name", NAMES)
def test_the_exact_form_is_the_count(name: str) -> None:
    f, r, agreed, tried = form(name, True), rng(name), 0, 0
    assert f.variables
    while agreed < POINTS and tried < 20 * POINTS:
        tried += 1
        point = random_point(name, r)
        try:
            cost = network(name).cost(**point)
        except CostcalcError:
            continue  # groups that don't divide, a resolution too small
        if not holds(f, point):
            continue
        assert f.at(**point) == (cost.params, cost.mult_adds), point
        agreed += 1
    assert agreed >= 3, tried


@pytest.mark.parametrize("name", NAMES)
def test_the_smooth_form_is_the_count_where_no_rounding_bites(name: str) -> None:
    exact, smooth, r = form(name, True), form(name, False), rng(name)
    home = {v.name: axes_of(network(name).parameters[v.name])[0] for v in exact.variables}
    points = [home, *({**home, v.name: random_point(name, r)[v.name]} for v in exact.variables for _ in range(60))]
    if "res" in home:
        points += [{**home, "res": home["res"] * k // 2} for k in (1, 2, 3, 4)]
    agreed = 0
    for point in {str(point): point for point in points}.values():
        if bites(name, point) or not holds(exact, point) or not holds(smooth, point):
            continue  # most points, and the engine needn't count there
        try:
            cost = network(name).cost(**point)
        except CostcalcError:
            continue
        agreed += 1
        assert smooth.at(**point) == (cost.params, cost.mult_adds), point
    assert agreed or bites(name, home)


@pytest.mark.parametrize("name", ["mobilenet_v2", "shufflenet_v2", "efficientnet", "densenet_121"])
@pytest.mark.parametrize("by", ["layer", "block", "stage", "op", "kind", "primitive"])
def test_rows_add_up_to_the_total(name: str, by: str) -> None:
    import sympy

    from costcalc.symbolic import closed_form

    f = closed_form(network(name), by=by, measured=False)
    assert sympy.expand(sum(r.params for r in f.rows) - f.params) == 0
    assert sympy.expand(sum(r.work for r in f.rows) - f.mult_adds) == 0
