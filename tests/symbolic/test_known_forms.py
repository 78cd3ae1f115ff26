"""Closed forms that are published, or that a hand derives from the paper's table."""

from __future__ import annotations

from typing import Any

import pytest
import sympy

from costcalc.symbolic import closed_form

from .points import network


def same(found: Any, text: Any, symbols: list[Any]) -> bool:
    """Whether ``text``, in the names of the symbols, is the expression."""
    wanted = sympy.sympify(text, locals={s.name: s for s in symbols})
    return bool(sympy.expand(found - wanted) == 0)


# -- layers. The map is D_F·D_F; widths M, N and sizes D_F become αM, αN and ρD_F (MobileNet, equations 6 and 7).

LAYERS = {
    # MobileNet (1704.04861), equations 2 and 5
    "standard": ("D_K**2*M*N", "D_K**2*M*N*D_F**2"),
    "separable": ("D_K**2*M + M*N", "D_K**2*M*D_F**2 + M*N*D_F**2"),
    # MobileNetV2 (1801.04381), Section 3.3: h·w·d'·t(d' + k² + d'')
    "inverted_residual": ("M*t*(M + D_K**2 + N)", "D_F**2*M*t*(M + D_K**2 + N)"),
    # MobileNeXt (2007.02269), Section 3.2: depthwise on M, 1x1 to M/t, 1x1 to N, depthwise on N
    "sandglass": ("D_K**2*(M + N) + M/t*(M + N)", "D_F**2*(D_K**2*(M + N) + M/t*(M + N))"),
    # SENet (1709.01507), equation 5: 2C²/r, once a map
    "squeeze_excite": ("2*C**2/r", "2*C**2/r"),
    # ShuffleNet (1707.01083), Section 3.1: hw(2cm/g + 9m)
    "shuffle_unit": ("2*c*m/g + D_K**2*m", "D_F**2*(2*c*m/g + D_K**2*m)"),
    # ShuffleNet V2 (1807.11164), equation 2: h·w·c1·c2/g, of a kernel of D_K
    "grouped": ("D_K**2*M*N/g", "D_K**2*M*N*D_F**2/g"),
}


def letters(name: str) -> list[str]:
    codes = network(name).parameter_codes
    return [n for n, code in codes.items() if n not in ("alpha", "rho")]


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_in_the_papers_letters(name: str) -> None:
    form = closed_form(network(name), letters(name), measured=False)
    assert same(form.params, LAYERS[name][0], form.symbols)
    assert same(form.mult_adds, LAYERS[name][1], form.symbols)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_scaled(name: str) -> None:
    """α is a factor of every width, ρ of the size."""
    plain = closed_form(network(name), letters(name), measured=False)
    scaled = closed_form(network(name), measured=False)
    alpha, rho = (s for s in scaled.symbols if s.name in ("alpha", "rho"))
    factors = {"M": alpha, "N": alpha, "C": alpha, "c": alpha, "m": alpha, "D_F": rho}
    swap = {s: s * factors.get(s.name, 1) for s in plain.symbols}
    for found, wanted in ((scaled.params, plain.params), (scaled.mult_adds, plain.mult_adds)):
        assert sympy.expand(found - wanted.subs(swap, simultaneous=True)) == 0


# -- MobileNetV2, Table 2


def test_mobilenet_v2() -> None:
    form = closed_form(network("mobilenet_v2"), ["alpha", "rho"], measured=False)
    (wide,) = [p for p in form.parts if p.low == 1]
    assert (wide.symbol.name, wide.high) == ("alpha", None)
    assert same(wide.work, "267939840*alpha**2*rho**2 + 31554432*alpha*rho**2 + 1280000*alpha", form.symbols)
    assert same(wide.params, "2124672*alpha**2 + 1379200*alpha + 1000", form.symbols)
    assert wide.work.subs(dict.fromkeys(form.symbols, 1)) == 300_774_272  # "300M" of Table 4


# -- DenseNet (1608.06993), Table 1: layer i of a block sees m + (i - 1)k channels


def densenet(k: Any, blocks: list[Any]) -> tuple[Any, Any]:
    c, size = 2 * k, 56
    params, mult_adds = 49 * 3 * c + 2 * c, 112**2 * 49 * 3 * c
    for number, n in enumerate(blocks, 1):
        inputs = n * c + k * n * (n - 1) / 2  # Σ of the layers' input channels
        params += (2 + 4 * k) * inputs + n * (8 * k + 36 * k**2)
        mult_adds += size**2 * (4 * k * inputs + 36 * k**2 * n)
        c += n * k
        if number < len(blocks):
            params += 2 * c + c * c / 2
            mult_adds += size**2 * c * c / 2
            c, size = c / 2, size // 2
    return params + 2 * c + 1000 * c + 1000, mult_adds + 1000 * c


