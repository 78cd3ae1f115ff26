"""A step of training: by hand, and what bad input gets."""

from __future__ import annotations

import json

import pytest

from costcalc.errors import UsageError
from costcalc.ops import MatMul, Op
from costcalc.training import training

from ..cli.running import run, shown
from ..language.test_inputs import net
from ..loading import load
from ..ops.cases import CASES, IDS, Case


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_every_op_says_its_gradients(case: Case) -> None:
    op, shapes = case.at({name: k % 3 + 1 for k, name in enumerate(case.numbers)})
    output = op.out_shapes(shapes)[0]
    mac = op.work(shapes, output).get("mac", 0)
    weights, inputs = op.backward(shapes, output, (True,) * len(shapes))
    fixed = mac if "fixed" in op.weights() else 0
    assert weights + inputs == 2 * mac - fixed, "each factor of a product has a gradient"
    assert sum(op.backward(shapes, output, (False,) * len(shapes))) <= weights + inputs


def test_an_op_with_products_that_says_nothing_is_an_error() -> None:
    with pytest.raises(UsageError, match="what matmul multiplies backwards isn't said"):
        Op.backward(MatMul(), ((2, 2), (2, 2)), (2, 2), (True, True))


def test_the_input_s_gradient_isnt_computed_and_a_norm_before_asks_for_it() -> None:
    first, second = 3 * 3 * 6 * 4 * 8, 3 * 4 * 5 * 8
    step = training(net("conv(3x3, 4, norm=none) -> conv(1x3, 5, norm=none)", "4 x 2 x 6").graph(), 1)
    assert (step.forward, step.of_weights, step.of_inputs) == (first + second, first + second, second)
    behind_norm = training(net("bn -> conv(3x3, 4, norm=none)", "4 x 2 x 6").graph(), 1)
    assert behind_norm.of_inputs == behind_norm.of_weights == first


def test_bytes_of_states() -> None:
    cost = load("mobilenet_v1").cost()
    found = {name: training(cost.expanded(), cost.params, optimiser=name) for name in ("sgd", "momentum", "adam")}
    assert {name: step.states // (4 * cost.params) for name, step in found.items()} == {
        "sgd": 0,
        "momentum": 1,
        "adam": 2,
    }
    assert {step.gradients for step in found.values()} == {4 * 4_231_976}


def test_a_batch_multiplies_work_and_activations_and_no_weights() -> None:
    graph = load("mobilenet_v1").graph(expand=True)
    one, four = (training(graph, 100, batch=n) for n in (1, 4))
    assert (four.backward, four.activations) == (4 * one.backward, 4 * one.activations)
    assert (four.weights, four.gradients) == (one.weights, one.gradients) == (400, 400)


def test_on_the_command_line() -> None:
    text = shown("show", "resnet_50", "--training", "adam", "--batch", "2", "--format", "json")
    assert json.loads(text)["training"]["backward"] == 2 * (2 * 3_857_973_248 - 49 * 3 * 64 * 112**2)
    assert "mult-adds forwards" in shown("show", "mobilenet_v1", "--training")


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--training=rmsprop"], "no optimiser is 'rmsprop'"), (["--training", "--batch", "0"], "0 is not in the range")],
)
def test_wrong_options_are_one_line(words: list[str], said: str) -> None:
    result = run("show", "mobilenet_v1", *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
