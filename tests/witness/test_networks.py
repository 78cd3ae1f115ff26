"""Every shipped network and variant is what torch has: at its defaults on meta, and small through real tensors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("torch")

import costcalc
from costcalc.errors import CostcalcError
from costcalc.language.values import axes_of
from costcalc.network import Network, networks
from costcalc.witness.verifying import verify

from .checking import verified

pytestmark = pytest.mark.torch

SMALL = (16, 32, 33, 48, 64, 65, 75, 96, 97, 128, 160, 192, 224, 256, 299, 320, 384, 512)
FEW: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("classes", "proposals", "masks"), (7,)),
    **dict.fromkeys(("alpha", "width"), (0.25, 0.5)),
    **dict.fromkeys(("F", "C", "W", "w", "filters"), (24, 36, 32)),
}
"""Values of parameters that make a network quick without making it another one; the first that is legal."""


def points() -> Iterator[tuple[str, Network]]:
    """Every network with its name; a variant that is at the defaults of its network isn't told twice."""
    seen: set[tuple[str, str]] = set()
    for network in networks():
        key = (network.program.spec.name, str(network.parameters))
        if key not in seen:
            seen.add(key)
            yield network.name, network


NETWORKS = dict(points())


def small(network: Network) -> dict[str, Any]:
    """The smallest legal resolution, and few classes, proposals and channels, each where that is allowed."""
    chosen: dict[str, Any] = {}
    declared = network.parameters

    def legal(values: dict[str, Any]) -> bool:
        try:
            network.graph(**values)
        except CostcalcError:
            return False
        return True

    for name, values in FEW.items():
        if name in declared:
            found = next((value for value in values if legal({**chosen, name: value})), None)
            chosen |= {} if found is None else {name: found}
    for names in (("res",), ("DF",), ("height", "width")):
        if names[0] in declared:
            sizes = [dict.fromkeys(names, size) for size in SMALL if size <= min(axes_of(declared[names[0]]))]
            chosen |= next((size for size in sizes if legal(chosen | size)), {})
    return chosen


@pytest.mark.parametrize("name", NETWORKS)
def test_at_its_defaults_on_meta(name: str) -> None:
    network = NETWORKS[name]
    result = verify(network.cost(), network.graph(expand=True), "meta")
    assert result.differences == []
    assert len(result.measured) == len(result.layers)


@pytest.mark.parametrize("name", NETWORKS)
def test_small_through_real_tensors(name: str) -> None:
    network = NETWORKS[name]
    point = small(network)
    result = verify(network.cost(**point), network.graph(expand=True, **point), "cpu")
    assert result.differences == []
    assert result.finite


@pytest.mark.parametrize(
    ("name", "res"),
    [
        ("mobilenet_v2", "64x96"),
        ("resnet_50", "96x64"),
        ("inception_v3", "160x224"),
        ("densenet", "64x96"),
        ("efficientnet_b0", "64x96"),
        ("shufflenet_v2", "96x64"),
        ("vit", "64x96"),
        ("swin", "224x448"),
        ("yolov3", "64x128"),
        ("deeplabv3", "97x65"),
        ("lr_aspp", "128x96"),
        ("ssd", "192x160"),
        ("maxvit", "64x96"),
    ],
)
def test_at_a_rectangle(name: str, res: str) -> None:
    assert verified(costcalc.load(name), "meta", res=res).differences == []
