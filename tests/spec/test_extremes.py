"""Every shipped network at its smallest and largest parameters: a cost, or one clear error; never anything else."""

import pytest

import costcalc
from costcalc.errors import CostcalcError
from costcalc.spec.find import shipped

NAMES = list(shipped("networks"))


def points(network: costcalc.Network):
    for name, code in network.parameter_codes.items():
        parameter = code.parameter
        if parameter.low is not None:
            yield name, parameter.low.value
            yield name, parameter.high.value
        for choice in code.choices or ():
            yield name, choice


@pytest.mark.parametrize("name", NAMES)
def test_a_network_at_its_extremes(name):
    network = costcalc.load(name)
    default = network.cost()
    assert default.params > 0
    built, untold = 0, []
    for parameter, value in points(network):
        try:
            cost = network.cost(**{parameter: value})
        except CostcalcError as error:
            untold += [] if error.place is not None or parameter in str(error) else [str(error)]
            continue
        built += 1
        assert cost.params > 0
        assert cost.mult_adds > 0
        assert sum(row.mult_adds for row in cost.by("layer")) == cost.mult_adds
        assert sum(row.params for row in cost.by("stage")) == cost.params
    assert untold == []
    assert built > 0 or not list(points(network))


@pytest.mark.parametrize("name", NAMES)
def test_every_variant_has_a_cost(name):
    for variant in costcalc.load(name).variants:
        cost = costcalc.load(variant).cost()
        assert cost.spec == variant
        assert cost.params > 0


def test_the_smallest_resolution_works_and_one_pixel_less_does_not():
    network = costcalc.load("mobilenet_v1")
    # Every feature map of 224 pixels is seven times that of 32; the release counts 567,716,352 without classifier.
    assert network.cost(res=32).mult_adds == 567_716_352 // 49 + 1_024_000
    with pytest.raises(CostcalcError, match="res is from 32 to 1024, not 31"):
        network.cost(res=31)
