"""``role`` of parameters and ``task`` of networks: every shipped spec says them, and a role does what it says."""

from __future__ import annotations

import pytest

from costcalc import Cost, Network, load, networks
from costcalc.language.sections import TASKS
from costcalc.language.values import Size

SHIPPED = [network for network in networks() if network.variant is None]


@pytest.mark.parametrize("network", SHIPPED, ids=lambda n: n.name)
def test_every_shipped_network_says_its_task_its_year_and_its_resolution(network: Network) -> None:
    assert network.task in TASKS
    assert (network.task == "layer") == (network.family == "layers")
    assert network.roles["resolution"] in ("res", "rho")
    assert network.name == "features_only" or network.program.spec.year in range(2012, 2027)


def changed(network: Network, role: str) -> tuple[Cost, Cost]:
    """The costs at the default, and at a larger value of the parameter with the role."""
    name = network.roles[role]
    default = network.parameters[name]
    if isinstance(default, Size):  # twice as high, and as wide as the network says for one number
        return network.cost(), network.cost({name: 2 * default.axes[0]})
    code = network.parameter_codes[name]
    larger = [v for v in [*network.program.points.declared_values(name), *(code.choices or ())] if v > default]
    return network.cost(), network.cost({name: min(larger, default=2 * default)})


def of(role: str) -> list[Network]:
    return [network for network in SHIPPED if role in network.roles]


SHORTCUTS = {"maxvit", "tinynet"}
"""The stem keeps its channels: whether a shortcut from it is there, or needs a convolution, depends on the width."""


@pytest.mark.parametrize("network", of("width"), ids=lambda n: n.name)
def test_width_changes_channels_and_no_layers(network: Network) -> None:
    default, wide = changed(network, "width")
    assert wide.params > default.params
    assert wide.mult_adds > default.mult_adds
    same = [layer.name for layer in wide.layers] == [layer.name for layer in default.layers]
    assert same == (network.name not in SHORTCUTS)


@pytest.mark.parametrize("network", of("depth"), ids=lambda n: n.name)
def test_depth_changes_the_number_of_layers(network: Network) -> None:
    default, deep = changed(network, "depth")
    assert sum(layer.count for layer in deep.layers) > sum(layer.count for layer in default.layers)


@pytest.mark.parametrize("network", of("resolution"), ids=lambda n: n.name)
def test_resolution_changes_the_size_of_the_maps(network: Network) -> None:
    default, large = changed(network, "resolution")
    assert large.layers[0].in_shapes[0][1:] > default.layers[0].in_shapes[0][1:]
    assert large.layers[0].in_shapes[0][0] == default.layers[0].in_shapes[0][0]


def test_roles_and_task_in_python() -> None:
    network = load("efficientnet_b3")
    assert network.roles == {"depth": "depth", "width": "width", "resolution": "res"}
    assert network.task == "classification"
    assert load("alexnet").program.spec.year == 2012
    assert load("mobilenet_v1").program.spec.year == 2017
