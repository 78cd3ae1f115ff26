"""What a form's values are, beside the engine's own."""

import numpy as np
import pytest

from costcalc import CostcalcError, load
from costcalc.compiled import compile_form
from costcalc.errors import UsageError


def test_a_form_at_a_point_is_the_count_there():
    network = load("mobilenet_v2")
    form = compile_form(network, free=("alpha", "res"))
    cost = network.cost(alpha=0.35, res=160)
    assert form.at(alpha=0.35, res=160) == {"params": cost.params, "mult_adds": cost.mult_adds}


def test_a_form_on_arrays_masks_what_is_out_of_range():
    form = compile_form(load("mobilenet_v1"), free=("alpha", "res"))
    found, valid = form.on({"alpha": np.array([0.5, -1.0, 1.0]), "res": np.array([224, 224, 128])})
    assert valid.tolist() == [True, False, True]
    assert found["mult_adds"][1] == 0
    assert found["mult_adds"][2] == form.at(alpha=1.0, res=128)["mult_adds"]
    with pytest.raises(CostcalcError):
        form.at(alpha=-1.0, res=224)


@pytest.mark.parametrize(
    "asked",
    [
        {"free": ("alhpa",)},
        {"columns": ("parms",)},
        {"free": ("alpha",), "given": {"alpha": 1}},
        {"given": {"alpha": -3}},
    ],
)
def test_what_a_form_cant_have_is_told_when_it_is_made(asked):
    with pytest.raises(UsageError):
        compile_form(load("mobilenet_v1"), **asked)


def test_another_set_of_parameters_is_an_error():
    form = compile_form(load("mobilenet_v1"), free=("alpha", "res"))
    with pytest.raises(UsageError, match="res is due"):
        form.at(alpha=0.5)
    with pytest.raises(UsageError, match="not free"):
        form.at(alpha=0.5, res=224, classes=10)
    with pytest.raises(UsageError, match="numpy or fast"):
        form.on({"alpha": np.array([1.0]), "res": np.array([224])}, engine="slow")
