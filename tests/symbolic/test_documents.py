"""The Python form runs on its own and gives the engine's numbers; JSON gives the same expression back."""

from __future__ import annotations

import builtins
import json
import keyword
import subprocess
import sys
from typing import Any

import pytest
import sympy

from costcalc.errors import CostcalcError, SpecError
from costcalc.language.source import Source
from costcalc.network import Network, network_from
from costcalc.render import render
from costcalc.symbolic import ClosedForm, closed_form, documents

from .points import holds, network

NETWORKS = [
    "mobilenet_v1", "mobilenet_v2", "mobilenet_v3_large", "mnasnet_a1", "efficientnet", "efficientdet_d0", "resnet_50",
    "densenet_121", "vgg_16", "shufflenet_v1", "inception_v3", "xception", "sandglass", "shuffle_unit",
    "squeeze_excite",
]  # fmt: skip
ALPHAS = [1.0, 0.35, 1.14, 2]
SIZES = [224, 225, 131, 300]
PYRAMIDS = [512, 640, 384, 1280]  # of a detector, whose levels are added: multiples of 128


def only_math(name: str, *args: Any) -> Any:
    assert name == "math", f"imports {name}"
    return __import__(name, *args)


def function(form: ClosedForm) -> Any:
    """The one function of the Python form; it may import nothing but ``math``."""
    namespace: dict[str, Any] = {"__builtins__": {**vars(builtins), "__import__": only_math}}
    exec(documents.python(form), namespace)
    own = [v for k, v in namespace.items() if callable(v) and getattr(v, "__module__", "") != "math"]
    return next(f for f in own if f.__name__ != "make_divisible")


def arguments(net: Network, form: ClosedForm, k: int) -> dict[str, Any]:
    """Point number ``k``, by the names of the variables' parameters."""
    given: dict[str, Any] = {}
    res = (PYRAMIDS if net.parameters.get("res") == 512 else SIZES)[k]
    for v in form.variables:
        if v.parameter in ("rho", "res") and v.name == "res":
            given[v.parameter] = res if v.parameter == "res" else res / (v.base or 1)
        elif v.parameter == "alpha":
            given["alpha"] = ALPHAS[k]
        else:
            given[v.parameter] = v.value
    return given


@pytest.mark.parametrize("wrt", ["own", "rho"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_exact_python_form_is_the_count(name: str, wrt: str) -> None:
    net, agreed = network(name), 0
    names = None
    if wrt == "rho":
        names = [n for n in ("alpha", "rho") if n in net.parameter_codes or (n == "rho" and "res" in net.parameters)]
    form = closed_form(net, names, exact=True, measured=False)
    f = function(form)
    assert f() == (net.cost().params, net.cost().mult_adds)
    for k in range(len(SIZES)):
        given = arguments(net, form, k)
        try:
            cost = net.cost(**given)
        except CostcalcError:
            continue  # αM that isn't whole, a window that doesn't fit
        if holds(form, {v.name: cost.parameters[v.name] for v in form.variables}):
            assert f(**given) == (cost.params, cost.mult_adds), given
            agreed += 1
    assert agreed >= 2


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("hbonet", {"alpha": 0.5, "res": 224}),
        ("efficientdet_d0", {"W": 112, "D": 3, "D_class": 3, "res": 512}),
        ("mobilenext", {"alpha": 1.4, "res": 224}),
    ],
)
def test_the_exact_python_form_refuses_where_what_it_takes_for_granted_is_not_so(name: str, point: Any) -> None:
    """It returned another count: 108,166,768 mult-adds for HBONet at width 0.5."""
    net = network(name)
    form = closed_form(net, exact=True, measured=False)
    f = function(form)
    assert f() == (net.cost().params, net.cost().mult_adds)
    with pytest.raises(ValueError, match="taken for granted"):
        f(**point)


def test_the_exact_python_form_refuses_where_the_last_bit_of_a_sum_decides() -> None:
    """ReXNet at width 0.6: it returned 222,391,724 mult-adds for 222,524,978."""
    net = network("rexnet")
    f = function(closed_form(net, exact=True, measured=False))
    with pytest.raises(ValueError, match="its last bit decides"):
        f(alpha=0.6)
    for alpha in (1, 1.0, 0.5, 1.3, 1.5, 2.0):
        cost = net.cost(alpha=alpha)
        assert f(alpha=alpha) == (cost.params, cost.mult_adds)


