"""Published implementations' exact integers: the second witness. The files here are truth; no flag rewrites them."""

from pathlib import Path

import pytest
import yaml

from ..loading import load

FILES = sorted(Path(__file__).parent.glob("exact_counts*.yaml"))
COUNTS = [c for f in FILES for c in yaml.safe_load(f.read_text(encoding="utf-8"))["counts"]]


def test_there_are_counts():
    assert len(COUNTS) >= 30
    assert all(c["source"] for c in COUNTS)


@pytest.mark.parametrize("count", COUNTS, ids=lambda c: f"{c['model']}-{c['config']}".replace(" ", ""))
def test_an_exact_count_comes_out_to_the_last_unit(count):
    cost = load(count["model"]).cost(**count["config"])
    assert cost.params == count["params"]
    if "mult_adds" in count:
        assert cost.mult_adds == count["mult_adds"]


@pytest.mark.parametrize("count", COUNTS[::3], ids=lambda c: f"{c['model']}-{c['config']}".replace(" ", ""))
def test_the_written_out_layers_add_up_to_the_totals(count):
    cost = load(count["model"]).cost(**count["config"])
    assert sum(layer.params for layer in cost.layers) == cost.params
    assert sum(layer.mult_adds for layer in cost.layers) == cost.mult_adds
