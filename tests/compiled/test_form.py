"""What a form's values are, beside the engine's own."""

import json
from fractions import Fraction

import numpy as np
import pytest

from costcalc import CostcalcError, load
from costcalc.compiled import Form, compile_form
from costcalc.errors import SpecError, UsageError
from costcalc.language.source import Source
from costcalc.network import Network, network_from

from .points import by_record, engine


def network_of(text: str) -> Network:
    return network_from(Source("t.yaml", text))


def test_a_form_at_a_point_is_the_count_there():
    network = load("mobilenet_v2")
    form = compile_form(network, free=("alpha", "res"))
    cost = network.cost(alpha=0.35, res=160)
    assert form.at(alpha=0.35, res=160) == {"params": cost.params, "mult_adds": cost.mult_adds}


def test_a_form_on_arrays_masks_what_is_out_of_range():
    form = compile_form(load("mobilenet_v1"), free=("alpha", "res"))
    nan = float("nan")
    found, valid = form.on({"alpha": np.array([0.5, -1.0, 1.0, nan, 1]), "res": np.array([224, 224, 128, 128, 31])})
    assert valid.tolist() == [True, False, True, False, False]
    assert found["mult_adds"][[1, 3]].tolist() == [0, 0]
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
    with pytest.raises(UsageError, match="different shapes"):
        form.on({"alpha": np.ones(2), "res": np.full(3, 224)})


def test_values_of_other_types_are_the_engines():
    network = load("mobilenet_v1")
    form = compile_form(network, free=("alpha", "res"))
    half = form.at(alpha=0.5, res=224)
    assert form.at(alpha=np.float64(0.5), res=np.int64(224)) == half
    assert form.at(alpha=Fraction(1, 2), res=224) == half
    assert form.at(alpha=0.5, res=(192, 256)) == {
        "params": half["params"], "mult_adds": network.cost(alpha=0.5, res=(192, 256)).mult_adds,
    }  # fmt: skip
    for wrong in (True, "half", None):
        with pytest.raises(CostcalcError):
            form.at(alpha=wrong, res=224)


def test_a_rectangle_may_be_given():
    network = load("mobilenet_v1")
    form = compile_form(network, free=("alpha",), given={"res": (192, 256)})
    assert form.at(alpha=0.75)["mult_adds"] == network.cost(alpha=0.75, res=(192, 256)).mult_adds


def test_defaults_that_depend_on_a_free_parameter_follow_it():
    network = load("hbonet")
    form = compile_form(network, free=("alpha", "res"))
    for alpha in (0.1, 0.25, 0.5, 1.0):
        assert by_record(form, {"alpha": alpha, "res": 224}) == engine(network, {"alpha": alpha, "res": 224})


def test_depth_is_a_number_of_copies_and_not_of_instructions():
    network = load("efficientnet")
    form = compile_form(network, free=("depth", "width", "res"))
    assert len(form.record().instructions) < 600
    for depth in (0.1, 1.0, 1.8, 3.1, 5.3, 20):
        point = {"depth": depth, "width": 1.4, "res": 380}
        assert by_record(form, point) == engine(network, point)


def test_a_repeat_whose_copies_differ_is_written_out():
    network = load("densenet_121")
    form = compile_form(network, free=("n1", "n4"))
    for n1, n4 in ((1, 1), (6, 16), (3, 48), (64, 2)):
        assert by_record(form, {"n1": n1, "n4": n4}) == engine(network, {"n1": n1, "n4": n4})


def test_words_have_a_record_each():
    network = load("mobilenet_v3_large")
    words = [name for name, code in network.parameter_codes.items() if code.structural]
    name = words[0]
    form = compile_form(network, free=(name, "alpha"))
    assert form.cased == (name,)
    source = form._source
    assert source is not None
    choices = source.choices(name)
    found, valid = form.on({name: np.array(choices * 2), "alpha": np.linspace(0.5, 1.5, 2 * len(choices))})
    assert valid.all()
    for k, alpha in enumerate(np.linspace(0.5, 1.5, 2 * len(choices)).tolist()):
        point = {name: choices[k % len(choices)], "alpha": alpha}
        assert found["mult_adds"][k] == network.cost(point).mult_adds == form.at(**point)["mult_adds"]


