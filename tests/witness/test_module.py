"""``net.module()``: names, edges, shared weights, values, and that it learns."""

from __future__ import annotations

import copy
from typing import Any

import pytest

pytest.importorskip("torch")

import torch

from costcalc import UsageError, load
from costcalc.witness.building import LayerFailed
from costcalc.witness.parts import CropModule, PadAddModule, Regions, Shuffle
from costcalc.witness.windows import SameAvgPool2d, SameConv2d, SameConvTranspose2d, SameMaxPool2d

from .checking import network, verified

pytestmark = pytest.mark.torch

EYES = """
a:   left  -> conv(3x3, 8, 2) -> 2 * conv(3x3, 8)
b:   right -> (conv(3x3, 8, 2) -> 2 * conv(3x3, 8)) sharing all with a
c:   right -> (conv(3x3, 8, 2) -> 2 * conv(3x3, 8)) sharing weights with a
mix: concat(a, b, c) -> conv(1x1, 4)
"""


def eyes() -> Any:
    net = network(EYES, "\n  left: 8 x 8 x 3\n  right: 8 x 8 x 3", "output: mix, a\n")
    return net


# -- names


def test_submodules_are_called_as_the_table_calls_them() -> None:
    net = load("mobilenet_v1")
    module = net.module(alpha=0.25, res=32)
    layers = net.cost(alpha=0.25, res=32).layers
    assert [step.name for step in module.steps] == [layer.name for layer in layers]
    for layer in layers:
        assert module.get_submodule(layer.name).training
    assert isinstance(module.get_submodule("stage2.dw.conv"), torch.nn.Conv2d)
    keys = list(module.state_dict())
    assert keys[0] == "stage1.conv.weight"
    assert "stage2.dw.bn.running_mean" in keys
    assert {key.rpartition(".")[0] for key in keys} == {layer.name for layer in layers if layer.params}
    assert sum(p.numel() for p in module.parameters()) == net.cost(alpha=0.25, res=32).params


def test_keys_are_the_same_in_every_build_and_at_every_resolution() -> None:
    net = load("mobilenet_v2")
    one, other = net.module(res=32, alpha=0.25), net.module(res=64, alpha=0.25)
    assert list(one.state_dict()) == list(other.state_dict())
    other.load_state_dict(one.state_dict())
    x = torch.randn(1, 3, 96, 96)
    assert torch.equal(one.eval()(x), other.eval()(x))  # SAME is SAME at any size


def test_a_layer_may_be_called_as_a_method_of_modules() -> None:
    module = network("half: conv(3x3, 8)\ntype: bn\ntrain: act(relu)").module()
    module.train(False)
    assert isinstance(module.get_submodule("half.conv"), torch.nn.Conv2d)
    assert "half.conv.weight" in module.state_dict()
    assert module(torch.zeros(2, 6, 9, 8)).shape == (2, 8, 9, 8)
    with pytest.raises(AttributeError, match=r"there is no layer 'half\.convolution'"):
        module.get_submodule("half.convolution")


def test_a_join_holds_its_operands() -> None:
    module = network("x: add(in, conv(3x3, 6), weighted=fast)").module()
    assert list(module.state_dict())[:2] == ["x.weight", "x.2.conv.weight"]
    assert isinstance(module.get_submodule("x.2.conv"), torch.nn.Conv2d)


def test_a_network_that_is_one_call_has_a_name_for_it() -> None:
    from costcalc.language.source import Source
    from costcalc.network import network_from

    net = network_from(Source("net.yaml", "network: net\ninput: 8 x 8 x 3\nlayers: add(in, bn)\n"))
    assert [step.name for step in net.module().steps] == ["2", "out"]
    assert verified(net).differences == []


def test_a_replaced_layer_is_used() -> None:
    module = load("mobilenet_v1").module(alpha=0.25, res=32)
    module.stage12.linear = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(256, 3), torch.nn.Unflatten(1, (3, 1, 1))
    )
    assert module(torch.zeros(2, 3, 32, 32)).shape == (2, 3)