def test_a_parameter_may_have_the_name_of_what_rounds() -> None:
    net = own("test", "value: 1.0", "conv(3x3, round(3*value + 5*max(1, value)))")
    f = function(closed_form(net, ["value"], exact=True, measured=False))
    for value in (0.5, 2.2):
        assert f(value) == (net.cost(value=value).params, net.cost(value=value).mult_adds)


def test_every_resolution_by_its_ratio() -> None:
    """ρ is a decimal that may be an ulp too large: ⌈112 ρ⌉ would be a pixel too many."""
    net = network("mobilenet_v1")
    by_ratio, by_pixels = (function(closed_form(net, [n], exact=True, measured=False)) for n in ("rho", "res"))
    assert all(by_ratio(res / 224) == by_pixels(res) for res in range(32, 1025))


@pytest.mark.parametrize("name", ["mobilenet_v2", "shufflenet_v1", "densenet_121", "efficientnet"])
@pytest.mark.parametrize("by", ["stage", "op", "kind"])
def test_by_rows(name: str, by: Any) -> None:
    net = network(name)
    form = closed_form(net, ["rho"] if "alpha" not in net.parameters else ["alpha", "rho"], by=by, exact=True)
    for k in (0, 1, 2):
        given = arguments(net, form, k)
        wanted = {row.name: (row.params, row.mult_adds) for row in net.cost(**given).by(by)}
        assert function(form)(**given) == wanted


@pytest.mark.parametrize("name", NETWORKS)
def test_the_smooth_python_form_is_the_form(name: str) -> None:
    form = closed_form(network(name), measured=False)
    for k in range(len(SIZES)):
        given = arguments(network(name), form, k)
        assert function(form)(**given) == pytest.approx(tuple(map(float, form.at(**given))), rel=1e-12)


def test_thirds_stay_whole_numbers() -> None:
    """A series has terms such as n³/3, which floats miss."""
    net = network("densenet_121")
    f = function(closed_form(net, ["k", "n1", "n4"], exact=True, measured=False))
    for k, n1, n4 in ((32, 6, 16), (12, 7, 31), (33, 1, 199)):
        cost = net.cost(k=k, n1=n1, n4=n4)
        assert f(k=k, n1=n1, n4=n4) == (cost.params, cost.mult_adds)


@pytest.mark.parametrize(("name", "exact"), [("mobilenet_v2", True), ("efficientdet_d0", False), ("rexnet", True)])
def test_in_a_process_of_its_own(name: str, exact: bool) -> None:
    form = closed_form(network(name), exact=exact, measured=False)
    code = documents.python(form) + f"print({name}())\n"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{form.at()}\n"
    assert max(map(len, code.splitlines())) <= 120


# -- names


def own(name: str, parameters: str, layer: str) -> Network:
    text = f"network: {name}\nparameters: {{{parameters}}}\ninput: 8 x 8 x 8\nlayers:\n  out: {layer}\n"
    return network_from(Source("own.yaml", text))


@pytest.mark.parametrize(
    ("parameter", "argument"),
    [
        ("lambda", "lambda_"), ("None", "None_"), ("π", "π"), ("breite_ä", "breite_ä"), ("params", "params_"),
        ("mult_adds", "mult_adds_"), ("rows", "rows_"), ("floor", "floor_"), ("max", "max_"), ("int", "int_"),
        ("make_divisible", "make_divisible_"), ("D_K", "D_K"),
    ],
)  # fmt: skip
def test_a_parameter_may_be_called_anything(parameter: str, argument: str) -> None:
    net = own("mine", f"{parameter}: 2.0", f"conv(3x3, floor(7*{parameter}) + max(1, ceil({parameter})) + 4)")
    form = closed_form(net, [parameter], exact=True, measured=False)
    cost = net.cost(**{parameter: 2.9})
    assert function(form)(**{argument: 2.9}) == (cost.params, cost.mult_adds) == form.at(**{parameter: 2.9})
    assert (f"{argument} is {parameter}." in documents.python(form)) is (argument != parameter)


