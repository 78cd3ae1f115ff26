"""A forward pass through real tensors: shapes, weights and multiply-accumulates of each layer, as PyTorch has them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from ..errors import UsageError
from ..record import Record
from .module import GraphModule, ModuleStep
from .needs import memory

Sizes = tuple[int, ...]


class Measured(Record):
    """One layer: shapes (channels, then sizes) of what it made, trainable weights, multiply-accumulates.

    Weights that an earlier layer has too are that one's. ``maps`` is the number of such outputs: the batch.
    """

    name: str
    kind: str
    out_shapes: tuple[Sizes, ...]
    params: int
    mult_adds: int
    maps: int = 1


class Measurement(Record):
    """All layers in order, the outputs' shapes with the batch, and whether every output is finite (meta: None)."""

    layers: list[Measured]
    outputs: dict[str, Sizes]
    finite: bool | None


def random_inputs(shapes: dict[str, tuple[int, ...]], device: str) -> list[Tensor]:
    """One of each shape, the same in every run."""
    generator = torch.Generator().manual_seed(0)
    if device == "meta":
        return [torch.empty(1, *shape, device="meta") for shape in shapes.values()]
    return [torch.randn(1, *shape, generator=generator).to(device) for shape in shapes.values()]


@contextmanager
def counting() -> Iterator[FlopCounterMode]:
    """PyTorch's counter, with attention and recurrent layers in steps that it counts.

    Its fused CPU kernels of both count 0 (PyTorch 2.13), where those of other devices count all; so does the fast path
    of nn.MultiheadAttention, its projections too.
    """
    fused, fast = torch._C._get_mkldnn_enabled(), torch.backends.mha.get_fastpath_enabled()
    torch._C._set_mkldnn_enabled(False)
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
            yield counter
    finally:
        torch._C._set_mkldnn_enabled(fused)
        torch.backends.mha.set_fastpath_enabled(fast)


def mult_adds(counter: FlopCounterMode) -> int:
    """What was counted so far; PyTorch counts two for each multiply-accumulate."""
    flops: int = counter.get_total_flops()
    if flops % 2:
        raise UsageError("PyTorch counted an odd number of operations: they aren't two for each multiply-add")
    return flops // 2


def measure(module: GraphModule, device: str) -> Measurement:
    """A forward pass on random input, in eval mode. Raises :class:`.needs.OutOfMemory`."""
    layers: list[Measured] = []
    seen: set[int] = set()
    before = 0

    def watch(step: ModuleStep, layer: nn.Module, made: tuple[Tensor, ...]) -> None:
        nonlocal before
        now = mult_adds(counter)
        own = [p for p in layer.parameters(recurse=False) if p.requires_grad and id(p) not in seen]
        seen.update(map(id, own))
        shapes = tuple(tuple(t.shape[1:]) for t in made)
        layers.append(Measured(step.name, step.kind, shapes, sum(p.numel() for p in own), now - before, len(made[0])))
        before = now

    module.eval()
    with memory("the forward pass"), counting() as counter:
        outputs = module.run(random_inputs(module.input_shapes, device), watch)
        finite = None if device == "meta" else all(bool(t.isfinite().all()) for t in outputs.values())
    return Measurement(layers, {name: tuple(t.shape) for name, t in outputs.items()}, finite)
