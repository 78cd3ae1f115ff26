"""Bytes at a number of bits, and counts after pruning, against counts made another way."""

from __future__ import annotations

from fractions import Fraction

import pytest

from costcalc.errors import UsageError
from costcalc.language.find import shipped
from costcalc.language.source import Source
from costcalc.network import Network, network_from
from costcalc.slimming import prune_channels, prune_weights, size

from .loading import load

SHARES = [Fraction(0), Fraction(3, 10), Fraction(1, 2), Fraction(5, 8)]


def of(layers: str) -> Network:
    body = "".join(f"  {line}\n" for line in layers.splitlines())
    return network_from(Source("net.yaml", f"network: net\ninput: 8 x 8 x 4\nlayers:\n{body}"))


# -- bits


@pytest.mark.parametrize("network", ["mobilenet_v2", "efficientnet_b0", "resnet_50_v1_5"])
def test_whole_bytes_are_params_times_bytes(network: str) -> None:
    net = load(network)
    params = net.cost().params
    assert [size(net, {}, bits).params for bits in (32, 16, 8)] == [4 * params, 2 * params, params]


def test_each_tensor_begins_on_a_whole_byte() -> None:
    net = of("a: conv(1x1, 3, norm=none)\nfc: fc(1)")  # 12 + 3 and 192 + 1 values
    assert size(net, {}, 4).params == 6 + 2 + 96 + 1
    assert size(net, {}, 1).params == 2 + 1 + 24 + 1
    assert size(net, {}, 3).params == 5 + 2 + 72 + 1


def test_copies_of_a_repeat_are_as_many_tensors() -> None:
    net = of("a: 5 * conv(1x1, 4, norm=none, bias=no)\nb: fc(1, bias=no)")
    assert size(net, {}, 4).params == 5 * 8 + 128


@pytest.mark.parametrize("bits", [0, -1, 65])
def test_bits_out_of_range(bits: int) -> None:
    with pytest.raises(UsageError, match="a value has 1 to 64 bits"):
        size(of("fc: fc(1)"), {}, bits)