def test_names_that_would_be_the_same() -> None:
    net = own("mine", "lambda: 2, lambda_: 3, ﬁ: 4, fi: 5", "conv(3x3, lambda + 10*lambda_ + 100*ﬁ + 1000*fi)")
    form = closed_form(net, ["lambda", "lambda_", "ﬁ", "fi"], measured=False)
    assert function(form)(lambda_=4)[1] == net.cost(lambda_=4).mult_adds
    assert function(form)(lambda__=4)[1] == net.cost(**{"lambda": 4}).mult_adds
    assert function(form)(fi=6)[1] == net.cost(fi=6).mult_adds


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("net-1.5", "net_1_5"), ("2d", "_2d"), ("lambda", "lambda_"), ("ceil", "ceil_"), ("round", "round_"),
        ("max", "max_"), ("netz_ä", "netz_ä"), ("x²", "x2"), ("make_divisible", "make_divisible_"),
    ],
)  # fmt: skip
def test_a_network_may_be_called_anything(name: str, identifier: str) -> None:
    layer = "conv(3x3, max(8, ceil(10*a)) + make_divisible(20*a)) -> conv(1x1, ceil(3*round(a)))"
    form = closed_form(own(f'"{name}"', "a: 1.0", layer), ["a"], exact=True, measured=False)
    f = function(form)
    assert (f.__name__, f(1.3)) == (identifier, form.at(a=1.3))
    assert not keyword.iskeyword(f.__name__)


def test_letters_that_would_be_the_same() -> None:
    with pytest.raises(SpecError, match="'b' stands for 'a' in formulas already"):
        own("mine", "a: {default: 2, symbol: b}, b: 3, c: {default: 4, symbol: b}", "conv(3x3, a + 10*b + 100*c)")


# -- JSON


def read(terms: list[dict[str, Any]], locals_: dict[str, Any]) -> Any:
    e: Any = 0
    for term in terms:
        number = term["coefficient"]
        product = sympy.Rational(number["numerator"], number["denominator"]) if isinstance(number, dict) else number
        assert not isinstance(product, float)
        for base, exponent in term["factors"].items():
            product *= sympy.sympify(base, locals=locals_, rational=True) ** sympy.sympify(exponent, locals=locals_)
        e += product
    return e


def same(a: Any, b: Any) -> bool:
    """SymPy can't tell that 1.452^φ is 1.2^φ·1.21^φ, unless φ is a number."""
    difference = sympy.expand(a - b)
    powers = {s for s in difference.free_symbols if s.name == "phi"}
    return all(sympy.expand(difference.subs(dict.fromkeys(powers, n))) == 0 for n in range(1, 6))


@pytest.mark.parametrize(
    "name", ["mobilenet_v2", "sandglass", "densenet_121", "efficientdet_d0", "mobilenet_v3_small", "efficientnet"]
)
@pytest.mark.parametrize("exact", [False, True])
def test_json_is_the_expression(name: str, exact: bool) -> None:
    from costcalc.arithmetic.roundings import Ceil, Floor, MakeDivisible, Round

    wrt = ["phi"] if name == "efficientnet" else None
    form = closed_form(network(name), wrt, by="op", exact=exact, measured=False)
    document = json.loads(render([], "json", document=documents.document(form)))
    assert [entry["parameter"] for entry in document["symbols"]] == [v.parameter for v in form.variables]
    functions = {"ceil": Ceil, "floor": Floor, "round": Round, "make_divisible": MakeDivisible}
    functions |= {"max": sympy.Max, "min": sympy.Min}
    names = {s.name: s for s in form.symbols} | functions
    assert [row["name"] for row in document["rows"]] == [row.name for row in form.rows]
    for told, row in zip([document["totals"], *document["rows"]], [form.total, *form.rows], strict=True):
        for what, expression in (("params", row.params), ("mult_adds", row.work)):
            text = sympy.sympify(told[what]["text"], locals=names, rational=True)
            assert same(read(told[what]["terms"], names), expression)
            assert same(text, expression)
