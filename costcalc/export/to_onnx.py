"""A network as an ONNX file: one node or a few for each layer, and fresh weights under the names of a state dict."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ..errors import CostcalcError, UsageError
from ..graph import Graph
from ..witness import windows
from ..witness.building import build_module
from ..witness.measuring import random_inputs
from ..witness.module import GraphModule
from ..witness.needs import is_out_of_memory, memory, reason
from ..witness.parts import Regions

INSTALL = "pip install 'costcalc[onnx]'"
OPSET = 17
MAX_BYTES = 2**31 - 1
"""What a file of this format can hold."""


def require_onnx(who: str) -> None:
    """Raises :class:`UsageError` unless onnx can be imported; ``who`` needs it."""
    try:
        import onnx  # noqa: F401
    except ModuleNotFoundError as e:
        if e.name in (None, "onnx"):
            raise UsageError(f"{who} needs onnx: {INSTALL}") from e
        raise UsageError(f"{who} needs onnx, whose import fails: {reason(e)}") from e
    except (ImportError, OSError) as e:
        raise UsageError(f"{who} needs onnx, whose import fails: {reason(e)}") from e


def onnx_bytes(graph: Graph, seed: int, about: str) -> bytes:
    """The file's content: the network in eval mode at its resolution; the same for the same ``seed``.

    Raises :class:`CostcalcError` for a network that is too large, or that PyTorch can't write so.
    """
    size = _size(build_module(graph, "meta"))
    if size > MAX_BYTES:
        raise CostcalcError(f"its weights take {size / 2**30:.2f} GiB, and an ONNX file holds less than 2")
    with torch.random.fork_rng(devices=[]), memory("the export", ""):
        torch.manual_seed(seed)
        module = build_module(graph).eval()
        try:
            return _checked(_exported(module), about)
        except Exception as e:
            if is_out_of_memory(e):
                raise
            raise CostcalcError(f"PyTorch can't write it as ONNX: {reason(e)}") from e


def _size(module: nn.Module) -> int:
    tensors = [*module.parameters(), *module.buffers()]
    return sum(t.numel() * t.element_size() for t in tensors)


class _Outputs(nn.Module):  # type: ignore[misc]
    """A network whose outputs are a tuple; its layers have the same names.

    It isn't in eval mode itself, its layers are: the exporter then keeps tensors apart that only happen to be equal,
    such as those of two fresh norms.
    """

    def __init__(self, module: GraphModule) -> None:
        super().__init__()
        self._modules = module._modules
        self.run = module.run

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.run(inputs).values())


def _exported(module: GraphModule) -> bytes:
    """By the exporter that follows a forward pass: it keeps layers and their weights apart, as the table has them."""
    file = io.BytesIO()
    names = [*module.input_names, *module.output_names]
    with warnings.catch_warnings(), _fixed_padding():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Outputs(module),
            tuple(random_inputs(module.input_shapes, "cpu")),
            file,
            input_names=list(module.input_names),
            output_names=list(module.output_names),
            dynamic_axes={name: {0: "batch"} for name in names} if _takes_any_batch(module) else None,
            opset_version=OPSET,
            training=torch.onnx.TrainingMode.PRESERVE,  # eval mode, and no norm is merged into its convolution
            do_constant_folding=False,  # or weights lose their names
            dynamo=False,
        )
    return file.getvalue()


def _takes_any_batch(module: GraphModule) -> bool:
    """Regions, as a detector's second stage takes them, are traced for as many maps as there are."""
    return not any(isinstance(layer, Regions) for layer in module.modules())


@contextmanager
def _fixed_padding() -> Iterator[None]:
    """SAME as numbers: the file is for one resolution, and need not work them out."""
    usual = windows.same

    def fixed(x: Tensor, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int] = ()) -> list[int]:
        return [int(pixels) for pixels in usual(x, kernel, stride, dilation)]

    windows.same = fixed
    try:
        yield
    finally:
        windows.same = usual


def _checked(data: bytes, about: str) -> bytes:
    import onnx

    model = onnx.load_from_string(data)
    model.doc_string = about
    onnx.checker.check_model(model)
    found: bytes = model.SerializeToString(deterministic=True)
    return found
