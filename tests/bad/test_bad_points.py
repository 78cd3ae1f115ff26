"""Values of parameters that a network refuses: each with its message, and no other exception."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

import costcalc
from costcalc.errors import CostcalcError, SpecError, UsageError

A = sympy.Symbol("a", positive=True)
ALPHA = "alpha is from 0.05 to 4, not "
TYPE = ": a number, word, yes/no, array or symbol is due"
FINITE = " is not a finite number below 2**53"

SPEC = """
network: net
parameters:
  alpha:   {default: 1.0, range: 0.05..4}
  res:     {default: 224, range: 32..1024}
  classes: 1000
  size:    {default: s, choices: [s, m]}
  groups:  {default: 1, choices: [1, 2, 3, 4, 8]}
  wide:    no
input: res x res x 3
where:
  c: make_divisible(alpha*c, 8) * (2 if wide else 1)
layers: |
  operator | c        | s | g
  conv 3x3 | 24       | 2 | -
  conv 3x3 | 48       | 2 | groups
  avgpool  | -        | - | -
  fc       | =classes | - | -
"""

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"alpha": 0}, ALPHA + "0"),
    ({"alpha": -1}, ALPHA + "-1"),
    ({"alpha": 4.01}, ALPHA + "4.01"),
    ({"alpha": math.nan}, "alpha: nan" + FINITE),
    ({"alpha": math.inf}, "alpha: inf" + FINITE),
    ({"alpha": 1e300}, "alpha: 1e+300" + FINITE),
    ({"alpha": 10**400}, "alpha: a number of more than 30 digits" + FINITE),
    ({"alpha": "relu"}, "alpha is a number, not 'relu'"),
    ({"alpha": "\x1b[2J"}, r"alpha is a number, not '\x1b[2J'"),
    ({"alpha": True}, "alpha is a number, not yes"),
    ({"alpha": None}, "alpha can't be of the type NoneType" + TYPE),
    ({"alpha": [1]}, "alpha can't be of the type list" + TYPE),
    ({"alpha": 1j}, "alpha can't be of the type complex" + TYPE),
    ({"alpha": np.array([0.5, 9])}, ALPHA + "9.0"),
    ({"alpha": np.array([0.5, math.nan])}, "alpha: an array element" + FINITE),
    ({"alpha": np.array(["a"])}, "alpha: an array of <U1 holds no numbers"),
    ({"alpha": np.array([])}, "alpha is an empty array"),
    (
        {"alpha": np.ones(2), "res": np.array([96, 128, 160])},
        "arrays of different shapes: alpha (2,), res (3,)",
    ),
    ({"alpha": A, "res": np.array([96])}, "arrays and symbols can't be mixed in one evaluation"),
    ({"alpha": sympy.oo}, "alpha: oo is not a real number"),
    ({"alpha": sympy.I}, "alpha: I is not a real number"),
    ({"alpha": A < 3}, "alpha: a condition is not a number"),
    ({"res": 16}, "res is from 32 to 1024, not 16"),
    ({"rho": 0}, "res is from 32 to 1024, not 0"),
    ({"rho": "x"}, "rho is a number, not 'x'"),
    (
        {"rho": 0.5, "res": 100},
        "res 100 and rho 0.5 are in conflict: rho 0.5 is res 112; give one of them",
    ),
    (
        {"alhpa": 3},
        "net has no parameter 'alhpa'; it has alpha, res, classes, size, groups, wide, rho (did you mean 'alpha'?)",
    ),
    ({"size": "l"}, "size is one of 's', 'm', not 'l'"),
    ({"size": 3}, "size is one of 's', 'm', not 3"),
    (
        {"size": np.array([1])},
        "size has words for values: one evaluation has one of them, no array or symbol",
    ),
    ({"groups": 5}, "groups is one of 1, 2, 3, 4, 8, not 5"),
    ({"groups": np.array([1, 5])}, "groups is one of 1, 2, 3, 4, 8, not 5"),
    ({"wide": "maybe"}, "wide is yes or no, not 'maybe'"),
    ({"wide": 1}, "wide is yes or no, not 1"),
]


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> costcalc.Network:
    path = tmp_path_factory.mktemp("points") / "net.yaml"
    path.write_text(SPEC)
    return costcalc.load(str(path))


@pytest.mark.parametrize(("values", "message"), REFUSED)
def test_refused(net: costcalc.Network, values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        net.cost(**values)
    assert str(caught.value) == message


def test_what_the_spec_cant_build_has_its_place(net: costcalc.Network) -> None:
    with pytest.raises(SpecError) as caught:
        net.cost(classes=2.5)
    assert str(caught.value).endswith("net.yaml:18:3: stage4: channels (c) must be a whole number, not 2.5")
    with pytest.raises(SpecError) as caught:
        net.cost(groups=3, alpha=0.34)
    assert str(caught.value).endswith("net.yaml:16:3: stage2: 3 groups don't divide 8 input channels")


def test_accepted(net: costcalc.Network) -> None:
    usual = net.cost().params
    assert net.cost(size="m", groups=1, wide=False, alpha=np.float32(1), res=np.int64(224)).params == usual
    assert net.cost(wide="no", alpha=sympy.Integer(1), rho=1).params == usual
    assert net.cost(wide="yes").params > usual


NAMES = {
    "mobilnet_v2": "no spec is called 'mobilnet_v2' (did you mean ",
    "": "no spec is called ''; 'costcalc list' shows all",
    ".": "no spec is called '.'; 'costcalc list' shows all",
    "x" * 5000: f"no spec is called '{'x' * 60}…'; 'costcalc list' shows all",
    "a\0b": r"no spec is called 'a\x00b'; 'costcalc list' shows all",
    "/": "/:1:1: the file can't be read: it is a folder",
    "../none.yaml": "there is no file '../none.yaml'",
}


@pytest.mark.parametrize("name", NAMES, ids=lambda n: repr(n[:12]))
def test_names(name: str) -> None:
    with pytest.raises(CostcalcError) as caught:
        costcalc.load(name)
    assert str(caught.value).startswith(NAMES[name])


def test_a_file_of_the_name_is_hinted_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mynet").write_text("network: mynet\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError) as caught:
        costcalc.load("mynet")
    assert str(caught.value) == "no spec is called 'mynet'; for the file write ./mynet"
