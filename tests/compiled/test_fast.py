"""The loop that numba compiles is the engine, in the last digit of a power too; and it is kept."""

from __future__ import annotations

import numpy as np
import pytest

from costcalc.compiled import compile_form
from costcalc.errors import SpecError
from costcalc.language.source import Source
from costcalc.network import network_from

from ..loading import load

pytest.importorskip("numba")


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


def assert_alike(form, points):
    by_numpy, valid = form.on(points)
    by_numba, ok = form.on(points, engine="fast")
    assert (valid == ok).all()
    for name, column in by_numpy.items():
        assert column.dtype == by_numba[name].dtype
        assert (column == by_numba[name]).all(), name
    return by_numpy, valid


@pytest.mark.parametrize("name", ["mobilenet_v1", "mobilenet_v2", "rexnet", "ghostnet"])
def test_the_loop_is_numpy(name):
    rng = np.random.default_rng(1)
    points = {"alpha": rng.uniform(-0.1, 2, 20_000), "res": rng.integers(20, 400, 20_000)}
    _, valid = assert_alike(compile_form(load(name), free=("alpha", "res")), points)
    assert 0 < valid.sum() < valid.size


def test_powers_are_pythons():
    network = load("efficientnet")
    form = compile_form(network, free=("phi",))
    phi = np.linspace(0, 7, 5_001)
    found, valid = assert_alike(form, {"phi": phi})
    assert valid.all()
    for k in range(0, 5_001, 250):
        assert found["mult_adds"][k] == network.cost(phi=float(phi[k])).mult_adds


POWERS = """
network: t
parameters:
  a: {default: 1.5, range: 1..4}
  b: {default: 2.5, range: 0..9}
input: 8x8x8
layers:
  one: conv(1x1, floor(100000*a**b % 1000) + 1)
"""


def test_the_last_digit_of_a_power():
    network = network_from(Source("t.yaml", POWERS))
    rng = np.random.default_rng(1)
    points = {"a": rng.uniform(1, 4, 4_000), "b": rng.uniform(0, 9, 4_000)}
    found, valid = assert_alike(compile_form(network, free=("a", "b")), points)
    assert valid.all()
    for k in range(0, 4_000, 40):
        point = {name: a[k].item() for name, a in points.items()}
        assert found["params"][k] == network.cost(point).params


LARGE = """
network: t
parameters: {n: {default: 3, range: 1..9000000000000000}}
input: 1x1x8
layers: {one: "conv(1x1, n)", two: "conv(1x1, n)"}
"""


def test_ints_beyond_float64_are_exact():
    network = network_from(Source("t.yaml", LARGE))
    form = compile_form(network, free=("n",))
    found, _ = assert_alike(form, {"n": np.array([1_000_000_007, 123_456_789])})
    assert found["params"][0] == network.cost(n=1_000_000_007).params > 2**53
    with pytest.raises(SpecError, match="64 bits"):
        form.on({"n": np.array([8_000_000_000])}, engine="fast")


def test_what_is_compiled_is_kept(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for told in (True, False):
        form = compile_form(load("mobilenet_v1"), free=("alpha",))
        form.on({"alpha": np.array([1.0])}, engine="fast")
        assert ("compiling mobilenet_v1" in capsys.readouterr().err) == told


def test_a_folder_that_holds_another_text_is_written_again(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    points = {"alpha": np.array([0.5, 1.0])}
    first, _ = compile_form(load("mobilenet_v1"), free=("alpha",)).on(points, engine="fast")
    (source,) = tmp_path.rglob("form_*.py")
    source.write_text("raise SystemExit\n", encoding="utf-8")
    again, _ = compile_form(load("mobilenet_v1"), free=("alpha",)).on(points, engine="fast")
    assert (first["params"] == again["params"]).all()