# -- weights


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("network", ["mobilenet_v2", "efficientnet_b0", "resnet_50_v1_5", "shufflenet_v1"])
def test_weights_that_are_left(network: str, share: Fraction) -> None:
    """Layer by layer, from the layers' own counts."""
    net = load(network)
    cost = prune_weights(net, {}, share)
    params = mult_adds = 0
    for layer in net.graph(expand=True).layers:
        weights = layer.op.weights()
        trained = sum(n for part, n in weights.items() if part not in ("mean", "variance"))
        gone = round(weights["weight"] * share) if layer.op.kind in ("conv2d", "linear") else 0
        params += trained - gone
        mac = layer.op.work(layer.in_shapes, layer.out_shape).get("mac", 0)
        if mac:
            assert mac % weights["weight"] == 0
            mult_adds += (weights["weight"] - gone) * (mac // weights["weight"])
    assert (cost.params, cost.counted) == (params, mult_adds)


# -- channels


def test_channels_that_are_left_by_hand() -> None:
    net = of("a: conv(3x3, 8)\nb: dwconv(3x3)\nc: conv(1x1, 8, act=none)\ns: add(a, c)\np: avgpool\nfc: fc(10)")
    cost = prune_channels(net, {}, Fraction(1, 4))  # 8 -> 6; the input's 4 and the 10 results stay
    assert cost.mult_adds == 64 * (9 * 4 * 6 + 9 * 6 + 6 * 6) + 60
    assert cost.params == (9 * 4 * 6 + 12) + (9 * 6 + 12) + (36 + 12) + 70


def test_transposed_convolutions_are_pruned_as_convolutions() -> None:
    """A depthwise one has the channels that come; one that makes the result keeps its own, and nobody else does."""
    net = of("a: conv(3x3, 8)\nb: deconv(4x4, 8, 2, g=8, norm=none, bias=no)\nc: deconv(2x2, 6, 2, norm=none, bias=no)")
    cost = prune_channels(net, {}, Fraction(1, 2))  # 8 -> 4; the input's 4 and the 6 results stay
    assert cost.params == (9 * 4 * 4 + 8) + 16 * 4 + 4 * 4 * 6
    assert cost.mult_adds == 64 * 9 * 4 * 4 + 64 * 16 * 4 + 256 * 4 * 4 * 6


def test_a_narrow_tensor_that_would_be_the_wide_one() -> None:
    net = of("a: conv(3x3, 6)\nb: pad_add(a, in)\nfc: fc(1)")
    assert prune_channels(net, {}, Fraction(1, 3)).params > 0
    with pytest.raises(UsageError, match="b: 4 channels are left to be added onto 3"):
        prune_channels(net, {}, Fraction(1, 2))


SHARED = """a: conv(3x3, 8)
b: in -> conv(1x1, {})
c: b -> conv(3x3, 8) sharing weights with a
d: add(a, c)
fc: fc(2)"""


def test_layers_that_share_weights_keep_the_same_channels_or_it_is_an_error() -> None:
    """The input keeps its 4 channels, and b 2 of 4."""
    assert prune_channels(of(SHARED.format(4)), {}, Fraction(0)).params == of(SHARED.format(4)).cost().params
    with pytest.raises(UsageError, match=r"c\.conv: the layers that share its weights keep other numbers of channels"):
        prune_channels(of(SHARED.format(4)), {}, Fraction(1, 2))


@pytest.mark.parametrize("network", ["mobilenet_v1", "mobilenet_v2", "efficientnet_b0", "resnet_50_v1_5", "densenet"])
def test_nothing_is_gone_without_a_share(network: str) -> None:
    net = load(network)
    cost = prune_channels(net, {}, Fraction(0))
    assert (cost.params, cost.mult_adds) == (net.cost().params, net.cost().mult_adds)


def test_half_of_the_channels_of_mobilenet_is_its_width_one_half() -> None:
    """Every width of MobileNetV1 is even, and α = 1/2 halves each."""
    net = load("mobilenet_v1")
    half = net.cost(alpha=0.5)
    cost = prune_channels(net, {}, Fraction(1, 2))
    assert (cost.params, cost.mult_adds) == (half.params, half.mult_adds)
    assert [row.mult_adds for row in cost.by("layer")] == [row.mult_adds for row in half.by("layer")]


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("a: conv(3x3, 8, g=4)\nfc: fc(10)", None),
        ("a: conv(3x3, 1)\nb: conv(3x3, 8)\nfc: fc(1)", "a.conv: none of 1 channels is left"),
        ("a: conv(3x3, 2)\nb: dwconv(3x3)\nfc: fc(1)", "b.conv: a single channel is left"),
        ("a: conv(3x3, 10)\nb: conv(3x3, 8, g=2)\nfc: fc(1)", None),
        (
            "a: conv(3x3, 12)\nb: conv(3x3, 8, g=4)\nfc: fc(1)",
            "b.conv: 5 channels are left, which 4 groups don't divide",
        ),
        (
            "a: concat(in -> conv(1x1, 2), in -> conv(1x1, 2))\nb: conv(1x1, 4)\ns: add(a, b)\nfc: fc(1)",
            "s: it joins tensors of which 2 and 2 channels are left",
        ),
    ],
)
def test_what_would_be_no_network_is_an_error(layers: str, message: str | None) -> None:
    net = of(layers)
    share = Fraction(3, 5)
    if message is None or message.startswith("s: "):
        assert prune_channels(net, {}, share if message is None else Fraction(1, 2)).params > 0
        return
    with pytest.raises(UsageError) as caught:
        prune_channels(net, {}, share)
    assert str(caught.value) == message


@pytest.mark.parametrize("network", shipped("networks"))
def test_every_network_has_a_count_or_a_reason(network: str) -> None:
    net = load(network)
    default = net.cost()
    for share in (Fraction(1, 3), Fraction(1, 2)):
        try:
            assert prune_weights(net, {}, share).counted <= default.mult_adds
        except UsageError as e:
            assert "attention uses each of its weights isn't said" in e.message  # noqa: PT017
        try:
            cost = prune_channels(net, {}, share)
        except UsageError as e:
            assert any(word in e.message for word in ("left", "channels"))  # noqa: PT017
            continue
        assert cost.params <= default.params
        assert cost.mult_adds <= default.mult_adds
        assert sum(row.params for row in cost.by("kind")) == cost.params
        assert [row.name for row in cost.by("layer")] == [row.name for row in default.by("layer")]


@pytest.mark.parametrize("share", [Fraction(-1, 10), Fraction(1)])
def test_shares_out_of_range(share: Fraction) -> None:
    for prune in (prune_channels, prune_weights):
        with pytest.raises(UsageError, match="the share that is pruned is from 0 to less than 1"):
            prune(of("fc: fc(1)"), {}, share)
