"""Every shipped network and variant at its smallest and largest parameters: a cost or one clear error, never more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import costcalc
from costcalc.errors import CostcalcError
from costcalc.language.find import shipped
from costcalc.language.values import axes_of
from costcalc.network import networks

from ..loading import load

NAMES = list(shipped("networks"))
ANY = ("alpha", "classes")
"""What every network but a single layer takes over its whole range."""
MANY = 8
"""Choices of a parameter that every variant tries."""


def at_every_variant(name: str) -> Iterator[costcalc.Network]:
    network = load(name)
    for variant in (None, *network.variants):
        yield costcalc.Network(network.program, variant)


def limits(network: costcalc.Network) -> dict[str, tuple[Any, Any]]:
    ranges = {name: network.program.points.declared_range(name, network.variant) for name in network.parameters}
    return {name: ends for name, ends in ranges.items() if ends is not None}


def points(network: costcalc.Network) -> Iterator[dict[str, Any]]:
    """Each parameter alone at its extremes, then all that have a range at once.

    Of many choices (the backbones of a detector) the network tries all, and each variant its share.
    """
    ranges = limits(network)
    number = 0 if network.variant is None else network.variants.index(network.variant)
    for name, code in network.parameter_codes.items():
        yes_or_no = (True, False) if isinstance(network.parameters[name], bool) else ()
        choices = code.choices or ()
        if network.variant is not None and len(choices) > MANY:
            choices = choices[number % MANY :: MANY]
        for value in (*ranges.get(name, ()), *choices, *yes_or_no):
            yield {name: value}
    for end in (0, 1):
        yield {name: ends[end] for name, ends in ranges.items()}


def is_clear(error: CostcalcError, *names: str) -> bool:
    """One line with the place in the spec, the parameter's range or choices, or what the network requires."""
    said = any(f"{name} is " in str(error) for name in names) or " requires " in str(error)
    return "\n" not in str(error) and (error.place is not None or said)


def test_every_file_and_variant_is_met_once():
    every = [network.name for network in networks()]
    assert [network.name for name in NAMES for network in at_every_variant(name)] == every
    assert len(set(every)) == len(every) > 150


@pytest.mark.parametrize("name", NAMES)
def test_a_network_and_its_variants_at_their_extremes(name):
    seen = set()
    for network in at_every_variant(name):
        default = network.cost()
        assert default.spec == network.name
        assert default.params > 0
        built, refused, unclear = 0, {}, []
        for point in points(network):
            try:
                where = str(network.program.point(point, network.variant).values)
                if where in seen:  # of another variant
                    built += 1
                    continue
                cost = network.cost(**point)
            except CostcalcError as error:
                unclear += [] if is_clear(error, *point) else [(point, str(error))]
                refused |= point if len(point) == 1 else {}
                continue
            built += 1
            seen.add(where)
            assert cost.params > 0
            assert cost.mult_adds > 0
            if network.variant is None:
                assert sum(row.mult_adds for row in cost.by("layer")) == cost.mult_adds
                assert sum(row.params for row in cost.by("stage")) == cost.params
        assert unclear == [], network.name
        assert built > 0
        if network.family != "layers":
            assert not refused.keys() & set(ANY), (network.name, refused)


@pytest.mark.parametrize("name", NAMES)
def test_the_smallest_resolution_works_and_one_pixel_less_is_a_clear_error(name):
    for network in at_every_variant(name):
        if "res" not in limits(network):
            assert network.family == "layers"
            continue
        low, high = limits(network)["res"]
        smallest = next(res for res in range(low, high + 1) if is_built(network, res))
        assert smallest <= min(axes_of(network.parameters["res"]))
        if network.parameter_codes["res"].width is None:  # else the width may be too large
            assert is_built(network, high)
        with pytest.raises(CostcalcError) as caught:
            network.cost(res=smallest - 1)
        if smallest == low:
            assert str(caught.value) == f"res is from {low} to {high}, not {low - 1}"
        assert is_clear(caught.value, "res"), (network.name, str(caught.value))


def is_built(network: costcalc.Network, res: int) -> bool:
    try:
        return network.cost(res=res).mult_adds > 0
    except CostcalcError:
        return False


def test_the_smallest_resolution_has_its_share_of_the_cost():
    # Every feature map of 224 pixels is seven times that of 32; the release counts 567,716,352 without classifier.
    assert costcalc.load("mobilenet_v1").cost(res=32).mult_adds == 567_716_352 // 49 + 1_024_000
