"""The totals of an array: exact below 2**63, an error where int64 might wrap."""

from __future__ import annotations

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
