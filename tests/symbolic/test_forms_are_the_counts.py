"""Closed forms against the engine's integers, at random points of every shipped spec."""

from __future__ import annotations

import random
import zlib
from typing import Any

import pytest
import sympy

from costcalc.errors import CostcalcError
from costcalc.language.source import Source
from costcalc.language.values import axes_of
from costcalc.network import network_from
from costcalc.symbolic import closed_form
from costcalc.symbolic.choosing import as_given, declared_points
from costcalc.symbolic.forms import ClosedForm

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
    while agreed < POINTS and tried < (20 if agreed >= 3 else 200) * POINTS:
        tried += 1
        point = random_point(name, r)
        try:
            cost = network(name).cost(**point)
        except CostcalcError:
            continue  # groups that don't divide, a resolution too small
        if not holds(f, point):
            continue
        try:
            told = f.at(**point)
        except ValueError:
            continue  # a rounding that a float's last bit decides
        assert told == (cost.params, cost.mult_adds), point
        agreed += 1
    assert agreed >= 3, tried


@pytest.mark.parametrize("name", NAMES)
def test_the_exact_form_is_the_count_at_every_declared_point_or_refuses(name: str) -> None:
    f, net, refused = form(name, True), network(name), []
    points = declared_points(net, f.variables)
    for point in points:
        try:
            cost = net.cost(as_given(net, point))
        except CostcalcError:
            continue
        told, problem = _told(f, point)
        if problem:
            refused.append(problem)
        else:
            assert told == (cost.params, cost.mult_adds), point
    assert len(refused) < len(points)
    assert all("takes for granted" in problem or "its last bit" in problem for problem in refused)


def _told(f: ClosedForm, point: dict[str, Any]) -> tuple[Any, str]:
    try:
        return f.at(**point), ""
    except ValueError as e:
        return None, str(e)


def test_a_form_refuses_where_what_it_takes_for_granted_is_not_so() -> None:
    """EfficientDet's pyramid of 112 channels needs no convolution to get them from a backbone's 112."""
    f = form("efficientdet_d0", True)
    point = {"W": 112, "D": 3, "D_class": 3, "res": 512}
    assert not holds(f, point)
    with pytest.raises(ValueError, match="takes for granted"):
        f.at(**point)
    assert f.at(**{**point, "W": 113})[0] == network("efficientdet_d0").cost({**point, "W": 113}).params


def test_a_default_that_depends_on_a_symbol_is_no_number_without_a_word() -> None:
    """HBONet's divisor is 8, but 2 at width 0.5; the exact form had 108,166,768 mult-adds there."""
    f, alpha = form("hbonet", True), sympy.Symbol("alpha", real=True, positive=True)
    assert network("hbonet").cost(alpha=0.5).mult_adds == 96_390_304
    assert not holds(f, {"alpha": 0.5, "res": 224})
    for exception in ("1/2", "1/4", "1/10"):
        assert sympy.Ne(alpha, sympy.Rational(exception)) in f.assumptions
    for point in ({"alpha": a, "res": 224} for a in (1.0, 0.8, 0.35)):
        assert holds(f, point)
        cost = network("hbonet").cost(**point)
        assert f.at(**point) == (cost.params, cost.mult_adds)


def test_so_it_is_in_a_network_that_another_uses() -> None:
    text = (
        "network: outer\nuses: {hbonet: [hbonet]}\nparameters: {a: {default: 1.0, range: 0.1..4}}\n"
        "input: 224 x 224 x 3\nlayers:\n  net: hbonet(alpha=a)\n"
    )
    f = closed_form(network_from(Source("outer.yaml", text)), ["a"], exact=True)
    assert sympy.Ne(f.variables[0].symbol, sympy.Rational(1, 2)) in f.assumptions


def test_a_default_that_is_given_assumes_nothing() -> None:
    f = closed_form(network("hbonet"), exact=True, measured=False, divisor=8)
    assert not any(c.free_symbols == {f.variables[0].symbol} for c in f.assumptions)


def test_a_rounding_that_the_last_bit_decides_has_no_value_in_another_order() -> None:
    """ReXNet at width 0.6: the form gave 222,391,724 mult-adds."""
    f = form("rexnet", True)
    assert network("rexnet").cost(alpha=0.6).mult_adds == 222_524_978
    with pytest.raises(ValueError, match="its last bit depends on the order of a sum"):
        f.at(alpha=0.6, res=224)
    for alpha in (1.0, 0.5, 1.5, 2.0):
        cost = network("rexnet").cost(alpha=alpha)
        assert f.at(alpha=alpha, res=224) == (cost.params, cost.mult_adds)


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