def test_copies_are_apart() -> None:
    module = network("a: conv(3x3, 4)").module()
    other = copy.deepcopy(module)
    with torch.no_grad():
        other.get_submodule("a.conv").weight.zero_()
    assert module.get_submodule("a.conv").weight.abs().sum() > 0
    assert other.eval()(torch.randn(1, 6, 9, 8)).abs().sum() == 0


# -- inputs and outputs


def test_several_inputs_and_outputs() -> None:
    module = eyes().module().eval()
    left, right = torch.randn(2, 3, 8, 8), torch.randn(2, 3, 8, 8)
    made = module(left, right)
    assert {name: tuple(t.shape) for name, t in made.items()} == {"mix": (2, 4, 4, 4), "a": (2, 8, 4, 4)}
    for other in (module(left, right=right), module(right=right, left=left)):
        assert torch.equal(other["mix"], made["mix"])
    assert not torch.equal(module(right, left)["mix"], made["mix"])
    with pytest.raises(TypeError, match="the inputs are left, right, each once"):
        module(left)
    with pytest.raises(TypeError, match="each once"):
        module(left, right, left=left)


def test_many_outputs_with_the_shapes_of_the_graph() -> None:
    net = load("efficientdet")
    result = verified(net, "meta")
    assert result.differences == []
    assert len(result.outputs) == 10
    assert all(len(shape) == 4 for shape in result.outputs.values())


@pytest.mark.parametrize(
    ("steps", "shape"),
    [
        ("a: avgpool -> fc(5)", (2, 5)),
        ("a: avgpool -> conv(1x1, 5)", (2, 5)),
        ("a: flatten", (2, 432)),
        ("a: maxpool -> up(3)", (2, 6, 3, 3)),
        ("a: conv(9x8, 5, pad=none)", (2, 5, 1, 1)),  # 1 x 1 at this resolution only
    ],
)
def test_what_is_always_1x1_loses_these_sizes(steps: str, shape: tuple[int, ...]) -> None:
    assert network(steps).module()(torch.zeros(2, 6, 9, 8)).shape == shape


# -- shared weights


def test_shared_weights_are_the_same_tensors() -> None:
    net = eyes()
    result = verified(net)
    assert result.differences == []
    module = net.module()
    a, b, c = (module.get_submodule(f"{name}.1") for name in "abc")
    assert a.conv.weight is b.conv.weight is c.conv.weight
    assert a.bn.running_mean is b.bn.running_mean
    assert a.bn.weight is not c.bn.weight
    assert "b.1.conv.weight" in module.state_dict()
    assert {m.name: m.params for m in result.measured if m.name in ("a.1.conv", "b.1.conv", "b.1.bn", "c.1.bn")} == {
        "a.1.conv": 216,
        "b.1.conv": 0,
        "b.1.bn": 0,
        "c.1.bn": 16,
    }


def test_weights_are_shared_where_only_they_are_alike() -> None:
    """Of another stride: another module, the same weights. So too where the module holds others."""
    net = network(
        "a: conv(3x3, 6, 2)\nb: in -> conv(3x3, 6) sharing weights with a\nc: b -> maxpool(2x2, 2)\nd: add(a, c)"
    )
    module = net.module()
    a, b = module.get_submodule("a.conv"), module.get_submodule("b.conv")
    assert a is not b
    assert a.weight is b.weight
    assert verified(net).differences == []
    joins = "a: (in, in) -> each add(conv(1x1, 6), conv(3x3, 6), weighted=fast) sharing weights\nb: add(a[1], a[2])"
    assert verified(network(joins)).differences == []
    module = network(joins).module()
    assert module.get_submodule("a.1").weight is module.get_submodule("a.2").weight
    assert module.get_submodule("a.1.1.conv") is module.get_submodule("a.2.1.conv")
    assert module.get_submodule("a.1.1.bn") is not module.get_submodule("a.2.1.bn")


