"""Names of timm's models are names here, and count to the unit at timm's own input."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from costcalc import UsageError
from costcalc.language.find import find_network

from ..loading import load

FOLDER = Path(__file__).parent


def names(file: str) -> list[str]:
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


COUNTS = yaml.safe_load((FOLDER / "zoo_counts.yaml").read_text(encoding="utf-8"))["timm"]
MISSING = names("zoo_missing.txt")


@pytest.mark.parametrize("name", [name for name in names("zoo_wanted.txt") if name not in MISSING])
def test_a_name_of_the_zoo_counts_to_the_unit(name: str) -> None:
    shape, params, mult_adds = COUNTS[name]
    _, height, width = map(int, shape.split("x"))
    assert height == width
    cost = load(name).cost(res=height)
    assert (cost.params, cost.mult_adds) == (params, mult_adds)


@pytest.mark.parametrize("name", MISSING)
def test_a_missing_name_is_refused_and_listed_for_the_last_time_when_it_comes(name: str) -> None:
    with pytest.raises(UsageError):
        find_network(name)
