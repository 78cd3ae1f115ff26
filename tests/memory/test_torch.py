"""PyTorch's own tensors in a forward pass: how many bytes are alive at most, with weak references."""

from __future__ import annotations

import weakref
from itertools import pairwise
from typing import Any

import pytest

from costcalc import load
from costcalc.memory import load_definition, memory_of

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")


class _Alive(torch.utils._python_dispatch.TorchDispatchMode):  # type: ignore[misc]
    """The bytes of all storages that operators made and nobody has let go."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.peak = 0
        self.seen: set[int] = set()

    def note(self, tensor: Any) -> None:
        storage = tensor.untyped_storage()
        key = storage.data_ptr() if tensor.device.type != "meta" else storage._cdata
        if key in self.seen:
            return
        self.seen.add(key)
        size = storage.nbytes()
        self.now += size
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._gone, key, size)

    def _gone(self, key: int, size: int) -> None:
        self.seen.discard(key)
        self.now -= size

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        for tensor in made if isinstance(made, tuple | list) else (made,):
            if isinstance(tensor, torch.Tensor) and tensor.numel():
                self.note(tensor)
        return made


class _Block(torch.nn.Module):  # type: ignore[misc]
    """An inverted residual, norms folded, ReLU6 in place."""

    def __init__(self, before: int, out: int, t: int, s: int, *, over: bool) -> None:
        super().__init__()
        conv, mid = torch.nn.Conv2d, before * t
        relu = lambda: torch.nn.ReLU6(inplace=True)  # noqa: E731
        first = [conv(before, mid, 1), relu()] if t > 1 else []
        self.layers = torch.nn.Sequential(*first, conv(mid, mid, 3, s, 1, groups=mid), relu(), conv(mid, out, 1))
        self.adds, self.over = s == 1 and before == out, over

    def forward(self, x: Any) -> Any:
        y = self.layers(x)
        if not self.adds:
            return y
        return y.add_(x) if self.over else y + x


def _mobilenet_v2(*, over: bool) -> Any:
    plan = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    layers: list[Any] = [torch.nn.Conv2d(3, 32, 3, 2, 1), torch.nn.ReLU6(inplace=True)]
    before = 32
    for t, c, n, s in plan:
        for k in range(n):
            layers.append(_Block(before, c, t, s if k == 0 else 1, over=over))
            before = c
    return torch.nn.Sequential(*layers, torch.nn.Conv2d(320, 1280, 1), torch.nn.ReLU6(inplace=True)).eval()


def _measured(module: Any, size: int) -> int:
    with torch.no_grad(), _Alive() as alive:
        x = torch.empty(1, 3, size, size)
        alive.note(x)
        held = [x]
        del x
        y = held.pop()
        for layer in module:
            y = layer(y)
    return alive.peak


@pytest.mark.parametrize("size", [96, 224])
def test_mobilenet_v2_as_pytorch_runs_it_keeps_the_inputs_of_its_blocks(size: int) -> None:
    use = memory_of(load("mobilenet_v2").graph(expand=True, res=size), load_definition("block_input_kept"), bits=32)
    assert _measured(_mobilenet_v2(over=True), size) == use.peak


def test_a_chain_of_convolutions_as_pytorch_runs_it() -> None:
    from costcalc.language.source import Source
    from costcalc.network import network_from

    text = "network: chain\ninput: 12 x 12 x 3\nlayers:\n" + "".join(
        f"  c{k}: conv(1x1, {c}, norm=none, act=none)\n" for k, c in enumerate((5, 20, 7, 30, 2))
    )
    graph = network_from(Source("chain.yaml", text)).graph(expand=True)
    widths = (3, 5, 20, 7, 30, 2)
    module = torch.nn.Sequential(*(torch.nn.Conv2d(a, b, 1) for a, b in pairwise(widths)))
    assert _measured(module, 12) == memory_of(graph, load_definition("live"), bits=32).peak