def test_conventions_count_by_their_own_rules():
    network = load("mobilenet_v1")
    form = compile_form(network, columns=("params", "fvcore", "mobilenet_v1_paper"), free=("alpha", "res"))
    for alpha, res in ((0.5, 160), (1, 224), (0.75, 192)):
        found = form.at(alpha=alpha, res=res)
        assert found["fvcore"] == network.cost(alpha=alpha, res=res, convention="fvcore").counted


def test_a_form_from_json_is_the_form():
    network = load("rexnet")
    form = compile_form(network, free=("alpha", "res"))
    text = form.to_json()
    assert json.loads(text)["format"] == 1
    again = Form.from_json(text)
    assert again.to_json() == text
    for alpha in (0.6, 1, 1.3):
        assert again.at(alpha=alpha, res=224) == form.at(alpha=alpha, res=224)
    with pytest.raises(SpecError, match="alpha is from"):
        again.at(alpha=-1, res=224)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(format=2),
        lambda d: d["cases"][0]["instructions"].append(["add", 0, 10_000]),
        lambda d: d["cases"][0]["instructions"].append(["exec", 0, 1]),
        lambda d: d["cases"][0]["instructions"].append(["not", 0]),
        lambda d: d["cases"][0]["guards"].append([0, "?"]),
        lambda d: d["cases"][0]["outputs"].update(params=-1),
        lambda d: d["cases"][0].update(constants=[{"over": [1, 0]}]),
        lambda d: d.pop("cases"),
        lambda d: d.update(free=["alpha"]),
    ],
)
def test_another_text_is_refused(change):
    data = json.loads(compile_form(load("mobilenet_v1"), free=("alpha", "res")).to_json())
    change(data)
    with pytest.raises(UsageError, match="form"):
        Form.from_json(json.dumps(data))
    with pytest.raises(UsageError, match="no compiled form"):
        Form.from_json("[")


RATIOS = """
network: t
parameters:
  a: {default: 3, range: 1..50}
  b: {default: 2, range: 1..50}
input: 32x32x8
layers:
  one: conv(1x1, max(1, round(8*a/b)))
  two: conv(1x1, max(1, floor(a/b + a/3)))
  three: conv(1x1, ceil(max(a/b, b/7) * 5))
  four: conv(1x1, make_divisible(16*(a/b), 4))
  five: conv(1x1, 7 if a/b < 4/3 else 9)
"""


def test_quotients_of_ints_are_exact_on_arrays():
    network = network_of(RATIOS)
    form = compile_form(network, free=("a", "b"))
    a, b = (x.ravel() for x in np.meshgrid(np.arange(1, 51), np.arange(1, 51)))
    found, valid = form.on({"a": a, "b": b})
    assert valid.all()
    for k in range(0, 2500, 7):
        point = {"a": int(a[k]), "b": int(b[k])}
        assert found["mult_adds"][k] == network.cost(point).mult_adds, point
        assert by_record(form, point) == engine(network, point)
    third = {"a": Fraction(7, 3), "b": 2}
    assert by_record(form, third) == engine(network, third)


MASKS = """
network: t
parameters:
  a: {default: 3, range: 0..8}
  res: {default: 32, range: 4..64}
input: res x res x 8
layers:
  one: conv(1x1, 24/a) if a > 0
  two: conv(7x7, 8, pad=none) if res > 8
  three: conv(1x1, 8, g=a) if a == 2 or a > 2 and 8 % a == 0
"""


def test_what_only_one_side_forbids_is_forbidden_there():
    network = network_of(MASKS)
    form = compile_form(network, free=("a", "res"))
    points = [{"a": a, "res": res} for a in range(9) for res in (4, 6, 7, 8, 9, 32)]
    for point in points:
        assert by_record(form, point) == engine(network, point), point
    found, valid = form.on({name: np.array([p[name] for p in points]) for name in ("a", "res")})
    wanted = [engine(network, p) for p in points]
    assert valid.tolist() == [w is not None for w in wanted]
    assert found["params"].tolist() == [w["params"] if w else 0 for w in wanted]
    assert 0 < valid.sum() < len(points)


