"""The peak of activations as a budget."""

from __future__ import annotations

import pytest

from costcalc import load
from costcalc.fitting import fit


@pytest.mark.parametrize("definition", ["live", "block_input_kept", "tflm"])
def test_what_fits_into_ram_is_what_the_definition_says(definition: str) -> None:
    grid = {"alpha": [0.25, 0.5, 0.75, 1.0], "res": [96, 128, 160]}
    found = fit("mobilenet_v1", max={"peak_memory": "128KiB"}, over=grid, memory=definition, bits=8)
    peaks = {
        (a, r): load("mobilenet_v1").cost(alpha=a, res=r).memory(definition, bits=8).peak
        for a in grid["alpha"]
        for r in grid["res"]
    }
    within = {at for at, peak in peaks.items() if peak <= 128 * 1024}
    assert {(p.at.get("alpha", 1.0), p.at["res"]) for p in found.points} == within
    assert 0 < len(within) < 12
    for point in found.points:
        assert point.figures["peak_memory"] == peaks[point.at.get("alpha", 1.0), point.at["res"]]


def test_many_points_at_once() -> None:
    widths = [n / 100 for n in range(25, 126)]
    found = fit("mobilenet_v2", max={"peak_memory": "1MiB"}, over={"alpha": widths}, bits=8)
    best = max(found.points, key=lambda point: point.at.get("alpha", 1.0))
    alpha = best.at.get("alpha", 1.0)
    network = load("mobilenet_v2")
    assert network.cost(alpha=alpha).memory(bits=8).peak <= 1024 * 1024
    assert network.cost(alpha=alpha + 0.01).memory(bits=8).peak > 1024 * 1024


def test_the_engineers_question() -> None:
    found = fit(max={"mult_adds": "300M", "params": "4M", "peak_memory": "512KiB"}, bits=8)
    assert found.fit > 20
    for point in found.bests[:6]:
        cost = load(point.name).cost(point.at)
        assert cost.memory(bits=8).peak == point.figures["peak_memory"] <= 512 * 1024
