"""Defaults that follow from other parameters; sizes that follow from parameters; alternatives on symbols."""

from __future__ import annotations

import pytest
import sympy

from costcalc.errors import UsageError
from costcalc.language.source import Source
from costcalc.network import Network, network_from

HEAD = """network: x
parameters:
  phi: {default: 0, range: 0..12}
  width: {default: 3**phi, range: 0.1..20}
  k: {default: 3, range: 1..9}
input: 32 x 32 x 3
layers:
"""


def network(layers: str) -> Network:
    return network_from(Source("test.yaml", HEAD + layers))


def test_a_default_that_follows_from_a_given_value_is_checked_too() -> None:
    net = network("  a: conv(3x3, 8*width)\n")
    assert net.cost(phi=2).params == 27 * 72 + 2 * 72
    with pytest.raises(UsageError, match=r"^width is from 0\.1 to 20, not 531441$"):
        net.cost(phi=12)


@pytest.mark.parametrize(
    ("size", "same"), [("[k, 1]", "3x1"), ("[1, k]", "1x3"), ("[k, k]", "3x3"), ("[2*k - 1, k]", "5x3")]
)
def test_a_size_may_be_made_of_expressions(size: str, same: str) -> None:
    for layer in ("conv({}, 8)", "dwconv({})", "maxpool({}, 2)"):
        made, written = (network(f"  a: {layer.format(s)}\n").cost() for s in (size, same))
        assert (made.params, made.mult_adds) == (written.params, written.mult_adds)
        assert made.layers[-1].out_shape == written.layers[-1].out_shape


def test_a_size_of_a_symbol() -> None:
    k = sympy.Symbol("k", integer=True, positive=True)
    assert network("  a: conv([k, 1], 8, norm=none, bias=no)\n").cost(k=k).params == 24 * k


def test_alternatives_on_a_symbol_are_taken_as_false() -> None:
    net = network("  a: conv(3x3, 4 if width == 2 or width == 5 else 8, norm=none, bias=no)\n")
    assert net.cost(width=sympy.Symbol("w", positive=True)).params == 27 * 8
    assert net.cost(width=5).params == 27 * 4