SIDES = """
network: t
parameters:
  a: {default: 3.0, range: 0..8}
input: 16x16x8
layers:
  one: conv(1x1, ceil(8*a**-1)) if a > 0
  two: conv([1, 2, 3], 8) if a > 6
"""


def test_what_has_no_value_on_the_side_that_is_not_taken_counts_nothing():
    network = network_of(SIDES)
    form = compile_form(network, free=("a",))
    points = [{"a": a} for a in (0.0, 0.5, 3.0, 6.0, 6.5, 8.0)]
    wanted = [engine(network, p) for p in points]
    assert [w is not None for w in wanted] == [True, True, True, True, False, False]
    for point, want in zip(points, wanted, strict=True):
        assert by_record(form, point) == want, point
    found, valid = form.on({"a": np.array([p["a"] for p in points])})
    assert valid.tolist() == [w is not None for w in wanted]
    assert found["params"].tolist() == [w["params"] if w else 0 for w in wanted]


JUNCTIONS = """
network: t
parameters:
  a: {default: 3, range: 0..8}
input: 16x16x8
layers:
  one: conv(1x1, 4) if a != 0 and 12 / a > 3
  two: conv(1x1, 4) if a == 0 or 12 % a == 0
"""


def test_and_and_or_ask_for_the_second_where_it_matters():
    network = network_of(JUNCTIONS)
    form = compile_form(network, free=("a",))
    wanted = [engine(network, {"a": a}) for a in range(9)]
    assert None not in wanted
    assert [by_record(form, {"a": a}) for a in range(9)] == wanted
    found, valid = form.on({"a": np.arange(9)})
    assert valid.all()
    assert found["params"].tolist() == [w["params"] for w in wanted]


GROUPS = """
network: t
parameters:
  g: {default: 2, range: 1..16}
require:
  g != 5: not five
input: 8x8x24
layers:
  one: conv(1x1, 48, g=g)
"""


def test_requirements_and_groups_are_guards():
    network = network_of(GROUPS)
    form = compile_form(network, free=("g",))
    _, valid = form.on({"g": np.arange(0, 18)})
    assert np.flatnonzero(valid).tolist() == [1, 2, 3, 4, 6, 8, 12]
    with pytest.raises(UsageError, match="not five"):
        form.at(g=5)
    with pytest.raises(SpecError, match="groups"):
        form.at(g=7)


LARGE = """
network: t
parameters:
  n: {default: 3, range: 1..9000000000000000}
input: 1x1x8
layers:
  one: conv(1x1, n)
  two: conv(1x1, n)
"""


def test_int64_never_wraps():
    network = network_of(LARGE)
    form = compile_form(network, free=("n",))
    found, valid = form.on({"n": np.array([3, 1_000_000_000])})
    assert valid.all()
    assert found["params"].tolist() == [network.cost(n=n).params for n in (3, 1_000_000_000)]
    assert found["params"][1] > 2**53
    with pytest.raises(SpecError, match="64 bits"):
        form.on({"n": np.array([3, 8_000_000_000])})
    assert form.at(n=8_000_000_000)["params"] == network.cost(n=8_000_000_000).params > 2**63


def test_what_cant_be_recorded_has_a_record_for_each_value():
    network = load("res2net")
    form = compile_form(network, free=("scale", "w", "res"))
    assert form.cased == ("scale",)
    points = [{"scale": s, "w": w, "res": r} for s in (1, 4, 6, 8) for w in (14, 26) for r in (160, 224)]
    found, valid = form.on({name: np.array([p[name] for p in points]) for name in form.free})
    wanted = [engine(network, p) for p in points]
    assert valid.tolist() == [w is not None for w in wanted]
    assert found["mult_adds"].tolist() == [w["mult_adds"] if w else 0 for w in wanted]
    with pytest.raises(UsageError, match="need a record each"):
        form.on({"scale": np.arange(1, 400), "w": 26, "res": 224})