def test_a_step_moves_shared_weights_once() -> None:
    module = network(
        "a: conv(1x1, 6, bias=no, act=none)\nb: conv(1x1, 6, bias=no, act=none) sharing weights with a",
        more="defaults: {conv: norm=none}\n",
    ).module()
    assert len(list(module.parameters())) == 1
    module(torch.ones(1, 6, 9, 8)).sum().backward()
    assert module.get_submodule("a.conv").weight.grad is module.get_submodule("b.conv").weight.grad


# -- training


@pytest.mark.parametrize("name", ["mobilenet_v2", "shufflenet_v1"])
def test_it_learns(name: str) -> None:
    torch.manual_seed(0)
    module = load(name).module(alpha=0.5, res=64, classes=4)
    x, wanted = torch.randn(8, 3, 64, 64), torch.arange(8) % 4
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-3)
    losses = []
    for _ in range(8):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(module(x), wanted)
        loss.backward()
        assert all(p.grad is not None for p in module.parameters())
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


def test_only_numbers_make_a_module() -> None:
    import numpy as np
    import sympy

    for alpha in (np.array([0.5, 1.0]), sympy.Symbol("alpha", positive=True)):
        with pytest.raises(UsageError, match="a module takes plain numbers for its parameters, no arrays or symbols"):
            load("mobilenet_v1").module(alpha=alpha)


def test_what_torch_refuses_is_told_with_its_layer() -> None:
    with pytest.raises(LayerFailed, match=r"^a: PyTorch can't run this dropout: ValueError: dropout probability"):
        network("a: dropout(3)").module()


def test_on_meta() -> None:
    module = load("mobilenet_v1").module(device="meta")
    assert all(p.is_meta for p in module.parameters())


# -- values


def test_the_odd_pixel_of_same_comes_after() -> None:
    x = torch.arange(16.0).view(1, 1, 4, 4)
    conv = SameConv2d(1, 1, 3, 2, bias=False)
    torch.nn.init.ones_(conv.weight)
    assert conv(x).flatten().tolist() == [45, 39, 66, 50]  # the last window has a row and a column of zeros
    pool = SameMaxPool2d((2, 2), (3, 3))
    assert pool(-x).flatten().tolist() == [0, -3, -12, -15]
    assert SameAvgPool2d((3, 3), (2, 2))(torch.ones(1, 1, 4, 4)).unique().tolist() == [1]
    assert SameAvgPool2d((3, 3), (2, 2))(x).flatten().tolist() == pytest.approx([5, 6.5, 11, 12.5])


def test_the_transposed_convolution_of_same_is_its_gradient() -> None:
    for kernel, stride, size in (((3, 3), (2, 2), (8, 6)), ((5, 2), (1, 2), (7, 4)), ((4, 3), (2, 1), (4, 5))):
        conv = SameConv2d(2, 3, kernel, stride, bias=False)
        back = SameConvTranspose2d(3, 2, kernel, stride, bias=False)
        back.weight = conv.weight
        x = torch.zeros(1, 2, *size, requires_grad=True)
        y = conv(x)
        given = torch.randn_like(y)
        y.backward(given)
        torch.testing.assert_close(back(given), x.grad)


def test_what_only_moves_elements() -> None:
    x = torch.arange(6.0).view(1, 6, 1, 1)
    assert Shuffle(3)(x).flatten().tolist() == [0, 2, 4, 1, 3, 5]
    assert PadAddModule()(x, torch.ones(1, 2, 1, 1)).flatten().tolist() == [1, 2, 2, 3, 4, 5]
    assert CropModule(2, 1)(torch.arange(16.0).view(1, 1, 4, 4)).flatten().tolist() == [5, 9]
    assert Regions(3, 2, 2)(torch.ones(2, 5, 7, 7)).shape == (6, 5, 2, 2)
    for module, inputs in ((PadAddModule(), (torch.zeros(1, 2, 1, 1), x)), (CropModule(3, 3), (x,))):
        with pytest.raises(ValueError, match="1x1"):
            module(*inputs)
