"""Forms of every shipped network are the engine: at all declared points, at random ones, and where there is nothing."""

from __future__ import annotations

import random
import zlib
from typing import Any

import numpy as np
import pytest

from costcalc.compiled import Form, compile_form
from costcalc.language.find import names_in, open_shipped, shipped
from costcalc.language.values import Size
from costcalc.network import Network
from costcalc.symbolic.choosing import choose, declared_points

from ..loading import load
from .points import by_record, engine, numbers_of

NAMES = [names_in(open_shipped(path))[0].name for _, path in sorted(shipped("networks").items())]
DEEP = (
    "efficientnet",
    "resnet_50",
    "densenet_121",
    "mobilenet_v2",
    "convnext_t",
    "ghostnet",
    "mobilevit_s",
    "vit_b_16",
)
"""Networks in which how often a block repeats is a parameter, or decides others."""


def free_of(network: Network) -> tuple[list[str], list[dict[str, Any]]]:
    """The parameters that a closed form has as symbols, and the points that the spec declares of them."""
    variables = [v for v in choose(network, None, {}, exact=True) if not isinstance(network.parameters[v.name], Size)]
    points = declared_points(network, variables) if variables else [{}]
    return [v.parameter for v in variables], points


def around(network: Network, free: list[str], rng: random.Random, count: int = 12) -> list[dict[str, Any]]:
    """Random values about the defaults, some out of their ranges."""
    found = []
    for _ in range(count):
        point = {}
        for name in free:
            default, code = network.parameters[name], network.parameter_codes[name]
            if code.choices is not None:
                point[name] = rng.choice(code.choices)
            elif isinstance(default, int):
                point[name] = max(round(default * rng.uniform(0.05, 2.5)) + rng.randint(-2, 2), 0)
            else:
                point[name] = round(default * rng.uniform(0.02, 2.5) + rng.choice((0, 0.1)), 2)
        found.append(point)
    return found


def assert_is_the_engine(network: Network, form: Form, points: list[dict[str, Any]]) -> int:
    """How many of the points have counts."""
    wanted = [engine(network, point) for point in points]
    for point, want in zip(points, wanted, strict=True):
        assert by_record(form, point) == want, point
    # One call for the points whose numbers are of one type, as an array's are.
    groups: dict[Any, list[int]] = {}
    for k, point in enumerate(points):
        groups.setdefault(tuple(map(type, point.values())), []).append(k)
    for types, rows in groups.items():
        if not {*types} <= {int, float, str, bool}:
            continue
        arrays = {name: np.array([points[k][name] for k in rows]) for name in form.free}
        found, valid = form.on(arrays)
        assert valid.tolist() == [wanted[k] is not None for k in rows]
        for column in form.columns:
            assert found[column].tolist() == [want[column] if (want := wanted[k]) else 0 for k in rows], column
    return sum(want is not None for want in wanted)


@pytest.mark.parametrize("name", NAMES)
def test_a_form_is_the_engine(name: str) -> None:
    network = load(name)
    free, points = free_of(network)
    if not free:
        return
    points += around(network, free, random.Random(zlib.crc32(name.encode())))
    assert assert_is_the_engine(network, compile_form(network, free=free), points) > 0


@pytest.mark.parametrize("name", DEEP)
def test_so_it_is_with_every_number_free(name: str) -> None:
    network = load(name)
    free = numbers_of(network)
    home = {n: network.parameters[n] for n in free}
    rng = random.Random(zlib.crc32(name.encode()))
    points = [
        home,
        *({**home, **{n: p[n] for n in rng.sample(free, min(2, len(free)))}} for p in around(network, free, rng, 30)),
    ]
    assert assert_is_the_engine(network, compile_form(network, free=free), points) > 3