@pytest.mark.parametrize("wrt", [["k", "n1"], ["n1", "n2", "n3", "n4"], ["k"], ["k", "n4"]])
def test_densenet_in_growth_rate_and_depth(wrt: list[str]) -> None:
    form = closed_form(network("densenet_121"), wrt, measured=False)
    point: dict[str, Any] = {"k": 32, "n1": 6, "n2": 12, "n3": 24, "n4": 16} | {s.name: s for s in form.symbols}
    params, mult_adds = densenet(point["k"], [point[f"n{i}"] for i in range(1, 5)])
    assert sympy.expand(form.params - params) == 0
    assert sympy.expand(form.mult_adds - mult_adds) == 0


def test_densenet_at_the_point() -> None:
    assert closed_form(network("densenet_121"), ["k", "n1"], measured=False).at() == (7_978_856, 2_834_161_664)


# -- VGG (1409.1556), Table 1, column D, and ResNet (1512.03385), Table 1: all convolutions go with ρ²


def test_vgg_16_in_rho() -> None:
    form = closed_form(network("vgg_16"), ["rho"], measured=False)
    convs = [(3, 64, 224), (64, 64, 224), (64, 128, 112), (128, 128, 112), (128, 256, 56), (256, 256, 56)]
    convs += [(256, 256, 56), (256, 512, 28), (512, 512, 28), (512, 512, 28), *[(512, 512, 14)] * 3]
    work = sum(9 * m * n * size**2 for m, n, size in convs)
    first, others = 7 * 7 * 512 * 4096, 4096 * 4096 + 4096 * 1000
    weights = sum(9 * m * n + n for m, n, _ in convs) + others + 4096 + 4096 + 1000
    assert same(form.mult_adds, f"{work + first}*rho**2 + {others}", form.symbols)
    assert same(form.params, f"{first}*rho**2 + {weights}", form.symbols)


def test_resnet_50_in_rho() -> None:
    form = closed_form(network("resnet_50"), ["rho"], measured=False)
    work, c = 49 * 3 * 64 * 112**2, 64
    for n, mid, size in ((3, 64, 56), (4, 128, 28), (6, 256, 14), (3, 512, 7)):
        for copy in range(n):
            projection = c * 4 * mid if copy == 0 else 0
            work += size**2 * (c * mid + 9 * mid * mid + mid * 4 * mid + projection)
            c = 4 * mid
    assert same(form.mult_adds, f"{work}*rho**2 + {2048 * 1000}", form.symbols)
    assert form.params == 25_557_032  # torchvision's


# -- EfficientDet (1911.09070), BiFPN of width W and depth D, heads of depth D_class; backbone B0

DETECTOR = "8*D*W**2 + 96*D*W + 19*D + 2*D_class*W**2 + 40*D_class*W + 2106*W + 3596234"


def test_efficientdet_in_the_widths_and_depths() -> None:
    form = closed_form(network("efficientdet_d0"), ["W", "D", "D_class"], measured=False)
    wanted = sympy.sympify(DETECTOR, locals={v.parameter: v.symbol for v in form.variables})
    assert sympy.expand(form.params - wanted) == 0
    assert wanted.subs({v.symbol: v.value for v in form.variables}) == 3_880_067  # the release's params of D0


# -- EfficientNet (1905.11946), equation 3: d = 1.2^φ, w = 1.1^φ, r = 1.15^φ


def test_efficientnet_in_phi() -> None:
    form = closed_form(network("efficientnet"), ["phi"], measured=False)
    (phi,) = form.symbols
    powers = {sympy.simplify(t.subs(phi, 1) / t.subs(phi, 0)): t.subs(phi, 0) for t in form.mult_adds.args}
    leading = sympy.Rational("1.2") * sympy.Rational("1.1") ** 2 * sympy.Rational("1.15") ** 2
    assert leading == sympy.Rational("1.92027")
    assert max(powers) == leading
    assert powers[leading] == 357_253_120
    b0 = closed_form(network("efficientnet"), ["depth", "width", "rho"], measured=False)
    d, w, r = b0.symbols
    assert b0.mult_adds.coeff(d * w**2 * r**2) == 357_253_120
    scaled = {d: sympy.Rational("1.2") ** phi, w: sympy.Rational("1.1") ** phi, r: sympy.Rational("1.15") ** phi}
    difference = form.mult_adds - b0.mult_adds.subs(scaled)
    assert all(difference.subs(phi, n) == 0 for n in range(8))
