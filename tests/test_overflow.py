"""The totals of an array: exact below 2**63, an error where int64 might wrap."""

from __future__ import annotations

from textwrap import dedent

import numpy as np
import pytest

from costcalc import SpecError
from costcalc.language.source import Source
from costcalc.network import network_from

TEXT = """
network: net
parameters: {{n: 4}}
input: 256 x 512 x n
layers:
  a: {} * conv(1x1, n, norm=none, act=none, bias=no)
"""
MACS = 2**51
"""Of one copy at n = 2**17."""


@pytest.mark.parametrize("copies", [1, 1024, 4095])
def test_a_total_below_the_bound_is_exact(copies: int) -> None:
    n = np.array([1, 2**17])
    assert network_from(Source("net.yaml", TEXT.format(copies))).cost(n=n).mult_adds.tolist() == [
        copies * 2**17,
        copies * MACS,
    ]


@pytest.mark.parametrize("copies", [4096, 4097, 8000])
def test_a_total_that_may_reach_it_is_an_error(copies: int) -> None:
    net = network_from(Source("net.yaml", TEXT.format(copies)))
    with pytest.raises(SpecError, match="may not fit 64 bits; evaluate its largest elements one by one"):
        _ = net.cost(n=np.array([1, 2**17])).mult_adds
    assert net.cost(n=2**17).mult_adds == copies * MACS


@pytest.mark.parametrize(("n", "fits"), [(2**25, True), (2**26, False)])
def test_the_second_input_of_a_layer_is_no_factor(n: int, fits: bool) -> None:
    text = """
        network: net
        parameters: {n: 4}
        input: 1 x 2048 x n
        layers:
          a: add(in, in)
    """
    cost = network_from(Source("net.yaml", dedent(text))).cost(n=np.array([1, n]))
    if fits:  # n·n·2048 is 2**61, and n·n·n more than 2**63
        assert cost.mult_adds.tolist() == [0, 0]
    else:
        with pytest.raises(SpecError, match="may not fit 64 bits"):
            _ = cost.mult_adds
